//===- Generator.cpp - Writes the onnx dialect from operator schemas --------------------------===//
//
// onnx-dialect-gen FOLDER FAMILY...: for the newest version of each operator in the registry an ODS
// definition, one file a family (FOLDER/ONNX<Family>.td), and the C++ that includes and registers
// it (<Family>.h, <Family>.cpp, Families.inc). A family that is not on the command line, or that
// has more than 25 operators, is an error: every including file pays for its size.
//
//===------------------------------------------------------------------------------------------===//
#include "lib/Import/Schemas/Schemas.h"
#include "onnx/defs/schema.h"
#include <cstdio>
#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <sstream>

using onnx::AttributeProto;
using onnx::OpSchema;

namespace {

constexpr size_t maxFamilySize = 25;

/// ONNX's own folders are the families, but for three that are too large and several that are too
/// small.
const std::map<std::string, std::string> folderFamilies = {{"controlflow", "Control"},
                                                           {"generator", "Generation"},
                                                           {"image", "Vision"},
                                                           {"logical", "Logical"},
                                                           {"math", "Arithmetic"},
                                                           {"nn", "Normalization"},
                                                           {"rnn", "Recurrent"},
                                                           {"object_detection", "Vision"},
                                                           {"optional", "Sequence"},
                                                           {"quantization", "Quantization"},
                                                           {"text", "Text"},
                                                           {"reduction", "Reduction"},
                                                           {"sequence", "Sequence"},
                                                           {"tensor", "Movement"},
                                                           {"training", "Preview"},
                                                           {"preview", "Preview"},
                                                           {"traditionalml", "Learning"}};

const std::map<std::string, std::vector<std::string>> families = {
    {"Trigonometry",
     {"Acos", "Acosh", "Asin", "Asinh", "Atan", "Atanh", "Cos", "Cosh", "Sin", "Sinh", "Tan",
      "Tanh"}},
    {"Activation", {"Celu",           "Clip",     "Elu",       "Gelu",       "HardSigmoid",
                    "HardSwish",      "Hardmax",  "LeakyRelu", "LogSoftmax", "Mish",
                    "PRelu",          "Relu",     "Selu",      "Shrink",     "Sigmoid",
                    "Softmax",        "Softplus", "Softsign",  "SwiGLU",     "Swish",
                    "ThresholdedRelu"}},
    {"Contraction", {"Det", "Einsum", "Gemm", "MatMul", "MatMulInteger", "QLinearMatMul"}},
    {"Signal", {"BlackmanWindow", "DFT", "HammingWindow", "HannWindow", "MelWeightMatrix", "STFT"}},
    {"Loss", {"NegativeLogLikelihoodLoss", "SoftmaxCrossEntropyLoss"}},
    {"Indexing",
     {"Compress", "Gather", "GatherElements", "GatherND", "NonZero", "OneHot", "ReverseSequence",
      "Scatter", "ScatterElements", "ScatterND", "TensorScatter", "TopK", "Trilu", "Unique",
      "CumSum", "CumProd"}},
    {"Logical", {"IsInf", "IsNaN", "Where"}},
    {"Movement", {"Expand", "Flatten"}},
    {"Resampling", {"AffineGrid", "GridSample", "Resize", "Upsample"}},
    {"Convolution",
     {"CausalConvWithState", "Col2Im", "Conv", "ConvInteger", "ConvTranspose", "DeformConv",
      "QLinearConv"}},
    {"Pooling",
     {"AveragePool", "GlobalAveragePool", "GlobalLpPool", "GlobalMaxPool", "LpPool", "MaxPool",
      "MaxRoiPool", "MaxUnpool"}},
    {"Attention", {"Attention", "LinearAttention", "RotaryEmbedding"}},
    {"Text", {"TfIdfVectorizer"}}};

std::string familyOf(const OpSchema &schema) {
  if (schema.domain().empty())
    for (const auto &[family, names] : families)
      for (const std::string &name : names)
        if (name == schema.Name())
          return family;
  std::string file = schema.file();
  size_t end = file.rfind('/'), begin = file.rfind('/', end - 1);
  // Operators of our own: a file of them is a family.
  if (file.compare(begin + 1, end - begin - 1, "Schemas") == 0)
    return "Microsoft" + file.substr(end + 1, file.rfind('.') - end - 1);
  auto family = folderFamilies.find(file.substr(begin + 1, end - begin - 1));
  if (family == folderFamilies.end()) {
    std::cerr << "onnx-dialect-gen: operator " << schema.Name() << " of " << file
              << " belongs to no family\n";
    exit(1);
  }
  return family->second;
}

/// `ai.onnx.ml` is `ai_onnx_ml` in mnemonics and `AiOnnxMl` in class names; ai.onnx is left out of
/// both.
std::string domainMnemonic(const OpSchema &schema) {
  std::string text = schema.domain().empty() ? "" : schema.domain() + ".";
  for (size_t i = 0; i + 1 < text.size(); ++i)
    if (text[i] == '.')
      text[i] = '_';
  return text;
}

std::string domainClass(const OpSchema &schema) {
  std::string text;
  bool start = true;
  for (char c : schema.domain()) {
    if (c != '.' && c != '_')
      text += start ? toupper(c) : c;
    start = c == '.' || c == '_';
  }
  return text;
}

std::string documentation(std::string text) {
  for (size_t at; (at = text.find("}]")) != std::string::npos;)
    text.replace(at, 2, "} ]");
  return text;
}

std::string quoted(const std::string &text) {
  std::string result = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\')
      result += '\\';
    result += c == '\n' ? ' ' : c;
  }
  return result + "\"";
}

