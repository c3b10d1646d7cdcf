//===- Registers.cpp - Registers that a kernel would need -----------------===//
#include "runtime/cudasim/Count/Registers.h"
#include <algorithm>
#include <map>

namespace azulejo::cudasim {

namespace {

using Bits = std::vector<uint64_t>;

/// Live registers of one function, block by block, from its end to its beginning until nothing
/// changes.
class Liveness {
public:
  Liveness(const Program &program, const Function &function);
  uint32_t most() const { return most32; }

private:
  struct Block {
    uint32_t begin, end;
    std::vector<uint32_t> successors;
    Bits in;
  };
  void findBlocks();
  Bits liveOut(const Block &block) const;
  /// Goes back over one instruction.
  void step(const Instruction &instruction, Bits &live);
  void use(const Operand &operand, Bits &live);
  void define(const Operand &operand, bool always, Bits &live);

  const Program &program;
  const Function &function;
  std::vector<Block> blocks;
  std::vector<uint8_t> words; // 32-bit registers of each register
  uint32_t most32 = 0;
};

bool endsFlow(const ptx::Statement &statement) {
  return statement.opcode == "ret" || statement.opcode == "exit" || statement.opcode == "trap";
}

Liveness::Liveness(const Program &program, const Function &function)
    : program(program), function(function), words(function.registers, 0) {
  if (function.begin == function.end)
    return;
  findBlocks();
  for (bool changed = true; changed;) {
    changed = false;
    for (auto block = blocks.rbegin(); block != blocks.rend(); ++block) {
      Bits live = liveOut(*block);
      for (uint32_t pc = block->end; pc-- != block->begin;)
        step(program.code[pc], live);
      if (live != block->in) {
        block->in = std::move(live);
        changed = true;
      }
    }
  }
  for (const Block &block : blocks) {
    Bits live = liveOut(block);
    for (uint32_t pc = block.end; pc-- != block.begin;) {
      step(program.code[pc], live);
      uint32_t count = 0;
      for (size_t i = 0; i < live.size(); ++i)
        for (uint64_t left = live[i]; left != 0; left &= left - 1)
          count += words[i * 64 + size_t(__builtin_ctzll(left))];
      most32 = std::max(most32, count);
    }
  }
}

void Liveness::findBlocks() {
  std::vector<bool> leads(function.end - function.begin + 1, false);
  leads[0] = true;
  // Branches through a table may lead to any labelled place: its labels' instructions lead a block
  // in any case, since each is some branch's target or follows one.
  std::vector<uint32_t> tabled;
  for (uint32_t pc = function.begin; pc < function.end; ++pc) {
    const Instruction &instruction = program.code[pc];
    const ptx::Statement *statement = instruction.statement;
    if (!statement)
      continue;
    bool branches = statement->opcode == "bra", table = statement->opcode == "brx";
    if (branches && instruction.target >= function.begin && instruction.target < function.end)
      leads[instruction.target - function.begin] = true;
    if (branches || table || endsFlow(*statement))
      leads[pc + 1 - function.begin] = true;
  }
  for (uint32_t pc = function.begin; pc < function.end; ++pc)
    if (leads[pc - function.begin])
      tabled.push_back(pc);
  std::map<uint32_t, uint32_t> blockAt;
  for (uint32_t pc : tabled) {
    if (!blocks.empty())
      blocks.back().end = pc;
    blockAt[pc] = uint32_t(blocks.size());
    blocks.push_back({pc, function.end, {}, Bits((function.registers + 63) / 64, 0)});
  }
  for (Block &block : blocks) {
    const Instruction &last = program.code[block.end - 1];
    const ptx::Statement *statement = last.statement;
    bool falls =
        !statement || last.hasGuard ||
        !(statement->opcode == "bra" || statement->opcode == "brx" || endsFlow(*statement));
    if (falls && block.end != function.end)
      block.successors.push_back(blockAt[block.end]);
    if (statement && statement->opcode == "bra" && blockAt.count(last.target))
      block.successors.push_back(blockAt[last.target]);
    if (statement && statement->opcode == "brx")
      for (auto &[pc, index] : blockAt)
        block.successors.push_back(index);
  }
}

Bits Liveness::liveOut(const Block &block) const {
  Bits live((function.registers + 63) / 64, 0);
  for (uint32_t successor : block.successors)
    for (size_t i = 0; i < live.size(); ++i)
      live[i] |= blocks[successor].in[i];
  return live;
}

void Liveness::use(const Operand &operand, Bits &live) {
  if (operand.base != Operand::Frame || operand.sink || operand.number >= words.size())
    return;
  words[operand.number] =
      uint8_t((operand.bytes + 3) / 4); // predicates have registers of their own
  live[operand.number / 64] |= uint64_t(1) << operand.number % 64;
}

void Liveness::define(const Operand &operand, bool always, Bits &live) {
  if (always && operand.base == Operand::Frame && !operand.sink && operand.number < words.size())
    live[operand.number / 64] &= ~(uint64_t(1) << operand.number % 64);
}

void Liveness::step(const Instruction &instruction, Bits &live) {
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
