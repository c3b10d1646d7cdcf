//===- Module.cpp - Loading PTX; functions and variables of it ------------===//
#include "runtime/cudasim/Driver/FunctionLimits.h"
#include "runtime/cudasim/Driver/Load.h"
#include <algorithm>
#include <cstring>

namespace azulejo::cudasim::driver {

std::shared_ptr<KernelFunction> Driver::findFunction(const void *handle) {
  if (auto function = registry.find<KernelFunction>(handle))
    return function;
  auto kernel = registry.find<LibraryKernel>(handle);
  require(kernel != nullptr, CUDA_ERROR_INVALID_HANDLE);
  return functionOf(*this, *kernel);
}

} // namespace azulejo::cudasim::driver

using namespace azulejo::cudasim;
using namespace azulejo::cudasim::driver;

namespace {

void addModule(Driver &driver, Context &context, CUmodule *out, const std::string &text,
               const JitOptions &options) {
  std::shared_ptr<Module> module = loadModule(driver, context, text, options);
  *out = static_cast<CUmodule>(module->handle);
}

/// The value of an attribute that is no setting.
int functionAttribute(Driver &driver, const KernelFunction &function,
                      CUfunction_attribute attribute) {
  const Architecture &gpu = driver.architecture();
  const Kernel &kernel = *function.kernel;
  const FunctionSettings &settings = function.settings;
  const uint32_t (&cluster)[3] = kernel.limits.requiredCluster;
  std::shared_ptr<Module> module = function.module.lock();
  require(module != nullptr, CUDA_ERROR_INVALID_HANDLE);
  auto clusterDimension = [&](unsigned i) {
    return cluster[0] ? int(std::max(cluster[i], 1u)) : settings.cluster[i];
  };
  switch (attribute) {
  case CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK:
    return int(maxThreads(driver, kernel));
  case CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES:
    return int(kernel.staticSharedBytes);
  case CU_FUNC_ATTRIBUTE_CONST_SIZE_BYTES:
    return int(module->program->constantBank.size());
  case CU_FUNC_ATTRIBUTE_LOCAL_SIZE_BYTES:
    return int(kernel.localBytes);
  case CU_FUNC_ATTRIBUTE_NUM_REGS:
    return int(kernel.registersPerThread);
  case CU_FUNC_ATTRIBUTE_PTX_VERSION:
    return int(module->program->module->isaMajor * 10 + module->program->module->isaMinor);
  case CU_FUNC_ATTRIBUTE_BINARY_VERSION:
    return int(gpu.sm());
  case CU_FUNC_ATTRIBUTE_CACHE_MODE_CA:
    return 0;
  case CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES:
    return int(maxDynamicShared(gpu, function));
  case CU_FUNC_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT:
    return settings.carveout;
  case CU_FUNC_ATTRIBUTE_CLUSTER_SIZE_MUST_BE_SET:
    return kernel.limits.explicitCluster && !cluster[0];
  case CU_FUNC_ATTRIBUTE_REQUIRED_CLUSTER_WIDTH:
    return clusterDimension(0);
  case CU_FUNC_ATTRIBUTE_REQUIRED_CLUSTER_HEIGHT:
    return clusterDimension(1);
  case CU_FUNC_ATTRIBUTE_REQUIRED_CLUSTER_DEPTH:
    return clusterDimension(2);
  case CU_FUNC_ATTRIBUTE_NON_PORTABLE_CLUSTER_SIZE_ALLOWED:
    return settings.nonPortableCluster;
  case CU_FUNC_ATTRIBUTE_CLUSTER_SCHEDULING_POLICY_PREFERENCE:
    return settings.schedulingPolicy;
  default:
    fail(CUDA_ERROR_INVALID_VALUE);
  }
}

void setFunctionAttribute(Driver &driver, KernelFunction &function, FunctionSettings &settings,
                          CUfunction_attribute attribute, int value) {
  const Architecture &gpu = driver.architecture();
  switch (attribute) {
  case CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES:
    require(value >= 0 && uint64_t(value) + function.kernel->staticSharedBytes <=
                              uint64_t(gpu.sharedPerBlockOptin));
    settings.maxDynamicShared = value;
    return;
  case CU_FUNC_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT:
    require(value >= -1 && value <= 100);
    settings.carveout = value;
    return;
  case CU_FUNC_ATTRIBUTE_NON_PORTABLE_CLUSTER_SIZE_ALLOWED:
    require(gpu.maxClusterSize != 0, CUDA_ERROR_NOT_SUPPORTED);
    require(value == 0 || value == 1);
    settings.nonPortableCluster = value;
    return;
  case CU_FUNC_ATTRIBUTE_CLUSTER_SCHEDULING_POLICY_PREFERENCE:
    require(value >= 0 && value <= CU_CLUSTER_SCHEDULING_POLICY_LOAD_BALANCING);
    settings.schedulingPolicy = value;
    return;
  case CU_FUNC_ATTRIBUTE_REQUIRED_CLUSTER_WIDTH:
  case CU_FUNC_ATTRIBUTE_REQUIRED_CLUSTER_HEIGHT:
  case CU_FUNC_ATTRIBUTE_REQUIRED_CLUSTER_DEPTH:
    require(gpu.maxClusterSize != 0, CUDA_ERROR_NOT_SUPPORTED);
    require(value >= 0);
    require(function.kernel->limits.requiredCluster[0] == 0, CUDA_ERROR_NOT_PERMITTED);
    settings.cluster[attribute - CU_FUNC_ATTRIBUTE_REQUIRED_CLUSTER_WIDTH] = value;
    return;
  default:
    fail(CUDA_ERROR_INVALID_VALUE);
  }
}

void parameterInfo(const Kernel &kernel, size_t index, size_t *offset, size_t *size) {
  requirePointer(offset);
  require(index < kernel.parameters.size());
  *offset = kernel.parameters[index].offset;
  if (size)
    *size = kernel.parameters[index].size;
}

std::shared_ptr<Module> findModule(Driver &driver, CUmodule handle) {
  return driver.find<Module>(handle);
}

} // namespace

