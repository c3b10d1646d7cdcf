//===- GraphImporter.h - ONNX's graphs, nodes and functions as operations ---------------------===//
#ifndef AZULEJO_LIB_IMPORT_GRAPHIMPORTER_H
#define AZULEJO_LIB_IMPORT_GRAPHIMPORTER_H

#include "lib/Import/DimNames.h"
#include "lib/Import/NodeOrder.h"
#include "lib/Import/SchemaInference.h"
#include "lib/Import/Tensors.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/SymbolTable.h"

namespace azulejo {

/// Domain ("" is ai.onnx) → the version imported.
using Opsets = llvm::StringMap<int>;

/// The opsets that a model or function imports.
Opsets getOpsets(const ::google::protobuf::RepeatedPtrField<::onnx::OperatorSetIdProto> &imports);

/// "ai.onnx" and "" are one domain.
inline llvm::StringRef normaliseDomain(llvm::StringRef domain) {
  return domain == "ai.onnx" ? "" : domain;
}

/// What the graphs and functions of one model share.
struct ModelState {
  explicit ModelState(mlir::MLIRContext *context) : context(context) {}

  mlir::MLIRContext *context;
  TensorSource *source = nullptr;
  DimNames dimNames;
  llvm::StringMap<const ::onnx::FunctionProto *> functions; // by getFunctionKey

  // Function instances: their module, each one by its signature, and those under construction.
  mlir::SymbolTable *symbols = nullptr;
  llvm::DenseMap<mlir::Attribute, mlir::func::FuncOp> instances;
  llvm::SmallVector<std::string> calls;

  /// Subgraphs and calls that are being imported, one within the other, each of which takes its
  /// part of the stack.
  int depth = 0;
  static constexpr int maxDepth = 200;

  /// While the body of an operator's function is imported: the operation, whose subgraphs the body
  /// may stand around.
  mlir::Operation *origin = nullptr;

  /// Instances multiply: a small model must not become an enormous module.
  int64_t nodesLeft = 1 << 22;
};

std::string getFunctionKey(llvm::StringRef domain, llvm::StringRef name, llvm::StringRef overload);

/// The names visible in a graph or function body. A graph's parent is the graph around it.
struct Scope {
  explicit Scope(const Opsets &opsets, Scope *parent = nullptr)
      : parent(parent), opsets(opsets), attributes(parent ? parent->attributes : nullptr) {}

  Scope *parent;
  const Opsets &opsets;
  /// The function's attribute parameters that have a value; null outside of functions.
  const mlir::NamedAttrList *attributes;
  /// A null value is an optional parameter of a function that the call left out.
  llvm::StringMap<mlir::Value> values;
  llvm::StringMap<const ::onnx::TypeProto *> declaredTypes;
};

class GraphImporter {
public:
  /// With `location` every operation is there, rather than at a location of its own node's name.
  GraphImporter(ModelState &state, mlir::OpBuilder builder,
                std::optional<mlir::Location> location = {})
      : state(state), context(state.context), builder(builder), fixedLocation(location) {}

  /// Imports initializers and nodes at the builder's insertion point. `scope` already has the
  /// graph's inputs.
  mlir::LogicalResult importGraph(const ::onnx::GraphProto &graph, Scope &scope);
  mlir::LogicalResult importNodes(const NodeList &nodes, Scope &scope);

  /// The value a name has, or an error that calls it `role` ("output").
  mlir::FailureOr<mlir::Value> getOutput(llvm::StringRef name, Scope &scope, llvm::StringRef role,
                                         onnx::EmitError emitError);

  /// A declared type; null when nothing is declared.
  mlir::FailureOr<mlir::Type> importDeclaredType(const ::onnx::TypeProto &type,
                                                 onnx::EmitError emitError);

  /// The type that is found joined with the type declared for the name, if any. A contradiction is
  /// an error.
  mlir::FailureOr<mlir::Type> mergeDeclaredType(mlir::Type found, llvm::StringRef name,
                                                Scope &scope, onnx::EmitError emitError);

