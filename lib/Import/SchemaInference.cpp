#include "lib/Import/SchemaInference.h"
#include "dialects/ONNX/Generation.h"
#include "dialects/ONNX/Schema.h"
#include "lib/Import/NodeChecks.h"
#include "lib/Import/Protos.h"
#include "onnx/defs/data_type_utils.h"
#include "onnx/defs/schema.h"
#include "onnx/shape_inference/implementation.h"
#include "llvm/ADT/StringMap.h"
#include <deque>

using namespace mlir;
using ::onnx::AttributeProto;
using ::onnx::FunctionProto;
using ::onnx::NodeProto;
using ::onnx::OpSchema;
using ::onnx::TensorProto;
using ::onnx::TensorShapeProto;
using ::onnx::TypeProto;

namespace azulejo::onnx {

/// What inference reads are shapes, axes and scales; a larger tensor is data.
static constexpr uint64_t maxInspectedBytes = 16 * 1024;

Attribute getConstantValue(Value value) {
  auto constant = value.getDefiningOp<ConstantOp>();
  return constant ? constant->getAttr("value") : Attribute();
}

Region *getSubgraph(Operation *op, StringRef name) {
  unsigned index = 0;
  for (const auto &[attributeName, attribute] : getSchema(op->getName())->attributes())
    if (attribute.type == AttributeProto::GRAPH) {
      if (attributeName == name)
        return op->getRegion(index).empty() ? nullptr : &op->getRegion(index);
      ++index;
    }
  return nullptr;
}

std::string describeNode(Operation *op) {
  const OpSchema *schema = getSchema(op->getName());
  std::string type = schema ? schema->Name() : op->getName().getStringRef().str();
  auto name = op->getLoc()->findInstanceOf<NameLoc>();
  return name ? "node '" + name.getName().str() + "' (" + type + ")" : type;
}

FailureOr<Type> mergeTypes(Type first, Type second) {
  if (!first || !second || first == second)
    return first ? first : second;
  MLIRContext *context = first.getContext();
  auto mergeInner = [&](Type a, Type b, auto wrap) -> FailureOr<Type> {
    FailureOr<Type> inner = mergeTypes(a, b);
    return failed(inner) ? inner : FailureOr<Type>(wrap(*inner));
  };
  if (first.getTypeID() != second.getTypeID() &&
      !(isa<TensorType>(first) && isa<TensorType>(second)))
    return failure();
  if (auto tensor = dyn_cast<TensorType>(first)) {
    auto other = cast<TensorType>(second);
    if (tensor.getElementType() != other.getElementType())
      return failure();
    auto ranked = dyn_cast<RankedTensorType>(first),
         otherRanked = dyn_cast<RankedTensorType>(second);
    if (!ranked || !otherRanked)
      return ranked ? first : second;
    if (ranked.getRank() != otherRanked.getRank())
      return failure();
    auto dims = getDims(ranked);
    for (auto [dim, otherDim] : llvm::zip_equal(dims, getDims(otherRanked))) {
      auto constant = dim ? dim->getConstant() : std::nullopt;
      auto otherConstant = otherDim ? otherDim->getConstant() : std::nullopt;
      if (constant && otherConstant && *constant != *otherConstant)
        return failure();
      if (!dim || (!constant && otherConstant))
        dim = otherDim;
    }
    return Type(getTensorType(dims, tensor.getElementType()));
  }
  if (auto sequence = dyn_cast<plan::SequenceType>(first))
    return mergeInner(sequence.getElementType(), cast<plan::SequenceType>(second).getElementType(),
                      [&](Type type) { return plan::SequenceType::get(context, type); });
  if (auto optional = dyn_cast<plan::OptionalType>(first))
    return mergeInner(optional.getElementType(), cast<plan::OptionalType>(second).getElementType(),
                      [&](Type type) { return plan::OptionalType::get(context, type); });
  if (auto sparse = dyn_cast<plan::SparseTensorType>(first))
    return mergeInner(sparse.getDenseType(), cast<plan::SparseTensorType>(second).getDenseType(),
                      [&](Type type) { return plan::SparseTensorType::get(context, type); });
  if (auto map = dyn_cast<plan::MapType>(first)) {
    auto other = cast<plan::MapType>(second);
    if (map.getKeyType() != other.getKeyType())
      return failure();
    return mergeInner(map.getValueType(), other.getValueType(), [&](Type type) {
      return plan::MapType::get(context, map.getKeyType(), type);
    });
  }
  return failure();
}

//===------------------------------------------------------------------------------------------===//
// The context
//===------------------------------------------------------------------------------------------===//

namespace {

/// Passes through ONNX's code to say that an error has been reported already; not a std::exception,
/// which that code may catch.
struct ErrorReported {};

/// An operation as ONNX sees a node: one list of inputs and one of outputs, trailing absent ones
/// left out.
struct NodeView {
  Operation *op;
  const OpSchema *schema;
  SmallVector<Value> inputs;     // null: absent
  SmallVector<OpResult> outputs; // null: absent
  SmallVector<unsigned> inputFormals, outputFormals;

