//===- Control.cpp - If, Loop -----------------------------------------------------------------===//
//
// Control flow stays at function level: bodies are lowered into the regions of scf operations and
// capture values freely.
//
//===------------------------------------------------------------------------------------------===//
#include "dialects/ONNX/Control.h"
#include "lib/Lower/Lowering.h"
#include "lib/Lower/ScalarBuilder.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace azulejo::lower {

static LogicalResult lowerIf(onnx::IfOp op, Lowering &b) {
  Value condition = b.readScalar(b[op.getCond()]);
  SmallVector<Type> types = llvm::map_to_vector(op->getResultTypes(), lowerType);
  auto ifOp = scf::IfOp::create(b, types, condition, /*addThenBlock=*/true, /*addElseBlock=*/true);
  for (auto [source, target] : {std::pair(&op.getThenBranch(), ifOp.thenBlock()),
                                std::pair(&op.getElseBranch(), ifOp.elseBlock())}) {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToEnd(target);
    FailureOr<SmallVector<Value>> values = b.lowerRegion(*source, {});
    if (failed(values))
      return failure();
    for (auto [value, type] : llvm::zip_equal(*values, types))
      value = b.castShape(value, type);
    scf::YieldOp::create(b, *values);
  }
  for (auto [original, lowered] : llvm::zip_equal(op->getResults(), ifOp.getResults()))
    b.map(original, lowered);
  return success();
}

/// The least specific of the types: a dimension on which they disagree is dynamic.
static Type joinTypes(ArrayRef<Type> types) {
  auto first = dyn_cast<RankedTensorType>(types.front());
  if (!first)
    return types.front();
  SmallVector<int64_t> shape(first.getShape());
  for (Type type : types) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    if (!tensor || tensor.getRank() != first.getRank())
      return {};
    for (auto [size, other] : llvm::zip(shape, tensor.getShape()))
      if (size != other)
        size = ShapedType::kDynamic;
  }
  return RankedTensorType::get(shape, first.getElementType());
}

/// `slices` with `next` appended, in a new tensor.
static Value appendSlice(Lowering &lowering, Value slices, Value next) {
  ScalarBuilder b(lowering.getLoc(), lowering);
  SmallVector<OpFoldResult> sizes = lowering.getLoweredSizes(next);
  sizes.insert(sizes.begin(),
               lowering.add(lowering.getLoweredSize(slices, 0), lowering.getIndexAttr(1)));
  Value output = lowering.empty(sizes, getElementType(next));
  return createKernel(
      b, "loop_append", {slices, next}, output, {},
      [&](ScalarBuilder &, const KernelArguments &arguments) -> ScalarBuilder::Values {
        Value old = arguments.inputs[0], element = arguments.inputs[1],
              result = arguments.outputs[0];
        Value count = b.sub(b.dim(result, 0), 1);
        auto sizesOf = [&](Value tensor) { return b.dims(tensor); };
        // Sizes of the new slice hold for the old ones too; those of no slices at all say nothing.
        ScalarBuilder::Values inner = sizesOf(element), all(inner);
        all.insert(all.begin(), count);
        result = b.forLoops(all, result, [&](ValueRange at, ValueRange carried) {
          return ScalarBuilder::Values{b.store(b.load(old, at), carried[0], at)};
        })[0];
        return b.forLoops(inner, result, [&](ValueRange at, ValueRange carried) {
          ScalarBuilder::Values to(at);
          to.insert(to.begin(), count);
          return ScalarBuilder::Values{b.store(b.load(element, at), carried[0], to)};
        });
      })[0];
}

/// `slices` with `next` written at `position` of the first dimension.
static Value storeSlice(Lowering &lowering, Value slices, Value next, Value position) {
  ScalarBuilder b(lowering.getLoc(), lowering);
  return createKernel(
      b, "loop_store", next, slices, position,
      [&](ScalarBuilder &, const KernelArguments &arguments) -> ScalarBuilder::Values {
        Value element = arguments.inputs[0];
        return b.forLoops(
            b.dims(element), arguments.outputs[0], [&](ValueRange at, ValueRange carried) {
              ScalarBuilder::Values to(at);
              to.insert(to.begin(), arguments.scalars[0]);
              return ScalarBuilder::Values{b.store(b.load(element, at), carried[0], to)};
            });
      })[0];
}

