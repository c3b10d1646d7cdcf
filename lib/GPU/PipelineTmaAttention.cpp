//===- PipelineTmaAttention.cpp - Attention by wgmma, fed through rings of mbarriers ----------===//
//
// Tiles of keys and of values have a ring each, as a step has read its keys long before its values;
// queries are copied once. The weights P of a step stay in registers, where wgmma takes its left
// operand from, and meet their values a step later: so tensor cores have work while the next step's
// scores become weights.
//
//     S = Q K[0]^T;  m, l, P of S;  O = 0
//     for each further tile of keys j:
//       start S = Q K[j]^T, then O += P V[j - 1]
//       wait for S, give K[j] back;  m, l, P of S
//       wait for O, give V[j - 1] back;  O = O exp(m before - m)
//     O += P V[last]
//
// That is the loop that azulejo-form-cta wrote, its second product taken over into the next step.
//
//===------------------------------------------------------------------------------------------===//
#include "lib/GPU/PipelineTma.h"
#include "lib/GPU/WarpSpecialization.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace azulejo::gpu {

namespace {

/// A step takes longer than to copy the next one's tiles.
constexpr int64_t kStages = 2;

/// The two products of a loop and what they multiply.
struct AttentionLoop {
  cta::DotOp scores, output;
  TmaOperand keys, values;
  /// Copied by the accelerator, too, or else in registers.
  std::optional<TmaOperand> queries;
  /// Which result of the loop the output is.
  unsigned result = 0;
  /// What is computed of the output so far: only when the product before is done.
  llvm::SmallPtrSet<Operation *, 8> ofOutput;

  StringRef match(scf::ForOp loop);
};

StringRef AttentionLoop::match(scf::ForOp loop) {
  SmallVector<cta::DotOp> dots(loop.getOps<cta::DotOp>());
  auto yield = cast<scf::YieldOp>(loop.getBody()->getTerminator());
  if (dots.size() != 2 || !dots[1]->hasOneUse() || *dots[1]->user_begin() != yield)
    return "its loop is not that of attention";
  scores = dots[0];
  output = dots[1];
  result = dots[1]->use_begin()->getOperandNumber();
  for (cta::DotOp dot : dots) {
    if (StringRef why = whyNoWgmma(cast<RankedTensorType>(dot.getType())); !why.empty())
      return why;
    Type element = cast<RankedTensorType>(dot.getA().getType()).getElementType();
    if (!element.isF16() && !element.isBF16())
      return "its operands are neither f16 nor bf16";
  }
  auto start = scores.getC().getDefiningOp<cta::SplatOp>();
  if (!start || !matchPattern(start.getValue(), m_AnyZeroFloat()) ||
      !loop.isDefinedOutsideOfLoop(scores.getA()))
    return "its scores are more than a product with the queries";

  SmallVector<Operation *> work(loop.getRegionIterArg(result).user_begin(),
                                loop.getRegionIterArg(result).user_end());
  while (!work.empty()) {
    Operation *op = work.pop_back_val();
    if (op == output || op == yield || !ofOutput.insert(op).second)
      continue;
    work.append(op->user_begin(), op->user_end());
  }
  if (ofOutput.contains(scores) || ofOutput.contains(output.getA().getDefiningOp()))
    return "its weights depend on the output so far";

  auto k = TmaOperand::match(scores.getB()), v = TmaOperand::match(output.getB());
  if (!k || !v || loop.isDefinedOutsideOfLoop(k->load) || loop.isDefinedOutsideOfLoop(v->load))
    return "keys or values are computed, not loaded";
  for (auto operand : {*k, *v})
    if (StringRef why = operand.whyNoBox(); !why.empty())
      return why;
  // Scores of keys that are not there are replaced; what is beyond a head, and the values that
  // weights of zero meet, are multiplied.
  if (!k->endsWithTensor(/*isLeft=*/false) || !v->endsWithTensor(/*isLeft=*/false))
    return "heads or values end within a tensor";
  keys = *k;
  values = *v;
  queries = TmaOperand::match(scores.getA());
  if (queries && (!queries->whyNoBox().empty() || !queries->endsWithTensor(/*isLeft=*/true) ||
                  queries->load->getBlock() != loop->getBlock()))
    queries.reset();
  return {};
}

class AttentionSpecialization : WarpSpecialization {
public:
  AttentionSpecialization(scf::ForOp loop, AttentionLoop parts, int64_t groups)
      : WarpSpecialization(loop, groups), parts(std::move(parts)) {}

