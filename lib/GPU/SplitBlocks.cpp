#include "azulejo/Artifact/Format.h"
#include "dialects/Cta/Cta.h"
#include "dialects/Tile/Tile.h"
#include "lib/Codegen/Library.h"
#include "lib/Codegen/Slots.h"
#include "lib/Codegen/Workgroups.h"
#include "lib/GPU/Buffers.h"
#include "lib/GPU/Passes.h"
#include "lib/GPU/TensorMaps.h"
#include "lib/GPU/Threads.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Transforms/LoopInvariantCodeMotionUtils.h"

namespace azulejo::gpu {
#define GEN_PASS_DEF_SPLITBLOCKS
#include "lib/GPU/Passes.h.inc"
} // namespace azulejo::gpu

using namespace mlir;
using namespace azulejo;
using azulejo::gpu::constantIndex;

namespace {

// mlir::gpu is another one.
namespace gpu = azulejo::gpu;

/// A grid has at most this many blocks; a block then takes several iterations.
constexpr int64_t kMostBlocks = (int64_t(1) << 31) - 1;
/// Bytes of dynamic shared memory that every architecture gives a block.
constexpr int64_t kSharedBytes = 96 << 10;
/// A workspace is no larger than this, as long as there are blocks enough to fill a GPU.
constexpr int64_t kWorkspaceBytes = 64 << 20, kLeastBlocks = 256;

constexpr StringLiteral kSharedName = "azulejo_shared";

struct SplitBlocks : gpu::impl::SplitBlocksBase<SplitBlocks> {
  void runOnOperation() override {
    std::optional<StringRef> arch = getOperation().getSymName();
    if (!arch) {
      getOperation().emitError("a module of kernels has no architecture for its name");
      return signalPassFailure();
    }
    for (func::FuncOp kernel : codegen::getKernels(getOperation()))
      if (failed(split(kernel, *arch)))
        return signalPassFailure();
  }

  LogicalResult split(func::FuncOp kernel, StringRef arch) {
    auto threads = kernel->getAttrOfType<IntegerAttr>(gpu::threadsAttribute);
    if (!threads)
      return kernel.emitOpError("is not written for the threads of blocks");
    // A loop of one iteration has been folded.
    scf::ForallOp blocks = codegen::findWorkgroups(kernel);
    if (!blocks)
      blocks = codegen::makeOneWorkgroup(kernel);
    // The host computes with sizes how much memory a block takes.
    moveLoopInvariantCode(blocks);
    FailureOr<gpu::BlockMemory> memory = gpu::layOutBuffers(blocks, threads.getInt());
    if (failed(memory))
      return failure();
    ImplicitLocOpBuilder b(blocks.getLoc(), blocks);
    SmallVector<Value> counts = codegen::getStepCounts(b, blocks);
    Value count = gpu::multiply(b, counts);

    // Tensor maps are arguments of the entry, and no slots.
    unsigned maps = gpu::countTensorMaps(kernel);
    auto operands = b.getFunctionType(kernel.getArgumentTypes().drop_back(maps), /*results=*/{});
    makeHost(kernel, operands, arch, blocks, count, memory->bytes);
    Block &entry = kernel.getBody().front();
    auto pointer = LLVM::LLVMPointerType::get(&getContext());
    Location loc = kernel.getLoc();
    Value fault = entry.addArgument(pointer, loc),
          firstCheck = entry.addArgument(b.getI64Type(), loc),
          workspace = entry.addArgument(pointer, loc);
    for (unsigned i = 0; i < maps; ++i)
      entry.getArgument(operands.getNumInputs() + i)
          .replaceAllUsesWith(entry.addArgument(pointer, loc));
    entry.eraseArguments(operands.getNumInputs(), maps);
    Value base = getBase(b, *memory, workspace);
    runBlocks(b, blocks, counts, count, base, *memory, getTileBytes(kernel));
    checkIndices(kernel, fault, firstCheck);
    flattenOperands(kernel, operands, maps);
    kernel->removeAttr(tile::TileDialect::getKernelAttrName());
    dropTileAttributes(kernel);
    return success();
  }

  /// The dynamic shared memory of a tile program.
  static int64_t getTileBytes(func::FuncOp kernel) {
    auto bytes = kernel->getAttrOfType<IntegerAttr>(cta::CtaDialect::getSharedBytesAttrName());
    return bytes ? bytes.getInt() : 0;
  }

  static void dropTileAttributes(func::FuncOp function) {
    for (StringRef name :
         {cta::CtaDialect::getSharedBytesAttrName(), cta::CtaDialect::getTensorMapsAttrName(),
          cta::CtaDialect::getWarpsAttrName()})
      function->removeAttr(name);
  }

  /// Whether a block's memory is shared memory: true, false, or a value where only the launch
  /// tells.
  static Value isShared(ImplicitLocOpBuilder &b, Value bytes) {
    return arith::CmpIOp::create(b, arith::CmpIPredicate::ule, bytes,
                                 constantIndex(b, kSharedBytes));
  }

