//===- Checkers.cpp - Who knows what, and what an access tells ------------===//
#include "runtime/cudasim/Check/Checkers.h"
#include "runtime/cudasim/Check/State.h"
#include <algorithm>
#include <cstring>

using namespace azulejo::cudasim;

static std::atomic<uint64_t> nextLaunch{1};

Checkers::Checkers(Launch &launch)
    : enabled(launch.options.checks), impl(new State{launch,
                                                     nextLaunch++,
                                                     launch.runsInParallel(),
                                                     !launch.takesTurns(),
                                                     {},
                                                     {},
                                                     {},
                                                     {},
                                                     {},
                                                     {}}) {}
Checkers::~Checkers() = default;

Shadow &Checkers::State::shadow(Allocation &allocation, bool tracksInitialization) {
  // Made once and kept, across launches: what is initialised stays so.
  void *address = allocation.shadowAddress.load(std::memory_order_acquire);
  if (!address) {
    static std::mutex mutex;
    std::lock_guard<std::mutex> lock(mutex);
    if (!allocation.shadow) {
      allocation.shadow = std::make_shared<Shadow>(allocation.size, tracksInitialization);
      allocation.shadowAddress.store(allocation.shadow.get(), std::memory_order_release);
    }
    address = allocation.shadow.get();
  }
  return *static_cast<Shadow *>(address);
}

Shadow &Checkers::State::shadow(Allocation &allocation) {
  return shadow(allocation, launch.options.checkGlobalInitialization);
}

void Checkers::markInitialized(Allocation &allocation, uint64_t offset, uint64_t size) {
  Shadow &shadow = State::shadow(allocation, true);
  if (!shadow.tracksInitialization)
    return;
  for (uint64_t end = offset + size; offset < end;) {
    uint64_t inPage = offset % Page::bytes,
             length = std::min<uint64_t>(Page::bytes - inPage, end - offset);
    std::memset(shadow.page(offset).initialized.get() + inPage, 1, length);
    offset += length;
  }
}

void Checkers::blockStarted(Block &block) {
  if (!enabled)
    return;
  std::shared_ptr<BlockState> mine;
  std::vector<std::shared_ptr<void>> &used = block.cluster.worker.shadows;
  if (used.empty()) {
    mine = std::make_shared<BlockState>(block.shared.size());
  } else {
    mine = std::static_pointer_cast<BlockState>(used.back());
    used.pop_back();
    mine->clear();
  }
  const LaunchConfig &config = impl->launch.config;
  uint32_t warps = uint32_t(block.warps.size());
  if (block.rank == 0) {
    if (mine->cluster && mine->cluster.use_count() == 1)
      mine->cluster->clear();
    else
      mine->cluster = std::make_shared<ClusterState>();
    ClusterState &cluster = *mine->cluster;
    Dim3 at = {block.index.x / config.cluster.x, block.index.y / config.cluster.y,
               block.index.z / config.cluster.z};
    uint64_t across = config.grid.x / config.cluster.x, down = config.grid.y / config.cluster.y;
    cluster.number = (at.z * down + at.y) * across + at.x;
    cluster.warpsPerBlock = warps;
    uint32_t agents = warps * uint32_t(config.cluster.count());
    cluster.warps.resize(agents);
    auto nothing = std::make_shared<View>();
    nothing->warps.resize(agents);
    for (WarpClock &clock : cluster.warps)
      clock.common = nothing;
    for (uint32_t rank = 0; rank < config.cluster.count(); ++rank)
      for (auto &warp : block.warps) {
        cluster.warps[cluster.started.size()].started = warp->started;
        cluster.started.push_back(warp->started);
      }
    if (config.cluster.count() > 1)
      cluster.remote = std::make_unique<RemoteBlocks>(uint32_t(config.cluster.count()), agents);
  } else {
    mine->cluster = State::of(*block.cluster.blocks.front()).cluster;
  }
  // Other blocks may look into this one's memory: no barrier of its own ends that. Nor does a
  // barrier end that a write is not seen through the async proxy.
  if (config.cluster.count() > 1 || impl->launch.program.usesAsyncProxy)
    mine->filter.giveUp();
  block.shadow = mine;
}

void Checkers::blockSynchronized(Block &block) {
  if (!enabled)
    return;
  BlockState &state = State::of(block);
  state.filter.nextPhase();
  if (block.cluster.blocks.size() == 1 && !impl->launch.program.usesAsyncProxy)
    state.met = state.cluster->now - 1; // which each of them has raised when it acquired
}

