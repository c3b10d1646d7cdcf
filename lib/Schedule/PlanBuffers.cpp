#include "azulejo/Artifact/Format.h"
#include "dialects/Plan/Plan.h"
#include "dialects/Tile/Tile.h"
#include "lib/Schedule/Passes.h"
#include "lib/Schedule/Signature.h"
#include "mlir/Dialect/Func/Transforms/FuncConversions.h"
#include "mlir/Dialect/SCF/Transforms/Patterns.h"

namespace azulejo {
#define GEN_PASS_DEF_PLANBUFFERS
#include "lib/Schedule/Passes.h.inc"
} // namespace azulejo

using namespace mlir;
using namespace azulejo;
using namespace azulejo::schedule;

//===------------------------------------------------------------------------------------------===//
// Shapes
//===------------------------------------------------------------------------------------------===//

static Value constantIndex(OpBuilder &builder, Location loc, int64_t value) {
  return arith::ConstantIndexOp::create(builder, loc, value);
}

/// All dimensions of a tensor that was converted to a buffer and its dynamic dimensions.
static SmallVector<Value> allDims(OpBuilder &builder, Location loc, Type type,
                                  ValueRange converted) {
  SmallVector<Value> dims;
  size_t next = 1;
  for (int64_t size : cast<RankedTensorType>(type).getShape())
    dims.push_back(ShapedType::isDynamic(size) ? converted[next++]
                                               : constantIndex(builder, loc, size));
  return dims;
}

/// The converted form of a tensor of `type`: its buffer, and of `dims` those that are dynamic.
static SmallVector<Value> converted(Type type, Value buffer, ValueRange dims) {
  SmallVector<Value> values{buffer};
  for (auto [i, size] : llvm::enumerate(cast<RankedTensorType>(type).getShape()))
    if (ShapedType::isDynamic(size))
      values.push_back(dims[i]);
  return values;
}

static Value product(OpBuilder &builder, Location loc, ValueRange factors, int64_t factor = 1) {
  Value result;
  for (Value value : factors) {
    if (std::optional<int64_t> constant = getConstantIntValue(value))
      factor *= *constant;
    else
      result = result ? arith::MulIOp::create(builder, loc, result, value).getResult() : value;
  }
  if (!result || factor == 0)
    return constantIndex(builder, loc, factor);
  return factor == 1
             ? result
             : arith::MulIOp::create(builder, loc, result, constantIndex(builder, loc, factor))
                   .getResult();
}

static Value byteSize(OpBuilder &builder, Location loc, Type type, ValueRange dims) {
  return product(builder, loc, dims, elementBytes(getElementTypeOrSelf(type)));
}

/// Where an element (or the start of a slice) lies, in bytes, row-major.
static Value byteOffset(OpBuilder &builder, Location loc, Type type, ValueRange dims,
                        ValueRange indices) {
  Value linear;
  for (auto [dim, index] : llvm::zip_equal(dims, indices)) {
    if (linear)
      linear = builder.createOrFold<arith::AddIOp>(
          loc, builder.createOrFold<arith::MulIOp>(loc, linear, dim), index);
    else
      linear = index;
  }
  if (!linear)
    return constantIndex(builder, loc, 0);
  Value bytes = constantIndex(builder, loc, elementBytes(getElementTypeOrSelf(type)));
  return builder.createOrFold<arith::MulIOp>(loc, linear, bytes);
}

static SmallVector<Value> asValues(OpBuilder &builder, Location loc, ArrayRef<OpFoldResult> sizes) {
  return getValueOrCreateConstantIndexOp(builder, loc, sizes);
}

/// Sizes that converted operations may have computed.
static SmallVector<OpFoldResult> remap(ArrayRef<OpFoldResult> values,
                                       ConversionPatternRewriter &rewriter) {
  return llvm::map_to_vector(values, [&](OpFoldResult value) -> OpFoldResult {
    return isa<Value>(value) ? OpFoldResult(rewriter.getRemappedValue(cast<Value>(value))) : value;
  });
}

