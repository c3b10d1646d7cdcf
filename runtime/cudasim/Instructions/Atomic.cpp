//===- Atomic.cpp - atom, red ---------------------------------------------===//
#include "runtime/cudasim/Instructions/AtomicOperations.h"
#include "runtime/cudasim/Instructions/Lanes.h"
#include "runtime/cudasim/Instructions/MemoryOperands.h"
#include "runtime/cudasim/Machine/Block.h"
#include "runtime/cudasim/Memory/Memory.h"
#include <algorithm>

using namespace azulejo::cudasim;

namespace {

struct Atomic;
/// Updates one element of the vector for all lanes; returns the lanes whose memory changed.
using UpdateElement = LaneMask (*)(Warp &warp, const Instruction &instruction,
                                   const Atomic &attributes, const Access &memory,
                                   unsigned element);

struct Atomic {
  MemorySemantics semantics;
  uint32_t elementBytes = 0, length = 1;
  bool hasThird = false; // cas: c
  UpdateElement update = nullptr;
};

template <class T, class F>
LaneMask updateElement(Warp &warp, const Instruction &instruction, const Atomic &attributes,
                       const Access &memory, unsigned element) {
  const T *b = warp.read<T>(instruction.source(element));
  const T *c = attributes.hasThird ? warp.read<T>(instruction.source(1)) : b;
  alignas(64) T olds[warpSize];
  LaneMask changed = 0;
  for (LaneMask left = memory.lanes; left; left &= left - 1) {
    unsigned lane = __builtin_ctz(left);
    // Shared memory is one host thread's; so nobody else is there.
    bool global = memory.windows[lane] == Space::Global;
    uint8_t *place = memory.hosts[lane] + element * sizeof(T);
    // Registers of 16 bytes are not aligned as the host's type would be.
    T vb, vc;
    std::memcpy(&vb, b + lane, sizeof vb);
    std::memcpy(&vc, c + lane, sizeof vc);
    T old = updateAtomically<T, F>(place, vb, vc, global, global);
    changed |= LaneMask(std::memcmp(place, &old, sizeof old) != 0) << lane;
    olds[lane] = old;
  }
  if (instruction.destinations)
    store(warp, instruction.destination(element), memory.lanes, olds);
  return changed;
}

/// d = *a; *a = f(*a, b, c), lane after lane.
void atomic(Warp &warp, const Instruction &instruction, LaneMask active) {
  const Atomic &attributes = instruction.as<Atomic>();
  uint64_t addresses[warpSize];
  evaluate(warp, *instruction.addresses, active, addresses);
  Access memory(warp, instruction, Access::ReadWrite, attributes.semantics.space);
  memory.order = attributes.semantics.order;
  memory.scope = attributes.semantics.scope;
  memory.atomic = true;
  memory.lanes = active;
  memory.bytes = attributes.elementBytes * attributes.length;
  memory.addresses = addresses;
  access(memory);
  LaneMask changed = 0;
  for (unsigned i = 0; i < attributes.length; ++i)
    changed |= attributes.update(warp, instruction, attributes, memory, i);
  if (changed)
    ++warp.block.cluster.progress;
  else
    warp.poll();
}

struct ChooseUpdate {
  UpdateElement chosen = nullptr;
  template <class T, class F> bool choose() {
    chosen = updateElement<T, F>;
    return true;
  }
};

bool isHalf(ptx::Type type) {
  return type == ptx::Type::F16 || type == ptx::Type::BF16 || type == ptx::Type::F16x2 ||
         type == ptx::Type::BF16x2;
}

/// ptxas takes the modifiers of these two in any order, and libraries use that
/// (atom.add.relaxed.gpu.u32). Here they are brought into that of the manual.
ptx::Statement ordered(const ptx::Statement &statement) {
  static const std::vector<std::vector<std::string_view>> order = {
      {"relaxed", "acquire", "release", "acq_rel"},
      {"cta", "cluster", "gpu", "sys"},
      {"global", "shared", "shared::cta", "shared::cluster"},
      {"add", "min", "max", "and", "or", "xor", "inc", "dec", "exch", "cas"},
      {"noftz"},
      {"L2::cache_hint"},
      {"v2", "v4", "v8"}};
  auto rank = [](std::string_view modifier) {
    for (size_t i = 0; i < order.size(); ++i)
      if (std::find(order[i].begin(), order[i].end(), modifier) != order[i].end())
        return i;
    return order.size();
  };
  ptx::Statement result = statement;
  result.modifiers.clear();
  for (size_t i = 0; i <= order.size(); ++i)
    for (std::string_view modifier : statement.modifiers)
      if (rank(modifier) == i)
        result.modifiers.push_back(modifier);
  return result;
}

/// atom{.sem}{.scope}{.space}.op{.noftz}{.L2::cache_hint}{.vec}.type d, [a], b{, c}{, policy}
/// red likewise, without d
bool decodeAtomic(Decoder &decoder, const ptx::Statement &statement, Instruction &instruction) {
  if (statement.has("async"))
    return false;
  bool returns = statement.opcode == "atom";
  ptx::Statement sorted = ordered(statement);
  Modifiers m(sorted);
  Atomic attributes;
  MemorySemantics &semantics = attributes.semantics;
  semantics.order = takeOrder(m, Order::Relaxed);
  if (semantics.order == Order::Weak || semantics.order == Order::Volatile ||
      (!returns && (semantics.order == Order::Acquire || semantics.order == Order::AcquireRelease)))
    decoder.fail("these semantics are not those of " + std::string(statement.opcode));
  semantics.scope = takeScope(decoder, m, Scope::Device);
  semantics.space = takeSpace(decoder, m);
  if (semantics.space == Space::Local || semantics.space == Space::Constant)
    decoder.fail("atomic operations are for global and shared memory");
  int op = takeReductionOp(m);
  if (op < 0)
    op =
        m.one<int>({{"exch", int(AtomicOp::Exchange)}, {"cas", int(AtomicOp::CompareAndSwap)}}, -1);
  if (op < 0 || (!returns && AtomicOp(op) >= AtomicOp::Exchange))
    decoder.fail("the operation is missing or unknown");
  bool noFlush = m.flag("noftz");
  bool policy = takeCacheHints(m);
  attributes.length = m.one<unsigned>({{"v2", 2}, {"v4", 4}, {"v8", 8}}, 1);
  ptx::Type type = m.type();
  m.end();
  attributes.elementBytes = ptx::sizeInBytes(type);
  if (isHalf(type) != noFlush)
    decoder.fail(noFlush ? ".noftz is for 16-bit floating-point types" : ".noftz is missing");
  if (attributes.length > 1) {
    decoder.require(90);
    if (semantics.space != Space::Global && semantics.space != Space::Generic)
      decoder.fail("vectors are for global memory");
    if (attributes.length * attributes.elementBytes > 16 ||
        !(isHalf(type) || (type == ptx::Type::F32 && AtomicOp(op) == AtomicOp::Add)))
      decoder.fail("this vector does not exist");
  } else if (isHalf(type) && AtomicOp(op) != AtomicOp::Add) {
    decoder.fail(".min and .max of this type are for vectors only");
  }
  if (type == ptx::Type::B128 || type == ptx::Type::BF16 || type == ptx::Type::BF16x2)
    decoder.require(90);
  if (type == ptx::Type::S64 && AtomicOp(op) == AtomicOp::Add)
    decoder.fail(".add of 64 bits is .u64");
  ChooseUpdate choice;
  if (!chooseAtomic(AtomicOp(op), type, choice))
    decoder.fail("this operation does not exist for ." + std::string(ptx::name(type)));
  attributes.update = choice.chosen;
  attributes.hasThird = AtomicOp(op) == AtomicOp::CompareAndSwap;

  size_t count = size_t(returns) + 2 + attributes.hasThird + policy, next = 0;
  decoder.expectOperands(count, count);
  std::vector<Operand> destinations, sources;
  auto takeVector = [&]() {
    std::vector<const ptx::Operand *> elements = elementsOf(statement.operands[next++]);
    if (elements.size() != attributes.length)
      decoder.fail("the vector must have " + std::to_string(attributes.length) + " elements");
    return elements;
  };
  if (returns)
    for (const ptx::Operand *element : takeVector())
      destinations.push_back(decoder.destination(*element, type));
  decoder.addresses(instruction, {decodeAddress(decoder, statement.operands[next++], semantics)});
  for (const ptx::Operand *element : takeVector())
    sources.push_back(decoder.source(*element, type));
  if (attributes.hasThird)
    sources.push_back(decoder.source(statement.operands[next++], type));
  if (policy)
    sources.push_back(decoder.source(statement.operands[next++], ptx::Type::B64));
  decoder.operands(instruction, destinations, sources);
  instruction.counterClass = CounterClass::Atomic;
  instruction.attributes = decoder.make(std::move(attributes));
  instruction.execute = atomic;
  return true;
}

} // namespace

void azulejo::cudasim::registerAtomic(DecodeTable &table) {
  table.add({"atom", "red"}, decodeAtomic);
}
