//===- ClusterBarrier.cpp - barrier.cluster -------------------------------===//
#include "runtime/cudasim/Instructions/MemoryOperands.h"
#include "runtime/cudasim/Machine/Block.h"

using namespace azulejo::cudasim;

namespace {

/// What one block knows of its cluster's barrier. Each thread arrives, then waits; the barrier
/// opens when all threads of the cluster that live have arrived, which may be before they wait.
class ClusterBarrier : public BlockUnit {
public:
  struct State {
    LaneMask arrived = 0; // in this phase
    LaneMask open = 0;    // arrived in a phase that is complete, and have not waited for it yet
    LaneMask waiting = 0;
  };

  /// The units of all blocks: who never arrives must be known as well.
  static ClusterBarrier &of(Warp &warp) {
    ClusterBarrier &own = warp.block.unit<ClusterBarrier>();
    if (own.states.empty())
      for (auto &block : warp.block.cluster.blocks)
        block->unit<ClusterBarrier>().states.resize(block->warps.size());
    return own;
  }

  void arrive(Warp &warp, LaneMask lanes, bool releases) {
    State &state = states[warp.index];
    if (LaneMask again = (state.arrived | state.open) & lanes)
      throw Fault(FaultClass::DivergentBarrier,
                  "arrives at the cluster's barrier again without having waited at it",
                  __builtin_ctz(again));
    state.arrived |= lanes;
    Checkers &checkers = warp.block.launch.checkers;
    if (releases && checkers.enabled)
      checkers.release(warp, lanes, phase(warp.block.cluster).arriving);
    else
      checkers.arrivedRelaxed(warp, lanes);
    ++warp.block.cluster.progress;
    openIfComplete(warp.block.cluster);
  }

  void wait(Warp &warp, LaneMask lanes) {
    State &state = states[warp.index];
    if (LaneMask never = lanes & ~(state.arrived | state.open))
      throw Fault(FaultClass::DivergentBarrier,
                  "waits at the cluster's barrier without having arrived at it",
                  __builtin_ctz(never));
    if (state.arrived & lanes) { // a phase is open for all threads or for none
      state.waiting |= lanes;
      warp.wait(Wait::ClusterBarrier, 0);
      return;
    }
    leave(warp, lanes, state);
  }

  void lanesExit(Warp &warp, LaneMask lanes) override {
    states[warp.index].arrived &= ~lanes;
    openIfComplete(warp.block.cluster);
  }

  std::string describeWaits(Block &block) override {
    uint64_t arrived = 0;
    for (State &state : states)
      arrived += __builtin_popcount(state.arrived);
    return "of the block of rank " + std::to_string(block.rank) + " " + std::to_string(arrived) +
           " threads of " + std::to_string(block.alive) + " are at the cluster's barrier";
  }

private:
  struct Phase {
    SyncObject arriving, complete;
  };
  static Phase &phase(Cluster &cluster) {
    return cluster.blocks.front()->unit<ClusterBarrier>().orders;
  }

  static void leave(Warp &warp, LaneMask lanes, State &state) {
    state.open &= ~lanes;
    Checkers &checkers = warp.block.launch.checkers;
    if (checkers.enabled)
      checkers.acquire(warp, lanes, phase(warp.block.cluster).complete);
  }

  static void openIfComplete(Cluster &cluster) {
    bool anybody = false;
    for (auto &block : cluster.blocks) {
      ClusterBarrier &unit = block->unit<ClusterBarrier>();
      for (auto &warp : block->warps) {
        if (warp->live & ~unit.states[warp->index].arrived)
          return;
        anybody |= warp->live != 0;
      }
    }
    if (!anybody)
      return;
    Phase &order = phase(cluster);
    order.complete = std::exchange(order.arriving, SyncObject());
    ++cluster.progress;
    for (auto &block : cluster.blocks) {
      ClusterBarrier &unit = block->unit<ClusterBarrier>();
      for (auto &warp : block->warps) {
        State &state = unit.states[warp->index];
        state.open = std::exchange(state.arrived, 0);
        if (LaneMask waiting = std::exchange(state.waiting, 0) & warp->live) {
          leave(*warp, waiting, state);
          warp->wake(Wait::ClusterBarrier, 0);
        }
      }
    }
  }

  std::vector<State> states; // by warp
  Phase orders;              // of the whole cluster, in its first block's unit
};

void arrive(Warp &warp, const Instruction &instruction, LaneMask active) {
  ClusterBarrier::of(warp).arrive(warp, active, instruction.immediate != 0);
}

void wait(Warp &warp, const Instruction &, LaneMask active) {
  ++warp.block.counters.barriers;
  ClusterBarrier::of(warp).wait(warp, active);
}

/// barrier.cluster.arrive{.release|.relaxed}{.aligned}; barrier.cluster.wait{.acquire}{.aligned}
bool decodeClusterBarrier(Decoder &decoder, const ptx::Statement &statement,
                          Instruction &instruction) {
  Modifiers m(statement);
  if (!m.flag("cluster"))
    return false;
  decoder.require(90);
  bool arrives = m.flag("arrive");
  if (!arrives && !m.flag("wait"))
    decoder.fail("must be .arrive or .wait");
  bool relaxed = arrives && m.flag("relaxed");
  if (!relaxed)
    m.flag(arrives ? "release" : "acquire");
  instruction.aligned = m.flag("aligned");
  m.end();
  decoder.expectOperands(0, 0);
  decoder.operands(instruction, {}, {});
  instruction.immediate = !relaxed;
  instruction.counterClass = CounterClass::Barrier;
  instruction.execute = arrives ? arrive : wait;
  return true;
}

} // namespace

void azulejo::cudasim::registerClusterBarrier(DecodeTable &table) {
  table.add({"barrier"}, decodeClusterBarrier);
}
