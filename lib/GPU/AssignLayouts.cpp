//===- AssignLayouts.cpp - Gives each tile a layout
//---------------------------------------------------===//
//
// Goes through the program once. A tile is *fixed* when the operation that makes it knows its
// layout: loads, products, what is computed from fixed tiles. Everything else is *free*: constants,
// splats, counters, broadcasts, reads of shared memory, and what is computed from these alone. A
// free tile is made anew in whatever layout a user asks for, once for each, and so gets its layout
// from behind; a fixed one is converted, once for each layout, right where it is made, which is
// outside of every loop that it does not change in.
//
// Values that a loop carries need a layout before the loop's body has been seen: `predict` says
// what the body will give.
//
//===------------------------------------------------------------------------------------------===//
#include "dialects/Cta/TileLayouts.h"
#include "lib/GPU/LayoutChoice.h"
#include "lib/GPU/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

namespace azulejo::gpu {
#define GEN_PASS_DEF_ASSIGNLAYOUTS
#include "lib/GPU/Passes.h.inc"
} // namespace azulejo::gpu

using namespace mlir;
using namespace azulejo;
using namespace azulejo::cta;

namespace {

RankedTensorType getTile(Value value) { return cast<RankedTensorType>(value.getType()); }

unsigned getWarpBits(Operation *op) { return llvm::Log2_64(gpu::getWarps(op)); }

class Assignment {
public:
  LogicalResult run(Block &block) {
    for (Operation &op : llvm::make_early_inc_range(block))
      if (failed(visit(&op)))
        return failure();
    return success();
  }

  void eraseFree() {
    for (Operation *op : llvm::reverse(freeOps)) {
      op->dropAllUses();
      op->erase();
    }
  }

private:
  static bool isFixed(Value value) { return getTile(value).getEncoding() != nullptr; }

  static bool touchesTiles(Operation *op) {
    return llvm::any_of(op->getOperandTypes(), isTileType) ||
           llvm::any_of(op->getResultTypes(), isTileType);
  }

  static void fix(Value value, const LinearLayout &layout) {
    value.setType(withLayout(getTile(value), layout));
  }

  //===--- What a tile is in some layout
  //----------------------------------------------------------===//

  Value get(Value value, const LinearLayout &layout) {
    if (isFixed(value) && getLayout(value) == layout)
      return value;
    Attribute key = LayoutAttr::get(value.getContext(), layout);
    auto [entry, isNew] = known.try_emplace({value, key});
    if (!isNew)
      return entry->second;
    OpBuilder b(value.getContext());
    b.setInsertionPointAfterValue(value);
    Value result =
        isFixed(value)
            ? ConvertLayoutOp::create(b, value.getLoc(), withLayout(getTile(value), layout), value)
                  .getResult()
            : makeFree(b, value.getDefiningOp(), layout);
    known[{value, key}] = result;
    return result;
  }

  void require(OpOperand &operand, const LinearLayout &layout) {
    operand.set(get(operand.get(), layout));
  }

  /// A free operation's result in a layout.
  Value makeFree(OpBuilder &b, Operation *op, const LinearLayout &layout) {
    RankedTensorType type = withLayout(getTile(op->getResult(0)), layout);
    if (auto constant = dyn_cast<arith::ConstantOp>(op)) {
      auto elements = cast<DenseElementsAttr>(constant.getValue());
      return arith::ConstantOp::create(b, op->getLoc(), elements.reshape(type));
    }
    SmallVector<Value> operands;
    for (Value operand : op->getOperands()) {
      if (!isTileType(operand.getType())) {
        operands.push_back(operand);
        continue;
      }
      LinearLayout wanted = layout;
      if (auto broadcast = dyn_cast<BroadcastOp>(op))
        for (int64_t dim : llvm::reverse(broadcast.getAlong()))
          wanted = wanted.dropDimension(dim);
      else if (auto transpose = dyn_cast<TransposeOp>(op))
        wanted = layout.transpose(invertPermutationVector(transpose.getPermutation()));
      operands.push_back(get(operand, wanted));
    }
    IRMapping mapping;
    Operation *made = b.clone(*op, mapping);
    made->setOperands(operands);
    made->getResult(0).setType(type);
    return made->getResult(0);
  }

