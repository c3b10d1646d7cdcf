#include "tools/azulejo-conformance/RunCase.h"
#include "azulejo/compiler.h"
#include "mlir/IR/Location.h"
#include "mlir/IR/MLIRContext.h"
#include "tools/azulejo-conformance/DynamicShapes.h"
#include "tools/azulejo-conformance/FoldedModel.h"
#include "tools/support/RandomDraws.h"
#include "tools/support/Targets.h"
#include "tools/support/Values.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Program.h"
#include <unistd.h>

namespace azulejo::conformance {
namespace {

llvm::Error failure(const llvm::Twine &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), message);
}

llvm::Error runtimeFailure(const char *doing) {
  return failure(llvm::Twine(doing) + ": " + azl_last_error());
}

/// A test data set's values.
llvm::Expected<std::vector<HostValue>>
readValues(const Case &test, int64_t set, llvm::StringRef prefix, llvm::ArrayRef<ValueSpec> specs) {
  std::vector<HostValue> values;
  for (auto [position, spec] : llvm::enumerate(specs)) {
    std::string path =
        llvm::formatv("{0}/test_data_set_{1}/{2}_{3}.pb", test.folder, set, prefix, position).str();
    llvm::Expected<HostValue> value = readValueFile(path, spec.kind);
    if (!value)
      return value.takeError();
    values.push_back(std::move(*value));
  }
  return values;
}

/// "node 'NAME': what is wrong", where it is about a node.
std::string describe(const mlir::Diagnostic &diagnostic) {
  std::string text = diagnostic.str();
  auto name = diagnostic.getLocation()->findInstanceOf<mlir::NameLoc>();
  if (!name || llvm::StringRef(text).starts_with("node '"))
    return text;
  return ("node '" + name.getName().getValue() + "': " + text).str();
}

llvm::Error compileModel(llvm::StringRef path, llvm::StringRef artifact, llvm::StringRef device,
                         const mlir::DialectRegistry &dialects, bool dynamic) {
  // The first error says what went wrong; what follows it are its consequences and notes.
  std::string firstError;
  mlir::MLIRContext context(dialects, mlir::MLIRContext::Threading::DISABLED);
  mlir::ScopedDiagnosticHandler handler(&context, [&](mlir::Diagnostic &diagnostic) {
    if (diagnostic.getSeverity() == mlir::DiagnosticSeverity::Error && firstError.empty())
      firstError = describe(diagnostic);
  });
  CompileOptions options;
  auto targets = parseTargets(targetsForDevice(device), {});
  if (!targets)
    return targets.takeError();
  options.targets = std::move(*targets);
  // The simulator executes PTX, and ptxas has tests of its own.
  options.assembles = !device.starts_with("cudasim");
  std::string step = "import";
  options.onStep = [&](llvm::StringRef name) { step = name.str(); };
  auto module = loadModel(path, context, options);
  if (dynamic && llvm::succeeded(module))
    makeInputsDynamic(module->get());
  if (llvm::failed(module) || llvm::failed(compile(module->get(), artifact, options)))
    return failure("compile, " + step + ": " + firstError);
  return llvm::Error::success();
}

std::optional<std::string> findDrawFault(const Case &test, llvm::ArrayRef<HostValue> inputs,
                                         llvm::ArrayRef<HostValue> expected,
                                         llvm::ArrayRef<HostValue> actual) {
  switch (test.draw) {
  case Case::Draw::None:
    return std::nullopt;
  case Case::Draw::Dropout:
    return findDropoutFault(inputs, expected, actual, test.tolerance);
  case Case::Draw::Sample:
  case Case::Draw::Rows:
    return findSampleFault(expected.front(), actual.front(), test.draw == Case::Draw::Rows);
  case Case::Draw::Bernoulli:
  case Case::Draw::Complement:
    return findBernoulliFault(expected.front(), actual.front(), inputs.front(),
                              test.draw == Case::Draw::Complement);
  }
  llvm_unreachable("all draws are above");
}

