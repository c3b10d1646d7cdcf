//===- Polling.cpp - Loads that a loop waits for --------------------------===//
#include "runtime/cudasim/Instructions/Polling.h"
#include <algorithm>
#include <optional>
#include <unordered_set>

using namespace azulejo::cudasim;

/// So many statements of a loop are looked at.
static constexpr size_t reach = 256;

namespace {

using Names = std::unordered_set<std::string_view>;

bool mentions(const ptx::Operand &operand, const Names &names) {
  return names.count(operand.name) ||
         std::any_of(operand.elements.begin(), operand.elements.end(),
                     [&](const ptx::Operand &each) { return mentions(each, names); });
}

void addNames(const ptx::Operand &operand, Names &names) {
  if (operand.kind == ptx::Operand::Kind::Name)
    names.insert(operand.name);
  for (const ptx::Operand &each : operand.elements)
    addNames(each, names);
}

std::optional<size_t> targetOf(const ptx::Function &function, const ptx::Statement &branch) {
  if (branch.opcode != "bra" || branch.operands.empty())
    return std::nullopt;
  for (const ptx::Label &label : function.labels)
    if (label.name == branch.operands[0].name)
      return label.at;
  return std::nullopt;
}

} // namespace

bool azulejo::cudasim::isPolling(const ptx::Function &function, const ptx::Statement &load) {
  const std::vector<ptx::Statement> &statements = function.statements;
  if (&load < statements.data() || &load >= statements.data() + statements.size() ||
      load.operands.empty())
    return false;
  size_t begin = size_t(&load - statements.data()),
         end = std::min(begin + reach, statements.size());
  // The loop's last statement: the farthest branch back to the load or before it.
  size_t last = begin;
  for (size_t i = begin + 1; i < end; ++i)
    if (auto target = targetOf(function, statements[i]); target && *target <= begin)
      last = i;
  Names computed; // from what was loaded
  addNames(load.operands[0], computed);
  for (size_t i = begin + 1; i <= last; ++i) {
    const ptx::Statement &each = statements[i];
    if (auto target = targetOf(function, each)) {
      if (computed.count(each.guard) && (*target <= begin || *target > last))
        return true;
      continue;
    }
    if (each.operands.size() > 1 &&
        std::any_of(each.operands.begin() + 1, each.operands.end(),
                    [&](const ptx::Operand &operand) { return mentions(operand, computed); }))
      addNames(each.operands[0], computed);
  }
  return false;
}
