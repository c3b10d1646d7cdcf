//===- Operator.h - Declaring an operator and writing its body --------------------------------===//
#ifndef AZULEJO_LIB_IMPORT_SCHEMAS_OPERATOR_H
#define AZULEJO_LIB_IMPORT_SCHEMAS_OPERATOR_H

#include "onnx/defs/function.h"
#include "onnx/defs/schema.h"
#include "onnx/defs/shape_inference.h"
#include <functional>
#include <optional>

namespace azulejo::schemas {

inline constexpr const char *microsoftDomain = "com.microsoft";

/// Element types, as schemas write them: `tensors({"float", "float16"})`.
std::vector<std::string> tensors(std::initializer_list<const char *> elementTypes);
/// float, float16 and bfloat16.
std::vector<std::string> smallFloats();
/// smallFloats and double.
std::vector<std::string> allFloats();
/// uint8 and int8.
std::vector<std::string> bytes();

/// The body of one node's function, while it is written: the node, as far as it is known, and the
/// nodes that are put in its place. Those are text as in ONNX's textual format, `C = Add(A, B)`;
/// they name the operator's inputs, outputs and attributes as its declaration does.
class Body {
public:
  Body(const ::onnx::FunctionBodyBuildContext &context, const ::onnx::OpSchema &schema,
       ::onnx::FunctionProto &function);

  /// An input is asked for by its name.
  bool has(const std::string &input) const;
  bool hasOutput(const std::string &output) const;
  /// Nothing where inference has not found it (yet).
  std::optional<int64_t> rank(const std::string &input) const;
  std::optional<int64_t> size(const std::string &input, int axis) const;
  /// Whether two inputs have the same size there, whatever it is.
  bool haveSameSize(const std::string &input, const std::string &other, int axis) const;
  /// A TensorProto.DataType.
  int elementType(const std::string &input) const;

  /// How many values the last input takes, where it is variadic, and their names in the body.
  int variadicSize() const;
  std::string variadic(int index) const;

  bool hasAttribute(const std::string &name) const { return context.getAttribute(name); }
  /// The attribute's value or its default; 0, "" where there is neither.
  int64_t integer(const std::string &name) const;
  float number(const std::string &name) const;
  std::string text(const std::string &name) const;
  /// Empty where the node does not say.
  std::vector<int64_t> integers(const std::string &name) const;
  std::vector<float> numbers(const std::string &name) const;

  Body &add(const std::string &nodes);
  /// A list of integers, one integer of rank 0, one float of rank 0.
  Body &ints(const std::string &name, const std::vector<int64_t> &values);
  Body &integer(const std::string &name, int64_t value);
  Body &number(const std::string &name, float value);
  /// A number of rank 0 that has the element type of an input.
  Body &numberLike(const std::string &name, float value, const std::string &input);

  /// The input's name; "" where it is absent.
  std::string orNothing(const std::string &input) const { return has(input) ? input : ""; }

private:
  const ::onnx::AttributeProto *find(const std::string &name) const;
  int indexOf(const std::string &input) const;
  const ::onnx::TypeProto_Tensor *type(const std::string &input) const;

  const ::onnx::FunctionBodyBuildContext &context;
  const ::onnx::OpSchema &schema;
  ::onnx::FunctionBuilder builder;
};

/// Text of an attribute list's part: `axis = 1`, `perm = [0, 2, 1]`.
std::string attribute(const std::string &name, int64_t value);
std::string attribute(const std::string &name, float value);
std::string attribute(const std::string &name, const std::vector<int64_t> &values);
/// `perm = […]` that exchanges two dimensions, counted from the front.
std::string exchange(int64_t rank, int64_t first, int64_t second);

/// The declaration of one operator. Inputs and outputs are in order; absent ones may follow those
/// that must be there.
class Operator {
public:
  using Inference = std::function<void(::onnx::InferenceContext &)>;
  using Writer = std::function<bool(Body &)>;

  Operator(const char *name, const char *file, const char *doc,
           const char *domain = microsoftDomain);

  Operator &input(const char *name, const char *type, const char *doc = "");
  Operator &optionalInput(const char *name, const char *type, const char *doc = "");
  Operator &variadicInput(const char *name, const char *type, const char *doc);
  Operator &output(const char *name, const char *type, const char *doc = "");
  Operator &optionalOutput(const char *name, const char *type, const char *doc = "");

  Operator &required(const char *name, ::onnx::AttributeProto::AttributeType type,
                     const char *doc = "");
  Operator &optional(const char *name, ::onnx::AttributeProto::AttributeType type,
                     const char *doc = "");
  Operator &integer(const char *name, int64_t standard, const char *doc = "");
  Operator &number(const char *name, float standard, const char *doc = "");
  Operator &text(const char *name, const char *standard, const char *doc = "");

  Operator &types(const char *name, std::vector<std::string> allowed);

  /// Refuses (fail_shape_inference) what the body has no words for.
  Operator &check(Inference check);
  /// Finds the outputs' types. Without it they are what inference finds in the body.
  Operator &infer(Inference inference);
  /// The body, where it is the same for every node.
  Operator &body(const char *nodes);
  /// The body of one node. False: not enough is known of its operands yet.
  Operator &body(Writer writer);

  /// Puts the finished declaration into ONNX's registry.
  void define();

private:
  ::onnx::OpSchema schema;
  Inference checker, inference;
  bool hasBody = false;
  int inputs = 0, outputs = 0;
};

//===------------------------------------------------------------------------------------------===//
// Inference
//===------------------------------------------------------------------------------------------===//

/// Output 0 has the type and shape of an input.
Operator::Inference sameAs(size_t input = 0);
/// The element type of an input for an output, and its shape.
void setLike(::onnx::InferenceContext &context, size_t output, size_t input);
/// The shape of an input, null where it is not known.
const ::onnx::TensorShapeProto *shapeOf(::onnx::InferenceContext &context, size_t input);
/// Where both are known and `what` does not hold of the input's rank, an error.
void requireRank(::onnx::InferenceContext &context, size_t input, int least, int most);
/// Refuses an input, an output or a value of an attribute that the body has no words for.
void refuseInput(::onnx::InferenceContext &context, size_t input, const char *name);
void refuseOutput(::onnx::InferenceContext &context, size_t output, const char *name);
/// An attribute that counts something, or is divided by, must be positive where it is given.
void requirePositive(::onnx::InferenceContext &context, const char *attribute);
void requireInteger(::onnx::InferenceContext &context, const char *attribute, int64_t value);

} // namespace azulejo::schemas

#endif // AZULEJO_LIB_IMPORT_SCHEMAS_OPERATOR_H
