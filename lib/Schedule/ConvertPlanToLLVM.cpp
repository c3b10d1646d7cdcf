#include "azulejo/Artifact/Format.h"
#include "dialects/Plan/Plan.h"
#include "lib/Schedule/Passes.h"
#include "lib/Schedule/Signature.h"
#include "mlir/Conversion/ArithToLLVM/ArithToLLVM.h"
#include "mlir/Conversion/ControlFlowToLLVM/ControlFlowToLLVM.h"
#include "mlir/Conversion/FuncToLLVM/ConvertFuncToLLVM.h"
#include "mlir/Conversion/IndexToLLVM/IndexToLLVM.h"
#include "mlir/Conversion/LLVMCommon/ConversionTarget.h"
#include "mlir/Conversion/LLVMCommon/Pattern.h"
#include "mlir/Conversion/MathToLLVM/MathToLLVM.h"
#include "mlir/Conversion/UBToLLVM/UBToLLVM.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include <cstddef>

namespace azulejo {
#define GEN_PASS_DEF_CONVERTPLANTOLLVM
#include "lib/Schedule/Passes.h.inc"
} // namespace azulejo

using namespace mlir;
using namespace azulejo;
using namespace azulejo::schedule;

//===------------------------------------------------------------------------------------------===//
// Code that calls the runtime
//===------------------------------------------------------------------------------------------===//

namespace {
/// What all patterns share: the order of kernels and weights, and memory on the stack to pass
/// arrays in.
struct HostCode {
  llvm::MapVector<StringAttr, SmallVector<StringRef>> kernels; // with the names of their ONNX nodes
  llvm::SetVector<Attribute> weights;
  SmallVector<Attribute> checks;             // of all launches, one after the other
  DenseMap<Operation *, int64_t> firstCheck; // a launch's first among them
  SmallVector<Attribute> calls;              // of the host library
  DenseMap<Operation *, int64_t> callIndex;
  Value stack; // an array of i64, at @main's entry
  bool isForGpus = false;

  int64_t kernelIndex(StringAttr name) const {
    return std::distance(kernels.begin(), kernels.find(name));
  }
  int64_t weightIndex(Attribute value) const {
    return std::distance(weights.begin(), llvm::find(weights, value));
  }
};

/// Emits code at one operation.
class Emitter {
public:
  Emitter(ConversionPatternRewriter &rewriter, Operation *op)
      : rewriter(rewriter), loc(op->getLoc()),
        pointer(LLVM::LLVMPointerType::get(op->getContext())),
        context(
            op->getParentOfType<FunctionOpInterface>().getFunctionBody().front().getArgument(0)) {}

  Value constant(int64_t value) {
    return LLVM::ConstantOp::create(rewriter, loc, rewriter.getI64IntegerAttr(value));
  }
  Value field(Value structure, int64_t byteOffset) {
    return load(pointer, at(structure, byteOffset));
  }
  Value at(Value base, int64_t byteOffset) { return at(base, constant(byteOffset)); }
  Value at(Value base, Value byteOffset) {
    return LLVM::GEPOp::create(rewriter, loc, pointer, rewriter.getI8Type(), base,
                               ArrayRef<LLVM::GEPArg>{byteOffset});
  }
  Value load(Type type, Value from) { return LLVM::LoadOp::create(rewriter, loc, type, from); }
  void store(Value value, Value to) { LLVM::StoreOp::create(rewriter, loc, value, to); }

  /// Calls the function at `byteOffset` of the runtime's table, the context being its first
  /// argument.
  Value call(size_t byteOffset, Type result, ArrayRef<Value> arguments) {
    SmallVector<Type> types{pointer};
    SmallVector<Value> operands{field(field(context, offsetof(azm_context, api)), byteOffset),
                                context};
    for (Value argument : arguments) {
      types.push_back(argument.getType());
      operands.push_back(argument);
    }
    auto type = LLVM::LLVMFunctionType::get(
        result ? result : LLVM::LLVMVoidType::get(rewriter.getContext()), types);
    auto op = LLVM::CallOp::create(rewriter, loc, type, operands);
    return result ? op.getResult() : Value();
  }

