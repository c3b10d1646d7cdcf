#include "dialects/Plan/Plan.h"
#include "dialects/Tile/Tile.h"
#include "lib/Lower/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "llvm/ADT/TypeSwitch.h"

namespace azulejo::lower {

#define GEN_PASS_DEF_CHECKSIZES
#include "lib/Lower/Passes.h.inc"

using namespace mlir;

/// A size as a product: equal ones are found whatever the order of their factors.
struct Product {
  int64_t factor = 1;
  SmallVector<Value> values; // sorted by address

  explicit Product(ArrayRef<OpFoldResult> sizes) {
    for (OpFoldResult size : sizes)
      multiply(size);
    llvm::sort(values, [](Value a, Value b) { return a.getImpl() < b.getImpl(); });
  }
  void multiply(OpFoldResult size) {
    if (auto constant = getConstantIntValue(size)) {
      factor *= *constant;
    } else if (auto mul = cast<Value>(size).getDefiningOp<arith::MulIOp>()) {
      multiply(mul.getLhs());
      multiply(mul.getRhs());
    } else {
      values.push_back(cast<Value>(size));
    }
  }
  bool operator==(const Product &other) const {
    return factor == other.factor && values == other.values;
  }
};

/// Whether a size cannot be negative, as far as its arithmetic tells. Symbols are not.
static bool isNonNegative(OpFoldResult size) {
  if (auto constant = getConstantIntValue(size))
    return *constant >= 0;
  auto value = cast<Value>(size);
  Operation *op = value.getDefiningOp();
  if (!op)
    return isa<func::FuncOp>(value.getParentBlock()->getParentOp());
  auto both = [&] { return isNonNegative(op->getOperand(0)) && isNonNegative(op->getOperand(1)); };
  return TypeSwitch<Operation *, bool>(op)
      .Case<arith::AddIOp, arith::MulIOp, arith::MinSIOp, arith::DivSIOp, arith::DivUIOp,
            arith::CeilDivSIOp, arith::FloorDivSIOp, arith::RemSIOp>([&](auto) { return both(); })
      .Case<arith::MaxSIOp>([&](auto) {
        return isNonNegative(op->getOperand(0)) || isNonNegative(op->getOperand(1));
      })
      .Case<arith::SelectOp>([](arith::SelectOp select) {
        return isNonNegative(select.getTrueValue()) && isNonNegative(select.getFalseValue());
      })
      .Case<tensor::DimOp>([](auto) { return true; })
      .Default([](Operation *) { return false; });
}

namespace {

/// Emits the checks of one operation in front of it.
class Checker {
public:
  explicit Checker(Operation *op) : b(op->getLoc(), op), op(op) {}

  void check() {
    TypeSwitch<Operation *>(op)
        .Case<linalg::LinalgOp>([&](linalg::LinalgOp linalg) { checkLoops(linalg); })
        .Case<tile::MatmulOp>([&](tile::MatmulOp matmul) { checkMatmul(matmul); })
        .Case<tile::ConvOp>([&](tile::ConvOp conv) { checkConv(conv); })
        .Case<tile::AttentionOp>([&](tile::AttentionOp attention) { checkAttention(attention); })
        .Case<tensor::EmptyOp>([&](tensor::EmptyOp empty) {
          for (OpFoldResult size : empty.getMixedSizes())
            requireNonNegative(size);
        })
        .Case<tensor::CastOp>([&](tensor::CastOp cast) { checkCast(cast); })
        .Case<tensor::ExpandShapeOp>([&](tensor::ExpandShapeOp expand) { checkExpand(expand); })
        .Case<tensor::ExtractSliceOp>([&](tensor::ExtractSliceOp slice) { checkSlice(slice); })
        .Case<tensor::ExtractOp>([&](tensor::ExtractOp extract) {
          for (auto [i, index] : llvm::enumerate(extract.getIndices()))
            requireInside(index, sizeOf(extract.getTensor(), i));
        })
        .Case<tensor::ConcatOp>([&](tensor::ConcatOp concat) {
          int64_t rank = concat.getResultType().getRank(), dim = concat.getDim();
          for (int64_t i = 0; i < rank; ++i)
            for (unsigned k = 1; i != dim && k < concat.getInputs().size(); ++k)
              requireEqual(k, i, 0, i);
        });
  }

private:
  void require(Value condition, const Twine &message, ArrayRef<OpFoldResult> values) {
    if (isConstantIntValue(condition, 1))
      return;
    SmallVector<Value> shown;
    for (OpFoldResult value : values)
      shown.push_back(asValue(value));
    plan::AssertOp::create(b, condition, tile::describeNode(op->getLoc()) + message.str(), shown);
  }

