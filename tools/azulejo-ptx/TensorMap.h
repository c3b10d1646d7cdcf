//===- TensorMap.h - Tensor maps as they are written ----------------------===//
#ifndef AZULEJO_PTX_TENSORMAP_H
#define AZULEJO_PTX_TENSORMAP_H

#include "tools/azulejo-ptx/Elements.h"

namespace azulejo::ptxtool {

/// `--tensor-map=NAME:BUFFER,dims=64x32,box=64x8,swizzle=128B`: what cuTensorMapEncodeTiled and
/// …Im2col are asked for. Dimensions are written innermost first; strides are in bytes, of all
/// dimensions but the innermost, and those of a dense tensor where nothing is said.
struct TensorMapRequest {
  std::string name, buffer;
  std::string type; // "" : the buffer's element type
  std::vector<uint64_t> dimensions, strides;
  std::vector<uint32_t> box, steps;
  std::vector<int> lower, upper;
  bool im2col = false, fillNan = false;
  uint32_t channels = 0, pixels = 0;
  std::string swizzle = "none", interleave = "none";
  uint64_t address = 0;
};
TensorMapRequest parseTensorMap(const std::string &text);

} // namespace azulejo::ptxtool

#endif // AZULEJO_PTX_TENSORMAP_H