namespace {

/// Gives lanes a new view each, made once for lanes that share the old one.
template <class F> void changeViews(WarpClock &clock, LaneMask lanes, F &&change) {
  lanes &= clock.started;
  auto changed = [&](const View &old) {
    auto view = std::make_shared<View>(old);
    change(*view);
    view->updateFloor();
    return view;
  };
  const bool all = lanes == clock.started;
  if (clock.isUniform() && all) {
    clock.common = changed(*clock.common);
    return;
  }
  if (clock.isUniform()) {
    clock.each = std::make_unique<std::array<ViewPtr, warpSize>>();
    clock.each->fill(clock.common);
  }
  std::array<ViewPtr, warpSize> &views = *clock.each;
  bool alike = all;
  for (LaneMask left = lanes; left;) {
    unsigned first = __builtin_ctz(left);
    ViewPtr old = views[first], view = changed(*old);
    for (LaneMask each = left; each; each &= each - 1)
      if (views[__builtin_ctz(each)] == old) {
        views[__builtin_ctz(each)] = view;
        left &= ~(each & -each);
      }
    alike = alike && *view == *views[__builtin_ctz(lanes)];
  }
  if (alike) { // they met
    clock.common = views[__builtin_ctz(lanes)];
    clock.each = nullptr;
  }
}

template <class F> void forDistinctViews(WarpClock &clock, LaneMask lanes, F &&f) {
  if (clock.isUniform())
    return f(clock.common);
  const View *last = nullptr;
  for (; lanes; lanes &= lanes - 1) {
    const ViewPtr &view = clock.view(__builtin_ctz(lanes));
    if (view.get() != last)
      f(view);
    last = view.get();
  }
}

} // namespace

void Checkers::arrivedRelaxed(Warp &warp, LaneMask lanes) {
  if (!enabled)
    return;
  if (ClusterState &cluster = State::cluster(warp); cluster.remote)
    cluster.remote->forgetReads(State::agent(warp), lanes);
}

void Checkers::lanesExit(Warp &warp, LaneMask lanes) {
  if (!enabled)
    return;
  ClusterState &cluster = State::cluster(warp);
  if (!cluster.remote)
    return;
  const uint32_t agent = State::agent(warp), rank = warp.block.rank;
  forDistinctViews(cluster.warps[agent], lanes,
                   [&](const ViewPtr &view) { cluster.remote->knownAtExit(rank, *view); });
  cluster.remote->knownAtExit(rank, agent, lanes, cluster.started[agent], cluster.now++);
}

void Checkers::blockFinished(Block &block) {
  if (!enabled)
    return;
  if (const ClusterState &cluster = *State::of(block).cluster; cluster.remote)
    cluster.remote->check(block);
}

void Checkers::warpSync(Warp &warp, LaneMask lanes) {
  if (!enabled)
    return;
  ClusterState &cluster = State::cluster(warp);
  uint32_t agent = State::agent(warp);
  WarpClock &clock = cluster.warps[agent];
  auto joined = std::make_shared<View>(*clock.view(__builtin_ctz(lanes)));
  forDistinctViews(clock, lanes, [&](const ViewPtr &view) { joined->join(*view); });
  joined->warps[agent].raise(lanes, cluster.started[agent], cluster.now++);
  joined->updateFloor();
  if ((lanes & clock.started) == clock.started) {
    clock.common = std::move(joined);
    clock.each = nullptr;
    return;
  }
  if (clock.isUniform()) {
    clock.each = std::make_unique<std::array<ViewPtr, warpSize>>();
    clock.each->fill(clock.common);
  }
  for (; lanes; lanes &= lanes - 1)
    (*clock.each)[__builtin_ctz(lanes)] = joined;
}

void Checkers::release(Warp &warp, LaneMask lanes, SyncObject &object, bool waits) {
  if (!enabled)
    return;
  ClusterState &cluster = State::cluster(warp);
  uint32_t agent = State::agent(warp);
  if (!object.clock) {
    object.clock = std::make_unique<SyncObject::Clock>();
    object.clock->view.warps.resize(cluster.warps.size());
  }
  SyncObject::Clock &into = *object.clock;
  if (!into.number)
    into.number = ++cluster.clocks;
  WarpClock &clock = cluster.warps[agent];
  forDistinctViews(clock, lanes, [&](const ViewPtr &each) {
    if (into.joined != each)
      into.view.join(*each);
    into.joined = each;
  });
  into.view.warps[agent].raise(lanes, cluster.started[agent], waits ? cluster.now : cluster.now++);
  into.common = nullptr;
  if (clock.isUniform()) {
    clock.releasedInto = into.number;
    clock.released = clock.common;
  }
}

