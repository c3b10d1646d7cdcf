//===- FunctionDecoder.cpp - Decoding the body of one function ------------===//
#include "runtime/cudasim/Program/FunctionDecoder.h"
#include "runtime/cudasim/Machine/SpecialRegisters.h"
#include <algorithm>
#include <cstring>
#include <iterator>

using namespace azulejo::cudasim;
using ptx::Type;
using Kind = ptx::Operand::Kind;

static uint32_t align(uint32_t value, uint32_t alignment) {
  return (value + alignment - 1) / alignment * alignment;
}

// --- Constants
// ------------------------------------------------------------------------------------

static unsigned logOfWidth(uint32_t bytes) {
  switch (bytes) {
  case 1:
    return 0;
  case 2:
    return 1;
  case 4:
    return 2;
  case 8:
    return 3;
  case 16:
    return 4;
  }
  return 5; // a predicate
}

uint32_t ConstantPool::add(uint64_t bits, uint32_t bytes) {
  if (bytes && bytes < 8)
    bits &= (uint64_t(1) << 8 * bytes) - 1;
  if (!bytes)
    bits = bits ? allLanes : 0;
  auto [found, isNew] = known[logOfWidth(bytes)].try_emplace(bits, uint32_t(data.size()));
  if (!isNew)
    return found->second;
  uint32_t size = bytes ? bytes * warpSize : sizeof(LaneMask);
  data.resize(align(uint32_t(data.size()) + size, 64));
  uint8_t *at = data.data() + found->second;
  if (!bytes)
    std::memcpy(at, &bits, sizeof(LaneMask));
  for (uint32_t i = 0; bytes && i < warpSize; ++i)
    std::memcpy(at + i * bytes, &bits, bytes < 8 ? bytes : 8);
  return found->second;
}

void ConstantPool::finish(Program &program) const {
  auto storage = std::make_unique<uint8_t[]>(data.size() + 128);
  auto aligned =
      reinterpret_cast<uint8_t *>((reinterpret_cast<uintptr_t>(storage.get()) + 63) / 64 * 64);
  if (!data.empty())
    std::memcpy(aligned, data.data(), data.size());
  program.constants = aligned;
  program.pools.push_back(std::move(storage));
  static constexpr LaneMask mask = allLanes; // the one mask of all constants: number 0
  program.constantMasks = &mask;
}

// --- Registers
// ------------------------------------------------------------------------------------

FunctionDecoder::FunctionDecoder(const Architecture &architecture, const ptx::Function &source,
                                 uint32_t index, Program &program, const ProgramNames &names,
                                 ConstantPool &pool)
    : Decoder(architecture, source, program), index(index), names(names), pool(pool), flow(source) {
}

/// A new place in the frame.
Operand FunctionDecoder::placed(uint32_t bytes) {
  Operand operand;
  operand.base = Operand::Frame;
  operand.bytes = uint8_t(bytes);
  uint64_t size = bytes ? bytes * warpSize : sizeof(LaneMask);
  if (frameBytes + size > uint64_t(1) << 28)
    fail("the registers of one thread block's warp need more than 256 MiB");
  if (bytes > 1) // masks and bytes lie side by side
    frameBytes = align(frameBytes, 64);
  operand.offset = frameBytes;
  operand.number = registerCount++;
  frameBytes += uint32_t(size);
  return operand;
}

/// Registers of a width lie together, in the order in which the text mentions them.
void FunctionDecoder::placeRegisters() {
  for (uint32_t width : {0, 1, 2, 4, 8, 16}) {
    for (const ptx::Variable &variable : function.registers) {
      uint32_t bytes = variable.type == Type::Pred ? 0 : ptx::sizeInBytes(variable.type);
      if (bytes == width)
        registers.emplace(variable.name, Register{placed(bytes), variable.type});
    }
    frameBytes = align(frameBytes, 64);
  }
}

Operand FunctionDecoder::scratch(uint32_t bytes) {
  frameBytes = align(frameBytes, 64);
  return placed(bytes);
}

Operand FunctionDecoder::sink(uint32_t bytes) {
  unsigned width = logOfWidth(bytes);
  if (!hasSink[width]) {
    sinks[width] = scratch(bytes);
    sinks[width].sink = true;
    hasSink[width] = true;
  }
  return sinks[width];
}

// --- Operands
// -------------------------------------------------------------------------------------

