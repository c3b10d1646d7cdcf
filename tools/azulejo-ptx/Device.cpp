//===- Device.cpp - A GPU behind the driver API ---------------------------===//
#include "tools/azulejo-ptx/Device.h"
#include "include/azulejo/cudasim.h"
#include <cstdio>
#include <cstring>
#include <cuda.h>
#include <dlfcn.h>
#include <unistd.h>

namespace azulejo::ptxtool {
namespace {

/// lib/libazulejo-cudasim.so beside the bin/ that holds this program.
std::string simulatedDriver() {
  char path[4096];
  ssize_t length = readlink("/proc/self/exe", path, sizeof path);
  std::string self(path, size_t(length > 0 ? length : 0));
  std::string folder = self.substr(0, self.rfind('/'));
  return folder.substr(0, folder.rfind('/')) + "/lib/libazulejo-cudasim.so";
}

/// cuda.h maps names to their newest versions (cuMemAlloc to cuMemAlloc_v2), so they are expanded
/// before they are looked up.
#define AZULEJO_TEXT_OF(name) #name
#define AZULEJO_TEXT(name) AZULEJO_TEXT_OF(name)

/// The entry points that are used.
struct Driver {
  explicit Driver(const std::string &path)
      : library(dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL)), configure(nullptr) {
    if (!library)
      throw UsageError("cannot open the driver: " + std::string(dlerror()));
    load();
  }
  void load() {
#define AZULEJO_LOAD(field, name)                                                                  \
  field = reinterpret_cast<decltype(&name)>(find(AZULEJO_TEXT(name)))
    AZULEJO_LOAD(init, cuInit);
    AZULEJO_LOAD(errorName, cuGetErrorName);
    AZULEJO_LOAD(retain, cuDevicePrimaryCtxRetain);
    AZULEJO_LOAD(releaseContext, cuDevicePrimaryCtxRelease);
    AZULEJO_LOAD(setCurrent, cuCtxSetCurrent);
    AZULEJO_LOAD(setLimit, cuCtxSetLimit);
    AZULEJO_LOAD(synchronize, cuCtxSynchronize);
    AZULEJO_LOAD(loadModule, cuModuleLoadDataEx);
    AZULEJO_LOAD(unload, cuModuleUnload);
    AZULEJO_LOAD(getFunction, cuModuleGetFunction);
    AZULEJO_LOAD(functionCount, cuModuleGetFunctionCount);
    AZULEJO_LOAD(enumerate, cuModuleEnumerateFunctions);
    AZULEJO_LOAD(functionName, cuFuncGetName);
    AZULEJO_LOAD(parameter, cuFuncGetParamInfo);
    AZULEJO_LOAD(setAttribute, cuFuncSetAttribute);
    AZULEJO_LOAD(allocate, cuMemAlloc);
    AZULEJO_LOAD(free, cuMemFree);
    AZULEJO_LOAD(toDevice, cuMemcpyHtoD);
    AZULEJO_LOAD(toHost, cuMemcpyDtoH);
    AZULEJO_LOAD(launch, cuLaunchKernelEx);
#undef AZULEJO_LOAD
    configure = reinterpret_cast<decltype(configure)>(dlsym(library, "azl_cudasim_configure"));
    configureError =
        reinterpret_cast<decltype(configureError)>(dlsym(library, "azl_cudasim_error"));
    counters = reinterpret_cast<decltype(counters)>(dlsym(library, "azl_cudasim_counters"));
    table = reinterpret_cast<decltype(table)>(dlsym(library, "azl_cudasim_counters_table"));
  }
  void *find(const char *name) const {
    void *found = dlsym(library, name);
    if (!found)
      throw UsageError(std::string("the driver lacks ") + name);
    return found;
  }

  void *library;
  decltype(&cuInit) init;
  decltype(&cuGetErrorName) errorName;
  decltype(&cuDevicePrimaryCtxRetain) retain;
  decltype(&cuDevicePrimaryCtxRelease) releaseContext;
  decltype(&cuCtxSetCurrent) setCurrent;
  decltype(&cuCtxSetLimit) setLimit;
  decltype(&cuCtxSynchronize) synchronize;
  decltype(&cuModuleLoadDataEx) loadModule;
  decltype(&cuModuleUnload) unload;
  decltype(&cuModuleGetFunction) getFunction;
  decltype(&cuModuleGetFunctionCount) functionCount;
  decltype(&cuModuleEnumerateFunctions) enumerate;
  decltype(&cuFuncGetName) functionName;
  decltype(&cuFuncGetParamInfo) parameter;
  decltype(&cuFuncSetAttribute) setAttribute;
  decltype(&cuMemAlloc) allocate;
  decltype(&cuMemFree) free;
  decltype(&cuMemcpyHtoD) toDevice;
  decltype(&cuMemcpyDtoH) toHost;
  decltype(&cuLaunchKernelEx) launch;
  decltype(&azl_cudasim_configure) configure; // of the simulator only, as what follows
  decltype(&azl_cudasim_error) configureError;
  decltype(&azl_cudasim_counters) counters, table;
};

} // namespace

