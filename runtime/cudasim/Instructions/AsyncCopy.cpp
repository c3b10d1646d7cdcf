//===- AsyncCopy.cpp - cp.async: copies of 4, 8 or 16 bytes a thread ------===//
#include "runtime/cudasim/Async/Engine.h"
#include "runtime/cudasim/Async/Mbarriers.h"
#include "runtime/cudasim/Instructions/Lanes.h"
#include "runtime/cudasim/Instructions/MemoryOperands.h"
#include "runtime/cudasim/Memory/DeviceMemory.h"
#include "runtime/cudasim/Memory/Memory.h"
#include <list>

using namespace azulejo::cudasim;

namespace {

/// One cp.async of a warp. All its lanes were in the same group when they executed it.
struct Copy {
  const Instruction *instruction;
  LaneMask lanes;    // that have not waited for it
  LaneMask inFlight; // whose data has not moved
  uint32_t group;    // the number of groups that these lanes had committed before
  uint64_t number;   // of all copies of the warp
  AsyncToken token;
  uint32_t bytes;
  bool whole; // every lane reads all its bytes
  /// What may have gone since it was issued is looked for again.
  uint64_t frees;
  uint64_t from[warpSize]; // as the instruction gives it
  uint8_t *sources[warpSize], *destinations[warpSize];
  uint8_t sourceBytes[warpSize]; // what lies beyond is filled with zeros; unless it is `whole`
};

/// The copies in flight of a warp. Groups are each thread's own.
class CopyGroups : public WarpUnit {
public:
  /// A place for the next one; issued() when it is filled in.
  Copy &make() {
    if (spare.empty())
      spare.emplace_back();
    copies.splice(copies.end(), spare, spare.begin());
    copies.back().number = nextNumber++;
    return copies.back();
  }
  void issued(Warp &warp) {
    const Options &options = warp.block.launch.options;
    if (options.asyncTiming == AsyncTiming::Early)
      move(warp, copies.back(), allLanes);
    else if (options.asyncTiming == AsyncTiming::Random) {
      random = random * 6364136223846793005u + options.seed + warp.block.linear + warp.index + 1;
      Copy &chosen = *std::next(copies.begin(), ptrdiff_t(random % copies.size()));
      if (random >> 40 & 1)
        move(warp, chosen, allLanes);
    }
  }

  void commit(LaneMask lanes) {
    for (LaneMask left = lanes; left; left &= left - 1)
      ++committed[__builtin_ctz(left)];
    least = *std::min_element(committed, committed + warpSize);
    most = *std::max_element(committed, committed + warpSize);
  }
  uint32_t group(unsigned lane) const { return committed[lane]; }
  /// Those of `lanes` that are in the first one's group.
  LaneMask together(LaneMask lanes) const {
    return least == most ? lanes : whereCommitted(lanes, [&](uint32_t groups) {
      return groups == committed[__builtin_ctz(lanes)];
    });
  }

  /// `lanes` wait until at most `pending` of their groups are in flight.
  void waitGroups(Warp &warp, LaneMask lanes, uint64_t pending) {
    finish(warp, [&](const Copy &copy) -> LaneMask {
      if (copy.group + pending >= most)
        return 0;
      if (copy.group + pending < least)
        return copy.lanes & lanes;
      return whereCommitted(copy.lanes & lanes,
                            [&](uint32_t groups) { return copy.group + pending < groups; });
    });
  }
  void waitAll(Warp &warp, LaneMask lanes) {
    finish(warp, [&](const Copy &copy) { return copy.lanes & lanes; });
  }

  /// The copies that these lanes have in flight now, and their number so far.
  uint64_t outstanding(LaneMask lanes, std::vector<AsyncToken> &tokens) const {
    for (const Copy &copy : copies)
      if (copy.lanes & lanes)
        tokens.push_back(copy.token);
    return nextNumber;
  }
  /// Moves the data of what `lanes` issued before copy `number`; nobody has waited for it yet.
  void moveBefore(Warp &warp, LaneMask lanes, uint64_t number) {
    for (Copy &copy : copies)
      if (copy.number < number)
        move(warp, copy, copy.lanes & lanes);
  }

private:
  template <class F> LaneMask whereCommitted(LaneMask lanes, F &&is) const {
    LaneMask found = 0;
    for (; lanes; lanes &= lanes - 1)
      if (is(committed[__builtin_ctz(lanes)]))
        found |= lanes & -lanes;
    return found;
  }

