//===- Command.h - What the subcommands of azulejo share --------------------------------------===//
#ifndef AZULEJO_TOOLS_AZULEJO_COMMAND_H
#define AZULEJO_TOOLS_AZULEJO_COMMAND_H

#include "azulejo/compiler.h"
#include "azulejo/runtime.h"
#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

namespace azulejo::tool {

/// The flags of every subcommand that compiles.
struct CompileFlags {
  CompileOptions options;
  std::vector<std::string> shapes;    // name=size
  std::vector<std::string> plugins;   // shared libraries with passes
  std::vector<std::string> operators; // and with operators
  std::string extraPassesAfter = "graph";
  std::vector<std::string> targets;  // cpu, cuda:sm_90a
  std::vector<std::string> hardware; // h100, azure:Standard_ND96isr_H200_v5
  std::string precision = "f32";

  void addTo(CLI::App &command);

  /// Fills in `options` from the flags as they were given and loads the libraries; false after an
  /// error on stderr. Where no target was given, it is what fits `device` of the runtime.
  bool finish(const std::string &device = "");
};

/// The flags of every subcommand that runs.
struct RunFlags {
  std::vector<std::string> inputs;
  int threads = 0;
  std::string device;

  void addTo(CLI::App &command);
};

/// A context with every dialect, whose diagnostics go to stderr with the ONNX node they are about.
class Compiler {
public:
  Compiler();
  ~Compiler();
  mlir::MLIRContext &context();

private:
  struct State;
  std::unique_ptr<State> state;
};

/// One line on stderr that says what is going on, with the seconds so far; nothing at all where
/// stderr is no terminal.
class Progress {
public:
  explicit Progress(std::string subject);
  ~Progress();
  void step(llvm::StringRef name);

private:
  std::string subject;
  bool terminal;
  double start;
};

/// Compiles `model` to `artifact`; false after an error on stderr.
bool compileFile(const std::string &model, const std::string &artifact, CompileFlags &flags);

/// The artifact to run: `path` itself when it is one, or what `path`, a model, compiles to, kept in
/// the cache. Empty after an error on stderr.
std::string findArtifact(const std::string &path, CompileFlags &flags);

/// A loaded artifact and a session on it.
struct Loaded {
  azl_model *model = nullptr;
  azl_session *session = nullptr;
  ~Loaded();
};
bool load(const std::string &artifact, const RunFlags &flags, bool profile, Loaded &loaded);

/// Prints "azulejo: error: …" to stderr and returns 1, an exit status.
int fail(const llvm::Twine &message);

void addCompile(CLI::App &app, int &status);
void addRun(CLI::App &app, int &status);
void addBench(CLI::App &app, int &status);
void addVerify(CLI::App &app, int &status);
void addExplain(CLI::App &app, int &status);
void addHardware(CLI::App &app, int &status);
void addInspect(CLI::App &app, int &status);
void addVersion(CLI::App &app, int &status);

} // namespace azulejo::tool

#endif // AZULEJO_TOOLS_AZULEJO_COMMAND_H