  //===--- Prediction
  //-----------------------------------------------------------------------------===//

  /// The layout that a value will have, if it is not free.
  std::optional<LinearLayout> predict(Value value, unsigned depth = 0) {
    if (isFixed(value))
      return getLayout(value);
    Operation *op = value.getDefiningOp();
    if (!op || depth > 64)
      return std::nullopt;
    unsigned warpBits = getWarpBits(op);
    if (auto dot = dyn_cast<DotOp>(op))
      return gpu::chooseDotLayouts(dot, warpBits).c;
    if (auto wgmma = dyn_cast<WgmmaOp>(op))
      return getSumLayout(wgmma);
    if (auto wait = dyn_cast<WgmmaWaitOp>(op))
      return predict(wait.getTiles()[cast<OpResult>(value).getResultNumber()], depth + 1);
    if (auto load = dyn_cast<LoadOp>(op))
      return chooseLoad(load, depth);
    if (auto gather = dyn_cast<GatherOp>(op))
      return chooseGather(gather);
    if (auto reduce = dyn_cast<ReduceOp>(op)) {
      std::optional<LinearLayout> layout = predict(reduce.getTiles()[0], depth + 1);
      return layout ? layout->dropDimension(reduce.getAxis()) : layout;
    }
    if (auto transpose = dyn_cast<TransposeOp>(op)) {
      std::optional<LinearLayout> layout = predict(transpose.getTile(), depth + 1);
      return layout ? layout->transpose(transpose.getPermutation()) : layout;
    }
    if (auto loop = dyn_cast<scf::ForOp>(op))
      return predict(
          loop.getBody()->getTerminator()->getOperand(cast<OpResult>(value).getResultNumber()),
          depth + 1);
    if (gpu::isElementwiseOnTiles(op))
      return chooseElementwise(op, depth + 1);
    return std::nullopt;
  }

  LinearLayout chooseLoad(LoadOp op, unsigned depth = 0) {
    if (isa<scf::ForOp>(op->getParentOp()) || isa<scf::IfOp>(op->getParentOp()))
      if (std::optional<LinearLayout> layout = getLayoutOfScores(op.getResult(), depth))
        return *layout;
    return gpu::chooseLoadLayout(op, getWarpBits(op));
  }

  /// The layout of the product that a tile of a mask meets on the way to its rows: in every step it
  /// would have to be converted to it, through shared memory and its barriers. Nothing where it
  /// meets none.
  std::optional<LinearLayout> getLayoutOfScores(Value mask, unsigned depth) {
    if (!mask.hasOneUse() || depth > 32)
      return std::nullopt;
    Operation *user = *mask.user_begin();
    if (auto broadcast = dyn_cast<BroadcastOp>(user)) {
      std::optional<LinearLayout> layout = getLayoutOfScores(broadcast.getResult(), depth + 1);
      for (int64_t dim : llvm::reverse(broadcast.getAlong()))
        if (layout)
          layout = layout->dropDimension(dim);
      return layout;
    }
    if (!gpu::isElementwiseOnTiles(user) || !gpu::feedsRows(user->getResult(0)))
      return std::nullopt;
    for (Value operand : user->getOperands())
      if (operand != mask && isTileType(operand.getType()) && gpu::comesFromProduct(operand))
        return predict(operand, depth + 1);
    return getLayoutOfScores(user->getResult(0), depth + 1);
  }

  /// The operand's layout that an elementwise operation takes. On the way to a product that of
  /// what was computed, on the way to memory that of what was loaded: so a conversion, if any, is
  /// of the tile that would need one anyway.
  std::optional<LinearLayout> chooseElementwise(Operation *op, unsigned depth = 0) {
    std::optional<LinearLayout> loaded, computed;
    for (Value operand : op->getOperands()) {
      if (!isTileType(operand.getType()))
        continue;
      std::optional<LinearLayout> layout = predict(operand, depth);
      if (!layout)
        continue;
      std::optional<LinearLayout> &kind =
          operand.getDefiningOp<LoadOp>() || operand.getDefiningOp<GatherOp>() ? loaded : computed;
      if (!kind)
        kind = layout;
    }
    if (loaded && computed)
      return gpu::feedsProduct(op->getResult(0)) || gpu::feedsRows(op->getResult(0)) ? computed
                                                                                     : loaded;
    return loaded ? loaded : computed;
  }

