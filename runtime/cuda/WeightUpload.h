//===- WeightUpload.h - Mapped bytes to a GPU -------------------------------------------------===//
#ifndef AZULEJO_RUNTIME_CUDA_WEIGHTUPLOAD_H
#define AZULEJO_RUNTIME_CUDA_WEIGHTUPLOAD_H

#include "runtime/cuda/CudaDevice.h"
#include <string_view>

namespace azulejo::runtime::cuda {

/// Copies `bytes`, which are mapped from a file, to the device. While one piece is on its way, the
/// next is read from the file.
Status uploadMapped(CudaDevice &device, void *to, std::string_view bytes);

} // namespace azulejo::runtime::cuda

#endif // AZULEJO_RUNTIME_CUDA_WEIGHTUPLOAD_H
