//===- Explain.cpp - azulejo explain ----------------------------------------------------------===//
//
// Says which ONNX nodes became which kernel, why two that follow each other stayed two, and why
// some run on the host or, on a GPU, in another way than the rest.
//
//===------------------------------------------------------------------------------------------===//
#include "tools/azulejo/Command.h"
#include "tools/azulejo/Reasons.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/Support/JSON.h"

namespace azulejo::tool {

namespace {
struct Flags {
  CompileFlags compile;
  std::string model;
  bool json = false;
};
} // namespace

static llvm::StringRef getString(const llvm::json::Value &object, llvm::StringRef key) {
  return object.getAsObject()->getString(key).value_or("?");
}

/// The nodes that an operation stands for; several where Graph joined them.
static std::string getNodes(const llvm::json::Value &object, llvm::StringRef key) {
  const llvm::json::Array *nodes = object.getAsObject()->getArray(key);
  if (!nodes || nodes->empty())
    return "?";
  std::string joined;
  for (const llvm::json::Value &node : *nodes)
    joined += (joined.empty() ? "" : " + ") + node.getAsString().value_or("?").str();
  return joined;
}

static void print(const llvm::json::Array &kernels, const llvm::json::Array &refusals) {
  llvm::outs() << "kernels, with the nodes they compute: " << kernels.size() << "\n";
  for (const llvm::json::Value &kernel : kernels) {
    llvm::outs() << "  " << getString(kernel, "name") << "\n";
    if (const llvm::json::Array *nodes = kernel.getAsObject()->getArray("nodes"))
      for (const llvm::json::Value &node : *nodes)
        llvm::outs() << "    " << node.getAsString().value_or("?") << "\n";
  }
  llvm::outs() << "not fused, producer and consumer, by reason: " << refusals.size() << "\n";
  llvm::MapVector<llvm::StringRef, llvm::SmallVector<const llvm::json::Value *>> byReason;
  for (const llvm::json::Value &refusal : refusals)
    byReason[getString(refusal, "reason")].push_back(&refusal);
  for (const auto &[reason, entries] : byReason) {
    llvm::outs() << "  " << reason << ": " << entries.size() << "\n";
    for (const llvm::json::Value *entry : entries)
      llvm::outs() << "    " << getNodes(*entry, "producer") << " -> "
                   << getNodes(*entry, "consumer") << "\n";
  }
}

static bool run(Flags &flags) {
  if (!flags.compile.finish())
    return false;
  std::string artifact = findArtifact(flags.model, flags.compile);
  if (artifact.empty())
    return false;
  azl_model *model = nullptr;
  if (azl_model_load(artifact.c_str(), nullptr, &model))
    return fail(azl_last_error()), false;
  auto metadata = llvm::json::parse(azl_model_metadata(model));
  azl_model_release(model);
  if (!metadata)
    return fail(llvm::toString(metadata.takeError())), false;
  llvm::json::Array kernels, refusals;
  if (llvm::json::Array *found = metadata->getAsObject()->getArray("kernels"))
    kernels = std::move(*found);
  if (llvm::json::Array *found = metadata->getAsObject()->getArray("unfused"))
    refusals = std::move(*found);
  if (!flags.json) {
    print(kernels, refusals);
    printReasons(*metadata->getAsObject());
    return true;
  }
  llvm::json::Object gpus;
  if (llvm::json::Array *images = metadata->getAsObject()->getArray("cuda"))
    for (llvm::json::Value &image : *images)
      gpus[image.getAsObject()->getString("arch").value_or("?")] =
          std::move((*image.getAsObject())["reasons"]);
  llvm::json::Object all{{"kernels", std::move(kernels)},
                         {"unfused", std::move(refusals)},
                         {"host", getHostCalls(*metadata->getAsObject())},
                         {"gpus", std::move(gpus)}};
  llvm::outs() << llvm::formatv("{0:2}", llvm::json::Value(std::move(all))) << "\n";
  return true;
}

void addExplain(CLI::App &app, int &status) {
  auto flags = std::make_shared<Flags>();
  CLI::App *command = app.add_subcommand(
      "explain", "Shows which nodes became which kernel, and why others were not fused or run in "
                 "another way");
  command->add_option("model", flags->model, "model.azm, or a model to compile first")
      ->required()
      ->check(CLI::ExistingFile);
  command->add_flag("--json", flags->json,
                    "Prints a JSON object instead: kernels [{name, nodes}], unfused [{producer, "
                    "consumer, reason}], producer and consumer as lists of nodes, host [{node, "
                    "reason}], and by architecture gpus [{kernel, lacks, reason}]");
  flags->compile.addTo(*command);
  command->callback([flags, &status] { status = run(*flags) ? 0 : 1; });
}

} // namespace azulejo::tool
