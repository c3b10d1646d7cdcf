//===- Convert.cpp - cvt from and to floating point -----------------------===//
#include "runtime/cudasim/Instructions/ConvertTypes.h"
#include "runtime/cudasim/Instructions/Half.h"
#include "runtime/cudasim/Machine/SpecialRegisters.h"

/// PTX ISA 9.7.9.21 for scalar types, one of which at least is floating point; IntegerConvert.cpp
/// and PackedConvert.cpp have the rest.
///
/// A conversion goes through double, which holds every f16, bf16, f32 and 32-bit integer, and
/// 64-bit integers rounded to odd (Rounding.h), so that the result is rounded once:
///
///   load  →  to an integer (.rni …)  →  .sat, .relu, .satfinite  →  round  →  write
///
/// Registers may be wider than the types (section 9.4.1): load takes the lower bits, write extends
/// by the destination type's signedness. Frequent conversions have a handler of their own.
namespace azulejo::cudasim {
namespace {

using ptx::Statement;
using ptx::Type;

//===----------------------------------------------------------------------===//
// Steps
//===----------------------------------------------------------------------===//

using Load = void (*)(const void *from, double *to);
using Step = void (*)(double *values);
using Round = void (*)(const double *from, void *to);

/// Exact; integers of more than 53 bits are rounded to odd.
inline double toDouble(uint64_t x) {
  uint64_t top = x >> 11 | ((x & 0x7ff) != 0);
  return x >> 53 ? double(int64_t(top)) * 0x1p11 : double(int64_t(x));
}
inline double toDouble(int64_t x) {
  return x < 0 ? -toDouble(uint64_t(0) - uint64_t(x)) : toDouble(uint64_t(x));
}
inline double toDouble(int32_t x) { return x; }
inline double toDouble(uint32_t x) { return x; }

/// An integer of type T in a register of R.
template <class T, class R> void loadInteger(const void *from, double *to) {
  using Same = std::conditional_t<(sizeof(T) < 4), int32_t, T>;
  const R *x = static_cast<const R *>(from);
  CUDASIM_LANES
  for (unsigned lane = 0; lane < warpSize; ++lane)
    to[lane] = toDouble(Same(T(x[lane])));
}
template <class R, bool ftz> void loadSingle(const void *from, double *to) {
  const R *x = static_cast<const R *>(from);
  CUDASIM_LANES
  for (unsigned lane = 0; lane < warpSize; ++lane)
    to[lane] = flushIf<ftz>(bitCast<float>(uint32_t(x[lane])));
}
void loadDouble(const void *from, double *to) { std::memcpy(to, from, warpSize * sizeof(double)); }
template <class Format, class R> void loadHalf(const void *from, double *to) {
  const R *x = static_cast<const R *>(from);
  alignas(64) uint16_t half[warpSize];
  alignas(64) float single[warpSize];
  CUDASIM_LANES
  for (unsigned lane = 0; lane < warpSize; ++lane)
    half[lane] = uint16_t(x[lane]);
  Format::widen(half, single, warpSize);
  CUDASIM_LANES
  for (unsigned lane = 0; lane < warpSize; ++lane)
    to[lane] = single[lane];
}

template <Rounding rounding> void toIntegral(double *values) {
  CUDASIM_LANES
  for (unsigned lane = 0; lane < warpSize; ++lane) {
    double x = values[lane];
    values[lane] = rounding == Rounding::Zero   ? std::trunc(x)
                   : rounding == Rounding::Down ? std::floor(x)
                   : rounding == Rounding::Up   ? std::ceil(x)
                                                : std::rint(x);
  }
}

void clampUnit(double *values) {
  CUDASIM_LANES
  for (unsigned lane = 0; lane < warpSize; ++lane)
    values[lane] = saturateUnit(values[lane]);
}
void clampNegative(double *values) {
  CUDASIM_LANES
  for (unsigned lane = 0; lane < warpSize; ++lane)
    values[lane] = values[lane] <= 0 ? 0 : values[lane];
}
void clampFinite(double *values, double largest) {
  CUDASIM_LANES
  for (unsigned lane = 0; lane < warpSize; ++lane) {
    double x = values[lane];
    values[lane] = x > largest ? largest : x < -largest ? -largest : x;
  }
}

/// Integral values to T, out of range ones to its limits; NaN to 0, or to the highest bit alone.
template <class T, bool nanIsHighestBit> void roundInteger(const double *from, void *to) {
  using Limits = std::numeric_limits<T>;
  constexpr double least = double(Limits::min()), bound = 2 * double(T(1) << (Limits::digits - 1));
  constexpr T nan = nanIsHighestBit ? T(uint64_t(1) << (8 * sizeof(T) - 1)) : T(0);
  T *result = static_cast<T *>(to);
  CUDASIM_LANES
  for (unsigned lane = 0; lane < warpSize; ++lane) {
    double x = from[lane];
    result[lane] = x != x ? nan : x < least ? Limits::min() : x >= bound ? Limits::max() : T(x);
  }
}

CUDASIM_ROUNDED void narrowSingle(const double *from, float *to) {
  CUDASIM_LANES
  for (unsigned lane = 0; lane < warpSize; ++lane)
    to[lane] = float(from[lane]);
}
template <Rounding rounding, bool ftz> void roundSingle(const double *from, void *to) {
  float *result = static_cast<float *>(to);
  if (rounding == Rounding::Nearest) {
    narrowSingle(from, result);
  } else {
    RoundingScope scope(rounding);
    narrowSingle(from, result);
  }
  CUDASIM_LANES
  for (unsigned lane = 0; lane < warpSize; ++lane)
    result[lane] = flushIf<ftz>(canonical(result[lane]));
}
void roundDouble(const double *from, void *to) { std::memcpy(to, from, warpSize * sizeof(double)); }

/// The bits of x without its lowest `drop` bits, rounded. Overflow carries into the exponent, up to
/// infinity's.
template <Rounding rounding, unsigned drop> uint32_t roundBits(float x) {
  constexpr uint32_t ulp = 1u << drop, rest = ulp - 1;
  uint32_t bits = bitsOf(x);
  bool negative = bits >> 31;
  uint32_t increment = rounding == Rounding::Nearest       ? rest / 2 + (bits >> drop & 1)
                       : rounding == Rounding::NearestAway ? ulp / 2
                       : rounding == Rounding::Up          ? (negative ? 0 : rest)
                       : rounding == Rounding::Down        ? (negative ? rest : 0)
                                                           : 0;
  bool infinite = (bits & 0x7fffffff) == 0x7f800000;
  return (infinite ? bits : bits + increment) & ~rest;
}
template <Rounding rounding> void roundF16(const double *from, void *to) {
  alignas(64) float odd[warpSize];
  CUDASIM_LANES
  for (unsigned lane = 0; lane < warpSize; ++lane)
    odd[lane] = narrowToOdd(from[lane]);
  F16::narrow<rounding == Rounding::Nearest ? _MM_FROUND_TO_NEAREST_INT
              : rounding == Rounding::Zero  ? _MM_FROUND_TO_ZERO
              : rounding == Rounding::Up ? _MM_FROUND_TO_POS_INF
                                         : _MM_FROUND_TO_NEG_INF>(odd, static_cast<uint16_t *>(to),
                                                                  warpSize);
}
template <Rounding rounding> void roundBF16(const double *from, void *to) {
  uint16_t *result = static_cast<uint16_t *>(to);
  CUDASIM_LANES
  for (unsigned lane = 0; lane < warpSize; ++lane) {
    float odd = narrowToOdd(from[lane]);
    result[lane] = odd == odd ? uint16_t(roundBits<rounding, 16>(odd) >> 16) : canonicalHalfNaN;
  }
}
/// tf32: f32 with 10 bits of mantissa, the others zero.
template <Rounding rounding> void roundTF32(const double *from, void *to) {
  uint32_t *result = static_cast<uint32_t *>(to);
  CUDASIM_LANES
  for (unsigned lane = 0; lane < warpSize; ++lane) {
    float x = float(from[lane]); // it was one
    result[lane] = x == x ? roundBits<rounding, 13>(x) : canonicalNaN;
  }
}

struct Conversion {
  Load load = nullptr;
  Step integral = nullptr; // .rni … of a floating-point value
  bool sat = false, relu = false;
  double largest = 0; // .satfinite, unless 0
  Round round = nullptr;
  Write write = nullptr;
};

void convert(Warp &warp, const Instruction &i, LaneMask active) {
  const Conversion &conversion = i.as<Conversion>();
  alignas(64) double values[warpSize];
  conversion.load(warp.read<uint8_t>(i.source(0)), values);
  if (conversion.integral)
    conversion.integral(values);
  if (conversion.sat)
    clampUnit(values);
  if (conversion.relu)
    clampNegative(values);
  if (conversion.largest != 0)
    clampFinite(values, conversion.largest);
  alignas(64) uint64_t result[warpSize];
  conversion.round(values, result);
  conversion.write(warp, i.destination(), active, result);
}

/// A 64-bit integer to f64 is the one conversion that double cannot carry unrounded.
CUDASIM_ROUNDED void addHalves(const double *high, const double *low, double *sum) {
  CUDASIM_LANES
  for (unsigned lane = 0; lane < warpSize; ++lane)
    sum[lane] = high[lane] + low[lane];
}
template <class T, Rounding rounding>
void longToDouble(Warp &warp, const Instruction &i, LaneMask active) {
  using Upper = std::conditional_t<std::is_signed_v<T>, int32_t, uint32_t>;
  const T *x = warp.read<T>(i.source(0));
  alignas(64) double high[warpSize], low[warpSize], result[warpSize];
  CUDASIM_LANES
  for (unsigned lane = 0; lane < warpSize; ++lane) {
    high[lane] = double(Upper(x[lane] >> 32)) * 0x1p32;
    low[lane] = uint32_t(x[lane]);
  }
  {
    RoundingScope scope(rounding);
    addHalves(high, low, result);
  }
  store(warp, i.destination(), active, result);
}

//===----------------------------------------------------------------------===//
// Frequent conversions, registers as wide as their types
//===----------------------------------------------------------------------===//

float s32ToSingle(int32_t a) { return float(a); }
float u32ToSingle(uint32_t a) { return float(a); }
double s32ToDouble(int32_t a) { return a; }
double u32ToDouble(uint32_t a) { return a; }
double singleToDouble(float a) { return a; }
float doubleToSingle(double a) { return canonical(float(a)); }
int32_t singleToS32(float a) {
  return a != a ? 0 : a >= 0x1p31f ? INT32_MAX : a < -0x1p31f ? INT32_MIN : int32_t(a);
}
uint32_t singleToU32(float a) { return a >= 0x1p32f ? UINT32_MAX : a > 0 ? uint32_t(a) : 0; }
float bf16ToSingle(uint16_t a) { return BF16::widen(a); }
uint16_t singleToBF16(float a) { return BF16::narrow(a); }
void f16ToSingle(Warp &warp, const Instruction &i, LaneMask active) {
  alignas(64) float result[warpSize];
  F16::widen(warp.read<uint16_t>(i.source(0)), result, warpSize);
  CUDASIM_LANES
  for (unsigned lane = 0; lane < warpSize; ++lane)
    result[lane] = canonical(result[lane]);
  store(warp, i.destination(), active, result);
}
void singleToF16(Warp &warp, const Instruction &i, LaneMask active) {
  alignas(64) uint16_t result[warpSize];
  F16::narrow(warp.read<float>(i.source(0)), result, warpSize);
  store(warp, i.destination(), active, result);
}

//===----------------------------------------------------------------------===//
// Decoding
//===----------------------------------------------------------------------===//

Load loadOf(Type type, unsigned bytes, bool ftz) {
  switch (type) {
  case Type::F32:
    return bytes == 8 ? (ftz ? loadSingle<uint64_t, true> : loadSingle<uint64_t, false>)
                      : (ftz ? loadSingle<uint32_t, true> : loadSingle<uint32_t, false>);
  case Type::F64:
    return loadDouble;
  case Type::F16:
    return forWidth<2>(bytes, [](auto r) -> Load { return loadHalf<F16, decltype(r)>; });
  case Type::BF16:
    return forWidth<2>(bytes, [](auto r) -> Load { return loadHalf<BF16, decltype(r)>; });
  default:
    return forInteger<1>(type, [&](auto t) {
      return forWidth<sizeof(t)>(
          bytes, [](auto r) -> Load { return loadInteger<decltype(t), decltype(r)>; });
    });
  }
}
Round roundOf(Type to, Type from, Rounding rounding, bool ftz) {
  switch (to) {
  case Type::F16:
    return forRounding(rounding, [](auto r) -> Round { return roundF16<r()>; });
  case Type::BF16:
    return forRounding(rounding, [](auto r) -> Round { return roundBF16<r()>; });
  case Type::TF32:
    return rounding == Rounding::NearestAway ? roundTF32<Rounding::NearestAway>
           : rounding == Rounding::Zero      ? roundTF32<Rounding::Zero>
                                             : roundTF32<Rounding::Nearest>;
  case Type::F32:
    return forRounding(rounding, [&](auto r) -> Round {
      return ftz ? roundSingle<r(), true> : roundSingle<r(), false>;
    });
  case Type::F64:
    return roundDouble;
  default:
    return forInteger<1>(to, [&](auto t) -> Round {
      using T = decltype(t);
      return from == Type::F64 || sizeof(T) == 8 ? roundInteger<T, true> : roundInteger<T, false>;
    });
  }
}

/// What stands between `cvt` and the types.
struct CvtModes {
  bool hasRounding = false, integral = false;
  Rounding rounding = Rounding::Nearest;
  bool ftz = false, sat = false, relu = false, satfinite = false;
};

CvtModes takeModes(Modifiers &m) {
  CvtModes modes;
  std::string_view first = m.peek();
  modes.rounding = m.one<Rounding>({{"rn", Rounding::Nearest},
                                    {"rz", Rounding::Zero},
                                    {"rm", Rounding::Down},
                                    {"rp", Rounding::Up},
                                    {"rna", Rounding::NearestAway},
                                    {"rni", Rounding::Nearest},
                                    {"rzi", Rounding::Zero},
                                    {"rmi", Rounding::Down},
                                    {"rpi", Rounding::Up}},
                                   Rounding::Nearest);
  modes.hasRounding = m.peek() != first;
  modes.integral = modes.hasRounding && first.size() == 3 && first != "rna";
  for (bool more = true; more;) {
    more = false;
    for (auto [flag, name] : {std::pair<bool *, const char *>{&modes.ftz, "ftz"},
                              {&modes.sat, "sat"},
                              {&modes.relu, "relu"},
                              {&modes.satfinite, "satfinite"}})
      if (!*flag && m.flag(name))
        *flag = more = true;
  }
  return modes;
}

/// Orders of precision, to tell where a rounding is needed.
unsigned precision(Type type) {
  return type == Type::F64 ? 3 : type == Type::F32 ? 2 : 1; // f16 and bf16 lose to each other
}

void checkModes(Decoder &decoder, Type to, Type from, const CvtModes &modes) {
  bool toFloat = !isInteger(to), fromFloat = !isInteger(from);
  bool narrows = toFloat && (!fromFloat || to == Type::TF32 || precision(to) < precision(from) ||
                             (precision(to) == precision(from) && to != from));
  if (fromFloat && !toFloat && !modes.integral)
    decoder.fail("a conversion to integers needs .rni, .rzi, .rmi or .rpi");
  bool betweenHalves = (to == Type::F16 && from == Type::BF16) ||
                       (to == Type::BF16 && from == Type::F16); // ptxas takes them without
  if (narrows && !betweenHalves && (!modes.hasRounding || modes.integral))
    decoder.fail("this conversion needs .rn, .rz, .rm or .rp");
  if (!narrows && modes.hasRounding && !modes.integral && (from != Type::BF16 || to == Type::BF16))
    decoder.fail("this conversion is exact: it has no rounding");
  if (modes.integral && (!fromFloat || (toFloat && to != from)))
    decoder.fail(".rni, .rzi, .rmi and .rpi are for conversions of floating point to integers");
  if (modes.rounding == Rounding::NearestAway && to != Type::TF32)
    decoder.fail(".rna is for tf32");
  if (modes.ftz && to != Type::F32 && from != Type::F32)
    decoder.fail(".ftz is for conversions from or to f32");
  if (modes.relu || modes.satfinite) {
    if ((to != Type::F16 && to != Type::BF16 && to != Type::TF32) || from != Type::F32)
      decoder.fail(".relu and .satfinite are for conversions of f32 to f16, bf16 and tf32");
    if (modes.sat || modes.ftz || modes.rounding == Rounding::Down ||
        modes.rounding == Rounding::Up)
      decoder.fail(".relu and .satfinite go with .rn and .rz, and not with .sat or .ftz");
  }
  if (to == Type::TF32) {
    if (from != Type::F32)
      decoder.fail("tf32 is converted to from f32 only");
    if (modes.ftz || modes.sat || modes.rounding == Rounding::Down ||
        modes.rounding == Rounding::Up || (modes.relu && modes.rounding == Rounding::NearestAway))
      decoder.fail("conversions to tf32 are .rna, .rn or .rz, without .ftz and .sat");
    if (modes.rounding != Rounding::NearestAway)
      decoder.require(modes.satfinite ? 100 : 90);
  }
  bool bf16 = to == Type::BF16 || from == Type::BF16;
  if (bf16 && modes.sat)
    decoder.fail(".sat is not for bf16");
  if (bf16 && (to != Type::BF16 || from != Type::F32) &&
      (from != Type::BF16 || to != Type::F32 || modes.ftz))
    decoder.require(90);
}

/// A handler of its own, where there is one.
Execute frequent(Type to, Type from, const CvtModes &modes) {
  if (modes.sat || modes.relu || modes.satfinite || modes.rounding == Rounding::Down ||
      modes.rounding == Rounding::Up)
    return nullptr;
  bool nearest = modes.rounding == Rounding::Nearest, exact = !modes.ftz;
  if (from == Type::F32 && to == Type::S32) // what .ftz flushes is truncated anyway
    return nearest ? nullptr : lanes<singleToS32>;
  if (from == Type::F32 && to == Type::U32)
    return nearest ? nullptr : lanes<singleToU32>;
  if (!nearest || modes.integral)
    return nullptr;
  if (to == Type::F32 && from == Type::S32)
    return lanes<s32ToSingle>;
  if (to == Type::F32 && from == Type::U32)
    return lanes<u32ToSingle>;
  if (to == Type::F64 && from == Type::S32)
    return lanes<s32ToDouble>;
  if (to == Type::F64 && from == Type::U32)
    return lanes<u32ToDouble>;
  if (!exact)
    return nullptr;
  if (to == Type::F64 && from == Type::F32)
    return lanes<singleToDouble>;
  if (to == Type::F32 && from == Type::F64)
    return lanes<doubleToSingle>;
  if (to == Type::F32 && from == Type::F16)
    return f16ToSingle;
  if (to == Type::F16 && from == Type::F32)
    return singleToF16;
  if (to == Type::F32 && from == Type::BF16)
    return lanes<bf16ToSingle>;
  if (to == Type::BF16 && from == Type::F32)
    return lanes<singleToBF16>;
  return nullptr;
}

double largestOf(Type type) {
  return type == Type::F16 ? 65504.0 : type == Type::BF16 ? 0x1.fep127 : 0x1.ffcp127;
}

void choose(Decoder &decoder, Instruction &i, Type to, Type from, const CvtModes &modes) {
  const Operand &source = i.source(0), &destination = i.destination();
  bool plain = source.bytes == ptx::sizeInBytes(from) && destination.bytes == ptx::sizeInBytes(to);
  if (plain)
    if (Execute execute = frequent(to, from, modes)) {
      i.execute = execute;
      return;
    }
  if (plain && !modes.sat && to == Type::F64 && (from == Type::S64 || from == Type::U64)) {
    i.execute = forRounding(modes.rounding, [&](auto r) -> Execute {
      return from == Type::S64 ? longToDouble<int64_t, r()> : longToDouble<uint64_t, r()>;
    });
    return;
  }
  Conversion conversion;
  conversion.load = loadOf(from, source.bytes, modes.ftz);
  if (modes.integral)
    conversion.integral =
        forRounding(modes.rounding, [](auto r) -> Step { return toIntegral<r()>; });
  conversion.sat = modes.sat && !isInteger(to);
  conversion.relu = modes.relu;
  conversion.largest = modes.satfinite ? largestOf(to) : 0;
  conversion.round =
      roundOf(to, from, modes.integral ? Rounding::Nearest : modes.rounding, modes.ftz);
  conversion.write = writeOf(to, destination.bytes);
  i.attributes = decoder.make(conversion);
  i.execute = convert;
}

bool decodeConvert(Decoder &decoder, const Statement &statement, Instruction &i) {
  auto isScalar = [](Type type) {
    return isInteger(type) || type == Type::F16 || type == Type::BF16 || type == Type::F32 ||
           type == Type::F64 || type == Type::TF32;
  };
  size_t count = statement.modifiers.size();
  if (count < 2 || !isScalar(ptx::parseType(statement.modifiers[count - 1])) ||
      !isScalar(ptx::parseType(statement.modifiers[count - 2])) ||
      (isInteger(ptx::parseType(statement.modifiers[count - 1])) &&
       isInteger(ptx::parseType(statement.modifiers[count - 2]))))
    return false;
  Modifiers m(statement);
  CvtModes modes = takeModes(m);
  Type to = m.type(), from = m.type();
  m.end();
  if (from == Type::TF32)
    decoder.fail("nothing is converted from tf32");
  checkModes(decoder, to, from, modes);
  decoder.expectOperands(2, 2);
  const bool wider = to != Type::BF16 && from != Type::BF16;
  if (statement.operands[1].kind == ptx::Operand::Kind::Name &&
      findSpecialRegister(statement.operands[1].name) != SpecialRegister::Count)
    decoder.fail("a special register is converted to integers only");
  decoder.operands(i, {decoder.destination(statement.operands[0], to, wider)},
                   {decoder.source(statement.operands[1], from, wider)});
  choose(decoder, i, to, from, modes);
  i.counterClass = CounterClass::Conversion;
  return true;
}

} // namespace

void registerConvert(DecodeTable &table) { table.add({"cvt"}, decodeConvert); }

} // namespace azulejo::cudasim
