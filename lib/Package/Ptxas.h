//===- Ptxas.h - NVIDIA's assembler, where there is one ---------------------------------------===//
#ifndef AZULEJO_LIB_PACKAGE_PTXAS_H
#define AZULEJO_LIB_PACKAGE_PTXAS_H

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <optional>
#include <string>

namespace azulejo::package {

/// What a kernel takes, as ptxas says it.
struct KernelResources {
  int64_t registers = 0;    // of 32 bits, a thread
  int64_t sharedBytes = 0;  // the static part
  int64_t stackBytes = 0;   // of local memory, a thread
  int64_t spilledBytes = 0; // stored and loaded
};

struct Assembled {
  std::string cubin;
  llvm::StringMap<KernelResources> kernels;
};

/// The path of ptxas: in AZULEJO_PTXAS, of the toolkit in CUDA_HOME, or on PATH. Nothing where
/// there is none.
std::optional<std::string> findPtxas();

/// Assembles PTX to machine code of one architecture.
llvm::Expected<Assembled> assemble(llvm::StringRef ptxas, llvm::StringRef ptx,
                                   llvm::StringRef arch);

/// Reads what `ptxas -v` prints.
llvm::StringMap<KernelResources> parseResources(llvm::StringRef text);

} // namespace azulejo::package

#endif // AZULEJO_LIB_PACKAGE_PTXAS_H
