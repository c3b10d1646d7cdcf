//===- CallGraph.h - What each kernel can reach ---------------------------===//
#ifndef AZULEJO_CUDASIM_PROGRAM_CALLGRAPH_H
#define AZULEJO_CUDASIM_PROGRAM_CALLGRAPH_H

#include "runtime/cudasim/Program/FunctionDecoder.h"

namespace azulejo::cudasim {

/// Who calls whom, by index into Program::functions, and which of the module's shared variables
/// and what communication with other blocks each function mentions.
class CallGraph {
public:
  CallGraph(const Program &program, const ProgramNames &names);

  /// The functions that `function` may execute, itself first. Calls through pointers may lead to
  /// any function whose address is taken somewhere.
  std::vector<uint32_t> reachable(uint32_t function) const;

  struct Node {
    std::vector<uint32_t> callees;
    std::vector<uint32_t> shared; // indices into ptx::Module::variables
    bool callsPointers = false;
    bool communicates = false; // Kernel::communicates says what this is
  };
  std::vector<Node> nodes;
  std::vector<uint32_t> addressTaken;
};

} // namespace azulejo::cudasim

#endif // AZULEJO_CUDASIM_PROGRAM_CALLGRAPH_H
