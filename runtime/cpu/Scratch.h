//===- Scratch.h - A thread's memory for kernels' local buffers -------------------------------===//
#ifndef AZULEJO_RUNTIME_CPU_SCRATCH_H
#define AZULEJO_RUNTIME_CPU_SCRATCH_H

#include "azulejo/Artifact/Format.h"
#include <csetjmp>
#include <vector>

namespace azulejo::runtime::cpu {

/// Why a kernel did not finish: an index outside of [low, high) where check `check` of the kernel
/// looked, or, `check` being -1, memory of its own that it could not have.
struct Fault {
  int64_t check = -1;
  int64_t index = 0, low = 0, high = 0;
};

/// An azm_scratch with what its grow function needs to know. Starts empty and settles at the most
/// that any kernel of the thread needed.
class Scratch {
public:
  Scratch();
  ~Scratch();
  Scratch(const Scratch &) = delete;
  Scratch &operator=(const Scratch &) = delete;

  azm_scratch *get() { return &abi; }

  /// Runs workgroups [begin, end) of a kernel with this memory, and enlarges it for the next one if
  /// the kernel had to grow it. False where the kernel failed: `fault()` then says why.
  bool call(azm_kernel kernel, const int64_t *slots, int64_t begin, int64_t end);
  const Fault &fault() const { return lastFault; }

  /// Makes the memory as large as was needed so far; to be called between kernels.
  void reset();

private:
  static void *grow(azm_scratch *scratch, int64_t bytes);
  static void fail(azm_scratch *scratch, int64_t check, int64_t index, int64_t low, int64_t high);
  bool enter(azm_kernel kernel, const int64_t *slots, int64_t begin, int64_t end);
  [[noreturn]] void leave(const Fault &fault);

  // First, so that grow can get from it to the rest.
  azm_scratch abi;
  /// Memory that grow handed out, for the part [.., end) of the stack beyond abi.size.
  struct Block {
    uint8_t *data;
    int64_t bytes, end;
  };
  std::vector<Block> blocks;
  int64_t mostUsed = 0;
  Fault lastFault;
  std::jmp_buf exit;
};

} // namespace azulejo::runtime::cpu

#endif // AZULEJO_RUNTIME_CPU_SCRATCH_H
