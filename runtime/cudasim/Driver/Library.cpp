//===- Library.cpp - cuLibrary… and their kernels -------------------------===//
#include "runtime/cudasim/Driver/Load.h"

using namespace azulejo::cudasim;
using namespace azulejo::cudasim::driver;

namespace {

/// Loaded into the current context at once, so that what is wrong with it is said now.
void loadLibrary(Driver &driver, CUlibrary *out, std::string text, const JitOptions &options) {
  auto library = std::make_shared<Library>();
  library->text = std::move(text);
  Context &context = driver.current();
  std::shared_ptr<Module> module = loadModule(driver, context, library->text, options);
  module->library = library;
  library->modules[&context] = module;
  for (auto &[name, function] : module->functions) {
    auto kernel = driver.registry.add(std::make_shared<LibraryKernel>());
    kernel->library = library;
    kernel->name = name;
    library->kernels.emplace(name, kernel);
  }
  *out = static_cast<CUlibrary>(driver.registry.add(library)->handle);
}

void checkLibraryOptions(const CUlibraryOption *options, unsigned count) {
  require(count == 0 || options != nullptr);
  for (unsigned i = 0; i < count; ++i)
    require(options[i] >= 0 && options[i] < CU_LIBRARY_NUM_OPTIONS);
}

} // namespace

extern "C" {

CUresult cuLibraryLoadData(CUlibrary *out, const void *code, CUjit_option *options, void **values,
                           unsigned int count, CUlibraryOption *libraryOptions, void **,
                           unsigned int libraryCount) {
  return withContext([&](Driver &driver, Context &) {
    require(out != nullptr && code != nullptr);
    checkLibraryOptions(libraryOptions, libraryCount);
    loadLibrary(driver, out, textOf(code), readOptions(count, options, values));
  });
}

CUresult cuLibraryLoadFromFile(CUlibrary *out, const char *path, CUjit_option *options,
                               void **values, unsigned int count, CUlibraryOption *libraryOptions,
                               void **, unsigned int libraryCount) {
  return withContext([&](Driver &driver, Context &) {
    require(out != nullptr && path != nullptr);
    checkLibraryOptions(libraryOptions, libraryCount);
    std::string image = readFile(path);
    loadLibrary(driver, out, textOf(image.c_str()), readOptions(count, options, values));
  });
}

CUresult cuLibraryUnload(CUlibrary handle) {
  return withDriver([&](Driver &driver) {
    std::shared_ptr<Library> library = driver.find<Library>(handle);
    auto modules = library->modules;
    library->modules.clear();
    for (auto &[context, module] : modules) {
      module->library = nullptr;
      unloadModule(driver, *module);
    }
    for (auto &[name, kernel] : library->kernels)
      driver.registry.remove(*kernel);
    driver.registry.remove(*library);
  });
}

CUresult cuLibraryGetKernel(CUkernel *out, CUlibrary handle, const char *name) {
  return withDriver([&](Driver &driver) {
    require(out != nullptr && name != nullptr && name[0] != 0);
    std::shared_ptr<Library> library = driver.find<Library>(handle);
    auto found = library->kernels.find(std::string_view(name));
    require(found != library->kernels.end(), CUDA_ERROR_NOT_FOUND);
    *out = static_cast<CUkernel>(found->second->handle);
  });
}

CUresult cuLibraryGetKernelCount(unsigned int *count, CUlibrary handle) {
  return withDriver([&](Driver &driver) {
    requirePointer(count);
    *count = unsigned(driver.find<Library>(handle)->kernels.size());
  });
}

CUresult cuLibraryEnumerateKernels(CUkernel *out, unsigned int count, CUlibrary handle) {
  return withDriver([&](Driver &driver) {
    require(out != nullptr && count != 0);
    unsigned i = 0;
    for (auto &[name, kernel] : driver.find<Library>(handle)->kernels)
      if (i < count)
        out[i++] = static_cast<CUkernel>(kernel->handle);
  });
}

CUresult cuLibraryGetModule(CUmodule *out, CUlibrary handle) {
  return withContext([&](Driver &driver, Context &) {
    requirePointer(out);
    std::shared_ptr<Library> library = driver.find<Library>(handle);
    std::shared_ptr<Module> module = moduleOf(driver, *library);
    module->library = library;
    *out = static_cast<CUmodule>(module->handle);
  });
}

CUresult cuKernelGetFunction(CUfunction *out, CUkernel handle) {
  return withContext([&](Driver &driver, Context &) {
    requirePointer(out);
    std::shared_ptr<LibraryKernel> kernel = driver.find<LibraryKernel>(handle);
    *out = static_cast<CUfunction>(functionOf(driver, *kernel)->handle);
  });
}

CUresult cuKernelGetLibrary(CUlibrary *out, CUkernel handle) {
  return withDriver([&](Driver &driver) {
    requirePointer(out);
    std::shared_ptr<Library> library = driver.find<LibraryKernel>(handle)->library.lock();
    require(library != nullptr, CUDA_ERROR_INVALID_HANDLE);
    *out = static_cast<CUlibrary>(library->handle);
  });
}

CUresult cuLibraryGetGlobal(CUdeviceptr *address, size_t *bytes, CUlibrary handle,
                            const char *name) {
  return withContext([&](Driver &driver, Context &) {
    require(name != nullptr && (address || bytes));
    getGlobal(*moduleOf(driver, *driver.find<Library>(handle)), name, address, bytes);
  });
}

// PTX that is loaded has no managed variables and no unified functions.
CUresult cuLibraryGetManaged(CUdeviceptr *, size_t *, CUlibrary handle, const char *name) {
  return withDriver([&](Driver &driver) {
    requirePointer(name);
    driver.find<Library>(handle);
    fail(CUDA_ERROR_NOT_FOUND);
  });
}

CUresult cuLibraryGetUnifiedFunction(void **, CUlibrary handle, const char *symbol) {
  return withDriver([&](Driver &driver) {
    requirePointer(symbol);
    driver.find<Library>(handle);
    fail(CUDA_ERROR_NOT_FOUND);
  });
}
}
