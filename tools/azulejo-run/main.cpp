//===- main.cpp - azulejo-run: runs a compiled model, with the runtime alone ------------------===//
#include "azulejo/runtime.h"
#include "runtime/io/Argument.h"
#include "runtime/io/Compare.h"
#include "runtime/io/Npy.h"
#include "runtime/io/Print.h"
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>

using namespace azulejo::runtime;
using namespace azulejo::runtime::io;

static const char usage[] =
    R"(azulejo-run: runs a compiled model

usage: azulejo-run MODEL.azm [options]

  --input=VALUE, --input=NAME=VALUE
        An input: in the model's order, or by name. VALUE is
          @FILE.npy          a NumPy array
          2x2xf32=1,2,3,4    elements; one element stands for all of them
          2x3xf32            zeros
          i64=7              a scalar
          2x3xf32=random:1   pseudo-random numbers with seed 1
        Types: f16 f32 f64 bf16 i8 i16 i32 i64 ui8 ui16 ui32 ui64 i1 c64 c128 and so on,
        or ONNX's names.
  --output=@FILE.npy, --output=NAME=@FILE.npy
        Writes an output to a file instead of printing it.
  --expected-output=VALUE, --expected-output=NAME=VALUE
        Compares an output; the exit status is 1 where it differs.
  --atol=X, --rtol=X
        What may differ: X + X * |expected|. Default: 1e-5 and 1e-4.
  --operators=FILE      A shared library with operators that the model uses (repeated).
  --threads=N           Default: one per processor that this process may use.
  --device=NAME         Default: what the model was compiled for.
  --memory-limit=BYTES  Refuses to take more than this for intermediate values.
  --print-limit=N       Elements printed of an output; 0 prints all. Default: 1024.
  --print-signature     Prints inputs and outputs with their types, and ends.
  --print-metadata      Prints everything the artifact says about itself (JSON), and ends.
  --print-memory        Prints the memory the run declares and takes.
  --print-profile       Prints the time spent in each kernel.
  --check-weights       Compares the weights with their hashes before the run.
  --help, --version
)";

namespace {
struct Options {
  std::string model;
  std::vector<std::string> inputs, outputs, expectedOutputs, operators;
  Tolerance tolerance;
  int64_t threads = 0, memoryLimit = 0, printLimit = 1024;
  std::string device;
  bool printSignature = false, printMetadata = false, printMemory = false, printProfile = false,
       checkWeights = false, help = false, version = false;
};

struct ModelDeleter {
  void operator()(azl_model *model) const { azl_model_release(model); }
};
struct SessionDeleter {
  void operator()(azl_session *session) const { azl_session_destroy(session); }
};
/// The outputs of a run, given back at the end.
struct Outputs {
  std::vector<azl_tensor> tensors;
  explicit Outputs(size_t count) : tensors(count) {}
  ~Outputs() {
    for (azl_tensor &tensor : tensors)
      azl_tensor_release(&tensor);
  }
};
} // namespace

static Status invalid(std::string message) { return {AZL_INVALID_ARGUMENT, std::move(message)}; }

static Status fromApi(azl_status status) {
  return status ? Status(status, azl_last_error()) : Status();
}

//===------------------------------------------------------------------------------------------===//
// Options
//===------------------------------------------------------------------------------------------===//

