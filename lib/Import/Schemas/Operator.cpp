#include "lib/Import/Schemas/Operator.h"
#include "onnx/shape_inference/implementation.h"
#include <algorithm>
#include <limits>

using ::onnx::AttributeProto;
using ::onnx::InferenceContext;
using ::onnx::OpSchema;
using ::onnx::TensorProto;

namespace azulejo::schemas {

/// The opset of ai.onnx that bodies are written in.
static constexpr int bodyOpset = 28;

std::vector<std::string> tensors(std::initializer_list<const char *> elementTypes) {
  std::vector<std::string> types;
  for (const char *type : elementTypes)
    types.push_back(std::string("tensor(") + type + ")");
  return types;
}

std::vector<std::string> smallFloats() { return tensors({"float", "float16", "bfloat16"}); }
std::vector<std::string> allFloats() { return tensors({"float", "float16", "bfloat16", "double"}); }
std::vector<std::string> bytes() { return tensors({"uint8", "int8"}); }

//===------------------------------------------------------------------------------------------===//
// Body
//===------------------------------------------------------------------------------------------===//

Body::Body(const ::onnx::FunctionBodyBuildContext &context, const OpSchema &schema,
           ::onnx::FunctionProto &function)
    : context(context), schema(schema), builder(function) {
  builder.AddOpset("", bodyOpset);
}

int Body::indexOf(const std::string &input) const {
  const auto &formals = schema.inputs();
  auto found = std::find_if(formals.begin(), formals.end(),
                            [&](const auto &formal) { return formal.GetName() == input; });
  return found == formals.end() ? -1 : static_cast<int>(found - formals.begin());
}

bool Body::has(const std::string &input) const {
  int index = indexOf(input);
  return index >= 0 && context.hasInput(index);
}

bool Body::hasOutput(const std::string &output) const {
  const auto &formals = schema.outputs();
  for (size_t i = 0; i < formals.size(); ++i)
    if (formals[i].GetName() == output)
      return context.hasOutput(static_cast<int>(i));
  return false;
}

static bool isVariadic(const OpSchema &schema) {
  return !schema.inputs().empty() && schema.inputs().back().GetOption() == OpSchema::Variadic;
}

static int countVariadic(const ::onnx::FunctionBodyBuildContext &context, const OpSchema &schema) {
  int first = static_cast<int>(schema.inputs().size()) - 1, count = 0;
  while (isVariadic(schema) && context.hasInput(first + count))
    ++count;
  return count;
}

static std::string nameVariadic(const OpSchema &schema, int index) {
  return schema.inputs().back().GetName() + "_" + std::to_string(index);
}

int Body::variadicSize() const { return countVariadic(context, schema); }

std::string Body::variadic(int index) const { return nameVariadic(schema, index); }

const ::onnx::TypeProto_Tensor *Body::type(const std::string &input) const {
  int index = indexOf(input);
  const ::onnx::TypeProto *type =
      index >= 0 && context.hasInput(index) ? context.getInputType(index) : nullptr;
  return type && type->has_tensor_type() ? &type->tensor_type() : nullptr;
}

std::optional<int64_t> Body::rank(const std::string &input) const {
  const auto *tensor = type(input);
  return tensor && tensor->has_shape() ? std::optional<int64_t>(tensor->shape().dim_size())
                                       : std::nullopt;
}

std::optional<int64_t> Body::size(const std::string &input, int axis) const {
  auto count = rank(input);
  if (axis < 0 && count)
    axis += static_cast<int>(*count);
  if (!count || axis < 0 || axis >= *count || !type(input)->shape().dim(axis).has_dim_value())
    return std::nullopt;
  return type(input)->shape().dim(axis).dim_value();
}

bool Body::haveSameSize(const std::string &input, const std::string &other, int axis) const {
  if (rank(input).value_or(0) <= axis || rank(other).value_or(0) <= axis)
    return false;
  const auto &a = type(input)->shape().dim(axis), &b = type(other)->shape().dim(axis);
  return a.has_dim_value() ? b.has_dim_value() && a.dim_value() == b.dim_value()
                           : !a.dim_param().empty() && a.dim_param() == b.dim_param();
}

int Body::elementType(const std::string &input) const {
  const auto *tensor = type(input);
  return tensor ? tensor->elem_type() : static_cast<int>(TensorProto::UNDEFINED);
}

const AttributeProto *Body::find(const std::string &name) const {
  if (const AttributeProto *given = context.getAttribute(name))
    return given;
  auto declared = schema.attributes().find(name);
  return declared == schema.attributes().end() ? nullptr : &declared->second.default_value;
}

int64_t Body::integer(const std::string &name) const {
  const AttributeProto *found = find(name);
  return found ? found->i() : 0;
}

float Body::number(const std::string &name) const {
  const AttributeProto *found = find(name);
  return found ? found->f() : 0.0f;
}

std::string Body::text(const std::string &name) const {
  const AttributeProto *found = find(name);
  return found ? found->s() : "";
}

std::vector<int64_t> Body::integers(const std::string &name) const {
  const AttributeProto *found = find(name);
  return found ? std::vector<int64_t>(found->ints().begin(), found->ints().end())
               : std::vector<int64_t>();
}

std::vector<float> Body::numbers(const std::string &name) const {
  const AttributeProto *found = find(name);
  return found ? std::vector<float>(found->floats().begin(), found->floats().end())
               : std::vector<float>();
}

Body &Body::add(const std::string &nodes) {
  builder.Add(nodes.c_str());
  return *this;
}

Body &Body::ints(const std::string &name, const std::vector<int64_t> &values) {
  builder.Const(name, values);
  return *this;
}

Body &Body::integer(const std::string &name, int64_t value) {
  builder.Const(name, value);
  return *this;
}

Body &Body::number(const std::string &name, float value) {
  builder.Const(name, value);
  return *this;
}

Body &Body::numberLike(const std::string &name, float value, const std::string &input) {
  number(name + "_f32", value);
  return add(name + " = Cast <to = " + std::to_string(elementType(input)) + "> (" + name + "_f32)");
}

//===------------------------------------------------------------------------------------------===//
// Text
//===------------------------------------------------------------------------------------------===//

std::string attribute(const std::string &name, int64_t value) {
  return name + " = " + std::to_string(value);
}

std::string attribute(const std::string &name, float value) {
  char digits[64];
  snprintf(digits, sizeof digits, "%.9e", static_cast<double>(value));
  return name + " : float = " + digits;
}

std::string attribute(const std::string &name, const std::vector<int64_t> &values) {
  std::string list;
  for (int64_t value : values)
    list += (list.empty() ? "" : ", ") + std::to_string(value);
  return name + " = [" + list + "]";
}

std::string exchange(int64_t rank, int64_t first, int64_t second) {
  std::vector<int64_t> order(rank);
  for (int64_t i = 0; i < rank; ++i)
    order[i] = i == first ? second : i == second ? first : i;
  return attribute("perm", order);
}

//===------------------------------------------------------------------------------------------===//
// Operator
//===------------------------------------------------------------------------------------------===//

Operator::Operator(const char *name, const char *file, const char *doc, const char *domain)
    : schema(name, file, 0) {
  schema.SetDomain(domain);
  schema.SinceVersion(1);
  schema.SetDoc(std::string(doc) +
                "\n\nDefinition: https://github.com/microsoft/onnxruntime/blob/main/docs/"
                "ContribOperators.md#com.microsoft." +
                name);
  schema.SetNodeDeterminism(OpSchema::NodeDeterminism::Deterministic);
}

Operator &Operator::input(const char *name, const char *type, const char *doc) {
  schema.Input(inputs++, name, doc, type);
  return *this;
}
Operator &Operator::optionalInput(const char *name, const char *type, const char *doc) {
  schema.Input(inputs++, name, doc, type, OpSchema::Optional);
  return *this;
}
Operator &Operator::variadicInput(const char *name, const char *type, const char *doc) {
  schema.Input(inputs++, name, doc, type, OpSchema::Variadic, /*is_homogeneous=*/false);
  return *this;
}
Operator &Operator::output(const char *name, const char *type, const char *doc) {
  schema.Output(outputs++, name, doc, type);
  return *this;
}
Operator &Operator::optionalOutput(const char *name, const char *type, const char *doc) {
  schema.Output(outputs++, name, doc, type, OpSchema::Optional);
  return *this;
}

Operator &Operator::required(const char *name, AttributeProto::AttributeType type,
                             const char *doc) {
  schema.Attr(name, doc, type, /*required=*/true);
  return *this;
}
Operator &Operator::optional(const char *name, AttributeProto::AttributeType type,
                             const char *doc) {
  schema.Attr(name, doc, type, /*required=*/false);
  return *this;
}
Operator &Operator::integer(const char *name, int64_t standard, const char *doc) {
  schema.Attr(name, doc, AttributeProto::INT, standard);
  return *this;
}
Operator &Operator::number(const char *name, float standard, const char *doc) {
  schema.Attr(name, doc, AttributeProto::FLOAT, standard);
  return *this;
}
Operator &Operator::text(const char *name, const char *standard, const char *doc) {
  schema.Attr(name, doc, AttributeProto::STRING, std::string(standard));
  return *this;
}

Operator &Operator::types(const char *name, std::vector<std::string> allowed) {
  schema.TypeConstraint(name, allowed, "");
  return *this;
}

Operator &Operator::check(Inference check) {
  checker = std::move(check);
  return *this;
}

Operator &Operator::infer(Inference given) {
  inference = std::move(given);
  return *this;
}

Operator &Operator::body(const char *nodes) {
  std::string text = nodes;
  return body([text](Body &body) {
    body.add(text);
    return true;
  });
}

Operator &Operator::body(Writer writer) {
  hasBody = true;
  schema.SetContextDependentFunctionBodyBuilder(
      [writer](const ::onnx::FunctionBodyBuildContext &context, const OpSchema &schema,
               ::onnx::FunctionProto &function) {
        Body body(context, schema, function);
        if (!writer(body))
          return false;
        schema.BuildFunction(function);
        // A function has a fixed number of inputs: each value of the variadic one is one.
        if (isVariadic(schema)) {
          function.mutable_input()->RemoveLast();
          for (int i = 0, n = countVariadic(context, schema); i < n; ++i)
            function.add_input(nameVariadic(schema, i));
        }
        return true;
      });
  return *this;
}

namespace {
/// What inference knows of a node, for whoever builds the node's body.
struct InferredNode : ::onnx::FunctionBodyBuildContext {
  explicit InferredNode(InferenceContext &context) : context(context) {}