namespace {

/// A Loop on its way: what it carries, and whether it is counted.
struct LoopLowering {
  onnx::LoopOp op;
  Lowering &b;
  Block &body;
  int64_t stateCount, scanCount;
  /// Lowered types of what is carried: the state, then the scan outputs so far.
  SmallVector<Type> types;
  /// Scan outputs whose buffer is allocated whole before the loop.
  SmallVector<bool> isWhole;

  LoopLowering(onnx::LoopOp op, Lowering &b)
      : op(op), b(b), body(op.getBody().front()), stateCount(op.getVInitial().size()),
        scanCount(static_cast<int64_t>(op->getNumResults()) - stateCount) {}

  /// Whether what is carried may change its shape. Upstream's canonicalization gives what an
  /// scf.for carries the type that its first value has before a cast, as it does not for scf.while.
  bool grows() {
    for (int64_t i = 0; i < stateCount; ++i)
      if (op.getVInitial()[i].getType() != body.getArgument(i + 2).getType() ||
          body.getTerminator()->getOperand(i + 1).getType() != body.getArgument(i + 2).getType())
        return true;
    return llvm::any_of(ArrayRef(types).drop_front(stateCount), [](Type type) {
      return llvm::any_of(cast<RankedTensorType>(type).getShape().drop_front(),
                          ShapedType::isDynamic);
    });
  }

  /// Whether the condition is true at the start and stays what it is, so that M alone counts the
  /// iterations.
  bool isCounted() {
    if (!op.getM())
      return false;
    if (op.getCond()) {
      auto constant = b.getConstantInts(op.getCond());
      if (!constant || constant->size() != 1 || !(*constant)[0])
        return false;
    }
    Value next = body.getTerminator()->getOperand(0);
    while (Operation *def = next.getDefiningOp()) {
      if (def->getName().getStringRef() != "onnx.Identity")
        break;
      next = def->getOperand(0);
    }
    if (next == body.getArgument(1))
      return true;
    Operation *def = next.getDefiningOp();
    auto constant =
        def ? def->getAttrOfType<DenseIntElementsAttr>("value") : DenseIntElementsAttr();
    return constant && constant.getNumElements() == 1 &&
           (*constant.value_begin<APInt>()).getBoolValue();
  }

  LogicalResult findTypes() {
    auto yielded = body.getTerminator()->getOperands().drop_front();
    for (int64_t i = 0; i < stateCount; ++i) {
      Type type = joinTypes(
          {lowerType(op.getVInitial()[i].getType()), lowerType(body.getArgument(i + 2).getType()),
           lowerType(yielded[i].getType()), lowerType(op->getResult(i).getType())});
      if (!type)
        return b.refuse(op, "a carried value changes its rank"), failure();
      types.push_back(type);
    }
    for (int64_t i = stateCount; i < stateCount + scanCount; ++i) {
      auto type = cast<RankedTensorType>(lowerType(yielded[i].getType()));
      SmallVector<int64_t> shape(type.getShape());
      shape.insert(shape.begin(), ShapedType::kDynamic);
      types.push_back(RankedTensorType::get(shape, type.getElementType()));
    }
    return success();
  }

  /// What is carried before the first iteration. `count` is null when the number of iterations is
  /// not known.
  SmallVector<Value> getInitial(Value count) {
    SmallVector<Value> values;
    for (int64_t i = 0; i < stateCount; ++i)
      values.push_back(b.castShape(b[op.getVInitial()[i]], types[i]));
    for (int64_t i = 0; i < scanCount; ++i) {
      auto type = cast<RankedTensorType>(types[stateCount + i]);
      bool whole = count && llvm::none_of(type.getShape().drop_front(), ShapedType::isDynamic);
      isWhole.push_back(whole);
      SmallVector<OpFoldResult> sizes;
      for (int64_t size : type.getShape())
        sizes.push_back(b.getIndexAttr(size == ShapedType::kDynamic ? 0 : size));
      sizes[0] = whole ? OpFoldResult(count) : b.getIndexAttr(0);
      values.push_back(b.castShape(b.empty(sizes, type.getElementType()), type));
    }
    return values;
  }