/// Whether a value is a destination without contents, perhaps reshaped.
static bool isEmpty(Value value) {
  while (Operation *op = value.getDefiningOp()) {
    if (isa<tensor::EmptyOp>(op))
      return true;
    if (!isa<tensor::CastOp, tensor::ExpandShapeOp, tensor::CollapseShapeOp, tensor::ReshapeOp,
             tensor::ExtractSliceOp>(op))
      return false;
    value = op->getOperand(0);
  }
  return false;
}

//===------------------------------------------------------------------------------------------===//
// Patterns: values
//===------------------------------------------------------------------------------------------===//

namespace {

template <typename Op> struct Pattern : OpConversionPattern<Op> {
  using OpConversionPattern<Op>::OpConversionPattern;
  using Adaptor = typename OpConversionPattern<Op>::OneToNOpAdaptor;

  /// Replaces a tensor op by a buffer and dimensions, of which the dynamic ones are kept.
  static void replace(Op op, Value buffer, ValueRange dims, ConversionPatternRewriter &rewriter) {
    rewriter.replaceOpWithMultiple(op, {converted(op->getResult(0).getType(), buffer, dims)});
  }
  /// A buffer of its own with the contents of `source`.
  static Value copyOf(Location loc, Value source, Value bytes,
                      ConversionPatternRewriter &rewriter) {
    Value copy = plan::AllocOp::create(rewriter, loc, bytes);
    plan::CopyOp::create(rewriter, loc, source, copy, bytes);
    return copy;
  }
};

struct ConvertWeight : Pattern<plan::ConstantOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(plan::ConstantOp op, Adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    replace(op, plan::WeightOp::create(rewriter, op.getLoc(), op.getValueAttr()), {}, rewriter);
    return success();
  }
};

/// A large splat is filled in when it is needed and takes no place in the artifact.
struct ConvertConstant : Pattern<arith::ConstantOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(arith::ConstantOp op, Adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    auto elements = dyn_cast<ElementsAttr>(op.getValue());
    auto type = dyn_cast<RankedTensorType>(op.getType());
    if (!elements || !type)
      return failure();
    constexpr int64_t mostBytes = 1024;
    int64_t bytes = type.getNumElements() * elementBytes(type.getElementType());
    auto dense = dyn_cast<DenseElementsAttr>(op.getValue());
    if (bytes <= mostBytes || !dense || !dense.isSplat() ||
        isa<ComplexType>(type.getElementType())) {
      replace(op, plan::WeightOp::create(rewriter, op.getLoc(), cast<TypedAttr>(op.getValue())), {},
              rewriter);
      return success();
    }
    Value size = constantIndex(rewriter, op.getLoc(), bytes);
    Value buffer = plan::AllocOp::create(rewriter, op.getLoc(), size);
    Value element =
        arith::ConstantOp::create(rewriter, op.getLoc(), dense.getSplatValue<TypedAttr>());
    plan::FillOp::create(rewriter, op.getLoc(), buffer, size, element);
    replace(op, buffer, {}, rewriter);
    return success();
  }
};

struct ConvertEmpty : Pattern<tensor::EmptyOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(tensor::EmptyOp op, Adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    SmallVector<Value> dims = asValues(rewriter, op.getLoc(), remap(op.getMixedSizes(), rewriter));
    Value bytes = byteSize(rewriter, op.getLoc(), op.getType(), dims);
    replace(op, plan::AllocOp::create(rewriter, op.getLoc(), bytes), dims, rewriter);
    return success();
  }
};

