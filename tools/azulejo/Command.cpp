#include "tools/azulejo/Command.h"
#include "lib/Pipelines/Register.h"
#include "mlir/Tools/Plugins/PassPlugin.h"
#include "tools/support/Targets.h"
#include "llvm/Support/TargetSelect.h"
#include <chrono>
#include <unistd.h>

using namespace mlir;

namespace azulejo::tool {

int fail(const llvm::Twine &message) {
  llvm::errs() << "azulejo: error: " << message << "\n";
  return 1;
}

//===------------------------------------------------------------------------------------------===//
// Flags
//===------------------------------------------------------------------------------------------===//

void CompileFlags::addTo(CLI::App &command) {
  command
      .add_option("--target", targets,
                  "Where the model will run: cpu, or GPUs: cuda:sm_80, cuda:sm_90a … (several "
                  "separated by commas, or repeated). The default is what fits --device, or cpu")
      ->delimiter(',')
      ->allow_extra_args(false);
  command
      .add_option("--hardware", hardware,
                  "The same by name: h100, a100, azure:Standard_ND96isr_H200_v5; see azulejo "
                  "hardware")
      ->delimiter(',')
      ->allow_extra_args(false);
  command.add_flag("!--no-cubin", options.assembles,
                   "Kernels of GPUs stay PTX, which the driver compiles when it loads them");
  command
      .add_option("--cpu", options.cpu,
                  "host, an x86-64 level (x86-64-v3, x86-64-v4) or a CPU's name")
      ->capture_default_str();
  command
      .add_option(
          "--precision", precision,
          "What f32 may be computed in: f32 (strict), tf32 (contractions on tensor cores), "
          "f16 or bf16 (activations and weights, where that is safe), int8-weights (matrices "
          "are stored as integers)")
      ->check(CLI::IsMember({"f32", "tf32", "f16", "bf16", "int8-weights"}))
      ->capture_default_str();
  command.add_option("--shape", shapes, "Fixes a symbolic dimension: NAME=SIZE (repeated)");
  command.add_option("--functions", options.functions,
                     "A file with ONNX functions for operators that the model does not define: a "
                     "model that carries them, or a textual list (repeated)");
  command.add_option("--operators", operators,
                     "A shared library with operators for the model (repeated; "
                     "docs/AddAnOperator.md)");
  command.add_option("--dump-dir", options.dumpDirectory,
                     "Writes every stage's module into this folder");
  command.add_flag("--embed-weights", options.embedWeights,
                   "Dumps hold the weights, rather than refer to the model's files");
  command.add_option("--pass-pipeline", options.extraPasses,
                     "Passes to run as well: builtin.module(…)");
  command
      .add_option(
          "--pass-pipeline-after", extraPassesAfter,
          "The stage after which they run: import, graph, lower, fuse, tiling, cpu, schedule")
      ->capture_default_str();
  command.add_option("--load-pass-plugin", plugins,
                     "A shared library with passes of your own (repeated)");
}

bool CompileFlags::finish(const std::string &device) {
  if (targets.empty() && hardware.empty() && !device.empty())
    targets = targetsForDevice(device);
  auto parsed = parseTargets(targets, hardware);
  if (!parsed)
    return fail(llvm::toString(parsed.takeError())), false;
  options.targets = std::move(*parsed);
  for (const std::string &shape : shapes) {
    auto [name, text] = StringRef(shape).split('=');
    int64_t size;
    if (name.empty() || text.getAsInteger(10, size) || size < 0)
      return fail("--shape=" + shape + ": expected NAME=SIZE, with a size that is not negative"),
             false;
    options.shapes.emplace_back(name.str(), size);
  }
  options.precision = *parsePrecision(precision);
  auto stage = parseStage(extraPassesAfter);
  if (!stage)
    return fail("--pass-pipeline-after=" + extraPassesAfter + ": no such stage"), false;
  options.extraPassesAfter = *stage;
  for (const std::string &path : operators) {
    if (llvm::Error error = loadOperators(path))
      return fail("--operators=" + path + ": " + llvm::toString(std::move(error))), false;
    if (azl_load_operators(path.c_str()))
      return fail("--operators=" + path + ": " + azl_last_error()), false;
  }
  for (const std::string &path : plugins) {
    auto plugin = PassPlugin::load(path);
    if (!plugin)
      return fail("--load-pass-plugin=" + path + ": " + llvm::toString(plugin.takeError())), false;
    plugin->registerPassRegistryCallbacks();
  }
  return true;
}

void RunFlags::addTo(CLI::App &command) {
  command
      .add_option("--input", inputs,
                  "An input, in the model's order or by name (repeated): @x.npy, name=@x.npy, "
                  "1x3x224x224xf32=0, 4xi64=1,2,3,4")
      ->allow_extra_args(false);
  command.add_option("--threads", threads, "Threads to use; 0 is one per CPU")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber);
  command.add_option("--device", device,
                     "Where to run: cpu, cuda, cuda:1 or the simulated GPU, cudasim:sm_90a; the "
                     "default is what the artifact was compiled for");
}

