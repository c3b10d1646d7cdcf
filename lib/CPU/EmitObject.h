//===- EmitObject.h - From LLVM's dialect to an object file -----------------------------------===//
#ifndef AZULEJO_LIB_CPU_EMITOBJECT_H
#define AZULEJO_LIB_CPU_EMITOBJECT_H

#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include <string>

namespace azulejo::cpu {

struct CpuOptions {
  /// "host", "x86-64-v3", "x86-64-v4", or any CPU that LLVM knows.
  std::string cpu = "host";
  unsigned optimization = 3;
};

/// Compiles the module's LLVM functions to an ELF object. Its only undefined symbols are memcpy,
/// memmove, memset, and what the module declares and does not define.
mlir::FailureOr<llvm::SmallVector<char>> emitObject(mlir::ModuleOp module,
                                                    const CpuOptions &options);

} // namespace azulejo::cpu

#endif // AZULEJO_LIB_CPU_EMITOBJECT_H
