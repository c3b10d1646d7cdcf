#include "lib/Import/FunctionFiles.h"
#include "lib/Import/GraphImporter.h"
#include "lib/Import/Text.h"
#include "onnx/defs/parser.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace mlir;
using azulejo::onnx::EmitError;
using ::onnx::FunctionProto;
using ::onnx::ModelProto;

namespace azulejo {

static std::string getKey(const FunctionProto &function) {
  return getFunctionKey(function.domain(), function.name(), function.overload());
}

static LogicalResult parseFunctions(StringRef text, ModelProto &library, EmitError emitError) {
  if (failed(checkNesting(text, emitError)))
    return failure();
  std::string copy = text.str();
  ::onnx::OnnxParser parser(copy.c_str());
  while (!parser.EndOfInput())
    if (auto status = parser.Parse(*library.add_functions()); !status.IsOK())
      return emitError() << "not a list of ONNX functions: "
                         << StringRef(status.ErrorMessage()).trim();
  return success();
}

static LogicalResult readFile(StringRef path, ModelProto &library, EmitError emitError) {
  auto buffer =
      llvm::MemoryBuffer::getFile(path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!buffer)
    return emitError() << "cannot be read: " << buffer.getError().message();
  StringRef bytes = (*buffer)->getBuffer();
  if (isText(bytes))
    return parseFunctions(bytes, library, emitError);
  if (bytes.size() > static_cast<size_t>(std::numeric_limits<int>::max()) ||
      !library.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
    return emitError() << "not an ONNX model: it cannot be parsed";
  return success();
}

LogicalResult addFunctionFiles(ArrayRef<std::string> paths, MLIRContext *context,
                               ModelProto &model) {
  llvm::StringSet<> own, given;
  for (const FunctionProto &function : model.functions())
    own.insert(getKey(function));
  for (const std::string &path : paths) {
    auto emitError = [&] {
      return mlir::emitError(NameLoc::get(StringAttr::get(context, path))) << path << ": ";
    };
    ModelProto library;
    if (failed(readFile(path, library, emitError)))
      return failure();
    if (library.functions().empty())
      return emitError() << "it has no functions";
    for (FunctionProto &function : *library.mutable_functions()) {
      std::string key = getKey(function);
      if (own.contains(key))
        continue;
      if (!given.insert(key).second)
        return emitError() << "function '" << function.name() << "' of domain '"
                           << function.domain() << "' was given before";
      *model.add_functions() = std::move(function);
    }
  }
  return success();
}

} // namespace azulejo
