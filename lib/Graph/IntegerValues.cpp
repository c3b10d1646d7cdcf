#include "lib/Graph/Constants.h"
#include "lib/Graph/Inference.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir;
using azulejo::onnx::SymbolicExpr;

namespace azulejo::graph {

/// Longer tensors are data, not shapes.
static constexpr size_t maxElements = 256;

/// As many unknown elements as the type says there are.
static std::optional<Integers> getUnknown(Value value) {
  auto size = getNumElements(value);
  if (!size || *size > static_cast<int64_t>(maxElements) || *getRank(value) > 1)
    return std::nullopt;
  return Integers(*size, std::nullopt);
}

std::optional<Integers> IntegerValues::get(Value value) {
  // A chain of shape arithmetic is short; what is deeper is data, and must not exhaust the stack.
  constexpr unsigned maxDepth = 200;
  Type elementType = getElementType(value);
  if (!elementType || !isa<IntegerType>(elementType))
    return std::nullopt;
  if (auto entry = known.find(value); entry != known.end())
    return entry->second;
  Operation *op = value.getDefiningOp();
  if (!op || depth >= maxDepth)
    return getUnknown(value);
  ++depth;
  std::optional<Integers> result = compute(op, value);
  --depth;
  if (result && result->size() > maxElements)
    result = std::nullopt;
  if (!result)
    result = getUnknown(value);
  known[value] = result;
  return result;
}

std::optional<SymbolicExpr> IntegerValues::getScalar(Value value) {
  auto elements = value ? get(value) : std::nullopt;
  return elements && elements->size() == 1 ? elements->front() : std::nullopt;
}

std::optional<SmallVector<int64_t>> IntegerValues::getConstants(Value value) {
  auto elements = value ? get(value) : std::nullopt;
  if (!elements)
    return std::nullopt;
  SmallVector<int64_t> constants;
  for (const auto &element : *elements) {
    auto constant = element ? element->getConstant() : std::nullopt;
    if (!constant)
      return std::nullopt;
    constants.push_back(*constant);
  }
  return constants;
}

/// What is left by a division that rounds down: it has the sign of y.
static int64_t floorMod(int64_t x, int64_t y) {
  int64_t rest = x % y;
  return rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest;
}

/// One element of a binary operator; nothing where the symbols do not decide it.
static std::optional<SymbolicExpr> combine(Operation *op, StringRef type, const SymbolicExpr &a,
                                           const SymbolicExpr &b) {
  auto isAtLeast = [](const SymbolicExpr &expression, int64_t least) {
    auto bound = expression.getLowerBound();
    return bound && *bound >= least;
  };
  auto x = a.getConstant(), y = b.getConstant();
  if (type == "Add")
    return a + b;
  if (type == "Sub")
    return a - b;
  if (type == "Mul")
    return a * b;
  if (type == "Min")
    return SymbolicExpr::min(a, b);
  if (type == "Max")
    return SymbolicExpr::max(a, b);
  if (type == "Div") {
    // ONNX truncates; on what is not negative that is the floor.
    if (x && y && *y != 0 && !(*y == -1 && *x == INT64_MIN))
      return SymbolicExpr(*x / *y);
    if (isAtLeast(a, 0) && isAtLeast(b, 0) && (!y || *y > 0))
      return SymbolicExpr::floorDiv(a, b);
    return a.exactQuotient(b);
  }
  if (type == "Mod") {
    if (x && y && *y != 0 && *y != -1)
      return SymbolicExpr(getInt(op, "fmod") ? *x % *y : floorMod(*x, *y));
    if (isAtLeast(a, 0) && y && *y > 0)
      return SymbolicExpr::mod(a, b);
    return std::nullopt;
  }
  if (type == "Equal") {
    if (auto difference = (a - b).getConstant())
      return SymbolicExpr(*difference == 0);
    if (isAtLeast(a - b, 1) || isAtLeast(b - a, 1))
      return SymbolicExpr(0);
    return std::nullopt;
  }
  if (type == "Greater" || type == "GreaterOrEqual")
    return combine(op, type == "Greater" ? "Less" : "LessOrEqual", b, a);
  if (type == "Less" || type == "LessOrEqual") {
    int64_t least = type == "Less" ? 1 : 0;
    if (isAtLeast(b - a, least))
      return SymbolicExpr(1);
    if (isAtLeast(a - b, 1 - least))
      return SymbolicExpr(0);
    return std::nullopt;
  }
  if (type == "And")
    return x && y ? std::optional(SymbolicExpr(*x && *y)) : std::nullopt;
  if (type == "Or")
    return x && y ? std::optional(SymbolicExpr(*x || *y)) : std::nullopt;
  return std::nullopt;
}

/// The elements of a slice of a vector.
static std::optional<Integers> slice(const Integers &data, int64_t start, int64_t end,
                                     int64_t step) {
  int64_t size = data.size();
  if (step == 0)
    return std::nullopt;
  auto clamp = [&](int64_t bound) {
    bound = bound < 0 ? std::max(bound, -size) + size : bound;
    return step > 0 ? std::clamp<int64_t>(bound, 0, size) : std::min<int64_t>(bound, size - 1);
  };
  Integers result;
  // A negative step runs down to one before the first element, which only a very negative end can
  // say.
  int64_t last = step < 0 && end < -size ? -1 : clamp(end);
  for (int64_t i = clamp(start); step > 0 ? i < last : i > last; i += step)
    result.push_back(data[i]);
  return result;
}

static std::optional<SymbolicExpr> reduce(StringRef type, const Integers &data) {
  if (data.empty() || llvm::is_contained(data, std::nullopt))
    return std::nullopt;
  SymbolicExpr result = *data.front();
  for (const auto &element : llvm::drop_begin(data))
    result = type == "ReduceSum"    ? result + *element
             : type == "ReduceProd" ? result * *element
             : type == "ReduceMin"  ? SymbolicExpr::min(result, *element)
                                    : SymbolicExpr::max(result, *element);
  return result;
}

std::optional<Integers> IntegerValues::compute(Operation *op, Value value) {
  StringRef type = getOpType(op);
  auto operand = [&](unsigned index) -> std::optional<Integers> {
    Value v = getOperand(op, index);
    return v ? get(v) : std::nullopt;
  };
  auto isVector = [&](unsigned index) {
    auto rank = getRank(getOperand(op, index));
    return rank && *rank <= 1;
  };
  if (type == "Constant") {
    auto ints = getConstantInts(value);
    if (!ints)
      return std::nullopt;
    return Integers(ints->begin(), ints->end());
  }
  // What follows keeps to vectors and scalars, where row-major order says it all.
  if (auto rank = getRank(value); rank && *rank > 1)
    return std::nullopt;

  if (type == "Shape") {
    auto dims = getDims(getOperand(op, 0));
    if (!dims)
      return std::nullopt;
    int64_t rank = dims->size();
    auto clamp = [&](int64_t axis) {
      return std::clamp<int64_t>(normalizeAxis(axis, rank), 0, rank);
    };
    Integers result;
    for (int64_t i = clamp(getInt(op, "start")),
                 end = op->hasAttr("end") ? clamp(getInt(op, "end")) : rank;
         i < end; ++i)
      result.push_back((*dims)[i]);
    return result;
  }
  if (type == "Size") {
    auto dims = getDims(getOperand(op, 0));
    if (!dims)
      return std::nullopt;
    SymbolicExpr product(1);
    for (const auto &dim : *dims) {
      if (!dim)
        return std::nullopt;
      product = product * *dim;
    }
    return Integers{product};
  }
  if (type == "Identity" || type == "Squeeze" || type == "Unsqueeze" || type == "Reshape" ||
      type == "Flatten")
    return operand(0);
  if (type == "Cast") {
    // Between integers, and to a boolean; a narrower type is not expected to wrap a dimension.
    auto data = operand(0);
    if (!data || !getElementType(value).isInteger(1))
      return data;
    for (auto &element : *data) {
      auto bound = element ? element->getLowerBound() : std::nullopt;
      if (element && (element->getConstant() || (bound && *bound >= 1)))
        element = SymbolicExpr(*element != SymbolicExpr(0));
      else
        element = std::nullopt;
    }
    return data;
  }
  if (type == "Concat") {
    Integers result;
    for (Value part : op->getOperands()) {
      auto data = get(part);
      if (!data)
        return std::nullopt;
      result.append(*data);
    }
    return result;
  }
  if (type == "Gather") {
    auto data = operand(0);
    auto indices = getConstants(getOperand(op, 1));
    if (!data || !indices || !isVector(0))
      return std::nullopt;
    Integers result;
    for (int64_t index : *indices) {
      index = normalizeAxis(index, data->size());
      if (index < 0 || index >= static_cast<int64_t>(data->size()))
        return std::nullopt;
      result.push_back((*data)[index]);
    }
    return result;
  }
  if (type == "Slice" && getOperand(op, 1)) {
    auto data = operand(0);
    auto starts = getConstants(getOperand(op, 1)), ends = getConstants(getOperand(op, 2));
    auto steps = getOperand(op, 4) ? getConstants(getOperand(op, 4)) : SmallVector<int64_t>{1};
    if (!data || !starts || !ends || !steps || starts->size() != 1 || ends->size() != 1 ||
        steps->size() != 1)
      return std::nullopt;
    return slice(*data, starts->front(), ends->front(), steps->front());
  }
  if (type == "Split") {
    auto data = operand(0);
    if (!data)
      return std::nullopt;
    int64_t start = 0;
    for (Value part : op->getResults()) {
      auto length = getNumElements(part);
      if (!length || start + *length > static_cast<int64_t>(data->size()))
        return std::nullopt;
      if (part == value)
        return Integers(data->begin() + start, data->begin() + start + *length);
      start += *length;
    }
    return std::nullopt;
  }
  if (type == "Where") {
    auto condition = operand(0), x = operand(1), y = operand(2);
    if (!condition || !x || !y)
      return std::nullopt;
    size_t size = std::max({condition->size(), x->size(), y->size()});
    Integers result;
    for (size_t i = 0; i < size; ++i) {
      auto at = [&](const Integers &data) { return data.size() == 1 ? data[0] : data[i]; };
      if ((condition->size() != 1 && condition->size() != size) ||
          (x->size() != 1 && x->size() != size) || (y->size() != 1 && y->size() != size))
        return std::nullopt;
      auto decided = at(*condition) ? at(*condition)->getConstant() : std::nullopt;
      if (decided)
        result.push_back(*decided ? at(*x) : at(*y));
      else
        result.push_back(at(*x) == at(*y) ? at(*x) : std::nullopt);
    }
    return result;
  }
  if (type == "ConstantOfShape") {
    auto shape = getConstants(getOperand(op, 0));
    int64_t fill = 0;
    if (auto attribute = op->getAttrOfType<TypedAttr>("value")) {
      auto elements = readElements(attribute, op->getLoc(), 1);
      if (!elements || elements->isFloat)
        return std::nullopt;
      fill = elements->ints[0];
    }
    int64_t size = 1;
    for (int64_t dim : shape ? *shape : SmallVector<int64_t>{-1})
      size = dim < 0 || dim > static_cast<int64_t>(maxElements) ? -1 : size * dim;
    if (size < 0 || size > static_cast<int64_t>(maxElements))
      return std::nullopt;
    return Integers(size, std::optional(SymbolicExpr(fill)));
  }
  if (type == "Expand") {
    auto data = operand(0);
    auto size = getNumElements(value);
    if (data && size && data->size() == 1 && *size <= static_cast<int64_t>(maxElements))
      return Integers(*size, data->front());
    return data && size && *size == static_cast<int64_t>(data->size()) ? data : std::nullopt;
  }
  if (type == "Range") {
    auto start = getConstants(getOperand(op, 0)), limit = getConstants(getOperand(op, 1)),
         delta = getConstants(getOperand(op, 2));
    if (!start || !limit || !delta || start->size() != 1 || limit->size() != 1 ||
        delta->size() != 1 || delta->front() == 0)
      return std::nullopt;
    Integers result;
    for (int64_t i = start->front(); delta->front() > 0 ? i < limit->front() : i > limit->front();
         i += delta->front()) {
      if (result.size() > maxElements)
        return std::nullopt;
      result.push_back(SymbolicExpr(i));
    }
    return result;
  }
  if (type == "ReduceSum" || type == "ReduceProd" || type == "ReduceMin" || type == "ReduceMax") {
    auto data = operand(0);
    return data && isVector(0) ? std::optional(Integers{reduce(type, *data)}) : std::nullopt;
  }
  if (type == "Neg" || type == "Abs" || type == "Not") {
    auto data = operand(0);
    if (!data)
      return std::nullopt;
    for (auto &element : *data) {
      if (!element)
        continue;
      auto constant = element->getConstant(), bound = element->getLowerBound();
      if (type == "Neg")
        element = SymbolicExpr(0) - *element;
      else if (type == "Not" && constant)
        element = SymbolicExpr(*constant == 0);
      else if (type == "Abs" && constant)
        element = SymbolicExpr(std::abs(*constant));
      else if (type == "Not" || !bound || *bound < 0)
        element = std::nullopt;
    }
    return data;
  }
  static constexpr StringRef binary[] = {"Add",  "Sub",         "Mul",     "Div",
                                         "Mod",  "Min",         "Max",     "Equal",
                                         "Less", "LessOrEqual", "Greater", "GreaterOrEqual",
                                         "And",  "Or"};
  if (op->getNumOperands() == 2 && llvm::is_contained(binary, type)) {
    auto a = get(op->getOperand(0)), b = get(op->getOperand(1));
    if (!a || !b || a->empty() || b->empty() ||
        (a->size() != b->size() && a->size() != 1 && b->size() != 1))
      return std::nullopt;
    Integers result;
    for (size_t i = 0, size = std::max(a->size(), b->size()); i < size; ++i) {
      const auto &x = (*a)[a->size() == 1 ? 0 : i], &y = (*b)[b->size() == 1 ? 0 : i];
      result.push_back(x && y ? combine(op, type, *x, *y) : std::nullopt);
    }
    return result;
  }
  return std::nullopt;
}

} // namespace azulejo::graph
