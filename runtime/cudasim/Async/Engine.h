//===- Engine.h - Asynchronous operations in flight -----------------------===//
#ifndef AZULEJO_CUDASIM_ASYNC_ENGINE_H
#define AZULEJO_CUDASIM_ASYNC_ENGINE_H

#include "runtime/cudasim/Async/GroupQueue.h"
#include "runtime/cudasim/Machine/Block.h"
#include "runtime/cudasim/Memory/Access.h"
#include <array>
#include <deque>
#include <memory>
#include <vector>

namespace azulejo::cudasim {

/// Bytes that lie together: a generic address, as access() resolved it when the operation was
/// issued.
struct Span {
  uint64_t address = 0;
  uint64_t bytes = 0;
  uint8_t *host = nullptr; // of device memory, when it was announced
};

/// An operation that one thread issued and that some other agent performs: a bulk or tensor copy, a
/// reduction, st.async. It is announced when issued; later its sources are read, then its
/// destinations written, then its barriers told. All three happen at once, but for copies whose
/// thread only waits until the sources are read (wait_group.read).
class AsyncOperation {
public:
  AsyncOperation(Warp &warp, const Instruction &instruction, unsigned lane, AsyncKind kind);
  virtual ~AsyncOperation() = default;

  /// Bounds and alignment are checked, and the checkers hear what it will touch. `space` is that of
  /// the address as the instruction gives it. Returns the span as the operation keeps it.
  Span announce(Access::Kind kind, Space space, uint64_t address, uint64_t bytes,
                uint32_t alignment);

  /// When it is done, `bytes` arrive at the mbarrier at this address.
  void completeOn(Space space, uint64_t address, uint64_t bytes);

  /// Reads the sources, if that has not been done.
  void readSources();
  /// All of it. Does nothing the second time.
  void complete();

  bool isRead() const { return read; }
  bool isDone() const { return done; }
  /// Whoever issued it waits for it by groups, and nobody else can learn that it is complete.
  bool inGroup = false;
  /// Its thread has waited for the sources to be read.
  bool sourcesAwaited = false;

  Warp &warp;
  const Instruction &instruction;
  const unsigned lane;
  AsyncToken token = 0;

protected:
  /// Moves what it reads into `buffer`.
  virtual void fetch() = 0;
  virtual void deliver() = 0;
  /// The bytes of a span, for one who is about to read or write them.
  uint8_t *host(Access::Kind kind, Span span);

  std::vector<uint8_t> buffer;

private:
  struct Target {
    Block *block;
    uint64_t offset, bytes;
  };
  std::vector<Target> barriers;
  bool read = false, done = false;
  /// What was announced of device memory is still there while nothing more was freed.
  const uint64_t frees;
};

/// While one of these lives, what goes wrong is reported of the instruction that issued the
/// operation.
class OnBehalfOf {
public:
  OnBehalfOf(Warp &warp, const Instruction &instruction);
  ~OnBehalfOf();

private:
  Warp &warp;
  Warp *running;
  const Instruction *current;
  int exceptions;
};

/// The operations that a block's threads issued, and when they complete (Options::asyncTiming).
class AsyncEngine : public BlockUnit {
public:
  void issue(Block &block, std::shared_ptr<AsyncOperation> operation);
  /// As late as it may be: the oldest operation that somebody may wait for without saying so.
  bool progress(Block &block) override;
  void finish(Block &block) override;

private:
  void sweep();
  std::deque<std::shared_ptr<AsyncOperation>> operations; // oldest first
  uint64_t random = 0;
};

/// The bulk async-groups of a warp's threads (cp.async.bulk.commit_group and wait_group).
class BulkGroups : public WarpUnit {
public:
  std::array<GroupQueue<std::shared_ptr<AsyncOperation>>, warpSize> lanes;
};

} // namespace azulejo::cudasim

#endif // AZULEJO_CUDASIM_ASYNC_ENGINE_H
