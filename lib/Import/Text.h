//===- Text.h - ONNX's textual format, before its parser sees it ------------------------------===//
#ifndef AZULEJO_LIB_IMPORT_TEXT_H
#define AZULEJO_LIB_IMPORT_TEXT_H

#include "lib/Import/Protos.h"

namespace azulejo {

/// Whether a file is text rather than a serialised message.
bool isText(llvm::StringRef bytes);

/// ONNX's parser recurses; brackets, the only way to make it, are counted first: those outside of
/// strings and comments.
llvm::LogicalResult checkNesting(llvm::StringRef text, onnx::EmitError emitError);

} // namespace azulejo

#endif // AZULEJO_LIB_IMPORT_TEXT_H
