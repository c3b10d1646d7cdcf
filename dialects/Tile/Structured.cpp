//===- Structured.cpp - Verifiers, destinations and effects of the structured operations ------===//
#include "dialects/Plan/Winograd.h"
#include "dialects/Tile/DestinationStyle.h"
#include "dialects/Tile/Tile.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace azulejo::tile;

using Effects = SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>;

/// On memrefs an op reads its inputs and, where `readsInits`, its inits, and writes its inits. On
/// tensors it does nothing.
static void addEffects(DestinationStyleOpInterface op, bool readsInits, Effects &effects) {
  for (OpOperand &operand : op->getOpOperands()) {
    if (!isa<MemRefType>(operand.get().getType()))
      continue;
    bool isInit = op.isDpsInit(&operand);
    if (!isInit || readsInits)
      effects.emplace_back(MemoryEffects::Read::get(), &operand);
    if (isInit)
      effects.emplace_back(MemoryEffects::Write::get(), &operand);
  }
}

#define AZULEJO_STRUCTURED_OP(OP, INIT, READS_INIT)                                                \
  MutableOperandRange OP::getDpsInitsMutable() { return get##INIT##Mutable(); }                    \
  void OP::getEffects(Effects &effects) {                                                          \
    addEffects(cast<DestinationStyleOpInterface>(getOperation()), READS_INIT, effects);            \
  }                                                                                                \
  LogicalResult OP::reifyResultShapes(OpBuilder &builder, ReifiedRankedShapedTypeDims &shapes) {   \
    return reifyFromInits(builder, cast<DestinationStyleOpInterface>(getOperation()), shapes);     \
  }

AZULEJO_STRUCTURED_OP(MatmulOp, C, !getOverwrite())
AZULEJO_STRUCTURED_OP(ConvOp, Y, true)
AZULEJO_STRUCTURED_OP(Im2colOp, Y, false)
AZULEJO_STRUCTURED_OP(DepthwiseConvOp, Y, !getOverwrite())
AZULEJO_STRUCTURED_OP(WinogradInputOp, V, false)
AZULEJO_STRUCTURED_OP(WinogradOutputOp, Y, false)
AZULEJO_STRUCTURED_OP(AttentionOp, Y, false)

void LaunchOp::getEffects(Effects &effects) {
  addEffects(cast<DestinationStyleOpInterface>(getOperation()), /*readsInits=*/true, effects);
}

//===------------------------------------------------------------------------------------------===//
// Verifiers
//===------------------------------------------------------------------------------------------===//

static bool disagree(int64_t a, int64_t b) {
  return !ShapedType::isDynamic(a) && !ShapedType::isDynamic(b) && a != b;
}

/// Says that dimension `name` is `a` in one operand and `b` in another, if it is.
static LogicalResult verifySame(Operation *op, const Twine &name, int64_t a, StringRef aOperand,
                                int64_t b, StringRef bOperand) {
  if (!disagree(a, b))
    return success();
  return op->emitOpError() << "has " << name << " = " << a << " in " << aOperand << " and " << b
                           << " in " << bOperand;
}

static LogicalResult verifyRank(Operation *op, ShapedType type, int64_t rank, StringRef operand) {
  if (type.getRank() == rank)
    return success();
  return op->emitOpError() << "needs " << operand << " of rank " << rank << ", not " << type;
}

LogicalResult MatmulOp::verify() {
  ShapedType a = getAType(), b = getBType(), c = getCType();
  if (a.getRank() < 2 || c.getRank() < 2 || b.getRank() < (getPackedB() ? 3 : 2))
    return emitOpError(
        "needs matrices: A and C of rank 2 or more, B of rank 2 or more (3 if packed)");
  if (getBatchRankOfA() > getBatchRank() || getBatchRankOfB() > getBatchRank())
    return emitOpError() << "needs C's batch rank (" << getBatchRank()
                         << ") to be at least that of A (" << getBatchRankOfA() << ") and B ("
                         << getBatchRankOfB() << ")";
  if (getPackedB() && getTransposeB())
    return emitOpError("has a B that is both packed and transposed");
  for (int64_t i = 1; i <= getBatchRankOfA(); ++i)
    if (failed(verifySame(*this, "batch size", a.getDimSize(getBatchRankOfA() - i), "A",
                          c.getDimSize(getBatchRank() - i), "C")))
      return failure();
  for (int64_t i = 1; i <= getBatchRankOfB(); ++i)
    if (failed(verifySame(*this, "batch size", b.getDimSize(getBatchRankOfB() - i), "B",
                          c.getDimSize(getBatchRank() - i), "C")))
      return failure();
  int64_t m = a.getDimSize(a.getRank() - (getTransposeA() ? 1 : 2)), k = a.getDimSize(getKDimOfA());
  int64_t cm = c.getDimSize(c.getRank() - 2), cn = c.getDimSize(c.getRank() - 1);
  if (failed(verifySame(*this, "M", m, "A", cm, "C")))
    return failure();
  if (getPackedB()) {
    int64_t nr = b.getShape().back(), panels = b.getDimSize(b.getRank() - 3);
    if (ShapedType::isDynamic(nr))
      return emitOpError("needs a static panel width in a packed B");
    if (failed(verifySame(*this, "K", k, "A", b.getDimSize(b.getRank() - 2), "B")))
      return failure();
    if (!ShapedType::isDynamic(cn) && disagree(panels, llvm::divideCeil(cn, nr)))
      return emitOpError() << "has N = " << cn << " in C and " << panels << " panels of " << nr
                           << " columns in B";
    return success();
  }
  if (failed(verifySame(*this, "K", k, "A", b.getDimSize(b.getRank() - (getTransposeB() ? 1 : 2)),
                        "B")))
    return failure();
  return verifySame(*this, "N", b.getDimSize(b.getRank() - (getTransposeB() ? 2 : 1)), "B", cn,
                    "C");
}

/// Strides and dilations are positive, one per spatial dimension, and pads two per spatial
/// dimension and not negative.
static LogicalResult verifyWindow(Operation *op, int64_t spatialRank, ArrayRef<int64_t> strides,
                                  ArrayRef<int64_t> dilations, ArrayRef<int64_t> pads) {
  if (spatialRank < 1)
    return op->emitOpError("needs at least one spatial dimension");
  if (static_cast<int64_t>(strides.size()) != spatialRank ||
      static_cast<int64_t>(dilations.size()) != spatialRank)
    return op->emitOpError() << "needs " << spatialRank
                             << " strides and dilations, one per spatial dimension";
  if (static_cast<int64_t>(pads.size()) != 2 * spatialRank)
    return op->emitOpError() << "needs " << 2 * spatialRank << " pads, two per spatial dimension";
  if (llvm::any_of(strides, [](int64_t v) { return v < 1; }) ||
      llvm::any_of(dilations, [](int64_t v) { return v < 1; }))
    return op->emitOpError("needs strides and dilations of at least 1");
  if (llvm::any_of(pads, [](int64_t v) { return v < 0; }))
    return op->emitOpError("needs pads of at least 0");
  return success();
}

LogicalResult ConvOp::verify() {
  auto x = cast<ShapedType>(getX().getType()), w = cast<ShapedType>(getW().getType()),
       y = cast<ShapedType>(getY().getType());
  int64_t spatial = x.getRank() - 2, group = getGroup();
  if (failed(verifyWindow(*this, spatial, getStrides(), getDilations(), getPads())) ||
      failed(verifyRank(*this, w, x.getRank(), "W")) ||
      failed(verifyRank(*this, y, x.getRank(), "Y")))
    return failure();
  if (group < 1)
    return emitOpError() << "needs a group of at least 1, not " << group;
  int64_t cg = w.getDimSize(1);
  if (ShapedType::isDynamic(w.getDimSize(0)) || ShapedType::isDynamic(cg))
    return emitOpError("needs a W with static channels");
  if (failed(verifySame(*this, "batch size", x.getDimSize(0), "X", y.getDimSize(0), "Y")) ||
      failed(verifySame(*this, "channels", x.getDimSize(1), "X", cg * group, "W times group")) ||
      failed(verifySame(*this, "output channels", w.getDimSize(0), "W", y.getDimSize(1), "Y")))
    return failure();
  if (w.getDimSize(0) % group)
    return emitOpError() << "has " << w.getDimSize(0) << " output channels, which " << group
                         << " groups do not divide";
  for (int64_t i = 0; i < spatial; ++i) {
    int64_t in = x.getDimSize(i + 2), k = w.getDimSize(i + 2);
    if (ShapedType::isDynamic(in) || ShapedType::isDynamic(k))
      continue;
    int64_t window = getDilations()[i] * (k - 1) + 1,
            padded = in + getPads()[i] + getPads()[i + spatial];
    int64_t out = padded < window ? 0 : (padded - window) / getStrides()[i] + 1;
    if (failed(verifySame(*this, "output size " + Twine(i), out, "its window over X",
                          y.getDimSize(i + 2), "Y")))
      return failure();
  }
  return success();
}

LogicalResult Im2colOp::verify() {
  auto y = cast<ShapedType>(getY().getType());
  ShapedType x = getXType();
  int64_t batch = getBatchRank();
  if (batch < 0)
    return emitOpError("needs X to have channels before its spatial dimensions");
  if (failed(verifyWindow(*this, getSpatialRank(), getStrides(), getDilations(), getPads())) ||
      failed(verifyRank(*this, y, batch + 2, "Y")))
    return failure();
  for (int64_t i = 0; i < batch; ++i)
    if (failed(verifySame(*this, "batch size", x.getDimSize(i), "X", y.getDimSize(i), "Y")))
      return failure();
  if (ShapedType::isDynamic(x.getDimSize(batch)))
    return success();
  int64_t rows = x.getDimSize(batch);
  for (int64_t taps : getKernel())
    rows *= taps;
  return verifySame(*this, "rows", rows, "X times kernel", y.getDimSize(batch), "Y");
}

LogicalResult DepthwiseConvOp::verify() {
  auto w = cast<ShapedType>(getW().getType()), y = cast<ShapedType>(getY().getType());
  ShapedType x = getXType();
  if (failed(verifyWindow(*this, x.getRank() - 2, getStrides(), getDilations(), getPads())) ||
      failed(verifyRank(*this, w, x.getRank() - 1, "W")) || failed(verifyRank(*this, y, 3, "Y")) ||
      failed(verifySame(*this, "batch size", x.getDimSize(0), "X", y.getDimSize(0), "Y")) ||
      failed(verifySame(*this, "channels", x.getDimSize(1), "X", w.getDimSize(0), "W")) ||
      failed(verifySame(*this, "channels", x.getDimSize(1), "X", y.getDimSize(1), "Y")))
    return failure();
  return success();
}

int64_t WinogradInputOp::getTiles(int64_t dim) {
  auto x = cast<ShapedType>(getX().getType());
  int64_t size = x.getDimSize(2 + dim) + getPads()[dim] + getPads()[dim + 2] - 2;
  return llvm::divideCeil(std::max<int64_t>(size, 0), getOutputs());
}

/// What both transforms ask of their transformed operand, [N, T^2, channels, P], and of the image
/// with static height and width.
static LogicalResult verifyWinograd(Operation *op, int64_t outputs, ShapedType transformed,
                                    StringRef name, ShapedType image, StringRef imageName) {
  if (!azulejo::plan::Winograd::isKnown(outputs))
    return op->emitOpError() << "has tiles of " << outputs << " outputs, not of 2 or 4";
  if (failed(verifyRank(op, transformed, 4, name)) || failed(verifyRank(op, image, 4, imageName)))
    return failure();
  if (image.isDynamicDim(2) || image.isDynamicDim(3))
    return op->emitOpError() << "needs a static height and width of " << imageName;
  int64_t inputs = outputs + 2;
  if (failed(verifySame(op, "batch size", transformed.getDimSize(0), name, image.getDimSize(0),
                        imageName)) ||
      failed(verifySame(op, "elements of a tile", transformed.getDimSize(1), name, inputs * inputs,
                        "the algorithm")))
    return failure();
  return verifySame(op, "channels", transformed.getDimSize(2), name, image.getDimSize(1),
                    imageName);
}

LogicalResult WinogradInputOp::verify() {
  auto x = cast<ShapedType>(getX().getType()), v = cast<ShapedType>(getV().getType());
  if (failed(verifyWinograd(*this, getOutputs(), v, "V", x, "X")))
    return failure();
  if (failed(verifyWindow(*this, 2, {1, 1}, {1, 1}, getPads())))
    return failure();
  return verifySame(*this, "tiles", getTiles(0) * getTiles(1), "X", v.getDimSize(3), "V");
}

LogicalResult WinogradOutputOp::verify() {
  auto z = cast<ShapedType>(getZ().getType()), y = cast<ShapedType>(getY().getType());
  if (failed(verifyWinograd(*this, getOutputs(), z, "Z", y, "Y")))
    return failure();
  int64_t outputs = getOutputs();
  return verifySame(*this, "tiles",
                    llvm::divideCeil(y.getDimSize(2), outputs) *
                        llvm::divideCeil(y.getDimSize(3), outputs),
                    "Y", z.getDimSize(3), "Z");
}

LogicalResult AttentionOp::verify() {
  auto type = [](Value value) { return cast<ShapedType>(value.getType()); };
  ShapedType q = type(getQ()), k = type(getK()), v = type(getV()), y = type(getY());
  for (auto [shaped, name] : {std::pair{q, "Q"}, {k, "K"}, {v, "V"}, {y, "Y"}})
    if (failed(verifyRank(*this, shaped, 4, name)))
      return failure();
  int64_t heads = q.getDimSize(1), kvHeads = k.getDimSize(1);
  if (ShapedType::isDynamic(heads) || ShapedType::isDynamic(kvHeads))
    return emitOpError("needs static numbers of heads");
  if (kvHeads == 0 || heads % kvHeads)
    return emitOpError() << "has " << heads << " query heads, which is no multiple of " << kvHeads
                         << " key heads";
  if (failed(verifySame(*this, "batch size", q.getDimSize(0), "Q", k.getDimSize(0), "K")) ||
      failed(verifySame(*this, "batch size", q.getDimSize(0), "Q", v.getDimSize(0), "V")) ||
      failed(verifySame(*this, "batch size", q.getDimSize(0), "Q", y.getDimSize(0), "Y")) ||
      failed(verifySame(*this, "heads", kvHeads, "K", v.getDimSize(1), "V")) ||
      failed(verifySame(*this, "heads", heads, "Q", y.getDimSize(1), "Y")) ||
      failed(verifySame(*this, "queries", q.getDimSize(2), "Q", y.getDimSize(2), "Y")) ||
      failed(verifySame(*this, "keys", k.getDimSize(2), "K", v.getDimSize(2), "V")) ||
      failed(verifySame(*this, "D", q.getDimSize(3), "Q", k.getDimSize(3), "K")) ||
      failed(verifySame(*this, "D", v.getDimSize(3), "V", y.getDimSize(3), "Y")))
    return failure();
  if (getCausalOffset() && !getCausal())
    return emitOpError("has a causal_offset without causal");
  if (!getMask())
    return success();
  ShapedType mask = type(getMask());
  int64_t sizes[] = {q.getDimSize(0), heads, q.getDimSize(2), k.getDimSize(2)};
  if (failed(verifyRank(*this, mask, 4, "mask")))
    return failure();
  for (int64_t i = 0; i < 4; ++i)
    if (mask.getDimSize(i) != 1 && disagree(mask.getDimSize(i), sizes[i]))
      return emitOpError() << "has a mask of size " << mask.getDimSize(i) << " in dimension " << i
                           << ", which is neither 1 nor " << sizes[i];
  return success();
}