llvm::Error compareOutputs(const Case &test, llvm::ArrayRef<HostValue> inputs,
                           llvm::ArrayRef<HostValue> expected, llvm::ArrayRef<HostValue> actual) {
  if (test.draw != Case::Draw::None) {
    std::optional<std::string> fault = findDrawFault(test, inputs, expected, actual);
    return fault ? failure(*fault) : llvm::Error::success();
  }
  for (auto [got, want, spec] : llvm::zip_equal(actual, expected, test.outputs))
    if (std::optional<std::string> difference = findDifference(want, got, test.tolerance))
      return failure("output " + spec.name + ": " + *difference);
  return llvm::Error::success();
}

/// Runs the sets from `first` to `last` on the artifact. Inputs that are `folded` are in it.
llvm::Error runSets(const Case &test, bool folded, llvm::StringRef artifact, llvm::StringRef device,
                    int64_t first, int64_t last) {
  azl_model *model = nullptr;
  if (azl_model_load(artifact.str().c_str(), nullptr, &model))
    return runtimeFailure("load");
  llvm::scope_exit releaseModel([&] { azl_model_release(model); });
  azl_session_options options = {};
  options.size = sizeof options;
  options.threads = 1;
  std::string deviceName = device.str();
  options.device = deviceName.c_str();
  azl_session *session = nullptr;
  if (azl_session_create(model, &options, &session))
    return runtimeFailure("session");
  llvm::scope_exit destroySession([&] { azl_session_destroy(session); });

  for (int64_t set = first; set < last; ++set) {
    auto inputs = readValues(test, set, "input", test.inputs);
    if (!inputs)
      return inputs.takeError();
    auto expected = readValues(test, set, "output", test.outputs);
    if (!expected)
      return expected.takeError();
    std::vector<ValueHandle> arguments, results;
    for (auto [input, spec] : llvm::zip_equal(*inputs, test.inputs)) {
      if (folded && isFolded(spec))
        continue;
      arguments.push_back(toRuntime(input));
      if (!arguments.back())
        return runtimeFailure("inputs");
    }
    if (!runValues(session, arguments, test.outputs.size(), results))
      return runtimeFailure("run");
    std::vector<HostValue> actual;
    for (const ValueHandle &result : results)
      actual.push_back(fromRuntime(*result));
    if (llvm::Error error = compareOutputs(test, *inputs, *expected, actual))
      return error;
  }
  return llvm::Error::success();
}

} // namespace

llvm::Error runCase(const Case &test, Form form, const mlir::DialectRegistry &dialects,
                    llvm::StringRef device, llvm::StringRef workFolder) {
  std::string artifact = llvm::formatv("{0}/{1}.azm", workFolder, getpid()).str();
  llvm::scope_exit remove([&] { llvm::sys::fs::remove(artifact); });
  if (form != Form::Folded) {
    std::string path = test.folder + "/model.onnx";
    if (llvm::Error error = compileModel(path, artifact, device, dialects, form == Form::Dynamic))
      return error;
    return runSets(test, /*folded=*/false, artifact, device, 0, test.sets);
  }
  std::string path = llvm::formatv("{0}/{1}.onnx", workFolder, getpid()).str();
  llvm::scope_exit removeModel([&] { llvm::sys::fs::remove(path); });
  for (int64_t set = 0; set < test.sets; ++set) {
    if (llvm::Error error = writeFoldedModel(test, set, path))
      return error;
    if (llvm::Error error = compileModel(path, artifact, device, dialects, /*dynamic=*/false))
      return error;
    if (llvm::Error error = runSets(test, /*folded=*/true, artifact, device, set, set + 1))
      return error;
  }
  return llvm::Error::success();
}

llvm::Error runCaseByCommand(const Case &test, llvm::StringRef device, llvm::StringRef binFolder) {
  std::string program = (binFolder + "/azulejo").str();
  std::vector<std::string> arguments = {
      program,
      "verify",
      test.folder,
      ("--device=" + device).str(),
      llvm::formatv("--rtol={0:e}", test.tolerance.relative).str(),
      llvm::formatv("--atol={0:e}", test.tolerance.absolute).str()};
  std::vector<llvm::StringRef> references(arguments.begin(), arguments.end());
  std::string message;
  int status =
      llvm::sys::ExecuteAndWait(program, references, /*Env=*/std::nullopt, /*Redirects=*/{},
                                /*SecondsToWait=*/0, /*MemoryLimit=*/0, &message);
  if (status == 0)
    return llvm::Error::success();
  return failure("azulejo verify ended with status " + llvm::Twine(status) + " " + message);
}

} // namespace azulejo::conformance
