#include "dialects/Tile/Tile.h"
#include "lib/CPU/Buffers.h"
#include "lib/CPU/LibraryCalls.h"
#include "lib/CPU/Passes.h"
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
    SmallVector<func::FuncOp> kernels;
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (function->hasAttr(tile::TileDialect::getKernelAttrName()))
        kernels.push_back(function);
    for (func::FuncOp kernel : kernels)
      split(kernel);
  }

  /// The loop over workgroups: the only thing the function does besides computing sizes. Null if
  /// all is one workgroup.
  static scf::ForallOp findWorkgroups(func::FuncOp function) {
    scf::ForallOp found;
    for (Operation &op : function.getBody().front().without_terminator()) {
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

  /// How many steps each dimension of the loop has.
  static SmallVector<Value> stepCounts(ImplicitLocOpBuilder &b, scf::ForallOp forall) {
    SmallVector<Value> counts;
    AffineExpr lower, upper, step;
    bindSymbols(b.getContext(), lower, upper, step);
    for (auto [l, u, s] : llvm::zip(forall.getMixedLowerBound(), forall.getMixedUpperBound(),
                                    forall.getMixedStep())) {
      Value from = getValueOrCreateConstantIndexOp(b, b.getLoc(), l),
            to = getValueOrCreateConstantIndexOp(b, b.getLoc(), u),
            by = getValueOrCreateConstantIndexOp(b, b.getLoc(), s);
      Value zero = arith::ConstantIndexOp::create(b, 0);
      Value span = arith::MaxSIOp::create(b, arith::SubIOp::create(b, to, from), zero);
      counts.push_back(arith::CeilDivUIOp::create(b, span, by));
    }
    return counts;
  }

  void split(func::FuncOp kernel) {
    MLIRContext *context = &getContext();
    std::string name = kernel.getSymName().str();
    FunctionType operands = kernel.getFunctionType();
    scf::ForallOp workgroups = findWorkgroups(kernel);

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
      Value index = cpu::callLibraryFunction(
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
      for (Value steps : stepCounts(b, copy))
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
    count.setFunctionType(b.getFunctionType(operands.getInputs(), b.getI64Type()));
    unpackSlots(count, operands, {b.getI64Type()});
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
    SmallVector<Value> counts = stepCounts(b, workgroups);
    Value one = arith::ConstantIndexOp::create(b, 1);
    auto loop = scf::ForOp::create(b, arith::IndexCastOp::create(b, b.getIndexType(), begin),
                                   arith::IndexCastOp::create(b, b.getIndexType(), end), one);
    b.setInsertionPointToStart(loop.getBody());
    // The last dimension runs fastest.
    SmallVector<Value> steps(counts.size());
    Value rest = loop.getInductionVar();
    for (size_t d = counts.size(); d-- > 0;) {
      steps[d] = d == 0 ? rest : Value(arith::RemUIOp::create(b, rest, counts[d]));
      if (d > 0)
        rest = arith::DivUIOp::create(b, rest, counts[d]);
    }
    SmallVector<Value> counters;
    for (auto [step, lower, by] :
         llvm::zip(steps, workgroups.getMixedLowerBound(), workgroups.getMixedStep())) {
      Value scaled = arith::MulIOp::create(b, step, getValueOrCreateConstantIndexOp(b, loc, by));
      counters.push_back(
          arith::AddIOp::create(b, scaled, getValueOrCreateConstantIndexOp(b, loc, lower)));
    }
    Block *from = workgroups.getBody(), *to = loop.getBody();
    for (auto [argument, counter] : llvm::zip(from->getArguments(), counters))
      argument.replaceAllUsesWith(counter);
    from->getTerminator()->erase();
    to->getOperations().splice(std::prev(to->end()), from->getOperations());
    workgroups.erase();
  }

  /// The types of a kernel's operands, one for each slot.
  SmallVector<Type> slotTypes(FunctionType operands, SmallVectorImpl<bool> &isAddress) {
    Builder b(&getContext());
    SmallVector<Type> types;
    for (Type type : operands.getInputs()) {
      auto memref = dyn_cast<MemRefType>(type);
      types.push_back(memref ? LLVM::LLVMPointerType::get(&getContext()) : type);
      isAddress.push_back(memref != nullptr);
      if (memref)
        for (size_t i = 0, dynamic = memref.getNumDynamicDims(); i < dynamic; ++i) {
          types.push_back(b.getIndexType());
          isAddress.push_back(false);
        }
    }
    return types;
  }

  /// `value`, one per slot, put together to the kernel's operands.
  SmallVector<Value> assemble(ImplicitLocOpBuilder &b, FunctionType operands, ValueRange values) {
    SmallVector<Value> result;
    for (Type type : operands.getInputs()) {
      auto memref = dyn_cast<MemRefType>(type);
      if (!memref) {
        result.push_back(values.front());
        values = values.drop_front();
        continue;
      }
      int64_t dynamic = memref.getNumDynamicDims();
      result.push_back(cpu::makeMemRef(b, memref, values.front(), values.slice(1, dynamic)));
      values = values.drop_front(1 + dynamic);
    }
    return result;
  }

  /// Memref arguments become an address and sizes.
  void flattenArguments(func::FuncOp kernel, FunctionType operands) {
    Location loc = kernel.getLoc();
    Block &entry = kernel.getBody().front();
    SmallVector<bool> isAddress;
    SmallVector<Type> types = slotTypes(operands, isAddress);
    unsigned old = operands.getNumInputs();
    SmallVector<Value> values;
    for (auto [index, type] : llvm::enumerate(types))
      values.push_back(entry.insertArgument(old + index, type, loc));
    auto b = ImplicitLocOpBuilder::atBlockBegin(loc, &entry);
    for (auto [index, value] : llvm::enumerate(assemble(b, operands, values)))
      entry.getArgument(index).replaceAllUsesWith(value);
    entry.eraseArguments(0, old);
    kernel.setFunctionType(b.getFunctionType(entry.getArgumentTypes(), {}));
    kernel.setSymName((kernel.getSymName() + ".body").str());
    kernel.setPrivate();
    kernel->setAttr("llvm.linkage",
                    LLVM::LinkageAttr::get(&getContext(), LLVM::linkage::Linkage::Internal));
    for (auto [index, address] : llvm::enumerate(isAddress)) {
      if (!address)
        continue;
      kernel.setArgAttr(index, "llvm.noalias", b.getUnitAttr());
      kernel.setArgAttr(index, "llvm.align", b.getI64IntegerAttr(64));
    }
  }

  /// Reads slot `index` as a value of `type`.
  Value readSlot(ImplicitLocOpBuilder &b, Value slots, int32_t index, Type type) {
    auto pointer = LLVM::LLVMPointerType::get(&getContext());
    Value address =
        LLVM::GEPOp::create(b, pointer, b.getI64Type(), slots, ArrayRef<LLVM::GEPArg>{index});
    if (isa<LLVM::LLVMPointerType>(type))
      return LLVM::LoadOp::create(b, pointer, address);
    if (isa<FloatType>(type)) {
      // The low bits of the slot.
      auto integer = b.getIntegerType(type.getIntOrFloatBitWidth());
      Value bits = LLVM::LoadOp::create(b, b.getI64Type(), address);
      if (integer.getWidth() < 64)
        bits = arith::TruncIOp::create(b, integer, bits);
      return arith::BitcastOp::create(b, type, bits);
    }
    Value wide = LLVM::LoadOp::create(b, b.getI64Type(), address);
    if (isa<IndexType>(type))
      return arith::IndexCastOp::create(b, type, wide);
    return type.isInteger(64) ? wide : Value(arith::TruncIOp::create(b, type, wide));
  }

  /// Replaces a function's operands by the one pointer to their slots.
  void unpackSlots(func::FuncOp function, FunctionType operands, ArrayRef<Type> results) {
    Location loc = function.getLoc();
    Block &entry = function.getBody().front();
    auto b = ImplicitLocOpBuilder::atBlockBegin(loc, &entry);
    Value slots = entry.addArgument(LLVM::LLVMPointerType::get(&getContext()), loc);
    SmallVector<bool> isAddress;
    SmallVector<Value> values;
    for (auto [index, type] : llvm::enumerate(slotTypes(operands, isAddress)))
      values.push_back(readSlot(b, slots, index, type));
    for (auto [index, value] : llvm::enumerate(assemble(b, operands, values)))
      entry.getArgument(index).replaceAllUsesWith(value);
    entry.eraseArguments(0, operands.getNumInputs());
    function.setFunctionType(b.getFunctionType(entry.getArgumentTypes(), results));
    eliminateTriviallyDeadOps(function);
  }

  /// `@name(slots, begin, end, scratch)`, which calls the kernel's body.
  void makeEntry(func::FuncOp body, FunctionType operands, StringRef name) {
    ImplicitLocOpBuilder b(body.getLoc(), body);
    auto pointer = LLVM::LLVMPointerType::get(&getContext());
    auto entry = func::FuncOp::create(
        b, name, b.getFunctionType({pointer, b.getI64Type(), b.getI64Type(), pointer}, {}));
    Block *block = entry.addEntryBlock();
    b.setInsertionPointToStart(block);
    SmallVector<bool> isAddress;
    SmallVector<Value> values;
    for (auto [index, type] : llvm::enumerate(slotTypes(operands, isAddress)))
      values.push_back(readSlot(b, block->getArgument(0), index, type));
    values.append({block->getArgument(1), block->getArgument(2), block->getArgument(3)});
    func::CallOp::create(b, body, values);
    func::ReturnOp::create(b);
  }
};

} // namespace