  void run() {
    moveTilesBehind();
    std::optional<TileRing> queries;
    if (parts.queries)
      queries.emplace(b, ArrayRef{*parts.queries}, /*stages=*/1, /*consumers=*/0);
    TileRing keys(b, {parts.keys}, kStages, groups), values(b, {parts.values}, kStages, groups);
    createRoles();
    writeProducer(queries, keys, values);
    writeConsumers(queries, keys, values);
  }

private:
  void writeProducer(std::optional<TileRing> &queries, TileRing &keys, TileRing &values) {
    b.setInsertionPoint(getProducer().getTerminator());
    IRMapping step;
    if (queries)
      queries->fill(b, loop, index(0), parity(0), step);
    scf::ForOp fetch = createLoop({index(0), parity(1)});
    b.setInsertionPointToStart(fetch.getBody());
    Value stage = fetch.getRegionIterArg(0), phase = fetch.getRegionIterArg(1);
    step.map(loop.getInductionVar(), fetch.getInductionVar());
    keys.fill(b, loop, stage, phase, step);
    values.fill(b, loop, stage, phase, step);
    auto [nextStage, nextPhase] = advance(stage, phase, kStages);
    scf::YieldOp::create(b, ValueRange{nextStage, nextPhase});
  }

  /// Where a step's tiles are.
  struct Turn {
    Value stage, phase;
  };

  Value startScores(TileRing &keys, Turn turn) {
    keys.waitFull(b, turn.stage, turn.phase);
    Value no = arith::ConstantOp::create(b, b.getBoolAttr(false));
    return cta::WgmmaOp::create(b, parts.scores.getType(), left, keys.getTile(b, 0, turn.stage),
                                nothing, /*keep=*/no, parts.queries && parts.queries->transposed,
                                parts.keys.transposed,
                                /*tf32=*/false);
  }

  Value startOutput(TileRing &values, Turn turn, Value weights, Value sum) {
    values.waitFull(b, turn.stage, turn.phase);
    return cta::WgmmaOp::create(b, sum.getType(), weights, values.getTile(b, 0, turn.stage), sum,
                                /*keep=*/Value(), /*transpose_a=*/false, parts.values.transposed,
                                /*tf32=*/false);
  }

  Value await(int64_t pending, Value tile) {
    return cta::WgmmaWaitOp::create(b, pending, ValueRange{tile}).getResult(0);
  }

  /// Numbers and tiles of memory of a step are there before its scores.
  static bool isEarly(Operation &op) {
    return isa<cta::LoadOp>(op) ||
           llvm::none_of(op.getResultTypes(), llvm::IsaPred<RankedTensorType>);
  }
  bool isProductOrOperand(Operation &op) {
    return llvm::is_contained(ArrayRef<Operation *>{parts.scores, parts.output, parts.keys.load,
                                                    parts.values.load,
                                                    parts.scores.getB().getDefiningOp(),
                                                    parts.output.getB().getDefiningOp()},
                              &op);
  }
  void cloneStep(IRMapping &step, llvm::function_ref<bool(Operation &)> which) {
    for (Operation &op : loop.getBody()->without_terminator())
      if (!isProductOrOperand(op) && which(op))
        b.clone(op, step);
  }
  /// The weights of the scores that `step` has, and what else goes on to the next step.
  void cloneWeights(IRMapping &step) {
    cloneStep(step, [&](Operation &op) { return !isEarly(op) && !parts.ofOutput.contains(&op); });
  }
  void cloneOutput(IRMapping &step) {
    cloneStep(step, [&](Operation &op) { return parts.ofOutput.contains(&op); });
  }

  /// What goes from step to step: the loop's values, but the output as the second product takes it;
  /// and the weights.
  SmallVector<Value> getCarried(IRMapping &step) {
    SmallVector<Value> carried;
    for (auto [number, value] : llvm::enumerate(loop.getBody()->getTerminator()->getOperands()))
      carried.push_back(step.lookupOrDefault(number == parts.result ? parts.output.getC() : value));
    carried.push_back(step.lookupOrDefault(parts.output.getA()));
    return carried;
  }

