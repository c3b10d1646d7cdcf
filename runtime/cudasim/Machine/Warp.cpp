//===- Warp.cpp - Running, diverging and meeting again --------------------===//
#include "runtime/cudasim/Machine/Warp.h"
#include "runtime/cudasim/Machine/Block.h"
#include "runtime/cudasim/Machine/SpecialRegisters.h"
#include <algorithm>
#include <atomic>
#include <cstring>

using namespace azulejo::cudasim;

/// After so many instructions a group lets another one of its warp run, whatever their order.
static constexpr uint64_t turn = 4096;
/// So many polls without news, and other warps run.
static constexpr uint64_t pollsBeforeYield = 16;
/// What a call needs of the stack beside its variables, as the hardware keeps a return address
/// there.
static constexpr uint32_t callOverheadBytes = 16;

static const LaneMask *specialMasks() {
  static const std::vector<LaneMask> masks(size_t(SpecialRegister::Count), allLanes);
  return masks.data();
}

unsigned Warp::nextUnitIndex() {
  static std::atomic<unsigned> next{0};
  return next++;
}

Warp::Warp(Block &block, uint32_t index, LaneMask lanes)
    : block(block), program(block.launch.program), index(index), live(lanes), started(lanes) {
  const Launch &launch = block.launch;
  localBytes = launch.kernel.localBytes + launch.options.stackBytes;
  storage = block.cluster.worker.storages.take(index);
  if (storage) {
    setBlockRegisters(*this, storage->special.get());
  } else {
    storage = std::make_unique<WarpStorage>();
    storage->special = makeSpecialRegisters(*this);
  }
  bases[Operand::Special] = storage->special.get();
  bases[Operand::Constant] = program.constants;
  masks[Operand::Special] = const_cast<LaneMask *>(specialMasks());
  masks[Operand::Constant] = const_cast<LaneMask *>(program.constantMasks);
  makeFrame(0);
  frame(0).function.fill(launch.kernel.function);
  frame(0).localEnd.fill(program.functions[launch.kernel.function].localBytes);
  group = {lanes, program.functions[launch.kernel.function].begin, 0, Wait::None, 0};
  enter();
  updateFrontier();
}

Warp::~Warp() { block.cluster.worker.storages.give(index, std::move(storage)); }

Frame::Frame(const Program &program) {
  // 64-byte aligned, so that vector code never straddles a cache line.
  size_t registerBytes = (size_t(program.maxFrameBytes) + 63) / 64 * 64;
  storage =
      std::make_unique<uint8_t[]>(registerBytes + program.maxRegisters * sizeof(LaneMask) + 64);
  registers =
      reinterpret_cast<uint8_t *>((reinterpret_cast<uintptr_t>(storage.get()) + 63) / 64 * 64);
  masks = reinterpret_cast<LaneMask *>(registers + registerBytes);
}

void Frame::clear(uint32_t registerBytes) {
  std::memset(registers, 0, registerBytes);
  function.fill(0);
  returnPc.fill(0);
  localBase.fill(0);
}

void Warp::makeFrame(uint32_t depth) {
  if (depth < framesMade)
    return;
  ++framesMade;
  const Function &kernel = program.functions[block.launch.kernel.function];
  if (depth >= storage->frames.size())
    storage->frames.emplace_back(program);
  else // that at depth 0 is nobody else's
    storage->frames[depth].clear(depth == 0 ? kernel.frameBytes : program.maxFrameBytes);
  if (depth == 0)
    std::copy(kernel.firstMasks.begin(), kernel.firstMasks.end(), frame(0).masks);
}

void Warp::makeLocal() {
  storage->local.assign(uint64_t(localBytes) * warpSize, 0);
  localReady = true;
}

void Warp::enter() {
  bases[Operand::Frame] = frame(group.depth).registers;
  masks[Operand::Frame] = frame(group.depth).masks;
}

/// Where the running group has to look up: at the next place where another group of its depth
/// stands, or at once if one stands deeper.
void Warp::updateFrontier() {
  frontier = ~0u;
  if (rotated)
    return;
  for (const Group &other : parked) {
    bool joins = other.depth == group.depth && other.pc > group.pc;
    if (other.wait == Wait::None)
      frontier = std::min(frontier, other.depth > group.depth   ? 0
                                    : other.depth < group.depth ? ~0u
                                                                : other.pc);
    else if (other.wait == Wait::Converge && joins)
      frontier = std::min(frontier, other.pc);
  }
}

bool Warp::absorbMembers() {
  bool any = false;
  for (size_t i = 0; i < parked.size();) {
    Group &other = parked[i];
    if (other.pc == group.pc && other.depth == group.depth &&
        (other.wait == Wait::None || other.wait == Wait::Converge)) {
      group.lanes |= other.lanes;
      parked.erase(parked.begin() + i);
      any = true;
    } else {
      ++i;
    }
  }
  return any;
}

