//===- KernelParameters.h - A kernel node's, in their versions ------------===//
#ifndef AZULEJO_CUDASIM_DRIVER_KERNELPARAMETERS_H
#define AZULEJO_CUDASIM_DRIVER_KERNELPARAMETERS_H

namespace azulejo::cudasim::driver {

/// What all versions of CUDA_KERNEL_NODE_PARAMS have in common, as one of another version.
template <class To, class From> To convertParameters(const From &from) {
  To to = {};
  to.func = from.func;
  to.gridDimX = from.gridDimX;
  to.gridDimY = from.gridDimY;
  to.gridDimZ = from.gridDimZ;
  to.blockDimX = from.blockDimX;
  to.blockDimY = from.blockDimY;
  to.blockDimZ = from.blockDimZ;
  to.sharedMemBytes = from.sharedMemBytes;
  to.kernelParams = from.kernelParams;
  to.extra = from.extra;
  return to;
}

} // namespace azulejo::cudasim::driver

#endif // AZULEJO_CUDASIM_DRIVER_KERNELPARAMETERS_H