  template <class F> void finish(Warp &warp, F &&readyLanes) {
    Checkers &checkers = warp.block.launch.checkers;
    for (Copy &copy : copies) {
      LaneMask ready = readyLanes(copy);
      if (!ready)
        continue;
      move(warp, copy, ready);
      if (checkers.enabled)
        checkers.waited(warp, ready, copy.token);
      copy.lanes &= ~ready;
    }
    while (!copies.empty() && !copies.front().lanes)
      spare.splice(spare.begin(), copies, copies.begin());
  }

  /// The data of those lanes whose data has not moved.
  static void move(Warp &warp, Copy &copy, LaneMask lanes) {
    lanes &= copy.inFlight;
    copy.inFlight &= ~lanes;
    if (copy.frees != warp.block.launch.memory.frees())
      findSourcesAgain(warp, copy, lanes);
    if (copy.whole && copy.bytes == 16) {
      for (; lanes; lanes &= lanes - 1)
        std::memcpy(copy.destinations[__builtin_ctz(lanes)], copy.sources[__builtin_ctz(lanes)],
                    16);
      return;
    }
    for (; lanes; lanes &= lanes - 1) {
      const unsigned lane = unsigned(__builtin_ctz(lanes));
      const uint32_t present = copy.whole ? copy.bytes : copy.sourceBytes[lane];
      if (present)
        std::memcpy(copy.destinations[lane], copy.sources[lane], present);
      std::memset(copy.destinations[lane] + present, 0, copy.bytes - present);
    }
  }

  static void findSourcesAgain(Warp &warp, const Copy &copy, LaneMask lanes) {
    OnBehalfOf issuer(warp, *copy.instruction);
    for (; lanes; lanes &= lanes - 1) {
      const unsigned lane = unsigned(__builtin_ctz(lanes));
      Access memory(warp, *copy.instruction, Access::Read, Space::Global);
      memory.lanes = 1u << lane;
      memory.bytes = copy.whole ? copy.bytes : copy.sourceBytes[lane];
      memory.alignment = 1;
      memory.addresses = copy.from;
      if (memory.bytes)
        resolve(memory);
    }
  }

