//===- FunctionFiles.h - Operators given from outside as ONNX functions -----------------------===//
#ifndef AZULEJO_LIB_IMPORT_FUNCTIONFILES_H
#define AZULEJO_LIB_IMPORT_FUNCTIONFILES_H

#include "mlir/IR/MLIRContext.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/LogicalResult.h"
#include <string>

namespace onnx {
class ModelProto;
} // namespace onnx

namespace azulejo {

/// Adds to a model the functions of files: of a binary one, which is a model, those that it
/// carries; a textual one is a list of functions. What the model has itself stays the model's; two
/// files with the same function are an error, as everything that is wrong with a file is, at that
/// file. Like the importer's other readers it lets the ONNX library's exceptions pass.
llvm::LogicalResult addFunctionFiles(llvm::ArrayRef<std::string> paths, mlir::MLIRContext *context,
                                     ::onnx::ModelProto &model);

} // namespace azulejo

#endif // AZULEJO_LIB_IMPORT_FUNCTIONFILES_H
