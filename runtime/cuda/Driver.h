//===- Driver.h - The CUDA driver API, opened at run time -------------------------------------===//
#ifndef AZULEJO_RUNTIME_CUDA_DRIVER_H
#define AZULEJO_RUNTIME_CUDA_DRIVER_H

#include "runtime/Status.h"
#include <cstdint>
#include <cuda.h>

namespace azulejo::runtime::cuda {

/// The functions we use: our name, and that of the library's symbol, which is the oldest version
/// that does what we need, so that drivers from CUDA 12.0 on will do.
#define AZULEJO_CUDA_FUNCTIONS(X)                                                                  \
  X(init, cuInit)                                                                                  \
  X(driverGetVersion, cuDriverGetVersion)                                                          \
  X(getErrorName, cuGetErrorName)                                                                  \
  X(getErrorString, cuGetErrorString)                                                              \
  X(deviceGet, cuDeviceGet)                                                                        \
  X(deviceGetCount, cuDeviceGetCount)                                                              \
  X(deviceGetAttribute, cuDeviceGetAttribute)                                                      \
  X(primaryContextRetain, cuDevicePrimaryCtxRetain)                                                \
  X(primaryContextRelease, cuDevicePrimaryCtxRelease_v2)                                           \
  X(contextPush, cuCtxPushCurrent_v2)                                                              \
  X(contextPop, cuCtxPopCurrent_v2)                                                                \
  X(moduleLoadDataEx, cuModuleLoadDataEx)                                                          \
  X(moduleUnload, cuModuleUnload)                                                                  \
  X(moduleGetFunction, cuModuleGetFunction)                                                        \
  X(functionSetAttribute, cuFuncSetAttribute)                                                      \
  X(memAlloc, cuMemAlloc_v2)                                                                       \
  X(memFree, cuMemFree_v2)                                                                         \
  X(memHostAlloc, cuMemHostAlloc)                                                                  \
  X(memFreeHost, cuMemFreeHost)                                                                    \
  X(memPoolCreate, cuMemPoolCreate)                                                                \
  X(memPoolDestroy, cuMemPoolDestroy)                                                              \
  X(memPoolTrimTo, cuMemPoolTrimTo)                                                                \
  X(memPoolSetAttribute, cuMemPoolSetAttribute)                                                    \
  X(memAllocFromPoolAsync, cuMemAllocFromPoolAsync)                                                \
  X(memFreeAsync, cuMemFreeAsync)                                                                  \
  X(copyHostToDevice, cuMemcpyHtoDAsync_v2)                                                        \
  X(copyDeviceToHost, cuMemcpyDtoHAsync_v2)                                                        \
  X(copyDeviceToDevice, cuMemcpyDtoDAsync_v2)                                                      \
  X(setD8, cuMemsetD8Async)                                                                        \
  X(setD16, cuMemsetD16Async)                                                                      \
  X(setD32, cuMemsetD32Async)                                                                      \
  X(set2D32, cuMemsetD2D32Async)                                                                   \
  X(streamCreate, cuStreamCreate)                                                                  \
  X(streamDestroy, cuStreamDestroy_v2)                                                             \
  X(streamSynchronize, cuStreamSynchronize)                                                        \
  X(streamBeginCapture, cuStreamBeginCapture_v2)                                                   \
  X(streamEndCapture, cuStreamEndCapture)                                                          \
  X(eventCreate, cuEventCreate)                                                                    \
  X(eventDestroy, cuEventDestroy_v2)                                                               \
  X(eventRecord, cuEventRecord)                                                                    \
  X(eventSynchronize, cuEventSynchronize)                                                          \
  X(eventElapsedTime, cuEventElapsedTime)                                                          \
  X(graphDestroy, cuGraphDestroy)                                                                  \
  X(graphInstantiate, cuGraphInstantiateWithFlags)                                                 \
  X(graphExecDestroy, cuGraphExecDestroy)                                                          \
  X(graphLaunch, cuGraphLaunch)                                                                    \
  X(launchKernelEx, cuLaunchKernelEx)                                                              \
  X(tensorMapEncodeTiled, cuTensorMapEncodeTiled)

/// The functions of one driver library. They are never given back: a driver cannot be unloaded.
struct Driver {
#define X(member, symbol) decltype(&::symbol) member = nullptr;
  AZULEJO_CUDA_FUNCTIONS(X)
#undef X
  /// The simulated driver's: what the checkers found (see azulejo/cudasim.h); null in a real one.
  size_t (*reports)(char *buffer, size_t size) = nullptr;

  /// Success, or an error of this code: "doing this failed: CUDA_ERROR_… (its description)" and
  /// what the simulated driver reports.
  Status check(CUresult result, const std::string &doing) const;
};

/// The real driver, initialised; the same one for everybody.
Status openDriver(const Driver *&driver);

/// The simulated driver with this architecture; "": what its environment says. It is found in the
/// folder of this library, or else on the library path. A process has one architecture.
Status openSimulator(const std::string &architecture, const Driver *&driver);

} // namespace azulejo::runtime::cuda

#endif // AZULEJO_RUNTIME_CUDA_DRIVER_H
