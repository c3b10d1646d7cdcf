//===- IntegerArithmetic.cpp - add sub mul mad sad div rem min max … ------===//
#include "runtime/cudasim/Instructions/Handlers.h"

/// PTX ISA 9.7.1, what is arithmetic; bit fields are in Bits.cpp, carries in ExtendedPrecision.cpp.
namespace azulejo::cudasim {
namespace {

using ptx::Statement;
using ptx::Type;

/// Unsigned, at least as wide as int: overflow wraps and nothing is promoted to a signed type.
template <class T>
using Wrapping = std::conditional_t<(sizeof(T) < 4), uint32_t, std::make_unsigned_t<T>>;
template <class T>
using Double = std::conditional_t<
    sizeof(T) == 2, std::conditional_t<std::is_signed_v<T>, int32_t, uint32_t>,
    std::conditional_t<sizeof(T) == 4, std::conditional_t<std::is_signed_v<T>, int64_t, uint64_t>,
                       std::conditional_t<std::is_signed_v<T>, __int128, unsigned __int128>>>;

template <class T> T add(T a, T b) { return T(Wrapping<T>(a) + Wrapping<T>(b)); }
template <class T> T sub(T a, T b) { return T(Wrapping<T>(a) - Wrapping<T>(b)); }
template <class T> T mulLo(T a, T b) { return T(Wrapping<T>(a) * Wrapping<T>(b)); }
template <class T> Double<T> mulWide(T a, T b) { return Double<T>(a) * Double<T>(b); }
template <class T> T mulHi(T a, T b) { return T((Double<T>(a) * Double<T>(b)) >> (8 * sizeof(T))); }
template <class T> T madLo(T a, T b, T c) { return add(mulLo(a, b), c); }
template <class T> T madHi(T a, T b, T c) { return add(mulHi(a, b), c); }
template <class T> Double<T> madWide(T a, T b, Double<T> c) { return add(mulWide(a, b), c); }

int32_t saturate(int64_t value) {
  return int32_t(value < INT32_MIN ? INT32_MIN : value > INT32_MAX ? INT32_MAX : value);
}
int32_t addSat(int32_t a, int32_t b) { return saturate(int64_t(a) + b); }
int32_t subSat(int32_t a, int32_t b) { return saturate(int64_t(a) - b); }
int32_t madHiSat(int32_t a, int32_t b, int32_t c) { return saturate(int64_t(mulHi(a, b)) + c); }

/// The low 24 bits, extended by the sign of bit 23 for s32.
template <class T> int64_t low24(T a) {
  uint32_t bits = uint32_t(a) << 8;
  return std::is_signed_v<T> ? int64_t(int32_t(bits) >> 8) : int64_t(bits >> 8);
}
template <class T> T mul24Lo(T a, T b) { return T(low24(a) * low24(b)); }
template <class T> T mul24Hi(T a, T b) { return T((low24(a) * low24(b)) >> 16); }
template <class T> T mad24Lo(T a, T b, T c) { return add(mul24Lo(a, b), c); }
template <class T> T mad24Hi(T a, T b, T c) { return add(mul24Hi(a, b), c); }
int32_t mad24HiSat(int32_t a, int32_t b, int32_t c) { return saturate(int64_t(mul24Hi(a, b)) + c); }

template <class T> T sad(T a, T b, T c) { return add(c, a < b ? sub(b, a) : sub(a, b)); }

/// Division by zero yields all ones, as NVIDIA's GPUs do (PTX leaves it open); the most negative
/// number divided by -1 wraps.
template <class T> T div(T a, T b) {
  if (b == 0)
    return T(-1);
  if (std::is_signed_v<T> && b == T(-1))
    return sub(T(0), a);
  return T(a / b);
}
template <class T> T rem(T a, T b) {
  if (b == 0)
    return T(-1);
  if (std::is_signed_v<T> && b == T(-1))
    return 0;
  return T(a % b);
}

template <class T> T abs(T a) { return a < 0 ? sub(T(0), a) : a; }
template <class T> T neg(T a) { return sub(T(0), a); }
template <class T> T min(T a, T b) { return a < b ? a : b; }
template <class T> T max(T a, T b) { return a > b ? a : b; }
/// `.relu`: clamped to at least 0.
template <class T> T minRelu(T a, T b) { return max(min(a, b), T(0)); }
template <class T> T maxRelu(T a, T b) { return max(max(a, b), T(0)); }

/// Element `index` of the 16 or 8 bits wide elements packed in `word`.
template <class T> int64_t element(uint32_t word, unsigned index) {
  return T(word >> (8 * sizeof(T) * index));
}
template <class A, class B> uint32_t dp4a(uint32_t a, uint32_t b, uint32_t c) {
  for (unsigned k = 0; k < 4; ++k)
    c += uint32_t(element<A>(a, k) * element<B>(b, k));
  return c;
}
/// `first`: 0 for .lo, 2 for .hi.
template <class A, class B, unsigned first> uint32_t dp2a(uint32_t a, uint32_t b, uint32_t c) {
  for (unsigned k = 0; k < 2; ++k)
    c += uint32_t(element<A>(a, k) * element<B>(b, first + k));
  return c;
}

//===----------------------------------------------------------------------===//
// Decoding
//===----------------------------------------------------------------------===//

/// add, sub, min, max, div, rem, sad, abs and neg. Those with .cc are not ours.
bool decodeSimple(Decoder &decoder, const Statement &statement, Instruction &i) {
  Type type = lastType(statement);
  if (!isIntegerOrBits(type) || statement.has("cc"))
    return false;
  std::string_view opcode = statement.opcode;
  Modifiers m(statement);
  bool sat = m.flag("sat");
  bool relu = m.flag("relu");
  type = m.type();
  relu |= m.flag("relu"); // `min.s16x2.relu`, as the manual's examples write it
  m.end();
  if (sat && (type != Type::S32 || (opcode != "add" && opcode != "sub")))
    decoder.fail(".sat is for add.s32 and sub.s32 only");
  if (relu && ((type != Type::S32 && type != Type::S16x2) || (opcode != "min" && opcode != "max")))
    decoder.fail(".relu is for min and max of s32 and s16x2 only");
  bool packed = type == Type::U16x2 || type == Type::S16x2;
  if (packed || relu)
    decoder.require(90);
  if (packed && opcode == "sub")
    decoder.fail("sub is not for u16x2 and s16x2");

  Execute execute = nullptr;
  if (opcode == "add")
    execute = sat      ? lanes<addSat>
              : packed ? lanes<halves<uint16_t, add>>
                       : forInteger(type, [](auto t) { return lanes<add<decltype(t)>>; });
  else if (opcode == "sub")
    execute =
        sat ? lanes<subSat> : forInteger(type, [](auto t) { return lanes<sub<decltype(t)>>; });
  else if (opcode == "min")
    execute = type == Type::U16x2 ? lanes<halves<uint16_t, min>>
              : type == Type::S16x2
                  ? (relu ? lanes<halves<int16_t, minRelu>> : lanes<halves<int16_t, min>>)
              : relu ? lanes<minRelu<int32_t>>
                     : forInteger(type, [](auto t) { return lanes<min<decltype(t)>>; });
  else if (opcode == "max")
    execute = type == Type::U16x2 ? lanes<halves<uint16_t, max>>
              : type == Type::S16x2
                  ? (relu ? lanes<halves<int16_t, maxRelu>> : lanes<halves<int16_t, max>>)
              : relu ? lanes<maxRelu<int32_t>>
                     : forInteger(type, [](auto t) { return lanes<max<decltype(t)>>; });
  else if (opcode == "div")
    execute = forInteger(type, [](auto t) { return lanes<div<decltype(t)>>; });
  else if (opcode == "rem")
    execute = forInteger(type, [](auto t) { return lanes<rem<decltype(t)>>; });
  finish(decoder, statement, i, CounterClass::Integer, execute, type, {type, type});
  return true;
}

bool decodeUnary(Decoder &decoder, const Statement &statement, Instruction &i) {
  if (!isIntegerOrBits(lastType(statement)))
    return false;
  Modifiers m(statement);
  Type type = m.type();
  m.end();
  Execute execute = nullptr;
  if (ptx::isSigned(type))
    execute = statement.opcode == "abs"
                  ? forInteger(type, [](auto t) { return lanes<abs<decltype(t)>>; })
                  : forInteger(type, [](auto t) { return lanes<neg<decltype(t)>>; });
  finish(decoder, statement, i, CounterClass::Integer, execute, type, {type});
  return true;
}

bool decodeSad(Decoder &decoder, const Statement &statement, Instruction &i) {
  Modifiers m(statement);
  Type type = m.type();
  m.end();
  finish(decoder, statement, i, CounterClass::Integer,
         forInteger(type, [](auto t) { return lanes<sad<decltype(t)>>; }), type,
         {type, type, type});
  return true;
}

enum class Half { None, Low, High, Wide };
Half half(Modifiers &m) {
  return m.one<Half>({{"lo", Half::Low}, {"hi", Half::High}, {"wide", Half::Wide}}, Half::None);
}

Execute mulHandler(Half half, Type type) {
  switch (half) {
  case Half::Low:
    return forInteger(type, [](auto t) { return lanes<mulLo<decltype(t)>>; });
  case Half::High:
    return forInteger(type, [](auto t) { return lanes<mulHi<decltype(t)>>; });
  case Half::Wide:
    return forInteger(type, [](auto t) -> Execute {
      if constexpr (sizeof(t) < 8)
        return lanes<mulWide<decltype(t)>>;
      return nullptr;
    });
  case Half::None:
    break;
  }
  return nullptr;
}

Execute madHandler(Half half, Type type) {
  switch (half) {
  case Half::Low:
    return forInteger(type, [](auto t) { return lanes<madLo<decltype(t)>>; });
  case Half::High:
    return forInteger(type, [](auto t) { return lanes<madHi<decltype(t)>>; });
  case Half::Wide:
    return forInteger(type, [](auto t) -> Execute {
      if constexpr (sizeof(t) < 8)
        return lanes<madWide<decltype(t)>>;
      return nullptr;
    });
  case Half::None:
    break;
  }
  return nullptr;
}

bool decodeMul(Decoder &decoder, const Statement &statement, Instruction &i) {
  if (!isIntegerOrBits(lastType(statement)))
    return false;
  Modifiers m(statement);
  Half which = half(m);
  Type type = m.type();
  m.end();
  if (which == Half::None)
    decoder.fail("an integer mul needs .lo, .hi or .wide");
  Type result = which == Half::Wide ? twice(type) : type;
  finish(decoder, statement, i, CounterClass::Integer, mulHandler(which, type), result,
         {type, type});
  return true;
}

bool decodeMad(Decoder &decoder, const Statement &statement, Instruction &i) {
  if (!isIntegerOrBits(lastType(statement)) || statement.has("cc"))
    return false;
  Modifiers m(statement);
  Half which = half(m);
  bool sat = m.flag("sat");
  Type type = m.type();
  m.end();
  if (which == Half::None)
    decoder.fail("an integer mad needs .lo, .hi or .wide");
  if (sat && (which != Half::High || type != Type::S32))
    decoder.fail(".sat is for mad.hi.s32 only");
  Type result = which == Half::Wide ? twice(type) : type;
  finish(decoder, statement, i, CounterClass::Integer,
         sat ? lanes<madHiSat> : madHandler(which, type), result, {type, type, result});
  return true;
}

bool decode24(Decoder &decoder, const Statement &statement, Instruction &i) {
  Modifiers m(statement);
  Half which = half(m);
  bool sat = m.flag("sat");
  Type type = m.type();
  m.end();
  bool isSigned = type == Type::S32, mad = statement.opcode == "mad24";
  if ((which != Half::Low && which != Half::High) || (!isSigned && type != Type::U32))
    decoder.fail(std::string(statement.opcode) + " is .lo or .hi, of u32 or s32");
  if (sat && (!mad || which != Half::High || !isSigned))
    decoder.fail(".sat is for mad24.hi.s32 only");
  if (mad) {
    Execute execute = sat ? lanes<mad24HiSat>
                      : which == Half::Low
                          ? (isSigned ? lanes<mad24Lo<int32_t>> : lanes<mad24Lo<uint32_t>>)
                          : (isSigned ? lanes<mad24Hi<int32_t>> : lanes<mad24Hi<uint32_t>>);
    finish(decoder, statement, i, CounterClass::Integer, execute, type, {type, type, type});
  } else {
    Execute execute = which == Half::Low
                          ? (isSigned ? lanes<mul24Lo<int32_t>> : lanes<mul24Lo<uint32_t>>)
                          : (isSigned ? lanes<mul24Hi<int32_t>> : lanes<mul24Hi<uint32_t>>);
    finish(decoder, statement, i, CounterClass::Integer, execute, type, {type, type});
  }
  return true;
}

bool decodeDotProduct(Decoder &decoder, const Statement &statement, Instruction &i) {
  Modifiers m(statement);
  bool four = statement.opcode == "dp4a";
  Half which = four ? Half::None : half(m);
  Type a = m.type(), b = m.type();
  m.end();
  if (!four && which != Half::Low && which != Half::High)
    decoder.fail("dp2a needs .lo or .hi");
  auto isWord = [](Type type) { return type == Type::U32 || type == Type::S32; };
  if (!isWord(a) || !isWord(b))
    decoder.fail("a dot product is of u32 or s32");
  bool sa = a == Type::S32, sb = b == Type::S32;
  Execute execute =
      four ? (sa ? (sb ? lanes<dp4a<int8_t, int8_t>> : lanes<dp4a<int8_t, uint8_t>>)
                 : (sb ? lanes<dp4a<uint8_t, int8_t>> : lanes<dp4a<uint8_t, uint8_t>>))
      : which == Half::Low
          ? (sa ? (sb ? lanes<dp2a<int16_t, int8_t, 0>> : lanes<dp2a<int16_t, uint8_t, 0>>)
                : (sb ? lanes<dp2a<uint16_t, int8_t, 0>> : lanes<dp2a<uint16_t, uint8_t, 0>>))
          : (sa ? (sb ? lanes<dp2a<int16_t, int8_t, 2>> : lanes<dp2a<int16_t, uint8_t, 2>>)
                : (sb ? lanes<dp2a<uint16_t, int8_t, 2>> : lanes<dp2a<uint16_t, uint8_t, 2>>));
  Type sum = sa || sb ? Type::S32 : Type::U32;
  finish(decoder, statement, i, CounterClass::Integer, execute, sum, {a, b, sum});
  i.multiplyAdds = four ? 4 : 2;
  return true;
}

} // namespace

void registerIntegerArithmetic(DecodeTable &table) {
  table.add({"add", "sub", "min", "max", "div", "rem"}, decodeSimple);
  table.add({"abs", "neg"}, decodeUnary);
  table.add({"sad"}, decodeSad);
  table.add({"mul"}, decodeMul);
  table.add({"mad"}, decodeMad);
  table.add({"mul24", "mad24"}, decode24);
  table.add({"dp4a", "dp2a"}, decodeDotProduct);
}

} // namespace azulejo::cudasim
