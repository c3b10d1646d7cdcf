#include "lib/Import/Tensors.h"
#include "dialects/ONNX/Types.h"
#include "dialects/Plan/Plan.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "onnx/onnx_pb.h"
#include "llvm/Support/CheckedArithmetic.h"

using namespace mlir;
using azulejo::onnx::EmitError;
using ::onnx::SparseTensorProto;
using ::onnx::TensorProto;

namespace azulejo {

/// The bits of an element where it is packed: a bool takes a byte.
static uint64_t getPackedBits(Type type) {
  if (auto complex = dyn_cast<ComplexType>(type))
    return 2 * complex.getElementType().getIntOrFloatBitWidth();
  return type.isInteger(1) ? 8 : type.getIntOrFloatBitWidth();
}

/// A shape whose number of elements and of bits can be computed without overflow.
static FailureOr<RankedTensorType> getTensorType(MLIRContext *context, llvm::ArrayRef<int64_t> dims,
                                                 int dataType, EmitError emitError) {
  Type element = onnx::getElementType(context, dataType);
  if (!element)
    return emitError() << "element type " << dataType << " does not exist";
  uint64_t bits = isa<plan::StringType>(element) ? 8 : getPackedBits(element);
  std::optional<uint64_t> total = bits;
  for (int64_t dim : dims) {
    if (dim < 0)
      return emitError() << "a dimension is " << dim << ", and sizes are not negative";
    total = total ? llvm::checkedMulUnsigned<uint64_t>(*total, std::max<int64_t>(dim, 1))
                  : std::nullopt;
    if (!total || *total > INT64_MAX / 8)
      return emitError() << "its dimensions multiply to more than any file could hold";
  }
  return RankedTensorType::get(dims, element);
}

static std::string describeShape(RankedTensorType type) {
  std::string text = "shape [";
  for (auto [index, size] : llvm::enumerate(type.getShape()))
    text += (index ? ", " : "") + std::to_string(size);
  return text + "]";
}

static uint64_t getPackedSize(RankedTensorType type) {
  return (static_cast<uint64_t>(type.getNumElements()) * getPackedBits(type.getElementType()) + 7) /
         8;
}

//===------------------------------------------------------------------------------------------===//
// Dense attributes
//===------------------------------------------------------------------------------------------===//

/// A dense attribute of elements packed as in raw_data, whose number of bytes is right.
static TypedAttr getDense(RankedTensorType type, ArrayRef<char> packed) {
  Type element = type.getElementType();
  int64_t count = type.getNumElements();
  if (count == 0)
    return DenseElementsAttr::get(type, ArrayRef<Attribute>());
  if (element.isInteger(1)) {
    SmallVector<bool> values = llvm::map_to_vector(packed, [](char byte) { return byte != 0; });
    return DenseElementsAttr::get(type, ArrayRef<bool>(values));
  }
  uint64_t bits = getPackedBits(element);
  if (bits % 8 == 0)
    return DenseElementsAttr::getFromRawBuffer(type, packed);

  SmallVector<APInt> values;
  for (int64_t i = 0; i < count; ++i) {
    APInt value(bits, 0);
    for (uint64_t bit = 0; bit < bits; ++bit) {
      uint64_t at = i * bits + bit;
      if (packed[at / 8] >> (at % 8) & 1)
        value.setBit(bit);
    }
    values.push_back(value);
  }
  if (!isa<FloatType>(element))
    return DenseElementsAttr::get(type, values);
  const llvm::fltSemantics &semantics = cast<FloatType>(element).getFloatSemantics();
  SmallVector<APFloat> numbers =
      llvm::map_to_vector(values, [&](const APInt &value) { return APFloat(semantics, value); });
  return DenseElementsAttr::get(type, numbers);
}

//===------------------------------------------------------------------------------------------===//
// Typed data fields
//===------------------------------------------------------------------------------------------===//

/// Appends the low `size` bytes of each value, in order.
template <typename Range>
static void appendBytes(const Range &values, size_t size, std::string &out) {
  for (auto value : values) {
    char bytes[sizeof(value)];
    std::memcpy(bytes, &value, sizeof(value));
    out.append(bytes, size);
  }
}

/// The elements of a typed data field, packed as raw_data packs them.
static FailureOr<std::string> readTypedData(const TensorProto &tensor, RankedTensorType type,
                                            EmitError emitError) {
  uint64_t count = type.getNumElements();
  Type element = type.getElementType();
  std::string bytes;
  uint64_t expected = count, found = 0;
  switch (tensor.data_type()) {
  case TensorProto::FLOAT:
  case TensorProto::COMPLEX64:
    expected = tensor.data_type() == TensorProto::FLOAT ? count : 2 * count;
    found = tensor.float_data_size();
    if (found == expected)
      appendBytes(tensor.float_data(), sizeof(float), bytes);
    break;
  case TensorProto::DOUBLE:
  case TensorProto::COMPLEX128:
    expected = tensor.data_type() == TensorProto::DOUBLE ? count : 2 * count;
    found = tensor.double_data_size();
    if (found == expected)
      appendBytes(tensor.double_data(), sizeof(double), bytes);
    break;
  case TensorProto::INT64:
    found = tensor.int64_data_size();
    if (found == expected)
      appendBytes(tensor.int64_data(), sizeof(int64_t), bytes);
    break;
  case TensorProto::UINT32:
  case TensorProto::UINT64:
    found = tensor.uint64_data_size();
    if (found == expected)
      appendBytes(tensor.uint64_data(), getPackedBits(element) / 8, bytes);
    break;
  default: {
    // int32_data holds one element an entry, or the packed elements of one byte; of 6-bit elements
    // always one.
    uint64_t bits = getPackedBits(element);
    found = tensor.int32_data_size();
    if (bits == 6) {
      if (found == expected) {
        bytes.resize(getPackedSize(type));
        for (uint64_t i = 0; i < count; ++i)
          for (unsigned bit = 0; bit < 6; ++bit)
            if (tensor.int32_data(i) >> bit & 1)
              bytes[(i * 6 + bit) / 8] |= 1 << (i * 6 + bit) % 8;
      }
      break;
    }
    expected = bits < 8 ? getPackedSize(type) : count;
    if (found == expected)
      appendBytes(tensor.int32_data(), std::max<uint64_t>(bits / 8, 1), bytes);
    break;
  }
  }
  if (found != expected)
    return emitError() << "it declares " << describeShape(type) << ", which is " << count
                       << " elements, and has data for " << found;
  return bytes;
}

//===------------------------------------------------------------------------------------------===//
// Tensors
//===------------------------------------------------------------------------------------------===//

/// Data that lies in a file the weight store knows.
static FailureOr<TypedAttr> getFromFile(RankedTensorType type, StringRef file, uint64_t offset,
                                        EmitError emitError) {
  MLIRContext *context = type.getContext();
  uint64_t length = getPackedSize(type);
  if (length > maxInlineBytes)
    return TypedAttr(plan::WeightAttr::get(context, type, StringAttr::get(context, file), offset,
                                           length, /*hash=*/0));
  auto bytes =
      context->getLoadedDialect<plan::PlanDialect>()->getWeightStore().read(file, offset, length);
  if (!bytes)
    return emitError() << llvm::toString(bytes.takeError());
  return getDense(type, *bytes);
}

static FailureOr<TypedAttr> importExternal(const TensorProto &tensor, RankedTensorType type,
                                           TensorSource *source, EmitError emitError) {
  StringRef location, offsetText = "0", lengthText;
  for (const auto &entry : tensor.external_data()) {
    if (entry.key() == "location")
      location = entry.value();
    else if (entry.key() == "offset")
      offsetText = entry.value();
    else if (entry.key() == "length")
      lengthText = entry.value();
  }
  uint64_t expected = getPackedSize(type), offset, length = expected;
  if (offsetText.getAsInteger(10, offset) ||
      (!lengthText.empty() && lengthText.getAsInteger(10, length)))
    return emitError() << "its offset '" << offsetText << "' or length '" << lengthText
                       << "' in external data is no number";
  if (!source)
    return emitError() << "external data is not allowed here";
  FailureOr<ExternalData::File> file = source->external.open(location, emitError);
  if (failed(file))
    return failure();
  if (length != expected)
    return emitError() << "it declares " << describeShape(type) << ", which is " << expected
                       << " bytes, and " << length << " bytes of external data";
  if (offset > file->size || length > file->size - offset)
    return emitError() << "its " << length << " bytes at " << offset << " reach beyond the end of '"
                       << location << "', which has " << file->size;
  return getFromFile(type, file->path, offset, emitError);
}

FailureOr<TypedAttr> importTensor(MLIRContext *context, const TensorProto &tensor,
                                  TensorSource *source, EmitError emitError) {
  FailureOr<RankedTensorType> type =
      getTensorType(context, SmallVector<int64_t>(tensor.dims().begin(), tensor.dims().end()),
                    tensor.data_type(), emitError);
  if (failed(type))
    return failure();
  if (tensor.has_segment())
    return emitError() << "tensors in segments are not known here";

  if (isa<plan::StringType>(type->getElementType())) {
    if (tensor.string_data_size() != type->getNumElements())
      return emitError() << "it declares " << describeShape(*type) << ", which is "
                         << type->getNumElements() << " strings, and has "
                         << tensor.string_data_size();
    SmallVector<StringRef> strings(tensor.string_data().begin(), tensor.string_data().end());
    return TypedAttr(DenseStringElementsAttr::get(*type, strings));
  }
  if (tensor.data_location() == TensorProto::EXTERNAL)
    return importExternal(tensor, *type, source, emitError);

  uint64_t expected = getPackedSize(*type);
  auto refuseSize = [&](uint64_t found) {
    return emitError() << "it declares " << describeShape(*type) << ", which is " << expected
                       << " bytes, and has " << found;
  };
  if (source && source->data.size() != 0 && tensor.has_doc_string()) {
    size_t index;
    if (tensor.has_raw_data() || StringRef(tensor.doc_string()).getAsInteger(10, index) ||
        index >= source->data.size())
      return emitError() << "it has data twice";
    auto [offset, length] = source->data[index];
    if (length != expected)
      return refuseSize(length);
    return getFromFile(*type, source->file, offset, emitError);
  }
  if (tensor.has_raw_data()) {
    if (tensor.raw_data().size() != expected)
      return refuseSize(tensor.raw_data().size());
    return getDense(*type, tensor.raw_data());
  }
  FailureOr<std::string> bytes = readTypedData(tensor, *type, emitError);
  if (failed(bytes))
    return failure();
  return getDense(*type, *bytes);
}

/// The positions of a sparse tensor's values: one linear index each, or one index per dimension.
static FailureOr<SmallVector<uint64_t>> readPositions(const SparseTensorProto &tensor,
                                                      uint64_t count, RankedTensorType type,
                                                      TensorSource *source, EmitError emitError) {
  FailureOr<TypedAttr> indices =
      importTensor(type.getContext(), tensor.indices(), source, emitError);
  if (failed(indices))
    return failure();
  auto indexType = cast<RankedTensorType>(indices->getType());
  bool linear = indexType.getRank() == 1;
  if (!indexType.getElementType().isSignlessInteger(64) || indexType.getRank() < 1 ||
      indexType.getRank() > 2 || indexType.getDimSize(0) != static_cast<int64_t>(count) ||
      (!linear && indexType.getDimSize(1) != type.getRank()))
    return emitError() << "its indices are " << indexType << ", which does not fit " << count
                       << " values of " << type;
  auto bytes = plan::getElementBytes(*indices, UnknownLoc::get(type.getContext()));
  if (failed(bytes))
    return failure();
  uint64_t total = indexType.getNumElements();
  auto getIndex = [&](uint64_t at) {
    int64_t index;
    // A splat is one element.
    std::memcpy(&index, bytes->data() + (bytes->size() == 8 ? 0 : at * 8), 8);
    return index;
  };
  SmallVector<uint64_t> positions;
  for (uint64_t i = 0; i < total;) {
    uint64_t position = 0;
    for (int64_t dim = 0; dim < (linear ? 1 : type.getRank()); ++dim, ++i) {
      int64_t index = getIndex(i), size = linear ? type.getNumElements() : type.getDimSize(dim);
      if (index < 0 || index >= size)
        return emitError() << "index " << index << " lies outside of " << type;
      position = position * size + index;
    }
    positions.push_back(position);
  }
  return positions;
}

FailureOr<TypedAttr> importSparseTensor(MLIRContext *context, const SparseTensorProto &tensor,
                                        TensorSource *source, EmitError emitError) {
  constexpr uint64_t maxDenseBytes = 256 * 1024 * 1024;
  FailureOr<TypedAttr> values = importTensor(context, tensor.values(), source, emitError);
  if (failed(values))
    return failure();
  auto valuesType = cast<RankedTensorType>(values->getType());
  FailureOr<RankedTensorType> type =
      getTensorType(context, SmallVector<int64_t>(tensor.dims().begin(), tensor.dims().end()),
                    tensor.values().data_type(), emitError);
  if (failed(type))
    return failure();
  if (valuesType.getRank() != 1 || type->getRank() == 0)
    return emitError() << "its values are " << valuesType << ", and the tensor is "
                       << describeShape(*type)
                       << "; sparse values have one dimension, and the tensor has some";
  if (isa<plan::StringType>(type->getElementType()) ||
      getPackedBits(type->getElementType()) % 8 != 0)
    return emitError() << "a sparse tensor of " << type->getElementType() << " is not known here";
  if (getPackedSize(*type) > maxDenseBytes)
    return emitError() << "it declares " << describeShape(*type)
                       << ", whose dense form would exceed 256 MiB";
  uint64_t count = valuesType.getNumElements();
  FailureOr<SmallVector<uint64_t>> positions =
      readPositions(tensor, count, *type, source, emitError);
  if (failed(positions))
    return failure();

  uint64_t size = getPackedBits(type->getElementType()) / 8;
  std::string dense(getPackedSize(*type), '\0');
  if (auto elements = dyn_cast<DenseElementsAttr>(*values);
      elements && type->getElementType().isInteger(1)) {
    for (auto [position, value] : llvm::zip_equal(*positions, elements.getValues<bool>()))
      dense[position] = value;
    return getDense(*type, dense);
  }
  auto bytes = plan::getElementBytes(*values, UnknownLoc::get(context));
  if (failed(bytes))
    return failure();
  for (auto [i, position] : llvm::enumerate(*positions))
    std::memcpy(dense.data() + position * size,
                bytes->data() + (bytes->size() == size ? 0 : i * size), size);
  return getDense(*type, dense);
}

} // namespace azulejo