struct Device::State {
  State(const DeviceOptions &options)
      : options(options), driver(options.driver.empty() ? simulatedDriver() : options.driver) {}

  void check(CUresult result, const std::string &what) const {
    if (result == CUDA_SUCCESS)
      return;
    const char *name = nullptr;
    driver.errorName(result, &name);
    throw DeviceError(name ? name : std::to_string(int(result)), what);
  }
  void configure(const char *key, const std::string &value) const {
    if (driver.configure && driver.configure(key, value.c_str()) != 0)
      throw UsageError(driver.configureError());
  }
  CUfunction function(const std::string &name) const {
    CUfunction found;
    check(driver.getFunction(&found, module, name.c_str()), "there is no kernel `" + name + "`");
    return found;
  }

  const DeviceOptions options;
  Driver driver;
  CUcontext context = nullptr;
  CUmodule module = nullptr;
  std::vector<CUdeviceptr> allocations;
};

Device::Device(const DeviceOptions &options) : state(new State(options)) {
  state->configure("ARCH", options.architecture);
  state->configure("CHECKS", options.checks ? "1" : "0");
  state->configure("CHECK_GLOBAL_INIT", options.checkGlobalInitialization ? "1" : "0");
  state->configure("STOP_AT_FIRST", options.all ? "0" : "1");
  state->configure("ASYNC", options.async);
  state->configure("SEED", std::to_string(options.seed));
  state->configure("THREADS", std::to_string(options.threads));
  state->configure("MAX_INSTRUCTIONS", std::to_string(options.maxInstructions));
  if (options.jsonReports) {
    state->configure("REPORT", "/dev/null");
    state->configure("REPORT_JSON", "/dev/stderr");
  }
  state->check(state->driver.init(0), "there is no GPU");
  state->check(state->driver.retain(&state->context, 0), "the GPU cannot be used");
  state->check(state->driver.setCurrent(state->context), "the GPU cannot be used");
  if (options.stack)
    state->check(state->driver.setLimit(CU_LIMIT_STACK_SIZE, options.stack),
                 "the stack cannot be that large");
}

/// After a kernel that failed nothing works any more, so results do not matter here.
Device::~Device() {
  for (CUdeviceptr each : state->allocations)
    state->driver.free(each);
  if (state->module)
    state->driver.unload(state->module);
  if (state->context)
    state->driver.releaseContext(0);
}

void Device::load(const std::string &ptx) {
  std::vector<char> log(65536, 0);
  CUjit_option keys[] = {CU_JIT_ERROR_LOG_BUFFER, CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES};
  void *values[] = {log.data(), reinterpret_cast<void *>(log.size())};
  CUresult result = state->driver.loadModule(&state->module, ptx.c_str(), 2, keys, values);
  state->check(result, log.data());
}

uint64_t Device::allocate(uint64_t bytes, const std::string &name) {
  CUdeviceptr address = 0;
  state->check(state->driver.allocate(&address, bytes ? bytes : 1), "no memory for `" + name + "`");
  state->allocations.push_back(address);
  return address;
}

void Device::write(uint64_t address, const std::vector<uint8_t> &contents) {
  if (!contents.empty())
    state->check(state->driver.toDevice(address, contents.data(), contents.size()),
                 "cannot copy to the GPU");
}

std::vector<uint8_t> Device::read(uint64_t address, uint64_t bytes) {
  std::vector<uint8_t> contents(bytes);
  state->check(state->driver.toHost(contents.data(), address, bytes), "cannot copy from the GPU");
  return contents;
}

std::vector<std::string> Device::kernels() const {
  unsigned count = 0;
  state->check(state->driver.functionCount(&count, state->module), "cannot list the kernels");
  std::vector<CUfunction> functions(count);
  state->check(state->driver.enumerate(functions.data(), count, state->module),
               "cannot list the kernels");
  std::vector<std::string> names;
  for (CUfunction function : functions) {
    const char *name = nullptr;
    state->check(state->driver.functionName(&name, function), "cannot list the kernels");
    names.push_back(name);
  }
  return names;
}

