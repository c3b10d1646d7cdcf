//===- Block.cpp - Turns of warps, and what it means that nobody can run --===//
#include "runtime/cudasim/Machine/Block.h"
#include <atomic>

using namespace azulejo::cudasim;

unsigned Block::nextUnitIndex() {
  static std::atomic<unsigned> next{0};
  return next++;
}

static uint64_t linearIndex(Dim3 index, Dim3 grid) {
  return (uint64_t(index.z) * grid.y + index.y) * grid.x + index.x;
}

Block::Block(Launch &launch, Cluster &cluster, uint32_t rank, Dim3 index)
    : launch(launch), cluster(cluster), rank(rank), index(index),
      linear(linearIndex(index, launch.config.grid)),
      threads(uint32_t(launch.config.block.count())), alive(threads) {
  std::vector<std::vector<uint8_t>> &used = cluster.worker.sharedMemories;
  if (!used.empty()) {
    shared = std::move(used.back());
    used.pop_back();
  }
  // Recognisable where checks are off and a kernel reads what it never wrote.
  shared.assign(uint64_t(launch.kernel.dynamicSharedOffset) + launch.config.dynamicSharedBytes,
                0xcd);
  for (uint32_t first = 0; first < threads; first += warpSize) {
    uint32_t lanes = std::min(warpSize, threads - first);
    warps.push_back(std::make_unique<Warp>(*this, first / warpSize,
                                           lanes == warpSize ? allLanes : (1u << lanes) - 1));
  }
  launch.checkers.blockStarted(*this);
}

void Block::step(uint64_t budget) {
  // Any order is legal; a seed tries others.
  size_t count = warps.size();
  size_t offset = launch.options.seed
                      ? (launch.options.seed * 0x9e3779b97f4a7c15u + cluster.progress) % count
                      : 0;
  for (size_t i = 0; i < count; ++i) {
    Warp &warp = *warps[(i + offset) % count];
    if (!warp.live)
      continue;
    running = &warp;
    uint64_t before = warp.executed;
    warp.run(budget);
    uint64_t executed = launch.executed += warp.executed - before;
    if (launch.options.maxWarpInstructions && executed > launch.options.maxWarpInstructions)
      throw Fault(FaultClass::Timeout, "the launch executed more than " +
                                           std::to_string(launch.options.maxWarpInstructions) +
                                           " warp instructions");
  }
  running = nullptr;
}

Cluster::Cluster(Launch &launch, Dim3 first, Worker &worker)
    : launch(launch), first(first), worker(worker) {
  Dim3 shape = launch.config.cluster;
  for (uint32_t z = 0; z < shape.z; ++z)
    for (uint32_t y = 0; y < shape.y; ++y)
      for (uint32_t x = 0; x < shape.x; ++x)
        blocks.push_back(std::make_unique<Block>(launch, *this, uint32_t(blocks.size()),
                                                 Dim3{first.x + x, first.y + y, first.z + z}));
}

Cluster::~Cluster() {
  for (auto &block : blocks) {
    worker.sharedMemories.push_back(std::move(block->shared));
    if (block->shadow)
      worker.shadows.push_back(std::move(block->shadow));
  }
}

Cluster::Status Cluster::step(uint64_t budget) {
  if (ended)
    return Status::Done;
  Block *stepping = nullptr;
  try {
    bool idle = true, done = true;
    for (auto &block : blocks) {
      stepping = block.get();
      if (block->done())
        continue;
      block->step(budget);
      for (auto &warp : block->warps)
        idle &= !warp->live || warp->idle();
      done &= block->done();
    }
    if (done) {
      for (auto &block : blocks) {
        stepping = block.get();
        launch.checkers.blockFinished(*block);
        block->forUnits([&](BlockUnit &unit) { unit.finish(*stepping); });
      }
      ended = true;
      return Status::Done;
    }
    if (!idle || progress != seenProgress) {
      seenProgress = progress;
      return Status::Running;
    }
    // All wait: now is as late as an asynchronous operation may complete.
    bool completed = false;
    for (auto &block : blocks) {
      stepping = block.get();
      block->forUnits([&](BlockUnit &unit) { completed = completed || unit.progress(*stepping); });
    }
    return completed ? Status::Running : Status::Stuck;
  } catch (Fault &fault) {
    launch.report(std::move(fault), stepping, stepping ? stepping->running : nullptr);
    ended = true;
    return Status::Done;
  }
}