std::string summary(const OpSchema &schema) {
  std::string text =
      "ONNX " + schema.Name() + ", since version " + std::to_string(schema.SinceVersion());
  if (!schema.domain().empty())
    text += " of " + schema.domain();
  return schema.Deprecated() ? text + " (deprecated)" : text;
}

template <typename Range, typename Print>
std::string list(const Range &range, const char *separator, Print print) {
  std::string text;
  for (const auto &element : range)
    text += (text.empty() ? "" : separator) + print(element);
  return text;
}

/// The same rename that getAttributeName in Schema.cpp makes: `getType` is MLIR's own accessor.
std::string attributeName(const std::string &name) { return name == "type" ? "type_proto" : name; }

std::string parameter(const OpSchema::FormalParameter &formal) {
  std::string type = formal.GetOption() == OpSchema::Optional   ? "Optional<AnyType>"
                     : formal.GetOption() == OpSchema::Variadic ? "Variadic<AnyType>"
                                                                : "AnyType";
  return type + ":$" + formal.GetName();
}

/// A default as the C++ expression that ODS wants; empty when there is none or ODS has no form for
/// it.
std::string defaultValue(const OpSchema::Attribute &attribute) {
  const AttributeProto &value = attribute.default_value;
  std::ostringstream text;
  text.precision(9);
  switch (value.type()) {
  case AttributeProto::INT:
    text << value.i();
    return value.i() == INT64_MIN ? "INT64_MIN" : text.str();
  case AttributeProto::FLOAT:
    text << std::scientific << value.f() << "f";
    return text.str();
  case AttributeProto::STRING:
    return quoted(value.s());
  case AttributeProto::INTS:
    return "{" + list(value.ints(), ", ", [](int64_t i) { return std::to_string(i); }) + "}";
  default:
    return "";
  }
}

std::string attribute(const OpSchema::Attribute &attribute) {
  std::string type;
  switch (attribute.type) {
  case AttributeProto::INT:
    type = "I64Attr";
    break;
  case AttributeProto::FLOAT:
    type = "F32Attr";
    break;
  case AttributeProto::STRING:
    type = "StrAttr";
    break;
  case AttributeProto::INTS:
    type = "DenseI64ArrayAttr";
    break;
  case AttributeProto::FLOATS:
    type = "DenseF32ArrayAttr";
    break;
  case AttributeProto::STRINGS:
    type = "StrArrayAttr";
    break;
  case AttributeProto::TENSOR:
    type = "TypedAttrInterface";
    break;
  case AttributeProto::TYPE_PROTO:
    type = "TypeAttr";
    break;
  default:
    type = "AnyAttr";
    break;
  }
  std::string value = defaultValue(attribute);
  if (!attribute.required && !value.empty()) {
    std::string escaped = attribute.type == AttributeProto::STRING
                              ? "\"\\\"" + value.substr(1, value.size() - 2) + "\\\"\""
                              : "\"" + value + "\"";
    type = "DefaultValuedOptionalAttr<" + type + ", " + escaped + ">";
  } else if (!attribute.required) {
    type = "OptionalAttr<" + type + ">";
  }
  return type + ":$" + attributeName(attribute.name);
}

std::string describe(const OpSchema &schema) {
  std::ostringstream text;
  if (schema.doc())
    text << schema.doc() << "\n";
  auto parameters = [&](const char *title, const std::vector<OpSchema::FormalParameter> &formals) {
    if (formals.empty())
      return;
    text << "\n**" << title << "**\n\n";
    for (const auto &formal : formals) {
      text << "- `" << formal.GetName() << "` (" << formal.GetTypeStr();
      if (formal.GetOption() != OpSchema::Single)
        text << (formal.GetOption() == OpSchema::Optional ? ", optional" : ", variadic");
      text << "): " << formal.GetDescription() << "\n";
    }
  };
  parameters("Inputs", schema.inputs());
  parameters("Outputs", schema.outputs());
  if (!schema.attributes().empty()) {
    text << "\n**Attributes**\n\n";
    for (const auto &[name, value] : schema.attributes())
      text << "- `" << name << "`" << (value.required ? " (required)" : "") << ": "
           << value.description << "\n";
  }
  if (!schema.typeConstraintParams().empty()) {
    text << "\n**Types**\n\n";
    for (const auto &constraint : schema.typeConstraintParams())
      text << "- `" << constraint.type_param_str << "`: "
           << list(constraint.allowed_type_strs, ", ", [](const std::string &s) { return s; })
           << "\n";
  }
  return documentation(text.str());
}