extern "C" {

CUresult cuModuleLoadData(CUmodule *out, const void *image) {
  return withContext([&](Driver &driver, Context &context) {
    require(out != nullptr && image != nullptr);
    driver.forbidDuringCapture();
    addModule(driver, context, out, textOf(image), {});
  });
}

CUresult cuModuleLoadDataEx(CUmodule *out, const void *image, unsigned int count,
                            CUjit_option *options, void **values) {
  return withContext([&](Driver &driver, Context &context) {
    require(out != nullptr && image != nullptr);
    driver.forbidDuringCapture();
    addModule(driver, context, out, textOf(image), readOptions(count, options, values));
  });
}

CUresult cuModuleLoad(CUmodule *out, const char *path) {
  return withContext([&](Driver &driver, Context &context) {
    require(out != nullptr && path != nullptr);
    driver.forbidDuringCapture();
    std::string image = readFile(path);
    addModule(driver, context, out, textOf(image.c_str()), {});
  });
}

CUresult cuModuleLoadFatBinary(CUmodule *out, const void *image) {
  return cuModuleLoadData(out, image);
}

CUresult cuModuleUnload(CUmodule handle) {
  return withContext([&](Driver &driver, Context &) {
    driver.forbidDuringCapture();
    std::shared_ptr<Module> module = findModule(driver, handle);
    require(module->library == nullptr, CUDA_ERROR_NOT_PERMITTED);
    unloadModule(driver, *module);
  });
}

CUresult cuModuleGetLoadingMode(CUmoduleLoadingMode *mode) {
  return withDriver([&](Driver &) {
    requirePointer(mode);
    *mode = CU_MODULE_EAGER_LOADING;
  });
}

CUresult cuModuleGetFunction(CUfunction *out, CUmodule handle, const char *name) {
  return withContext([&](Driver &driver, Context &) {
    require(out != nullptr && name != nullptr && name[0] != 0);
    std::shared_ptr<Module> module = findModule(driver, handle);
    auto found = module->functions.find(std::string_view(name));
    require(found != module->functions.end(), CUDA_ERROR_NOT_FOUND);
    *out = static_cast<CUfunction>(found->second->handle);
  });
}

CUresult cuModuleGetFunctionCount(unsigned int *count, CUmodule handle) {
  return withContext([&](Driver &driver, Context &) {
    requirePointer(count);
    *count = unsigned(findModule(driver, handle)->functions.size());
  });
}

CUresult cuModuleEnumerateFunctions(CUfunction *out, unsigned int count, CUmodule handle) {
  return withContext([&](Driver &driver, Context &) {
    require(out != nullptr && count != 0);
    std::shared_ptr<Module> module = findModule(driver, handle);
    unsigned i = 0;
    for (auto &[name, function] : module->functions)
      if (i < count)
        out[i++] = static_cast<CUfunction>(function->handle);
  });
}

CUresult cuModuleGetGlobal(CUdeviceptr *address, size_t *bytes, CUmodule handle, const char *name) {
  return withContext([&](Driver &driver, Context &) {
    require(name != nullptr && (address || bytes));
    getGlobal(*findModule(driver, handle), name, address, bytes);
  });
}

CUresult cuFuncGetAttribute(int *value, CUfunction_attribute attribute, CUfunction function) {
  return withContext([&](Driver &driver, Context &) {
    requirePointer(value);
    *value = functionAttribute(driver, *driver.findFunction(function), attribute);
  });
}

CUresult cuFuncSetAttribute(CUfunction handle, CUfunction_attribute attribute, int value) {
  return withContext([&](Driver &driver, Context &) {
    std::shared_ptr<KernelFunction> function = driver.findFunction(handle);
    setFunctionAttribute(driver, *function, function->settings, attribute, value);
  });
}

CUresult cuFuncSetCacheConfig(CUfunction handle, CUfunc_cache config) {
  return withContext([&](Driver &driver, Context &) {
    std::shared_ptr<KernelFunction> function = driver.findFunction(handle);
    require(config <= CU_FUNC_CACHE_PREFER_EQUAL);
    function->settings.cache = config;
  });
}

CUresult cuFuncSetSharedMemConfig(CUfunction handle, CUsharedconfig config) {
  return withContext([&](Driver &driver, Context &) {
    driver.findFunction(handle);
    require(config <= CU_SHARED_MEM_CONFIG_EIGHT_BYTE_BANK_SIZE);
  });
}

CUresult cuFuncGetModule(CUmodule *out, CUfunction handle) {
  return withContext([&](Driver &driver, Context &) {
    requirePointer(out);
    std::shared_ptr<Module> module = driver.findFunction(handle)->module.lock();
    require(module != nullptr, CUDA_ERROR_INVALID_HANDLE);
    *out = static_cast<CUmodule>(module->handle);
  });
}

CUresult cuFuncGetName(const char **name, CUfunction handle) {
  return withContext([&](Driver &driver, Context &) {
    requirePointer(name);
    *name = driver.findFunction(handle)->name.c_str();
  });
}

CUresult cuFuncGetParamInfo(CUfunction handle, size_t index, size_t *offset, size_t *size) {
  return withContext([&](Driver &driver, Context &) {
    parameterInfo(*driver.findFunction(handle)->kernel, index, offset, size);
  });
}

CUresult cuFuncIsLoaded(CUfunctionLoadingState *state, CUfunction handle) {
  return withContext([&](Driver &driver, Context &) {
    requirePointer(state);
    driver.findFunction(handle);
    *state = CU_FUNCTION_LOADING_STATE_LOADED;
  });
}

CUresult cuFuncLoad(CUfunction handle) {
  return withContext([&](Driver &driver, Context &) { driver.findFunction(handle); });
}

CUresult cuKernelGetAttribute(int *value, CUfunction_attribute attribute, CUkernel kernel,
                              CUdevice device) {
  return withContext([&](Driver &driver, Context &) {
    requirePointer(value);
    requireDevice(device);
    driver.find<LibraryKernel>(kernel);
    *value = functionAttribute(driver, *driver.findFunction(kernel), attribute);
  });
}

CUresult cuKernelSetAttribute(CUfunction_attribute attribute, int value, CUkernel handle,
                              CUdevice device) {
  return withContext([&](Driver &driver, Context &) {
    requireDevice(device);
    std::shared_ptr<LibraryKernel> kernel = driver.find<LibraryKernel>(handle);
    std::shared_ptr<KernelFunction> function = functionOf(driver, *kernel);
    setFunctionAttribute(driver, *function, kernel->settings, attribute, value);
    function->settings = kernel->settings;
  });
}

CUresult cuKernelSetCacheConfig(CUkernel handle, CUfunc_cache config, CUdevice device) {
  return withContext([&](Driver &driver, Context &) {
    requireDevice(device);
    std::shared_ptr<LibraryKernel> kernel = driver.find<LibraryKernel>(handle);
    require(config <= CU_FUNC_CACHE_PREFER_EQUAL);
    kernel->settings.cache = config;
  });
}

CUresult cuKernelGetName(const char **name, CUkernel handle) {
  return withContext([&](Driver &driver, Context &) {
    requirePointer(name);
    *name = driver.find<LibraryKernel>(handle)->name.c_str();
  });
}

CUresult cuKernelGetParamInfo(CUkernel handle, size_t index, size_t *offset, size_t *size) {
  return withContext([&](Driver &driver, Context &) {
    std::shared_ptr<LibraryKernel> kernel = driver.find<LibraryKernel>(handle);
    parameterInfo(*functionOf(driver, *kernel)->kernel, index, offset, size);
  });
}
}
