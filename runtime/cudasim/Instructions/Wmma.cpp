//===- Wmma.cpp - wmma.load, wmma.store, wmma.mma -------------------------===//
#include "runtime/cudasim/Instructions/Dot.h"
#include "runtime/cudasim/Instructions/Fragments.h"
#include "runtime/cudasim/Instructions/TensorOperands.h"
#include "runtime/cudasim/Machine/Block.h"
#include "runtime/cudasim/Memory/Memory.h"
#include <algorithm>
#include <cstring>

/// PTX ISA, 9.7.14.4. How a matrix's elements are spread over a fragment's registers is left to the
/// implementation; here it is the layout of mma (Fragments.h), so wmma.mma is mma with more rows
/// and columns. Fragments of f16 have registers to spare: their cores are repeated in those, as a
/// program may do to all elements of a fragment what it likes.
namespace azulejo::cudasim {
namespace {

using ptx::Type;

struct WmmaShape {
  const char *name;
  unsigned m, n, k;
};
constexpr WmmaShape wmmaShapes[] = {{"m16n16k16", 16, 16, 16}, {"m32n8k16", 32, 8, 16},
                                    {"m8n32k16", 8, 32, 16},   {"m16n16k8", 16, 16, 8},
                                    {"m8n8k4", 8, 8, 4},       {"m8n8k32", 8, 8, 32},
                                    {"m8n8k128", 8, 8, 128}};

const WmmaShape *findShape(std::string_view name) {
  for (const WmmaShape &shape : wmmaShapes)
    if (shape.name == name)
      return &shape;
  return nullptr;
}

bool isMultiplicandOf(Type type, const WmmaShape &shape) {
  switch (type) {
  case Type::F16:
  case Type::BF16:
  case Type::S8:
  case Type::U8:
    return shape.k == 16;
  case Type::TF32:
    return shape.k == 8;
  case Type::F64:
    return shape.k == 4;
  case Type::S4:
  case Type::U4:
    return shape.k == 32;
  case Type::B1:
    return shape.k == 128;
  default:
    return false;
  }
}

/// Bits of an element in memory.
unsigned bitsOf(Type type) { return type == Type::TF32 ? 32 : ptx::sizeInBits(type); }
/// Bytes of a core's row: as many as four lanes' registers have.
unsigned coreRowBytes(Type type) { return type == Type::F64 ? 32 : 16; }

/// A fragment in memory: `lines` of `elements` each, a line being what is contiguous.
struct Fragment {
  Type type = Type::None;
  Space space = Space::Generic;
  bool accumulator = false;
  unsigned rows = 0; // of the cores: of A, or of B's transpose
  unsigned columns = 0;
  bool linesAreRows = true;
  unsigned registers = 0, cores = 0;
  bool hasStride = false;

