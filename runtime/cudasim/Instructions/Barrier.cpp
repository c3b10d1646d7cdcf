//===- Barrier.cpp - bar, barrier: the named barriers of a block ----------===//
#include "runtime/cudasim/Instructions/Lanes.h"
#include "runtime/cudasim/Instructions/MemoryOperands.h"
#include "runtime/cudasim/Machine/Block.h"

using namespace azulejo::cudasim;

namespace {

constexpr unsigned barrierCount = 16;

enum class Action : uint8_t { Sync, Arrive, Popc, And, Or };

/// Threads that stand at a barrier, and where the result of a reduction goes when it opens. They
/// may be in a frame that is not the running one by then, hence a pointer.
struct Waiter {
  Warp *warp;
  LaneMask lanes;
  Action action;
  void *result;
};

/// One of the sixteen. Warps arrive, not threads: a warp has arrived when all of its threads that
/// live have, and counts as 32 however many those are (PTX ISA 9.7.13.1).
struct NamedBarrier {
  uint32_t expected = 0; // 0: nobody came yet
  uint32_t arrived = 0;
  std::vector<LaneMask> partial; // by warp: lanes that came while others of the warp did not
  std::vector<Waiter> waiters;
  uint32_t trueLanes = 0, allLanesTrue = 1;
  SyncObject order;
};

class NamedBarriers : public BlockUnit {
public:
  /// `lanes` come to barrier `id`; true if they may go on at once.
  bool arrive(Warp &warp, LaneMask lanes, unsigned id, uint32_t count, Action action,
              LaneMask condition, void *result) {
    NamedBarrier &barrier = barriers[id];
    Block &block = warp.block;
    uint32_t expected = count ? count : uint32_t(block.warps.size()) * warpSize;
    if (barrier.expected && barrier.expected != expected)
      throw Fault(FaultClass::MissingBarrier,
                  "comes to barrier " + std::to_string(id) + " for " + std::to_string(expected) +
                      " threads, where others wait for " + std::to_string(barrier.expected),
                  __builtin_ctz(lanes));
    barrier.expected = expected;
    if (barrier.partial.empty())
      barrier.partial.resize(block.warps.size());
    LaneMask &partial = barrier.partial[warp.index];
    if (partial & lanes)
      throw Fault(FaultClass::DivergentBarrier,
                  "comes to barrier " + std::to_string(id) +
                      " again, before the other threads of its warp have come once",
                  __builtin_ctz(partial & lanes));
    partial |= lanes;
    ++block.cluster.progress;
    Checkers &checkers = block.launch.checkers;
    if (checkers.enabled)
      checkers.release(warp, lanes, barrier.order, action != Action::Arrive);
    barrier.trueLanes += __builtin_popcount(condition & lanes);
    barrier.allLanesTrue &= (condition & lanes) == lanes;
    if (action != Action::Arrive)
      barrier.waiters.push_back({&warp, lanes, action, result});
    bool opened = warpArrives(warp, barrier, id, &warp, lanes);
    if (action == Action::Arrive || opened)
      return true;
    warp.wait(Wait::Barrier, id);
    return false;
  }

  void lanesExit(Warp &warp, LaneMask lanes) override {
    for (unsigned id = 0; id < barrierCount; ++id) {
      NamedBarrier &barrier = barriers[id];
      if (barrier.partial.empty() || !(barrier.partial[warp.index] & ~lanes))
        continue;
      warpArrives(warp, barrier, id, nullptr, 0);
    }
  }

  std::string describeWaits(Block &) override {
    std::string result;
    for (unsigned id = 0; id < barrierCount; ++id)
      if (barriers[id].expected)
        result += (result.empty() ? "barrier " : ", barrier ") + std::to_string(id) + " has " +
                  std::to_string(barriers[id].arrived) + " of " +
                  std::to_string(barriers[id].expected) + " threads";
    return result;
  }

private:
  /// If all lanes of the warp that live have come, the warp has. True if that opened the barrier.
  bool warpArrives(Warp &warp, NamedBarrier &barrier, unsigned id, Warp *running, LaneMask lanes) {
    LaneMask &partial = barrier.partial[warp.index];
    if (warp.live & ~partial)
      return false;
    partial = 0;
    barrier.arrived += warpSize;
    if (barrier.arrived < barrier.expected)
      return false;
    open(barrier, id, running, lanes);
    return true;
  }

  void open(NamedBarrier &barrier, unsigned id, Warp *running, LaneMask lanes) {
    std::vector<Waiter> waiters = std::move(barrier.waiters);
    for (Waiter &waiter : waiters) {
      deliver(barrier, waiter);
      Checkers &checkers = waiter.warp->block.launch.checkers;
      if (checkers.enabled)
        checkers.acquire(*waiter.warp, waiter.lanes, barrier.order);
      if (waiter.warp != running || waiter.lanes != lanes)
        waiter.warp->wake(Wait::Barrier, id);
    }
    uint32_t waiting = 0;
    for (const Waiter &waiter : waiters)
      waiting += uint32_t(__builtin_popcount(waiter.lanes));
    if (waiting && waiting == waiters.front().warp->block.threads) {
      Block &block = waiters.front().warp->block;
      block.launch.checkers.blockSynchronized(block);
    }
    barrier.order.reset();
    waiters.clear();
    barrier.waiters = std::move(waiters); // keeps its memory
    barrier.expected = barrier.arrived = barrier.trueLanes = 0;
    barrier.allLanesTrue = 1;
  }

