#include "tools/azulejo/Inputs.h"
#include "dialects/ONNX/Dims.h"
#include "runtime/io/Argument.h"
#include "tools/azulejo/Command.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"

namespace azulejo::tool {

using onnx::SymbolicExpr;
using runtime::io::Value;

bool placeValues(const std::vector<std::string> &texts, const std::string &flag,
                 Signature signature, std::vector<std::optional<Value>> &values) {
  values.resize(signature.size());
  size_t position = 0;
  for (const std::string &text : texts) {
    auto argument = runtime::io::splitArgument(text);
    size_t index = argument.name.empty() ? position++ : signature.size();
    for (size_t i = 0; !argument.name.empty() && i < signature.size(); ++i)
      if (argument.name == signature[i].name)
        index = i;
    if (index >= signature.size())
      return fail(flag + "=" + text + ": the model has no such value"), false;
    if (auto status =
            runtime::io::parseValue(argument.rest, signature[index].type, values[index].emplace());
        status.failed())
      return fail(flag + "=" + text + ": " + status.message), false;
  }
  return true;
}

void addSizes(CLI::App &command, std::vector<std::string> &sizes) {
  command.add_option(
      "--size", sizes,
      "Size of a symbolic dimension of inputs that are not given: NAME=N (repeated)");
}

/// What --size says, and what the shapes of given inputs say of symbols that it does not name.
static bool readSizes(const azl_model *model, const std::vector<std::string> &sizes,
                      const std::vector<std::optional<Value>> &given,
                      llvm::StringMap<int64_t> &known) {
  for (const std::string &entry : sizes) {
    auto [name, text] = llvm::StringRef(entry).split('=');
    int64_t size;
    if (name.empty() || text.getAsInteger(10, size) || size < 0)
      return fail("--size=" + entry + ": expected NAME=SIZE, with a size that is not negative"),
             false;
    known[name] = size;
  }
  for (size_t i = 0; i < given.size(); ++i) {
    azl_value_info info = azl_model_input(model, i);
    if (given[i] && given[i]->shape.size() == static_cast<size_t>(info.rank))
      for (int32_t d = 0; d < info.rank; ++d)
        if (info.shape[d] < 0)
          known.try_emplace(info.symbols[d], given[i]->shape[d]);
  }
  return true;
}

/// The size of a dimension that is a symbol or an expression over symbols.
static std::optional<int64_t> findSize(llvm::StringRef text,
                                       const llvm::StringMap<int64_t> &known) {
  if (auto found = known.find(text); found != known.end())
    return found->second;
  std::optional<SymbolicExpr> expression = SymbolicExpr::parse(text);
  if (!expression)
    return std::nullopt;
  return expression
      ->substitute([&](llvm::StringRef name) {
        auto found = known.find(name);
        return found == known.end() ? SymbolicExpr::symbol(name) : SymbolicExpr(found->second);
      })
      .getConstant();
}

bool makeInputs(const azl_model *model, const std::vector<std::string> &given,
                const std::vector<std::string> &sizes, int seed, std::vector<Value> &inputs) {
  std::vector<std::optional<Value>> values;
  llvm::StringMap<int64_t> known;
  if (!placeValues(given, "--input", {model, /*outputs=*/false}, values) ||
      !readSizes(model, sizes, values, known))
    return false;
  for (size_t i = 0; i < values.size(); ++i) {
    if (values[i]) {
      inputs.push_back(std::move(*values[i]));
      continue;
    }
    azl_value_info info = azl_model_input(model, i);
    if (info.value_type)
      return fail("input '" + llvm::Twine(info.name) + "' is a " + info.value_type +
                  ", which only a folder of test data gives"),
             false;
    std::string text;
    for (int32_t d = 0; d < info.rank; ++d) {
      std::optional<int64_t> size =
          info.shape[d] >= 0 ? info.shape[d] : findSize(info.symbols[d], known);
      if (!size) {
        std::optional<SymbolicExpr> expression = SymbolicExpr::parse(info.symbols[d]);
        std::string names = expression ? llvm::join(expression->getSymbols(), "=N --size ") : "";
        return fail("input '" + llvm::Twine(info.name) + "' has a dimension '" + info.symbols[d] +
                    "' of no fixed size: " +
                    (names.empty() ? "" : "say --size " + names + "=N, or ") + "give the input"),
               false;
      }
      text += std::to_string(*size) + "x";
    }
    text += std::string(runtime::io::shortName(info.type)) +
            "=random:" + std::to_string(seed * 1000 + i);
    if (auto status = runtime::io::parseValue(text, info.type, inputs.emplace_back());
        status.failed())
      return fail("input '" + llvm::Twine(info.name) + "': " + status.message), false;
  }
  return true;
}

} // namespace azulejo::tool