//===------------------------------------------------------------------------------------------===//
// The compiler and its diagnostics
//===------------------------------------------------------------------------------------------===//

/// The ONNX node a location names, if it names one: a name over the name of the operator.
static std::string findNode(Location loc) {
  std::string name;
  loc->walk([&](Location part) {
    if (auto named = dyn_cast<NameLoc>(part); named && isa<NameLoc>(named.getChildLoc())) {
      name = named.getName().str();
      return WalkResult::interrupt();
    }
    return WalkResult::advance();
  });
  return name;
}

static LogicalResult printDiagnostic(Diagnostic &diagnostic) {
  static const char *const kinds[] = {"note", "warning", "error", "remark"};
  auto print = [](Diagnostic &part) {
    llvm::errs() << "azulejo: " << kinds[static_cast<int>(part.getSeverity())] << ": ";
    std::string text = part.str(), node = findNode(part.getLocation());
    if (auto file = part.getLocation()->findInstanceOf<FileLineColLoc>(); file && node.empty())
      llvm::errs() << file.getFilename().getValue() << ":" << file.getLine() << ":"
                   << file.getColumn() << ": ";
    if (!node.empty() && !StringRef(text).contains("'" + node + "'"))
      llvm::errs() << "node '" << node << "': ";
    llvm::errs() << text << "\n";
  };
  print(diagnostic);
  for (Diagnostic &note : diagnostic.getNotes())
    print(note);
  return success();
}

struct Compiler::State {
  DialectRegistry registry;
  std::unique_ptr<MLIRContext> context;
};

Compiler::Compiler() : state(std::make_unique<State>()) {
  llvm::InitializeNativeTarget();
  llvm::InitializeNativeTargetAsmPrinter();
  registerAllDialects(state->registry);
  registerAllPasses();
  state->context = std::make_unique<MLIRContext>(state->registry);
  state->context->printOpOnDiagnostic(false);
  state->context->getDiagEngine().registerHandler(printDiagnostic);
}
Compiler::~Compiler() = default;
MLIRContext &Compiler::context() { return *state->context; }

bool compileFile(const std::string &model, const std::string &artifact, CompileFlags &flags) {
  Compiler compiler;
  Progress progress("compiling " + model);
  flags.options.onStep = [&](StringRef step) { progress.step(step); };
  auto module = loadModel(model, compiler.context(), flags.options);
  return succeeded(module) && succeeded(compile(**module, artifact, flags.options));
}

//===------------------------------------------------------------------------------------------===//
// Progress
//===------------------------------------------------------------------------------------------===//

static double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

Progress::Progress(std::string subject)
    : subject(std::move(subject)), terminal(isatty(STDERR_FILENO)), start(now()) {}

void Progress::step(StringRef name) {
  if (terminal)
    llvm::errs() << "\r\033[K" << subject << ": " << name << " ("
                 << llvm::format("%.1f", now() - start) << " s)";
}

Progress::~Progress() {
  if (terminal)
    llvm::errs() << "\r\033[K";
}

//===------------------------------------------------------------------------------------------===//
// Running
//===------------------------------------------------------------------------------------------===//

Loaded::~Loaded() {
  if (session)
    azl_session_destroy(session);
  if (model)
    azl_model_release(model);
}

bool load(const std::string &artifact, const RunFlags &flags, bool profile, Loaded &loaded) {
  azl_session_options options = {};
  options.size = sizeof(options);
  options.device = flags.device.empty() ? nullptr : flags.device.c_str();
  options.threads = flags.threads;
  options.profile = profile;
  if (azl_model_load(artifact.c_str(), nullptr, &loaded.model) ||
      azl_session_create(loaded.model, &options, &loaded.session))
    return fail(azl_last_error()), false;
  return true;
}

} // namespace azulejo::tool
