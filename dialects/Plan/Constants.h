//===- Constants.h - The elements of constants, and constants made of constants ---------------===//
//
// A constant tensor is a `#plan.weight`, a dense attribute or resource, or derived from such:
// `#plan.strided`, `#plan.concat`, `#plan.panels`, `#plan.converted`. Deriving one costs nothing;
// its bytes are made when somebody asks for them, and belong to whoever asked.
//
//===------------------------------------------------------------------------------------------===//
#ifndef AZULEJO_DIALECTS_PLAN_CONSTANTS_H
#define AZULEJO_DIALECTS_PLAN_CONSTANTS_H

#include "mlir/IR/BuiltinAttributeInterfaces.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Location.h"
#include "llvm/Support/MemoryBuffer.h"

namespace azulejo::plan {

/// Bytes that lie in an attribute or a mapped file, or that were made for whoever holds this.
class ElementBytes {
public:
  ElementBytes(llvm::ArrayRef<char> elsewhere) : bytes(elsewhere) {}
  ElementBytes(std::unique_ptr<llvm::WritableMemoryBuffer> made)
      : own(std::move(made)), bytes(own->getBufferStart(), own->getBufferSize()) {}
  llvm::ArrayRef<char> get() const { return bytes; }
  const char *data() const { return bytes.data(); }
  size_t size() const { return bytes.size(); }
  char operator[](size_t index) const { return bytes[index]; }

private:
  std::unique_ptr<llvm::WritableMemoryBuffer> own;
  llvm::ArrayRef<char> bytes;
};

/// The bytes of a constant tensor whatever attribute holds it (a dense splat is one element).
/// Little-endian, row-major. Fails without a message when `value` is no constant of numbers, and
/// with one at `loc` when a weight's file cannot be read.
mlir::FailureOr<ElementBytes> getElementBytes(mlir::Attribute value, mlir::Location loc);

/// The same bytes, a splat's one repeated, a piece at a time: what is derived is never in memory as
/// a whole, and what was read of a file is given back to the system.
mlir::LogicalResult writeElementBytes(mlir::TypedAttr value, mlir::Location loc,
                                      llvm::function_ref<void(llvm::ArrayRef<char>)> write);

/// Whether `value` is made of other constants; how deep, 0 if it is not.
unsigned getDerivationDepth(mlir::Attribute value);

/// Whether constants can be derived from this one: its elements are whole bytes, and there are not
/// so many derivations in it already that nothing should be built on it.
bool isDerivable(mlir::TypedAttr value);

/// The same elements in the same order as another type: of another shape, or read as another
/// element type of the same width. Null where the attribute cannot.
mlir::TypedAttr reinterpret(mlir::TypedAttr value, mlir::RankedTensorType type);

/// Dimension i of the result is dimension `permutation[i]` of `value`, which must be derivable.
mlir::TypedAttr transpose(mlir::TypedAttr value, llvm::ArrayRef<int64_t> permutation);

/// In dimension i the elements `starts[i]`, `starts[i] + steps[i]`, …, `sizes[i]` of them, all of
/// which exist. `value` must be derivable, and the result have elements.
mlir::TypedAttr slice(mlir::TypedAttr value, llvm::ArrayRef<int64_t> starts,
                      llvm::ArrayRef<int64_t> steps, llvm::ArrayRef<int64_t> sizes);

/// The elements of an f32 constant, which must be derivable, rounded to f16 or bf16.
mlir::TypedAttr convert(mlir::TypedAttr value, mlir::FloatType elementType);

} // namespace azulejo::plan

#endif // AZULEJO_DIALECTS_PLAN_CONSTANTS_H
