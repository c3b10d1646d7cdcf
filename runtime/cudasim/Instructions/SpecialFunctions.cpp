//===- SpecialFunctions.cpp - rcp sqrt rsqrt sin cos lg2 ex2 tanh ---------===//
#include "runtime/cudasim/Instructions/Half.h"
#include "runtime/cudasim/Instructions/RoundedHandlers.h"
#include "runtime/cudasim/Instructions/Transcendental.h"

/// PTX ISA 9.7.3.13 to 22, and 9.7.4.9 and 10. What PTX calls approximate is computed to nearly
/// correct rounding here; a GPU's results may differ by what PTX allows.
namespace azulejo::cudasim {
namespace {

using ptx::Statement;
using ptx::Type;

//===----------------------------------------------------------------------===//
// IEEE functions, in the rounding in force
//===----------------------------------------------------------------------===//

template <class T> T rcp(T a) { return T(1) / a; }
inline float sqrt(float a) { return __builtin_sqrtf(a); }
inline double sqrt(double a) { return __builtin_sqrt(a); }
double rsqrtDouble(double a) { return 1 / sqrt(a); }

//===----------------------------------------------------------------------===//
// Approximations
//===----------------------------------------------------------------------===//

float rsqrt(float a) { return float(1 / sqrt(double(a))); }
float sin(float a) { return float(sine(a)); }
float cos(float a) { return float(cosine(a)); }
float lg2(float a) { return float(lg2Double(a)); }
float ex2(float a) { return float(ex2Double(a)); }
float tanh(float a) { return float(tanhDouble(a)); }

/// rcp.approx.ftz.f64 and rsqrt.approx.ftz.f64 read and write the upper words alone.
double upperWord(double x) { return bitCast<double>(bitsOf(x) & 0xffffffff00000000); }
double flushDouble(double x) {
  return std::fabs(x) < std::numeric_limits<double>::min()
             ? bitCast<double>(bitsOf(x) & 0x8000000000000000)
             : x;
}
double grossResult(double x) {
  double rounded = bitCast<double>((bitsOf(x) + 0x80000000) & 0xffffffff00000000);
  bool finite = std::fabs(x) < std::numeric_limits<double>::infinity();
  return x != x ? bitCast<double>(uint64_t(0x7fffffff00000000)) : finite ? flushDouble(rounded) : x;
}
double rcpGross(double a) { return grossResult(1 / flushDouble(upperWord(a))); }
double rsqrtGross(double a) { return grossResult(1 / sqrt(flushDouble(upperWord(a)))); }

//===----------------------------------------------------------------------===//
// Handlers
//===----------------------------------------------------------------------===//

template <float (*f)(float)> Execute single(Rounding rounding, bool ftz) {
  return ftz ? inRounding<float, computeOne<float, f, true>, 1>(rounding)
             : inRounding<float, computeOne<float, f, false>, 1>(rounding);
}
template <double (*f)(double)> Execute twofold(Rounding rounding) {
  return inRounding<double, computeOne<double, f, false>, 1>(rounding);
}

/// Halves through f32: as these functions go, rounding twice stays within PTX's bounds.
template <class Format, unsigned parts, float (*f)(float), bool ftz>
void halves(Warp &warp, const Instruction &i, LaneMask active) {
  using Word = std::conditional_t<parts == 2, uint32_t, uint16_t>;
  constexpr unsigned count = warpSize * parts;
  alignas(64) float values[count];
  alignas(64) uint16_t result[count];
  Format::widen(warp.read<uint16_t>(i.source(0)), values, count);
  CUDASIM_LANES
  for (unsigned k = 0; k < count; ++k)
    values[k] = f(flushIf<ftz>(values[k]));
  Format::narrow(values, result, count);
  if (ftz) {
    CUDASIM_LANES
    for (unsigned k = 0; k < count; ++k)
      result[k] = result[k] & Format::infinity ? result[k] : result[k] & 0x8000;
  }
  store(warp, i.destination(), active, reinterpret_cast<const Word *>(result));
}

//===----------------------------------------------------------------------===//
// Decoding
//===----------------------------------------------------------------------===//

CounterClass classOf(Type type) {
  return type == Type::F64 ? CounterClass::Double : CounterClass::SpecialFunction;
}

/// rcp, sqrt and rsqrt
bool decodeRoot(Decoder &decoder, const Statement &statement, Instruction &i) {
  std::string_view opcode = statement.opcode;
  Modifiers m(statement);
  bool approx = m.flag("approx");
  Rounding rounding = Rounding::Nearest;
  if (!approx) {
    std::string_view before = m.peek();
    rounding = m.one<Rounding>({{"rn", Rounding::Nearest},
                                {"rz", Rounding::Zero},
                                {"rm", Rounding::Down},
                                {"rp", Rounding::Up}},
                               Rounding::Nearest);
    if (m.peek() == before || opcode == "rsqrt")
      decoder.fail(std::string(opcode) + " needs .approx" +
                   (opcode == "rsqrt" ? "" : " or a rounding"));
  }
  bool ftz = m.flag("ftz");
  Type type = m.type();
  m.end();
  Execute chosen = nullptr;
  if (type == Type::F32)
    chosen = opcode == "rcp"    ? single<rcp<float>>(rounding, ftz)
             : opcode == "sqrt" ? single<sqrt>(rounding, ftz)
                                : single<rsqrt>(rounding, ftz);
  else if (type == Type::F64 && approx && ftz && opcode != "sqrt")
    chosen = opcode == "rcp" ? lanes<rcpGross> : lanes<rsqrtGross>;
  else if (type == Type::F64 && !ftz && (!approx || opcode == "rsqrt"))
    chosen = opcode == "rcp"    ? twofold<rcp<double>>(rounding)
             : opcode == "sqrt" ? twofold<sqrt>(rounding)
                                : twofold<rsqrtDouble>(rounding);
  finish(decoder, statement, i, classOf(type), chosen, type, {type});
  return true;
}

/// sin, cos and lg2
bool decodeSingle(Decoder &decoder, const Statement &statement, Instruction &i) {
  Modifiers m(statement);
  if (!m.flag("approx"))
    decoder.fail(std::string(statement.opcode) + " needs .approx");
  bool ftz = m.flag("ftz");
  Type type = m.type();
  m.end();
  Execute chosen = statement.opcode == "sin"   ? single<sin>(Rounding::Nearest, ftz)
                   : statement.opcode == "cos" ? single<cos>(Rounding::Nearest, ftz)
                                               : single<lg2>(Rounding::Nearest, ftz);
  finish(decoder, statement, i, classOf(type), type == Type::F32 ? chosen : nullptr, type, {type});
  return true;
}

template <float (*f)(float), bool ftzBF16> Execute halvesFor(Type type) {
  switch (type) {
  case Type::F16:
    return halves<F16, 1, f, false>;
  case Type::F16x2:
    return halves<F16, 2, f, false>;
  case Type::BF16:
    return halves<BF16, 1, f, ftzBF16>;
  case Type::BF16x2:
    return halves<BF16, 2, f, ftzBF16>;
  default:
    return nullptr;
  }
}

/// ex2 and tanh
bool decodeExponential(Decoder &decoder, const Statement &statement, Instruction &i) {
  bool isEx2 = statement.opcode == "ex2";
  Modifiers m(statement);
  if (!m.flag("approx"))
    decoder.fail(std::string(statement.opcode) + " needs .approx");
  bool ftz = m.flag("ftz");
  Type type = m.type();
  m.end();
  bool bf16 = type == Type::BF16 || type == Type::BF16x2;
  if (isEx2 ? type != Type::F32 && ftz != bf16 : ftz)
    decoder.fail(isEx2 ? ".ftz is for ex2 of f32, bf16 and bf16x2, which needs it"
                       : ".ftz is not for tanh");
  if (bf16)
    decoder.require(90);
  Execute chosen =
      type == Type::F32
          ? (isEx2 ? single<ex2>(Rounding::Nearest, ftz) : single<tanh>(Rounding::Nearest, false))
          : (isEx2 ? halvesFor<ex2, true>(type) : halvesFor<tanh, false>(type));
  finish(decoder, statement, i, classOf(type), chosen, type, {type});
  return true;
}

} // namespace

void registerSpecialFunctions(DecodeTable &table) {
  table.add({"rcp", "sqrt", "rsqrt"}, decodeRoot);
  table.add({"sin", "cos", "lg2"}, decodeSingle);
  table.add({"ex2", "tanh"}, decodeExponential);
}

} // namespace azulejo::cudasim
