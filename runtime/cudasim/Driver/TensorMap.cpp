//===- TensorMap.cpp - cuTensorMap… ---------------------------------------===//
#include "runtime/cudasim/Async/TensorMap.h"
#include "runtime/cudasim/Driver/Driver.h"
#include <cstring>

using namespace azulejo::cudasim;
using namespace azulejo::cudasim::driver;

static_assert(sizeof(CUtensorMap) == TensorMap::bytes);
static_assert(int(TensorMap::Type::BF16) == CU_TENSOR_MAP_DATA_TYPE_BFLOAT16 &&
              int(TensorMap::Type::TF32Flush) == CU_TENSOR_MAP_DATA_TYPE_TFLOAT32_FTZ &&
              int(TensorMap::Swizzle::Bytes128) == CU_TENSOR_MAP_SWIZZLE_128B &&
              int(TensorMap::Interleave::Bytes32) == CU_TENSOR_MAP_INTERLEAVE_32B);

namespace {

/// What both forms have in common. Values beyond those of Hopper's tensor maps are refused.
TensorMap common(Driver &driver, const CUtensorMap *out, CUtensorMapDataType type, cuuint32_t rank,
                 const void *address, const cuuint64_t *dimensions, const cuuint64_t *strides,
                 const cuuint32_t *elementStrides, CUtensorMapInterleave interleave,
                 CUtensorMapSwizzle swizzle, CUtensorMapL2promotion promotion,
                 CUtensorMapFloatOOBfill fill) {
  require(driver.architecture().sm() >= 90, CUDA_ERROR_NOT_SUPPORTED);
  require(out != nullptr && uint64_t(out) % 64 == 0 && address != nullptr);
  require(rank >= 1 && rank <= TensorMap::maxRank);
  require(dimensions && elementStrides && (rank == 1 || strides));
  require(unsigned(type) < unsigned(TensorMap::Type::Count) &&
          unsigned(interleave) < unsigned(TensorMap::Interleave::Count) &&
          unsigned(swizzle) < unsigned(TensorMap::Swizzle::Count) &&
          unsigned(promotion) <= CU_TENSOR_MAP_L2_PROMOTION_L2_256B &&
          unsigned(fill) < unsigned(TensorMap::Fill::Count));
  TensorMap map;
  map.address = uint64_t(address);
  map.rank = rank;
  map.type = TensorMap::Type(type);
  map.interleave = TensorMap::Interleave(interleave);
  map.swizzle = TensorMap::Swizzle(swizzle);
  map.fill = TensorMap::Fill(fill);
  map.l2Promotion = uint8_t(promotion);
  for (unsigned i = 0; i < rank; ++i) {
    map.dimensions[i] = dimensions[i];
    map.elementStrides[i] = elementStrides[i];
  }
  for (unsigned i = 0; i + 1 < rank; ++i)
    map.strides[i] = strides[i];
  return map;
}

void encode(Driver &driver, const TensorMap &map, CUtensorMap *out) {
  std::string complaint = map.validate();
  if (!complaint.empty()) {
    driver.say("tensor map: " + complaint + "\n", "");
    fail(CUDA_ERROR_INVALID_VALUE);
  }
  map.encode(reinterpret_cast<uint8_t *>(out));
}

} // namespace

extern "C" {

CUresult cuTensorMapEncodeTiled(CUtensorMap *out, CUtensorMapDataType type, cuuint32_t rank,
                                void *address, const cuuint64_t *dimensions,
                                const cuuint64_t *strides, const cuuint32_t *box,
                                const cuuint32_t *elementStrides, CUtensorMapInterleave interleave,
                                CUtensorMapSwizzle swizzle, CUtensorMapL2promotion promotion,
                                CUtensorMapFloatOOBfill fill) {
  return withContext([&](Driver &driver, Context &) {
    TensorMap map = common(driver, out, type, rank, address, dimensions, strides, elementStrides,
                           interleave, swizzle, promotion, fill);
    requirePointer(box);
    for (unsigned i = 0; i < rank; ++i)
      map.box[i] = box[i];
    encode(driver, map, out);
  });
}

CUresult cuTensorMapEncodeIm2col(CUtensorMap *out, CUtensorMapDataType type, cuuint32_t rank,
                                 void *address, const cuuint64_t *dimensions,
                                 const cuuint64_t *strides, const int *lower, const int *upper,
                                 cuuint32_t channels, cuuint32_t pixels,
                                 const cuuint32_t *elementStrides, CUtensorMapInterleave interleave,
                                 CUtensorMapSwizzle swizzle, CUtensorMapL2promotion promotion,
                                 CUtensorMapFloatOOBfill fill) {
  return withContext([&](Driver &driver, Context &) {
    TensorMap map = common(driver, out, type, rank, address, dimensions, strides, elementStrides,
                           interleave, swizzle, promotion, fill);
    require(rank >= 3 && lower != nullptr && upper != nullptr);
    map.im2col = true;
    map.channels = channels;
    map.pixels = pixels;
    for (unsigned i = 0; i + 2 < rank; ++i) {
      map.lowerCorner[i] = lower[i];
      map.upperCorner[i] = upper[i];
    }
    encode(driver, map, out);
  });
}

CUresult cuTensorMapReplaceAddress(CUtensorMap *out, void *address) {
  return withContext([&](Driver &driver, Context &) {
    require(driver.architecture().sm() >= 90, CUDA_ERROR_NOT_SUPPORTED);
    require(out != nullptr && uint64_t(out) % 64 == 0 && address != nullptr);
    TensorMap map;
    require(map.decode(reinterpret_cast<const uint8_t *>(out)));
    map.address = uint64_t(address);
    encode(driver, map, out);
  });
}
}
