#include "lib/Import/WireFormat.h"
#include "onnx/onnx_pb.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;
using ::onnx::TensorProto;

namespace azulejo {

namespace {

/// Messages within messages. ONNX's own reader stops at 100, which is about 33 subgraphs in one
/// another.
constexpr int maxDepth = 96;

enum WireType : unsigned { varint = 0, fixed64 = 1, lengthDelimited = 2, fixed32 = 5 };

/// The messages on the way from a model to its tensors.
enum class Message { model, function, graph, node, attribute, sparseTensor, tensor, other };

/// The message that field `field` of `parent` is, as onnx.proto numbers them; `other` for
/// everything else.
Message getChild(Message parent, uint64_t field) {
  switch (parent) {
  case Message::model:
    return field == 7 ? Message::graph : field == 25 ? Message::function : Message::other;
  case Message::function:
    return field == 7 ? Message::node : field == 11 ? Message::attribute : Message::other;
  case Message::graph:
    return field == 1    ? Message::node
           : field == 5  ? Message::tensor
           : field == 15 ? Message::sparseTensor
                         : Message::other;
  case Message::node:
    return field == 5 ? Message::attribute : Message::other;
  case Message::attribute:
    return field == 5 || field == 10    ? Message::tensor
           : field == 6 || field == 11  ? Message::graph
           : field == 22 || field == 23 ? Message::sparseTensor
                                        : Message::other;
  case Message::sparseTensor:
    return field == 1 || field == 2 ? Message::tensor : Message::other;
  default:
    return Message::other;
  }
}

struct Field {
  uint64_t number;
  WireType type;
  StringRef whole;   // with its tag
  StringRef content; // of a length-delimited field
  uint64_t value;    // of a varint
};

class Slimmer {
public:
  explicit Slimmer(StringRef model) : model(model) {}

  Expected<SlimModel> run() {
    if (Error error = slim(Message::model, model, result.bytes, 0))
      return std::move(error);
    return std::move(result);
  }

private:
  StringRef model;
  SlimModel result;

  uint64_t offsetOf(StringRef part) const { return part.data() - model.data(); }

  Error invalid(StringRef at, const Twine &what) const {
    return createStringError(what + " at byte " + Twine(offsetOf(at)));
  }

  static std::optional<uint64_t> readVarint(StringRef &bytes) {
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && !bytes.empty(); shift += 7) {
      uint8_t byte = bytes.front();
      bytes = bytes.drop_front();
      value |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if (!(byte & 0x80))
        return value;
    }
    return std::nullopt;
  }

  static void writeVarint(uint64_t value, std::string &out) {
    for (; value >= 0x80; value >>= 7)
      out += static_cast<char>(value | 0x80);
    out += static_cast<char>(value);
  }

  static void writeBytes(uint64_t number, StringRef content, std::string &out) {
    writeVarint(number << 3 | lengthDelimited, out);
    writeVarint(content.size(), out);
    out += content;
  }

  Expected<Field> readField(StringRef &bytes) const {
    StringRef start = bytes;
    std::optional<uint64_t> tag = readVarint(bytes);
    if (!tag || *tag >> 3 == 0)
      return invalid(start, "not the wire format of protocol buffers");
    Field field{*tag >> 3, static_cast<WireType>(*tag & 7), {}, {}, 0};
    uint64_t length = 0;
    switch (field.type) {
    case varint: {
      std::optional<uint64_t> value = readVarint(bytes);
      if (!value)
        return invalid(start, "a number is cut off");
      field.value = *value;
      break;
    }
    case fixed64:
      length = 8;
      break;
    case fixed32:
      length = 4;
      break;
    case lengthDelimited: {
      std::optional<uint64_t> declared = readVarint(bytes);
      if (!declared)
        return invalid(start, "a length is cut off");
      length = *declared;
      break;
    }
    default:
      return invalid(start, "not the wire format of protocol buffers");
    }
    if (length > bytes.size())
      return invalid(start, "truncated: a field of " + Twine(length) + " bytes, where " +
                                Twine(bytes.size()) + " are left,");
    field.content = bytes.take_front(length);
    bytes = bytes.drop_front(length);
    field.whole = start.drop_back(bytes.size());
    return field;
  }

  Error slim(Message kind, StringRef bytes, std::string &out, int depth) {
    if (depth > maxDepth)
      return invalid(bytes, "subgraphs nest too deeply");
    if (kind == Message::tensor)
      return slimTensor(bytes, out);
    while (!bytes.empty()) {
      Expected<Field> field = readField(bytes);
      if (!field)
        return field.takeError();
      Message child = getChild(kind, field->number);
      bool isTrainingInfo = kind == Message::model && field->number == 20;
      if (child == Message::other || field->type != lengthDelimited) {
        if (!isTrainingInfo)
          out += field->whole;
        continue;
      }
      std::string slimmed;
      if (Error error = slim(child, field->content, slimmed, depth + 1))
        return error;
      writeBytes(field->number, slimmed, out);
    }
    return Error::success();
  }

  /// The field whose bytes in the file are the tensor's elements as they are in memory: raw_data,
  /// or packed floats or doubles.
  static uint64_t getDataField(uint64_t dataType, bool hasRawData) {
    if (hasRawData)
      return TensorProto::kRawDataFieldNumber;
    switch (dataType) {
    case TensorProto::FLOAT:
    case TensorProto::COMPLEX64:
      return TensorProto::kFloatDataFieldNumber;
    case TensorProto::DOUBLE:
    case TensorProto::COMPLEX128:
      return TensorProto::kDoubleDataFieldNumber;
    default:
      return 0;
    }
  }

  Error slimTensor(StringRef bytes, std::string &out) {
    SmallVector<Field> fields;
    uint64_t dataType = 0;
    bool hasRawData = false;
    while (!bytes.empty()) {
      Expected<Field> field = readField(bytes);
      if (!field)
        return field.takeError();
      if (field->number == TensorProto::kDataTypeFieldNumber)
        dataType = field->value;
      hasRawData |= field->number == TensorProto::kRawDataFieldNumber;
      if (field->number != TensorProto::kDocStringFieldNumber)
        fields.push_back(*field);
    }
    uint64_t dataField = getDataField(dataType, hasRawData);
    bool movable =
        llvm::count_if(fields, [&](const Field &field) { return field.number == dataField; }) == 1;
    for (const Field &field : fields) {
      if (!movable || field.number != dataField || field.type != lengthDelimited ||
          field.content.size() <= maxInlineBytes) {
        out += field.whole;
        continue;
      }
      writeBytes(TensorProto::kDocStringFieldNumber, utostr(result.data.size()), out);
      result.data.push_back({offsetOf(field.content), field.content.size()});
    }
    return Error::success();
  }
};

} // namespace

Expected<SlimModel> slimModel(StringRef model) { return Slimmer(model).run(); }

} // namespace azulejo
