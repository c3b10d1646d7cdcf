//===- Video.cpp - vadd … vset4 -------------------------------------------===//
#include "runtime/cudasim/Instructions/Handlers.h"

/// PTX ISA 9.7.18. Nobody runs these for speed today: they are interpreted from a description, in
/// the steps in which the manual defines them.
namespace azulejo::cudasim {
namespace {

using ptx::Statement;
using ptx::Type;

enum class Primary : uint8_t {
  Add,
  Sub,
  AbsDiff,
  Min,
  Max,
  Average,
  ShiftLeft,
  ShiftRight,
  Eq,
  Ne,
  Lt,
  Le,
  Gt,
  Ge
};
enum class Secondary : uint8_t { None, Add, Min, Max };

struct Video {
  Primary primary = Primary::Add;
  Secondary secondary = Secondary::None;
  unsigned parts = 1; // 1; 2 half-words or 4 bytes for the SIMD forms
  bool dSigned = false, aSigned = false, bSigned = false, sat = false, wrap = false;
  /// Where part k of an operand lies in {b, a}, and how wide it is.
  unsigned aBits = 32, bBits = 32;
  unsigned aAt[4] = {0, 0, 0, 0}, bAt[4] = {32, 32, 32, 32};
  /// Of the result: scalar forms merge `resultBits` bits at `resultAt` into c; SIMD forms take the
  /// parts in `mask`, the others from c.
  unsigned resultBits = 32, resultAt = 0, mask = 15;
};

int64_t extract(uint64_t ab, unsigned at, unsigned bits, bool isSigned) {
  uint64_t top = ab << (64 - at - bits);
  return isSigned ? int64_t(top) >> (64 - bits) : int64_t(top >> (64 - bits));
}

__int128 primary(const Video &v, int64_t a, int64_t b) {
  switch (v.primary) {
  case Primary::Add:
    return a + b;
  case Primary::Sub:
    return a - b;
  case Primary::AbsDiff:
    return a < b ? b - a : a - b;
  case Primary::Min:
    return a < b ? a : b;
  case Primary::Max:
    return a > b ? a : b;
  case Primary::Average: // halves are rounded away from zero
    return a + b >= 0 ? (a + b + 1) >> 1 : (a + b) >> 1;
  case Primary::ShiftLeft:
  case Primary::ShiftRight: {
    unsigned by = v.wrap ? unsigned(b) & 31 : b > 32 ? 32 : unsigned(b);
    return v.primary == Primary::ShiftLeft ? __int128(a) * (__int128(1) << by) : a >> by;
  }
  case Primary::Eq:
    return a == b;
  case Primary::Ne:
    return a != b;
  case Primary::Lt:
    return a < b;
  case Primary::Le:
    return a <= b;
  case Primary::Gt:
    return a > b;
  case Primary::Ge:
    return a >= b;
  }
}

__int128 clampTo(__int128 value, unsigned bits, bool isSigned) {
  __int128 one = 1, least = isSigned ? -(one << (bits - 1)) : 0,
           most = (one << (isSigned ? bits - 1 : bits)) - 1;
  return value < least ? least : value > most ? most : value;
}

uint32_t ones(unsigned bits) { return bits == 32 ? ~0u : (1u << bits) - 1; }

uint32_t scalar(const Video &v, uint64_t ab, uint32_t c) {
  __int128 t = primary(v, extract(ab, v.aAt[0], v.aBits, v.aSigned),
                       extract(ab, v.bAt[0], v.bBits, v.bSigned));
  if (v.sat)
    t = clampTo(t, v.resultBits, v.dSigned);
  __int128 third = v.dSigned ? int64_t(int32_t(c)) : int64_t(c);
  // Without .sat the intermediate result is one of 32 bits where it meets c.
  __int128 narrow = v.dSigned ? __int128(int32_t(uint32_t(t))) : __int128(uint32_t(t));
  switch (v.secondary) {
  case Secondary::Add:
    return uint32_t(t + third);
  case Secondary::Min:
    return uint32_t(narrow < third ? narrow : third);
  case Secondary::Max:
    return uint32_t(narrow > third ? narrow : third);
  case Secondary::None:
    break;
  }
  uint32_t mask = ones(v.resultBits) << v.resultAt;
  return (uint32_t(t) << v.resultAt & mask) | (c & ~mask);
}

uint32_t simd(const Video &v, uint64_t ab, uint32_t c) {
  unsigned bits = 32 / v.parts;
  uint32_t merged = c, sum = c;
  for (unsigned k = 0; k < v.parts; ++k) {
    if (!(v.mask >> k & 1))
      continue;
    __int128 t =
        primary(v, extract(ab, v.aAt[k], bits, v.aSigned), extract(ab, v.bAt[k], bits, v.bSigned));
    if (v.sat)
      t = clampTo(t, bits, v.dSigned);
    uint32_t mask = ones(bits) << (bits * k);
    merged = (merged & ~mask) | (uint32_t(t) << (bits * k) & mask);
    sum += uint32_t(t);
  }
  return v.secondary == Secondary::Add ? sum : merged;
}

template <uint32_t (*f)(const Video &, uint64_t, uint32_t)>
void video(Warp &warp, const Instruction &i, LaneMask active) {
  const Video &v = i.as<Video>();
  forLanes<uint32_t, uint32_t, uint32_t, uint32_t>(
      warp, i, active,
      [&](uint32_t a, uint32_t b, uint32_t c) { return f(v, uint64_t(b) << 32 | a, c); });
}

struct Mad {
  Video parts;
  bool negateProduct = false, negateC = false, plusOne = false, isSigned = false;
  unsigned shift = 0;
};
void vmad(Warp &warp, const Instruction &i, LaneMask active) {
  const Mad &mad = i.as<Mad>();
  const Video &v = mad.parts;
  forLanes<uint32_t, uint32_t, uint32_t, uint32_t>(
      warp, i, active, [&](uint32_t a, uint32_t b, uint32_t c) {
        uint64_t ab = uint64_t(b) << 32 | a;
        __int128 product = __int128(extract(ab, v.aAt[0], v.aBits, v.aSigned)) *
                           extract(ab, v.bAt[0], v.bBits, v.bSigned);
        // -x is ~x + 1, c's complement is taken in its 32 bits.
        uint32_t bits = mad.negateC ? ~c : c;
        __int128 third = mad.isSigned ? __int128(int32_t(bits)) : __int128(bits);
        __int128 sum =
            (mad.negateProduct ? -product : product) + third + (mad.negateC || mad.plusOne ? 1 : 0);
        sum >>= mad.shift;
        return uint32_t(v.sat ? clampTo(sum, 32, mad.isSigned) : sum);
      });
}

//===----------------------------------------------------------------------===//
// Decoding
//===----------------------------------------------------------------------===//

bool takeSigned(Decoder &decoder, Modifiers &m) {
  Type type = m.type();
  if (type != Type::U32 && type != Type::S32)
    decoder.fail("video instructions are of u32 and s32");
  return type == Type::S32;
}

/// `b2` or `h1` of a scalar form: its width and place.
void select(Decoder &decoder, std::string_view selector, unsigned &bits, unsigned &at) {
  if (selector.empty())
    return;
  bits = selector[0] == 'b' ? 8 : 16;
  unsigned index = unsigned(selector[1] - '0');
  if (selector.size() != 2 || index * bits >= 32)
    decoder.fail("there is no part ." + std::string(selector) + " of a register");
  at += index * bits;
}

/// `h10` or `b3210` of a SIMD form: the parts of {b, a}, the last one first.
void selectParts(Decoder &decoder, std::string_view selector, unsigned parts, unsigned *at) {
  unsigned bits = 32 / parts;
  if (selector.empty())
    return;
  if (selector[0] != (parts == 2 ? 'h' : 'b') || selector.size() != parts + 1)
    decoder.fail("the selector ." + std::string(selector) + " does not fit");
  for (unsigned k = 0; k < parts; ++k) {
    unsigned index = unsigned(selector[parts - k] - '0');
    if (index >= 2 * parts)
      decoder.fail("there is no such part as in ." + std::string(selector));
    at[k] = index * bits;
  }
}

Primary takeComparison(Decoder &decoder, Modifiers &m) {
  Primary compare = m.one<Primary>({{"eq", Primary::Eq},
                                    {"ne", Primary::Ne},
                                    {"lt", Primary::Lt},
                                    {"le", Primary::Le},
                                    {"gt", Primary::Gt},
                                    {"ge", Primary::Ge}},
                                   Primary::Add);
  if (compare == Primary::Add)
    decoder.fail("vset needs a comparison");
  return compare;
}

Primary primaryOf(std::string_view name) {
  for (auto [text, primary] : {std::pair<std::string_view, Primary>{"vadd", Primary::Add},
                               {"vsub", Primary::Sub},
                               {"vabsdiff", Primary::AbsDiff},
                               {"vmin", Primary::Min},
                               {"vmax", Primary::Max},
                               {"vavrg", Primary::Average},
                               {"vshl", Primary::ShiftLeft},
                               {"vshr", Primary::ShiftRight}})
    if (name == text)
      return primary;
  return Primary::Eq; // vset, which names its own
}

/// The register alone.
ptx::Operand plain(ptx::Operand operand) {
  operand.selector = {};
  operand.negated = false;
  return operand;
}
void setOperands(Decoder &decoder, const Statement &statement, Instruction &i) {
  const auto &o = statement.operands;
  auto source = [&](size_t k) { return decoder.source(plain(o[k]), Type::U32); };
  std::vector<Operand> sources = {source(1), source(2),
                                  o.size() > 3 ? source(3) : decoder.constant(0, 4)};
  decoder.operands(i, {decoder.destination(plain(o[0]), Type::U32)}, sources);
  i.counterClass = CounterClass::Integer;
}

bool decodeVideo(Decoder &decoder, const Statement &statement, Instruction &i) {
  std::string_view name = statement.opcode;
  Video v;
  if (name.back() == '2' || name.back() == '4') {
    v.parts = unsigned(name.back() - '0');
    name.remove_suffix(1);
  }
  v.primary = primaryOf(name);
  bool isSet = name == "vset", shifts = name == "vshl" || name == "vshr";
  Modifiers m(statement);
  v.dSigned = !isSet && takeSigned(decoder, m);
  v.aSigned = takeSigned(decoder, m);
  v.bSigned = takeSigned(decoder, m);
  v.sat = !isSet && m.flag("sat");
  if (isSet)
    v.primary = takeComparison(decoder, m);
  if (shifts) {
    v.wrap = m.flag("wrap");
    if (!v.wrap && !m.flag("clamp"))
      decoder.fail(std::string(name) + " needs .clamp or .wrap");
    if (v.bSigned)
      decoder.fail("shifts are by u32");
  }
  v.secondary = m.one<Secondary>(
      {{"add", Secondary::Add}, {"min", Secondary::Min}, {"max", Secondary::Max}}, Secondary::None);
  m.end();

  const auto &o = statement.operands;
  if (v.parts == 1) {
    bool third = v.secondary != Secondary::None || (!o.empty() && !o[0].selector.empty());
    decoder.expectOperands(third ? 4 : 3, third ? 4 : 3);
    if (v.secondary != Secondary::None && !o[0].selector.empty())
      decoder.fail("a secondary operation and a merge cannot go together");
    select(decoder, o[0].selector, v.resultBits, v.resultAt);
    select(decoder, o[1].selector, v.aBits, v.aAt[0]);
    select(decoder, o[2].selector, v.bBits, v.bAt[0]);
    i.execute = video<scalar>;
  } else {
    decoder.expectOperands(4, 4);
    if (v.secondary == Secondary::Min || v.secondary == Secondary::Max ||
        (v.secondary == Secondary::Add && v.sat))
      decoder.fail("SIMD video instructions saturate and merge, or accumulate by .add");
    for (unsigned k = 0; k < v.parts; ++k) {
      v.aAt[k] = 32 / v.parts * k;
      v.bAt[k] = 32 + 32 / v.parts * k;
    }
    selectParts(decoder, o[1].selector, v.parts, v.aAt);
    selectParts(decoder, o[2].selector, v.parts, v.bAt);
    if (!o[0].selector.empty()) {
      v.mask = 0;
      for (char c : o[0].selector.substr(1)) {
        if (unsigned(c - '0') >= v.parts)
          decoder.fail("the mask ." + std::string(o[0].selector) + " does not fit");
        v.mask |= 1u << (c - '0');
      }
    }
    i.execute = video<simd>;
  }
  setOperands(decoder, statement, i);
  i.attributes = decoder.make(v);
  return true;
}

bool decodeMad(Decoder &decoder, const Statement &statement, Instruction &i) {
  Modifiers m(statement);
  Mad mad;
  takeSigned(decoder, m);
  mad.parts.aSigned = takeSigned(decoder, m);
  mad.parts.bSigned = takeSigned(decoder, m);
  mad.plusOne = m.flag("po");
  mad.parts.sat = m.flag("sat");
  mad.shift = m.flag("shr7") ? 7 : m.flag("shr15") ? 15 : 0;
  m.end();
  decoder.expectOperands(4, 4);
  const auto &o = statement.operands;
  mad.negateProduct = o[1].negated != o[2].negated;
  mad.negateC = o[3].negated;
  if ((mad.plusOne && (o[1].negated || o[2].negated || mad.negateC)) ||
      (mad.negateProduct && mad.negateC))
    decoder.fail("vmad negates the product or c, and neither with .po");
  mad.isSigned = mad.parts.aSigned || mad.parts.bSigned || mad.negateProduct || mad.negateC;
  select(decoder, o[1].selector, mad.parts.aBits, mad.parts.aAt[0]);
  select(decoder, o[2].selector, mad.parts.bBits, mad.parts.bAt[0]);
  setOperands(decoder, statement, i);
  i.attributes = decoder.make(mad);
  i.execute = vmad;
  return true;
}

} // namespace

void registerVideo(DecodeTable &table) {
  table.add({"vadd", "vsub", "vabsdiff", "vmin", "vmax", "vshl", "vshr", "vset"}, decodeVideo);
  table.add({"vadd2", "vsub2", "vavrg2", "vabsdiff2", "vmin2", "vmax2", "vset2"}, decodeVideo);
  table.add({"vadd4", "vsub4", "vavrg4", "vabsdiff4", "vmin4", "vmax4", "vset4"}, decodeVideo);
  table.add({"vmad"}, decodeMad);
}

} // namespace azulejo::cudasim
