#include "lib/Lower/ScalarBuilder.h"
#include "dialects/Tile/Tile.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace azulejo::lower {

//===- Constants ------------------------------------------------------------------------------===//

Value ScalarBuilder::index(int64_t value) { return arith::ConstantIndexOp::create(*this, value); }

Value ScalarBuilder::boolean(bool value) { return constant(getI1Type(), value); }

Value ScalarBuilder::constant(Type type, double value) {
  if (auto floatType = dyn_cast<FloatType>(type)) {
    APFloat number(value);
    bool losesInfo;
    number.convert(floatType.getFloatSemantics(), APFloat::rmNearestTiesToEven, &losesInfo);
    return arith::ConstantOp::create(*this, FloatAttr::get(floatType, number));
  }
  return arith::ConstantOp::create(*this, IntegerAttr::get(type, static_cast<int64_t>(value)));
}

static Value extreme(ScalarBuilder &b, Type type, bool isUnsigned, bool low) {
  if (auto floatType = dyn_cast<FloatType>(type)) {
    const llvm::fltSemantics &semantics = floatType.getFloatSemantics();
    bool hasInfinity = APFloat::semanticsHasInf(semantics);
    return arith::ConstantOp::create(
        b, FloatAttr::get(floatType, hasInfinity ? APFloat::getInf(semantics, low)
                                                 : APFloat::getLargest(semantics, low)));
  }
  unsigned width = type.isIndex() ? 64 : type.getIntOrFloatBitWidth();
  APInt number = isUnsigned || width == 1
                     ? (low ? APInt::getMinValue(width) : APInt::getMaxValue(width))
                     : (low ? APInt::getSignedMinValue(width) : APInt::getSignedMaxValue(width));
  return arith::ConstantOp::create(b, IntegerAttr::get(type, number));
}

Value ScalarBuilder::lowest(Type type, bool isUnsigned) {
  return extreme(*this, type, isUnsigned, true);
}
Value ScalarBuilder::highest(Type type, bool isUnsigned) {
  return extreme(*this, type, isUnsigned, false);
}

//===- Arithmetic -----------------------------------------------------------------------------===//

template <typename FloatOp, typename IntOp>
static Value binary(ScalarBuilder &b, Value x, Value y) {
  if (isa<FloatType>(x.getType()))
    return b.createOrFold<FloatOp>(x, y);
  return b.createOrFold<IntOp>(x, y);
}

Value ScalarBuilder::add(Value a, Value b) {
  return binary<arith::AddFOp, arith::AddIOp>(*this, a, b);
}
Value ScalarBuilder::sub(Value a, Value b) {
  return binary<arith::SubFOp, arith::SubIOp>(*this, a, b);
}
Value ScalarBuilder::mul(Value a, Value b) {
  return binary<arith::MulFOp, arith::MulIOp>(*this, a, b);
}

Value ScalarBuilder::div(Value a, Value b, bool isUnsigned) {
  return isUnsigned ? binary<arith::DivFOp, arith::DivUIOp>(*this, a, b)
                    : binary<arith::DivFOp, arith::DivSIOp>(*this, a, b);
}
Value ScalarBuilder::rem(Value a, Value b) {
  return binary<arith::RemFOp, arith::RemSIOp>(*this, a, b);
}
Value ScalarBuilder::floorDiv(Value a, Value b) { return createOrFold<arith::FloorDivSIOp>(a, b); }
Value ScalarBuilder::ceilDiv(Value a, Value b) { return createOrFold<arith::CeilDivSIOp>(a, b); }

Value ScalarBuilder::min(Value a, Value b, bool isUnsigned) {
  isUnsigned |= a.getType().isInteger(1);
  return isUnsigned ? binary<arith::MinimumFOp, arith::MinUIOp>(*this, a, b)
                    : binary<arith::MinimumFOp, arith::MinSIOp>(*this, a, b);
}

Value ScalarBuilder::max(Value a, Value b, bool isUnsigned) {
  isUnsigned |= a.getType().isInteger(1);
  return isUnsigned ? binary<arith::MaximumFOp, arith::MaxUIOp>(*this, a, b)
                    : binary<arith::MaximumFOp, arith::MaxSIOp>(*this, a, b);
}