std::vector<uint8_t> Device::encode(const TensorMapRequest &request) {
  struct Choice {
    const char *name;
    int value;
    uint64_t bytes;
  };
  static const Choice types[] = {{"u8", CU_TENSOR_MAP_DATA_TYPE_UINT8, 1},
                                 {"s8", CU_TENSOR_MAP_DATA_TYPE_UINT8, 1},
                                 {"b8", CU_TENSOR_MAP_DATA_TYPE_UINT8, 1},
                                 {"e4m3", CU_TENSOR_MAP_DATA_TYPE_UINT8, 1},
                                 {"e5m2", CU_TENSOR_MAP_DATA_TYPE_UINT8, 1},
                                 {"u16", CU_TENSOR_MAP_DATA_TYPE_UINT16, 2},
                                 {"s16", CU_TENSOR_MAP_DATA_TYPE_UINT16, 2},
                                 {"b16", CU_TENSOR_MAP_DATA_TYPE_UINT16, 2},
                                 {"u32", CU_TENSOR_MAP_DATA_TYPE_UINT32, 4},
                                 {"b32", CU_TENSOR_MAP_DATA_TYPE_UINT32, 4},
                                 {"s32", CU_TENSOR_MAP_DATA_TYPE_INT32, 4},
                                 {"u64", CU_TENSOR_MAP_DATA_TYPE_UINT64, 8},
                                 {"b64", CU_TENSOR_MAP_DATA_TYPE_UINT64, 8},
                                 {"s64", CU_TENSOR_MAP_DATA_TYPE_INT64, 8},
                                 {"f16", CU_TENSOR_MAP_DATA_TYPE_FLOAT16, 2},
                                 {"bf16", CU_TENSOR_MAP_DATA_TYPE_BFLOAT16, 2},
                                 {"f32", CU_TENSOR_MAP_DATA_TYPE_FLOAT32, 4},
                                 {"f32.ftz", CU_TENSOR_MAP_DATA_TYPE_FLOAT32_FTZ, 4},
                                 {"tf32", CU_TENSOR_MAP_DATA_TYPE_TFLOAT32, 4},
                                 {"tf32.ftz", CU_TENSOR_MAP_DATA_TYPE_TFLOAT32_FTZ, 4},
                                 {"f64", CU_TENSOR_MAP_DATA_TYPE_FLOAT64, 8}};
  static const Choice swizzles[] = {{"none", CU_TENSOR_MAP_SWIZZLE_NONE, 0},
                                    {"32B", CU_TENSOR_MAP_SWIZZLE_32B, 0},
                                    {"64B", CU_TENSOR_MAP_SWIZZLE_64B, 0},
                                    {"128B", CU_TENSOR_MAP_SWIZZLE_128B, 0}};
  static const Choice interleaves[] = {{"none", CU_TENSOR_MAP_INTERLEAVE_NONE, 0},
                                       {"16B", CU_TENSOR_MAP_INTERLEAVE_16B, 0},
                                       {"32B", CU_TENSOR_MAP_INTERLEAVE_32B, 0}};
  auto choose = [](const auto &choices, const std::string &name) -> const Choice & {
    for (const Choice &each : choices)
      if (each.name == name)
        return each;
    throw UsageError("`" + name + "` is nothing a tensor map can have");
  };
  const Choice &type = choose(types, request.type);
  cuuint32_t rank = cuuint32_t(request.dimensions.size());
  std::vector<cuuint64_t> dimensions(request.dimensions.begin(), request.dimensions.end());
  std::vector<cuuint64_t> strides(request.strides.begin(), request.strides.end());
  if (strides.empty())
    for (size_t i = 0; i + 1 < rank; ++i)
      strides.push_back(dimensions[i] * (i ? strides[i - 1] : type.bytes));
  strides.push_back(0); // so that there is something to point at where the rank is 1
  CUtensorMap map;
  auto dataType = CUtensorMapDataType(type.value);
  auto swizzle = CUtensorMapSwizzle(choose(swizzles, request.swizzle).value);
  auto interleave = CUtensorMapInterleave(choose(interleaves, request.interleave).value);
  auto fill = request.fillNan ? CU_TENSOR_MAP_FLOAT_OOB_FILL_NAN_REQUEST_ZERO_FMA
                              : CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE;
  void *address = reinterpret_cast<void *>(request.address);
  CUresult result;
  if (request.im2col) {
    auto encode = reinterpret_cast<decltype(&cuTensorMapEncodeIm2col)>(
        state->driver.find("cuTensorMapEncodeIm2col"));
    result =
        encode(&map, dataType, rank, address, dimensions.data(), strides.data(),
               request.lower.data(), request.upper.data(), request.channels, request.pixels,
               request.steps.data(), interleave, swizzle, CU_TENSOR_MAP_L2_PROMOTION_NONE, fill);
  } else {
    auto encode = reinterpret_cast<decltype(&cuTensorMapEncodeTiled)>(
        state->driver.find("cuTensorMapEncodeTiled"));
    result =
        encode(&map, dataType, rank, address, dimensions.data(), strides.data(), request.box.data(),
               request.steps.data(), interleave, swizzle, CU_TENSOR_MAP_L2_PROMOTION_NONE, fill);
  }
  state->check(result, "the tensor map `" + request.name + "` is refused");
  const uint8_t *bytes = reinterpret_cast<const uint8_t *>(&map);
  return std::vector<uint8_t>(bytes, bytes + sizeof map);
}

