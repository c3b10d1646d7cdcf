//===- LoadStore.cpp - ld, ldu, st ----------------------------------------===//
#include "runtime/cudasim/Instructions/MemoryElements.h"
#include "runtime/cudasim/Instructions/MemoryOperands.h"
#include "runtime/cudasim/Instructions/Polling.h"
#include "runtime/cudasim/Machine/Block.h"
#include "runtime/cudasim/Memory/Memory.h"
#include <algorithm>
#include <set>

using namespace azulejo::cudasim;

namespace {

struct LoadStore {
  MemorySemantics semantics;
  uint32_t bytes = 0; // of the whole vector
  uint32_t elementBytes = 0;
  std::vector<MoveElement> elements; // one for each: their registers may differ in width
  /// For all elements of an access of 32 lanes, where they are words in registers of 32 bits; else
  /// null. Of a contiguous one, and of another.
  void (*whole)(Warp &warp, const Instruction &instruction, const Access &memory) = nullptr;
  void (*apart)(Warp &warp, const Instruction &instruction, const Access &memory) = nullptr;
};

void perform(Access &memory, const LoadStore &attributes, const uint64_t *addresses,
             LaneMask active) {
  memory.order = attributes.semantics.order;
  memory.scope = attributes.semantics.scope;
  memory.lanes = active;
  memory.bytes = attributes.bytes;
  memory.addresses = addresses;
  if (attributes.semantics.functionParameter)
    resolve(memory);
  else
    access(memory);
}

/// d = *a, one element of the vector after the other.
void load(Warp &warp, const Instruction &instruction, LaneMask active) {
  const LoadStore &attributes = instruction.as<LoadStore>();
  uint64_t addresses[warpSize];
  evaluate(warp, *instruction.addresses, active, addresses);
  Access memory(warp, instruction, Access::Read, attributes.semantics.space);
  perform(memory, attributes, addresses, active);
  if (attributes.whole && memory.contiguous)
    attributes.whole(warp, instruction, memory);
  else if (attributes.apart && active == allLanes)
    attributes.apart(warp, instruction, memory);
  else
    for (unsigned i = 0; i < instruction.destinations; ++i)
      attributes.elements[i](warp, instruction.destination(i), memory, i * attributes.elementBytes);
  if (attributes.semantics.order != Order::Weak)
    warp.poll();
}

/// A load from a place in the constant bank or of the kernel's parameters that the text names, as
/// kernels begin with some: nobody writes there, and nobody counts it.
void loadNamed(Warp &warp, const Instruction &instruction, LaneMask active) {
  const LoadStore &attributes = instruction.as<LoadStore>();
  const Launch &launch = warp.block.launch;
  const std::vector<uint8_t> &bank = attributes.semantics.space == Space::Constant
                                         ? launch.program.constantBank
                                         : launch.config.parameters;
  const Address &address = *instruction.addresses;
  const uint64_t begin = *warp.read<uint64_t>(address.base) + uint64_t(address.offset);
  if (begin > bank.size() || bank.size() - begin < attributes.bytes || begin % attributes.bytes)
    return load(warp, instruction, active); // which says what is wrong
  Access memory(warp, instruction);
  memory.lanes = active;
  memory.bytes = attributes.bytes;
  memory.uniform = true;
  memory.hosts[__builtin_ctz(active)] = const_cast<uint8_t *>(bank.data() + begin);
  for (unsigned i = 0; i < instruction.destinations; ++i)
    attributes.elements[i](warp, instruction.destination(i), memory, i * attributes.elementBytes);
}

/// *a = b
void storeVector(Warp &warp, const Instruction &instruction, LaneMask active) {
  const LoadStore &attributes = instruction.as<LoadStore>();
  uint64_t addresses[warpSize];
  evaluate(warp, *instruction.addresses, active, addresses);
  Access memory(warp, instruction, Access::Write, attributes.semantics.space);
  perform(memory, attributes, addresses, active);
  if (attributes.whole && memory.contiguous)
    return attributes.whole(warp, instruction, memory);
  for (size_t i = 0; i < attributes.elements.size(); ++i)
    attributes.elements[i](warp, instruction.source(i), memory,
                           uint32_t(i) * attributes.elementBytes);
}

CounterClass classOf(const MemorySemantics &semantics, bool isLoad) {
  if (semantics.functionParameter)
    return CounterClass::Move;
  switch (semantics.space) {
  case Space::Shared:
  case Space::SharedCluster:
    return isLoad ? CounterClass::LoadShared : CounterClass::StoreShared;
  case Space::Local:
    return isLoad ? CounterClass::LoadLocal : CounterClass::StoreLocal;
  case Space::Constant:
  case Space::Parameter:
    return CounterClass::LoadConstant;
  default:
    return isLoad ? CounterClass::LoadGlobal : CounterClass::StoreGlobal;
  }
}

/// Whether a load only begins a loop of compare-and-swap at the same address, which compares with
/// what was loaded:
///   old = *a; do { seen = old; old = atomicCAS(a, seen, f(seen)); } while (old != seen);
/// Programs write that with a plain load, and what it reads needs no order, as the swap will tell.
bool beginsCompareAndSwap(const Decoder &decoder, const ptx::Statement &load) {
  using Kind = ptx::Operand::Kind;
  constexpr size_t reach = 128; // statements
  const std::vector<ptx::Statement> &statements = decoder.function.statements;
  const ptx::Operand &from = load.operands[1];
  if (&load < statements.data() || &load >= statements.data() + statements.size() ||
      load.operands[0].kind != Kind::Name || from.elements.empty())
    return false;
  std::set<std::string_view> loaded{load.operands[0].name}; // registers with the value
  size_t begin = size_t(&load - statements.data());
  for (size_t i = begin; i < std::min(begin + reach, statements.size()); ++i) {
    const ptx::Statement &each = statements[i];
    const std::vector<ptx::Operand> &operands = each.operands;
    if (each.opcode == "mov" && operands.size() == 2 && operands[0].kind == Kind::Name &&
        operands[1].kind == Kind::Name && loaded.count(operands[1].name))
      loaded.insert(operands[0].name);
    if (each.opcode != "atom" || operands.size() < 4 || !each.has("cas"))
      continue;
    const ptx::Operand &at = operands[1];
    if (at.kind == from.kind && at.offset == from.offset && !at.elements.empty() &&
        at.elements[0].name == from.elements[0].name && operands[2].kind == Kind::Name &&
        loaded.count(operands[2].name))
      return true;
  }
  return false;
}

/// ld{.weak|.volatile|.relaxed.scope|.acquire.scope|.mmio.relaxed.sys}{.ss}{.cop}{.nc}{hints}
///   {.vec}.type
/// and st likewise.
bool decodeLoadStore(Decoder &decoder, const ptx::Statement &statement, Instruction &instruction) {
  bool isLoad = statement.opcode != "st";
  Modifiers m(statement);
  if (m.peek() == "async" || m.peek() == "bulk")
    return false;
  LoadStore attributes;
  MemorySemantics &semantics = attributes.semantics;
  bool mmio = m.flag("mmio");
  const bool saysWeak = m.peek() == "weak";
  semantics.order = takeOrder(m);
  if (semantics.order == Order::AcquireRelease || (isLoad && semantics.order == Order::Release) ||
      (!isLoad && semantics.order == Order::Acquire))
    decoder.fail("these semantics are not those of a " + std::string(isLoad ? "load" : "store"));
  if (semantics.order == Order::Volatile) {
    semantics.scope = Scope::System;
    if (isLoad && isPolling(decoder.function, statement))
      semantics.order = Order::Relaxed;
  } else if (semantics.order != Order::Weak) {
    if (!atScope(m))
      decoder.fail("a scope must be given: .cta, .cluster, .gpu or .sys");
    semantics.scope = takeScope(decoder, m, Scope::Block);
  }
  if (mmio && (semantics.order == Order::Weak || semantics.order == Order::Volatile ||
               semantics.scope != Scope::System))
    decoder.fail(".mmio needs .relaxed.sys");
  bool isParameter = false;
  semantics.space = takeSpace(decoder, m, &isParameter);
  const bool mayOrder = semantics.space == Space::Generic || semantics.space == Space::Global ||
                        semantics.space == Space::Shared || semantics.space == Space::SharedCluster;
  if (semantics.order != Order::Weak && !mayOrder)
    decoder.fail("these semantics are for global and shared memory");
  if (mmio && semantics.space != Space::Generic && semantics.space != Space::Global)
    decoder.fail(".mmio is for global memory");
  const bool caches =
      isLoad ? m.flag("ca") || m.flag("cg") || m.flag("cs") || m.flag("lu") || m.flag("cv")
             : m.flag("wb") || m.flag("cg") || m.flag("cs") || m.flag("wt");
  const bool nonCoherent = isLoad && m.flag("nc");
  if (nonCoherent && semantics.space != Space::Global)
    decoder.fail(".nc is for global memory");
  if (((caches || nonCoherent) && semantics.order != Order::Weak) || (nonCoherent && saysWeak))
    decoder.fail("cache operators and .nc are for weak accesses, and .nc does not say .weak");
  if (caches && m.peek().substr(0, 4) == "L1::")
    decoder.fail("a cache operator goes with no eviction priority");
  bool policy = takeCacheHints(m);
  unsigned length = m.one<unsigned>({{"v2", 2}, {"v4", 4}, {"v8", 8}}, 1);
  ptx::Type type = m.type();
  m.end();

  attributes.elementBytes = ptx::sizeInBytes(type);
  attributes.bytes = attributes.elementBytes * length;
  if (type >= ptx::Type::U16x2 && type != ptx::Type::F32 && type != ptx::Type::F64)
    decoder.fail("packed and 16-bit floating-point numbers are loaded and stored as .b16 and .b32");
  if (attributes.bytes > 16 || type == ptx::Type::Pred)
    decoder.fail(std::to_string(8 * attributes.bytes) +
                 "-bit accesses need sm_100; this architecture has up to 128 bits");
  decoder.expectOperands(policy ? 3 : 2, policy ? 3 : 2);
  const ptx::Operand &data = statement.operands[isLoad ? 0 : 1];
  const ptx::Operand &place = statement.operands[isLoad ? 1 : 0];
  std::vector<const ptx::Operand *> elements = elementsOf(data);
  if (elements.size() != length || (length > 1 && data.kind != ptx::Operand::Kind::List))
    decoder.fail("the vector must have " + std::to_string(length) + " elements");
  Address address = decodeAddress(decoder, place, semantics, isParameter);
  if (!isLoad && (semantics.space == Space::Constant || semantics.space == Space::Parameter))
    decoder.fail("constants and kernel parameters may only be read");

  std::vector<Operand> destinations, sources;
  for (const ptx::Operand *element : elements) {
    if (isLoad) {
      destinations.push_back(decoder.destination(*element, type, /*wider=*/true));
      attributes.elements.push_back(chooseLoad(type, destinations.back().bytes));
    } else {
      sources.push_back(decoder.source(*element, type, /*wider=*/true));
      attributes.elements.push_back(chooseStore(type, sources.back().bytes));
    }
  }
  const std::vector<Operand> &moved = isLoad ? destinations : sources;
  if (attributes.elementBytes == 4 && length > 1 &&
      std::all_of(moved.begin(), moved.end(), [](const Operand &o) { return o.bytes == 4; })) {
    attributes.apart = !isLoad ? nullptr : length == 2 ? loadWordsApart<2> : loadWordsApart<4>;
    attributes.whole = isLoad ? (length == 2 ? loadWords<2> : loadWords<4>)
                              : (length == 2 ? storeWords<2> : storeWords<4>);
  }
  if (policy)
    sources.push_back(decoder.source(statement.operands[2], ptx::Type::B64));
  decoder.operands(instruction, destinations, sources);
  decoder.addresses(instruction, {address});
  if (isLoad && semantics.order == Order::Weak && beginsCompareAndSwap(decoder, statement)) {
    semantics.order = Order::Relaxed;
    semantics.scope = Scope::Device;
  }
  instruction.counterClass = classOf(semantics, isLoad);
  // Compilers spill and pass values that were never written.
  if (!isLoad && semantics.space == Space::Local)
    instruction.copies = Copies::All;
  const bool isNamed = address.base.base == Operand::Constant && address.base.bytes == 8 &&
                       (semantics.space == Space::Constant || semantics.space == Space::Parameter);
  instruction.execute = !isLoad ? storeVector : isNamed ? loadNamed : load;
  instruction.attributes = decoder.make(std::move(attributes));
  return true;
}

} // namespace

void azulejo::cudasim::registerLoadStore(DecodeTable &table) {
  table.add({"ld", "ldu", "st"}, decodeLoadStore);
}