static Value compare(ScalarBuilder &b, Value x, Value y, arith::CmpFPredicate floats,
                     arith::CmpIPredicate integers, arith::CmpIPredicate unsignedIntegers,
                     bool isUnsigned) {
  if (isa<FloatType>(x.getType()))
    return b.createOrFold<arith::CmpFOp>(floats, x, y);
  return b.createOrFold<arith::CmpIOp>(
      isUnsigned || x.getType().isInteger(1) ? unsignedIntegers : integers, x, y);
}

Value ScalarBuilder::less(Value a, Value b, bool isUnsigned) {
  return compare(*this, a, b, arith::CmpFPredicate::OLT, arith::CmpIPredicate::slt,
                 arith::CmpIPredicate::ult, isUnsigned);
}
Value ScalarBuilder::lessEqual(Value a, Value b, bool isUnsigned) {
  return compare(*this, a, b, arith::CmpFPredicate::OLE, arith::CmpIPredicate::sle,
                 arith::CmpIPredicate::ule, isUnsigned);
}
Value ScalarBuilder::equal(Value a, Value b) {
  return compare(*this, a, b, arith::CmpFPredicate::OEQ, arith::CmpIPredicate::eq,
                 arith::CmpIPredicate::eq, false);
}
Value ScalarBuilder::isNaN(Value x) {
  return isa<FloatType>(x.getType()) ? createOrFold<arith::CmpFOp>(arith::CmpFPredicate::UNO, x, x)
                                     : boolean(false);
}
Value ScalarBuilder::logicalAnd(Value a, Value b) { return createOrFold<arith::AndIOp>(a, b); }
Value ScalarBuilder::logicalOr(Value a, Value b) { return createOrFold<arith::OrIOp>(a, b); }
Value ScalarBuilder::logicalNot(Value a) { return createOrFold<arith::XOrIOp>(a, boolean(true)); }
Value ScalarBuilder::select(Value condition, Value a, Value b) {
  return createOrFold<arith::SelectOp>(condition, a, b);
}

Value ScalarBuilder::convert(Value x, Type type, bool isUnsigned) {
  Type from = x.getType();
  if (from == type)
    return x;
  isUnsigned |= from.isInteger(1);
  if (isa<FloatType>(from) && isa<FloatType>(type)) {
    if (from.getIntOrFloatBitWidth() < type.getIntOrFloatBitWidth())
      return createOrFold<arith::ExtFOp>(type, x);
    if (from.getIntOrFloatBitWidth() == type.getIntOrFloatBitWidth())
      return convert(createOrFold<arith::ExtFOp>(getF32Type(), x), type);
    return createOrFold<arith::TruncFOp>(type, x);
  }
  if (from.isIndex() || type.isIndex()) {
    if (isa<FloatType>(from) || isa<FloatType>(type))
      return convert(convert(x, getI64Type(), isUnsigned), type, isUnsigned);
    return isUnsigned ? createOrFold<arith::IndexCastUIOp>(type, x)
                      : createOrFold<arith::IndexCastOp>(type, x);
  }
  if (isa<FloatType>(type))
    return isUnsigned ? createOrFold<arith::UIToFPOp>(type, x)
                      : createOrFold<arith::SIToFPOp>(type, x);
  if (isa<FloatType>(from))
    return isUnsigned ? createOrFold<arith::FPToUIOp>(type, x)
                      : createOrFold<arith::FPToSIOp>(type, x);
  if (from.getIntOrFloatBitWidth() > type.getIntOrFloatBitWidth())
    return createOrFold<arith::TruncIOp>(type, x);
  return isUnsigned ? createOrFold<arith::ExtUIOp>(type, x) : createOrFold<arith::ExtSIOp>(type, x);
}

Value ScalarBuilder::wrap(Value index, Value size) {
  return select(less(index, this->index(0)), add(index, size), index);
}

Value ScalarBuilder::checkIndex(Value index, Value size, llvm::StringRef what, bool fromEnd) {
  return tile::CheckedIndexOp::create(*this, index, size, what, fromEnd);
}

//===- Tensors --------------------------------------------------------------------------------===//

Value ScalarBuilder::dim(Value tensor, int64_t dimension) {
  auto type = cast<RankedTensorType>(tensor.getType());
  if (!type.isDynamicDim(dimension))
    return index(type.getDimSize(dimension));
  return createOrFold<tensor::DimOp>(tensor, dimension);
}

