//===- HostOperators.h - Which operators run on the host --------------------------------------===//
//
// The one list of them. What stands here becomes a `plan.apply`, a call of a function of
// runtime/host between kernels, as operators that a shared library gives do; everything else is a
// kernel, on whatever device.
//
//===------------------------------------------------------------------------------------------===//
#ifndef AZULEJO_LIB_LOWER_HOSTOPERATORS_H
#define AZULEJO_LIB_LOWER_HOSTOPERATORS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

namespace azulejo::lower {

/// An operator, and its function in runtime/host, which has its name without the domain: a dot in a
/// function's name says that it is a library's. The function gets the values of these attributes as
/// its first inputs, in this order, and then the node's inputs, of which trailing optional ones may
/// be absent. An integer that neither the node nor its schema gives is -1.
struct HostOperator {
  llvm::StringRef operation; // "onnx.SequenceAt"
  /// ElementType is no attribute: the number of the element type of the first result.
  enum class Kind { Int, Ints, String, Strings, ElementType };
  struct Attribute {
    llvm::StringRef name;
    Kind kind;
  };
  llvm::ArrayRef<Attribute> attributes;
};

llvm::ArrayRef<HostOperator> getHostOperators();

} // namespace azulejo::lower

#endif // AZULEJO_LIB_LOWER_HOSTOPERATORS_H