std::string FunctionDecoder::describe(const ptx::Operand &operand) const {
  switch (operand.kind) {
  case Kind::Name:
    return "`" + std::string(operand.name.substr(0, operand.name.find('#'))) + "`";
  case Kind::Integer:
  case Kind::Float:
    return "a constant";
  case Kind::Address:
    return "an address";
  case Kind::List:
    return "a list";
  case Kind::Pair:
    return "a pair";
  case Kind::Sink:
    return "`_`";
  }
  return "";
}

/// Section 9.4, as ptxas reads it: untyped bits go with every register, and untyped registers with
/// every type. Formats that no register can be declared with (bf16, tf32, e4m3x2, …) want untyped
/// registers. A register of .f16x2 counts as one of 32-bit integers. The width is not looked at.
static bool kindsMatch(Type type, Type reg) {
  auto isBits = [](Type each) { return each >= Type::B8 && each <= Type::B128; };
  auto isInteger = [](Type each) { return each >= Type::U8 && each <= Type::S64; };
  if (type == Type::Pred || reg == Type::Pred)
    return false;
  if (isBits(type) || isBits(reg))
    return true;
  if (isInteger(type))
    return isInteger(reg) || reg == Type::F16x2;
  if (type == Type::U16x2 || type == Type::S16x2)
    return reg == Type::F16x2;
  return type == reg;
}

/// Only of these formats is a wider register taken where the instruction allows one.
static bool mayBeNarrower(Type type) {
  return !ptx::isFloatingPoint(type) || type == Type::F16 || type == Type::F32 || type == Type::F64;
}

const FunctionDecoder::Register *FunctionDecoder::findRegister(const ptx::Operand &operand,
                                                               Type type, bool wider) const {
  if (operand.kind != Kind::Name)
    return nullptr;
  auto found = registers.find(operand.name);
  if (found == registers.end())
    return nullptr;
  const Register &result = found->second;
  if (operand.offset)
    fail("an offset is added to the register " + describe(operand));
  if (operand.negated)
    fail(describe(operand) + " is negated, which only predicates are");
  if (!operand.selector.empty())
    fail("a part of the register " + describe(operand) + ", which only video instructions take");
  uint32_t bytes = ptx::sizeInBytes(type);
  if (!kindsMatch(type, result.type) || result.operand.bytes < bytes ||
      (result.operand.bytes > bytes && !(wider && mayBeNarrower(type))))
    fail("the register " + describe(operand) + " is ." + std::string(name(result.type)) +
         ", the instruction wants ." + std::string(name(type)));
  return &result;
}

Operand FunctionDecoder::destination(const ptx::Operand &operand, Type type, bool wider) {
  if (operand.kind == Kind::Sink)
    return sink(ptx::sizeInBytes(type));
  const Register *found = findRegister(operand, type, wider);
  if (!found)
    fail("expected a register to be written, not " + describe(operand));
  return found->operand;
}

/// Section 4.5: an integer constant is truncated, a decimal one becomes a float of the type, 0f…
/// and 0d… keep their bits. Integers take no floating-point constants, and formats of less than
/// single precision no constants at all.
uint64_t FunctionDecoder::immediate(const ptx::Operand &operand, Type type) const {
  if (operand.kind == Kind::Integer) {
    if (ptx::isFloatingPoint(type) || type == Type::U16x2 || type == Type::S16x2)
      fail("an integer constant where the instruction wants ." + std::string(name(type)));
    return operand.bits;
  }
  if (operand.type == Type::F32 && (type == Type::B32 || type == Type::F32))
    return operand.bits;
  if (operand.type == Type::F64 && (type == Type::B64 || type == Type::F64))
    return operand.bits;
  if (operand.type == Type::F64 && type == Type::F32) {
    double wide;
    std::memcpy(&wide, &operand.bits, sizeof wide);
    float narrow = float(wide);
    uint32_t bits;
    std::memcpy(&bits, &narrow, sizeof bits);
    return bits;
  }
  if (operand.type == Type::F32 && type == Type::F64) {
    float narrow;
    uint32_t bits = uint32_t(operand.bits);
    std::memcpy(&narrow, &bits, sizeof narrow);
    double wide = narrow;
    uint64_t result;
    std::memcpy(&result, &wide, sizeof result);
    return result;
  }
  fail("a floating-point constant where the instruction wants ." + std::string(name(type)));
}

