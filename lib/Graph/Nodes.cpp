#include "lib/Graph/Nodes.h"
#include "dialects/ONNX/Schema.h"
#include "lib/Graph/Inference.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "onnx/defs/schema.h"

using namespace mlir;
using azulejo::onnx::SymbolicExpr;
using ::onnx::AttributeProto;
using ::onnx::OpSchema;

namespace azulejo::graph {

StringRef getOpType(Operation *op) {
  StringRef name = op->getName().getStringRef();
  if (!name.consume_front("onnx."))
    return {};
  // Older versions and other domains spell more than the operator's name, so the schema is asked.
  if (name.contains('_') || name.contains('.')) {
    const OpSchema *schema = onnx::getSchema(op->getName());
    if (!schema)
      return {};
    return schema->domain().empty() ? StringRef(schema->Name()) : name;
  }
  return name == "yield" ? StringRef() : name;
}

bool isNode(Operation *op, StringRef opType) {
  if (!op)
    return false;
  StringRef name = op->getName().getStringRef();
  return name.consume_front("onnx.") && name == opType;
}

bool isAnyNode(Operation *op, ArrayRef<StringRef> opTypes) {
  return llvm::any_of(opTypes, [&](StringRef opType) { return isNode(op, opType); });
}

Operation *getDefining(Value value, StringRef opType) {
  Operation *op = value ? value.getDefiningOp() : nullptr;
  return isNode(op, opType) ? op : nullptr;
}

Value getOperand(Operation *op, unsigned index) {
  const OpSchema *schema = onnx::getSchema(op->getName());
  if (!schema || index >= schema->inputs().size())
    return {};
  OperandRange range = onnx::getFormalOperands(op, index);
  return range.empty() ? Value() : range.front();
}

Value getResult(Operation *op, unsigned index) {
  const OpSchema *schema = onnx::getSchema(op->getName());
  if (!schema || index >= schema->outputs().size())
    return {};
  ResultRange range = onnx::getFormalResults(op, index);
  return range.empty() ? Value() : Value(range.front());
}

/// The attribute's default, or null.
static const AttributeProto *getDefault(Operation *op, StringRef name) {
  const OpSchema *schema = onnx::getSchema(op->getName());
  if (!schema)
    return nullptr;
  auto attribute = schema->attributes().find(name.str());
  return attribute == schema->attributes().end() ? nullptr : &attribute->second.default_value;
}

int64_t getInt(Operation *op, StringRef name) {
  if (auto value = op->getAttrOfType<IntegerAttr>(onnx::getAttributeName(name)))
    return value.getInt();
  const AttributeProto *value = getDefault(op, name);
  return value ? value->i() : 0;
}

float getFloat(Operation *op, StringRef name) {
  if (auto value = op->getAttrOfType<FloatAttr>(name))
    return value.getValue().convertToFloat();
  const AttributeProto *value = getDefault(op, name);
  return value ? value->f() : 0.0f;
}

StringRef getString(Operation *op, StringRef name) {
  if (auto value = op->getAttrOfType<StringAttr>(name))
    return value.getValue();
  const AttributeProto *value = getDefault(op, name);
  return value ? StringRef(value->s()) : StringRef();
}

std::optional<SmallVector<int64_t>> getInts(Operation *op, StringRef name) {
  if (auto value = op->getAttrOfType<DenseI64ArrayAttr>(name))
    return SmallVector<int64_t>(value.asArrayRef());
  return std::nullopt;
}

std::string getNodeName(Operation *op) {
  Location loc = op->getLoc();
  if (auto fused = dyn_cast<FusedLoc>(loc); fused && !fused.getLocations().empty())
    loc = fused.getLocations().front();
  if (auto name = dyn_cast<NameLoc>(loc))
    return name.getName().str();
  return getOpType(op).str();
}

TensorType getTensorType(Value value) {
  return value ? dyn_cast<TensorType>(value.getType()) : TensorType();
}

Type getElementType(Value value) {
  TensorType type = getTensorType(value);
  return type ? type.getElementType() : Type();
}

std::optional<int64_t> getRank(Value value) {
  auto type = dyn_cast_or_null<RankedTensorType>(getTensorType(value));
  return type ? std::optional(type.getRank()) : std::nullopt;
}

std::optional<Dims> getDims(Value value) {
  auto type = dyn_cast_or_null<RankedTensorType>(getTensorType(value));
  return type ? std::optional<Dims>(onnx::getDims(type)) : std::nullopt;
}

std::optional<int64_t> getNumElements(Value value) {
  auto type = dyn_cast_or_null<RankedTensorType>(getTensorType(value));
  return type && type.hasStaticShape() ? std::optional(type.getNumElements()) : std::nullopt;
}

bool haveSameShape(Value a, Value b) {
  auto left = getDims(a), right = getDims(b);
  return left && right && left->size() == right->size() &&
         llvm::all_of(llvm::zip(*left, *right), [](auto pair) {
           auto &[x, y] = pair;
           return x && y && *x == *y;
         });
}

//===------------------------------------------------------------------------------------------===//
// Making nodes
//===------------------------------------------------------------------------------------------===//

Operation *createNode(OpBuilder &builder, Location loc, StringRef operationName,
                      ArrayRef<Value> operands, ArrayRef<Type> resultTypes,
                      ArrayRef<NamedAttribute> attributes) {
  OperationName name(operationName, builder.getContext());
  const OpSchema *schema = onnx::getSchema(name);
  assert(schema && "no such operator");
  OperationState state(loc, name);
  state.addAttributes(attributes);

  // How many of the given values a formal parameter takes: a variadic one all that are left.
  auto getSizes = [](const std::vector<OpSchema::FormalParameter> &formals, auto present,
                     size_t total) {
    SmallVector<int32_t> sizes;
    size_t position = 0;
    for (const auto &formal : formals) {
      int32_t size = 0;
      size_t end = formal.GetOption() == OpSchema::Variadic ? total : std::min(position + 1, total);
      for (; position < end; ++position)
        size += present(position);
      sizes.push_back(size);
    }
    return sizes;
  };
  auto operandSizes =
      getSizes(schema->inputs(), [&](size_t i) { return operands[i] != nullptr; }, operands.size());
  auto resultSizes = getSizes(
      schema->outputs(), [&](size_t i) { return resultTypes[i] != nullptr; }, resultTypes.size());
  for (Value operand : operands)
    if (operand)
      state.operands.push_back(operand);
  for (Type type : resultTypes)
    if (type)
      state.types.push_back(type);
  if (onnx::needsOperandSegments(*schema))
    state.addAttribute(onnx::operandSegmentsName, builder.getDenseI32ArrayAttr(operandSizes));
  if (onnx::needsResultSegments(*schema))
    state.addAttribute(onnx::resultSegmentsName, builder.getDenseI32ArrayAttr(resultSizes));
  for (const auto &[attributeName, attribute] : schema->attributes())
    if (attribute.type == AttributeProto::GRAPH)
      state.addRegion();
  return builder.create(state);
}

Operation *NodeBuilder::nodeWithResults(StringRef opType, ArrayRef<Value> operands,
                                        ArrayRef<NamedAttribute> attributes, unsigned results) {
  SmallVector<Type> placeholders(results, UnrankedTensorType::get(builder.getF32Type()));
  Operation *op =
      createNode(builder, loc, ("onnx." + opType).str(), operands, placeholders, attributes);
  // A failure has been reported, and leaves the results unranked.
  (void)inferResultTypes(op);
  return op;
}

Value NodeBuilder::node(StringRef opType, ArrayRef<Value> operands,
                        ArrayRef<NamedAttribute> attributes) {
  return nodeWithResults(opType, operands, attributes, 1)->getResult(0);
}

NamedAttribute NodeBuilder::attr(StringRef name, int64_t value) const {
  return builder.getNamedAttr(onnx::getAttributeName(name), builder.getI64IntegerAttr(value));
}
NamedAttribute NodeBuilder::attr(StringRef name, float value) const {
  return builder.getNamedAttr(name, builder.getF32FloatAttr(value));
}
NamedAttribute NodeBuilder::attr(StringRef name, StringRef value) const {
  return builder.getNamedAttr(name, builder.getStringAttr(value));
}
NamedAttribute NodeBuilder::attr(StringRef name, ArrayRef<int64_t> value) const {
  return builder.getNamedAttr(name, builder.getDenseI64ArrayAttr(value));
}
NamedAttribute NodeBuilder::attr(StringRef name, Attribute value) const {
  return builder.getNamedAttr(name, value);
}

Value NodeBuilder::constant(TypedAttr value) {
  return createNode(builder, loc, "onnx.Constant", {}, value.getType(),
                    {builder.getNamedAttr("value", value)})
      ->getResult(0);
}

Value NodeBuilder::ints(ArrayRef<int64_t> values) {
  return constant(DenseIntElementsAttr::get(
      RankedTensorType::get({static_cast<int64_t>(values.size())}, builder.getI64Type()), values));
}

Value NodeBuilder::floats(ArrayRef<float> values) {
  return constant(DenseFPElementsAttr::get(
      RankedTensorType::get({static_cast<int64_t>(values.size())}, builder.getF32Type()), values));
}

Value NodeBuilder::scalarInt(int64_t value) {
  return constant(
      DenseIntElementsAttr::get(RankedTensorType::get({}, builder.getI64Type()), value));
}

Value NodeBuilder::scalar(double value, Type elementType) {
  return constant(getScalarAttr(value, elementType));
}

DenseElementsAttr getScalarAttr(double value, Type elementType) {
  auto type = RankedTensorType::get({}, elementType);
  if (auto floatType = dyn_cast<FloatType>(elementType)) {
    llvm::APFloat number(value);
    bool lossy;
    number.convert(floatType.getFloatSemantics(), llvm::APFloat::rmNearestTiesToEven, &lossy);
    return DenseElementsAttr::get(type, number);
  }
  auto width = elementType.getIntOrFloatBitWidth();
  return DenseElementsAttr::get(type, llvm::APInt(width, static_cast<int64_t>(value),
                                                  /*isSigned=*/true, /*implicitTrunc=*/true));
}

//===------------------------------------------------------------------------------------------===//
// Replacing nodes
//===------------------------------------------------------------------------------------------===//

Type mergeTypes(Type from, Type other) {
  auto type = dyn_cast<TensorType>(from);
  auto otherType = dyn_cast<RankedTensorType>(other);
  if (!type || !otherType)
    return from;
  auto ranked = dyn_cast<RankedTensorType>(from);
  if (!ranked)
    return onnx::getTensorType(onnx::getDims(otherType), type.getElementType());
  if (ranked.getRank() != otherType.getRank())
    return from;
  auto dims = onnx::getDims(ranked);
  for (auto [dim, otherDim] : llvm::zip(dims, onnx::getDims(otherType)))
    if (!dim || (!dim->getConstant() && otherDim && otherDim->getConstant()))
      dim = otherDim;
  return onnx::getTensorType(dims, type.getElementType());
}

void replaceValue(Value from, Value to) {
  // A graph's input keeps the type its caller knows.
  if (!isa<BlockArgument>(to))
    to.setType(mergeTypes(to.getType(), from.getType()));
  from.replaceAllUsesWith(to);
}

void replaceNode(Operation *op, Value to) {
  replaceValue(op->getResult(0), to);
  op->erase();
}

void updateSignature(func::FuncOp function) {
  if (function.isDeclaration())
    return;
  Block &entry = function.getBody().front();
  auto results = entry.getTerminator()->getOperandTypes();
  function.setFunctionType(
      FunctionType::get(function.getContext(), entry.getArgumentTypes(), results));
}

} // namespace azulejo::graph
