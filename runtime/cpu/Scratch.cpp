#include "runtime/cpu/Scratch.h"
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace azulejo::runtime::cpu {

static int64_t roundUp(int64_t bytes) {
  return (bytes + AZM_BUFFER_ALIGNMENT - 1) & -int64_t(AZM_BUFFER_ALIGNMENT);
}

Scratch::Scratch() : abi{nullptr, 0, 0, &Scratch::grow, &Scratch::fail} {}

Scratch::~Scratch() {
  std::free(abi.base);
  for (Block &block : blocks)
    std::free(block.data);
}

void Scratch::reset() {
  abi.used = 0;
  if (blocks.empty())
    return;
  for (Block &block : blocks)
    std::free(block.data);
  blocks.clear();
  std::free(abi.base);
  // Without the memory, the next kernel that needs it asks again.
  abi.base = static_cast<uint8_t *>(std::aligned_alloc(AZM_BUFFER_ALIGNMENT, mostUsed));
  abi.size = abi.base ? mostUsed : 0;
}

/// Leaves the kernel. Its frames hold nothing that has a destructor: longjmp runs none.
void Scratch::leave(const Fault &fault) {
  lastFault = fault;
  std::longjmp(exit, 1);
}

/// False where the kernel left. In a function of its own, without objects that have destructors,
/// because it is where longjmp lands.
bool Scratch::enter(azm_kernel kernel, const int64_t *slots, int64_t begin, int64_t end) {
  if (_setjmp(exit)) // which does not save the signal mask: a system call
    return false;
  kernel(slots, begin, end, &abi);
  return true;
}

bool Scratch::call(azm_kernel kernel, const int64_t *slots, int64_t begin, int64_t end) {
  bool finished = enter(kernel, slots, begin, end);
  reset();
  return finished;
}

void Scratch::fail(azm_scratch *scratch, int64_t check, int64_t index, int64_t low, int64_t high) {
  reinterpret_cast<Scratch *>(scratch)->leave({check, index, low, high});
}

void *Scratch::grow(azm_scratch *scratch, int64_t bytes) {
  static_assert(offsetof(Scratch, abi) == 0, "grow gets from the azm_scratch to its Scratch");
  auto *self = reinterpret_cast<Scratch *>(scratch);
  if (bytes < 0 || bytes > INT64_MAX / 2)
    self->leave({});
  if (bytes == 0) // takes no place on the stack, so it must not count as a block of it
    return scratch->base;
  bytes = roundUp(bytes);
  int64_t end = scratch->used, begin = end - bytes;
  // Memory is taken and given back in the manner of a stack: what lies above `begin` was given
  // back.
  auto &blocks = self->blocks;
  uint8_t *reused = nullptr;
  while (!blocks.empty() && blocks.back().end > begin) {
    if (!reused && blocks.back().bytes == bytes)
      reused = blocks.back().data;
    else
      std::free(blocks.back().data);
    blocks.pop_back();
  }
  if (!reused)
    reused = static_cast<uint8_t *>(std::aligned_alloc(AZM_BUFFER_ALIGNMENT, bytes));
  if (!reused)
    self->leave({});
  self->mostUsed = std::max(self->mostUsed, end);
  blocks.push_back({reused, bytes, end});
  return reused;
}

} // namespace azulejo::runtime::cpu