  std::list<Copy> copies, spare;                          // oldest first; those done with
  uint32_t committed[warpSize] = {}, least = 0, most = 0; // of them
  uint64_t nextNumber = 0, random = 0;
};

struct CopyForm {
  uint32_t bytes = 4;
  bool hasSourceBytes = false, hasIgnore = false;
};

/// Says what a copy of these lanes will touch, and keeps where that is.
void announce(Warp &warp, const Instruction &instruction, LaneMask lanes, Access::Kind kind,
              Space space, uint32_t bytes, const uint64_t *addresses, AsyncToken token,
              uint8_t **hosts) {
  Access memory(warp, instruction, kind, space);
  memory.lanes = lanes;
  memory.bytes = bytes;
  memory.alignment = instruction.as<CopyForm>().bytes;
  memory.addresses = addresses;
  memory.token = token;
  announce(memory);
  if (lanes == allLanes)
    std::copy(memory.hosts, memory.hosts + warpSize, hosts);
  else
    for (LaneMask left = lanes; left; left &= left - 1)
      hosts[__builtin_ctz(left)] = memory.hosts[__builtin_ctz(left)];
}

/// Fills in how many bytes each lane reads, and returns the lanes that read all of theirs.
LaneMask takeSourceBytes(Warp &warp, const Instruction &instruction, Copy &copy) {
  const CopyForm &form = instruction.as<CopyForm>();
  LaneMask whole = copy.lanes;
  if (form.hasIgnore)
    whole &= ~warp.predicate(instruction.source(0));
  const uint32_t *sizes =
      form.hasSourceBytes ? warp.read<uint32_t>(instruction.source(0)) : nullptr;
  for (LaneMask left = copy.lanes; left; left &= left - 1) {
    const unsigned lane = unsigned(__builtin_ctz(left));
    const uint32_t bytes = sizes ? sizes[lane] : whole >> lane & 1 ? form.bytes : 0;
    if (bytes > form.bytes)
      throw Fault(FaultClass::IllegalInstruction,
                  "reads " + std::to_string(bytes) + " bytes for a copy of " +
                      std::to_string(form.bytes),
                  int(lane));
    copy.sourceBytes[lane] = uint8_t(bytes);
    if (bytes < form.bytes)
      whole &= ~(1u << lane);
  }
  return whole;
}

/// Addresses: destination, source. Source 0, where there is one: how many bytes to read, or a
/// predicate that says to read none.
void asyncCopy(Warp &warp, const Instruction &instruction, LaneMask active) {
  const CopyForm &form = instruction.as<CopyForm>();
  CopyGroups &groups = warp.unit<CopyGroups>();
  Checkers &checkers = warp.block.launch.checkers;
  uint64_t to[warpSize];
  evaluate(warp, instruction.addresses[0], active, to);
  while (active) { // once, but for lanes that have committed differently often
    Copy &copy = groups.make();
    copy.instruction = &instruction;
    copy.lanes = copy.inFlight = groups.together(active);
    copy.group = groups.group(__builtin_ctz(active));
    copy.bytes = form.bytes;
    copy.frees = warp.block.launch.memory.frees();
    active &= ~copy.lanes;
    evaluate(warp, instruction.addresses[1], copy.lanes, copy.from);
    copy.token = checkers.issued(warp, copy.lanes, instruction, AsyncKind::CopyAsync);
    LaneMask whole = copy.lanes;
    if (form.hasIgnore || form.hasSourceBytes)
      whole = takeSourceBytes(warp, instruction, copy);
    copy.whole = whole == copy.lanes;
    for (LaneMask left = copy.lanes & ~whole; left; left &= left - 1)
      if (uint8_t bytes = copy.sourceBytes[__builtin_ctz(left)])
        announce(warp, instruction, left & -left, Access::Read, Space::Global, bytes, copy.from,
                 copy.token, copy.sources);
    if (whole)
      announce(warp, instruction, whole, Access::Read, Space::Global, form.bytes, copy.from,
               copy.token, copy.sources);
    announce(warp, instruction, copy.lanes, Access::Write, Space::Shared, form.bytes, to,
             copy.token, copy.destinations);
    groups.issued(warp);
  }
}

void commitGroup(Warp &warp, const Instruction &, LaneMask active) {
  warp.unit<CopyGroups>().commit(active);
}
void waitGroup(Warp &warp, const Instruction &instruction, LaneMask active) {
  warp.unit<CopyGroups>().waitGroups(warp, active, uint64_t(instruction.immediate));
}
void waitAll(Warp &warp, const Instruction &, LaneMask active) {
  warp.unit<CopyGroups>().waitAll(warp, active);
}

/// cp.async.mbarrier.arrive: an arrival when all copies that the thread has in flight are complete.
class ArriveAfterCopies : public AsyncOperation {
public:
  ArriveAfterCopies(Warp &warp, const Instruction &instruction, unsigned lane, Block &block,
                    uint64_t offset)
      : AsyncOperation(warp, instruction, lane, AsyncKind::CopyAsync), block(block), offset(offset),
        number(warp.unit<CopyGroups>().outstanding(1u << lane, tokens)) {}

protected:
  void fetch() override { warp.unit<CopyGroups>().moveBefore(warp, 1u << lane, number); }
  void deliver() override {
    Mbarriers &unit = block.unit<Mbarriers>();
    Mbarrier &barrier = unit.at(block, offset, int(lane));
    Checkers &checkers = warp.block.launch.checkers;
    if (checkers.enabled)
      for (AsyncToken each : tokens)
        checkers.release(each, barrier.arriving);
    unit.arrive(block, barrier, {}, int(lane));
  }

private:
  Block &block;
  const uint64_t offset;
  std::vector<AsyncToken> tokens;
  const uint64_t number;
};

void arriveAfterCopies(Warp &warp, const Instruction &instruction, LaneMask active) {
  bool increments = (instruction.immediate & 1) == 0;
  uint64_t addresses[warpSize];
  evaluate(warp, *instruction.addresses, active, addresses);
  Access objects(warp, instruction, Access::ReadWrite, Space(instruction.immediate >> 1));
  objects.lanes = active;
  objects.bytes = 8;
  objects.addresses = addresses;
  resolve(objects);
  Block &block = warp.block;
  Mbarriers &unit = block.unit<Mbarriers>();
  for (LaneMask left = active; left; left &= left - 1) {
    unsigned lane = __builtin_ctz(left);
    if (objects.windows[lane] != Space::Shared)
      throw Fault(FaultClass::WrongSpace,
                  "the mbarrier must lie in the shared memory of the own block", int(lane))
          .at(objects.resolved[lane]);
    uint64_t offset = objects.resolved[lane] & ((uint64_t(1) << sharedRankShift) - 1);
    Mbarrier &barrier = unit.at(block, offset, int(lane));
    if (increments)
      unit.incrementPending(block, barrier, int(lane));
    block.unit<AsyncEngine>().issue(
        block, std::make_shared<ArriveAfterCopies>(warp, instruction, lane, block, offset));
  }
}

bool isPredicate(const Decoder &decoder, const ptx::Operand &operand) {
  if (operand.kind != ptx::Operand::Kind::Name)
    return false;
  for (const ptx::Variable &variable : decoder.function.registers)
    if (variable.name == operand.name)
      return variable.type == ptx::Type::Pred;
  return false;
}

/// cp.async.ca|cg.shared.global{hints} [dst], [src], size{, srcSize|ignore}{, policy}
void decodeCopy(Decoder &decoder, const ptx::Statement &statement, Modifiers &m,
                Instruction &instruction) {
  bool onlyL2 = m.flag("cg");
  if (!onlyL2 && !m.flag("ca"))
    decoder.fail("must be .ca or .cg");
  if (!m.flag("shared") && !m.flag("shared::cta"))
    decoder.fail("the destination must be .shared");
  if (!m.flag("global"))
    decoder.fail("the source must be .global");
  bool policy = takeCacheHints(m);
  m.end();
  decoder.expectOperands(3 + policy, 4 + policy);
  CopyForm form;
  form.bytes = uint32_t(decoder.integer(statement.operands[2], "the size"));
  if (onlyL2 ? form.bytes != 16 : form.bytes != 4 && form.bytes != 8 && form.bytes != 16)
    decoder.fail(onlyL2 ? ".cg copies 16 bytes" : "the size must be 4, 8 or 16");
  MemorySemantics to, from;
  to.space = Space::Shared;
  from.space = Space::Global;
  std::vector<Operand> sources;
  if (statement.operands.size() == size_t(4 + policy)) {
    form.hasIgnore = isPredicate(decoder, statement.operands[3]);
    form.hasSourceBytes = !form.hasIgnore;
    sources.push_back(form.hasIgnore ? decoder.predicate(statement.operands[3])
                                     : decoder.source(statement.operands[3], ptx::Type::U32));
  }
  if (policy)
    sources.push_back(decoder.source(statement.operands.back(), ptx::Type::U64));
  decoder.operands(instruction, {}, sources);
  decoder.addresses(instruction, {decodeAddress(decoder, statement.operands[0], to),
                                  decodeAddress(decoder, statement.operands[1], from)});
  instruction.attributes = decoder.make(form);
  instruction.execute = asyncCopy;
}

/// cp.async.mbarrier.arrive{.noinc}{.shared}.b64 [mbar]
void decodeArrive(Decoder &decoder, const ptx::Statement &statement, Modifiers &m,
                  Instruction &instruction) {
  if (!m.flag("arrive"))
    decoder.fail("must be cp.async.mbarrier.arrive");
  bool noIncrement = m.flag("noinc");
  MemorySemantics semantics;
  semantics.space = takeSpace(decoder, m);
  if (semantics.space != Space::Generic && semantics.space != Space::Shared)
    decoder.fail("the object lies in the own block's shared memory");
  if (!m.flag("b64"))
    decoder.fail("the type must be .b64");
  m.end();
  decoder.expectOperands(1, 1);
  decoder.operands(instruction, {}, {});
  decoder.addresses(instruction, {decodeAddress(decoder, statement.operands[0], semantics)});
  instruction.immediate = int64_t(semantics.space) << 1 | noIncrement;
  instruction.execute = arriveAfterCopies;
}

/// cp.async…, but for bulk copies
bool decodeAsyncCopy(Decoder &decoder, const ptx::Statement &statement, Instruction &instruction) {
  Modifiers m(statement);
  if (!m.flag("async") || m.peek() == "bulk")
    return false;
  decoder.require(80);
  instruction.counterClass = CounterClass::AsyncCopy;
  if (m.flag("mbarrier")) {
    decodeArrive(decoder, statement, m, instruction);
    return true;
  }
  bool waitsForGroup = m.peek() == "wait_group";
  instruction.execute = m.one<Execute>(
      {{"commit_group", commitGroup}, {"wait_group", waitGroup}, {"wait_all", waitAll}}, nullptr);
  if (!instruction.execute) {
    decodeCopy(decoder, statement, m, instruction);
    return true;
  }
  m.end();
  decoder.expectOperands(waitsForGroup, waitsForGroup);
  decoder.operands(instruction, {}, {});
  if (waitsForGroup)
    instruction.immediate = decoder.integer(statement.operands[0], "the number of groups");
  if (instruction.immediate < 0)
    decoder.fail("the number of groups must not be negative");
  return true;
}

} // namespace

void azulejo::cudasim::registerAsyncCopy(DecodeTable &table) { table.add({"cp"}, decodeAsyncCopy); }
