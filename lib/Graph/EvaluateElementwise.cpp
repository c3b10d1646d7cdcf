//===- EvaluateElementwise.cpp - Arithmetic, comparison, choice and casts of constants --------===//
#include "lib/Graph/Evaluate.h"
#include <cmath>

using namespace mlir;

namespace azulejo::graph {

SmallVector<int64_t> getStrides(ArrayRef<int64_t> shape) {
  SmallVector<int64_t> strides(shape.size(), 1);
  for (int64_t i = static_cast<int64_t>(shape.size()) - 2; i >= 0; --i)
    strides[i] = strides[i + 1] * shape[i + 1];
  return strides;
}

namespace {

/// Reads an operand as if it had the result's shape.
class Broadcast {
public:
  Broadcast(ArrayRef<int64_t> from, ArrayRef<int64_t> to) : to(to), strides(to.size(), 0) {
    auto own = getStrides(from);
    size_t offset = to.size() - from.size();
    for (size_t i = 0; i < from.size(); ++i)
      strides[i + offset] = from[i] == 1 ? 0 : own[i];
    same = from == to;
  }

  size_t operator()(size_t index) const {
    if (same)
      return index;
    size_t result = 0;
    for (int64_t i = static_cast<int64_t>(to.size()) - 1; i >= 0; --i) {
      result += index % to[i] * strides[i];
      index /= to[i];
    }
    return result;
  }

private:
  SmallVector<int64_t> to, strides;
  bool same;
};

/// What an integer of this type keeps of a result.
int64_t wrap(int64_t value, Type elementType) {
  unsigned width = elementType.getIntOrFloatBitWidth();
  if (width >= 64)
    return value;
  if (width == 1 || elementType.isUnsignedInteger())
    return static_cast<uint64_t>(value) & llvm::maskTrailingOnes<uint64_t>(width);
  return llvm::SignExtend64(static_cast<uint64_t>(value), width);
}

std::optional<double> unary(StringRef type, double x) {
  if (type == "Abs")
    return std::abs(x);
  if (type == "Neg")
    return -x;
  if (type == "Sqrt")
    return std::sqrt(x);
  if (type == "Exp")
    return std::exp(x);
  if (type == "Log")
    return std::log(x);
  if (type == "Floor")
    return std::floor(x);
  if (type == "Ceil")
    return std::ceil(x);
  if (type == "Round")
    return std::nearbyint(x);
  if (type == "Reciprocal")
    return 1 / x;
  if (type == "Sin")
    return std::sin(x);
  if (type == "Cos")
    return std::cos(x);
  if (type == "Tanh")
    return std::tanh(x);
  if (type == "Erf")
    return std::erf(x);
  if (type == "Sigmoid")
    return 1 / (1 + std::exp(-x));
  if (type == "Relu")
    return std::max(x, 0.0);
  return std::nullopt;
}

std::optional<double> binary(StringRef type, double x, double y) {
  if (type == "Add")
    return x + y;
  if (type == "Sub")
    return x - y;
  if (type == "Mul")
    return x * y;
  if (type == "Div")
    return x / y;
  if (type == "Pow")
    return std::pow(x, y);
  if (type == "Min")
    return std::isnan(x) || std::isnan(y) ? NAN : std::min(x, y);
  if (type == "Max")
    return std::isnan(x) || std::isnan(y) ? NAN : std::max(x, y);
  return std::nullopt;
}

std::optional<int64_t> binary(StringRef type, int64_t x, int64_t y, bool isUnsigned) {
  auto ux = static_cast<uint64_t>(x), uy = static_cast<uint64_t>(y);
  bool less = isUnsigned ? ux < uy : x < y;
  if (type == "Add")
    return static_cast<int64_t>(ux + uy);
  if (type == "Sub")
    return static_cast<int64_t>(ux - uy);
  if (type == "Mul")
    return static_cast<int64_t>(ux * uy);
  if (type == "Div" && y != 0 && !(x == INT64_MIN && y == -1))
    return isUnsigned ? static_cast<int64_t>(ux / uy) : x / y;
  if (type == "Min")
    return less ? x : y;
  if (type == "Max")
    return less ? y : x;
  if (type == "And" || type == "BitwiseAnd")
    return x & y;
  if (type == "Or" || type == "BitwiseOr")
    return x | y;
  if (type == "Xor" || type == "BitwiseXor")
    return x ^ y;
  return std::nullopt;
}

std::optional<bool> compare(StringRef type, const Elements &a, size_t i, const Elements &b,
                            size_t j) {
  int order;
  if (a.isFloat) {
    double x = a.floats[i], y = b.floats[j];
    if (std::isnan(x) || std::isnan(y))
      return false;
    order = x < y ? -1 : x > y;
  } else if (a.isUnsigned()) {
    auto x = static_cast<uint64_t>(a.ints[i]), y = static_cast<uint64_t>(b.ints[j]);
    order = x < y ? -1 : x > y;
  } else {
    order = a.ints[i] < b.ints[j] ? -1 : a.ints[i] > b.ints[j];
  }
  if (type == "Equal")
    return order == 0;
  if (type == "Less")
    return order < 0;
  if (type == "LessOrEqual")
    return order <= 0;
  if (type == "Greater")
    return order > 0;
  if (type == "GreaterOrEqual")
    return order >= 0;
  return std::nullopt;
}

std::optional<Elements> evaluateCast(Operation *op, RankedTensorType type) {
  auto data = readElements(op->getOperand(0));
  Type to = type.getElementType();
  if (!data || !to.isIntOrFloat() || (isa<FloatType>(to) && to.getIntOrFloatBitWidth() < 16))
    return std::nullopt;
  Elements result(type);
  for (size_t i = 0; i < result.size(); ++i) {
    if (result.isFloat) {
      result.floats[i] = roundTo(data->asDouble(i), to);
    } else if (to.isInteger(1)) {
      result.ints[i] = data->isFloat ? data->floats[i] != 0 : data->ints[i] != 0;
    } else if (data->isFloat) {
      // Out of range is undefined in ONNX; left to the machine that runs it.
      double value = std::trunc(data->floats[i]);
      if (!(std::abs(value) < 9e18))
        return std::nullopt;
      result.ints[i] = static_cast<int64_t>(value);
      if (wrap(result.ints[i], to) != result.ints[i])
        return std::nullopt;
    } else {
      result.ints[i] = wrap(data->ints[i], to);
    }
  }
  return result;
}

} // namespace

std::optional<Elements> evaluateElementwise(Operation *op, RankedTensorType type) {
  StringRef name = getOpType(op);
  if (name == "Cast")
    return evaluateCast(op, type);
  unsigned count = op->getNumOperands();
  static constexpr StringRef known[] = {"Abs",        "Neg",
                                        "Sqrt",       "Exp",
                                        "Log",        "Floor",
                                        "Ceil",       "Round",
                                        "Reciprocal", "Sin",
                                        "Cos",        "Tanh",
                                        "Erf",        "Sigmoid",
                                        "Relu",       "Not",
                                        "Add",        "Sub",
                                        "Mul",        "Div",
                                        "Pow",        "Min",
                                        "Max",        "And",
                                        "Or",         "Xor",
                                        "BitwiseAnd", "BitwiseOr",
                                        "BitwiseXor", "Equal",
                                        "Less",       "LessOrEqual",
                                        "Greater",    "GreaterOrEqual",
                                        "Where"};
  if (!llvm::is_contained(known, name) || count == 0 || count > 3)
    return std::nullopt;
  SmallVector<Elements> operands;
  SmallVector<Broadcast> at;
  for (Value operand : op->getOperands()) {
    auto elements = readElements(operand, 1 << 24);
    if (!elements || elements->type.getRank() > type.getRank())
      return std::nullopt;
    at.emplace_back(elements->type.getShape(), type.getShape());
    operands.push_back(std::move(*elements));
  }
  Elements result(type);
  Type elementType = type.getElementType();
  for (size_t i = 0; i < result.size(); ++i) {
    const Elements &a = operands[0];
    size_t x = at[0](i);
    if (name == "Where") {
      bool first = a.ints[x];
      result.copy(i, operands[first ? 1 : 2], at[first ? 1 : 2](i));
      continue;
    }
    if (count == 1) {
      if (name == "Not") {
        result.ints[i] = !a.ints[x];
      } else if (result.isFloat) {
        auto value = unary(name, a.floats[x]);
        if (!value)
          return std::nullopt;
        result.floats[i] = roundTo(*value, elementType);
      } else if (name == "Neg" || name == "Abs") {
        result.ints[i] = wrap(name == "Neg" || (a.ints[x] < 0 && !a.isUnsigned())
                                  ? 0 - static_cast<uint64_t>(a.ints[x])
                                  : a.ints[x],
                              elementType);
      } else {
        return std::nullopt;
      }
      continue;
    }
    if (count != 2)
      return std::nullopt;
    const Elements &b = operands[1];
    size_t y = at[1](i);
    if (elementType.isInteger(1) && (a.isFloat == b.isFloat))
      if (auto truth = compare(name, a, x, b, y)) {
        result.ints[i] = *truth;
        // Comparisons of NaN are false, for operators that compare and no others.
        continue;
      }
    if (result.isFloat) {
      auto value = binary(name, a.asDouble(x), b.asDouble(y));
      if (!value)
        return std::nullopt;
      result.floats[i] = roundTo(*value, elementType);
    } else {
      if (a.isFloat || b.isFloat)
        return std::nullopt;
      auto value = binary(name, a.ints[x], b.ints[y], a.isUnsigned());
      if (!value)
        return std::nullopt;
      result.ints[i] = wrap(*value, elementType);
    }
  }
  return result;
}

std::optional<Elements> evaluateReduction(Operation *op, RankedTensorType type) {
  StringRef name = getOpType(op);
  if (name != "ReduceSum" && name != "ReduceMean" && name != "ReduceMax" && name != "ReduceMin" &&
      name != "ReduceProd")
    return std::nullopt;
  auto data = readElements(op->getOperand(0));
  auto axes = getOperand(op, 1) ? getConstantInts(getOperand(op, 1)) : SmallVector<int64_t>();
  if (!data || !axes || data->size() == 0 || (axes->empty() && getInt(op, "noop_with_empty_axes")))
    return std::nullopt;
  auto shape = data->type.getShape();
  int64_t rank = shape.size();
  SmallVector<bool> reduced(rank, axes->empty());
  for (int64_t axis : *axes)
    reduced[normalizeAxis(axis, rank)] = true;
  // The result's strides in the data's dimensions; 0 where it has none.
  SmallVector<int64_t> strides(rank, 0);
  int64_t stride = 1;
  for (int64_t i = rank - 1; i >= 0; --i)
    if (!reduced[i]) {
      strides[i] = stride;
      stride *= shape[i];
    }
  Elements result(type);
  SmallVector<int64_t> counts(result.size(), 0);
  for (size_t i = 0; i < data->size(); ++i) {
    size_t rest = i, to = 0;
    for (int64_t d = rank - 1; d >= 0; --d) {
      to += rest % shape[d] * strides[d];
      rest /= shape[d];
    }
    bool first = counts[to]++ == 0;
    if (result.isFloat) {
      double &sum = result.floats[to], value = data->floats[i];
      sum = first                  ? value
            : name == "ReduceMax"  ? std::max(sum, value)
            : name == "ReduceMin"  ? std::min(sum, value)
            : name == "ReduceProd" ? sum * value
                                   : sum + value;
    } else {
      if (name == "ReduceMean")
        return std::nullopt;
      StringRef combine = name == "ReduceMax"    ? "Max"
                          : name == "ReduceMin"  ? "Min"
                          : name == "ReduceProd" ? "Mul"
                                                 : "Add";
      int64_t &sum = result.ints[to];
      sum = first ? data->ints[i]
                  : wrap(*binary(combine, sum, data->ints[i], data->isUnsigned()),
                         type.getElementType());
    }
  }
  if (result.isFloat)
    for (size_t i = 0; i < result.size(); ++i)
      result.floats[i] =
          roundTo(name == "ReduceMean" ? result.floats[i] / counts[i] : result.floats[i],
                  type.getElementType());
  return result;
}

} // namespace azulejo::graph
