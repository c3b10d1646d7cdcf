//===- PipelineTma.cpp - A product by wgmma, fed through a ring of mbarriers ------------------===//
//
// A and B of a step share a stage. The product of one step runs while the next one's is started:
// a stage is given back when the product behind it is under way (WarpSpecialization.h has the
// rest).
//
//===------------------------------------------------------------------------------------------===//
#include "lib/GPU/PipelineTma.h"
#include "lib/GPU/WarpSpecialization.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace azulejo::gpu {

namespace {

class ProductSpecialization : WarpSpecialization {
public:
  ProductSpecialization(scf::ForOp loop, cta::DotOp dot, TmaOperand left, TmaOperand right,
                        int64_t stages, int64_t groups)
      : WarpSpecialization(loop, groups), dot(dot), left(left), right(right), stages(stages) {}

  void run() {
    moveTilesBehind();
    TileRing ring(b, {left, right}, stages, groups);
    createRoles();
    writeProducer(ring);
    writeConsumers(ring);
  }

private:
  void writeProducer(TileRing &ring) {
    b.setInsertionPoint(getProducer().getTerminator());
    scf::ForOp fetch = createLoop({index(0), parity(1)});
    b.setInsertionPointToStart(fetch.getBody());
    Value stage = fetch.getRegionIterArg(0), phase = fetch.getRegionIterArg(1);
    IRMapping step;
    step.map(loop.getInductionVar(), fetch.getInductionVar());
    ring.fill(b, loop, stage, phase, step);
    auto [nextStage, nextPhase] = advance(stage, phase, stages);
    scf::YieldOp::create(b, ValueRange{nextStage, nextPhase});
  }

  void writeConsumers(TileRing &ring) {
    takeAhead();
    b.setInsertionPoint(getConsumers().getTerminator());
    scf::ForOp multiply = createLoop({loop.getInitArgs()[0], index(0), parity(0), index(-1)});
    {
      OpBuilder::InsertionGuard guard(b);
      b.setInsertionPointToStart(multiply.getBody());
      Value sum = multiply.getRegionIterArg(0), stage = multiply.getRegionIterArg(1),
            phase = multiply.getRegionIterArg(2), before = multiply.getRegionIterArg(3);
      ring.waitFull(b, stage, phase);
      auto product = cta::WgmmaOp::create(
          b, sum.getType(), ring.getTile(b, 0, stage), ring.getTile(b, 1, stage), sum,
          /*keep=*/Value(), left.transposed, right.transposed, dot.getTf32());
      cta::WgmmaWaitOp::create(b, /*pending=*/1, ValueRange());
      Value exists = arith::CmpIOp::create(b, arith::CmpIPredicate::sge, before, index(0));
      {
        OpBuilder::InsertionGuard inner(b);
        auto branch = scf::IfOp::create(b, exists, /*withElseRegion=*/false);
        b.setInsertionPointToStart(branch.thenBlock());
        ring.release(b, before);
      }
      auto [nextStage, nextPhase] = advance(stage, phase, stages);
      scf::YieldOp::create(b, ValueRange{product.getResult(), nextStage, nextPhase, stage});
    }
    finish(
        cta::WgmmaWaitOp::create(b, /*pending=*/0, ValueRange{multiply.getResult(0)}).getResults());
  }

  cta::DotOp dot;
  TmaOperand left, right;
  int64_t stages;
};

} // namespace

StringRef pipelineByTma(scf::ForOp loop, const hardware::GpuDescription &gpu) {
  auto yield = cast<scf::YieldOp>(loop.getBody()->getTerminator());
  auto dot =
      loop.getNumResults() == 1 ? yield.getResults()[0].getDefiningOp<cta::DotOp>() : cta::DotOp();
  if (!dot || dot.getC() != loop.getRegionIterArg(0) || !dot->hasOneUse())
    return "its loop does more than to sum up a product";
  auto sum = cast<RankedTensorType>(dot.getType());
  if (StringRef why = whyNoWgmma(sum); !why.empty())
    return why;
  auto left = TmaOperand::match(dot.getA()), right = TmaOperand::match(dot.getB());
  if (!left || !right)
    return "an operand is computed, not loaded";
  for (auto operand : {*left, *right})
    if (StringRef why = operand.whyNoBox(); !why.empty())
      return why;
  Type element = left->getType().getElementType();
  bool is16 = element.isF16() || element.isBF16();
  if (!is16 && !(dot.getTf32() && !left->transposed && right->transposed))
    return "elements of 32 bits are multiplied along rows only";
  // Of rows and columns beyond the end nothing is kept; along K they would be summed.
  if (!left->endsWithTensor(/*isLeft=*/true) || !right->endsWithTensor(/*isLeft=*/false))
    return "the product ends within a tensor";
  int64_t stages =
      std::min<int64_t>(4, getRingBytes(loop, gpu) / (left->getBytes() + right->getBytes()));
  if (stages < 2)
    return "shared memory has no room for two stages";
  ProductSpecialization(loop, dot, *left, *right, stages, sum.getDimSize(0) / rowsOfWarpGroup)
      .run();
  return {};
}

} // namespace azulejo::gpu
