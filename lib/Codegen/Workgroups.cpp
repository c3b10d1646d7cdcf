#include "lib/Codegen/Workgroups.h"
#include "dialects/Tile/Tile.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"

using namespace mlir;

namespace azulejo::codegen {

SmallVector<func::FuncOp> getKernels(Operation *module) {
  SmallVector<func::FuncOp> kernels;
  for (auto function : module->getRegion(0).getOps<func::FuncOp>())
    if (function->hasAttr(tile::TileDialect::getKernelAttrName()) && !function.isExternal())
      kernels.push_back(function);
  return kernels;
}

scf::ForallOp findWorkgroups(func::FuncOp kernel) {
  scf::ForallOp found;
  for (Operation &op : kernel.getBody().front().without_terminator()) {
    if (auto forall = dyn_cast<scf::ForallOp>(op)) {
      if (found)
        return nullptr;
      found = forall;
    } else if (!isMemoryEffectFree(&op)) {
      return nullptr;
    }
  }
  return found && found.getNumResults() == 0 ? found : nullptr;
}

scf::ForallOp makeOneWorkgroup(func::FuncOp kernel) {
  Block &entry = kernel.getBody().front();
  auto b = ImplicitLocOpBuilder::atBlockBegin(kernel.getLoc(), &entry);
  auto forall = scf::ForallOp::create(
      b, ArrayRef<OpFoldResult>{b.getIndexAttr(0)}, ArrayRef<OpFoldResult>{b.getIndexAttr(1)},
      ArrayRef<OpFoldResult>{b.getIndexAttr(1)}, ValueRange(), std::nullopt);
  Block *body = forall.getBody();
  body->getOperations().splice(body->begin(), entry.getOperations(),
                               std::next(forall->getIterator()),
                               entry.getTerminator()->getIterator());
  return forall;
}

SmallVector<Value> getStepCounts(ImplicitLocOpBuilder &b, scf::ForallOp forall) {
  SmallVector<Value> counts;
  for (auto [l, u, s] :
       llvm::zip(forall.getMixedLowerBound(), forall.getMixedUpperBound(), forall.getMixedStep())) {
    Value from = getValueOrCreateConstantIndexOp(b, b.getLoc(), l),
          to = getValueOrCreateConstantIndexOp(b, b.getLoc(), u),
          by = getValueOrCreateConstantIndexOp(b, b.getLoc(), s);
    Value zero = arith::ConstantIndexOp::create(b, 0);
    Value span = arith::MaxSIOp::create(b, arith::SubIOp::create(b, to, from), zero);
    counts.push_back(arith::CeilDivUIOp::create(b, span, by));
  }
  return counts;
}

SmallVector<Value> getCounters(ImplicitLocOpBuilder &b, scf::ForallOp forall, ValueRange counts,
                               Value number) {
  SmallVector<Value> steps(counts.size());
  Value rest = number;
  for (size_t d = counts.size(); d-- > 0;) {
    steps[d] = d == 0 ? rest : Value(arith::RemUIOp::create(b, rest, counts[d]));
    if (d > 0)
      rest = arith::DivUIOp::create(b, rest, counts[d]);
  }
  SmallVector<Value> counters;
  for (auto [step, lower, by] :
       llvm::zip(steps, forall.getMixedLowerBound(), forall.getMixedStep())) {
    Value scaled =
        arith::MulIOp::create(b, step, getValueOrCreateConstantIndexOp(b, b.getLoc(), by));
    counters.push_back(
        arith::AddIOp::create(b, scaled, getValueOrCreateConstantIndexOp(b, b.getLoc(), lower)));
  }
  return counters;
}

void inlineWorkgroup(scf::ForallOp forall, ValueRange counters, Operation *to) {
  Block *body = forall.getBody();
  for (auto [argument, counter] : llvm::zip(body->getArguments(), counters))
    argument.replaceAllUsesWith(counter);
  body->getTerminator()->erase();
  to->getBlock()->getOperations().splice(to->getIterator(), body->getOperations());
  forall.erase();
}

} // namespace azulejo::codegen
