//===- Host.cpp - Sequences, maps, strings, images, and operators of libraries ----------------===//
//
// All operators of HostOperators.cpp have one lowering, and so have those of shared libraries:
// attributes become inputs, so that the function on the other side gets values and nothing else.
//
//===------------------------------------------------------------------------------------------===//
#include "lib/Lower/Host.h"
#include "dialects/ONNX/Schema.h"
#include "dialects/ONNX/Types.h"
#include "dialects/Plan/Plan.h"
#include "lib/Import/Schemas/Libraries.h"
#include "lib/Lower/HostOperators.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace azulejo::lower {

/// An attribute's value, or its default.
static Value getAttributeOperand(Operation *op, const HostOperator::Attribute &attribute,
                                 Lowering &b, std::string &name) {
  auto makeInts = [&](ArrayRef<int64_t> numbers, ArrayRef<int64_t> shape) -> Value {
    name = "int64";
    auto type = RankedTensorType::get(shape, b.getI64Type());
    return arith::ConstantOp::create(b, DenseIntElementsAttr::get(type, numbers));
  };
  if (attribute.kind == HostOperator::Kind::ElementType)
    return makeInts(onnx::getDataType(getElementTypeOrSelf(op->getResult(0))), {});
  Attribute given = op->getAttr(onnx::getAttributeName(attribute.name));
  const auto &formal = onnx::getSchema(op->getName())->attributes().at(attribute.name.str());
  if (attribute.kind == HostOperator::Kind::Int) {
    auto value = dyn_cast_or_null<IntegerAttr>(given);
    int64_t standard = formal.default_value.has_i() ? formal.default_value.i() : -1;
    return makeInts(value ? value.getInt() : standard, {});
  }
  if (attribute.kind == HostOperator::Kind::Ints) {
    auto values = dyn_cast_or_null<DenseI64ArrayAttr>(given);
    ArrayRef<int64_t> numbers = values ? values.asArrayRef() : ArrayRef<int64_t>();
    return makeInts(numbers, static_cast<int64_t>(numbers.size()));
  }
  name = "string";
  SmallVector<StringRef> texts;
  SmallVector<int64_t> shape;
  if (attribute.kind == HostOperator::Kind::String) {
    auto value = dyn_cast_or_null<StringAttr>(given);
    texts.push_back(value ? value.getValue() : StringRef(formal.default_value.s()));
  } else {
    if (auto values = dyn_cast_or_null<ArrayAttr>(given))
      llvm::append_range(texts, values.getAsValueRange<StringAttr>());
    shape.push_back(texts.size());
  }
  return b.constantStrings(texts, shape);
}

/// A library's attribute: a tensor of rank 1, without elements where the node does not have it.
static Value getLibraryAttribute(Operation *op, const azl_operator_attribute &attribute,
                                 Lowering &b, std::string &name) {
  Attribute given = op->getAttr(onnx::getAttributeName(attribute.name));
  auto makeTensor = [&](Type element, auto elements) -> Value {
    if (elements.empty())
      return b.fill(0.0, {b.getIndexAttr(0)}, element);
    auto type = RankedTensorType::get({int64_t(elements.size())}, element);
    return plan::ConstantOp::create(b, type, DenseElementsAttr::get(type, elements));
  };
  switch (attribute.kind) {
  case AZL_ATTRIBUTE_FLOAT:
  case AZL_ATTRIBUTE_FLOATS: {
    name = "float";
    SmallVector<float> elements;
    if (auto value = dyn_cast_or_null<FloatAttr>(given))
      elements.push_back(value.getValue().convertToFloat());
    else if (auto values = dyn_cast_or_null<DenseF32ArrayAttr>(given))
      llvm::append_range(elements, values.asArrayRef());
    return makeTensor(b.getF32Type(), ArrayRef<float>(elements));
  }
  case AZL_ATTRIBUTE_INT:
  case AZL_ATTRIBUTE_INTS: {
    name = "int64";
    SmallVector<int64_t> elements;
    if (auto value = dyn_cast_or_null<IntegerAttr>(given))
      elements.push_back(value.getInt());
    else if (auto values = dyn_cast_or_null<DenseI64ArrayAttr>(given))
      llvm::append_range(elements, values.asArrayRef());
    return makeTensor(b.getI64Type(), ArrayRef<int64_t>(elements));
  }
  default: {
    name = "string";
    SmallVector<StringRef> texts;
    if (auto value = dyn_cast_or_null<StringAttr>(given))
      texts.push_back(value.getValue());
    else if (auto values = dyn_cast_or_null<ArrayAttr>(given))
      llvm::append_range(texts, values.getAsValueRange<StringAttr>());
    return b.constantStrings(texts, {int64_t(texts.size())});
  }
  }
}