ScalarBuilder::Values ScalarBuilder::dims(Value tensor) {
  Values sizes;
  for (int64_t i = 0, rank = cast<RankedTensorType>(tensor.getType()).getRank(); i < rank; ++i)
    sizes.push_back(dim(tensor, i));
  return sizes;
}

Value ScalarBuilder::load(Value tensor, ValueRange indices) {
  return tensor::ExtractOp::create(*this, tensor, indices);
}

Value ScalarBuilder::store(Value value, Value tensor, ValueRange indices) {
  return tensor::InsertOp::create(*this, value, tensor, indices);
}

Value ScalarBuilder::loadScalar(Value tensor) {
  Values zeros(cast<RankedTensorType>(tensor.getType()).getRank(), index(0));
  return createOrFold<tensor::ExtractOp>(tensor, zeros);
}

Value ScalarBuilder::empty(Type elementType, ValueRange sizes) {
  return tensor::EmptyOp::create(*this, getAsOpFoldResult(sizes), elementType);
}

Value ScalarBuilder::product(ValueRange values) {
  Value result = index(1);
  for (Value value : values)
    result = mul(result, value);
  return result;
}

//===- Control --------------------------------------------------------------------------------===//

ScalarBuilder::Values ScalarBuilder::forLoop(Value begin, Value end, ValueRange init,
                                             LoopBody body) {
  auto loop = scf::ForOp::create(*this, begin, end, index(1), init);
  OpBuilder::InsertionGuard guard(*this);
  setInsertionPointToStart(loop.getBody());
  Values results = body(loop.getInductionVar(), loop.getRegionIterArgs());
  if (!init.empty())
    scf::YieldOp::create(*this, results);
  return llvm::to_vector(ValueRange(loop.getResults()));
}

Value ScalarBuilder::forLoop(Value begin, Value end, Value init,
                             llvm::function_ref<Value(Value, Value)> body) {
  return forLoop(begin, end, ValueRange(init),
                 [&](Value iv, ValueRange carried) { return Values{body(iv, carried[0])}; })[0];
}

ScalarBuilder::Values
ScalarBuilder::forLoops(ValueRange sizes, ValueRange init,
                        llvm::function_ref<Values(ValueRange, ValueRange)> body) {
  Values ivs;
  std::function<Values(ValueRange, ValueRange)> nest = [&](ValueRange rest,
                                                           ValueRange carried) -> Values {
    if (rest.empty())
      return body(ivs, carried);
    return forLoop(index(0), rest.front(), carried, [&](Value iv, ValueRange inner) {
      ivs.push_back(iv);
      Values results = nest(rest.drop_front(), inner);
      ivs.pop_back();
      return results;
    });
  };
  return nest(sizes, init);
}

// Upstream's builders of while and if hand their callbacks this very builder, standing in the new
// block.

ScalarBuilder::Values ScalarBuilder::whileLoop(ValueRange init,
                                               llvm::function_ref<Value(ValueRange)> condition,
                                               llvm::function_ref<Values(ValueRange)> body) {
  auto loop = scf::WhileOp::create(
      *this, init.getTypes(), init,
      [&](OpBuilder &, Location, ValueRange args) {
        Value holds = condition(args);
        scf::ConditionOp::create(*this, holds, args);
      },
      [&](OpBuilder &, Location, ValueRange args) {
        Values results = body(args);
        scf::YieldOp::create(*this, results);
      });
  return llvm::to_vector(ValueRange(loop.getResults()));
}

ScalarBuilder::Values ScalarBuilder::ifElse(Value condition, llvm::function_ref<Values()> then,
                                            llvm::function_ref<Values()> otherwise) {
  auto yield = [&](llvm::function_ref<Values()> branch) {
    return [this, branch](OpBuilder &, Location) {
      Values results = branch();
      scf::YieldOp::create(*this, results);
    };
  };
  auto ifOp = scf::IfOp::create(*this, condition, yield(then), yield(otherwise));
  return llvm::to_vector(ValueRange(ifOp.getResults()));
}

Value ScalarBuilder::ifElse(Value condition, llvm::function_ref<Value()> then,
                            llvm::function_ref<Value()> otherwise) {
  auto thenValues = [&] { return Values{then()}; };
  auto elseValues = [&] { return Values{otherwise()}; };
  return ifElse(condition, llvm::function_ref<Values()>(thenValues),
                llvm::function_ref<Values()>(elseValues))[0];
}

