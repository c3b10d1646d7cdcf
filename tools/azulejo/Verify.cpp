//===- Verify.cpp - azulejo verify ------------------------------------------------------------===//
//
// Runs a model and says which output differs from what was expected by how much. What was expected
// comes from given outputs, from a folder of ONNX test data (model.onnx beside
// test_data_set_N/{input,output}_K.pb), or from ONNX Runtime on the same inputs.
//
//===------------------------------------------------------------------------------------------===//
#include "lib/Import/ValueFile.h"
#include "runtime/io/Argument.h"
#include "runtime/io/Compare.h"
#include "runtime/io/Npy.h"
#include "tools/azulejo/Command.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include <cstdlib>

namespace azulejo::tool {

namespace fs = llvm::sys::fs;
using runtime::io::Tolerance;
using runtime::io::Value;

namespace {
struct Flags {
  CompileFlags compile;
  RunFlags run;
  std::string model, against, python = "python3";
  std::vector<std::string> expected, data, sizes;
  Tolerance tolerance;
  int seeds = 1;
};

/// One comparison to make: inputs, and an expected value for each output that has one.
struct DataSet {
  std::string name;
  std::vector<Value> inputs;
  std::vector<std::optional<Value>> outputs;
};
} // namespace

static bool readTensor(const std::string &path, Value &value) {
  auto tensor = readValueFile(path, "tensor");
  if (!tensor)
    return fail(path + ": " + llvm::toString(tensor.takeError())), false;
  value.type = static_cast<azl_element_type>(tensor->elementType);
  value.shape = tensor->shape;
  value.data.assign(tensor->bytes.begin(), tensor->bytes.end());
  return true;
}

static bool readDataFolder(const azl_model *model, const std::string &folder,
                           std::vector<DataSet> &sets) {
  DataSet set{folder, std::vector<Value>(azl_model_input_count(model)), {}};
  set.outputs.resize(azl_model_output_count(model));
  for (size_t i = 0; i < set.inputs.size(); ++i)
    if (!readTensor(folder + "/input_" + std::to_string(i) + ".pb", set.inputs[i]))
      return false;
  bool any = false;
  for (size_t i = 0; i < set.outputs.size(); ++i) {
    std::string path = folder + "/output_" + std::to_string(i) + ".pb";
    if (!fs::exists(path))
      continue;
    if (!readTensor(path, set.outputs[i].emplace()))
      return false;
    any = true;
  }
  if (!any)
    return fail(folder + " holds no output_N.pb"), false;
  sets.push_back(std::move(set));
  return true;
}

/// Places command-line values by name or position. `limit` values can be placed.
template <typename Info>
static bool parseValues(const std::vector<std::string> &texts, const char *flag,
                        const azl_model *model, size_t limit, Info info,
                        std::vector<std::optional<Value>> &values) {
  values.resize(limit);
  size_t position = 0;
  for (const std::string &text : texts) {
    auto argument = runtime::io::splitArgument(text);
    size_t index = argument.name.empty() ? position++ : limit;
    for (size_t i = 0; !argument.name.empty() && i < limit; ++i)
      if (argument.name == info(model, i).name)
        index = i;
    if (index >= limit)
      return fail(llvm::Twine(flag) + "=" + text + ": the model has no such value"), false;
    if (auto status = runtime::io::parseValue(argument.rest, info(model, index).type,
                                              values[index].emplace());
        status.failed())
      return fail(llvm::Twine(flag) + "=" + text + ": " + status.message), false;
  }
  return true;
}

/// The inputs given, and random ones for the others, whose symbolic dimensions come from --size.
static bool makeInputs(const azl_model *model, const Flags &flags, int seed,
                       std::vector<Value> &inputs) {
  std::vector<std::optional<Value>> given;
  if (!parseValues(flags.run.inputs, "--input", model, azl_model_input_count(model),
                   azl_model_input, given))
    return false;
  for (size_t i = 0; i < given.size(); ++i) {
    if (given[i]) {
      inputs.push_back(std::move(*given[i]));
      continue;
    }
    azl_value_info info = azl_model_input(model, i);
    std::string text;
    for (int32_t d = 0; d < info.rank; ++d) {
      std::string size = info.shape[d] >= 0 ? std::to_string(info.shape[d]) : "";
      for (const std::string &entry : flags.sizes)
        if (size.empty() && llvm::StringRef(entry).split('=').first == info.symbols[d])
          size = llvm::StringRef(entry).split('=').second.str();
      if (size.empty())
        return fail("input '" + llvm::Twine(info.name) + "' has a dimension '" + info.symbols[d] +
                    "' of no fixed size: say --size " + info.symbols[d] + "=N, or give the input"),
               false;
      text += size + "x";
    }
    text += std::string(runtime::io::shortName(info.type)) +
            "=random:" + std::to_string(seed * 1000 + i);
    if (auto status = runtime::io::parseValue(text, info.type, inputs.emplace_back());
        status.failed())
      return fail("input '" + llvm::Twine(info.name) + "': " + status.message), false;
  }
  return true;
}

/// What ONNX Runtime computes: a Python process with the onnxruntime package reads and writes .npy
/// files in a folder of its own.
static bool runOnnxRuntime(const Flags &flags, const azl_model *model, DataSet &set) {
  static const char script[] = R"(
import glob, os, sys
import numpy, onnxruntime
folder, model = sys.argv[1:]
options = onnxruntime.SessionOptions()
options.log_severity_level = 3
session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
feed = {x.name: numpy.load(os.path.join(folder, f"input_{i}.npy"))
        for i, x in enumerate(session.get_inputs())}
for i, y in enumerate(session.run(None, feed)):
    numpy.save(os.path.join(folder, f"output_{i}.npy"), y)
)";
  auto python = llvm::sys::findProgramByName(flags.python);
  if (!python)
    return fail("--against=onnxruntime: no program '" + flags.python + "'; --python names another"),
           false;
  llvm::SmallString<128> folder;
  if (fs::createUniqueDirectory("azulejo-verify", folder))
    return fail("cannot make a folder for ONNX Runtime's values"), false;
  auto file = [&](const char *kind, size_t i) {
    return (folder + "/" + kind + "_" + std::to_string(i) + ".npy").str();
  };
  bool ok = true;
  for (size_t i = 0; ok && i < set.inputs.size(); ++i)
    if (auto status = runtime::io::writeNpy(file("input", i), set.inputs[i].view());
        status.failed())
      ok = (fail(status.message), false);
  if (ok) {
    std::string error;
    int code = llvm::sys::ExecuteAndWait(*python, {*python, "-c", script, folder, flags.model},
                                         std::nullopt, {}, 0, 0, &error);
    if (code != 0)
      ok =
          (fail("ONNX Runtime did not run the model" + (error.empty() ? "" : ": " + error)), false);
  }
  for (size_t i = 0; ok && i < set.outputs.size(); ++i)
    if (auto status = runtime::io::readNpy(file("output", i), azl_model_output(model, i).type,
                                           set.outputs[i].emplace());
        status.failed())
      ok = (fail(status.message), false);
  fs::remove_directories(folder);
  return ok;
}

