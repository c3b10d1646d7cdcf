//===- Host.cpp - Sequences, optionals, strings, images ---------------------------------------===//
//
// All operators of HostOperators.cpp have one lowering: attributes become inputs, so that the
// function on the other side gets values and nothing else.
//
//===------------------------------------------------------------------------------------------===//
#include "lib/Lower/Host.h"
#include "dialects/ONNX/Schema.h"
#include "lib/Lower/HostOperators.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "onnx/defs/schema.h"

using namespace mlir;

namespace azulejo::lower {

/// An attribute's value, or its default.
static Value getAttributeOperand(Operation *op, const HostOperator::Attribute &attribute,
                                 Lowering &b, std::string &name) {
  Attribute given = op->getAttr(onnx::getAttributeName(attribute.name));
  const auto &formal = onnx::getSchema(op->getName())->attributes().at(attribute.name.str());
  if (attribute.kind == HostOperator::Kind::Int) {
    name = "int64";
    auto value = dyn_cast_or_null<IntegerAttr>(given);
    int64_t standard = formal.default_value.has_i() ? formal.default_value.i() : -1;
    int64_t number = value ? value.getInt() : standard;
    auto type = RankedTensorType::get({}, b.getI64Type());
    return arith::ConstantOp::create(b, DenseIntElementsAttr::get(type, number));
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

LogicalResult lowerToHost(Operation *op, Lowering &b) {
  StringRef operation = op->getName().getStringRef();
  const auto *host = llvm::find_if(getHostOperators(), [&](const HostOperator &candidate) {
    return candidate.operation == operation;
  });
  SmallVector<Value> inputs;
  SmallVector<std::string> inputNames, resultNames;
  for (const HostOperator::Attribute &attribute : host->attributes)
    inputs.push_back(getAttributeOperand(op, attribute, b, inputNames.emplace_back()));
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
  auto apply = plan::ApplyOp::create(b, types, b.getStringAttr(operation.drop_front(5)), inputs,
                                     getNames(inputNames), getNames(resultNames));
  for (auto [original, lowered] : llvm::zip_equal(op->getResults(), apply.getResults()))
    b.map(original, lowered);
  return success();
}

void addHostLowerings(LoweringTable &table) {
  for (const HostOperator &host : getHostOperators())
    table.addDefault(host.operation, lowerToHost);
}

} // namespace azulejo::lower
