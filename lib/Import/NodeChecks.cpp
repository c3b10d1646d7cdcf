//===- NodeChecks.cpp - What ONNX's inference takes at its word -------------------------------===//
#include "lib/Import/NodeChecks.h"
#include "lib/Import/SchemaInference.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "onnx/defs/schema.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using ::onnx::OpSchema;

namespace azulejo::onnx {

/// LayerNormalization for one writes into its result's shape by it.
static LogicalResult checkAxis(Operation *op, const OpSchema &schema) {
  auto axis = op->getAttrOfType<IntegerAttr>("axis");
  auto type = op->getNumOperands() ? dyn_cast<RankedTensorType>(op->getOperand(0).getType())
                                   : RankedTensorType();
  if (!axis || !type)
    return success();
  // Operators of others may mean another operand; the nodes of their bodies are checked.
  if (!StringRef(schema.domain()).starts_with("ai.onnx") && !schema.domain().empty())
    return success();
  // Per tensor, an axis is there and says nothing.
  StringRef name = schema.Name();
  if (name == "QuantizeLinear" || name == "DequantizeLinear")
    return success();
  // One more where a dimension is made, or where all of them may lie before it; until version 13
  // Softmax flattened at its axis, and until version 7 operands were aligned at it.
  bool oneMore = name == "Flatten" || name == "OneHot" || schema.SinceVersion() < 13;
  int64_t rank = std::max<int64_t>(type.getRank(), 1), value = axis.getInt(),
          most = oneMore ? rank : rank - 1;
  if (value >= (name == "OneHot" ? -rank - 1 : -rank) && value <= most)
    return success();
  return op->emitError() << describeNode(op) << ": attribute 'axis' is " << value
                         << ", and the operand has " << type.getRank() << " dimensions";
}

/// Letters, and at most one `...`.
static bool isTerm(StringRef term) {
  auto [front, back] = term.split("...");
  auto isLetter = [](char c) { return llvm::isAlpha(c); };
  return llvm::all_of(front, isLetter) && llvm::all_of(back, isLetter);
}

/// Einsum's inference does not get beyond any other sign, not even a space.
static LogicalResult checkEquation(Operation *op) {
  auto attribute = op->getAttrOfType<StringAttr>("equation");
  if (!attribute)
    return success();
  std::string equation = attribute.str();
  llvm::erase(equation, ' ');
  auto [left, right] = StringRef(equation).split("->");
  SmallVector<StringRef> terms;
  left.split(terms, ',');
  if (!llvm::all_of(terms, isTerm) || !isTerm(right))
    return op->emitError() << describeNode(op) << ": attribute 'equation' is '"
                           << attribute.getValue() << "'";
  op->setAttr("equation", StringAttr::get(op->getContext(), equation));
  return success();
}

LogicalResult checkNode(Operation *op, const OpSchema &schema) {
  if (schema.domain().empty() && schema.Name() == "Einsum")
    return checkEquation(op);
  return checkAxis(op, schema);
}

} // namespace azulejo::onnx
