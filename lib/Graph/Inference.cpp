#include "lib/Graph/Inference.h"
#include "dialects/ONNX/Schema.h"
#include "lib/Graph/Constants.h"
#include "lib/Import/SchemaInference.h"
#include "onnx/defs/schema.h"

using namespace mlir;

namespace azulejo::graph {

/// ONNX's answer with what our rules know better. Our rules compute with symbols, so where both
/// know a dimension ours is at least as precise; a rank that differs means that a rule of ours met
/// a malformed node, and ONNX's word stands.
static Type refine(Type inferred, const std::optional<Dims> &dims, Type elementType) {
  auto ranked = dyn_cast_or_null<RankedTensorType>(inferred);
  if (!dims || (ranked && ranked.getRank() != static_cast<int64_t>(dims->size())) ||
      (inferred && !isa<TensorType>(inferred)))
    return inferred;
  if (inferred)
    elementType = cast<TensorType>(inferred).getElementType();
  if (!elementType)
    return inferred;
  Dims result = *dims;
  if (ranked)
    for (auto [dim, known] : llvm::zip(result, onnx::getDims(ranked)))
      if (!dim || (known && known->getConstant()))
        dim = known;
  return onnx::getTensorType(result, elementType);
}

LogicalResult inferResultTypes(Operation *op, IntegerValues &values) {
  const ::onnx::OpSchema *schema = onnx::getSchema(op->getName());
  if (!schema)
    return failure();
  // ONNX asks for scalars, and has function bodies that give vectors of one element; every runtime
  // takes those.
  bool vectors = isNode(op, "Range") && llvm::any_of(op->getOperands(), [](Value operand) {
                   return getRank(operand) == 1;
                 });
  if (vectors) {
    Dims dims = inferDims(op, 0, values).value_or(Dims{std::nullopt});
    op->getResult(0).setType(onnx::getTensorType(dims, getElementType(op->getOperand(0))));
    return success();
  }
  // ONNX refuses a first dimension that it does not know to be 1.
  if (isNode(op, "StringNormalizer"))
    if (auto dims = getDims(op->getOperand(0));
        dims && dims->size() == 2 && !((*dims)[0] && (*dims)[0]->getConstant())) {
      op->getResult(0).setType(onnx::getTensorType({onnx::SymbolicExpr(1), std::nullopt},
                                                   getElementType(op->getOperand(0))));
      return success();
    }
  onnx::InferenceOracle oracle;
  oracle.getConstant = [](Value value) -> Attribute { return getConstant(value); };
  oracle.getElements = [&](Value value) { return values.get(value); };
  auto types = onnx::inferResultTypes(op, oracle);
  if (failed(types))
    return failure();
  for (unsigned formal = 0, i = 0; formal < schema->outputs().size(); ++formal) {
    bool variadic = schema->outputs()[formal].GetOption() == ::onnx::OpSchema::Variadic;
    for (auto [position, result] : llvm::enumerate(onnx::getFormalResults(op, formal))) {
      auto dims = inferDims(op, variadic ? position : formal, values);
      if (Type type = refine((*types)[i++], dims, getElementType(result)))
        result.setType(type);
    }
  }
  return success();
}

LogicalResult inferResultTypes(Operation *op) {
  IntegerValues values;
  return inferResultTypes(op, values);
}

} // namespace azulejo::graph