bool Cluster::polls() const {
  for (auto &block : blocks)
    for (auto &warp : block->warps) {
      if (!warp->live)
        continue;
      LaneMask waiting = 0;
      warp->forWaiting([&](const Group &group) { waiting |= group.lanes; });
      if (waiting != warp->live)
        return true;
    }
  return false;
}

static const char *describe(Wait wait) {
  switch (wait) {
  case Wait::None:
    return "polls";
  case Wait::Barrier:
    return "waits at barrier";
  case Wait::WarpBarrier:
    return "waits at bar.warp.sync with membermask";
  case Wait::Converge:
    return "waits for the other lanes of its membermask";
  case Wait::ClusterBarrier:
    return "waits at barrier.cluster";
  case Wait::GridDependency:
    return "waits for the grid before it";
  case Wait::Mbarrier:
    return "waits for an mbarrier";
  }
  return "";
}

/// Who waits for lanes of his own warp says more of what is wrong than who waits for other warps,
/// and most of all at an instruction that is no barrier: the lanes missed may stand at one.
static int telling(const Warp &warp, const Group &group) {
  if (group.wait != Wait::Converge)
    return 0;
  return warp.program.code[group.pc].counterClass == CounterClass::Barrier ? 1 : 2;
}

void Cluster::reportDeadlock() {
  ended = true;
  // The first group found waiting stands for all; the rest of the sentence counts them.
  const Warp *first = nullptr;
  Group group;
  uint64_t waiting = 0, exited = 0;
  std::string details;
  for (auto &block : blocks) {
    exited += block->threads - block->alive;
    for (auto &warp : block->warps) {
      if (!warp->live)
        continue;
      waiting += __builtin_popcount(warp->live);
      warp->forWaiting([&](const Group &each) {
        if (!first || telling(*warp, each) > telling(*first, group)) {
          first = warp.get();
          group = each;
        }
      });
      if (!first) {
        first = warp.get();
        group = warp->group;
      }
    }
    block->forUnits([&](BlockUnit &unit) {
      std::string said = unit.describeWaits(*block);
      if (!said.empty())
        details += "; " + said;
    });
  }
  if (!first)
    return;
  FaultClass faultClass = FaultClass::Deadlock;
  bool atBarrier = first->program.code[group.pc].counterClass == CounterClass::Barrier;
  if (group.wait == Wait::Converge)
    faultClass = atBarrier ? FaultClass::DivergentBarrier : FaultClass::NotConverged;
  else if (group.wait == Wait::Barrier || group.wait == Wait::ClusterBarrier)
    faultClass = FaultClass::MissingBarrier;
  else if (group.wait == Wait::WarpBarrier)
    faultClass = FaultClass::NotConverged;
  char key[32];
  snprintf(key, sizeof key, group.wait == Wait::Barrier ? " %llu" : " 0x%llx",
           (unsigned long long)group.key);
  std::string message = std::string(describe(group.wait)) + (group.wait == Wait::None ? "" : key) +
                        " and nothing will let it go on: " + std::to_string(waiting) +
                        " threads wait, " + std::to_string(exited) + " have exited" + details;
  // A waiting group stands behind its instruction, but for one that executes it again.
  Warp *warp = const_cast<Warp *>(first);
  uint32_t pc = group.wait == Wait::Converge || group.pc == 0 ? group.pc : group.pc - 1;
  warp->current = &first->program.code[pc];
  launch.report(Fault(faultClass, message, __builtin_ctz(group.lanes)), &warp->block, warp);
}
