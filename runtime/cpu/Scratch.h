//===- Scratch.h - A thread's memory for kernels' local buffers -------------------------------===//
#ifndef AZULEJO_RUNTIME_CPU_SCRATCH_H
#define AZULEJO_RUNTIME_CPU_SCRATCH_H

#include "azulejo/Artifact/Format.h"
#include <vector>

namespace azulejo::runtime::cpu {

/// An azm_scratch with what its grow function needs to know. Starts empty and settles at the most
/// that any kernel of the thread needed.
class Scratch {
public:
  Scratch();
  ~Scratch();
  Scratch(const Scratch &) = delete;
  Scratch &operator=(const Scratch &) = delete;

  azm_scratch *get() { return &abi; }

  /// To be called when a kernel returned: enlarges the memory if the kernel had to grow it.
  void reset();

private:
  static void *grow(azm_scratch *scratch, int64_t bytes);

  // First, so that grow can get from it to the rest.
  azm_scratch abi;
  /// Memory that grow handed out, for the part [.., end) of the stack beyond abi.size.
  struct Block {
    uint8_t *data;
    int64_t bytes, end;
  };
  std::vector<Block> blocks;
  int64_t mostUsed = 0;
};

} // namespace azulejo::runtime::cpu

#endif // AZULEJO_RUNTIME_CPU_SCRATCH_H