struct ConvertFromElements : Pattern<tensor::FromElementsOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(tensor::FromElementsOp op, Adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    int64_t size = elementBytes(op.getType().getElementType());
    Value bytes = constantIndex(rewriter, op.getLoc(), size * op.getType().getNumElements());
    Value buffer = plan::AllocOp::create(rewriter, op.getLoc(), bytes);
    for (auto [i, element] : llvm::enumerate(op.getElements()))
      plan::WriteOp::create(rewriter, op.getLoc(), rewriter.getRemappedValue(element), buffer,
                            constantIndex(rewriter, op.getLoc(), i * size));
    replace(op, buffer, {}, rewriter);
    return success();
  }
};

struct ConvertSplat : Pattern<tensor::SplatOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(tensor::SplatOp op, Adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    SmallVector<Value> sizes;
    size_t next = 0;
    for (int64_t size : op.getType().getShape())
      sizes.push_back(ShapedType::isDynamic(size)
                          ? rewriter.getRemappedValue(op.getDynamicSizes()[next++])
                          : constantIndex(rewriter, op.getLoc(), size));
    Value bytes = byteSize(rewriter, op.getLoc(), op.getType(), sizes);
    Value buffer = plan::AllocOp::create(rewriter, op.getLoc(), bytes);
    plan::FillOp::create(rewriter, op.getLoc(), buffer, bytes,
                         rewriter.getRemappedValue(op.getInput()));
    replace(op, buffer, sizes, rewriter);
    return success();
  }
};

//===------------------------------------------------------------------------------------------===//
// Patterns: shapes and parts
//===------------------------------------------------------------------------------------------===//

struct ConvertDim : Pattern<tensor::DimOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(tensor::DimOp op, Adaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    SmallVector<Value> dims =
        allDims(rewriter, op.getLoc(), op.getSource().getType(), adaptor.getSource());
    if (std::optional<int64_t> index = op.getConstantIndex()) {
      if (*index < 0 || *index >= static_cast<int64_t>(dims.size()))
        return failure();
      rewriter.replaceOp(op, dims[*index]);
      return success();
    }
    Value result = constantIndex(rewriter, op.getLoc(), 0);
    for (auto [i, dim] : llvm::enumerate(dims)) {
      Value isThis = arith::CmpIOp::create(rewriter, op.getLoc(), arith::CmpIPredicate::eq,
                                           op.getIndex(), constantIndex(rewriter, op.getLoc(), i));
      result = arith::SelectOp::create(rewriter, op.getLoc(), isThis, dim, result);
    }
    rewriter.replaceOp(op, result);
    return success();
  }
};

struct ConvertCast : Pattern<tensor::CastOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(tensor::CastOp op, Adaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    replace(op, adaptor.getSource()[0],
            allDims(rewriter, op.getLoc(), op.getSource().getType(), adaptor.getSource()),
            rewriter);
    return success();
  }
};

struct ConvertCollapse : Pattern<tensor::CollapseShapeOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(tensor::CollapseShapeOp op, Adaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    SmallVector<Value> from =
                           allDims(rewriter, op.getLoc(), op.getSrc().getType(), adaptor.getSrc()),
                       dims;
    for (const auto &group : op.getReassociationIndices())
      dims.push_back(
          product(rewriter, op.getLoc(), ArrayRef(from).slice(group.front(), group.size())));
    replace(op, adaptor.getSrc()[0], dims, rewriter);
    return success();
  }
};

struct ConvertExpand : Pattern<tensor::ExpandShapeOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(tensor::ExpandShapeOp op, Adaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    replace(op, adaptor.getSrc()[0],
            asValues(rewriter, op.getLoc(), remap(op.getMixedOutputShape(), rewriter)), rewriter);
    return success();
  }
};

