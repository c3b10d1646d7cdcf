//===- Link.cpp - The linker of the driver's compiler ---------------------===//
#include "runtime/cudasim/Driver/Load.h"
#include <cstring>

using namespace azulejo::cudasim;
using namespace azulejo::cudasim::driver;

// Programs that compile at run time give PTX to this linker and load what it gives back. Here that
// is the PTX itself, after it was looked at; several modules in one are not supported.

namespace {

struct Linker : Object {
  JitOptions options;
  std::string text;
};

void addText(Driver &driver, CUlinkState handle, CUjitInputType type, const std::string &text) {
  std::shared_ptr<Linker> linker = driver.find<Linker>(handle);
  require(type == CU_JIT_INPUT_PTX, type >= 0 && type < CU_JIT_NUM_INPUT_TYPES
                                        ? CUDA_ERROR_NO_BINARY_FOR_GPU
                                        : CUDA_ERROR_INVALID_VALUE);
  require(linker->text.empty(), CUDA_ERROR_NOT_SUPPORTED);
  linker->text = text;
}

} // namespace

extern "C" {

CUresult cuLinkCreate(unsigned int count, CUjit_option *options, void **values, CUlinkState *out) {
  return withContext([&](Driver &driver, Context &) {
    requirePointer(out);
    auto linker = driver.registry.add(std::make_shared<Linker>());
    linker->options = readOptions(count, options, values);
    *out = static_cast<CUlinkState>(linker->handle);
  });
}

CUresult cuLinkAddData(CUlinkState state, CUjitInputType type, void *data, size_t size,
                       const char *, unsigned int count, CUjit_option *options, void **values) {
  return withContext([&](Driver &driver, Context &) {
    require(data != nullptr && size != 0);
    readOptions(count, options, values);
    std::string text(static_cast<const char *>(data), size); // which need not end in a 0
    addText(driver, state, type, type == CU_JIT_INPUT_PTX ? textOf(text.c_str()) : text);
  });
}

CUresult cuLinkAddFile(CUlinkState state, CUjitInputType type, const char *path, unsigned int count,
                       CUjit_option *options, void **values) {
  return withContext([&](Driver &driver, Context &) {
    requirePointer(path);
    readOptions(count, options, values);
    std::string text = readFile(path);
    addText(driver, state, type, type == CU_JIT_INPUT_PTX ? textOf(text.c_str()) : text);
  });
}

CUresult cuLinkComplete(CUlinkState state, void **image, size_t *size) {
  return withContext([&](Driver &driver, Context &context) {
    std::shared_ptr<Linker> linker = driver.find<Linker>(state);
    requirePointer(image);
    require(!linker->text.empty(), CUDA_ERROR_INVALID_IMAGE);
    unloadModule(driver, *loadModule(driver, context, linker->text, linker->options));
    *image = &linker->text[0];
    if (size)
      *size = linker->text.size() + 1;
  });
}

CUresult cuLinkDestroy(CUlinkState state) {
  return withDriver([&](Driver &driver) { driver.registry.remove(*driver.find<Linker>(state)); });
}
}
