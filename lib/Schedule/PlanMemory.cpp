#include "azulejo/Artifact/Format.h"
#include "dialects/Plan/Plan.h"
#include "lib/Schedule/Aliases.h"
#include "lib/Schedule/Hoist.h"
#include "lib/Schedule/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

namespace azulejo {
#define GEN_PASS_DEF_PLANMEMORY
#include "lib/Schedule/Passes.h.inc"
} // namespace azulejo

using namespace mlir;
using namespace azulejo;
using namespace azulejo::schedule;

/// What symbols are taken to be when sizes that depend on them are ordered. Only the quality of the plan depends on it.
static constexpr int64_t guessedSymbol = 128;

static int64_t roundUp(int64_t bytes) { return llvm::alignTo(bytes, AZM_BUFFER_ALIGNMENT); }

namespace {
/// A buffer of the arena: its size and when it lives.
struct Buffer {
  plan::AllocOp alloc;
  Value bytes;
  std::optional<int64_t> staticBytes; // rounded
  int64_t guessedBytes;
  int64_t start, end; // both included
  int64_t offset = 0; // of static buffers
  size_t slot = 0;    // of the others

  bool overlaps(const Buffer &other) const { return start <= other.end && other.start <= end; }
};
} // namespace

/// The value of an index computation for symbols of a likely size.
static int64_t guess(Value value, DenseMap<Value, int64_t> &known) {
  if (std::optional<int64_t> constant = getConstantIntValue(value))
    return *constant;
  if (auto found = known.find(value); found != known.end())
    return found->second;
  int64_t result = guessedSymbol;
  Operation *op = value.getDefiningOp();
  if (op && op->getNumResults() == 1 && op->getNumOperands()) {
    SmallVector<Attribute> operands;
    bool allInts = true;
    for (Value operand : op->getOperands()) {
      allInts &= operand.getType().isIntOrIndex();
      if (allInts)
        operands.push_back(operand.getType().isInteger(1)
                               ? Attribute()
                               : IntegerAttr::get(operand.getType(), guess(operand, known)));
    }
    SmallVector<OpFoldResult> folded;
    if (allInts && succeeded(op->fold(operands, folded)) && folded.size() == 1)
      if (std::optional<int64_t> constant = getConstantIntValue(folded[0]))
        result = *constant;
  }
  return known[value] = result;
}

/// Whether a loop around the buffer's definition may hand it to its next iteration or to itself.
static bool isCarried(plan::AllocOp alloc, const ValueSet &component) {
  for (Value value : component) {
    auto argument = dyn_cast<BlockArgument>(value);
    if (!argument)
      continue;
    Operation *parent = argument.getOwner()->getParentOp();
    if (isLoop(parent) && parent->isProperAncestor(alloc))
      return true;
  }
  return false;
}

/// Gives each buffer of static size the lowest offset that is free while it lives, the largest first, and returns their extent.
static int64_t placeStatic(MutableArrayRef<Buffer *> buffers) {
  llvm::stable_sort(buffers, [](Buffer *a, Buffer *b) { return *a->staticBytes > *b->staticBytes; });
  int64_t extent = 0;
  SmallVector<Buffer *> placed; // by offset
  for (Buffer *buffer : buffers) {
    // The smallest gap that fits among those that live at the same time, or the end.
    int64_t at = 0, best = -1, bestGap = INT64_MAX;
    for (Buffer *other : placed) {
      if (!other->overlaps(*buffer))
        continue;
      int64_t gap = other->offset - at;
      if (gap >= *buffer->staticBytes && gap < bestGap)
        best = at, bestGap = gap;
      at = std::max(at, other->offset + *other->staticBytes);
    }
    buffer->offset = best >= 0 ? best : at;
    extent = std::max(extent, buffer->offset + *buffer->staticBytes);
    placed.insert(llvm::upper_bound(placed, buffer, [](Buffer *a, Buffer *b) { return a->offset < b->offset; }), buffer);
  }
  return extent;
}

