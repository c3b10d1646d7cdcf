//===- DeduceSizes.cpp - azulejo-deduce-sizes -------------------------------------------------===//
//
// A list of sizes has as many elements as the result has dimensions, and a list of axes as many as
// a reduction drops. ONNX's inference goes from the list to the rank, and fails where the list's
// length is a symbol; this goes from the rank, which models declare, to the list. So it does from
// attributes to the sizes of weights.
//
//===------------------------------------------------------------------------------------------===//
#include "dialects/ONNX/Schema.h"
#include "lib/Graph/Nodes.h"
#include "lib/Graph/Passes.h"
#include "lib/Graph/Symbols.h"
#include "onnx/defs/schema.h"

namespace azulejo::graph {
#define GEN_PASS_DEF_DEDUCESIZES
#include "lib/Graph/Passes.h.inc"
} // namespace azulejo::graph

using namespace mlir;

namespace azulejo::graph {
namespace {

using Size = std::optional<int64_t>;

/// How long a list must be for the node's result to have the rank it has; nothing where that does
/// not say.
Size getLength(Operation *op, unsigned operand) {
  StringRef type = getOpType(op);
  Size in = op->getNumOperands() ? getRank(op->getOperand(0)) : std::nullopt,
       out = op->getNumResults() ? getRank(op->getResult(0)) : std::nullopt;
  auto dropped = [&]() -> Size {
    return in && out ? std::optional(std::abs(*in - *out)) : std::nullopt;
  };
  auto axes = getInts(op, "axes");
  if (type == "ConstantOfShape")
    return out;
  if (type == "Split" && operand == 1)
    return op->getNumResults();
  if (type == "AffineGrid" && operand == 1)
    return out;
  if (type == "Reshape" && operand == 1)
    return out;
  // A shape may be shorter than the data's, and then does not say how long it is.
  if (type == "Expand" && operand == 1)
    return in && out && *in < *out ? out : std::nullopt;
  if (type == "Tile" && operand == 1)
    return in;
  if (type == "CenterCropPad" && operand == 1)
    return axes ? std::optional<int64_t>(axes->size()) : in;
  if (type == "Pad" && operand == 1 && in && !getOperand(op, 3))
    return 2 * *in;
  if (type == "Col2Im" && (operand == 1 || operand == 2) && out)
    return *out - 2;
  if (type == "Resize" && operand >= 1) {
    auto count = axes ? std::optional<int64_t>(axes->size()) : in;
    return operand == 1 && count ? std::optional(2 * *count) : count;
  }
  if ((type == "Squeeze" || type == "Unsqueeze") && operand == 1)
    return dropped();
  // Without axes all are reduced, so none left says nothing of the list.
  if (type.starts_with("Reduce") && operand == 1 && getInt(op, "keepdims") == 0 && out && *out > 0)
    return dropped();
  return std::nullopt;
}

/// Weights of convolutions: (output channels, input channels, kernel...).
Size getKernelSize(Operation *op, unsigned operand, size_t dim) {
  auto kernel = getInts(op, "kernel_shape");
  unsigned weights = isNode(op, "QLinearConv") ? 3 : 1;
  if (!kernel || operand != weights || dim < 2 || dim - 2 >= kernel->size())
    return std::nullopt;
  return (*kernel)[dim - 2];
}

/// X (steps, batch, ...), W (directions, gates * hidden, ...), R (directions, gates * hidden,
/// hidden) and B (directions, 2 * gates * hidden).
Size getRecurrentSize(Operation *op, unsigned operand, size_t dim) {
  int64_t gates = isNode(op, "LSTM") ? 4 : isNode(op, "GRU") ? 3 : 1;
  if (operand < 1 || operand > 3)
    return std::nullopt;
  if (dim == 0)
    return getString(op, "direction") == "bidirectional" ? 2 : 1;
  if (!op->hasAttr("hidden_size"))
    return std::nullopt;
  int64_t hidden = getInt(op, "hidden_size");
  if (dim == 1)
    return (operand == 3 ? 2 : 1) * gates * hidden;
  return operand == 2 ? Size(hidden) : std::nullopt;
}

Size getSize(Operation *op, unsigned operand, const Dims &dims, size_t dim) {
  if (isAnyNode(op, {"Conv", "ConvTranspose", "ConvInteger", "QLinearConv", "DeformConv"}))
    return getKernelSize(op, operand, dim);
  if (isAnyNode(op, {"LSTM", "GRU", "RNN"}))
    return getRecurrentSize(op, operand, dim);
  return dims.size() == 1 ? getLength(op, operand) : std::nullopt;
}

struct DeduceSizes : impl::DeduceSizesBase<DeduceSizes> {
  void runOnOperation() override {
    func::FuncOp function = getOperation();
    if (function.isDeclaration())
      return;
    llvm::StringMap<int64_t> sizes;
    for (BlockArgument argument : function.getArguments()) {
      auto dims = getDims(argument);
      for (size_t i = 0; dims && i < dims->size(); ++i) {
        // Only what is a symbol and no more.
        if (const auto &dim = (*dims)[i];
            !dim || dim->getConstant() || !onnx::SymbolicExpr::isSymbolName(dim->str()))
          continue;
        for (Operation *user : argument.getUsers()) {
          const auto *schema = onnx::getSchema(user->getName());
          // Formal operands: those that are absent count.
          for (size_t formal = 0; schema && formal < schema->inputs().size(); ++formal)
            if (getOperand(user, formal) == argument)
              if (Size size = getSize(user, formal, *dims, i); size && *size >= 0)
                sizes.try_emplace((*dims)[i]->str(), *size);
        }
      }
    }
    if (sizes.empty())
      return;
    substituteSymbols(function, sizes);
    updateSignature(function);
  }
};

} // namespace
} // namespace azulejo::graph
