//===- Attention.cpp - Attention, RotaryEmbedding
//-------------------------------------------------------------------===//
#include "dialects/ONNX/Attention.h"
#include "dialects/Tile/Tile.h"
#include "lib/Lower/Lowering.h"
#include "lib/Lower/ScalarBuilder.h"

using namespace mlir;

namespace azulejo::lower {

static RankedTensorType getType(Value tensor) { return cast<RankedTensorType>(tensor.getType()); }

/// Attention of rank 4 with `Y` alone: what Graph leaves. Everything else it has spelled out.
static LogicalResult lowerAttention(onnx::AttentionOp op, Lowering &b) {
  if (op.getPastKey() || op.getPastValue() || op.getPresentKey() || op.getPresentValue() ||
      op.getQkMatmulOutput() || op.getNonpadKvSeqlen() || getType(op.getQ()).getRank() != 4)
    return b.refuse(op, "only the core form (rank 4, one result, no cache) can be lowered"),
           failure();
  if (static_cast<int64_t>(op.getLeftWindowSize()) >= 0 ||
      static_cast<int64_t>(op.getRightWindowSize()) >= 0)
    return b.refuse(op, "a window must have become a mask"), failure();
  Value q = b[op.getQ()], k = b[op.getK()], v = b[op.getV()], mask = b[op.getAttnMask()];
  if (mask) {
    int64_t missing = 4 - getType(mask).getRank();
    mask = b.unsqueeze(mask, llvm::to_vector(llvm::seq<int64_t>(0, missing)));
  }
  auto sizes = b.getResultSizes(op.getY(), [&](int64_t dim) {
    return dim == 3 ? b.getSize(op.getV(), 3) : b.getSize(op.getQ(), dim);
  });
  double scale;
  if (auto given = op.getScale()) {
    scale = given->convertToFloat();
  } else {
    int64_t size = getType(q).getDimSize(3);
    if (size == ShapedType::kDynamic)
      return b.refuse(op, "the scale must be given where the head size is not known"), failure();
    scale = 1.0 / std::sqrt(static_cast<double>(size));
  }
  Value init = b.empty(sizes, getElementType(q));
  Value y = tile::AttentionOp::create(b, q, k, v, mask, init, scale,
                                      op.getSoftcap().convertToFloat(), op.getIsCausal() != 0)
                .getResult(0);
  b.map(op.getY(), y);
  return success();
}

/// Rotates pairs of elements by the angles whose cosines and sines the caches hold; elements beyond
/// the rotated ones pass through.
static Value lowerRotaryEmbedding(onnx::RotaryEmbeddingOp op, Lowering &lowering) {
  Value x = lowering[op.getX()];
  if (getType(x).getRank() != 4)
    return lowering.refuse(op, "the operand must have rank 4");
  ScalarBuilder::Values inputs = {x, lowering[op.getCosCache()], lowering[op.getSinCache()]};
  if (op.getPositionIds())
    inputs.push_back(lowering[op.getPositionIds()]);
  int64_t rotated = op.getRotaryEmbeddingDim();
  bool interleaved = op.getInterleaved();
  Type elementType = getElementType(x), type = lowering.computeType(elementType);
  ScalarBuilder b(lowering.getLoc(), lowering);
  Value output = lowering.empty(lowering.getSizes(op.getX()), elementType);
  return createKernel(
      b, "rotary_embedding", inputs, output, {},
      [&](ScalarBuilder &, const KernelArguments &arguments) {
        Value input = arguments.inputs[0], zero = b.index(0), one = b.index(1), two = b.index(2);
        Value size = b.dim(input, 3), half = rotated > 0 ? b.index(rotated / 2) : b.div(size, two);
        return forEachRow(
            b, arguments.outputs, 3,
            [&](ScalarBuilder &, ValueRange outer, ValueRange rows) -> ScalarBuilder::Values {
              ScalarBuilder::Values from(outer), angle;
              from.push_back(Value());
              if (op.getPositionIds())
                angle = {b.toIndex(b.load(arguments.inputs[3], {outer[0], outer[2]})), Value()};
              else
                // Caches gathered by position; one for all of the batch may have a batch dimension
                // of 1.
                angle = {getType(arguments.inputs[1]).getDimSize(0) == 1 ? zero : outer[0],
                         outer[2], Value()};
              auto read = [&](Value tensor, ScalarBuilder::Values &at, Value last) {
                at.back() = last;
                return b.convert(b.load(tensor, at), type);
              };
              Value row = b.forLoop(zero, half, rows[0], [&](Value j, Value current) {
                Value first = interleaved ? b.mul(j, two) : j,
                      second = interleaved ? b.add(first, one) : b.add(j, half);
                Value p = read(input, from, first), q = read(input, from, second);
                Value cosine = read(arguments.inputs[1], angle, j),
                      sine = read(arguments.inputs[2], angle, j);
                Value real = b.sub(b.mul(cosine, p), b.mul(sine, q)),
                      imaginary = b.add(b.mul(sine, p), b.mul(cosine, q));
                current = b.store(b.convert(real, elementType), current, first);
                return b.store(b.convert(imaginary, elementType), current, second);
              });
              return {b.forLoop(b.mul(half, two), size, row, [&](Value j, Value current) {
                from.back() = j;
                return b.store(b.load(input, from), current, j);
              })};
            });
      })[0];
}

void addAttentionLowerings(LoweringTable &table) {
  table.add<onnx::AttentionOp>(lowerAttention);
  table.add<onnx::RotaryEmbeddingOp>(lowerRotaryEmbedding);
}

} // namespace azulejo::lower