Operand FunctionDecoder::source(const ptx::Operand &operand, Type type, bool wider) {
  uint32_t bytes = ptx::sizeInBytes(type);
  if (operand.kind == Kind::Integer || operand.kind == Kind::Float)
    return constant(immediate(operand, type), bytes);
  if (const Register *found = findRegister(operand, type, wider))
    return found->operand;
  if (operand.kind != Kind::Name)
    fail("expected a register or a constant, not " + describe(operand));
  if (operand.negated)
    fail(describe(operand) + " is negated, which only predicates are");

  SpecialRegister special = findSpecialRegister(operand.name);
  if (special != SpecialRegister::Count) {
    requireSpecialRegister(operand.name);
    if ((statement->opcode != "mov" && statement->opcode != "cvt") || ptx::isFloatingPoint(type))
      fail(describe(operand) + " is a special register, which mov and cvt between integers read");
    if (bytes != 4 && !(bytes < 4 && wider))
      fail(describe(operand) + " has 32 bits, the instruction wants ." + std::string(name(type)));
    Operand result;
    result.base = Operand::Special;
    result.bytes = 4;
    result.offset = uint32_t(special) * specialRegisterBytes;
    return result;
  }

  uint64_t value;
  if (const Symbol *found = symbol(operand.name)) {
    if (found->frameRelative)
      fail("the address of " + describe(operand) + " is not known before the kernel runs");
    value = found->address;
  } else if (int64_t callee = findFunction(operand.name); callee >= 0) {
    value = functionAddress(uint32_t(callee));
  } else {
    fail("unknown name " + describe(operand));
  }
  // An address is mov's to take; others take a sum with one.
  if (!operand.offset && statement->opcode != "mov" && statement->opcode != "cvta" &&
      statement->opcode != "call")
    fail(describe(operand) + " is an address, which mov and cvta read");
  if (ptx::isFloatingPoint(type) || bytes < 4)
    fail("an address where the instruction wants ." + std::string(name(type)));
  if (bytes == 4 && value >> 32)
    fail("the address of " + describe(operand) + " needs 64 bits");
  return constant(value + uint64_t(operand.offset), bytes);
}

Operand FunctionDecoder::predicate(const ptx::Operand &operand) {
  if (operand.kind == Kind::Integer)
    return constant(operand.bits != 0, 0);
  if (operand.kind == Kind::Name) {
    auto found = registers.find(operand.name);
    if (found != registers.end() && found->second.type == Type::Pred && !operand.offset) {
      Operand result = found->second.operand;
      result.negated = operand.negated;
      return result;
    }
  }
  fail("expected a predicate, not " + describe(operand));
}

Operand FunctionDecoder::predicateDestination(const ptx::Operand &operand) {
  if (operand.kind == Kind::Sink)
    return sink(0);
  Operand result = predicate(operand);
  if (result.base != Operand::Frame || result.negated)
    fail("expected a predicate to be written, not " + describe(operand));
  return result;
}

Operand FunctionDecoder::constant(uint64_t bits, uint32_t bytes) {
  Operand operand;
  operand.base = Operand::Constant;
  operand.bytes = uint8_t(bytes);
  operand.offset = pool.add(bits, bytes);
  return operand;
}

Address FunctionDecoder::address(const ptx::Operand &operand) {
  const ptx::Operand &base =
      operand.kind == Kind::Address && !operand.elements.empty() ? operand.elements[0] : operand;
  Address result;
  result.offset = operand.offset;
  if (base.kind == Kind::Integer && operand.kind == Kind::Address) {
    if (!statement->has("local"))
      fail("an address that is a constant, which only .local has");
    result.base = constant(base.bits, 8);
    return result;
  }
  if (base.kind == Kind::Name && !base.negated) {
    if (auto found = registers.find(base.name); found != registers.end()) {
      result.base = found->second.operand;
      if (result.base.bytes != 4 && result.base.bytes != 8)
        fail("the address register " + describe(base) + " is neither of 32 nor of 64 bits");
      if (ptx::isFloatingPoint(found->second.type))
        fail("the address register " + describe(base) + " is ." +
             std::string(name(found->second.type)));
      return result;
    }
    if (const Symbol *found = symbol(base.name)) {
      result.base = constant(found->address, 8);
      result.frameRelative = found->frameRelative;
      return result;
    }
    fail("unknown name " + describe(base));
  }
  fail("expected an address, not " + describe(operand));
}

const Symbol *FunctionDecoder::symbol(std::string_view name) {
  const auto &own = program.functions[index].symbols;
  if (auto found = own.find(name); found != own.end())
    return &found->second;
  if (auto found = program.globals.find(name); found != program.globals.end())
    return &found->second;
  return nullptr;
}

int64_t FunctionDecoder::findFunction(std::string_view name) const {
  auto found = names.functions.find(name);
  return found == names.functions.end() ? -1 : int64_t(found->second);
}

