#include "dialects/Tile/Tile.h"
#include "lib/CPU/MicroKernel.h"
#include "lib/CPU/Passes.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

namespace azulejo::cpu {
#define GEN_PASS_DEF_EXPANDMATMUL
#include "lib/CPU/Passes.h.inc"
} // namespace azulejo::cpu

using namespace mlir;
using namespace azulejo;
using namespace azulejo::cpu;

namespace {

/// A matrix of a batch: the last `rank` dimensions of `value` at the last of `counters`.
Value matrixOf(ImplicitLocOpBuilder &b, Value value, ValueRange counters, int64_t rank) {
  auto type = cast<MemRefType>(value.getType());
  int64_t batch = type.getRank() - rank;
  if (batch == 0)
    return value;
  SmallVector<OpFoldResult> offsets(type.getRank(), b.getIndexAttr(0)),
      strides(type.getRank(), b.getIndexAttr(1)), sizes;
  for (int64_t i = 0; i < batch; ++i)
    offsets[i] = counters[counters.size() - batch + i];
  for (int64_t i = 0; i < type.getRank(); ++i)
    sizes.push_back(i < batch ? OpFoldResult(b.getIndexAttr(1))
                              : memref::getMixedSize(b, b.getLoc(), value, i));
  auto reduced = memref::SubViewOp::inferRankReducedResultType(type.getShape().take_back(rank),
                                                               type, offsets, sizes, strides);
  return memref::SubViewOp::create(b, cast<MemRefType>(reduced), value, offsets, sizes, strides);
}

bool isNarrowFloat(Type type) {
  auto floating = dyn_cast<FloatType>(type);
  return floating && floating.getWidth() < 32;
}

/// A copy of `value`, an f32 buffer of the same shape.
Value widen(ImplicitLocOpBuilder &b, Value value, bool copyElements) {
  auto type = cast<MemRefType>(value.getType());
  SmallVector<Value> sizes;
  for (int64_t i = 0; i < type.getRank(); ++i)
    if (type.isDynamicDim(i))
      sizes.push_back(memref::DimOp::create(b, value, i));
  Value wide = memref::AllocOp::create(b, MemRefType::get(type.getShape(), b.getF32Type()), sizes);
  if (copyElements)
    convertElements(b, value, wide);
  return wide;
}

struct ExpandMatmul : cpu::impl::ExpandMatmulBase<ExpandMatmul> {
  using ExpandMatmulBase::ExpandMatmulBase;

  void runOnOperation() override {
    SmallVector<tile::MatmulOp> matmuls;
    getOperation().walk([&](tile::MatmulOp matmul) { matmuls.push_back(matmul); });
    for (tile::MatmulOp matmul : matmuls) {
      expand(matmul);
      matmul.erase();
    }
  }

  void expand(tile::MatmulOp op) {
    ImplicitLocOpBuilder b(op.getLoc(), op);
    // Loops over the batch, of which operands with fewer batch dimensions see the last counters.
    SmallVector<Value> counters;
    Value zero = arith::ConstantIndexOp::create(b, 0), one = arith::ConstantIndexOp::create(b, 1);
    for (int64_t i = 0; i < op.getBatchRank(); ++i) {
      Value size = b.createOrFold<memref::DimOp>(op.getC(), i);
      auto loop = scf::ForOp::create(b, zero, size, one);
      counters.push_back(loop.getInductionVar());
      b.setInsertionPointToStart(loop.getBody());
    }
    MatmulOperands operands;
    operands.a = matrixOf(b, op.getA(), counters, 2);
    operands.b = matrixOf(b, op.getB(), counters, op.getPackedB() ? 3 : 2);
    operands.c = matrixOf(b, op.getC(), counters, 2);
    operands.transposeA = op.getTransposeA();
    operands.transposeB = op.getTransposeB();
    operands.packedB = op.getPackedB();
    operands.overwrite = op.getOverwrite();

    Type a = op.getAType().getElementType(), c = op.getCType().getElementType();
    // Narrow floats are multiplied and summed in f32, and rounded once.
    Value narrowC;
    if (isNarrowFloat(a))
      operands.a = widen(b, operands.a, true);
    if (isNarrowFloat(c)) {
      narrowC = operands.c;
      operands.c = widen(b, narrowC, !operands.overwrite);
    }
    RegisterTile tile{tileRows, vectorBytes};
    if (!emitVectorMatmul(b, operands, tile))
      emitPlainMatmul(b, operands);
    if (narrowC)
      convertElements(b, operands.c, narrowC);
  }
};

} // namespace
