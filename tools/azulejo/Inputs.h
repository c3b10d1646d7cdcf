//===- Inputs.h - The values that a model is run with -----------------------------------------===//
#ifndef AZULEJO_TOOLS_AZULEJO_INPUTS_H
#define AZULEJO_TOOLS_AZULEJO_INPUTS_H

#include "azulejo/runtime.h"
#include "runtime/io/Value.h"
#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <vector>

namespace azulejo::tool {

/// A model's inputs or its outputs.
struct Signature {
  const azl_model *model;
  bool outputs;
  size_t size() const {
    return outputs ? azl_model_output_count(model) : azl_model_input_count(model);
  }
  azl_value_info operator[](size_t index) const {
    return outputs ? azl_model_output(model, index) : azl_model_input(model, index);
  }
};

/// Reads the values of a repeated flag, `[name=]value` each: one with a name has its place, the
/// others take places from the first on. False after an error on stderr.
bool placeValues(const std::vector<std::string> &texts, const std::string &flag,
                 Signature signature, std::vector<std::optional<runtime::io::Value>> &values);

/// Adds the flag --size, NAME=N of symbolic dimensions of inputs that are not given.
void addSizes(CLI::App &command, std::vector<std::string> &sizes);

/// The inputs that --input gives, and random ones, reproducible by `seed`, for the others. Their
/// symbolic dimensions come from --size, and from the shapes of the inputs that are given. False
/// after an error on stderr.
bool makeInputs(const azl_model *model, const std::vector<std::string> &given,
                const std::vector<std::string> &sizes, int seed,
                std::vector<runtime::io::Value> &inputs);

} // namespace azulejo::tool

#endif // AZULEJO_TOOLS_AZULEJO_INPUTS_H
