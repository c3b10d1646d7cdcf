//===- Decoder.cpp - What all families share when they decode -------------===//
#include "runtime/cudasim/Program/Decoder.h"

using namespace azulejo::cudasim;

ptx::Type Modifiers::type(bool optional) {
  if (position < statement.modifiers.size()) {
    ptx::Type type = ptx::parseType(statement.modifiers[position]);
    if (type != ptx::Type::None) {
      ++position;
      return type;
    }
  }
  if (optional)
    return ptx::Type::None;
  throw ptx::LoadError(statement.line,
                       atEnd() ? "`" + std::string(statement.opcode) + "` lacks a type"
                               : "expected a type instead of `." + std::string(peek()) + "`");
}

void Modifiers::end() const {
  if (!atEnd())
    throw ptx::LoadError(statement.line, "`" + std::string(statement.opcode) +
                                             "` has no modifier `." + std::string(peek()) +
                                             "` here");
}

int64_t Decoder::integer(const ptx::Operand &operand, const char *what) const {
  if (operand.kind != ptx::Operand::Kind::Integer)
    fail(std::string(what) + " must be an integer constant");
  return int64_t(operand.bits);
}

void Decoder::operands(Instruction &instruction, const std::vector<Operand> &destinations,
                       const std::vector<Operand> &sources) {
  size_t count = destinations.size() + sources.size();
  if (count > UINT16_MAX)
    fail("too many operands");
  auto all = std::shared_ptr<Operand[]>(new Operand[count]);
  size_t at = 0;
  for (const Operand &each : destinations)
    all[at++] = each;
  for (const Operand &each : sources)
    all[at++] = each;
  instruction.operands = all.get();
  instruction.destinations = uint16_t(destinations.size());
  instruction.count = uint16_t(count);
  program.owned.push_back(std::shared_ptr<void>(all, all.get()));
}

void Decoder::addresses(Instruction &instruction, const std::vector<Address> &addresses) {
  if (addresses.size() > UINT8_MAX)
    fail("too many addresses");
  const std::vector<Address> *all = make(addresses);
  instruction.addresses = all->data();
  instruction.addressCount = uint8_t(all->size());
}

void Decoder::fail(const std::string &message) const {
  throw ptx::LoadError(statement ? statement->line : function.line, message);
}

void Decoder::require(unsigned sm, bool a) const {
  bool enough =
      a ? architecture.sm() == sm && architecture.hasFamilyFeatures : architecture.sm() >= sm;
  if (!enough)
    fail("`" + std::string(statement->opcode) + "` in this form needs sm_" + std::to_string(sm) +
         (a ? "a" : "") + ", and the module is for " + architecture.name);
}

void Decoder::requireSpecialRegister(std::string_view name) const {
  for (std::string_view prefix : {"%cluster", "%ncluster", "%is_explicit_cluster", "%aggr_smem"})
    if (name.substr(0, prefix.size()) == prefix && architecture.sm() < 90)
      fail("`" + std::string(name) + "` needs sm_90, and the module is for " + architecture.name);
}

void Decoder::expectOperands(size_t least, size_t most) const {
  size_t count = statement->operands.size();
  if (count >= least && count <= most)
    return;
  std::string range = std::to_string(least);
  if (most != least)
    range += " to " + std::to_string(most);
  fail("`" + std::string(statement->opcode) + "` takes " + range + " operands here, not " +
       std::to_string(count));
}