  unsigned lines() const { return linesAreRows ? rows : columns; }
  unsigned lineElements() const { return linesAreRows ? columns : rows; }
  unsigned lineBytes() const { return lineElements() * bitsOf(type) / 8; }
  unsigned bytes() const { return lines() * lineBytes(); }
};
constexpr unsigned maxFragmentBytes = 1024;

/// Calls move(host, bytes, offset in the matrix without gaps) for pieces of at most 16 bytes, in
/// such a way that all lanes take part.
///
/// PTX wants lines aligned to the size of the fragment in bytes; CUDA C++ passes its own, weaker
/// demand on (leading dimensions in multiples of 16 bytes), and that is what is checked here.
template <class F>
void accessMatrix(Warp &warp, const Instruction &i, LaneMask active, Access::Kind kind,
                  const Operand *stride, F &&move) {
  const Fragment &fragment = i.as<Fragment>();
  uint64_t bases[warpSize];
  evaluate(warp, i.addresses[0], active, bases);
  for (unsigned lane = 1; lane < warpSize; ++lane)
    if (bases[lane] != bases[0])
      throw Fault(FaultClass::IllegalInstruction,
                  "has an address that differs between threads of the warp", int(lane));
  uint64_t lineStride = fragment.lineElements();
  if (stride) {
    const uint32_t *values = warp.read<uint32_t>(*stride);
    for (unsigned lane = 1; lane < warpSize; ++lane)
      if (values[lane] != values[0])
        throw Fault(FaultClass::IllegalInstruction,
                    "has a stride that differs between threads of the warp", int(lane));
    lineStride = values[0];
  }
  lineStride = lineStride * bitsOf(fragment.type) / 8;
  unsigned piece = std::min(16u, fragment.bytes() / warpSize),
           perLine = fragment.lineBytes() / piece;
  for (unsigned first = 0; first < fragment.bytes() / piece; first += warpSize) {
    uint64_t addresses[warpSize];
    for (unsigned lane = 0; lane < warpSize; ++lane) {
      unsigned number = first + lane;
      addresses[lane] = bases[0] + number / perLine * lineStride + number % perLine * piece;
    }
    Access pieces{warp, i, kind, fragment.space};
    pieces.lanes = active;
    pieces.bytes = piece;
    pieces.addresses = addresses;
    access(pieces);
    for (unsigned lane = 0; lane < warpSize; ++lane)
      move(pieces.hosts[lane], piece, (first + lane) * piece);
  }
}

/// Swaps lines and elements: to[e][l] = from[l][e], of `bytes` each.
void transposeElements(const uint8_t *from, unsigned lines, unsigned elements, unsigned bytes,
                       uint8_t *to) {
  for (unsigned line = 0; line < lines; ++line)
    for (unsigned element = 0; element < elements; ++element)
      std::memcpy(to + (element * lines + line) * bytes, from + (line * elements + element) * bytes,
                  bytes);
}

void loadMultiplicand(Warp &warp, const Instruction &i, LaneMask active) {
  requireFullWarp(active);
  const Fragment &fragment = i.as<Fragment>();
  alignas(32) uint8_t lines[maxFragmentBytes], rows[maxFragmentBytes];
  accessMatrix(warp, i, active, Access::Read, fragment.hasStride ? &i.source(0) : nullptr,
               [&](const uint8_t *host, unsigned bytes, unsigned at) {
                 std::memcpy(lines + at, host, bytes);
               });
  const uint8_t *matrix = lines;
  if (!fragment.linesAreRows) {
    transposeElements(lines, fragment.lines(), fragment.lineElements(), bitsOf(fragment.type) / 8,
                      rows);
    matrix = rows;
  }
  unsigned coreRow = coreRowBytes(fragment.type), rowBlocks = fragment.rows / 8;
  unsigned rowBytes = fragment.bytes() / fragment.rows;
  for (unsigned reg = 0; reg < fragment.registers; ++reg) {
    unsigned core = reg % fragment.cores, block = core % rowBlocks, chunk = core / rowBlocks;
    uint8_t *to = warp.write<uint8_t>(i.destination(reg));
    for (unsigned row = 0; row < 8; ++row)
      std::memcpy(to + row * coreRow, matrix + (8 * block + row) * rowBytes + chunk * coreRow,
                  coreRow);
  }
}

/// Where an element of the accumulator is in memory without gaps, in elements.
unsigned memoryIndex(const Fragment &fragment, unsigned row, unsigned column) {
  return fragment.linesAreRows ? row * fragment.columns + column : column * fragment.rows + row;
}

template <class T, unsigned perCore>
void loadAccumulator(Warp &warp, const Instruction &i, LaneMask active) {
  requireFullWarp(active);
  const Fragment &fragment = i.as<Fragment>();
  alignas(32) T matrix[maxFragmentBytes / sizeof(T)];
  accessMatrix(warp, i, active, Access::Read, fragment.hasStride ? &i.source(0) : nullptr,
               [&](const uint8_t *host, unsigned bytes, unsigned at) {
                 std::memcpy(reinterpret_cast<uint8_t *>(matrix) + at, host, bytes);
               });
  T *registers[8];
  for (unsigned reg = 0; reg < fragment.registers; ++reg)
    registers[reg] = warp.write<T>(i.destination(reg));
  for (unsigned row = 0; row < fragment.rows; ++row)
    for (unsigned column = 0; column < fragment.columns; ++column) {
      AccumulatorPlace place = accumulatorPlace(row, column, fragment.rows / 8, perCore);
      registers[place.reg][place.index] = matrix[memoryIndex(fragment, row, column)];
    }
}

template <class T, unsigned perCore>
void storeAccumulator(Warp &warp, const Instruction &i, LaneMask active) {
  requireFullWarp(active);
  const Fragment &fragment = i.as<Fragment>();
  alignas(32) T matrix[maxFragmentBytes / sizeof(T)];
  const T *registers[8];
  for (unsigned reg = 0; reg < fragment.registers; ++reg)
    registers[reg] = warp.read<T>(i.source(reg));
  for (unsigned row = 0; row < fragment.rows; ++row)
    for (unsigned column = 0; column < fragment.columns; ++column) {
      AccumulatorPlace place = accumulatorPlace(row, column, fragment.rows / 8, perCore);
      matrix[memoryIndex(fragment, row, column)] = registers[place.reg][place.index];
    }
  accessMatrix(warp, i, active, Access::Write,
               fragment.hasStride ? &i.source(fragment.registers) : nullptr,
               [&](uint8_t *host, unsigned bytes, unsigned at) {
                 std::memcpy(host, reinterpret_cast<const uint8_t *>(matrix) + at, bytes);
               });
}

// --- wmma.mma ------------------------------------------------------------------------------------

struct WmmaProduct {
  unsigned rowBlocks = 0, columnBlocks = 0, chunks = 0, steps = 0;
  Unfold left = nullptr, right = nullptr;
  Multiply multiply = nullptr;
  unsigned aRegisters = 0, bRegisters = 0, cRegisters = 0, dRegisters = 0;
  bool copyC = false;
  Rounding64 rounding = Rounding64::Nearest;
  uint64_t multiplyAdds = 0;
};

void unfoldFragment(Warp &warp, const Instruction &i, unsigned first, unsigned blocks,
                    const WmmaProduct &product, bool right, uint32_t *panel) {
  unsigned steps = product.chunks * product.steps;
  const uint8_t *rows[8];
  for (unsigned chunk = 0; chunk < product.chunks; ++chunk)
    for (unsigned block = 0; block < blocks; ++block) {
      const uint8_t *core =
          warp.read<uint8_t>(i.source(first + multiplicandRegister(block, chunk, blocks)));
      for (unsigned row = 0; row < 8; ++row)
        rows[row] = core + 16 * row;
      uint32_t *to = panel + 8 * block * steps;
      if (right)
        product.right(rows, to + 8 * chunk * product.steps, 0);
      else
        product.left(rows, to + chunk * product.steps, steps);
    }
}

void wmmaMma(Warp &warp, const Instruction &i, LaneMask active) {
  requireFullWarp(active);
  const WmmaProduct &product = i.as<WmmaProduct>();
  ++warp.block.counters.tensorInstructions;
  warp.block.counters.tensorMultiplyAdds += product.multiplyAdds;
  alignas(64) uint32_t left[32 * maxSteps], right[32 * maxSteps];
  unfoldFragment(warp, i, 0, product.rowBlocks, product, false, left);
  unfoldFragment(warp, i, product.aRegisters, product.columnBlocks, product, true, right);
  const void *c[8];
  void *d[8];
  alignas(32) uint32_t copies[8][warpSize];
  for (unsigned reg = 0; reg < product.cRegisters; ++reg) {
    c[reg] = warp.read<void>(i.source(product.aRegisters + product.bRegisters + reg));
    if (product.copyC)
      c[reg] = std::memcpy(copies[reg], c[reg], sizeof copies[reg]);
  }
  for (unsigned reg = 0; reg < product.dRegisters; ++reg)
    d[reg] = warp.write<void>(i.destination(reg));
  product.multiply(
      {left, right, product.chunks * product.steps, product.rowBlocks, product.columnBlocks, c, d});
}

/// m8n8k4 of f64: one core each.
void wmmaMma64(Warp &warp, const Instruction &i, LaneMask active) {
  requireFullWarp(active);
  const WmmaProduct &product = i.as<WmmaProduct>();
  ++warp.block.counters.tensorInstructions;
  warp.block.counters.tensorMultiplyAdds += product.multiplyAdds;
  const double *a = warp.read<double>(i.source(0)), *b = warp.read<double>(i.source(1));
  const double *c[2] = {warp.read<double>(i.source(2)), warp.read<double>(i.source(3))};
  double results[2][warpSize], *d[2] = {results[0], results[1]};
  multiply64({&a, &b, c, d, 1, 1, 1, product.rounding});
  for (unsigned reg = 0; reg < 2; ++reg)
    std::memcpy(warp.write<double>(i.destination(reg)), results[reg], sizeof results[reg]);
}

// --- Decoding ------------------------------------------------------------------------------------

Type registerType(Type type) {
  return type == Type::F32 || type == Type::F64 || type == Type::S32 ? type : Type::B32;
}

/// Registers of a multiplicand's fragment: f16 has eight, whatever the shape.
unsigned multiplicandRegisters(Type type, unsigned rows, unsigned k, unsigned &cores) {
  cores = std::max(1u, rows * k * bitsOf(type) / 8 / (8 * coreRowBytes(type)));
  return type == Type::F16 ? 8 : cores;
}
unsigned accumulatorRegisters(Type type, const WmmaShape &shape) {
  return shape.m * shape.n / warpSize / (type == Type::F16 ? 2 : 1);
}
void requireSyncAligned(Decoder &decoder, Modifiers &m) {
  if (!m.flag("sync") || !m.flag("aligned"))
    decoder.fail("wmma must say .sync.aligned");
}

bool takeRow(Decoder &decoder, Modifiers &m) {
  bool row = m.flag("row");
  if (!row && !m.flag("col"))
    decoder.fail("wmma needs a layout here: .row or .col");
  return row;
}

const WmmaShape &takeShape(Decoder &decoder, Modifiers &m) {
  std::string_view text = m.take();
  const WmmaShape *shape = findShape(text);
  if (!shape)
    decoder.fail("'." + std::string(text) + "' is no shape of wmma");
  return *shape;
}

/// wmma.load.{a,b,c} and wmma.store.d: .layout.shape or .shape.layout, {.space}, .type.
void decodeMove(Decoder &decoder, const ptx::Statement &statement, Modifiers &m, Instruction &i,
                bool store) {
  std::string_view which = m.take();
  if (store ? which != "d" : which != "a" && which != "b" && which != "c")
    decoder.fail(store ? "wmma.store is of .d" : "wmma.load is of .a, .b or .c");
  requireSyncAligned(decoder, m);
  bool layoutFirst = m.peek() == "row" || m.peek() == "col", row = true;
  if (layoutFirst)
    row = takeRow(decoder, m);
  const WmmaShape &shape = takeShape(decoder, m);
  if (!layoutFirst)
    row = takeRow(decoder, m);
  Fragment fragment;
  fragment.space = m.flag("global")                            ? Space::Global
                   : m.flag("shared") || m.flag("shared::cta") ? Space::Shared
                                                               : Space::Generic;
  fragment.type = m.type();
  m.end();
  fragment.accumulator = which == "c" || which == "d";
  if (fragment.accumulator) {
    bool fits = fragment.type == Type::F64   ? shape.k == 4
                : fragment.type == Type::F32 ? shape.k == 16 || shape.k == 8
                : fragment.type == Type::F16 ? shape.k == 16
                                             : fragment.type == Type::S32 && shape.k >= 16;
    if (!fits)
      decoder.fail("an accumulator of this shape is not of '." + std::string(name(fragment.type)) +
                   "'");
    fragment.rows = shape.m;
    fragment.columns = shape.n;
    fragment.linesAreRows = row;
    fragment.registers = accumulatorRegisters(fragment.type, shape);
  } else {
    if (!isMultiplicandOf(fragment.type, shape))
      decoder.fail("a multiplicand of this shape is not of '." + std::string(name(fragment.type)) +
                   "'");
    bool isA = which == "a";
    fragment.rows = isA ? shape.m : shape.n;
    fragment.columns = shape.k;
    fragment.linesAreRows = row == isA;
    if (!fragment.linesAreRows && bitsOf(fragment.type) < 8)
      decoder.fail("A of 4 bits or less is .row, B is .col");
    fragment.registers =
        multiplicandRegisters(fragment.type, fragment.rows, shape.k, fragment.cores);
  }
  decoder.expectOperands(2, 3);
  fragment.hasStride = statement.operands.size() == 3;
  std::vector<Operand> destinations, sources;
  const ptx::Operand &registers = statement.operands[store ? 1 : 0];
  Type type = registerType(fragment.type);
  if (store)
    takeSources(decoder, registers, fragment.registers, type, sources);
  else
    takeDestinations(decoder, registers, fragment.registers, type, destinations);
  if (fragment.hasStride)
    sources.push_back(decoder.source(statement.operands[2], Type::U32));
  decoder.operands(i, destinations, sources);
  decoder.addresses(i, {decoder.address(statement.operands[store ? 0 : 1])});
  if (!fragment.accumulator)
    i.execute = loadMultiplicand;
  else if (fragment.type == Type::F16)
    i.execute = store ? storeAccumulator<uint16_t, 1> : loadAccumulator<uint16_t, 1>;
  else if (fragment.type == Type::F64)
    i.execute = store ? storeAccumulator<uint64_t, 2> : loadAccumulator<uint64_t, 2>;
  else
    i.execute = store ? storeAccumulator<uint32_t, 2> : loadAccumulator<uint32_t, 2>;
  i.attributes = decoder.make(fragment);
  i.counterClass = CounterClass::Matrix;
}

void decodeProduct(Decoder &decoder, const ptx::Statement &statement, Modifiers &m,
                   Instruction &i) {
  bool isXor = m.flag("xor"), isAnd = !isXor && m.flag("and"), popc = m.flag("popc");
  requireSyncAligned(decoder, m);
  bool aRow = takeRow(decoder, m), bRow = takeRow(decoder, m);
  const WmmaShape &shape = takeShape(decoder, m);
  // NVIDIA's own headers write it behind the types.
  auto takeRounding = [](Modifiers &m) {
    return m.one<int>({{"rn", 0}, {"rz", 1}, {"rm", 2}, {"rp", 3}}, -1);
  };
  int rounding = takeRounding(m);
  // f16 multiplicands go without saying.
  Type d = m.type(), a = Type::F16, b = Type::F16, c = m.type();
  Type third = m.type(/*optional=*/true);
  if (third != Type::None) {
    a = c;
    b = third;
    c = m.type();
  }
  bool satfinite = m.flag("satfinite");
  if (rounding < 0)
    rounding = takeRounding(m);
  m.end();
  bool half = third == Type::None, bit = a == Type::B1;
  bool integer = a == Type::S8 || a == Type::U8 || a == Type::S4 || a == Type::U4;
  if (a != b || !isMultiplicandOf(a, shape))
    decoder.fail("there is no wmma.mma of this shape with multiplicands '." + std::string(name(a)) +
                 "' and '." + std::string(name(b)) + "'");
  auto isHalfAccumulator = [](Type type) { return type == Type::F16 || type == Type::F32; };
  bool accumulators = half             ? isHalfAccumulator(c) && isHalfAccumulator(d)
                      : integer || bit ? c == Type::S32 && d == Type::S32
                      : a == Type::F64 ? c == Type::F64 && d == Type::F64
                                       : c == Type::F32 && d == Type::F32;
  if (!accumulators)
    decoder.fail("wmma.mma of '." + std::string(name(a)) + "' has no accumulators of '." +
                 std::string(name(d)) + "' and '." + std::string(name(c)) + "'");
  if (ptx::sizeInBits(a) < 8 && a != Type::TF32 && (!aRow || bRow))
    decoder.fail("wmma.mma of 4 bits or less is .row.col");
  if (bit != popc || bit != (isXor || isAnd))
    decoder.fail("wmma.mma of .b1, and no other, begins with .xor.popc or .and.popc");
  if (satfinite && !integer)
    decoder.fail(".satfinite is for integers");
  if (rounding >= 0 && a != Type::F64)
    decoder.fail("wmma.mma has a rounding for .f64 only");

  WmmaProduct product;
  product.rowBlocks = shape.m / 8;
  product.columnBlocks = shape.n / 8;
  product.multiplyAdds = uint64_t(shape.m) * shape.n * shape.k;
  unsigned cores = 0;
  product.aRegisters = multiplicandRegisters(a, shape.m, shape.k, cores);
  product.chunks = cores / product.rowBlocks;
  product.bRegisters = multiplicandRegisters(b, shape.n, shape.k, cores);
  product.cRegisters = accumulatorRegisters(c, shape);
  product.dRegisters = accumulatorRegisters(d, shape);
  product.rounding = Rounding64(std::max(rounding, 0));
  if (a != Type::F64) {
    product.steps = stepsPerChunk(a);
    product.left = findUnfolding(a).left;
    product.right = findUnfolding(b).right;
    product.multiply = findMultiply(bit        ? (isXor ? Arithmetic::XorPopc : Arithmetic::AndPopc)
                                    : !integer ? Arithmetic::Float
                                    : satfinite ? Arithmetic::IntegerSaturating
                                                : Arithmetic::Integer,
                                    c, d);
  }
  decoder.expectOperands(4, 4);
  std::vector<Operand> destinations, sources;
  Type word = registerType(a);
  takeDestinations(decoder, statement.operands[0], product.dRegisters, registerType(d),
                   destinations);
  takeSources(decoder, statement.operands[1], product.aRegisters, word, sources);
  takeSources(decoder, statement.operands[2], product.bRegisters, word, sources);
  takeSources(decoder, statement.operands[3], product.cRegisters, registerType(c), sources);
  product.copyC =
      c != d || isPermuted(destinations, sources, product.aRegisters + product.bRegisters);
  decoder.operands(i, destinations, sources);
  i.attributes = decoder.make(product);
  i.counterClass = CounterClass::Tensor;
  i.execute = a == Type::F64 ? wmmaMma64 : wmmaMma;
}

bool decodeWmma(Decoder &decoder, const ptx::Statement &statement, Instruction &i) {
  Modifiers m(statement);
  i.aligned = true;
  std::string_view what = m.take();
  if (what == "mma")
    decodeProduct(decoder, statement, m, i);
  else if (what == "load" || what == "store")
    decodeMove(decoder, statement, m, i, what == "store");
  else
    decoder.fail("wmma is .load, .store or .mma");
  return true;
}

} // namespace

void registerWmma(DecodeTable &table) { table.add({"wmma"}, decodeWmma); }

} // namespace azulejo::cudasim
