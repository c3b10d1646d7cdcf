//===- TensorMap.h - The 128 bytes that describe a tensor to TMA ----------===//
#ifndef AZULEJO_CUDASIM_ASYNC_TENSORMAP_H
#define AZULEJO_CUDASIM_ASYNC_TENSORMAP_H

#include <cstdint>
#include <string>

namespace azulejo::cudasim {

/// What cuTensorMapEncodeTiled and cuTensorMapEncodeIm2col are told. The 128 bytes are opaque to
/// programs, so the encoding is our own; the limits are those of the CUDA driver API's reference.
/// Dimension 0 is the innermost one, whose stride is the element.
struct TensorMap {
  static constexpr unsigned bytes = 128, maxRank = 5;

  /// The enumerators have the values of CUtensorMapDataType and its like.
  enum class Type : uint8_t {
    U8,
    U16,
    U32,
    S32,
    U64,
    S64,
    F16,
    F32,
    F64,
    BF16,
    F32Flush,
    TF32,
    TF32Flush,
    Count
  };
  enum class Interleave : uint8_t { None, Bytes16, Bytes32, Count };
  enum class Swizzle : uint8_t { None, Bytes32, Bytes64, Bytes128, Count };
  enum class Fill : uint8_t { Zero, NaN, Count };

  uint64_t address = 0;
  uint32_t rank = 0;
  Type type = Type::U8;
  Interleave interleave = Interleave::None;
  Swizzle swizzle = Swizzle::None;
  Fill fill = Fill::Zero;
  uint8_t l2Promotion = 0; // only kept
  bool im2col = false;
  uint64_t dimensions[maxRank] = {};
  uint64_t strides[maxRank] = {}; // in bytes, of dimension i + 1: cuTensorMapEncode's globalStrides
  uint32_t box[maxRank] = {};     // tiled
  uint32_t elementStrides[maxRank] = {};
  /// im2col: of the spatial dimensions (those between the channels and the batch), innermost first.
  int32_t lowerCorner[3] = {}, upperCorner[3] = {};
  uint32_t channels = 0, pixels = 0; // channelsPerPixel, pixelsPerColumn

  uint32_t elementBytes() const;
  bool isFloatingPoint() const;
  uint32_t swizzleBytes() const { return swizzle == Swizzle::None ? 0 : 16u << unsigned(swizzle); }
  /// How many elements of dimension i a tile has: ceil(box / element stride).
  uint32_t extent(unsigned i) const;
  /// Bytes of a tile in shared memory: what arrives at the mbarrier, fill included.
  uint64_t tileBytes() const;

  /// What the driver would refuse, or "".
  std::string validate() const;

  void encode(uint8_t out[bytes]) const;
  /// False where these bytes are no tensor map.
  bool decode(const uint8_t in[bytes]);
};

/// Where the 16-byte piece at `address` of shared memory stands: the hardware's swizzles exchange
/// such pieces by bits of the address (bits 4… ^= bits 7…).
inline uint64_t swizzled(uint64_t address, TensorMap::Swizzle swizzle) {
  return address ^ (address >> 3 & ((uint64_t(1) << unsigned(swizzle)) - 1) << 4);
}

} // namespace azulejo::cudasim

#endif // AZULEJO_CUDASIM_ASYNC_TENSORMAP_H
