//===- DecomposeContraction.cpp - Gemm, quantised matmul and Einsum down to MatMul ------------===//
#include "lib/Graph/Constants.h"
#include "lib/Graph/Decompositions.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;

namespace azulejo::graph {
namespace {

LogicalResult decomposeGemm(Operation *op, NodeBuilder &build) {
  auto side = [&](unsigned index, StringRef flag) {
    Value operand = getOperand(op, index);
    return getInt(op, flag) ? transpose(build, operand, {1, 0}) : operand;
  };
  Value a = side(0, "transA"), b = side(1, "transB"), c = getOperand(op, 2);
  auto scaled = [&](Value value, float factor) {
    return factor == 1 ? value
                       : build.node("Mul", {value, build.scalar(factor, getElementType(value))});
  };
  Value result = scaled(build.node("MatMul", {a, b}), getFloat(op, "alpha"));
  if (c)
    result = build.node("Add", {result, scaled(c, getFloat(op, "beta"))});
  replaceNode(op, result);
  return success();
}

/// A vector on the left is a row, on the right a column; both go again from the result.
LogicalResult decomposeVectorMatMul(Operation *op, NodeBuilder &build) {
  SmallVector<Value> operands;
  for (unsigned i = 0; i < (isNode(op, "MatMul") ? 2 : 4); ++i)
    operands.push_back(getOperand(op, i));
  auto rankA = getRank(operands[0]), rankB = getRank(operands[1]);
  if (!rankA || !rankB || (*rankA > 1 && *rankB > 1))
    return failure();
  SmallVector<int64_t> dropped;
  if (*rankA == 1) {
    operands[0] = build.node("Unsqueeze", {operands[0], build.ints(0)});
    dropped.push_back(-2);
  }
  if (*rankB == 1) {
    operands[1] = build.node("Unsqueeze", {operands[1], build.ints(1)});
    dropped.push_back(-1);
  }
  Value result = build.node(getOpType(op), operands);
  int64_t rank = *getRank(result);
  for (int64_t &axis : dropped)
    axis += rank;
  replaceNode(op, build.node("Squeeze", {result, build.ints(dropped)}));
  return success();
}

/// A scale or zero point that is one a row of the left operand, as a column.
Value asColumn(NodeBuilder &build, Value value) {
  auto rank = getRank(value);
  return rank && *rank == 1 && getNumElements(value) != 1
             ? build.node("Unsqueeze", {value, build.ints(1)})
             : value;
}

bool isByte(Value value) {
  Type type = getElementType(value);
  return type && type.isInteger(8);
}

/// Exact integers, one multiplication, and the rounding that QuantizeLinear does.
LogicalResult decomposeQLinearMatMul(Operation *op, NodeBuilder &build) {
  Value a = op->getOperand(0), scaleA = op->getOperand(1), zeroA = op->getOperand(2),
        b = op->getOperand(3), scaleB = op->getOperand(4), zeroB = op->getOperand(5),
        scaleY = op->getOperand(6), zeroY = op->getOperand(7);
  if (!isByte(a) || !isByte(b))
    return failure();
  Type type = build.builder.getF32Type();
  Value product = cast(build, build.node("MatMulInteger", {a, b, zeroA, zeroB}), type);
  Value scale =
      build.node("Mul", {asColumn(build, cast(build, scaleA, type)), cast(build, scaleB, type)});
  replaceNode(op, build.node("QuantizeLinear", {build.node("Mul", {product, scale}),
                                                cast(build, scaleY, type), zeroY}));
  return success();
}

LogicalResult decomposeQLinearConv(Operation *op, NodeBuilder &build) {
  Value x = op->getOperand(0), scaleX = op->getOperand(1), zeroX = op->getOperand(2),
        w = op->getOperand(3), scaleW = op->getOperand(4), zeroW = op->getOperand(5),
        scaleY = op->getOperand(6), zeroY = op->getOperand(7), bias = getOperand(op, 8);
  auto rank = getRank(x);
  if (!rank || !isByte(x) || !isByte(w))
    return failure();
  SmallVector<NamedAttribute> attributes;
  for (StringRef name : {"auto_pad", "dilations", "group", "kernel_shape", "pads", "strides"})
    if (Attribute value = op->getAttr(name))
      attributes.push_back(build.attr(name, value));
  auto perChannel = [&](Value value) {
    auto valueRank = getRank(value);
    if (!valueRank || *valueRank == 0 || getNumElements(value) == 1)
      return value;
    return build.node("Unsqueeze",
                      {value, build.ints(llvm::to_vector(llvm::seq<int64_t>(1, *rank - 1)))});
  };
  Type type = build.builder.getF32Type();
  Value product = build.node("ConvInteger", {x, w, zeroX, zeroW}, attributes);
  if (bias)
    product = build.node("Add", {product, perChannel(bias)});
  Value scale =
      build.node("Mul", {cast(build, scaleX, type), perChannel(cast(build, scaleW, type))});
  Value scaled = build.node("Mul", {cast(build, product, type), scale});
  replaceNode(op, build.node("QuantizeLinear", {scaled, cast(build, scaleY, type), zeroY}));
  return success();
}

//===------------------------------------------------------------------------------------------===//
// Einsum: operands are contracted from left to right, two at a time. Of two operands' labels each
// is a batch label (in both, and needed later), contracted (in both, needed no more), or one side's
// own; in that order each operand becomes a matrix of matrices.
//===------------------------------------------------------------------------------------------===//

/// A tensor whose dimensions have labels. Dimensions of `...` have capital letters that the
/// equation cannot contain together with it; see parseTerm.
struct Term {
  Value value;
  std::string labels;
};

class Einsum {
public:
  Einsum(Operation *op, NodeBuilder &build) : op(op), build(build) {}