struct ConvertReshape : Pattern<tensor::ReshapeOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(tensor::ReshapeOp op, Adaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    auto type = dyn_cast<RankedTensorType>(op.getType());
    if (!type)
      return failure();
    Type indexType = getElementTypeOrSelf(op.getShape().getType());
    auto elements = op.getShape().getDefiningOp<tensor::FromElementsOp>();
    SmallVector<Value> dims;
    for (auto [i, size] : llvm::enumerate(type.getShape())) {
      if (!ShapedType::isDynamic(size)) {
        dims.push_back({});
        continue;
      }
      Value dim;
      if (elements)
        dim = rewriter.getRemappedValue(elements.getElements()[i]);
      else
        dim =
            plan::ReadOp::create(rewriter, op.getLoc(), indexType, adaptor.getShape()[0],
                                 constantIndex(rewriter, op.getLoc(), i * elementBytes(indexType)));
      if (!dim.getType().isIndex())
        dim = arith::IndexCastOp::create(rewriter, op.getLoc(), rewriter.getIndexType(), dim);
      dims.push_back(dim);
    }
    replace(op, adaptor.getSource()[0], dims, rewriter);
    return success();
  }
};

/// A part of a tensor whose elements follow each other in memory: from the first dimension that is
/// not taken whole inwards, all are, and outwards, all have size 1.
template <typename Op>
static bool isContiguousPart(Op op, ArrayRef<OpFoldResult> sizes, RankedTensorType whole,
                             ValueRange wholeDims) {
  if (!op.hasUnitStride())
    return false;
  bool partial = false;
  for (int64_t i = whole.getRank() - 1; i >= 0; --i) {
    bool isWhole = isConstantIntValue(sizes[i], whole.getDimSize(i)) ||
                   (isa<Value>(sizes[i]) && cast<Value>(sizes[i]) == wholeDims[i]);
    if (partial && !isConstantIntValue(sizes[i], 1))
      return false;
    partial |= !isWhole;
  }
  return true;
}

struct ConvertExtractSlice : Pattern<tensor::ExtractSliceOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(tensor::ExtractSliceOp op, Adaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    SmallVector<Value> whole = allDims(rewriter, loc, op.getSourceType(), adaptor.getSource());
    SmallVector<OpFoldResult> sizes = remap(op.getMixedSizes(), rewriter);
    if (!isContiguousPart(op, sizes, op.getSourceType(), whole))
      return rewriter.notifyMatchFailure(op, "the slice is not contiguous");
    SmallVector<Value> offsets = asValues(rewriter, loc, remap(op.getMixedOffsets(), rewriter));
    Value start = byteOffset(rewriter, loc, op.getType(), whole, offsets);
    Value part = plan::OffsetOp::create(rewriter, loc, adaptor.getSource()[0], start);
    SmallVector<Value> kept, all = asValues(rewriter, loc, sizes);
    llvm::SmallBitVector dropped = op.getDroppedDims();
    for (auto [i, size] : llvm::enumerate(all))
      if (!dropped[i])
        kept.push_back(size);
    // Kernels may count on the alignment of buffers, so a part that starts elsewhere is copied.
    std::optional<int64_t> constantStart = getConstantIntValue(start);
    if (!constantStart || *constantStart % AZM_BUFFER_ALIGNMENT)
      part = copyOf(loc, part, byteSize(rewriter, loc, op.getType(), kept), rewriter);
    replace(op, part, kept, rewriter);
    return success();
  }
};

struct ConvertInsertSlice : Pattern<tensor::InsertSliceOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(tensor::InsertSliceOp op, Adaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    SmallVector<Value> whole = allDims(rewriter, loc, op.getDestType(), adaptor.getDest());
    SmallVector<OpFoldResult> sizes = remap(op.getMixedSizes(), rewriter);
    if (!isContiguousPart(op, sizes, op.getDestType(), whole))
      return rewriter.notifyMatchFailure(op, "the slice is not contiguous");
    SmallVector<Value> offsets = asValues(rewriter, loc, remap(op.getMixedOffsets(), rewriter));
    Value bytes = byteSize(rewriter, loc, op.getDestType(), whole);
    Value buffer = isEmpty(op.getDest()) ? plan::AllocOp::create(rewriter, loc, bytes).getResult()
                                         : copyOf(loc, adaptor.getDest()[0], bytes, rewriter);
    Value part = plan::OffsetOp::create(
        rewriter, loc, buffer, byteOffset(rewriter, loc, op.getDestType(), whole, offsets));
    plan::CopyOp::create(rewriter, loc, adaptor.getSource()[0], part,
                         byteSize(rewriter, loc, op.getDestType(), asValues(rewriter, loc, sizes)));
    replace(op, buffer, whole, rewriter);
    return success();
  }
};

