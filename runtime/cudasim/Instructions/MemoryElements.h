//===- MemoryElements.h - Between registers and the memory of 32 lanes ----===//
#ifndef AZULEJO_CUDASIM_INSTRUCTIONS_MEMORYELEMENTS_H
#define AZULEJO_CUDASIM_INSTRUCTIONS_MEMORYELEMENTS_H

#include "runtime/cudasim/Instructions/Lanes.h"
#include "runtime/cudasim/Memory/Access.h"
#include "runtime/cudasim/Ptx/Type.h"
#include <immintrin.h>

/// How ld and st move what an access has found. Which function serves an instruction is chosen when
/// it is decoded.
namespace azulejo::cudasim {

struct Bits128 {
  uint64_t low, high;
};

/// Moves one element of 32 lanes between memory and a register, at `offset` from each lane's
/// address.
using MoveElement = void (*)(Warp &warp, const Operand &operand, const Access &memory,
                             uint32_t offset);

/// `ld`: an M in memory, sign- or zero-extended to a register of type R.
template <class M, class R>
void loadElement(Warp &warp, const Operand &destination, const Access &memory, uint32_t offset) {
  alignas(64) R values[warpSize];
  if (memory.contiguous && memory.bytes == sizeof(M)) {
    alignas(64) M loaded[warpSize];
    std::memcpy(loaded, memory.hosts[0], sizeof loaded);
    CUDASIM_LANES
    for (unsigned lane = 0; lane < warpSize; ++lane)
      values[lane] = R(loaded[lane]);
  } else if (memory.uniform) {
    M loaded;
    std::memcpy(&loaded, memory.hosts[__builtin_ctz(memory.lanes)] + offset, sizeof loaded);
    const R value = R(loaded);
    CUDASIM_LANES
    for (unsigned lane = 0; lane < warpSize; ++lane)
      values[lane] = value;
  } else {
    for (unsigned lane = 0; lane < warpSize; ++lane) {
      M value;
      std::memcpy(&value, memory.hosts[lane] + offset, sizeof value);
      values[lane] = R(value);
    }
  }
  store(warp, destination, memory.lanes, values);
}

/// `st`: the low bytes of a register of type R become an M.
template <class M, class R>
void storeElement(Warp &warp, const Operand &source, const Access &memory, uint32_t offset) {
  const R *values = warp.read<R>(source);
  if (memory.contiguous && memory.bytes == sizeof(M)) {
    alignas(64) M stored[warpSize];
    CUDASIM_LANES
    for (unsigned lane = 0; lane < warpSize; ++lane)
      stored[lane] = M(values[lane]);
    std::memcpy(memory.hosts[0], stored, sizeof stored);
    return;
  }
  for (LaneMask left = memory.lanes; left; left &= left - 1) {
    unsigned lane = __builtin_ctz(left);
    M value = M(values[lane]);
    std::memcpy(memory.hosts[lane] + offset, &value, sizeof value);
  }
}

/// A vector of words that lanes have side by side, and the registers with an element each, of eight
/// lanes at a time. The loops become shuffles.
template <unsigned length> void loadWords(Warp &warp, const Instruction &i, const Access &memory) {
  const uint8_t *from = memory.hosts[0];
  uint32_t *to[length];
  for (unsigned e = 0; e < length; ++e)
    to[e] = warp.write<uint32_t>(i.destination(e));
  for (unsigned first = 0; first < warpSize; first += 8) {
    uint32_t words[8 * length], columns[length][8];
    std::memcpy(words, from + first * sizeof(uint32_t) * length, sizeof words);
    for (unsigned e = 0; e < length; ++e)
      for (unsigned lane = 0; lane < 8; ++lane)
        columns[e][lane] = words[lane * length + e];
    for (unsigned e = 0; e < length; ++e)
      std::memcpy(to[e] + first, columns[e], sizeof columns[e]);
  }
}
template <unsigned length> void storeWords(Warp &warp, const Instruction &i, const Access &memory) {
  uint8_t *to = memory.hosts[0];
  const uint32_t *from[length];
  for (unsigned e = 0; e < length; ++e)
    from[e] = warp.read<uint32_t>(i.source(e));
  for (unsigned first = 0; first < warpSize; first += 8) {
    uint32_t words[8 * length];
    for (unsigned lane = 0; lane < 8; ++lane)
      for (unsigned e = 0; e < length; ++e)
        words[lane * length + e] = from[e][first + lane];
    std::memcpy(to + first * sizeof(uint32_t) * length, words, sizeof words);
  }
}

/// The same where each lane has its vector at a place of its own: four lanes at a time.
template <unsigned length>
void loadWordsApart(Warp &warp, const Instruction &i, const Access &memory) {
  static_assert(length == 2 || length == 4);
  uint32_t *to[length];
  for (unsigned e = 0; e < length; ++e)
    to[e] = warp.write<uint32_t>(i.destination(e));
  for (unsigned first = 0; first < warpSize; first += 4) {
    __m128i lanes[4] = {};
    for (unsigned lane = 0; lane < 4; ++lane)
      std::memcpy(&lanes[lane], memory.hosts[first + lane], sizeof(uint32_t) * length);
    const __m128i lower[2] = {_mm_unpacklo_epi32(lanes[0], lanes[1]),
                              _mm_unpacklo_epi32(lanes[2], lanes[3])},
                  upper[2] = {_mm_unpackhi_epi32(lanes[0], lanes[1]),
                              _mm_unpackhi_epi32(lanes[2], lanes[3])};
    const __m128i columns[4] = {
        _mm_unpacklo_epi64(lower[0], lower[1]), _mm_unpackhi_epi64(lower[0], lower[1]),
        _mm_unpacklo_epi64(upper[0], upper[1]), _mm_unpackhi_epi64(upper[0], upper[1])};
    for (unsigned e = 0; e < length; ++e)
      std::memcpy(to[e] + first, &columns[e], sizeof columns[e]);
  }
}

template <class M> MoveElement chooseLoad(uint32_t registerBytes) {
  switch (registerBytes) {
  case 1:
    return loadElement<M, uint8_t>;
  case 2:
    return loadElement<M, uint16_t>;
  case 4:
    return loadElement<M, uint32_t>;
  default:
    return loadElement<M, uint64_t>;
  }
}

inline MoveElement chooseLoad(ptx::Type type, uint32_t registerBytes) {
  bool isSigned = ptx::isSigned(type);
  switch (ptx::sizeInBytes(type)) {
  case 1:
    return isSigned ? chooseLoad<int8_t>(registerBytes) : chooseLoad<uint8_t>(registerBytes);
  case 2:
    return isSigned ? chooseLoad<int16_t>(registerBytes) : chooseLoad<uint16_t>(registerBytes);
  case 4:
    return isSigned ? chooseLoad<int32_t>(registerBytes) : chooseLoad<uint32_t>(registerBytes);
  case 8:
    return chooseLoad<uint64_t>(registerBytes);
  default:
    return loadElement<Bits128, Bits128>;
  }
}

template <class M> MoveElement chooseStore(uint32_t registerBytes) {
  switch (registerBytes) {
  case 1:
    return storeElement<M, uint8_t>;
  case 2:
    return storeElement<M, uint16_t>;
  case 4:
    return storeElement<M, uint32_t>;
  default:
    return storeElement<M, uint64_t>;
  }
}

inline MoveElement chooseStore(ptx::Type type, uint32_t registerBytes) {
  switch (ptx::sizeInBytes(type)) {
  case 1:
    return chooseStore<uint8_t>(registerBytes);
  case 2:
    return chooseStore<uint16_t>(registerBytes);
  case 4:
    return chooseStore<uint32_t>(registerBytes);
  case 8:
    return chooseStore<uint64_t>(registerBytes);
  default:
    return storeElement<Bits128, Bits128>;
  }
}

} // namespace azulejo::cudasim

#endif // AZULEJO_CUDASIM_INSTRUCTIONS_MEMORYELEMENTS_H
