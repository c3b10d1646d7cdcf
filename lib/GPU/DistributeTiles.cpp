//===- DistributeTiles.cpp - From a block's program to a thread's
//-----------------------------------------===//
//
// Walks through a kernel in order and puts, in front of each operation on tiles, what one thread
// does of it. The old operations go at the end, so that every family finds the types and layouts it
// asks for.
//
//===------------------------------------------------------------------------------------------===//
#include "lib/GPU/Passes.h"
#include "lib/GPU/TileDistributor.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Threading.h"

namespace azulejo::gpu {
#define GEN_PASS_DEF_DISTRIBUTETILES
#include "lib/GPU/Passes.h.inc"
} // namespace azulejo::gpu

using namespace mlir;
using namespace azulejo;
using namespace azulejo::cta;

namespace {

namespace gpu = azulejo::gpu; // MLIR has a namespace of this name, too

bool isDistributed(Type type) {
  return isTileType(type) || isa<SharedType, BarriersType, TensorMapType>(type);
}

/// The types that stand for one in a thread.
void appendTypes(Type type, SmallVectorImpl<Type> &types) {
  if (isTileType(type))
    types.append(getLayout(type).getRegisters(), cast<RankedTensorType>(type).getElementType());
  else if (isa<SharedType, BarriersType>(type))
    types.push_back(IntegerType::get(type.getContext(), 32));
  else
    types.push_back(type);
}

class Walker {
public:
  Walker(func::FuncOp kernel, int64_t warps) : d(kernel, warps), b(d.getBuilder()) {
    bool writes = false, multiplies = false, products = false;
    kernel.walk([&](Operation *op) {
      writes |= isa<StoreSharedOp, CopyAsyncOp, GatherAsyncOp>(op);
      multiplies |= isa<WgmmaOp>(op);
      products |= isa<WgmmaOp, DotOp>(op);
    });
    if (products)
      kernel->setAttr(gpu::productsAttribute, b.getUnitAttr());
    writesForWgmma = writes && multiplies;
  }

  LogicalResult run(Block &block) {
    for (Operation &op : llvm::make_early_inc_range(block)) {
      b.setInsertionPoint(&op);
      b.setLoc(op.getLoc());
      if (failed(distribute(&op)))
        return failure();
    }
    return success();
  }

  void eraseOld() {
    for (Operation *op : llvm::reverse(old)) {
      op->dropAllUses();
      op->erase();
    }
  }

private:
  LogicalResult distribute(Operation *op) {
    bool touches = llvm::any_of(op->getOperandTypes(), isDistributed) ||
                   llvm::any_of(op->getResultTypes(), isDistributed);
    if (isa<CtaDialect>(op->getDialect())) {
      old.push_back(op);
      return distributeCta(op);
    }
    if (auto loop = dyn_cast<scf::ForOp>(op))
      return distributeLoop(loop);
    if (auto branch = dyn_cast<scf::IfOp>(op))
      return distributeIf(branch);
    if (isa<scf::YieldOp>(op) && touches) {
      op->setOperands(flatten(op->getOperands()));
      return success();
    }
    if (touches) {
      old.push_back(op);
      return distributeElementwise(op);
    }
    // The iterations of a loop over blocks share memory.
    Value thread = d.group.thread;
    if (auto blocks = dyn_cast<scf::ForallOp>(op)) {
      b.setInsertionPointToStart(blocks.getBody());
      d.group.thread = d.readThread();
      if (d.hasShared())
        d.barrier();
    }
    for (Region &region : op->getRegions())
      for (Block &block : region)
        if (failed(run(block)))
          return failure();
    if (auto blocks = dyn_cast<scf::ForallOp>(op))
      gpu::invalidateBarriers(d, *blocks.getBody());
    d.group.thread = thread;
    return success();
  }

