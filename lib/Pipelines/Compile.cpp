//===- Compile.cpp - The street from a model's bytes to its artifact --------------------------===//
#include "azulejo/compiler.h"
#include "lib/Import/Import.h"
#include "lib/Import/Schemas/Libraries.h"
#include "lib/Pipelines/CPU.h"
#include "lib/Pipelines/Fuse.h"
#include "lib/Pipelines/GPU.h"
#include "lib/Pipelines/Graph.h"
#include "lib/Pipelines/Lower.h"
#include "lib/Pipelines/Package.h"
#include "lib/Pipelines/Schedule.h"
#include "lib/Pipelines/Tiling.h"
#include "lib/Tiling/Passes.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/ToolOutputFile.h"

using namespace mlir;

namespace azulejo {

static constexpr StringLiteral stageAttribute = "azulejo.stage";
static constexpr std::pair<Stage, StringLiteral> stages[] = {
    {Stage::Import, "import"}, {Stage::Graph, "graph"},      {Stage::Lower, "lower"},
    {Stage::Fuse, "fuse"},     {Stage::Tiling, "tiling"},    {Stage::CPU, "cpu"},
    {Stage::GPU, "gpu"},       {Stage::Schedule, "schedule"}};

StringRef getStageName(Stage stage) { return stages[static_cast<int>(stage)].second; }

std::optional<Stage> parseStage(StringRef name) {
  for (auto [stage, stageName] : stages)
    if (stageName == name)
      return stage;
  return std::nullopt;
}

StringRef getPrecisionName(Precision precision) {
  static constexpr StringLiteral names[] = {"f32", "tf32", "f16", "bf16", "int8-weights"};
  return names[static_cast<int>(precision)];
}

std::optional<Precision> parsePrecision(StringRef name) {
  for (Precision precision :
       {Precision::F32, Precision::TF32, Precision::F16, Precision::BF16, Precision::Int8Weights})
    if (getPrecisionName(precision) == name)
      return precision;
  return std::nullopt;
}

/// The last stage that the module has behind it: nothing for a module that no stage has made.
static std::optional<Stage> getStage(ModuleOp module) {
  auto name = module->getAttrOfType<StringAttr>(stageAttribute);
  return name ? parseStage(name) : std::nullopt;
}

llvm::Error loadOperators(StringRef path) {
  std::string wrong = schemas::addLibrary(path.str());
  return wrong.empty() ? llvm::Error::success() : llvm::createStringError(wrong);
}

FailureOr<OwningOpRef<ModuleOp>> loadModel(StringRef path, MLIRContext &context,
                                           const CompileOptions &options) {
  if (options.onStep)
    options.onStep("import");
  OwningOpRef<ModuleOp> module;
  if (path.ends_with(".mlir")) {
    module = parseSourceFile<ModuleOp>(path, ParserConfig(&context));
    if (!module)
      return failure();
    if (!getStage(*module))
      return emitError(UnknownLoc::get(&context))
             << path << " is no dump of a stage: its module has no attribute '" << stageAttribute
             << "'";
    return module;
  }
  auto imported = importModel(path, &context, {/*folder=*/"", options.functions});
  if (failed(imported))
    return failure();
  module = std::move(*imported);
  (*module)->setAttr(stageAttribute, StringAttr::get(&context, getStageName(Stage::Import)));
  return module;
}

/// Whether the module passes through the stage: each kernel is either the CPU's or the GPUs'. From
/// Tiling on the module says itself whose its kernels are.
static bool passesThrough(ModuleOp module, Stage stage) {
  if (stage != Stage::CPU && stage != Stage::GPU)
    return true;
  bool isForGpus = llvm::any_of(module.getOps<ModuleOp>(), [](ModuleOp nested) {
    return nested->hasAttr(tiling::gpuAttribute);
  });
  return isForGpus == (stage == Stage::GPU);
}

/// The number in the name of a stage's dump. CPU and GPU stand at the same place of the street.
static int getStageNumber(Stage stage) {
  int number = static_cast<int>(stage);
  return stage > Stage::CPU ? number - 1 : number;
}

static LogicalResult dump(ModuleOp module, Stage stage, const CompileOptions &options) {
  if (options.dumpDirectory.empty())
    return success();
  if (std::error_code error = llvm::sys::fs::create_directories(options.dumpDirectory))
    return emitError(UnknownLoc::get(module.getContext()))
           << "cannot make folder '" << options.dumpDirectory << "': " << error.message();
  std::string path = (options.dumpDirectory + "/" + Twine(getStageNumber(stage)) + "-" +
                      getStageName(stage) + ".mlir")
                         .str();
  std::error_code error;
  llvm::ToolOutputFile file(path, error, llvm::sys::fs::OF_Text);
  if (error)
    return emitError(UnknownLoc::get(module.getContext()))
           << "cannot write '" << path << "': " << error.message();
  OwningOpRef<ModuleOp> embedded;
  if (options.embedWeights) {
    embedded = module.clone();
    if (failed(embedWeights(*embedded)))
      return failure();
    module = *embedded;
  }
  module.print(file.os(), OpPrintingFlags().enableDebugInfo());
  file.keep();
  return success();
}

static LogicalResult runExtraPasses(ModuleOp module, const CompileOptions &options) {
  PassManager passes(module.getContext());
  std::string errors;
  llvm::raw_string_ostream stream(errors);
  auto pipeline = parsePassPipeline(options.extraPasses, stream);
  if (failed(pipeline) || pipeline->getOpAnchorName() != "builtin.module")
    return emitError(UnknownLoc::get(module.getContext()))
           << "pass pipeline '" << options.extraPasses
           << "' is not of the form builtin.module(…): " << errors;
  static_cast<OpPassManager &>(passes) = *pipeline;
  return passes.run(module);
}

/// What follows a stage in every case: its dump, and the passes that the user wants there.
static LogicalResult endStage(ModuleOp module, Stage stage, const CompileOptions &options) {
  module->setAttr(stageAttribute, StringAttr::get(module.getContext(), getStageName(stage)));
  if (!options.extraPasses.empty() && options.extraPassesAfter == stage &&
      failed(runExtraPasses(module, options)))
    return failure();
  return dump(module, stage, options);
}

static LogicalResult runStage(ModuleOp module, Stage stage, const CompileOptions &options) {
  PassManager passes(module.getContext());
  switch (stage) {
  case Stage::Import:
    break;
  case Stage::Graph: {
    GraphOptions graph;
    for (const auto &[name, size] : options.shapes)
      graph.shapes.push_back(name + "=" + std::to_string(size));
    if (options.precision == Precision::F16 || options.precision == Precision::BF16)
      graph.precision = getPrecisionName(options.precision).str();
    graph.quantizesWeights = options.precision == Precision::Int8Weights;
    buildGraphPipeline(passes, graph);
    break;
  }
  case Stage::Lower:
    buildLowerPipeline(passes);
    break;
  case Stage::Fuse:
    buildFusePipeline(passes, /*forCpu=*/options.targets.empty());
    break;
  case Stage::Tiling: {
    auto cpu = hardware::describeCpu(options.cpu);
    if (!cpu)
      return emitError(UnknownLoc::get(module.getContext())) << llvm::toString(cpu.takeError());
    if (options.targets.empty())
      buildTilingPipeline(passes, *cpu);
    else
      buildGpuTilingPipeline(passes, options.targets);
    break;
  }
  case Stage::CPU:
    buildCpuPipeline(passes, options.cpu);
    break;
  case Stage::GPU:
    buildGpuPipeline(passes, options.precision == Precision::TF32);
    break;
  case Stage::Schedule:
    buildSchedulePipeline(passes);
    break;
  }
  return passes.run(module);
}

LogicalResult runStages(ModuleOp module, Stage last, const CompileOptions &options) {
  auto done = getStage(module);
  if (!done)
    return module.emitError("no stage has made this module");
  if (*done == Stage::Import && failed(endStage(module, Stage::Import, options)))
    return failure();
  for (auto [stage, name] : stages) {
    if (stage <= *done || stage > last || !passesThrough(module, stage))
      continue;
    if (options.onStep)
      options.onStep(name);
    if (failed(runStage(module, stage, options)) || failed(endStage(module, stage, options)))
      return failure();
  }
  return success();
}

LogicalResult compile(ModuleOp module, StringRef artifactPath, const CompileOptions &options) {
  if (failed(runStages(module, Stage::Schedule, options)))
    return failure();
  if (options.onStep)
    options.onStep("package");
  ArtifactOptions artifact;
  artifact.path = artifactPath.str();
  artifact.cpu = options.cpu;
  artifact.assembles = options.assembles;
  artifact.compileOptions.emplace_back("cpu", options.cpu);
  artifact.compileOptions.emplace_back("precision", getPrecisionName(options.precision).str());
  if (!options.targets.empty())
    artifact.compileOptions.emplace_back("targets", llvm::join(options.targets, ","));
  for (const auto &[name, size] : options.shapes)
    artifact.compileOptions.emplace_back("shape." + name, std::to_string(size));
  PassManager passes(module.getContext());
  buildPackagePipeline(passes, artifact);
  return passes.run(module);
}

} // namespace azulejo
