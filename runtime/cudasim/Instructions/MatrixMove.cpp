//===- MatrixMove.cpp - ldmatrix, stmatrix, movmatrix ---------------------===//
#include "runtime/cudasim/Instructions/Fragments.h"
#include "runtime/cudasim/Instructions/TensorOperands.h"
#include "runtime/cudasim/Machine/Warp.h"
#include "runtime/cudasim/Memory/Memory.h"
#include "runtime/cudasim/Program/Decoder.h"
#include <cstring>
#include <immintrin.h>

/// PTX ISA, 9.7.14.5.15 to 9.7.14.5.17. An 8 x 8 matrix of 16-bit elements is a core (Fragments.h):
/// the register that holds it is its rows one after the other. Lane i gives the address of row i
/// of the matrices: lanes 0-7 of the first, 8-15 of the second, and so on.
namespace azulejo::cudasim {
namespace {

constexpr unsigned rowBytes = 16, coreBytes = 8 * rowBytes;

/// Three rounds of interleaving row i with row i + 4 move the bits of the row number to the column
/// number.
void transpose(const uint8_t *from, uint8_t *to) {
  __m128i rows[8], mixed[8];
  for (unsigned i = 0; i < 8; ++i)
    rows[i] = _mm_loadu_si128(reinterpret_cast<const __m128i *>(from) + i);
  for (unsigned round = 0; round < 3; ++round) {
    for (unsigned i = 0; i < 4; ++i) {
      mixed[2 * i] = _mm_unpacklo_epi16(rows[i], rows[i + 4]);
      mixed[2 * i + 1] = _mm_unpackhi_epi16(rows[i], rows[i + 4]);
    }
    std::memcpy(rows, mixed, sizeof rows);
  }
  for (unsigned i = 0; i < 8; ++i)
    _mm_storeu_si128(reinterpret_cast<__m128i *>(to) + i, rows[i]);
}

/// Lanes whose addresses count where there are `matrices`.
LaneMask addressLanes(unsigned matrices) {
  return matrices == 4 ? allLanes : (1u << 8 * matrices) - 1;
}

template <bool transposed> void ldmatrix(Warp &warp, const Instruction &i, LaneMask active) {
  uint64_t addresses[warpSize];
  evaluate(warp, i.addresses[0], active, addresses);
  Access rows{warp, i, Access::Read, Space(i.immediate)};
  rows.lanes = addressLanes(i.destinations) & active;
  rows.bytes = rowBytes;
  rows.addresses = addresses;
  access(rows);
  for (unsigned matrix = 0; matrix < i.destinations; ++matrix) {
    alignas(32) uint8_t core[coreBytes];
    for (unsigned row = 0; row < 8; ++row)
      std::memcpy(core + row * rowBytes, rows.hosts[8 * matrix + row], rowBytes);
    uint8_t *to = warp.write<uint8_t>(i.destination(matrix));
    if (transposed)
      transpose(core, to);
    else
      std::memcpy(to, core, coreBytes);
  }
}

template <bool transposed> void stmatrix(Warp &warp, const Instruction &i, LaneMask active) {
  uint64_t addresses[warpSize];
  evaluate(warp, i.addresses[0], active, addresses);
  Access rows{warp, i, Access::Write, Space(i.immediate)};
  rows.lanes = addressLanes(i.count) & active;
  rows.bytes = rowBytes;
  rows.addresses = addresses;
  access(rows);
  for (unsigned matrix = 0; matrix < i.count; ++matrix) {
    alignas(32) uint8_t core[coreBytes];
    const uint8_t *from = warp.read<uint8_t>(i.source(matrix));
    if (transposed)
      transpose(from, core);
    else
      std::memcpy(core, from, coreBytes);
    for (unsigned row = 0; row < 8; ++row)
      std::memcpy(rows.hosts[8 * matrix + row], core + row * rowBytes, rowBytes);
  }
}

void movmatrix(Warp &warp, const Instruction &i, LaneMask) {
  transpose(warp.read<uint8_t>(i.source(0)), warp.write<uint8_t>(i.destination()));
}

/// .m8n8.x4{.trans}{.shared}.b16 of both ldmatrix and stmatrix: how many matrices, and `.trans`.
struct Form {
  unsigned matrices = 0;
  bool transposed = false;
};
Form decodeForm(Decoder &decoder, Modifiers &m, Instruction &i) {
  Form form;
  std::string_view opcode = decoder.statement->opcode;
  if (!m.flag("sync") || !m.flag("aligned"))
    decoder.fail(std::string(opcode) + " must say .sync.aligned");
  if (!m.flag("m8n8"))
    decoder.fail(std::string(opcode) + "'s shape must be .m8n8 on this architecture; '." +
                 std::string(m.peek()) + "' (of b8, b6 and b4) needs sm_100a");
  form.matrices = m.one<unsigned>({{"x1", 1}, {"x2", 2}, {"x4", 4}}, 0);
  if (form.matrices == 0)
    decoder.fail(std::string(opcode) + " needs .x1, .x2 or .x4");
  form.transposed = m.flag("trans");
  bool shared = m.flag("shared") || m.flag("shared::cta");
  i.immediate = int64_t(shared ? Space::Shared : Space::Generic);
  if (!m.flag("b16"))
    decoder.fail(std::string(opcode) + " is of .b16 on this architecture");
  m.end();
  i.aligned = true;
  i.counterClass = CounterClass::Matrix;
  return form;
}

bool decodeLdmatrix(Decoder &decoder, const ptx::Statement &statement, Instruction &i) {
  Modifiers m(statement);
  decoder.expectOperands(2, 2);
  Form form = decodeForm(decoder, m, i);
  std::vector<Operand> to;
  takeDestinations(decoder, statement.operands[0], form.matrices, ptx::Type::B32, to);
  decoder.operands(i, to, {});
  decoder.addresses(i, {decoder.address(statement.operands[1])});
  i.execute = form.transposed ? ldmatrix<true> : ldmatrix<false>;
  return true;
}

bool decodeStmatrix(Decoder &decoder, const ptx::Statement &statement, Instruction &i) {
  decoder.require(90);
  Modifiers m(statement);
  decoder.expectOperands(2, 2);
  Form form = decodeForm(decoder, m, i);
  std::vector<Operand> from;
  takeSources(decoder, statement.operands[1], form.matrices, ptx::Type::B32, from);
  decoder.operands(i, {}, from);
  decoder.addresses(i, {decoder.address(statement.operands[0])});
  i.execute = form.transposed ? stmatrix<true> : stmatrix<false>;
  return true;
}

bool decodeMovmatrix(Decoder &decoder, const ptx::Statement &statement, Instruction &i) {
  Modifiers m(statement);
  if (!m.flag("sync") || !m.flag("aligned") || !m.flag("m8n8") || !m.flag("trans") ||
      !m.flag("b16"))
    decoder.fail("movmatrix is .sync.aligned.m8n8.trans.b16");
  m.end();
  decoder.expectOperands(2, 2);
  decoder.operands(i, {decoder.destination(statement.operands[0], ptx::Type::B32)},
                   {decoder.source(statement.operands[1], ptx::Type::B32)});
  i.aligned = true;
  i.counterClass = CounterClass::Matrix;
  i.execute = movmatrix;
  return true;
}

} // namespace

void registerMatrixMove(DecodeTable &table) {
  table.add({"ldmatrix"}, decodeLdmatrix);
  table.add({"stmatrix"}, decodeStmatrix);
  table.add({"movmatrix"}, decodeMovmatrix);
}

} // namespace azulejo::cudasim
