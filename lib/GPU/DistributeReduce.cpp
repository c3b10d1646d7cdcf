//===- DistributeReduce.cpp - Reductions and their inverse
//--------------------------------------------===//
//
// A reduction combines what a thread has, then what the lanes of a warp have, by exchanging with
// the lane whose number differs in one bit, then what warps have, through shared memory. All
// threads end up with the result, as the layout of the result says.
//
//===------------------------------------------------------------------------------------------===//
#include "lib/GPU/RegisterGroups.h"
#include "lib/GPU/TileDistributor.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace azulejo::cta;

namespace azulejo::gpu {

/// The register of `layout` with these coordinates, apart from what threads contribute.
static int64_t findRegister(const LinearLayout &layout, ArrayRef<int64_t> coordinates) {
  uint64_t flat = *layout.getRegisterMatrix().solve(layout.flatten(coordinates));
  int64_t repeat = 0;
  for (auto [dim, coordinate] : llvm::enumerate(coordinates))
    repeat = repeat * layout.getRepeats(dim) + coordinate / layout.getAtomSize(dim);
  return repeat * layout.getAtomRegisters() + flat;
}

/// Combines two sets of values, one of each operand, by the reduction's body.
static SmallVector<Value> combine(TileDistributor &d, ReduceOp op, ArrayRef<Value> a,
                                  ArrayRef<Value> b) {
  IRMapping mapping;
  Block &body = op.getBody().front();
  for (auto [i, value] : llvm::enumerate(a))
    mapping.map(body.getArgument(i), value);
  for (auto [i, value] : llvm::enumerate(b))
    mapping.map(body.getArgument(a.size() + i), value);
  for (Operation &inner : body.without_terminator())
    d.getBuilder().clone(inner, mapping);
  SmallVector<Value> results;
  for (Value value : body.getTerminator()->getOperands())
    results.push_back(mapping.lookupOrDefault(value));
  return results;
}

/// The bits of a thread's number in which those differ whose elements are combined.
static uint64_t getReducedBits(const LinearLayout &from, const LinearLayout &to) {
  return to.getFreeThreadBits() & ~from.getFreeThreadBits();
}

/// The sets of values that different warps hold, combined: each warp writes its own, and each reads
/// all.
static void combineWarps(TileDistributor &d, ReduceOp op, const LinearLayout &from,
                         const LinearLayout &to, uint64_t reduced,
                         MutableArrayRef<SmallVector<Value>> partial) {
  ImplicitLocOpBuilder &b = d.getBuilder();
  uint64_t warpBits = reduced >> laneBits << laneBits;
  int64_t warps = int64_t(1) << llvm::popcount(warpBits), elements = 1;
  for (int64_t size : to.getShape())
    elements *= size;
  // A thread's place among those it is combined with, and in the result.
  SmallVector<uint64_t> rankColumns(laneBits + to.getWarpBits(), 0);
  unsigned next = 0;
  for (unsigned bit = laneBits; bit < rankColumns.size(); ++bit)
    if (warpBits >> bit & 1)
      rankColumns[bit] = uint64_t(1) << next++;
  Value rank = d.mapThread(rankColumns), own = d.mapThread(to.getThreadMatrix().getColumns());
  Value scratch = d.getScratch(op);
  int64_t atomElements = int64_t(1) << to.getAtomBits();
  auto getPosition = [&](int64_t number) {
    int64_t repeat = number / to.getAtomRegisters();
    uint64_t flat = to.getRegisterMatrix()(number % to.getAtomRegisters());
    Value inAtom = arith::XOrIOp::create(b, own, d.makeI32(flat));
    return arith::AddIOp::create(b, inAtom, d.makeI32(repeat * atomElements)).getResult();
  };
  int64_t start = 0;
  d.barrier();
  for (unsigned operand = 0; operand < op.getTiles().size(); ++operand) {
    Type element = cast<RankedTensorType>(op.getTiles()[operand].getType()).getElementType();
    int64_t bytes = TileDistributor::getElementBytes(element);
    Value area = d.addBytes(scratch, start);
    d.runIf(d.isThreadZeroIn(to.getFreeThreadBits() & ~warpBits), [&] {
      Value row = arith::MulIOp::create(b, rank, d.makeI32(elements));
      for (int64_t number = 0; number < to.getRegisters(); ++number) {
        Value place = arith::AddIOp::create(b, row, getPosition(number));
        d.storeVector(partial[number][operand],
                      d.addBytes(area, arith::MulIOp::create(b, place, d.makeI32(bytes))));
      }
    });
    start += llvm::alignTo(warps * elements * bytes, 8);
  }
  d.barrier();
  for (int64_t number = 0; number < to.getRegisters(); ++number) {
    Value position = getPosition(number);
    SmallVector<Value> total;
    for (int64_t warp = 0; warp < warps; ++warp) {
      SmallVector<Value> values;
      int64_t areaStart = 0;
      for (Value tile : op.getTiles()) {
        Type element = cast<RankedTensorType>(tile.getType()).getElementType();
        int64_t bytes = TileDistributor::getElementBytes(element);
        Value place = arith::AddIOp::create(b, position, d.makeI32(warp * elements));
        Value pointer = d.addBytes(d.addBytes(scratch, areaStart),
                                   arith::MulIOp::create(b, place, d.makeI32(bytes)));
        values.push_back(d.loadVector(element, pointer, 1)[0]);
        areaStart += llvm::alignTo(warps * elements * bytes, 8);
      }
      total = warp == 0 ? values : combine(d, op, total, values);
    }
    partial[number] = total;
  }
}

LogicalResult distributeReduce(TileDistributor &d, ReduceOp op) {
  const LinearLayout &from = getLayout(op.getTiles()[0]), &to = getLayout(op.getResult(0));
  unsigned axis = op.getAxis();
  uint64_t reduced = getReducedBits(from, to);
  for (auto [bit, column] : llvm::enumerate(from.getThreadMatrix().getColumns())) {
    SmallVector<int64_t> coordinates = from.unflatten(column);
    bool along = coordinates[axis];
    coordinates[axis] = 0;
    if (along && llvm::any_of(coordinates, [](int64_t c) { return c != 0; }))
      return op.emitOpError("reduces a tile whose layout mixes dimensions");
  }

  // The registers of each result, combined pairwise so that the chains are short.
  SmallVector<SmallVector<SmallVector<Value>>> parts(to.getRegisters());
  for (int64_t number = 0; number < from.getRegisters(); ++number) {
    SmallVector<int64_t> coordinates = from.getRegisterCoordinates(number);
    coordinates.erase(coordinates.begin() + axis);
    SmallVector<Value> values;
    for (Value tile : op.getTiles())
      values.push_back(d.get(tile)[number]);
    parts[findRegister(to, coordinates)].push_back(values);
  }
  SmallVector<SmallVector<Value>> partial;
  for (auto &list : parts) {
    while (list.size() > 1) {
      SmallVector<SmallVector<Value>> halves;
      for (size_t i = 0; i + 1 < list.size(); i += 2)
        halves.push_back(combine(d, op, list[i], list[i + 1]));
      if (list.size() % 2)
        halves.push_back(list.back());
      list = std::move(halves);
    }
    partial.push_back(list.front());
  }

  for (unsigned lane = 0; lane < laneBits; ++lane) {
    if (!(reduced >> lane & 1))
      continue;
    Value distance = d.makeI32(1 << lane);
    for (SmallVector<Value> &values : partial) {
      SmallVector<Value> others;
      for (Value value : values)
        others.push_back(d.shuffle(value, distance, /*isXor=*/true));
      values = combine(d, op, values, others);
    }
  }
  if (reduced >> laneBits)
    combineWarps(d, op, from, to, reduced, partial);
  for (auto [operand, result] : llvm::enumerate(op.getResults())) {
    SmallVector<Value> scalars;
    for (const SmallVector<Value> &values : partial)
      scalars.push_back(values[operand]);
    d.set(result, scalars);
  }
  return success();
}

LogicalResult distributeBroadcast(TileDistributor &d, BroadcastOp op) {
  const LinearLayout &from = getLayout(op.getTile()), &to = getLayout(op.getResult());
  LinearLayout expected = to;
  for (int64_t dim : llvm::reverse(op.getAlong()))
    expected = expected.dropDimension(dim);
  if (expected != from)
    return op.emitOpError("needs its operand in the result's layout without the new dimensions");
  SmallVector<Value> scalars;
  for (int64_t number = 0; number < to.getRegisters(); ++number) {
    SmallVector<int64_t> coordinates = to.getRegisterCoordinates(number);
    for (int64_t dim : llvm::reverse(op.getAlong()))
      coordinates.erase(coordinates.begin() + dim);
    scalars.push_back(d.get(op.getTile())[findRegister(from, coordinates)]);
  }
  d.set(op.getResult(), scalars);
  return success();
}

LogicalResult distributeTranspose(TileDistributor &d, TransposeOp op) {
  const LinearLayout &from = getLayout(op.getTile()), &to = getLayout(op.getResult());
  SmallVector<Value> scalars(to.getRegisters());
  for (int64_t number = 0; number < from.getRegisters(); ++number) {
    SmallVector<int64_t> coordinates = from.getRegisterCoordinates(number), permuted;
    for (int64_t dim : op.getPermutation())
      permuted.push_back(coordinates[dim]);
    scalars[findRegister(to, permuted)] = d.get(op.getTile())[number];
  }
  d.set(op.getResult(), scalars);
  return success();
}

} // namespace azulejo::gpu
