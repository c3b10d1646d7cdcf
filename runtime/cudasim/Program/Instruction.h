//===- Instruction.h - A PTX instruction, ready to be executed ------------===//
#ifndef AZULEJO_CUDASIM_PROGRAM_INSTRUCTION_H
#define AZULEJO_CUDASIM_PROGRAM_INSTRUCTION_H

#include "runtime/cudasim/Count/Class.h"
#include "runtime/cudasim/Ptx/Type.h"
#include <cstdint>
#include <string>

namespace azulejo::cudasim {

class Warp;
namespace ptx {
struct Statement;
}

/// Bit i is lane i.
using LaneMask = uint32_t;
constexpr uint32_t warpSize = 32;
constexpr LaneMask allLanes = 0xffffffffu;

/// Where a value of 32 lanes lives. A register is a dense array of 32 elements of its own width (a
/// predicate is one LaneMask; a b128 register is 32 pairs of uint64_t, low half first), at `offset`
/// bytes from one of a warp's three bases. So an instruction reads registers, special registers and
/// constants alike, without a branch: constants are arrays of 32 equal elements.
struct Operand {
  enum Base : uint8_t {
    Frame,    // the registers of the running function's frame
    Special,  // %tid, %laneid, …: filled in when the warp starts (see SpecialRegisters.h)
    Constant, // immediates and addresses of symbols, laid out when the program was decoded
  };
  Base base = Constant;
  bool sink = false;    // `_`: nothing is written; a sink's offset is that of a scratch register
  bool negated = false; // a predicate read as its negation
  uint8_t bytes = 0;    // width of an element: 1, 2, 4, 8, 16; 0 for a predicate. May exceed the
                        // instruction type's where PTX allows that (ld, st, cvt: section 9.4.1)
  uint32_t offset = 0;
  uint32_t number = 0; // in the base's array of initialisation masks

  bool isRegister() const { return base == Frame && !sink; }
};

/// An address operand: 32 lanes of a base plus an offset. For a variable in local memory or a
/// function's parameters (`frameRelative`) the base is added to where the frame lies in local
/// memory.
struct Address {
  Operand base; // 4 or 8 bytes
  int64_t offset = 0;
  bool frameRelative = false;
};

struct Instruction;

/// Executes `instruction` for the lanes `active`, which is never 0. The program counter already
/// points at the next instruction; control instructions change it. Throws Fault (Check/Fault.h).
using Execute = void (*)(Warp &warp, const Instruction &instruction, LaneMask active);

/// What an instruction that only moves values makes of unwritten ones.
enum class Copies : uint8_t {
  No,       // it looks at them: a fault
  All,      // the result is written where every source is (mov, st of a register to local memory)
  Any,      // where one is (packing, prmt): the parts are not told apart
  Selected, // where the selected source is (selp: a, b, and the predicate that selects)
  Exchanged // the first source is other lanes': the instruction looks at those it takes (shfl)
};

struct Instruction {
  Execute execute = nullptr;

  /// operands[0 … destinations) are written, the others read. Before `execute` the interpreter
  /// reports reads of registers that no lane has written (those in operands and in the address);
  /// after it, it marks the written ones. Both only where one of them is watched (Watching.h).
  const Operand *operands = nullptr;
  uint16_t destinations = 0, count = 0;
  const Address *addresses = nullptr; // the address operands, in the order written
  uint8_t addressCount = 0;

  /// It moves values without looking at them: reading a register that no lane has written is no
  /// fault then, but may make the result unwritten. Compilers emit such moves of undefined values.
  Copies copies = Copies::No;

  bool readsWatched = true, writesWatched = true;

  bool hasGuard = false;
  Operand guard; // a predicate

  /// It says `.aligned`, or means it: all lanes of the warp that live must execute it together.
  bool aligned = false;
  CounterClass counterClass = CounterClass::Other;
  uint8_t multiplyAdds = 0; // of data, by each lane: what Counters counts as scalar

  uint32_t target = 0;              // of a branch or a direct call: an index into Program::code
  int64_t immediate = 0;            // whatever one number the instruction needs
  const void *attributes = nullptr; // what more it needs; owned by the Program (Decoder::make)

  const ptx::Statement *statement = nullptr;
  uint32_t function = 0; // index into Program::functions

  const Operand &destination(unsigned i = 0) const { return operands[i]; }
  const Operand &source(unsigned i) const { return operands[destinations + i]; }
  template <class T> const T &as() const { return *static_cast<const T *>(attributes); }
};

} // namespace azulejo::cudasim

#endif // AZULEJO_CUDASIM_PROGRAM_INSTRUCTION_H
