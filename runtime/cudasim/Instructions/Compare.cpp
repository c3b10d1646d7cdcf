//===- Compare.cpp - set setp selp slct -----------------------------------===//
#include "runtime/cudasim/Instructions/Half.h"
#include "runtime/cudasim/Instructions/Handlers.h"

/// PTX ISA 9.7.6 and 9.7.7. A comparison makes a mask of lanes from two registers; set and setp
/// differ in what they do with it.
namespace azulejo::cudasim {
namespace {

using ptx::Statement;
using ptx::Type;

/// With an order for NaNs: `ltu` is Lt, unordered.
enum class Relation { Eq, Ne, Lt, Le, Gt, Ge, Num, NaN };

template <Relation relation, bool unordered, class T> bool holds(T a, T b) {
  bool anyNaN = a != a || b != b;
  switch (relation) {
  case Relation::Eq:
    return a == b || (unordered && anyNaN);
  case Relation::Ne:
    return a != b && (unordered || !anyNaN);
  case Relation::Lt:
    return unordered ? !(a >= b) : a < b;
  case Relation::Le:
    return unordered ? !(a > b) : a <= b;
  case Relation::Gt:
    return unordered ? !(a <= b) : a > b;
  case Relation::Ge:
    return unordered ? !(a < b) : a >= b;
  case Relation::Num:
    return !anyNaN;
  case Relation::NaN:
    return anyNaN;
  }
}

/// Lanes in which the relation holds between the registers at `a` and `b`.
using Compare = LaneMask (*)(const void *a, const void *b);

template <class T, Relation relation, bool unordered>
LaneMask compare(const void *a, const void *b) {
  const T *x = static_cast<const T *>(a), *y = static_cast<const T *>(b);
  LaneMask result = 0;
  CUDASIM_LANES
  for (unsigned lane = 0; lane < warpSize; ++lane)
    result |= LaneMask(holds<relation, unordered>(x[lane], y[lane])) << lane;
  return result;
}
template <Relation relation, bool unordered> LaneMask compareFlushed(const void *a, const void *b) {
  const float *x = static_cast<const float *>(a), *y = static_cast<const float *>(b);
  LaneMask result = 0;
  CUDASIM_LANES
  for (unsigned lane = 0; lane < warpSize; ++lane)
    result |= LaneMask(holds<relation, unordered>(flush(x[lane]), flush(y[lane]))) << lane;
  return result;
}

/// Element `part` of `parts` packed 16-bit numbers.
template <class Format, bool ftz, unsigned parts, unsigned part, Relation relation, bool unordered>
LaneMask compareHalf(const void *a, const void *b) {
  alignas(64) float x[warpSize * parts], y[warpSize * parts];
  Format::widen(static_cast<const uint16_t *>(a), x, warpSize * parts);
  Format::widen(static_cast<const uint16_t *>(b), y, warpSize * parts);
  LaneMask result = 0;
  CUDASIM_LANES
  for (unsigned lane = 0; lane < warpSize; ++lane) {
    float p = x[lane * parts + part], q = y[lane * parts + part];
    if (ftz) {
      p = flushHalf<Format>(p);
      q = flushHalf<Format>(q);
    }
    result |= LaneMask(holds<relation, unordered>(p, q)) << lane;
  }
  return result;
}

enum class Combine : uint8_t { None, And, Or, Xor };

struct Comparison {
  Compare first = nullptr;  // of the elements, or of the lower halves
  Compare second = nullptr; // of the upper halves of a packed type
  Combine combine = Combine::None;
};

LaneMask combined(Combine combine, LaneMask t, LaneMask c) {
  switch (combine) {
  case Combine::And:
    return t & c;
  case Combine::Or:
    return t | c;
  case Combine::Xor:
    return t ^ c;
  case Combine::None:
    return t;
  }
}

/// p[|q] = BoolOp(a CmpOp b, c): q of the complement, or of the upper halves.
void setp(Warp &warp, const Instruction &i, LaneMask active) {
  const Comparison &comparison = i.as<Comparison>();
  const void *a = warp.read<uint8_t>(i.source(0)), *b = warp.read<uint8_t>(i.source(1));
  LaneMask c = comparison.combine == Combine::None ? 0 : warp.predicate(i.source(2));
  LaneMask t = comparison.first(a, b);
  warp.setPredicate(i.destination(), active, combined(comparison.combine, t, c));
  if (i.destinations < 2)
    return;
  LaneMask other = comparison.second ? comparison.second(a, b) : ~t;
  warp.setPredicate(i.destination(1), active, combined(comparison.combine, other, c));
}

/// d = i.immediate where BoolOp(a CmpOp b, c), else 0.
template <class T> void set(Warp &warp, const Instruction &i, LaneMask active) {
  const Comparison &comparison = i.as<Comparison>();
  const void *a = warp.read<uint8_t>(i.source(0)), *b = warp.read<uint8_t>(i.source(1));
  LaneMask c = comparison.combine == Combine::None ? 0 : warp.predicate(i.source(2));
  LaneMask t = combined(comparison.combine, comparison.first(a, b), c);
  T value = T(i.immediate);
  alignas(64) T result[warpSize];
  CUDASIM_LANES
  for (unsigned lane = 0; lane < warpSize; ++lane)
    result[lane] = t >> lane & 1 ? value : T(0);
  store(warp, i.destination(), active, result);
}
void setPacked(Warp &warp, const Instruction &i, LaneMask active) {
  const Comparison &comparison = i.as<Comparison>();
  const void *a = warp.read<uint8_t>(i.source(0)), *b = warp.read<uint8_t>(i.source(1));
  LaneMask c = comparison.combine == Combine::None ? 0 : warp.predicate(i.source(2));
  LaneMask low = combined(comparison.combine, comparison.first(a, b), c);
  LaneMask high = combined(comparison.combine, comparison.second(a, b), c);
  uint32_t value = uint32_t(i.immediate);
  alignas(64) uint32_t result[warpSize];
  CUDASIM_LANES
  for (unsigned lane = 0; lane < warpSize; ++lane)
    result[lane] = (low >> lane & 1 ? value : 0) | (high >> lane & 1 ? value << 16 : 0);
  store(warp, i.destination(), active, result);
}

template <class T> void selp(Warp &warp, const Instruction &i, LaneMask active) {
  LaneMask c = warp.predicate(i.source(2));
  const T *a = warp.read<T>(i.source(0)), *b = warp.read<T>(i.source(1));
  alignas(64) T result[warpSize];
  CUDASIM_LANES
  for (unsigned lane = 0; lane < warpSize; ++lane) {
    T x = a[lane], y = b[lane]; // values, not places, are chosen between
    result[lane] = c >> lane & 1 ? x : y;
  }
  store(warp, i.destination(), active, result);
}

template <class T> T slctInteger(T a, T b, int32_t c) { return c >= 0 ? a : b; }
template <class T> T slctFloat(T a, T b, float c) { return c >= 0 ? a : b; }
template <class T> T slctFlushed(T a, T b, float c) { return flush(c) >= 0 ? a : b; }

//===----------------------------------------------------------------------===//
// Decoding
//===----------------------------------------------------------------------===//

struct Operator {
  Relation relation;
  bool unordered = false;
  enum Kind { Any, UnsignedOnly, FloatOnly } kind = Any;
};

/// Calls `make` with the operator as compile-time constants.
template <bool isFloat, class F> auto forOperator(Operator o, F make) {
  using std::integral_constant;
#define CASE(R)                                                                                    \
  case Relation::R:                                                                                \
    if constexpr (isFloat)                                                                         \
      if (o.unordered)                                                                             \
        return make(integral_constant<Relation, Relation::R>(), std::true_type());                 \
    return make(integral_constant<Relation, Relation::R>(), std::false_type());
  switch (o.relation) {
    CASE(Eq)
    CASE(Ne)
    CASE(Lt)
    CASE(Le)
    CASE(Gt)
    CASE(Ge)
  case Relation::Num:
    return make(integral_constant<Relation, Relation::Num>(), std::false_type());
  case Relation::NaN:
    return make(integral_constant<Relation, Relation::NaN>(), std::false_type());
  }
#undef CASE
}

template <class T> Compare compareOf(Operator o) {
  return forOperator<std::is_floating_point_v<T>>(
      o, [](auto r, auto u) -> Compare { return compare<T, r(), u()>; });
}
template <class Format, bool ftz, unsigned parts, unsigned part> Compare halfOf(Operator o) {
  return forOperator<true>(
      o, [](auto r, auto u) -> Compare { return compareHalf<Format, ftz, parts, part, r(), u()>; });
}
template <class Format, bool ftz> void setHalf(Comparison &comparison, Operator o, bool packed) {
  comparison.first = packed ? halfOf<Format, ftz, 2, 0>(o) : halfOf<Format, ftz, 1, 0>(o);
  comparison.second = packed ? halfOf<Format, ftz, 2, 1>(o) : nullptr;
}

Comparison comparisonOf(Decoder &decoder, Type type, Operator o, bool ftz) {
  Comparison comparison;
  bool isFloat = ptx::isFloatingPoint(type);
  if (o.kind == Operator::FloatOnly && !isFloat)
    decoder.fail("this comparison is of floating-point numbers");
  if (o.kind == Operator::UnsignedOnly && (isFloat || ptx::isSigned(type)))
    decoder.fail("lo, ls, hi and hs compare unsigned numbers");
  bool untyped = type == Type::B16 || type == Type::B32 || type == Type::B64;
  if (untyped && o.relation != Relation::Eq && o.relation != Relation::Ne)
    decoder.fail("untyped bits are compared with eq and ne only");
  if (ftz && type != Type::F32 && type != Type::F16 && type != Type::F16x2)
    decoder.fail(".ftz is for comparisons of f32 and f16");
  switch (type) {
  case Type::B16:
  case Type::U16:
    comparison.first = compareOf<uint16_t>(o);
    break;
  case Type::S16:
    comparison.first = compareOf<int16_t>(o);
    break;
  case Type::B32:
  case Type::U32:
    comparison.first = compareOf<uint32_t>(o);
    break;
  case Type::S32:
    comparison.first = compareOf<int32_t>(o);
    break;
  case Type::B64:
  case Type::U64:
    comparison.first = compareOf<uint64_t>(o);
    break;
  case Type::S64:
    comparison.first = compareOf<int64_t>(o);
    break;
  case Type::F64:
    comparison.first = compareOf<double>(o);
    break;
  case Type::F32:
    comparison.first =
        ftz ? forOperator<true>(o,
                                [](auto r, auto u) -> Compare { return compareFlushed<r(), u()>; })
            : compareOf<float>(o);
    break;
  case Type::F16:
  case Type::F16x2:
    if (ftz)
      setHalf<F16, true>(comparison, o, type == Type::F16x2);
    else
      setHalf<F16, false>(comparison, o, type == Type::F16x2);
    break;
  case Type::BF16:
  case Type::BF16x2:
    decoder.require(90);
    setHalf<BF16, false>(comparison, o, type == Type::BF16x2);
    break;
  default:
    decoder.fail("this type cannot be compared");
  }
  return comparison;
}

Operator takeOperator(Decoder &decoder, Modifiers &m) {
  constexpr auto any = Operator::Any, uns = Operator::UnsignedOnly, flt = Operator::FloatOnly;
  const Operator none{Relation::Eq, true, any}; // eq itself is never unordered with kind Any
  Operator o = m.one<Operator>({{"eq", {Relation::Eq, false, any}},
                                {"ne", {Relation::Ne, false, any}},
                                {"lt", {Relation::Lt, false, any}},
                                {"le", {Relation::Le, false, any}},
                                {"gt", {Relation::Gt, false, any}},
                                {"ge", {Relation::Ge, false, any}},
                                {"lo", {Relation::Lt, false, uns}},
                                {"ls", {Relation::Le, false, uns}},
                                {"hi", {Relation::Gt, false, uns}},
                                {"hs", {Relation::Ge, false, uns}},
                                {"equ", {Relation::Eq, true, flt}},
                                {"neu", {Relation::Ne, true, flt}},
                                {"ltu", {Relation::Lt, true, flt}},
                                {"leu", {Relation::Le, true, flt}},
                                {"gtu", {Relation::Gt, true, flt}},
                                {"geu", {Relation::Ge, true, flt}},
                                {"num", {Relation::Num, false, flt}},
                                {"nan", {Relation::NaN, false, flt}}},
                               none);
  if (o.kind == any && o.unordered)
    decoder.fail("unknown comparison ." + std::string(m.peek()));
  return o;
}

Combine takeCombine(Modifiers &m) {
  return m.one<Combine>({{"and", Combine::And}, {"or", Combine::Or}, {"xor", Combine::Xor}},
                        Combine::None);
}

bool isPacked(Type type) { return type == Type::F16x2 || type == Type::BF16x2; }

std::vector<Operand> compareSources(Decoder &decoder, const Statement &statement, Type type,
                                    Combine combine) {
  size_t count = combine == Combine::None ? 3 : 4;
  decoder.expectOperands(count, count);
  const auto &o = statement.operands;
  std::vector<Operand> sources = {decoder.source(o[1], type), decoder.source(o[2], type)};
  if (combine != Combine::None)
    sources.push_back(decoder.predicate(o[3]));
  return sources;
}

bool decodeSetp(Decoder &decoder, const Statement &statement, Instruction &i) {
  Modifiers m(statement);
  Operator o = takeOperator(decoder, m);
  Combine combine = takeCombine(m);
  bool ftz = m.flag("ftz");
  Type type = m.type();
  m.end();
  Comparison comparison = comparisonOf(decoder, type, o, ftz);
  comparison.combine = combine;
  std::vector<Operand> sources = compareSources(decoder, statement, type, combine);
  const ptx::Operand &to = statement.operands[0];
  std::vector<Operand> destinations;
  if (to.kind == ptx::Operand::Kind::Pair) {
    if (type == Type::F16 || type == Type::BF16)
      decoder.fail("setp of f16 and bf16 writes one predicate");
    for (const ptx::Operand &each : to.elements)
      destinations.push_back(decoder.predicateDestination(each));
  } else {
    destinations.push_back(decoder.predicateDestination(to));
  }
  decoder.operands(i, destinations, sources);
  i.attributes = decoder.make(comparison);
  i.execute = setp;
  i.counterClass = CounterClass::Compare;
  return true;
}

bool decodeSet(Decoder &decoder, const Statement &statement, Instruction &i) {
  Modifiers m(statement);
  Operator o = takeOperator(decoder, m);
  Combine combine = takeCombine(m);
  bool ftz = m.flag("ftz");
  Type result = m.type(), type = m.type();
  m.end();
  Comparison comparison = comparisonOf(decoder, type, o, ftz);
  comparison.combine = combine;
  bool packed = isPacked(type);
  switch (result) {
  case Type::U32:
  case Type::S32:
    i.immediate = packed ? 0xffff : 0xffffffff;
    break;
  case Type::U16:
  case Type::S16:
    i.immediate = 0xffff;
    break;
  case Type::F32:
    i.immediate = bitsOf(1.0f);
    break;
  case Type::F16:
  case Type::F16x2:
    i.immediate = F16::one;
    break;
  case Type::BF16:
  case Type::BF16x2:
    i.immediate = BF16::one;
    break;
  default:
    decoder.fail("set cannot write this type");
  }
  bool toWord = result == Type::U32 || result == Type::S32;
  bool half = type == Type::F16 || type == Type::BF16;
  bool together = packed ? toWord || result == type
                  : half ? result != Type::F32 && !(result == Type::F16 && type == Type::BF16)
                         : true;
  if (!together || (isPacked(result) && !packed))
    decoder.fail("set's types do not go together");
  if (result == Type::BF16)
    decoder.require(90);
  if (ftz && result == Type::BF16)
    decoder.fail(".ftz is not for results of bf16");
  bool narrow = ptx::sizeInBits(result) == 16;
  if ((result == Type::U16 || result == Type::S16) && type != Type::F16 && type != Type::BF16)
    decoder.fail("set writes 16-bit integers for f16 and bf16 only");
  std::vector<Operand> sources = compareSources(decoder, statement, type, combine);
  decoder.operands(i, {decoder.destination(statement.operands[0], result)}, sources);
  i.attributes = decoder.make(comparison);
  i.execute = packed ? setPacked : narrow ? set<uint16_t> : set<uint32_t>;
  i.counterClass = CounterClass::Compare;
  return true;
}

bool decodeSelp(Decoder &decoder, const Statement &statement, Instruction &i) {
  Modifiers m(statement);
  Type type = m.type();
  m.end();
  Execute execute = nullptr;
  if (isMovable(type))
    execute = forWidth(ptx::sizeInBytes(type), [](auto t) -> Execute { return selp<decltype(t)>; });
  i.copies = Copies::Selected;
  finish(decoder, statement, i, CounterClass::Compare, execute, type, {type, type, Type::Pred});
  return true;
}

bool decodeSlct(Decoder &decoder, const Statement &statement, Instruction &i) {
  Modifiers m(statement);
  bool ftz = m.flag("ftz");
  Type type = m.type(), selector = m.type();
  m.end();
  if (selector != Type::F32 && (selector != Type::S32 || ftz))
    decoder.fail("slct selects by s32 or f32");
  Execute execute = nullptr;
  if (isMovable(type))
    execute = forWidth(ptx::sizeInBytes(type), [&](auto t) {
      using T = decltype(t);
      return selector == Type::S32 ? lanes<slctInteger<T>>
             : ftz                 ? lanes<slctFlushed<T>>
                                   : lanes<slctFloat<T>>;
    });
  finish(decoder, statement, i, CounterClass::Compare, execute, type, {type, type, selector});
  return true;
}

} // namespace

void registerCompare(DecodeTable &table) {
  table.add({"setp"}, decodeSetp);
  table.add({"set"}, decodeSet);
  table.add({"selp"}, decodeSelp);
  table.add({"slct"}, decodeSlct);
}

} // namespace azulejo::cudasim
