#include "azulejo/Artifact/Format.h"
#include "dialects/Plan/Plan.h"
#include "lib/Schedule/Aliases.h"
#include "lib/Schedule/Hoist.h"
#include "lib/Schedule/Passes.h"
#include "lib/Schedule/Placement.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

namespace azulejo {
#define GEN_PASS_DEF_PLANMEMORY
#include "lib/Schedule/Passes.h.inc"
} // namespace azulejo

using namespace mlir;
using namespace azulejo;
using namespace azulejo::schedule;

/// What symbols are taken to be when sizes that depend on them are ordered. Only the quality of the
/// plan depends on it.
static constexpr int64_t guessedSymbol = 128;

static int64_t roundUp(int64_t bytes) { return llvm::alignTo(bytes, AZM_BUFFER_ALIGNMENT); }

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

/// Writes a size as a multiple of something that other sizes may be multiples of, too.
static void findFactor(Buffer &buffer) {
  if (std::optional<int64_t> bytes = getConstantIntValue(buffer.bytes)) {
    buffer.units = roundUp(*bytes);
    return;
  }
  auto product = buffer.bytes.getDefiningOp<arith::MulIOp>();
  if (!product)
    return;
  for (auto [factor, other] :
       {std::pair(product.getLhs(), product.getRhs()), {product.getRhs(), product.getLhs()}}) {
    // Rounding the units up costs little where there are many.
    std::optional<int64_t> units = getConstantIntValue(other);
    if (units && *units >= 16 * AZM_BUFFER_ALIGNMENT) {
      buffer.factor = factor;
      buffer.units = roundUp(*units);
      return;
    }
  }
}

namespace {
/// One way to lay out the arena: parts whose size is a multiple of one factor, and slots for
/// everything else.
struct Layout {
  struct Part {
    Value factor; // null: 1
    int64_t units = 0;
    SmallVector<Buffer *> buffers;
  };
  SmallVector<Part> parts;
  SmallVector<SmallVector<Buffer *>> slots;
  int64_t guessedBytes = 0;
};

struct PlanMemoryPass : azulejo::impl::PlanMemoryBase<PlanMemoryPass> {
  void runOnOperation() override {
    SmallVector<Buffer> buffers = findBuffers(getOperation());
    if (buffers.empty())
      return;
    // Offsets waste least among sizes of one factor; slots let a size of one factor follow one of
    // another.
    Layout byFactor = makeLayout(buffers, /*symbolicByFactor=*/true),
           bySlots = makeLayout(buffers, false);
    emit(getOperation(), bySlots.guessedBytes < byFactor.guessedBytes ? bySlots : byFactor);
  }

  /// The allocations that can have a place in the arena.
  SmallVector<Buffer> findBuffers(func::FuncOp main) {
    Aliases aliases(main);
    SmallVector<Buffer> buffers;
    main.walk([&](plan::AllocOp alloc) {
      ValueSet component = aliases.component(alloc);
      if (!isKnownAtEntry(alloc.getBytes()) || isCarried(alloc, component))
        return;
      Buffer buffer;
      buffer.alloc = alloc;
      buffer.bytes = alloc.getBytes();
      findFactor(buffer);
      buffer.guessedBytes = guess(buffer.bytes, guesses);
      buffer.start = buffer.end = aliases.start(alloc);
      for (Value value : component)
        for (OpOperand &use : value.getUses())
          buffer.end = std::max(buffer.end, aliases.lastNeeded(use, alloc->getBlock()));
      buffers.push_back(buffer);
    });
    return buffers;
  }

  Layout makeLayout(MutableArrayRef<Buffer> buffers, bool symbolicByFactor) {
    Layout layout;
    llvm::MapVector<Value, SmallVector<Buffer *>> groups;
    SmallVector<Buffer *> others;
    for (Buffer &buffer : buffers) {
      bool isStatic = buffer.units && !buffer.factor;
      if (isStatic || (buffer.units && symbolicByFactor))
        groups[buffer.factor].push_back(&buffer);
      else
        others.push_back(&buffer);
    }
    for (auto &[factor, group] : groups) {
      int64_t units = placeByOffset(group);
      layout.guessedBytes += units * (factor ? guess(factor, guesses) : 1);
      layout.parts.push_back({factor, units, group});
    }
    layout.slots = shareSlots(others);
    for (ArrayRef<Buffer *> slot : layout.slots)
      layout.guessedBytes += slot.front()->guessedBytes;
    return layout;
  }

  void emit(func::FuncOp main, const Layout &layout) {
    // The sizes go to the entry, and after them the arena.
    OpBuilder builder = OpBuilder::atBlockBegin(&main.getBody().front());
    Location loc = main.getLoc();
    auto constant = [&](int64_t value) {
      return arith::ConstantIndexOp::create(builder, loc, value).getResult();
    };
    auto add = [&](Value a, Value b) {
      return arith::AddIOp::create(builder, loc, a, b).getResult();
    };
    auto scaled = [&](int64_t units, Value factor) {
      return factor ? arith::MulIOp::create(builder, loc, factor, constant(units)).getResult()
                    : constant(units);
    };
    Value total = constant(0);
    SmallVector<std::pair<Buffer *, Value>> places;
    auto hoistSize = [&](Buffer *buffer) { hoist(buffer->bytes, total.getDefiningOp()); };
    for (const Layout::Part &part : layout.parts)
      llvm::for_each(part.buffers, hoistSize);
    for (ArrayRef<Buffer *> slot : layout.slots)
      llvm::for_each(slot, hoistSize);
    builder.setInsertionPointAfterValue(total);

    for (const Layout::Part &part : layout.parts) {
      for (Buffer *buffer : part.buffers)
        places.emplace_back(buffer, add(total, scaled(buffer->offset, part.factor)));
      total = add(total, scaled(part.units, part.factor));
    }
    for (ArrayRef<Buffer *> slot : layout.slots) {
      llvm::SetVector<Value> sizes;
      for (Buffer *buffer : slot) {
        sizes.insert(buffer->bytes);
        places.emplace_back(buffer, total);
      }
      Value size = sizes.front();
      for (Value bytes : sizes.getArrayRef().drop_front())
        size = arith::MaxSIOp::create(builder, loc, size, bytes);
      Value rounded = add(size, constant(AZM_BUFFER_ALIGNMENT - 1));
      total = add(total, arith::AndIOp::create(builder, loc, rounded,
                                               constant(-int64_t(AZM_BUFFER_ALIGNMENT))));
    }
    Value arena = plan::ArenaOp::create(builder, loc, total);
    for (auto [buffer, offset] : places) {
      OpBuilder atAlloc(buffer->alloc);
      Value place = plan::OffsetOp::create(atAlloc, buffer->alloc->getLoc(), arena, offset);
      buffer->alloc->getResult(0).replaceAllUsesWith(place);
      buffer->alloc->erase();
    }
  }

  DenseMap<Value, int64_t> guesses;
};
} // namespace
