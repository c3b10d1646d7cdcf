//===- Mbarrier.cpp - mbarrier.* ------------------------------------------===//
#include "runtime/cudasim/Async/Mbarriers.h"
#include "runtime/cudasim/Instructions/Lanes.h"
#include "runtime/cudasim/Instructions/MemoryOperands.h"
#include "runtime/cudasim/Memory/Memory.h"
#include <algorithm>

using namespace azulejo::cudasim;

namespace {

enum class Action : uint8_t { Init, Invalidate, Arrive, ExpectTx, CompleteTx, TestWait };

struct MbarrierForm {
  Action action = Action::Init;
  MemorySemantics semantics;
  bool expects = false, drop = false, noComplete = false; // of arrive
  bool parity = false;                                    // of test_wait
  bool hasCount = false;
};

/// The object of each lane, which mostly is the same for all.
struct Places {
  Places(Warp &warp, const Instruction &instruction, LaneMask active, Access::Kind kind)
      : memory(warp, instruction, kind, instruction.as<MbarrierForm>().semantics.space) {
    const Action action = instruction.as<MbarrierForm>().action;
    evaluate(warp, *instruction.addresses, active, addresses);
    memory.lanes = active;
    memory.bytes = 8;
    memory.addresses = addresses;
    memory.atomic = memory.ordersElsewhere = kind != Access::Write;
    memory.order = !memory.atomic             ? Order::Weak
                   : action == Action::Arrive ? instruction.as<MbarrierForm>().semantics.order
                                              : Order::Relaxed;
    memory.scope = Scope::Cluster;
    resolve(memory);
    for (LaneMask left = memory.uniform ? active & -active : active; left; left &= left - 1) {
      unsigned lane = __builtin_ctz(left);
      if (memory.windows[lane] != Space::Shared && memory.windows[lane] != Space::SharedCluster)
        throw Fault(FaultClass::WrongSpace, "an mbarrier lies in shared memory, and this does not",
                    int(lane))
            .at(memory.resolved[lane]);
      if (kind != Access::Write)
        barrier(lane);
    }
    // That an object is initialised before others use it is a matter of order like any other. That
    // nobody tests it any more when it is invalidated is not: libcu++ counts who has left, relaxed.
    Checkers &checkers = warp.block.launch.checkers;
    if (checkers.enabled && action != Action::Invalidate &&
        !(action == Action::TestWait && memory.uniform && isWaiting()))
      checkers.access(memory);
  }
  Block &block(unsigned lane) const {
    return *memory.warp.block.cluster.blocks[memory.resolved[lane] >> sharedRankShift & 0xff];
  }
  uint64_t offset(unsigned lane) const {
    return memory.resolved[lane] & ((uint64_t(1) << sharedRankShift) - 1);
  }
  /// The live object of a lane; it stays where it is until it is invalidated.
  Mbarrier &barrier(unsigned lane) {
    if (!found || memory.resolved[lane] != foundAt) {
      found = &block(lane).unit<Mbarriers>().at(block(lane), offset(lane), int(lane));
      foundAt = memory.resolved[lane];
    }
    return *found;
  }

  uint64_t addresses[warpSize];
  Access memory;

private:
  /// The warp polls: it has tested in vain in this phase. Nothing is new before a test succeeds.
  bool isWaiting() const {
    return std::find(found->waiting.begin(), found->waiting.end(), &memory.warp) !=
           found->waiting.end();
  }

