#include "lib/Lower/Lowering.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using azulejo::onnx::SymbolicExpr;

namespace azulejo::lower {

Value Lowering::empty(ArrayRef<OpFoldResult> sizes, Type elementType) {
  // A size that folded to a constant must show in the type.
  SmallVector<OpFoldResult> folded = llvm::map_to_vector(sizes, [](OpFoldResult size) {
    auto value = dyn_cast<Value>(size);
    return value ? getAsOpFoldResult(value) : size;
  });
  return tensor::EmptyOp::create(*this, folded, elementType);
}

Value Lowering::fill(Value scalar, ArrayRef<OpFoldResult> sizes) {
  return linalg::FillOp::create(*this, scalar, empty(sizes, scalar.getType())).getResult(0);
}

Value Lowering::fill(double value, ArrayRef<OpFoldResult> sizes, Type elementType) {
  return fill(constant(elementType, value), sizes);
}

SmallVector<Value> Lowering::generic(ArrayRef<MappedValue> inputs, ArrayRef<MappedValue> outputs,
                                     ArrayRef<utils::IteratorType> loops, ScalarBodies body) {
  SmallVector<Value> ins, outs;
  SmallVector<Type> types;
  SmallVector<AffineMap> maps;
  for (const MappedValue &input : inputs) {
    ins.push_back(input.value);
    maps.push_back(input.map);
  }
  for (const MappedValue &output : outputs) {
    outs.push_back(output.value);
    types.push_back(output.value.getType());
    maps.push_back(output.map);
  }
  auto op = linalg::GenericOp::create(*this, types, ins, outs, maps, loops,
                                      [&](OpBuilder &nested, Location, ValueRange arguments) {
                                        InsertionGuard guard(*this);
                                        restoreInsertionPoint(nested.saveInsertionPoint());
                                        linalg::YieldOp::create(*this, body(arguments));
                                      });
  return llvm::to_vector_of<Value>(op.getResults());
}

SmallVector<Value> Lowering::parallel(ArrayRef<MappedValue> inputs, ArrayRef<OpFoldResult> sizes,
                                      TypeRange elementTypes, ScalarBodies body) {
  AffineMap identity = identityMap(sizes.size());
  SmallVector<MappedValue> outputs;
  for (Type elementType : elementTypes)
    outputs.push_back({empty(sizes, elementType), identity});
  SmallVector<utils::IteratorType> loops(sizes.size(), utils::IteratorType::parallel);
  return generic(inputs, outputs, loops,
                 [&](ValueRange arguments) { return body(arguments.take_front(inputs.size())); });
}

Value Lowering::parallel(ArrayRef<MappedValue> inputs, ArrayRef<OpFoldResult> sizes,
                         Type elementType, ScalarBody body) {
  return parallel(inputs, sizes, TypeRange(elementType),
                  [&](ValueRange arguments) { return SmallVector<Value>{body(arguments)}; })[0];
}

Value Lowering::loopIndex(int64_t dim) { return linalg::IndexOp::create(*this, dim); }

AffineMap Lowering::dropDims(int64_t rank, ArrayRef<int64_t> axes) {
  SmallVector<AffineExpr> results;
  for (int64_t i = 0; i < rank; ++i)
    if (!llvm::is_contained(axes, i))
      results.push_back(getAffineDimExpr(i));
  return AffineMap::get(rank, 0, results, getContext());
}

SmallVector<Value> Lowering::reduce(ValueRange inputs, ArrayRef<int64_t> axes, ValueRange initial,
                                    ScalarBodies body) {
  int64_t rank = cast<RankedTensorType>(inputs[0].getType()).getRank();
  // Loops: the kept dimensions in order, then the reduced ones.
  SmallVector<AffineExpr> position(rank);
  SmallVector<AffineExpr> kept;
  SmallVector<OpFoldResult> sizes;
  for (int64_t i = 0; i < rank; ++i)
    if (!llvm::is_contained(axes, i)) {
      position[i] = getAffineDimExpr(kept.size());
      kept.push_back(position[i]);
      sizes.push_back(getLoweredSize(inputs[0], i));
    }
  for (auto [i, axis] : llvm::enumerate(axes))
    position[axis] = getAffineDimExpr(kept.size() + i);
  AffineMap inputMap = AffineMap::get(rank, 0, position, getContext());
  AffineMap outputMap = AffineMap::get(rank, 0, kept, getContext());

  SmallVector<MappedValue> ins, outs;
  for (Value input : inputs)
    ins.push_back({input, inputMap});
  for (Value scalar : initial)
    outs.push_back({fill(scalar, sizes), outputMap});
  SmallVector<utils::IteratorType> loops(kept.size(), utils::IteratorType::parallel);
  loops.append(axes.size(), utils::IteratorType::reduction);
  return generic(ins, outs, loops, body);
}

//===------------------------------------------------------------------------------------------===//
// Shapes
//===------------------------------------------------------------------------------------------===//

namespace {
/// Dimensions [begin, end) of one shape that hold what dimensions [begin, end) of the other do.
struct Group {
  ReassociationIndices from, to;
};
} // namespace

/// Cuts both shapes where the products of the dimensions before the cut agree, as often as
/// possible. An unknown dimension is equal to nothing.
static SmallVector<Group> groupDims(ArrayRef<std::optional<SymbolicExpr>> from,
                                    ArrayRef<std::optional<SymbolicExpr>> to) {
  SmallVector<Group> groups(1);
  size_t i = 0, j = 0;
  std::optional<SymbolicExpr> a = SymbolicExpr(1),
                              b = SymbolicExpr(1); // products since the last cut
  auto takeFrom = [&] {
    groups.back().from.push_back(i);
    a = a && from[i] ? std::optional(*a * *from[i]) : std::nullopt;
    ++i;
  };
  auto takeTo = [&] {
    groups.back().to.push_back(j);
    b = b && to[j] ? std::optional(*b * *to[j]) : std::nullopt;
    ++j;
  };
  while (i < from.size() || j < to.size()) {
    Group &group = groups.back();
    if (!group.from.empty() && !group.to.empty() && a && b && *a == *b && i < from.size() &&
        j < to.size()) {
      // Trailing ones stay with this group, unless they match each other.
      groups.emplace_back();
      a = b = SymbolicExpr(1);
      continue;
    }
    if (i == from.size()) {
      takeTo();
    } else if (j == to.size()) {
      takeFrom();
    } else if (group.from.empty()) {
      takeFrom();
    } else if (group.to.empty()) {
      takeTo();
    } else if (a && b && a->exactQuotient(*b) && !b->exactQuotient(*a)) {
      takeTo();
    } else {
      takeFrom();
    }
  }
  return groups;
}

/// Product of static dimensions, or dynamic.
static int64_t staticProduct(ArrayRef<int64_t> shape, ArrayRef<int64_t> dims) {
  int64_t product = 1;
  for (int64_t dim : dims) {
    if (ShapedType::isDynamic(shape[dim]))
      return ShapedType::kDynamic;
    product *= shape[dim];
  }
  return product;
}

Value Lowering::reshape(Value lowered, ArrayRef<std::optional<SymbolicExpr>> from,
                        ArrayRef<std::optional<SymbolicExpr>> to, ArrayRef<OpFoldResult> sizes) {
  auto type = cast<RankedTensorType>(lowered.getType());
  Type elementType = type.getElementType();
  SmallVector<int64_t> shape;
  for (OpFoldResult size : sizes)
    shape.push_back(getConstantIntValue(size).value_or(ShapedType::kDynamic));
  auto resultType = RankedTensorType::get(shape, elementType);
  // Nothing is left to be in any order. A fill, which computes, and no tensor.empty, which has no
  // memory.
  if (llvm::is_contained(shape, 0) || llvm::is_contained(type.getShape(), 0))
    return fill(0.0, sizes, elementType);

  // To or from a scalar: all dimensions are ones, in fact if not by their type.
  if (sizes.empty()) {
    SmallVector<int64_t> ones(type.getRank(), 1);
    return createOrFold<tensor::CollapseShapeOp>(
        resultType, castShape(lowered, RankedTensorType::get(ones, elementType)),
        ArrayRef<ReassociationIndices>());
  }
  if (type.getRank() == 0) {
    SmallVector<int64_t> ones(shape.size(), 1);
    Value expanded = createOrFold<tensor::ExpandShapeOp>(RankedTensorType::get(ones, elementType),
                                                         lowered, ArrayRef<ReassociationIndices>());
    return castShape(expanded, resultType);
  }

  SmallVector<Group> groups = groupDims(from, to);
  SmallVector<ReassociationIndices> collapse, expand;
  SmallVector<int64_t> collapsed, wanted;
  for (const Group &group : groups) {
    collapse.push_back(group.from);
    expand.push_back(group.to);
    collapsed.push_back(staticProduct(type.getShape(), group.from));
    wanted.push_back(staticProduct(shape, group.to));
  }
  Value value = lowered;
  if (int64_t(collapse.size()) != type.getRank())
    value = createOrFold<tensor::CollapseShapeOp>(RankedTensorType::get(collapsed, elementType),
                                                  value, collapse);
  if (expand.size() != sizes.size()) {
    value = castShape(value, RankedTensorType::get(wanted, elementType));
    value = tensor::ExpandShapeOp::create(*this, resultType, value, expand, sizes);
  }
  return castShape(value, resultType);
}

/// Reassociation that merges each of `axes` of a shape of `rank` into a neighbour.
static SmallVector<ReassociationIndices> mergeAxes(int64_t rank, ArrayRef<int64_t> axes) {
  SmallVector<ReassociationIndices> result;
  ReassociationIndices leading;
  for (int64_t i = 0; i < rank; ++i) {
    bool isAxis = llvm::is_contained(axes, i);
    if (isAxis && result.empty()) {
      leading.push_back(i);
    } else if (isAxis) {
      result.back().push_back(i);
    } else {
      leading.push_back(i);
      result.push_back(std::exchange(leading, {}));
    }
  }
  return result; // empty when all dimensions are axes
}

Value Lowering::unsqueeze(Value lowered, ArrayRef<int64_t> axes) {
  if (axes.empty())
    return lowered;
  SmallVector<OpFoldResult> sizes, source = getLoweredSizes(lowered);
  SmallVector<int64_t> shape;
  auto type = cast<RankedTensorType>(lowered.getType());
  for (int64_t i = 0, j = 0, rank = source.size() + axes.size(); i < rank; ++i) {
    bool isAxis = llvm::is_contained(axes, i);
    sizes.push_back(isAxis ? getIndexAttr(1) : source[j]);
    shape.push_back(isAxis ? 1 : type.getDimSize(j));
    j += !isAxis;
  }
  return tensor::ExpandShapeOp::create(*this, RankedTensorType::get(shape, type.getElementType()),
                                       lowered, mergeAxes(sizes.size(), axes), sizes);
}

Value Lowering::squeeze(Value lowered, ArrayRef<int64_t> axes) {
  if (axes.empty())
    return lowered;
  auto type = cast<RankedTensorType>(lowered.getType());
  SmallVector<int64_t> ones(type.getShape()), shape;
  for (int64_t i = 0; i < type.getRank(); ++i) {
    if (llvm::is_contained(axes, i))
      ones[i] = 1;
    else
      shape.push_back(ones[i]);
  }
  lowered = castShape(lowered, RankedTensorType::get(ones, type.getElementType()));
  return createOrFold<tensor::CollapseShapeOp>(RankedTensorType::get(shape, type.getElementType()),
                                               lowered, mergeAxes(type.getRank(), axes));
}

Value Lowering::transpose(Value lowered, ArrayRef<int64_t> permutation) {
  SmallVector<OpFoldResult> sizes;
  SmallVector<AffineExpr> position(permutation.size());
  for (auto [i, from] : llvm::enumerate(permutation)) {
    sizes.push_back(getLoweredSize(lowered, from));
    position[from] = getAffineDimExpr(i);
  }
  AffineMap map = AffineMap::get(permutation.size(), 0, position, getContext());
  if (map.isIdentity())
    return lowered;
  return parallel({{lowered, map}}, sizes, getElementType(lowered),
                  [](ValueRange x) { return x[0]; });
}

Value Lowering::extractSlice(Value lowered, ArrayRef<OpFoldResult> offsets,
                             ArrayRef<OpFoldResult> sizes) {
  // A slice without elements may stand at the very end, where a slice must not.
  if (llvm::any_of(sizes, [](OpFoldResult size) { return getConstantIntValue(size) == 0; }))
    return empty(sizes, getElementType(lowered));
  SmallVector<OpFoldResult> strides(offsets.size(), getIndexAttr(1));
  return createOrFold<tensor::ExtractSliceOp>(lowered, offsets, sizes, strides);
}

//===------------------------------------------------------------------------------------------===//
// Broadcasting
//===------------------------------------------------------------------------------------------===//

/// The dimension of `original` that stands at dimension `dim` of a result of `rank`; negative if
/// `original` has too few.
static int64_t alignedDim(Value original, int64_t dim, int64_t rank) {
  return dim - (rank - cast<RankedTensorType>(original.getType()).getRank());
}

static bool isOne(Value original, int64_t dim) {
  return cast<RankedTensorType>(original.getType()).getDimSize(dim) == 1;
}

SmallVector<OpFoldResult> Lowering::getBroadcastSizes(Value originalResult, ValueRange originals) {
  int64_t rank = cast<RankedTensorType>(originalResult.getType()).getRank();
  return getResultSizes(originalResult, [&](int64_t dim) {
    OpFoldResult size;
    for (Value original : originals) {
      int64_t own = alignedDim(original, dim, rank);
      if (own < 0 || isOne(original, own))
        continue;
      OpFoldResult next = getSize(original, own);
      if (!size || getConstantIntValue(next)) {
        size = next;
        continue;
      }
      Value current = asIndex(size);
      Value one = arith::CmpIOp::create(*this, arith::CmpIPredicate::eq, current, index(1));
      size = arith::SelectOp::create(*this, one, asIndex(next), current).getResult();
    }
    return size ? size : OpFoldResult(getIndexAttr(1));
  });
}

/// Whether `own` is the smaller of `result` and something greater than one, as is a table of 512
/// positions of which `seq` are taken: then it is 1 only where the result is.
static bool isOneOnlyWith(const SymbolicExpr &own, const SymbolicExpr &result) {
  bool found = false;
  own.visit<SymbolicExpr>([](int64_t constant) { return SymbolicExpr(constant); },
                          [](StringRef name) { return SymbolicExpr::symbol(name); },
                          [&](char kind, SymbolicExpr x, SymbolicExpr y) {
                            if (kind !=
                                'm') // only the outermost function matters: any other value will do
                              return kind == '+' ? x + y : x * y;
                            SymbolicExpr least = SymbolicExpr::min(x, y);
                            const SymbolicExpr &other = x == result ? y : x;
                            found |= least == own && (x == result || y == result) &&
                                     other.getLowerBound().value_or(0) > 1;
                            return least;
                          });
  return found;
}

MappedValue Lowering::broadcast(Value original, Value originalResult, ArrayRef<OpFoldResult> sizes,
                                std::optional<ValueRange> operands) {
  int64_t rank = sizes.size();
  auto type = cast<RankedTensorType>(original.getType());
  auto dims = onnx::getDims(type);
  auto resultDims = onnx::getDims(cast<RankedTensorType>(originalResult.getType()));
  SmallVector<AffineExpr> position;
  SmallVector<int64_t> undecided; // dimensions of `original`
  for (int64_t i = 0; i < type.getRank(); ++i) {
    int64_t dim = i + rank - type.getRank();
    bool resultIsOne = getConstantIntValue(sizes[dim]) == 1;
    position.push_back(type.getDimSize(i) == 1 && !resultIsOne ? getAffineConstantExpr(0)
                                                               : getAffineDimExpr(dim));
    if (!type.isDynamicDim(i) || sameSize(original, i, originalResult, dim))
      continue;
    if (dims[i] && dims[i]->getLowerBound().value_or(0) > 1)
      continue;
    if (dims[i] && resultDims[dim] && isOneOnlyWith(*dims[i], *resultDims[dim]))
      continue;
    bool decidesAlone = operands && llvm::all_of(*operands, [&](Value other) {
                          int64_t own = other == original ? -1 : alignedDim(other, dim, rank);
                          return own < 0 || isOne(other, own);
                        });
    if (!decidesAlone)
      undecided.push_back(i);
  }
  Value value = (*this)[original];
  if (undecided.empty())
    return {value, AffineMap::get(rank, 0, position, getContext())};

  Value copy = repeatOnes(value, getSizes(original), sizes.take_back(type.getRank()), undecided);
  return {copy, AffineMap::get(rank, 0, position, getContext())};
}

Value Lowering::repeatOnes(Value lowered, ArrayRef<OpFoldResult> ownSizes,
                           ArrayRef<OpFoldResult> wanted, ArrayRef<int64_t> undecided) {
  int64_t rank = ownSizes.size();
  SmallVector<Value> isOneNow(rank);
  SmallVector<OpFoldResult> copySizes(ownSizes);
  for (int64_t i : undecided) {
    Value own = asIndex(ownSizes[i]), size = asIndex(wanted[i]);
    isOneNow[i] = arith::CmpIOp::create(*this, arith::CmpIPredicate::eq, own, index(1));
    Value isSame = arith::CmpIOp::create(*this, arith::CmpIPredicate::eq, own, size);
    require(createOrFold<arith::OrIOp>(isOneNow[i], isSame),
            "dimension " + Twine(i) + " of an operand is {}, and of the result {}", {own, size});
    copySizes[i] = wanted[i];
  }
  Value zero = index(0);
  return parallel({}, copySizes, getElementType(lowered), [&](ValueRange) -> Value {
    SmallVector<Value> indices;
    for (int64_t i = 0; i < rank; ++i) {
      Value at = loopIndex(i);
      indices.push_back(isOneNow[i] ? select(isOneNow[i], zero, at) : at);
    }
    return tensor::ExtractOp::create(*this, lowered, indices);
  });
}

Value Lowering::elementwise(Value originalResult, ValueRange originals, ScalarBody body,
                            Floats floats) {
  SmallVector<OpFoldResult> sizes = getBroadcastSizes(originalResult, originals);
  SmallVector<MappedValue> inputs;
  for (Value original : originals)
    inputs.push_back(broadcast(original, originalResult, sizes, originals));
  Type elementType = lowerType(getElementType(originalResult));
  if (floats == Floats::AsIs)
    return parallel(inputs, sizes, elementType, body);
  return parallel(inputs, sizes, elementType, [&](ValueRange arguments) {
    SmallVector<Value> extended =
        llvm::map_to_vector(arguments, [&](Value x) { return extend(x); });
    return truncate(body(extended), elementType);
  });
}

} // namespace azulejo::lower
