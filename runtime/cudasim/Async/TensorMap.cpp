//===- TensorMap.cpp - The 128 bytes that describe a tensor to TMA --------===//
#include "runtime/cudasim/Async/TensorMap.h"
#include <cstring>

using namespace azulejo::cudasim;

namespace {

constexpr uint32_t mark = 0x70616d54; // "Tmap"

/// As it lies in memory.
struct Encoded {
  uint32_t mark;
  uint32_t checksum; // of all that follows
  uint64_t address;
  uint64_t strides[TensorMap::maxRank - 1];
  uint32_t dimensions[TensorMap::maxRank]; // one less each
  uint8_t box[TensorMap::maxRank];         // one less each
  uint8_t elementStrides[TensorMap::maxRank];
  int16_t lowerCorner[3], upperCorner[3];
  uint16_t channels, pixels;
  uint8_t rank, type, interleave, swizzle, fill, l2Promotion, im2col;
  uint8_t unused[27];
};
static_assert(sizeof(Encoded) == TensorMap::bytes, "a CUtensorMap has 128 bytes");

uint32_t checksum(const Encoded &encoded) {
  const uint8_t *data = reinterpret_cast<const uint8_t *>(&encoded) + 8;
  uint32_t sum = 2166136261u; // FNV-1a
  for (size_t i = 0; i < sizeof encoded - 8; ++i)
    sum = (sum ^ data[i]) * 16777619u;
  return sum;
}

} // namespace

uint32_t TensorMap::elementBytes() const {
  switch (type) {
  case Type::U8:
    return 1;
  case Type::U16:
  case Type::F16:
  case Type::BF16:
    return 2;
  case Type::U64:
  case Type::S64:
  case Type::F64:
    return 8;
  default:
    return 4;
  }
}

bool TensorMap::isFloatingPoint() const { return type >= Type::F16 && type < Type::Count; }

uint32_t TensorMap::extent(unsigned i) const {
  uint32_t stride = i == 0 && interleave == Interleave::None ? 1 : elementStrides[i];
  return (box[i] + stride - 1) / stride;
}

uint64_t TensorMap::tileBytes() const {
  if (im2col)
    return uint64_t(channels) * pixels * elementBytes();
  uint64_t elements = 1;
  for (unsigned i = 0; i < rank; ++i)
    elements *= extent(i);
  // Interleaved layouts keep 16 or 32 bytes of channels together, which dimension 0 counts.
  return elements * elementBytes();
}

std::string TensorMap::validate() const {
  auto number = [](uint64_t value) { return std::to_string(value); };
  bool interleaved = interleave != Interleave::None;
  if (type >= Type::Count || interleave >= Interleave::Count || swizzle >= Swizzle::Count ||
      fill >= Fill::Count)
    return "an enumerator is out of range";
  if (rank < (interleaved || im2col ? 3u : 1u) || rank > maxRank)
    return "a rank of " + number(rank);
  uint64_t unit = interleave == Interleave::Bytes32 ? 32 : 16;
  if (address % unit)
    return "the tensor's address is not a multiple of " + number(unit);
  for (unsigned i = 0; i < rank; ++i)
    if (dimensions[i] == 0 || dimensions[i] > uint64_t(1) << 32)
      return "dimension " + number(i) + " is " + number(dimensions[i]);
  for (unsigned i = 0; i + 1 < rank; ++i)
    if (strides[i] % unit || strides[i] >= uint64_t(1) << 40)
      return "the stride of dimension " + number(i + 1) + " is " + number(strides[i]) +
             " bytes, not a multiple of " + number(unit) + " below 2^40";
  for (unsigned i = 0; i < rank; ++i)
    if (elementStrides[i] == 0 || elementStrides[i] > 8)
      return "the element stride of dimension " + number(i) + " is " + number(elementStrides[i]);
  if (fill == Fill::NaN && !isFloatingPoint())
    return "NaN fills integers";
  uint64_t inner = 0;
  if (im2col) {
    // The fewer spatial dimensions, the more bits each corner has.
    int32_t limit = rank == 3 ? 32768 : rank == 4 ? 128 : 16;
    for (unsigned i = 0; i + 2 < rank; ++i)
      for (int32_t corner : {lowerCorner[i], upperCorner[i]})
        if (corner < -limit || corner >= limit)
          return "a corner of the pixel box is " + std::to_string(corner);
    if (channels == 0 || channels > 256)
      return number(channels) + " channels a pixel";
    if (pixels == 0 || pixels > 1024)
      return number(pixels) + " pixels a column";
    inner = uint64_t(channels) * elementBytes();
  } else {
    for (unsigned i = 0; i < rank; ++i)
      if (box[i] == 0 || box[i] > 256)
        return "the box has " + number(box[i]) + " elements in dimension " + number(i);
    inner = uint64_t(box[0]) * elementBytes();
  }
  if (!interleaved) {
    if (inner % 16)
      return "the innermost dimension of the box has " + number(inner) +
             " bytes, not a multiple of 16";
    if (swizzle != Swizzle::None && inner > swizzleBytes())
      return "the innermost dimension of the box has " + number(inner) + " bytes, more than the " +
             number(swizzleBytes()) + " that the swizzle spans";
  }
  if (interleave == Interleave::Bytes32 && swizzle != Swizzle::Bytes32)
    return "32-byte interleaving needs the 32-byte swizzle";
  return {};
}

