//===- main.cpp - azulejo: compiles, runs and examines models ---------------------------------===//
#include "tools/azulejo/Command.h"
#include <clocale>

int main(int argc, char **argv) {
  CLI::App app("Azulejo compiles ONNX models to fused, tiled kernels and runs them.", "azulejo");
  app.require_subcommand(1);
  app.footer(
      "azulejo COMMAND --help tells more. Errors go to stderr, and the exit status is then 1.");
  int status = 0;
  azulejo::tool::addCompile(app, status);
  azulejo::tool::addRun(app, status);
  azulejo::tool::addBench(app, status);
  azulejo::tool::addVerify(app, status);
  azulejo::tool::addExplain(app, status);
  azulejo::tool::addHardware(app, status);
  azulejo::tool::addInspect(app, status);
  azulejo::tool::addVersion(app, status);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError &error) {
    int code = app.exit(error);
    return code == 0 ? 0 : 1;
  }
  return status;
}