/// Shares slots among buffers of symbolic size: each goes to the slot without a buffer of its time whose size is nearest.
static SmallVector<SmallVector<Buffer *>> shareSlots(MutableArrayRef<Buffer *> buffers) {
  llvm::stable_sort(buffers, [](Buffer *a, Buffer *b) { return a->guessedBytes > b->guessedBytes; });
  SmallVector<SmallVector<Buffer *>> slots;
  for (Buffer *buffer : buffers) {
    // Largest first: every slot is as large as its first buffer, so the smallest free one wastes least.
    size_t best = slots.size();
    bool bestSameSize = false;
    for (auto [i, slot] : llvm::enumerate(slots)) {
      if (llvm::any_of(slot, [&](Buffer *other) { return other->overlaps(*buffer); }))
        continue;
      bool sameSize = llvm::any_of(slot, [&](Buffer *other) { return other->bytes == buffer->bytes; });
      if (best == slots.size() || sameSize || (!bestSameSize && slot[0]->guessedBytes <= slots[best][0]->guessedBytes))
        best = i, bestSameSize = sameSize;
    }
    if (best == slots.size())
      slots.emplace_back();
    slots[best].push_back(buffer);
    buffer->slot = best;
  }
  return slots;
}

namespace {
struct PlanMemoryPass : azulejo::impl::PlanMemoryBase<PlanMemoryPass> {
  void runOnOperation() override {
    func::FuncOp main = getOperation();
    SmallVector<Buffer> buffers = findBuffers(main);
    if (buffers.empty())
      return;
    SmallVector<Buffer *> fixed, symbolic;
    for (Buffer &buffer : buffers)
      (buffer.staticBytes ? fixed : symbolic).push_back(&buffer);
    int64_t fixedBytes = placeStatic(fixed);
    SmallVector<SmallVector<Buffer *>> slots = shareSlots(symbolic);

    // The sizes go to the entry, and after them the arena.
    OpBuilder builder = OpBuilder::atBlockBegin(&main.getBody().front());
    Location loc = main.getLoc();
    auto constant = [&](int64_t value) { return arith::ConstantIndexOp::create(builder, loc, value).getResult(); };
    Value total = constant(fixedBytes);
    for (Buffer *buffer : symbolic)
      hoist(buffer->bytes, total.getDefiningOp());
    builder.setInsertionPointAfterValue(total);
    SmallVector<Value> slotOffsets;
    for (ArrayRef<Buffer *> slot : slots) {
      llvm::SetVector<Value> sizes;
      for (Buffer *buffer : slot)
        sizes.insert(buffer->bytes);
      Value size;
      for (Value bytes : sizes)
        size = size ? arith::MaxSIOp::create(builder, loc, size, bytes).getResult() : bytes;
      slotOffsets.push_back(total);
      total = arith::AddIOp::create(builder, loc, total, rounded(builder, loc, size));
    }
    Value arena = plan::ArenaOp::create(builder, loc, total);
    for (Buffer &buffer : buffers) {
      Value offset = buffer.staticBytes ? constant(buffer.offset) : slotOffsets[buffer.slot];
      OpBuilder atAlloc(buffer.alloc);
      Value place = plan::OffsetOp::create(atAlloc, buffer.alloc.getLoc(), arena, offset);
      buffer.alloc.getResult().replaceAllUsesWith(place);
      buffer.alloc.erase();
    }
  }

  static Value rounded(OpBuilder &builder, Location loc, Value bytes) {
    Value mask = arith::ConstantIndexOp::create(builder, loc, -int64_t(AZM_BUFFER_ALIGNMENT));
    Value most = arith::ConstantIndexOp::create(builder, loc, AZM_BUFFER_ALIGNMENT - 1);
    return arith::AndIOp::create(builder, loc, arith::AddIOp::create(builder, loc, bytes, most), mask);
  }

  /// The allocations that can have a place in the arena.
  static SmallVector<Buffer> findBuffers(func::FuncOp main) {
    Aliases aliases(main);
    SmallVector<Buffer> buffers;
    DenseMap<Value, int64_t> guesses;
    main.walk([&](plan::AllocOp alloc) {
      ValueSet component = aliases.component(alloc);
      if (!isKnownAtEntry(alloc.getBytes()) || isCarried(alloc, component))
        return;
      Buffer buffer;
      buffer.alloc = alloc;
      buffer.bytes = alloc.getBytes();
      if (std::optional<int64_t> bytes = getConstantIntValue(buffer.bytes))
        buffer.staticBytes = roundUp(*bytes);
      buffer.guessedBytes = guess(buffer.bytes, guesses);
      buffer.start = buffer.end = aliases.start(alloc);
      for (Value value : component)
        for (OpOperand &use : value.getUses())
          buffer.end = std::max(buffer.end, aliases.lastNeeded(use, alloc->getBlock()));
      buffers.push_back(buffer);
    });
    return buffers;
  }
};
} // namespace
