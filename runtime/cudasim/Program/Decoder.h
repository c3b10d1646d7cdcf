//===- Decoder.h - What a family of instructions needs to decode its own --===//
#ifndef AZULEJO_CUDASIM_PROGRAM_DECODER_H
#define AZULEJO_CUDASIM_PROGRAM_DECODER_H

#include "runtime/cudasim/Machine/Architecture.h"
#include "runtime/cudasim/Memory/Space.h"
#include "runtime/cudasim/Program/Program.h"
#include <initializer_list>
#include <unordered_map>
#include <utility>

namespace azulejo::cudasim {

/// The modifiers of one statement, taken from left to right. PTX fixes their order, so a decoder
/// reads `cvt.rn.satfinite.e4m3x2.f32` as it is defined, and what is left over is an error.
///
///   Modifiers m(decoder, statement);
///   Rounding rounding = m.one<Rounding>({{"rn", Rounding::Nearest}, …}, Rounding::None);
///   bool ftz = m.flag("ftz");
///   Type type = m.type();
///   m.end();
class Modifiers {
public:
  Modifiers(const ptx::Statement &statement) : statement(statement) {}

  /// Takes the next modifier if it is `text`.
  bool flag(std::string_view text) {
    if (position == statement.modifiers.size() || statement.modifiers[position] != text)
      return false;
    ++position;
    return true;
  }
  /// Takes the next modifier if the table has it.
  template <class T>
  T one(std::initializer_list<std::pair<std::string_view, T>> table, T otherwise) {
    for (auto &[text, value] : table)
      if (flag(text))
        return value;
    return otherwise;
  }
  /// Takes the next modifier, which must be a type; Type::None where `optional` and it is none.
  ptx::Type type(bool optional = false);
  std::string_view peek(size_t ahead = 0) const {
    return position + ahead < statement.modifiers.size() ? statement.modifiers[position + ahead]
                                                         : std::string_view();
  }
  std::string_view take() {
    return position < statement.modifiers.size() ? statement.modifiers[position++]
                                                 : std::string_view();
  }
  bool atEnd() const { return position == statement.modifiers.size(); }
  /// Reports a modifier that nobody took.
  void end() const;

private:
  const ptx::Statement &statement;
  size_t position = 0;
};

/// Turns operands as written into operands ready to be read. One for each function of a program.
class Decoder {
public:
  virtual ~Decoder() = default;

  const Architecture &architecture; // that the module was written for
  const ptx::Function &function;

  /// A register to be written. Its width must be that of `type`, or wider where `wider` allows it.
  virtual Operand destination(const ptx::Operand &operand, ptx::Type type, bool wider = false) = 0;
  /// A register, special register, immediate (converted to `type`: integers truncated, decimal and
  /// 0f… constants as section 4.5 says) or the address of a symbol (in its own space, as mov gives
  /// it; frame-relative symbols are refused here: use `address`).
  virtual Operand source(const ptx::Operand &operand, ptx::Type type, bool wider = false) = 0;
  virtual Operand predicate(const ptx::Operand &operand) = 0; // read; may be negated, or 0 and 1
  virtual Operand predicateDestination(const ptx::Operand &operand) = 0; // or a sink
  /// 32 equal elements.
  virtual Operand constant(uint64_t bits, uint32_t bytes) = 0;
  /// `[%rd1+8]`, `[symbol]`, `[0x10]`. Only elements[0] of a bracket is looked at.
  virtual Address address(const ptx::Operand &operand) = 0;
  /// The symbol that an operand or an address names, or null.
  virtual const Symbol *symbol(std::string_view name) = 0;
  /// Registers that are no PTX register: state that an instruction keeps beside them.
  virtual Operand scratch(uint32_t bytes) = 0;

  // --- For Control.cpp ---------------------------------------------------------------------------
  /// The instruction's `target`, or `*place` (owned by the program), is to be the place in
  /// Program::code of a label.
  virtual void branchTo(std::string_view label, uint32_t *place = nullptr) = 0;
  /// The index of a function with a body, by name or alias; -1 for none.
  virtual int64_t findFunction(std::string_view name) const = 0;
  /// An instruction that belongs to the same statement and stands behind the one being decoded.
  virtual void follow(const Instruction &instruction) = 0;

  /// An integer that must be written as one.
  int64_t integer(const ptx::Operand &operand, const char *what) const;
  /// Sets instruction.operands to `destinations` followed by `sources`.
  void operands(Instruction &instruction, const std::vector<Operand> &destinations,
                const std::vector<Operand> &sources);
  void addresses(Instruction &instruction, const std::vector<Address> &addresses);
  /// A copy of `value` that lives as long as the program.
  template <class T> const T *make(T value) {
    auto shared = std::make_shared<T>(std::move(value));
    program.owned.push_back(shared);
    return shared.get();
  }