  /// The address of this block's memory; null if it has none.
  Value getBase(ImplicitLocOpBuilder &b, const gpu::BlockMemory &memory, Value workspace) {
    if (memory.buffers.empty())
      return Value();
    std::optional<int64_t> bytes = getConstantIntValue(memory.bytes);
    auto pointer = LLVM::LLVMPointerType::get(&getContext());
    Value shared, global;
    if (!bytes || *bytes <= kSharedBytes) {
      auto sharedPointer = LLVM::LLVMPointerType::get(&getContext(), 3);
      getSharedMemory();
      shared = LLVM::AddrSpaceCastOp::create(
          b, pointer, LLVM::AddressOfOp::create(b, sharedPointer, kSharedName));
    }
    if (!bytes || *bytes > kSharedBytes) {
      Value block = readRegister<NVVM::BlockIdXOp>(b);
      Value offset = arith::IndexCastOp::create(b, b.getI64Type(),
                                                arith::MulIOp::create(b, block, memory.bytes));
      global = LLVM::GEPOp::create(b, pointer, b.getI8Type(), workspace, ValueRange{offset});
    }
    if (shared && global)
      return arith::SelectOp::create(b, isShared(b, memory.bytes), shared, global);
    return shared ? shared : global;
  }

  /// The one external array of dynamic shared memory: its size comes with the launch.
  void getSharedMemory() {
    if (getOperation().lookupSymbol(kSharedName))
      return;
    auto b = OpBuilder::atBlockBegin(getOperation().getBody());
    auto type = LLVM::LLVMArrayType::get(b.getI8Type(), 0);
    LLVM::GlobalOp::create(b, getOperation().getLoc(), type, /*isConstant=*/false,
                           LLVM::Linkage::External, kSharedName, Attribute(), /*alignment=*/1024,
                           /*addrSpace=*/3);
  }

  template <typename Register> static Value readRegister(ImplicitLocOpBuilder &b) {
    return arith::IndexCastUIOp::create(b, b.getIndexType(), Register::create(b, b.getI32Type()));
  }

  /// Each block takes every gridDim-th iteration. What it left in its memory is used up by all
  /// threads before the next begins.
  void runBlocks(ImplicitLocOpBuilder &b, scf::ForallOp blocks, ValueRange counts, Value count,
                 Value base, const gpu::BlockMemory &memory, int64_t tileBytes) {
    auto loop = scf::ForOp::create(b, readRegister<NVVM::BlockIdXOp>(b), count,
                                   readRegister<NVVM::GridDimXOp>(b));
    b.setInsertionPointToStart(loop.getBody());
    SmallVector<Value> counters = codegen::getCounters(b, blocks, counts, loop.getInductionVar());
    codegen::inlineWorkgroup(blocks, counters, loop.getBody()->getTerminator());
    if (base)
      gpu::replaceBuffers(memory, base);
    else if (!tileBytes)
      return;
    b.setInsertionPoint(loop.getBody()->getTerminator());
    NVVM::Barrier0Op::create(b);
  }

  static void checkIndices(func::FuncOp kernel, Value fault, Value firstCheck) {
    SmallVector<tile::CheckedIndexOp> checks;
    kernel.walk([&](tile::CheckedIndexOp check) { checks.push_back(check); });
    for (tile::CheckedIndexOp check : checks) {
      ImplicitLocOpBuilder b(check.getLoc(), check);
      auto wide = [&](Value index) -> Value {
        return arith::IndexCastOp::create(b, b.getI64Type(), index);
      };
      Value number = arith::AddIOp::create(
          b, firstCheck, arith::ConstantIntOp::create(b, check.getNumber().value_or(0), 64));
      Value index = codegen::callLibraryFunction(
          b, check.getFromEnd() ? "azm_checked_index_from_end" : "azm_checked_index",
          b.getI64Type(), {fault, wide(check.getIndex()), wide(check.getSize()), number});
      check.replaceAllUsesWith(arith::IndexCastOp::create(b, b.getIndexType(), index).getResult());
      check.erase();
    }
  }

