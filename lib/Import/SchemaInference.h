//===- SchemaInference.h - ONNX's own shape inference, over operations ------------------------===//
//
// Every operator's schema comes with a C++ function that infers the types of its outputs. It speaks
// of messages (TypeProto, TensorProto, …) through an onnx::InferenceContext; this is that context
// over an operation of the onnx dialect. A symbolic dimension is to ONNX a name that holds the
// expression's canonical text, so dimensions that are equal stay equal; whatever ONNX computes from
// a symbolic dimension by arithmetic becomes unknown. Both Import (each node once) and Graph (again
// and again, with more known) use it.
//
//===------------------------------------------------------------------------------------------===//
#ifndef AZULEJO_LIB_IMPORT_SCHEMAINFERENCE_H
#define AZULEJO_LIB_IMPORT_SCHEMAINFERENCE_H

#include "dialects/ONNX/Dims.h"
#include "mlir/IR/Operation.h"
#include <functional>

namespace onnx {
class FunctionProto;
class OpSchema;
} // namespace onnx

namespace azulejo::onnx {

/// The constant that a value is by its defining op, `onnx.Constant`, or null.
mlir::Attribute getConstantValue(mlir::Value value);

/// What inference may ask about values beyond their types.
struct InferenceOracle {
  /// The constant that a value is known to be, or null.
  std::function<mlir::Attribute(mlir::Value)> getConstant = getConstantValue;

  /// The elements of an integer tensor of rank 0 or 1, as far as they are known as expressions:
  /// what Reshape does with a computed shape. Asked only for values that are no constants; nothing
  /// when the number of elements is not known.
  std::function<std::optional<llvm::SmallVector<std::optional<SymbolicExpr>>>(mlir::Value)>
      getElements;

  /// Infers a subgraph whose inputs have these types (a null type where ONNX says nothing), and
  /// returns the types of its outputs. On failure it has reported the error. By default a
  /// subgraph's outputs have the types they have.
  std::function<mlir::FailureOr<llvm::SmallVector<mlir::Type>>(mlir::Region &,
                                                               llvm::ArrayRef<mlir::Type>)>
      inferRegion;

  /// The opset of ai.onnx (of the operator's domain) that function bodies are looked up for; 0: the
  /// newest.
  int opsetVersion = 0;
};

/// The types of an operation's results, as its schema infers them, or through the body of its
/// function where the schema has that instead. The results' present types play no role. A type is
/// null where not even the element type is known; a tensor of unknown rank is unranked. Where ONNX
/// finds a contradiction the error is reported at the operation. Tensors over 16 KiB are never
/// looked into.
mlir::FailureOr<llvm::SmallVector<mlir::Type>> inferResultTypes(mlir::Operation *op,
                                                                const InferenceOracle &oracle = {});

/// Bodies that ONNX builds around an operation's subgraph (SequenceMap, FlexAttention) have in
/// place of its nodes one node of this domain, whose operator is the subgraph's name.
inline constexpr llvm::StringLiteral subgraphDomain = "azulejo.subgraph";

/// The body of an operator that ONNX defines as a function of simpler operators, also where the
/// body depends on the operation's operand types and attributes; false when there is none.
/// `opsetVersion` chooses among bodies written for several opsets; 0 is the newest.
bool getFunctionBody(mlir::Operation *op, ::onnx::FunctionProto &body, int opsetVersion = 0);

/// Two descriptions of one value, joined: sizes before symbols, symbols before nothing, and where
/// both have a symbol `first`'s. A null type says nothing. Fails, without a message, when they
/// contradict each other.
mlir::FailureOr<mlir::Type> mergeTypes(mlir::Type first, mlir::Type second);

/// The region of an operation that holds the subgraph attribute `name`, or null.
mlir::Region *getSubgraph(mlir::Operation *op, llvm::StringRef name);

/// "node 'encoder/add_3' (Add)": how errors name an operation.
std::string describeNode(mlir::Operation *op);

} // namespace azulejo::onnx

#endif // AZULEJO_LIB_IMPORT_SCHEMAINFERENCE_H