  Mbarrier *found = nullptr;
  uint64_t foundAt = 0;
};

bool releases(Order order) { return order == Order::Release || order == Order::AcquireRelease; }

void initialize(Warp &warp, const Instruction &instruction, LaneMask active) {
  const uint32_t *counts = warp.read<uint32_t>(instruction.source(0));
  Places places(warp, instruction, active, Access::Write);
  for (LaneMask left = active; left; left &= left - 1) {
    unsigned lane = __builtin_ctz(left);
    Block &block = places.block(lane);
    block.unit<Mbarriers>().init(block, places.offset(lane), counts[lane], int(lane));
  }
}

void invalidate(Warp &warp, const Instruction &instruction, LaneMask active) {
  Places places(warp, instruction, active, Access::Write);
  for (LaneMask left = active; left; left &= left - 1) {
    unsigned lane = __builtin_ctz(left);
    Block &block = places.block(lane);
    block.unit<Mbarriers>().invalidate(block, places.offset(lane), int(lane));
  }
}

/// Lane after lane: expects its bytes, then arrives with its count. The count or the bytes are the
/// source, where there is one.
void arrive(Warp &warp, const Instruction &instruction, LaneMask active) {
  const MbarrierForm &form = instruction.as<MbarrierForm>();
  const uint32_t *counts = form.hasCount ? warp.read<uint32_t>(instruction.source(0)) : nullptr;
  Places places(warp, instruction, active, Access::ReadWrite);
  Checkers &checkers = warp.block.launch.checkers;
  uint64_t states[warpSize] = {};
  for (LaneMask left = active; left; left &= left - 1) {
    unsigned lane = __builtin_ctz(left);
    Block &block = places.block(lane);
    Mbarriers &unit = block.unit<Mbarriers>();
    Mbarrier &barrier = places.barrier(lane);
    if (checkers.enabled && releases(form.semantics.order))
      checkers.release(warp, 1u << lane, barrier.arriving);
    Mbarriers::Arrival arrival;
    arrival.drop = form.drop;
    arrival.noComplete = form.noComplete;
    if (form.expects)
      unit.expect(block, barrier, counts[lane], int(lane));
    else if (counts)
      arrival.count = counts[lane];
    states[lane] = unit.arrive(block, barrier, arrival, int(lane));
  }
  if (instruction.destinations)
    store(warp, instruction.destination(), active, states);
}

/// expect_tx and complete_tx
void changeTransactions(Warp &warp, const Instruction &instruction, LaneMask active) {
  const MbarrierForm &form = instruction.as<MbarrierForm>();
  const uint32_t *bytes = warp.read<uint32_t>(instruction.source(0));
  Places places(warp, instruction, active, Access::ReadWrite);
  for (LaneMask left = active; left; left &= left - 1) {
    unsigned lane = __builtin_ctz(left);
    Block &block = places.block(lane);
    Mbarriers &unit = block.unit<Mbarriers>();
    Mbarrier &barrier = places.barrier(lane);
    if (form.action == Action::ExpectTx)
      unit.expect(block, barrier, bytes[lane], int(lane));
    else
      unit.complete(block, barrier, bytes[lane], int(lane));
  }
}

void noteWaiting(Mbarrier &barrier, const Warp &warp) {
  std::vector<const Warp *> &waiting = barrier.waiting;
  if (std::find(waiting.begin(), waiting.end(), &warp) == waiting.end())
    waiting.push_back(&warp);
}

/// Whether all lanes, active or not, have one value.
bool isUniform(const Warp &warp, const Operand &operand) {
  const uint32_t *values = warp.read<uint32_t>(operand);
  uint32_t unlike = 0;
  CUDASIM_LANES
  for (unsigned lane = 0; lane < warpSize; ++lane)
    unlike |= values[lane] ^ values[0];
  return unlike == 0;
}

/// test_wait, and try_wait, which may take its time: other warps run before it is tried again.
void testWait(Warp &warp, const Instruction &instruction, LaneMask active) {
  const MbarrierForm &form = instruction.as<MbarrierForm>();
  Places places(warp, instruction, active, Access::Read);
  Checkers &checkers = warp.block.launch.checkers;
  // Lanes mostly wait for one barrier: they acquire together, and know the same afterwards.
  Mbarrier *last = nullptr, *failed = nullptr;
  LaneMask together = 0;
  auto acquire = [&] {
    if (together && checkers.enabled && form.semantics.order == Order::Acquire)
      checkers.acquire(warp, together, last->complete);
    together = 0;
  };
  LaneMask complete = 0;
  LaneMask left = active;
  if (places.memory.uniform && form.parity && isUniform(warp, instruction.source(0))) {
    Mbarrier &barrier = places.barrier(unsigned(__builtin_ctz(active)));
    left = 0;
    if (Mbarriers::testParity(barrier, *warp.read<uint32_t>(instruction.source(0)) & 1)) {
      last = &barrier;
      complete = together = active;
    } else {
      noteWaiting(barrier, warp);
    }
  }
  for (; left; left &= left - 1) {
    unsigned lane = __builtin_ctz(left);
    Mbarrier &barrier = places.barrier(lane);
    const bool ended =
        form.parity
            ? Mbarriers::testParity(barrier, warp.read<uint32_t>(instruction.source(0))[lane] & 1)
            : places.block(lane).unit<Mbarriers>().test(
                  barrier, warp.read<uint64_t>(instruction.source(0))[lane], int(lane));
    if (!ended) {
      if (&barrier != failed)
        noteWaiting(barrier, warp);
      failed = &barrier;
      continue;
    }
    complete |= 1u << lane;
    if (&barrier != last) {
      acquire();
      last = &barrier;
    }
    together |= 1u << lane;
  }
  acquire();
  warp.setPredicate(instruction.destination(), active, complete);
  if (complete != active)
    warp.yield();
}

/// mbarrier.pending_count.b64 count, state
void pendingCount(Warp &warp, const Instruction &instruction, LaneMask active) {
  forLanes<uint32_t, uint64_t>(warp, instruction, active, [](uint64_t state) {
    return uint32_t(state) & MbarrierWord::countLimit;
  });
}

bool decodePendingCount(Decoder &decoder, const ptx::Statement &statement,
                        Instruction &instruction) {
  decoder.expectOperands(2, 2);
  decoder.operands(instruction, {decoder.destination(statement.operands[0], ptx::Type::U32)},
                   {decoder.source(statement.operands[1], ptx::Type::U64)});
  instruction.execute = pendingCount;
  return true;
}

/// The semantics that an operation may name (Order::Weak: none), and whether its object may be
/// another block's.
struct MbarrierRules {
  Order orders[2] = {Order::Weak, Order::Weak};
  bool remote = false;
};
MbarrierRules rulesOf(const MbarrierForm &form) {
  switch (form.action) {
  case Action::Init:
  case Action::Invalidate:
    return {};
  case Action::Arrive:
    return {{Order::Release, form.noComplete ? Order::Release : Order::Relaxed}, !form.noComplete};
  case Action::ExpectTx:
  case Action::CompleteTx:
    return {{Order::Relaxed, Order::Relaxed}, true};
  case Action::TestWait:
    break;
  }
  return {{Order::Acquire, Order::Relaxed}, false};
}

/// Semantics, scope and space, which ptxas takes in several orders.
void takeSemantics(Decoder &decoder, Modifiers &m, MbarrierForm &form) {
  bool hasOrder = false, hasScope = false;
  for (;;) {
    std::string_view next = m.peek();
    if (next == "relaxed")
      decoder.require(90);
    if (next == "relaxed" || next == "acquire" || next == "release") {
      form.semantics.order = takeOrder(m);
      hasOrder = true;
    } else if (atScope(m)) {
      form.semantics.scope = takeScope(decoder, m, Scope::Block);
      hasScope = true;
    } else if (Space space = takeSpace(decoder, m); space != Space::Generic)
      form.semantics.space = space;
    else
      break;
  }
  if (hasOrder != hasScope)
    decoder.fail("semantics and scope are given both or not at all");
  const MbarrierRules rules = rulesOf(form);
  const Space space = form.semantics.space;
  const Order order = form.semantics.order;
  if (hasOrder && order != rules.orders[0] && order != rules.orders[1])
    decoder.fail("these semantics are not those of this operation");
  if (hasScope && (form.semantics.scope > Scope::Cluster ||
                   (form.noComplete && form.semantics.scope != Scope::Block)))
    decoder.fail("this scope is not for this operation");
  if (space != Space::Generic && space != Space::Shared &&
      !(space == Space::SharedCluster && rules.remote))
    decoder.fail("the object lies in shared memory, and of this operation in the own block's");
}

/// mbarrier.init{.shared}.b64 [a], count; mbarrier.inval{.shared}.b64 [a];
/// mbarrier.arrive{_drop}{.expect_tx|.noComplete}{.sem}{.scope}{.shared}.b64 state, [a]{, count};
/// mbarrier.expect_tx, .complete_tx{.sem}{.scope}{.shared}.b64 [a], bytes;
/// mbarrier.test_wait, .try_wait{.parity}{.sem}{.scope}{.shared}.b64 p, [a], state|parity{, time};
/// mbarrier.pending_count.b64 count, state
bool decodeMbarrier(Decoder &decoder, const ptx::Statement &statement, Instruction &instruction) {
  Modifiers m(statement);
  MbarrierForm form;
  instruction.counterClass = CounterClass::Barrier;
  std::string_view name = m.take();
  bool isTry = name == "try_wait";
  if (name == "pending_count") {
    if (!m.flag("b64"))
      decoder.fail("the type must be .b64");
    m.end();
    return decodePendingCount(decoder, statement, instruction);
  }
  if (name == "init")
    form.action = Action::Init;
  else if (name == "inval")
    form.action = Action::Invalidate;
  else if (name == "arrive" || name == "arrive_drop")
    form.action = Action::Arrive;
  else if (name == "expect_tx")
    form.action = Action::ExpectTx;
  else if (name == "complete_tx")
    form.action = Action::CompleteTx;
  else if (name == "test_wait" || isTry)
    form.action = Action::TestWait;
  else
    decoder.fail("this operation is unknown");
  if (form.action == Action::ExpectTx || form.action == Action::CompleteTx || isTry)
    decoder.require(90);
  form.drop = name == "arrive_drop";
  if (form.action == Action::Arrive) {
    form.semantics.order = Order::Release;
    form.expects = m.flag("expect_tx");
    form.noComplete = m.flag("noComplete");
    if (form.expects)
      decoder.require(90);
  } else if (form.action == Action::TestWait) {
    form.semantics.order = Order::Acquire;
    form.parity = m.flag("parity");
  }
  takeSemantics(decoder, m, form);
  if (!m.flag("b64"))
    decoder.fail("the type must be .b64");
  m.end();

  // Operands: what is written, the object, a number, and of try_wait a time.
  const std::vector<ptx::Operand> &operands = statement.operands;
  bool writes =
      form.action == Action::TestWait || (form.action == Action::Arrive && !operands.empty() &&
                                          operands[0].kind != ptx::Operand::Kind::Address);
  size_t next = 0;
  std::vector<Operand> destinations, sources;
  bool numberIsOptional = form.action == Action::Arrive && !form.expects && !form.noComplete;
  size_t least =
      size_t(writes) + 1 + (form.action != Action::Invalidate && !numberIsOptional ? 1 : 0);
  decoder.expectOperands(least, least + (numberIsOptional || isTry ? 1 : 0));
  if (writes) {
    const ptx::Operand &result = operands[next++];
    if (form.action == Action::TestWait)
      destinations.push_back(decoder.predicateDestination(result));
    else
      destinations.push_back(decoder.destination(result, ptx::Type::U64));
    if (form.semantics.space == Space::SharedCluster && form.action == Action::Arrive &&
        !destinations[0].sink)
      decoder.fail("an arrival in .shared::cluster returns no state: _ must stand there");
  }
  decoder.addresses(instruction, {decodeAddress(decoder, operands[next++], form.semantics)});
  form.hasCount = next < operands.size();
  if (form.hasCount && form.action == Action::Arrive && !form.noComplete)
    decoder.require(90);
  if (form.hasCount)
    sources.push_back(decoder.source(
        operands[next++],
        form.action == Action::TestWait && !form.parity ? ptx::Type::U64 : ptx::Type::U32));
  if (next < operands.size())
    sources.push_back(decoder.source(operands[next], ptx::Type::U32));
  decoder.operands(instruction, destinations, sources);
  static const Execute executes[] = {initialize,         invalidate,         arrive,
                                     changeTransactions, changeTransactions, testWait};
  instruction.execute = executes[size_t(form.action)];
  instruction.attributes = decoder.make(form);
  return true;
}

} // namespace

void azulejo::cudasim::registerMbarrier(DecodeTable &table) {
  table.add({"mbarrier"}, decodeMbarrier);
}
