//===- ExtendedPrecision.cpp - add.cc addc sub.cc subc mad.cc madc --------===//
#include "runtime/cudasim/Instructions/Handlers.h"

/// PTX ISA 9.7.2: multi-word arithmetic through the carry flag CC.CF, one bit per lane, in
/// Warp::carry. For subtractions it holds the borrow.
namespace azulejo::cudasim {
namespace {

using ptx::Statement;
using ptx::Type;

/// What an operation yields: its result and the carry out of it.
template <class T> struct WithCarry {
  T value;
  bool carry;
};

template <class T> WithCarry<T> addc(T a, T b, bool carry) {
  T sum, result;
  bool first = __builtin_add_overflow(a, b, &sum);
  bool second = __builtin_add_overflow(sum, T(carry), &result);
  return {result, first || second};
}
template <class T> WithCarry<T> subc(T a, T b, bool borrow) {
  T difference, result;
  bool first = __builtin_sub_overflow(a, b, &difference);
  bool second = __builtin_sub_overflow(difference, T(borrow), &result);
  return {result, first || second};
}
template <class T> WithCarry<T> madcLow(T a, T b, T c, bool carry) {
  return addc(T(a * b), c, carry);
}
/// S is the signedness that a and b are multiplied with.
template <class S, class T> WithCarry<T> madcHigh(T a, T b, T c, bool carry) {
  using Wide =
      std::conditional_t<sizeof(T) == 4, std::conditional_t<std::is_signed_v<S>, int64_t, uint64_t>,
                         std::conditional_t<std::is_signed_v<S>, __int128, unsigned __int128>>;
  return addc(T((Wide(S(a)) * Wide(S(b))) >> (8 * sizeof(T))), c, carry);
}

/// `in`: the operation adds the carry; `out`: it writes it.
template <bool in, bool out, class T, class F>
void withCarry(Warp &warp, const Instruction &i, LaneMask active, F f) {
  alignas(64) T result[warpSize];
  LaneMask carry = 0;
  for (unsigned lane = 0; lane < warpSize; ++lane) {
    WithCarry<T> each = f(lane, in && (warp.carry >> lane & 1));
    result[lane] = each.value;
    carry |= LaneMask(each.carry) << lane;
  }
  store(warp, i.destination(), active, result);
  if (out)
    warp.carry = (warp.carry & ~active) | (carry & active);
}

template <auto f, bool in, bool out> struct Carrying;
template <class T, WithCarry<T> (*f)(T, T, bool), bool in, bool out> struct Carrying<f, in, out> {
  static void execute(Warp &warp, const Instruction &i, LaneMask active) {
    const T *a = warp.read<T>(i.source(0)), *b = warp.read<T>(i.source(1));
    withCarry<in, out, T>(warp, i, active,
                          [=](unsigned lane, bool carry) { return f(a[lane], b[lane], carry); });
  }
};
template <class T, WithCarry<T> (*f)(T, T, T, bool), bool in, bool out>
struct Carrying<f, in, out> {
  static void execute(Warp &warp, const Instruction &i, LaneMask active) {
    const T *a = warp.read<T>(i.source(0)), *b = warp.read<T>(i.source(1)),
            *c = warp.read<T>(i.source(2));
    withCarry<in, out, T>(warp, i, active, [=](unsigned lane, bool carry) {
      return f(a[lane], b[lane], c[lane], carry);
    });
  }
};

template <auto f> Execute handler(bool in, bool out) {
  return in ? (out ? &Carrying<f, true, true>::execute : &Carrying<f, true, false>::execute)
            : (out ? &Carrying<f, false, true>::execute : &Carrying<f, false, false>::execute);
}

/// add.cc, addc, addc.cc; sub likewise.
bool decodeAdd(Decoder &decoder, const Statement &statement, Instruction &i) {
  bool in = statement.opcode.back() == 'c', add = statement.opcode.front() == 'a';
  if (!in && !statement.has("cc"))
    return false;
  Modifiers m(statement);
  bool out = m.flag("cc");
  Type type = m.type();
  m.end();
  Execute execute = forInteger<4>(type, [&](auto t) {
    using T = std::make_unsigned_t<decltype(t)>;
    return add ? handler<addc<T>>(in, out) : handler<subc<T>>(in, out);
  });
  finish(decoder, statement, i, CounterClass::Integer, execute, type, {type, type});
  return true;
}

/// mad{.lo,.hi}.cc, madc{.lo,.hi}{.cc}
bool decodeMad(Decoder &decoder, const Statement &statement, Instruction &i) {
  bool in = statement.opcode == "madc";
  if (!in && !statement.has("cc"))
    return false;
  Modifiers m(statement);
  bool low = m.flag("lo");
  if (!low && !m.flag("hi"))
    decoder.fail(std::string(statement.opcode) + " needs .lo or .hi");
  bool out = m.flag("cc");
  Type type = m.type();
  m.end();
  Execute execute = forInteger<4>(type, [&](auto t) {
    using S = decltype(t);
    using T = std::make_unsigned_t<S>;
    return low ? handler<madcLow<T>>(in, out) : handler<madcHigh<S, T>>(in, out);
  });
  finish(decoder, statement, i, CounterClass::Integer, execute, type, {type, type, type});
  return true;
}

} // namespace

void registerExtendedPrecision(DecodeTable &table) {
  table.add({"add", "addc", "sub", "subc"}, decodeAdd);
  table.add({"mad", "madc"}, decodeMad);
}

} // namespace azulejo::cudasim