/// Runs one data set and reports each output on a line of its own.
static bool check(const Flags &flags, Loaded &loaded, DataSet &set) {
  std::vector<azl_tensor> inputs, outputs(set.outputs.size());
  for (Value &value : set.inputs)
    inputs.push_back(value.view());
  if (azl_run(loaded.session, inputs.data(), inputs.size(), outputs.data(), outputs.size()))
    return fail(azl_last_error()), false;
  bool equal = true;
  for (size_t i = 0; i < outputs.size(); ++i) {
    if (set.outputs[i]) {
      auto result = runtime::io::compare(outputs[i], set.outputs[i]->view(), flags.tolerance);
      llvm::outs() << set.name << " " << azl_model_output(loaded.model, i).name << ": "
                   << (result.equal ? "agrees" : "differs: " + result.message)
                   << llvm::format(" (max error %.3g, cosine %.7f)\n", result.maxError,
                                   result.cosine);
      equal &= result.equal;
    }
    azl_tensor_release(&outputs[i]);
  }
  return equal;
}

static bool run(Flags &flags) {
  if (!flags.compile.finish())
    return false;
  if (fs::is_directory(flags.model)) {
    std::error_code error;
    for (fs::directory_iterator entry(flags.model, error), end; entry != end && !error;
         entry.increment(error))
      if (llvm::sys::path::filename(entry->path()).starts_with("test_data_set"))
        flags.data.push_back(entry->path());
    llvm::sort(flags.data);
    if (flags.data.empty())
      return fail(flags.model + " holds no test_data_set_N"), false;
    flags.model += "/model.onnx";
  }
  std::string artifact = findArtifact(flags.model, flags.compile);
  Loaded loaded;
  if (artifact.empty() || !load(artifact, flags.run, false, loaded))
    return false;

  std::vector<DataSet> sets;
  for (const std::string &folder : flags.data)
    if (!readDataFolder(loaded.model, folder, sets))
      return false;
  if (!flags.expected.empty()) {
    DataSet set{"given", {}, {}};
    if (!makeInputs(loaded.model, flags, 0, set.inputs) ||
        !parseValues(flags.expected, "--expected-output", loaded.model,
                     azl_model_output_count(loaded.model), azl_model_output, set.outputs))
      return false;
    sets.push_back(std::move(set));
  }
  if (!flags.against.empty())
    for (int seed = 0; seed < flags.seeds; ++seed) {
      DataSet set{"seed " + std::to_string(seed),
                  {},
                  std::vector<std::optional<Value>>(azl_model_output_count(loaded.model))};
      if (!makeInputs(loaded.model, flags, seed, set.inputs) ||
          !runOnnxRuntime(flags, loaded.model, set))
        return false;
      sets.push_back(std::move(set));
    }
  if (sets.empty())
    return fail("nothing to compare with: give a folder of test data, --expected-output or "
                "--against=onnxruntime"),
           false;
  bool equal = true;
  for (DataSet &set : sets)
    equal &= check(flags, loaded, set);
  return equal;
}

