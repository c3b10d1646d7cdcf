//===- HalfArithmetic.cpp - f16, bf16 and their pairs ---------------------===//
#include "runtime/cudasim/Instructions/Extremum.h"
#include "runtime/cudasim/Instructions/Half.h"
#include "runtime/cudasim/Instructions/Handlers.h"

/// PTX ISA 9.7.4 (ex2 and tanh are in SpecialFunctions.cpp). A register of pairs is an array of 64
/// numbers, so that pairs and single numbers differ in nothing but their count.
/// The mixed-precision forms of 9.7.5 are Blackwell's: a load error.
namespace azulejo::cudasim {
namespace {

using ptx::Statement;
using ptx::Type;

/// Operands and result as f32 (the result rounded to odd, or exact enough that rounding it again
/// cannot be told from rounding once), `count` of them.
using Compute = void (*)(const float *a, const float *b, const float *c, float *result,
                         unsigned count);

/// f32 has more than twice the bits of f16 and bf16 plus two: a rounded sum rounds on correctly.
void add(const float *a, const float *b, const float *, float *result, unsigned count) {
  CUDASIM_LANES
  for (unsigned k = 0; k < count; ++k)
    result[k] = a[k] + b[k];
}
void sub(const float *a, const float *b, const float *, float *result, unsigned count) {
  CUDASIM_LANES
  for (unsigned k = 0; k < count; ++k)
    result[k] = a[k] - b[k];
}

/// Products of f16 are exact in f32; those of bf16 where they are neither tiny nor huge. A zero
/// factor's is.
inline uint32_t isTiny(float product, float a, float b) {
  return uint32_t(std::fabs(product) < 0x1p-110f) & uint32_t(a != 0) & uint32_t(b != 0);
}
template <class Format>
void mul(const float *a, const float *b, const float *, float *result, unsigned count) {
  constexpr bool always = std::is_same_v<Format, F16>;
  uint32_t inexact = 0;
  CUDASIM_LANES
  for (unsigned k = 0; k < count; ++k) {
    result[k] = a[k] * b[k];
    inexact |= always ? 0 : isTiny(result[k], a[k], b[k]);
  }
  if (!inexact)
    return;
  CUDASIM_LANES
  for (unsigned k = 0; k < count; ++k)
    result[k] = narrowToOdd(double(a[k]) * double(b[k]));
}
template <class Format>
void fma(const float *a, const float *b, const float *c, float *result, unsigned count) {
  constexpr bool always = std::is_same_v<Format, F16>;
  uint32_t inexact = 0;
  CUDASIM_LANES
  for (unsigned k = 0; k < count; ++k) {
    float product = a[k] * b[k];
    result[k] = addToOdd(product, c[k]);
    inexact |= always ? 0 : isTiny(product, a[k], b[k]) | uint32_t(std::fabs(product) > 0x1p126f);
  }
  if (!inexact)
    return;
  CUDASIM_LANES
  for (unsigned k = 0; k < count; ++k)
    result[k] = narrowToOdd(addToOdd(double(a[k]) * double(b[k]), double(c[k])));
}
template <bool isMin, bool nan, bool xorsign>
void extremum(const float *a, const float *b, const float *, float *result, unsigned count) {
  CUDASIM_LANES
  for (unsigned k = 0; k < count; ++k)
    result[k] = extremumModified<isMin, nan, false, xorsign>(a[k], b[k]);
}

struct Modes {
  bool ftz = false, sat = false, relu = false, oob = false;
};

/// The NaN that tensor copies fill what is out of bounds with; fma.oob yields +0 for it.
constexpr uint16_t outOfBoundsNaN = 0x7fff;

template <class Format> void flushAll(float *values, unsigned count) {
  CUDASIM_LANES
  for (unsigned k = 0; k < count; ++k)
    values[k] = flushHalf<Format>(values[k]);
}

/// `parts`: 1, or 2 for pairs. Of Word is the register.
template <class Format, unsigned parts, Compute compute, unsigned operands>
void execute(Warp &warp, const Instruction &i, LaneMask active) {
  using Word = std::conditional_t<parts == 2, uint32_t, uint16_t>;
  constexpr unsigned count = warpSize * parts;
  const Modes &modes = i.as<Modes>();
  alignas(64) float values[operands][count], result[count];
  for (unsigned k = 0; k < operands; ++k) {
    Format::widen(warp.read<uint16_t>(i.source(k)), values[k], count);
    if (modes.ftz)
      flushAll<Format>(values[k], count);
  }
  compute(values[0], values[1], values[operands - 1], result, count);
  if (modes.sat) {
    CUDASIM_LANES
    for (float &x : result)
      x = saturateUnit(x);
  }
  if (modes.relu) {
    CUDASIM_LANES
    for (float &x : result)
      x = x <= 0 ? 0 : x;
  }
  alignas(64) uint16_t halves[count];
  Format::narrow(result, halves, count);
  if (modes.ftz) {
    CUDASIM_LANES
    for (uint16_t &half : halves)
      half = half & Format::infinity ? half : half & 0x8000;
  }
  if (modes.oob)
    for (unsigned k = 0; k < operands; ++k) {
      const uint16_t *operand = warp.read<uint16_t>(i.source(k));
      CUDASIM_LANES
      for (unsigned each = 0; each < count; ++each)
        halves[each] = operand[each] == outOfBoundsNaN ? 0 : halves[each];
    }
  store(warp, i.destination(), active, reinterpret_cast<const Word *>(halves));
}

/// Of one half, or of both at once: they only move the sign bits.
template <class Word> constexpr Word signs = sizeof(Word) == 4 ? Word(0x80008000) : Word(0x8000);
template <class Word> Word absolute(Word a) { return a & Word(~signs<Word>); }
template <class Word> Word negative(Word a) { return a ^ signs<Word>; }
/// f16 with `.ftz`.
uint16_t flushBits(uint16_t a) { return a & F16::infinity ? a : a & 0x8000; }
uint16_t absoluteFlushed(uint16_t a) { return flushBits(a) & 0x7fff; }
uint16_t negativeFlushed(uint16_t a) { return flushBits(a) ^ 0x8000; }
template <uint16_t (*f)(uint16_t)> uint32_t both(uint32_t a) {
  return f(uint16_t(a)) | uint32_t(f(uint16_t(a >> 16))) << 16;
}

//===----------------------------------------------------------------------===//
// Decoding
//===----------------------------------------------------------------------===//

bool isPair(Type type) { return type == Type::F16x2 || type == Type::BF16x2; }
bool isBF16(Type type) { return type == Type::BF16 || type == Type::BF16x2; }

bool isOurs(Decoder &decoder, const Statement &statement) {
  Type type = lastType(statement);
  if (type != Type::F16 && type != Type::F16x2 && type != Type::BF16 && type != Type::BF16x2)
    return false;
  if (statement.has("f32"))
    decoder.require(100); // add.f32.f16 and its like
  return true;
}

template <Compute half, Compute brain, unsigned operands> Execute forFormat(Type type) {
  switch (type) {
  case Type::F16:
    return execute<F16, 1, half, operands>;
  case Type::F16x2:
    return execute<F16, 2, half, operands>;
  case Type::BF16:
    return execute<BF16, 1, brain, operands>;
  default:
    return execute<BF16, 2, brain, operands>;
  }
}

void checkModes(Decoder &decoder, Type type, const Modes &modes) {
  if (isBF16(type) && (modes.ftz || modes.sat))
    decoder.fail(".ftz and .sat are not for bf16");
}

bool decodeSum(Decoder &decoder, const Statement &statement, Instruction &i) {
  if (!isOurs(decoder, statement))
    return false;
  Modifiers m(statement);
  m.flag("rn");
  Modes modes;
  modes.ftz = m.flag("ftz");
  modes.sat = m.flag("sat");
  Type type = m.type();
  m.end();
  checkModes(decoder, type, modes);
  if (isBF16(type))
    decoder.require(90);
  std::string_view opcode = statement.opcode;
  Execute chosen = opcode == "add"   ? forFormat<add, add, 2>(type)
                   : opcode == "sub" ? forFormat<sub, sub, 2>(type)
                                     : forFormat<mul<F16>, mul<BF16>, 2>(type);
  finish(decoder, statement, i, CounterClass::Half, chosen, type, {type, type});
  i.attributes = decoder.make(modes);
  return true;
}

bool decodeFma(Decoder &decoder, const Statement &statement, Instruction &i) {
  if (!isOurs(decoder, statement))
    return false;
  Modifiers m(statement);
  if (!m.flag("rn"))
    decoder.fail("fma needs .rn");
  Modes modes;
  modes.ftz = m.flag("ftz");
  modes.oob = m.flag("oob");
  modes.sat = m.flag("sat");
  modes.relu = m.flag("relu");
  Type type = m.type();
  m.end();
  checkModes(decoder, type, modes);
  if ((modes.sat && (modes.relu || modes.oob)) || (modes.ftz && modes.oob))
    decoder.fail(".sat goes with neither .relu nor .oob, nor does .ftz with .oob");
  if (modes.oob)
    decoder.require(90);
  finish(decoder, statement, i, CounterClass::Half, forFormat<fma<F16>, fma<BF16>, 3>(type), type,
         {type, type, type});
  i.attributes = decoder.make(modes);
  i.multiplyAdds = isPair(type) ? 2 : 1;
  return true;
}

template <bool isMin, bool nan, bool xorsign> Execute extremumFor(Type type) {
  constexpr Compute compute = extremum<isMin, nan, xorsign>;
  return forFormat<compute, compute, 2>(type);
}

bool decodeExtremum(Decoder &decoder, const Statement &statement, Instruction &i) {
  if (!isOurs(decoder, statement))
    return false;
  Modifiers m(statement);
  Modes modes;
  modes.ftz = m.flag("ftz");
  bool nan = m.flag("NaN"), xorsign = m.flag("xorsign");
  if (xorsign != m.flag("abs"))
    decoder.fail(".xorsign and .abs go together");
  Type type = m.type();
  m.end();
  checkModes(decoder, type, modes);
  if (xorsign)
    decoder.require(86);
  Execute chosen = statement.opcode == "min"
                       ? (nan ? (xorsign ? extremumFor<true, true, true>(type)
                                         : extremumFor<true, true, false>(type))
                              : (xorsign ? extremumFor<true, false, true>(type)
                                         : extremumFor<true, false, false>(type)))
                       : (nan ? (xorsign ? extremumFor<false, true, true>(type)
                                         : extremumFor<false, true, false>(type))
                              : (xorsign ? extremumFor<false, false, true>(type)
                                         : extremumFor<false, false, false>(type)));
  finish(decoder, statement, i, CounterClass::Half, chosen, type, {type, type});
  i.attributes = decoder.make(modes);
  return true;
}

bool decodeSign(Decoder &decoder, const Statement &statement, Instruction &i) {
  if (!isOurs(decoder, statement))
    return false;
  Modifiers m(statement);
  Modes modes;
  modes.ftz = m.flag("ftz");
  Type type = m.type();
  m.end();
  checkModes(decoder, type, modes);
  bool pair = isPair(type), abs = statement.opcode == "abs";
  Execute chosen;
  if (modes.ftz)
    chosen = abs ? (pair ? lanes<both<absoluteFlushed>> : lanes<absoluteFlushed>)
                 : (pair ? lanes<both<negativeFlushed>> : lanes<negativeFlushed>);
  else
    chosen = abs ? (pair ? lanes<absolute<uint32_t>> : lanes<absolute<uint16_t>>)
                 : (pair ? lanes<negative<uint32_t>> : lanes<negative<uint16_t>>);
  finish(decoder, statement, i, CounterClass::Half, chosen, type, {type});
  return true;
}

} // namespace

void registerHalfArithmetic(DecodeTable &table) {
  table.add({"add", "sub", "mul"}, decodeSum);
  table.add({"fma"}, decodeFma);
  table.add({"min", "max"}, decodeExtremum);
  table.add({"abs", "neg"}, decodeSign);
}

} // namespace azulejo::cudasim
