//===- Line.h - The accesses of 128 bytes, as whole warps made them -------===//
#ifndef AZULEJO_CUDASIM_CHECK_LINE_H
#define AZULEJO_CUDASIM_CHECK_LINE_H

#include "runtime/cudasim/Check/Record.h"
#include <cstring>
#include <immintrin.h>
#include <memory>

namespace azulejo::cudasim {

/// Bytes of a line, a bit each. Aligned so that a stamp has 40 bytes, and a line with one 64.
typedef unsigned __int128 __attribute__((aligned(8))) ByteMask;

/// The 16-byte parts of a line of which all bytes are in a mask, a bit each.
inline uint8_t wholeChunks(const ByteMask &bytes) {
  __m128i bits; // a chunk's are 16
  std::memcpy(&bits, &bytes, sizeof bits);
  const __m128i whole = _mm_cmpeq_epi16(bits, _mm_set1_epi16(-1));
  return uint8_t(_mm_movemask_epi8(_mm_packs_epi16(whole, whole)));
}
/// Those of which any byte is.
inline uint8_t touchedChunks(const ByteMask &bytes) { return uint8_t(~wholeChunks(~bytes)); }

/// Which lane touches which byte of a line. Either lanes lie side by side, 1 << shift bytes each,
/// and byte b is lane (b - origin) >> shift's; or, where `lanes` is not 0, all of those touch every
/// byte.
struct LaneMap {
  LaneMask lanes = 0;
  int16_t origin = 0; // where lane 0's bytes begin, or would: before the line, for most
  uint8_t shift = 0;

  LaneMask at(unsigned byte) const {
    return lanes ? lanes : 1u << (unsigned(int(byte) - origin) >> shift & 31);
  }
  /// The first byte behind `byte` at which at() may differ.
  unsigned endOf(unsigned byte) const {
    return lanes ? 128 : unsigned((((int(byte) - origin) >> shift) + 1) << shift) + origin;
  }
  bool operator==(const LaneMap &other) const {
    return lanes == other.lanes && origin == other.origin && shift == other.shift;
  }
  /// Every byte is one lane's.
  bool isEachOwn() const { return (lanes & (lanes - 1)) == 0; }
};

/// Bytes that lanes of one warp, or an asynchronous operation, touched with one instruction.
struct Stamp {
  Record record; // without its lane; of cp.async without its time, which is the lane
  ByteMask bytes = 0;
  LaneMap map;
  bool wrote = false;

  /// As one of the lanes that touched a byte left it.
  Record of(unsigned lane) const {
    Record one = record;
    if (one.isAsync())
      one.time = lane;
    else
      one.who |= lane;
    return one;
  }
};

/// What is remembered of 128 bytes: for each byte the last write, the last strong write behind a
/// weak one, and the reads since. A warp's access is one stamp, however many bytes it touches, so
/// that most lines have one or two, and a look at them stands for a look at each byte. Lines that
/// would need many are *exact*: the page's cells have them, granule by granule (Shadow.h).
class alignas(64) Line {
public:
  static constexpr unsigned bytes = 128, mostStamps = 16;

  bool exact = false;
  /// Of global memory, 16 bytes a bit: those that threads of several clusters read, none of which
  /// can be ordered behind anybody who writes. Further reads need not be remembered.
  uint8_t readByMany = 0;

  Stamp *begin() { return more ? more.get() : &own; }
  Stamp *end() { return begin() + count; }
  unsigned size() const { return count; }
  void add(const Stamp &stamp) {
    if (count == capacity)
      grow();
    begin()[count++] = stamp;
  }
  void pop() { --count; }
  void clear() {
    count = 0;
    exact = false;
    readByMany = 0;
  }

  Line() = default;
  Line(const Line &) = delete;
  Line &operator=(const Line &) = delete;

private:
  void grow();

  uint8_t count = 0, capacity = 1;
  std::unique_ptr<Stamp[]> more; // instead of `own`
  Stamp own;
};
static_assert(sizeof(Line) == 64);

} // namespace azulejo::cudasim

#endif // AZULEJO_CUDASIM_CHECK_LINE_H
