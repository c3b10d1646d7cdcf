//===- ProcAddress.cpp - Functions by name --------------------------------===//
#include "runtime/cudasim/Driver/Driver.h"
#include <cstring>
#include <dlfcn.h>

using namespace azulejo::cudasim::driver;

namespace {

/// A function that exists in several versions: which CUDA version brought which.
struct Versioned {
  const char *name;
  struct {
    int since;
    const char *symbol;
  } versions[4]; // newest first
};

#define AZULEJO_V2(name, since)                                                                    \
  {                                                                                                \
    #name, {                                                                                       \
      {since, #name "_v2"}, { 2000, #name }                                                        \
    }                                                                                              \
  }
const Versioned table[] = {
    {"cuCtxCreate",
     {{12050, "cuCtxCreate_v4"},
      {11040, "cuCtxCreate_v3"},
      {3020, "cuCtxCreate_v2"},
      {2000, "cuCtxCreate"}}},
    {"cuStreamGetCaptureInfo",
     {{12030, "cuStreamGetCaptureInfo_v3"},
      {11030, "cuStreamGetCaptureInfo_v2"},
      {10010, "cuStreamGetCaptureInfo"}}},
    {"cuGraphInstantiate",
     {{12000, "cuGraphInstantiateWithFlags"},
      {11000, "cuGraphInstantiate_v2"},
      {10000, "cuGraphInstantiate"}}},
    AZULEJO_V2(cuDeviceTotalMem, 3020),
    AZULEJO_V2(cuModuleGetGlobal, 3020),
    AZULEJO_V2(cuMemGetInfo, 3020),
    AZULEJO_V2(cuMemAlloc, 3020),
    AZULEJO_V2(cuMemAllocPitch, 3020),
    AZULEJO_V2(cuMemFree, 3020),
    AZULEJO_V2(cuMemGetAddressRange, 3020),
    AZULEJO_V2(cuMemAllocHost, 3020),
    AZULEJO_V2(cuMemHostGetDevicePointer, 3020),
    AZULEJO_V2(cuMemcpyHtoD, 3020),
    AZULEJO_V2(cuMemcpyDtoH, 3020),
    AZULEJO_V2(cuMemcpyDtoD, 3020),
    AZULEJO_V2(cuMemcpyHtoDAsync, 3020),
    AZULEJO_V2(cuMemcpyDtoHAsync, 3020),
    AZULEJO_V2(cuMemcpyDtoDAsync, 3020),
    AZULEJO_V2(cuMemcpy2D, 3020),
    AZULEJO_V2(cuMemcpy2DUnaligned, 3020),
    AZULEJO_V2(cuMemcpy2DAsync, 3020),
    AZULEJO_V2(cuMemcpy3D, 3020),
    AZULEJO_V2(cuMemcpy3DAsync, 3020),
    AZULEJO_V2(cuMemsetD8, 3020),
    AZULEJO_V2(cuMemsetD16, 3020),
    AZULEJO_V2(cuMemsetD32, 3020),
    AZULEJO_V2(cuMemsetD2D8, 3020),
    AZULEJO_V2(cuMemsetD2D16, 3020),
    AZULEJO_V2(cuMemsetD2D32, 3020),
    AZULEJO_V2(cuCtxDestroy, 4000),
    AZULEJO_V2(cuCtxPushCurrent, 4000),
    AZULEJO_V2(cuCtxPopCurrent, 4000),
    AZULEJO_V2(cuStreamDestroy, 4000),
    AZULEJO_V2(cuEventDestroy, 4000),
    AZULEJO_V2(cuMemHostRegister, 6050),
    AZULEJO_V2(cuStreamBeginCapture, 10010),
    AZULEJO_V2(cuDevicePrimaryCtxRelease, 11000),
    AZULEJO_V2(cuDevicePrimaryCtxReset, 11000),
    AZULEJO_V2(cuDevicePrimaryCtxSetFlags, 11000),
    AZULEJO_V2(cuDeviceGetUuid, 11040),
    AZULEJO_V2(cuStreamWriteValue32, 11070),
    AZULEJO_V2(cuStreamWriteValue64, 11070),
    AZULEJO_V2(cuGetProcAddress, 12000),
    AZULEJO_V2(cuGraphExecUpdate, 12000),
    AZULEJO_V2(cuGraphAddKernelNode, 12000),
    AZULEJO_V2(cuGraphKernelNodeGetParams, 12000),
    AZULEJO_V2(cuGraphKernelNodeSetParams, 12000),
    AZULEJO_V2(cuGraphExecKernelNodeSetParams, 12000),
    AZULEJO_V2(cuStreamUpdateCaptureDependencies, 12030),
    AZULEJO_V2(cuGraphGetEdges, 12030),
    AZULEJO_V2(cuGraphNodeGetDependencies, 12030),
    AZULEJO_V2(cuGraphNodeGetDependentNodes, 12030),
    AZULEJO_V2(cuGraphAddDependencies, 12030),
    AZULEJO_V2(cuGraphRemoveDependencies, 12030),
    AZULEJO_V2(cuGraphAddNode, 12030),
    AZULEJO_V2(cuEventElapsedTime, 12080),
    AZULEJO_V2(cuMemAdvise, 12020),
    AZULEJO_V2(cuMemPrefetchAsync, 12020),
};
#undef AZULEJO_V2

/// This library, whatever name it was opened by.
void *self() {
  static void *handle = [] {
    Dl_info information;
    if (!dladdr(reinterpret_cast<void *>(&cuInit), &information))
      return static_cast<void *>(nullptr);
    return dlopen(information.dli_fname, RTLD_LAZY | RTLD_NOLOAD);
  }();
  return handle;
}

void *lookup(const std::string &symbol, bool perThread) {
  if (symbol.compare(0, 2, "cu") != 0 || !self())
    return nullptr;
  if (perThread)
    for (const char *suffix : {"_ptsz", "_ptds"})
      if (void *found = dlsym(self(), (symbol + suffix).c_str()))
        return found;
  return dlsym(self(), symbol.c_str());
}

} // namespace

