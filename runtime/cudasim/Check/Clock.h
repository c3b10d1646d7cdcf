//===- Clock.h - What a thread knows to have happened before --------------===//
#ifndef AZULEJO_CUDASIM_CHECK_CLOCK_H
#define AZULEJO_CUDASIM_CHECK_CLOCK_H

#include "runtime/cudasim/Check/Checkers.h"
#include <array>
#include <map>
#include <memory>
#include <vector>

/// Vector clocks for thousands of threads, made affordable by what kernels do.
///
/// A data race is two conflicting accesses of which neither happens before the other (PTX ISA,
/// section 8.10). The usual detector (Flanagan and Freund, "FastTrack", PLDI 2009) keeps a vector
/// clock for every thread: for each other thread, up to which of its accesses one knows them to lie
/// in the past. With 1024 threads a block that is a megabyte a block, copied at each barrier. But
/// threads of a GPU synchronise by warps and blocks, so nearly all entries are equal:
///
///   - Time is one counter for a cluster, which every synchronising operation raises. An access is
///   stamped
///     with it. "Knows thread t up to time s" holds for all its accesses stamped at most s.
///   - A clock has an entry a *warp*, one number if what it says holds for all lanes, and 32
///   numbers
///     only where lanes differ (one lane arrived for others without __syncwarp).
///   - The lanes of a warp share one immutable clock until one of them synchronises alone.
namespace azulejo::cudasim {

using Time = uint32_t;

/// Up to when a warp's accesses are known, lane by lane.
struct Known {
  Time all = 0;                                            // for every lane
  std::shared_ptr<const std::array<Time, warpSize>> lanes; // more, for some; null: none

  Time of(unsigned lane) const { return lanes ? (*lanes)[lane] : all; }
  /// Whether any of `some` lanes is known up to `time`.
  bool reaches(Time time, LaneMask some) const {
    if (all >= time || !lanes)
      return all >= time;
    for (; some; some &= some - 1)
      if ((*lanes)[unsigned(__builtin_ctz(some))] >= time)
        return true;
    return false;
  }
  bool operator==(const Known &other) const { return all == other.all && lanes == other.lanes; }
  void join(const Known &other);
  /// `lanes` of `started` are known up to `time`.
  void raise(LaneMask raised, LaneMask started, Time time);
  /// Of lanes other than `own` no more than `known` says.
  void limit(const Known &known, unsigned own);
};

struct View;
using ViewPtr = std::shared_ptr<const View>;
/// What a released atomic carries to whoever reads it: views of any clusters, by their number.
using PublishedViews = std::map<uint64_t, ViewPtr>;
using PublishedPtr = std::shared_ptr<const PublishedViews>;

/// What one thread knows. Immutable once shared.
struct View {
  std::vector<Known> warps; // by agent: rank * warps of a block + warp
  /// The part of it that went through a fence to the async proxy. Empty: none.
  std::vector<Known> proxied;
  /// The part of it that went through a fence of the device: by the thread itself, or by one whose
  /// barrier it met afterwards. A relaxed atomic write releases this much. Empty: none.
  std::vector<Known> fenced;
  /// The same of fences of the block at least, for those in it.
  std::vector<Known> fencedInBlock;
  /// What relaxed atomic reads saw, of this thread or of one whose barrier it met: a fence
  /// acquires it.
  PublishedPtr pending;
  Time floor = 0; // every warp of the cluster is known at least up to here
  /// Operations that it knows to be complete, whichever lane asks: found once, and as what is known
  /// only grows, kept in copies. By the low bits of their tokens; 0: none.
  mutable std::array<AsyncToken, 16> complete{};
  /// What it knows of other clusters, by their number.
  PublishedPtr foreign;
  /// What it took in last: whoever polls finds the same again and again.
  PublishedPtr acquired;

  void join(const View &other);
  bool operator==(const View &other) const {
    return warps == other.warps && proxied == other.proxied && fenced == other.fenced &&
           fencedInBlock == other.fencedInBlock && pending == other.pending &&
           foreign == other.foreign;
  }
  /// Takes in what was published, by `cluster`'s own threads and others.
  void join(const PublishedViews &published, uint64_t cluster);
  void updateFloor();
};

struct SyncObject::Clock {
  uint64_t number = 0; // of the cluster's
  View view;
  /// The last that was joined to `view`: warps mostly have one view in common.
  ViewPtr joined;
  /// A copy of `view`, for all who have released what they know and acquire no more than it.
  ViewPtr common;
  std::vector<AsyncToken> tokens; // asynchronous operations that completed here
};

void join(PublishedViews &into, const PublishedViews &from);
void join(PublishedPtr &into, const PublishedPtr &from);

} // namespace azulejo::cudasim

#endif // AZULEJO_CUDASIM_CHECK_CLOCK_H
