//===- PlaceShared.cpp - Where shared memory lies
//---------------------------------------------------------===//
//
// What is allocated lives from its allocation to its last use, and through every loop around a use
// that does not hold the allocation too. Scratch memory of conversions and reductions lives while
// its operation runs. Roles run at the same time: what any of them uses lives as long as all of
// them, and the scratch memory of a role is one piece that only its own operations share. Two
// things that live at different times may lie at the same place; then a barrier stands before the
// later one, except for scratch memory, whose users begin with a barrier themselves.
//
//===------------------------------------------------------------------------------------------===//
#include "dialects/Cta/ConversionPlan.h"
#include "lib/GPU/Passes.h"
#include "lib/GPU/TileDistributor.h"

namespace azulejo::gpu {
#define GEN_PASS_DEF_PLACESHARED
#include "lib/GPU/Passes.h.inc"
} // namespace azulejo::gpu

using namespace mlir;
using namespace azulejo;
using namespace azulejo::cta;

int64_t azulejo::gpu::getScratchBytes(Operation *op) {
  if (auto convert = dyn_cast<ConvertLayoutOp>(op)) {
    const LinearLayout &from = getLayout(convert.getTile()), &to = getLayout(convert.getResult());
    int64_t bytes = TileDistributor::getElementBytes(
        cast<RankedTensorType>(convert.getType()).getElementType());
    ConversionPlan plan(from, to, bytes * 8);
    return plan.getKind() == ConversionPlan::Shared ? bytes << from.getAtomBits() : 0;
  }
  if (auto reduce = dyn_cast<ReduceOp>(op)) {
    const LinearLayout &from = getLayout(reduce.getTiles()[0]),
                       &to = getLayout(reduce.getResult(0));
    uint64_t warps = (to.getFreeThreadBits() & ~from.getFreeThreadBits()) >> laneBits;
    if (!warps)
      return 0;
    int64_t elements = int64_t(1) << llvm::popcount(warps), total = 0;
    for (int64_t size : to.getShape())
      elements *= size;
    for (Value tile : reduce.getTiles())
      total +=
          llvm::alignTo(elements * TileDistributor::getElementBytes(
                                       cast<RankedTensorType>(tile.getType()).getElementType()),
                        8);
    return total;
  }
  return 0;
}

namespace {

struct Piece {
  SmallVector<Operation *> owners; // an allocation, or who uses scratch memory
  int64_t bytes, alignment, first, last, offset = 0;
  bool isScratch;
};

struct PlaceShared : gpu::impl::PlaceSharedBase<PlaceShared> {
  DenseMap<Operation *, int64_t> numbers;

  void runOnOperation() override {
    func::FuncOp kernel = getOperation();
    if (!kernel->hasAttr(CtaDialect::getWarpsAttrName()))
      return;
    numbers.clear();
    int64_t next = 0;
    kernel.walk<WalkOrder::PreOrder>([&](Operation *op) { numbers[op] = next++; });
    SmallVector<Piece> pieces = collect(kernel);
    int64_t total = place(pieces);
    OpBuilder b(kernel);
    for (Piece &piece : pieces)
      for (Operation *owner : piece.owners) {
        IntegerAttr offset = b.getI64IntegerAttr(piece.offset);
        if (piece.isScratch)
          owner->setAttr(gpu::scratchAttribute, offset);
        else if (auto alloc = dyn_cast<AllocOp>(owner))
          alloc.setOffsetAttr(offset);
        else
          cast<BarriersOp>(owner).setOffsetAttr(offset);
      }
    separate(pieces);
    kernel->setAttr(CtaDialect::getSharedBytesAttrName(), b.getI64IntegerAttr(total));
  }

  /// The last operation inside of `op`, by number.
  int64_t getEnd(Operation *op) {
    int64_t end = numbers[op];
    op->walk([&](Operation *inner) { end = std::max(end, numbers[inner]); });
    return end;
  }

