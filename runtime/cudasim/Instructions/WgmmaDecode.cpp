//===- WgmmaDecode.cpp - Which wgmma instructions there are ---------------===//
#include "runtime/cudasim/Instructions/TensorOperands.h"
#include "runtime/cudasim/Instructions/Wgmma.h"

/// PTX ISA, 9.7.15.5.2: types, shapes and operands of wgmma.mma_async.
namespace azulejo::cudasim {
namespace {

using ptx::Type;

bool isFloat8(Type type) { return type == Type::E4M3 || type == Type::E5M2; }
bool isByte(Type type) { return type == Type::S8 || type == Type::U8; }

/// K of an instruction: 32 bytes' worth.
unsigned depthOf(Type type) {
  switch (type) {
  case Type::F16:
  case Type::BF16:
    return 16;
  case Type::TF32:
    return 8;
  case Type::E4M3:
  case Type::E5M2:
  case Type::S8:
  case Type::U8:
    return 32;
  case Type::B1:
    return 256;
  default:
    return 0;
  }
}

/// N of `m64nNkK`; 0 if `text` is no such shape with that K.
unsigned parseShape(std::string_view text, unsigned k) {
  std::string suffix = "k" + std::to_string(k);
  if (text.size() < 4 + suffix.size() || text.substr(0, 4) != "m64n" ||
      text.substr(text.size() - suffix.size()) != suffix)
    return 0;
  unsigned n = 0;
  for (char c : text.substr(4, text.size() - 4 - suffix.size())) {
    if (c < '0' || c > '9' || n > 256)
      return 0;
    n = 10 * n + unsigned(c - '0');
  }
  return n;
}

/// Multiples of 8; for integers and bits only some of them.
bool isColumns(unsigned n, bool integer) {
  return n >= 8 && n <= 256 && n % 8 == 0 && (!integer || n <= 16 || n == 24 || n % 16 == 0);
}

void decodeMmaAsync(Decoder &decoder, const ptx::Statement &statement, Modifiers &m,
                    Instruction &i) {
  if (m.flag("sp"))
    decoder.fail("sparse matrix multiplication (wgmma.mma_async.sp) is not simulated");
  if (!m.flag("sync") || !m.flag("aligned"))
    decoder.fail("wgmma.mma_async must say .sync.aligned");
  std::string_view shape = m.take();
  bool satfinite = m.flag("satfinite");
  Type d = m.type(), a = m.type(), b = m.type();
  bool conjunction = m.flag("and"), popc = conjunction && m.flag("popc");
  if (!satfinite)
    satfinite = m.flag("satfinite");
  m.end();

  bool half = a == Type::F16 || a == Type::BF16, integer = isByte(a), bit = a == Type::B1;
  bool pair = a == b || (isFloat8(a) && isFloat8(b)) || (isByte(a) && isByte(b));
  bool accumulates = integer || bit                  ? d == Type::S32
                     : a == Type::F16 || isFloat8(a) ? d == Type::F32 || d == Type::F16
                                                     : d == Type::F32;
  Wgmma wgmma;
  wgmma.k = depthOf(a);
  if (wgmma.k == 0 || !pair || !accumulates)
    decoder.fail("there is no wgmma of '." + std::string(name(a)) + "' and '." +
                 std::string(name(b)) + "' into '." + std::string(name(d)) + "'");
  wgmma.n = parseShape(shape, wgmma.k);
  if (!isColumns(wgmma.n, integer || bit))
    decoder.fail("'." + std::string(shape) + "' is no shape of wgmma with '." +
                 std::string(name(a)) + "': it is m64nNk" + std::to_string(wgmma.k) +
                 (integer || bit ? " with N = 8, 16, 24, 32, 48, … 256"
                                 : " with N a multiple of 8 up to 256"));
  if (satfinite && !integer)
    decoder.fail(".satfinite is for s8 and u8");
  if (bit != popc)
    decoder.fail("wgmma of .b1, and no other, ends in .and.popc");

  // d, a, b, scale-d {, imm-scale-a, imm-scale-b {, imm-trans-a, imm-trans-b}}
  const std::vector<ptx::Operand> &operands = statement.operands;
  size_t wanted = 4 + (integer || bit ? 0 : 2);
  decoder.expectOperands(wanted, wanted + (half ? 2 : 0));
  wgmma.leftInRegisters = operands[1].kind == ptx::Operand::Kind::List;
  if (half)
    wanted += wgmma.leftInRegisters ? 1 : 2;
  decoder.expectOperands(wanted, wanted);
  auto sign = [&](const ptx::Operand &operand, const char *what) {
    int64_t value = decoder.integer(operand, what);
    if (value != 1 && value != -1)
      decoder.fail(std::string(what) + " must be 1 or -1");
    return value;
  };
  auto bitOf = [&](const ptx::Operand &operand, const char *what) {
    int64_t value = decoder.integer(operand, what);
    if (value != 0 && value != 1)
      decoder.fail(std::string(what) + " must be 0 or 1");
    return value == 1;
  };
  if (wanted > 4)
    wgmma.negated = sign(operands[4], "imm-scale-a") != sign(operands[5], "imm-scale-b");
  if (half) {
    size_t next = 6;
    if (!wgmma.leftInRegisters)
      wgmma.leftTransposed = bitOf(operands[next++], "imm-trans-a");
    wgmma.rightTransposed = bitOf(operands[next], "imm-trans-b");
  }

  wgmma.steps = stepsPerChunk(a);
  Unfolding left = findUnfolding(a), right = findUnfolding(b);
  wgmma.left = wgmma.leftTransposed ? left.leftTransposed : left.left;
  wgmma.right = wgmma.rightTransposed ? right.rightTransposed : right.right;
  wgmma.multiply = findMultiply(bit         ? Arithmetic::AndPopc
                                : !integer  ? Arithmetic::Float
                                : satfinite ? Arithmetic::IntegerSaturating
                                            : Arithmetic::Integer,
                                d, d);
  unsigned count = wgmma.n / 8 * (d == Type::F16 ? 2 : 4);
  takeDestinations(decoder, operands[0], count, d == Type::F16 ? Type::B32 : d,
                   wgmma.registers.accumulators);
  wgmma.registers.shape = wgmma.n << 8 | unsigned(d);
  std::vector<Operand> sources;
  if (wgmma.leftInRegisters)
    takeSources(decoder, operands[1], 4, Type::B32, wgmma.registers.multiplicands);
  else
    sources.push_back(decoder.source(operands[1], Type::U64));
  sources.push_back(decoder.source(operands[2], Type::U64));
  sources.push_back(decoder.predicate(operands[3]));
  // Accumulators and A's registers are not among the operands: the interpreter would take them for
  // read and written at once, and WgmmaRegisters has rules of its own.
  decoder.operands(i, {}, sources);
  i.attributes = decoder.make(std::move(wgmma));
  i.execute = wgmmaMmaAsync;
}

bool decodeWgmma(Decoder &decoder, const ptx::Statement &statement, Instruction &i) {
  decoder.require(90, true);
  Modifiers m(statement);
  std::string_view what = m.take();
  i.aligned = true;
  i.counterClass = CounterClass::Tensor;
  if (what == "mma_async") {
    decodeMmaAsync(decoder, statement, m, i);
    return true;
  }
  bool wait = what == "wait_group";
  if (what != "fence" && what != "commit_group" && !wait)
    decoder.fail("wgmma is .mma_async, .fence, .commit_group or .wait_group");
  if (!m.flag("sync") || !m.flag("aligned"))
    decoder.fail("wgmma." + std::string(what) + " must say .sync.aligned");
  m.end();
  decoder.expectOperands(wait, wait);
  decoder.operands(i, {}, {});
  if (wait) {
    i.immediate = decoder.integer(statement.operands[0], "the number of groups");
    if (i.immediate < 0)
      decoder.fail("wgmma.wait_group needs a number of groups that is not negative");
  }
  i.execute = wait ? wgmmaWaitGroup : what == "fence" ? wgmmaFence : wgmmaCommitGroup;
  return true;
}

} // namespace

void registerWgmma(DecodeTable &table) { table.add({"wgmma"}, decodeWgmma); }

} // namespace azulejo::cudasim
