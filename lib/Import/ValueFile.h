//===- ValueFile.h - Reads the values of ONNX test data ---------------------------------------===//
//
// ONNX's test data is one protobuf file per value: TensorProto, SequenceProto, OptionalProto or
// MapProto. The message does not say which it is, so the caller does.
//
//===------------------------------------------------------------------------------------------===//
#ifndef AZULEJO_LIB_IMPORT_VALUEFILE_H
#define AZULEJO_LIB_IMPORT_VALUEFILE_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <cstdint>
#include <string>
#include <vector>

namespace azulejo {

/// A value as it stands outside of any model.
struct HostValue {
  enum class Kind { Tensor, Sequence, Optional, Map };
  Kind kind = Kind::Tensor;

  /// A tensor's: the number of TensorProto.DataType; elements in row-major order, little-endian,
  /// those narrower than a byte packed as ONNX packs them; or strings, and then no bytes.
  int32_t elementType = 0;
  std::vector<int64_t> shape;
  std::vector<uint8_t> bytes;
  std::vector<std::string> strings;

  /// A sequence's elements; an optional's one element or none; a map's keys (a tensor of rank 1),
  /// then its values.
  std::vector<HostValue> elements;

  int64_t elementCount() const;
};

/// "float", "int64"…: ONNX's name of an element type, in lower case.
std::string elementTypeName(int32_t elementType);

/// `kind` is "tensor", "map", or "sequence(KIND)" or "optional(KIND)" of another.
llvm::Expected<HostValue> readValueFile(llvm::StringRef path, llvm::StringRef kind);

} // namespace azulejo

#endif // AZULEJO_LIB_IMPORT_VALUEFILE_H