Value ScalarBuilder::ifThen(Value condition, Value otherwise, llvm::function_ref<Value()> then) {
  auto otherwiseValue = [&] { return otherwise; };
  return ifElse(condition, then, llvm::function_ref<Value()>(otherwiseValue));
}

//===- Kernels --------------------------------------------------------------------------------===//

SmallVector<Value> createKernel(
    ScalarBuilder &b, StringRef name, ValueRange inputs, ValueRange outputs, ValueRange scalars,
    llvm::function_ref<ScalarBuilder::Values(ScalarBuilder &, const KernelArguments &)> body) {
  ScalarBuilder::Values passed;
  for (Value scalar : scalars)
    if (!matchPattern(scalar, m_Constant()))
      passed.push_back(scalar);
  auto kernel = tile::KernelOp::create(b, name, inputs, outputs, passed);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToEnd(kernel.getBodyBlock());
  ValueRange arguments = kernel.getBodyBlock()->getArguments();
  KernelArguments view{
      arguments.take_front(inputs.size()), arguments.slice(inputs.size(), outputs.size()), {}};
  ValueRange rest = arguments.take_back(passed.size());
  for (Value scalar : scalars) {
    if (matchPattern(scalar, m_Constant())) {
      view.scalars.push_back(b.clone(*scalar.getDefiningOp())->getResult(0));
    } else {
      view.scalars.push_back(rest.front());
      rest = rest.drop_front();
    }
  }
  ScalarBuilder::Values results = body(b, view);
  tile::YieldOp::create(b, results);
  return llvm::to_vector(ValueRange(kernel.getResults()));
}

/// Runs `body` on workgroups' own parts of the outputs. A part is `sizes` at `offsets`, and
/// `dropped` dimensions of size 1 are left out of it.
namespace {
struct Part {
  SmallVector<OpFoldResult> offsets, sizes;
  SmallVector<bool> dropped;
};
} // namespace

static ScalarBuilder::Values
forEachPart(ScalarBuilder &b, ValueRange outputs, ArrayRef<OpFoldResult> counts,
            llvm::function_ref<Part(unsigned output, ValueRange ivs)> part,
            llvm::function_ref<ScalarBuilder::Values(ValueRange ivs, ValueRange parts)> body) {
  // A slice of a tensor without elements is no valid operation.
  if (llvm::all_of(outputs.getTypes(), [](Type type) {
        return llvm::is_contained(cast<RankedTensorType>(type).getShape(), 0);
      }))
    return llvm::to_vector(outputs);
  auto forall = scf::ForallOp::create(b, counts, outputs, std::nullopt);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(forall.getBody());
  ScalarBuilder::Values slices, ivs(forall.getInductionVars());
  SmallVector<Part> parts;
  for (auto [i, output] : llvm::enumerate(forall.getRegionIterArgs())) {
    Part at = part(i, ivs);
    SmallVector<int64_t> shape;
    for (auto [size, isDropped] : llvm::zip(at.sizes, at.dropped))
      if (!isDropped)
        shape.push_back(getConstantIntValue(size).value_or(ShapedType::kDynamic));
    auto type =
        RankedTensorType::get(shape, cast<RankedTensorType>(output.getType()).getElementType());
    SmallVector<OpFoldResult> strides(at.offsets.size(), b.getIndexAttr(1));
    slices.push_back(
        tensor::ExtractSliceOp::create(b, type, output, at.offsets, at.sizes, strides));
    parts.push_back(std::move(at));
  }
  ScalarBuilder::Values results = body(ivs, slices);
  b.setInsertionPointToStart(forall.getTerminator().getBody());
  for (auto [result, output, at] : llvm::zip(results, forall.getRegionIterArgs(), parts)) {
    SmallVector<OpFoldResult> strides(at.offsets.size(), b.getIndexAttr(1));
    tensor::ParallelInsertSliceOp::create(b, result, output, at.offsets, at.sizes, strides);
  }
  return llvm::to_vector(ValueRange(forall.getResults()));
}

