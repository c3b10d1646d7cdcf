//===- Hash.h - XXH64, by which an artifact's weights are checked
//---------------------------------===//
//
// The algorithm of https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md with seed 0, for
// little-endian machines. It stands here because packager and runtime must agree and the runtime
// links nothing.
//
//===----------------------------------------------------------------------------------------------===//
#ifndef AZULEJO_ARTIFACT_HASH_H
#define AZULEJO_ARTIFACT_HASH_H

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace azulejo {

inline uint64_t xxh64(const void *data, size_t length) {
  constexpr uint64_t p1 = 0x9E3779B185EBCA87, p2 = 0xC2B2AE3D27D4EB4F, p3 = 0x165667B19E3779F9,
                     p4 = 0x85EBCA77C2B2AE63, p5 = 0x27D4EB2F165667C5;
  auto rotate = [](uint64_t x, int bits) { return (x << bits) | (x >> (64 - bits)); };
  auto round = [&](uint64_t lane, uint64_t word) { return rotate(lane + word * p2, 31) * p1; };
  auto *at = static_cast<const unsigned char *>(data), *end = at + length;
  auto word64 = [&] {
    uint64_t word;
    std::memcpy(&word, at, 8);
    at += 8;
    return word;
  };

  uint64_t hash = p5;
  if (length >= 32) {
    uint64_t lanes[4] = {p1 + p2, p2, 0, 0 - p1};
    while (end - at >= 32)
      for (uint64_t &lane : lanes)
        lane = round(lane, word64());
    hash = rotate(lanes[0], 1) + rotate(lanes[1], 7) + rotate(lanes[2], 12) + rotate(lanes[3], 18);
    for (uint64_t lane : lanes)
      hash = (hash ^ round(0, lane)) * p1 + p4;
  }
  hash += length;
  while (end - at >= 8)
    hash = rotate(hash ^ round(0, word64()), 27) * p1 + p4;
  if (end - at >= 4) {
    uint32_t word;
    std::memcpy(&word, at, 4);
    at += 4;
    hash = rotate(hash ^ (word * p1), 23) * p2 + p3;
  }
  while (at != end)
    hash = rotate(hash ^ (*at++ * p5), 11) * p1;
  hash = (hash ^ (hash >> 33)) * p2;
  hash = (hash ^ (hash >> 29)) * p3;
  return hash ^ (hash >> 32);
}

} // namespace azulejo

#endif // AZULEJO_ARTIFACT_HASH_H
