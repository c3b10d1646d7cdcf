//===- FoldedModel.cpp - Initializers are appended to the model's bytes -----------------------===//
//
// Of a message that is written twice, protobuf makes one that has the repeated fields of both, and
// of a number or a text the last: so a model followed by another with nothing but a graph with
// initializers is the model with these initializers, and a tensor followed by a name is the tensor
// of that name.
//
//===------------------------------------------------------------------------------------------===//
#include "tools/azulejo-conformance/FoldedModel.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/LEB128.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

namespace azulejo::conformance {
namespace {

// Of onnx.proto.
constexpr unsigned kModelGraph = 7, kGraphInitializer = 5, kTensorName = 8;

/// A field that holds bytes, a text or a message.
std::string field(unsigned number, llvm::StringRef content) {
  std::string text;
  llvm::raw_string_ostream out(text);
  llvm::encodeULEB128(number << 3 | 2, out);
  llvm::encodeULEB128(content.size(), out);
  out << content;
  return text;
}

llvm::Expected<std::string> readFile(const std::string &path) {
  auto buffer = llvm::MemoryBuffer::getFile(path);
  if (!buffer)
    return llvm::createStringError(buffer.getError(), "%s: cannot be read", path.c_str());
  return (*buffer)->getBuffer().str();
}

} // namespace

bool isFolded(const ValueSpec &input) { return input.kind == "tensor"; }

llvm::Error writeFoldedModel(const Case &test, int64_t set, llvm::StringRef path) {
  llvm::Expected<std::string> model = readFile(test.folder + "/model.onnx");
  if (!model)
    return model.takeError();
  std::string initializers;
  for (auto [position, input] : llvm::enumerate(test.inputs)) {
    if (!isFolded(input))
      continue;
    llvm::Expected<std::string> tensor = readFile(
        llvm::formatv("{0}/test_data_set_{1}/input_{2}.pb", test.folder, set, position).str());
    if (!tensor)
      return tensor.takeError();
    initializers += field(kGraphInitializer, *tensor + field(kTensorName, input.name));
  }
  std::error_code code;
  llvm::raw_fd_ostream out(path, code);
  if (code)
    return llvm::createStringError(code, "%s: cannot be written", path.str().c_str());
  out << *model << field(kModelGraph, initializers);
  return llvm::Error::success();
}

} // namespace azulejo::conformance
