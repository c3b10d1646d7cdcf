//===- Registers.cpp - Registers that a kernel would need -----------------===//
#include "runtime/cudasim/Count/Registers.h"
#include "runtime/cudasim/Program/CodeBlocks.h"
#include <algorithm>

namespace azulejo::cudasim {

namespace {

/// Live registers of one function, block by block, from its end to its beginning until nothing
/// changes.
class Liveness {
public:
  Liveness(const Program &program, const Function &function);
  uint32_t most() const { return most32; }

private:
  RegisterSet liveOut(const CodeBlock &block) const;
  /// Goes back over one instruction.
  void step(const Instruction &instruction, RegisterSet &live);
  void use(const Operand &operand, RegisterSet &live);
  void define(const Operand &operand, bool always, RegisterSet &live);

  const Function &function;
  const std::vector<CodeBlock> blocks;
  std::vector<RegisterSet> in;
  std::vector<uint8_t> words; // 32-bit registers of each register
  uint32_t most32 = 0;
};

Liveness::Liveness(const Program &program, const Function &function)
    : function(function), blocks(findCodeBlocks(program, function)),
      in(blocks.size(), RegisterSet(function.registers, false)), words(function.registers, 0) {
  for (bool changed = true; changed;) {
    changed = false;
    for (size_t i = blocks.size(); i-- != 0;) {
      RegisterSet live = liveOut(blocks[i]);
      for (uint32_t pc = blocks[i].end; pc-- != blocks[i].begin;)
        step(program.code[pc], live);
      if (live != in[i]) {
        in[i] = std::move(live);
        changed = true;
      }
    }
  }
  for (const CodeBlock &block : blocks) {
    RegisterSet live = liveOut(block);
    for (uint32_t pc = block.end; pc-- != block.begin;) {
      step(program.code[pc], live);
      uint32_t count = 0;
      live.forEach([&](uint32_t number) { count += words[number]; });
      most32 = std::max(most32, count);
    }
  }
}

RegisterSet Liveness::liveOut(const CodeBlock &block) const {
  RegisterSet live(function.registers, false);
  for (uint32_t successor : block.successors)
    live.addAll(in[successor]);
  return live;
}

void Liveness::use(const Operand &operand, RegisterSet &live) {
  if (!operand.isRegister())
    return;
  words[operand.number] =
      uint8_t((operand.bytes + 3) / 4); // predicates have registers of their own
  live.add(operand.number);
}

void Liveness::define(const Operand &operand, bool always, RegisterSet &live) {
  if (always && operand.isRegister())
    live.remove(operand.number);
}

void Liveness::step(const Instruction &instruction, RegisterSet &live) {
  for (unsigned i = 0; i < instruction.destinations; ++i)
    define(instruction.operands[i], !instruction.hasGuard, live);
  for (unsigned i = instruction.destinations; i < instruction.count; ++i)
    use(instruction.operands[i], live);
  for (unsigned i = 0; i < instruction.addressCount; ++i)
    use(instruction.addresses[i].base, live);
  if (instruction.hasGuard)
    use(instruction.guard, live);
}

/// What the hardware's calling convention and the address of parameters take.
constexpr uint32_t overhead = 4, leastRegisters = 8, mostRegisters = 255;

} // namespace

uint32_t estimateRegisters(const Program &program, const Kernel &kernel) {
  const Function &entry = program.functions[kernel.function];
  uint32_t registers = Liveness(program, entry).most();
  bool calls =
      std::any_of(program.code.begin() + entry.begin, program.code.begin() + entry.end,
                  [](const Instruction &instruction) {
                    return instruction.statement && instruction.statement->opcode == "call";
                  });
  uint32_t callee = 0;
  if (calls)
    for (const Function &function : program.functions)
      if (!function.isKernel)
        callee = std::max(callee, Liveness(program, function).most());
  registers += callee + overhead;

  const ptx::KernelLimits &limits = kernel.limits;
  const uint32_t (&threads)[3] =
      limits.requiredThreads[0] ? limits.requiredThreads : limits.maxThreads;
  uint32_t most = mostRegisters;
  if (threads[0]) {
    uint64_t block = uint64_t(threads[0]) * std::max(threads[1], 1u) * std::max(threads[2], 1u);
    uint64_t resident = (block + 31) / 32 * 32 * std::max(limits.minBlocksPerSm, 1u);
    most = std::min<uint32_t>(most, uint32_t(std::max<uint64_t>(65536 / resident / 8 * 8, 16)));
  }
  if (limits.maxRegisters)
    most = std::min(most, limits.maxRegisters);
  return std::max(leastRegisters, std::min(registers, most));
}

} // namespace azulejo::cudasim
