//===- Names.h - What kernels and nodes are called --------------------------------------------===//
#ifndef AZULEJO_LIB_FUSE_NAMES_H
#define AZULEJO_LIB_FUSE_NAMES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/StringSet.h"

namespace azulejo::fuse {

/// Adds the names of the ONNX nodes that a location leads to, each once.
void collectNodeNames(mlir::Location location, llvm::SmallVectorImpl<llvm::StringRef> &names);

/// Makes kernel names such as `main_k3_matmul_gelu`: unique in the module, C identifiers.
class KernelNames {
public:
  explicit KernelNames(mlir::ModuleOp module);
  /// A name for a kernel made of `ops`.
  std::string make(llvm::ArrayRef<mlir::Operation *> ops);
  /// A name for a kernel that already has one, or at least a hint.
  std::string makeUnique(llvm::StringRef hint);

private:
  llvm::StringSet<> taken;
  unsigned next = 0;
};

} // namespace azulejo::fuse

#endif // AZULEJO_LIB_FUSE_NAMES_H
