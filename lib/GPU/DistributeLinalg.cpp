#include "lib/Codegen/Memory.h"
#include "lib/GPU/Structured.h"
#include "mlir/Analysis/SliceAnalysis.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;

namespace azulejo::gpu {
namespace {

/// Reductions shorter than this are not worth a warp.
constexpr int64_t kLeastWarpReduction = 32;
/// The widest access to memory.
constexpr int64_t kVectorBytes = 16;

class Distribution {
public:
  Distribution(ImplicitLocOpBuilder &b, const Team &team, linalg::LinalgOp op)
      : b(b), team(team), op(op) {
    for (Range range : op.createLoopRanges(b, b.getLoc()))
      sizes.push_back(getValueOrCreateConstantIndexOp(b, b.getLoc(), range.size));
    for (auto [loop, type] : llvm::enumerate(op.getIteratorTypesArray()))
      (type == utils::IteratorType::parallel ? parallel : reduction).push_back(loop);
    for (OpOperand &out : op.getDpsInitsMutable()) {
      AffineMap map = op.getMatchingIndexingMap(&out);
      accumulates.push_back(!reduction.empty() && llvm::none_of(reduction, [&](unsigned loop) {
        return map.isFunctionOfDim(loop);
      }));
    }
  }

  void run() {
    orderParallel();
    if (reduction.empty())
      return runPoints();
    if (!walksAlongReduction() || !findCombiners())
      return runResults();
    if (hasFewResults())
      return runBlock();
    runWarps();
  }

private:
  /// Consecutive threads take consecutive elements of the result, as far as its map says: its last
  /// dimension is the loop that runs fastest.
  void orderParallel() {
    AffineMap map = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
    auto position = [&](unsigned loop) {
      int64_t found = -1;
      for (auto [index, expr] : llvm::enumerate(map.getResults()))
        if (expr.isFunctionOfDim(loop))
          found = index;
      return found;
    };
    llvm::stable_sort(parallel, [&](unsigned a, unsigned b) { return position(a) < position(b); });
  }

  SmallVector<Value> sizesOf(ArrayRef<unsigned> loops) {
    return llvm::map_to_vector(loops, [&](unsigned loop) { return sizes[loop]; });
  }

  void set(SmallVectorImpl<Value> &counters, ArrayRef<unsigned> loops, Value number) {
    for (auto [loop, index] : llvm::zip(loops, delinearize(b, number, sizesOf(loops))))
      counters[loop] = index;
  }

  Value load(OpOperand &operand, ValueRange counters) {
    if (!isa<MemRefType>(operand.get().getType()))
      return operand.get();
    SmallVector<Value> index = apply(b, op.getMatchingIndexingMap(&operand), counters);
    return memref::LoadOp::create(b, operand.get(), index);
  }

  void store(Value value, OpOperand &operand, ValueRange counters) {
    SmallVector<Value> index = apply(b, op.getMatchingIndexingMap(&operand), counters);
    memref::StoreOp::create(b, value, operand.get(), index);
  }

  /// The values that the body yields at one point, from `outs` (null where the body's argument is
  /// not used).
  SmallVector<Value> computePoint(ValueRange counters, ArrayRef<Value> outs) {
    IRMapping mapping;
    Block *body = op.getBlock();
    for (OpOperand *input : op.getDpsInputOperands()) {
      BlockArgument argument = op.getMatchingBlockArgument(input);
      if (!argument.use_empty())
        mapping.map(argument, load(*input, counters));
    }
    for (auto [out, value] : llvm::zip(op.getDpsInitsMutable(), outs)) {
      BlockArgument argument = op.getMatchingBlockArgument(&out);
      if (!argument.use_empty())
        mapping.map(argument, value);
    }
    for (Operation &nested : body->without_terminator()) {
      if (auto index = dyn_cast<linalg::IndexOp>(nested))
        mapping.map(index.getResult(), counters[index.getDim()]);
      else
        b.clone(nested, mapping);
    }
    return llvm::map_to_vector(body->getTerminator()->getOperands(),
                               [&](Value value) { return mapping.lookupOrDefault(value); });
  }

  SmallVector<Value> loadOuts(ValueRange counters) {
    SmallVector<Value> outs;
    for (OpOperand &out : op.getDpsInitsMutable())
      outs.push_back(op.getMatchingBlockArgument(&out).use_empty() ? Value() : load(out, counters));
    return outs;
  }

  /// How many consecutive points along the fastest loop a thread takes at once, so that LLVM makes
  /// accesses of 128 bits of them: 1 where memory is not walked in order, or where a row's size
  /// does not tell that each row starts aligned.
  int64_t getVectorSize() {
    if (parallel.empty())
      return 1;
    unsigned loop = parallel.back();
    int64_t most = 1, size = op.getStaticLoopRanges()[loop];
    for (OpOperand &operand : op->getOpOperands()) {
      auto type = dyn_cast<MemRefType>(operand.get().getType());
      if (!type)
        continue;
      AffineMap map = op.getMatchingIndexingMap(&operand);
      bool moves = map.isFunctionOfDim(loop);
      if (!moves && op.isDpsInit(&operand))
        return 1;
      if (!moves)
        continue;
      auto [strides, offset] = type.getStridesAndOffset();
      if (map.getResults().back() != b.getAffineDimExpr(loop) || strides.back() != 1 ||
          llvm::any_of(map.getResults().drop_back(),
                       [&](AffineExpr expr) { return expr.isFunctionOfDim(loop); }))
        return 1;
      most = std::max(most, codegen::getElementBytes(type.getElementType()));
    }
    int64_t points = kVectorBytes / most;
    if (points <= 1 || ShapedType::isDynamic(size) || size % points != 0)
      return 1;
    return points;
  }

