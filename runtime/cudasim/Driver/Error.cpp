//===- Error.cpp - Names of errors ----------------------------------------===//
#include "runtime/cudasim/Driver/Cuda.h"

namespace {

struct Error {
  CUresult result;
  const char *name, *text;
};

#define AZULEJO_ERROR(name, text) {name, #name, text}
const Error errors[] = {
    AZULEJO_ERROR(CUDA_SUCCESS, "no error"),
    AZULEJO_ERROR(CUDA_ERROR_INVALID_VALUE, "invalid argument"),
    AZULEJO_ERROR(CUDA_ERROR_OUT_OF_MEMORY, "out of memory"),
    AZULEJO_ERROR(CUDA_ERROR_NOT_INITIALIZED, "initialization error"),
    AZULEJO_ERROR(CUDA_ERROR_DEINITIALIZED, "driver shutting down"),
    AZULEJO_ERROR(CUDA_ERROR_PROFILER_DISABLED,
                  "profiler disabled while using external profiling tool"),
    AZULEJO_ERROR(CUDA_ERROR_PROFILER_NOT_INITIALIZED,
                  "profiler not initialized: call cudaProfilerInitialize()"),
    AZULEJO_ERROR(CUDA_ERROR_PROFILER_ALREADY_STARTED, "profiler already started"),
    AZULEJO_ERROR(CUDA_ERROR_PROFILER_ALREADY_STOPPED, "profiler already stopped"),
    AZULEJO_ERROR(CUDA_ERROR_STUB_LIBRARY, "CUDA driver is a stub library"),
    AZULEJO_ERROR(CUDA_ERROR_CALL_REQUIRES_NEWER_DRIVER, "API call requires a newer CUDA driver"),
    AZULEJO_ERROR(CUDA_ERROR_DEVICE_UNAVAILABLE,
                  "CUDA-capable device(s) is/are busy or unavailable"),
    AZULEJO_ERROR(CUDA_ERROR_NO_DEVICE, "no CUDA-capable device is detected"),
    AZULEJO_ERROR(CUDA_ERROR_INVALID_DEVICE, "invalid device ordinal"),
    AZULEJO_ERROR(CUDA_ERROR_DEVICE_NOT_LICENSED, "device doesn't have valid Grid license"),
    AZULEJO_ERROR(CUDA_ERROR_INVALID_IMAGE, "device kernel image is invalid"),
    AZULEJO_ERROR(CUDA_ERROR_INVALID_CONTEXT, "invalid device context"),
    AZULEJO_ERROR(CUDA_ERROR_CONTEXT_ALREADY_CURRENT, "context already current"),
    AZULEJO_ERROR(CUDA_ERROR_MAP_FAILED, "mapping of buffer object failed"),
    AZULEJO_ERROR(CUDA_ERROR_UNMAP_FAILED, "unmapping of buffer object failed"),
    AZULEJO_ERROR(CUDA_ERROR_ARRAY_IS_MAPPED, "array is mapped"),
    AZULEJO_ERROR(CUDA_ERROR_ALREADY_MAPPED, "resource already mapped"),
    AZULEJO_ERROR(CUDA_ERROR_NO_BINARY_FOR_GPU,
                  "no kernel image is available for execution on the device"),
    AZULEJO_ERROR(CUDA_ERROR_ALREADY_ACQUIRED, "resource already acquired"),
    AZULEJO_ERROR(CUDA_ERROR_NOT_MAPPED, "resource not mapped"),
    AZULEJO_ERROR(CUDA_ERROR_NOT_MAPPED_AS_ARRAY, "resource not mapped as array"),
    AZULEJO_ERROR(CUDA_ERROR_NOT_MAPPED_AS_POINTER, "resource not mapped as pointer"),
    AZULEJO_ERROR(CUDA_ERROR_ECC_UNCORRECTABLE, "uncorrectable ECC error encountered"),
    AZULEJO_ERROR(CUDA_ERROR_UNSUPPORTED_LIMIT, "limit is not supported on this architecture"),
    AZULEJO_ERROR(CUDA_ERROR_CONTEXT_ALREADY_IN_USE,
                  "exclusive-thread device already in use by a different thread"),
    AZULEJO_ERROR(CUDA_ERROR_PEER_ACCESS_UNSUPPORTED,
                  "peer access is not supported between these two devices"),
    AZULEJO_ERROR(CUDA_ERROR_INVALID_PTX, "a PTX JIT compilation failed"),
    AZULEJO_ERROR(CUDA_ERROR_INVALID_GRAPHICS_CONTEXT, "invalid OpenGL or DirectX context"),
    AZULEJO_ERROR(CUDA_ERROR_NVLINK_UNCORRECTABLE,
                  "uncorrectable NVLink error detected during the execution"),
    AZULEJO_ERROR(CUDA_ERROR_JIT_COMPILER_NOT_FOUND, "PTX JIT compiler library not found"),
    AZULEJO_ERROR(CUDA_ERROR_UNSUPPORTED_PTX_VERSION,
                  "the provided PTX was compiled with an unsupported toolchain."),
    AZULEJO_ERROR(CUDA_ERROR_JIT_COMPILATION_DISABLED, "PTX JIT compilation was disabled"),
    AZULEJO_ERROR(CUDA_ERROR_UNSUPPORTED_EXEC_AFFINITY,
                  "the provided execution affinity is not supported"),
    AZULEJO_ERROR(CUDA_ERROR_UNSUPPORTED_DEVSIDE_SYNC,
                  "the provided PTX contains unsupported call to cudaDeviceSynchronize"),
    AZULEJO_ERROR(CUDA_ERROR_CONTAINED,
                  "Invalid access of peer GPU memory over nvlink or a hardware error"),
    AZULEJO_ERROR(CUDA_ERROR_INVALID_SOURCE, "device kernel image is invalid"),
    AZULEJO_ERROR(CUDA_ERROR_FILE_NOT_FOUND, "file not found"),
    AZULEJO_ERROR(CUDA_ERROR_SHARED_OBJECT_SYMBOL_NOT_FOUND, "shared object symbol not found"),
    AZULEJO_ERROR(CUDA_ERROR_SHARED_OBJECT_INIT_FAILED, "shared object initialization failed"),
    AZULEJO_ERROR(CUDA_ERROR_OPERATING_SYSTEM,
                  "OS call failed or operation not supported on this OS"),
    AZULEJO_ERROR(CUDA_ERROR_INVALID_HANDLE, "invalid resource handle"),
    AZULEJO_ERROR(CUDA_ERROR_ILLEGAL_STATE,
                  "the operation cannot be performed in the present state"),
    AZULEJO_ERROR(CUDA_ERROR_LOSSY_QUERY, "attempted introspection would be semantically lossy"),
    AZULEJO_ERROR(CUDA_ERROR_NOT_FOUND, "named symbol not found"),
    AZULEJO_ERROR(CUDA_ERROR_NOT_READY, "device not ready"),
    AZULEJO_ERROR(CUDA_ERROR_ILLEGAL_ADDRESS, "an illegal memory access was encountered"),
    AZULEJO_ERROR(CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES, "too many resources requested for launch"),
    AZULEJO_ERROR(CUDA_ERROR_LAUNCH_TIMEOUT, "the launch timed out and was terminated"),
    AZULEJO_ERROR(CUDA_ERROR_LAUNCH_INCOMPATIBLE_TEXTURING,
                  "launch uses incompatible texturing mode"),
    AZULEJO_ERROR(CUDA_ERROR_PEER_ACCESS_ALREADY_ENABLED, "peer access is already enabled"),
    AZULEJO_ERROR(CUDA_ERROR_PEER_ACCESS_NOT_ENABLED, "peer access has not been enabled"),
    AZULEJO_ERROR(CUDA_ERROR_PRIMARY_CONTEXT_ACTIVE,
                  "cannot set while device is active in this process"),
    AZULEJO_ERROR(CUDA_ERROR_CONTEXT_IS_DESTROYED, "context is destroyed"),
    AZULEJO_ERROR(CUDA_ERROR_ASSERT, "device-side assert triggered"),
    AZULEJO_ERROR(CUDA_ERROR_TOO_MANY_PEERS, "peer mapping resources exhausted"),
    AZULEJO_ERROR(CUDA_ERROR_HOST_MEMORY_ALREADY_REGISTERED,
                  "part or all of the requested memory range is already mapped"),
    AZULEJO_ERROR(CUDA_ERROR_HOST_MEMORY_NOT_REGISTERED,
                  "pointer does not correspond to a registered memory region"),
    AZULEJO_ERROR(CUDA_ERROR_HARDWARE_STACK_ERROR, "hardware stack error"),
    AZULEJO_ERROR(CUDA_ERROR_ILLEGAL_INSTRUCTION, "an illegal instruction was encountered"),
    AZULEJO_ERROR(CUDA_ERROR_MISALIGNED_ADDRESS, "misaligned address"),
    AZULEJO_ERROR(CUDA_ERROR_INVALID_ADDRESS_SPACE,
                  "operation not supported on global/shared address space"),
    AZULEJO_ERROR(CUDA_ERROR_INVALID_PC, "invalid program counter"),
    AZULEJO_ERROR(CUDA_ERROR_LAUNCH_FAILED, "unspecified launch failure"),
    AZULEJO_ERROR(CUDA_ERROR_COOPERATIVE_LAUNCH_TOO_LARGE, "too many blocks in cooperative launch"),
    AZULEJO_ERROR(CUDA_ERROR_TENSOR_MEMORY_LEAK, "tensor memory not completely freed"),
    AZULEJO_ERROR(CUDA_ERROR_NOT_PERMITTED, "operation not permitted"),
    AZULEJO_ERROR(CUDA_ERROR_NOT_SUPPORTED, "operation not supported"),
    AZULEJO_ERROR(CUDA_ERROR_SYSTEM_NOT_READY, "system not yet initialized"),
    AZULEJO_ERROR(CUDA_ERROR_SYSTEM_DRIVER_MISMATCH,
                  "system has unsupported display driver / cuda driver combination"),
    AZULEJO_ERROR(CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE,
                  "forward compatibility was attempted on non supported HW"),
    AZULEJO_ERROR(CUDA_ERROR_MPS_CONNECTION_FAILED, "MPS connection failed"),
    AZULEJO_ERROR(CUDA_ERROR_MPS_RPC_FAILURE, "MPS rpc failure"),
    AZULEJO_ERROR(CUDA_ERROR_MPS_SERVER_NOT_READY, "MPS server not ready"),
    AZULEJO_ERROR(CUDA_ERROR_MPS_MAX_CLIENTS_REACHED, "MPS max clients reached"),
    AZULEJO_ERROR(CUDA_ERROR_MPS_MAX_CONNECTIONS_REACHED, "MPS max connections reached"),
    AZULEJO_ERROR(CUDA_ERROR_MPS_CLIENT_TERMINATED, "MPS client terminated"),
    AZULEJO_ERROR(CUDA_ERROR_CDP_NOT_SUPPORTED, "CUDA dynamic parallelism not supported"),
    AZULEJO_ERROR(CUDA_ERROR_CDP_VERSION_MISMATCH, "CUDA dynamic parallelism version mismatch"),
    AZULEJO_ERROR(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED,
                  "operation not permitted when stream is capturing"),
    AZULEJO_ERROR(CUDA_ERROR_STREAM_CAPTURE_INVALIDATED,
                  "operation failed due to a previous error during capture"),
    AZULEJO_ERROR(CUDA_ERROR_STREAM_CAPTURE_MERGE,
                  "operation would result in a merge of separate capture sequences"),
    AZULEJO_ERROR(CUDA_ERROR_STREAM_CAPTURE_UNMATCHED,
                  "capture was not ended in the same stream as it began"),
    AZULEJO_ERROR(CUDA_ERROR_STREAM_CAPTURE_UNJOINED, "capturing stream has unjoined work"),
    AZULEJO_ERROR(CUDA_ERROR_STREAM_CAPTURE_ISOLATION,
                  "dependency created on uncaptured work in another stream"),
    AZULEJO_ERROR(CUDA_ERROR_STREAM_CAPTURE_IMPLICIT,
                  "operation would make the legacy stream depend on a capturing blocking stream"),
    AZULEJO_ERROR(CUDA_ERROR_CAPTURED_EVENT,
                  "operation not permitted on an event last recorded in a capturing stream"),
    AZULEJO_ERROR(CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD,
                  "attempt to terminate a thread-local capture sequence from another thread"),
    AZULEJO_ERROR(CUDA_ERROR_TIMEOUT, "wait operation timed out"),
    AZULEJO_ERROR(CUDA_ERROR_GRAPH_EXEC_UPDATE_FAILURE,
                  "the graph update was not performed because it included changes which violated "
                  "constraints specific to instantiated graph update"),
    AZULEJO_ERROR(CUDA_ERROR_EXTERNAL_DEVICE,
                  "an async error has occurred in external entity outside of CUDA"),
    AZULEJO_ERROR(CUDA_ERROR_INVALID_CLUSTER_SIZE,
                  "a kernel launch error has occurred due to cluster misconfiguration"),
    AZULEJO_ERROR(CUDA_ERROR_FUNCTION_NOT_LOADED, "the function handle is not loaded when calling "
                                                  "a function that requires a loaded function"),
    AZULEJO_ERROR(CUDA_ERROR_INVALID_RESOURCE_TYPE, "an invalid resource type was passed"),
    AZULEJO_ERROR(CUDA_ERROR_INVALID_RESOURCE_CONFIGURATION,
                  "the resources are insufficient or not applicable"),
    AZULEJO_ERROR(CUDA_ERROR_KEY_ROTATION, "the requested operation is waiting for a key rotation"),
    AZULEJO_ERROR(CUDA_ERROR_UNKNOWN, "unknown error"),
};
#undef AZULEJO_ERROR

const Error *find(CUresult result) {
  for (const Error &error : errors)
    if (error.result == result)
      return &error;
  return nullptr;
}

} // namespace

extern "C" {

CUresult cuGetErrorName(CUresult error, const char **out) {
  if (!out)
    return CUDA_ERROR_INVALID_VALUE;
  const Error *found = find(error);
  *out = found ? found->name : nullptr;
  return found ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}

CUresult cuGetErrorString(CUresult error, const char **out) {
  if (!out)
    return CUDA_ERROR_INVALID_VALUE;
  const Error *found = find(error);
  *out = found ? found->text : nullptr;
  return found ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}
}