  Value asValue(OpFoldResult size) { return getValueOrCreateConstantIndexOp(b, b.getLoc(), size); }

  Value compare(arith::CmpIPredicate predicate, OpFoldResult x, OpFoldResult y) {
    return b.createOrFold<arith::CmpIOp>(predicate, asValue(x), asValue(y));
  }

  /// A dimension of a tensor, from what it was made of. `tensor.dim` of a computed tensor would
  /// have Fuse keep it.
  OpFoldResult sizeOf(Value tensor, int64_t dim) {
    auto type = cast<RankedTensorType>(tensor.getType());
    if (!type.isDynamicDim(dim))
      return b.getIndexAttr(type.getDimSize(dim));
    if (auto result = dyn_cast<OpResult>(tensor)) {
      Operation *def = result.getOwner();
      if (auto destination = dyn_cast<DestinationStyleOpInterface>(def))
        return sizeOf(destination.getTiedOpOperand(result)->get(), dim);
      if (auto empty = dyn_cast<tensor::EmptyOp>(def))
        return empty.getMixedSizes()[dim];
      if (auto cast = dyn_cast<tensor::CastOp>(def))
        return sizeOf(cast.getSource(), dim);
      if (auto expand = dyn_cast<tensor::ExpandShapeOp>(def))
        return expand.getMixedOutputShape()[dim];
      if (auto collapse = dyn_cast<tensor::CollapseShapeOp>(def)) {
        Value size;
        ReassociationIndices group = collapse.getReassociationIndices()[dim];
        for (int64_t from : group) {
          Value factor = asValue(sizeOf(collapse.getSrc(), from));
          size = size ? b.createOrFold<arith::MulIOp>(size, factor) : factor;
        }
        return getAsOpFoldResult(size);
      }
      if (auto slice = dyn_cast<tensor::ExtractSliceOp>(def)) {
        llvm::SmallBitVector dropped = slice.getDroppedDims();
        int64_t kept = 0;
        for (auto [i, size] : llvm::enumerate(slice.getMixedSizes()))
          if (!dropped[i] && kept++ == dim)
            return size;
      }
      if (auto concat = dyn_cast<tensor::ConcatOp>(def)) {
        if (dim != static_cast<int64_t>(concat.getDim()))
          return sizeOf(concat.getInputs()[0], dim);
        Value size;
        for (Value input : concat.getInputs()) {
          Value part = asValue(sizeOf(input, dim));
          size = size ? b.createOrFold<arith::AddIOp>(size, part) : part;
        }
        return getAsOpFoldResult(size);
      }
      if (auto pad = dyn_cast<tensor::PadOp>(def)) {
        Value size = asValue(sizeOf(pad.getSource(), dim));
        for (OpFoldResult more : {pad.getMixedLowPad()[dim], pad.getMixedHighPad()[dim]})
          size = b.createOrFold<arith::AddIOp>(size, asValue(more));
        return getAsOpFoldResult(size);
      }
    } else if (auto symbol = symbolOf(cast<BlockArgument>(tensor), dim)) {
      return symbol;
    }
    return b.createOrFold<tensor::DimOp>(tensor, dim);
  }

  /// The argument that holds the size of an input's dimension.
  static Value symbolOf(BlockArgument argument, int64_t dim) {
    auto function = dyn_cast<func::FuncOp>(argument.getOwner()->getParentOp());
    auto shape =
        function ? function.getArgAttrOfType<ArrayAttr>(argument.getArgNumber(), "azulejo.shape")
                 : ArrayAttr();
    if (!shape || static_cast<size_t>(dim) >= shape.size())
      return {};
    for (BlockArgument other : function.getArguments())
      if (Attribute name = function.getArgAttr(other.getArgNumber(), "azulejo.symbol");
          name && name == shape[dim])
        return other;
    return {};
  }

  //===----------------------------------------------------------------------------------------===//
  // What is required
  //===----------------------------------------------------------------------------------------===//

  void requireNonNegative(OpFoldResult size) {
    if (!isNonNegative(size))
      require(compare(arith::CmpIPredicate::sge, size, b.getIndexAttr(0)),
              "a dimension of its result would be {}", size);
  }

  void requireInside(OpFoldResult index, OpFoldResult size) {
    auto at = getConstantIntValue(index), n = getConstantIntValue(size);
    if (at && n && *at >= 0 && *at < *n)
      return;
    require(compare(arith::CmpIPredicate::ult, index, size),
            "element {} is read of a dimension of {}", {index, size});
  }

