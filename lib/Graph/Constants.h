//===- Constants.h - Reading and writing constant tensors -------------------------------------===//
#ifndef AZULEJO_LIB_GRAPH_CONSTANTS_H
#define AZULEJO_LIB_GRAPH_CONSTANTS_H

#include "mlir/IR/BuiltinAttributeInterfaces.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Value.h"
#include <optional>
#include <vector>

namespace azulejo::graph {

/// The elements of a constant, widened: integers and booleans (unsigned ones by their bits) to
/// int64, floats, whichever their width, to double, which holds every one of them exactly.
struct Elements {
  mlir::RankedTensorType type;
  bool isFloat = false;
  std::vector<int64_t> ints;
  std::vector<double> floats;

  explicit Elements(mlir::RankedTensorType type);
  size_t size() const { return isFloat ? floats.size() : ints.size(); }
  void resize(size_t size) { isFloat ? floats.resize(size) : ints.resize(size); }
  /// Copies one element of a tensor of the same kind.
  void copy(size_t to, const Elements &source, size_t from) {
    isFloat ? void(floats[to] = source.floats[from]) : void(ints[to] = source.ints[from]);
  }
  double asDouble(size_t i) const;
  bool isUnsigned() const;
};

/// The attribute of a constant that something is differentiated by (azulejo-fold-constants puts it
/// there, azulejo-differentiate takes it away): until then it is a variable, whose value nobody may
/// make use of.
inline constexpr llvm::StringLiteral variableName = "azulejo.variable";

/// The attribute of a Constant of any version, null for anything else.
mlir::TypedAttr getConstant(mlir::Value value);

/// All elements, a splat spread out; nothing for strings, complex numbers and tensors of more than
/// `maxElements`.
std::optional<Elements> readElements(mlir::TypedAttr value, mlir::Location loc,
                                     int64_t maxElements = 1 << 22);
std::optional<Elements> readElements(mlir::Value value, int64_t maxElements = 1 << 22);

/// The attribute for them. More than a kilobyte becomes a resource, which MLIR neither hashes nor
/// copies.
mlir::TypedAttr writeElements(const Elements &elements);

/// Makes a resource of raw bytes.
mlir::TypedAttr makeResource(mlir::RankedTensorType type, llvm::ArrayRef<char> bytes);

/// Small integer tensors, row-major.
std::optional<llvm::SmallVector<int64_t>> getConstantInts(mlir::Value value);

/// The number that all elements of a constant are.
std::optional<double> getConstantScalar(mlir::Value value);
/// Whether `value` is a constant, all of whose elements are `number` (up to float32's rounding).
bool isConstantScalar(mlir::Value value, double number);

/// Rounds to what an element of this type can hold.
double roundTo(double value, mlir::Type elementType);

} // namespace azulejo::graph

#endif // AZULEJO_LIB_GRAPH_CONSTANTS_H
