//===- Load.h - From an image to a module ---------------------------------===//
#ifndef AZULEJO_CUDASIM_DRIVER_LOAD_H
#define AZULEJO_CUDASIM_DRIVER_LOAD_H

#include "runtime/cudasim/Driver/Driver.h"

namespace azulejo::cudasim::driver {

/// Those options of the driver's compiler that mean something here.
struct JitOptions {
  char *infoLog = nullptr, *errorLog = nullptr;
  size_t infoSize = 0, errorSize = 0;
  void **infoSizeOut = nullptr, **errorSizeOut = nullptr; // how much was written
  void **wallTimeOut = nullptr;
};
JitOptions readOptions(unsigned count, const CUjit_option *options, void **values);

/// The PTX that an image is. Fails with CUDA_ERROR_NO_BINARY_FOR_GPU for machine code and for fat
/// binaries, which a simulator cannot run: programs must give PTX.
std::string textOf(const void *image);
std::string readFile(const char *path);

/// Parses, decodes, places variables. Faults of the PTX go to the error log, and to where reports
/// go, and fail with CUDA_ERROR_INVALID_PTX or its like.
std::shared_ptr<Module> loadModule(Driver &driver, Context &context, const std::string &text,
                                   const JitOptions &options);
void unloadModule(Driver &driver, Module &module);

/// The address and size of a variable; fails with CUDA_ERROR_NOT_FOUND.
void getGlobal(const Module &module, const char *name, CUdeviceptr *address, size_t *bytes);

/// The library's module in the current context, loaded where it is not yet.
std::shared_ptr<Module> moduleOf(Driver &driver, Library &library);
std::shared_ptr<KernelFunction> functionOf(Driver &driver, LibraryKernel &kernel);

} // namespace azulejo::cudasim::driver

#endif // AZULEJO_CUDASIM_DRIVER_LOAD_H
