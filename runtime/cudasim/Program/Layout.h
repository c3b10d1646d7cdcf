//===- Layout.h - Basic blocks and their order ----------------------------===//
#ifndef AZULEJO_CUDASIM_PROGRAM_LAYOUT_H
#define AZULEJO_CUDASIM_PROGRAM_LAYOUT_H

#include "runtime/cudasim/Ptx/Module.h"
#include <unordered_map>

namespace azulejo::cudasim {

/// statements[begin, end) of a function, entered at the first and left behind the last only.
struct BasicBlock {
  uint32_t begin = 0, end = 0;
  std::vector<uint32_t> successors; // blocks; the one that follows in the text is last
  bool fallsThrough = false;        // its last successor is the next block of the text
};

/// A function's control flow. The last block of `blocks` holds no statement: it is where a body
/// that runs off its end gets.
struct ControlFlow {
  std::vector<BasicBlock> blocks; // in the order of the text
  /// The blocks in the order in which they are laid out: each behind those that lead to it but for
  /// loops, and the blocks of a loop, which begins with its head, before any that do not belong to
  /// it. Blocks that nothing leads to come last.
  std::vector<uint32_t> order;
  std::unordered_map<std::string_view, uint32_t> labels; // statements
  std::vector<uint32_t> blockAt;                         // by statement

  explicit ControlFlow(const ptx::Function &function);

private:
  void findBlocks(const ptx::Function &function);
  void findOrder();
};

} // namespace azulejo::cudasim

#endif // AZULEJO_CUDASIM_PROGRAM_LAYOUT_H