  static void deliver(const NamedBarrier &barrier, const Waiter &waiter) {
    switch (waiter.action) {
    case Action::Sync:
    case Action::Arrive:
      return;
    case Action::Popc:
      for (LaneMask left = waiter.lanes; left; left &= left - 1)
        static_cast<uint32_t *>(waiter.result)[__builtin_ctz(left)] = barrier.trueLanes;
      return;
    case Action::And:
    case Action::Or: {
      bool value = waiter.action == Action::And ? barrier.allLanesTrue : barrier.trueLanes != 0;
      LaneMask &predicate = *static_cast<LaneMask *>(waiter.result);
      predicate = value ? predicate | waiter.lanes : predicate & ~waiter.lanes;
      return;
    }
    }
  }

  NamedBarrier barriers[barrierCount];
};

struct BarrierForm {
  Action action = Action::Sync;
  bool hasCount = false;
};

/// Sources: the barrier, then the count where there is one, then the predicate of a reduction.
void barrier(Warp &warp, const Instruction &instruction, LaneMask active) {
  const BarrierForm &form = instruction.as<BarrierForm>();
  bool reduces = form.action >= Action::Popc;
  const uint32_t *ids = warp.read<uint32_t>(instruction.source(0));
  const uint32_t *counts = form.hasCount ? warp.read<uint32_t>(instruction.source(1)) : nullptr;
  LaneMask condition =
      reduces ? warp.predicate(instruction.source(form.hasCount ? 2 : 1)) : LaneMask(0);
  unsigned first = __builtin_ctz(active);
  uint32_t id = ids[first], count = counts ? counts[first] : 0;
  for (LaneMask left = active; left; left &= left - 1) {
    unsigned lane = __builtin_ctz(left);
    if (ids[lane] != id || (counts && counts[lane] != count))
      throw Fault(FaultClass::DivergentBarrier,
                  "the threads of a warp come to different barriers: " + std::to_string(id) +
                      " and " + std::to_string(ids[lane]),
                  int(lane));
  }
  if (id >= barrierCount)
    throw Fault(FaultClass::IllegalInstruction,
                "barrier " + std::to_string(id) + ": there are only 16", int(first));
  if (counts && (count == 0 || count % warpSize))
    throw Fault(FaultClass::IllegalInstruction,
                "the thread count of a barrier must be a multiple of 32, and this is " +
                    std::to_string(count),
                int(first));
  if (counts && form.action != Action::Arrive && count > warp.block.warps.size() * warpSize)
    throw Fault(FaultClass::MissingBarrier,
                "waits for " + std::to_string(count) + " threads, but the block has " +
                    std::to_string(warp.block.threads),
                int(first));
  ++warp.block.counters.barriers;
  void *result = reduces ? warp.write<uint8_t>(instruction.destination()) : nullptr;
  warp.block.unit<NamedBarriers>().arrive(warp, active, id, count, form.action, condition, result);
}

/// barrier{.cta}.sync{.aligned} a{, b}; .arrive a, b; .red.popc.u32 d, a{, b}, {!}c;
/// .red.and/.or.pred p, a{, b}, {!}c. `bar` is `barrier` with .aligned.
bool decodeBarrier(Decoder &decoder, const ptx::Statement &statement, Instruction &instruction) {
  Modifiers m(statement);
  if (m.peek() == "warp" || m.peek() == "cluster")
    return false;
  m.flag("cta");
  BarrierForm form;
  if (m.flag("arrive"))
    form.action = Action::Arrive;
  else if (m.flag("red"))
    form.action = m.one<Action>({{"popc", Action::Popc}, {"and", Action::And}, {"or", Action::Or}},
                                Action::Sync);
  else if (!m.flag("sync"))
    decoder.fail("must be .sync, .arrive or .red");
  bool reduces = form.action >= Action::Popc;
  if (statement.has("red") && !reduces)
    decoder.fail("the reduction must be .popc, .and or .or");
  instruction.aligned = statement.opcode == "bar" || m.flag("aligned");
  if (reduces && !m.flag(form.action == Action::Popc ? "u32" : "pred"))
    decoder.fail("the type of the result is missing");
  m.end();

  size_t extra = reduces ? 2 : 0; // the result and the predicate
  decoder.expectOperands(extra + (form.action == Action::Arrive ? 2 : 1), extra + 2);
  form.hasCount = statement.operands.size() == extra + 2;
  auto literal = [&](const ptx::Operand &operand, auto &&isGood, const char *what) {
    if (operand.kind == ptx::Operand::Kind::Integer && !isGood(operand.bits))
      decoder.fail(what);
  };
  size_t next = reduces ? 1 : 0;
  const ptx::Operand &id = statement.operands[next++];
  literal(id, [](uint64_t value) { return value < barrierCount; }, "barriers are numbered 0 to 15");
  std::vector<Operand> destinations, sources{decoder.source(id, ptx::Type::U32)};
  if (form.hasCount) {
    const ptx::Operand &count = statement.operands[next++];
    literal(
        count, [](uint64_t value) { return value && value % warpSize == 0; },
        "the thread count must be a multiple of 32");
    sources.push_back(decoder.source(count, ptx::Type::U32));
  }
  if (reduces) {
    sources.push_back(decoder.predicate(statement.operands[next]));
    destinations.push_back(form.action == Action::Popc
                               ? decoder.destination(statement.operands[0], ptx::Type::U32)
                               : decoder.predicateDestination(statement.operands[0]));
  }
  decoder.operands(instruction, destinations, sources);
  instruction.counterClass = CounterClass::Barrier;
  instruction.attributes = decoder.make(form);
  instruction.execute = barrier;
  return true;
}

} // namespace

void azulejo::cudasim::registerBarrier(DecodeTable &table) {
  table.add({"bar", "barrier"}, decodeBarrier);
}