void TensorMap::encode(uint8_t out[bytes]) const {
  Encoded encoded = {};
  encoded.mark = mark;
  encoded.address = address;
  for (unsigned i = 0; i + 1 < maxRank; ++i)
    encoded.strides[i] = strides[i];
  for (unsigned i = 0; i < maxRank; ++i) {
    // Behind the rank, what tensormap.replace put there for a rank that it will raise, or nothing.
    const auto isUnset = [&](uint64_t value) { return i >= rank && value == 0; };
    encoded.dimensions[i] = isUnset(dimensions[i]) ? 0 : uint32_t(dimensions[i] - 1);
    encoded.box[i] = isUnset(box[i]) ? 0 : uint8_t(box[i] - 1);
    encoded.elementStrides[i] = isUnset(elementStrides[i]) ? 1 : uint8_t(elementStrides[i]);
  }
  for (unsigned i = 0; i < 3; ++i) {
    encoded.lowerCorner[i] = int16_t(lowerCorner[i]);
    encoded.upperCorner[i] = int16_t(upperCorner[i]);
  }
  encoded.channels = uint16_t(channels);
  encoded.pixels = uint16_t(pixels);
  encoded.rank = uint8_t(rank);
  encoded.type = uint8_t(type);
  encoded.interleave = uint8_t(interleave);
  encoded.swizzle = uint8_t(swizzle);
  encoded.fill = uint8_t(fill);
  encoded.l2Promotion = l2Promotion;
  encoded.im2col = im2col;
  encoded.checksum = checksum(encoded);
  std::memcpy(out, &encoded, bytes);
}

bool TensorMap::decode(const uint8_t in[bytes]) {
  Encoded encoded;
  std::memcpy(&encoded, in, bytes);
  if (encoded.mark != mark || encoded.checksum != checksum(encoded) || encoded.rank == 0 ||
      encoded.rank > maxRank)
    return false;
  address = encoded.address;
  for (unsigned i = 0; i + 1 < maxRank; ++i)
    strides[i] = encoded.strides[i];
  rank = encoded.rank;
  for (unsigned i = 0; i < maxRank; ++i) {
    dimensions[i] = uint64_t(encoded.dimensions[i]) + 1;
    box[i] = encoded.box[i] + 1u;
    elementStrides[i] = encoded.elementStrides[i];
  }
  for (unsigned i = 0; i < 3; ++i) {
    lowerCorner[i] = encoded.lowerCorner[i];
    upperCorner[i] = encoded.upperCorner[i];
  }
  channels = encoded.channels;
  pixels = encoded.pixels;
  type = Type(encoded.type);
  interleave = Interleave(encoded.interleave);
  swizzle = Swizzle(encoded.swizzle);
  fill = Fill(encoded.fill);
  l2Promotion = encoded.l2Promotion;
  im2col = encoded.im2col;
  return true;
}
