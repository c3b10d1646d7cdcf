#include "lib/Import/Schemas/Libraries.h"
#include "lib/Import/Schemas/Schemas.h"
#include <dlfcn.h>
#include <set>

using ::onnx::AttributeProto;
using ::onnx::OpSchema;
using ::onnx::OpSchemaRegistry;

namespace azulejo::schemas {

static std::vector<const azl_operator *> &getOperators() {
  static std::vector<const azl_operator *> operators;
  return operators;
}

const std::vector<const azl_operator *> &getLibraryOperators() { return getOperators(); }

const azl_operator *findLibraryOperator(const OpSchema &schema) {
  for (const azl_operator *op : getOperators())
    if (schema.domain() == op->domain && schema.Name() == op->name)
      return op;
  return nullptr;
}

static bool isText(const char *text) { return text && *text; }

static bool isKind(int32_t kind) {
  for (int32_t known : {AZL_ATTRIBUTE_FLOAT, AZL_ATTRIBUTE_INT, AZL_ATTRIBUTE_STRING,
                        AZL_ATTRIBUTE_FLOATS, AZL_ATTRIBUTE_INTS, AZL_ATTRIBUTE_STRINGS})
    if (kind == known)
      return true;
  return false;
}

/// Whether a domain is ONNX's own, where nobody else defines operators.
static bool isOnnx(const std::string &domain) { return domain.rfind("ai.onnx", 0) == 0; }

/// What is wrong with a declaration; "" where nothing is.
static std::string check(const azl_operator &op) {
  if (!isText(op.domain) || !isText(op.name))
    return "an operator has no domain or no name";
  std::string name = "operator '" + std::string(op.name) + "' of domain '" + op.domain + "' ";
  if (isOnnx(op.domain))
    return name + "is in a domain of ONNX's";
  if (OpSchemaRegistry::Schema(op.name, op.domain))
    return name + "exists already";
  if (!op.infer || !op.run)
    return name + "lacks a function";
  if (op.least_inputs < 0 || op.most_inputs < op.least_inputs || op.outputs < 1)
    return name + "has impossible numbers of inputs or outputs";
  std::set<std::string> names;
  for (int32_t i = 0; i < op.attribute_count; ++i) {
    const azl_operator_attribute &attribute = op.attributes[i];
    if (!isText(attribute.name) || !isKind(attribute.kind))
      return name + "has an attribute without a name or of no known kind";
    if (!names.insert(attribute.name).second)
      return name + "has two attributes '" + attribute.name + "'";
  }
  return "";
}

static void define(const azl_operator &op, const std::string &path) {
  auto &ranges = OpSchemaRegistry::DomainToVersionRange::Instance();
  if (!ranges.Map().count(op.domain))
    ranges.AddDomainToVersion(op.domain, 1, AZL_ANY_NUMBER);
  OpSchema schema(op.name, path, 0);
  schema.SetDomain(op.domain).SinceVersion(1);
  schema.TypeConstraint("T", OpSchema::all_tensor_types_ir14(), "any tensor");
  auto list = OpSchema::Variadic;
  if (op.most_inputs > 0)
    schema.Input(0, "inputs", "", "T", list, /*is_homogeneous=*/false, op.least_inputs);
  schema.Output(0, "outputs", "", "T", list, /*is_homogeneous=*/false, op.outputs);
  for (int32_t i = 0; i < op.attribute_count; ++i) {
    const azl_operator_attribute &attribute = op.attributes[i];
    schema.Attr(attribute.name, "", AttributeProto::AttributeType(attribute.kind),
                attribute.required != 0);
  }
  schema.TypeAndShapeInferenceFunction(
      [&op](::onnx::InferenceContext &context) { inferLibraryOperator(context, op); });
  ::onnx::RegisterSchema(std::move(schema));
}

std::string addLibrary(const std::string &path) {
  if (haveSchemasBeenAsked())
    return "operators must be given before the first model is read";
  registerSchemas();
  // A name without a folder would be looked for in the system's.
  std::string file = path.find('/') == path.npos ? "./" + path : path;
  void *handle = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!handle)
    return ::dlerror();
  auto give = reinterpret_cast<azl_operators_function>(::dlsym(handle, AZL_OPERATORS_SYMBOL));
  if (!give)
    return path + ": no library of operators: it has no '" AZL_OPERATORS_SYMBOL "'";
  size_t count = 0;
  const azl_operator *operators = give(AZL_OPERATORS_VERSION, &count);
  if (!operators)
    return path + ": it was made for another version of this interface than " +
           std::to_string(AZL_OPERATORS_VERSION);
  std::set<std::pair<std::string, std::string>> names;
  for (size_t i = 0; i < count; ++i) {
    if (std::string wrong = check(operators[i]); !wrong.empty())
      return path + ": " + wrong;
    if (!names.insert({operators[i].domain, operators[i].name}).second)
      return path + ": operator '" + operators[i].name + "' is there twice";
  }
  for (size_t i = 0; i < count; ++i) {
    getOperators().push_back(&operators[i]);
    define(operators[i], path);
  }
  return "";
}

} // namespace azulejo::schemas