  static LinearLayout getSumLayout(WgmmaOp op) {
    return getAccumulatorLayout(getTile(op.getC()).getShape(),
                                op.getB().getType().getElementType().getIntOrFloatBitWidth(),
                                {getWarpBits(op), 0});
  }

  static LinearLayout chooseGather(GatherOp op) {
    auto type = cast<RankedTensorType>(op.getType());
    return gpu::chooseGatherLayout(type.getShape(), type.getElementType(), op.getContiguity(),
                                   getWarpBits(op));
  }

  //===--- Operations
  //-----------------------------------------------------------------------------===//

  LogicalResult visit(Operation *op) {
    if (auto loop = dyn_cast<scf::ForOp>(op))
      return visitLoop(loop);
    if (auto branch = dyn_cast<scf::IfOp>(op))
      return visitIf(branch);
    if (!touchesTiles(op)) {
      for (Region &region : op->getRegions())
        for (Block &block : region)
          if (failed(run(block)))
            return failure();
      return success();
    }
    unsigned warpBits = getWarpBits(op);
    return TypeSwitch<Operation *, LogicalResult>(op)
        .Case([&](LoadOp op) {
          fix(op.getResult(), chooseLoad(op));
          return success();
        })
        .Case([&](StoreOp op) {
          require(op.getTileMutable(), gpu::chooseStoreLayout(op, warpBits));
          return success();
        })
        .Case([&](GatherOp op) {
          LinearLayout layout = chooseGather(op);
          require(op.getOffsetsMutable(), layout);
          if (op.getMask())
            require(op.getMaskMutable()[0], layout);
          fix(op.getResult(), layout);
          return success();
        })
        .Case([&](ScatterOp op) {
          auto type = getTile(op.getTile());
          LinearLayout layout = gpu::chooseGatherLayout(type.getShape(), type.getElementType(),
                                                        op.getContiguity(), warpBits);
          requireAll(op, layout);
          return success();
        })
        .Case([&](GatherAsyncOp op) {
          SharedType type = op.getTarget().getType();
          requireAll(op, gpu::chooseGatherLayout(type.getTileShape(), type.getElementType(),
                                                 op.getContiguity(), warpBits));
          return success();
        })
        .Case([&](StoreSharedOp op) {
          requireAll(op, getOr(op.getTile(), warpBits));
          return success();
        })
        .Case([&](DotOp op) {
          gpu::DotLayouts layouts = gpu::chooseDotLayouts(op, warpBits);
          require(op.getAMutable(), layouts.a);
          require(op.getBMutable(), layouts.b);
          require(op.getCMutable(), layouts.c);
          fix(op.getResult(), layouts.c);
          return success();
        })
        .Case([&](WgmmaOp op) { return visitWgmma(op, warpBits); })
        .Case([&](WgmmaWaitOp op) {
          for (auto [operand, result] : llvm::zip(op.getTilesMutable(), op.getResults())) {
            LinearLayout layout = getOr(operand.get(), warpBits);
            require(operand, layout);
            fix(result, layout);
          }
          return success();
        })
        .Case([&](ReduceOp op) {
          LinearLayout layout = getOr(op.getTiles()[0], warpBits);
          requireAll(op, layout);
          for (Value result : op.getResults())
            fix(result, layout.dropDimension(op.getAxis()));
          return success();
        })
        .Case([&](ExtractOp op) {
          requireAll(op, getOr(op.getTile(), warpBits));
          return success();
        })
        .Case([&](TransposeOp op) {
          if (!isFixed(op.getTile()))
            return leaveFree(op);
          fix(op.getResult(), getLayout(op.getTile()).transpose(op.getPermutation()));
          return success();
        })
        .Case<SplatOp, IotaOp, BroadcastOp, LoadSharedOp, arith::ConstantOp>(
            [&](Operation *op) { return leaveFree(op); })
        .Case([&](ConvertLayoutOp op) {
          return op.emitOpError("is what azulejo-assign-layouts inserts");
        })
        .Default([&](Operation *op) -> LogicalResult {
          if (isa<scf::YieldOp>(op))
            return success(); // its parent sees to it
          if (!gpu::isElementwiseOnTiles(op))
            return op->emitOpError("is on tiles and not elementwise");
          std::optional<LinearLayout> layout;
          if (llvm::any_of(op->getOperands(), [](Value operand) {
                return isTileType(operand.getType()) && isFixed(operand);
              }))
            layout = chooseElementwise(op);
          if (!layout)
            return leaveFree(op);
          requireAll(op, *layout);
          fix(op->getResult(0), *layout);
          return success();
        });
  }