  const AttributeProto *getAttribute(const std::string &name) const override {
    return context.getAttribute(name);
  }
  bool hasInput(int index) const override { return context.hasInput(index); }
  bool hasOutput(int index) const override {
    return index < static_cast<int>(context.getNumOutputs()) && context.hasOutput(index);
  }
  const ::onnx::TypeProto *getInputType(int index) const override {
    return context.getInputType(index);
  }

  InferenceContext &context;
};
} // namespace

static void inferThroughBody(InferenceContext &context, const std::string &name,
                             const std::string &domain) {
  const OpSchema *schema = ::onnx::OpSchemaRegistry::Schema(name, 1, domain);
  ::onnx::FunctionProto function;
  if (!schema->BuildContextDependentFunction(InferredNode(context), function))
    return;
  for (const auto &[attributeName, declared] : schema->attributes())
    if (declared.default_value.type() != AttributeProto::UNDEFINED) {
      AttributeProto &value = *function.add_attribute_proto();
      value = declared.default_value;
      value.set_name(attributeName);
    }
  ::onnx::shape_inference::InferShapeForFunctionNode(function, ::onnx::OpSchemaRegistry::Instance(),
                                                     context);
}

void Operator::define() {
  Inference types = inference;
  if (!types && hasBody)
    types = [name = schema.Name(), domain = schema.domain()](InferenceContext &context) {
      inferThroughBody(context, name, domain);
    };
  schema.TypeAndShapeInferenceFunction([checker = checker, types](InferenceContext &context) {
    if (checker)
      checker(context);
    types(context);
  });
  ::onnx::RegisterSchema(std::move(schema));
}

//===------------------------------------------------------------------------------------------===//
// Inference
//===------------------------------------------------------------------------------------------===//

void setLike(InferenceContext &context, size_t output, size_t input) {
  if (output >= context.getNumOutputs())
    return;
  ::onnx::propagateElemTypeFromInputToOutput(context, input, output);
  if (::onnx::hasInputShape(context, input))
    ::onnx::propagateShapeFromInputToOutput(context, input, output);
}

Operator::Inference sameAs(size_t input) {
  return [input](InferenceContext &context) { setLike(context, 0, input); };
}

const ::onnx::TensorShapeProto *shapeOf(InferenceContext &context, size_t input) {
  return ::onnx::hasInputShape(context, input) ? &::onnx::getInputShape(context, input) : nullptr;
}

void requireRank(InferenceContext &context, size_t input, int least, int most) {
  const auto *shape = shapeOf(context, input);
  if (shape && (shape->dim_size() < least || shape->dim_size() > most))
    fail_shape_inference("input ", input, " has rank ", shape->dim_size(), ", and ", least,
                         least == most ? "" : " to " + std::to_string(most), " is what it may be");
}

void refuseInput(InferenceContext &context, size_t input, const char *name) {
  if (context.hasInput(input))
    fail_shape_inference("input '", name, "' is not supported");
}

void refuseOutput(InferenceContext &context, size_t output, const char *name) {
  if (output < context.getNumOutputs() && context.hasOutput(output))
    fail_shape_inference("output '", name, "' is not supported");
}

void requirePositive(InferenceContext &context, const char *attribute) {
  const AttributeProto *given = context.getAttribute(attribute);
  if (given && given->i() <= 0)
    fail_shape_inference("attribute '", attribute, "' is ", given->i());
}

void requireInteger(InferenceContext &context, const char *attribute, int64_t value) {
  const AttributeProto *given = context.getAttribute(attribute);
  if (given && given->i() != value)
    fail_shape_inference("attribute '", attribute, "' is ", given->i(), ", and only ", value,
                         " is supported");
}

} // namespace azulejo::schemas
