//===- CudaProgram.h - A model's kernels and weights on a GPU ---------------------------------===//
#ifndef AZULEJO_RUNTIME_CUDA_CUDAPROGRAM_H
#define AZULEJO_RUNTIME_CUDA_CUDAPROGRAM_H

#include "runtime/Artifact.h"
#include "runtime/cuda/CudaDevice.h"
#include <mutex>

namespace azulejo::runtime::cuda {

class CudaProgram : public Program {
public:
  static Status load(CudaDevice &device, std::shared_ptr<const Artifact> artifact,
                     std::shared_ptr<CudaProgram> &program);
  ~CudaProgram() override;

  struct Kernel {
    CUfunction function;
    azm_gpu_kernel launcher;
    int64_t slots;
  };
  std::vector<Kernel> kernels; // in the artifact's order

  /// Lets a kernel have this much dynamic shared memory.
  Status allowShared(int64_t kernel, int64_t bytes) const;

private:
  CudaProgram(CudaDevice &device, std::shared_ptr<const Artifact> artifact)
      : Program(std::move(artifact)), device(device) {}
  Status loadModule(const CudaImage &image);
  Status findKernels(const CudaImage &image);
  Status uploadWeights();

  CudaDevice &device;
  CUmodule module = nullptr;
  void *weightMemory = nullptr;
  mutable std::mutex mutex;
  mutable std::vector<int64_t> allowed; // bytes of dynamic shared memory; guarded by mutex
};

/// The image that fits a device of this compute capability (90 for 9.0) best: the newest
/// architecture that is not newer than the device, "sm_90a" fitting 9.0 alone. Null where none
/// does.
const CudaImage *chooseImage(const std::vector<CudaImage> &images, int capability);

} // namespace azulejo::runtime::cuda

#endif // AZULEJO_RUNTIME_CUDA_CUDAPROGRAM_H
