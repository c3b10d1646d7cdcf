//===- LibraryInference.cpp - A library's `infer`, as ONNX's inference calls it ---------------===//
//
// The function sees what it sees at run time, an azm_host and values, of which not everything is
// known: a value is a type here, with elements where it is an attribute or a small constant. A
// symbol stands in a shape as a negative number, its index counted down from -2.
//
//===------------------------------------------------------------------------------------------===//
#include "lib/Import/Schemas/Libraries.h"
#include "onnx/defs/shape_inference.h"
#include <algorithm>
#include <cstring>
#include <deque>

using ::onnx::AttributeProto;
using ::onnx::InferenceContext;
using ::onnx::TensorProto;
using ::onnx::TensorShapeProto;

namespace azulejo::schemas {

namespace {
struct TypedValue {
  int32_t type = TensorProto::UNDEFINED;
  std::vector<int64_t> shape;
  std::string bytes;
  bool isKnown = false;
};

class Inference : public azm_host {
public:
  explicit Inference(InferenceContext &context) : context(context) {
    kind = [](const azm_value *) { return int32_t(AZM_TENSOR); };
    element_type = [](const azm_value *tensor) { return get(tensor).type; };
    rank = [](const azm_value *tensor) { return int32_t(get(tensor).shape.size()); };
    shape = [](const azm_value *tensor) { return get(tensor).shape.data(); };
    data = [](azm_host *, const azm_value *tensor) -> const void * {
      return get(tensor).isKnown ? get(tensor).bytes.data() : nullptr;
    };
    count = [](const azm_value *) { return int64_t(0); };
    element = [](const azm_value *, int64_t) -> const azm_value * { return nullptr; };
    make_tensor = makeTensor;
    make_list = [](azm_host *host, int32_t, const azm_value *const *, int64_t) {
      host->fail(host, "it makes a list");
      return static_cast<const azm_value *>(nullptr);
    };
    text = [](azm_host *host, int64_t number, int64_t *size) {
      const auto &texts = of(host).texts;
      bool isThere = number >= 0 && size_t(number) < texts.size();
      *size = isThere ? int64_t(texts[number].size()) : 0;
      return isThere ? texts[number].data() : "";
    };
    number = [](azm_host *host, const char *bytes, int64_t size) {
      return of(host).add({bytes, size_t(size)});
    };
    fail = [](azm_host *host, const char *message) {
      if (of(host).failure.empty())
        of(host).failure = message;
    };
  }

  void addAttribute(const azl_operator_attribute &declared);
  /// False where too little is known of it.
  bool addInput(size_t index);
  void run(const azl_operator &op);

private:
  static Inference &of(azm_host *host) { return *static_cast<Inference *>(host); }
  static const TypedValue &get(const azm_value *value) {
    return *reinterpret_cast<const TypedValue *>(value);
  }
  static const azm_value *makeTensor(azm_host *host, int32_t type, int32_t rank,
                                     const int64_t *shape, void **data) {
    TypedValue &value = of(host).values.emplace_back();
    value.type = type;
    value.shape.assign(shape, shape + std::max(rank, 0));
    *data = nullptr;
    return reinterpret_cast<const azm_value *>(&value);
  }
  TypedValue &addValue(int32_t type) {
    TypedValue &value = values.emplace_back();
    value.type = type;
    inputs.push_back(reinterpret_cast<const azm_value *>(&value));
    return value;
  }
  int64_t add(std::string text) {
    texts.push_back(std::move(text));
    return int64_t(texts.size()) - 1;
  }
  int64_t toSize(const TensorShapeProto::Dimension &dim);
  void setOutput(size_t index, const TypedValue &value);

