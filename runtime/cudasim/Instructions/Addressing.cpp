//===- Addressing.cpp - Windows, cluster addresses, hints about memory ----===//
#include "runtime/cudasim/Instructions/Lanes.h"
#include "runtime/cudasim/Instructions/MemoryOperands.h"
#include "runtime/cudasim/Machine/Block.h"
#include "runtime/cudasim/Memory/Memory.h"

using namespace azulejo::cudasim;

namespace {

constexpr uint64_t sharedOffsetMask = (uint64_t(1) << sharedRankShift) - 1;

struct Conversion {
  Space space = Space::Generic;
  bool fromGeneric = false;
};

/// Writes 64-bit results to a register of 4 or 8 bytes.
void storeAddresses(Warp &warp, const Instruction &instruction, LaneMask active,
                    const uint64_t *values) {
  if (instruction.destination().bytes == 8)
    return store(warp, instruction.destination(), active, values);
  uint32_t narrow[warpSize];
  for (unsigned lane = 0; lane < warpSize; ++lane)
    narrow[lane] = uint32_t(values[lane]);
  store(warp, instruction.destination(), active, narrow);
}

uint64_t rankOfGeneric(uint64_t address) { return (address >> sharedRankShift) & 0xff; }

/// The rank that an address of the shared::cluster window names.
uint32_t rankOfShared(const Block &block, uint64_t address) {
  uint32_t field = uint32_t(address >> sharedRankShift);
  return field ? field - 1 : block.rank;
}

/// A space's own address as a generic one.
uint64_t toGeneric(const Warp &warp, Space space, uint64_t address, unsigned lane) {
  switch (space) {
  case Space::Shared:
  case Space::SharedCluster:
    return sharedWindow | uint64_t(rankOfShared(warp.block, address)) << sharedRankShift |
           (address & sharedOffsetMask);
  case Space::Local:
    return localWindow | uint64_t(warp.thread(lane)) << 32 | uint32_t(address);
  case Space::Constant:
    return constantWindow | address;
  case Space::Parameter:
    return parameterWindow | address;
  default:
    return address;
  }
}

/// A generic address as one of `space`. One that leads elsewhere stays as it is: the result is
/// undefined, but compilers convert ahead of the test that tells; whoever uses it gets the fault.
uint64_t fromGeneric(const Warp &warp, Space space, uint64_t address, unsigned lane) {
  Space window = windowOf(address);
  switch (space) {
  case Space::Shared:
  case Space::SharedCluster:
    if (window != Space::SharedCluster)
      return address;
    if (rankOfGeneric(address) == warp.block.rank)
      return address & sharedOffsetMask;
    return clusterAddress(uint32_t(rankOfGeneric(address)), address);
  case Space::Local:
    return address >> 32 == (localWindow >> 32 | warp.thread(lane)) ? uint32_t(address) : address;
  case Space::Constant:
  case Space::Parameter:
    return window == space ? address & ((uint64_t(1) << 56) - 1) : address;
  default:
    return address;
  }
}

void convertAddress(Warp &warp, const Instruction &instruction, LaneMask active) {
  const Conversion &conversion = instruction.as<Conversion>();
  uint64_t addresses[warpSize];
  evaluate(warp, *instruction.addresses, active, addresses);
  if (conversion.space != Space::Global)
    for (unsigned lane = 0; lane < warpSize; ++lane)
      addresses[lane] = conversion.fromGeneric
                            ? fromGeneric(warp, conversion.space, addresses[lane], lane)
                            : toGeneric(warp, conversion.space, addresses[lane], lane);
  storeAddresses(warp, instruction, active, addresses);
}

/// cvta{.to}.space.size
bool decodeCvta(Decoder &decoder, const ptx::Statement &statement, Instruction &instruction) {
  Modifiers m(statement);
  Conversion conversion;
  conversion.fromGeneric = m.flag("to");
  bool isParameter = false;
  conversion.space = takeSpace(decoder, m, &isParameter);
  if (conversion.space == Space::Generic)
    decoder.fail("a state space must be given");
  ptx::Type type =
      m.one<ptx::Type>({{"u64", ptx::Type::U64}, {"u32", ptx::Type::U32}}, ptx::Type::None);
  if (type == ptx::Type::None)
    decoder.fail("the size must be .u32 or .u64");
  m.end();
  if (type == ptx::Type::U32)
    decoder.fail("generic addresses have 64 bits");
  decoder.expectOperands(2, 2);
  const ptx::Operand &source = statement.operands[1];
  if (conversion.fromGeneric && source.kind == ptx::Operand::Kind::Name &&
      decoder.symbol(source.name))
    decoder.fail("a generic address stands in a register");
  expectSpace(decoder, source, isParameter ? Space::Parameter : conversion.space);
  decoder.operands(instruction, {decoder.destination(statement.operands[0], type)}, {});
  decoder.addresses(instruction, {addressOfName(decoder, source)});
  instruction.counterClass = CounterClass::Move;
  instruction.attributes = decoder.make(conversion);
  instruction.execute = convertAddress;
  return true;
}

bool isIn(const Warp &warp, Space space, uint64_t address) {
  Space window = windowOf(address);
  switch (space) {
  case Space::Global: // the window of parameters lies within it
    return window == Space::Global || window == Space::Parameter;
  case Space::Shared:
    return window == Space::SharedCluster && rankOfGeneric(address) == warp.block.rank;
  default:
    return window == space;
  }
}

void isSpace(Warp &warp, const Instruction &instruction, LaneMask active) {
  Space space = Space(instruction.immediate);
  uint64_t addresses[warpSize];
  evaluate(warp, *instruction.addresses, active, addresses);
  LaneMask result = 0;
  for (unsigned lane = 0; lane < warpSize; ++lane)
    result |= LaneMask(isIn(warp, space, addresses[lane])) << lane;
  warp.setPredicate(instruction.destination(), active, result);
}

/// isspacep.space p, a
bool decodeIsSpace(Decoder &decoder, const ptx::Statement &statement, Instruction &instruction) {
  Modifiers m(statement);
  bool isParameter = false;
  Space space = takeSpace(decoder, m, &isParameter);
  if (space == Space::Generic)
    decoder.fail("a state space must be given");
  m.end();
  decoder.expectOperands(2, 2);
  decoder.operands(instruction, {decoder.predicateDestination(statement.operands[0])}, {});
  decoder.addresses(instruction, {addressOfName(decoder, statement.operands[1])});
  instruction.counterClass = CounterClass::Compare;
  instruction.immediate = int64_t(space);
  instruction.execute = isSpace;
  return true;
}

/// The address, in block b of the cluster, of what `a` is in this one.
void mapShared(Warp &warp, const Instruction &instruction, LaneMask active) {
  bool generic = instruction.immediate == int64_t(Space::Generic);
  const uint32_t *ranks = warp.read<uint32_t>(instruction.source(0));
  uint64_t addresses[warpSize];
  evaluate(warp, *instruction.addresses, active, addresses);
  for (unsigned lane = 0; lane < warpSize; ++lane) {
    if ((active >> lane & 1) && ranks[lane] >= warp.block.cluster.blocks.size())
      throw Fault(FaultClass::OutOfBounds,
                  "maps an address to the block of rank " + std::to_string(ranks[lane]) +
                      " of a cluster of " + std::to_string(warp.block.cluster.blocks.size()),
                  int(lane));
    addresses[lane] = generic ? sharedWindow | uint64_t(ranks[lane]) << sharedRankShift |
                                    (addresses[lane] & sharedOffsetMask)
                              : clusterAddress(ranks[lane], addresses[lane]);
  }
  storeAddresses(warp, instruction, active, addresses);
}

void rankOf(Warp &warp, const Instruction &instruction, LaneMask active) {
  bool generic = instruction.immediate == int64_t(Space::Generic);
  uint64_t addresses[warpSize];
  evaluate(warp, *instruction.addresses, active, addresses);
  uint32_t ranks[warpSize];
  for (unsigned lane = 0; lane < warpSize; ++lane)
    ranks[lane] = generic ? uint32_t(rankOfGeneric(addresses[lane]))
                          : rankOfShared(warp.block, addresses[lane]);
  store(warp, instruction.destination(), active, ranks);
}

/// mapa{.shared::cluster}.u32/.u64 d, a, b and getctarank{.shared::cluster}.u32/.u64 d, a
bool decodeMapa(Decoder &decoder, const ptx::Statement &statement, Instruction &instruction) {
  decoder.require(90);
  bool isMap = statement.opcode == "mapa";
  Modifiers m(statement);
  Space space = m.flag("shared::cluster") ? Space::SharedCluster : Space::Generic;
  ptx::Type type = m.type();
  if (type != ptx::Type::U32 && type != ptx::Type::U64)
    decoder.fail("the type must be .u32 or .u64");
  m.end();
  decoder.expectOperands(isMap ? 3 : 2, isMap ? 3 : 2);
  std::vector<Operand> sources;
  if (isMap)
    sources.push_back(decoder.source(statement.operands[2], ptx::Type::U32));
  decoder.operands(instruction,
                   {decoder.destination(statement.operands[0], isMap ? type : ptx::Type::U32)},
                   sources);
  const Address address = addressOfName(decoder, statement.operands[1]);
  if (address.base.base == Operand::Frame && address.base.bytes != ptx::sizeInBytes(type))
    decoder.fail("the address register must have " + std::to_string(ptx::sizeInBits(type)) +
                 " bits");
  decoder.addresses(instruction, {address});
  instruction.counterClass = CounterClass::Move;
  instruction.immediate = int64_t(space);
  instruction.execute = isMap ? mapShared : rankOf;
  return true;
}

void nothing(Warp &, const Instruction &, LaneMask) {}

/// Data become undefined: the range must be one that may be written.
void discard(Warp &warp, const Instruction &instruction, LaneMask active) {
  uint64_t addresses[warpSize];
  evaluate(warp, *instruction.addresses, active, addresses);
  Access memory(warp, instruction, Access::Write, Space(instruction.immediate));
  memory.lanes = active;
  memory.bytes = 128;
  memory.addresses = addresses;
  access(memory);
}

/// prefetch{.space}.level [a]; prefetchu.L1 [a]; prefetch{.space}.tensormap [a]: a prefetch of an
/// address that is no good does nothing, and a good one changes nothing but speed.
/// applypriority{.global}.L2::evict_normal [a], 128; discard{.global}.L2 [a], 128
bool decodePrefetch(Decoder &decoder, const ptx::Statement &statement, Instruction &instruction) {
  Modifiers m(statement);
  MemorySemantics semantics;
  bool isParameter = false,
       sized = statement.opcode != "prefetch" && statement.opcode != "prefetchu";
  semantics.space = takeSpace(decoder, m, &isParameter);
  if (m.flag("tensormap"))
    decoder.require(90);
  else if (semantics.space != Space::Generic && semantics.space != Space::Global &&
           (semantics.space != Space::Local || m.peek().find("::") != std::string_view::npos))
    decoder.fail("there is no such prefetch in this state space");
  else if (!(m.flag("L1") || (statement.opcode != "prefetchu" && m.flag("L2")) ||
             m.flag("L2::evict_last") || m.flag("L2::evict_normal")))
    decoder.fail("a cache level must be given");
  m.end();
  decoder.expectOperands(sized ? 2 : 1, sized ? 2 : 1);
  if (sized && decoder.integer(statement.operands[1], "the size") != 128)
    decoder.fail("the size must be 128");
  decoder.addresses(instruction,
                    {decodeAddress(decoder, statement.operands[0], semantics, isParameter)});
  decoder.operands(instruction, {}, {});
  instruction.counterClass = CounterClass::Other;
  instruction.immediate = int64_t(semantics.space);
  instruction.execute = statement.opcode == "discard" ? discard : nothing;
  return true;
}

/// The policies that createpolicy makes are all alike here.
void makePolicy(Warp &warp, const Instruction &instruction, LaneMask active) {
  uint64_t policies[warpSize];
  for (uint64_t &policy : policies)
    policy = 0x12f0000000000000; // what the hardware gives for evict_first
  store(warp, instruction.destination(), active, policies);
}

/// createpolicy.fractional.L2::p{.L2::s}.b64 d{, fraction};
/// createpolicy.range{.global}.L2::p{.L2::s}.b64 d, [a], primary, total;
/// createpolicy.cvt.L2.b64 d, property
bool decodeCreatePolicy(Decoder &decoder, const ptx::Statement &statement,
                        Instruction &instruction) {
  Modifiers m(statement);
  bool range = m.flag("range"), fractional = !range && m.flag("fractional");
  bool convert = !range && !fractional && m.flag("cvt");
  if (!range && !fractional && !convert)
    decoder.fail("the form must be .fractional, .range or .cvt");
  MemorySemantics semantics;
  if (convert) {
    m.flag("L2");
  } else {
    if (range)
      semantics.space = takeSpace(decoder, m);
    while (m.flag("L2::evict_last") || m.flag("L2::evict_normal") || m.flag("L2::evict_first") ||
           m.flag("L2::evict_unchanged"))
      ;
  }
  m.flag("b64");
  m.end();
  std::vector<Operand> sources;
  if (range) {
    decoder.expectOperands(4, 4);
    decoder.addresses(instruction, {decodeAddress(decoder, statement.operands[1], semantics)});
    sources = {decoder.source(statement.operands[2], ptx::Type::U32),
               decoder.source(statement.operands[3], ptx::Type::U32)};
  } else {
    decoder.expectOperands(convert ? 2 : 1, 2);
    if (statement.operands.size() == 2)
      sources = {decoder.source(statement.operands[1], convert ? ptx::Type::U64 : ptx::Type::F32)};
  }
  decoder.operands(instruction, {decoder.destination(statement.operands[0], ptx::Type::U64)},
                   sources);
  instruction.counterClass = CounterClass::Other;
  instruction.execute = makePolicy;
  return true;
}

} // namespace

void azulejo::cudasim::registerAddressing(DecodeTable &table) {
  table.add({"cvta"}, decodeCvta);
  table.add({"isspacep"}, decodeIsSpace);
  table.add({"mapa", "getctarank"}, decodeMapa);
  table.add({"prefetch", "prefetchu", "applypriority", "discard"}, decodePrefetch);
  table.add({"createpolicy"}, decodeCreatePolicy);
}
