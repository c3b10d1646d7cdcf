//===- CodeBlocks.cpp - Basic blocks of decoded code ----------------------===//
#include "runtime/cudasim/Program/CodeBlocks.h"
#include "runtime/cudasim/Program/FunctionDecoder.h"
#include <map>

using namespace azulejo::cudasim;

static bool endsFlow(const ptx::Statement &statement) {
  return statement.opcode == "ret" || statement.opcode == "exit" || statement.opcode == "trap";
}

static const IndexedTargets &targetsOf(const Instruction &brx) {
  return *brx.as<std::unique_ptr<IndexedTargets>>();
}

std::vector<CodeBlock> azulejo::cudasim::findCodeBlocks(const Program &program,
                                                        const Function &function) {
  std::vector<CodeBlock> blocks;
  if (function.begin == function.end)
    return blocks;
  std::vector<bool> leads(function.end - function.begin + 1, false);
  leads[0] = true;
  for (uint32_t pc = function.begin; pc < function.end; ++pc) {
    const Instruction &instruction = program.code[pc];
    const ptx::Statement &statement = *instruction.statement;
    const bool branches = statement.opcode == "bra", table = statement.opcode == "brx";
    if (branches && instruction.target >= function.begin && instruction.target < function.end)
      leads[instruction.target - function.begin] = true;
    if (branches || table || endsFlow(statement))
      leads[pc + 1 - function.begin] = true;
    if (table)
      for (uint32_t target : targetsOf(instruction))
        leads[target - function.begin] = true;
  }
  std::map<uint32_t, uint32_t> blockAt;
  for (uint32_t pc = function.begin; pc < function.end; ++pc) {
    if (!leads[pc - function.begin])
      continue;
    if (!blocks.empty())
      blocks.back().end = pc;
    blockAt[pc] = uint32_t(blocks.size());
    blocks.push_back({pc, function.end, {}});
  }
  for (CodeBlock &block : blocks) {
    const Instruction &last = program.code[block.end - 1];
    const ptx::Statement &statement = *last.statement;
    const bool branches = statement.opcode == "bra", table = statement.opcode == "brx";
    const bool falls = last.hasGuard || !(branches || table || endsFlow(statement));
    if (falls && block.end != function.end)
      block.successors.push_back(blockAt[block.end]);
    if (branches && blockAt.count(last.target))
      block.successors.push_back(blockAt[last.target]);
    if (table)
      for (uint32_t target : targetsOf(last))
        block.successors.push_back(blockAt[target]);
  }
  return blocks;
}
