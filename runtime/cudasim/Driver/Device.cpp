//===- Device.cpp - What the simulated GPU says of itself -----------------===//
#include "runtime/cudasim/Driver/Driver.h"
#include <cstring>
#include <optional>

using namespace azulejo::cudasim;
using namespace azulejo::cudasim::driver;

namespace {

/// Attributes that the four architectures share, or that follow from Architecture; nothing for
/// numbers that name no attribute.
std::optional<int> attribute(const Architecture &gpu, CUdevice_attribute which) {
  const bool hopper = gpu.sm() >= 90;
  const bool dataCenter = gpu.sm() == 80 || hopper; // the chips with fast double precision
  switch (which) {
  case CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK:
  case CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_X:
  case CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_Y:
    return 1024;
  case CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_Z:
    return 64;
  case CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_X:
    return 0x7fffffff;
  case CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_Y:
  case CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_Z:
    return 65535;
  case CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK:
    return int(gpu.sharedPerBlock);
  case CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN:
    return int(gpu.sharedPerBlockOptin);
  case CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_MULTIPROCESSOR:
    return int(gpu.sharedPerSm);
  case CU_DEVICE_ATTRIBUTE_RESERVED_SHARED_MEMORY_PER_BLOCK:
    return int(gpu.sharedReserved);
  case CU_DEVICE_ATTRIBUTE_TOTAL_CONSTANT_MEMORY:
    return 65536;
  case CU_DEVICE_ATTRIBUTE_WARP_SIZE:
    return 32;
  case CU_DEVICE_ATTRIBUTE_MAX_PITCH:
    return 0x7fffffff;
  case CU_DEVICE_ATTRIBUTE_MAX_REGISTERS_PER_BLOCK:
  case CU_DEVICE_ATTRIBUTE_MAX_REGISTERS_PER_MULTIPROCESSOR:
    return int(gpu.registersPerSm);
  case CU_DEVICE_ATTRIBUTE_CLOCK_RATE:
    return int(gpu.clockKhz);
  case CU_DEVICE_ATTRIBUTE_MEMORY_CLOCK_RATE:
    return int(gpu.memoryClockKhz);
  case CU_DEVICE_ATTRIBUTE_GLOBAL_MEMORY_BUS_WIDTH:
    return int(gpu.memoryBusBits);
  case CU_DEVICE_ATTRIBUTE_L2_CACHE_SIZE:
    return int(gpu.l2Bytes);
  case CU_DEVICE_ATTRIBUTE_MAX_PERSISTING_L2_CACHE_SIZE:
    return int(gpu.l2Bytes / 4 * 3);
  case CU_DEVICE_ATTRIBUTE_MAX_ACCESS_POLICY_WINDOW_SIZE:
    return 134213632;
  case CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT:
    return int(gpu.multiprocessors);
  case CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_MULTIPROCESSOR:
    return int(gpu.threadsPerSm);
  case CU_DEVICE_ATTRIBUTE_MAX_BLOCKS_PER_MULTIPROCESSOR:
    return int(gpu.blocksPerSm);
  case CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR:
    return int(gpu.major);
  case CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR:
    return int(gpu.minor);
  case CU_DEVICE_ATTRIBUTE_ASYNC_ENGINE_COUNT:
    return gpu.sm() == 89 ? 2 : 3;
  case CU_DEVICE_ATTRIBUTE_SINGLE_TO_DOUBLE_PRECISION_PERF_RATIO:
    return dataCenter ? 2 : gpu.sm() == 89 ? 64 : 32;
  case CU_DEVICE_ATTRIBUTE_CLUSTER_LAUNCH:
  case CU_DEVICE_ATTRIBUTE_TENSOR_MAP_ACCESS_SUPPORTED:
    return hopper;
  case CU_DEVICE_ATTRIBUTE_MEM_SYNC_DOMAIN_COUNT:
    return hopper ? 4 : 1;
  case CU_DEVICE_ATTRIBUTE_PCI_BUS_ID:
    return 1;
  case CU_DEVICE_ATTRIBUTE_ECC_ENABLED:
  case CU_DEVICE_ATTRIBUTE_GPU_OVERLAP:
  case CU_DEVICE_ATTRIBUTE_CAN_MAP_HOST_MEMORY:
  case CU_DEVICE_ATTRIBUTE_CONCURRENT_KERNELS:
  case CU_DEVICE_ATTRIBUTE_UNIFIED_ADDRESSING:
  case CU_DEVICE_ATTRIBUTE_STREAM_PRIORITIES_SUPPORTED:
  case CU_DEVICE_ATTRIBUTE_GLOBAL_L1_CACHE_SUPPORTED:
  case CU_DEVICE_ATTRIBUTE_LOCAL_L1_CACHE_SUPPORTED:
  case CU_DEVICE_ATTRIBUTE_MANAGED_MEMORY:
  case CU_DEVICE_ATTRIBUTE_COMPUTE_PREEMPTION_SUPPORTED:
  case CU_DEVICE_ATTRIBUTE_CAN_USE_HOST_POINTER_FOR_REGISTERED_MEM:
  case CU_DEVICE_ATTRIBUTE_COOPERATIVE_LAUNCH:
  case CU_DEVICE_ATTRIBUTE_HOST_REGISTER_SUPPORTED:
  case CU_DEVICE_ATTRIBUTE_READ_ONLY_HOST_REGISTER_SUPPORTED:
  case CU_DEVICE_ATTRIBUTE_MEMORY_POOLS_SUPPORTED:
  case CU_DEVICE_ATTRIBUTE_VIRTUAL_MEMORY_MANAGEMENT_SUPPORTED:
  case CU_DEVICE_ATTRIBUTE_UNIFIED_FUNCTION_POINTERS:
    return 1;
  case CU_DEVICE_ATTRIBUTE_TEXTURE_ALIGNMENT:
  case CU_DEVICE_ATTRIBUTE_SURFACE_ALIGNMENT:
    return 512;
  case CU_DEVICE_ATTRIBUTE_TEXTURE_PITCH_ALIGNMENT:
    return 32;
  case CU_DEVICE_ATTRIBUTE_NUMA_ID:
  case CU_DEVICE_ATTRIBUTE_HOST_NUMA_ID:
    return which == CU_DEVICE_ATTRIBUTE_HOST_NUMA_ID ? 0 : -1;
  default:
    // What is left is not modelled (textures, sharing with other processes, several GPUs, host
    // page tables): 0, as a GPU without it says.
    if (which >= 1 && which < CU_DEVICE_ATTRIBUTE_MAX)
      return 0;
    return std::nullopt;
  }
}

} // namespace