/// The call of `function` whose inputs are `attributes`, of these types, and the node's.
static void createApply(Operation *op, StringRef function, ArrayRef<Value> attributes,
                        ArrayRef<std::string> attributeNames, Lowering &b) {
  SmallVector<Value> inputs(attributes);
  SmallVector<std::string> inputNames(attributeNames), resultNames;
  for (Value operand : op->getOperands()) {
    inputs.push_back(b[operand]);
    inputNames.push_back(getTypeName(operand.getType()));
  }
  SmallVector<Type> types;
  for (Type type : op->getResultTypes()) {
    types.push_back(lowerType(type));
    resultNames.push_back(getTypeName(type));
  }
  auto getNames = [&](ArrayRef<std::string> names) {
    return b.getStrArrayAttr(llvm::to_vector_of<StringRef>(names));
  };
  auto apply = plan::ApplyOp::create(b, types, b.getStringAttr(function), inputs,
                                     getNames(inputNames), getNames(resultNames));
  for (auto [original, lowered] : llvm::zip_equal(op->getResults(), apply.getResults()))
    b.map(original, lowered);
}

LogicalResult lowerToHost(Operation *op, Lowering &b) {
  StringRef operation = op->getName().getStringRef();
  const auto *host = llvm::find_if(getHostOperators(), [&](const HostOperator &candidate) {
    return candidate.operation == operation;
  });
  SmallVector<Value> attributes;
  SmallVector<std::string> names;
  for (const HostOperator::Attribute &attribute : host->attributes)
    attributes.push_back(getAttributeOperand(op, attribute, b, names.emplace_back()));
  createApply(op, operation.substr(operation.rfind('.') + 1), attributes, names, b);
  return success();
}

/// Sizes of which the library's inference said that they are others' are compared with what comes.
static void checkSizes(Operation *op, Lowering &b) {
  for (OpResult result : op->getResults())
    for (auto [index, dim] :
         llvm::enumerate(onnx::getDims(cast<RankedTensorType>(result.getType()))))
      if (OpFoldResult said = dim ? b.evaluate(*dim, op) : OpFoldResult())
        b.requireEqual(b.createOrFold<tensor::DimOp>(b[result], index), said,
                       "dimension " + Twine(index) + " of output " +
                           Twine(result.getResultNumber()) +
                           " is {}, and its library's inference said {}");
}

static LogicalResult lowerLibraryOperator(Operation *op, Lowering &b) {
  const azl_operator &library = *schemas::findLibraryOperator(*onnx::getSchema(op->getName()));
  SmallVector<Value> attributes;
  SmallVector<std::string> names;
  for (const azl_operator_attribute &attribute :
       ArrayRef(library.attributes, library.attribute_count)) {
    attributes.push_back(getLibraryAttribute(op, attribute, b, names.emplace_back()));
    if (!attributes.back())
      return failure();
  }
  createApply(op, (Twine(library.domain) + "." + library.name).str(), attributes, names, b);
  checkSizes(op, b);
  return success();
}

void addHostLowerings(LoweringTable &table) {
  for (const HostOperator &host : getHostOperators())
    table.addDefault(host.operation, lowerToHost);
  for (const azl_operator *op : schemas::getLibraryOperators())
    table.addDefault(onnx::getOperationName(*onnx::getNewestSchema(op->domain, op->name)),
                     lowerLibraryOperator);
}

} // namespace azulejo::lower
