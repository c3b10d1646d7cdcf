//===- InferMovement.cpp - Shapes of what moves elements --------------------------------------===//
#include "lib/Graph/ShapeRules.h"

using namespace mlir;
using azulejo::onnx::SymbolicExpr;

namespace azulejo::graph {
namespace {

std::optional<Dims> inferReshape(Operation *op, unsigned, IntegerValues &values) {
  auto data = getDims(getOperand(op, 0));
  auto shape = values.get(getOperand(op, 1));
  if (!shape)
    return std::nullopt;
  Dims result;
  int64_t inferred = -1;
  for (auto [i, element] : llvm::enumerate(*shape)) {
    auto constant = element ? element->getConstant() : std::nullopt;
    if (constant && *constant == -1) {
      inferred = i;
      result.push_back(SymbolicExpr(1));
    } else if (constant && *constant == 0 && getInt(op, "allowzero") == 0) {
      result.push_back(data && i < data->size() ? (*data)[i] : std::nullopt);
    } else {
      result.push_back(element);
    }
  }
  if (inferred < 0)
    return result;
  // Dimensions that stand on both sides cancel out, known or not: [batch, seq, 12, 64] to [batch,
  // seq, -1].
  Dims from = data.value_or(Dims{std::nullopt}), to = result;
  to.erase(to.begin() + inferred);
  for (auto it = to.begin(); it != to.end();) {
    auto same = *it ? llvm::find(from, *it) : from.end();
    if (same == from.end()) {
      ++it;
      continue;
    }
    from.erase(same);
    it = to.erase(it);
  }
  Dim total = product(from), rest = product(to);
  result[inferred] = std::nullopt;
  if (total && rest && rest->getConstant() != 0) {
    auto quotient = total->exactQuotient(*rest);
    result[inferred] = quotient ? *quotient : SymbolicExpr::floorDiv(*total, *rest);
  }
  return result;
}

/// A bound of a slice with a positive step, as an offset from the front that is not behind the end.
Dim clampBound(const Dim &bound, const SymbolicExpr &size) {
  if (!bound)
    return std::nullopt;
  if (auto constant = bound->getConstant()) {
    if (*constant >= INT32_MAX)
      return size;
    if (*constant < 0)
      return *constant <= INT32_MIN + 1 ? SymbolicExpr(0)
                                        : SymbolicExpr::max(size + *bound, SymbolicExpr(0));
    return SymbolicExpr::min(*bound, size);
  }
  if (auto least = bound->getLowerBound(); least && *least >= 0)
    return SymbolicExpr::min(*bound, size);
  // `-n` counts from the end, like the constant.
  if (auto most = (SymbolicExpr(0) - *bound).getLowerBound(); most && *most >= 1)
    return SymbolicExpr::max(size + *bound, SymbolicExpr(0));
  return std::nullopt;
}

Dim sliceDim(const Dim &size, const Dim &start, const Dim &end, int64_t step) {
  if (!size || !start || !end || step == 0)
    return std::nullopt;
  auto sizeConstant = size->getConstant(), startConstant = start->getConstant(),
       endConstant = end->getConstant();
  if (step < 0) {
    if (sizeConstant && startConstant && endConstant) {
      int64_t n = *sizeConstant;
      auto clamp = [&](int64_t bound) {
        return std::clamp<int64_t>(bound < 0 ? bound + n : bound, -1, n - 1);
      };
      int64_t first = clamp(*startConstant), last = *endConstant < -n ? -1 : clamp(*endConstant);
      return SymbolicExpr(std::max<int64_t>(0, (first - last - step - 1) / -step));
    }
    bool whole = startConstant && (*startConstant == -1 || *startConstant >= INT32_MAX) &&
                 endConstant && *endConstant <= INT32_MIN + 1;
    return whole ? Dim(SymbolicExpr::ceilDiv(*size, -step)) : std::nullopt;
  }
  Dim first = clampBound(start, *size), last = clampBound(end, *size);
  if (!first || !last)
    return std::nullopt;
  return SymbolicExpr::max(SymbolicExpr::ceilDiv(*last - *first, step), SymbolicExpr(0));
}

std::optional<Dims> inferSlice(Operation *op, unsigned, IntegerValues &values) {
  auto data = getDims(getOperand(op, 0));
  if (!data)
    return std::nullopt;
  int64_t rank = data->size();
  auto starts = values.get(getOperand(op, 1)), ends = values.get(getOperand(op, 2));
  Value axesOperand = getOperand(op, 3), stepsOperand = getOperand(op, 4);
  auto axes = axesOperand ? values.getConstants(axesOperand) : std::nullopt;
  auto steps = stepsOperand ? values.get(stepsOperand) : std::nullopt;
  if ((axesOperand && !axes) || (!axesOperand && !starts))
    return Dims(rank, std::nullopt);
  if (!axes)
    axes = llvm::to_vector(llvm::seq<int64_t>(0, starts->size()));
  Dims result = *data;
  for (auto [i, axis] : llvm::enumerate(*axes)) {
    axis = normalizeAxis(axis, rank);
    if (axis < 0 || axis >= rank)
      return std::nullopt;
    auto step = !stepsOperand                               ? std::optional<int64_t>(1)
                : steps && i < steps->size() && (*steps)[i] ? (*steps)[i]->getConstant()
                                                            : std::nullopt;
    bool known = starts && ends && i < starts->size() && i < ends->size() && step;
    result[axis] = known ? sliceDim((*data)[axis], (*starts)[i], (*ends)[i], *step) : std::nullopt;
  }
  return result;
}

std::optional<Dims> inferPad(Operation *op, unsigned, IntegerValues &values) {
  auto data = getDims(getOperand(op, 0));
  if (!data)
    return std::nullopt;
  int64_t rank = data->size();
  auto pads = values.get(getOperand(op, 1));
  auto axes = getOperand(op, 3) ? values.getConstants(getOperand(op, 3))
                                : std::optional(llvm::to_vector(llvm::seq<int64_t>(0, rank)));
  if (!pads || !axes || pads->size() != 2 * axes->size())
    return Dims(rank, std::nullopt);
  Dims result = *data;
  for (auto [i, axis] : llvm::enumerate(*axes)) {
    axis = normalizeAxis(axis, rank);
    if (axis < 0 || axis >= rank)
      return std::nullopt;
    result[axis] = add((*data)[axis], add((*pads)[i], (*pads)[i + axes->size()]));
  }
  return result;
}

std::optional<Dims> inferConcat(Operation *op, unsigned, IntegerValues &) {
  std::optional<Dims> result;
  for (Value part : op->getOperands()) {
    auto dims = getDims(part);
    if (!dims)
      return std::nullopt;
    if (!result) {
      result = dims;
      continue;
    }
    size_t axis = normalizeAxis(getInt(op, "axis"), result->size());
    if (dims->size() != result->size() || axis >= result->size())
      return std::nullopt;
    for (size_t i = 0; i < dims->size(); ++i) {
      Dim &dim = (*result)[i], &other = (*dims)[i];
      if (i == axis)
        dim = add(dim, other);
      else if (!dim || (other && other->getConstant()))
        dim = other;
    }
  }
  return result;
}

std::optional<Dims> inferSplit(Operation *op, unsigned index, IntegerValues &values) {
  auto data = getDims(getOperand(op, 0));
  if (!data)
    return std::nullopt;
  size_t axis = normalizeAxis(getInt(op, "axis"), data->size());
  if (axis >= data->size())
    return std::nullopt;
  Dims result = *data;
  if (Value sizes = getOperand(op, 1)) {
    auto elements = values.get(sizes);
    result[axis] = elements && index < elements->size() ? (*elements)[index] : std::nullopt;
  } else if (const Dim &size = (*data)[axis]) {
    // Equal parts, the last one smaller.
    int64_t parts = op->getNumResults();
    SymbolicExpr part = SymbolicExpr::ceilDiv(*size, parts);
    result[axis] = index + 1 < parts ? part : *size - part * SymbolicExpr(parts - 1);
  }
  return result;
}

std::optional<Dims> inferBlocks(Operation *op, unsigned, IntegerValues &) {
  bool toDepth = isNode(op, "SpaceToDepth");
  auto data = getDims(getOperand(op, 0));
  int64_t block = getInt(op, "blocksize");
  if (!data || data->size() != 4 || block <= 0)
    return std::nullopt;
  auto divide = [](const Dim &dim, int64_t by) {
    return dim ? Dim(SymbolicExpr::floorDiv(*dim, by)) : std::nullopt;
  };
  auto times = [](const Dim &dim, int64_t by) { return mul(dim, SymbolicExpr(by)); };
  Dims result = *data;
  result[1] = toDepth ? times(result[1], block * block) : divide(result[1], block * block);
  for (int i : {2, 3})
    result[i] = toDepth ? divide(result[i], block) : times(result[i], block);
  return result;
}

/// Axes that are known at run time only say how many dimensions there are; of constants ONNX's
/// inference says as much.
std::optional<Dims> inferRuntimeAxes(Operation *op, unsigned, IntegerValues &values) {
  Value axes = getOperand(op, 1);
  auto data = getDims(getOperand(op, 0));
  auto count = axes ? getNumElements(axes) : std::nullopt;
  if (!data || !count || values.getConstants(axes))
    return std::nullopt;
  int64_t rank = data->size() + (isNode(op, "Squeeze") ? -*count : *count);
  // A model may claim any number of axes; no tensor has so many dimensions.
  constexpr int64_t maxRank = 64;
  return rank >= 0 && rank <= maxRank ? std::optional(Dims(rank, std::nullopt)) : std::nullopt;
}

/// A shape operand as dimensions.
std::optional<Dims> getValues(Value shape, IntegerValues &values) {
  auto elements = values.get(shape);
  return elements ? std::optional(Dims(elements->begin(), elements->end())) : std::nullopt;
}

std::optional<Dims> inferExpand(Operation *op, unsigned, IntegerValues &values) {
  auto data = getDims(getOperand(op, 0)), shape = getValues(getOperand(op, 1), values);
  return data && shape ? broadcastDims(*data, *shape) : std::nullopt;
}

std::optional<Dims> inferConstantOfShape(Operation *op, unsigned, IntegerValues &values) {
  return getValues(getOperand(op, 0), values);
}

std::optional<Dims> inferTile(Operation *op, unsigned, IntegerValues &values) {
  auto data = getDims(getOperand(op, 0)), repeats = getValues(getOperand(op, 1), values);
  if (!data)
    return std::nullopt;
  for (auto [i, dim] : llvm::enumerate(*data))
    dim = repeats && i < repeats->size() ? mul(dim, (*repeats)[i]) : std::nullopt;
  return data;
}

std::optional<Dims> inferFlatten(Operation *op, unsigned, IntegerValues &) {
  auto data = getDims(getOperand(op, 0));
  if (!data)
    return std::nullopt;
  size_t axis = normalizeAxis(getInt(op, "axis"), data->size());
  if (axis > data->size())
    return std::nullopt;
  return Dims{product(ArrayRef(*data).take_front(axis)), product(ArrayRef(*data).drop_front(axis))};
}

/// What is made of a map is one row: of all its values, or with a place for each key there may be.
std::optional<Dims> inferMapRow(Operation *op, unsigned, IntegerValues &) {
  Dims row = {SymbolicExpr(1), std::nullopt};
  if (isNode(op, "ai_onnx_ml.CastMap")) {
    if (getString(op, "map_form") == "SPARSE")
      row[1] = SymbolicExpr(getInt(op, "max_map"));
  } else if (auto ints = getInts(op, "int64_vocabulary")) {
    row[1] = SymbolicExpr(ints->size());
  } else if (auto strings = op->getAttrOfType<ArrayAttr>("string_vocabulary")) {
    row[1] = SymbolicExpr(strings.size());
  }
  return row;
}

} // namespace

void addMovementShapeRules(ShapeRules &rules) {
  rules["Reshape"] = inferReshape;
  rules["Slice"] = inferSlice;
  rules["Pad"] = inferPad;
  rules["Concat"] = inferConcat;
  rules["Split"] = inferSplit;
  rules["DepthToSpace"] = inferBlocks;
  rules["SpaceToDepth"] = inferBlocks;
  rules["Squeeze"] = inferRuntimeAxes;
  rules["Unsqueeze"] = inferRuntimeAxes;
  rules["Expand"] = inferExpand;
  rules["ConstantOfShape"] = inferConstantOfShape;
  rules["Tile"] = inferTile;
  rules["Flatten"] = inferFlatten;
  rules["ai_onnx_ml.CastMap"] = inferMapRow;
  rules["ai_onnx_ml.DictVectorizer"] = inferMapRow;
}

} // namespace azulejo::graph
