//===- Hash.h - XXH64, by which an artifact's weights are checked -----------------------------===//
//
// The algorithm of https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md with seed 0, for
// little-endian machines. It stands here because packager and runtime must agree and the runtime
// links nothing.
//
//===------------------------------------------------------------------------------------------===//
#ifndef AZULEJO_ARTIFACT_HASH_H
#define AZULEJO_ARTIFACT_HASH_H

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace azulejo {

/// The hash of bytes that come in pieces.
class Xxh64 {
public:
  void update(const void *data, size_t length) {
    auto *at = static_cast<const unsigned char *>(data);
    total += length;
    while (length) {
      // Whole stripes are taken where they lie; only what is left over at the ends is collected.
      if (!filled && length >= sizeof buffer) {
        consume(at);
        at += sizeof buffer, length -= sizeof buffer;
        continue;
      }
      size_t part = sizeof buffer - filled < length ? sizeof buffer - filled : length;
      std::memcpy(buffer + filled, at, part);
      at += part, length -= part, filled += part;
      if (filled == sizeof buffer) {
        consume(buffer);
        filled = 0;
      }
    }
  }

  uint64_t finish() const {
    uint64_t hash = p5;
    if (total >= sizeof buffer) {
      hash =
          rotate(lanes[0], 1) + rotate(lanes[1], 7) + rotate(lanes[2], 12) + rotate(lanes[3], 18);
      for (uint64_t lane : lanes)
        hash = (hash ^ round(0, lane)) * p1 + p4;
    }
    hash += total;
    const unsigned char *at = buffer, *end = buffer + filled;
    for (; end - at >= 8; at += 8)
      hash = rotate(hash ^ round(0, load<uint64_t>(at)), 27) * p1 + p4;
    if (end - at >= 4) {
      hash = rotate(hash ^ (load<uint32_t>(at) * p1), 23) * p2 + p3;
      at += 4;
    }
    while (at != end)
      hash = rotate(hash ^ (*at++ * p5), 11) * p1;
    hash = (hash ^ (hash >> 33)) * p2;
    hash = (hash ^ (hash >> 29)) * p3;
    return hash ^ (hash >> 32);
  }

private:
  static constexpr uint64_t p1 = 0x9E3779B185EBCA87, p2 = 0xC2B2AE3D27D4EB4F,
                            p3 = 0x165667B19E3779F9, p4 = 0x85EBCA77C2B2AE63,
                            p5 = 0x27D4EB2F165667C5;

  static uint64_t rotate(uint64_t x, int bits) { return (x << bits) | (x >> (64 - bits)); }
  static uint64_t round(uint64_t lane, uint64_t word) { return rotate(lane + word * p2, 31) * p1; }
  template <typename T> static T load(const unsigned char *from) {
    T value;
    std::memcpy(&value, from, sizeof value);
    return value;
  }
  void consume(const unsigned char *stripe) {
    for (uint64_t &lane : lanes) {
      lane = round(lane, load<uint64_t>(stripe));
      stripe += 8;
    }
  }

  uint64_t lanes[4] = {p1 + p2, p2, 0, 0 - p1};
  unsigned char buffer[32];
  size_t filled = 0;
  uint64_t total = 0;
};

inline uint64_t xxh64(const void *data, size_t length) {
  Xxh64 hash;
  hash.update(data, length);
  return hash.finish();
}

} // namespace azulejo

#endif // AZULEJO_ARTIFACT_HASH_H