void Checkers::acquire(Warp &warp, LaneMask lanes, SyncObject &object) {
  if (!enabled || !object.clock)
    return;
  ClusterState &cluster = State::cluster(warp);
  uint32_t agent = State::agent(warp);
  WarpClock &clock = cluster.warps[agent];
  SyncObject::Clock &from = *object.clock;
  if (clock.isUniform() && (lanes & clock.started) == clock.started &&
      clock.releasedInto == from.number && clock.released == clock.common) {
    // The object has all that these lanes know: they go on with one view, as others do.
    if (!from.common) {
      from.view.updateFloor();
      from.common = std::make_shared<View>(from.view);
    }
    clock.common = from.common;
  } else {
    changeViews(clock, lanes, [&](View &view) { view.join(from.view); });
  }
  // What comes now is later than whatever was released by those who waited.
  Time now = cluster.now++;
  for (AsyncToken token : from.tokens) {
    Operation &operation = cluster.operations[token - 1];
    if (!cluster.anyAbsorbed(operation.done, [&](const Absorbed &by) {
          return by.agent == agent && (by.lanes & lanes) == lanes;
        }))
      cluster.absorb(operation.done, {agent, lanes, now, /*acquired=*/true});
  }
}

AsyncToken Checkers::issued(Warp &warp, LaneMask lanes, const Instruction &instruction,
                            AsyncKind kind) {
  if (!enabled)
    return 0;
  endPhase(*impl, warp.block, true);
  ClusterState &cluster = State::cluster(warp);
  Operation operation;
  operation.agent = State::agent(warp);
  operation.lane = __builtin_ctz(lanes);
  operation.view = cluster.warps[operation.agent].view(operation.lane);
  operation.pc = warp.pcOf(instruction);
  operation.issued = cluster.now;
  operation.kind = kind;
  cluster.operations.push_back(std::move(operation));
  return AsyncToken(cluster.operations.size());
}

void Checkers::release(AsyncToken token, SyncObject &object) {
  if (!enabled || !token)
    return;
  if (!object.clock)
    object.clock = std::make_unique<SyncObject::Clock>();
  object.clock->tokens.push_back(token);
}

void Checkers::waited(Warp &warp, LaneMask lanes, AsyncToken token) {
  if (!enabled || !token)
    return;
  ClusterState &cluster = State::cluster(warp);
  cluster.absorb(cluster.operations[token - 1].done, {State::agent(warp), lanes, cluster.now++});
}

void Checkers::sourcesRead(Warp &warp, LaneMask lanes, AsyncToken token) {
  if (!enabled || !token)
    return;
  ClusterState &cluster = State::cluster(warp);
  cluster.absorb(cluster.operations[token - 1].sourcesRead,
                 {State::agent(warp), lanes, cluster.now++});
}

void Checkers::proxyFence(Warp &warp, LaneMask lanes, ProxyFence kind) {
  if (!enabled || kind == ProxyFence::Alias)
    return;
  if (kind == ProxyFence::TensorMap)
    return releaseTensorMaps(*impl, warp, lanes);
  ClusterState &cluster = State::cluster(warp);
  uint32_t agent = State::agent(warp);
  // Each lane's own accesses go through with what it knows of others'.
  Time now = cluster.now++;
  changeViews(cluster.warps[agent], lanes, [&](View &view) {
    if (view.proxied.size() < view.warps.size())
      view.proxied.resize(view.warps.size());
    for (size_t i = 0; i < view.warps.size(); ++i)
      view.proxied[i].join(view.warps[i]);
    // Lanes fence together. What one of them does not know of the others' accesses it does not use
    // either: an access is checked for order first.
    view.proxied[agent].raise(lanes, cluster.started[agent], now);
  });
}

void Checkers::fence(Warp &warp, LaneMask lanes, Scope scope) {
  if (!enabled)
    return;
  ClusterState &cluster = State::cluster(warp);
  uint32_t agent = State::agent(warp);
  WarpClock &clock = cluster.warps[agent];
  Time now = cluster.now++;
  changeViews(clock, lanes, [&](View &view) {
    auto seen = std::move(view.pending);
    view.pending = nullptr;
    if (seen && scope != Scope::Block) {
      view.join(*seen, cluster.number);
    } else if (seen) { // what other blocks published stays for a wider fence
      PublishedViews others = *seen;
      if (auto own = others.find(cluster.number); own != others.end()) {
        view.join(*own->second);
        others.erase(own);
      }
      if (!others.empty())
        view.pending = std::make_shared<PublishedViews>(std::move(others));
    }
    // Lanes fence together: none uses what it does not know of the others without being ordered.
    std::vector<Known> fenced = view.warps;
    fenced[agent].raise(lanes, cluster.started[agent], now);
    if (scope != Scope::Block)
      view.fenced = fenced;
    if (scope == Scope::Block || !view.fencedInBlock.empty())
      view.fencedInBlock = std::move(fenced);
  });
}