  explicit NodeView(Operation *op) : op(op), schema(getSchema(op->getName())) {
    for (unsigned i = 0, n = schema->inputs().size(); i < n; ++i) {
      OperandRange range = getFormalOperands(op, i);
      if (range.empty() && schema->inputs()[i].GetOption() != OpSchema::Variadic)
        inputs.push_back({});
      llvm::append_range(inputs, range);
      inputFormals.resize(inputs.size(), i);
    }
    for (unsigned i = 0, n = schema->outputs().size(); i < n; ++i) {
      ResultRange range = getFormalResults(op, i);
      if (range.empty() && schema->outputs()[i].GetOption() != OpSchema::Variadic)
        outputs.push_back({});
      for (OpResult result : range)
        outputs.push_back(result);
      outputFormals.resize(outputs.size(), i);
    }
    // Not below what the schema asks for at least: Loop's inference counts on M and cond, absent or
    // not.
    while (static_cast<int>(inputs.size()) > schema->min_input() && !inputs.back())
      inputs.pop_back();
    while (static_cast<int>(outputs.size()) > schema->min_output() && !outputs.back())
      outputs.pop_back();
  }
};

/// A subgraph as an attribute: its signature, around one node that stands for all of it.
AttributeProto exportSubgraph(Region &region, StringRef name) {
  AttributeProto attribute;
  attribute.set_name(name.str());
  attribute.set_type(AttributeProto::GRAPH);
  ::onnx::GraphProto &graph = *attribute.mutable_g();
  NodeProto &node = *graph.add_node();
  node.set_domain(subgraphDomain.str());
  node.set_op_type(name.str());
  for (BlockArgument argument : region.getArguments()) {
    ::onnx::ValueInfoProto &input = *graph.add_input();
    input.set_name("input" + std::to_string(argument.getArgNumber()));
    *input.mutable_type() = exportType(argument.getType());
    node.add_input(input.name());
  }
  for (auto [index, value] : llvm::enumerate(region.front().getTerminator()->getOperands())) {
    ::onnx::ValueInfoProto &output = *graph.add_output();
    output.set_name("output" + std::to_string(index));
    *output.mutable_type() = exportType(value.getType());
    node.add_output(output.name());
  }
  return attribute;
}

/// A subgraph, seen by the inference of the operation it belongs to.
class RegionInferencer : public ::onnx::GraphInferencer {
public:
  RegionInferencer(Region &region, const InferenceOracle &oracle)
      : region(region), oracle(oracle) {}

