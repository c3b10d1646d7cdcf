//===- CallGraph.cpp - What each kernel can reach -------------------------===//
#include "runtime/cudasim/Program/CallGraph.h"
#include "runtime/cudasim/Instructions/Call.h"
#include <algorithm>
#include <unordered_set>

using namespace azulejo::cudasim;

/// Whether blocks that run at the same time could tell, so that their order matters.
static bool communicates(const ptx::Statement &statement) {
  std::string_view opcode = statement.opcode;
  bool narrow = statement.has("cta") || statement.has("cluster");
  bool shared = statement.has("shared") || statement.has("shared::cta") ||
                statement.has("shared::cluster") || statement.has("local");
  if (opcode == "membar")
    return statement.has("gl") || statement.has("sys");
  if (opcode == "fence")
    return statement.has("gpu") || statement.has("sys");
  // The order of sums of floating-point numbers can be seen in their last bits; those of tensors
  // may be such.
  bool floating = statement.has("f16") || statement.has("f16x2") || statement.has("bf16") ||
                  statement.has("bf16x2") || statement.has("f32") || statement.has("f64");
  if (opcode == "cp")
    return statement.has("reduce") && statement.has("global") && statement.has("add") &&
           (floating || statement.has("tensor"));
  if (shared || narrow)
    return false;
  if (opcode == "red" || opcode == "atom")
    if (floating)
      return true;
  if (opcode == "atom")
    return statement.operands.empty() || statement.operands[0].kind != ptx::Operand::Kind::Sink;
  if (opcode == "ld")
    return statement.has("volatile") || statement.has("acquire") || statement.has("relaxed") ||
           statement.has("mmio");
  return false;
}

CallGraph::CallGraph(const Program &program, const ProgramNames &names)
    : nodes(program.functions.size()) {
  std::unordered_map<std::string_view, uint32_t> sharedVariables;
  const std::vector<ptx::Variable> &variables = program.module->variables;
  for (uint32_t i = 0; i < variables.size(); ++i)
    if (variables[i].space == ptx::StateSpace::Shared)
      sharedVariables.emplace(variables[i].name, i);

  std::unordered_set<uint32_t> taken;
  auto take = [&](std::string_view name) {
    auto found = names.functions.find(name);
    if (found != names.functions.end() && taken.insert(found->second).second)
      addressTaken.push_back(found->second);
  };
  for (const ptx::Variable &variable : variables)
    for (const ptx::Variable::Reference &reference : variable.references)
      take(reference.symbol);

  for (uint32_t i = 0; i < nodes.size(); ++i) {
    Node &node = nodes[i];
    std::unordered_set<uint32_t> callees, shared;
    for (const ptx::Statement &statement : program.functions[i].source->statements) {
      node.communicates |= ::communicates(statement);
      bool isCall = statement.opcode == "call";
      size_t calleeAt =
          !statement.operands.empty() && statement.operands[0].kind == ptx::Operand::Kind::List ? 1
                                                                                                : 0;
      for (size_t j = 0; j < statement.operands.size(); ++j) {
        // Lists of operands nest a few levels deep at most: the parser bounds them.
        std::vector<const ptx::Operand *> work{&statement.operands[j]};
        while (!work.empty()) {
          const ptx::Operand &operand = *work.back();
          work.pop_back();
          for (const ptx::Operand &element : operand.elements)
            work.push_back(&element);
          if (operand.kind != ptx::Operand::Kind::Name)
            continue;
          if (auto found = sharedVariables.find(operand.name); found != sharedVariables.end())
            shared.insert(found->second);
          if (!isCall || j != calleeAt) {
            take(operand.name);
          } else if (auto found = names.functions.find(operand.name);
                     found != names.functions.end()) {
            callees.insert(found->second);
          } else if (findDeviceFunction(operand.name)) {
            node.communicates = true; // what blocks print, and what they allocate, has an order
          } else {
            node.callsPointers = true;
          }
        }
      }
    }
    node.callees.assign(callees.begin(), callees.end());
    std::sort(node.callees.begin(), node.callees.end());
    node.shared.assign(shared.begin(), shared.end());
    std::sort(node.shared.begin(), node.shared.end());
  }
}

std::vector<uint32_t> CallGraph::reachable(uint32_t function) const {
  std::vector<bool> seen(nodes.size(), false);
  std::vector<uint32_t> result{function};
  seen[function] = true;
  bool pointers = false;
  auto add = [&](const std::vector<uint32_t> &more) {
    for (uint32_t each : more)
      if (!seen[each]) {
        seen[each] = true;
        result.push_back(each);
      }
  };
  for (size_t i = 0; i < result.size(); ++i) {
    const Node &node = nodes[result[i]];
    add(node.callees);
    if (node.callsPointers && !pointers) {
      pointers = true;
      add(addressTaken);
    }
  }
  return result;
}
