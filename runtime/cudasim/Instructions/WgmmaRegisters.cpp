//===- WgmmaRegisters.cpp - Who may touch wgmma's registers, and when -----===//
#include "runtime/cudasim/Instructions/WgmmaRegisters.h"
#include "runtime/cudasim/Instructions/Wgmma.h"
#include "runtime/cudasim/Machine/Block.h"
#include "runtime/cudasim/Program/Decoder.h"
#include <set>

using namespace azulejo::cudasim;

WgmmaRegisters::State *WgmmaRegisters::statesAt(Warp &warp, uint32_t depth) {
  if (states.size() <= depth)
    states.resize(depth + 1);
  if (states[depth].empty())
    states[depth].resize(warp.program.maxRegisters);
  return states[depth].data();
}

void WgmmaRegisters::fence() {
  fenced = justFenced = true;
  for (std::vector<State> &each : states)
    for (State &state : each)
      state.touched = false;
}

[[noreturn]] static void failUnwritten(LaneMask missing, const char *what) {
  throw Fault(FaultClass::UninitializedRegister,
              std::string("reads ") + what + " that this thread has not written",
              __builtin_ctz(missing));
}

static void requireWritten(Warp &warp, const Operand &operand, const char *what) {
  if (LaneMask missing = ~warp.written(operand))
    failUnwritten(missing, what);
}

static std::string since(uint32_t line) {
  return " of the wgmma at line " + std::to_string(line) +
         ", which no wgmma.wait_group has waited for";
}

void WgmmaRegisters::issue(Warp &warp, const Use &use, bool readsAccumulators) {
  if (!fenced)
    throw Fault(FaultClass::AsyncRace, "no wgmma.fence comes before the first wgmma.mma_async");
  State *states = statesAt(warp, warp.group.depth);
  uint32_t line = warp.current->statement->line;
  auto requireFence = [](const State &state, const char *what) {
    if (state.touched)
      throw Fault(
          FaultClass::AsyncRace,
          std::string("uses ") + what +
              " that was read or written since the last wgmma.fence: another one is needed");
  };
  for (const Operand &operand : use.multiplicands) {
    if (operand.base != Operand::Frame)
      continue;
    State &each = states[operand.number];
    requireFence(each, "a register with a fragment of A");
    if (each.accumulating)
      throw Fault(FaultClass::AsyncRace, "reads as A an accumulator" + since(each.line));
    requireWritten(warp, operand, "a register with a fragment of A");
  }
  for (const Operand &operand : use.accumulators) {
    State &each = states[operand.number];
    requireFence(each, "an accumulator");
    if (each.reading)
      throw Fault(FaultClass::AsyncRace, "accumulates into a register with A" + since(each.line));
    if (each.accumulating && each.shape != use.shape)
      throw Fault(FaultClass::AsyncRace,
                  "is of another shape or type and accumulates into a register" + since(each.line));
    if (readsAccumulators)
      requireWritten(warp, operand, "an accumulator");
  }
  for (const Operand &operand : use.multiplicands)
    if (operand.base == Operand::Frame) {
      State &each = states[operand.number];
      ++each.reading;
      each.line = line;
    }
  for (const Operand &operand : use.accumulators) {
    State &each = states[operand.number];
    ++each.accumulating;
    each.shape = use.shape;
    each.line = line;
    warp.written(operand) = allLanes;
  }
  justFenced = false;
}

void WgmmaRegisters::complete(Warp &warp, uint32_t depth, const Use &use) {
  State *states = statesAt(warp, depth);
  for (const Operand &operand : use.multiplicands)
    if (operand.base == Operand::Frame)
      --states[operand.number].reading;
  for (const Operand &operand : use.accumulators)
    --states[operand.number].accumulating;
}

void WgmmaRegisters::touch(Warp &warp, const Instruction &instruction) {
  State *states = statesAt(warp, warp.group.depth);
  // Compilers put copies of registers anywhere, also between a fence and the wgmma behind it, and
  // ptxas orders those; they count as if they came before that fence. For the same reason a
  // multiplicand in flight may be read, though PTX forbids that too.
  bool ordered = justFenced && instruction.statement->opcode == "mov";
  auto check = [&](const Operand &operand, bool writes) {
    if (operand.base != Operand::Frame || operand.sink)
      return;
    State &each = states[operand.number];
    if (each.accumulating)
      throw Fault(FaultClass::AsyncRace,
                  std::string(writes ? "writes" : "reads") + " an accumulator" + since(each.line));
    if (each.reading && writes)
      throw Fault(FaultClass::AsyncRace, "writes a register with A" + since(each.line));
    if (!ordered)
      each.touched = true;
  };
  // Reads are told first. Predicates have numbers too, but are nobody's fragments.
  for (unsigned i = instruction.destinations; i < instruction.count; ++i)
    if (instruction.operands[i].bytes)
      check(instruction.operands[i], false);
  for (unsigned i = 0; i < instruction.addressCount; ++i)
    check(instruction.addresses[i].base, false);
  for (unsigned i = 0; i < instruction.destinations; ++i)
    if (instruction.operands[i].bytes)
      check(instruction.operands[i], true);
}

/// Stands before an instruction that names a register which a wgmma names too.
static void guarded(Warp &warp, const Instruction &instruction, LaneMask active) {
  if (warp.block.launch.options.checks)
    warp.unit<WgmmaRegisters>().touch(warp, instruction);
  warp.program.behindGuard[warp.pcOf(instruction)](warp, instruction, active);
}

void azulejo::cudasim::guardWgmmaRegisters(Program &program) {
  for (const Function &function : program.functions) {
    std::set<uint32_t> numbers;
    for (uint32_t pc = function.begin; pc < function.end; ++pc)
      if (const WgmmaRegisters::Use *use = wgmmaRegistersOf(program.code[pc]))
        for (auto *operands : {&use->accumulators, &use->multiplicands})
          for (const Operand &operand : *operands)
            if (operand.base == Operand::Frame)
              numbers.insert(operand.number);
    if (numbers.empty())
      continue;
    program.behindGuard.resize(program.code.size());
    for (uint32_t pc = function.begin; pc < function.end; ++pc) {
      Instruction &instruction = program.code[pc];
      bool names = false;
      auto look = [&](const Operand &operand) {
        names |= operand.base == Operand::Frame && numbers.count(operand.number);
      };
      for (unsigned i = 0; i < instruction.count; ++i)
        look(instruction.operands[i]);
      for (unsigned i = 0; i < instruction.addressCount; ++i)
        look(instruction.addresses[i].base);
      if (!names || wgmmaRegistersOf(instruction))
        continue;
      program.behindGuard[pc] = instruction.execute;
      instruction.execute = guarded;
    }
  }
}
