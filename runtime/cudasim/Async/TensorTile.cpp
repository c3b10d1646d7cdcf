//===- TensorTile.cpp - Which bytes of a tensor a tile has ----------------===//
#include "runtime/cudasim/Async/TensorTile.h"
#include <algorithm>
#include <cstring>

using namespace azulejo::cudasim;

TensorTile::TensorTile(const TensorMap &map, const int32_t *coordinates, const uint16_t *offsets) {
  if (map.im2col)
    addPixels(map, coordinates, offsets);
  else
    addTiled(map, coordinates);
}

void TensorTile::addRow(const TensorMap &map, const int64_t *place, uint32_t elements) {
  Row row;
  bool inside = true;
  uint64_t address = map.address;
  for (unsigned i = 1; i < map.rank; ++i) {
    inside &= place[i] >= 0 && uint64_t(place[i]) < map.dimensions[i];
    address += uint64_t(place[i]) * map.strides[i - 1];
  }
  int64_t begin = std::max<int64_t>(place[0], 0);
  int64_t end = std::min<int64_t>(place[0] + elements, int64_t(map.dimensions[0]));
  if (inside && begin < end) {
    uint32_t size = map.elementBytes();
    row.address = address + uint64_t(begin) * size;
    row.skip = uint32_t(begin - place[0]) * size;
    row.bytes = uint32_t(end - begin) * size;
  }
  rows.push_back(row);
}

/// Rows of the box, dimension 1 running fastest. An element stride s takes every s-th coordinate.
void TensorTile::addTiled(const TensorMap &map, const int32_t *coordinates) {
  rowBytes = map.extent(0) * map.elementBytes();
  uint32_t index[TensorMap::maxRank] = {};
  for (;;) {
    int64_t place[TensorMap::maxRank];
    place[0] = coordinates[0];
    for (unsigned i = 1; i < map.rank; ++i)
      place[i] = int64_t(coordinates[i]) + int64_t(index[i]) * map.elementStrides[i];
    addRow(map, place, map.extent(0));
    unsigned i = 1;
    while (i < map.rank && ++index[i] == map.extent(i))
      index[i++] = 0;
    if (i >= map.rank)
      return;
  }
}

/// Pixels one after the other, from the one at `coordinates` on: along W, then H, then D, within
/// the bounding box [lower corner, last pixel + upper corner], then on to the next image. Each is
/// read at `offsets` from where it stands: the place in the filter.
void TensorTile::addPixels(const TensorMap &map, const int32_t *coordinates,
                           const uint16_t *offsets) {
  rowBytes = map.channels * map.elementBytes();
  unsigned spatial = map.rank - 2;
  int64_t base[TensorMap::maxRank];
  for (unsigned i = 0; i < map.rank; ++i)
    base[i] = coordinates[i];
  for (uint32_t pixel = 0; pixel < map.pixels; ++pixel) {
    int64_t place[TensorMap::maxRank];
    std::copy(base, base + map.rank, place);
    for (unsigned i = 0; i < spatial && offsets; ++i)
      place[1 + i] += offsets[i];
    addRow(map, place, map.channels);
    unsigned i = 0;
    for (; i < spatial; ++i) {
      base[1 + i] += map.elementStrides[1 + i];
      if (base[1 + i] < int64_t(map.dimensions[1 + i]) + map.upperCorner[i])
        break;
      base[1 + i] = map.lowerCorner[i];
    }
    if (i == spatial)
      ++base[map.rank - 1];
  }
}

template <class F>
static void forPieces(const TensorMap &map, uint64_t address, uint64_t bytes, F &&f) {
  if (map.swizzle == TensorMap::Swizzle::None)
    return f(0, 0, bytes);
  for (uint64_t at = 0; at < bytes; at += 16)
    f(at, swizzled(address + at, map.swizzle) - address, std::min<uint64_t>(16, bytes - at));
}

void azulejo::cudasim::swizzleTile(const TensorMap &map, uint64_t address, const uint8_t *linear,
                                   uint8_t *shared, uint64_t bytes) {
  forPieces(map, address, bytes, [&](uint64_t from, uint64_t to, uint64_t length) {
    std::memcpy(shared + to, linear + from, length);
  });
}

void azulejo::cudasim::unswizzleTile(const TensorMap &map, uint64_t address, const uint8_t *shared,
                                     uint8_t *linear, uint64_t bytes) {
  forPieces(map, address, bytes, [&](uint64_t to, uint64_t from, uint64_t length) {
    std::memcpy(linear + to, shared + from, length);
  });
}

void azulejo::cudasim::fillOutside(const TensorMap &map, uint8_t *to, uint64_t bytes) {
  if (map.fill == TensorMap::Fill::Zero) {
    std::memset(to, 0, bytes);
    return;
  }
  // All bits of the magnitude: a NaN in every format. Little-endian: the sign is in the last byte.
  uint32_t size = map.elementBytes();
  std::memset(to, 0xff, bytes);
  for (uint64_t at = size - 1; at < bytes; at += size)
    to[at] = 0x7f;
}

void azulejo::cudasim::flushElements(const TensorMap &map, uint8_t *data, uint64_t bytes) {
  if (map.type != TensorMap::Type::F32Flush && map.type != TensorMap::Type::TF32Flush)
    return;
  for (uint64_t at = 0; at + 4 <= bytes; at += 4) {
    uint32_t bits;
    std::memcpy(&bits, data + at, 4);
    if ((bits & 0x7f800000) == 0)
      bits &= 0x80000000;
    std::memcpy(data + at, &bits, 4);
  }
}