  LogicalResult distributeCta(Operation *op) {
    return TypeSwitch<Operation *, LogicalResult>(op)
        .Case([&](SplatOp op) { return repeat(op, op.getValue()); })
        .Case([&](IotaOp op) { return distributeIota(op); })
        .Case([&](ExtractOp op) {
          op.getResult().replaceAllUsesWith(d.get(op.getTile())[0]);
          return success();
        })
        .Case([&](AllocOp op) { return place(op, op.getResult(), op.getOffset()); })
        .Case([&](StageOp op) {
          Value index = arith::IndexCastOp::create(b, b.getI32Type(), op.getIndex());
          Value distance =
              arith::MulIOp::create(b, index, d.makeI32(op.getRing().getType().getStageBytes()));
          d.set(op.getResult(),
                arith::AddIOp::create(b, d.get(op.getRing())[0], distance).getResult());
          return success();
        })
        .Case([&](BarrierOp) {
          if (writesForWgmma)
            NVVM::FenceProxyOp::create(
                b, NVVM::ProxyKindAttr::get(b.getContext(), NVVM::ProxyKind::async_shared),
                NVVM::SharedSpaceAttr::get(b.getContext(), NVVM::SharedSpace::shared_cta));
          d.barrier();
          return success();
        })
        .Case([&](AsyncCommitOp) {
          NVVM::CpAsyncCommitGroupOp::create(b);
          return success();
        })
        .Case([&](AsyncWaitOp op) {
          NVVM::CpAsyncWaitGroupOp::create(b, op.getPending());
          return success();
        })
        .Case([&](LoadOp op) { return gpu::distributeLoad(d, op); })
        .Case([&](StoreOp op) { return gpu::distributeStore(d, op); })
        .Case([&](GatherOp op) { return gpu::distributeGather(d, op); })
        .Case([&](ScatterOp op) { return gpu::distributeScatter(d, op); })
        .Case([&](LoadSharedOp op) { return gpu::distributeLoadShared(d, op); })
        .Case([&](StoreSharedOp op) { return gpu::distributeStoreShared(d, op); })
        .Case([&](CopyAsyncOp op) { return gpu::distributeCopyAsync(d, op); })
        .Case([&](GatherAsyncOp op) { return gpu::distributeGatherAsync(d, op); })
        .Case([&](ConvertLayoutOp op) { return gpu::distributeConvert(d, op); })
        .Case([&](ReduceOp op) { return gpu::distributeReduce(d, op); })
        .Case([&](BroadcastOp op) { return gpu::distributeBroadcast(d, op); })
        .Case([&](TransposeOp op) { return gpu::distributeTranspose(d, op); })
        .Case([&](DotOp op) { return gpu::distributeDot(d, op); })
        .Case([&](WgmmaOp op) { return gpu::distributeWgmma(d, op); })
        .Case([&](WgmmaWaitOp op) { return gpu::distributeWgmmaWait(d, op); })
        .Case([&](RolesOp op) {
          return gpu::distributeRoles(d, op, [&](Block &block) { return run(block); });
        })
        .Case([&](YieldOp) { return success(); })
        .Default([&](Operation *op) { return gpu::distributeBulk(d, op); });
  }

  LogicalResult place(Operation *op, Value result, std::optional<uint64_t> offset) {
    if (!offset)
      return op->emitOpError("has no place yet: azulejo-place-shared gives it one");
    d.set(result, d.makeI32(*offset));
    return success();
  }

  LogicalResult repeat(Operation *op, Value scalar) {
    d.set(op->getResult(0), SmallVector<Value>(getLayout(op->getResult(0)).getRegisters(), scalar));
    return success();
  }

  LogicalResult distributeIota(IotaOp op) {
    const LinearLayout &layout = getLayout(op.getResult());
    if (!gpu::TileDistributor::isAdditive(layout))
      return op.emitOpError("counts in a layout that mixes threads and registers");
    Type element = cast<RankedTensorType>(op.getType()).getElementType();
    SmallVector<uint64_t> columns;
    for (uint64_t column : layout.getThreadMatrix().getColumns())
      columns.push_back(layout.unflatten(column)[op.getDim()]);
    Value own = d.mapThread(columns);
    if (element.isIndex())
      own = arith::IndexCastUIOp::create(b, element, own);
    else if (element.getIntOrFloatBitWidth() > 32)
      own = arith::ExtUIOp::create(b, element, own);
    else if (element.getIntOrFloatBitWidth() < 32)
      own = arith::TruncIOp::create(b, element, own);
    SmallVector<Value> scalars;
    for (int64_t number = 0; number < layout.getRegisters(); ++number) {
      int64_t coordinate = layout.getRegisterCoordinates(number)[op.getDim()];
      Value constant = arith::ConstantOp::create(b, b.getIntegerAttr(element, coordinate));
      scalars.push_back(arith::AddIOp::create(b, own, constant));
    }
    d.set(op.getResult(), scalars);
    return success();
  }

  /// arith and math: the same operation on each register's scalar.
  LogicalResult distributeElementwise(Operation *op) {
    if (auto constant = dyn_cast<arith::ConstantOp>(op)) {
      auto elements = dyn_cast<SplatElementsAttr>(constant.getValue());
      if (!elements)
        return op->emitOpError("is a tile of different constants");
      return repeat(op, arith::ConstantOp::create(b, elements.getSplatValue<TypedAttr>()));
    }
    if (!isa<arith::ArithDialect, math::MathDialect>(op->getDialect()) ||
        op->getNumResults() != 1 || op->getNumRegions())
      return op->emitOpError("is on tiles and not elementwise");
    auto type = cast<RankedTensorType>(op->getResult(0).getType());
    SmallVector<Value> scalars;
    for (int64_t number = 0; number < getLayout(type).getRegisters(); ++number) {
      SmallVector<Value> operands;
      for (Value operand : op->getOperands())
        operands.push_back(isTileType(operand.getType()) ? d.get(operand)[number] : operand);
      Operation *scalar = Operation::create(op->getLoc(), op->getName(), type.getElementType(),
                                            operands, op->getDiscardableAttrDictionary(),
                                            op->getPropertiesStorage(), BlockRange(), 0);
      b.insert(scalar);
      scalars.push_back(scalar->getResult(0));
    }
    d.set(op->getResult(0), scalars);
    return success();
  }