  /// A value as it lies in a buffer: nothing is narrower than a byte.
  Value toStorage(Value value) {
    auto integer = dyn_cast<IntegerType>(value.getType());
    if (!integer || integer.getWidth() >= 8)
      return value;
    return LLVM::ZExtOp::create(rewriter, loc, rewriter.getI8Type(), value);
  }
  Value fromStorage(Type type, Value from) {
    auto integer = dyn_cast<IntegerType>(type);
    if (!integer || integer.getWidth() >= 8)
      return load(type, from);
    return LLVM::TruncOp::create(rewriter, loc, type, load(rewriter.getI8Type(), from));
  }

  /// A value as a kernel's slot holds it.
  Value toSlot(Value value) {
    Type type = value.getType(), slot = rewriter.getI64Type();
    if (auto real = dyn_cast<FloatType>(type)) {
      Type bits = rewriter.getIntegerType(real.getWidth());
      value = LLVM::BitcastOp::create(rewriter, loc, bits, value);
      return bits == slot ? value : LLVM::ZExtOp::create(rewriter, loc, slot, value).getResult();
    }
    if (isa<IntegerType>(type) && type != slot)
      return LLVM::SExtOp::create(rewriter, loc, slot, value);
    return value;
  }

  ConversionPatternRewriter &rewriter;
  Location loc;
  Type pointer;
  Value context;
};

template <typename Op> struct Pattern : ConvertOpToLLVMPattern<Op> {
  Pattern(const LLVMTypeConverter &converter, HostCode &host)
      : ConvertOpToLLVMPattern<Op>(converter), host(host) {}
  using Adaptor = typename Op::Adaptor;
  HostCode &host;
};

struct ConvertWeight : Pattern<plan::WeightOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(plan::WeightOp op, Adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Emitter emit(rewriter, op);
    Value table = emit.field(emit.context, offsetof(azm_context, weights));
    rewriter.replaceOp(op, emit.field(table, host.weightIndex(op.getValue()) * sizeof(void *)));
    return success();
  }
};

struct ConvertOffset : Pattern<plan::OffsetOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(plan::OffsetOp op, Adaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Emitter emit(rewriter, op);
    rewriter.replaceOp(op, emit.at(adaptor.getBuffer(), adaptor.getBytes()));
    return success();
  }
};

/// plan.arena and plan.pool_alloc: a size goes in, an address comes out.
template <typename Op, size_t function> struct ConvertAllocation : Pattern<Op> {
  using Pattern<Op>::Pattern;
  LogicalResult matchAndRewrite(Op op, typename Op::Adaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Emitter emit(rewriter, op);
    rewriter.replaceOp(op, emit.call(function, emit.pointer, {adaptor.getBytes()}));
    return success();
  }
};

/// plan.retain and plan.release.
template <typename Op, size_t function> struct ConvertReference : Pattern<Op> {
  using Pattern<Op>::Pattern;
  LogicalResult matchAndRewrite(Op op, typename Op::Adaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Emitter(rewriter, op).call(function, {}, {adaptor.getBuffer()});
    rewriter.eraseOp(op);
    return success();
  }
};

struct ConvertOutput : Pattern<plan::OutputOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(plan::OutputOp op, Adaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Emitter emit(rewriter, op);
    for (auto [i, dim] : llvm::enumerate(adaptor.getDims()))
      emit.store(dim, emit.at(host.stack, i * sizeof(int64_t)));
    rewriter.replaceOp(op, emit.call(offsetof(azm_host_api, output), emit.pointer,
                                     {emit.constant(op.getIndex()), host.stack}));
    return success();
  }
};

struct ConvertLaunch : Pattern<plan::LaunchOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(plan::LaunchOp op, Adaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Emitter emit(rewriter, op);
    for (auto [i, value] : llvm::enumerate(adaptor.getOperands()))
      emit.store(emit.toSlot(value), emit.at(host.stack, i * sizeof(int64_t)));
    auto address = [&](const Twine &name) -> Value {
      if (host.isForGpus) // whose runtime looks for the functions itself
        return LLVM::ZeroOp::create(rewriter, emit.loc, emit.pointer);
      return LLVM::AddressOfOp::create(rewriter, emit.loc, emit.pointer,
                                       rewriter.getStringAttr(name));
    };
    emit.call(offsetof(azm_host_api, launch), {},
              {emit.constant(host.kernelIndex(op.getKernelAttr().getAttr())),
               address(op.getKernel() + ".count"), address(op.getKernel()), host.stack,
               emit.constant(host.firstCheck.lookup(op))});
    rewriter.eraseOp(op);
    return success();
  }
};

