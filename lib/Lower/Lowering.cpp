#include "lib/Lower/Lowering.h"
#include "dialects/ONNX/Types.h"
#include "lib/Lower/StringTable.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Interfaces/DestinationStyleOpInterface.h"
#include "mlir/Support/LLVM.h"
#include "onnx/onnx_pb.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/JSON.h"

using namespace mlir;
using azulejo::onnx::SymbolicExpr;

namespace azulejo::lower {

//===------------------------------------------------------------------------------------------===//
// Types and constants
//===------------------------------------------------------------------------------------------===//

Type lowerType(Type type) {
  if (auto integer = dyn_cast<IntegerType>(type))
    return integer.isSignless() ? type : IntegerType::get(type.getContext(), integer.getWidth());
  if (auto tensor = dyn_cast<RankedTensorType>(type))
    return RankedTensorType::get(tensor.getShape(), lowerType(tensor.getElementType()));
  if (isa<plan::StringType>(type))
    return IntegerType::get(type.getContext(), 64);
  if (isa<plan::SequenceType, plan::OptionalType, plan::MapType, plan::SparseTensorType>(type))
    return plan::ValueType::get(type.getContext());
  return type;
}

std::string getTypeName(Type type) {
  auto tensor = dyn_cast<TensorType>(type);
  if (!tensor)
    return onnx::getTypeString(type);
  int dataType = onnx::getDataType(tensor.getElementType());
  return StringRef(
             ::onnx::TensorProto_DataType_Name(static_cast<::onnx::TensorProto_DataType>(dataType)))
      .lower();
}

TypedAttr lowerConstant(TypedAttr value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  if (!type)
    return {};
  auto lowered = cast<RankedTensorType>(lowerType(type));
  if (lowered == type)
    return value;
  return plan::reinterpret(value, lowered);
}

Type getElementType(Value tensor) { return getElementTypeOrSelf(tensor.getType()); }

bool isUnsigned(Type type) { return type.isUnsignedInteger() || type.isInteger(1); }
bool isUnsigned(Value original) { return isUnsigned(getElementType(original)); }

/// The attribute of a constant operation, original or lowered.
static TypedAttr getConstantAttr(Value tensor) {
  Operation *op = tensor.getDefiningOp();
  if (auto cast = dyn_cast_or_null<tensor::CastOp>(op))
    op = cast.getSource().getDefiningOp();
  if (!op)
    return {};
  StringRef name = op->getName().getStringRef();
  if (name != "onnx.Constant" && !isa<arith::ConstantOp, plan::ConstantOp>(op))
    return {};
  return op->getAttrOfType<TypedAttr>("value");
}

/// Calls `element` with the bytes of each element; splats are repeated. False when the constant has
/// another form.
static bool forEachElement(TypedAttr value, Location loc, unsigned bytesPerElement,
                           function_ref<void(const char *)> element) {
  auto bytes = plan::getElementBytes(value, loc);
  auto type = dyn_cast<ShapedType>(value.getType());
  if (failed(bytes) || !type)
    return false;
  int64_t count = type.getNumElements();
  bool splat = bytes->size() == bytesPerElement;
  if (!splat && bytes->size() != size_t(count) * bytesPerElement)
    return false;
  for (int64_t i = 0; i < count; ++i)
    element(bytes->data() + (splat ? 0 : i * bytesPerElement));
  return true;
}

std::optional<SmallVector<int64_t>> Lowering::getConstantInts(Value tensor) const {
  TypedAttr value = tensor ? getConstantAttr(tensor) : TypedAttr();
  auto type = value ? dyn_cast<IntegerType>(getElementTypeOrSelf(value.getType())) : IntegerType();
  if (!type || cast<ShapedType>(value.getType()).getNumElements() > 65536)
    return {};
  bool zeroExtend = isUnsigned(type);
  SmallVector<int64_t> result;
  if (auto dense = dyn_cast<DenseIntElementsAttr>(value)) {
    for (APInt element : dense.getValues<APInt>())
      result.push_back(zeroExtend ? int64_t(element.getZExtValue()) : element.getSExtValue());
    return result;
  }
  unsigned bytes = type.getWidth() / 8;
  if (bytes == 0)
    return {};
  bool known = forEachElement(value, getLoc(), bytes, [&](const char *data) {
    uint64_t bits = 0;
    for (unsigned i = bytes; i-- > 0;)
      bits = bits << 8 | uint8_t(data[i]);
    APInt element(type.getWidth(), bits);
    result.push_back(zeroExtend ? int64_t(element.getZExtValue()) : element.getSExtValue());
  });
  if (!known)
    return {};
  return result;
}

std::optional<SmallVector<double>> Lowering::getConstantFloats(Value tensor) const {
  TypedAttr value = tensor ? getConstantAttr(tensor) : TypedAttr();
  auto type = value ? dyn_cast<FloatType>(getElementTypeOrSelf(value.getType())) : FloatType();
  if (!type || type.getWidth() % 8 || cast<ShapedType>(value.getType()).getNumElements() > 65536)
    return {};
  SmallVector<double> result;
  bool known = forEachElement(value, getLoc(), type.getWidth() / 8, [&](const char *data) {
    uint64_t bits = 0;
    for (unsigned i = type.getWidth() / 8; i-- > 0;)
      bits = bits << 8 | uint8_t(data[i]);
    APFloat element(type.getFloatSemantics(), APInt(type.getWidth(), bits));
    bool losesInfo;
    element.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven, &losesInfo);
    result.push_back(element.convertToDouble());
  });
  if (!known)
    return {};
  return result;
}