  LogicalResult leaveFree(Operation *op) {
    freeOps.push_back(op);
    return success();
  }

  /// The layout a value has, or that of nobody's choice.
  static LinearLayout getOr(Value value, unsigned warpBits) {
    return isFixed(value) ? getLayout(value) : gpu::chooseDefaultLayout(getTile(value), warpBits);
  }

  void requireAll(Operation *op, const LinearLayout &layout) {
    for (OpOperand &operand : op->getOpOperands())
      if (isTileType(operand.get().getType()))
        require(operand, layout);
  }

  LogicalResult visitWgmma(WgmmaOp op, unsigned warpBits) {
    if (warpBits < 2)
      return op.emitOpError("needs four warps at least");
    LinearLayout sum = getSumLayout(op);
    if (isTileType(op.getA().getType()))
      require(op.getAMutable(),
              getLeftOperandLayout(getTile(op.getA()).getShape(),
                                   op.getB().getType().getElementType().getIntOrFloatBitWidth(),
                                   {warpBits, 0}));
    require(op.getCMutable(), sum);
    fix(op.getResult(), sum);
    return success();
  }

  LogicalResult visitLoop(scf::ForOp loop) {
    Operation *yield = loop.getBody()->getTerminator();
    SmallVector<std::optional<LinearLayout>, 2> layouts;
    for (auto [init, argument, yielded] :
         llvm::zip(loop.getInitArgs(), loop.getRegionIterArgs(), yield->getOperands())) {
      std::optional<LinearLayout> &layout = layouts.emplace_back();
      if (!isTileType(argument.getType()))
        continue;
      layout = predict(yielded);
      if (!layout)
        layout = predict(init);
      if (!layout)
        layout = gpu::chooseDefaultLayout(getTile(argument), getWarpBits(loop));
    }
    for (auto [i, layout] : llvm::enumerate(layouts))
      if (layout) {
        require(loop.getInitArgsMutable()[i], *layout);
        fix(loop.getRegionIterArg(i), *layout);
        fix(loop.getResult(i), *layout);
      }
    if (failed(run(*loop.getBody())))
      return failure();
    for (auto [i, layout] : llvm::enumerate(layouts))
      if (layout)
        require(yield->getOpOperand(i), *layout);
    return success();
  }

  LogicalResult visitIf(scf::IfOp branch) {
    for (Region &region : branch->getRegions())
      if (!region.empty() && failed(run(region.front())))
        return failure();
    for (auto [i, result] : llvm::enumerate(branch.getResults())) {
      if (!isTileType(result.getType()))
        continue;
      Value yielded = branch.thenYield()->getOperand(i), other = branch.elseYield()->getOperand(i);
      LinearLayout layout =
          isFixed(yielded) ? getLayout(yielded) : getOr(other, getWarpBits(branch));
      require(branch.thenYield()->getOpOperand(i), layout);
      require(branch.elseYield()->getOpOperand(i), layout);
      fix(result, layout);
    }
    return success();
  }

  DenseMap<std::pair<Value, Attribute>, Value> known;
  SmallVector<Operation *> freeOps;
};

struct AssignLayouts : gpu::impl::AssignLayoutsBase<AssignLayouts> {
  void runOnOperation() override {
    func::FuncOp kernel = getOperation();
    auto warps = kernel->getAttrOfType<IntegerAttr>(CtaDialect::getWarpsAttrName());
    if (!warps)
      return;
    if (warps.getInt() < 1 || warps.getInt() > 32) {
      kernel.emitError("has a block of ") << warps.getInt() << " warps, and 1 to 32 are possible";
      return signalPassFailure();
    }
    Assignment assignment;
    if (failed(assignment.run(kernel.front())))
      return signalPassFailure();
    assignment.eraseFree();
  }
};

} // namespace
