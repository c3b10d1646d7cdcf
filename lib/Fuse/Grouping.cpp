#include "lib/Fuse/Grouping.h"
#include "dialects/Tile/Tile.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace azulejo::fuse {

using tiling::Group;

/// Below this many elements a kernel without parallelism is no loss.
constexpr int64_t kSmallWork = 16384;

bool isRepeatable(Operation *op) {
  if (isa<tensor::EmptyOp, tensor::ExtractSliceOp>(op))
    return true;
  if (auto fill = dyn_cast<linalg::FillOp>(op))
    return fill.getOutputs()[0].getDefiningOp<tensor::EmptyOp>() != nullptr;
  DenseElementsAttr dense;
  Attribute value;
  if (!matchPattern(op, m_Constant(&value)) || op->getName().getDialectNamespace() != "arith")
    return false;
  if (!isa<TensorType>(op->getResult(0).getType()))
    return true;
  dense = dyn_cast<DenseElementsAttr>(value);
  return dense && (dense.isSplat() || dense.getNumElements() <= 16);
}

bool isComputation(Operation *op) {
  if (isa<tile::KernelOp, tile::LaunchOp>(op))
    return false;
  if (isa<linalg::LinalgOp>(op) || isa<tile::TileDialect>(op->getDialect()))
    return true;
  if (isa<linalg::LinalgDialect>(op->getDialect()))
    return true;
  return isa<tensor::TensorDialect>(op->getDialect()) &&
         !isa<tensor::EmptyOp, tensor::CastOp, tensor::ExpandShapeOp, tensor::CollapseShapeOp,
              tensor::ReshapeOp, tensor::DimOp, tensor::RankOp, tensor::ExtractOp>(op);
}

namespace {

class Grouper {
public:
  explicit Grouper(Block &block) : block(block) {}

  Grouping run() {
    for (Operation &op : block)
      if (isComputation(&op) && !isRepeatable(&op))
        place(&op);
    Grouping result;
    for (Group &group : groups)
      if (!group.members.empty())
        result.groups.push_back(finish(group));
    result.refusals = std::move(refusals);
    return result;
  }

private:
  /// The members in program order, and what is used outside.
  Group finish(Group group) {
    SmallVector<Operation *> ordered(group.members.takeVector());
    llvm::sort(ordered, [](Operation *a, Operation *b) { return a->isBeforeInBlock(b); });
    Group result;
    result.sink = group.sink;
    result.members.insert(ordered.begin(), ordered.end());
    for (Operation *op : ordered)
      for (Value value : op->getResults())
        if (llvm::any_of(value.getUsers(),
                         [&](Operation *user) { return !isInside(result, user); }))
          result.outputs.insert(value);
    return result;
  }

  bool isInside(const Group &group, Operation *user) {
    Operation *ancestor = block.findAncestorOpInBlock(*user);
    if (group.members.contains(ancestor))
      return true;
    // A slice of a member's result is repeated inside if only members use it.
    return ancestor && isRepeatable(ancestor) && !ancestor->use_empty() &&
           llvm::all_of(ancestor->getUsers(),
                        [&](Operation *next) { return isInside(group, next); });
  }

  void place(Operation *op) {
    size_t own = groups.size();
    Group group;
    group.sink = op;
    group.members.insert(op);
    groups.push_back(finish(group));
    groupOf[op] = own;
    // A contraction's group goes first: it gains most from taking the consumer in.
    SmallVector<Operation *> producers;
    for (Value operand : op->getOperands())
      if (Operation *producer = operand.getDefiningOp();
          producer && groupOf.count(producer) && !llvm::is_contained(producers, producer))
        producers.push_back(producer);
    llvm::sort(producers, [&](Operation *a, Operation *b) {
      bool first = hasContraction(groups[groupOf[a]]), second = hasContraction(groups[groupOf[b]]);
      return first != second ? first : b->isBeforeInBlock(a);
    });
    for (Operation *producer : producers) {
      size_t other = groupOf[producer];
      if (other == own)
        continue;
      Group merged = groups[own];
      merged.members.insert(groups[other].members.begin(), groups[other].members.end());
      merged = finish(merged);
      if (const char *reason = refuse(groups[other], groups[own], merged, producer)) {
        refusals.push_back({producer, op, reason});
        continue;
      }
      groups[own] = merged;
      groups[other] = Group();
      for (Operation *member : merged.members)
        groupOf[member] = own;
    }
  }

  static bool hasContraction(const Group &group) {
    return llvm::any_of(group.members, tiling::isContraction);
  }

  static bool hasReduction(const Group &group) {
    return llvm::any_of(group.members, [](Operation *op) {
      auto linalgOp = dyn_cast<linalg::LinalgOp>(op);
      return linalgOp && linalgOp.getNumReductionLoops() > 0;
    });
  }