size_t countOpen(const std::vector<OpSchema::FormalParameter> &formals) {
  size_t open = 0;
  for (const auto &formal : formals)
    open += formal.GetOption() != OpSchema::Single;
  return open;
}

void writeOp(std::ostream &out, const OpSchema &schema) {
  std::vector<const OpSchema::Attribute *> required, optional;
  std::vector<std::string> regions;
  for (const auto &[name, value] : schema.attributes())
    if (value.type == AttributeProto::GRAPH)
      regions.push_back(name);
    else
      (value.required ? required : optional).push_back(&value);

  std::vector<std::string> traits, arguments, results;
  if (!regions.empty())
    traits = {"RecursiveMemoryEffects"};
  else if (schema.GetNodeDeterminism() != OpSchema::NodeDeterminism::NonDeterministic)
    traits = {"Pure"};
  if (countOpen(schema.inputs()) > 1)
    traits.push_back("AttrSizedOperandSegments");
  if (countOpen(schema.outputs()) > 1)
    traits.push_back("AttrSizedResultSegments");

  for (const auto &formal : schema.inputs())
    arguments.push_back(parameter(formal));
  for (const auto *value : required)
    arguments.push_back(attribute(*value));
  for (const auto *value : optional)
    arguments.push_back(attribute(*value));
  for (const auto &formal : schema.outputs())
    results.push_back(parameter(formal));

  auto same = [](const std::string &text) { return text; };
  out << "def ONNX_" << domainClass(schema) << schema.Name() << "Op : ONNX_Op<\""
      << domainMnemonic(schema) << schema.Name() << "\", [" << list(traits, ", ", same) << "]> {\n"
      << "  let summary = " << quoted(summary(schema)) << ";\n"
      << "  let description = [{" << describe(schema) << "}];\n"
      << "  let arguments = (ins\n    " << list(arguments, ",\n    ", same) << ");\n"
      << "  let results = (outs " << list(results, ", ", same) << ");\n";
  if (!regions.empty())
    out << "  let regions = (region "
        << list(regions, ", ", [](const std::string &name) { return "AnyRegion:$" + name; })
        << ");\n";
  out << "}\n\n";
}

void writeFile(const std::string &path, const std::string &text) {
  std::ofstream out(path, std::ios::binary);
  out << text;
  if (!out.flush()) {
    std::cerr << "onnx-dialect-gen: cannot write " << path << "\n";
    exit(1);
  }
}

} // namespace

int main(int argc, char **argv) {
  if (argc < 3) {
    std::cerr << "usage: onnx-dialect-gen FOLDER FAMILY...\n";
    return 1;
  }
  std::string folder = argv[1];
  std::set<std::string> known(argv + 2, argv + argc);

  std::map<std::pair<std::string, std::string>, OpSchema> newest;
  for (const OpSchema &schema : azulejo::schemas::getSchemas()) {
    auto [entry, inserted] = newest.try_emplace({schema.domain(), schema.Name()}, schema);
    if (!inserted && entry->second.SinceVersion() < schema.SinceVersion())
      entry->second = schema;
  }

  std::map<std::string, std::vector<const OpSchema *>> members;
  for (const auto &[name, schema] : newest)
    members[familyOf(schema)].push_back(&schema);

  std::string registration;
  for (const auto &[family, schemas] : members) {
    if (!known.count(family) || schemas.size() > maxFamilySize) {
      std::cerr << "onnx-dialect-gen: family " << family
                << (known.count(family) ? " is too large: split it\n"
                                        : " is not listed in dialects/ONNX/CMakeLists.txt\n");
      return 1;
    }
    std::ostringstream td;
    td << "include \"dialects/ONNX/ONNXDialect.td\"\n\n";
    for (const OpSchema *schema : schemas)
      writeOp(td, *schema);
    writeFile(folder + "/ONNX" + family + ".td", td.str());
    writeFile(folder + "/" + family + ".h",
              "#pragma once\n#include \"dialects/ONNX/ONNX.h\"\n#define GET_OP_CLASSES\n"
              "#include \"dialects/ONNX/ONNX" +
                  family + ".h.inc\"\n");
    writeFile(folder + "/" + family + ".cpp",
              "#include \"dialects/ONNX/" + family +
                  ".h\"\n#define GET_OP_CLASSES\n#include \"dialects/ONNX/ONNX" + family +
                  ".cpp.inc\"\nnamespace azulejo::onnx {\nvoid add" + family +
                  "Ops(ONNXDialect &dialect) {\n"
                  "  dialect.addFamily<\n#define GET_OP_LIST\n#include \"dialects/ONNX/ONNX" +
                  family + ".cpp.inc\"\n  >();\n}\n}\n");
    registration += "AZULEJO_ONNX_FAMILY(" + family + ")\n";
  }
  for (const std::string &family : known)
    if (!members.count(family)) {
      std::cerr << "onnx-dialect-gen: family " << family << " has no operator\n";
      return 1;
    }
  writeFile(folder + "/Families.inc", registration);
  return 0;
}
