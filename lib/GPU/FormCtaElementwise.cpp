//===- FormCtaElementwise.cpp - linalg.generic over tiles -------------------------------------===//
//
// The loops of a generic become the dimensions of one tile, those of extent 1 left out: first the
// result's, in its order, then those that are reduced. Operands are brought into that space by
// transposes and broadcasts, which with layouts are changes of names, and the body's scalar
// operations apply to whole tiles.
//
//===------------------------------------------------------------------------------------------===//
#include "dialects/Cta/Cta.h"
#include "lib/GPU/TileProgram.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;

namespace azulejo::gpu {

/// Elements that a block of up to eight warps holds of one tile without spilling.
static constexpr int64_t kMostElements = 1 << 15;

/// Positions have the width that global memory is addressed with; tiles hold them in 32 bits.
static Type getTileElement(Type type) {
  return isa<IndexType>(type) ? IntegerType::get(type.getContext(), 32) : type;
}

static SmallVector<int64_t> getShape(ArrayRef<Span> loops, ArrayRef<unsigned> order) {
  SmallVector<int64_t> shape;
  for (unsigned loop : order)
    shape.push_back(loops[loop].extent);
  return shape;
}

std::optional<SmallVector<int64_t>> TileProgram::getLoopExtents(linalg::GenericOp op) {
  SmallVector<int64_t> loops(op.getNumLoops(), 0);
  // What a product already has decides; sizes in memory are as good as any.
  for (bool computed : {true, false})
    for (OpOperand &operand : op->getOpOperands()) {
      Operation *def = operand.get().getDefiningOp();
      bool isComputed = !memory.contains(operand.get()) &&
                        isa_and_nonnull<linalg::GenericOp, tile::MatmulOp, tile::AttentionOp>(def);
      if (!isa<RankedTensorType>(operand.get().getType()) || isComputed != computed)
        continue;
      auto extents = getExtents(operand.get());
      if (!extents)
        return std::nullopt;
      for (auto [expr, extent] :
           llvm::zip_equal(op.getMatchingIndexingMap(&operand).getResults(), *extents))
        if (auto dim = dyn_cast<AffineDimExpr>(expr); dim && !loops[dim.getPosition()])
          loops[dim.getPosition()] = extent;
    }
  for (int64_t &extent : loops)
    if (!extent) {
      refuse("a loop has no extent");
      return std::nullopt;
    }
  return loops;
}

Value TileProgram::getOperand(linalg::GenericOp op, OpOperand &operand, ArrayRef<Span> loops,
                              ArrayRef<unsigned> order) {
  SmallVector<int64_t> shape = getShape(loops, order);
  if (!isa<RankedTensorType>(operand.get().getType()))
    return splat(operand.get(), shape);
  Spans region;
  SmallVector<int64_t> dims;
  for (AffineExpr expr : op.getMatchingIndexingMap(&operand).getResults()) {
    if (getAffineConstantExpr(0, op.getContext()) == expr) {
      region.push_back({b.getIndexAttr(0), 1, b.getIndexAttr(1)});
      continue;
    }
    auto dim = dyn_cast<AffineDimExpr>(expr);
    if (!dim)
      return refuse("an operand is read at an expression of several loops");
    const Span &span = loops[dim.getPosition()];
    region.push_back(span);
    if (!span.isUnit())
      dims.push_back(llvm::find(order, dim.getPosition()) - order.begin());
  }
  Value tile = get(operand.get(), region);
  return tile ? broadcast(tile, dims, shape) : tile;
}

bool TileProgram::cloneBody(linalg::GenericOp op, ArrayRef<Span> loops, ArrayRef<unsigned> order,
                            Operation *except, IRMapping &map) {
  SmallVector<int64_t> shape = getShape(loops, order);
  Block &body = op.getRegion().front();
  auto asTile = [&](Value value) -> Value {
    if (Value known = map.lookupOrNull(value))
      return known;
    if (auto argument = dyn_cast<BlockArgument>(value); argument && argument.getOwner() == &body) {
      Value tile = getOperand(op, op->getOpOperand(argument.getArgNumber()), loops, order);
      map.map(value, tile);
      return tile;
    }
    // A number that is the same for all.
    Value scalar = value;
    if (value.getParentBlock() == &body) {
      Operation *constant = value.getDefiningOp();
      scalar = b.clone(*constant)->getResult(0);
    }
    if (isa<IndexType>(scalar.getType()))
      scalar = arith::IndexCastOp::create(b, b.getI32Type(), scalar);
    Value tile = splat(scalar, shape);
    map.map(value, tile);
    return tile;
  };
  for (Operation &nested : body.without_terminator()) {
    if (&nested == except || nested.hasTrait<OpTrait::ConstantLike>())
      continue;
    if (auto index = dyn_cast<linalg::IndexOp>(nested)) {
      auto position = llvm::find(order, index.getDim()) - order.begin();
      OpFoldResult offset = loops[index.getDim()].offset;
      if (position < static_cast<int64_t>(order.size()))
        map.map(index.getResult(), iota(shape, position, offset));
      else
        map.map(index.getResult(),
                splat(arith::IndexCastOp::create(b, b.getI32Type(), asValue(offset)), shape));
      continue;
    }
    if (!OpTrait::hasElementwiseMappableTraits(&nested) || nested.getNumResults() != 1)
      return refuse("its body has " + nested.getName().getStringRef()), false;
    if (!isElement(nested.getResult(0).getType()))
      return refuse("its elements are no whole bytes"), false;
    SmallVector<Value> operands;
    for (Value operand : nested.getOperands())
      operands.push_back(asTile(operand));
    if (llvm::is_contained(operands, Value()))
      return false;
    Type element = getTileElement(nested.getResult(0).getType());
    // Between an index and another integer what is left is a change of width.
    if (isa<arith::IndexCastOp, arith::IndexCastUIOp>(nested)) {
      unsigned from = cast<RankedTensorType>(operands[0].getType()).getElementTypeBitWidth(),
               to = element.getIntOrFloatBitWidth();
      auto type = RankedTensorType::get(shape, element);
      Value cast = operands[0];
      if (from > to)
        cast = arith::TruncIOp::create(b, type, cast);
      else if (from < to && isa<arith::IndexCastOp>(nested))
        cast = arith::ExtSIOp::create(b, type, cast);
      else if (from < to)
        cast = arith::ExtUIOp::create(b, type, cast);
      map.map(nested.getResult(0), cast);
      continue;
    }
    OperationState state(b.getLoc(), nested.getName());
    state.addOperands(operands);
    state.addTypes(RankedTensorType::get(shape, element));
    state.addAttributes(nested.getAttrs());
    map.map(nested.getResult(0), b.create(state)->getResult(0));
  }
  return true;
}

/// Whether a product is computed on the way to a tensor.
static bool hasProduct(Value tensor) {
  SmallVector<Value> work{tensor};
  llvm::SmallPtrSet<Operation *, 16> seen;
  while (!work.empty()) {
    Operation *op = work.pop_back_val().getDefiningOp();
    if (isa_and_nonnull<tile::MatmulOp, tile::AttentionOp>(op))
      return true;
    if (isa_and_nonnull<linalg::GenericOp, tensor::ExtractSliceOp, tensor::CastOp>(op) &&
        seen.insert(op).second)
      llvm::append_range(work, op->getOperands());
  }
  return false;
}

Value TileProgram::getGeneric(linalg::GenericOp op, unsigned result, ArrayRef<Span> region) {
  SmallVector<Span> loops(op.getNumLoops(), Span{OpFoldResult(), 0, OpFoldResult()});
  SmallVector<unsigned> order;
  AffineMap written = op.getIndexingMapMatchingResult(op->getResult(result));
  for (auto [expr, span] : llvm::zip_equal(written.getResults(), region)) {
    auto dim = dyn_cast<AffineDimExpr>(expr);
    if (!dim)
      return refuse("a result is written at an expression of loops");
    loops[dim.getPosition()] = span;
    if (!span.isUnit())
      order.push_back(dim.getPosition());
  }
  if (op.getNumReductionLoops())
    return getReduction(op, result, loops, order, region);
  for (const Span &span : loops)
    if (!span.extent)
      return refuse("a result lacks a loop");
  // Products come first, and other operands where they are used: what is loaded for an epilogue
  // takes no registers while its product's loop runs.
  IRMapping values;
  Block &body = op.getRegion().front();
  auto map = [&](OpOperand &operand) {
    Value tile = getOperand(op, operand, loops, order);
    if (tile)
      values.map(body.getArgument(operand.getOperandNumber()), tile);
    return tile;
  };
  for (OpOperand &operand : op->getOpOperands())
    if (!body.getArgument(operand.getOperandNumber()).use_empty() && hasProduct(operand.get()) &&
        !map(operand))
      return {};
  if (!cloneBody(op, loops, order, /*except=*/nullptr, values))
    return {};
  Value yielded = body.getTerminator()->getOperand(result);
  if (Value tile = values.lookupOrNull(yielded))
    return tile;
  if (auto argument = dyn_cast<BlockArgument>(yielded); argument && argument.getOwner() == &body)
    return map(op->getOpOperand(argument.getArgNumber()));
  if (yielded.getParentBlock() == &body)
    yielded = b.clone(*yielded.getDefiningOp())->getResult(0);
  return splat(yielded, getShape(loops, order));
}

/// The operation that combines a result's elements, and the other operand that it takes; null where
/// the body is no plain reduction.
static Operation *matchCombiner(linalg::GenericOp op, unsigned result, Value &combined) {
  Block &body = op.getRegion().front();
  BlockArgument partial = body.getArgument(op.getNumDpsInputs() + result);
  Operation *combiner = body.getTerminator()->getOperand(result).getDefiningOp();
  if (!combiner || !partial.hasOneUse() || *partial.user_begin() != combiner ||
      !isa<arith::AddFOp, arith::MulFOp, arith::MaximumFOp, arith::MinimumFOp, arith::MaxNumFOp,
           arith::MinNumFOp, arith::AddIOp, arith::MulIOp, arith::MaxSIOp, arith::MinSIOp,
           arith::MaxUIOp, arith::MinUIOp, arith::AndIOp, arith::OrIOp, arith::XOrIOp>(combiner))
    return nullptr;
  combined = combiner->getOperand(combiner->getOperand(0) == partial ? 1 : 0);
  return combiner;
}

Value TileProgram::getReduction(linalg::GenericOp op, unsigned result, ArrayRef<Span> parallel,
                                ArrayRef<unsigned> parallelOrder, ArrayRef<Span> region) {
  Value combined;
  Operation *combiner = matchCombiner(op, result, combined);
  if (!combiner)
    return refuse("a reduction combines in a way of its own");
  auto extents = getLoopExtents(op);
  if (!extents)
    return {};
  SmallVector<Span> loops(parallel);
  SmallVector<unsigned> order(parallelOrder);
  int64_t elements = 1;
  SmallVector<utils::IteratorType> iterators = op.getIteratorTypesArray();
  for (unsigned loop = 0; loop < loops.size(); ++loop) {
    if (iterators[loop] == utils::IteratorType::reduction) {
      OpFoldResult size;
      for (OpOperand &operand : op->getOpOperands())
        for (auto [dim, expr] : llvm::enumerate(op.getMatchingIndexingMap(&operand).getResults()))
          if (!size && expr == b.getAffineDimExpr(loop))
            size = getSize(operand.get(), dim);
      loops[loop] = {b.getIndexAttr(0), (*extents)[loop], size};
      if (!loops[loop].isUnit())
        order.push_back(loop);
    } else if (!loops[loop].extent) {
      return refuse("a result lacks a loop");
    }
    elements *= loops[loop].extent;
  }
  if (elements > kMostElements)
    return refuse("rows are too long to be held in registers");

  IRMapping values;
  Block &body = op.getRegion().front();
  for (OpOperand *operand : op.getDpsInputOperands()) {
    BlockArgument argument = body.getArgument(operand->getOperandNumber());
    if (argument.use_empty())
      continue;
    Value tile = getOperand(op, *operand, loops, order);
    if (!tile)
      return tile;
    values.map(argument, tile);
  }
  if (!cloneBody(op, loops, order, combiner, values))
    return {};
  SmallVector<int64_t> shape = getShape(loops, order);
  Value tile = values.lookupOrNull(combined);
  if (!tile)
    return refuse("a reduction of what is the same for all");
  Type element = getElementTypeOrSelf(tile);
  std::optional<TypedAttr> neutral = arith::getNeutralElement(combiner);
  if (!neutral)
    return refuse("a reduction has no neutral element");
  for (int64_t i = order.size() - 1, first = parallelOrder.size(); i >= first; --i) {
    const Span &span = loops[order[i]];
    if (!span.isFull())
      tile = arith::SelectOp::create(b, isInside(shape, i, span.valid), tile,
                                     splat(arith::ConstantOp::create(b, *neutral), shape));
    tile = reduce(tile, i, [&](OpBuilder &nested, Location loc, Value x, Value y) {
      OperationState state(loc, combiner->getName(), {x, y}, {element}, combiner->getAttrs());
      return nested.create(state)->getResult(0);
    });
    shape.pop_back();
  }
  // What was there before counts as one more.
  Value init = get(op.getDpsInitOperand(result)->get(), region);
  if (!init)
    return init;
  OperationState state(b.getLoc(), combiner->getName(), {init, tile}, {tile.getType()},
                       combiner->getAttrs());
  return b.create(state)->getResult(0);
}

} // namespace azulejo::gpu
