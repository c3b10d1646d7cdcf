//===- TensorMap.cpp - tensormap.replace, tensormap.cp_fenceproxy ---------===//
#include "runtime/cudasim/Async/TensorMap.h"
#include "runtime/cudasim/Instructions/MemoryOperands.h"
#include "runtime/cudasim/Machine/Block.h"
#include "runtime/cudasim/Memory/Memory.h"
#include <cstring>

using namespace azulejo::cudasim;

namespace {

enum class Field : uint8_t {
  Address,
  Rank,
  Box,
  Dimension,
  Stride,
  ElementStride,
  Type,
  Interleave,
  Swizzle,
  Fill
};

struct Replacement {
  Field field = Field::Address;
  MemorySemantics semantics;
  unsigned ordinal = 0;
  bool wide = false; // .b64
};

/// PTX numbers the element types otherwise than the driver.
TensorMap::Type elementType(uint64_t value) {
  using Type = TensorMap::Type;
  static const Type types[] = {Type::U8,   Type::U16,  Type::U32,      Type::S32,      Type::U64,
                               Type::S64,  Type::F16,  Type::F32,      Type::F32Flush, Type::F64,
                               Type::BF16, Type::TF32, Type::TF32Flush};
  return value < sizeof types / sizeof types[0] ? types[value] : Type::Count;
}

/// False where the value makes no sense; what cannot be told yet is validated when it is used.
bool replaceField(TensorMap &map, const Replacement &what, uint64_t value) {
  switch (what.field) {
  case Field::Address:
    map.address = value;
    return true;
  case Field::Rank: // one less is given
    map.rank = uint32_t(value) + 1;
    return value < TensorMap::maxRank;
  case Field::Box:
    map.box[what.ordinal] = uint32_t(value);
    return value >= 1 && value <= 256;
  case Field::Dimension:
    map.dimensions[what.ordinal] = uint32_t(value);
    return uint32_t(value) != 0;
  case Field::Stride:
    map.strides[what.ordinal] = value;
    return what.ordinal + 1 < TensorMap::maxRank;
  case Field::ElementStride:
    map.elementStrides[what.ordinal] = uint32_t(value);
    return value >= 1 && value <= 8;
  case Field::Type:
    map.type = elementType(value);
    return map.type != TensorMap::Type::Count;
  case Field::Interleave:
    map.interleave = TensorMap::Interleave(value);
    return value < uint64_t(TensorMap::Interleave::Count);
  case Field::Swizzle:
    map.swizzle = TensorMap::Swizzle(value);
    return value < uint64_t(TensorMap::Swizzle::Count);
  case Field::Fill:
    map.fill = TensorMap::Fill(value);
    return value < uint64_t(TensorMap::Fill::Count);
  }
  return false;
}

void replace(Warp &warp, const Instruction &instruction, LaneMask active) {
  const Replacement &what = instruction.as<Replacement>();
  uint64_t addresses[warpSize];
  evaluate(warp, *instruction.addresses, active, addresses);
  Access memory(warp, instruction, Access::ReadWrite, what.semantics.space);
  memory.lanes = active;
  memory.bytes = TensorMap::bytes;
  memory.addresses = addresses;
  access(memory);
  for (LaneMask left = active; left; left &= left - 1) {
    unsigned lane = __builtin_ctz(left);
    uint64_t value = what.wide ? warp.read<uint64_t>(instruction.source(0))[lane]
                               : warp.read<uint32_t>(instruction.source(0))[lane];
    TensorMap map;
    if (!map.decode(memory.hosts[lane]))
      throw Fault(FaultClass::IllegalInstruction, "the 128 bytes at its address are no tensor map",
                  int(lane));
    if (!replaceField(map, what, value))
      throw Fault(FaultClass::IllegalInstruction,
                  "puts " + std::to_string(value) + " into a field of a tensor map", int(lane));
    map.encode(memory.hosts[lane]);
  }
}

/// tensormap.replace.tile.field{.space}.b1024.b32|b64 [map], {ordinal, }value
void decodeReplace(Decoder &decoder, const ptx::Statement &statement, Modifiers &m,
                   Instruction &instruction) {
  decoder.require(90, /*a=*/true);
  Replacement what;
  if (!m.flag("tile"))
    decoder.fail("the mode must be .tile");
  int field = m.one<int>({{"global_address", int(Field::Address)},
                          {"rank", int(Field::Rank)},
                          {"box_dim", int(Field::Box)},
                          {"global_dim", int(Field::Dimension)},
                          {"global_stride", int(Field::Stride)},
                          {"element_stride", int(Field::ElementStride)},
                          {"elemtype", int(Field::Type)},
                          {"interleave_layout", int(Field::Interleave)},
                          {"swizzle_mode", int(Field::Swizzle)},
                          {"fill_mode", int(Field::Fill)}},
                         -1);
  if (field < 0)
    decoder.fail("the field is unknown, or needs sm_100");
  what.field = Field(field);
  if (m.peek() == "shared")
    decoder.fail("a map lies in .global or .shared::cta");
  what.semantics.space = takeSpace(decoder, m);
  if (!m.flag("b1024"))
    decoder.fail("the type of the map must be .b1024");
  what.wide = m.flag("b64");
  if (!what.wide && !m.flag("b32"))
    decoder.fail("the type of the value must be .b32 or .b64");
  if (what.wide != (what.field == Field::Address || what.field == Field::Stride))
    decoder.fail("addresses and strides are .b64, other fields .b32");
  m.end();
  bool hasOrdinal = what.field >= Field::Box && what.field <= Field::ElementStride;
  decoder.expectOperands(2 + hasOrdinal, 2 + hasOrdinal);
  if (hasOrdinal) {
    int64_t ordinal = decoder.integer(statement.operands[1], "the dimension");
    if (ordinal < 0 || ordinal >= int64_t(TensorMap::maxRank))
      decoder.fail("the dimension must be 0 to 4");
    what.ordinal = unsigned(ordinal);
  }
  const ptx::Operand &value = statement.operands[1 + hasOrdinal];
  if (what.field >= Field::Type && value.kind != ptx::Operand::Kind::Integer)
    decoder.fail("the value of this field must be a constant");
  TensorMap any;
  if (value.kind == ptx::Operand::Kind::Integer && !replaceField(any, what, value.bits))
    decoder.fail(std::to_string(value.bits) + " is no value of this field");
  decoder.operands(instruction, {},
                   {decoder.source(value, what.wide ? ptx::Type::B64 : ptx::Type::B32)});
  decoder.addresses(instruction, {decodeAddress(decoder, statement.operands[0], what.semantics)});
  instruction.attributes = decoder.make(what);
  instruction.execute = replace;
}

/// Copies a map from shared to global memory, once for the warp, and makes it known to TMA. All
/// lanes take part in it, so all of them must know of what was written to the map.
void copyAndFence(Warp &warp, const Instruction &instruction, LaneMask active) {
  uint64_t to[warpSize], from[warpSize];
  evaluate(warp, instruction.addresses[0], active, to);
  evaluate(warp, instruction.addresses[1], active, from);
  LaneMask first = active & -active;
  auto prepare = [&](Access &memory, LaneMask lanes, const uint64_t *addresses) {
    memory.lanes = lanes;
    memory.bytes = TensorMap::bytes;
    memory.addresses = addresses;
    access(memory);
    return memory.hosts[__builtin_ctz(first)];
  };
  Access read(warp, instruction, Access::Read, Space::Shared);
  Access write(warp, instruction, Access::Write, Space::Global);
  const uint8_t *source = prepare(read, active, from);
  std::memcpy(prepare(write, first, to), source, TensorMap::bytes);
  Checkers &checkers = warp.block.launch.checkers;
  if (checkers.enabled)
    checkers.proxyFence(warp, active, ProxyFence::TensorMap);
}

/// tensormap.cp_fenceproxy.global.shared::cta.tensormap::generic.release.scope.sync.aligned
///     [dst], [src], 128
void decodeCopyAndFence(Decoder &decoder, const ptx::Statement &statement, Modifiers &m,
                        Instruction &instruction) {
  decoder.require(90);
  if (!m.flag("global") || !m.flag("shared::cta") || !m.flag("tensormap::generic") ||
      !m.flag("release"))
    decoder.fail("must be .global.shared::cta.tensormap::generic.release");
  takeScope(decoder, m, Scope::Device);
  if (!m.flag("sync") || !m.flag("aligned"))
    decoder.fail("must end in .sync.aligned");
  m.end();
  decoder.expectOperands(3, 3);
  if (decoder.integer(statement.operands[2], "the size") != int64_t(TensorMap::bytes))
    decoder.fail("the size must be 128");
  MemorySemantics to, from;
  to.space = Space::Global;
  from.space = Space::Shared;
  decoder.operands(instruction, {}, {});
  decoder.addresses(instruction, {decodeAddress(decoder, statement.operands[0], to),
                                  decodeAddress(decoder, statement.operands[1], from)});
  instruction.aligned = true;
  instruction.execute = copyAndFence;
}

bool decodeTensorMap(Decoder &decoder, const ptx::Statement &statement, Instruction &instruction) {
  Modifiers m(statement);
  instruction.counterClass = CounterClass::AsyncCopy;
  if (m.flag("replace"))
    decodeReplace(decoder, statement, m, instruction);
  else if (m.flag("cp_fenceproxy"))
    decodeCopyAndFence(decoder, statement, m, instruction);
  else
    decoder.fail("must be tensormap.replace or tensormap.cp_fenceproxy");
  return true;
}

} // namespace

void azulejo::cudasim::registerTensorMap(DecodeTable &table) {
  table.add({"tensormap"}, decodeTensorMap);
}
