#include "dialects/Tile/Tile.h"
#include "lib/Fuse/Grouping.h"
#include "lib/Fuse/Names.h"
#include "lib/Fuse/Passes.h"
#include "mlir/Analysis/TopologicalSortUtils.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Utils/Utils.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"

namespace azulejo::fuse {
#define GEN_PASS_DEF_FORMKERNELS
#include "lib/Fuse/Passes.h.inc"
} // namespace azulejo::fuse

using namespace mlir;
using namespace azulejo;
using namespace azulejo::fuse;

namespace {

/// Gives every init that is a `tensor.empty`, or a fill of one, to one operation alone, so that it
/// can become that operation's output.
void separateInits(Block &block) {
  for (Operation &op : llvm::make_early_inc_range(block)) {
    auto destination = dyn_cast<DestinationStyleOpInterface>(&op);
    if (!destination || isa<linalg::FillOp>(op))
      continue;
    OpBuilder builder(&op);
    for (OpOperand &init : destination.getDpsInitsMutable()) {
      if (auto fill = init.get().getDefiningOp<linalg::FillOp>()) {
        Operation *empty = fill.getOutputs()[0].getDefiningOp();
        if (!isa_and_nonnull<tensor::EmptyOp>(empty))
          continue;
        auto copy = cast<linalg::FillOp>(builder.clone(*fill));
        copy->setOperand(1, builder.clone(*empty)->getResult(0));
        init.set(copy->getResult(0));
      } else if (auto empty = init.get().getDefiningOp<tensor::EmptyOp>()) {
        init.set(builder.clone(*empty)->getResult(0));
      }
    }
  }
}

/// Convolutions of the same image gather its windows each for itself: written out they are many
/// times the image.
void separateWindows(Block &block) {
  for (Operation &op : llvm::make_early_inc_range(block)) {
    if (!isa<tile::Im2colOp>(op))
      continue;
    for (OpOperand &use : llvm::make_early_inc_range(op.getUses())) {
      if (op.hasOneUse())
        break;
      OpBuilder builder(&op);
      use.set(builder.clone(op)->getResult(0));
    }
  }
}

/// A slice, or a filled tensor, that something other than a computation wants is a computation of
/// its own: a copy.
void copyUsedSlices(Block &block) {
  for (Operation &op : llvm::make_early_inc_range(block)) {
    if (!isa<tensor::ExtractSliceOp, linalg::FillOp>(op) || !isRepeatable(&op))
      continue;
    Value value = op.getResult(0);
    SmallVector<OpOperand *> uses;
    for (OpOperand &use : value.getUses()) {
      Operation *user = block.findAncestorOpInBlock(*use.getOwner());
      if (!user || !(isComputation(user) || isRepeatable(user)) ||
          use.getOwner()->getParentOp() != op.getParentOp())
        uses.push_back(&use);
    }
    if (uses.empty())
      continue;
    OpBuilder builder(op.getContext());
    builder.setInsertionPointAfter(&op);
    Location loc = op.getLoc();
    auto type = cast<RankedTensorType>(value.getType());
    SmallVector<OpFoldResult> sizes =
        isa<linalg::FillOp>(op)
            ? cast<tensor::EmptyOp>(op.getOperand(1).getDefiningOp()).getMixedSizes()
            : cast<tensor::ExtractSliceOp>(op).getMixedSizes();
    if (auto slice = dyn_cast<tensor::ExtractSliceOp>(op)) {
      llvm::SmallBitVector dropped = slice.getDroppedDims();
      SmallVector<OpFoldResult> kept;
      for (auto [i, size] : llvm::enumerate(sizes))
        if (!dropped.test(i))
          kept.push_back(size);
      sizes = kept;
    }
    Value empty = tensor::EmptyOp::create(builder, loc, sizes, type.getElementType());
    AffineMap identity = builder.getMultiDimIdentityMap(type.getRank());
    SmallVector<utils::IteratorType> iterators(type.getRank(), utils::IteratorType::parallel);
    Value copy = linalg::GenericOp::create(builder, loc, type, ValueRange{value}, ValueRange{empty},
                                           ArrayRef<AffineMap>{identity, identity}, iterators,
                                           [](OpBuilder &b, Location l, ValueRange args) {
                                             linalg::YieldOp::create(b, l, args[0]);
                                           })
                     .getResult(0);
    for (OpOperand *use : uses)
      use->set(copy);
  }
}

/// Moves a group into a kernel.
class KernelBuilder {
public:
  KernelBuilder(tiling::Group &group, Operation *before, StringRef name)
      : group(group), before(before), name(name) {}

