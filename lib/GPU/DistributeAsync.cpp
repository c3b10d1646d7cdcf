//===- DistributeAsync.cpp - From global to shared memory by cp.async
//-----------------------------------===//
//
// Each thread copies pieces of 16 bytes, or 8, or 4: as wide as alignment allows. What is not valid
// is not read but filled with zeros, to the byte. Where not even 4 bytes are aligned, a copy goes
// through registers, and is complete when the barrier behind the wait is.
//
//===------------------------------------------------------------------------------------------===//
#include "dialects/Cta/TileLayouts.h"
#include "lib/GPU/GlobalWindow.h"
#include "lib/GPU/SharedAccess.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace azulejo::cta;

namespace azulejo::gpu {

static void copyPiece(TileDistributor &d, Value target, Value source, int64_t bytes, Value valid) {
  auto modifier = bytes == 16 ? NVVM::LoadCacheModifierKind::CG : NVVM::LoadCacheModifierKind::CA;
  NVVM::CpAsyncOp::create(d.getBuilder(), target, source, bytes, modifier, valid);
}

/// How many of a piece's bytes are valid, an i32; null for all.
static Value countValidBytes(TileDistributor &d, GlobalWindow &window, ArrayRef<int64_t> start,
                             int64_t dim, int64_t bytes, int64_t elementBytes) {
  ImplicitLocOpBuilder &b = d.getBuilder();
  Value inside = window.isInside(start, dim), rest = window.getRest(dim, start[dim]);
  if (!inside && !rest)
    return {};
  Value count = d.makeI32(bytes), none = d.makeI32(0);
  if (rest) {
    Value zero = arith::ConstantIndexOp::create(b, 0),
          most = arith::ConstantIndexOp::create(b, bytes / elementBytes);
    Value elements = arith::MinSIOp::create(b, arith::MaxSIOp::create(b, rest, zero), most);
    count = arith::MulIOp::create(b, arith::IndexCastOp::create(b, b.getI32Type(), elements),
                                  d.makeI32(elementBytes));
  }
  return inside ? arith::SelectOp::create(b, inside, count, none).getResult() : count;
}

LogicalResult distributeCopyAsync(TileDistributor &d, CopyAsyncOp op) {
  ImplicitLocOpBuilder &b = d.getBuilder();
  SharedType target = op.getTarget().getType();
  Type element = target.getElementType();
  int64_t bytes = target.getElementBytes();
  auto memory = cast<MemRefType>(op.getSource().getType());
  // Threads go along rows of the shared tile if memory does; if memory goes along its columns,
  // along these: then nothing is wider than an element.
  AccessWidth reach = getAccessWidth(memory, op.getIndices(), op.getDims(), op.getMixedValid(),
                                     target.getTileShape());
  bool alongColumns = reach.dim == 0;
  int64_t width = alongColumns ? 1 : std::min(reach.elements, target.getTileShape()[1]);
  LinearLayout layout = getBlockedLayout(
      target.getTileShape(), alongColumns ? ArrayRef<int64_t>{0, 1} : ArrayRef<int64_t>{1, 0},
      width, llvm::Log2_64(d.group.warps));
  GlobalWindow window(d, op.getSource(), op.getIndices(), op.getDims(), op.getMixedValid(), layout);
  std::optional<SharedAccess> access = SharedAccess::get(target, layout);
  if (!access)
    return op.emitOpError("copies to a tile whose panels threads and registers share");
  bool isAsync = width * bytes >= 4;
  RegisterGroups groups = gpu::groupRegisters(layout, alongColumns ? 0 : 1, width);
  auto thread = access->emitThreadOffset(d, access->getThreadPlaces());
  Value base = d.get(op.getTarget())[0];
  d.runIf(d.isThreadZeroIn(layout.getFreeThreadBits()), [&] {
    for (ArrayRef<int64_t> group : groups.groups) {
      SmallVector<int64_t> start = layout.getRegisterCoordinates(group[0]);
      Value to = access->emitPointer(d, base, thread, access->getRegisterPlace(group[0]));
      if (isAsync) {
        copyPiece(d, to, window.getPointer(start), width * bytes,
                  countValidBytes(d, window, start, 1, width * bytes, bytes));
        continue;
      }
      SmallVector<Value> zeros(group.size(), arith::ConstantOp::create(b, b.getZeroAttr(element)));
      SmallVector<Value> values = loadIf(d, window.isInside(start), zeros, [&] {
        return d.loadVector(element, window.getPointer(start), group.size());
      });
      d.storeVector(values, to);
    }
  });
  return success();
}

LogicalResult distributeGatherAsync(TileDistributor &d, GatherAsyncOp op) {
  ImplicitLocOpBuilder &b = d.getBuilder();
  SharedType target = op.getTarget().getType();
  Type element = target.getElementType();
  int64_t bytes = target.getElementBytes();
  const LinearLayout &layout = getLayout(op.getOffsets());
  std::optional<SharedAccess> access = SharedAccess::get(target, layout);
  if (!access)
    return op.emitOpError("copies to a tile whose panels threads and registers share");
  RegisterGroups inMemory =
      gpu::groupRegisters(layout, 1, std::min<int64_t>(op.getContiguity(), 16 / bytes));
  RegisterGroups groups = access->groupRegisters(inMemory.width * bytes);
  bool isAsync = groups.width * bytes >= 4;
  auto thread = access->emitThreadOffset(d, access->getThreadPlaces());
  Value base = d.get(op.getTarget())[0], from = d.getGlobalPointer(op.getSource());
  d.runIf(d.isThreadZeroIn(layout.getFreeThreadBits()), [&] {
    for (ArrayRef<int64_t> group : groups.groups) {
      Value to = access->emitPointer(d, base, thread, access->getRegisterPlace(group[0]));
      Value inside = op.getMask() ? d.get(op.getMask())[group[0]] : Value();
      auto getSource = [&] {
        return getGatheredPointer(d, from, d.get(op.getOffsets())[group[0]], bytes);
      };
      if (isAsync) {
        Value valid;
        if (inside)
          valid = arith::SelectOp::create(b, inside, d.makeI32(groups.width * bytes), d.makeI32(0));
        copyPiece(d, to, getSource(), groups.width * bytes, valid);
        continue;
      }
      SmallVector<Value> zeros(group.size(), arith::ConstantOp::create(b, b.getZeroAttr(element)));
      d.storeVector(loadIf(d, inside, zeros,
                           [&] { return d.loadVector(element, getSource(), group.size()); }),
                    to);
    }
  });
  return success();
}

} // namespace azulejo::gpu
