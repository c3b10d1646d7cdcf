#include "dialects/Plan/Plan.h"
#include "dialects/Plan/Winograd.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/ADT/TypeSwitch.h"
#include <cstring>

using namespace mlir;

namespace azulejo::plan {

using Writer = function_ref<void(ArrayRef<char>)>;

namespace {

/// Gathers small runs of bytes into larger pieces.
class PieceWriter {
public:
  PieceWriter(Writer write) : write(write), piece(new char[pieceBytes]) {}
  ~PieceWriter() { flush(); }

  /// Room for `count` bytes, which the caller fills; at most `pieceBytes`.
  char *reserve(size_t count) {
    if (used + count > pieceBytes)
      flush();
    char *room = piece.get() + used;
    used += count;
    return room;
  }

  void append(const char *bytes, size_t count) {
    if (count < pieceBytes) {
      std::memcpy(reserve(count), bytes, count);
      return;
    }
    flush();
    write(ArrayRef(bytes, count));
  }

  static constexpr size_t pieceBytes = 1 << 20;

private:
  void flush() {
    if (used)
      write(ArrayRef(piece.get(), used));
    used = 0;
  }

  Writer write;
  std::unique_ptr<char[]> piece;
  size_t used = 0;
};

/// Elements of a base by their strides; the base's bytes are at hand.
struct Source {
  const char *first;
  SmallVector<int64_t> shape, strides;
};

/// The parts of `strides` and `shape` that one loop can run over, become one.
void joinDims(Source &source) {
  SmallVector<int64_t> shape, strides;
  for (auto [size, stride] : llvm::zip(source.shape, source.strides)) {
    if (size == 1)
      continue;
    if (!shape.empty() && strides.back() == stride * size) {
      shape.back() *= size;
      strides.back() = stride;
    } else {
      shape.push_back(size);
      strides.push_back(stride);
    }
  }
  if (shape.empty()) {
    shape.push_back(1);
    strides.push_back(1);
  }
  source.shape = std::move(shape);
  source.strides = std::move(strides);
}

template <typename T> void gather(const Source &source, PieceWriter &writer) {
  auto *from = reinterpret_cast<const T *>(source.first);
  int64_t rank = source.shape.size(), inner = source.shape.back(), step = source.strides.back();
  constexpr int64_t perPiece = PieceWriter::pieceBytes / sizeof(T);
  SmallVector<int64_t> index(rank, 0);
  while (true) {
    if (step == 1)
      writer.append(reinterpret_cast<const char *>(from), inner * sizeof(T));
    else
      for (int64_t done = 0; done < inner; done += perPiece) {
        int64_t count = std::min(perPiece, inner - done);
        auto *to = reinterpret_cast<T *>(writer.reserve(count * sizeof(T)));
        for (int64_t i = 0; i < count; ++i)
          to[i] = from[(done + i) * step];
      }
    int64_t d = rank - 2;
    for (; d >= 0; --d) {
      from += source.strides[d];
      if (++index[d] < source.shape[d])
        break;
      from -= source.strides[d] * source.shape[d];
      index[d] = 0;
    }
    if (d < 0)
      return;
  }
}

/// A matrix of K rows and N columns as panels of `columns`, the last filled up with zeros.
template <typename T>
void gatherPanels(const Source &source, int64_t columns, PieceWriter &writer) {
  int64_t k = source.shape[0], n = source.shape[1];
  auto *base = reinterpret_cast<const T *>(source.first);
  for (int64_t first = 0; first < n; first += columns) {
    int64_t width = std::min(columns, n - first);
    for (int64_t row = 0; row < k; ++row) {
      auto *to = reinterpret_cast<T *>(writer.reserve(columns * sizeof(T)));
      const T *from = base + row * source.strides[0] + first * source.strides[1];
      for (int64_t c = 0; c < width; ++c)
        to[c] = from[c * source.strides[1]];
      std::fill(to + width, to + columns, T(0));
    }
  }
}

/// Calls `run` with a value of the unsigned integer type that is `bits` wide.
template <typename Run> void withElementWidth(unsigned bits, Run run) {
  switch (bits) {
  case 8:
    return run(uint8_t());
  case 16:
    return run(uint16_t());
  case 32:
    return run(uint32_t());
  default:
    assert(bits == 64 && "the verifier knows which types have derived constants");
    return run(uint64_t());
  }
}

RankedTensorType getTensorType(TypedAttr value) { return cast<RankedTensorType>(value.getType()); }

/// Gives back what was read of the files below `value`.
void releaseWeights(Attribute value) {
  value.walk([](WeightAttr weight) {
    weight.getContext()->getOrLoadDialect<PlanDialect>()->getWeightStore().release(
        weight.getFile().getValue(), weight.getOffset(), weight.getLength());
  });
}

/// Calls `run` with the elements of `base` at these strides.
LogicalResult withSource(TypedAttr base, int64_t offset, ArrayRef<int64_t> shape,
                         ArrayRef<int64_t> strides, Location loc, function_ref<void(Source)> run) {
  FailureOr<ElementBytes> bytes = getElementBytes(base, loc);
  if (failed(bytes))
    return failure();
  RankedTensorType type = getTensorType(base);
  int64_t width = type.getElementTypeBitWidth() / 8;
  auto dense = dyn_cast<DenseElementsAttr>(base);
  bool splat = dense && dense.isSplat();
  int64_t expected = width * (splat ? 1 : type.getNumElements());
  if (static_cast<int64_t>(bytes->size()) != expected)
    return emitError(loc) << "a constant of type " << type << " has " << bytes->size() << " bytes";
  Source source{bytes->data(), SmallVector<int64_t>(shape), SmallVector<int64_t>(strides)};
  if (splat)
    source.strides.assign(shape.size(), 0);
  else
    source.first += offset * width;
  run(std::move(source));
  releaseWeights(base);
  return success();
}

LogicalResult writeStrided(StridedAttr value, Location loc, Writer write) {
  return withSource(value.getBase(), value.getOffset(), getTensorType(value).getShape(),
                    value.getStrides(), loc, [&](Source source) {
                      PieceWriter writer(write);
                      joinDims(source);
                      withElementWidth(getTensorType(value).getElementTypeBitWidth(),
                                       [&](auto zero) { gather<decltype(zero)>(source, writer); });
                    });
}

LogicalResult writePanels(PanelsAttr value, Location loc, Writer write) {
  TypedAttr base = value.getBase();
  ArrayRef<int64_t> shape = getTensorType(base).getShape();
  SmallVector<int64_t> strides = {shape[1], 1};
  int64_t offset = 0;
  // Of a transposed matrix no copy is made on the way.
  if (auto strided = dyn_cast<StridedAttr>(base)) {
    base = strided.getBase();
    offset = strided.getOffset();
    strides = SmallVector<int64_t>(strided.getStrides());
  }
  return withSource(base, offset, shape, strides, loc, [&](Source source) {
    PieceWriter writer(write);
    withElementWidth(getTensorType(value).getElementTypeBitWidth(), [&](auto zero) {
      gatherPanels<decltype(zero)>(source, getTensorType(value).getDimSize(2), writer);
    });
  });
}

LogicalResult writeConcat(ConcatAttr value, Location loc, Writer write) {
  RankedTensorType type = getTensorType(value);
  int64_t width = type.getElementTypeBitWidth() / 8, outer = 1, inner = width;
  for (int64_t i = 0; i < type.getRank(); ++i)
    (i < value.getAxis() ? outer : inner) *= i == value.getAxis() ? 1 : type.getDimSize(i);
  if (outer == 1) {
    for (TypedAttr part : value.getParts())
      if (failed(writeElementBytes(part, loc, write)))
        return failure();
    return success();
  }
  SmallVector<ElementBytes> parts;
  for (TypedAttr part : value.getParts()) {
    FailureOr<ElementBytes> bytes = getElementBytes(part, loc);
    if (failed(bytes))
      return failure();
    parts.push_back(std::move(*bytes));
  }
  PieceWriter writer(write);
  for (int64_t i = 0; i < outer; ++i)
    for (auto [part, bytes] : llvm::zip_equal(value.getParts(), parts)) {
      int64_t length = getTensorType(part).getDimSize(value.getAxis()) * inner;
      auto dense = dyn_cast<DenseElementsAttr>(part);
      if (dense && dense.isSplat())
        for (int64_t at = 0; at < length; at += width)
          writer.append(bytes.data(), width);
      else
        writer.append(bytes.data() + i * length, length);
    }
  releaseWeights(value);
  return success();
}

/// To the nearest, ties to even.
uint16_t roundToBF16(uint32_t bits) {
  if ((bits & 0x7FFFFFFF) > 0x7F800000) // a NaN stays one
    return static_cast<uint16_t>(bits >> 16 | 0x40);
  return static_cast<uint16_t>((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
}

uint16_t roundToF16(uint32_t bits) {
  uint32_t sign = bits >> 16 & 0x8000, magnitude = bits & 0x7FFFFFFF;
  if (magnitude > 0x7F800000)
    return static_cast<uint16_t>(sign | 0x7E00 | (magnitude >> 13 & 0x3FF));
  if (magnitude >= 0x477FF000) // half way from the largest to what would be next
    return static_cast<uint16_t>(sign | 0x7C00);
  if (magnitude < 0x38800000) {
    // Subnormal, in units of 2^-24: adding a float whose last place that is does the rounding.
    float value, unit = 0.5F;
    std::memcpy(&value, &magnitude, sizeof(value));
    value += unit;
    std::memcpy(&magnitude, &value, sizeof(value));
    return static_cast<uint16_t>(sign | (magnitude - 0x3F000000));
  }
  magnitude -= (127 - 15) << 23;
  return static_cast<uint16_t>(sign | (magnitude + 0xFFF + (magnitude >> 13 & 1)) >> 13);
}

LogicalResult writeConverted(ConvertedAttr value, Location loc, Writer write) {
  PieceWriter writer(write);
  bool isBF16 = getTensorType(value).getElementType().isBF16();
  // Whoever writes f32 writes whole ones.
  return writeElementBytes(value.getBase(), loc, [&](ArrayRef<char> piece) {
    constexpr size_t perRun = PieceWriter::pieceBytes / sizeof(uint16_t);
    for (size_t at = 0, count = piece.size() / sizeof(uint32_t); at < count; at += perRun) {
      size_t run = std::min(perRun, count - at);
      char *to = writer.reserve(run * sizeof(uint16_t));
      for (size_t i = 0; i < run; ++i) {
        uint32_t bits;
        std::memcpy(&bits, piece.data() + (at + i) * sizeof(bits), sizeof(bits));
        uint16_t rounded = isBF16 ? roundToBF16(bits) : roundToF16(bits);
        std::memcpy(to + i * sizeof(rounded), &rounded, sizeof(rounded));
      }
    }
  });
}

LogicalResult writeWinograd(WinogradAttr value, Location loc, Writer write) {
  FailureOr<ElementBytes> bytes = getElementBytes(value.getBase(), loc);
  if (failed(bytes))
    return failure();
  auto dense = dyn_cast<DenseElementsAttr>(value.getBase());
  int64_t step = dense && dense.isSplat() ? 0 : sizeof(float);
  RankedTensorType type = getTensorType(value);
  int64_t filters = type.getDimSize(1) * type.getDimSize(2);
  Winograd winograd = Winograd::get(type.getDimSize(0) == 16 ? 2 : 4);
  PieceWriter writer(write);
  for (int64_t t = 0; t < winograd.inputs; ++t)
    for (int64_t u = 0; u < winograd.inputs; ++u)
      for (int64_t filter = 0; filter < filters; ++filter) {
        double sum = 0;
        for (int64_t tap = 0; tap < 9; ++tap) {
          float weight;
          std::memcpy(&weight, bytes->data() + (filter * 9 + tap) * step, sizeof(weight));
          sum += winograd.g[t * 3 + tap / 3] * winograd.g[u * 3 + tap % 3] * weight;
        }
        float rounded = static_cast<float>(sum);
        std::memcpy(writer.reserve(sizeof(rounded)), &rounded, sizeof(rounded));
      }
  releaseWeights(value);
  return success();
}

LogicalResult writeWeight(WeightAttr weight, Location loc, Writer write) {
  FailureOr<ArrayRef<char>> bytes = weight.getBytes(loc);
  if (failed(bytes))
    return failure();
  WeightStore &store = weight.getContext()->getOrLoadDialect<PlanDialect>()->getWeightStore();
  for (size_t at = 0; at < bytes->size(); at += PieceWriter::pieceBytes) {
    size_t length = std::min(PieceWriter::pieceBytes, bytes->size() - at);
    write(bytes->slice(at, length));
    store.release(weight.getFile().getValue(), weight.getOffset() + at, length);
  }
  return success();
}

} // namespace

LogicalResult writeElementBytes(TypedAttr value, Location loc, Writer write) {
  if (auto strided = dyn_cast<StridedAttr>(value))
    return writeStrided(strided, loc, write);
  if (auto panels = dyn_cast<PanelsAttr>(value))
    return writePanels(panels, loc, write);
  if (auto concat = dyn_cast<ConcatAttr>(value))
    return writeConcat(concat, loc, write);
  if (auto converted = dyn_cast<ConvertedAttr>(value))
    return writeConverted(converted, loc, write);
  if (auto winograd = dyn_cast<WinogradAttr>(value))
    return writeWinograd(winograd, loc, write);
  if (auto weight = dyn_cast<WeightAttr>(value))
    return writeWeight(weight, loc, write);
  FailureOr<ElementBytes> bytes = getElementBytes(value, loc);
  if (failed(bytes))
    return failure();
  auto dense = dyn_cast<DenseElementsAttr>(value);
  if (!dense || !dense.isSplat()) {
    write(bytes->get());
    return success();
  }
  PieceWriter writer(write);
  for (int64_t i = 0, count = dense.getNumElements(); i < count; ++i)
    writer.append(bytes->data(), bytes->size());
  return success();
}

FailureOr<ElementBytes> getElementBytes(Attribute value, Location loc) {
  if (auto weight = dyn_cast<WeightAttr>(value)) {
    FailureOr<ArrayRef<char>> bytes = weight.getBytes(loc);
    return failed(bytes) ? FailureOr<ElementBytes>(failure()) : ElementBytes(*bytes);
  }
  if (auto dense = dyn_cast<DenseElementsAttr>(value))
    return ElementBytes(dense.getRawData());
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(value))
    if (AsmResourceBlob *blob = resource.getRawHandle().getBlob())
      return ElementBytes(blob->getData());
  if (!isa<StridedAttr, ConcatAttr, PanelsAttr, ConvertedAttr, WinogradAttr>(value))
    return failure();
  RankedTensorType type = getTensorType(cast<TypedAttr>(value));
  size_t size = type.getNumElements() * type.getElementTypeBitWidth() / 8, used = 0;
  auto made = llvm::WritableMemoryBuffer::getNewUninitMemBuffer(size);
  if (!made)
    return emitError(loc) << "no memory for a constant of type " << type;
  if (failed(writeElementBytes(cast<TypedAttr>(value), loc, [&](ArrayRef<char> piece) {
        std::memcpy(made->getBufferStart() + used, piece.data(), piece.size());
        used += piece.size();
      })))
    return failure();
  assert(used == size && "a derived constant writes what its type says");
  return ElementBytes(std::move(made));
}

} // namespace azulejo::plan