  void runPoints() {
    int64_t vector = getVectorSize();
    unsigned fastest = parallel.empty() ? 0 : parallel.back();
    SmallVector<Value> vectors = sizesOf(parallel);
    if (vector > 1)
      vectors.back() = constantIndex(b, op.getStaticLoopRanges()[fastest] / vector);
    forEachPoint(b, team, multiply(b, vectors), [&](Value number) {
      SmallVector<SmallVector<Value>> points(vector, SmallVector<Value>(sizes.size()));
      SmallVector<Value> indices = delinearize(b, number, vectors);
      for (auto [i, counters] : llvm::enumerate(points)) {
        for (auto [loop, index] : llvm::zip(parallel, indices))
          counters[loop] = index;
        if (vector > 1)
          counters[fastest] = apply(b, b.getAffineDimExpr(0) * vector + i, indices.back());
      }
      // What is read together is read before anything is written.
      SmallVector<SmallVector<Value>> results;
      for (ArrayRef<Value> counters : points)
        results.push_back(computePoint(counters, loadOuts(counters)));
      for (auto [counters, values] : llvm::zip(points, results))
        for (auto [out, value] : llvm::zip(op.getDpsInitsMutable(), values))
          store(value, out, counters);
    });
  }

  /// One step of a reduction: the next accumulators. What is no accumulator is stored.
  SmallVector<Value> step(ValueRange counters, ValueRange accumulators) {
    SmallVector<Value> outs, next;
    unsigned index = 0;
    for (auto [out, isAccumulator] : llvm::zip(op.getDpsInitsMutable(), accumulates)) {
      if (isAccumulator)
        outs.push_back(accumulators[index++]);
      else
        outs.push_back(op.getMatchingBlockArgument(&out).use_empty() ? Value()
                                                                     : load(out, counters));
    }
    SmallVector<Value> results = computePoint(counters, outs);
    for (auto [out, isAccumulator, value] :
         llvm::zip(op.getDpsInitsMutable(), accumulates, results)) {
      if (isAccumulator)
        next.push_back(value);
      else
        store(value, out, counters);
    }
    return next;
  }

  /// Calls `step` for the reduction's points from `from` on, every `by`-th.
  SmallVector<Value> reduce(SmallVector<Value> counters, Value from, int64_t by,
                            ValueRange accumulators) {
    return loop(b, from, multiply(b, sizesOf(reduction)), constantIndex(b, by), accumulators,
                [&](Value number, ValueRange carried) {
                  set(counters, reduction, number);
                  return step(counters, carried);
                });
  }

  template <typename Fn> void forEachAccumulator(Fn fn) {
    unsigned index = 0;
    for (auto [out, isAccumulator] : llvm::zip(op.getDpsInitsMutable(), accumulates))
      if (isAccumulator)
        fn(index++, out);
  }

  /// A thread for each result.
  void runResults() {
    forEachPoint(b, team, multiply(b, sizesOf(parallel)), [&](Value point) {
      SmallVector<Value> counters(sizes.size()), accumulators;
      set(counters, parallel, point);
      forEachAccumulator(
          [&](unsigned, OpOperand &out) { accumulators.push_back(load(out, counters)); });
      accumulators = reduce(counters, constantIndex(b, 0), 1, accumulators);
      forEachAccumulator(
          [&](unsigned index, OpOperand &out) { store(accumulators[index], out, counters); });
    });
  }

  /// Whether consecutive steps of the reduction read consecutive elements of the largest operand,
  /// and there are enough of them for a warp.
  bool walksAlongReduction() {
    int64_t steps = 1;
    for (unsigned loop : reduction) {
      int64_t size = op.getStaticLoopRanges()[loop];
      if (ShapedType::isDynamic(size))
        steps = kLeastWarpReduction;
      steps = ShapedType::isDynamic(size) || steps >= kLeastWarpReduction
                  ? std::max(steps, kLeastWarpReduction)
                  : steps * size;
    }
    if (steps < kLeastWarpReduction)
      return false;
    for (OpOperand *input : op.getDpsInputOperands()) {
      AffineMap map = op.getMatchingIndexingMap(input);
      if (map.getNumResults() > 0 && map.getNumDims() == op.getNumLoops() &&
          map.getResults().back().isFunctionOfDim(reduction.back()))
        return true;
    }
    return parallel.empty();
  }