/// The results come behind the operands, in the same array.
struct ConvertCall : Pattern<plan::CallOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(plan::CallOp op, Adaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Emitter emit(rewriter, op);
    size_t next = 0;
    auto slot = [&] { return emit.at(host.stack, next++ * sizeof(int64_t)); };
    for (Value value : adaptor.getOperands())
      emit.store(emit.toSlot(value), slot());
    Value made = emit.at(host.stack, next * sizeof(int64_t));
    emit.call(offsetof(azm_host_api, call), {},
              {emit.constant(host.callIndex.lookup(op)), host.stack, made});
    SmallVector<Value> results;
    for (Type type : op->getResultTypes())
      results.push_back(emit.load(getTypeConverter()->convertType(type), slot()));
    rewriter.replaceOp(op, results);
    return success();
  }
};

struct ConvertTake : Pattern<plan::TakeOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(plan::TakeOp op, Adaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Emitter(rewriter, op)
        .call(offsetof(azm_host_api, take), {}, {adaptor.getTarget(), adaptor.getValue()});
    rewriter.eraseOp(op);
    return success();
  }
};

struct ConvertOutputValue : Pattern<plan::OutputValueOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(plan::OutputValueOp op, Adaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Emitter emit(rewriter, op);
    emit.call(offsetof(azm_host_api, output_value), {},
              {emit.constant(op.getIndex()), adaptor.getValue()});
    rewriter.eraseOp(op);
    return success();
  }
};

struct ConvertCopy : Pattern<plan::CopyOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(plan::CopyOp op, Adaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Emitter(rewriter, op)
        .call(offsetof(azm_host_api, copy), {},
              {adaptor.getTarget(), adaptor.getSource(), adaptor.getBytes()});
    rewriter.eraseOp(op);
    return success();
  }
};

struct ConvertFill : Pattern<plan::FillOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(plan::FillOp op, Adaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Emitter emit(rewriter, op);
    emit.store(emit.toStorage(adaptor.getElement()), host.stack);
    emit.call(offsetof(azm_host_api, fill), {},
              {adaptor.getTarget(), host.stack,
               emit.constant(elementBytes(op.getElement().getType())), adaptor.getBytes()});
    rewriter.eraseOp(op);
    return success();
  }
};

struct ConvertRead : Pattern<plan::ReadOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(plan::ReadOp op, Adaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Emitter emit(rewriter, op);
    Type type = getTypeConverter()->convertType(op.getType());
    emit.call(offsetof(azm_host_api, read), {},
              {host.stack, emit.at(adaptor.getBuffer(), adaptor.getOffset()),
               emit.constant(elementBytes(op.getType()))});
    rewriter.replaceOp(op, emit.fromStorage(type, host.stack));
    return success();
  }
};

struct ConvertWrite : Pattern<plan::WriteOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(plan::WriteOp op, Adaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Emitter emit(rewriter, op);
    emit.store(emit.toStorage(adaptor.getValue()), host.stack);
    emit.call(offsetof(azm_host_api, write), {},
              {emit.at(adaptor.getBuffer(), adaptor.getOffset()), host.stack,
               emit.constant(elementBytes(op.getValue().getType()))});
    rewriter.eraseOp(op);
    return success();
  }
};

/// Structured control flow is gone by now, so that the block can be split.
struct ConvertAssert : Pattern<plan::AssertOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(plan::AssertOp op, Adaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Emitter emit(rewriter, op);
    Block *before = op->getBlock();
    Block *after = rewriter.splitBlock(before, std::next(Block::iterator(op)));
    Block *failed = rewriter.createBlock(before->getParent());
    auto module = op->getParentOfType<ModuleOp>();
    for (auto [i, value] : llvm::enumerate(adaptor.getValues()))
      emit.store(value, emit.at(host.stack, i * sizeof(int64_t)));
    emit.call(offsetof(azm_host_api, fail), {},
              {messageText(module, op.getMessage(), emit), host.stack,
               emit.constant(adaptor.getValues().size())});
    LLVM::UnreachableOp::create(rewriter, emit.loc);
    rewriter.setInsertionPointToEnd(before);
    rewriter.replaceOpWithNewOp<LLVM::CondBrOp>(op, adaptor.getCondition(), after, failed);
    return success();
  }

  static Value messageText(ModuleOp module, StringRef message, Emitter &emit) {
    std::string text = message.str();
    text.push_back('\0');
    std::string name =
        "azm.message." + llvm::utohexstr(llvm::hash_value(message), /*LowerCase=*/true);
    if (!module.lookupSymbol(name)) {
      OpBuilder::InsertionGuard guard(emit.rewriter);
      emit.rewriter.setInsertionPointToStart(module.getBody());
      auto type = LLVM::LLVMArrayType::get(emit.rewriter.getI8Type(), text.size());
      LLVM::GlobalOp::create(emit.rewriter, emit.loc, type, /*isConstant=*/true,
                             LLVM::Linkage::Internal, name, emit.rewriter.getStringAttr(text));
    }
    return LLVM::AddressOfOp::create(emit.rewriter, emit.loc, emit.pointer,
                                     emit.rewriter.getStringAttr(name));
  }
};