  /// One iteration, at the builder: gives the condition, lowered (null if `counted`), and what is
  /// carried on.
  FailureOr<SmallVector<Value>> iterate(Value iteration, Value condition, ValueRange carried,
                                        Value &goesOn) {
    SmallVector<Value> arguments = {
        b.fill(b.createOrFold<arith::IndexCastOp>(b.getI64Type(), iteration), {}),
        b.fill(condition, {})};
    auto shaped = [&](Value scalar, unsigned argument) {
      auto type = cast<RankedTensorType>(lowerType(body.getArgument(argument).getType()));
      return b.unsqueeze(scalar, llvm::to_vector(llvm::seq<int64_t>(0, type.getRank())));
    };
    arguments = {shaped(arguments[0], 0), shaped(arguments[1], 1)};
    llvm::append_range(arguments, carried.take_front(stateCount));
    FailureOr<SmallVector<Value>> yielded = b.lowerRegion(op.getBody(), arguments);
    if (failed(yielded))
      return failure();
    goesOn = (*yielded)[0];
    SmallVector<Value> next(yielded->begin() + 1, yielded->end());
    for (int64_t i = 0; i < scanCount; ++i) {
      Value &value = next[stateCount + i], slices = carried[stateCount + i];
      value = isWhole[i] ? storeSlice(b, slices, value, iteration) : appendSlice(b, slices, value);
    }
    for (auto [value, type] : llvm::zip_equal(next, types))
      value = b.castShape(value, type);
    return next;
  }

  LogicalResult lowerCounted() {
    Value count = b.asIndex(b.max(b.readIndex(b[op.getM()]), b.getIndexAttr(0)));
    auto loop = scf::ForOp::create(b, b.index(0), count, b.index(1), getInitial(count));
    {
      OpBuilder::InsertionGuard guard(b);
      b.setInsertionPointToStart(loop.getBody());
      Value goesOn;
      auto next = iterate(loop.getInductionVar(), b.constant(b.getI1Type(), 1),
                          loop.getRegionIterArgs(), goesOn);
      if (failed(next))
        return failure();
      if (!next->empty())
        scf::YieldOp::create(b, *next);
    }
    finish(loop.getResults());
    return success();
  }

  /// While the condition holds and fewer than M iterations are done. The first two carried values
  /// are these.
  LogicalResult lowerConditional() {
    SmallVector<Value> initial = {b.index(0), op.getCond() ? b.readScalar(b[op.getCond()])
                                                           : b.constant(b.getI1Type(), 1)};
    Value count = op.getM() ? b.readIndex(b[op.getM()]) : Value();
    llvm::append_range(initial, getInitial(Value()));
    SmallVector<Type> carriedTypes = {b.getIndexType(), b.getI1Type()};
    llvm::append_range(carriedTypes, types);
    SmallVector<Location> locs(carriedTypes.size(), b.getLoc());
    auto loop = scf::WhileOp::create(b, carriedTypes, initial);
    {
      OpBuilder::InsertionGuard guard(b);
      Block *before = b.createBlock(&loop.getBefore(), {}, carriedTypes, locs);
      Value holds = before->getArgument(1);
      if (count)
        holds = b.createOrFold<arith::AndIOp>(
            holds, b.createOrFold<arith::CmpIOp>(arith::CmpIPredicate::slt, before->getArgument(0),
                                                 count));
      scf::ConditionOp::create(b, holds, before->getArguments());

      Block *after = b.createBlock(&loop.getAfter(), {}, carriedTypes, locs);
      Value iteration = after->getArgument(0), goesOn;
      auto next = iterate(iteration, after->getArgument(1),
                          ValueRange(after->getArguments()).drop_front(2), goesOn);
      if (failed(next))
        return failure();
      SmallVector<Value> yielded = {b.createOrFold<arith::AddIOp>(iteration, b.index(1)),
                                    b.readScalar(goesOn)};
      llvm::append_range(yielded, *next);
      scf::YieldOp::create(b, yielded);
    }
    finish(loop.getResults().drop_front(2));
    return success();
  }

  void finish(ValueRange results) {
    for (auto [original, lowered] : llvm::zip_equal(op->getResults(), results))
      b.map(original, lowered);
  }
};

} // namespace

static LogicalResult lowerLoop(onnx::LoopOp op, Lowering &b) {
  LoopLowering loop(op, b);
  if (failed(loop.findTypes()))
    return failure();
  return loop.isCounted() && !loop.grows() ? loop.lowerCounted() : loop.lowerConditional();
}

void addControlLowerings(LoweringTable &table) {
  table.add<onnx::IfOp>(lowerIf);
  table.add<onnx::LoopOp>(lowerLoop);
}

} // namespace azulejo::lower
