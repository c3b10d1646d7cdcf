#include "lib/Schedule/Aliases.h"
#include "dialects/Plan/Plan.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace azulejo::schedule {

bool isLoop(Operation *op) { return isa<scf::ForOp, scf::WhileOp>(op); }

bool isBuffer(Value value) { return isa<plan::BufferType>(value.getType()); }

bool holdsReference(Value value) {
  if (auto argument = dyn_cast<BlockArgument>(value))
    return isLoop(argument.getOwner()->getParentOp());
  return isa<plan::PoolAllocOp, plan::CallOp, scf::IfOp, scf::ForOp, scf::WhileOp>(
      value.getDefiningOp());
}

Aliases::Aliases(func::FuncOp function) {
  int64_t number = 0;
  std::function<void(Operation *)> visit = [&](Operation *op) {
    int64_t start = number++;
    addOp(op);
    for (Region &region : op->getRegions())
      for (Block &block : region)
        for (Operation &nested : block)
          visit(&nested);
    numbers[op] = {start, number++};
  };
  visit(function);
}

void Aliases::addEdge(Value from, Value to, Operation *nextIterationOf) {
  if (!isBuffer(to))
    return;
  outgoing[from].push_back({to, nextIterationOf});
  incoming[to].push_back(from);
}

void Aliases::addOp(Operation *op) {
  auto connect = [&](ValueRange from, ValueRange to, Operation *nextIterationOf = nullptr) {
    for (auto [source, target] : llvm::zip_equal(from, to))
      addEdge(source, target, nextIterationOf);
  };
  if (auto offset = dyn_cast<plan::OffsetOp>(op)) {
    addEdge(offset.getBuffer(), offset.getResult());
  } else if (auto select = dyn_cast<arith::SelectOp>(op)) {
    addEdge(select.getTrueValue(), select.getResult());
    addEdge(select.getFalseValue(), select.getResult());
  } else if (auto branch = dyn_cast<scf::IfOp>(op)) {
    if (branch.getNumResults()) {
      connect(branch.thenYield().getOperands(), branch.getResults());
      connect(branch.elseYield().getOperands(), branch.getResults());
    }
  } else if (auto loop = dyn_cast<scf::ForOp>(op)) {
    connect(loop.getInits(), loop.getRegionIterArgs());
    connect(loop.getInits(), loop.getResults()); // no iteration at all
    connect(loop.getYieldedValues(), loop.getRegionIterArgs(), loop);
    connect(loop.getYieldedValues(), loop.getResults());
  } else if (auto loop = dyn_cast<scf::WhileOp>(op)) {
    connect(loop.getInits(), loop.getBeforeArguments());
    connect(loop.getConditionOp().getArgs(), loop.getAfterArguments());
    connect(loop.getConditionOp().getArgs(), loop.getResults());
    connect(loop.getYieldOp().getOperands(), loop.getBeforeArguments(), loop);
  }
}

ValueSet Aliases::component(Value value) const {
  ValueSet set;
  set.insert(value);
  for (size_t i = 0; i < set.size(); ++i) {
    Value current = set[i];
    for (const Edge &edge : outgoing.lookup(current))
      set.insert(edge.target);
    for (Value source : incoming.lookup(current))
      set.insert(source);
  }
  return set;
}

ValueSet Aliases::roots(Value value, const LoopEntry *cut) const {
  ValueSet set, result;
  set.insert(value);
  for (size_t i = 0; i < set.size(); ++i) {
    Value current = set[i];
    bool isCut = cut && current == cut->argument;
    auto sources = incoming.lookup(current);
    if (sources.empty() || isCut)
      result.insert(current);
    for (Value source : sources)
      if (!isCut || source != cut->init->get())
        set.insert(source);
  }
  return result;
}

ValueSet Aliases::forward(const ValueSet &values, Operation *within) const {
  ValueSet set = values;
  for (size_t i = 0; i < set.size(); ++i)
    for (const Edge &edge : outgoing.lookup(set[i]))
      if (!within || !edge.nextIterationOf || !edge.nextIterationOf->isProperAncestor(within))
        set.insert(edge.target);
  return set;
}

std::optional<Aliases::LoopEntry> Aliases::loopEntry(Value value) const {
  auto argument = dyn_cast<BlockArgument>(value);
  if (!argument)
    return std::nullopt;
  Operation *parent = argument.getOwner()->getParentOp();
  if (auto loop = dyn_cast<scf::ForOp>(parent); loop && argument != loop.getInductionVar())
    return LoopEntry{loop.getTiedLoopInit(argument), value};
  if (auto loop = dyn_cast<scf::WhileOp>(parent)) {
    if (argument.getOwner() == loop.getBeforeBody())
      return LoopEntry{&loop.getInitsMutable()[argument.getArgNumber()], value};
    // What the condition passes on is, in most loops, an argument of the first region.
    return loopEntry(loop.getConditionOp().getArgs()[argument.getArgNumber()]);
  }
  return std::nullopt;
}

int64_t Aliases::lastNeeded(OpOperand &use, Block *scope) const {
  int64_t last = start(use.getOwner());
  for (Operation *op = use.getOwner()->getParentOp(); op && op->getBlock();
       op = op->getParentOp()) {
    // Is `op` inside of the scope?
    Operation *inScope = scope->findAncestorOpInBlock(*op);
    if (!inScope)
      break;
    if (isLoop(op))
      last = end(op);
  }
  return last;
}

} // namespace azulejo::schedule
