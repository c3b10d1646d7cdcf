//===- InferReduction.cpp - Shapes that an operand decides: reductions, TopK, Range, OneHot ---===//
#include "lib/Graph/ShapeRules.h"
#include <cmath>

using namespace mlir;
using azulejo::onnx::SymbolicExpr;

namespace azulejo::graph {
namespace {

std::optional<Dims> inferReduction(Operation *op, unsigned, IntegerValues &values) {
  auto data = getDims(getOperand(op, 0));
  if (!data)
    return std::nullopt;
  bool keep = getInt(op, "keepdims") != 0;
  Value axesOperand = getOperand(op, 1);
  auto axes = axesOperand ? values.getConstants(axesOperand) : SmallVector<int64_t>();
  if (!axes) {
    // Which axes go is not known, but how many; none named are all of them.
    auto count = getNumElements(axesOperand);
    if (keep || !count || *count > static_cast<int64_t>(data->size()))
      return keep ? std::optional(Dims(data->size(), std::nullopt)) : std::nullopt;
    bool all = *count == 0 && !getInt(op, "noop_with_empty_axes");
    return Dims(all ? 0 : data->size() - *count, std::nullopt);
  }
  if (axes->empty() && getInt(op, "noop_with_empty_axes"))
    return data;
  Dims result;
  for (auto [i, dim] : llvm::enumerate(*data)) {
    bool reduced = axes->empty() || llvm::any_of(*axes, [&, i = i](int64_t axis) {
                     return normalizeAxis(axis, data->size()) == static_cast<int64_t>(i);
                   });
    if (!reduced)
      result.push_back(dim);
    else if (keep)
      result.push_back(SymbolicExpr(1));
  }
  return result;
}

std::optional<Dims> inferRange(Operation *op, unsigned, IntegerValues &values) {
  auto start = values.getScalar(getOperand(op, 0)), limit = values.getScalar(getOperand(op, 1)),
       delta = values.getScalar(getOperand(op, 2));
  auto step = delta ? delta->getConstant() : std::nullopt;
  if (!start || !limit || !step || *step == 0)
    return std::nullopt;
  SymbolicExpr distance = *step > 0 ? *limit - *start : *start - *limit;
  return Dims{SymbolicExpr::max(SymbolicExpr::ceilDiv(distance, std::abs(*step)), SymbolicExpr(0))};
}

std::optional<Dims> inferTopK(Operation *op, unsigned, IntegerValues &values) {
  auto data = getDims(getOperand(op, 0));
  auto k = values.getScalar(getOperand(op, 1));
  if (!data || data->empty())
    return std::nullopt;
  (*data)[normalizeAxis(getInt(op, "axis"), data->size())] = k ? Dim(*k) : std::nullopt;
  return data;
}

std::optional<Dims> inferOneHot(Operation *op, unsigned, IntegerValues &values) {
  auto data = getDims(getOperand(op, 0));
  auto depth = values.getScalar(getOperand(op, 1));
  if (!data)
    return std::nullopt;
  data->insert(data->begin() + normalizeAxis(getInt(op, "axis"), data->size() + 1),
               depth ? Dim(*depth) : std::nullopt);
  return data;
}

} // namespace

void addReductionShapeRules(ShapeRules &rules) {
  for (StringRef opType : {"ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd"})
    rules[opType] = inferReduction;
  rules["TopK"] = inferTopK;
  rules["Range"] = inferRange;
  rules["OneHot"] = inferOneHot;
}

} // namespace azulejo::graph