  /// Throws ptx::LoadError at `statement`.
  [[noreturn]] void fail(const std::string &message) const;
  /// Fails unless the architecture is at least `sm` (80, 86, 89, 90) — and, where `a`, of that very
  /// family ("sm_90a").
  void require(unsigned sm, bool a = false) const;
  /// The same for what came with clusters.
  void requireSpecialRegister(std::string_view name) const;
  void expectOperands(size_t least, size_t most) const;

  const ptx::Statement *statement = nullptr; // the one being decoded
  Program &program;

protected:
  Decoder(const Architecture &architecture, const ptx::Function &function, Program &program)
      : architecture(architecture), function(function), program(program) {}
};

/// Decodes `statement` into `instruction` (guard, statement and function are already set), or
/// returns false if it is none of this family's (add.f16 is not Integer's). Fails by Decoder::fail.
using Decode = bool (*)(Decoder &decoder, const ptx::Statement &statement,
                        Instruction &instruction);

/// Which families know an opcode; each is asked in turn.
class DecodeTable {
public:
  void add(std::initializer_list<std::string_view> opcodes, Decode decode) {
    for (std::string_view opcode : opcodes)
      table[std::string(opcode)].push_back(decode);
  }
  const std::vector<Decode> *find(std::string_view opcode) const {
    auto found = table.find(std::string(opcode));
    return found == table.end() ? nullptr : &found->second;
  }

private:
  std::unordered_map<std::string, std::vector<Decode>> table;
};

/// The families, each in Instructions/<Name>.cpp. Program/Decode.cpp calls them all.
void registerIntegerArithmetic(DecodeTable &table); // add sub mul mad mul24 mad24 sad div rem abs
                                                    // neg min max …, dp4a, dp2a
void registerExtendedPrecision(DecodeTable &table); // add.cc addc sub.cc subc mad.cc madc
void registerBits(DecodeTable &table); // and or xor not lop3 shl shr shf bfe bfi bfind brev popc
                                       // clz fns prmt bmsk szext cnot
void registerFloatArithmetic(
    DecodeTable &table); // add sub mul fma div … in f32, f32x2 and f64, testp, copysign
void registerSpecialFunctions(DecodeTable &table); // rcp sqrt rsqrt sin cos lg2 ex2 tanh
void registerHalfArithmetic(DecodeTable &table); // f16, f16x2, bf16, bf16x2; mixed-precision forms
void registerCompare(DecodeTable &table);        // set setp selp slct
void registerMove(DecodeTable &table);           // mov, vector packing, special registers, clocks
void registerPackedConvert(DecodeTable &table);  // cvt with packed types, cvt.pack
void registerIntegerConvert(DecodeTable &table); // cvt between integers
void registerConvert(DecodeTable &table);        // cvt from and to floating point
void registerVideo(DecodeTable &table);          // vadd … vset4
void registerControl(
    DecodeTable &table); // bra brx ret exit trap brkpt nanosleep, griddepcontrol, setmaxnreg
void registerCall(DecodeTable &table);        // call, and the functions that the driver provides
void registerLoadStore(DecodeTable &table);   // ld ldu st
void registerAddressing(DecodeTable &table);  // cvta isspacep mapa getctarank, prefetch,
                                              // applypriority, discard, createpolicy
void registerStackMemory(DecodeTable &table); // alloca stacksave stackrestore
void registerAtomic(DecodeTable &table);      // atom red
void registerWarp(DecodeTable &table);    // shfl vote match activemask redux elect bar.warp.sync
void registerBarrier(DecodeTable &table); // bar barrier
void registerClusterBarrier(DecodeTable &table); // barrier.cluster
void registerFence(DecodeTable &table);          // fence membar
void registerMbarrier(DecodeTable &table);       // mbarrier.*
void registerAsyncCopy(DecodeTable &table);      // cp.async
void registerBulkCopy(DecodeTable &table);       // cp.async.bulk cp.reduce.async.bulk st.bulk
void registerAsyncStore(DecodeTable &table);     // st.async red.async
void registerTensorCopy(DecodeTable &table);     // cp{.reduce}.async.bulk.tensor
void registerTensorMap(DecodeTable &table);      // tensormap.*
void registerMatrixMove(DecodeTable &table);     // ldmatrix stmatrix movmatrix
void registerMma(DecodeTable &table);            // mma.sync
void registerWmma(DecodeTable &table);           // wmma.*
void registerWgmma(DecodeTable &table);          // wgmma.*

/// Called when a program's code has its final layout: instructions that touch registers of wgmma
/// are executed behind a check (Instructions/WgmmaRegisters.h).
void guardWgmmaRegisters(Program &program);

} // namespace azulejo::cudasim

#endif // AZULEJO_CUDASIM_PROGRAM_DECODER_H