  /// Whether every accumulator is combined by one operation that has a neutral element.
  bool findCombiners() {
    ArrayRef<BlockArgument> arguments = op.getRegionOutputArgs();
    for (auto [index, isAccumulator] : llvm::enumerate(accumulates)) {
      if (!isAccumulator)
        return false;
      SmallVector<Operation *> operations;
      if (!matchReduction(arguments, index, operations) || operations.size() != 1 ||
          !arith::getNeutralElement(operations[0]))
        return false;
      combiners.push_back(operations[0]);
    }
    return true;
  }

  Value combine(Operation *combiner, Value x, Value y) {
    OperationState state(b.getLoc(), combiner->getName());
    state.addOperands({x, y});
    state.addTypes(x.getType());
    state.propertiesAttr = combiner->getPropertiesAsAttribute();
    return b.create(state)->getResult(0);
  }

  /// Whether most warps of the block would have no result to work at.
  bool hasFewResults() {
    int64_t results = 1;
    for (unsigned loop : parallel) {
      int64_t size = op.getStaticLoopRanges()[loop];
      if (ShapedType::isDynamic(size))
        return false;
      results *= size;
    }
    return results <= team.size / kWarpSize / 4;
  }

  SmallVector<Value> neutralElements() {
    return llvm::map_to_vector(combiners, [&](Operation *combiner) -> Value {
      return arith::ConstantOp::create(b, *arith::getNeutralElement(combiner));
    });
  }

  /// Every lane gets what those of its warp come to.
  void combineLanes(MutableArrayRef<Value> accumulators) {
    for (auto [accumulator, combiner] : llvm::zip(accumulators, combiners))
      for (int64_t mask = kWarpSize / 2; mask > 0; mask /= 2)
        accumulator = combine(combiner, accumulator, shuffleXor(b, accumulator, mask));
  }

  /// Adds the accumulators to the results.
  void finish(ValueRange counters, ArrayRef<Value> accumulators) {
    forEachAccumulator([&](unsigned index, OpOperand &out) {
      store(combine(combiners[index], load(out, counters), accumulators[index]), out, counters);
    });
  }

  void runOnFirst(Value number, llvm::function_ref<void()> body) {
    auto isFirst = arith::CmpIOp::create(b, arith::CmpIPredicate::eq, number, constantIndex(b, 0));
    auto branch = scf::IfOp::create(b, isFirst);
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(branch.thenBlock());
    body();
  }

  /// A warp for each result: each lane reduces its part, and the lanes exchange theirs.
  void runWarps() {
    Value lanes = constantIndex(b, kWarpSize);
    Value lane = arith::RemUIOp::create(b, team.thread, lanes);
    Team warps{team.size / kWarpSize, arith::DivUIOp::create(b, team.thread, lanes)};
    forEachPoint(b, warps, multiply(b, sizesOf(parallel)), [&](Value point) {
      SmallVector<Value> counters(sizes.size());
      set(counters, parallel, point);
      SmallVector<Value> accumulators = reduce(counters, lane, kWarpSize, neutralElements());
      combineLanes(accumulators);
      runOnFirst(lane, [&] { finish(counters, accumulators); });
    });
  }

  /// All threads for one result after the other: the warps exchange their parts through a buffer.
  void runBlock() {
    int64_t warpCount = team.size / kWarpSize;
    Value lanes = constantIndex(b, kWarpSize), zero = constantIndex(b, 0);
    Value lane = arith::RemUIOp::create(b, team.thread, lanes),
          warp = arith::DivUIOp::create(b, team.thread, lanes);
    SmallVector<Value> parts;
    for (Value neutral : neutralElements())
      parts.push_back(memref::AllocOp::create(b, MemRefType::get({warpCount}, neutral.getType())));
    loop(b, zero, multiply(b, sizesOf(parallel)), constantIndex(b, 1), {},
         [&](Value point, ValueRange) -> SmallVector<Value> {
           SmallVector<Value> counters(sizes.size());
           set(counters, parallel, point);
           SmallVector<Value> accumulators =
               reduce(counters, team.thread, team.size, neutralElements());
           combineLanes(accumulators);
           runOnFirst(lane, [&] {
             for (auto [part, accumulator] : llvm::zip(parts, accumulators))
               memref::StoreOp::create(b, accumulator, part, warp);
           });
           NVVM::Barrier0Op::create(b);
           runOnFirst(team.thread, [&] {
             for (int64_t w = 1; w < warpCount; ++w)
               for (auto [part, accumulator, combiner] : llvm::zip(parts, accumulators, combiners))
                 accumulator = combine(combiner, accumulator,
                                       memref::LoadOp::create(b, part, constantIndex(b, w)));
             finish(counters, accumulators);
           });
           NVVM::Barrier0Op::create(b);
           return {};
         });
  }

  ImplicitLocOpBuilder &b;
  const Team &team;
  linalg::LinalgOp op;
  SmallVector<Value> sizes;
  SmallVector<unsigned> parallel, reduction;
  SmallVector<bool> accumulates;
  SmallVector<Operation *> combiners;
};

} // namespace

void distributeLinalg(ImplicitLocOpBuilder &b, const Team &team, linalg::LinalgOp op) {
  Distribution(b, team, op).run();
}

} // namespace azulejo::gpu
