//===- Launch.cpp - A grid's clusters, one after the other or side by side ===//
#include "runtime/cudasim/Machine/Launch.h"
#include "runtime/cudasim/Count/Occupancy.h"
#include "runtime/cudasim/Machine/Block.h"
#include <algorithm>
#include <deque>
#include <thread>
#include <tuple>

using namespace azulejo::cudasim;

/// Instructions of a warp before the next one has its turn, and of a block before the next block
/// has.
static constexpr uint64_t warpBudget = 100000, sharedWarpBudget = 2000;
/// Turns that a block has in a row as long as it gets on: its registers stay in the host's cache.
static constexpr unsigned turnsInARow = 16;
/// Rounds in which warps poll and nothing happens before that counts as a deadlock. Generous: they
/// may be counting clocks.
static constexpr unsigned patience = 10000;

Launch::Launch(const Program &program, const Kernel &kernel, const std::string &kernelName,
               const Architecture &architecture, DeviceMemory &memory, const LaunchConfig &config,
               const Options &options, std::function<void(const std::string &)> print)
    : program(program), kernel(kernel), kernelName(kernelName), architecture(architecture),
      memory(memory), config(config), options(options), print(std::move(print)), checkers(*this) {}

unsigned Launch::hostThreads() const {
  unsigned threads =
      options.hostThreads ? options.hostThreads : std::max(1u, std::thread::hardware_concurrency());
  return unsigned(std::min<uint64_t>(threads, config.grid.count() / config.cluster.count()));
}

bool Launch::abandoned(const Block &block) const {
  return options.stopAtFirstFault && block.linear > firstFaulty;
}

void Launch::report(Fault fault, const Block *block, const Warp *warp) {
  Report &report = fault.report;
  report.kernel = kernelName;
  if (warp && warp->current && report.ptxLine == 0) {
    const ptx::Statement &statement = *warp->current->statement;
    report.ptxLine = statement.line;
    report.ptxText = program.module->lineText(statement.line);
    if (statement.location.line && statement.location.file < program.module->files.size())
      report.source = program.module->files[statement.location.file] + ":" +
                      std::to_string(statement.location.line) + ":" +
                      std::to_string(statement.location.column);
  }
  if (block)
    for (unsigned i = 0; i < 3; ++i)
      report.block[i] = block->index[i];
  if (warp && fault.lane >= 0) {
    uint32_t thread = warp->thread(unsigned(fault.lane));
    report.hasThread = true;
    report.thread[0] = thread % config.block.x;
    report.thread[1] = thread / config.block.x % config.block.y;
    report.thread[2] = thread / config.block.x / config.block.y;
  }
  std::lock_guard<std::mutex> lock(mutex);
  if (block)
    firstFaulty = std::min<uint64_t>(firstFaulty, block->linear);
  for (Report &known : result.reports)
    if (known.faultClass == report.faultClass && known.ptxLine == report.ptxLine &&
        known.kernel == report.kernel && std::equal(known.block, known.block + 3, report.block)) {
      ++known.repeats;
      return;
    }
  result.reports.push_back(std::move(report));
}

namespace {

/// The clusters of a grid in the order of their blocks.
class ClusterOrder {
public:
  explicit ClusterOrder(const LaunchConfig &config)
      : shape(config.cluster),
        counts{config.grid.x / shape.x, config.grid.y / shape.y, config.grid.z / shape.z} {}
  uint64_t size() const { return counts.count(); }
  Dim3 firstBlock(uint64_t cluster) const {
    return {uint32_t(cluster % counts.x) * shape.x,
            uint32_t(cluster / counts.x % counts.y) * shape.y,
            uint32_t(cluster / counts.x / counts.y) * shape.z};
  }

private:
  Dim3 shape, counts;
};

} // namespace

