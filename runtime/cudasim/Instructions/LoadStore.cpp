//===- LoadStore.cpp - ld, ldu, st ----------------------------------------===//
#include "runtime/cudasim/Instructions/Lanes.h"
#include "runtime/cudasim/Instructions/MemoryOperands.h"
#include "runtime/cudasim/Instructions/Polling.h"
#include "runtime/cudasim/Machine/Block.h"
#include "runtime/cudasim/Memory/Memory.h"
#include <algorithm>
#include <set>

using namespace azulejo::cudasim;

namespace {

struct Bits128 {
  uint64_t low, high;
};

/// Moves one element of 32 lanes between memory and a register, at `offset` from each lane's
/// address.
using MoveElement = void (*)(Warp &warp, const Operand &operand, const Access &memory,
                             uint32_t offset);

struct LoadStore {
  MemorySemantics semantics;
  uint32_t bytes = 0; // of the whole vector
  uint32_t elementBytes = 0;
  std::vector<MoveElement> elements; // one for each: their registers may differ in width
  /// For all elements of a contiguous access of 32 lanes, where they are words in registers of 32
  /// bits; else null.
  void (*whole)(Warp &warp, const Instruction &instruction, const Access &memory) = nullptr;
};

/// `ld`: an M in memory, sign- or zero-extended to a register of type R.
template <class M, class R>
void loadElement(Warp &warp, const Operand &destination, const Access &memory, uint32_t offset) {
  alignas(64) R values[warpSize];
  if (memory.contiguous && memory.bytes == sizeof(M)) {
    alignas(64) M loaded[warpSize];
    std::memcpy(loaded, memory.hosts[0], sizeof loaded);
    CUDASIM_LANES
    for (unsigned lane = 0; lane < warpSize; ++lane)
      values[lane] = R(loaded[lane]);
  } else if (memory.uniform) {
    M loaded;
    std::memcpy(&loaded, memory.hosts[__builtin_ctz(memory.lanes)] + offset, sizeof loaded);
    const R value = R(loaded);
    CUDASIM_LANES
    for (unsigned lane = 0; lane < warpSize; ++lane)
      values[lane] = value;
  } else {
    for (unsigned lane = 0; lane < warpSize; ++lane) {
      M value;
      std::memcpy(&value, memory.hosts[lane] + offset, sizeof value);
      values[lane] = R(value);
    }
  }
  store(warp, destination, memory.lanes, values);
}

/// `st`: the low bytes of a register of type R become an M.
template <class M, class R>
void storeElement(Warp &warp, const Operand &source, const Access &memory, uint32_t offset) {
  const R *values = warp.read<R>(source);
  if (memory.contiguous && memory.bytes == sizeof(M)) {
    alignas(64) M stored[warpSize];
    CUDASIM_LANES
    for (unsigned lane = 0; lane < warpSize; ++lane)
      stored[lane] = M(values[lane]);
    std::memcpy(memory.hosts[0], stored, sizeof stored);
    return;
  }
  for (LaneMask left = memory.lanes; left; left &= left - 1) {
    unsigned lane = __builtin_ctz(left);
    M value = M(values[lane]);
    std::memcpy(memory.hosts[lane] + offset, &value, sizeof value);
  }
}

/// A vector of words that lanes have side by side, and the registers with an element each, of eight
/// lanes at a time. The loops become shuffles.
template <unsigned length> void loadWords(Warp &warp, const Instruction &i, const Access &memory) {
  const uint8_t *from = memory.hosts[0];
  uint32_t *to[length];
  for (unsigned e = 0; e < length; ++e)
    to[e] = warp.write<uint32_t>(i.destination(e));
  for (unsigned first = 0; first < warpSize; first += 8) {
    uint32_t words[8 * length], columns[length][8];
    std::memcpy(words, from + first * sizeof(uint32_t) * length, sizeof words);
    for (unsigned e = 0; e < length; ++e)
      for (unsigned lane = 0; lane < 8; ++lane)
        columns[e][lane] = words[lane * length + e];
    for (unsigned e = 0; e < length; ++e)
      std::memcpy(to[e] + first, columns[e], sizeof columns[e]);
  }
}
template <unsigned length> void storeWords(Warp &warp, const Instruction &i, const Access &memory) {
  uint8_t *to = memory.hosts[0];
  const uint32_t *from[length];
  for (unsigned e = 0; e < length; ++e)
    from[e] = warp.read<uint32_t>(i.source(e));
  for (unsigned first = 0; first < warpSize; first += 8) {
    uint32_t words[8 * length];
    for (unsigned lane = 0; lane < 8; ++lane)
      for (unsigned e = 0; e < length; ++e)
        words[lane * length + e] = from[e][first + lane];
    std::memcpy(to + first * sizeof(uint32_t) * length, words, sizeof words);
  }
}

template <class M> MoveElement chooseLoad(uint32_t registerBytes) {
  switch (registerBytes) {
  case 1:
    return loadElement<M, uint8_t>;
  case 2:
    return loadElement<M, uint16_t>;
  case 4:
    return loadElement<M, uint32_t>;
  default:
    return loadElement<M, uint64_t>;
  }
}

MoveElement chooseLoad(ptx::Type type, uint32_t registerBytes) {
  bool isSigned = ptx::isSigned(type);
  switch (ptx::sizeInBytes(type)) {
  case 1:
    return isSigned ? chooseLoad<int8_t>(registerBytes) : chooseLoad<uint8_t>(registerBytes);
  case 2:
    return isSigned ? chooseLoad<int16_t>(registerBytes) : chooseLoad<uint16_t>(registerBytes);
  case 4:
    return isSigned ? chooseLoad<int32_t>(registerBytes) : chooseLoad<uint32_t>(registerBytes);
  case 8:
    return chooseLoad<uint64_t>(registerBytes);
  default:
    return loadElement<Bits128, Bits128>;
  }
}

template <class M> MoveElement chooseStore(uint32_t registerBytes) {
  switch (registerBytes) {
  case 1:
    return storeElement<M, uint8_t>;
  case 2:
    return storeElement<M, uint16_t>;
  case 4:
    return storeElement<M, uint32_t>;
  default:
    return storeElement<M, uint64_t>;
  }
}

MoveElement chooseStore(ptx::Type type, uint32_t registerBytes) {
  switch (ptx::sizeInBytes(type)) {
  case 1:
    return chooseStore<uint8_t>(registerBytes);
  case 2:
    return chooseStore<uint16_t>(registerBytes);
  case 4:
    return chooseStore<uint32_t>(registerBytes);
  case 8:
    return chooseStore<uint64_t>(registerBytes);
  default:
    return storeElement<Bits128, Bits128>;
  }
}

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
  if (isLoad)
    (void)(m.flag("ca") || m.flag("cg") || m.flag("cs") || m.flag("lu") || m.flag("cv"));
  else
    (void)(m.flag("wb") || m.flag("cg") || m.flag("cs") || m.flag("wt"));
  if (isLoad && m.flag("nc") && semantics.space != Space::Global)
    decoder.fail(".nc is for global memory");
  bool policy = takeCacheHints(m);
  unsigned length = m.one<unsigned>({{"v2", 2}, {"v4", 4}, {"v8", 8}}, 1);
  ptx::Type type = m.type();
  m.end();

  attributes.elementBytes = ptx::sizeInBytes(type);
  attributes.bytes = attributes.elementBytes * length;
  if (ptx::isFloatingPoint(type) && type != ptx::Type::F32 && type != ptx::Type::F64)
    decoder.fail("16-bit floating-point numbers are loaded and stored as .b16 and .b32");
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
      std::all_of(moved.begin(), moved.end(), [](const Operand &o) { return o.bytes == 4; }))
    attributes.whole = isLoad ? (length == 2 ? loadWords<2> : loadWords<4>)
                              : (length == 2 ? storeWords<2> : storeWords<4>);
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