  /// Why `producers` and `consumers` cannot be `merged`, or null.
  const char *refuse(const Group &producers, const Group &consumers, const Group &merged,
                     Operation *producer) {
    // The steps of a concatenation or a pad.
    if (auto insert = dyn_cast<tensor::InsertSliceOp>(consumers.sink))
      if (isa<tensor::InsertSliceOp>(producer) && insert.getDest().getDefiningOp() == producer &&
          !hasPathOutside(merged))
        return nullptr;
    if (readsElements(consumers, producers))
      return "its elements are read at indices that are computed";
    if (!isa<TilingInterface>(consumers.sink) || !isa<TilingInterface>(producers.sink))
      return "an operation that is not computed tile by tile";
    if (producer != producers.sink)
      return "the value is used in the middle of another kernel";
    bool isIm2col = isa<tile::Im2colOp>(producers.sink);
    if (isa<tile::Im2colOp>(consumers.sink) || (tiling::isContraction(consumers.sink) && !isIm2col))
      return "a contraction's operands are read more than once";
    if (hasContraction(producers) && hasContraction(consumers))
      return "two contractions";
    if (merged.members.size() > 24)
      return "the kernel would be too long";
    if (hasPathOutside(merged))
      return "another kernel lies between the two";
    if (hasContraction(producers) && hasReduction(consumers))
      return "a reduction over a contraction's tiles";
    SmallVector<unsigned> before = tiling::getTileableLoops(consumers),
                          after = tiling::getTileableLoops(merged);
    if (hasContraction(merged) &&
        after.size() <
            tiling::getTileableLoops(hasContraction(producers) ? producers : consumers).size())
      return "the contraction could no longer be tiled";
    int64_t work = sizeOf(merged);
    if (after.empty() && work > kSmallWork)
      return "no loop that both share could be run in parallel";
    if (after.size() < before.size() && parallelism(merged, after) < 8 && work > 4 * kSmallWork)
      return "too little would be left to run in parallel";
    return nullptr;
  }

  /// Whether the body of a consumer reads elements of what the producers compute: they may stand
  /// anywhere in it, and a kernel has a tile of it at a time.
  bool readsElements(const Group &consumers, const Group &producers) {
    auto isProduced = [&](Value operand) {
      Operation *def = operand.getDefiningOp();
      return def && producers.members.contains(def);
    };
    return llvm::any_of(consumers.members, [&](Operation *member) {
      return member
          ->walk([&](Operation *nested) {
            return nested != member && llvm::any_of(nested->getOperands(), isProduced)
                       ? WalkResult::interrupt()
                       : WalkResult::advance();
          })
          .wasInterrupted();
    });
  }

  static int64_t elementsOf(Type type) {
    auto shaped = dyn_cast<RankedTensorType>(type);
    if (!shaped)
      return 0;
    int64_t count = 1;
    for (int64_t size : shaped.getShape())
      count *= ShapedType::isDynamic(size) ? 64 : size;
    return count;
  }
  static int64_t sizeOf(const Group &group) {
    int64_t most = 0;
    for (Operation *op : group.members) {
      for (Type type : op->getOperandTypes())
        most = std::max(most, elementsOf(type));
      for (Type type : op->getResultTypes())
        most = std::max(most, elementsOf(type));
    }
    return most;
  }
  /// The product of the sizes of `loops`, dynamic ones counting as plenty.
  static int64_t parallelism(const Group &group, ArrayRef<unsigned> loops) {
    auto linalgOp = dyn_cast<linalg::LinalgOp>(group.sink);
    if (!linalgOp)
      return std::numeric_limits<int64_t>::max();
    SmallVector<int64_t> ranges = linalgOp.getStaticLoopRanges();
    int64_t product = 1;
    for (unsigned loop : loops)
      product *= ShapedType::isDynamic(ranges[loop]) ? 64 : ranges[loop];
    return product;
  }

  /// Whether a value leaves the group and comes back into it through something else.
  bool hasPathOutside(const Group &group) {
    llvm::SmallPtrSet<Operation *, 32> seen;
    SmallVector<Operation *> worklist;
    auto follow = [&](Operation *op) {
      op->walk([&](Operation *nested) {
        for (Value operand : nested->getOperands()) {
          Operation *def = operand.getDefiningOp();
          def = def ? block.findAncestorOpInBlock(*def) : nullptr;
          if (def && def != op)
            worklist.push_back(def);
        }
      });
    };
    Operation *first = group.members.front();
    for (Operation *member : group.members)
      follow(member);
    bool initial = true;
    size_t direct = worklist.size();
    for (size_t i = 0; i < worklist.size(); ++i) {
      initial = i < direct;
      Operation *op = worklist[i];
      if (group.members.contains(op)) {
        if (!initial)
          return true;
        continue;
      }
      if (!seen.insert(op).second || op->isBeforeInBlock(first))
        continue;
      // A member's slice that another member reads is repeated inside: no way out of the group.
      if (initial && isa<tensor::ExtractSliceOp>(op)) {
        Operation *source = op->getOperand(0).getDefiningOp();
        if (source && group.members.contains(source))
          continue;
      }
      follow(op);
      // A kernel is one operation: to depend on any member of a group is to depend on all of its
      // operands.
      if (auto found = groupOf.find(op); found != groupOf.end())
        for (Operation *member : groups[found->second].members)
          if (!group.members.contains(member) && seen.insert(member).second)
            follow(member);
    }
    return false;
  }

  Block &block;
  std::vector<Group> groups;
  DenseMap<Operation *, size_t> groupOf;
  std::vector<Refusal> refusals;
};

} // namespace

Grouping groupOperations(Block &block) { return Grouper(block).run(); }

} // namespace azulejo::fuse
