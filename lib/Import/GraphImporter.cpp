#include "lib/Import/GraphImporter.h"
#include "dialects/ONNX/Generation.h"
#include "dialects/ONNX/Schema.h"
#include "mlir/IR/Verifier.h"
#include "onnx/defs/schema.h"

using namespace mlir;
using azulejo::onnx::EmitError;
using ::onnx::AttributeProto;
using ::onnx::GraphProto;
using ::onnx::NodeProto;
using ::onnx::OpSchema;
using ::onnx::TypeProto;

namespace azulejo {

Opsets getOpsets(const ::google::protobuf::RepeatedPtrField<::onnx::OperatorSetIdProto> &imports) {
  Opsets opsets;
  for (const auto &import : imports)
    opsets[normaliseDomain(import.domain())] =
        static_cast<int>(std::clamp<int64_t>(import.version(), 0, std::numeric_limits<int>::max()));
  return opsets;
}

const OpSchema *getNodeSchema(StringRef domain, StringRef opType, int opset) {
  const OpSchema *schema = onnx::getSchema(domain, opType, opset);
  // What was deprecated keeps the meaning it last had: models that still use it exist.
  while (schema && schema->Deprecated())
    schema = onnx::getSchema(domain, opType, schema->SinceVersion() - 1);
  return schema;
}

Location GraphImporter::getLocation(StringRef name, StringRef type) {
  if (fixedLocation)
    return *fixedLocation;
  return NameLoc::get(builder.getStringAttr(name), NameLoc::get(builder.getStringAttr(type)));
}

//===------------------------------------------------------------------------------------------===//
// Names and types
//===------------------------------------------------------------------------------------------===//

FailureOr<Value> GraphImporter::lookup(StringRef name, Scope &scope, EmitError emitError) {
  for (Scope *at = &scope; at; at = at->parent)
    if (auto entry = at->values.find(name); entry != at->values.end())
      return entry->second;
  return emitError() << "'" << name << "', which nothing defines";
}

FailureOr<Value> GraphImporter::getOutput(StringRef name, Scope &scope, StringRef role,
                                          EmitError emitError) {
  FailureOr<Value> value = lookup(name, scope, [&] { return emitError() << role << " is "; });
  if (failed(value))
    return failure();
  if (!*value)
    return emitError() << role << " is '" << name
                       << "', an optional input that the caller left out";
  return value;
}

LogicalResult GraphImporter::define(StringRef name, Value value, Scope &scope,
                                    EmitError emitError) {
  if (!scope.values.try_emplace(name, value).second)
    return emitError() << "defines '" << name << "', which is defined already";
  return success();
}

FailureOr<Type> GraphImporter::importDeclaredType(const TypeProto &type, EmitError emitError) {
  return onnx::importType(
      context, type, [&](StringRef text) { return state.dimNames.read(text); }, emitError);
}

FailureOr<Type> GraphImporter::mergeDeclaredType(Type found, StringRef name, Scope &scope,
                                                 EmitError emitError) {
  const TypeProto *declaration = scope.declaredTypes.lookup(name);
  if (!declaration)
    return found;
  FailureOr<Type> declared =
      importDeclaredType(*declaration, [&] { return emitError() << "'" << name << "': "; });
  if (failed(declared))
    return failure();
  FailureOr<Type> merged = onnx::mergeTypes(found, *declared);
  if (failed(merged))
    return emitError() << "'" << name << "' is " << found << ", and the model declares it as "
                       << *declared;
  return merged;
}

//===------------------------------------------------------------------------------------------===//
// Graphs
//===------------------------------------------------------------------------------------------===//

LogicalResult GraphImporter::importInitializer(StringRef name, FailureOr<TypedAttr> value,
                                               Scope &scope, EmitError emitError) {
  if (failed(value))
    return failure();
  if (failed(mergeDeclaredType(value->getType(), name, scope, emitError)))
    return failure();
  OperationState constant(getLocation(name, "Constant"), onnx::ConstantOp::getOperationName());
  constant.addTypes(value->getType());
  constant.addAttribute("value", *value);
  return define(name, builder.create(constant)->getResult(0), scope, emitError);
}

LogicalResult GraphImporter::importGraph(const GraphProto &graph, Scope &scope) {
  for (const auto *list : {&graph.value_info(), &graph.output()})
    for (const auto &info : *list)
      if (info.has_type())
        scope.declaredTypes[info.name()] = &info.type();

  auto importAll = [&](const auto &initializers, auto getName, auto import) -> LogicalResult {
    for (const auto &initializer : initializers) {
      StringRef name = getName(initializer);
      // A subgraph's input that is also an initializer gets its value from the operation around it.
      if (scope.parent && scope.values.contains(name))
        continue;
      auto emitError = [&] {
        return mlir::emitError(getLocation(name, "Constant")) << "initializer '" << name << "': ";
      };
      if (name.empty())
        return emitError() << "it has no name";
      if (failed(importInitializer(name, import(context, initializer, state.source, emitError),
                                   scope, emitError)))
        return failure();
    }
    return success();
  };
  if (failed(importAll(
          graph.initializer(), [](const auto &tensor) { return StringRef(tensor.name()); },
          importTensor)) ||
      failed(importAll(
          graph.sparse_initializer(),
          [](const auto &tensor) { return StringRef(tensor.values().name()); },
          importSparseTensor)))
    return failure();
  return importNodes(graph.node(), scope);
}

LogicalResult GraphImporter::importNodes(const NodeList &nodes, Scope &scope) {
  auto getNode = [&](unsigned index) {
    const NodeProto &proto = nodes[index];
    std::string type = proto.op_type(), qualified = type;
    if (StringRef domain = normaliseDomain(proto.domain()); !domain.empty())
      qualified = (domain + "." + type).str();
    std::string name = proto.name().empty() ? type + "_" + std::to_string(index) : proto.name();
    return Node{proto, getLocation(name, type), "node '" + name + "' (" + qualified + ")"};
  };
  SmallVector<unsigned> cycle;
  FailureOr<SmallVector<unsigned>> order = getNodeOrder(nodes, cycle);
  if (failed(order)) {
    InFlightDiagnostic error = getNode(cycle.front()).emitError() << "it needs its own result";
    for (unsigned index : llvm::drop_begin(cycle))
      error << ", through " << getNode(index).description;
    return error;
  }
  for (unsigned index : *order)
    if (failed(importNode(getNode(index), scope)))
      return failure();
  return success();
}

/// A loop's first value and the subgraph's declaration may differ in shape, one being what the
/// first iteration sees and the other what all of them do: then nothing is known of the shape.
FailureOr<Type> GraphImporter::importInputType(const ::onnx::ValueInfoProto &input, Type given,
                                               EmitError emitError) {
  auto emitInputError = [&] { return emitError() << "input '" << input.name() << "': "; };
  FailureOr<Type> declared = importDeclaredType(input.type(), emitInputError);
  if (failed(declared))
    return failure();
  if (FailureOr<Type> merged = onnx::mergeTypes(given, *declared); succeeded(merged))
    return merged;
  auto tensor = dyn_cast<TensorType>(given), declaredTensor = dyn_cast<TensorType>(*declared);
  if (tensor && declaredTensor && tensor.getElementType() == declaredTensor.getElementType())
    return Type(UnrankedTensorType::get(tensor.getElementType()));
  return emitInputError() << "it is " << given << ", and the model declares it as " << *declared;
}

FailureOr<SmallVector<Type>> GraphImporter::importSubgraph(const Node &node, Subgraph &subgraph,
                                                           Region &region, ArrayRef<Type> types,
                                                           Scope &scope) {
  Block &block = region.front();
  if (!subgraph.imported) {
    subgraph.imported = true;
    if (state.depth >= ModelState::maxDepth)
      return node.emitError() << "calls and subgraphs nest too deeply";
    ++state.depth;
    const GraphProto &graph = *subgraph.graph;
    auto emitError = [&] { return node.emitError() << "subgraph '" << subgraph.name << "': "; };
    if (!types.empty() && types.size() != static_cast<size_t>(graph.input_size()))
      return emitError() << "it has " << graph.input_size() << " inputs, and gets " << types.size();

    Scope inner(scope.opsets, &scope);
    for (auto [index, input] : llvm::enumerate(graph.input())) {
      FailureOr<Type> type =
          importInputType(input, types.empty() ? Type() : types[index], emitError);
      if (failed(type))
        return failure();
      if (!*type)
        return emitError() << "nothing says of what type its input '" << input.name() << "' is";
      Value argument = block.addArgument(*type, getLocation(input.name(), "Input"));
      if (failed(define(input.name(), argument, inner, emitError)))
        return failure();
    }
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToEnd(&block);
    if (failed(importGraph(graph, inner)))
      return failure();
    SmallVector<Value> outputs;
    for (const auto &output : graph.output()) {
      FailureOr<Value> value = getOutput(output.name(), inner, "an output", emitError);
      if (failed(value) ||
          failed(mergeDeclaredType(value->getType(), output.name(), inner, emitError)))
        return failure();
      outputs.push_back(*value);
    }
    onnx::YieldOp::create(builder, node.location, outputs);
    --state.depth;
  }
  return SmallVector<Type>(block.getTerminator()->getOperandTypes());
}

//===------------------------------------------------------------------------------------------===//
// Nodes
//===------------------------------------------------------------------------------------------===//

LogicalResult GraphImporter::importNode(const Node &node, Scope &scope) {
  if (--state.nodesLeft < 0)
    return node.emitError()
           << "the model's functions call one another so often that it would have too many nodes";
  if (const auto *function = getFunction(node.proto))
    return importCall(node, *function, scope);

  StringRef domain = normaliseDomain(node.proto.domain());
  if (state.origin && domain == onnx::subgraphDomain)
    if (Region *region = onnx::getSubgraph(state.origin, node.proto.op_type()))
      return copySubgraph(node, *region, scope);
  auto opset = scope.opsets.find(domain);
  if (opset == scope.opsets.end())
    return node.emitError() << "no opset of its domain '" << (domain.empty() ? "ai.onnx" : domain)
                            << "' is imported";
  const OpSchema *schema = getNodeSchema(domain, node.proto.op_type(), opset->second);
  if (!schema)
    return node.emitError() << "opset " << opset->second << " of domain '"
                            << (domain.empty() ? "ai.onnx" : domain) << "' has no such operator";
  if (domain.empty() && schema->Name() == "Constant")
    return importConstant(node, *schema, scope);
  return importOperation(node, *schema, opset->second, scope);
}

/// Constant's several attributes, and its several versions, all become `value` of the newest.
LogicalResult GraphImporter::importConstant(const Node &node, const OpSchema &schema,
                                            Scope &scope) {
  OperationState op(node.location, onnx::ConstantOp::getOperationName());
  SmallVector<Subgraph> subgraphs;
  if (failed(importAttributes(node, schema, scope, op, subgraphs)))
    return failure();
  if (op.attributes.getAttrs().size() != 1 || node.proto.input_size() != 0 ||
      node.proto.output_size() != 1)
    return node.emitError() << "it must have one attribute with its value, no input and one output";

  NamedAttribute given = *op.attributes.begin();
  StringRef name = given.getName();
  Type string = plan::StringType::get(context), f32 = builder.getF32Type(),
       i64 = builder.getI64Type();
  auto scalar = [](Type element) { return RankedTensorType::get({}, element); };
  auto list = [](size_t size, Type element) {
    return RankedTensorType::get({static_cast<int64_t>(size)}, element);
  };
  TypedAttr value;
  if (name == "value" || name == "sparse_value") {
    value = cast<TypedAttr>(given.getValue());
  } else if (name == "value_float" || name == "value_int") {
    value = DenseElementsAttr::get(scalar(name == "value_float" ? f32 : i64), given.getValue());
  } else if (auto floats = dyn_cast<DenseF32ArrayAttr>(given.getValue())) {
    value = DenseElementsAttr::get(list(floats.size(), f32), floats.asArrayRef());
  } else if (auto integers = dyn_cast<DenseI64ArrayAttr>(given.getValue())) {
    value = DenseElementsAttr::get(list(integers.size(), i64), integers.asArrayRef());
  } else if (auto text = dyn_cast<StringAttr>(given.getValue())) {
    value = DenseStringElementsAttr::get(scalar(string), {text.getValue()});
  } else {
    auto strings = llvm::to_vector(cast<ArrayAttr>(given.getValue()).getAsValueRange<StringAttr>());
    value = DenseStringElementsAttr::get(list(strings.size(), string), strings);
  }
  auto emitError = [&] { return node.emitError(); };
  return importInitializer(node.proto.output(0), value, scope, emitError);
}

LogicalResult GraphImporter::importOperands(const Node &node, const OpSchema &schema, Scope &scope,
                                            OperationState &op) {
  const auto &formals = schema.inputs();
  SmallVector<int32_t> sizes(formals.size(), 0);
  for (auto [index, name] : llvm::enumerate(node.proto.input())) {
    bool variadic = !formals.empty() && formals.back().GetOption() == OpSchema::Variadic;
    size_t formal = variadic ? std::min<size_t>(index, formals.size() - 1) : index;
    if (formal >= formals.size()) {
      if (name.empty())
        continue;
      return node.emitError() << "has " << node.proto.input_size() << " inputs, and ONNX allows "
                              << formals.size();
    }
    Value value;
    if (!name.empty()) {
      FailureOr<Value> found = lookup(name, scope, [&] {
        return node.emitError() << "input '" << formals[formal].GetName() << "' is ";
      });
      if (failed(found))
        return failure();
      value = *found;
    }
    if (!value && formals[formal].GetOption() == OpSchema::Variadic)
      return node.emitError() << "input " << index << " is absent, one of '"
                              << formals[formal].GetName() << "'";
    if (!value)
      continue;
    op.operands.push_back(value);
    ++sizes[formal];
  }
  for (StringRef name : getNamedValues(node.proto)) {
    FailureOr<Value> found =
        getOutput(name, scope, "what an attribute names", [&] { return node.emitError(); });
    if (failed(found))
      return failure();
    op.operands.push_back(*found);
    ++sizes.back();
  }
  for (auto [formal, size] : llvm::zip_equal(formals, sizes))
    if (formal.GetOption() == OpSchema::Single && size == 0)
      return node.emitError() << "input '" << formal.GetName() << "' is missing";
  if (onnx::needsOperandSegments(schema))
    op.addAttribute(onnx::operandSegmentsName, builder.getDenseI32ArrayAttr(sizes));
  return success();
}

/// Results that ONNX requires are there whether the node names them or not.
LogicalResult GraphImporter::importResults(const Node &node, const OpSchema &schema,
                                           OperationState &op, SmallVectorImpl<StringRef> &names) {
  const auto &formals = schema.outputs();
  bool variadic = !formals.empty() && formals.back().GetOption() == OpSchema::Variadic;
  SmallVector<StringRef> given(node.proto.output().begin(), node.proto.output().end());
  if (!variadic)
    while (given.size() > formals.size() && given.back().empty())
      given.pop_back();
  if (given.size() > formals.size() && !variadic)
    return node.emitError() << "has " << given.size() << " outputs, and ONNX allows "
                            << formals.size();
  SmallVector<int32_t> sizes(formals.size(), 0);
  for (size_t index = 0; index < std::max(given.size(), formals.size()); ++index) {
    size_t formal = std::min(index, formals.size() - 1);
    bool named = index < given.size() && !given[index].empty();
    bool present = formals[formal].GetOption() == OpSchema::Single     ? true
                   : formals[formal].GetOption() == OpSchema::Variadic ? index < given.size()
                                                                       : named;
    if (!present)
      continue;
    names.push_back(named ? given[index] : StringRef());
    op.types.push_back(builder.getNoneType());
    ++sizes[formal];
  }
  if (onnx::needsResultSegments(schema))
    op.addAttribute(onnx::resultSegmentsName, builder.getDenseI32ArrayAttr(sizes));
  return success();
}

LogicalResult GraphImporter::importOperation(const Node &node, const OpSchema &schema, int opset,
                                             Scope &scope) {
  OperationState opState(node.location, onnx::getOperationName(schema));
  SmallVector<StringRef> resultNames;
  SmallVector<Subgraph> subgraphs;
  if (failed(importOperands(node, schema, scope, opState)) ||
      failed(importAttributes(node, schema, scope, opState, subgraphs)) ||
      failed(importResults(node, schema, opState, resultNames)))
    return failure();
  Operation *op = builder.create(opState);

  // Subgraphs are imported when the operation's inference asks for them: by then it knows the types
  // of their inputs.
  onnx::InferenceOracle oracle;
  oracle.opsetVersion = opset;
  oracle.inferRegion = [&](Region &region, ArrayRef<Type> types) {
    return importSubgraph(node, subgraphs[region.getRegionNumber()], region, types, scope);
  };
  FailureOr<SmallVector<Type>> types = onnx::inferResultTypes(op, oracle);
  if (failed(types))
    return failure();
  for (auto [subgraph, region] : llvm::zip_equal(subgraphs, op->getRegions()))
    if (subgraph.graph && !subgraph.imported &&
        failed(importSubgraph(node, subgraph, region, {}, scope)))
      return failure();

  for (auto [result, type, name] : llvm::zip_equal(op->getResults(), *types, resultNames)) {
    FailureOr<Type> merged =
        mergeDeclaredType(type, name, scope, [&] { return node.emitError() << "its result "; });
    if (failed(merged))
      return failure();
    if (!*merged)
      return node.emitError() << "nothing says of what type its result '" << name << "' is";
    result.setType(*merged);
    if (!name.empty() && failed(define(name, result, scope, [&] { return node.emitError(); })))
      return failure();
  }
  return mlir::verify(op, /*verifyRecursively=*/false);
}

} // namespace azulejo