extern "C" {

CUresult cuGetProcAddress(const char *symbol, void **function, int version, cuuint64_t flags,
                          CUdriverProcAddressQueryResult *status) {
  return guarded([&](Driver &) {
    require(symbol != nullptr && function != nullptr);
    *function = nullptr;
    constexpr cuuint64_t known =
        CU_GET_PROC_ADDRESS_LEGACY_STREAM | CU_GET_PROC_ADDRESS_PER_THREAD_DEFAULT_STREAM;
    require((flags & ~known) == 0 && flags != known);
    auto answer = [&](CUdriverProcAddressQueryResult result) {
      if (status)
        *status = result;
    };
    answer(CU_GET_PROC_ADDRESS_SYMBOL_NOT_FOUND);
    bool perThread = flags & CU_GET_PROC_ADDRESS_PER_THREAD_DEFAULT_STREAM;
    for (const Versioned &entry : table) {
      if (std::strcmp(entry.name, symbol) != 0)
        continue;
      for (auto &each : entry.versions)
        if (each.symbol && each.since <= version) {
          *function = lookup(each.symbol, perThread);
          if (*function)
            break;
        }
      if (*function)
        return answer(CU_GET_PROC_ADDRESS_SUCCESS);
      // The function exists, but not yet in the version asked for.
      answer(CU_GET_PROC_ADDRESS_VERSION_NOT_SUFFICIENT);
      fail(CUDA_ERROR_NOT_FOUND);
    }
    *function = lookup(symbol, perThread);
    require(*function != nullptr, CUDA_ERROR_NOT_FOUND);
    answer(CU_GET_PROC_ADDRESS_SUCCESS);
  });
}

// The tables behind this are NVIDIA's own: programs linked to the CUDA runtime library need them.
CUresult cuGetExportTable(const void **table, const CUuuid *id) {
  if (!table || !id)
    return CUDA_ERROR_INVALID_VALUE;
  *table = nullptr;
  return CUDA_ERROR_NOT_FOUND;
}
}
