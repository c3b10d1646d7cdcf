//===- PackedConvert.cpp - cvt between packed types, cvt.pack -------------===//
#include "runtime/cudasim/Instructions/Half.h"
#include "runtime/cudasim/Instructions/Handlers.h"
#include "runtime/cudasim/Instructions/SmallFloat.h"

/// PTX ISA 9.7.9.21 for the types that hold two numbers, and 9.7.9.22. The first source goes to the
/// upper half of the destination.
namespace azulejo::cudasim {
namespace {

using ptx::Statement;
using ptx::Type;

/// `.relu` and `.satfinite` of the numbers to be converted.
struct Clamps {
  bool relu = false;
  float largest = 0; // .satfinite, unless 0
};
void clamp(const Clamps &clamps, float *values, unsigned count) {
  if (clamps.relu) {
    CUDASIM_LANES
    for (unsigned k = 0; k < count; ++k)
      values[k] = values[k] <= 0 ? 0 : values[k];
  }
  if (clamps.largest != 0) {
    CUDASIM_LANES
    for (unsigned k = 0; k < count; ++k)
      values[k] = values[k] > clamps.largest    ? clamps.largest
                  : values[k] < -clamps.largest ? -clamps.largest
                                                : values[k];
  }
}

/// The two sources of cvt.….x2.f32: the first goes to the upper part.
struct Singles {
  alignas(64) float values[2][warpSize];