  /// Memrefs become an address and sizes, scalars the 64 bits of their slots. The last arguments
  /// are tensor maps.
  static void flattenOperands(func::FuncOp kernel, FunctionType operands, unsigned maps) {
    Location loc = kernel.getLoc();
    Block &entry = kernel.getBody().front();
    unsigned old = operands.getNumInputs();
    auto b = ImplicitLocOpBuilder::atBlockBegin(loc, &entry);
    SmallVector<Value> values;
    for (auto [index, type] : llvm::enumerate(codegen::getSlotTypes(operands))) {
      bool isAddress = isa<LLVM::LLVMPointerType>(type);
      Value argument =
          entry.insertArgument(old + index, isAddress ? type : Type(b.getI64Type()), loc);
      values.push_back(isAddress ? argument : codegen::fromSlotBits(b, argument, type));
    }
    for (auto [index, value] : llvm::enumerate(codegen::assembleOperands(b, operands, values)))
      entry.getArgument(index).replaceAllUsesWith(value);
    entry.eraseArguments(0, old);
    kernel.removeArgAttrsAttr();
    kernel.setFunctionType(b.getFunctionType(entry.getArgumentTypes(), {}));
    kernel.setPublic();
    constexpr int64_t mapBytes = 128, mapAlignment = 64;
    for (unsigned i = 0; i < maps; ++i) {
      unsigned index = entry.getNumArguments() - 1 - i;
      kernel.setArgAttr(index, "llvm.align", b.getI64IntegerAttr(mapAlignment));
      kernel.setArgAttr(index, "llvm.byval",
                        TypeAttr::get(LLVM::LLVMArrayType::get(b.getI8Type(), mapBytes)));
    }
    for (size_t index = 0; index < values.size(); ++index) {
      if (!isa<LLVM::LLVMPointerType>(entry.getArgument(index).getType()))
        continue;
      kernel.setArgAttr(index, "llvm.noalias", b.getUnitAttr());
      kernel.setArgAttr(index, "llvm.align", b.getI64IntegerAttr(AZM_BUFFER_ALIGNMENT));
    }
  }

  /// `@"k.ARCH"(slots, grid)`, from a copy of the kernel of which only sizes are kept.
  void makeHost(func::FuncOp kernel, FunctionType operands, StringRef arch, scf::ForallOp blocks,
                Value count, Value bytes) {
    IRMapping mapping;
    OpBuilder moduleBuilder(kernel);
    auto host = cast<func::FuncOp>(moduleBuilder.clone(*kernel, mapping));
    host.setSymName((kernel.getSymName() + "." + arch).str());
    host.setPublic();
    host->removeAttr(tile::TileDialect::getKernelAttrName());
    host->removeAttr(gpu::threadsAttribute);
    host->setAttr(gpu::hostAttribute, UnitAttr::get(&getContext()));
    int64_t threads = kernel->getAttrOfType<IntegerAttr>(gpu::threadsAttribute).getInt();
    Block &entry = host.getBody().front();
    auto pointer = LLVM::LLVMPointerType::get(&getContext());
    Value grid = entry.addArgument(pointer, kernel.getLoc());

    Operation *loop = mapping.lookup(blocks.getOperation());
    ImplicitLocOpBuilder b(kernel.getLoc(), loop);
    count = mapping.lookup(count);
    bytes = mapping.lookup(bytes);
    auto store = [&](size_t offset, Value value, Type type) {
      Value address = LLVM::GEPOp::create(b, pointer, b.getI8Type(), grid,
                                          ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(offset)});
      LLVM::StoreOp::create(b, arith::IndexCastOp::create(b, type, value), address);
    };
    Value shared = isShared(b, bytes), none = constantIndex(b, 0), one = constantIndex(b, 1);
    // Blocks that have a workspace are no more than it takes to fill a GPU.
    Value fitting =
        arith::MaxUIOp::create(b,
                               arith::DivUIOp::create(b, constantIndex(b, kWorkspaceBytes),
                                                      arith::MaxUIOp::create(b, bytes, one)),
                               constantIndex(b, kLeastBlocks));
    Value most = arith::SelectOp::create(b, shared, constantIndex(b, kMostBlocks), fitting);
    Value launched = arith::MinUIOp::create(b, count, most);
    Value workspace =
        arith::SelectOp::create(b, shared, none, arith::MulIOp::create(b, launched, bytes));
    for (size_t i = 0; i < 3; ++i) {
      store(offsetof(azm_grid, blocks) + 8 * i, i == 0 ? launched : one, b.getI64Type());
      store(offsetof(azm_grid, threads) + 4 * i, constantIndex(b, i == 0 ? threads : 1),
            b.getI32Type());
      store(offsetof(azm_grid, cluster) + 4 * i, one, b.getI32Type());
    }
    Value sharedBytes = arith::SelectOp::create(b, shared, bytes, none);
    if (int64_t tileBytes = getTileBytes(kernel))
      sharedBytes = constantIndex(b, tileBytes);
    store(offsetof(azm_grid, shared_bytes), sharedBytes, b.getI64Type());
    store(offsetof(azm_grid, workspace_bytes), workspace, b.getI64Type());
    gpu::storeTensorMaps(b, kernel, entry.getArguments(), grid);
    loop->erase();
    codegen::unpackSlots(entry, operands, kernel.getLoc());
    entry.eraseArguments(1, gpu::countTensorMaps(kernel));
    host.removeArgAttrsAttr();
    dropTileAttributes(host);
    host.setFunctionType(b.getFunctionType(entry.getArgumentTypes(), {}));
    for (Operation &op : llvm::make_early_inc_range(llvm::reverse(entry)))
      if (isOpTriviallyDead(&op))
        op.erase();
  }
};

} // namespace
