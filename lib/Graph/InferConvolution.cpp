//===- InferConvolution.cpp - Shapes of what slides a window, and of Resize -------------------===//
#include "lib/Graph/Constants.h"
#include "lib/Graph/ShapeRules.h"
#include <cmath>

using namespace mlir;
using azulejo::onnx::SymbolicExpr;

namespace azulejo::graph {
namespace {

/// Attributes of a sliding window, defaults filled in; nothing where the kernel's size is not
/// known.
struct Window {
  SmallVector<int64_t> kernel, strides, dilations, pads;
  StringRef autoPad;
};

std::optional<Window> getWindow(Operation *op, size_t rank) {
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

Dim getWindowCount(const Dim &size, const Window &window, size_t i, bool ceilMode) {
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

std::optional<Dims> inferWindowed(Operation *op, unsigned, IntegerValues &) {
  StringRef type = getOpType(op);
  auto data = getDims(getOperand(op, 0));
  if (!data || data->size() < 2)
    return std::nullopt;
  auto window = getWindow(op, data->size() - 2);
  // The rank is the data's, whatever the window is.
  if (!window)
    return Dims(data->size(), std::nullopt);
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
Dim scaleDim(const Dim &size, double scale) {
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

std::optional<Dims> inferResize(Operation *op, unsigned, IntegerValues &values) {
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

} // namespace

void addConvolutionShapeRules(ShapeRules &rules) {
  for (StringRef opType :
       {"Conv", "ConvInteger", "ConvTranspose", "AveragePool", "LpPool", "MaxPool"})
    rules[opType] = inferWindowed;
  rules["Resize"] = inferResize;
}

} // namespace azulejo::graph