//===------------------------------------------------------------------------------------------===//
// Values and regions
//===------------------------------------------------------------------------------------------===//

Value Lowering::operator[](Value original) const {
  if (!original)
    return {};
  Value lowered = values.lookup(original);
  assert(lowered && "an operand is lowered before its users");
  return lowered;
}

SmallVector<Value> Lowering::operator[](ValueRange originals) const {
  return llvm::map_to_vector(originals, [&](Value original) { return (*this)[original]; });
}

Value Lowering::castShape(Value lowered, Type type) {
  if (lowered.getType() == type || !isa<RankedTensorType>(type))
    return lowered;
  return createOrFold<tensor::CastOp>(type, lowered);
}

void Lowering::map(Value original, Value lowered) {
  Value image = castShape(lowered, lowerType(original.getType()));
  values[original] = image;
  originals.try_emplace(image, original);
}

Value Lowering::refuse(Operation *op, const Twine &reason) {
  op->emitError() << op->getName() << ": " << reason;
  return {};
}

Value Lowering::constantStrings(ArrayRef<StringRef> texts, ArrayRef<int64_t> shape) {
  SmallVector<int64_t> numbers;
  for (StringRef text : texts) {
    if (!llvm::json::isUTF8(text)) {
      emitError("a string is not encoded in UTF-8");
      return {};
    }
    numbers.push_back(strings.getNumber(text));
  }
  auto type = RankedTensorType::get(shape, getI64Type());
  if (type.getNumElements() == 0)
    return fill(0.0, getAsIndexOpFoldResult(getContext(), shape), getI64Type());
  auto value = DenseIntElementsAttr::get(type, ArrayRef<int64_t>(numbers));
  if (fitsInCode(value))
    return arith::ConstantOp::create(*this, value);
  return plan::ConstantOp::create(*this, type, value);
}

FailureOr<SmallVector<Value>> Lowering::lowerRegion(Region &region, ValueRange arguments) {
  Location outerLoc = getLoc();
  Block &block = region.front();
  for (auto [original, lowered] : llvm::zip_equal(block.getArguments(), arguments))
    map(original, lowered);
  SmallVector<Value> yielded;
  for (Operation &op : block) {
    setLoc(op.getLoc());
    if (op.hasTrait<OpTrait::IsTerminator>()) {
      yielded = (*this)[op.getOperands()];
    } else if (const LoweringTable::Function *function = table.find(&op)) {
      if (failed((*function)(&op, *this)))
        return failure();
    } else if (!isa_and_nonnull<onnx::ONNXDialect>(op.getDialect())) {
      IRMapping mapping;
      for (Value operand : op.getOperands())
        mapping.map(operand, (*this)[operand]);
      Operation *copy = clone(op, mapping);
      for (auto [original, lowered] : llvm::zip_equal(op.getResults(), copy->getResults()))
        map(original, lowered);
    } else {
      refuse(&op, "no lowering exists for this operator");
      return failure();
    }
  }
  setLoc(outerLoc);
  return yielded;
}

//===------------------------------------------------------------------------------------------===//
// Sizes
//===------------------------------------------------------------------------------------------===//

namespace {
/// A size under evaluation; division of what may be negative must round down.
struct Size {
  OpFoldResult value;
  bool nonNegative = true;
};
} // namespace

