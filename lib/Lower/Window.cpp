#include "lib/Lower/Window.h"

using namespace mlir;

namespace azulejo::lower {

static SmallVector<int64_t> getInts(Operation *op, StringRef name, ArrayRef<int64_t> otherwise) {
  if (auto attribute = op->getAttrOfType<DenseI64ArrayAttr>(name))
    return llvm::to_vector(attribute.asArrayRef());
  return llvm::to_vector(otherwise);
}

Window Window::get(Operation *op, Value x, Value weights, Lowering &b) {
  Window window;
  if (auto shape = op->getAttrOfType<DenseI64ArrayAttr>("kernel_shape"))
    for (int64_t size : shape.asArrayRef())
      window.kernel.push_back(b.getIndexAttr(size));
  else
    llvm::append_range(window.kernel, llvm::drop_begin(b.getSizes(weights), 2));
  unsigned rank = window.kernel.size();
  SmallVector<int64_t> ones(rank, 1), zeros(2 * rank, 0);
  window.strides = getInts(op, "strides", ones);
  window.dilations = getInts(op, "dilations", ones);
  SmallVector<int64_t> pads = getInts(op, "pads", zeros);
  auto autoPad = op->getAttrOfType<StringAttr>("auto_pad");
  bool same = autoPad && autoPad.getValue().starts_with("SAME");
  if (autoPad && autoPad.getValue() == "VALID")
    pads = zeros;
  for (unsigned i = 0; i < rank; ++i) {
    if (!same) {
      window.begin.push_back(b.getIndexAttr(pads[i]));
      window.end.push_back(b.getIndexAttr(pads[i + rank]));
      continue;
    }
    OpFoldResult size = b.getSize(x, i + 2), stride = b.getIndexAttr(window.strides[i]);
    OpFoldResult covered =
        b.add(b.mul(b.sub(b.ceilDiv(size, stride), b.getIndexAttr(1)), stride), window.span(i, b));
    OpFoldResult total = b.max(b.sub(covered, size), b.getIndexAttr(0));
    OpFoldResult half = b.div(total, b.getIndexAttr(2)), rest = b.sub(total, half);
    bool lower = autoPad.getValue() == "SAME_LOWER";
    window.begin.push_back(lower ? rest : half);
    window.end.push_back(lower ? half : rest);
  }
  return window;
}

OpFoldResult Window::span(unsigned dim, Lowering &b) const {
  OpFoldResult one = b.getIndexAttr(1), gap = b.getIndexAttr(dilations[dim]);
  return b.add(b.mul(gap, b.sub(kernel[dim], one)), one);
}

OpFoldResult Window::positions(unsigned dim, OpFoldResult size, bool ceil, Lowering &b) const {
  OpFoldResult padded = b.add(size, b.add(begin[dim], end[dim])),
               stride = b.getIndexAttr(strides[dim]);
  OpFoldResult room = b.sub(padded, span(dim, b));
  OpFoldResult count =
      b.add(ceil ? b.ceilDiv(room, stride) : b.div(room, stride), b.getIndexAttr(1));
  if (!ceil)
    return count;
  // A last window that would start in the padding after the input is left out.
  OpFoldResult inside = b.ceilDiv(b.add(size, begin[dim]), stride);
  return b.min(count, inside);
}

std::optional<SmallVector<int64_t>> Window::staticPads() const {
  SmallVector<int64_t> pads;
  for (ArrayRef<OpFoldResult> side : {ArrayRef<OpFoldResult>(begin), ArrayRef<OpFoldResult>(end)})
    for (OpFoldResult pad : side) {
      std::optional<int64_t> value = getConstantIntValue(pad);
      if (!value)
        return std::nullopt;
      pads.push_back(*value);
    }
  return pads;
}

} // namespace azulejo::lower