static Status parseOptions(int argc, char **argv, Options &options) {
  struct Flag {
    const char *name;
    bool *flag = nullptr;
    int64_t *integer = nullptr;
    double *real = nullptr;
    std::string *text = nullptr;
    std::vector<std::string> *list = nullptr;
  };
  auto flag = [](const char *name, bool &value) { return Flag{name, &value}; };
  auto integer = [](const char *name, int64_t &value) { return Flag{name, nullptr, &value}; };
  auto real = [](const char *name, double &value) { return Flag{name, nullptr, nullptr, &value}; };
  auto list = [](const char *name, std::vector<std::string> &value) {
    return Flag{name, nullptr, nullptr, nullptr, nullptr, &value};
  };
  const Flag flags[] = {
      list("input", options.inputs),
      list("output", options.outputs),
      list("expected-output", options.expectedOutputs),
      list("expected_output", options.expectedOutputs), // as iree-run-module spells it
      list("operators", options.operators),
      real("atol", options.tolerance.absolute),
      real("rtol", options.tolerance.relative),
      integer("threads", options.threads),
      integer("memory-limit", options.memoryLimit),
      integer("print-limit", options.printLimit),
      Flag{"device", nullptr, nullptr, nullptr, &options.device},
      flag("print-signature", options.printSignature),
      flag("print-metadata", options.printMetadata),
      flag("print-memory", options.printMemory),
      flag("print-profile", options.printProfile),
      flag("check-weights", options.checkWeights),
      flag("help", options.help),
      flag("version", options.version),
  };
  for (int i = 1; i < argc; ++i) {
    std::string argument = argv[i];
    if (argument.rfind("--", 0)) {
      if (!options.model.empty())
        return invalid("two models given: '" + options.model + "' and '" + argument + "'");
      options.model = argument;
      continue;
    }
    size_t equals = argument.find('=');
    std::string name = argument.substr(2, equals == argument.npos ? equals : equals - 2);
    const Flag *found = nullptr;
    for (const Flag &candidate : flags)
      if (name == candidate.name)
        found = &candidate;
    if (!found)
      return invalid("unknown option '--" + name + "'; see azulejo-run --help");
    if (found->flag) {
      if (equals != argument.npos)
        return invalid("option '--" + name + "' takes no value");
      *found->flag = true;
      continue;
    }
    if (equals == argument.npos && i + 1 == argc)
      return invalid("option '--" + name + "' needs a value");
    std::string value = equals == argument.npos ? argv[++i] : argument.substr(equals + 1);
    char *end = nullptr;
    if (found->text)
      *found->text = value;
    else if (found->list)
      found->list->push_back(value);
    else if (found->integer)
      *found->integer = std::strtoll(value.c_str(), &end, 10);
    else
      *found->real = std::strtod(value.c_str(), &end);
    if (end && (end == value.c_str() || *end))
      return invalid("option '--" + name + "' needs a number, not '" + value + "'");
  }
  if (options.threads < 0 || options.threads > 1024)
    return invalid("option '--threads' needs a number from 0 to 1024");
  return {};
}

/// The position among `count` values that an argument speaks of: that of its name, or the next in
/// order.
template <typename InfoFunction>
static Status resolve(const NamedArgument &argument, const azl_model *model, size_t count,
                      InfoFunction info, const char *what, size_t &next, size_t &index) {
  if (argument.name.empty()) {
    if (next >= count)
      return invalid("the model has " + std::to_string(count) + " " + what + "s; '" +
                     argument.rest + "' is one too many");
    index = next++;
    return {};
  }
  for (index = 0; index < count; ++index)
    if (argument.name == info(model, index).name)
      return {};
  return invalid(std::string("the model has no ") + what + " named '" + argument.name + "'");
}

//===------------------------------------------------------------------------------------------===//
// The run
//===------------------------------------------------------------------------------------------===//

static void printValueInfo(const char *what, size_t index, const azl_value_info &info) {
  std::printf("%s %zu: %s ", what, index, info.name);
  for (int32_t i = 0; i < info.rank; ++i)
    if (info.shape[i] >= 0)
      std::printf("%lldx", static_cast<long long>(info.shape[i]));
    else
      std::printf("%sx", info.symbols[i]);
  std::printf("%s\n", info.value_type ? info.value_type : shortName(info.type));
}

static void printSignature(const azl_model *model) {
  for (size_t i = 0; i < azl_model_input_count(model); ++i)
    printValueInfo("input", i, azl_model_input(model, i));
  for (size_t i = 0; i < azl_model_output_count(model); ++i)
    printValueInfo("output", i, azl_model_output(model, i));
}

static Status readInputs(const Options &options, const azl_model *model,
                         std::vector<Value> &values) {
  size_t count = azl_model_input_count(model), next = 0;
  values.resize(count);
  std::vector<bool> given(count);
  for (const std::string &text : options.inputs) {
    NamedArgument argument = splitArgument(text);
    size_t index;
    if (Status status = resolve(argument, model, count, azl_model_input, "input", next, index);
        status.failed())
      return status;
    if (Status status =
            parseValue(argument.rest, azl_model_input(model, index).type, values[index]);
        status.failed())
      return status;
    given[index] = true;
  }
  for (size_t i = 0; i < count; ++i)
    if (!given[i])
      return invalid(std::string("no value was given for input '") +
                     azl_model_input(model, i).name + "'; see --print-signature");
  return {};
}

static void printMemory(const azl_model *model, const azl_session *session,
                        const std::vector<azl_tensor> &inputs) {
  int64_t declared = -1;
  if (azl_model_peak_memory(model, inputs.data(), inputs.size(), &declared))
    return;
  if (declared < 0)
    std::printf("memory: declared unbounded (%s)", azl_model_unbounded_reason(model));
  else
    std::printf("memory: declared %lld bytes", static_cast<long long>(declared));
  std::printf(", used %lld bytes\n", static_cast<long long>(azl_session_memory_used(session)));
}

