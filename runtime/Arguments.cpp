#include "runtime/ElementType.h"
#include "runtime/Run.h"

namespace azulejo::runtime {

std::string shapeText(size_t rank, const int64_t *shape) {
  std::string text = "[";
  for (size_t i = 0; i < rank; ++i)
    text += (i ? ", " : "") + (shape[i] < 0 ? std::string("?") : std::to_string(shape[i]));
  return text + "]";
}

namespace {

Status invalid(std::string message) { return {AZL_INVALID_ARGUMENT, std::move(message)}; }

std::string inputName(const ValueInfo &info) { return "input '" + info.name + "'"; }

/// Finds the symbols' values in the inputs' shapes, and checks the shapes against them.
class SymbolBinder {
public:
  SymbolBinder(const Artifact &artifact, const azl_tensor *inputs)
      : artifact(artifact), inputs(inputs), values(artifact.symbols.size(), -1),
        origins(artifact.symbols.size()) {}

  Status run() {
    for (size_t i = 0; i < artifact.inputs.size(); ++i)
      if (Status status = bindNames(i); status.failed())
        return status;
    if (Status status = solve(); status.failed())
      return status;
    for (size_t i = 0; i < values.size(); ++i)
      if (values[i] < 0)
        return {AZL_BAD_ARTIFACT,
                "no input's shape gives the size of '" + artifact.symbols[i] + "'"};
    return checkExpressions();
  }

  const std::vector<int64_t> &symbolValues() const { return values; }

private:
  struct Origin {
    size_t input = 0, dim = 0;
  };

  std::string describe(int symbol) const {
    const Origin &origin = origins[symbol];
    const ValueInfo &info = artifact.inputs[origin.input];
    const std::string &name = artifact.symbols[symbol], &entry = info.symbols[origin.dim];
    std::string place = "dimension " + std::to_string(origin.dim) + " of " + inputName(info);
    if (entry == name)
      return "'" + name + "' being the size of " + place;
    return "'" + name + "' being " + std::to_string(values[symbol]) + " since " + place + " is '" +
           entry + "'";
  }

  Status mismatch(size_t input, size_t dim, const std::string &expected,
                  const std::string &why) const {
    return invalid(inputName(artifact.inputs[input]) + ", dimension " + std::to_string(dim) +
                   ": expected " + expected + ", got " + std::to_string(inputs[input].shape[dim]) +
                   why);
  }

  /// Dimensions that are static or a symbol by themselves.
  Status bindNames(size_t input) {
    const ValueInfo &info = artifact.inputs[input];
    for (size_t d = 0; d < info.shape.size(); ++d) {
      int64_t size = inputs[input].shape[d];
      if (info.shape[d] >= 0 && size != info.shape[d])
        return mismatch(input, d, std::to_string(info.shape[d]), "");
      int symbol = info.symbolIndex[d];
      if (symbol < 0)
        continue;
      if (values[symbol] < 0) {
        values[symbol] = size;
        origins[symbol] = {input, d};
      } else if (size != values[symbol]) {
        return mismatch(input, d, std::to_string(values[symbol]), ", " + describe(symbol));
      }
    }
    return {};
  }

  /// The one symbol of an expression that has no value yet; -1 where there are none or several.
  int onlyUnknown(const Expression &expression) const {
    int unknown = -1;
    for (int symbol : expression.usedSymbols()) {
      if (values[symbol] >= 0)
        continue;
      if (unknown >= 0)
        return -1;
      unknown = symbol;
    }
    return unknown;
  }

  /// Symbols that stand in expressions only: c * symbol + d, with what is known in c and d.
  Status solve() {
    for (bool progress = true; progress;) {
      progress = false;
      for (size_t i = 0; i < artifact.inputs.size(); ++i) {
        const ValueInfo &info = artifact.inputs[i];
        for (size_t d = 0; d < info.shape.size(); ++d) {
          int symbol = info.expressions[d] ? onlyUnknown(*info.expressions[d]) : -1;
          if (symbol < 0)
            continue;
          auto at = [&](int64_t value) {
            std::vector<int64_t> guess = values;
            guess[symbol] = value;
            return info.expressions[d]->evaluate(guess);
          };
          std::optional<int64_t> zero = at(0), one = at(1);
          int64_t slope, rest;
          if (!zero || !one || __builtin_sub_overflow(*one, *zero, &slope) ||
              __builtin_sub_overflow(inputs[i].shape[d], *zero, &rest) || slope == 0 ||
              rest == INT64_MIN)
            continue;
          if (rest / slope < 0 || rest % slope)
            return mismatch(i, d, "'" + info.symbols[d] + "'",
                            ", and no size '" + artifact.symbols[symbol] + "' gives that");
          values[symbol] = rest / slope;
          origins[symbol] = {i, d};
          progress = true;
        }
      }
    }
    return {};
  }

  Status checkExpressions() const {
    for (size_t i = 0; i < artifact.inputs.size(); ++i) {
      const ValueInfo &info = artifact.inputs[i];
      for (size_t d = 0; d < info.shape.size(); ++d) {
        if (!info.expressions[d])
          continue;
        std::optional<int64_t> wanted = info.expressions[d]->evaluate(values);
        if (wanted && *wanted == inputs[i].shape[d])
          continue;
        std::string why;
        for (int symbol : info.expressions[d]->usedSymbols())
          why += ", " + describe(symbol);
        return mismatch(i, d,
                        "'" + info.symbols[d] +
                            "' = " + (wanted ? std::to_string(*wanted) : std::string("no number")),
                        why);
      }
    }
    return {};
  }

  const Artifact &artifact;
  const azl_tensor *inputs;
  std::vector<int64_t> values; // -1: not known yet
  std::vector<Origin> origins; // where a symbol's value comes from
};

} // namespace

Status bindArguments(const Artifact &artifact, const azl_tensor *inputs, size_t inputCount,
                     std::vector<int64_t> &arguments, std::vector<size_t> &addressSlots) {
  if (inputCount != artifact.inputs.size())
    return invalid("the model has " + std::to_string(artifact.inputs.size()) + " inputs, and " +
                   std::to_string(inputCount) + " were given");
  for (size_t i = 0; i < inputCount; ++i) {
    const ValueInfo &info = artifact.inputs[i];
    const azl_tensor &tensor = inputs[i];
    if (!info.valueType.empty()) {
      addressSlots.push_back(arguments.size());
      arguments.push_back(0);
      continue;
    }
    if (tensor.type != info.type)
      return invalid(inputName(info) + " has element type " + azl_element_type_name(tensor.type) +
                     ", and the model expects " + azl_element_type_name(info.type));
    size_t rank = info.shape.size();
    if (tensor.rank < 0 || size_t(tensor.rank) != rank || (rank && !tensor.shape))
      return invalid(inputName(info) + " has rank " + std::to_string(tensor.rank) +
                     ", and the model expects rank " + std::to_string(rank) + ", shape " +
                     shapeText(rank, info.shape.data()));
    if (countElements(tensor.rank, tensor.shape) < 0)
      return invalid(inputName(info) + " has the impossible shape " +
                     shapeText(rank, tensor.shape));
    addressSlots.push_back(arguments.size());
    arguments.push_back(0);
    for (size_t d = 0; d < rank; ++d)
      if (info.shape[d] < 0)
        arguments.push_back(tensor.shape[d]);
  }
  SymbolBinder binder(artifact, inputs);
  if (Status status = binder.run(); status.failed())
    return status;
  arguments.insert(arguments.end(), binder.symbolValues().begin(), binder.symbolValues().end());
  return {};
}

} // namespace azulejo::runtime