  std::vector<const TypeProto *> doInferencing(const std::vector<const TypeProto *> &inputTypes,
                                               const std::vector<const TensorProto *> &) override {
    SmallVector<Type> types;
    Operation *parent = region.getParentOp();
    for (const TypeProto *proto : inputTypes) {
      FailureOr<Type> type = Type();
      if (proto)
        type = importType(region.getContext(), *proto, SymbolicExpr::parse, [&] {
          return parent->emitError() << describeNode(parent) << ": subgraph input: ";
        });
      if (failed(type))
        throw ErrorReported();
      types.push_back(*type);
    }
    FailureOr<SmallVector<Type>> outputs =
        oracle.inferRegion
            ? oracle.inferRegion(region, types)
            : FailureOr(SmallVector<Type>(region.front().getTerminator()->getOperandTypes()));
    if (failed(outputs))
      throw ErrorReported();
    std::vector<const TypeProto *> result;
    for (Type type : *outputs)
      result.push_back(&storage.emplace_back(exportType(type)));
    return result;
  }

private:
  Region &region;
  const InferenceOracle &oracle;
  std::deque<TypeProto> storage; // elements stay where they are
};

/// What ONNX's inference asks about an operation, converted when it asks.
class OperationContext : public ::onnx::InferenceContext {
public:
  OperationContext(const NodeView &node, const InferenceOracle &oracle)
      : node(node), oracle(oracle), inputTypes(node.inputs.size()), inputData(node.inputs.size()),
        inputElements(node.inputs.size()), outputTypes(node.outputs.size()) {
    for (auto [type, input] : llvm::zip_equal(inputTypes, node.inputs))
      if (input)
        type = exportType(input.getType());
  }

  const AttributeProto *getAttribute(const std::string &name) const override {
    auto entry = attributes.find(name);
    if (entry == attributes.end()) {
      entry = attributes.try_emplace(name).first;
      if (Attribute value = node.op->getAttr(getAttributeName(name))) {
        entry->second = exportAttribute(name, value, node.op->getLoc(), maxInspectedBytes);
      } else if (Region *region = getSubgraph(node.op, name)) {
        if (oracle.inferRegion && failed(oracle.inferRegion(*region, {})))
          throw ErrorReported();
        entry->second = exportSubgraph(*region, name);
      } else if (const OpSchema *schema = getSchema(node.op->getName())) {
        // ONNX's own inference does not always take the schema's default (STFT's `onesided`).
        auto declared = schema->attributes().find(name);
        if (declared != schema->attributes().end() &&
            declared->second.default_value.type() != AttributeProto::UNDEFINED)
          entry->second = declared->second.default_value;
      }
    }
    return entry->second ? &*entry->second : nullptr;
  }

  size_t getNumInputs() const override { return inputTypes.size(); }
  const TypeProto *getInputType(size_t index) const override {
    return hasInput(index) ? &inputTypes[index] : nullptr;
  }
  bool hasInput(size_t index) const override {
    return index < node.inputs.size() && node.inputs[index];
  }

  const TensorProto *getInputData(size_t index) const override {
    if (!hasInput(index))
      return nullptr;
    if (!inputData[index]) {
      inputData[index].emplace();
      Attribute value = oracle.getConstant ? oracle.getConstant(node.inputs[index]) : Attribute();
      if (value && isa<TypedAttr>(value)) {
        TensorProto proto = exportTensor(value, node.op->getLoc(), maxInspectedBytes);
        auto type = dyn_cast<RankedTensorType>(cast<TypedAttr>(value).getType());
        if (type &&
            (proto.has_raw_data() || proto.string_data_size() != 0 || type.getNumElements() == 0))
          *inputData[index] = std::move(proto);
      }
    }
    return *inputData[index] ? &**inputData[index] : nullptr;
  }

  const TensorShapeProto *getSymbolicInput(size_t index) const override {
    if (!hasInput(index) || !oracle.getElements)
      return nullptr;
    if (!inputElements[index]) {
      inputElements[index].emplace();
      if (auto elements = oracle.getElements(node.inputs[index])) {
        TensorShapeProto &shape = inputElements[index]->emplace();
        for (const std::optional<SymbolicExpr> &element : *elements) {
          TensorShapeProto::Dimension &dim = *shape.add_dim();
          if (auto constant = element ? element->getConstant() : std::nullopt)
            dim.set_dim_value(*constant);
          else if (element)
            dim.set_dim_param(element->str());
        }
      }
    }
    return *inputElements[index] ? &**inputElements[index] : nullptr;
  }

  const ::onnx::SparseTensorProto *getInputSparseData(size_t) const override { return nullptr; }
  size_t getNumOutputs() const override { return outputTypes.size(); }
  TypeProto *getOutputType(size_t index) override {
    if (index >= outputTypes.size())
      throw ::onnx::InferenceError("it has no output " + std::to_string(index));
    return &outputTypes[index];
  }
  bool hasOutput(size_t index) override {
    return index < node.outputs.size() && node.outputs[index];
  }

