//===- Mma.cpp - mma.sync -------------------------------------------------===//
#include "runtime/cudasim/Instructions/Dot.h"
#include "runtime/cudasim/Instructions/Fragments.h"
#include "runtime/cudasim/Instructions/TensorOperands.h"
#include "runtime/cudasim/Machine/Block.h"
#include <algorithm>
#include <cstring>
#include <immintrin.h>

/// PTX ISA, 9.7.14.5. Fragments are explained in Fragments.h, arithmetic and rounding in Dot.h.
namespace azulejo::cudasim {
namespace {

using ptx::Type;

struct Mma {
  unsigned rowBlocks = 0; // of 8 rows of A: 1 or 2; B has one block of 8 columns
  unsigned chunks = 0;    // of 16 bytes along K
  unsigned stepsA = 0;    // words that a chunk unfolds to
  Unfold left = nullptr, right = nullptr;
  Multiply multiply = nullptr;
  unsigned aRegisters = 0, bRegisters = 0, cRegisters = 0;
  bool copyC = false; // D's registers are C's in another order
  Rounding64 rounding = Rounding64::Nearest;
  bool aRowMajor = true, bRowMajor = false, cHalf = false, dHalf = false; // m8n8k4 of f16
  uint64_t multiplyAdds = 0;
};

void count(Warp &warp, uint64_t multiplyAdds) {
  ++warp.block.counters.tensorInstructions;
  warp.block.counters.tensorMultiplyAdds += multiplyAdds;
}

void mma(Warp &warp, const Instruction &i, LaneMask active) {
  const Mma &mma = i.as<Mma>();
  requireFullWarp(active);
  count(warp, mma.multiplyAdds);
  unsigned steps = mma.chunks * mma.stepsA;
  alignas(64) uint32_t left[16 * maxSteps], right[8 * maxSteps];
  const uint8_t *rows[8];
  for (unsigned chunk = 0; chunk < mma.chunks; ++chunk) {
    for (unsigned block = 0; block < mma.rowBlocks; ++block) {
      unsigned reg = multiplicandRegister(block, chunk, mma.rowBlocks);
      const uint8_t *core = warp.read<uint8_t>(i.source(reg));
      for (unsigned row = 0; row < 8; ++row)
        rows[row] = core + 16 * row;
      mma.left(rows, left + 8 * block * steps + chunk * mma.stepsA, steps);
    }
    const uint8_t *core = warp.read<uint8_t>(i.source(mma.aRegisters + chunk));
    for (unsigned row = 0; row < 8; ++row)
      rows[row] = core + 16 * row;
    mma.right(rows, right + 8 * chunk * mma.stepsA, 0);
  }
  const void *c[4];
  void *d[4];
  alignas(32) uint32_t copies[4][warpSize];
  for (unsigned reg = 0; reg < mma.cRegisters; ++reg) {
    c[reg] = warp.read<void>(i.source(mma.aRegisters + mma.bRegisters + reg));
    if (mma.copyC)
      c[reg] = std::memcpy(copies[reg], c[reg], sizeof copies[reg]);
    d[reg] = warp.write<void>(i.destination(reg));
  }
  mma.multiply({left, right, steps, mma.rowBlocks, 1, c, d});
}

void mma64(Warp &warp, const Instruction &i, LaneMask active) {
  const Mma &mma = i.as<Mma>();
  requireFullWarp(active);
  count(warp, mma.multiplyAdds);
  const double *a[8], *b[4], *c[4];
  double *d[4], copies[4][warpSize];
  for (unsigned reg = 0; reg < mma.aRegisters; ++reg)
    a[reg] = warp.read<double>(i.source(reg));
  for (unsigned reg = 0; reg < mma.bRegisters; ++reg)
    b[reg] = warp.read<double>(i.source(mma.aRegisters + reg));
  for (unsigned reg = 0; reg < mma.cRegisters; ++reg) {
    // Results are written core by core, and D may be any of the operands.
    const double *from = warp.read<double>(i.source(mma.aRegisters + mma.bRegisters + reg));
    c[reg] = static_cast<double *>(std::memcpy(copies[reg], from, sizeof copies[reg]));
  }
  double results[4][warpSize];
  for (unsigned reg = 0; reg < mma.cRegisters; ++reg)
    d[reg] = results[reg];
  multiply64({a, b, c, d, mma.rowBlocks, 1, mma.chunks, mma.rounding});
  for (unsigned reg = 0; reg < mma.cRegisters; ++reg)
    std::memcpy(warp.write<double>(i.destination(reg)), results[reg], sizeof results[reg]);
}

/// m8n8k4 of f16: four products, one for each quad pair.
void mmaQuadPairs(Warp &warp, const Instruction &i, LaneMask active) {
  const Mma &mma = i.as<Mma>();
  requireFullWarp(active);
  count(warp, mma.multiplyAdds);
  auto half = [&](unsigned first, unsigned lane, unsigned element) {
    return _cvtsh_ss(warp.read<uint16_t>(i.source(first + element / 2))[2 * lane + element % 2]);
  };
  uint16_t halves[4][2 * warpSize];
  float words[8][warpSize];
  for (unsigned pair = 0; pair < 4; ++pair) {
    float a[8][4], b[4][8], c[8][8];
    for (unsigned l = 0; l < 8; ++l) {
      unsigned lane = quadpair::warpLane(pair, l);
      for (unsigned e = 0; e < 4; ++e) {
        auto atA = quadpair::left(l, e, mma.aRowMajor), atB = quadpair::right(l, e, mma.bRowMajor);
        a[atA.row][atA.column] = half(0, lane, e);
        b[atB.row][atB.column] = half(2, lane, e);
      }
      for (unsigned e = 0; e < 8; ++e) {
        auto at = quadpair::accumulator(l, e, mma.cHalf);
        c[at.row][at.column] =
            mma.cHalf ? half(4, lane, e) : warp.read<float>(i.source(4 + e))[lane];
      }
    }
    for (unsigned row = 0; row < 8; ++row)
      for (unsigned column = 0; column < 8; ++column) {
        float sum = 0;
        for (unsigned k = 0; k < 4; ++k)
          sum = __builtin_fmaf(a[row][k], b[k][column], sum);
        c[row][column] += sum;
      }
    for (unsigned l = 0; l < 8; ++l) {
      unsigned lane = quadpair::warpLane(pair, l);
      for (unsigned e = 0; e < 8; ++e) {
        auto at = quadpair::accumulator(l, e, mma.dHalf);
        float value = c[at.row][at.column];
        if (value != value) {
          uint32_t canonical = 0x7fffffff;
          std::memcpy(&value, &canonical, sizeof value);
        }
        if (mma.dHalf)
          halves[e / 2][2 * lane + e % 2] = uint16_t(_cvtss_sh(value, _MM_FROUND_TO_NEAREST_INT));
        else
          words[e][lane] = value;
      }
    }
  }
  for (unsigned reg = 0; reg < i.destinations; ++reg)
    std::memcpy(warp.write<void>(i.destination(reg)),
                mma.dHalf ? static_cast<const void *>(halves[reg]) : words[reg],
                warpSize * sizeof(uint32_t));
}

// --- Decoding ------------------------------------------------------------------------------------

/// The shapes that each type of multiplicands has. `sm` is the first architecture with the shape.
struct Shape {
  const char *name;
  unsigned m, k;
  enum Kind { Half, BFloat, TFloat, Double, Float8, Byte, Nibble, Bit } kind;
  unsigned sm;
};
constexpr Shape shapes[] = {
    {"m8n8k4", 8, 4, Shape::Half, 70},       {"m16n8k8", 16, 8, Shape::Half, 75},
    {"m16n8k16", 16, 16, Shape::Half, 80},   {"m16n8k8", 16, 8, Shape::BFloat, 80},
    {"m16n8k16", 16, 16, Shape::BFloat, 80}, {"m16n8k4", 16, 4, Shape::TFloat, 80},
    {"m16n8k8", 16, 8, Shape::TFloat, 80},   {"m8n8k4", 8, 4, Shape::Double, 80},
    {"m16n8k4", 16, 4, Shape::Double, 90},   {"m16n8k8", 16, 8, Shape::Double, 90},
    {"m16n8k16", 16, 16, Shape::Double, 90}, {"m16n8k16", 16, 16, Shape::Float8, 89},
    {"m16n8k32", 16, 32, Shape::Float8, 89}, {"m8n8k16", 8, 16, Shape::Byte, 75},
    {"m16n8k16", 16, 16, Shape::Byte, 80},   {"m16n8k32", 16, 32, Shape::Byte, 80},
    {"m8n8k32", 8, 32, Shape::Nibble, 75},   {"m16n8k32", 16, 32, Shape::Nibble, 80},
    {"m16n8k64", 16, 64, Shape::Nibble, 80}, {"m8n8k128", 8, 128, Shape::Bit, 75},
    {"m16n8k128", 16, 128, Shape::Bit, 80},  {"m16n8k256", 16, 256, Shape::Bit, 80},
};

bool kindOf(Type type, Shape::Kind &kind) {
  switch (type) {
  case Type::F16:
    kind = Shape::Half;
    return true;
  case Type::BF16:
    kind = Shape::BFloat;
    return true;
  case Type::TF32:
    kind = Shape::TFloat;
    return true;
  case Type::F64:
    kind = Shape::Double;
    return true;
  case Type::E4M3:
  case Type::E5M2:
    kind = Shape::Float8;
    return true;
  case Type::S8:
  case Type::U8:
    kind = Shape::Byte;
    return true;
  case Type::S4:
  case Type::U4:
    kind = Shape::Nibble;
    return true;
  case Type::B1:
    kind = Shape::Bit;
    return true;
  default:
    return false;
  }
}

const Shape *findShape(std::string_view name, Shape::Kind kind) {
  for (const Shape &shape : shapes)
    if (shape.kind == kind && shape.name == name)
      return &shape;
  return nullptr;
}

std::string quoted(std::string_view text) { return "'." + std::string(text) + "'"; }

bool decodeMma(Decoder &decoder, const ptx::Statement &statement, Instruction &i) {
  Modifiers m(statement);
  if (m.peek() == "sp" || m.peek() == "sp::ordered_metadata")
    decoder.fail("sparse matrix multiplication (mma.sp) is not simulated");
  if (!m.flag("sync") || !m.flag("aligned"))
    decoder.fail("mma must say .sync.aligned");
  std::string_view shapeName = m.take();
  Mma mma;
  auto layout = [&] {
    bool row = m.flag("row");
    if (!row && !m.flag("col"))
      decoder.fail("mma needs the layouts of A and B (.row or .col) behind its shape");
    return row;
  };
  mma.aRowMajor = layout();
  mma.bRowMajor = layout();
  if (m.peek().substr(0, 6) == "kind::" || m.peek() == "block_scale")
    decoder.fail("mma with " + quoted(m.peek()) + " needs sm_120a");
  bool satfinite = m.flag("satfinite");
  auto rounding = [&] { return m.one<int>({{"rn", 0}, {"rz", 1}, {"rm", 2}, {"rp", 3}}, -1); };
  int rounding64 = rounding();
  Type d = m.type(), a = m.type(), b = m.type(), c = m.type();
  bool isXor = m.flag("xor"), isAnd = !isXor && m.flag("and"), popc = m.flag("popc");
  if (rounding64 < 0)
    rounding64 = rounding();
  satfinite |= m.flag("satfinite"); // where ptxas takes it too
  m.end();

  Shape::Kind kind, kindB;
  const Shape *shape = nullptr;
  if (kindOf(a, kind) && kindOf(b, kindB) && kind == kindB)
    shape = findShape(shapeName, kind);
  if (!shape)
    decoder.fail("there is no mma of shape " + quoted(shapeName) + " with multiplicands " +
                 quoted(name(a)) + " and " + quoted(name(b)));
  decoder.require(shape->sm);
  bool quadPairs = kind == Shape::Half && shape->k == 4;
  if (!quadPairs && (!mma.aRowMajor || mma.bRowMajor))
    decoder.fail("mma of this shape is .row.col");
  bool integer = kind == Shape::Byte || kind == Shape::Nibble, bit = kind == Shape::Bit;
  bool accumulators = kind == Shape::Half
                          ? ((c == Type::F16 || c == Type::F32) &&
                             (c == d || (quadPairs && c == Type::F16 && d == Type::F32)))
                      : kind == Shape::Float8 ? c == d && (c == Type::F16 || c == Type::F32)
                      : kind == Shape::Double ? c == Type::F64 && d == Type::F64
                      : integer || bit        ? c == Type::S32 && d == Type::S32
                                              : c == Type::F32 && d == Type::F32;
  if (!accumulators)
    decoder.fail("mma of " + quoted(name(a)) + " in this shape has no accumulators of " +
                 quoted(name(d)) + " and " + quoted(name(c)));
  if (satfinite && !integer)
    decoder.fail(".satfinite is for integers");
  if (bit != popc || (popc && !isXor && !isAnd) || (!popc && (isXor || isAnd)))
    decoder.fail("mma of .b1, and no other, ends in .xor.popc or .and.popc");
  if (rounding64 >= 0 && kind != Shape::Double)
    decoder.fail("mma has a rounding for .f64 only");

  decoder.expectOperands(4, 4);
  mma.rowBlocks = shape->m / 8;
  mma.multiplyAdds = uint64_t(shape->m) * 8 * shape->k;
  mma.cHalf = c == Type::F16;
  mma.dHalf = d == Type::F16;
  unsigned dRegisters;
  Type word = Type::B32;
  if (quadPairs) {
    mma.aRegisters = mma.bRegisters = 2;
    mma.cRegisters = mma.cHalf ? 4 : 8;
    dRegisters = mma.dHalf ? 4 : 8;
    mma.multiplyAdds *= 4;
    i.execute = mmaQuadPairs;
  } else {
    bool is64 = kind == Shape::Double;
    mma.chunks = is64 ? shape->k / 4 : shape->k * ptx::sizeInBits(a) / 128;
    if (kind == Shape::TFloat)
      mma.chunks = shape->k / 4;
    mma.aRegisters = mma.rowBlocks * mma.chunks;
    mma.bRegisters = mma.chunks;
    mma.cRegisters = dRegisters = mma.rowBlocks * (mma.cHalf ? 1 : 2);
    if (is64) {
      word = Type::F64;
      mma.rounding = Rounding64(std::max(rounding64, 0));
      i.execute = mma64;
    } else {
      mma.stepsA = stepsPerChunk(a);
      mma.left = findUnfolding(a).left;
      mma.right = findUnfolding(b).right;
      Arithmetic arithmetic = bit         ? (isXor ? Arithmetic::XorPopc : Arithmetic::AndPopc)
                              : !integer  ? Arithmetic::Float
                              : satfinite ? Arithmetic::IntegerSaturating
                                          : Arithmetic::Integer;
      mma.multiply = findMultiply(arithmetic, c, d);
      i.execute = cudasim::mma;
    }
  }
  auto accumulator = [](Type type) { return type == Type::F16 ? Type::B32 : type; };
  std::vector<Operand> destinations, sources;
  takeDestinations(decoder, statement.operands[0], dRegisters, accumulator(d), destinations);
  takeSources(decoder, statement.operands[1], mma.aRegisters, word, sources);
  takeSources(decoder, statement.operands[2], mma.bRegisters, word, sources);
  takeSources(decoder, statement.operands[3], mma.cRegisters, accumulator(c), sources);
  if (!quadPairs)
    mma.copyC = isPermuted(destinations, sources, mma.aRegisters + mma.bRegisters);
  decoder.operands(i, destinations, sources);
  i.attributes = decoder.make(mma);
  i.aligned = true;
  i.counterClass = CounterClass::Tensor;
  return true;
}

} // namespace

void registerMma(DecodeTable &table) { table.add({"mma"}, decodeMma); }

} // namespace azulejo::cudasim
