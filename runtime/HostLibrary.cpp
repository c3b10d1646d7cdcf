#include "runtime/HostLibrary.h"
#include <dlfcn.h>

namespace azulejo::runtime {

namespace {
struct HostLibrary {
  azm_host_find_function find = nullptr;
  std::string error;

  HostLibrary() {
    void *handle = nullptr;
    Dl_info info;
    // Any address of this library says where it lies.
    static const char here = 0;
    if (::dladdr(&here, &info) && info.dli_fname) {
      std::string path = info.dli_fname;
      size_t folder = path.rfind('/');
      if (folder != path.npos)
        handle = ::dlopen((path.substr(0, folder + 1) + AZULEJO_HOST_LIBRARY).c_str(),
                          RTLD_NOW | RTLD_LOCAL);
    }
    if (!handle)
      handle = ::dlopen(AZULEJO_HOST_LIBRARY, RTLD_NOW | RTLD_LOCAL);
    if (handle)
      find = reinterpret_cast<azm_host_find_function>(::dlsym(handle, AZM_HOST_FIND_SYMBOL));
    if (!find)
      error = ::dlerror();
  }
};
} // namespace

Status findHostFunction(const std::string &name, azm_host_function &function) {
  static const HostLibrary library;
  if (!library.find)
    return {AZL_UNSUPPORTED, "the model needs " AZULEJO_HOST_LIBRARY
                             " for sequences, strings or images, and that cannot be loaded: " +
                                 library.error};
  function = library.find(name.c_str());
  if (function)
    return {};
  return {AZL_UNSUPPORTED, AZULEJO_HOST_LIBRARY " has no function '" + name + "'"};
}

} // namespace azulejo::runtime