void addVerify(CLI::App &app, int &status) {
  auto flags = std::make_shared<Flags>();
  flags->tolerance = {1e-7, 1e-3};
  CLI::App *command = app.add_subcommand(
      "verify", "Runs a model and says which output differs from what was expected");
  command
      ->add_option("model", flags->model,
                   "A model, an artifact, or a folder with model.onnx and test_data_set_N")
      ->required()
      ->check(CLI::ExistingPath);
  flags->run.addTo(*command);
  command
      ->add_option("--expected-output", flags->expected,
                   "What an output should be, in order or by name (repeated)")
      ->allow_extra_args(false);
  command->add_option("--data", flags->data, "A folder with input_N.pb and output_N.pb (repeated)")
      ->check(CLI::ExistingDirectory);
  command
      ->add_option("--against", flags->against,
                   "onnxruntime: compares with ONNX Runtime on random inputs")
      ->check(CLI::IsMember({"onnxruntime"}));
  command->add_option("--seeds", flags->seeds, "How many sets of random inputs")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  command->add_option("--size", flags->sizes,
                      "Size of a symbolic dimension of random inputs: NAME=N (repeated)");
  command->add_option("--python", flags->python, "The Python that has onnxruntime")
      ->capture_default_str();
  command->add_option("--atol", flags->tolerance.absolute, "Absolute part of what may differ")
      ->capture_default_str();
  command->add_option("--rtol", flags->tolerance.relative, "Part relative to the expected value")
      ->capture_default_str();
  flags->compile.addTo(*command);
  command->callback([flags, &status] { status = run(*flags) ? 0 : 1; });
}

} // namespace azulejo::tool
