//===- Control.cpp - bra brx ret exit trap and what else steers a warp ----===//
#include "runtime/cudasim/Machine/Block.h"
#include "runtime/cudasim/Program/FunctionDecoder.h"
#include <cstring>

/// PTX ISA 9.7.12 (control flow) and 9.7.19 (miscellaneous). Calls are in Call.cpp.
namespace azulejo::cudasim {

void executeJump(Warp &warp, const Instruction &instruction, LaneMask active) {
  warp.branch(active, instruction.target);
}

namespace {

using ptx::Statement;
using ptx::Type;

// --- bra, brx
// -------------------------------------------------------------------------------------

void branchUniformly(Warp &warp, const Instruction &instruction, LaneMask active) {
  if (active != warp.group.lanes)
    throw Fault(FaultClass::NotConverged,
                "bra.uni is taken by some of the threads that execute it, not by all",
                __builtin_ctz(active));
  warp.branch(active, instruction.target);
}

bool decodeBranch(Decoder &decoder, const Statement &statement, Instruction &instruction) {
  Modifiers modifiers(statement);
  bool uniform = modifiers.flag("uni");
  modifiers.end();
  decoder.expectOperands(1, 1);
  decoder.branchTo(statement.operands[0].name);
  instruction.execute = uniform && instruction.hasGuard ? branchUniformly : executeJump;
  instruction.counterClass = CounterClass::Control;
  return true;
}

void branchIndexed(Warp &warp, const Instruction &instruction, LaneMask active) {
  const IndexedTargets &targets = *instruction.as<std::unique_ptr<IndexedTargets>>();
  const uint32_t *index = warp.read<uint32_t>(instruction.source(0));
  uint32_t first = ~0u;
  while (active) {
    first = index[__builtin_ctz(active)];
    if (first >= targets.size())
      throw Fault(FaultClass::IllegalInstruction,
                  "brx.idx has " + std::to_string(targets.size()) + " targets, and its index is " +
                      std::to_string(first),
                  __builtin_ctz(active));
    LaneMask same = 0;
    for (LaneMask each = active; each; each &= each - 1)
      if (index[__builtin_ctz(each)] == first)
        same |= each & -each;
    active &= ~same;
    if (!active) {
      warp.branch(same, targets[first]);
      return;
    }
    Group group = warp.group;
    group.lanes = same;
    group.pc = targets[first];
    warp.parked.push_back(group);
    warp.group.lanes &= ~same;
    ++warp.block.counters.divergentBranches;
  }
}

bool decodeIndexedBranch(Decoder &decoder, const Statement &statement, Instruction &instruction) {
  Modifiers modifiers(statement);
  if (!modifiers.flag("idx"))
    return false;
  modifiers.flag("uni");
  modifiers.end();
  decoder.expectOperands(2, 2);
  const ptx::TargetList *list = nullptr;
  for (const ptx::TargetList &each : decoder.function.targetLists)
    if (each.name == statement.operands[1].name)
      list = &each;
  if (!list)
    decoder.fail("brx.idx needs a list of .branchtargets");
  decoder.operands(instruction, {}, {decoder.source(statement.operands[0], Type::U32)});
  auto targets = decoder.make(std::make_unique<IndexedTargets>(list->targets.size()));
  for (size_t i = 0; i < list->targets.size(); ++i)
    decoder.branchTo(list->targets[i], &(**targets)[i]);
  instruction.attributes = targets;
  instruction.execute = branchIndexed;
  instruction.counterClass = CounterClass::Control;
  return true;
}

// --- ret, exit, trap
// ------------------------------------------------------------------------------

/// Results in registers go to where the caller looks for all results: the formals in local memory.
void returnResults(Warp &warp, const Instruction &instruction, LaneMask active) {
  const Function &function = warp.program.functions[instruction.function];
  const uint32_t *base = warp.localBase();
  for (unsigned i = 0; i < instruction.count; ++i) {
    const Operand &operand = instruction.operands[i];
    const uint8_t *from = warp.read<uint8_t>(operand);
    for (LaneMask each = active; each; each &= each - 1) {
      unsigned lane = unsigned(__builtin_ctz(each));
      std::memcpy(warp.local(lane) + base[lane] + function.results[i].address,
                  from + lane * operand.bytes, operand.bytes);
    }
  }
  warp.returnFrom(active);
}

void returnPlainly(Warp &warp, const Instruction &, LaneMask active) { warp.returnFrom(active); }

bool decodeReturn(Decoder &decoder, const Statement &statement, Instruction &instruction) {
  Modifiers modifiers(statement);
  modifiers.flag("uni");
  modifiers.end();
  decoder.expectOperands(0, 0);
  instruction.counterClass = CounterClass::Control;
  instruction.execute = returnPlainly;
  std::vector<Operand> results;
  for (const ptx::Variable &result : decoder.function.results)
    if (result.space == ptx::StateSpace::Register) {
      ptx::Operand name;
      name.kind = ptx::Operand::Kind::Name;
      name.name = result.name;
      results.push_back(decoder.source(name, result.type));
    }
  if (!results.empty()) {
    if (results.size() != decoder.function.results.size())
      decoder.fail("results in registers and in .param space at once");
    decoder.operands(instruction, {}, results);
    instruction.execute = returnResults;
  }
  return true;
}

void exitThreads(Warp &warp, const Instruction &, LaneMask active) { warp.exit(active); }

void trap(Warp &, const Instruction &instruction, LaneMask active) {
  throw Fault(FaultClass::Trap, "`" + std::string(instruction.statement->opcode) + "` was executed",
              __builtin_ctz(active));
}

/// exit, trap and brkpt.
bool decodeEnd(Decoder &decoder, const Statement &statement, Instruction &instruction) {
  Modifiers(statement).end();
  decoder.expectOperands(0, 0);
  instruction.execute = statement.opcode == "exit" ? exitThreads : trap;
  instruction.counterClass = CounterClass::Control;
  return true;
}

// --- Miscellaneous
// --------------------------------------------------------------------------------

void nothing(Warp &, const Instruction &, LaneMask) {}

void sleep(Warp &warp, const Instruction &, LaneMask) { warp.yield(); }

bool decodeSleep(Decoder &decoder, const Statement &statement, Instruction &instruction) {
  Modifiers modifiers(statement);
  if (modifiers.type() != Type::U32)
    decoder.fail("nanosleep takes .u32");
  modifiers.end();
  decoder.expectOperands(1, 1);
  decoder.operands(instruction, {}, {decoder.source(statement.operands[0], Type::U32)});
  instruction.execute = sleep;
  instruction.counterClass = CounterClass::Control;
  return true;
}

/// pmevent a; pmevent.mask a: events of a profiler that nobody listens to.
bool decodeEvent(Decoder &decoder, const Statement &statement, Instruction &instruction) {
  Modifiers modifiers(statement);
  bool mask = modifiers.flag("mask");
  modifiers.end();
  decoder.expectOperands(1, 1);
  int64_t event = decoder.integer(statement.operands[0], "the event");
  if (event < 0 || event > (mask ? 0xffff : 15))
    decoder.fail("pmevent has the events 0 to 15");
  instruction.execute = nothing;
  return true;
}

/// Grids run one after the other, so whatever a grid depends on has ended when it starts.
bool decodeGridDependency(Decoder &decoder, const Statement &statement, Instruction &instruction) {
  Modifiers modifiers(statement);
  if (!modifiers.flag("launch_dependents") && !modifiers.flag("wait"))
    decoder.fail("griddepcontrol is .launch_dependents or .wait");
  modifiers.end();
  decoder.expectOperands(0, 0);
  decoder.require(90);
  instruction.execute = nothing;
  instruction.counterClass = CounterClass::Control;
  return true;
}

/// Registers are not scarce here; that the warp is converged is checked.
bool decodeMaxRegisters(Decoder &decoder, const Statement &statement, Instruction &instruction) {
  Modifiers modifiers(statement);
  if (!modifiers.flag("inc") && !modifiers.flag("dec"))
    decoder.fail("setmaxnreg is .inc or .dec");
  if (!modifiers.flag("sync") || !modifiers.flag("aligned") || modifiers.type() != Type::U32)
    decoder.fail("setmaxnreg is written setmaxnreg.inc.sync.aligned.u32");
  modifiers.end();
  decoder.require(90, true);
  decoder.expectOperands(1, 1);
  int64_t count = decoder.integer(statement.operands[0], "the number of registers");
  if (count < 24 || count > 256 || count % 8)
    decoder.fail("setmaxnreg takes a multiple of 8 from 24 to 256");
  instruction.aligned = true;
  instruction.execute = nothing;
  instruction.counterClass = CounterClass::Control;
  return true;
}

} // namespace

void registerControl(DecodeTable &table) {
  table.add({"bra"}, decodeBranch);
  table.add({"brx"}, decodeIndexedBranch);
  table.add({"ret"}, decodeReturn);
  table.add({"exit", "trap", "brkpt"}, decodeEnd);
  table.add({"nanosleep"}, decodeSleep);
  table.add({"pmevent"}, decodeEvent);
  table.add({"griddepcontrol"}, decodeGridDependency);
  table.add({"setmaxnreg"}, decodeMaxRegisters);
}

} // namespace azulejo::cudasim