  mlir::LogicalResult define(llvm::StringRef name, mlir::Value value, Scope &scope,
                             onnx::EmitError emitError);

  /// NameLoc(name) over NameLoc(type).
  mlir::Location getLocation(llvm::StringRef name, llvm::StringRef type);

private:
  /// A node, and how errors speak of it.
  struct Node {
    const ::onnx::NodeProto &proto;
    mlir::Location location;
    std::string description;
    mlir::InFlightDiagnostic emitError() const {
      return mlir::emitError(location) << description << ": ";
    }
  };
  struct Subgraph {
    llvm::StringRef name;
    const ::onnx::GraphProto *graph = nullptr;
    bool imported = false;
  };

  mlir::LogicalResult importInitializer(llvm::StringRef name,
                                        mlir::FailureOr<mlir::TypedAttr> value, Scope &scope,
                                        onnx::EmitError emitError);
  mlir::LogicalResult importNode(const Node &node, Scope &scope);
  mlir::LogicalResult importConstant(const Node &node, const ::onnx::OpSchema &schema,
                                     Scope &scope);
  mlir::LogicalResult importOperation(const Node &node, const ::onnx::OpSchema &schema, int opset,
                                      Scope &scope);
  mlir::LogicalResult copySubgraph(const Node &node, mlir::Region &region, Scope &scope);
  mlir::LogicalResult importCall(const Node &node, const ::onnx::FunctionProto &function,
                                 Scope &scope);
  mlir::FailureOr<mlir::func::FuncOp> instantiate(const Node &node,
                                                  const ::onnx::FunctionProto &function,
                                                  llvm::ArrayRef<mlir::Value> operands,
                                                  const mlir::NamedAttrList &attributes);
  mlir::FailureOr<llvm::SmallVector<mlir::Type>>
  importSubgraph(const Node &node, Subgraph &subgraph, mlir::Region &region,
                 llvm::ArrayRef<mlir::Type> types, Scope &scope);

  mlir::FailureOr<mlir::Type> importInputType(const ::onnx::ValueInfoProto &input, mlir::Type given,
                                              onnx::EmitError emitError);
  mlir::LogicalResult importOperands(const Node &node, const ::onnx::OpSchema &schema, Scope &scope,
                                     mlir::OperationState &op);
  mlir::LogicalResult importResults(const Node &node, const ::onnx::OpSchema &schema,
                                    mlir::OperationState &op,
                                    llvm::SmallVectorImpl<llvm::StringRef> &names);
  mlir::LogicalResult importAttributes(const Node &node, const ::onnx::OpSchema &schema,
                                       Scope &scope, mlir::OperationState &op,
                                       llvm::SmallVectorImpl<Subgraph> &subgraphs);
  /// Null: a reference to an attribute that the function's caller left out.
  mlir::FailureOr<mlir::Attribute>
  importAttribute(const Node &node, const ::onnx::AttributeProto &attribute, Scope &scope);

  mlir::FailureOr<mlir::Value> lookup(llvm::StringRef name, Scope &scope,
                                      onnx::EmitError emitError);
  const ::onnx::FunctionProto *getFunction(const ::onnx::NodeProto &node) const;

  ModelState &state;
  mlir::MLIRContext *context;
  mlir::OpBuilder builder;
  std::optional<mlir::Location> fixedLocation;
};

/// The schema of a node's operator, the newest that is not deprecated; or null.
const ::onnx::OpSchema *getNodeSchema(llvm::StringRef domain, llvm::StringRef opType, int opset);

/// The value of an attribute of any kind but a subgraph; UNDEFINED kinds (of models before IR
/// version 2) are told by the field that is set.
mlir::FailureOr<mlir::Attribute> importAttributeValue(ModelState &state,
                                                      const ::onnx::AttributeProto &attribute,
                                                      onnx::EmitError emitError);
::onnx::AttributeProto_AttributeType getAttributeKind(const ::onnx::AttributeProto &attribute);

} // namespace azulejo

#endif // AZULEJO_LIB_IMPORT_GRAPHIMPORTER_H
