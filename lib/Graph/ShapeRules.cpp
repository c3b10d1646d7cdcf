//===- ShapeRules.cpp - Shapes of results where dimensions are symbols ------------------------===//
//
// ONNX's inference computes with numbers, and gives up on `2*seq`. These are its formulas over
// expressions. Where they need a value that is not known the dimension stays unknown, never the
// rank.
//
//===------------------------------------------------------------------------------------------===//
#include "lib/Graph/Constants.h"
#include "lib/Graph/Inference.h"
#include "llvm/ADT/StringSwitch.h"
#include <cmath>

using namespace mlir;
using azulejo::onnx::SymbolicExpr;

namespace azulejo::graph {

using Dim = std::optional<SymbolicExpr>;

template <typename Combine> static Dim lift(const Dim &a, const Dim &b, Combine combine) {
  return a && b ? Dim(combine(*a, *b)) : std::nullopt;
}
static Dim add(const Dim &a, const Dim &b) {
  return lift(a, b, [](const SymbolicExpr &x, const SymbolicExpr &y) { return x + y; });
}
static Dim mul(const Dim &a, const Dim &b) {
  return lift(a, b, [](const SymbolicExpr &x, const SymbolicExpr &y) { return x * y; });
}
static Dim product(ArrayRef<Dim> dims) {
  Dim result = SymbolicExpr(1);
  for (const Dim &dim : dims)
    result = mul(result, dim);
  return result;
}

/// Whether `y` is the smaller of `x` and something else: a table of 512 positions cut to `seq` of
/// them has min(512, seq).
static bool isBoundedBy(const SymbolicExpr &y, const SymbolicExpr &x) {
  bool bounded = false;
  y.visit<SymbolicExpr>(
      [](int64_t constant) { return SymbolicExpr(constant); },
      [](StringRef name) { return SymbolicExpr::symbol(name); },
      [&](char kind, SymbolicExpr a, SymbolicExpr b) {
        if (kind == 'm' && (a == x || b == x) && SymbolicExpr::min(a, b) == y)
          bounded = true;
        // Only the outermost function matters, and any other value will do for the rest.
        return kind == 'm' ? SymbolicExpr::min(a, b) : kind == '+' ? a + b : a * b;
      });
  return bounded;
}

static Dim broadcastDim(const Dim &x, const Dim &y) {
  auto constant = [](const Dim &dim) { return dim ? dim->getConstant() : std::nullopt; };
  if (x && y && *x == *y)
    return x;
  if (constant(x) && *constant(x) != 1)
    return x;
  if (constant(y) && *constant(y) != 1)
    return y;
  if (constant(x))
    return y;
  if (constant(y))
    return x;
  if (x && y && (isBoundedBy(*y, *x) || isBoundedBy(*x, *y)))
    return isBoundedBy(*y, *x) ? x : y;
  // Either may turn out to be 1. The larger is the result.
  return lift(x, y,
              [](const SymbolicExpr &a, const SymbolicExpr &b) { return SymbolicExpr::max(a, b); });
}

std::optional<Dims> broadcastDims(const Dims &a, const Dims &b) {
  Dims result(std::max(a.size(), b.size()));
  for (size_t i = 0; i < result.size(); ++i) {
    // Counted from the last dimension.
    bool inA = i < a.size(), inB = i < b.size();
    Dim &dim = result[result.size() - 1 - i];
    if (inA && inB)
      dim = broadcastDim(a[a.size() - 1 - i], b[b.size() - 1 - i]);
    else
      dim = inA ? a[a.size() - 1 - i] : b[b.size() - 1 - i];
  }
  return result;
}

static std::optional<Dims> broadcastOperands(Operation *op) {
  std::optional<Dims> result;
  for (Value operand : op->getOperands()) {
    auto dims = getDims(operand);
    if (!dims)
      return std::nullopt;
    result = result ? broadcastDims(*result, *dims) : dims;
  }
  return result;
}

//===------------------------------------------------------------------------------------------===//
// Windows
//===------------------------------------------------------------------------------------------===//

/// Attributes of a sliding window, defaults filled in; nothing where the kernel's size is not
/// known.
struct Window {
  SmallVector<int64_t> kernel, strides, dilations, pads;
  StringRef autoPad;
};

static std::optional<Window> getWindow(Operation *op, size_t rank) {
  Window window;
  if (auto kernel = getInts(op, "kernel_shape")) {
    window.kernel = *kernel;
  } else if (auto weight = getDims(getOperand(op, 1))) {
    for (const Dim &dim : ArrayRef(*weight).drop_front(std::min<size_t>(2, weight->size()))) {
      auto size = dim ? dim->getConstant() : std::nullopt;
      if (!size)
        return std::nullopt;
      window.kernel.push_back(*size);
    }
  }
  window.strides = getInts(op, "strides").value_or(SmallVector<int64_t>(rank, 1));
  window.dilations = getInts(op, "dilations").value_or(SmallVector<int64_t>(rank, 1));
  window.pads = getInts(op, "pads").value_or(SmallVector<int64_t>(2 * rank, 0));
  window.autoPad = getString(op, "auto_pad");
  if (window.kernel.size() != rank || window.strides.size() != rank ||
      window.dilations.size() != rank || window.pads.size() != 2 * rank ||
      llvm::any_of(window.strides, [](int64_t stride) { return stride <= 0; }))
    return std::nullopt;
  return window;
}

static Dim getWindowCount(const Dim &size, const Window &window, size_t i, bool ceilMode) {
  if (!size)
    return std::nullopt;
  int64_t stride = window.strides[i], extent = (window.kernel[i] - 1) * window.dilations[i] + 1;
  if (window.autoPad.starts_with("SAME"))
    return SymbolicExpr::ceilDiv(*size, stride);
  int64_t begin = window.pads[i], end = window.pads[i + window.kernel.size()];
  if (window.autoPad == "VALID")
    begin = end = 0;
  SymbolicExpr room = *size + SymbolicExpr(begin + end - extent);
  if (!ceilMode)
    return SymbolicExpr::floorDiv(room, stride) + SymbolicExpr(1);
  // Rounded up, but a window that would begin in the padding behind the data is left out.
  SymbolicExpr lastStart = *size + SymbolicExpr(begin - 1);
  return SymbolicExpr::min(SymbolicExpr::ceilDiv(room, stride),
                           SymbolicExpr::floorDiv(lastStart, stride)) +
         SymbolicExpr(1);
}

static std::optional<Dims> inferWindowed(Operation *op, StringRef type) {
  auto data = getDims(getOperand(op, 0));
  if (!data || data->size() < 2)
    return std::nullopt;
  auto window = getWindow(op, data->size() - 2);
  if (!window)
    return std::nullopt;
  Dims result = {(*data)[0], (*data)[1]};
  if (type.starts_with("Conv")) {
    auto weight = getDims(getOperand(op, 1));
    if (!weight || weight->size() != data->size())
      return std::nullopt;
    result[1] = type == "ConvTranspose" ? mul((*weight)[1], SymbolicExpr(getInt(op, "group")))
                                        : (*weight)[0];
  }
  bool ceilMode = !type.starts_with("Conv") && getInt(op, "ceil_mode") != 0;
  auto outputPadding = getInts(op, "output_padding"), outputShape = getInts(op, "output_shape");
  for (size_t i = 0, rank = window->kernel.size(); i < rank; ++i) {
    const Dim &size = (*data)[i + 2];
    if (type != "ConvTranspose") {
      result.push_back(getWindowCount(size, *window, i, ceilMode));
      continue;
    }
    if (outputShape && outputShape->size() >= rank) {
      result.push_back(SymbolicExpr((*outputShape)[outputShape->size() - rank + i]));
    } else if (!size) {
      result.push_back(std::nullopt);
    } else if (window->autoPad.starts_with("SAME")) {
      result.push_back(*size * SymbolicExpr(window->strides[i]));
    } else {
      int64_t pads = window->autoPad == "VALID" ? 0 : window->pads[i] + window->pads[i + rank];
      int64_t extent = (window->kernel[i] - 1) * window->dilations[i] + 1;
      int64_t extra = outputPadding && i < outputPadding->size() ? (*outputPadding)[i] : 0;
      result.push_back((*size - SymbolicExpr(1)) * SymbolicExpr(window->strides[i]) +
                       SymbolicExpr(extent + extra - pads));
    }
  }
  return result;
}

/// `floor(size * scale)`, where the scale is a fraction with a small denominator.
static Dim scaleDim(const Dim &size, double scale) {
  if (!size || !(scale > 0))
    return std::nullopt;
  if (auto constant = size->getConstant())
    return SymbolicExpr(static_cast<int64_t>(
        std::floor(static_cast<float>(*constant) * static_cast<float>(scale))));
  for (int64_t denominator = 1; denominator <= 16; ++denominator) {
    double numerator = scale * denominator;
    if (numerator == std::floor(numerator) && numerator < 1e9)
      return SymbolicExpr::floorDiv(*size * SymbolicExpr(static_cast<int64_t>(numerator)),
                                    denominator);
  }
  return std::nullopt;
}

static std::optional<Dims> inferResize(Operation *op, IntegerValues &values) {
  auto data = getDims(getOperand(op, 0));
  if (!data || getString(op, "keep_aspect_ratio_policy") != "stretch")
    return std::nullopt;
  SmallVector<int64_t> axes =
      getInts(op, "axes").value_or(llvm::to_vector(llvm::seq<int64_t>(0, data->size())));
  Dims result = *data;
  auto sizes = getOperand(op, 3) ? values.get(getOperand(op, 3)) : std::nullopt;
  auto scales = getOperand(op, 2) ? readElements(getOperand(op, 2)) : std::nullopt;
  for (auto [i, axis] : llvm::enumerate(axes)) {
    axis = normalizeAxis(axis, data->size());
    if (axis < 0 || axis >= static_cast<int64_t>(data->size()))
      return std::nullopt;
    if (sizes && i < sizes->size())
      result[axis] = (*sizes)[i];
    else if (!getOperand(op, 3) && scales && i < scales->size())
      result[axis] = scaleDim((*data)[axis], scales->asDouble(i));
    else
      result[axis] = std::nullopt;
  }
  return result;
}

//===------------------------------------------------------------------------------------------===//
// Movement
//===------------------------------------------------------------------------------------------===//

static std::optional<Dims> inferReshape(Operation *op, IntegerValues &values) {
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
static Dim clampBound(const Dim &bound, const SymbolicExpr &size) {
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

static Dim sliceDim(const Dim &size, const Dim &start, const Dim &end, int64_t step) {
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

static std::optional<Dims> inferSlice(Operation *op, IntegerValues &values) {
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

static std::optional<Dims> inferPad(Operation *op, IntegerValues &values) {
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

static std::optional<Dims> inferConcat(Operation *op) {
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

static std::optional<Dims> inferSplit(Operation *op, unsigned index, IntegerValues &values) {
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

//===------------------------------------------------------------------------------------------===//
// The rest
//===------------------------------------------------------------------------------------------===//

static std::optional<Dims> inferMatMul(Operation *op) {
  auto a = getDims(getOperand(op, 0)), b = getDims(getOperand(op, 1));
  if (!a || !b || a->empty() || b->empty())
    return std::nullopt;
  Dims batchA(a->begin(), a->end() - std::min<size_t>(2, a->size())),
      batchB(b->begin(), b->end() - std::min<size_t>(2, b->size()));
  Dims result = *broadcastDims(batchA, batchB);
  if (a->size() > 1)
    result.push_back((*a)[a->size() - 2]);
  if (b->size() > 1)
    result.push_back(b->back());
  return result;
}

static std::optional<Dims> inferAttention(Operation *op, unsigned index) {
  auto q = getDims(getOperand(op, 0)), k = getDims(getOperand(op, 1)),
       v = getDims(getOperand(op, 2));
  if (!q || !k || !v || q->size() != k->size() || k->size() != v->size())
    return std::nullopt;
  auto pastKey = getOperand(op, 4) ? getDims(getOperand(op, 4)) : std::nullopt;
  if (getOperand(op, 4) && (!pastKey || pastKey->size() != 4))
    return std::nullopt;
  bool packed = q->size() == 3;
  if (!packed && q->size() != 4)
    return std::nullopt;
  Dim batch = (*q)[0], length = packed ? (*q)[1] : (*q)[2];
  Dim queryHeads = packed ? Dim(SymbolicExpr(getInt(op, "q_num_heads"))) : (*q)[1];
  Dim keyHeads = packed ? Dim(SymbolicExpr(getInt(op, "kv_num_heads"))) : (*k)[1];
  auto headSize = [&](const Dims &dims) -> Dim {
    if (!packed)
      return dims[3];
    auto heads = keyHeads->getConstant();
    return heads && *heads > 0 && dims[2] ? Dim(SymbolicExpr::floorDiv(*dims[2], *heads))
                                          : std::nullopt;
  };
  Dim total = packed ? (*k)[1] : (*k)[2];
  if (pastKey)
    total = add((*pastKey)[2], total);
  switch (index) {
  case 0:
    return packed ? Dims{batch, length, mul(queryHeads, headSize(*v))}
                  : Dims{batch, queryHeads, length, headSize(*v)};
  case 1:
    return Dims{batch, keyHeads, total, headSize(*k)};
  case 2:
    return Dims{batch, keyHeads, total, headSize(*v)};
  default:
    return Dims{batch, queryHeads, length, total};
  }
}

static std::optional<Dims> inferBlocks(Operation *op, bool toDepth) {
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

static std::optional<Dims> getValues(Value shape, IntegerValues &values) {
  auto elements = values.get(shape);
  return elements ? std::optional(Dims(elements->begin(), elements->end())) : std::nullopt;
}

static std::optional<Dims> inferRange(Operation *op, IntegerValues &values) {
  auto start = values.getScalar(getOperand(op, 0)), limit = values.getScalar(getOperand(op, 1)),
       delta = values.getScalar(getOperand(op, 2));
  auto step = delta ? delta->getConstant() : std::nullopt;
  if (!start || !limit || !step || *step == 0)
    return std::nullopt;
  SymbolicExpr distance = *step > 0 ? *limit - *start : *start - *limit;
  return Dims{SymbolicExpr::max(SymbolicExpr::ceilDiv(distance, std::abs(*step)), SymbolicExpr(0))};
}

static std::optional<Dims> inferReduction(Operation *op, IntegerValues &values) {
  auto data = getDims(getOperand(op, 0));
  if (!data)
    return std::nullopt;
  bool keep = getInt(op, "keepdims") != 0;
  Value axesOperand = getOperand(op, 1);
  auto axes = axesOperand ? values.getConstants(axesOperand) : SmallVector<int64_t>();
  if (!axes) {
    // Which axes go is not known, but how many; none named are all of them.
    auto count = getNumElements(axesOperand);
    if (keep || !count || *count > static_cast<int64_t>(data->size()))
      return keep ? std::optional(Dims(data->size(), std::nullopt)) : std::nullopt;
    bool all = *count == 0 && !getInt(op, "noop_with_empty_axes");
    return Dims(all ? 0 : data->size() - *count, std::nullopt);
  }
  if (axes->empty() && getInt(op, "noop_with_empty_axes"))
    return data;
  Dims result;
  for (auto [i, dim] : llvm::enumerate(*data)) {
    bool reduced = axes->empty() || llvm::any_of(*axes, [&, i = i](int64_t axis) {
                     return normalizeAxis(axis, data->size()) == static_cast<int64_t>(i);
                   });
    if (!reduced)
      result.push_back(dim);
    else if (keep)
      result.push_back(SymbolicExpr(1));
  }
  return result;
}

std::optional<Dims> inferDims(Operation *op, unsigned index, IntegerValues &values) {
  StringRef type = getOpType(op);
  if (type == "Split")
    return inferSplit(op, index, values);
  if (type == "Attention")
    return inferAttention(op, index);
  if (type == "MaxPool")
    return inferWindowed(op, type);
  auto data = op->getNumOperands() ? getDims(op->getOperand(0)) : std::nullopt;
  if (type == "TopK") {
    auto k = values.getScalar(getOperand(op, 1));
    if (!data || data->empty())
      return std::nullopt;
    (*data)[normalizeAxis(getInt(op, "axis"), data->size())] = k ? Dim(*k) : std::nullopt;
    return data;
  }
  if (index != 0)
    return std::nullopt;

  static constexpr StringRef elementwise[] = {"Add",       "Sub",
                                              "Mul",       "Div",
                                              "Mod",       "Pow",
                                              "Min",       "Max",
                                              "Sum",       "Mean",
                                              "And",       "Or",
                                              "Xor",       "BitwiseAnd",
                                              "BitwiseOr", "BitwiseXor",
                                              "BitShift",  "Equal",
                                              "Less",      "LessOrEqual",
                                              "Greater",   "GreaterOrEqual",
                                              "Where"};
  if (llvm::is_contained(elementwise, type))
    return broadcastOperands(op);
  if (type == "PRelu" || type == "Identity" || type == "Cast" || type == "Dropout" ||
      type == "Clip")
    return data;
  if (type == "Conv" || type == "ConvInteger" || type == "ConvTranspose" || type == "AveragePool" ||
      type == "LpPool")
    return inferWindowed(op, type);
  if (type == "MatMul" || type == "MatMulInteger")
    return inferMatMul(op);
  if (type == "Reshape")
    return inferReshape(op, values);
  if (type == "Slice")
    return inferSlice(op, values);
  if (type == "Pad")
    return inferPad(op, values);
  if (type == "Concat")
    return inferConcat(op);
  if (type == "Resize")
    return inferResize(op, values);
  if (type == "Range")
    return inferRange(op, values);
  if (type == "ConstantOfShape")
    return getValues(getOperand(op, 0), values);
  if (type == "DepthToSpace" || type == "SpaceToDepth")
    return inferBlocks(op, type == "SpaceToDepth");
  if (type == "ReduceSum" || type == "ReduceMean" || type == "ReduceMax" || type == "ReduceMin" ||
      type == "ReduceProd")
    return inferReduction(op, values);
  if (type == "Squeeze" || type == "Unsqueeze") {
    auto count = getNumElements(getOperand(op, 1));
    if (!data || !count || values.getConstants(getOperand(op, 1)))
      return std::nullopt;
    int64_t rank = data->size() + (type == "Squeeze" ? -*count : *count);
    return rank >= 0 ? std::optional(Dims(rank, std::nullopt)) : std::nullopt;
  }
  if (type == "Expand") {
    auto shape = getValues(getOperand(op, 1), values);
    return data && shape ? broadcastDims(*data, *shape) : std::nullopt;
  }
  if (type == "Tile") {
    auto repeats = getValues(getOperand(op, 1), values);
    if (!data)
      return std::nullopt;
    for (auto [i, dim] : llvm::enumerate(*data))
      dim = repeats && i < repeats->size() ? mul(dim, (*repeats)[i]) : std::nullopt;
    return data;
  }
  if (type == "Flatten") {
    if (!data)
      return std::nullopt;
    size_t axis = normalizeAxis(getInt(op, "axis"), data->size());
    if (axis > data->size())
      return std::nullopt;
    return Dims{product(ArrayRef(*data).take_front(axis)),
                product(ArrayRef(*data).drop_front(axis))};
  }
  if (type == "OneHot") {
    auto depth = values.getScalar(getOperand(op, 1));
    if (!data)
      return std::nullopt;
    data->insert(data->begin() + normalizeAxis(getInt(op, "axis"), data->size() + 1),
                 depth ? Dim(*depth) : std::nullopt);
    return data;
  }
  if (type == "RandomUniformLike" || type == "RandomNormalLike" || type == "EyeLike")
    return data;
  return std::nullopt;
}

} // namespace azulejo::graph