extern "C" {

CUresult cuDeviceGet(CUdevice *device, int ordinal) {
  return withDriver([&](Driver &) {
    requirePointer(device);
    requireDevice(ordinal);
    *device = ordinal;
  });
}

CUresult cuDeviceGetCount(int *count) {
  return withDriver([&](Driver &) {
    requirePointer(count);
    *count = 1;
  });
}

CUresult cuDeviceGetName(char *name, int length, CUdevice device) {
  return withDriver([&](Driver &driver) {
    require(name != nullptr && length > 0);
    requireDevice(device);
    std::strncpy(name, driver.architecture().device.c_str(), size_t(length));
    name[length - 1] = 0;
  });
}

CUresult cuDeviceGetUuid(CUuuid *uuid, CUdevice device) {
  return withDriver([&](Driver &driver) {
    requirePointer(uuid);
    requireDevice(device);
    // The same on every machine, another for every architecture.
    std::memset(uuid->bytes, 0, sizeof uuid->bytes);
    std::memcpy(uuid->bytes, "azulejo", 7);
    uuid->bytes[15] = char(driver.architecture().sm());
  });
}

CUresult cuDeviceTotalMem(size_t *bytes, CUdevice device) {
  return withDriver([&](Driver &driver) {
    requirePointer(bytes);
    requireDevice(device);
    *bytes = driver.architecture().memoryBytes;
  });
}

CUresult cuDeviceGetAttribute(int *value, CUdevice_attribute which, CUdevice device) {
  return withDriver([&](Driver &driver) {
    requirePointer(value);
    requireDevice(device);
    std::optional<int> found = attribute(driver.architecture(), which);
    require(found.has_value());
    *value = *found;
  });
}

CUresult cuDeviceComputeCapability(int *major, int *minor, CUdevice device) {
  return withDriver([&](Driver &driver) {
    require(major != nullptr && minor != nullptr);
    requireDevice(device);
    *major = int(driver.architecture().major);
    *minor = int(driver.architecture().minor);
  });
}

CUresult cuDeviceGetProperties(CUdevprop *properties, CUdevice device) {
  return withDriver([&](Driver &driver) {
    requirePointer(properties);
    requireDevice(device);
    const Architecture &gpu = driver.architecture();
    *properties = {};
    properties->maxThreadsPerBlock = 1024;
    properties->maxThreadsDim[0] = properties->maxThreadsDim[1] = 1024;
    properties->maxThreadsDim[2] = 64;
    properties->maxGridSize[0] = 0x7fffffff;
    properties->maxGridSize[1] = properties->maxGridSize[2] = 65535;
    properties->sharedMemPerBlock = int(gpu.sharedPerBlock);
    properties->totalConstantMemory = 65536;
    properties->SIMDWidth = 32;
    properties->memPitch = 0x7fffffff;
    properties->regsPerBlock = int(gpu.registersPerSm);
    properties->clockRate = int(gpu.clockKhz);
    properties->textureAlign = 512;
  });
}

CUresult cuDeviceGetPCIBusId(char *text, int length, CUdevice device) {
  return withDriver([&](Driver &) {
    require(text != nullptr && length > 0);
    requireDevice(device);
    std::strncpy(text, "0000:01:00.0", size_t(length));
    text[length - 1] = 0;
  });
}

CUresult cuDeviceGetByPCIBusId(CUdevice *device, const char *text) {
  return withDriver([&](Driver &) {
    require(device != nullptr && text != nullptr);
    require(std::strcmp(text, "0000:01:00.0") == 0 || std::strcmp(text, "0000:01:00") == 0 ||
                std::strcmp(text, "01:00.0") == 0,
            CUDA_ERROR_INVALID_DEVICE);
    *device = 0;
  });
}

CUresult cuDeviceGetExecAffinitySupport(int *value, CUexecAffinityType type, CUdevice device) {
  return withDriver([&](Driver &) {
    requirePointer(value);
    requireDevice(device);
    require(type == CU_EXEC_AFFINITY_TYPE_SM_COUNT);
    *value = 0;
  });
}

// One device has no peers, not even itself.
CUresult cuDeviceCanAccessPeer(int *answer, CUdevice device, CUdevice peer) {
  return withDriver([&](Driver &) {
    requirePointer(answer);
    requireDevice(device);
    requireDevice(peer);
    *answer = 0;
  });
}

CUresult cuDeviceGetP2PAttribute(int *value, CUdevice_P2PAttribute, CUdevice source,
                                 CUdevice destination) {
  return withDriver([&](Driver &) {
    requirePointer(value);
    requireDevice(source);
    requireDevice(destination);
    fail(CUDA_ERROR_INVALID_DEVICE); // they must differ
  });
}

CUresult cuCtxEnablePeerAccess(CUcontext peer, unsigned int flags) {
  return withContext([&](Driver &driver, Context &context) {
    require(flags == 0);
    auto other = driver.find<Context>(peer, CUDA_ERROR_INVALID_CONTEXT);
    require(other.get() != &context, CUDA_ERROR_INVALID_DEVICE);
    fail(CUDA_ERROR_PEER_ACCESS_UNSUPPORTED);
  });
}

CUresult cuCtxDisablePeerAccess(CUcontext peer) {
  return withContext([&](Driver &driver, Context &) {
    driver.find<Context>(peer, CUDA_ERROR_INVALID_CONTEXT);
    fail(CUDA_ERROR_PEER_ACCESS_NOT_ENABLED);
  });
}
}
