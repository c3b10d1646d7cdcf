//===- Move.cpp - mov in all its forms ------------------------------------===//
#include "runtime/cudasim/Instructions/ChangingRegisters.h"
#include "runtime/cudasim/Instructions/Handlers.h"
#include "runtime/cudasim/Machine/Block.h"
#include "runtime/cudasim/Machine/SpecialRegisters.h"

/// PTX ISA 9.7.9.3 and .4: copies, packing, and what only mov reads: the addresses of variables
/// that lie in the running function's frame.
namespace azulejo::cudasim {
namespace {

using ptx::Statement;
using ptx::Type;

/// A b128 register, low half first.
struct Wide {
  uint64_t low, high;
};

template <class T> T move(T a) { return a; }

void movePredicate(Warp &warp, const Instruction &i, LaneMask active) {
  warp.setPredicate(i.destination(), active, warp.predicate(i.source(0)));
}

/// d = {a, b, …}: element k of T in bits [k * width, (k + 1) * width).
template <class T, unsigned count, class R>
void pack(Warp &warp, const Instruction &i, LaneMask active) {
  static_assert(sizeof(R) == count * sizeof(T));
  const T *elements[count];
  for (unsigned k = 0; k < count; ++k)
    elements[k] = warp.read<T>(i.source(k));
  alignas(64) T packed[warpSize * count];
  CUDASIM_LANES
  for (unsigned lane = 0; lane < warpSize; ++lane)
    for (unsigned k = 0; k < count; ++k)
      packed[lane * count + k] = elements[k][lane];
  store(warp, i.destination(), active, reinterpret_cast<const R *>(packed));
}

/// {a, b, …} = d
template <class T, unsigned count> void unpack(Warp &warp, const Instruction &i, LaneMask active) {
  const T *packed = warp.read<T>(i.source(0));
  for (unsigned k = 0; k < count; ++k) {
    alignas(64) T element[warpSize];
    CUDASIM_LANES
    for (unsigned lane = 0; lane < warpSize; ++lane)
      element[lane] = packed[lane * count + k];
    store(warp, i.destination(k), active, element);
  }
}

/// The address, in the local window, of a variable `i.immediate` bytes into the running frame.
template <class T> void frameAddress(Warp &warp, const Instruction &i, LaneMask active) {
  const uint32_t *base = warp.localBase();
  alignas(64) T result[warpSize];
  CUDASIM_LANES
  for (unsigned lane = 0; lane < warpSize; ++lane)
    result[lane] = T(base[lane] + uint64_t(i.immediate));
  store(warp, i.destination(), active, result);
}

/// %is_explicit_cluster
void isExplicitCluster(Warp &warp, const Instruction &i, LaneMask active) {
  const Launch &launch = warp.block.launch;
  bool is = launch.kernel.limits.explicitCluster || launch.config.cluster.count() > 1;
  warp.setPredicate(i.destination(), active, is ? allLanes : 0);
}

/// {a, b, …} = {c, d, …}, each a T of an S, all read before one is written.
template <class T, class S> void moveVector(Warp &warp, const Instruction &i, LaneMask active) {
  alignas(64) T elements[4][warpSize];
  for (unsigned k = 0; k < i.destinations; ++k) {
    const S *from = warp.read<S>(i.source(k));
    CUDASIM_LANES
    for (unsigned lane = 0; lane < warpSize; ++lane)
      elements[k][lane] = T(from[lane]);
  }
  for (unsigned k = 0; k < i.destinations; ++k)
    store(warp, i.destination(k), active, elements[k]);
}

uint16_t lowHalf(uint32_t a) { return uint16_t(a); }

//===----------------------------------------------------------------------===//
// Decoding
//===----------------------------------------------------------------------===//

template <class T, unsigned count, class R> Execute packOrUnpack(bool packs) {
  return packs ? Execute(pack<T, count, R>) : Execute(unpack<T, count>);
}

/// Moves between a register of `bits` and `count` elements.
Execute vectorHandler(unsigned bits, size_t count, bool packs) {
  switch (bits * 8 + unsigned(count)) {
  case 16 * 8 + 2:
    return packOrUnpack<uint8_t, 2, uint16_t>(packs);
  case 32 * 8 + 2:
    return packOrUnpack<uint16_t, 2, uint32_t>(packs);
  case 32 * 8 + 4:
    return packOrUnpack<uint8_t, 4, uint32_t>(packs);
  case 64 * 8 + 2:
    return packOrUnpack<uint32_t, 2, uint64_t>(packs);
  case 64 * 8 + 4:
    return packOrUnpack<uint16_t, 4, uint64_t>(packs);
  case 128 * 8 + 2:
    return packOrUnpack<uint64_t, 2, Wide>(packs);
  case 128 * 8 + 4:
    return packOrUnpack<uint32_t, 4, Wide>(packs);
  default:
    return nullptr;
  }
}

Type bitsType(unsigned bits) {
  return bits == 8 ? Type::B8 : bits == 16 ? Type::B16 : bits == 32 ? Type::B32 : Type::B64;
}

void decodeVector(Decoder &decoder, const Statement &statement, Instruction &i, Type type) {
  const ptx::Operand &to = statement.operands[0], &from = statement.operands[1];
  bool packs = from.kind == ptx::Operand::Kind::List;
  if (packs && to.kind == ptx::Operand::Kind::List)
    decoder.fail("mov moves a vector to a scalar or a scalar to a vector");
  const std::vector<ptx::Operand> &elements = packs ? from.elements : to.elements;
  if (!(type >= Type::B16 && type <= Type::B128))
    decoder.fail("mov packs and unpacks untyped bits, not ." + std::string(ptx::name(type)));
  unsigned bits = ptx::sizeInBits(type);
  i.execute = vectorHandler(bits, elements.size(), packs);
  if (!i.execute)
    decoder.fail("mov." + std::string(ptx::name(type)) + " cannot hold a vector of " +
                 std::to_string(elements.size()));
  Type element = bitsType(bits / unsigned(elements.size()));
  std::vector<Operand> parts;
  for (const ptx::Operand &each : elements)
    parts.push_back(packs ? decoder.source(each, element) : decoder.destination(each, element));
  i.copies = Copies::Any;
  if (packs)
    decoder.operands(i, {decoder.destination(to, type)}, parts);
  else
    decoder.operands(i, parts, {decoder.source(from, type)});
}

/// mov.v2 and mov.v4: {a, b} = {c, d}, and %tid and its like as a whole.
void decodeVectors(Decoder &decoder, const Statement &statement, Instruction &i, size_t length,
                   Type type) {
  decoder.expectOperands(2, 2);
  const ptx::Operand &to = statement.operands[0], &from = statement.operands[1];
  std::vector<ptx::Operand> elements = from.elements;
  Type source = type;
  if (from.kind == ptx::Operand::Kind::Name && length == 4) {
    for (char part : {'x', 'y', 'z', 'w'}) {
      ptx::Operand each = from;
      each.name = *decoder.make(std::string(from.name) + "." + part);
      if (findSpecialRegister(each.name) == SpecialRegister::Count)
        decoder.fail("`" + std::string(from.name) + "` is no vector");
      elements.push_back(each);
    }
    source = Type::U32;
  }
  if (to.elements.size() != length || elements.size() != length)
    decoder.fail("the vectors must have " + std::to_string(length) + " elements");
  if (ptx::sizeInBits(type) * length > 128)
    decoder.fail("a vector has up to 128 bits");
  std::vector<Operand> destinations, sources;
  for (const ptx::Operand &each : to.elements)
    destinations.push_back(decoder.destination(each, type));
  for (const ptx::Operand &each : elements)
    sources.push_back(decoder.source(each, source));
  switch (ptx::sizeInBits(type)) {
  case 16:
    i.execute =
        source == Type::U32 ? moveVector<uint16_t, uint32_t> : moveVector<uint16_t, uint16_t>;
    break;
  case 32:
    i.execute = moveVector<uint32_t, uint32_t>;
    break;
  case 64:
    i.execute = moveVector<uint64_t, uint64_t>;
    break;
  default:
    decoder.fail("mov has no vectors of this type");
  }
  i.counterClass = CounterClass::Move;
  i.copies = Copies::Any;
  decoder.operands(i, destinations, sources);
}

/// The special registers that had 16 bits once, and may still be read so.
bool hadHalfSize(std::string_view name) {
  const std::string_view base = name.substr(0, name.find('.'));
  return findSpecialRegister(name) != SpecialRegister::Count &&
         (base == "%tid" || base == "%ntid" || base == "%ctaid" || base == "%nctaid");
}

bool decodeMove(Decoder &decoder, const Statement &statement, Instruction &i) {
  Modifiers m(statement);
  if (size_t length = m.one<size_t>({{"v2", 2}, {"v4", 4}}, 0)) {
    Type type = m.type();
    m.end();
    decodeVectors(decoder, statement, i, length, type);
    return true;
  }
  Type type = m.type();
  m.end();
  decoder.expectOperands(2, 2);
  i.counterClass = CounterClass::Move;
  const ptx::Operand &to = statement.operands[0], &from = statement.operands[1];
  using Kind = ptx::Operand::Kind;
  if (to.kind == Kind::List || from.kind == Kind::List) {
    decodeVector(decoder, statement, i, type);
    return true;
  }
  if (type == Type::Pred) {
    if (from.kind == Kind::Name && from.name == "%is_explicit_cluster") {
      decoder.requireSpecialRegister(from.name);
      decoder.operands(i, {decoder.predicateDestination(to)}, {});
      i.execute = isExplicitCluster;
      return true;
    }
    decoder.operands(i, {decoder.predicateDestination(to)}, {decoder.predicate(from)});
    i.copies = Copies::All;
    i.execute = movePredicate;
    return true;
  }
  if (from.kind == Kind::Name) {
    Type registerType = type;
    if (Execute execute = findChangingRegister(from.name, registerType)) {
      if (ptx::sizeInBits(registerType) != ptx::sizeInBits(type))
        decoder.fail(std::string(from.name) + " has " +
                     std::to_string(ptx::sizeInBits(registerType)) + " bits");
      if (ptx::isFloatingPoint(type))
        decoder.fail(std::string(from.name) + " is an integer");
      decoder.operands(i, {decoder.destination(to, type)}, {});
      i.execute = execute;
      return true;
    }
    if (ptx::sizeInBits(type) == 16 && !ptx::isFloatingPoint(type) && hadHalfSize(from.name)) {
      decoder.operands(i, {decoder.destination(to, type)}, {decoder.source(from, Type::U32)});
      i.execute = lanes<lowHalf>;
      return true;
    }
    if (const Symbol *symbol = decoder.symbol(from.name); symbol && symbol->frameRelative) {
      if (ptx::sizeInBits(type) != 32 && ptx::sizeInBits(type) != 64)
        decoder.fail("an address has 32 or 64 bits");
      decoder.operands(i, {decoder.destination(to, type)}, {});
      i.immediate = int64_t(symbol->address) + from.offset;
      i.execute = ptx::sizeInBits(type) == 64 ? frameAddress<uint64_t> : frameAddress<uint32_t>;
      return true;
    }
  }
  if (type == Type::B128)
    i.execute = lanes<move<Wide>>;
  else if (isMovable(type))
    i.execute = forWidth(ptx::sizeInBytes(type), [](auto t) { return lanes<move<decltype(t)>>; });
  if (!i.execute)
    decoder.fail("mov has no such type");
  i.copies = Copies::All;
  decoder.operands(i, {decoder.destination(to, type)}, {decoder.source(from, type)});
  return true;
}

} // namespace

void registerMove(DecodeTable &table) { table.add({"mov"}, decodeMove); }

} // namespace azulejo::cudasim