  SmallVector<Piece> collect(func::FuncOp kernel) {
    SmallVector<Piece> pieces;
    llvm::MapVector<Region *, Piece> scratchOfRoles;
    kernel.walk<WalkOrder::PreOrder>([&](Operation *op) {
      if (isa<AllocOp, BarriersOp>(op)) {
        Piece piece{{op}, 0, 8, numbers[op], numbers[op], 0, false};
        if (auto alloc = dyn_cast<AllocOp>(op)) {
          SharedType type = alloc.getType();
          piece.bytes = type.getBytes();
          piece.alignment = type.getSwizzle() ? 1024 : 128;
        } else {
          piece.bytes = 8 * cast<BarriersOp>(op).getType().getCount();
          piece.last = getEnd(kernel);
        }
        extend(piece, op->getResult(0), op->getBlock());
        pieces.push_back(piece);
        return;
      }
      int64_t bytes = gpu::getScratchBytes(op);
      if (!bytes)
        return;
      Region *role = op->getParentRegion();
      while (role && !isa<RolesOp>(role->getParentOp()))
        role = role->getParentRegion();
      if (!role) {
        pieces.push_back({{op}, bytes, 128, numbers[op], numbers[op], 0, true});
        return;
      }
      Operation *roles = role->getParentOp();
      auto [entry, isNew] =
          scratchOfRoles.insert({role, Piece{{}, 0, 128, numbers[roles], getEnd(roles), 0, true}});
      entry->second.owners.push_back(op);
      entry->second.bytes = std::max(entry->second.bytes, bytes);
    });
    for (auto &[role, piece] : scratchOfRoles)
      pieces.push_back(piece);
    return pieces;
  }

  /// Makes a piece live through all uses of a value and of what is made of it.
  void extend(Piece &piece, Value value, Block *home) {
    for (Operation *user : value.getUsers()) {
      piece.last = std::max(piece.last, numbers[user]);
      for (Operation *outer = user; outer && outer->getBlock() != home;
           outer = outer->getParentOp())
        piece.last = std::max(piece.last, getEnd(outer->getParentOp()));
      if (isa<StageOp>(user))
        extend(piece, user->getResult(0), home);
    }
  }

  static bool liveTogether(const Piece &a, const Piece &b) {
    return a.first <= b.last && b.first <= a.last;
  }

  /// Largest first, each at the lowest place that is free while it lives. Returns the total.
  static int64_t place(SmallVectorImpl<Piece> &pieces) {
    SmallVector<Piece *> order, placed;
    for (Piece &piece : pieces)
      order.push_back(&piece);
    llvm::sort(order, [](Piece *a, Piece *b) {
      return std::tuple(-a->bytes, a) < std::tuple(-b->bytes, b); // in one array
    });
    int64_t total = 0;
    for (Piece *piece : order) {
      bool moved = true;
      while (moved) {
        moved = false;
        piece->offset = llvm::alignTo(piece->offset, piece->alignment);
        for (Piece *other : placed)
          if (liveTogether(*piece, *other) && piece->offset < other->offset + other->bytes &&
              other->offset < piece->offset + piece->bytes) {
            piece->offset = other->offset + other->bytes;
            moved = true;
          }
      }
      placed.push_back(piece);
      total = std::max(total, piece->offset + piece->bytes);
    }
    return total;
  }

  static bool isCopiedTo(const Piece &piece) {
    SmallVector<Value> work;
    if (!piece.isScratch)
      work.push_back(piece.owners[0]->getResult(0));
    while (!work.empty())
      for (Operation *user : work.pop_back_val().getUsers()) {
        if (isa<CopyAsyncOp, GatherAsyncOp>(user))
          return true;
        if (isa<StageOp>(user))
          work.push_back(user->getResult(0));
      }
    return false;
  }

  /// A barrier before an allocation that takes the place of something else, of this iteration of a
  /// loop or of the last; and before anything that takes the place of what copies may still write
  /// to, the end of these copies.
  static void separate(ArrayRef<Piece> pieces) {
    for (const Piece &piece : pieces) {
      bool shares = false, waits = false;
      for (const Piece &other : pieces)
        if (&other != &piece && piece.offset < other.offset + other.bytes &&
            other.offset < piece.offset + piece.bytes) {
          shares = true;
          waits |= isCopiedTo(other);
        }
      for (Operation *owner : piece.owners) {
        OpBuilder b(owner);
        if (waits)
          AsyncWaitOp::create(b, owner->getLoc(), 0);
        if (shares && !piece.isScratch)
          BarrierOp::create(b, owner->getLoc());
      }
    }
  }
};

} // namespace
