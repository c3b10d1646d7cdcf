//===- HostLibrary.h - Finds the host library when it is needed -------------------------------===//
#ifndef AZULEJO_RUNTIME_HOSTLIBRARY_H
#define AZULEJO_RUNTIME_HOSTLIBRARY_H

#include "azulejo/Artifact/Host.h"
#include "runtime/Status.h"

namespace azulejo::runtime {

/// A function of libazulejo-host, which the first call loads: from the folder that this runtime
/// lies in, and otherwise from where the dynamic loader looks. It stays loaded.
Status findHostFunction(const std::string &name, azm_host_function &function);

} // namespace azulejo::runtime

#endif // AZULEJO_RUNTIME_HOSTLIBRARY_H
