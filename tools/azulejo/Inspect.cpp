//===- Inspect.cpp - azulejo inspect and azulejo version --------------------------------------===//
#include "tools/azulejo/Command.h"
#include "tools/azulejo/Reasons.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/TargetParser/Host.h"

namespace azulejo::tool {

static void printValues(const char *title, const azl_model *model, size_t count,
                        azl_value_info (*get)(const azl_model *, size_t)) {
  llvm::outs() << title << "\n";
  for (size_t i = 0; i < count; ++i) {
    azl_value_info info = get(model, i);
    llvm::outs() << "  " << info.name << ": " << azl_element_type_name(info.type) << "[";
    for (int32_t d = 0; d < info.rank; ++d) {
      llvm::outs() << (d ? ", " : "");
      if (info.shape[d] >= 0)
        llvm::outs() << info.shape[d];
      else
        llvm::outs() << info.symbols[d];
    }
    llvm::outs() << "]\n";
  }
}

/// An architecture, and what its kernels take as far as ptxas was asked.
static void printImage(const llvm::json::Object &image) {
  auto length = [&](llvm::StringRef kind) {
    const llvm::json::Object *range = image.getObject(kind);
    return range ? range->getInteger("length").value_or(0) : 0;
  };
  llvm::outs() << "cuda      " << image.getString("arch").value_or("?") << ": PTX "
               << llvm::format("%.1f KiB", length("ptx") / 1024.0);
  if (length("cubin"))
    llvm::outs() << ", machine code " << llvm::format("%.1f KiB", length("cubin") / 1024.0);
  llvm::outs() << "\n";
  const llvm::json::Array *kernels = image.getArray("kernels");
  if (!kernels)
    return;
  llvm::outs() << "  registers  shared  spilled   stack  kernel\n";
  for (const llvm::json::Value &value : *kernels) {
    const llvm::json::Object &kernel = *value.getAsObject();
    auto number = [&](llvm::StringRef key) { return kernel.getInteger(key).value_or(0); };
    llvm::outs() << llvm::formatv("  {0,9}  {1,6}  {2,7}  {3,6}  {4}\n", number("registers"),
                                  number("shared"), number("spilled"), number("stack"),
                                  kernel.getString("name").value_or("?"));
  }
}

static bool inspect(const std::string &path, bool json) {
  azl_model *model = nullptr;
  if (azl_model_load(path.c_str(), nullptr, &model))
    return fail(azl_last_error()), false;
  if (json) {
    llvm::outs() << azl_model_metadata(model) << "\n";
  } else {
    auto metadata = llvm::json::parse(azl_model_metadata(model));
    if (!metadata)
      return fail(llvm::toString(metadata.takeError())), false;
    const llvm::json::Object &object = *metadata->getAsObject();
    llvm::outs() << "model     " << azl_model_name(model) << "\n";
    llvm::outs() << "producer  " << object.getString("producer").value_or("?") << "\n";
    if (const llvm::json::Object *target = object.getObject("target"))
      llvm::outs() << "target    " << llvm::json::Value(llvm::json::Object(*target)) << "\n";
    printValues("inputs", model, azl_model_input_count(model), azl_model_input);
    printValues("outputs", model, azl_model_output_count(model), azl_model_output);
    if (const char *reason = azl_model_unbounded_reason(model))
      llvm::outs() << "peak memory unbounded: " << reason << "\n";
    if (const llvm::json::Array *images = object.getArray("cuda"))
      for (const llvm::json::Value &image : *images)
        printImage(*image.getAsObject());
    if (const llvm::json::Array *weights = object.getArray("weights"))
      llvm::outs() << "weights   " << weights->size() << ", "
                   << llvm::format("%.1f MiB\n",
                                   object.getInteger("weights_size").value_or(0) / 1048576.0);
    llvm::outs() << "kernels   " << azl_model_kernel_count(model) << "\n";
    if (const llvm::json::Array *kernels = object.getArray("kernels"))
      for (const llvm::json::Value &kernel : *kernels) {
        llvm::outs() << "  " << kernel.getAsObject()->getString("name").value_or("?");
        if (const llvm::json::Array *nodes = kernel.getAsObject()->getArray("nodes");
            nodes && !nodes->empty()) {
          llvm::outs() << " ←";
          for (const llvm::json::Value &node : *nodes)
            llvm::outs() << " " << node.getAsString().value_or("?");
        }
        llvm::outs() << "\n";
      }
    printReasons(object);
  }
  azl_model_release(model);
  return true;
}

void addInspect(CLI::App &app, int &status) {
  struct Flags {
    std::string artifact;
    bool json = false;
  };
  auto flags = std::make_shared<Flags>();
  CLI::App *command = app.add_subcommand(
      "inspect", "Shows an artifact's signature, target, memory, weights and kernels");
  command->add_option("artifact", flags->artifact, "model.azm")
      ->required()
      ->check(CLI::ExistingFile);
  command->add_flag("--json", flags->json, "Prints the artifact's metadata as it is");
  command->callback([flags, &status] { status = inspect(flags->artifact, flags->json) ? 0 : 1; });
}

void addVersion(CLI::App &app, int &status) {
  CLI::App *command = app.add_subcommand("version", "Prints versions and what this machine is");
  command->callback([] {
    llvm::outs() << "azulejo " << azl_version() << "\nLLVM " << LLVM_VERSION_STRING << "\nhost "
                 << llvm::sys::getDefaultTargetTriple() << ", " << llvm::sys::getHostCPUName()
                 << "\n";
  });
}

} // namespace azulejo::tool