  void build() {
    OpBuilder builder(before);
    for (Operation *op : group.members)
      collect(op);
    SmallVector<Value> outs;
    for (Value output : group.outputs)
      outs.push_back(makeInit(builder, output));

    SmallVector<Location> locations;
    for (Operation *op : repeated)
      if (isa<tensor::ExtractSliceOp>(op))
        locations.push_back(op->getLoc());
    for (Operation *op : group.members) {
      for (Operation *slice : slicesOf(op))
        locations.push_back(slice->getLoc());
      locations.push_back(op->getLoc());
    }
    auto kernel = tile::KernelOp::create(builder, builder.getFusedLoc(locations), name,
                                         inputs.getArrayRef(), outs, scalars.getArrayRef());
    IRMapping mapping;
    mapping.map(inputs.getArrayRef(), kernel.getInputArguments());
    mapping.map(scalars.getArrayRef(), kernel.getScalarArguments());
    OpBuilder body = kernel.getBodyBuilder();
    for (auto [base, argument] : llvm::zip(bases, kernel.getOutputArguments()))
      if (base && base->get().getDefiningOp<tensor::EmptyOp>())
        mapping.map(base->get(), argument);
    for (Operation *op : repeated)
      if (!llvm::all_of(op->getResults(), [&](Value value) { return mapping.contains(value); }))
        body.clone(*op, mapping);
    for (Operation *op : group.members) {
      // Slices of members' results come between them.
      for (Operation *slice : slicesOf(op))
        if (!mapping.contains(slice->getResult(0)))
          body.clone(*slice, mapping);
      Operation *clone = body.clone(*op, mapping);
      for (auto [base, argument] : llvm::zip(bases, kernel.getOutputArguments()))
        if (base && base->getOwner() == op)
          clone->setOperand(base->getOperandNumber(), argument);
    }
    SmallVector<Value> yields;
    for (Value output : group.outputs)
      yields.push_back(mapping.lookup(output));
    tile::YieldOp::create(body, kernel.getLoc(), yields);
    for (auto [output, result] : llvm::zip(group.outputs, kernel.getResults())) {
      Value old = output;
      old.replaceUsesWithIf(
          result, [&](OpOperand &use) { return use.getOwner()->getParentOp() != kernel; });
    }
    for (Operation *op : llvm::reverse(group.members)) {
      op->dropAllUses();
      op->erase();
    }
  }

private:
  SmallVector<Operation *> slicesOf(Operation *op) {
    SmallVector<Operation *> slices;
    for (Value operand : op->getOperands())
      if (auto slice = operand.getDefiningOp<tensor::ExtractSliceOp>())
        if (Operation *source = slice.getSource().getDefiningOp();
            source && group.members.contains(source))
          slices.push_back(slice);
    return slices;
  }

  /// Sorts what `op` and its regions use from outside into inputs, scalars, and operations to
  /// repeat.
  void collect(Operation *op) {
    op->walk([&](Operation *nested) {
      for (Value operand : nested->getOperands()) {
        Operation *def = operand.getDefiningOp();
        bool isNested =
            def ? op->isAncestor(def) : op->isAncestor(operand.getParentBlock()->getParentOp());
        if (!isNested)
          need(operand);
      }
    });
  }

  void need(Value value) {
    Operation *def = value.getDefiningOp();
    if (def && (group.members.contains(def) || repeated.contains(def)))
      return;
    if (def && isRepeatable(def)) {
      auto slice = dyn_cast<tensor::ExtractSliceOp>(def);
      bool ofMember = slice && slice.getSource().getDefiningOp() &&
                      group.members.contains(slice.getSource().getDefiningOp());
      for (Value operand : def->getOperands())
        need(operand);
      if (!ofMember)
        repeated.insert(def);
      return;
    }
    if (isa<TensorType>(value.getType()))
      inputs.insert(value);
    else
      scalars.insert(value);
  }