struct ConvertExtract : Pattern<tensor::ExtractOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(tensor::ExtractOp op, Adaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Type type = op.getTensor().getType();
    SmallVector<Value> indices;
    for (Value index : op.getIndices())
      indices.push_back(rewriter.getRemappedValue(index));
    SmallVector<Value> dims = allDims(rewriter, op.getLoc(), type, adaptor.getTensor());
    rewriter.replaceOpWithNewOp<plan::ReadOp>(
        op, op.getType(), adaptor.getTensor()[0],
        byteOffset(rewriter, op.getLoc(), type, dims, indices));
    return success();
  }
};

struct ConvertInsert : Pattern<tensor::InsertOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(tensor::InsertOp op, Adaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    SmallVector<Value> dims = allDims(rewriter, loc, op.getType(), adaptor.getDest()), indices;
    for (Value index : op.getIndices())
      indices.push_back(rewriter.getRemappedValue(index));
    Value buffer =
        copyOf(loc, adaptor.getDest()[0], byteSize(rewriter, loc, op.getType(), dims), rewriter);
    plan::WriteOp::create(rewriter, loc, rewriter.getRemappedValue(op.getScalar()), buffer,
                          byteOffset(rewriter, loc, op.getType(), dims, indices));
    replace(op, buffer, dims, rewriter);
    return success();
  }
};

//===------------------------------------------------------------------------------------------===//
// Patterns: work and control flow
//===------------------------------------------------------------------------------------------===//

struct ConvertLaunch : Pattern<tile::LaunchOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(tile::LaunchOp op, Adaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    SmallVector<Value> inputs, outputs, scalars;
    for (ValueRange input : adaptor.getInputs())
      llvm::append_range(inputs, input);
    SmallVector<SmallVector<Value>> results;
    for (auto [init, operand] : llvm::zip_equal(op.getOutputs(), adaptor.getOutputs())) {
      // Each launch gets a destination of its own: one tensor.empty may stand for several.
      SmallVector<Value> dims = allDims(rewriter, loc, init.getType(), operand);
      Value bytes = byteSize(rewriter, loc, init.getType(), dims);
      Value buffer = isEmpty(init) ? plan::AllocOp::create(rewriter, loc, bytes).getResult()
                                   : copyOf(loc, operand[0], bytes, rewriter);
      results.push_back(converted(init.getType(), buffer, dims));
      llvm::append_range(outputs, results.back());
    }
    for (ValueRange scalar : adaptor.getScalars())
      llvm::append_range(scalars, scalar);
    plan::LaunchOp::create(rewriter, loc, op.getCalleeAttr(), inputs, outputs, scalars,
                           op.getChecksAttr());
    rewriter.replaceOpWithMultiple(op, std::move(results));
    return success();
  }
};