/// Blocks that do not talk to each other, on several host threads.
static void runApart(Launch &launch, const ClusterOrder &order, unsigned threads, Counters &total) {
  std::atomic<uint64_t> next{0};
  std::mutex mutex;
  auto work = [&] {
    Counters mine;
    Worker worker;
    for (uint64_t index; (index = next++) < order.size();) {
      Cluster cluster(launch, order.firstBlock(index), worker);
      if (launch.abandoned(*cluster.blocks.front()))
        continue;
      unsigned stuck = 0;
      for (;;) {
        Cluster::Status status = cluster.step(warpBudget);
        if (status == Cluster::Status::Done)
          break;
        stuck = status == Cluster::Status::Stuck ? stuck + 1 : 0;
        if (stuck && (!cluster.polls() || stuck >= patience)) {
          cluster.reportDeadlock();
          break;
        }
        if (launch.abandoned(*cluster.blocks.front()))
          break;
      }
      for (auto &block : cluster.blocks)
        mine.add(block->counters);
    }
    std::lock_guard<std::mutex> lock(mutex);
    total.add(mine);
  };
  std::vector<std::thread> others;
  for (unsigned i = 1; i < threads; ++i)
    others.emplace_back(work);
  work();
  for (std::thread &other : others)
    other.join();
}

/// Blocks that wait for each other: as many as the GPU would hold take turns, in an order that is
/// always the same, and the next one starts when one ends.
static void runTogether(Launch &launch, const ClusterOrder &order, uint64_t resident,
                        Counters &total) {
  Worker worker;
  std::deque<std::unique_ptr<Cluster>> running;
  uint64_t next = 0;
  unsigned stuckRounds = 0;
  while (next < order.size() || !running.empty()) {
    while (running.size() < resident && next < order.size())
      running.push_back(std::make_unique<Cluster>(launch, order.firstBlock(next++), worker));
    bool stuck = true, polling = false;
    for (size_t i = 0; i < running.size();) {
      Cluster &cluster = *running[i];
      Cluster::Status status = cluster.step(sharedWarpBudget);
      for (unsigned turn = 1; turn < turnsInARow && status == Cluster::Status::Running; ++turn)
        status = cluster.step(sharedWarpBudget);
      stuck &= status == Cluster::Status::Stuck;
      polling |= status == Cluster::Status::Stuck && cluster.polls();
      if (status == Cluster::Status::Done) {
        for (auto &block : cluster.blocks)
          total.add(block->counters);
        running.erase(running.begin() + i);
      } else {
        ++i;
      }
      if (launch.options.stopAtFirstFault && launch.firstFaulty != ~uint64_t(0))
        return;
    }
    stuckRounds = stuck && !running.empty() ? stuckRounds + 1 : 0;
    if (stuckRounds && (!polling || stuckRounds >= patience)) {
      running.front()->reportDeadlock();
      return;
    }
  }
}

LaunchResult Launch::run() {
  ClusterOrder order(config);
  Counters total;
  if (config.cooperative)
    if (Allocation *workspace = memory.allocate(8, "workspace of a cooperative grid")) {
      gridWorkspace = workspace->begin;
      *reinterpret_cast<uint32_t *>(workspace->host) = 8; // its size; the barrier is 0
      if (options.checkGlobalInitialization)
        Checkers::markInitialized(*workspace, 0, 8);
    }
  if (takesTurns()) {
    uint64_t blocks = uint64_t(architecture.multiprocessors) *
                      blocksPerMultiprocessor(
                          architecture, uint32_t(config.block.count()), kernel.registersPerThread,
                          kernel.dynamicSharedOffset + config.dynamicSharedBytes);
    runTogether(*this, order, std::max<uint64_t>(1, blocks / config.cluster.count()), total);
  } else {
    runApart(*this, order, hostThreads(), total);
  }
  if (gridWorkspace)
    memory.free(gridWorkspace);
  result.counters = total;
  auto key = [](const Report &r) {
    return std::make_tuple(r.block[2], r.block[1], r.block[0], r.hasThread, r.thread[2],
                           r.thread[1], r.thread[0], r.ptxLine);
  };
  std::sort(result.reports.begin(), result.reports.end(),
            [&](const Report &a, const Report &b) { return key(a) < key(b); });
  // Blocks behind the first faulty one may or may not have run: what they said is left out.
  if (options.stopAtFirstFault && result.reports.size() > 1) {
    auto sameBlock = [&](const Report &r) {
      return std::equal(r.block, r.block + 3, result.reports[0].block);
    };
    result.reports.erase(std::find_if_not(result.reports.begin(), result.reports.end(), sameBlock),
                         result.reports.end());
  }
  if (result.reports.size() > options.maxReports)
    result.reports.resize(options.maxReports);
  return result;
}