ScalarBuilder::Values
forEachSlice(ScalarBuilder &b, ValueRange outputs, ValueRange counts,
             ArrayRef<SmallVector<int64_t>> places,
             llvm::function_ref<ScalarBuilder::Values(ValueRange ivs, ValueRange slices)> body) {
  return forEachPart(
      b, outputs, getAsOpFoldResult(counts),
      [&](unsigned output, ValueRange ivs) {
        Part part;
        for (auto [i, place] : llvm::enumerate(places[output])) {
          bool isFixed = place >= 0;
          part.offsets.push_back(isFixed ? OpFoldResult(ivs[place]) : b.getIndexAttr(0));
          part.sizes.push_back(isFixed ? OpFoldResult(b.getIndexAttr(1))
                                       : getAsOpFoldResult(b.dim(outputs[output], i)));
          part.dropped.push_back(isFixed);
        }
        return part;
      },
      body);
}

ScalarBuilder::Values forEachRow(
    ScalarBuilder &b, ValueRange outputs, int64_t axis,
    llvm::function_ref<ScalarBuilder::Values(ScalarBuilder &, ValueRange outer, ValueRange rows)>
        body) {
  int64_t rank = cast<RankedTensorType>(outputs[0].getType()).getRank();
  if (rank == 1)
    return body(b, {}, outputs);
  ScalarBuilder::Values counts;
  SmallVector<int64_t> place;
  for (int64_t i = 0; i < rank; ++i) {
    place.push_back(i == axis ? -1 : counts.size());
    if (i != axis)
      counts.push_back(b.dim(outputs[0], i));
  }
  return forEachSlice(b, outputs, counts, SmallVector<SmallVector<int64_t>>(outputs.size(), place),
                      [&](ValueRange ivs, ValueRange rows) { return body(b, ivs, rows); });
}

ScalarBuilder::Values
forEachElement(ScalarBuilder &b, ValueRange outputs,
               llvm::function_ref<ScalarBuilder::Values(ScalarBuilder &, ValueRange index)> body) {
  auto type = cast<RankedTensorType>(outputs[0].getType());
  auto storeAll = [&](ValueRange values, ValueRange tensors, ValueRange index) {
    ScalarBuilder::Values results;
    for (auto [value, tensor] : llvm::zip(values, tensors))
      results.push_back(b.store(value, tensor, index));
    return results;
  };
  if (type.getRank() == 0)
    return storeAll(body(b, {}), outputs, {});
  if (type.getRank() > 1)
    return forEachRow(
        b, outputs, type.getRank() - 1, [&](ScalarBuilder &, ValueRange outer, ValueRange rows) {
          return b.forLoop(b.index(0), b.dim(rows[0], 0), rows, [&](Value i, ValueRange carried) {
            ScalarBuilder::Values index(outer);
            index.push_back(i);
            return storeAll(body(b, index), carried, i);
          });
        });

  // A vector is cut into pieces that are worth a workgroup each.
  constexpr int64_t kPiece = 1024;
  Value size = b.dim(outputs[0], 0);
  if (!type.isDynamicDim(0) && type.getDimSize(0) <= kPiece)
    return b.forLoop(b.index(0), size, outputs,
                     [&](Value i, ValueRange carried) { return storeAll(body(b, i), carried, i); });
  Value start;
  return forEachPart(
      b, outputs, getAsOpFoldResult(b.ceilDiv(size, b.index(kPiece))),
      [&](unsigned, ValueRange ivs) {
        start = b.mul(ivs[0], b.index(kPiece));
        return Part{{start}, {b.min(b.sub(size, start), b.index(kPiece))}, {false}};
      },
      [&](ValueRange, ValueRange pieces) {
        return b.forLoop(b.index(0), b.dim(pieces[0], 0), pieces, [&](Value i, ValueRange carried) {
          return storeAll(body(b, b.add(start, i)), carried, i);
        });
      });
}

SmallVector<Value> createElementKernel(
    ScalarBuilder &b, StringRef name, ValueRange inputs, ValueRange outputs, ValueRange scalars,
    llvm::function_ref<ScalarBuilder::Values(ScalarBuilder &, const KernelArguments &, ValueRange)>
        body) {
  return createKernel(
      b, name, inputs, outputs, scalars, [&](ScalarBuilder &, const KernelArguments &arguments) {
        return forEachElement(b, arguments.outputs, [&](ScalarBuilder &, ValueRange index) {
          return body(b, arguments, index);
        });
      });
}

} // namespace azulejo::lower