void Device::launch(const std::string &name, const LaunchShape &shape,
                    const std::vector<std::vector<uint8_t>> &arguments) {
  const Driver &driver = state->driver;
  CUfunction function = state->function(name);
  std::vector<std::vector<uint8_t>> values = arguments;
  std::vector<void *> pointers;
  size_t offset, size, count = 0;
  for (; driver.parameter(function, count, &offset, &size) == CUDA_SUCCESS; ++count) {
    if (count >= values.size())
      continue;
    if (values[count].size() > size)
      throw UsageError("parameter " + std::to_string(count) + " of `" + name + "` has " +
                       std::to_string(size) + " bytes, its --arg has " +
                       std::to_string(values[count].size()));
    values[count].resize(size);
    pointers.push_back(values[count].data());
  }
  if (count != arguments.size())
    throw UsageError("`" + name + "` has " + std::to_string(count) + " parameters, and there are " +
                     std::to_string(arguments.size()) + " of --arg");

  if (shape.shared > 48 * 1024)
    state->check(driver.setAttribute(function, CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES,
                                     int(shape.shared)),
                 "the GPU has no " + std::to_string(shape.shared) + " bytes of shared memory");
  uint64_t cluster = uint64_t(shape.cluster[0]) * shape.cluster[1] * shape.cluster[2];
  if (cluster > 8)
    state->check(
        driver.setAttribute(function, CU_FUNC_ATTRIBUTE_NON_PORTABLE_CLUSTER_SIZE_ALLOWED, 1),
        "the GPU has no clusters of that size");
  CUlaunchAttribute attributes[2];
  CUlaunchConfig config = {};
  config.gridDimX = shape.grid[0];
  config.gridDimY = shape.grid[1];
  config.gridDimZ = shape.grid[2];
  config.blockDimX = shape.block[0];
  config.blockDimY = shape.block[1];
  config.blockDimZ = shape.block[2];
  config.sharedMemBytes = shape.shared;
  config.attrs = attributes;
  if (cluster > 1) {
    CUlaunchAttribute &attribute = attributes[config.numAttrs++];
    attribute.id = CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION;
    attribute.value.clusterDim.x = shape.cluster[0];
    attribute.value.clusterDim.y = shape.cluster[1];
    attribute.value.clusterDim.z = shape.cluster[2];
  }
  if (shape.cooperative) {
    CUlaunchAttribute &attribute = attributes[config.numAttrs++];
    attribute.id = CU_LAUNCH_ATTRIBUTE_COOPERATIVE;
    attribute.value.cooperative = 1;
  }
  std::fflush(stdout);
  CUresult result = driver.launch(&config, function, pointers.data(), nullptr);
  if (result == CUDA_SUCCESS)
    result = driver.synchronize();
  if (result != CUDA_SUCCESS)
    state->configure("LEAKS", "0"); // nothing can be freed any more
  state->check(result, "the kernel `" + name + "` failed");
  auto give = state->options.jsonCounters ? driver.counters : driver.table;
  if (state->options.counters && give) {
    std::vector<char> text(give(nullptr, 0) + 1);
    give(text.data(), text.size());
    std::printf("%s%s", text.data(), state->options.jsonCounters ? "\n" : "");
  }
}

} // namespace azulejo::ptxtool
