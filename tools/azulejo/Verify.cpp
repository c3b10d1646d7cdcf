//===- Verify.cpp - azulejo verify ------------------------------------------------------------===//
//
// Runs a model and says which output differs from what was expected by how much. What was expected
// comes from given outputs, from a folder of ONNX test data (model.onnx beside
// test_data_set_N/{input,output}_K.pb), or from ONNX Runtime on the same inputs.
//
//===------------------------------------------------------------------------------------------===//
#include "runtime/io/Npy.h"
#include "tools/azulejo/Command.h"
#include "tools/azulejo/Inputs.h"
#include "tools/support/Compare.h"
#include "tools/support/Values.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include <cstdlib>

namespace azulejo::tool {

namespace fs = llvm::sys::fs;
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
  std::vector<ValueHandle> inputs;
  std::vector<std::optional<HostValue>> outputs;
};
} // namespace

/// "seq(tensor(float))" as readValueFile has it: "sequence(tensor)".
static std::string getKind(const char *valueType) {
  llvm::StringRef type = valueType ? valueType : "tensor(float)";
  std::string kind, closing;
  while (type.consume_front("seq(") || type.consume_front("optional(")) {
    kind += type.data()[-2] == 'q' ? "sequence(" : "optional(";
    closing += ")";
  }
  return kind + type.take_until([](char c) { return c == '('; }).str() + closing;
}

static bool readValue(const std::string &path, const azl_value_info &info, HostValue &value) {
  auto read = readValueFile(path, getKind(info.value_type));
  if (!read)
    return fail(llvm::toString(read.takeError())), false;
  value = std::move(*read);
  return true;
}

static ValueHandle toHandle(Value &value) {
  azl_tensor view = value.view();
  azl_value *result = nullptr;
  azl_value_from_tensor(&view, &result);
  return ValueHandle(result);
}

/// What the command line gives and makes.
static bool makeTensors(const azl_model *model, const Flags &flags, int seed, DataSet &set) {
  std::vector<Value> inputs;
  if (!makeInputs(model, flags.run.inputs, flags.sizes, seed, inputs))
    return false;
  for (Value &input : inputs)
    set.inputs.push_back(toHandle(input));
  return true;
}

static bool readDataFolder(const azl_model *model, const std::string &folder,
                           std::vector<DataSet> &sets) {
  DataSet set{folder, {}, {}};
  set.outputs.resize(azl_model_output_count(model));
  for (size_t i = 0; i < azl_model_input_count(model); ++i) {
    HostValue value;
    std::string path = folder + "/input_" + std::to_string(i) + ".pb";
    if (!readValue(path, azl_model_input(model, i), value))
      return false;
    set.inputs.push_back(toRuntime(value));
    if (!set.inputs.back())
      return fail(path + ": " + azl_last_error()), false;
  }
  bool any = false;
  for (size_t i = 0; i < set.outputs.size(); ++i) {
    std::string path = folder + "/output_" + std::to_string(i) + ".pb";
    if (!fs::exists(path))
      continue;
    if (!readValue(path, azl_model_output(model, i), set.outputs[i].emplace()))
      return false;
    any = true;
  }
  if (!any)
    return fail(folder + " holds no output_N.pb"), false;
  sets.push_back(std::move(set));
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
    if (auto status =
            runtime::io::writeNpy(file("input", i), azl_value_get_tensor(set.inputs[i].get()));
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
  for (size_t i = 0; ok && i < set.outputs.size(); ++i) {
    Value output;
    if (auto status =
            runtime::io::readNpy(file("output", i), azl_model_output(model, i).type, output);
        status.failed())
      ok = (fail(status.message), false);
    else
      set.outputs[i] = fromRuntime(*toHandle(output));
  }
  fs::remove_directories(folder);
  return ok;
}

/// "agrees", and how well where that is a question: strings, lists and maps are the same or not.
static std::string describeAgreement(const HostValue &actual, const HostValue &expected) {
  if (expected.kind != HostValue::Kind::Tensor || expected.elementType == AZL_STRING)
    return "agrees";
  Agreement agreement = measureAgreement(expected, actual);
  return llvm::formatv("agrees (largest error {0:e2}, cosine {1:f7})", agreement.largestError,
                       agreement.cosine)
      .str();
}

/// Runs one data set and reports each output on a line of its own.
static bool check(const Flags &flags, Loaded &loaded, DataSet &set) {
  std::vector<ValueHandle> outputs;
  if (!runValues(loaded.session, set.inputs, set.outputs.size(), outputs))
    return fail(azl_last_error()), false;
  bool equal = true;
  for (size_t i = 0; i < outputs.size(); ++i) {
    if (set.outputs[i]) {
      HostValue actual = fromRuntime(*outputs[i]);
      auto difference = findDifference(*set.outputs[i], actual, flags.tolerance);
      llvm::outs() << set.name << " " << azl_model_output(loaded.model, i).name << ": "
                   << (difference ? "differs: " + *difference
                                  : describeAgreement(actual, *set.outputs[i]))
                   << "\n";
      equal &= !difference;
    }
  }
  return equal;
}

static bool run(Flags &flags) {
  if (!flags.compile.finish(flags.run.device))
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
    std::vector<std::optional<Value>> expected;
    if (!makeTensors(loaded.model, flags, /*seed=*/0, set) ||
        !placeValues(flags.expected, "--expected-output", {loaded.model, /*outputs=*/true},
                     expected))
      return false;
    for (std::optional<Value> &value : expected)
      set.outputs.push_back(value ? std::optional(fromRuntime(*toHandle(*value))) : std::nullopt);
    sets.push_back(std::move(set));
  }
  if (!flags.against.empty())
    for (int seed = 0; seed < flags.seeds; ++seed) {
      DataSet set{"seed " + std::to_string(seed),
                  {},
                  std::vector<std::optional<HostValue>>(azl_model_output_count(loaded.model))};
      if (!makeTensors(loaded.model, flags, seed, set) || !runOnnxRuntime(flags, loaded.model, set))
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
  addSizes(*command, flags->sizes);
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
