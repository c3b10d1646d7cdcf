//===- DistributeGlobal.cpp - Between global memory and registers
//---------------------------------===//
#include "lib/GPU/Divisibility.h"
#include "lib/GPU/GlobalWindow.h"
#include "lib/GPU/RegisterGroups.h"
#include "lib/GPU/TileDistributor.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace azulejo::cta;

namespace azulejo::gpu {

SmallVector<Value> loadIf(TileDistributor &d, Value condition, ArrayRef<Value> otherwise,
                          function_ref<SmallVector<Value>()> body) {
  if (!condition)
    return body();
  ImplicitLocOpBuilder &b = d.getBuilder();
  auto branch = scf::IfOp::create(b, ValueRange(otherwise).getTypes(), condition,
                                  /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(branch.thenBlock());
  scf::YieldOp::create(b, body());
  b.setInsertionPointToStart(branch.elseBlock());
  scf::YieldOp::create(b, otherwise);
  return SmallVector<Value>(branch.getResults());
}

static Value makePad(TileDistributor &d, Value pad, Type element) {
  ImplicitLocOpBuilder &b = d.getBuilder();
  return pad ? pad : arith::ConstantOp::create(b, b.getZeroAttr(element)).getResult();
}

LogicalResult distributeLoad(TileDistributor &d, LoadOp op) {
  auto type = cast<RankedTensorType>(op.getType());
  const LinearLayout &layout = getLayout(type);
  if (!TileDistributor::isAdditive(layout))
    return op.emitOpError("reads a tile whose layout mixes threads and registers");
  GlobalWindow window(d, op.getSource(), op.getIndices(), op.getDims(), op.getMixedValid(), layout);
  RegisterGroups access = window.groupRegisters(layout);
  Value pad = makePad(d, op.getPad(), type.getElementType());
  SmallVector<Value> scalars(layout.getRegisters());
  for (ArrayRef<int64_t> group : access.groups) {
    SmallVector<int64_t> start = layout.getRegisterCoordinates(group[0]);
    SmallVector<Value> otherwise(group.size(), pad);
    SmallVector<Value> values = loadIf(d, window.isInside(start), otherwise, [&] {
      return d.loadVector(type.getElementType(), window.getPointer(start), group.size());
    });
    for (auto [number, value] : llvm::zip(group, values))
      scalars[number] = value;
  }
  d.set(op.getResult(), scalars);
  return success();
}

LogicalResult distributeStore(TileDistributor &d, StoreOp op) {
  auto type = cast<RankedTensorType>(op.getTile().getType());
  const LinearLayout &layout = getLayout(type);
  if (!TileDistributor::isAdditive(layout))
    return op.emitOpError("writes a tile whose layout mixes threads and registers");
  GlobalWindow window(d, op.getTarget(), op.getIndices(), op.getDims(), op.getMixedValid(), layout);
  RegisterGroups access = window.groupRegisters(layout);
  ArrayRef<Value> scalars = d.get(op.getTile());
  d.runIf(d.isThreadZeroIn(layout.getFreeThreadBits()), [&] {
    for (ArrayRef<int64_t> group : access.groups) {
      SmallVector<int64_t> start = layout.getRegisterCoordinates(group[0]);
      SmallVector<Value> values;
      for (int64_t number : group)
        values.push_back(scalars[number]);
      d.runIf(window.isInside(start), [&] { d.storeVector(values, window.getPointer(start)); });
    }
  });
  return success();
}

Value getGatheredPointer(TileDistributor &d, Value base, Value offset, int64_t bytes) {
  ImplicitLocOpBuilder &b = d.getBuilder();
  if (offset.getType().isInteger(32))
    offset = arith::ExtSIOp::create(b, b.getI64Type(), offset);
  return d.addBytes(base, arith::MulIOp::create(b, offset, d.makeI64(bytes)));
}

LogicalResult distributeGather(TileDistributor &d, GatherOp op) {
  auto type = cast<RankedTensorType>(op.getType());
  const LinearLayout &layout = getLayout(type);
  int64_t bytes = TileDistributor::getElementBytes(type.getElementType());
  RegisterGroups access = groupRegisters(layout, static_cast<int64_t>(layout.getRank()) - 1,
                                         std::min<int64_t>(op.getContiguity(), 16 / bytes));
  Value base = d.getGlobalPointer(op.getSource()),
        pad = makePad(d, op.getPad(), type.getElementType());
  SmallVector<Value> scalars(layout.getRegisters());
  for (ArrayRef<int64_t> group : access.groups) {
    SmallVector<Value> otherwise(group.size(), pad);
    Value condition = op.getMask() ? d.get(op.getMask())[group[0]] : Value();
    SmallVector<Value> values = loadIf(d, condition, otherwise, [&] {
      Value pointer = getGatheredPointer(d, base, d.get(op.getOffsets())[group[0]], bytes);
      return d.loadVector(type.getElementType(), pointer, group.size());
    });
    for (auto [number, value] : llvm::zip(group, values))
      scalars[number] = value;
  }
  d.set(op.getResult(), scalars);
  return success();
}

LogicalResult distributeScatter(TileDistributor &d, ScatterOp op) {
  auto type = cast<RankedTensorType>(op.getTile().getType());
  const LinearLayout &layout = getLayout(type);
  int64_t bytes = TileDistributor::getElementBytes(type.getElementType());
  RegisterGroups access = groupRegisters(layout, static_cast<int64_t>(layout.getRank()) - 1,
                                         std::min<int64_t>(op.getContiguity(), 16 / bytes));
  Value base = d.getGlobalPointer(op.getTarget());
  d.runIf(d.isThreadZeroIn(layout.getFreeThreadBits()), [&] {
    for (ArrayRef<int64_t> group : access.groups) {
      SmallVector<Value> values;
      for (int64_t number : group)
        values.push_back(d.get(op.getTile())[number]);
      d.runIf(op.getMask() ? d.get(op.getMask())[group[0]] : Value(), [&] {
        d.storeVector(values, getGatheredPointer(d, base, d.get(op.getOffsets())[group[0]], bytes));
      });
    }
  });
  return success();
}

} // namespace azulejo::gpu