  Value run() {
    std::string equation;
    for (char c : getString(op, "equation"))
      if (c != ' ')
        equation += c;
    auto [left, right] = StringRef(equation).split("->");
    SmallVector<StringRef> parts;
    left.split(parts, ',');
    if (parts.size() != op->getNumOperands())
      return {};
    SmallVector<Term> terms;
    for (auto [part, operand] : llvm::zip(parts, op->getOperands()))
      if (!addTerm(terms, part, operand))
        return {};
    std::string output;
    if (StringRef(equation).contains("->")) {
      if (!expand(right, output, ellipsisRank))
        return {};
    } else {
      // Every label that occurs once, in order of the alphabet, behind the ellipsis.
      for (int64_t i = 0; i < ellipsisRank; ++i)
        output += ellipsisLabel(ellipsisRank - 1 - i);
      std::string letters = StringRef(left).str(), once;
      for (char c : letters)
        if (llvm::isAlpha(c) && llvm::count(letters, c) == 1)
          once += c;
      llvm::sort(once);
      output += once;
    }
    for (Term &term : terms)
      takeDiagonals(term);
    Term result = terms.front();
    for (size_t i = 1; i < terms.size(); ++i) {
      std::string later = output;
      for (const Term &term : llvm::drop_begin(terms, i + 1))
        later += term.labels;
      result = contract(result, terms[i], later);
    }
    sumOut(result, output);
    return arrange(result, output).value;
  }

private:
  Operation *op;
  NodeBuilder &build;
  int64_t ellipsisRank = 0;

  /// The label of an ellipsis's dimension, counted from its last: no letter, so no equation has it.
  static char ellipsisLabel(int64_t fromLast) { return static_cast<char>('0' + fromLast); }

  /// Spells a part's labels, `...` included.
  static bool expand(StringRef part, std::string &labels, int64_t ellipsis) {
    auto [front, back] = part.split("...");
    labels = front.str();
    if (part.contains("..."))
      for (int64_t i = 0; i < ellipsis; ++i)
        labels += ellipsisLabel(ellipsis - 1 - i);
    labels += back.str();
    return llvm::all_of(labels, [](char c) { return llvm::isAlnum(c); });
  }

  bool addTerm(SmallVector<Term> &terms, StringRef part, Value operand) {
    auto rank = getRank(operand);
    if (!rank)
      return false;
    int64_t named = llvm::count_if(part, llvm::isAlpha),
            ellipsis = part.contains("...") ? *rank - named : 0;
    Term term{operand, {}};
    if (ellipsis < 0 || ellipsis > 9 || !expand(part, term.labels, ellipsis) ||
        static_cast<int64_t>(term.labels.size()) != *rank)
      return false;
    ellipsisRank = std::max(ellipsisRank, ellipsis);
    terms.push_back(term);
    return true;
  }

  /// `ii` keeps where both are equal: the rest is masked, and one of the two summed away.
  void takeDiagonals(Term &term) {
    for (size_t i = 0; i < term.labels.size(); ++i)
      for (size_t j = i + 1; j < term.labels.size();) {
        if (term.labels[i] != term.labels[j]) {
          ++j;
          continue;
        }
        int64_t rank = term.labels.size();
        Value row = makeIota(build, getDimScalar(build, term.value, i), rank - 1 - i);
        Value column = makeIota(build, getDimScalar(build, term.value, j), rank - 1 - j);
        Value masked = build.node("Where", {build.node("Equal", {row, column}), term.value,
                                            build.scalar(0, getElementType(term.value))});
        term.value = reduce(build, "ReduceSum", masked, static_cast<int64_t>(j), false);
        term.labels.erase(j, 1);
      }
  }

