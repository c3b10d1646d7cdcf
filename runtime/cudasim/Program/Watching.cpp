//===- Watching.cpp - Registers that may be read before they are written --===//
#include "runtime/cudasim/Program/Watching.h"
#include "runtime/cudasim/Instructions/Wgmma.h"
#include "runtime/cudasim/Program/CodeBlocks.h"

using namespace azulejo::cudasim;

static bool isWritten(const Operand &operand, const RegisterSet &written) {
  return !operand.isRegister() || written.has(operand.number);
}

/// Whether each lane's result is a written value, whatever was selected.
static bool copiesWritten(const Instruction &instruction, const RegisterSet &written) {
  const unsigned sources = instruction.count - instruction.destinations;
  unsigned count = 0;
  for (unsigned i = 0; i < sources; ++i)
    count += isWritten(instruction.source(i), written);
  return instruction.copies == Copies::Any ? count != 0 || sources == 0 : count == sources;
}

/// What is written for sure behind an instruction.
static void step(const Instruction &instruction, RegisterSet &written) {
  const bool defines = instruction.copies == Copies::No ||
                       instruction.copies == Copies::Exchanged ||
                       copiesWritten(instruction, written);
  for (unsigned i = 0; i < instruction.destinations; ++i) {
    const Operand &destination = instruction.destination(i);
    if (!destination.isRegister())
      continue;
    if (!defines)
      written.remove(destination.number);
    else if (!instruction.hasGuard)
      written.add(destination.number);
  }
}

/// Calls f(operand) for all that an instruction reads.
template <class F> static void forReads(const Instruction &instruction, F &&f) {
  for (unsigned i = instruction.destinations; i < instruction.count; ++i)
    f(instruction.operands[i]);
  for (unsigned i = 0; i < instruction.addressCount; ++i)
    f(instruction.addresses[i].base);
  if (instruction.hasGuard)
    f(instruction.guard);
}

static RegisterSet findWatched(const Program &program, const Function &function) {
  RegisterSet watched(function.registers, false);
  const std::vector<CodeBlock> blocks = findCodeBlocks(program, function);
  // At a block's begin. That nobody comes there is the best that can be said of it.
  std::vector<RegisterSet> before(blocks.size(), RegisterSet(function.registers, true));
  if (!blocks.empty())
    before[0] = RegisterSet(function.registers, false);
  for (bool changed = true; changed;) {
    changed = false;
    for (size_t i = 0; i < blocks.size(); ++i) {
      RegisterSet written = before[i];
      for (uint32_t pc = blocks[i].begin; pc < blocks[i].end; ++pc)
        step(program.code[pc], written);
      for (uint32_t successor : blocks[i].successors) {
        RegisterSet joined = before[successor];
        joined.keepOnly(written);
        if (joined != before[successor]) {
          before[successor] = std::move(joined);
          changed = true;
        }
      }
    }
  }
  for (size_t i = 0; i < blocks.size(); ++i) {
    RegisterSet written = before[i];
    for (uint32_t pc = blocks[i].begin; pc < blocks[i].end; ++pc) {
      forReads(program.code[pc], [&](const Operand &operand) {
        if (!isWritten(operand, written))
          watched.add(operand.number);
      });
      step(program.code[pc], written);
    }
  }
  return watched;
}

void azulejo::cudasim::watchRegisters(Program &program) {
  for (Function &function : program.functions) {
    RegisterSet watched = findWatched(program, function);
    // wgmma looks at the masks of its registers itself.
    for (uint32_t pc = function.begin; pc < function.end; ++pc)
      if (const WgmmaRegisters::Use *use = wgmmaRegistersOf(program.code[pc]))
        for (auto *operands : {&use->accumulators, &use->multiplicands})
          for (const Operand &operand : *operands)
            if (operand.isRegister())
              watched.add(operand.number);
    auto isWatched = [&](const Operand &operand) {
      return operand.isRegister() && watched.has(operand.number);
    };
    for (uint32_t pc = function.begin; pc < function.end; ++pc) {
      Instruction &instruction = program.code[pc];
      instruction.readsWatched = instruction.writesWatched = false;
      forReads(instruction,
               [&](const Operand &operand) { instruction.readsWatched |= isWatched(operand); });
      for (unsigned i = 0; i < instruction.destinations; ++i)
        instruction.writesWatched |= isWatched(instruction.destination(i));
    }
    function.firstMasks.assign(function.registers, allLanes);
    watched.forEach([&](uint32_t number) { function.firstMasks[number] = 0; });
  }
}
