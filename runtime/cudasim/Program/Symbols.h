//===- Symbols.h - Where variables and parameters lie ---------------------===//
#ifndef AZULEJO_CUDASIM_PROGRAM_SYMBOLS_H
#define AZULEJO_CUDASIM_PROGRAM_SYMBOLS_H

#include "runtime/cudasim/Program/CallGraph.h"

namespace azulejo::cudasim {

/// Where the formals of a function, or of a prototype, lie at the beginning of its frame of local
/// memory: results, then parameters. So a caller knows them from the types alone.
struct Formals {
  std::vector<Symbol> results, parameters;
  uint32_t bytes = 0;
};
Formals placeFormals(const std::vector<ptx::Variable> &results,
                     const std::vector<ptx::Variable> &parameters);

/// Gives the program's symbols their places: module variables (and their initial values, once all
/// addresses are known), kernel parameters, the variables of each function's frame, and shared
/// memory, such that what a kernel cannot reach takes none of it.
class SymbolPlacer {
public:
  SymbolPlacer(Program &program, const ProgramNames &names, const Architecture &architecture)
      : program(program), names(names), architecture(architecture) {}

  void placeFunctionSymbols();
  void placeModuleVariables(const PlaceGlobal &placeGlobal);
  void placeShared(const CallGraph &graph);
  void makeInitialValues();

private:
  void placeKernel(uint32_t index);
  void placeFrame(uint32_t index);
  uint64_t addressOf(const ptx::Variable &variable, const ptx::Variable::Reference &reference);
  [[noreturn]] void fail(uint32_t line, const std::string &message) const {
    throw ptx::LoadError(line, message);
  }

  Program &program;
  const ProgramNames &names;
  const Architecture &architecture;
};

} // namespace azulejo::cudasim

#endif // AZULEJO_CUDASIM_PROGRAM_SYMBOLS_H
