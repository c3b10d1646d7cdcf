#include "dialects/Tile/Tile.h"
#include "lib/CPU/Buffers.h"
#include "lib/CPU/Passes.h"
#include "lib/Codegen/Library.h"
#include "lib/Codegen/Slots.h"
#include "lib/Codegen/Workgroups.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Affine/Utils.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/SCF/Transforms/Transforms.h"
#include "mlir/IR/IRMapping.h"

namespace azulejo::cpu {
#define GEN_PASS_DEF_SPLITWORKGROUPS
#include "lib/CPU/Passes.h.inc"
} // namespace azulejo::cpu

using namespace mlir;
using namespace azulejo;

namespace {

struct SplitWorkgroups : cpu::impl::SplitWorkgroupsBase<SplitWorkgroups> {
  void runOnOperation() override {
    for (func::FuncOp kernel : codegen::getKernels(getOperation()))
      split(kernel);
  }

  void split(func::FuncOp kernel) {
    MLIRContext *context = &getContext();
    std::string name = kernel.getSymName().str();
    FunctionType operands = kernel.getFunctionType();
    scf::ForallOp workgroups = codegen::findWorkgroups(kernel);

    func::FuncOp count = makeCount(kernel, workgroups, name, operands);
    runRange(kernel, workgroups);
    // Everything that still runs in parallel is inside of one workgroup.
    IRRewriter rewriter(context);
    SmallVector<scf::ForallOp> inner;
    kernel.walk([&](scf::ForallOp forall) { inner.push_back(forall); });
    for (scf::ForallOp forall : inner) {
      rewriter.setInsertionPoint(forall);
      (void)scf::forallToForLoop(rewriter, forall);
    }
    cpu::placeBuffers(kernel.getBody(), kernel.getArguments().back());
    checkIndices(kernel.getBody(), kernel.getArguments().back());
    flattenArguments(kernel, operands);
    makeEntry(kernel, operands, name);
    count->removeAttr(tile::TileDialect::getKernelAttrName());
    kernel->removeAttr(tile::TileDialect::getKernelAttrName());
  }

  /// Checks of indices become calls that leave the kernel through `scratch` where an index is none.
  static void checkIndices(Region &body, Value scratch) {
    SmallVector<tile::CheckedIndexOp> checks;
    body.walk([&](tile::CheckedIndexOp check) { checks.push_back(check); });
    for (tile::CheckedIndexOp check : checks) {
      ImplicitLocOpBuilder b(check.getLoc(), check);
      auto wide = [&](Value index) -> Value {
        return arith::IndexCastOp::create(b, b.getI64Type(), index);
      };
      Value number = arith::ConstantIntOp::create(b, check.getNumber().value_or(0), 64);
      Value index = codegen::callLibraryFunction(
          b, check.getFromEnd() ? "azm_checked_index_from_end" : "azm_checked_index",
          b.getI64Type(), {scratch, wide(check.getIndex()), wide(check.getSize()), number});
      check.replaceAllUsesWith(arith::IndexCastOp::create(b, b.getIndexType(), index).getResult());
      check.erase();
    }
  }

  /// `@name.count(slots) -> i64`, from a copy of the kernel of which only the loop's bounds are
  /// kept.
  func::FuncOp makeCount(func::FuncOp kernel, scf::ForallOp workgroups, StringRef name,
                         FunctionType operands) {
    OpBuilder moduleBuilder(kernel);
    IRMapping mapping;
    auto count = cast<func::FuncOp>(moduleBuilder.clone(*kernel, mapping));
    count.setSymName((name + ".count").str());
    count.setPublic();
    ImplicitLocOpBuilder b(kernel.getLoc(), &getContext());
    Value total;
    if (workgroups) {
      auto copy = cast<scf::ForallOp>(mapping.lookup(workgroups.getOperation()));
      b.setInsertionPoint(copy);
      total = arith::ConstantIndexOp::create(b, 1);
      for (Value steps : codegen::getStepCounts(b, copy))
        total = arith::MulIOp::create(b, total, steps);
      copy.erase();
    } else {
      Block &block = count.getBody().front();
      while (!block.empty()) {
        block.back().dropAllUses();
        block.back().erase();
      }
      b.setInsertionPointToEnd(&block);
      total = arith::ConstantIndexOp::create(b, 1);
      func::ReturnOp::create(b);
    }
    Operation *terminator = count.getBody().front().getTerminator();
    b.setInsertionPoint(terminator);
    func::ReturnOp::create(b, ValueRange{arith::IndexCastOp::create(b, b.getI64Type(), total)});
    terminator->erase();
    IRRewriter rewriter(&getContext());
    eliminateTriviallyDeadOps(count);
    Block &entry = count.getBody().front();
    codegen::unpackSlots(entry, operands, count.getLoc());
    count.setFunctionType(b.getFunctionType(entry.getArgumentTypes(), b.getI64Type()));
    eliminateTriviallyDeadOps(count);
    return count;
  }