OpFoldResult Lowering::evaluate(const SymbolicExpr &expression, Operation *near) {
  auto fromOperand = [&](const SymbolicExpr &wanted) -> OpFoldResult {
    if (!near)
      return {};
    for (Value operand : near->getOperands()) {
      auto type = dyn_cast<RankedTensorType>(operand.getType());
      if (!type)
        continue;
      for (auto [i, dim] : llvm::enumerate(onnx::getDims(type)))
        if (dim && *dim == wanted)
          return getLoweredSize((*this)[operand], i);
    }
    return {};
  };
  // A size that is a symbol as a whole.
  if (hasSizeSymbols)
    if (Value symbol = symbols.lookup(expression.str()))
      return symbol;
  bool known = true;
  Size result = expression.visit<Size>(
      [&](int64_t value) { return Size{getIndexAttr(value), value >= 0}; },
      [&](StringRef name) {
        if (Value symbol = symbols.lookup(name))
          return Size{symbol};
        Size size{fromOperand(SymbolicExpr::symbol(name))};
        known &= bool(size.value);
        return size;
      },
      [&](char kind, Size x, Size y) {
        if (!known)
          return Size{};
        bool nonNegative = x.nonNegative && y.nonNegative;
        bool divides = kind == 'f' || kind == 'c' || kind == '%';
        if (divides && !getConstantIntValue(y.value))
          y.value = max(y.value, getIndexAttr(1));
        Value a = asIndex(x.value), b = asIndex(y.value);
        switch (kind) {
        case '+':
          return Size{add(x.value, y.value), nonNegative};
        case '*':
          return Size{mul(x.value, y.value), nonNegative};
        case 'f':
          return Size{nonNegative ? div(x.value, y.value)
                                  : OpFoldResult(createOrFold<arith::FloorDivSIOp>(a, b)),
                      nonNegative};
        case 'c':
          return Size{nonNegative ? ceilDiv(x.value, y.value)
                                  : OpFoldResult(createOrFold<arith::CeilDivSIOp>(a, b)),
                      nonNegative};
        case '%': {
          Value remainder = createOrFold<arith::RemSIOp>(a, b);
          if (!nonNegative)
            remainder = createOrFold<arith::RemSIOp>(createOrFold<arith::AddIOp>(remainder, b), b);
          return Size{remainder};
        }
        case 'm':
          return Size{min(x.value, y.value), nonNegative};
        default:
          return Size{max(x.value, y.value), x.nonNegative || y.nonNegative};
        }
      });
  return known ? getAsOpFoldResult(asIndex(result.value)) : fromOperand(expression);
}

OpFoldResult Lowering::getLoweredSize(Value lowered, int64_t dim) {
  auto type = cast<RankedTensorType>(lowered.getType());
  if (!type.isDynamicDim(dim))
    return getIndexAttr(type.getDimSize(dim));
  if (Value original = originals.lookup(lowered))
    if (auto expression = onnx::getDims(cast<RankedTensorType>(original.getType()))[dim])
      if (OpFoldResult size = evaluate(*expression))
        return size;
  if (auto result = dyn_cast<OpResult>(lowered)) {
    Operation *op = result.getOwner();
    if (auto cast = dyn_cast<tensor::CastOp>(op))
      return getLoweredSize(cast.getSource(), dim);
    if (auto empty = dyn_cast<tensor::EmptyOp>(op))
      return empty.getMixedSizes()[dim];
    if (auto expand = dyn_cast<tensor::ExpandShapeOp>(op))
      return expand.getMixedOutputShape()[dim];
    if (auto destination = dyn_cast<DestinationStyleOpInterface>(op))
      return getLoweredSize(destination.getTiedOpOperand(result)->get(), dim);
  }
  return createOrFold<tensor::DimOp>(lowered, dim);
}

SmallVector<OpFoldResult> Lowering::getLoweredSizes(Value lowered) {
  SmallVector<OpFoldResult> sizes;
  for (int64_t i = 0, rank = cast<RankedTensorType>(lowered.getType()).getRank(); i < rank; ++i)
    sizes.push_back(getLoweredSize(lowered, i));
  return sizes;
}

OpFoldResult Lowering::getSize(Value original, int64_t dim) {
  if (auto expression = onnx::getDims(cast<RankedTensorType>(original.getType()))[dim])
    if (OpFoldResult size = evaluate(*expression))
      return size;
  return getLoweredSize((*this)[original], dim);
}

