//===- DistributeBulk.cpp - mbarriers, bulk copies, roles
//-----------------------------------------------===//
#include "lib/GPU/TileDistributor.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace azulejo::cta;

namespace azulejo::gpu {

static Value getBarrierPointer(TileDistributor &d, Value barriers, Value index) {
  ImplicitLocOpBuilder &b = d.getBuilder();
  Value place =
      arith::MulIOp::create(b, arith::IndexCastOp::create(b, b.getI32Type(), index), d.makeI32(8));
  return d.getSharedPointer(arith::AddIOp::create(b, d.get(barriers)[0], place));
}

static LogicalResult distributeBarriers(TileDistributor &d, BarriersOp op) {
  ImplicitLocOpBuilder &b = d.getBuilder();
  if (!op.getOffset())
    return op.emitOpError("has no place yet: azulejo-place-shared gives it one");
  d.runOnce([&] {
    for (int64_t i = 0; i < op.getType().getCount(); ++i)
      NVVM::MBarrierInitOp::create(b, d.getSharedPointer(d.makeI32(*op.getOffset() + 8 * i)),
                                   d.makeI32(op.getArrivals()), Value());
    NVVM::FenceMbarrierInitOp::create(b);
  });
  d.barrier();
  d.set(op.getResult(), d.makeI32(*op.getOffset()));
  return success();
}

void invalidateBarriers(TileDistributor &d, Block &body) {
  ImplicitLocOpBuilder &b = d.getBuilder();
  SmallVector<BarriersOp> made(body.getOps<BarriersOp>());
  if (made.empty())
    return;
  b.setInsertionPoint(body.getTerminator());
  d.barrier();
  d.runOnce([&] {
    for (BarriersOp op : made)
      for (int64_t i = 0; i < op.getType().getCount(); ++i)
        NVVM::MBarrierInvalOp::create(b, d.getSharedPointer(d.makeI32(*op.getOffset() + 8 * i)));
  });
}

static LogicalResult distributeArrive(TileDistributor &d, ArriveOp op) {
  ImplicitLocOpBuilder &b = d.getBuilder();
  Value pointer = getBarrierPointer(d, op.getBarriers(), op.getIndex());
  if (op.getExpect()) {
    d.runOnce([&] {
      NVVM::MBarrierArriveExpectTxOp::create(b, Type(), pointer, d.makeI32(*op.getExpect()),
                                             NVVM::MemScopeKind::CTA, /*relaxed=*/false,
                                             /*predicate=*/Value());
    });
    return success();
  }
  d.runIf(d.group.single ? Value() : d.isThreadZeroIn(127), [&] {
    NVVM::MBarrierArriveOp::create(b, b.getI64Type(), pointer, /*count=*/Value(),
                                   NVVM::MemScopeKind::CTA);
  });
  return success();
}

static LogicalResult distributeWait(TileDistributor &d, WaitOp op) {
  ImplicitLocOpBuilder &b = d.getBuilder();
  Value pointer = getBarrierPointer(d, op.getBarriers(), op.getIndex());
  auto loop = scf::WhileOp::create(
      b, TypeRange(), ValueRange(),
      [&](OpBuilder &builder, Location loc, ValueRange) {
        Value done = NVVM::MBarrierTryWaitOp::create(builder, loc, builder.getI1Type(), pointer,
                                                     op.getParity(), /*ticks=*/Value(),
                                                     NVVM::MemScopeKind::CTA);
        Value yes = arith::ConstantOp::create(builder, loc, builder.getBoolAttr(true));
        scf::ConditionOp::create(builder, loc, arith::XOrIOp::create(builder, loc, done, yes),
                                 ValueRange());
      },
      [&](OpBuilder &builder, Location loc, ValueRange) { scf::YieldOp::create(builder, loc); });
  b.setInsertionPointAfter(loop);
  return success();
}

/// A tensor map is an argument behind all others, of 128 bytes that the host has encoded.
static LogicalResult distributeTensorMap(TileDistributor &d, TensorMapOp op) {
  func::FuncOp kernel = d.getKernel();
  MLIRContext *context = op.getContext();
  auto source = dyn_cast<BlockArgument>(op.getSource());
  if (!source || source.getOwner() != &kernel.front())
    return op.emitOpError("maps what is no argument of the kernel");
  Builder b(context);
  Type i8 = b.getI8Type();
  // Its `nvvm.grid_constant` it gets with the kernel's own attribute.
  auto attributes = b.getDictionaryAttr(
      {b.getNamedAttr("llvm.align", b.getI64IntegerAttr(64)),
       b.getNamedAttr("llvm.byval", TypeAttr::get(LLVM::LLVMArrayType::get(i8, 128)))});
  unsigned number = kernel.getNumArguments();
  if (failed(kernel.insertArgument(number, LLVM::LLVMPointerType::get(context), attributes,
                                   op.getLoc())))
    return failure();
  SmallVector<Attribute> maps;
  StringRef name = CtaDialect::getTensorMapsAttrName();
  if (auto before = kernel->getAttrOfType<ArrayAttr>(name))
    llvm::append_range(maps, before);
  maps.push_back(
      b.getDictionaryAttr({b.getNamedAttr("source", b.getI64IntegerAttr(source.getArgNumber())),
                           b.getNamedAttr("type", TypeAttr::get(op.getType()))}));
  kernel->setAttr(name, b.getArrayAttr(maps));
  d.set(op.getResult(), kernel.getArgument(number));
  return success();
}

/// Calls `move` for each panel of a box: its pointer in shared memory, and its coordinates with the
/// innermost first.
static void forEachPanel(TileDistributor &d, Value shared, ValueRange indices,
                         function_ref<void(Value, ValueRange)> move) {
  ImplicitLocOpBuilder &b = d.getBuilder();
  auto type = cast<SharedType>(shared.getType());
  int64_t columns = type.getTileShape()[1], rows = type.getTileShape()[0],
          bytes = type.getElementBytes();
  int64_t perPanel = type.getSwizzle() ? type.getSwizzle() / bytes : columns;
  for (int64_t column = 0; column < columns; column += perPanel) {
    SmallVector<Value> coordinates;
    for (Value index : llvm::reverse(indices))
      coordinates.push_back(arith::IndexCastOp::create(b, b.getI32Type(), index));
    coordinates[0] = arith::AddIOp::create(b, coordinates[0], d.makeI32(column));
    Value offset = arith::AddIOp::create(b, d.get(shared)[0], d.makeI32(column * rows * bytes));
    move(d.getSharedPointer(offset), coordinates);
  }
}

static LogicalResult distributeTmaLoad(TileDistributor &d, TmaLoadOp op) {
  ImplicitLocOpBuilder &b = d.getBuilder();
  Value barrier = getBarrierPointer(d, op.getBarriers(), op.getIndex());
  Type cluster = LLVM::LLVMPointerType::get(b.getContext(), 7);
  d.runOnce([&] {
    forEachPanel(d, op.getTarget(), op.getIndices(), [&](Value pointer, ValueRange coordinates) {
      Value target = LLVM::AddrSpaceCastOp::create(b, cluster, pointer);
      NVVM::CpAsyncBulkTensorGlobalToSharedClusterOp::create(
          b, target, d.get(op.getMap())[0], coordinates, barrier, ValueRange(), Value(), Value(),
          NVVM::TMALoadMode::TILE, /*isCTAOnly=*/false, /*group=*/nullptr, /*predicate=*/Value());
    });
  });
  return success();
}

static LogicalResult distributeTmaStore(TileDistributor &d, TmaStoreOp op) {
  ImplicitLocOpBuilder &b = d.getBuilder();
  MLIRContext *context = b.getContext();
  NVVM::FenceProxyOp::create(b, NVVM::ProxyKindAttr::get(context, NVVM::ProxyKind::async_shared),
                             NVVM::SharedSpaceAttr::get(context, NVVM::SharedSpace::shared_cta));
  d.barrier();
  d.runOnce([&] {
    forEachPanel(d, op.getSource(), op.getIndices(), [&](Value pointer, ValueRange coordinates) {
      NVVM::CpAsyncBulkTensorSharedCTAToGlobalOp::create(
          b, d.get(op.getMap())[0], pointer, coordinates, Value(),
          NVVM::TMAStoreModeAttr::get(context, NVVM::TMAStoreMode::TILE), Value());
    });
    NVVM::CpAsyncBulkCommitGroupOp::create(b);
  });
  return success();
}

static LogicalResult distributeTmaStoreWait(TileDistributor &d, TmaStoreWaitOp op) {
  ImplicitLocOpBuilder &b = d.getBuilder();
  d.runOnce([&] {
    NVVM::CpAsyncBulkWaitGroupOp::create(b, b.getI32IntegerAttr(op.getPending()), b.getUnitAttr());
  });
  d.barrier();
  return success();
}

LogicalResult distributeBulk(TileDistributor &d, Operation *op) {
  return TypeSwitch<Operation *, LogicalResult>(op)
      .Case([&](BarriersOp op) { return distributeBarriers(d, op); })
      .Case([&](ArriveOp op) { return distributeArrive(d, op); })
      .Case([&](WaitOp op) { return distributeWait(d, op); })
      .Case([&](TensorMapOp op) { return distributeTensorMap(d, op); })
      .Case([&](TmaLoadOp op) { return distributeTmaLoad(d, op); })
      .Case([&](TmaStoreOp op) { return distributeTmaStore(d, op); })
      .Case([&](TmaStoreWaitOp op) { return distributeTmaStoreWait(d, op); })
      .Default([](Operation *op) { return op->emitOpError("is not known to distribution"); });
}

LogicalResult distributeRoles(TileDistributor &d, RolesOp op,
                              function_ref<LogicalResult(Block &)> walk) {
  ImplicitLocOpBuilder &b = d.getBuilder();
  ThreadGroup block = d.group;
  // The warp's number from one lane, so that it is known to be the same in all.
  Value warp = arith::ShRUIOp::create(b, block.thread, d.makeI32(laneBits));
  warp = d.shuffle(warp, d.makeI32(0), /*isXor=*/false);
  int64_t first = 0;
  OpBuilder::InsertionGuard guard(b);
  for (auto [role, region] : llvm::enumerate(op.getBodies())) {
    int64_t warps = op.getWarps()[role], registers = op.getRegisters()[role];
    bool isLast = role + 1 == op.getBodies().size();
    scf::IfOp branch;
    if (!isLast) {
      Value mine =
          arith::CmpIOp::create(b, arith::CmpIPredicate::ult, warp, d.makeI32(first + warps));
      branch = scf::IfOp::create(b, mine, /*withElseRegion=*/true);
      b.setInsertionPointToStart(branch.thenBlock());
    }
    if (registers)
      NVVM::SetMaxRegisterOp::create(b, static_cast<uint32_t>(registers),
                                     registers < 128 ? NVVM::SetMaxRegisterAction::decrease
                                                     : NVVM::SetMaxRegisterAction::increase);
    d.group.thread = arith::SubIOp::create(b, d.readThread(), d.makeI32(first * 32));
    d.group.warps = warps;
    d.group.barrier = role + 1;
    d.group.single = false;
    Block &body = region.front();
    auto moveBody = [&] {
      Block *target = b.getInsertionBlock();
      auto place = b.getInsertionPoint();
      SmallVector<Operation *> moved;
      for (Operation &inner : body.without_terminator())
        moved.push_back(&inner);
      for (Operation *inner : moved)
        inner->moveBefore(target, place);
      return walk(*target);
    };
    LogicalResult result = success();
    if (llvm::is_contained(op.getSingle(), static_cast<int64_t>(role))) {
      d.runOnce([&] {
        d.group.single = true;
        result = moveBody();
      });
      // The lanes that had nothing to do wait for the one that had.
      NVVM::SyncWarpOp::create(b, d.makeI32(-1));
    } else if (branch) {
      result = moveBody();
    } else {
      d.runIf(arith::ConstantOp::create(b, b.getBoolAttr(true)), [&] { result = moveBody(); });
    }
    if (failed(result))
      return failure();
    if (branch)
      b.setInsertionPointToStart(branch.elseBlock());
    first += warps;
  }
  d.group = block;
  return success();
}

} // namespace azulejo::gpu