/// Sums and products of sizes stop at the largest and the least number instead of wrapping around:
/// a buffer of an impossible size must not look like a small one.
struct ConvertSizeSum : ConvertOpToLLVMPattern<arith::AddIOp> {
  using ConvertOpToLLVMPattern::ConvertOpToLLVMPattern;
  LogicalResult matchAndRewrite(arith::AddIOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    if (!op.getType().isIndex())
      return failure();
    rewriter.replaceOpWithNewOp<LLVM::SAddSat>(op, adaptor.getLhs(), adaptor.getRhs());
    return success();
  }
};

struct ConvertSizeProduct : ConvertOpToLLVMPattern<arith::MulIOp> {
  using ConvertOpToLLVMPattern::ConvertOpToLLVMPattern;
  LogicalResult matchAndRewrite(arith::MulIOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    if (!op.getType().isIndex())
      return failure();
    Location loc = op.getLoc();
    Type i64 = rewriter.getI64Type(), i1 = rewriter.getI1Type();
    auto constant = [&](int64_t value) -> Value {
      return LLVM::ConstantOp::create(rewriter, loc, rewriter.getI64IntegerAttr(value));
    };
    auto both = LLVM::LLVMStructType::getLiteral(op.getContext(), {i64, i1});
    Value pair =
        LLVM::SMulWithOverflowOp::create(rewriter, loc, both, adaptor.getLhs(), adaptor.getRhs());
    Value product = LLVM::ExtractValueOp::create(rewriter, loc, pair, 0),
          overflows = LLVM::ExtractValueOp::create(rewriter, loc, pair, 1);
    Value signs = LLVM::XOrOp::create(rewriter, loc, adaptor.getLhs(), adaptor.getRhs());
    Value isNegative =
        LLVM::ICmpOp::create(rewriter, loc, LLVM::ICmpPredicate::slt, signs, constant(0));
    Value limit =
        LLVM::SelectOp::create(rewriter, loc, isNegative, constant(INT64_MIN), constant(INT64_MAX));
    rewriter.replaceOpWithNewOp<LLVM::SelectOp>(op, overflows, limit, product);
    return success();
  }
};

//===------------------------------------------------------------------------------------------===//
// The pass
//===------------------------------------------------------------------------------------------===//