  /// Sums over the labels that nobody needs.
  void sumOut(Term &term, StringRef needed) {
    SmallVector<int64_t> axes;
    std::string kept;
    for (auto [i, label] : llvm::enumerate(term.labels))
      if (needed.contains(label))
        kept += label;
      else
        axes.push_back(i);
    if (!axes.empty())
      term = {reduce(build, "ReduceSum", term.value, axes, false), kept};
  }

  /// The term with its dimensions in this order; a label that it lacks becomes a dimension of 1.
  Term arrange(Term term, StringRef order) {
    SmallVector<int64_t> permutation, missing;
    std::string present;
    for (auto [i, label] : llvm::enumerate(order)) {
      size_t at = term.labels.find(label);
      if (at == std::string::npos)
        missing.push_back(i);
      else
        permutation.push_back(at);
    }
    if (!llvm::is_sorted(permutation))
      term.value = transpose(build, term.value, permutation);
    if (!missing.empty())
      term.value = build.node("Unsqueeze", {term.value, build.ints(missing)});
    return {term.value, order.str()};
  }

  /// Makes one dimension of those from `begin` to `end`.
  Value merge(Value value, int64_t begin, int64_t end) {
    int64_t rank = *getRank(value);
    SmallVector<ShapePart> parts;
    for (int64_t i = 0; i < begin; ++i)
      parts.push_back(getDim(build, value, i));
    parts.push_back(getExtent(build, value, begin, end));
    for (int64_t i = end; i < rank; ++i)
      parts.push_back(getDim(build, value, i));
    return build.reshape(value, makeShape(build, parts));
  }

  Term contract(Term a, Term b, const std::string &later) {
    sumOut(a, b.labels + later);
    sumOut(b, a.labels + later);
    std::string batch, summed, ownA, ownB;
    for (char label : a.labels)
      (StringRef(b.labels).contains(label) ? StringRef(later).contains(label) ? batch : summed
                                           : ownA) += label;
    for (char label : b.labels)
      if (!StringRef(a.labels).contains(label))
        ownB += label;
    if (summed.empty() || !isa<FloatType>(getElementType(a.value))) {
      // No sum: an outer product. Integers that MatMul does not take are multiplied in full and
      // summed.
      std::string all = batch + ownA + ownB + summed;
      Term product{build.node("Mul", {arrange(a, all).value, arrange(b, all).value}), all};
      sumOut(product, batch + ownA + ownB);
      return product;
    }
    Value left = arrange(a, batch + ownA + summed).value,
          right = arrange(b, batch + summed + ownB).value;
    int64_t batches = batch.size(), rowCount = ownA.size(), columnCount = ownB.size(),
            depth = summed.size();
    Value leftMatrix = left, rightMatrix = right;
    if (depth > 1) {
      leftMatrix = merge(leftMatrix, batches + rowCount, batches + rowCount + depth);
      rightMatrix = merge(rightMatrix, batches, batches + depth);
    }
    if (rowCount != 1)
      leftMatrix = rowCount == 0 ? build.node("Unsqueeze", {leftMatrix, build.ints(batches)})
                                 : merge(leftMatrix, batches, batches + rowCount);
    if (columnCount != 1)
      rightMatrix = columnCount == 0
                        ? build.node("Unsqueeze", {rightMatrix, build.ints(batches + 1)})
                        : merge(rightMatrix, batches + 1, batches + 1 + columnCount);
    Value product = build.node("MatMul", {leftMatrix, rightMatrix});
    if (rowCount != 1 || columnCount != 1) {
      SmallVector<ShapePart> parts;
      for (int64_t i = 0; i < batches; ++i)
        parts.push_back(getDim(build, product, i));
      for (int64_t i = 0; i < rowCount; ++i)
        parts.push_back(getDim(build, left, batches + i));
      for (int64_t i = 0; i < columnCount; ++i)
        parts.push_back(getDim(build, right, batches + depth + i));
      product = build.reshape(product, makeShape(build, parts));
    }
    return {product, batch + ownA + ownB};
  }
};

LogicalResult decomposeEinsum(Operation *op, NodeBuilder &build) {
  Value result = Einsum(op, build).run();
  if (!result)
    return failure();
  replaceNode(op, result);
  return success();
}

} // namespace

void addContractionDecompositions(DecomposeRules &rules) {
  rules["Gemm"] = decomposeGemm;
  rules["MatMul"] = decomposeVectorMatMul;
  rules["MatMulInteger"] = decomposeVectorMatMul;
  rules["QLinearMatMul"] = decomposeQLinearMatMul;
  rules["QLinearConv"] = decomposeQLinearConv;
  rules["Einsum"] = decomposeEinsum;
}

} // namespace azulejo::graph