/// What lanes read of what others published: an acquiring access takes it in, behind any other a
/// fence does.
static void take(ClusterState &cluster, WarpClock &clock, LaneMask lanes, bool acquires,
                 const PublishedPtr &published) {
  auto has = [&](const View &view) {
    return (acquires ? view.acquired : view.pending) == published;
  };
  for (LaneMask left = lanes; left; left &= left - 1)
    if (has(*clock.view(unsigned(__builtin_ctz(left)))))
      lanes &= ~(left & -left);
  if (!lanes)
    return;
  changeViews(clock, lanes, [&](View &view) {
    if (!acquires)
      return join(view.pending, published);
    view.join(*published, cluster.number);
    view.acquired = published;
  });
}

/// Adds to what an address carries.
static void publish(PublishedPtr &place, uint64_t cluster, ViewPtr view,
                    const PublishedPtr &foreign) {
  PublishedViews published;
  if (foreign)
    published = *foreign;
  join(published, {{cluster, std::move(view)}});
  join(place, std::make_shared<const PublishedViews>(std::move(published)));
}

/// What a strong access of lanes, several only where they do not release, releases and acquires at
/// one address.
static void orderByAtomic(Checkers::State &state, const Access &access, LaneMask lanes,
                          bool mayRelease, bool mayAcquire) {
  const unsigned lane = unsigned(__builtin_ctz(lanes));
  ClusterState &cluster = Checkers::State::cluster(access.warp);
  uint32_t agent = Checkers::State::agent(access.warp);
  WarpClock &clock = cluster.warps[agent];
  bool releases = access.order == Order::Release || access.order == Order::AcquireRelease;
  bool acquires = access.order == Order::Acquire || access.order == Order::AcquireRelease;
  const uint64_t address = access.resolved[lane];
  const std::pair<uint64_t, uint64_t> inBlock{access.warp.block.linear, address};
  std::lock_guard<std::mutex> lock(state.mutex);
  if (mayAcquire) {
    if (auto found = state.released.find(address); found != state.released.end())
      take(cluster, clock, lanes, acquires, found->second);
    if (auto found = state.releasedInBlock.find(inBlock); found != state.releasedInBlock.end())
      take(cluster, clock, lanes, acquires, found->second);
  }
  if (!mayRelease)
    return;
  state.anyReleased = true;
  const ViewPtr mine = clock.view(lane);
  if (releases || !mine->fenced.empty()) {
    auto view = std::make_shared<View>();
    view->warps = releases ? mine->warps : mine->fenced;
    if (!releases) // lanes that fenced beside this one, and it has not met since
      view->warps[agent].limit(mine->warps[agent], lane);
    view->fenced = view->warps; // whoever acquires it may pass it on
    if (releases)
      view->warps[agent].raise(1u << lane, cluster.started[agent], cluster.now++);
    view->updateFloor();
    publish(state.released[address], cluster.number, std::move(view), mine->foreign);
  }
  if (!releases && !mine->fencedInBlock.empty()) {
    auto view = std::make_shared<View>();
    view->warps = mine->fencedInBlock;
    view->warps[agent].limit(mine->warps[agent], lane);
    view->fencedInBlock = view->warps;
    view->updateFloor();
    publish(state.releasedInBlock[inBlock], cluster.number, std::move(view), nullptr);
  }
}

void azulejo::cudasim::orderByAtomic(Checkers::State &state, const Access &access) {
  const WarpClock &clock =
      Checkers::State::cluster(access.warp).warps[Checkers::State::agent(access.warp)];
  const bool writes = access.kind != Access::Read, reads = access.kind != Access::Write;
  const bool releases = access.order == Order::Release || access.order == Order::AcquireRelease;
  auto mayRelease = [&](const View &view) {
    return writes && (releases || !view.fenced.empty() || !view.fencedInBlock.empty());
  };
  bool anyReleases = false;
  for (LaneMask left = access.lanes; left && !anyReleases; left &= left - 1) {
    anyReleases = mayRelease(*clock.view(unsigned(__builtin_ctz(left))));
    if (clock.isUniform())
      break; // nor do the others
  }
  for (LaneMask left = access.lanes; left;) {
    const unsigned lane = unsigned(__builtin_ctz(left));
    LaneMask together = 1u << lane;
    // Lane after lane, where one may read what another releases.
    for (LaneMask each = left; !anyReleases && each; each &= each - 1)
      if (access.resolved[__builtin_ctz(each)] == access.resolved[lane])
        together |= each & -each;
    left &= ~together;
    const bool release = mayRelease(*clock.view(lane)),
               acquire = reads && state.anyReleased.load(std::memory_order_relaxed);
    if (release || acquire)
      ::orderByAtomic(state, access, together, release, acquire);
    else if (!anyReleases)
      return;
  }
}