  /// The init of `output` outside of the kernel; notes in `bases` the operand inside that the out
  /// argument replaces.
  Value makeInit(OpBuilder &builder, Value output) {
    Value value = output;
    OpOperand *base = nullptr;
    while (Operation *def = value.getDefiningOp()) {
      auto destination = dyn_cast<DestinationStyleOpInterface>(def);
      bool isFill = isa<linalg::FillOp>(def) && isRepeatable(def);
      if (!destination || (!group.members.contains(def) && !isFill))
        break;
      base = destination.getTiedOpOperand(cast<OpResult>(value));
      value = base->get();
    }
    if (base && isa_and_nonnull<tensor::EmptyOp>(value.getDefiningOp())) {
      bases.push_back(base);
      return value;
    }
    // An update in place, unless the value that is updated is an intermediate one.
    bool isOutside = !value.getDefiningOp() || (!group.members.contains(value.getDefiningOp()) &&
                                                !isRepeatable(value.getDefiningOp()));
    if (base && isOutside) {
      bases.push_back(base);
      if (llvm::none_of(group.members, [&](Operation *op) { return usesBeside(op, value, base); }))
        inputs.remove(value);
      return value;
    }
    bases.push_back(nullptr);
    return emptyLike(builder, output);
  }

  static bool usesBeside(Operation *op, Value value, OpOperand *base) {
    bool found = false;
    op->walk([&](Operation *nested) {
      for (OpOperand &operand : nested->getOpOperands())
        found |= operand.get() == value && &operand != base;
    });
    return found;
  }

  static Value emptyLike(OpBuilder &builder, Value value) {
    auto type = cast<RankedTensorType>(value.getType());
    SmallVector<OpFoldResult> sizes = tensor::getMixedSizes(builder, value.getLoc(), value);
    ReifiedRankedShapedTypeDims reified;
    if (succeeded(reifyResultShapes(builder, value.getDefiningOp(), reified)))
      sizes = reified[cast<OpResult>(value).getResultNumber()];
    return tensor::EmptyOp::create(builder, value.getLoc(), sizes, type.getElementType());
  }

  tiling::Group &group;
  Operation *before;
  StringRef name;
  llvm::SetVector<Value> inputs, scalars;
  llvm::SetVector<Operation *> repeated;
  SmallVector<OpOperand *> bases;
};

struct FormKernels : fuse::impl::FormKernelsBase<FormKernels> {
  void runOnOperation() override {
    KernelNames names(getOperation());
    // Kernels that Lower wrote have telling names, but not unique ones.
    getOperation().walk([&](tile::KernelOp kernel) {
      kernel.setKernelName(names.makeUnique(kernel.getKernelName()));
    });
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      if (function.isExternal() || function->hasAttr(tile::TileDialect::getKernelAttrName()))
        continue;
      SmallVector<Attribute> refusals;
      // Blocks of control flow, not those of structured operations and kernels.
      SmallVector<Block *> blocks;
      function.walk<WalkOrder::PreOrder>([&](Operation *op) {
        if (op != function && (isComputation(op) || isa<tile::KernelOp>(op)))
          return WalkResult::skip();
        for (Region &region : op->getRegions())
          for (Block &block : region)
            blocks.push_back(&block);
        return WalkResult::advance();
      });
      for (Block *block : blocks)
        formIn(*block, names, refusals);
      if (!refusals.empty())
        function->setAttr("tile.unfused", ArrayAttr::get(&getContext(), refusals));
    }
  }

  /// All nodes that an operation computes.
  static ArrayAttr namesOf(Operation *op) {
    SmallVector<StringRef> names;
    collectNodeNames(op->getLoc(), names);
    return Builder(op->getContext()).getStrArrayAttr(names);
  }

  void formIn(Block &block, KernelNames &names, SmallVectorImpl<Attribute> &refusals) {
    separateWindows(block);
    separateInits(block);
    copyUsedSlices(block);
    Grouping grouping = groupOperations(block);
    Builder builder(&getContext());
    for (const Refusal &refusal : grouping.refusals)
      refusals.push_back(builder.getDictionaryAttr({
          builder.getNamedAttr("consumer", namesOf(refusal.consumer)),
          builder.getNamedAttr("producer", namesOf(refusal.producer)),
          builder.getNamedAttr("reason", builder.getStringAttr(refusal.reason)),
      }));
    for (tiling::Group &group : grouping.groups)
      KernelBuilder(group, group.sink, names.make(group.members.getArrayRef())).build();
    sortTopologically(&block);
    // Inits, slices and constants that were repeated inside have no use left.
    for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block)))
      if (isOpTriviallyDead(&op))
        op.erase();
  }
};

} // namespace
