//===- Link.h - lld as a function -------------------------------------------------------------===//
#ifndef AZULEJO_LIB_PACKAGE_LINK_H
#define AZULEJO_LIB_PACKAGE_LINK_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"

namespace azulejo::package {

/// Links an object file to a shared object. Code that nothing reaches from `azm_run` and
/// `azm_peak_memory` is left out. The only undefined symbols allowed are memcpy, memmove and
/// memset. May be called from several threads, which take turns.
llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> linkSharedObject(llvm::ArrayRef<char> object);

} // namespace azulejo::package

#endif // AZULEJO_LIB_PACKAGE_LINK_H