bool Warp::schedule(bool fair) {
  switching = false;
  sinceSwitch = 0;
  if (parked.empty()) {
    rotated = false;
    frontier = ~0u;
    return group.lanes && group.wait == Wait::None;
  }
  if (group.lanes)
    parked.push_back(group);
  auto runnable = [](const Group &each) { return each.wait == Wait::None; };
  auto first = [](const Group &a, const Group &b) {
    return a.depth != b.depth ? a.depth > b.depth : a.pc < b.pc;
  };
  auto best = parked.end();
  if (fair) // the one parked longest
    best = std::find_if(parked.begin(), parked.end(), runnable);
  else
    for (auto each = parked.begin(); each != parked.end(); ++each)
      if (runnable(*each) && (best == parked.end() || first(*each, *best)))
        best = each;
  if (best == parked.end()) {
    group = parked.back();
    parked.pop_back();
    return false;
  }
  group = *best;
  parked.erase(best);
  absorbMembers();
  rotated = fair && !parked.empty();
  enter();
  updateFrontier();
  return true;
}

void Warp::split(LaneMask lanes) {
  if (lanes == group.lanes)
    return;
  Group rest = group;
  rest.lanes = group.lanes & ~lanes;
  parked.push_back(rest);
  group.lanes = lanes;
}

void Warp::branch(LaneMask taken, uint32_t target) {
  ++block.counters.branches;
  if (taken == group.lanes) {
    group.pc = target;
    if (!parked.empty())
      updateFrontier();
    return;
  }
  ++block.counters.divergentBranches;
  split(taken);
  group.pc = target;
  switching = true;
}

uint32_t Warp::calleeLocalBase(unsigned lane) const {
  return (localEnd(lane) + callOverheadBytes + 15) / 16 * 16;
}

uint32_t Warp::ownLocalEnd(unsigned lane) const {
  const Frame &running = frame(group.depth);
  return running.localBase[lane] + program.functions[running.function[lane]].localBytes;
}

void Warp::call(LaneMask lanes, uint32_t function) {
  split(lanes);
  uint32_t depth = group.depth + 1;
  makeFrame(depth);
  const Function &callee = program.functions[function];
  for (unsigned lane = 0; lane < warpSize; ++lane) {
    if (!(lanes >> lane & 1))
      continue;
    uint32_t base = calleeLocalBase(lane);
    if (uint64_t(base) + callee.localBytes > localBytes)
      throw Fault(FaultClass::StackOverflow,
                  "the call of " + callee.name + " needs more than the stack of " +
                      std::to_string(block.launch.options.stackBytes) + " bytes a thread",
                  int(lane));
    frame(depth).function[lane] = function;
    frame(depth).returnPc[lane] = group.pc;
    frame(depth).localBase[lane] = base;
    frame(depth).localEnd[lane] = base + callee.localBytes;
  }
  LaneMask *masks = frame(depth).masks;
  for (uint32_t i = 0; i < callee.registers; ++i)
    masks[i] = (masks[i] & ~lanes) | (callee.firstMasks[i] & lanes);
  group.depth = depth;
  group.pc = callee.begin;
  enter();
  switching = true;
}

void Warp::returnFrom(LaneMask lanes) {
  if (group.depth == 0)
    return exit(lanes);
  split(lanes);
  // Lanes that came from different calls part here.
  const Frame &callee = frame(group.depth);
  LaneMask left = group.lanes;
  uint32_t depth = group.depth - 1;
  while (left) {
    uint32_t pc = callee.returnPc[__builtin_ctz(left)];
    LaneMask same = 0;
    for (LaneMask each = left; each; each &= each - 1)
      if (callee.returnPc[__builtin_ctz(each)] == pc)
        same |= each & -each;
    left &= ~same;
    group.lanes = same;
    group.depth = depth;
    group.pc = pc;
    if (left)
      parked.push_back(group);
  }
  enter();
  switching = true;
}

void Warp::exit(LaneMask lanes) {
  for (auto &unit : units)
    if (unit)
      unit->lanesExit(*this, lanes);
  block.launch.checkers.lanesExit(*this, lanes);
  group.lanes &= ~lanes;
  live &= ~lanes;
  block.alive -= __builtin_popcount(lanes);
  block.forUnits([&](BlockUnit &unit) { unit.lanesExit(*this, lanes); });
  ++block.cluster.progress;
  // A membermask counts lanes that live: those who wait for others look again.
  for (Group &other : parked)
    if (other.wait == Wait::Converge)
      other.wait = Wait::None;
  switching = true;
}

void Warp::wait(Wait wait, uint64_t key) {
  group.wait = wait;
  group.key = key;
  switching = true;
}

bool Warp::converge(const Instruction &instruction, LaneMask members) {
  LaneMask needed = members & live;
  if ((group.lanes & needed) == needed)
    return true;
  group.pc = pcOf(instruction);
  suspended = true;
  // Lanes that wait here already were passed by, where this group ran out of turn: executed again,
  // with them.
  if (absorbMembers())
    return false;
  wait(Wait::Converge, members);
  return false;
}

