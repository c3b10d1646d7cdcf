//===- Bits.cpp - Logic, shifts and bit fields ----------------------------===//
#include "runtime/cudasim/Instructions/Handlers.h"

/// PTX ISA 9.7.8, the bit-field part of 9.7.1, and prmt.
namespace azulejo::cudasim {
namespace {

using ptx::Statement;
using ptx::Type;

template <class T> T bitAnd(T a, T b) { return a & b; }
template <class T> T bitOr(T a, T b) { return a | b; }
template <class T> T bitXor(T a, T b) { return a ^ b; }
template <class T> T bitNot(T a) { return T(~a); }
template <class T> T cnot(T a) { return a == 0; }

/// Shifts by the width or more yield what shifting by the width would.
template <class T> T shl(T a, uint32_t b) { return b < 8 * sizeof(T) ? T(a << b) : T(0); }
template <class T> T shr(T a, uint32_t b) {
  constexpr uint32_t most = 8 * sizeof(T) - 1;
  if (std::is_signed_v<T>)
    return T(a >> (b < most ? b : most));
  return b <= most ? T(a >> b) : T(0);
}

/// The funnel shift of {b, a}; n is at most 32.
uint32_t funnelLeft(uint32_t a, uint32_t b, uint32_t n) {
  return uint32_t(((uint64_t(b) << 32 | a) << n) >> 32);
}
uint32_t funnelRight(uint32_t a, uint32_t b, uint32_t n) {
  return uint32_t((uint64_t(b) << 32 | a) >> n);
}
uint32_t shfLeftWrap(uint32_t a, uint32_t b, uint32_t c) { return funnelLeft(a, b, c & 31); }
uint32_t shfRightWrap(uint32_t a, uint32_t b, uint32_t c) { return funnelRight(a, b, c & 31); }
uint32_t shfLeftClamp(uint32_t a, uint32_t b, uint32_t c) {
  return funnelLeft(a, b, c < 32 ? c : 32);
}
uint32_t shfRightClamp(uint32_t a, uint32_t b, uint32_t c) {
  return funnelRight(a, b, c < 32 ? c : 32);
}

template <class T> uint32_t popc(T a) {
  return uint32_t(sizeof(T) == 8 ? __builtin_popcountll(a) : __builtin_popcount(uint32_t(a)));
}
template <class T> uint32_t clz(T a) {
  if (a == 0)
    return 8 * sizeof(T);
  return uint32_t(sizeof(T) == 8 ? __builtin_clzll(a) : __builtin_clz(uint32_t(a)));
}
template <class T> T brev(T a) {
  return T(sizeof(T) == 8 ? __builtin_bitreverse64(a) : __builtin_bitreverse32(uint32_t(a)));
}

/// The highest bit that differs from the sign, or all ones.
template <class T> uint32_t bfind(T a) {
  using U = std::make_unsigned_t<T>;
  return 8 * sizeof(T) - 1 - clz(a < 0 ? U(~a) : U(a));
}
/// How far left it would have to be shifted to be the most significant one.
template <class T> uint32_t bfindShift(T a) {
  using U = std::make_unsigned_t<T>;
  U magnitude = a < 0 ? U(~a) : U(a);
  return magnitude == 0 ? ~0u : clz(magnitude);
}

/// The offset-th set bit of `mask` from bit `base` on, upwards or (offset < 0) downwards.
uint32_t fns(uint32_t mask, uint32_t base, int32_t offset) {
  if (base > 31)
    return ~0u;
  if (offset == 0)
    return mask >> base & 1 ? base : ~0u;
  int64_t count = offset < 0 ? -int64_t(offset) : offset;
  for (int position = int(base); position >= 0 && position < 32; position += offset > 0 ? 1 : -1)
    if ((mask >> position & 1) && --count == 0)
      return uint32_t(position);
  return ~0u;
}

/// `length` ones, all of them from the width on.
template <class U> U ones(uint32_t length) {
  return length < 8 * sizeof(U) ? U((U(1) << length) - 1) : U(~U(0));
}
template <class T> T bfe(T a, uint32_t b, uint32_t c) {
  using U = std::make_unsigned_t<T>;
  constexpr uint32_t msb = 8 * sizeof(T) - 1;
  uint32_t position = b & 0xff, length = c & 0xff;
  uint32_t last = position + length - 1;
  bool sign = std::is_signed_v<T> && length != 0 && (U(a) >> (last < msb ? last : msb) & 1);
  uint32_t available = position <= msb ? msb + 1 - position : 0;
  U mask = ones<U>(length < available ? length : available);
  U field = shr<U>(U(a), position) & mask;
  return T(sign ? U(field | ~mask) : field);
}
template <class T> T bfi(T a, T b, uint32_t c, uint32_t d) {
  uint32_t position = c & 0xff, length = d & 0xff;
  T mask = shl(ones<T>(length), position);
  return T((b & ~mask) | (shl(a, position) & mask));
}

template <bool clamp> uint32_t bmsk(uint32_t a, uint32_t b) {
  if (clamp && a >= 32)
    return 0;
  uint32_t position = a & 31, width = clamp ? b : b & 31;
  return ones<uint32_t>(width) << position;
}
template <class T, bool clamp> T szext(T a, uint32_t b) {
  if (clamp && b >= 32)
    return a;
  uint32_t length = b & 31;
  return length == 0 ? T(0) : shr(T(uint32_t(a) << (32 - length)), 32 - length);
}

/// Byte `selector & 7` of {b, a}; with bit 3 its sign, eight times.
uint64_t selectByte(uint64_t ab, uint32_t selector) {
  uint64_t byte = ab >> (8 * (selector & 7)) & 0xff;
  return selector & 8 ? (byte & 0x80 ? 0xff : 0) : byte;
}
uint32_t permute(uint32_t a, uint32_t b, uint32_t selectors) {
  uint64_t ab = uint64_t(b) << 32 | a;
  return uint32_t(selectByte(ab, selectors & 15) | selectByte(ab, selectors >> 4 & 15) << 8 |
                  selectByte(ab, selectors >> 8 & 15) << 16 |
                  selectByte(ab, selectors >> 12 & 15) << 24);
}
/// prmt with a constant selector in i.immediate that replicates no signs: the frequent case.
void permuteConstant(Warp &warp, const Instruction &i, LaneMask active) {
  const uint32_t *from[4];
  uint32_t shift[4];
  for (unsigned k = 0; k < 4; ++k) {
    unsigned selector = unsigned(i.immediate >> (4 * k)) & 7;
    from[k] = warp.read<uint32_t>(i.source(selector / 4));
    shift[k] = 8 * (selector % 4);
  }
  alignas(64) uint32_t result[warpSize];
  CUDASIM_LANES
  for (unsigned lane = 0; lane < warpSize; ++lane)
    result[lane] = (from[0][lane] >> shift[0] & 0xff) | (from[1][lane] >> shift[1] & 0xff) << 8 |
                   (from[2][lane] >> shift[2] & 0xff) << 16 | from[3][lane] >> shift[3] << 24;
  store(warp, i.destination(), active, result);
}
/// The special modes are permutations that the two low bits of c choose among; `table` holds their
/// four selectors, 16 bits each.
template <uint64_t table> uint32_t permuteBy(uint32_t a, uint32_t b, uint32_t c) {
  return permute(a, b, uint32_t(table >> (16 * (c & 3))) & 0xffff);
}

//===----------------------------------------------------------------------===//
// Handlers that are not the function of one lane
//===----------------------------------------------------------------------===//

void predicateAnd(Warp &warp, const Instruction &i, LaneMask active) {
  warp.setPredicate(i.destination(), active,
                    warp.predicate(i.source(0)) & warp.predicate(i.source(1)));
}
void predicateOr(Warp &warp, const Instruction &i, LaneMask active) {
  warp.setPredicate(i.destination(), active,
                    warp.predicate(i.source(0)) | warp.predicate(i.source(1)));
}
void predicateXor(Warp &warp, const Instruction &i, LaneMask active) {
  warp.setPredicate(i.destination(), active,
                    warp.predicate(i.source(0)) ^ warp.predicate(i.source(1)));
}
void predicateNot(Warp &warp, const Instruction &i, LaneMask active) {
  warp.setPredicate(i.destination(), active, ~warp.predicate(i.source(0)));
}

/// Where s has a one x, else y.
inline uint32_t choose(uint32_t s, uint32_t x, uint32_t y) { return y ^ ((x ^ y) & s); }

/// d = the function of (a, b, c) whose truth table is i.immediate.
void lop3(Warp &warp, const Instruction &i, LaneMask active) {
  uint32_t row[8]; // all ones where the table says one for a, b, c = bits 2, 1, 0 of the index
  for (unsigned k = 0; k < 8; ++k)
    row[k] = i.immediate >> k & 1 ? ~0u : 0;
  forLanes<uint32_t, uint32_t, uint32_t, uint32_t>(
      warp, i, active, [&](uint32_t a, uint32_t b, uint32_t c) {
        return choose(a, choose(b, choose(c, row[7], row[6]), choose(c, row[5], row[4])),
                      choose(b, choose(c, row[3], row[2]), choose(c, row[1], row[0])));
      });
}
/// `.and` and `.or`: destinations d and p, sources a, b, c and q.
template <bool isAnd> void lop3Predicate(Warp &warp, const Instruction &i, LaneMask active) {
  LaneMask q = warp.predicate(i.source(3)); // before d is written: nothing of d is in it
  lop3(warp, i, active);
  const uint32_t *d = warp.read<uint32_t>(i.destination());
  LaneMask nonzero = 0;
  CUDASIM_LANES
  for (unsigned lane = 0; lane < warpSize; ++lane)
    nonzero |= LaneMask(d[lane] != 0) << lane;
  warp.setPredicate(i.destination(1), active, isAnd ? nonzero & q : nonzero | q);
}

//===----------------------------------------------------------------------===//
// Decoding
//===----------------------------------------------------------------------===//

bool decodeLogic(Decoder &decoder, const Statement &statement, Instruction &i) {
  Modifiers m(statement);
  Type type = m.type();
  m.end();
  std::string_view opcode = statement.opcode;
  if (type != Type::Pred && type != Type::B16 && type != Type::B32 && type != Type::B64)
    decoder.fail(std::string(opcode) + " is of pred, b16, b32 or b64");
  bool pred = type == Type::Pred;
  if (opcode == "not") {
    finish(
        decoder, statement, i, CounterClass::Integer,
        pred ? predicateNot
             : forWidth(ptx::sizeInBytes(type), [](auto t) { return lanes<bitNot<decltype(t)>>; }),
        type, {type});
    return true;
  }
  if (opcode == "cnot") {
    finish(decoder, statement, i, CounterClass::Integer,
           pred ? nullptr
                : forWidth(ptx::sizeInBytes(type), [](auto t) { return lanes<cnot<decltype(t)>>; }),
           type, {type});
    return true;
  }
  Execute execute =
      opcode == "and"  ? (pred ? predicateAnd
                               : forWidth(ptx::sizeInBytes(type),
                                          [](auto t) { return lanes<bitAnd<decltype(t)>>; }))
      : opcode == "or" ? (pred ? predicateOr
                               : forWidth(ptx::sizeInBytes(type),
                                          [](auto t) { return lanes<bitOr<decltype(t)>>; }))
                       : (pred ? predicateXor : forWidth(ptx::sizeInBytes(type), [](auto t) {
                           return lanes<bitXor<decltype(t)>>;
                         }));
  finish(decoder, statement, i, CounterClass::Integer, execute, type, {type, type});
  return true;
}

bool decodeLop3(Decoder &decoder, const Statement &statement, Instruction &i) {
  Modifiers m(statement);
  enum class Bool { None, And, Or };
  Bool combine = m.one<Bool>({{"and", Bool::And}, {"or", Bool::Or}}, Bool::None);
  if (m.type() != Type::B32)
    decoder.fail("lop3 is of b32");
  m.end();
  bool withPredicate = combine != Bool::None;
  decoder.expectOperands(withPredicate ? 6 : 5, withPredicate ? 6 : 5);
  const auto &o = statement.operands;
  int64_t table = decoder.integer(o[4], "lop3's table");
  if (table < 0 || table > 255)
    decoder.fail("lop3's table is a number from 0 to 255");
  std::vector<Operand> sources = {decoder.source(o[1], Type::B32), decoder.source(o[2], Type::B32),
                                  decoder.source(o[3], Type::B32)};
  if (!withPredicate) {
    decoder.operands(i, {decoder.destination(o[0], Type::B32)}, sources);
    i.execute = lop3;
  } else {
    if (o[0].kind != ptx::Operand::Kind::Pair)
      decoder.fail("lop3.and and lop3.or write d|p");
    sources.push_back(decoder.predicate(o[5]));
    decoder.operands(i,
                     {decoder.destination(o[0].elements[0], Type::B32),
                      decoder.predicateDestination(o[0].elements[1])},
                     sources);
    i.execute = combine == Bool::And ? lop3Predicate<true> : lop3Predicate<false>;
  }
  i.immediate = table;
  i.counterClass = CounterClass::Integer;
  return true;
}

bool decodeShift(Decoder &decoder, const Statement &statement, Instruction &i) {
  Modifiers m(statement);
  Type type = m.type();
  m.end();
  bool left = statement.opcode == "shl";
  Execute execute = nullptr;
  bool untyped = type == Type::B16 || type == Type::B32 || type == Type::B64;
  if (left)
    execute = untyped
                  ? forWidth(ptx::sizeInBytes(type), [](auto t) { return lanes<shl<decltype(t)>>; })
                  : nullptr;
  else
    execute = untyped
                  ? forWidth(ptx::sizeInBytes(type), [](auto t) { return lanes<shr<decltype(t)>>; })
                  : forInteger(type, [](auto t) { return lanes<shr<decltype(t)>>; });
  finish(decoder, statement, i, CounterClass::Integer, execute, type, {type, Type::U32});
  return true;
}

bool decodeFunnel(Decoder &decoder, const Statement &statement, Instruction &i) {
  Modifiers m(statement);
  bool left = m.flag("l");
  if (!left && !m.flag("r"))
    decoder.fail("shf needs .l or .r");
  bool clamp = m.flag("clamp");
  if (!clamp && !m.flag("wrap"))
    decoder.fail("shf needs .clamp or .wrap");
  if (m.type() != Type::B32)
    decoder.fail("shf is of b32");
  m.end();
  Execute execute = left ? (clamp ? lanes<shfLeftClamp> : lanes<shfLeftWrap>)
                         : (clamp ? lanes<shfRightClamp> : lanes<shfRightWrap>);
  finish(decoder, statement, i, CounterClass::Integer, execute, Type::B32,
         {Type::B32, Type::B32, Type::U32});
  return true;
}

/// popc, clz and brev
bool decodeCount(Decoder &decoder, const Statement &statement, Instruction &i) {
  Modifiers m(statement);
  Type type = m.type();
  m.end();
  if (type != Type::B32 && type != Type::B64)
    decoder.fail(std::string(statement.opcode) + " is of b32 or b64");
  bool wide = type == Type::B64;
  if (statement.opcode == "brev")
    finish(decoder, statement, i, CounterClass::Integer,
           wide ? lanes<brev<uint64_t>> : lanes<brev<uint32_t>>, type, {type});
  else
    finish(decoder, statement, i, CounterClass::Integer,
           statement.opcode == "popc" ? (wide ? lanes<popc<uint64_t>> : lanes<popc<uint32_t>>)
                                      : (wide ? lanes<clz<uint64_t>> : lanes<clz<uint32_t>>),
           Type::U32, {type});
  return true;
}

bool decodeBfind(Decoder &decoder, const Statement &statement, Instruction &i) {
  Modifiers m(statement);
  bool shift = m.flag("shiftamt");
  Type type = m.type();
  m.end();
  Execute execute = shift
                        ? forInteger<4>(type, [](auto t) { return lanes<bfindShift<decltype(t)>>; })
                        : forInteger<4>(type, [](auto t) { return lanes<bfind<decltype(t)>>; });
  finish(decoder, statement, i, CounterClass::Integer, execute, Type::U32, {type});
  return true;
}

bool decodeFns(Decoder &decoder, const Statement &statement, Instruction &i) {
  Modifiers m(statement);
  if (m.type() != Type::B32)
    decoder.fail("fns is of b32");
  m.end();
  finish(decoder, statement, i, CounterClass::Integer, lanes<fns>, Type::B32,
         {Type::B32, Type::U32, Type::S32});
  return true;
}

bool decodeField(Decoder &decoder, const Statement &statement, Instruction &i) {
  Modifiers m(statement);
  Type type = m.type();
  m.end();
  if (statement.opcode == "bfe")
    finish(decoder, statement, i, CounterClass::Integer,
           forInteger<4>(type, [](auto t) { return lanes<bfe<decltype(t)>>; }), type,
           {type, Type::U32, Type::U32});
  else
    finish(decoder, statement, i, CounterClass::Integer,
           type == Type::B32   ? lanes<bfi<uint32_t>>
           : type == Type::B64 ? lanes<bfi<uint64_t>>
                               : nullptr,
           type, {type, type, Type::U32, Type::U32});
  return true;
}

/// bmsk and szext
bool decodeMask(Decoder &decoder, const Statement &statement, Instruction &i) {
  Modifiers m(statement);
  bool clamp = m.flag("clamp");
  if (!clamp && !m.flag("wrap"))
    decoder.fail(std::string(statement.opcode) + " needs .clamp or .wrap");
  Type type = m.type();
  m.end();
  Execute execute = nullptr;
  if (statement.opcode == "bmsk") {
    if (type == Type::B32)
      execute = clamp ? lanes<bmsk<true>> : lanes<bmsk<false>>;
  } else if (type == Type::S32) {
    execute = clamp ? lanes<szext<int32_t, true>> : lanes<szext<int32_t, false>>;
  } else if (type == Type::U32) {
    execute = clamp ? lanes<szext<uint32_t, true>> : lanes<szext<uint32_t, false>>;
  }
  finish(decoder, statement, i, CounterClass::Integer, execute, type, {type, Type::U32});
  return true;
}

bool decodePermute(Decoder &decoder, const Statement &statement, Instruction &i) {
  Modifiers m(statement);
  if (m.type() != Type::B32)
    decoder.fail("prmt is of b32");
  const std::string_view mode = m.peek();
  Execute execute = m.one<Execute>({{"f4e", lanes<permuteBy<0x6543'5432'4321'3210>>},
                                    {"b4e", lanes<permuteBy<0x0123'7012'6701'5670>>},
                                    {"rc8", lanes<permuteBy<0x3333'2222'1111'0000>>},
                                    {"ecl", lanes<permuteBy<0x3333'3222'3211'3210>>},
                                    {"ecr", lanes<permuteBy<0x3210'2210'1110'0000>>},
                                    {"rc16", lanes<permuteBy<0x3232'1010'3232'1010>>}},
                                   lanes<permute>);
  m.end();
  finish(decoder, statement, i, CounterClass::Integer, execute, Type::B32,
         {Type::B32, Type::B32, Type::B32});
  const ptx::Operand &selectors = statement.operands[3];
  if (mode.empty() && selectors.kind == ptx::Operand::Kind::Integer && !(selectors.bits & 0x8888)) {
    i.immediate = int64_t(selectors.bits & 0xffff);
    i.copies = Copies::Any;
    decoder.operands(i, {i.destination()}, {i.source(0), i.source(1)});
    i.execute = permuteConstant;
  }
  return true;
}

} // namespace

void registerBits(DecodeTable &table) {
  table.add({"and", "or", "xor", "not", "cnot"}, decodeLogic);
  table.add({"lop3"}, decodeLop3);
  table.add({"shl", "shr"}, decodeShift);
  table.add({"shf"}, decodeFunnel);
  table.add({"popc", "clz", "brev"}, decodeCount);
  table.add({"bfind"}, decodeBfind);
  table.add({"fns"}, decodeFns);
  table.add({"bfe", "bfi"}, decodeField);
  table.add({"bmsk", "szext"}, decodeMask);
  table.add({"prmt"}, decodePermute);
}

} // namespace azulejo::cudasim