  static void eliminateTriviallyDeadOps(func::FuncOp function) {
    for (Operation &op : llvm::make_early_inc_range(llvm::reverse(function.getBody().front())))
      if (isOpTriviallyDead(&op))
        op.erase();
  }

  /// Appends (begin, end, scratch) to the arguments, and makes the loop over workgroups run over
  /// [begin, end).
  void runRange(func::FuncOp kernel, scf::ForallOp workgroups) {
    Location loc = kernel.getLoc();
    Block &entry = kernel.getBody().front();
    ImplicitLocOpBuilder b(loc, &getContext());
    Value begin = entry.addArgument(b.getI64Type(), loc),
          end = entry.addArgument(b.getI64Type(), loc);
    entry.addArgument(LLVM::LLVMPointerType::get(&getContext()), loc);
    if (!workgroups) {
      // One workgroup: the range holds it or is empty.
      Operation *terminator = entry.getTerminator();
      b.setInsertionPointToStart(&entry);
      Value runs = arith::CmpIOp::create(b, arith::CmpIPredicate::slt, begin, end);
      auto branch = scf::IfOp::create(b, runs);
      Block *body = branch.thenBlock();
      body->getOperations().splice(body->begin(), entry.getOperations(),
                                   std::next(branch->getIterator()), terminator->getIterator());
      return;
    }
    b.setInsertionPoint(workgroups);
    SmallVector<Value> counts = codegen::getStepCounts(b, workgroups);
    Value one = arith::ConstantIndexOp::create(b, 1);
    auto loop = scf::ForOp::create(b, arith::IndexCastOp::create(b, b.getIndexType(), begin),
                                   arith::IndexCastOp::create(b, b.getIndexType(), end), one);
    b.setInsertionPointToStart(loop.getBody());
    SmallVector<Value> counters =
        codegen::getCounters(b, workgroups, counts, loop.getInductionVar());
    codegen::inlineWorkgroup(workgroups, counters, loop.getBody()->getTerminator());
  }

  /// Memref arguments become an address and sizes.
  void flattenArguments(func::FuncOp kernel, FunctionType operands) {
    Location loc = kernel.getLoc();
    Block &entry = kernel.getBody().front();
    SmallVector<Type> types = codegen::getSlotTypes(operands);
    unsigned old = operands.getNumInputs();
    SmallVector<Value> values;
    for (auto [index, type] : llvm::enumerate(types))
      values.push_back(entry.insertArgument(old + index, type, loc));
    auto b = ImplicitLocOpBuilder::atBlockBegin(loc, &entry);
    for (auto [index, value] : llvm::enumerate(codegen::assembleOperands(b, operands, values)))
      entry.getArgument(index).replaceAllUsesWith(value);
    entry.eraseArguments(0, old);
    kernel.setFunctionType(b.getFunctionType(entry.getArgumentTypes(), {}));
    kernel.setSymName((kernel.getSymName() + ".body").str());
    kernel.setPrivate();
    kernel->setAttr("llvm.linkage",
                    LLVM::LinkageAttr::get(&getContext(), LLVM::linkage::Linkage::Internal));
    for (auto [index, type] : llvm::enumerate(types)) {
      if (!isa<LLVM::LLVMPointerType>(type))
        continue;
      kernel.setArgAttr(index, "llvm.noalias", b.getUnitAttr());
      kernel.setArgAttr(index, "llvm.align", b.getI64IntegerAttr(64));
    }
  }

  /// `@name(slots, begin, end, scratch)`, which calls the kernel's body.
  void makeEntry(func::FuncOp body, FunctionType operands, StringRef name) {
    ImplicitLocOpBuilder b(body.getLoc(), body);
    auto pointer = LLVM::LLVMPointerType::get(&getContext());
    auto entry = func::FuncOp::create(
        b, name, b.getFunctionType({pointer, b.getI64Type(), b.getI64Type(), pointer}, {}));
    Block *block = entry.addEntryBlock();
    b.setInsertionPointToStart(block);
    SmallVector<Value> values;
    for (auto [index, type] : llvm::enumerate(codegen::getSlotTypes(operands)))
      values.push_back(codegen::readSlot(b, block->getArgument(0), index, type));
    values.append({block->getArgument(1), block->getArgument(2), block->getArgument(3)});
    func::CallOp::create(b, body, values);
    func::ReturnOp::create(b);
  }
};

} // namespace
