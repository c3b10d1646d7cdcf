#include "lib/Package/Weights.h"
#include "dialects/Plan/Plan.h"

using namespace mlir;
using namespace azulejo;

namespace azulejo::package {

using Writer = function_ref<void(ArrayRef<char>)>;

/// Elements are made in pieces of this size where they are not in memory as they are needed.
static constexpr int64_t pieceBytes = 1 << 20;

/// Writes `count` bytes, of which `byteAt` gives each.
static void writeBytes(int64_t count, function_ref<char(int64_t)> byteAt, Writer write) {
  std::vector<char> piece;
  piece.reserve(std::min(count, pieceBytes));
  for (int64_t i = 0; i < count; ++i) {
    piece.push_back(byteAt(i));
    if (static_cast<int64_t>(piece.size()) == pieceBytes) {
      write(piece);
      piece.clear();
    }
  }
  write(piece);
}

static void repeat(ArrayRef<char> element, int64_t count, Writer write) {
  std::vector<char> piece;
  int64_t perPiece = std::max<int64_t>(1, std::min<int64_t>(count, pieceBytes / element.size()));
  for (int64_t i = 0; i < perPiece; ++i)
    llvm::append_range(piece, element);
  for (; count > 0; count -= perPiece)
    write(ArrayRef(piece).take_front(std::min(count, perPiece) * element.size()));
}

LogicalResult streamElements(Attribute value, Location loc, Writer write) {
  auto type = cast<ShapedType>(cast<TypedAttr>(value).getType());
  int64_t count = type.getNumElements();
  Type element = type.getElementType();
  unsigned bits = element.isIntOrFloat() ? element.getIntOrFloatBitWidth() : 64;
  if (!count)
    return success();

  auto dense = dyn_cast<DenseElementsAttr>(value);
  if (dense && element.isInteger(1)) { // packed in the attribute
    if (dense.isSplat()) {
      repeat({static_cast<char>(dense.getSplatValue<bool>())}, count, write);
    } else {
      auto values = dense.getValues<bool>();
      writeBytes(count, [&](int64_t i) { return static_cast<char>(values[i]); }, write);
    }
    return success();
  }
  bool narrow = bits < 8 && bits > 1;
  if (!narrow && !dense)
    return plan::writeElementBytes(cast<TypedAttr>(value), loc, write);
  FailureOr<plan::ElementBytes> bytes = plan::getElementBytes(value, loc);
  if (failed(bytes))
    return emitError(loc) << "cannot read the elements of a constant of type " << type;
  char mask = narrow ? static_cast<char>((1 << bits) - 1) : static_cast<char>(0xFF);
  if (dense && dense.isSplat()) {
    SmallVector<char> one(bytes->get());
    if (narrow)
      one[0] &= mask;
    repeat(one, count, write);
  } else if (narrow && isa<plan::WeightAttr>(value)) { // packed in the file
    unsigned perByte = 8 / bits;
    writeBytes(
        count,
        [&](int64_t i) {
          return static_cast<char>(static_cast<uint8_t>((*bytes)[i / perByte]) >>
                                   (i % perByte * bits)) &
                 mask;
        },
        write);
  } else if (narrow) {
    writeBytes(count, [&](int64_t i) { return static_cast<char>((*bytes)[i] & mask); }, write);
  } else {
    write(bytes->get());
  }
  return success();
}

} // namespace azulejo::package