  SmallVector<Value> flatten(ValueRange values) {
    SmallVector<Value> flat;
    for (Value value : values)
      if (isDistributed(value.getType()))
        llvm::append_range(flat, d.get(value));
      else
        flat.push_back(value);
    return flat;
  }

  /// Gives the values that stand for each of `originals` from `flat`, in order.
  void unflatten(ValueRange originals, ValueRange flat) {
    for (Value original : originals) {
      SmallVector<Type> types;
      appendTypes(original.getType(), types);
      if (isDistributed(original.getType()))
        d.set(original, SmallVector<Value>(flat.take_front(types.size())));
      else
        original.replaceAllUsesWith(flat.front());
      flat = flat.drop_front(types.size());
    }
  }

  static void moveBody(Block *from, Block *to) {
    to->getOperations().splice(to->end(), from->getOperations());
  }

  LogicalResult distributeLoop(scf::ForOp loop) {
    if (llvm::none_of(loop.getResultTypes(), isDistributed))
      return run(*loop.getBody());
    auto flat = scf::ForOp::create(
        b, loop.getLowerBound(), loop.getUpperBound(), loop.getStep(), flatten(loop.getInitArgs()),
        [](OpBuilder &, Location, Value, ValueRange) {}, loop.getUnsignedCmp());
    flat->setDiscardableAttrs(loop->getDiscardableAttrDictionary());
    old.push_back(loop);
    moveBody(loop.getBody(), flat.getBody());
    loop.getInductionVar().replaceAllUsesWith(flat.getInductionVar());
    unflatten(loop.getRegionIterArgs(), flat.getRegionIterArgs());
    if (failed(run(*flat.getBody())))
      return failure();
    unflatten(loop.getResults(), flat.getResults());
    return success();
  }

  LogicalResult distributeIf(scf::IfOp branch) {
    if (llvm::none_of(branch.getResultTypes(), isDistributed)) {
      for (Region &region : branch->getRegions())
        if (!region.empty() && failed(run(region.front())))
          return failure();
      return success();
    }
    SmallVector<Type> types;
    for (Type type : branch.getResultTypes())
      appendTypes(type, types);
    auto flat = scf::IfOp::create(b, types, branch.getCondition(), /*addThenBlock=*/true,
                                  /*addElseBlock=*/true);
    old.push_back(branch);
    moveBody(branch.thenBlock(), flat.thenBlock());
    moveBody(branch.elseBlock(), flat.elseBlock());
    if (failed(run(*flat.thenBlock())) || failed(run(*flat.elseBlock())))
      return failure();
    unflatten(branch.getResults(), flat.getResults());
    return success();
  }

  gpu::TileDistributor d;
  ImplicitLocOpBuilder &b;
  SmallVector<Operation *> old;
  /// wgmma reads shared memory by another way than threads write it: what they wrote is visible to
  /// it behind a fence, which stands at every barrier then.
  bool writesForWgmma = false;
};

struct DistributeTiles : gpu::impl::DistributeTilesBase<DistributeTiles> {
  void runOnOperation() override {
    SmallVector<func::FuncOp> kernels;
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (function->hasAttr(CtaDialect::getWarpsAttrName()))
        kernels.push_back(function);
    // All share one piece of memory, which is there before any of them is rewritten.
    if (llvm::any_of(kernels, gpu::TileDistributor::usesShared))
      gpu::TileDistributor::declareShared(getOperation());
    if (failed(failableParallelForEach(&getContext(), kernels, distribute)))
      signalPassFailure();
  }

  static LogicalResult distribute(func::FuncOp kernel) {
    auto warps = kernel->getAttrOfType<IntegerAttr>(CtaDialect::getWarpsAttrName());
    Walker walker(kernel, warps.getInt());
    if (failed(walker.run(kernel.front())))
      return failure();
    walker.eraseOld();
    kernel->setAttr(gpu::threadsAttribute,
                    OpBuilder(kernel).getI64IntegerAttr(32 * warps.getInt()));
    kernel->removeAttr(CtaDialect::getWarpsAttrName());
    return success();
  }
};

} // namespace