  ::onnx::GraphInferencer *getGraphAttributeInferencer(const std::string &name) override {
    std::unique_ptr<RegionInferencer> &inferencer = inferencers[name];
    if (!inferencer) {
      Region *region = getSubgraph(node.op, name);
      if (!region)
        throw ::onnx::InferenceError("subgraph '" + name + "' is missing");
      inferencer = std::make_unique<RegionInferencer>(*region, oracle);
    }
    return inferencer.get();
  }

  std::string getDisplayName() const override { return describeNode(node.op); }

private:
  const NodeView &node;
  const InferenceOracle &oracle;
  std::vector<TypeProto> inputTypes;
  // The outer optional: whether it has been looked for.
  mutable std::vector<std::optional<std::optional<TensorProto>>> inputData;
  mutable std::vector<std::optional<std::optional<TensorShapeProto>>> inputElements;
  std::vector<TypeProto> outputTypes;
  mutable llvm::StringMap<std::optional<AttributeProto>> attributes;
  llvm::StringMap<std::unique_ptr<RegionInferencer>> inferencers;
};

} // namespace

//===------------------------------------------------------------------------------------------===//
// Function bodies
//===------------------------------------------------------------------------------------------===//

static int getNewestOpset(const std::string &domain) {
  const auto &ranges = ::onnx::OpSchemaRegistry::DomainToVersionRange::Instance().Map();
  auto range = ranges.find(domain);
  return range == ranges.end() ? 1 : range->second.second;
}

static bool getFunctionBody(const NodeView &node, FunctionProto &body, int opsetVersion) {
  const OpSchema &schema = *node.schema;
  if (opsetVersion <= 0)
    opsetVersion = getNewestOpset(schema.domain());
  // A body refers to attributes by name, and to one that is absent when it has a default; and one
  // of another domain to ai.onnx without saying which.
  auto complete = [&] {
    if (llvm::none_of(body.opset_import(),
                      [](const auto &import) { return import.domain().empty(); })) {
      auto &import = *body.add_opset_import();
      import.set_domain("");
      import.set_version(getNewestOpset(""));
    }
    body.clear_attribute();
    for (const auto &[name, attribute] : schema.attributes()) {
      if (attribute.default_value.type() == AttributeProto::UNDEFINED) {
        body.add_attribute(name);
        continue;
      }
      AttributeProto &value = *body.add_attribute_proto();
      value = attribute.default_value;
      value.set_name(name);
    }
    return true;
  };
  if (schema.HasContextDependentFunction()) {
    NodeProto proto;
    proto.set_op_type(schema.Name());
    proto.set_domain(schema.domain());
    std::vector<TypeProto> types;
    for (auto [index, input] : llvm::enumerate(node.inputs)) {
      proto.add_input(input ? "input" + std::to_string(index) : "");
      types.push_back(input ? exportType(input.getType()) : TypeProto());
    }
    for (auto [index, output] : llvm::enumerate(node.outputs))
      proto.add_output(output ? "output" + std::to_string(index) : "");
    for (const auto &[name, attribute] : schema.attributes())
      if (Attribute value = node.op->getAttr(getAttributeName(name)))
        *proto.add_attribute() = exportAttribute(name, value, node.op->getLoc(), maxInspectedBytes);
      else if (Region *region = getSubgraph(node.op, name))
        *proto.add_attribute() = exportSubgraph(*region, name);
    ::onnx::FunctionBodyBuildContextImpl context(proto, types);
    if (schema.BuildContextDependentFunction(context, body, opsetVersion))
      return complete();
  }
  if (const FunctionProto *function =
          schema.HasFunction() ? schema.GetFunction(opsetVersion) : nullptr) {
    body = *function;
    return complete();
  }
  return false;
}

bool getFunctionBody(Operation *op, FunctionProto &body, int opsetVersion) {
  try {
    return getFunctionBody(NodeView(op), body, opsetVersion);
  } catch (const std::exception &) {
    // A builder that cannot do with what is known of the operands throws.
    return false;
  }
}

//===------------------------------------------------------------------------------------------===//
// Inference
//===------------------------------------------------------------------------------------------===//

/// A negative size is inferred for what can never run (Split into more parts than there are, in a
/// branch not taken). Nothing is known of such a dimension.
static void forgetNegativeSizes(TypeProto &type) {
  if (type.has_sequence_type())
    return forgetNegativeSizes(*type.mutable_sequence_type()->mutable_elem_type());
  if (type.has_optional_type())
    return forgetNegativeSizes(*type.mutable_optional_type()->mutable_elem_type());
  if (type.has_tensor_type() && type.tensor_type().has_shape())
    for (TensorShapeProto::Dimension &dim :
         *type.mutable_tensor_type()->mutable_shape()->mutable_dim())
      if (dim.has_dim_value() && dim.dim_value() < 0)
        dim.Clear();
}

/// What the schema's signature alone says of an output: "T" is what another operand of type T is.
static TypeProto getDeclaredType(const NodeView &node, unsigned output) {
  const auto &formal = node.schema->outputs()[node.outputFormals[output]];
  if (formal.GetTypes().size() == 1) {
    TypeProto type = ::onnx::Utils::DataTypeUtils::ToTypeProto(*formal.GetTypes().begin());
    if (type.has_tensor_type())
      type.mutable_tensor_type()->clear_shape();
    return type;
  }
  for (auto [index, input] : llvm::enumerate(node.inputs))
    if (input &&
        node.schema->inputs()[node.inputFormals[index]].GetTypeStr() == formal.GetTypeStr()) {
      TypeProto type = exportType(input.getType());
      if (type.has_tensor_type())
        type.mutable_tensor_type()->clear_shape();
      return type;
    }
  return {};
}

/// Fills in the element type where inference found a shape alone, and the whole type where it found
/// nothing.
static void completeType(const NodeView &node, unsigned output, TypeProto &type) {
  bool open = type.value_case() == TypeProto::VALUE_NOT_SET;
  bool openElement =
      type.has_tensor_type() && type.tensor_type().elem_type() == TensorProto::UNDEFINED;
  if (!open && !openElement)
    return;
  TypeProto declared = getDeclaredType(node, output);
  if (open)
    type = std::move(declared);
  else if (declared.has_tensor_type())
    type.mutable_tensor_type()->set_elem_type(declared.tensor_type().elem_type());
}

static std::string trimMessage(const std::exception &error) {
  StringRef text = error.what();
  for (StringRef prefix : {"[TypeInferenceError] ", "[ShapeInferenceError] "})
    text.consume_front(prefix);
  return text.trim().rtrim('.').str();
}

FailureOr<SmallVector<Type>> inferResultTypes(Operation *op, const InferenceOracle &oracle) {
  if (auto constant = dyn_cast<ConstantOp>(op))
    if (auto value = dyn_cast_or_null<TypedAttr>(constant->getAttr("value")))
      return SmallVector<Type>{value.getType()};

  NodeView node(op);
  if (failed(checkNode(op, *node.schema)))
    return failure();
  OperationContext context(node, oracle);
  try {
    FunctionProto body;
    if (node.schema->has_type_and_shape_inference_function())
      node.schema->GetTypeAndShapeInferenceFunction()(context);
    else if (getFunctionBody(node, body, oracle.opsetVersion))
      ::onnx::shape_inference::InferShapeForFunctionNode(body, ::onnx::OpSchemaRegistry::Instance(),
                                                         context);
  } catch (const ErrorReported &) {
    return failure();
  } catch (const std::exception &error) {
    return op->emitError() << describeNode(op) << ": " << trimMessage(error);
  }

  SmallVector<Type> types;
  for (auto [index, output] : llvm::enumerate(node.outputs)) {
    if (!output)
      continue;
    TypeProto &proto = *context.getOutputType(index);
    completeType(node, index, proto);
    forgetNegativeSizes(proto);
    FailureOr<Type> type =
        importType(op->getContext(), proto, SymbolicExpr::parse, [&, index = index] {
          return op->emitError() << describeNode(op) << ": output "
                                 << node.schema->outputs()[node.outputFormals[index]].GetName()
                                 << ": ";
        });
    if (failed(type))
      return failure();
    types.push_back(*type);
  }
  return types;
}

} // namespace azulejo::onnx