  Singles(Warp &warp, const Instruction &i) {
    std::memcpy(values[1], warp.read<float>(i.source(0)), sizeof values[1]);
    std::memcpy(values[0], warp.read<float>(i.source(1)), sizeof values[0]);
    clamp(i.as<Clamps>(), values[0], 2 * warpSize);
  }
  const float *operator[](unsigned part) const { return values[part]; }
};

/// Two numbers for each lane, the lower one first, become an f16x2.
void storeHalves(Warp &warp, const Instruction &i, LaneMask active, float *values) {
  clamp(i.as<Clamps>(), values, 2 * warpSize);
  alignas(64) uint16_t halves[2 * warpSize];
  F16::narrow(values, halves, 2 * warpSize);
  store(warp, i.destination(), active, reinterpret_cast<const uint32_t *>(halves));
}

struct F16TowardsZero : F16 {
  static void narrow(const float *from, uint16_t *to, unsigned count) {
    F16::narrow<_MM_FROUND_TO_ZERO>(from, to, count);
  }
};
struct BF16TowardsZero : BF16 {
  static void narrow(const float *from, uint16_t *to, unsigned count) {
    CUDASIM_LANES
    for (unsigned k = 0; k < count; ++k)
      to[k] = from[k] == from[k] ? uint16_t(bitsOf(from[k]) >> 16) : canonicalHalfNaN;
  }
};

/// cvt.….f16x2.f32 d, a, b
template <class Format> void singlesToHalves(Warp &warp, const Instruction &i, LaneMask active) {
  const Singles values(warp, i);
  alignas(64) uint16_t halves[2][warpSize];
  Format::narrow(values[0], halves[0], 2 * warpSize);
  alignas(64) uint32_t result[warpSize];
  CUDASIM_LANES
  for (unsigned lane = 0; lane < warpSize; ++lane)
    result[lane] = halves[0][lane] | uint32_t(halves[1][lane]) << 16;
  store(warp, i.destination(), active, result);
}

/// cvt.rn.satfinite.e4m3x2.f32 d, a, b
template <class Small> void singlesToBytes(Warp &warp, const Instruction &i, LaneMask active) {
  const Singles values(warp, i);
  alignas(64) uint16_t result[warpSize];
  CUDASIM_LANES
  for (unsigned lane = 0; lane < warpSize; ++lane)
    result[lane] = uint16_t(Small::encode(values[0][lane]) | Small::encode(values[1][lane]) << 8);
  store(warp, i.destination(), active, result);
}

/// cvt.rn.satfinite.e4m3x2.f16x2 d, a
template <class Small> void halvesToBytes(Warp &warp, const Instruction &i, LaneMask active) {
  alignas(64) float values[2 * warpSize];
  F16::widen(warp.read<uint16_t>(i.source(0)), values, 2 * warpSize);
  clamp(i.as<Clamps>(), values, 2 * warpSize);
  alignas(64) uint16_t result[warpSize];
  CUDASIM_LANES
  for (unsigned lane = 0; lane < warpSize; ++lane)
    result[lane] =
        uint16_t(Small::encode(values[2 * lane]) | Small::encode(values[2 * lane + 1]) << 8);
  store(warp, i.destination(), active, result);
}

/// cvt.rn.f16x2.e4m3x2 d, a: every such number is one of f16's.
template <class Small> void bytesToHalves(Warp &warp, const Instruction &i, LaneMask active) {
  const uint8_t *from = warp.read<uint8_t>(i.source(0));
  alignas(64) float values[2 * warpSize];
  CUDASIM_LANES
  for (unsigned k = 0; k < 2 * warpSize; ++k)
    values[k] = Small::decode(from[k]);
  storeHalves(warp, i, active, values);
}

/// cvt.rn.satfinite.e2m1x2.f32 d, a, b: two numbers of four bits in a byte
void singlesToNibbles(Warp &warp, const Instruction &i, LaneMask active) {
  const Singles values(warp, i);
  alignas(64) uint8_t result[warpSize];
  CUDASIM_LANES
  for (unsigned lane = 0; lane < warpSize; ++lane)
    result[lane] = uint8_t(E2M1::encode(values[0][lane]) | E2M1::encode(values[1][lane]) << 4);
  store(warp, i.destination(), active, result);
}

/// cvt.rn.f16x2.e2m1x2 d, a
void nibblesToHalves(Warp &warp, const Instruction &i, LaneMask active) {
  const uint8_t *from = warp.read<uint8_t>(i.source(0));
  alignas(64) float values[2 * warpSize];
  for (unsigned lane = 0; lane < warpSize; ++lane) {
    values[2 * lane] = E2M1::decode(from[lane] & 15);
    values[2 * lane + 1] = E2M1::decode(from[lane] >> 4);
  }
  storeHalves(warp, i, active, values);
}

/// ue8m0 is the exponent of a power of two; the sign is dropped. 255 is its NaN, which what is too
/// large becomes too, without `.satfinite`.
template <bool up, bool satfinite> uint32_t encodePower(float x) {
  uint32_t magnitude = bitsOf(x) & 0x7fffffff;
  constexpr uint32_t infinity = 0x7f800000, half = 0x00400000; // 2^-127, the least power
  uint32_t code = magnitude >> 23;
  code += up && (magnitude & 0x7fffff) && magnitude > half && magnitude < infinity;
  return satfinite && code == 255 && magnitude <= infinity ? 254 : code;
}
/// cvt.rz.ue8m0x2.f32 d, a, b
template <bool up, bool satfinite> uint16_t singlesToPowers(float a, float b) {
  return uint16_t(encodePower<up, satfinite>(a) << 8 | encodePower<up, satfinite>(b));
}
/// cvt.rz.ue8m0x2.bf16x2 d, a
template <bool up, bool satfinite> uint16_t halvesToPowers(uint32_t a) {
  return singlesToPowers<up, satfinite>(BF16::widen(uint16_t(a >> 16)), BF16::widen(uint16_t(a)));
}
/// cvt.rn.bf16x2.ue8m0x2 d, a
uint32_t power(uint32_t code) {
  return code == 255 ? canonicalHalfNaN : code == 0 ? 0x0040 : code << 7;
}
uint32_t powersToHalves(uint16_t a) { return power(a & 255) | power(a >> 8) << 16; }

/// Both inputs clamped to `bits`, a above b, and what is left above them from c.
template <unsigned bits, bool isSigned> uint32_t packClamped(int32_t a, int32_t b, uint32_t c) {
  constexpr int32_t least = isSigned ? -(1 << (bits - 1)) : 0,
                    most = isSigned ? (1 << (bits - 1)) - 1 : (1 << bits) - 1;
  constexpr uint32_t mask = (1u << bits) - 1;
  uint32_t x = uint32_t(a < least ? least : a > most ? most : a) & mask;
  uint32_t y = uint32_t(b < least ? least : b > most ? most : b) & mask;
  return uint32_t(uint64_t(c) << (2 * bits)) | x << bits | y;
}
template <bool isSigned> uint32_t packHalves(int32_t a, int32_t b) {
  return packClamped<16, isSigned>(a, b, 0);
}

//===----------------------------------------------------------------------===//
// Decoding
//===----------------------------------------------------------------------===//

bool isHalves(Type type) { return type == Type::F16x2 || type == Type::BF16x2; }
/// Two numbers, a byte each.
bool isBytes(Type type) {
  return type == Type::E4M3x2 || type == Type::E5M2x2 || type == Type::E2M3x2 ||
         type == Type::E3M2x2;
}
/// fp8 came with sm_89, what is smaller with Blackwell.
void requireSmall(Decoder &decoder, Type type) {
  if (type == Type::E4M3x2 || type == Type::E5M2x2)
    decoder.require(89);
  else
    decoder.require(100, true);
}

/// Calls `make` with the format of a type of isBytes.
template <class F> Execute forBytes(Type type, F make) {
  return type == Type::E4M3x2   ? make(E4M3())
         : type == Type::E5M2x2 ? make(E5M2())
         : type == Type::E2M3x2 ? make(E2M3())
                                : make(E3M2());
}
Execute bytesFromSingles(Type type) {
  return forBytes(type, [](auto format) -> Execute { return singlesToBytes<decltype(format)>; });
}
Execute halvesFromBytes(Type type) {
  return forBytes(type, [](auto format) -> Execute { return bytesToHalves<decltype(format)>; });
}

/// cvt from and to ue8m0x2
bool decodePowers(Decoder &decoder, const Statement &statement, Instruction &i, Type to,
                  Type from) {
  decoder.require(100, true);
  Modifiers m(statement);
  if (from == Type::UE8M0x2) {
    if (!m.flag("rn") || to != Type::BF16x2)
      decoder.fail("ue8m0x2 is converted by .rn to bf16x2");
    m.type();
    m.type();
    m.end();
    finish(decoder, statement, i, CounterClass::Conversion, lanes<powersToHalves>, to, {from});
    return true;
  }
  bool up = m.flag("rp");
  if (!up && !m.flag("rz"))
    decoder.fail("conversions to ue8m0x2 are .rz or .rp");
  bool satfinite = m.flag("satfinite");
  m.type();
  m.type();
  m.end();
  if (from == Type::F32)
    finish(
        decoder, statement, i, CounterClass::Conversion,
        up ? (satfinite ? lanes<singlesToPowers<true, true>> : lanes<singlesToPowers<true, false>>)
           : (satfinite ? lanes<singlesToPowers<false, true>>
                        : lanes<singlesToPowers<false, false>>),
        to, {Type::F32, Type::F32});
  else if (from == Type::BF16x2)
    finish(
        decoder, statement, i, CounterClass::Conversion,
        up ? (satfinite ? lanes<halvesToPowers<true, true>> : lanes<halvesToPowers<true, false>>)
           : (satfinite ? lanes<halvesToPowers<false, true>> : lanes<halvesToPowers<false, false>>),
        to, {from});
  else
    decoder.fail("ue8m0x2 is converted to from f32 and bf16x2");
  return true;
}

bool decodePacked(Decoder &decoder, const Statement &statement, Instruction &i) {
  size_t count = statement.modifiers.size();
  if (count < 2)
    return false;
  Type to = ptx::parseType(statement.modifiers[count - 2]),
       from = ptx::parseType(statement.modifiers[count - 1]);
  if (to == Type::UE8M0x2 || from == Type::UE8M0x2)
    return decodePowers(decoder, statement, i, to, from);
  if (!isHalves(to) && !isBytes(to) && to != Type::E2M1x2)
    return false;
  Modifiers m(statement);
  bool towardsZero = m.flag("rz");
  if (!towardsZero && !m.flag("rn"))
    decoder.fail("this conversion needs .rn or .rz");
  Clamps clamps;
  bool satfinite = m.flag("satfinite");
  clamps.relu = m.flag("relu");
  satfinite |= m.flag("satfinite");
  m.type();
  m.type();
  m.end();
  const auto &o = statement.operands;
  i.counterClass = CounterClass::Conversion;
  std::vector<Operand> sources;
  if (isHalves(to) && from == Type::F32) {
    if (to == Type::F16x2)
      i.execute = towardsZero ? singlesToHalves<F16TowardsZero> : singlesToHalves<F16>;
    else
      i.execute = towardsZero ? singlesToHalves<BF16TowardsZero> : singlesToHalves<BF16>;
    if (satfinite)
      clamps.largest = to == Type::F16x2 ? 65504.0f : 0x1.fep127f;
    decoder.expectOperands(3, 3);
    sources = {decoder.source(o[1], Type::F32), decoder.source(o[2], Type::F32)};
  } else if (((isBytes(to) || to == Type::E2M1x2) && from == Type::F32) ||
             ((to == Type::E4M3x2 || to == Type::E5M2x2) && from == Type::F16x2)) {
    requireSmall(decoder, to);
    if (!satfinite || towardsZero)
      decoder.fail("conversions to fp8, fp6 and fp4 are .rn.satfinite");
    if (from == Type::F32) {
      i.execute = to == Type::E2M1x2 ? singlesToNibbles : bytesFromSingles(to);
      decoder.expectOperands(3, 3);
      sources = {decoder.source(o[1], Type::F32), decoder.source(o[2], Type::F32)};
    } else {
      i.execute = to == Type::E4M3x2 ? halvesToBytes<E4M3> : halvesToBytes<E5M2>;
      decoder.expectOperands(2, 2);
      sources = {decoder.source(o[1], from)};
    }
  } else if (to == Type::F16x2 && (isBytes(from) || from == Type::E2M1x2)) {
    requireSmall(decoder, from);
    if (satfinite || towardsZero)
      decoder.fail("conversions of fp8, fp6 and fp4 to f16x2 are .rn");
    bool nibbles = from == Type::E2M1x2;
    i.execute = nibbles ? nibblesToHalves : halvesFromBytes(from);
    decoder.expectOperands(2, 2);
    sources = {decoder.source(o[1], from)};
  } else {
    decoder.fail("there is no conversion between these types");
  }
  decoder.operands(i, {decoder.destination(o[0], to)}, sources);
  i.attributes = decoder.make(clamps);
  return true;
}

bool decodePack(Decoder &decoder, const Statement &statement, Instruction &i) {
  Modifiers m(statement);
  if (!m.flag("pack"))
    return false;
  if (!m.flag("sat"))
    decoder.fail("cvt.pack needs .sat");
  Execute pair = m.one<Execute>(
      {{"u16", lanes<packHalves<false>>}, {"s16", lanes<packHalves<true>>}}, nullptr);
  Execute execute = pair ? pair
                         : m.one<Execute>({{"u8", lanes<packClamped<8, false>>},
                                           {"s8", lanes<packClamped<8, true>>},
                                           {"u4", lanes<packClamped<4, false>>},
                                           {"s4", lanes<packClamped<4, true>>},
                                           {"u2", lanes<packClamped<2, false>>},
                                           {"s2", lanes<packClamped<2, true>>}},
                                          nullptr);
  if (m.type() != Type::S32 || (!pair && m.type() != Type::B32))
    decoder.fail("cvt.pack packs two s32, and a b32 where they are to have 8 bits or less");
  m.end();
  if (pair)
    finish(decoder, statement, i, CounterClass::Conversion, execute, Type::U32,
           {Type::S32, Type::S32});
  else
    finish(decoder, statement, i, CounterClass::Conversion, execute, Type::U32,
           {Type::S32, Type::S32, Type::B32});
  return true;
}

} // namespace

void registerPackedConvert(DecodeTable &table) {
  table.add({"cvt"}, decodePack);
  table.add({"cvt"}, decodePacked);
}

} // namespace azulejo::cudasim
