//===- Import.h - ONNX models as modules ------------------------------------------------------===//
//
// The first stage: a model's bytes become a module of the onnx dialect.
//
//   module @name attributes {onnx.ir_version, onnx.opset_imports, …} {
//     func.func @main(%arg0: tensor<?x128xi64, #onnx.dims<"batch", 128>>
//                            {onnx.name = "input_ids"}, …) -> (… {onnx.name = "logits"})
//     func.func private @domain.Function(…)
//   }
//
// A model's own function is there once for each way it is called: types and attributes are known in
// it.
//
// An initializer is a constant, also where the model lists it among its inputs: ONNX lets a caller
// override such a default, we do not. Weights of more than 1 KiB stay in their file (dialects/Plan,
// #plan.weight). A value's type is what ONNX's inference finds, joined with what the model
// declares; what neither knows stays unknown, and is Graph's to find.
//
// A model is not trusted. Whatever is wrong with it becomes an error that names the node and the
// reason; files outside of its folder are not read, and nothing is allocated on its word alone.
//
//===------------------------------------------------------------------------------------------===//
#ifndef AZULEJO_LIB_IMPORT_IMPORT_H
#define AZULEJO_LIB_IMPORT_IMPORT_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include <string>
#include <vector>

namespace azulejo {

struct ImportOptions {
  /// The folder that external data lies in. Empty: the model's own for a file, none for a model
  /// from memory.
  std::string folder;

  /// Files with functions (lib/Import/FunctionFiles.h) for operators that the model uses and does
  /// not define.
  std::vector<std::string> functions;
};

/// Imports a model in ONNX's binary or textual form. The file stays mapped while the context lives.
mlir::FailureOr<mlir::OwningOpRef<mlir::ModuleOp>>
importModel(llvm::StringRef path, mlir::MLIRContext *context, const ImportOptions &options = {});

/// The same for a model in memory; `name` stands for it in errors. The bytes are copied where
/// weights need them.
mlir::FailureOr<mlir::OwningOpRef<mlir::ModuleOp>>
importFromMemory(llvm::StringRef bytes, llvm::StringRef name, mlir::MLIRContext *context,
                 const ImportOptions &options = {});

} // namespace azulejo

#endif // AZULEJO_LIB_IMPORT_IMPORT_H
