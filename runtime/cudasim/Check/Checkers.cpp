//===- Checkers.cpp - Who knows what, and what an access tells ------------===//
#include "runtime/cudasim/Check/Checkers.h"
#include "runtime/cudasim/Check/State.h"
#include <algorithm>
#include <cstring>

using namespace azulejo::cudasim;

static std::atomic<uint64_t> nextLaunch{1};

Checkers::Checkers(Launch &launch)
    : enabled(launch.options.checks),
      impl(new State{launch,
                     nextLaunch++,
                     !(launch.kernel.communicates || launch.config.cooperative),
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
  auto mine = std::make_shared<BlockState>(block.shared.size());
  const LaunchConfig &config = impl->launch.config;
  uint32_t warps = uint32_t(block.warps.size());
  if (block.rank == 0) {
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
      clock.views.fill(nothing);
    for (uint32_t rank = 0; rank < config.cluster.count(); ++rank)
      for (auto &warp : block.warps) {
        cluster.warps[cluster.started.size()].started = warp->started;
        cluster.started.push_back(warp->started);
      }
    if (!impl->parallel)
      impl->clusters[cluster.number] = mine->cluster;
  } else {
    mine->cluster = State::of(*block.cluster.blocks.front()).cluster;
  }
  // Other blocks may look into this one's memory: no barrier of its own ends that. Nor does a
  // barrier end that a write is not seen through the async proxy.
  if (config.cluster.count() > 1 || impl->launch.program.usesAsyncProxy)
    mine->filter.giveUp(true);
  block.shadow = mine;
}

void Checkers::blockSynchronized(Block &block) {
  if (enabled)
    State::of(block).filter.nextPhase();
}

void Checkers::blockFinished(Block &) {}

/// Records of earlier launches are forgotten when a page is first looked at in this one.
static void prepare(Page &page, const Checkers::State &state) {
  if (page.launch == state.id)
    return;
  page.forgetAccesses();
  page.launch = state.id;
}

/// Gives what the filter logged to the exact detector, which takes over.
static void replay(Checkers::State &state, Block &block, bool forGood) {
  BlockState &mine = Checkers::State::of(block);
  if (!mine.filter.active()) {
    if (forGood)
      mine.filter.giveUp(true);
    return;
  }
  ClusterState &cluster = *mine.cluster;
  for (const PhaseFilter::Entry &entry : mine.filter.giveUp(forGood)) {
    Accessor accessor{state, cluster,          block.rank * cluster.warpsPerBlock + entry.warp,
                      0,     entry.view.get(), false,
                      {}};
    uint64_t who =
        Record::valid | (cluster.number << 16 & (Record::valid - 1)) | accessor.agent << 5;
    for (LaneMask left = entry.lanes; left; left &= left - 1) {
      accessor.lane = __builtin_ctz(left);
      accessor.record = {who | accessor.lane, entry.time, entry.pc};
      for (uint32_t offset = entry.offsets[accessor.lane], end = offset + entry.bytes;
           offset < end;) {
        uint32_t first = offset % Page::bytes, last = std::min(Page::bytes, first + (end - offset));
        Page &page = mine.shared.page(offset);
        prepare(page, state);
        page.refine(2);
        passCells(accessor, page, first, last, entry.kind,
                  sharedWindow | uint64_t(block.rank) << sharedRankShift | offset, Space::Shared);
        offset += last - first;
      }
    }
  }
}

namespace {

/// Gives lanes a new view each, made once for lanes that share the old one.
template <class F> void changeViews(WarpClock &clock, LaneMask lanes, F &&change) {
  lanes &= clock.started;
  clock.uniform = clock.uniform && lanes == clock.started;
  while (lanes) {
    ViewPtr old = clock.views[__builtin_ctz(lanes)];
    LaneMask same = 0;
    for (LaneMask left = lanes; left; left &= left - 1)
      if (clock.views[__builtin_ctz(left)] == old)
        same |= left & -left;
    auto changed = std::make_shared<View>(*old);
    change(*changed);
    changed->updateFloor();
    for (LaneMask left = same; left; left &= left - 1)
      clock.views[__builtin_ctz(left)] = changed;
    lanes &= ~same;
  }
}

template <class F> void forDistinctViews(WarpClock &clock, LaneMask lanes, F &&f) {
  const View *last = nullptr;
  for (; lanes; lanes &= lanes - 1) {
    const View *view = clock.views[__builtin_ctz(lanes)].get();
    if (view != last)
      f(*view);
    last = view;
  }
}

} // namespace

void Checkers::warpSync(Warp &warp, LaneMask lanes) {
  if (!enabled)
    return;
  ClusterState &cluster = State::cluster(warp);
  uint32_t agent = State::agent(warp);
  WarpClock &clock = cluster.warps[agent];
  auto joined = std::make_shared<View>(*clock.views[__builtin_ctz(lanes)]);
  forDistinctViews(clock, lanes, [&](const View &view) { joined->join(view); });
  joined->warps[agent].raise(lanes, cluster.started[agent], cluster.now++);
  joined->updateFloor();
  clock.uniform = (lanes & clock.started) == clock.started;
  for (; lanes; lanes &= lanes - 1)
    clock.views[__builtin_ctz(lanes)] = joined;
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
  View &view = object.clock->view;
  forDistinctViews(cluster.warps[agent], lanes, [&](const View &each) { view.join(each); });
  view.warps[agent].raise(lanes, cluster.started[agent], waits ? cluster.now : cluster.now++);
}

void Checkers::acquire(Warp &warp, LaneMask lanes, SyncObject &object) {
  if (!enabled || !object.clock)
    return;
  ClusterState &cluster = State::cluster(warp);
  uint32_t agent = State::agent(warp);
  changeViews(cluster.warps[agent], lanes, [&](View &view) { view.join(object.clock->view); });
  // What comes now is later than whatever was released by those who waited.
  Time now = cluster.now++;
  for (AsyncToken token : object.clock->tokens) {
    Operation &operation = cluster.operations[token - 1];
    auto mine = std::find_if(operation.done.begin(), operation.done.end(),
                             [&](const Operation::Absorbed &by) {
                               return by.agent == agent && (by.lanes & lanes) == lanes;
                             });
    if (mine == operation.done.end())
      operation.done.push_back({agent, lanes, now, /*acquired=*/true});
  }
}

AsyncToken Checkers::issued(Warp &warp, LaneMask lanes, const Instruction &instruction,
                            AsyncKind kind) {
  if (!enabled)
    return 0;
  replay(*impl, warp.block, true);
  ClusterState &cluster = State::cluster(warp);
  Operation operation;
  operation.agent = State::agent(warp);
  operation.lane = __builtin_ctz(lanes);
  operation.view = cluster.warps[operation.agent].views[operation.lane];
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
  cluster.operations[token - 1].done.push_back({State::agent(warp), lanes, cluster.now++, false});
}

void Checkers::sourcesRead(Warp &warp, LaneMask lanes, AsyncToken token) {
  if (!enabled || !token)
    return;
  ClusterState &cluster = State::cluster(warp);
  cluster.operations[token - 1].sourcesRead.push_back(
      {State::agent(warp), lanes, cluster.now++, false});
}

void Checkers::proxyFence(Warp &warp, LaneMask lanes, ProxyFence kind) {
  if (!enabled || kind == ProxyFence::Alias || kind == ProxyFence::TensorMap)
    return;
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
  // A barrier orders the threads of a block without fences.
  if (!enabled || scope == Scope::Block)
    return;
  ClusterState &cluster = State::cluster(warp);
  uint32_t agent = State::agent(warp);
  WarpClock &clock = cluster.warps[agent];
  Time now = cluster.now++;
  changeViews(clock, lanes, [&](View &view) {
    if (view.pending) {
      auto seen = std::move(view.pending);
      view.pending = nullptr;
      view.join(*seen, cluster.number);
    }
    view.fenced = view.warps;
    // Lanes fence together: none uses what it does not know of the others without being ordered.
    view.fenced[agent].raise(lanes, cluster.started[agent], now);
  });
}

/// What a strong access of a lane releases and acquires.
static void orderByAtomic(Checkers::State &state, const Access &access, unsigned lane) {
  ClusterState &cluster = Checkers::State::cluster(access.warp);
  uint32_t agent = Checkers::State::agent(access.warp);
  WarpClock &clock = cluster.warps[agent];
  bool writes = access.kind != Access::Read, reads = access.kind != Access::Write;
  bool releases = access.order == Order::Release || access.order == Order::AcquireRelease;
  bool acquires = access.order == Order::Acquire || access.order == Order::AcquireRelease;
  bool mayRelease = writes && (releases || !clock.views[lane]->fenced.empty());
  bool mayAcquire = reads && state.anyReleased.load(std::memory_order_relaxed);
  if (!mayRelease && !mayAcquire)
    return;
  uint64_t address = access.resolved[lane];
  std::lock_guard<std::mutex> lock(state.mutex);
  if (mayAcquire) {
    auto found = state.released.find(address);
    if (found != state.released.end() && !found->second.empty())
      changeViews(clock, 1u << lane, [&](View &view) {
        if (acquires) {
          view.join(found->second, cluster.number);
          return;
        }
        auto seen = std::make_shared<PublishedViews>(found->second);
        if (view.pending)
          join(*seen, *view.pending);
        view.pending = std::move(seen);
      });
  }
  if (mayRelease) {
    const View &mine = *clock.views[lane];
    auto view = std::make_shared<View>();
    view->warps = releases ? mine.warps : mine.fenced;
    view->fenced = view->warps; // whoever acquires it may pass it on
    if (releases)
      view->warps[agent].raise(1u << lane, cluster.started[agent], cluster.now++);
    view->updateFloor();
    PublishedViews published;
    if (mine.foreign)
      published = *mine.foreign;
    join(published, {{cluster.number, view}});
    join(state.released[address], published);
    state.anyReleased = true;
  }
}

/// The shadow that a lane's access falls into, and where; null for spaces that threads do not
/// share.
class ShadowFinder {
public:
  ShadowFinder(Checkers::State &state, const Access &access) : state(state), access(access) {}

  Shadow *find(unsigned lane, uint64_t &offset) {
    uint64_t address = access.resolved[lane];
    if (access.windows[lane] == Space::Global) {
      // The lanes of a warp mostly touch one allocation.
      if (!allocation || address - allocation->begin >= allocation->size) {
        allocation = state.launch.memory.find(address);
        shadow = allocation ? &state.shadow(*allocation) : nullptr;
      }
      offset = allocation ? address - allocation->begin : 0;
      return shadow;
    }
    if (access.windows[lane] != Space::Shared && access.windows[lane] != Space::SharedCluster)
      return nullptr;
    uint32_t inWindow = uint32_t(address);
    offset = inWindow & ((1u << sharedRankShift) - 1);
    block = &Checkers::State::of(*access.warp.block.cluster.blocks[inWindow >> sharedRankShift]);
    return &block->shared;
  }
  /// Of the block whose shared memory was found last.
  PhaseFilter &filter() { return block->filter; }

private:
  BlockState *block = nullptr;
  Checkers::State &state;
  const Access &access;
  Allocation *allocation = nullptr;
  Shadow *shadow = nullptr;
};

static void checkInitialized(const Access &access, unsigned lane, const Page &page, uint32_t begin,
                             uint32_t end) {
  const uint8_t *flags = page.initialized.get();
  uint32_t four = 0;
  if (end - begin == 4 ? (memcpy(&four, flags + begin, 4), four == 0x01010101)
                       : !memchr(flags + begin, 0, end - begin))
    return;
  bool shared = access.windows[lane] != Space::Global;
  if (shared) {
    // What passed the filter was noted there alone.
    uint32_t inWindow = uint32_t(access.resolved[lane]),
             offset = inWindow & ((1u << sharedRankShift) - 1);
    const PhaseFilter &filter =
        Checkers::State::of(*access.warp.block.cluster.blocks[inWindow >> sharedRankShift]).filter;
    uint32_t pageBegin = offset / Page::bytes * Page::bytes;
    bool written = true;
    for (uint32_t i = begin; i < end; ++i)
      written &= flags[i] || filter.wasWritten(pageBegin + i);
    if (written)
      return;
  }
  throw Fault(shared ? FaultClass::UninitializedShared : FaultClass::UninitializedGlobal,
              std::string("reads ") + std::to_string(access.bytes) + " bytes of " +
                  (shared ? "shared" : "device") + " memory that nobody has written",
              int(lane))
      .at(access.resolved[lane]);
}

/// log2 of the granule that keeps apart what lanes access apart.
static unsigned granuleShift(const Access &access) {
  uint64_t unit = access.bytes;
  if (access.token) // of a copy the elements' size may be less than what it really touches
    for (LaneMask left = access.lanes; left; left &= left - 1)
      unit |= access.resolved[__builtin_ctz(left)];
  else
    unit |= access.alignment;
  return unsigned(__builtin_ctzll(unit | 16));
}

static void passAccess(Checkers::State &state, const Access &access, bool initialization,
                       bool races) {
  ClusterState &cluster = Checkers::State::cluster(access.warp);
  Accessor accessor{state, cluster, Checkers::State::agent(access.warp), 0, nullptr, false, {}};
  const WarpClock &clock = cluster.warps[accessor.agent];
  const Operation *operation = access.token ? &cluster.operations[access.token - 1] : nullptr;
  uint64_t who;
  if (operation) {
    accessor.agent = operation->agent;
    accessor.lane = operation->lane;
    accessor.view = operation->view.get();
    accessor.needsProxyFence = access.proxy == Proxy::Async && access.kind == Access::Read;
    who = Record::valid | Record::async | (cluster.number << 24 & (Record::valid - 1)) |
          (access.token & 0xffffff);
  } else {
    who = Record::valid | (cluster.number << 16 & (Record::valid - 1)) | accessor.agent << 5;
  }
  if (access.atomic || access.order != Order::Weak)
    who |= Record::strong;
  accessor.record = {who, cluster.now, access.warp.pcOf(access.instruction)};
  const unsigned shift = granuleShift(access);
  ShadowFinder finder(state, access);
  PageLock lock;
  for (LaneMask left = access.lanes; left; left &= left - 1) {
    unsigned lane = __builtin_ctz(left);
    uint64_t offset = 0;
    Shadow *shadow = finder.find(lane, offset);
    if (!shadow)
      continue;
    if (operation) {
      // Of an asynchronous operation the time does not matter, but for cp.async the lane does.
      accessor.record.time = lane;
      if (operation->kind == AsyncKind::CopyAsync)
        accessor.lane = lane;
    } else {
      accessor.lane = lane;
      accessor.view = clock.views[lane].get();
      accessor.record.who = who | lane;
    }
    for (uint64_t end = offset + access.bytes; offset < end;) {
      uint32_t first = offset % Page::bytes;
      uint32_t last = uint32_t(std::min<uint64_t>(Page::bytes, first + (end - offset)));
      Page &page = shadow->page(offset);
      offset += last - first;
      lock.take(&page, state.parallel && access.windows[lane] == Space::Global);
      prepare(page, state);
      if (initialization && page.initialized) {
        if (access.kind != Access::Write)
          checkInitialized(access, lane, page, first, last);
        if (access.kind != Access::Read) {
          std::memset(page.initialized.get() + first, 1, last - first);
          if (access.windows[lane] != Space::Global)
            finder.filter().noteWritten(uint32_t(offset) - (last - first), last - first);
        }
      }
      if (races) {
        page.refine(shift);
        passCells(accessor, page, first, last, access.kind, access.resolved[lane],
                  access.windows[lane]);
      }
    }
  }
}

/// Whether the filter deals with an access of shared memory.
static bool passFilter(Checkers::State &state, const Access &access) {
  Block &block = access.warp.block;
  PhaseFilter &filter = Checkers::State::of(block).filter;
  if (!filter.active())
    return false;
  ClusterState &cluster = Checkers::State::cluster(access.warp);
  const WarpClock &clock = cluster.warps[Checkers::State::agent(access.warp)];
  bool plain = access.token == 0 && !access.atomic && access.order == Order::Weak &&
               access.bytes % 4 == 0 && access.alignment % 4 == 0 && clock.uniform;
  if (plain && filter.note(access, access.warp.pcOf(access.instruction), access.warp.index,
                           cluster.now, clock.views[__builtin_ctz(clock.started)]))
    return true;
  replay(state, block, false);
  return false;
}

void Checkers::access(const Access &access) {
  if (!enabled)
    return;
  if (access.windows[__builtin_ctz(access.lanes)] == Space::Shared ||
      access.windows[__builtin_ctz(access.lanes)] == Space::SharedCluster) {
    if (passFilter(*impl, access))
      return;
  }
  passAccess(*impl, access, true, access.token == 0);
  if (access.token == 0 && !access.ordersElsewhere &&
      (access.atomic || access.order != Order::Weak))
    for (LaneMask left = access.lanes; left; left &= left - 1)
      orderByAtomic(*impl, access, __builtin_ctz(left));
}

void Checkers::inFlight(const Access &access) {
  if (enabled && access.token)
    passAccess(*impl, access, false, true);
}
