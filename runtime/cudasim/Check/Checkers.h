//===- Checkers.h - Happens-before, initialisation and proxies ------------===//
#ifndef AZULEJO_CUDASIM_CHECK_CHECKERS_H
#define AZULEJO_CUDASIM_CHECK_CHECKERS_H

#include "runtime/cudasim/Memory/Access.h"
#include "runtime/cudasim/Program/Instruction.h"
#include <memory>
#include <vector>

namespace azulejo::cudasim {

class Block;
class Warp;
struct Allocation;
struct Launch;

/// Something that orders threads: a named barrier, a phase of an mbarrier, an atomically accessed
/// address, a cluster barrier. Whoever arrives *releases* into it what it has done and seen;
/// whoever leaves *acquires* it. Its owner keeps it where it keeps the barrier itself.
class SyncObject {
public:
  SyncObject();
  ~SyncObject();
  SyncObject(SyncObject &&) noexcept;
  SyncObject &operator=(SyncObject &&) noexcept;
  /// Forgets everything: a new phase.
  void reset();

  struct Clock;
  std::unique_ptr<Clock> clock; // null until something was released
};

/// The proxies of PTX's memory consistency model (section 8.6) that fence.proxy orders.
enum class ProxyFence : uint8_t { AsyncShared, AsyncGlobal, AsyncAll, Alias, TensorMap };

/// Watches the accesses of one launch. Instruction families say what happens through it; whether it
/// listens is `enabled`, so that a launch without checkers pays one test.
class Checkers {
public:
  explicit Checkers(Launch &launch);
  ~Checkers();

  const bool enabled;

  /// Every access that passed the bounds check (Memory calls it): initialisation, races, proxies.
  /// Atomic and strong accesses (order other than Weak) also order threads, by their own order or
  /// by the fences around them; whoever makes one has nothing more to say. An access with a token
  /// (data of an asynchronous operation as it moves) is checked for initialisation only: its races
  /// were looked for when `inFlight` announced it.
  void access(const Access &access);

  /// Threads of a warp met in bar.warp.sync or its like, which orders their memory accesses.
  void warpSync(Warp &warp, LaneMask lanes);

  /// `waits`: the lanes do nothing more before they acquire (bar.sync, and not bar.arrive). Then
  /// all who wait at the object are known up to one and the same time.
  void release(Warp &warp, LaneMask lanes, SyncObject &object, bool waits = false);
  void acquire(Warp &warp, LaneMask lanes, SyncObject &object);

  /// An asynchronous operation (cp.async, a bulk or tensor copy, wgmma) is another agent: it starts
  /// with what its issuer has seen, its accesses carry its token, and nobody is ordered behind them
  /// before `waited`, or before an acquire of what it released into.
  AsyncToken issued(Warp &warp, LaneMask lanes, const Instruction &instruction, AsyncKind kind);
  void release(AsyncToken token, SyncObject &object);
  void waited(Warp &warp, LaneMask lanes, AsyncToken token);
  /// An access that the operation will make, announced when it is issued and resolved (Memory's
  /// resolve), so that whoever touches it in flight is found whenever the data really moves.
  /// access.token is the operation. What it reads must be initialised `now` already where nothing
  /// will call `access` when the data moves.
  void inFlight(const Access &access, bool now = false);
  /// The same, `now`, of a matrix's rows that the operation reads. Says how many of the pages, from
  /// the first on, needed no closer look: the others are to be announced piece by piece.
  uint32_t inFlight(Warp &warp, const Instruction &instruction, AsyncToken token,
                    const ChunkRows &rows);
  /// The operation read all its sources (cp.async.bulk.wait_group.read).
  void sourcesRead(Warp &warp, LaneMask lanes, AsyncToken token);

  /// fence.proxy.*, wgmma.fence, and fences of the generic proxy at `scope`.
  void proxyFence(Warp &warp, LaneMask lanes, ProxyFence kind);
  void fence(Warp &warp, LaneMask lanes, Scope scope);
  /// fence.proxy.tensormap::generic.acquire of the maps at a resolved access's addresses, and a
  /// copy that goes by the map at one lane's.
  void tensorMapAcquired(const Access &map);
  void tensorMapUsed(const Access &map);

  /// All threads of the block met at a barrier, and those who left were let go on.
  void blockSynchronized(Block &block);

  void blockStarted(Block &block);
  /// Lanes arrive at the cluster's barrier and release nothing.
  void arrivedRelaxed(Warp &warp, LaneMask lanes);
  /// Lanes leave the kernel.
  void lanesExit(Warp &warp, LaneMask lanes);
  /// All blocks of its cluster have exited; throws Fault.
  void blockFinished(Block &block);

  /// Bytes that the host wrote, or that a kernel's launch defines.
  static void markInitialized(Allocation &allocation, uint64_t offset, uint64_t size);

  struct State;
  State &state() { return *impl; }

private:
  std::unique_ptr<State> impl;
};

} // namespace azulejo::cudasim

#endif // AZULEJO_CUDASIM_CHECK_CHECKERS_H