/// A tensor that the host makes comes as a value, whose elements go to a buffer at once.
struct ConvertApply : Pattern<plan::ApplyOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(plan::ApplyOp op, Adaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    SmallVector<Value> inputs;
    for (ValueRange input : adaptor.getInputs())
      llvm::append_range(inputs, input);
    SmallVector<Type> types(op.getOperandTypes()), made;
    llvm::append_range(types, op->getResultTypes());
    for (Type type : op->getResultTypes()) {
      made.push_back(rewriter.getType<plan::BufferType>());
      if (auto tensor = dyn_cast<RankedTensorType>(type))
        made.append(tensor.getNumDynamicDims(), rewriter.getIndexType());
    }
    SmallVector<Attribute> names(op.getInputNames().getValue());
    llvm::append_range(names, op.getResultNames());
    auto call =
        plan::CallOp::create(rewriter, loc, made, op.getFunctionAttr(), inputs,
                             rewriter.getTypeArrayAttr(types), rewriter.getArrayAttr(names));
    SmallVector<SmallVector<Value>> results;
    size_t next = 0;
    for (Type type : op->getResultTypes()) {
      Value value = call->getResult(next++);
      auto tensor = dyn_cast<RankedTensorType>(type);
      if (!tensor) {
        results.push_back({value});
        continue;
      }
      ValueRange dynamic = call->getResults().slice(next, tensor.getNumDynamicDims());
      next += dynamic.size();
      SmallVector<Value> whole{value};
      llvm::append_range(whole, dynamic);
      SmallVector<Value> dims = allDims(rewriter, loc, type, whole);
      Value buffer = plan::AllocOp::create(rewriter, loc, byteSize(rewriter, loc, type, dims));
      plan::TakeOp::create(rewriter, loc, value, buffer);
      results.push_back(converted(type, buffer, dims));
    }
    rewriter.replaceOpWithMultiple(op, std::move(results));
    return success();
  }
};

struct ConvertSelect : Pattern<arith::SelectOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(arith::SelectOp op, Adaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    SmallVector<Value> values;
    for (auto [yes, no] : llvm::zip_equal(adaptor.getTrueValue(), adaptor.getFalseValue()))
      values.push_back(
          arith::SelectOp::create(rewriter, op.getLoc(), adaptor.getCondition()[0], yes, no));
    rewriter.replaceOpWithMultiple(op, {values});
    return success();
  }
};

struct ConvertAssert : Pattern<cf::AssertOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(cf::AssertOp op, Adaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOpWithNewOp<plan::AssertOp>(op, adaptor.getArg()[0], op.getMsgAttr(),
                                                ValueRange());
    return success();
  }
};

struct ConvertReturn : Pattern<func::ReturnOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(func::ReturnOp op, Adaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    SmallVector<Value> values;
    SmallVector<Type> types(op.getOperandTypes());
    for (ValueRange operand : adaptor.getOperands())
      llvm::append_range(values, operand);
    rewriter.replaceOpWithNewOp<plan::ReturnOp>(op, values, rewriter.getTypeArrayAttr(types));
    return success();
  }
};

//===------------------------------------------------------------------------------------------===//
// The pass
//===------------------------------------------------------------------------------------------===//

struct PlanBuffersPass : azulejo::impl::PlanBuffersBase<PlanBuffersPass> {
  void runOnOperation() override {
    auto main = getOperation().lookupSymbol<func::FuncOp>(entryName);
    if (!main) {
      getOperation().emitError() << "the module has no function @" << entryName;
      return signalPassFailure();
    }
    if (failed(checkOps(main)) || failed(collectSignature(main)) || failed(convert(main)))
      return signalPassFailure();
    main.setType(FunctionType::get(&getContext(), main.getArgumentTypes(), {}));
    bindSymbols(main);
  }

