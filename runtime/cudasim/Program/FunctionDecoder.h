//===- FunctionDecoder.h - Decoding the body of one function --------------===//
#ifndef AZULEJO_CUDASIM_PROGRAM_FUNCTIONDECODER_H
#define AZULEJO_CUDASIM_PROGRAM_FUNCTIONDECODER_H

#include "runtime/cudasim/Program/Decoder.h"
#include "runtime/cudasim/Program/Layout.h"

namespace azulejo::cudasim {

/// The immediates of a program, laid out 32 times each; equal ones share their place.
class ConstantPool {
public:
  /// The offset of 32 elements of `bytes` bytes (0: of one LaneMask).
  uint32_t add(uint64_t bits, uint32_t bytes);
  /// Hands the pool over to the program.
  void finish(Program &program) const;

private:
  std::vector<uint8_t> data;
  std::unordered_map<uint64_t, uint32_t> known[6]; // by log2 of the width; 5: masks
};

/// What the functions of a module refer to each other by.
struct ProgramNames {
  std::unordered_map<std::string_view, uint32_t> functions; // with a body, aliases too
};

/// `bra` without a guard (Instructions/Control.cpp).
void executeJump(Warp &warp, const Instruction &instruction, LaneMask active);

/// Where each index of a brx.idx leads. The instruction's attributes are a unique_ptr to it: what
/// Decoder::make has made is not moved again, so the elements may be filled in when code is laid
/// out.
using IndexedTargets = std::vector<uint32_t>;

/// The opcode, which no text can contain, of what is done at the entry of a function whose
/// parameters are registers (Instructions/Call.cpp).
constexpr std::string_view functionEntry = ".entry of a function";

class FunctionDecoder final : public Decoder {
public:
  FunctionDecoder(const Architecture &architecture, const ptx::Function &source, uint32_t index,
                  Program &program, const ProgramNames &names, ConstantPool &pool);

  /// Appends the function's code to the program's.
  void run(const DecodeTable &table);

  Operand destination(const ptx::Operand &operand, ptx::Type type, bool wider) override;
  Operand source(const ptx::Operand &operand, ptx::Type type, bool wider) override;
  Operand predicate(const ptx::Operand &operand) override;
  Operand predicateDestination(const ptx::Operand &operand) override;
  Operand constant(uint64_t bits, uint32_t bytes) override;
  Address address(const ptx::Operand &operand) override;
  const Symbol *symbol(std::string_view name) override;
  Operand scratch(uint32_t bytes) override;
  void branchTo(std::string_view label, uint32_t *place) override;
  int64_t findFunction(std::string_view name) const override;
  void follow(const Instruction &instruction) override { following.push_back(instruction); }

private:
  struct Register {
    Operand operand;
    ptx::Type type;
  };
  struct Fixup { // *place, or the target of code[instruction], is the code of a block
    uint32_t instruction;
    uint32_t *place;
    uint32_t block;
  };

  void placeRegisters();
  void decodeBlock(const DecodeTable &table, const BasicBlock &block);
  void append(const DecodeTable &table, const ptx::Statement &written);
  bool leadsHere(uint32_t block) const;
  void jump(uint32_t block, uint32_t line);
  void implicitReturn(const DecodeTable &table);
  const ptx::Statement *synthetic(uint32_t line, std::string_view opcode);
  const Register *findRegister(const ptx::Operand &operand, ptx::Type type, bool wider) const;
  Operand sink(uint32_t bytes);
  Operand placed(uint32_t bytes);
  std::string describe(const ptx::Operand &operand) const;
  uint64_t immediate(const ptx::Operand &operand, ptx::Type type) const;

  const uint32_t index;
  const ProgramNames &names;
  ConstantPool &pool;
  ControlFlow flow;
  std::unordered_map<std::string_view, Register> registers;
  Operand sinks[6];
  bool hasSink[6] = {};
  uint32_t frameBytes = 0, registerCount = 0;
  std::vector<Fixup> fixups;
  std::vector<Instruction> following;
};

} // namespace azulejo::cudasim

#endif // AZULEJO_CUDASIM_PROGRAM_FUNCTIONDECODER_H