  void writeConsumers(std::optional<TileRing> &queries, TileRing &keys, TileRing &values) {
    takeAhead();
    b.setInsertionPoint(getConsumers().getTerminator());
    left = parts.scores.getA();
    auto type = cast<RankedTensorType>(parts.scores.getType());
    Value zero = arith::ConstantOp::create(b, b.getZeroAttr(type.getElementType()));
    nothing = cta::SplatOp::create(b, type, zero);
    if (queries) {
      queries->waitFull(b, index(0), parity(0));
      left = queries->getTile(b, 0, index(0));
    }
    Value some = arith::CmpIOp::create(b, arith::CmpIPredicate::slt, loop.getLowerBound(),
                                       loop.getUpperBound());
    auto branch = scf::IfOp::create(b, loop.getResultTypes(), some, /*addThenBlock=*/true,
                                    /*addElseBlock=*/true);
    {
      OpBuilder::InsertionGuard guard(b);
      b.setInsertionPointToStart(branch.elseBlock());
      scf::YieldOp::create(b, loop.getInitArgs());
      b.setInsertionPointToStart(branch.thenBlock());
      scf::YieldOp::create(b, writeSteps(keys, values));
    }
    finish(branch.getResults());
    if (queries) { // nobody reads them into registers
      Operation *load = parts.queries->load;
      for (Operation *user : llvm::make_early_inc_range(load->getUsers()))
        user->erase();
      load->erase();
    }
  }

  SmallVector<Value> writeSteps(TileRing &keys, TileRing &values) {
    // The first step.
    Turn first{index(0), parity(0)};
    IRMapping step;
    step.map(loop.getInductionVar(), loop.getLowerBound());
    step.map(loop.getRegionIterArgs(), loop.getInitArgs());
    cloneStep(step, isEarly);
    step.map(parts.scores.getResult(), await(0, startScores(keys, first)));
    keys.release(b, first.stage);
    cloneWeights(step);
    cloneOutput(step);

    // The others, each with the values of the one before.
    SmallVector<Value> starts = getCarried(step);
    auto [stage, phase] = advance(first.stage, first.phase, kStages);
    starts.append({first.stage, first.phase, stage, phase});
    Value second = arith::AddIOp::create(b, loop.getLowerBound(), loop.getStep());
    auto steps = scf::ForOp::create(b, second, loop.getUpperBound(), loop.getStep(), starts);
    {
      OpBuilder::InsertionGuard guard(b);
      b.setInsertionPointToStart(steps.getBody());
      writeStep(steps, keys, values);
    }

    // And the last one's values.
    SmallVector<Value> results(steps.getResults());
    Turn last{results[results.size() - 4], results[results.size() - 3]};
    Value weights = results[loop.getNumResults()];
    results.resize(loop.getNumResults());
    results[parts.result] = await(0, startOutput(values, last, weights, results[parts.result]));
    return results;
  }

  void writeStep(scf::ForOp steps, TileRing &keys, TileRing &values) {
    SmallVector<Value> carried(steps.getRegionIterArgs());
    size_t count = loop.getNumResults();
    Turn before{carried[count + 1], carried[count + 2]},
        now{carried[count + 3], carried[count + 4]};
    IRMapping step;
    step.map(loop.getInductionVar(), steps.getInductionVar());
    step.map(loop.getRegionIterArgs(), ArrayRef(carried).take_front(count));
    cloneStep(step, isEarly);
    Value scores = startScores(keys, now);
    Value output = startOutput(values, before, carried[count], carried[parts.result]);
    step.map(parts.scores.getResult(), await(1, scores));
    keys.release(b, now.stage);
    cloneWeights(step);
    step.map(loop.getRegionIterArg(parts.result), await(0, output));
    values.release(b, before.stage);
    cloneOutput(step);
    SmallVector<Value> next = getCarried(step);
    auto [stage, phase] = advance(now.stage, now.phase, kStages);
    next.append({now.stage, now.phase, stage, phase});
    scf::YieldOp::create(b, next);
  }

  AttentionLoop parts;
  /// Of the scores: what keys are multiplied with, and what their sums start from.
  Value left, nothing;
};

} // namespace

StringRef pipelineAttentionByTma(scf::ForOp loop, const hardware::GpuDescription &gpu) {
  AttentionLoop parts;
  if (StringRef why = parts.match(loop); !why.empty())
    return why;
  int64_t bytes = kStages * (parts.keys.getBytes() + parts.values.getBytes()) +
                  (parts.queries ? parts.queries->getBytes() : 0);
  if (bytes > getRingBytes(loop, gpu))
    return "shared memory has no room for two stages";
  int64_t rows = cast<RankedTensorType>(parts.output.getType()).getDimSize(0);
  AttentionSpecialization(loop, std::move(parts), rows / rowsOfWarpGroup).run();
  return {};
}

} // namespace azulejo::gpu