  /// Dimension i of operand `first` is dimension j of operand `second`.
  void requireEqual(unsigned first, int64_t i, unsigned second, int64_t j) {
    OpFoldResult x = sizeOf(op->getOperand(first), i), y = sizeOf(op->getOperand(second), j);
    if (isEqualConstantIntOrValue(x, y) || Product(x) == Product(y))
      return;
    require(compare(arith::CmpIPredicate::eq, x, y),
            "dimension " + Twine(i) + " of operand " + Twine(first) + " is {}, and dimension " +
                Twine(j) + " of operand " + Twine(second) + " is {}",
            {x, y});
  }

  //===----------------------------------------------------------------------------------------===//
  // Operations
  //===----------------------------------------------------------------------------------------===//

  /// All dimensions that one loop indexes have the same size.
  void checkLoops(linalg::LinalgOp linalg) {
    SmallVector<std::optional<std::pair<unsigned, int64_t>>> first(linalg.getNumLoops());
    // Results of `outs` say the loops' sizes: compare with them where one does.
    SmallVector<OpOperand *> operands;
    for (OpOperand &operand : linalg->getOpOperands())
      operands.push_back(&operand);
    for (OpOperand *operand : operands) {
      if (!isa<RankedTensorType>(operand->get().getType()))
        continue;
      for (auto [dim, expr] :
           llvm::enumerate(linalg.getMatchingIndexingMap(operand).getResults())) {
        auto loop = dyn_cast<AffineDimExpr>(expr);
        if (!loop)
          continue;
        auto &known = first[loop.getPosition()];
        if (known)
          requireEqual(operand->getOperandNumber(), dim, known->first, known->second);
        else
          known = {operand->getOperandNumber(), static_cast<int64_t>(dim)};
      }
    }
  }

  void checkMatmul(tile::MatmulOp matmul) {
    auto rank = [&](unsigned operand) {
      return cast<RankedTensorType>(op->getOperand(operand).getType()).getRank();
    };
    bool transposeA = matmul.getTransposeA(), transposeB = matmul.getTransposeB();
    int64_t a = rank(0), c = rank(1), y = rank(2);
    requireEqual(1, transposeB ? c - 1 : c - 2, 0, transposeA ? a - 2 : a - 1);
    requireEqual(0, transposeA ? a - 1 : a - 2, 2, y - 2);
    requireEqual(1, transposeB ? c - 2 : c - 1, 2, y - 1);
    for (unsigned operand : {0, 1})
      for (int64_t own = rank(operand), i = 0; i < own - 2; ++i)
        requireEqual(operand, i, 2, y - own + i);
  }

  void checkConv(tile::ConvOp conv) {
    requireEqual(2, 0, 0, 0);
    requireEqual(2, 1, 1, 0);
    OpFoldResult channels = sizeOf(conv.getX(), 1), perGroup = sizeOf(conv.getW(), 1);
    OpFoldResult group = b.getIndexAttr(conv.getGroup());
    if (Product(channels) == Product({perGroup, group}))
      return;
    Value wanted = b.createOrFold<arith::MulIOp>(asValue(perGroup), asValue(group));
    require(compare(arith::CmpIPredicate::eq, channels, wanted),
            "X has {} channels, and W takes {}", {channels, wanted});
  }

  void checkAttention(tile::AttentionOp attention) {
    enum { q, k, v, mask };
    requireEqual(k, 0, q, 0);
    requireEqual(v, 0, q, 0);
    requireEqual(v, 1, k, 1);
    requireEqual(v, 2, k, 2);
    requireEqual(k, 3, q, 3);
    OpFoldResult heads = sizeOf(attention.getQ(), 1), shared = sizeOf(attention.getK(), 1);
    auto knownHeads = getConstantIntValue(heads), knownShared = getConstantIntValue(shared);
    if (!isEqualConstantIntOrValue(heads, shared) &&
        !(knownHeads && knownShared && *knownShared && *knownHeads % *knownShared == 0)) {
      Value divisor = b.createOrFold<arith::MaxSIOp>(asValue(shared), asValue(b.getIndexAttr(1)));
      Value rest = b.createOrFold<arith::RemSIOp>(asValue(heads), divisor);
      require(compare(arith::CmpIPredicate::eq, rest, b.getIndexAttr(0)),
              "{} query heads cannot share {} of keys", {heads, shared});
    }
    if (!attention.getMask())
      return;
    const std::pair<unsigned, int64_t> wanted[] = {{q, 0}, {q, 1}, {q, 2}, {k, 2}};
    auto type = cast<RankedTensorType>(attention.getMask().getType());
    for (int64_t i = 0; i < 4; ++i)
      if (type.getDimSize(i) != 1)
        requireEqual(mask, i, wanted[i].first, wanted[i].second);
  }