void Warp::wake(Wait wait, uint64_t key) {
  auto wakeOne = [&](Group &each) {
    if (each.wait == wait && each.key == key)
      each.wait = Wait::None;
  };
  if (group.lanes)
    wakeOne(group);
  for (Group &each : parked)
    wakeOne(each);
  if (!parked.empty())
    switching = true;
}

void Warp::poll() {
  if (++polls >= pollsBeforeYield) {
    polls = 0;
    yielded = true;
  }
}

void Warp::checkRegisters(const Instruction &instruction, LaneMask active) {
  auto check = [&](const Operand &operand) {
    LaneMask missing = active & ~masks[operand.base][operand.number];
    if (missing)
      throw Fault(FaultClass::UninitializedRegister,
                  "reads a register that this thread has not written", __builtin_ctz(missing));
  };
  if (instruction.copies == Copies::No || instruction.copies == Copies::Exchanged)
    for (unsigned i = instruction.destinations + (instruction.copies == Copies::Exchanged);
         i < instruction.count; ++i)
      check(instruction.operands[i]);
  for (unsigned i = 0; i < instruction.addressCount; ++i)
    check(instruction.addresses[i].base);
}

LaneMask Warp::writtenSources(const Instruction &instruction) const {
  auto written = [&](unsigned i) {
    const Operand &source = instruction.source(i);
    return masks[source.base][source.number];
  };
  if (instruction.copies == Copies::Selected) {
    LaneMask first = predicate(instruction.source(2));
    return written(2) & ((written(0) & first) | (written(1) & ~first));
  }
  const bool any = instruction.copies == Copies::Any;
  LaneMask result = any ? 0 : allLanes;
  for (unsigned i = 0; i < unsigned(instruction.count - instruction.destinations); ++i)
    result = any ? result | written(i) : result & written(i);
  return result;
}

/// Remembers which lanes write what is written.
void Warp::executeWatched(const Instruction &instruction, LaneMask active) {
  LaneMask *frameMasks = masks[Operand::Frame];
  LaneMask defined = active;
  if (instruction.copies != Copies::No && instruction.copies != Copies::Exchanged)
    defined &= writtenSources(instruction);
  instruction.execute(*this, instruction, active);
  if (suspended)
    return;
  for (unsigned i = 0; i < instruction.destinations; ++i) {
    LaneMask &mask = frameMasks[instruction.operands[i].number];
    mask = (mask & ~active) | defined;
  }
}

/// Evaluates the guard; false where the instruction has nothing to do or has to wait for lanes.
bool Warp::prepare(const Instruction &instruction, bool checks, LaneMask &active) {
  checks &= instruction.readsWatched;
  if (instruction.hasGuard) {
    if (checks) {
      LaneMask missing = active & ~masks[instruction.guard.base][instruction.guard.number];
      if (missing)
        throw Fault(FaultClass::UninitializedRegister,
                    "is guarded by a predicate that this thread has not written",
                    __builtin_ctz(missing));
    }
    active &= predicate(instruction.guard);
    if (!active)
      return false;
  }
  if (instruction.aligned && active != live) {
    if (active != group.lanes)
      throw Fault(FaultClass::NotConverged,
                  "says .aligned, but its guard holds for some lanes of the warp only",
                  __builtin_ctz(active));
    if (!converge(instruction, allLanes))
      return false;
  }
  if (checks)
    checkRegisters(instruction, active);
  return true;
}

bool Warp::run(uint64_t budget) {
  yielded = false;
  ranIdle = false;
  if (!live)
    return false;
  // A group that was let run because another one waits for it must run before that one polls again.
  bool chosen = rotated && group.lanes && group.wait == Wait::None;
  if (!chosen && !schedule()) {
    ranIdle = true;
    return true;
  }
  const Instruction *code = program.code.data();
  const bool checks = block.launch.options.checks;
  Counters &counters = block.counters;
  for (uint64_t end = executed + budget; executed < end;) {
    const Instruction &instruction = code[group.pc];
    current = &instruction;
    LaneMask active = group.lanes;
    ++group.pc;
    ++executed;
    ++counters.instructions[size_t(instruction.counterClass)];
    suspended = false;
    if (prepare(instruction, checks, active)) {
      unsigned lanes = __builtin_popcount(active);
      counters.threadInstructions += lanes;
      counters.scalarMultiplyAdds += lanes * instruction.multiplyAdds;
      if (checks && instruction.writesWatched)
        executeWatched(instruction, active);
      else
        instruction.execute(*this, instruction, active);
    }
    if (switching || group.pc >= frontier || (!parked.empty() && ++sinceSwitch >= turn)) {
      bool fair = !switching && group.pc < frontier && !rotated;
      if (!schedule(fair)) {
        ranIdle = true;
        return live != 0;
      }
    }
    if (yielded) {
      // Another group of this warp may be what this one waits for.
      if (!parked.empty())
        schedule(true);
      ranIdle = true;
      return true;
    }
  }
  return true;
}
