#include "runtime/cpu/Scratch.h"
#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstdlib>

namespace azulejo::runtime::cpu {

/// A kernel cannot stop half-way, so memory that it cannot do without ends the process.
static uint8_t *allocateOrAbort(int64_t bytes) {
  void *data = std::aligned_alloc(AZM_BUFFER_ALIGNMENT, bytes);
  if (!data) {
    std::fprintf(stderr, "azulejo: out of memory: a kernel needs %lld bytes of scratch\n",
                 static_cast<long long>(bytes));
    std::abort();
  }
  return static_cast<uint8_t *>(data);
}

static int64_t roundUp(int64_t bytes) {
  return (bytes + AZM_BUFFER_ALIGNMENT - 1) & -int64_t(AZM_BUFFER_ALIGNMENT);
}

Scratch::Scratch() : abi{nullptr, 0, 0, &Scratch::grow} {}

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
  abi.base = allocateOrAbort(mostUsed);
  abi.size = mostUsed;
}

void *Scratch::grow(azm_scratch *scratch, int64_t bytes) {
  static_assert(offsetof(Scratch, abi) == 0, "grow gets from the azm_scratch to its Scratch");
  auto *self = reinterpret_cast<Scratch *>(scratch);
  if (bytes <= 0) // takes no place on the stack, so it must not count as a block of it
    return scratch->base;
  bytes = roundUp(bytes);
  int64_t end = scratch->used, begin = end - bytes;
  self->mostUsed = std::max(self->mostUsed, end);
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
  blocks.push_back({reused ? reused : allocateOrAbort(bytes), bytes, end});
  return blocks.back().data;
}

} // namespace azulejo::runtime::cpu
