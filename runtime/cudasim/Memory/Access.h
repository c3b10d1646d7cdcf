//===- Access.h - What a warp, or a copy it issued, does to memory --------===//
#ifndef AZULEJO_CUDASIM_MEMORY_ACCESS_H
#define AZULEJO_CUDASIM_MEMORY_ACCESS_H

#include "runtime/cudasim/Memory/Space.h"
#include "runtime/cudasim/Program/Instruction.h"

namespace azulejo::cudasim {

/// An asynchronous operation in flight; 0 is none: the warp itself.
using AsyncToken = uint32_t;
enum class AsyncKind : uint8_t { CopyAsync, Bulk, Tensor, Wgmma, StoreAsync };

/// The semantics of an access and the threads they hold for (section 8).
enum class Order : uint8_t { Weak, Volatile, Relaxed, Acquire, Release, AcquireRelease };
enum class Scope : uint8_t { Block, Cluster, Device, System };
enum class Proxy : uint8_t { Generic, Async, Constant };

struct Pattern;

/// Chunks of 16 bytes, the same ones (a bit each) in each of `count` pages of 1024 bytes of the
/// block's shared memory. The pages begin at `begin`, begin + stride and so on, multiples of 1024.
struct ChunkRows {
  static constexpr uint32_t pageBytes = 1024, chunkBytes = 16;
  uint32_t begin = 0, stride = 0, count = 0;
  uint64_t chunks = 0;
};

/// One access of `bytes` bytes by each of `lanes`. access() (Memory.h) turns its addresses into
/// host pointers, or throws the Fault that says what is wrong with the first bad lane.
struct Access {
  enum Kind : uint8_t { Read, Write, ReadWrite };

  Access(Warp &warp, const Instruction &instruction, Kind kind = Read, Space space = Space::Generic)
      : warp(warp), instruction(instruction), kind(kind), space(space) {}

  Warp &warp;
  const Instruction &instruction;
  Kind kind;
  Space space;
  Order order = Order::Weak;
  Scope scope = Scope::Block;
  Proxy proxy = Proxy::Generic;
  bool atomic = false;
  /// It is of an mbarrier object, and what it orders is told through the barrier's SyncObject.
  bool ordersElsewhere = false;
  AsyncToken token = 0;
  LaneMask lanes = 0;
  uint32_t bytes = 0;     // any length where an asynchronous copy makes it (by one lane)
  uint32_t alignment = 0; // demanded; 0: `bytes`
  /// As the instruction gives them: generic, or of `space`'s own window.
  const uint64_t *addresses = nullptr;

  /// Filled in by access() (Memory.h). hosts[i] of a lane that takes no part may be read all the
  /// same, so that loops over 32 lanes need no branch; not where an asynchronous copy has one lane.
  uint8_t *hosts[warpSize];
  /// All 32 lanes take part, and each one's bytes follow those of the one before, on the host too.
  bool contiguous = false;
  /// All lanes that take part have the same bytes.
  bool uniform = false;
  /// How the addresses lie to each other, where all are in one region (else null, as for
  /// asynchronous copies).
  Pattern *pattern = nullptr;
  Space windows[warpSize];     // where each generic address led
  uint64_t resolved[warpSize]; // full generic addresses (Space.h), as reports show them
};

} // namespace azulejo::cudasim

#endif // AZULEJO_CUDASIM_MEMORY_ACCESS_H
