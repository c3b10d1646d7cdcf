//===- DistributeConvert.cpp - From one layout to another
//-------------------------------------------===//
#include "dialects/Cta/ConversionPlan.h"
#include "lib/GPU/RegisterGroups.h"
#include "lib/GPU/TileDistributor.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace azulejo::cta;

namespace azulejo::gpu {

/// What the bits of a thread's number contribute to the conversion's source, cut to some of its
/// bits.
static SmallVector<uint64_t> getThreadColumns(const ConversionPlan &plan, const LinearLayout &to,
                                              uint64_t mask, unsigned shift) {
  SmallVector<uint64_t> columns;
  for (uint64_t column : plan.getSource().getColumns().drop_front(to.getRegisterBits()))
    columns.push_back((column & mask) >> shift);
  return columns;
}

static SmallVector<Value> convertWithinWarps(TileDistributor &d, const ConversionPlan &plan,
                                             const LinearLayout &from, const LinearLayout &to,
                                             ArrayRef<Value> scalars) {
  ImplicitLocOpBuilder &b = d.getBuilder();
  uint64_t registerMask = from.getAtomRegisters() - 1;
  uint64_t laneMask = ~registerMask & ((uint64_t(1) << (from.getRegisterBits() + laneBits)) - 1);
  // Whom a thread reads from, but for what the register adds; and which register it picks there.
  SmallVector<uint64_t> lanes = getThreadColumns(plan, to, laneMask, from.getRegisterBits());
  SmallVector<uint64_t> identity;
  for (unsigned bit = 0; bit < lanes.size(); ++bit)
    identity.push_back(bit < laneBits ? uint64_t(1) << bit : 0);
  bool readsOwn = lanes == identity;
  Value lane = readsOwn ? Value() : d.mapThread(lanes);
  Value picked = d.mapThread(getThreadColumns(plan, to, registerMask, 0));

  SmallVector<Value> result;
  for (int64_t number = 0; number < to.getRegisters(); ++number) {
    int64_t repeat = number / to.getAtomRegisters();
    uint64_t source = plan.getSource()(number % to.getAtomRegisters());
    uint64_t laneOffset = (source & laneMask) >> from.getRegisterBits();
    Value value;
    for (uint64_t choice = 0; choice < uint64_t(1) << plan.getSelected().size(); ++choice) {
      uint64_t difference = BitMatrix(plan.getSelected())(choice);
      Value candidate =
          scalars[repeat * from.getAtomRegisters() + ((source & registerMask) ^ difference)];
      if (readsOwn && laneOffset)
        candidate = d.shuffle(candidate, d.makeI32(laneOffset), /*isXor=*/true);
      else if (!readsOwn)
        candidate = d.shuffle(candidate, arith::XOrIOp::create(b, lane, d.makeI32(laneOffset)),
                              /*isXor=*/false);
      value = !value ? candidate
                     : arith::SelectOp::create(b,
                                               arith::CmpIOp::create(b, arith::CmpIPredicate::eq,
                                                                     picked, d.makeI32(difference)),
                                               candidate, value)
                           .getResult();
    }
    result.push_back(value);
  }
  return result;
}

/// A side's accesses to shared memory: its registers of one atom by their positions.
static RegisterGroups groupByPosition(const BitMatrix &memory, const LinearLayout &layout,
                                      int64_t width) {
  SmallVector<RegisterPlace> places;
  for (int64_t number = 0; number < layout.getAtomRegisters(); ++number)
    places.push_back({0, static_cast<int64_t>(memory(layout.getRegisterMatrix()(number)))});
  return groupRegisters(places, width);
}

static SmallVector<Value> convertThroughShared(TileDistributor &d, ConvertLayoutOp op,
                                               const ConversionPlan &plan, const LinearLayout &from,
                                               const LinearLayout &to, ArrayRef<Value> scalars) {
  ImplicitLocOpBuilder &b = d.getBuilder();
  Type element = cast<RankedTensorType>(op.getType()).getElementType();
  int64_t bytes = TileDistributor::getElementBytes(element);
  const BitMatrix &memory = plan.getMemory();
  Value scratch = d.getScratch(op);
  struct Side {
    RegisterGroups access;
    Value threadOffset;
    uint64_t threadMask;
    const LinearLayout &layout;
  };
  auto makeSide = [&](const LinearLayout &layout) {
    SmallVector<uint64_t> columns;
    uint64_t mask = 0;
    for (uint64_t column : memory.compose(layout.getThreadMatrix()).getColumns()) {
      columns.push_back(column * bytes);
      mask |= columns.back();
    }
    return Side{groupByPosition(memory, layout, int64_t(1) << plan.getVectorBits()),
                d.mapThread(columns), mask, layout};
  };
  Side writer = makeSide(from), reader = makeSide(to);
  // What meets bits of the thread's is xored; the rest is a constant behind the address.
  auto getPointer = [&](const Side &side, int64_t number) {
    uint64_t position = memory(side.layout.getRegisterMatrix()(number)) * bytes;
    Value offset = side.threadOffset;
    if (uint64_t mixed = position & side.threadMask)
      offset = arith::XOrIOp::create(b, offset, d.makeI32(mixed));
    return d.addBytes(d.addBytes(scratch, offset), position & ~side.threadMask);
  };
  SmallVector<Value> result(to.getRegisters());
  for (int64_t repeat = 0; repeat < from.getRepeats(); ++repeat) {
    d.barrier();
    d.runIf(d.isThreadZeroIn(from.getFreeThreadBits()), [&] {
      for (ArrayRef<int64_t> group : writer.access.groups) {
        SmallVector<Value> values;
        for (int64_t number : group)
          values.push_back(scalars[repeat * from.getAtomRegisters() + number]);
        d.storeVector(values, getPointer(writer, group[0]));
      }
    });
    d.barrier();
    for (ArrayRef<int64_t> group : reader.access.groups)
      for (auto [number, value] :
           llvm::zip(group, d.loadVector(element, getPointer(reader, group[0]), group.size())))
        result[repeat * to.getAtomRegisters() + number] = value;
  }
  return result;
}

LogicalResult distributeConvert(TileDistributor &d, ConvertLayoutOp op) {
  const LinearLayout &from = getLayout(op.getTile()), &to = getLayout(op.getResult());
  Type element = cast<RankedTensorType>(op.getType()).getElementType();
  ConversionPlan plan(from, to, TileDistributor::getElementBytes(element) * 8);
  ArrayRef<Value> scalars = d.get(op.getTile());
  d.set(op.getResult(), plan.getKind() == ConversionPlan::Shared
                            ? convertThroughShared(d, op, plan, from, to, scalars)
                            : convertWithinWarps(d, plan, from, to, scalars));
  return success();
}

} // namespace azulejo::gpu