  InferenceContext &context;
  std::deque<TypedValue> values;
  std::deque<std::string> texts;
  std::vector<std::string> symbols;
  std::vector<const azm_value *> inputs;
  std::string failure;
};
} // namespace

template <typename T, typename Range>
static void setElements(TypedValue &value, const Range &range) {
  std::vector<T> elements(range.begin(), range.end());
  value.shape = {int64_t(elements.size())};
  value.bytes.assign(reinterpret_cast<const char *>(elements.data()), elements.size() * sizeof(T));
  value.isKnown = true;
}

void Inference::addAttribute(const azl_operator_attribute &declared) {
  const AttributeProto *given = context.getAttribute(declared.name);
  switch (declared.kind) {
  case AZL_ATTRIBUTE_FLOAT:
  case AZL_ATTRIBUTE_FLOATS: {
    std::vector<float> elements;
    if (given && given->type() == AttributeProto::FLOAT)
      elements = {given->f()};
    else if (given)
      elements.assign(given->floats().begin(), given->floats().end());
    return setElements<float>(addValue(TensorProto::FLOAT), elements);
  }
  case AZL_ATTRIBUTE_INT:
  case AZL_ATTRIBUTE_INTS: {
    std::vector<int64_t> elements;
    if (given && given->type() == AttributeProto::INT)
      elements = {given->i()};
    else if (given)
      elements.assign(given->ints().begin(), given->ints().end());
    return setElements<int64_t>(addValue(TensorProto::INT64), elements);
  }
  default: {
    std::vector<int64_t> numbers;
    if (given && given->type() == AttributeProto::STRING)
      numbers = {add(given->s())};
    else if (given)
      for (const std::string &text : given->strings())
        numbers.push_back(add(text));
    return setElements<int64_t>(addValue(TensorProto::STRING), numbers);
  }
  }
}

int64_t Inference::toSize(const TensorShapeProto::Dimension &dim) {
  if (dim.has_dim_value())
    return dim.dim_value();
  if (!dim.has_dim_param())
    return -1;
  size_t index = std::find(symbols.begin(), symbols.end(), dim.dim_param()) - symbols.begin();
  if (index == symbols.size())
    symbols.push_back(dim.dim_param());
  return -2 - int64_t(index);
}

/// Bytes that one element of ONNX's raw_data takes, which are those of host code; 0 where the two
/// differ.
static size_t bytesOf(int32_t type) {
  switch (type) {
  case TensorProto::BOOL:
  case TensorProto::INT8:
  case TensorProto::UINT8:
    return 1;
  case TensorProto::INT16:
  case TensorProto::UINT16:
  case TensorProto::FLOAT16:
  case TensorProto::BFLOAT16:
    return 2;
  case TensorProto::INT32:
  case TensorProto::UINT32:
  case TensorProto::FLOAT:
    return 4;
  case TensorProto::INT64:
  case TensorProto::UINT64:
  case TensorProto::DOUBLE:
    return 8;
  default:
    return 0;
  }
}

bool Inference::addInput(size_t index) {
  const ::onnx::TypeProto *type = context.getInputType(index);
  if (!type || !type->has_tensor_type() || !type->tensor_type().has_shape())
    return false;
  TypedValue &value = addValue(type->tensor_type().elem_type());
  size_t elements = 1;
  for (const auto &dim : type->tensor_type().shape().dim()) {
    value.shape.push_back(toSize(dim));
    elements *= size_t(std::max<int64_t>(value.shape.back(), 0));
  }
  const TensorProto *known = context.getInputData(index);
  if (!known || known->data_type() != value.type)
    return true;
  if (value.type == TensorProto::STRING && size_t(known->string_data_size()) == elements) {
    std::vector<int64_t> numbers;
    for (const std::string &text : known->string_data())
      numbers.push_back(add(text));
    std::vector<int64_t> shape = value.shape;
    setElements<int64_t>(value, numbers);
    value.shape = shape;
  } else if (size_t bytes = bytesOf(value.type);
             bytes && known->raw_data().size() == elements * bytes) {
    value.bytes = known->raw_data();
    value.isKnown = true;
  }
  return true;
}

void Inference::setOutput(size_t index, const TypedValue &value) {
  if (value.type <= TensorProto::UNDEFINED || value.type > TensorProto::DataType_MAX)
    fail_shape_inference("the operator's library gives output ", index, " no element type");
  auto &type = *context.getOutputType(index)->mutable_tensor_type();
  type.set_elem_type(value.type);
  TensorShapeProto &shape = *type.mutable_shape();
  shape.clear_dim();
  for (int64_t size : value.shape) {
    auto &dim = *shape.add_dim();
    if (size < -1 && -2 - size >= int64_t(symbols.size()))
      fail_shape_inference("the operator's library gives output ", index, " a size of ", size,
                           ", which no input has");
    if (size >= 0)
      dim.set_dim_value(size);
    else if (size < -1)
      dim.set_dim_param(symbols[-2 - size]);
  }
}

void Inference::run(const azl_operator &op) {
  std::vector<const azm_value *> outputs(op.outputs);
  op.infer(this, inputs.data(), int64_t(inputs.size()), outputs.data(), op.outputs);
  if (!failure.empty())
    fail_shape_inference(failure);
  for (size_t i = 0; i < outputs.size(); ++i) {
    if (!outputs[i])
      fail_shape_inference("the operator's library says nothing of output ", i);
    setOutput(i, get(outputs[i]));
  }
}

void inferLibraryOperator(InferenceContext &context, const azl_operator &op) {
  auto given = int64_t(context.getNumInputs());
  if (given < op.least_inputs || given > op.most_inputs)
    fail_shape_inference("it has ", given, " inputs, and takes ", op.least_inputs,
                         op.most_inputs == op.least_inputs ? std::string()
                         : op.most_inputs == AZL_ANY_NUMBER
                             ? std::string(" or more")
                             : " to " + std::to_string(op.most_inputs));
  if (int64_t(context.getNumOutputs()) != op.outputs)
    fail_shape_inference("it has ", context.getNumOutputs(), " outputs, and gives ", op.outputs);
  Inference inference(context);
  for (int32_t i = 0; i < op.attribute_count; ++i)
    inference.addAttribute(op.attributes[i]);
  for (size_t i = 0; i < size_t(given); ++i)
    if (!inference.addInput(i))
      return;
  inference.run(op);
}

} // namespace azulejo::schemas