struct ConvertPlanToLLVMPass : azulejo::impl::ConvertPlanToLLVMBase<ConvertPlanToLLVMPass> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    auto main = module.lookupSymbol<func::FuncOp>(entryName);
    auto peak = module.lookupSymbol<func::FuncOp>(peakMemoryName);
    if (!main || !peak) {
      module.emitError()
          << "a host program is @main and @peak_memory; see azulejo-declare-peak-memory";
      return signalPassFailure();
    }
    HostCode host = prepare(main);
    host.isForGpus = !module.getOps<mlir::gpu::GPUModuleOp>().empty();
    leaveMetadata(module, main, host);
    if (failed(convert(module, host)))
      return signalPassFailure();
    addEntryPoints(module);
  }

  /// Numbers kernels and weights, and gives @main the context and its stack memory.
  static HostCode prepare(func::FuncOp main) {
    HostCode host;
    size_t mostSlots = 2; // fill and read pass up to 16 bytes
    main.walk([&](Operation *op) {
      if (auto launch = dyn_cast<plan::LaunchOp>(op)) {
        collectNodes(launch.getLoc(), host.kernels[launch.getKernelAttr().getAttr()]);
        mostSlots = std::max<size_t>(mostSlots, op->getNumOperands());
        if (ArrayAttr checks = launch.getChecksAttr()) {
          host.firstCheck[launch] = host.checks.size();
          llvm::append_range(host.checks, checks);
        }
      } else if (auto weight = dyn_cast<plan::WeightOp>(op)) {
        host.weights.insert(weight.getValue());
      } else if (auto call = dyn_cast<plan::CallOp>(op)) {
        mostSlots = std::max<size_t>(mostSlots, op->getNumOperands() + op->getNumResults());
        host.callIndex[call] = host.calls.size();
        host.calls.push_back(describe(call));
      } else if (isa<plan::OutputOp, plan::AssertOp>(op)) {
        mostSlots = std::max<size_t>(mostSlots, op->getNumOperands());
      }
    });
    OpBuilder builder(main.getContext());
    auto pointer = LLVM::LLVMPointerType::get(main.getContext());
    (void)main.insertArgument(0, pointer, {}, main.getLoc());
    builder.setInsertionPointToStart(&main.getBody().front());
    Value size =
        LLVM::ConstantOp::create(builder, main.getLoc(), builder.getI64IntegerAttr(mostSlots));
    host.stack = LLVM::AllocaOp::create(builder, main.getLoc(), pointer, builder.getI64Type(), size,
                                        /*alignment=*/16);
    return host;
  }

  /// A call's entry in the metadata.
  static Attribute describe(plan::CallOp call) {
    Builder builder(call.getContext());
    SmallVector<Attribute> values;
    for (auto [type, name] :
         llvm::zip_equal(call.getTypes().getAsValueRange<TypeAttr>(), call.getNames())) {
      SmallVector<Attribute> shape;
      auto tensor = dyn_cast<RankedTensorType>(type);
      for (int64_t size : tensor ? tensor.getShape() : ArrayRef<int64_t>())
        shape.push_back(builder.getI64IntegerAttr(ShapedType::isDynamic(size) ? -1 : size));
      values.push_back(
          builder.getDictionaryAttr({builder.getNamedAttr("type", name),
                                     builder.getNamedAttr("shape", builder.getArrayAttr(shape))}));
    }
    // Each result is a buffer, with indices behind it.
    int64_t results = llvm::count_if(call->getResultTypes(),
                                     [](Type type) { return isa<plan::BufferType>(type); });
    ArrayRef<Attribute> all(values);
    return builder.getDictionaryAttr(
        {builder.getNamedAttr("function", call.getFunctionAttr()),
         builder.getNamedAttr("node", builder.getStringAttr(nodeName(call))),
         builder.getNamedAttr("inputs", builder.getArrayAttr(all.drop_back(results))),
         builder.getNamedAttr("outputs", builder.getArrayAttr(all.take_back(results)))});
  }

  static void collectNodes(Location loc, SmallVectorImpl<StringRef> &nodes) {
    if (auto name = dyn_cast<NameLoc>(loc)) {
      if (!llvm::is_contained(nodes, name.getName().getValue()))
        nodes.push_back(name.getName());
    } else if (auto fused = dyn_cast<FusedLoc>(loc)) {
      for (Location part : fused.getLocations())
        collectNodes(part, nodes);
    }
  }

  static void leaveMetadata(ModuleOp module, func::FuncOp main, const HostCode &host) {
    Builder builder(module.getContext());
    for (StringRef name : {inputsAttr, outputsAttr, symbolsAttr})
      if (Attribute value = main->removeAttr(name))
        module->setAttr(name, value);
    SmallVector<Attribute> kernels;
    for (const auto &[name, nodes] : host.kernels)
      kernels.push_back(builder.getDictionaryAttr(
          {builder.getNamedAttr("name", name),
           builder.getNamedAttr("nodes", builder.getStrArrayAttr(nodes))}));
    module->setAttr(kernelsAttr, builder.getArrayAttr(kernels));
    module->setAttr(weightsAttr, builder.getArrayAttr(host.weights.getArrayRef()));
    if (Attribute refusals = main->removeAttr("tile.unfused"))
      module->setAttr(unfusedAttr, refusals);
    if (!host.calls.empty())
      module->setAttr(hostCallsAttr, builder.getArrayAttr(host.calls));
    if (!host.checks.empty())
      module->setAttr(checksAttr, builder.getArrayAttr(host.checks));
  }

  static LogicalResult convert(ModuleOp module, HostCode &host) {
    MLIRContext *context = module.getContext();
    LLVMTypeConverter converter(context);
    converter.addConversion(
        [](plan::BufferType type) { return LLVM::LLVMPointerType::get(type.getContext()); });
    RewritePatternSet patterns(context);
    patterns
        .add<ConvertWeight, ConvertOffset, ConvertOutput, ConvertLaunch, ConvertCall, ConvertTake,
             ConvertOutputValue, ConvertCopy, ConvertFill, ConvertRead, ConvertWrite, ConvertAssert,
             ConvertAllocation<plan::ArenaOp, offsetof(azm_host_api, arena)>,
             ConvertAllocation<plan::PoolAllocOp, offsetof(azm_host_api, allocate)>,
             ConvertReference<plan::RetainOp, offsetof(azm_host_api, retain)>,
             ConvertReference<plan::ReleaseOp, offsetof(azm_host_api, release)>>(converter, host);
    patterns.add<ConvertSizeSum, ConvertSizeProduct>(converter, /*benefit=*/2);
    arith::populateArithToLLVMConversionPatterns(converter, patterns);
    cf::populateControlFlowToLLVMConversionPatterns(converter, patterns);
    populateFuncToLLVMConversionPatterns(converter, patterns);
    populateMathToLLVMConversionPatterns(converter, patterns);
    index::populateIndexToLLVMConversionPatterns(converter, patterns);
    ub::populateUBToLLVMConversionPatterns(converter, patterns);
    LLVMConversionTarget target(*context);
    target.addLegalOp<ModuleOp>();
    // Kernels are LLVM code already; only the two functions of the host are looked at.
    SmallVector<Operation *> functions(module.getOps<func::FuncOp>());
    return applyFullConversion(functions, target, std::move(patterns));
  }

  /// Whether the runtime finds the function by its name.
  static bool isLookedUp(ModuleOp module, StringRef name) {
    StringRef arch = name.rsplit('.').second; // of `KERNEL.ARCH`, which launches a kernel of GPUs
    return name == AZM_RUN_SYMBOL || name == AZM_PEAK_MEMORY_SYMBOL ||
           (!arch.empty() && module.lookupSymbol<mlir::gpu::GPUModuleOp>(arch));
  }

  /// azm_run and azm_peak_memory take an array of slots; they unpack it and call what @main and
  /// @peak_memory became.
  static void addEntryPoints(ModuleOp module) {
    auto run = module.lookupSymbol<LLVM::LLVMFuncOp>(entryName);
    auto peak = module.lookupSymbol<LLVM::LLVMFuncOp>(peakMemoryName);
    run.setName("azm.main");
    peak.setName("azm.peak_memory");
    MLIRContext *context = module.getContext();
    auto pointer = LLVM::LLVMPointerType::get(context);
    OpBuilder builder(context);
    for (auto [callee, name, takesContext] :
         {std::tuple(run, AZM_RUN_SYMBOL, true), {peak, AZM_PEAK_MEMORY_SYMBOL, false}}) {
      Location loc = callee.getLoc();
      callee.setLinkage(LLVM::Linkage::Internal);
      builder.setInsertionPointAfter(callee);
      SmallVector<Type> types(takesContext ? 2 : 1, pointer);
      auto function = LLVM::LLVMFuncOp::create(
          builder, loc, name,
          LLVM::LLVMFunctionType::get(callee.getFunctionType().getReturnType(), types));
      builder.setInsertionPointToStart(function.addEntryBlock(builder));
      Value slots = function.getArguments().back();
      SmallVector<Value> operands;
      int64_t next = 0;
      for (Type type : callee.getFunctionType().getParams()) {
        if (takesContext && operands.empty()) {
          operands.push_back(function.getArgument(0));
          continue;
        }
        Value address = LLVM::GEPOp::create(builder, loc, pointer, builder.getI64Type(), slots,
                                            ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(next++)});
        operands.push_back(LLVM::LoadOp::create(builder, loc, type, address));
      }
      auto call = LLVM::CallOp::create(builder, loc, callee, operands);
      LLVM::ReturnOp::create(builder, loc, call.getResults());
    }
    for (auto function : module.getOps<LLVM::LLVMFuncOp>())
      if (!isLookedUp(module, function.getName()) &&
          function.getLinkage() == LLVM::Linkage::External)
        function.setVisibility_(LLVM::Visibility::Hidden);
  }
};

} // namespace
