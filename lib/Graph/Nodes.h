//===- Nodes.h - Reading and making nodes of an ONNX graph ------------------------------------===//
//
// Graph's passes treat operations by their schema: operator name, formal operands, attributes with
// their defaults. That is one way for all versions of an operator (the older ones have no C++
// class), and no file here pays for the generated headers.
//
//===------------------------------------------------------------------------------------------===//
#ifndef AZULEJO_LIB_GRAPH_NODES_H
#define AZULEJO_LIB_GRAPH_NODES_H

#include "dialects/ONNX/ONNX.h"
#include "mlir/IR/Builders.h"

namespace mlir::func {
class FuncOp;
}

namespace azulejo::graph {

/// The operator's name, "Conv" for `onnx.Conv` and `onnx.Conv_v1`; with the domain where it is not
/// ai.onnx ("ai.onnx.ml.Scaler"); empty for an operation that is no ONNX node.
llvm::StringRef getOpType(mlir::Operation *op);

/// Whether `op` is a node of the newest version of this operator of ai.onnx.
bool isNode(mlir::Operation *op, llvm::StringRef opType);
bool isAnyNode(mlir::Operation *op, llvm::ArrayRef<llvm::StringRef> opTypes);

/// The node that defines `value`, when it is one of this operator; null otherwise.
mlir::Operation *getDefining(mlir::Value value, llvm::StringRef opType);

/// The single value of a formal operand (result), null where it is absent.
mlir::Value getOperand(mlir::Operation *op, unsigned index);
mlir::Value getResult(mlir::Operation *op, unsigned index);

/// Attributes by their ONNX names; the schema's default where the node does not say.
int64_t getInt(mlir::Operation *op, llvm::StringRef name);
float getFloat(mlir::Operation *op, llvm::StringRef name);
llvm::StringRef getString(mlir::Operation *op, llvm::StringRef name);
/// Nothing where the node does not say.
std::optional<llvm::SmallVector<int64_t>> getInts(mlir::Operation *op, llvm::StringRef name);

/// The name in the node's location, for messages and for symbols.
std::string getNodeName(mlir::Operation *op);

/// The tensor type, null for sequences and the like; the rank and dimensions where they are known.
mlir::TensorType getTensorType(mlir::Value value);
mlir::Type getElementType(mlir::Value value);
std::optional<int64_t> getRank(mlir::Value value);
using Dims = llvm::SmallVector<std::optional<onnx::SymbolicExpr>>;
std::optional<Dims> getDims(mlir::Value value);
/// Whether all dimensions are numbers; then their product.
std::optional<int64_t> getNumElements(mlir::Value value);
/// Whether both have the same shape for every value of the symbols.
bool haveSameShape(mlir::Value a, mlir::Value b);

/// `axis` counted from the front.
inline int64_t normalizeAxis(int64_t axis, int64_t rank) { return axis < 0 ? axis + rank : axis; }

/// Makes nodes at one place, with one location. The types of results are inferred from the
/// operands.
class NodeBuilder {
public:
  NodeBuilder(mlir::OpBuilder &builder, mlir::Location loc) : builder(builder), loc(loc) {}

  /// A node with its first result. Operands stand in the schema's order; a null value is an absent
  /// one.
  mlir::Value node(llvm::StringRef opType, llvm::ArrayRef<mlir::Value> operands,
                   llvm::ArrayRef<mlir::NamedAttribute> attributes = {});
  /// A Reshape to just the sizes in `shape`: a 0 there is a dimension without elements.
  mlir::Value reshape(mlir::Value data, mlir::Value shape) {
    return node("Reshape", {data, shape}, {attr("allowzero", 1)});
  }
  /// A node with its first `results` results.
  mlir::Operation *nodeWithResults(llvm::StringRef opType, llvm::ArrayRef<mlir::Value> operands,
                                   llvm::ArrayRef<mlir::NamedAttribute> attributes,
                                   unsigned results);

  mlir::NamedAttribute attr(llvm::StringRef name, int64_t value) const;
  mlir::NamedAttribute attr(llvm::StringRef name, int value) const {
    return attr(name, static_cast<int64_t>(value));
  }
  mlir::NamedAttribute attr(llvm::StringRef name, float value) const;
  mlir::NamedAttribute attr(llvm::StringRef name, llvm::StringRef value) const;
  mlir::NamedAttribute attr(llvm::StringRef name, const char *value) const {
    return attr(name, llvm::StringRef(value));
  }
  mlir::NamedAttribute attr(llvm::StringRef name, llvm::ArrayRef<int64_t> value) const;
  mlir::NamedAttribute attr(llvm::StringRef name, mlir::Attribute value) const;

  mlir::Value constant(mlir::TypedAttr value);
  /// A tensor<Nxi64>.
  mlir::Value ints(llvm::ArrayRef<int64_t> values);
  /// A tensor<Nxf32>.
  mlir::Value floats(llvm::ArrayRef<float> values);
  /// A tensor<i64>.
  mlir::Value scalarInt(int64_t value);
  /// A scalar of any number type.
  mlir::Value scalar(double value, mlir::Type elementType);

  mlir::OpBuilder &builder;
  mlir::Location loc;
};

/// Makes an operation of the dialect from formal operands (null: absent) and results' types (null:
/// absent), with empty regions for all its subgraphs. Types of results are taken as they are.
mlir::Operation *createNode(mlir::OpBuilder &builder, mlir::Location loc,
                            llvm::StringRef operationName, llvm::ArrayRef<mlir::Value> operands,
                            llvm::ArrayRef<mlir::Type> resultTypes,
                            llvm::ArrayRef<mlir::NamedAttribute> attributes);

/// `dense<value> : tensor<elementType>`, rounded where the type is narrower.
mlir::DenseElementsAttr getScalarAttr(double value, mlir::Type elementType);

/// Replaces all uses. Where one of the two types knows more than the other, the new value gets what
/// both know.
void replaceValue(mlir::Value from, mlir::Value to);
/// The same for the first result of `op`, its only one in use, and erases it.
void replaceNode(mlir::Operation *op, mlir::Value to);

/// What is known of a shape from either type; `from` decides where both know. The element type is
/// `from`'s.
mlir::Type mergeTypes(mlir::Type from, mlir::Type other);

/// Makes the function's signature say what its return gives; passes call it last.
void updateSignature(mlir::func::FuncOp function);

} // namespace azulejo::graph

#endif // AZULEJO_LIB_GRAPH_NODES_H