  /// A cast to a size that is known.
  void checkCast(tensor::CastOp cast) {
    auto type = dyn_cast<RankedTensorType>(cast.getType());
    auto from = dyn_cast<RankedTensorType>(cast.getSource().getType());
    for (int64_t i = 0; type && from && i < type.getRank(); ++i) {
      if (type.isDynamicDim(i) || !from.isDynamicDim(i))
        continue;
      OpFoldResult size = sizeOf(cast.getSource(), i), wanted = b.getIndexAttr(type.getDimSize(i));
      require(compare(arith::CmpIPredicate::eq, size, wanted),
              "dimension " + Twine(i) + " is {}, and " + Twine(type.getDimSize(i)) +
                  " was inferred",
              size);
    }
  }

  void checkExpand(tensor::ExpandShapeOp expand) {
    SmallVector<OpFoldResult> sizes = expand.getMixedOutputShape();
    for (auto [dim, group] : llvm::enumerate(expand.getReassociationIndices())) {
      SmallVector<OpFoldResult> parts;
      for (int64_t i : group) {
        requireNonNegative(sizes[i]);
        parts.push_back(sizes[i]);
      }
      OpFoldResult whole = sizeOf(expand.getSrc(), dim);
      if (Product(parts) == Product(whole))
        continue;
      Value product = asValue(b.getIndexAttr(1));
      for (OpFoldResult part : parts)
        product = b.createOrFold<arith::MulIOp>(product, asValue(part));
      require(compare(arith::CmpIPredicate::eq, whole, product),
              "{} elements cannot have a shape of {}", {whole, product});
    }
  }

  void checkSlice(tensor::ExtractSliceOp slice) {
    for (auto [i, offset, size, stride] :
         llvm::enumerate(slice.getMixedOffsets(), slice.getMixedSizes(), slice.getMixedStrides())) {
      OpFoldResult whole = sizeOf(slice.getSource(), i);
      requireNonNegative(size);
      if (isConstantIntValue(offset, 0) && isConstantIntValue(stride, 1) && isAtMost(size, whole))
        continue;
      auto start = getConstantIntValue(offset), count = getConstantIntValue(size),
           step = getConstantIntValue(stride), n = getConstantIntValue(whole);
      if (start && count && step && n && *start >= 0 && *count > 0 && *step > 0 &&
          *start + (*count - 1) * *step < *n)
        continue;
      // start <= whole - ((size - 1) * stride + 1), or there is no element.
      Value one = asValue(b.getIndexAttr(1)), zero = asValue(b.getIndexAttr(0));
      Value last = b.createOrFold<arith::SubIOp>(asValue(size), one);
      last = b.createOrFold<arith::MulIOp>(last, asValue(stride));
      last = b.createOrFold<arith::AddIOp>(last, asValue(offset));
      Value isEmpty = compare(arith::CmpIPredicate::eq, size, zero);
      Value inside =
          b.createOrFold<arith::AndIOp>(compare(arith::CmpIPredicate::slt, last, whole),
                                        compare(arith::CmpIPredicate::sge, offset, zero));
      require(b.createOrFold<arith::OrIOp>(isEmpty, inside),
              "the slice of {} elements from {} on does not fit into dimension " + Twine(i) +
                  " of {}",
              {size, offset, whole});
    }
  }

  static bool isAtMost(OpFoldResult size, OpFoldResult whole) {
    if (isEqualConstantIntOrValue(size, whole))
      return true;
    auto value = dyn_cast<Value>(size);
    auto least = value ? value.getDefiningOp<arith::MinSIOp>() : arith::MinSIOp();
    return least && (isAtMost(least.getLhs(), whole) || isAtMost(least.getRhs(), whole));
  }

  ImplicitLocOpBuilder b;
  Operation *op;
};

struct CheckSizes : impl::CheckSizesBase<CheckSizes> {
  void runOnOperation() override {
    SmallVector<Operation *> ops;
    getOperation()->walk<WalkOrder::PreOrder>([&](Operation *op) {
      if (op == getOperation())
        return WalkResult::advance();
      ops.push_back(op);
      // What kernels and bodies of structured operations do, those who wrote them have checked.
      return isa<tile::KernelOp, linalg::LinalgOp, tensor::PadOp>(op) ? WalkResult::skip()
                                                                      : WalkResult::advance();
    });
    for (Operation *op : ops)
      Checker(op).check();
  }
};

} // namespace

} // namespace azulejo::lower