static void printProfile(const azl_model *model, const azl_session *session) {
  std::printf("%12s %9s  kernel\n", "microseconds", "launches");
  for (size_t i = 0; i < azl_model_kernel_count(model); ++i) {
    azl_kernel_profile profile = azl_session_kernel_profile(session, i);
    std::printf("%12.1f %9lld  %s\n", profile.nanoseconds / 1e3,
                static_cast<long long>(profile.launches), azl_model_kernel_name(model, i));
  }
}

/// Writes, compares or prints each output. `differs` is set where an output is not what was
/// expected.
static Status handleOutputs(const Options &options, const azl_model *model,
                            const std::vector<azl_tensor> &outputs, bool &differs) {
  std::vector<bool> handled(outputs.size());
  size_t next = 0, index;
  for (const std::string &text : options.outputs) {
    NamedArgument argument = splitArgument(text);
    if (Status status =
            resolve(argument, model, outputs.size(), azl_model_output, "output", next, index);
        status.failed())
      return status;
    if (argument.rest.rfind('@', 0))
      return invalid("an output goes to a file, as in --output=@y.npy, not to '" + argument.rest +
                     "'");
    if (Status status = writeNpy(argument.rest.substr(1), outputs[index]); status.failed())
      return status;
    handled[index] = true;
  }
  next = 0;
  for (const std::string &text : options.expectedOutputs) {
    NamedArgument argument = splitArgument(text);
    if (Status status =
            resolve(argument, model, outputs.size(), azl_model_output, "output", next, index);
        status.failed())
      return status;
    Value expected;
    azl_value_info info = azl_model_output(model, index);
    if (Status status = parseValue(argument.rest, info.type, expected); status.failed())
      return status;
    Comparison comparison = compare(outputs[index], expected.view(), options.tolerance);
    handled[index] = true;
    if (comparison.equal) {
      std::printf("output '%s' is as expected (largest error %.3g)\n", info.name,
                  comparison.maxError);
      continue;
    }
    differs = true;
    std::fprintf(stderr, "azulejo-run: output '%s' differs: %s\n", info.name,
                 comparison.message.c_str());
  }
  for (size_t i = 0; i < outputs.size(); ++i)
    if (!handled[i])
      std::printf("result[%zu]: %s\n%s\n", i, azl_model_output(model, i).name,
                  printTensor(outputs[i], options.printLimit).c_str());
  return {};
}

static Status run(const Options &options, bool &differs) {
  for (const std::string &library : options.operators)
    if (Status status = fromApi(azl_load_operators(library.c_str())); status.failed())
      return status;
  azl_model_options modelOptions{sizeof modelOptions, options.checkWeights};
  azl_model *loaded = nullptr;
  if (Status status = fromApi(azl_model_load(options.model.c_str(), &modelOptions, &loaded));
      status.failed())
    return status;
  std::unique_ptr<azl_model, ModelDeleter> model(loaded);
  if (options.printMetadata)
    std::printf("%s\n", azl_model_metadata(loaded));
  if (options.printSignature)
    printSignature(loaded);
  if (options.printMetadata || options.printSignature)
    return {};

  std::vector<Value> values;
  if (Status status = readInputs(options, loaded, values); status.failed())
    return status;
  azl_session_options sessionOptions{
      sizeof sessionOptions, options.device.empty() ? nullptr : options.device.c_str(),
      static_cast<int32_t>(options.threads), options.printProfile, options.memoryLimit};
  azl_session *created = nullptr;
  if (Status status = fromApi(azl_session_create(loaded, &sessionOptions, &created));
      status.failed())
    return status;
  std::unique_ptr<azl_session, SessionDeleter> session(created);
  std::vector<azl_tensor> inputs;
  for (Value &value : values)
    inputs.push_back(value.view());
  Outputs outputs(azl_model_output_count(loaded));
  if (Status status = fromApi(azl_run(created, inputs.data(), inputs.size(), outputs.tensors.data(),
                                      outputs.tensors.size()));
      status.failed())
    return status;
  if (Status status = handleOutputs(options, loaded, outputs.tensors, differs); status.failed())
    return status;
  if (options.printMemory)
    printMemory(loaded, created, inputs);
  if (options.printProfile)
    printProfile(loaded, created);
  return {};
}

int main(int argc, char **argv) {
  Options options;
  Status status = parseOptions(argc, argv, options);
  if (!status.failed() && options.help) {
    std::fputs(usage, stdout);
    return 0;
  }
  if (!status.failed() && options.version) {
    std::printf("azulejo-run %s\n", azl_version());
    return 0;
  }
  if (!status.failed() && options.model.empty())
    status = invalid("no model given; see azulejo-run --help");
  bool differs = false;
  if (!status.failed())
    status = run(options, differs);
  if (status.failed())
    std::fprintf(stderr, "azulejo-run: error: %s\n", status.message.c_str());
  return status.failed() || differs;
}
