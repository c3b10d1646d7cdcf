//===- InferContraction.cpp - Shapes of products of matrices and of Attention -----------------===//
#include "lib/Graph/ShapeRules.h"

using namespace mlir;
using azulejo::onnx::SymbolicExpr;

namespace azulejo::graph {
namespace {

std::optional<Dims> inferMatMul(Operation *op, unsigned, IntegerValues &) {
  auto a = getDims(getOperand(op, 0)), b = getDims(getOperand(op, 1));
  if (!a || !b || a->empty() || b->empty())
    return std::nullopt;
  Dims batchA(a->begin(), a->end() - std::min<size_t>(2, a->size())),
      batchB(b->begin(), b->end() - std::min<size_t>(2, b->size()));
  Dims result = *broadcastDims(batchA, batchB);
  if (a->size() > 1)
    result.push_back((*a)[a->size() - 2]);
  if (b->size() > 1)
    result.push_back(b->back());
  return result;
}

std::optional<Dims> inferAttention(Operation *op, unsigned index, IntegerValues &) {
  auto q = getDims(getOperand(op, 0)), k = getDims(getOperand(op, 1)),
       v = getDims(getOperand(op, 2));
  if (!q || !k || !v || q->size() != k->size() || k->size() != v->size())
    return std::nullopt;
  auto pastKey = getOperand(op, 4) ? getDims(getOperand(op, 4)) : std::nullopt;
  if (getOperand(op, 4) && (!pastKey || pastKey->size() != 4))
    return std::nullopt;
  bool packed = q->size() == 3;
  if (!packed && q->size() != 4)
    return std::nullopt;
  Dim batch = (*q)[0], length = packed ? (*q)[1] : (*q)[2];
  Dim queryHeads = packed ? Dim(SymbolicExpr(getInt(op, "q_num_heads"))) : (*q)[1];
  Dim keyHeads = packed ? Dim(SymbolicExpr(getInt(op, "kv_num_heads"))) : (*k)[1];
  auto headSize = [&](const Dims &dims) -> Dim {
    if (!packed)
      return dims[3];
    auto heads = keyHeads->getConstant();
    return heads && *heads > 0 && dims[2] ? Dim(SymbolicExpr::floorDiv(*dims[2], *heads))
                                          : std::nullopt;
  };
  Dim total = packed ? (*k)[1] : (*k)[2];
  if (pastKey)
    total = add((*pastKey)[2], total);
  switch (index) {
  case 0:
    return packed ? Dims{batch, length, mul(queryHeads, headSize(*v))}
                  : Dims{batch, queryHeads, length, headSize(*v)};
  case 1:
    return Dims{batch, keyHeads, total, headSize(*k)};
  case 2:
    return Dims{batch, keyHeads, total, headSize(*v)};
  default:
    return Dims{batch, queryHeads, length, total};
  }
}

} // namespace

void addContractionShapeRules(ShapeRules &rules) {
  rules["MatMul"] = inferMatMul;
  rules["MatMulInteger"] = inferMatMul;
  rules["Attention"] = inferAttention;
}

} // namespace azulejo::graph
