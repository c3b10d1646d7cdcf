#include "lib/Import/Functions.h"
#include "dialects/ONNX/Movement.h"
#include "dialects/ONNX/Schema.h"
#include "lib/Import/GraphImporter.h"
#include "onnx/defs/schema.h"

using namespace mlir;
using azulejo::onnx::EmitError;
using ::onnx::AttributeProto;
using ::onnx::FunctionProto;
using ::onnx::NodeProto;

namespace azulejo {

std::string getFunctionKey(StringRef domain, StringRef name, StringRef overload) {
  return (normaliseDomain(domain) + ":" + name + ":" + overload).str();
}

const FunctionProto *GraphImporter::getFunction(const NodeProto &node) const {
  return state.functions.lookup(getFunctionKey(node.domain(), node.op_type(), node.overload()));
}

/// A function's attribute parameters that a caller left out and that have a default.
static LogicalResult addDefaults(ModelState &state, const FunctionProto &function,
                                 NamedAttrList &attributes, EmitError emitError) {
  for (const AttributeProto &parameter : function.attribute_proto()) {
    if (attributes.get(parameter.name()))
      continue;
    FailureOr<Attribute> value = importAttributeValue(state, parameter, emitError);
    if (failed(value))
      return failure();
    attributes.set(parameter.name(), *value);
  }
  return success();
}

static Value createIdentity(OpBuilder &builder, Location location, Value value, Type type) {
  OperationState identity(location, onnx::IdentityOp::getOperationName());
  identity.addOperands(value);
  identity.addTypes(type);
  return builder.create(identity)->getResult(0);
}

/// Imports the body into the importer's insertion point; `scope` is filled in here. Bodies of
/// ONNX's own function operators leave out what defines an output that is not asked for: with
/// `mayLackOutputs` such an output is a null value.
static FailureOr<SmallVector<Value>> importBody(GraphImporter &importer,
                                                const FunctionProto &function,
                                                ArrayRef<Value> operands, Scope &scope,
                                                EmitError emitError, bool mayLackOutputs = false) {
  for (const auto &info : function.value_info())
    if (info.has_type())
      scope.declaredTypes[info.name()] = &info.type();
  for (auto [index, name] : llvm::enumerate(function.input()))
    if (failed(importer.define(name, index < operands.size() ? operands[index] : Value(), scope,
                               emitError)))
      return failure();
  if (failed(importer.importNodes(function.node(), scope)))
    return failure();
  SmallVector<Value> outputs;
  for (const std::string &name : function.output()) {
    if (mayLackOutputs && !scope.values.lookup(name)) {
      outputs.push_back({});
      continue;
    }
    FailureOr<Value> value =
        importer.getOutput(name, scope, "an output of the function", emitError);
    if (failed(value))
      return failure();
    outputs.push_back(*value);
  }
  return outputs;
}

FailureOr<func::FuncOp> GraphImporter::instantiate(const Node &node, const FunctionProto &function,
                                                   ArrayRef<Value> operands,
                                                   const NamedAttrList &attributes) {
  std::string key = getFunctionKey(function.domain(), function.name(), function.overload());
  SmallVector<Type> signature, types;
  for (Value operand : operands) {
    signature.push_back(operand ? operand.getType() : builder.getNoneType());
    if (operand)
      types.push_back(operand.getType());
  }
  Attribute instance =
      builder.getArrayAttr({builder.getStringAttr(key), attributes.getDictionary(context),
                            TypeAttr::get(builder.getFunctionType(signature, {}))});
  if (func::FuncOp known = state.instances.lookup(instance))
    return known;

  if (llvm::is_contained(state.calls, key))
    return node.emitError() << "the function calls itself, directly or through others";
  if (state.depth >= ModelState::maxDepth)
    return node.emitError() << "calls and subgraphs nest too deeply";
  ++state.depth;
  state.calls.push_back(key);

  std::string name = (function.domain().empty() ? "" : function.domain() + ".") + function.name();
  Location location = getLocation(name, "Function");
  OpBuilder detached(context);
  auto func = func::FuncOp::create(detached, location, name, builder.getFunctionType(types, {}));
  func.setPrivate();
  state.symbols->insert(func);

  Block *block = func.addEntryBlock();
  SmallVector<Value> arguments;
  unsigned next = 0;
  for (Value operand : operands)
    arguments.push_back(operand ? Value(block->getArgument(next++)) : Value());
  detached.setInsertionPointToEnd(block);
  GraphImporter importer(state, detached);
  Opsets opsets = getOpsets(function.opset_import());
  Scope scope(opsets);
  scope.attributes = &attributes;
  FailureOr<SmallVector<Value>> outputs = importBody(importer, function, arguments, scope, [&] {
    return node.emitError() << "function '" << name << "': ";
  });
  if (failed(outputs))
    return failure();
  // The importer has its own insertion point; this one is still the block's end.
  func::ReturnOp::create(detached, location, *outputs);
  func.setFunctionType(builder.getFunctionType(types, ValueRange(*outputs).getTypes()));

  --state.depth;
  state.calls.pop_back();
  state.instances[instance] = func;
  return func;
}

LogicalResult GraphImporter::importCall(const Node &node, const FunctionProto &function,
                                        Scope &scope) {
  auto emitError = [&] { return node.emitError(); };
  if (!state.symbols)
    return node.emitError() << "functions are not known here";
  NamedAttrList attributes;
  for (const AttributeProto &attribute : node.proto.attribute()) {
    auto isName = [&](const auto &parameter) { return parameter.name() == attribute.name(); };
    if (!llvm::is_contained(function.attribute(), attribute.name()) &&
        llvm::none_of(function.attribute_proto(), isName))
      return node.emitError() << "has an attribute '" << attribute.name()
                              << "', which the function does not know";
    FailureOr<Attribute> value = importAttribute(node, attribute, scope);
    if (failed(value))
      return failure();
    if (*value)
      attributes.set(attribute.name(), *value);
  }
  if (failed(addDefaults(state, function, attributes, emitError)))
    return failure();

  SmallVector<Value> operands;
  for (auto [index, name] : llvm::enumerate(node.proto.input())) {
    Value value;
    if (!name.empty()) {
      FailureOr<Value> found = lookup(name, scope, [&, index = index] {
        return node.emitError() << "input " << index << " is ";
      });
      if (failed(found))
        return failure();
      value = *found;
    }
    operands.push_back(value);
  }
  if (operands.size() > static_cast<size_t>(function.input_size()) ||
      node.proto.output_size() > function.output_size())
    return node.emitError() << "has " << operands.size() << " inputs and "
                            << node.proto.output_size() << " outputs, and the function "
                            << function.input_size() << " and " << function.output_size();
  operands.resize(function.input_size());

  FailureOr<func::FuncOp> func = instantiate(node, function, operands, attributes);
  if (failed(func))
    return failure();
  llvm::erase(operands, Value());
  auto call = func::CallOp::create(builder, node.location, *func, operands);
  for (auto [name, result] : llvm::zip(node.proto.output(), call.getResults())) {
    if (name.empty())
      continue;
    FailureOr<Type> type = mergeDeclaredType(result.getType(), name, scope,
                                             [&] { return node.emitError() << "its result "; });
    if (failed(type))
      return failure();
    Value value = result;
    // The call's type is the function's; what the model knows beyond that needs a value of its own.
    if (*type != result.getType()) {
      value = createIdentity(builder, node.location, result, *type);
    }
    if (failed(define(name, value, scope, emitError)))
      return failure();
  }
  return success();
}

//===------------------------------------------------------------------------------------------===//
// For passes
//===------------------------------------------------------------------------------------------===//

/// The node that stands for a subgraph of the operation becomes the subgraph's operations.
LogicalResult GraphImporter::copySubgraph(const Node &node, Region &region, Scope &scope) {
  IRMapping mapping;
  for (auto [argument, name] : llvm::zip_equal(region.getArguments(), node.proto.input())) {
    FailureOr<Value> value =
        lookup(name, scope, [&] { return node.emitError() << "an input is "; });
    if (failed(value))
      return failure();
    mapping.map(argument, *value);
  }
  for (Operation &op : region.front().without_terminator())
    builder.clone(op, mapping);
  for (auto [name, value] :
       llvm::zip_equal(node.proto.output(), region.front().getTerminator()->getOperands()))
    if (failed(
            define(name, mapping.lookupOrDefault(value), scope, [&] { return node.emitError(); })))
      return failure();
  return success();
}

static FailureOr<SmallVector<Value>> importFunctionBody(OpBuilder &builder, Location location,
                                                        const FunctionProto &body,
                                                        ArrayRef<Value> operands,
                                                        ArrayRef<NamedAttribute> attributes,
                                                        Operation *origin) {
  ModelState state(builder.getContext());
  state.origin = origin;
  NamedAttrList values(attributes);
  auto emitError = [&] {
    return mlir::emitError(location) << "function '" << body.name() << "': ";
  };
  if (failed(addDefaults(state, body, values, emitError)))
    return failure();
  Opsets opsets = getOpsets(body.opset_import());
  Scope scope(opsets);
  scope.attributes = &values;
  GraphImporter importer(state, builder, location);
  try {
    return importBody(importer, body, operands, scope, emitError, /*mayLackOutputs=*/true);
  } catch (const std::exception &error) {
    return emitError() << error.what();
  }
}

FailureOr<SmallVector<Value>> importFunctionBody(OpBuilder &builder, Location location,
                                                 const FunctionProto &body,
                                                 ArrayRef<Value> operands,
                                                 ArrayRef<NamedAttribute> attributes) {
  return importFunctionBody(builder, location, body, operands, attributes, /*origin=*/nullptr);
}

FailureOr<std::optional<SmallVector<Value>>> expandFunctionOperator(OpBuilder &builder,
                                                                    Operation *op) {
  const ::onnx::OpSchema *schema = onnx::getSchema(op->getName());
  FunctionProto body;
  if (!schema || !onnx::getFunctionBody(op, body))
    return std::optional<SmallVector<Value>>();
  SmallVector<Value> operands;
  for (auto [index, formal] : llvm::enumerate(schema->inputs())) {
    OperandRange range = onnx::getFormalOperands(op, index);
    if (range.empty() && formal.GetOption() != ::onnx::OpSchema::Variadic)
      operands.push_back({});
    llvm::append_range(operands, range);
  }
  SmallVector<NamedAttribute> attributes;
  for (const auto &[name, formal] : schema->attributes())
    if (Attribute value = op->getAttr(onnx::getAttributeName(name)))
      attributes.push_back(builder.getNamedAttr(name, value));

  Operation *before = op->getPrevNode();
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPoint(op);
  FailureOr<SmallVector<Value>> outputs =
      importFunctionBody(builder, op->getLoc(), body, operands, attributes, op);
  if (failed(outputs))
    return failure();
  llvm::SmallPtrSet<Operation *, 16> created;
  for (Operation *at = before ? before->getNextNode() : &op->getBlock()->front(); at != op;
       at = at->getNextNode())
    created.insert(at);

  // One output for each formal result, and for each value of the variadic one at their end. Each
  // keeps what was known of the result's type.
  SmallVector<Value> results;
  for (auto [index, formal] : llvm::enumerate(schema->outputs()))
    for (auto [offset, result] : llvm::enumerate(onnx::getFormalResults(op, index))) {
      Value value = index + offset < outputs->size() ? (*outputs)[index + offset] : Value();
      if (!value)
        return op->emitError() << onnx::describeNode(op) << ": its function does not define '"
                               << formal.GetName() << "'";
      FailureOr<Type> type = onnx::mergeTypes(result.getType(), value.getType());
      if (failed(type))
        return op->emitError() << onnx::describeNode(op) << ": '" << formal.GetName() << "' is "
                               << result.getType() << ", and by its function " << value.getType();
      if (created.contains(value.getDefiningOp()))
        value.setType(*type);
      else if (value.getType() != *type)
        value = createIdentity(builder, op->getLoc(), value, *type);
      results.push_back(value);
    }
  return std::optional(results);
}

} // namespace azulejo
