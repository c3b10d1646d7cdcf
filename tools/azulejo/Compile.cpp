//===- Compile.cpp - azulejo compile ----------------------------------------------------------===//
#include "tools/azulejo/Command.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/ToolOutputFile.h"

using namespace mlir;

namespace azulejo::tool {

namespace {
struct Flags {
  CompileFlags compile;
  std::string model, output, stopAfter;
};
} // namespace

/// Writes the module as text: to `path`, or to stdout when it is empty or "-".
static bool printModule(ModuleOp module, StringRef path) {
  std::error_code error;
  llvm::ToolOutputFile file(path.empty() ? "-" : path, error, llvm::sys::fs::OF_Text);
  if (error)
    return fail("cannot write " + path + ": " + error.message()), false;
  module.print(file.os(), OpPrintingFlags().enableDebugInfo(/*enable=*/true, /*prettyForm=*/false));
  file.keep();
  return true;
}

static bool run(Flags &flags) {
  if (!flags.compile.finish())
    return false;
  if (flags.stopAfter.empty()) {
    std::string output = flags.output;
    if (output.empty())
      output = StringRef(flags.model).rsplit('.').first.str() + ".azm";
    return compileFile(flags.model, output, flags.compile);
  }
  auto last = parseStage(flags.stopAfter);
  if (!last)
    return fail("--compile-to=" + flags.stopAfter + ": no such stage"), false;
  Compiler compiler;
  OwningOpRef<ModuleOp> module;
  {
    Progress progress("compiling " + flags.model);
    flags.compile.options.onStep = [&](StringRef step) { progress.step(step); };
    auto loaded = loadModel(flags.model, compiler.context(), flags.compile.options);
    if (failed(loaded) || failed(runStages(**loaded, *last, flags.compile.options)))
      return false;
    module = std::move(*loaded);
    if (flags.compile.options.embedWeights && failed(embedWeights(*module)))
      return false;
  }
  return printModule(*module, flags.output);
}

void addCompile(CLI::App &app, int &status) {
  auto flags = std::make_shared<Flags>();
  CLI::App *command = app.add_subcommand(
      "compile", "Compiles a model to an artifact (model.azm) that azulejo-run runs");
  command
      ->add_option("model", flags->model, "model.onnx, model.onnxtxt or a stage's dump, model.mlir")
      ->required()
      ->check(CLI::ExistingFile);
  command->add_option("-o,--output", flags->output,
                      "Where the artifact goes; by default beside the model");
  command->add_option("--compile-to", flags->stopAfter,
                      "Stops after a stage and prints the module: import, graph, lower, fuse, "
                      "tiling, cpu, schedule");
  flags->compile.addTo(*command);
  command->callback([flags, &status] { status = run(*flags) ? 0 : 1; });
}

} // namespace azulejo::tool