  /// What works on tensors must be a kernel or a call of the host's.
  static LogicalResult checkOps(func::FuncOp main) {
    auto isUnplannable = [](Type type) {
      Type element = getElementTypeOrSelf(type);
      if (isa<plan::ValueType>(type))
        return false;
      bool isNumber = element.isIntOrIndexOrFloat() || isa<ComplexType>(element);
      return !isNumber || (isa<ShapedType>(type) && !isa<RankedTensorType>(type));
    };
    for (Type type : main.getArgumentTypes())
      if (isUnplannable(type))
        return main.emitError() << "an input of type " << type << " cannot be scheduled";
    auto isTensor = [](Type type) { return isa<TensorType>(type); };
    WalkResult result = main.walk<WalkOrder::PreOrder>([&](Operation *op) {
      if (op == main)
        return WalkResult::advance();
      for (Type type : op->getResultTypes())
        if (isUnplannable(type)) {
          op->emitError() << "node '" << nodeName(op) << "': a value of type " << type
                          << " cannot be scheduled";
          return WalkResult::interrupt();
        }
      bool worksOnTensors = llvm::any_of(op->getOperandTypes(), isTensor) ||
                            llvm::any_of(op->getResultTypes(), isTensor);
      if (!worksOnTensors ||
          isa<plan::ConstantOp, arith::ConstantOp, arith::SelectOp, tensor::EmptyOp,
              tensor::FromElementsOp, tensor::SplatOp, tensor::DimOp, tensor::CastOp,
              tensor::CollapseShapeOp, tensor::ExpandShapeOp, tensor::ReshapeOp,
              tensor::ExtractSliceOp, tensor::InsertSliceOp, tensor::ExtractOp, tensor::InsertOp,
              tile::LaunchOp, plan::ApplyOp, scf::IfOp, scf::ForOp, scf::WhileOp, scf::ConditionOp,
              scf::YieldOp, func::ReturnOp>(op))
        return WalkResult::advance();
      op->emitError() << "node '" << nodeName(op) << "': '" << op->getName()
                      << "' works on tensors outside of a kernel; Fuse promises that only kernels "
                         "and changes of shape do";
      return WalkResult::interrupt();
    });
    return failure(result.wasInterrupted());
  }

  LogicalResult convert(func::FuncOp main) {
    MLIRContext *context = &getContext();
    TypeConverter converter;
    converter.addConversion([](Type type) { return type; });
    converter.addConversion([&](RankedTensorType type, SmallVectorImpl<Type> &types) {
      types.push_back(plan::BufferType::get(context));
      types.append(type.getNumDynamicDims(), IndexType::get(context));
      return success();
    });
    converter.addConversion([&](plan::ValueType) { return plan::BufferType::get(context); });
    RewritePatternSet patterns(context);
    patterns.add<ConvertWeight, ConvertConstant, ConvertEmpty, ConvertFromElements, ConvertSplat,
                 ConvertDim, ConvertCast, ConvertCollapse, ConvertExpand, ConvertReshape,
                 ConvertExtractSlice, ConvertInsertSlice, ConvertExtract, ConvertInsert,
                 ConvertLaunch, ConvertApply, ConvertSelect, ConvertAssert, ConvertReturn>(
        converter, context);
    populateFunctionOpInterfaceTypeConversionPattern<func::FuncOp>(patterns, converter);
    ConversionTarget target(*context);
    target.markUnknownOpDynamicallyLegal([&](Operation *op) { return converter.isLegal(op); });
    target.addLegalDialect<plan::PlanDialect>();
    target.addIllegalOp<plan::ConstantOp, plan::ApplyOp, func::ReturnOp, cf::AssertOp>();
    target.addDynamicallyLegalOp<func::FuncOp>([&](func::FuncOp op) {
      return converter.isSignatureLegal(op.getFunctionType()) && converter.isLegal(&op.getBody());
    });
    scf::populateSCFStructuralTypeConversionsAndLegality(converter, patterns, target);
    return applyPartialConversion(main, target, std::move(patterns));
  }

  /// A dimension that a symbol names has that symbol's value: the runtime has checked it.
  static void bindSymbols(func::FuncOp main) {
    auto symbols = main->getAttrOfType<ArrayAttr>(symbolsAttr);
    llvm::StringMap<Value> values;
    for (auto [name, argument] : llvm::zip_equal(symbols.getAsRange<StringAttr>(),
                                                 main.getArguments().take_back(symbols.size())))
      values[name.getValue()] = argument;
    unsigned next = 0;
    for (const auto &names : dynamicDimSymbols(main)) {
      ++next; // the buffer
      for (StringRef name : names) {
        Value dim = main.getArgument(next++);
        if (auto found = values.find(name); found != values.end())
          dim.replaceAllUsesWith(found->second);
      }
    }
  }
};

} // namespace
