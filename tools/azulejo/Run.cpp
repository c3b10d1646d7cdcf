//===- Run.cpp - azulejo run ------------------------------------------------------------------===//
#include "tools/azulejo/Command.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include <unistd.h>

namespace azulejo::tool {

/// The value of --device among flags that are azulejo-run's; "" where it is not there.
static std::string findDevice(const std::vector<std::string> &arguments) {
  for (size_t i = 0; i < arguments.size(); ++i) {
    llvm::StringRef argument = arguments[i];
    if (argument == "--device" && i + 1 < arguments.size())
      return arguments[i + 1];
    if (argument.consume_front("--device="))
      return argument.str();
  }
  return "";
}

/// azulejo-run stands beside this program and does the running: there is one program that runs
/// models.
static int execute(const std::string &artifact, const std::vector<std::string> &arguments) {
  llvm::SmallString<256> program(
      llvm::sys::fs::getMainExecutable(nullptr, reinterpret_cast<void *>(&execute)));
  llvm::sys::path::remove_filename(program);
  llvm::sys::path::append(program, "azulejo-run");
  std::vector<char *> argv = {program.data(), const_cast<char *>(artifact.c_str())};
  program.c_str();
  argv[0] = program.data();
  for (const std::string &argument : arguments)
    argv.push_back(const_cast<char *>(argument.c_str()));
  argv.push_back(nullptr);
  execv(argv[0], argv.data());
  return fail("cannot start " + llvm::Twine(program));
}

void addRun(CLI::App &app, int &status) {
  struct Flags {
    CompileFlags compile;
    std::string model;
  };
  auto flags = std::make_shared<Flags>();
  CLI::App *command = app.add_subcommand(
      "run", "Runs an artifact, or a model, whose artifact is kept for the next time.\n"
             "All flags of azulejo-run may follow: --input, --output, --expected-output, "
             "--threads, --device …");
  command->add_option("model", flags->model, "model.azm, or a model to compile first")
      ->required()
      ->check(CLI::ExistingFile);
  flags->compile.addTo(*command);
  command->allow_extras();
  command->callback([flags, command, &status] {
    std::string artifact;
    if (flags->compile.finish(findDevice(command->remaining())))
      artifact = findArtifact(flags->model, flags->compile);
    std::vector<std::string> arguments = command->remaining();
    for (const std::string &library : flags->compile.operators)
      arguments.push_back("--operators=" + library);
    status = artifact.empty() ? 1 : execute(artifact, arguments);
  });
}

} // namespace azulejo::tool
