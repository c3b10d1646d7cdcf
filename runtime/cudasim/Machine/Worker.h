//===- Worker.h - What a host thread keeps from block to block ------------===//
#ifndef AZULEJO_CUDASIM_MACHINE_WORKER_H
#define AZULEJO_CUDASIM_MACHINE_WORKER_H

#include "runtime/cudasim/Machine/WarpStorage.h"
#include "runtime/cudasim/Memory/Pattern.h"

namespace azulejo::cudasim {

/// Of one launch. Nothing that a kernel computes or a report says depends on it: it spares work
/// that was done for the block before.
struct Worker {
  WarpStorages storages;
  Patterns patterns;
  /// Shared memory of blocks that have ended, all of one size, and what the checkers kept of it
  /// (Block::shadow).
  std::vector<std::vector<uint8_t>> sharedMemories;
  std::vector<std::shared_ptr<void>> shadows;
};

} // namespace azulejo::cudasim

#endif // AZULEJO_CUDASIM_MACHINE_WORKER_H