void FunctionDecoder::branchTo(std::string_view label, uint32_t *place) {
  auto found = flow.labels.find(label);
  if (found == flow.labels.end())
    fail("there is no label `" + std::string(label) + "` here");
  fixups.push_back({uint32_t(program.code.size()), place, flow.blockAt[found->second]});
}

// --- Code
// -----------------------------------------------------------------------------------------

void FunctionDecoder::run(const DecodeTable &table) {
  Function &result = program.functions[index];
  placeRegisters();
  result.begin = uint32_t(program.code.size());
  for (const ptx::Variable &parameter : function.parameters)
    if (parameter.space == ptx::StateSpace::Register) {
      append(table, *synthetic(function.line, functionEntry));
      break;
    }
  std::vector<uint32_t> places(flow.blocks.size());
  for (size_t i = 0; i < flow.order.size(); ++i) {
    uint32_t number = flow.order[i];
    const BasicBlock &block = flow.blocks[number];
    places[number] = uint32_t(program.code.size());
    bool last = number + 1 == flow.blocks.size();
    if (last && i + 1 == flow.order.size() && i > 0 && !leadsHere(number))
      break;
    decodeBlock(table, block);
    if (last)
      implicitReturn(table);
    else if (block.fallsThrough && (i + 1 == flow.order.size() || flow.order[i + 1] != number + 1))
      jump(number + 1,
           block.end > block.begin ? function.statements[block.end - 1].line : function.line);
  }
  for (const Fixup &fixup : fixups)
    (fixup.place ? *fixup.place : program.code[fixup.instruction].target) = places[fixup.block];
  result.end = uint32_t(program.code.size());
  result.frameBytes = align(frameBytes, 64);
  result.registers = registerCount;
}

bool FunctionDecoder::leadsHere(uint32_t number) const {
  for (const BasicBlock &block : flow.blocks)
    for (uint32_t each : block.successors)
      if (each == number)
        return true;
  return false;
}

void FunctionDecoder::decodeBlock(const DecodeTable &table, const BasicBlock &block) {
  for (uint32_t i = block.begin; i < block.end; ++i)
    append(table, function.statements[i]);
}

void FunctionDecoder::append(const DecodeTable &table, const ptx::Statement &written) {
  statement = &written;
  Instruction instruction;
  instruction.statement = &written;
  instruction.function = index;
  if (!written.guard.empty()) {
    auto found = registers.find(written.guard);
    if (found == registers.end() || found->second.type != Type::Pred)
      fail("the guard `" + std::string(written.guard) + "` is no predicate");
    instruction.hasGuard = true;
    instruction.guard = found->second.operand;
    instruction.guard.negated = written.guardNegated;
  }
  const Instruction bare = instruction;
  const std::vector<Decode> *families = table.find(written.opcode);
  if (!families)
    fail("unknown instruction `" + std::string(written.opcode) + "`");
  static constexpr std::string_view mayDiscard[] = {"atom", "lop3", "match", "mbarrier", "setp"};
  if (!written.operands.empty() && written.operands[0].kind == Kind::Sink &&
      std::find(std::begin(mayDiscard), std::end(mayDiscard), written.opcode) ==
          std::end(mayDiscard))
    fail("the result of `" + std::string(written.opcode) + "` cannot be discarded");
  bool known = false;
  for (Decode decode : *families)
    if ((known = decode(*this, written, instruction)))
      break;
  if (!known)
    fail("unknown form of `" + std::string(written.opcode) + "`");
  program.code.push_back(instruction);
  for (Instruction &each : following) {
    each.statement = &written;
    each.function = index;
    each.hasGuard = bare.hasGuard;
    each.guard = bare.guard;
    program.code.push_back(each);
  }
  following.clear();
  statement = nullptr;
}

/// Statements that nobody wrote live as long as the program.
const ptx::Statement *FunctionDecoder::synthetic(uint32_t line, std::string_view opcode) {
  ptx::Statement result;
  result.line = line;
  result.opcode = opcode;
  return make(std::move(result));
}

/// To a block of the text that follows there, and does not in the code.
void FunctionDecoder::jump(uint32_t block, uint32_t line) {
  Instruction instruction;
  instruction.statement = synthetic(line, "bra");
  instruction.function = index;
  instruction.execute = executeJump;
  instruction.counterClass = CounterClass::Control;
  fixups.push_back({uint32_t(program.code.size()), nullptr, block});
  program.code.push_back(instruction);
}

void FunctionDecoder::implicitReturn(const DecodeTable &table) {
  uint32_t line = function.statements.empty() ? function.line : function.statements.back().line;
  append(table, *synthetic(line, "ret"));
}