SmallVector<OpFoldResult> Lowering::getSizes(Value original) {
  SmallVector<OpFoldResult> sizes;
  for (int64_t i = 0, rank = cast<RankedTensorType>(original.getType()).getRank(); i < rank; ++i)
    sizes.push_back(getSize(original, i));
  return sizes;
}

SmallVector<OpFoldResult> Lowering::getResultSizes(Value originalResult,
                                                   function_ref<OpFoldResult(int64_t)> fallback) {
  SmallVector<OpFoldResult> sizes;
  for (auto [i, expression] :
       llvm::enumerate(onnx::getDims(cast<RankedTensorType>(originalResult.getType())))) {
    OpFoldResult size =
        expression ? evaluate(*expression, originalResult.getDefiningOp()) : OpFoldResult();
    sizes.push_back(size ? size : fallback(i));
  }
  return sizes;
}

bool Lowering::sameSize(Value originalA, int64_t dimA, Value originalB, int64_t dimB) {
  auto a = onnx::getDims(cast<RankedTensorType>(originalA.getType()))[dimA];
  auto b = onnx::getDims(cast<RankedTensorType>(originalB.getType()))[dimB];
  return a && b && *a == *b;
}

/// Applies `op` to constants, or builds `OpTy`.
template <typename OpTy>
static OpFoldResult combine(Lowering &b, OpFoldResult x, OpFoldResult y,
                            function_ref<int64_t(int64_t, int64_t)> op) {
  auto cx = getConstantIntValue(x), cy = getConstantIntValue(y);
  if (cx && cy)
    return b.getIndexAttr(op(*cx, *cy));
  return b.createOrFold<OpTy>(b.asIndex(x), b.asIndex(y));
}

OpFoldResult Lowering::add(OpFoldResult x, OpFoldResult y) {
  return combine<arith::AddIOp>(*this, x, y, [](int64_t a, int64_t b) { return a + b; });
}
OpFoldResult Lowering::sub(OpFoldResult x, OpFoldResult y) {
  return combine<arith::SubIOp>(*this, x, y, [](int64_t a, int64_t b) { return a - b; });
}
OpFoldResult Lowering::mul(OpFoldResult x, OpFoldResult y) {
  return combine<arith::MulIOp>(*this, x, y, [](int64_t a, int64_t b) { return a * b; });
}
OpFoldResult Lowering::div(OpFoldResult x, OpFoldResult y) {
  // The processor traps on a zero divisor.
  if (!getConstantIntValue(y))
    y = max(y, getIndexAttr(1));
  return combine<arith::DivUIOp>(*this, x, y, [](int64_t a, int64_t b) { return b ? a / b : 0; });
}
OpFoldResult Lowering::ceilDiv(OpFoldResult x, OpFoldResult y) {
  return div(add(x, sub(y, getIndexAttr(1))), y);
}
OpFoldResult Lowering::min(OpFoldResult x, OpFoldResult y) {
  return combine<arith::MinSIOp>(*this, x, y, [](int64_t a, int64_t b) { return std::min(a, b); });
}
OpFoldResult Lowering::max(OpFoldResult x, OpFoldResult y) {
  return combine<arith::MaxSIOp>(*this, x, y, [](int64_t a, int64_t b) { return std::max(a, b); });
}
OpFoldResult Lowering::product(ArrayRef<OpFoldResult> sizes) {
  OpFoldResult result = getIndexAttr(1);
  for (OpFoldResult size : sizes)
    result = mul(result, size);
  return result;
}

Value Lowering::asIndex(OpFoldResult value) {
  return getValueOrCreateConstantIndexOp(*this, getLoc(), value);
}
Value Lowering::index(int64_t value) { return arith::ConstantIndexOp::create(*this, value); }

Value Lowering::readScalar(Value lowered, ArrayRef<int64_t> indices) {
  SmallVector<Value> positions;
  for (int64_t i = 0, rank = cast<RankedTensorType>(lowered.getType()).getRank(); i < rank; ++i)
    positions.push_back(index(i < int64_t(indices.size()) ? indices[i] : 0));
  return createOrFold<tensor::ExtractOp>(lowered, positions);
}

Value Lowering::readIndex(Value lowered, ArrayRef<int64_t> indices) {
  return toIndex(readScalar(lowered, indices));
}

} // namespace azulejo::lower
