//===- FloatArithmetic.cpp - f32 and f64 arithmetic -----------------------===//
#include "runtime/cudasim/Instructions/Extremum.h"
#include "runtime/cudasim/Instructions/RoundedHandlers.h"

/// PTX ISA 9.7.3 but for its special functions. f32x2 is Blackwell's: a load error.
namespace azulejo::cudasim {
namespace {

using ptx::Statement;
using ptx::Type;

//===----------------------------------------------------------------------===//
// What is rounded: the host's operation, in the direction in force
//===----------------------------------------------------------------------===//

template <class T> T add(T a, T b) { return a + b; }
template <class T> T sub(T a, T b) { return a - b; }
template <class T> T mul(T a, T b) { return a * b; }
template <class T> T div(T a, T b) { return a / b; }
inline float fma(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
inline double fma(double a, double b, double c) { return __builtin_fma(a, b, c); }
/// a * (1/b), where 1/b of a large b is flushed.
float divApprox(float a, float b) {
  return std::fabs(b) > 0x1p126f ? a * std::copysign(0.0f, b) : a / b;
}

struct Modes {
  bool ftz = false, sat = false;
};

template <float (*f)(float, float)> Execute single(Rounding r, Modes m) {
  return m.ftz ? (m.sat ? inRounding<float, computeTwo<float, f, true, true>, 2>(r)
                        : inRounding<float, computeTwo<float, f, true, false>, 2>(r))
               : (m.sat ? inRounding<float, computeTwo<float, f, false, true>, 2>(r)
                        : inRounding<float, computeTwo<float, f, false, false>, 2>(r));
}
template <float (*f)(float, float, float)> Execute single(Rounding r, Modes m) {
  return m.ftz ? (m.sat ? inRounding<float, computeThree<float, f, true, true>, 3>(r)
                        : inRounding<float, computeThree<float, f, true, false>, 3>(r))
               : (m.sat ? inRounding<float, computeThree<float, f, false, true>, 3>(r)
                        : inRounding<float, computeThree<float, f, false, false>, 3>(r));
}
template <double (*f)(double, double)> Execute twofold(Rounding r) {
  return inRounding<double, computeTwo<double, f, false, false>, 2>(r);
}

//===----------------------------------------------------------------------===//
// What is exact
//===----------------------------------------------------------------------===//

float absoluteFlushed(float a) { return absolute(flush(a)); }
float negativeFlushed(float a) { return negative(flush(a)); }
/// The value of b with the sign of a.
template <class T> T copysign(T a, T b) {
  return bitCast<T>((bitsOf(a) & signBit<T>) | (bitsOf(b) & ~signBit<T>));
}

template <bool isMin> Execute extremumOf(bool nan, bool ftz, bool xorsign) {
  if (xorsign)
    return nan ? (ftz ? lanes<extremumModified<isMin, true, true, true>>
                      : lanes<extremumModified<isMin, true, false, true>>)
               : (ftz ? lanes<extremumModified<isMin, false, true, true>>
                      : lanes<extremumModified<isMin, false, false, true>>);
  return nan ? (ftz ? lanes<extremumModified<isMin, true, true, false>>
                    : lanes<extremumModified<isMin, true, false, false>>)
             : (ftz ? lanes<extremumModified<isMin, false, true, false>>
                    : lanes<extremumModified<isMin, false, false, false>>);
}

enum class Property { Finite, Infinite, Number, NotANumber, Normal, Subnormal };
template <class T, Property property> bool has(T a) {
  T magnitude = absolute(a);
  constexpr T infinity = std::numeric_limits<T>::infinity(), least = std::numeric_limits<T>::min();
  switch (property) {
  case Property::Finite:
    return magnitude < infinity;
  case Property::Infinite:
    return magnitude == infinity;
  case Property::Number:
    return a == a;
  case Property::NotANumber:
    return a != a;
  case Property::Normal: // zeros are
    return magnitude < infinity && (magnitude >= least || magnitude == 0);
  case Property::Subnormal:
    return magnitude > 0 && magnitude < least;
  }
}
template <class T, Property property>
void testp(Warp &warp, const Instruction &i, LaneMask active) {
  const T *a = warp.read<T>(i.source(0));
  LaneMask result = 0;
  for (unsigned lane = 0; lane < warpSize; ++lane)
    result |= LaneMask(has<T, property>(a[lane])) << lane;
  warp.setPredicate(i.destination(), active, result);
}

//===----------------------------------------------------------------------===//
// Decoding
//===----------------------------------------------------------------------===//

bool isOurs(Decoder &decoder, const Statement &statement) {
  Type type = lastType(statement);
  if (type == Type::F32x2)
    decoder.require(100);
  return type == Type::F32 || type == Type::F64;
}

CounterClass classOf(Type type) {
  return type == Type::F64 ? CounterClass::Double : CounterClass::Float;
}

bool takeRounding(Modifiers &m, Rounding &rounding) {
  std::string_view before = m.peek();
  rounding = m.one<Rounding>({{"rn", Rounding::Nearest},
                              {"rz", Rounding::Zero},
                              {"rm", Rounding::Down},
                              {"rp", Rounding::Up}},
                             Rounding::Nearest);
  return m.peek() != before;
}

void refuseModes(Decoder &decoder, Type type, Modes modes) {
  if (type == Type::F64 && (modes.ftz || modes.sat))
    decoder.fail(".ftz and .sat are not for f64");
}

bool decodeSum(Decoder &decoder, const Statement &statement, Instruction &i) {
  if (!isOurs(decoder, statement))
    return false;
  Modifiers m(statement);
  Rounding rounding;
  takeRounding(m, rounding);
  Modes modes{m.flag("ftz"), m.flag("sat")};
  Type type = m.type();
  m.end();
  refuseModes(decoder, type, modes);
  std::string_view opcode = statement.opcode;
  Execute execute = type == Type::F64 ? (opcode == "add"   ? twofold<add<double>>(rounding)
                                         : opcode == "sub" ? twofold<sub<double>>(rounding)
                                                           : twofold<mul<double>>(rounding))
                                      : (opcode == "add"   ? single<add<float>>(rounding, modes)
                                         : opcode == "sub" ? single<sub<float>>(rounding, modes)
                                                           : single<mul<float>>(rounding, modes));
  finish(decoder, statement, i, classOf(type), execute, type, {type, type});
  return true;
}

bool decodeFma(Decoder &decoder, const Statement &statement, Instruction &i) {
  if (!isOurs(decoder, statement))
    return false;
  Modifiers m(statement);
  Rounding rounding;
  if (!takeRounding(m, rounding))
    decoder.fail(std::string(statement.opcode) + " needs .rn, .rz, .rm or .rp");
  Modes modes{m.flag("ftz"), m.flag("sat")};
  Type type = m.type();
  m.end();
  refuseModes(decoder, type, modes);
  Execute execute = type == Type::F64
                        ? inRounding<double, computeThree<double, fma, false, false>, 3>(rounding)
                        : single<fma>(rounding, modes);
  finish(decoder, statement, i, classOf(type), execute, type, {type, type, type});
  i.multiplyAdds = 1;
  return true;
}

bool decodeDiv(Decoder &decoder, const Statement &statement, Instruction &i) {
  if (!isOurs(decoder, statement))
    return false;
  Modifiers m(statement);
  bool approx = m.flag("approx"), full = m.flag("full");
  Rounding rounding = Rounding::Nearest;
  if (!approx && !full && !takeRounding(m, rounding))
    decoder.fail("div needs .approx, .full or a rounding");
  Modes modes{m.flag("ftz"), false};
  Type type = m.type();
  m.end();
  refuseModes(decoder, type, modes);
  if (type == Type::F64 && (approx || full))
    decoder.fail("div.f64 needs .rn, .rz, .rm or .rp");
  Execute execute = type == Type::F64 ? twofold<div<double>>(rounding)
                    : approx          ? single<divApprox>(Rounding::Nearest, modes)
                                      : single<div<float>>(rounding, modes);
  finish(decoder, statement, i, classOf(type), execute, type, {type, type});
  return true;
}

bool decodeUnary(Decoder &decoder, const Statement &statement, Instruction &i) {
  if (!isOurs(decoder, statement))
    return false;
  Modifiers m(statement);
  Modes modes{m.flag("ftz"), false};
  Type type = m.type();
  m.end();
  refuseModes(decoder, type, modes);
  Execute execute = statement.opcode == "abs" ? (type == Type::F64 ? lanes<absolute<double>>
                                                 : modes.ftz       ? lanes<absoluteFlushed>
                                                                   : lanes<absolute<float>>)
                                              : (type == Type::F64 ? lanes<negative<double>>
                                                 : modes.ftz       ? lanes<negativeFlushed>
                                                                   : lanes<negative<float>>);
  finish(decoder, statement, i, classOf(type), execute, type, {type});
  return true;
}

bool decodeExtremum(Decoder &decoder, const Statement &statement, Instruction &i) {
  if (!isOurs(decoder, statement))
    return false;
  Modifiers m(statement);
  bool ftz = m.flag("ftz"), nan = m.flag("NaN"), xorsign = m.flag("xorsign"), abs = m.flag("abs");
  Type type = m.type();
  m.end();
  if (statement.operands.size() == 4)
    decoder.require(100);
  if (xorsign != abs)
    decoder.fail("min and max of two have .xorsign.abs together");
  if (type == Type::F64 && (ftz || nan || xorsign))
    decoder.fail("min.f64 and max.f64 have no modifiers");
  if (xorsign)
    decoder.require(86);
  bool isMin = statement.opcode == "min";
  Execute execute =
      type == Type::F64
          ? (isMin ? lanes<extremum<double, true, false>> : lanes<extremum<double, false, false>>)
      : isMin ? extremumOf<true>(nan, ftz, xorsign)
              : extremumOf<false>(nan, ftz, xorsign);
  finish(decoder, statement, i, classOf(type), execute, type, {type, type});
  return true;
}

bool decodeCopysign(Decoder &decoder, const Statement &statement, Instruction &i) {
  Modifiers m(statement);
  Type type = m.type();
  m.end();
  Execute execute = type == Type::F32   ? lanes<copysign<float>>
                    : type == Type::F64 ? lanes<copysign<double>>
                                        : nullptr;
  finish(decoder, statement, i, classOf(type), execute, type, {type, type});
  return true;
}

template <class T> Execute testOf(Modifiers &m) {
  return m.one<Execute>({{"finite", testp<T, Property::Finite>},
                         {"infinite", testp<T, Property::Infinite>},
                         {"number", testp<T, Property::Number>},
                         {"notanumber", testp<T, Property::NotANumber>},
                         {"normal", testp<T, Property::Normal>},
                         {"subnormal", testp<T, Property::Subnormal>}},
                        nullptr);
}

bool decodeTest(Decoder &decoder, const Statement &statement, Instruction &i) {
  Modifiers m(statement);
  Type type = lastType(statement);
  if (type != Type::F32 && type != Type::F64)
    decoder.fail("testp is of f32 or f64");
  Execute execute = type == Type::F32 ? testOf<float>(m) : testOf<double>(m);
  m.type();
  m.end();
  finish(decoder, statement, i, CounterClass::Compare, execute, Type::Pred, {type});
  return true;
}

} // namespace

void registerFloatArithmetic(DecodeTable &table) {
  table.add({"add", "sub", "mul"}, decodeSum);
  table.add({"fma", "mad"}, decodeFma);
  table.add({"div"}, decodeDiv);
  table.add({"abs", "neg"}, decodeUnary);
  table.add({"min", "max"}, decodeExtremum);
  table.add({"copysign"}, decodeCopysign);
  table.add({"testp"}, decodeTest);
}

} // namespace azulejo::cudasim
