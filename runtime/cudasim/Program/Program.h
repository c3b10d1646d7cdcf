//===- Program.h - A module decoded for execution -------------------------===//
#ifndef AZULEJO_CUDASIM_PROGRAM_PROGRAM_H
#define AZULEJO_CUDASIM_PROGRAM_PROGRAM_H

#include "runtime/cudasim/Program/Instruction.h"
#include "runtime/cudasim/Ptx/Module.h"
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace azulejo::cudasim {

struct Architecture; // Machine/Architecture.h

/// A variable or parameter with its place: an offset in its window (shared, local frame, kernel
/// parameters, constant bank) or, for global ones, an address of device memory.
struct Symbol {
  ptx::StateSpace space;
  uint64_t address = 0, size = 0;
  bool frameRelative = false; // .local and .param variables of a function's body, and its formals
  bool openShared = false;    // `.extern .shared x[]`: the dynamic shared memory
};

/// One .entry or .func. `code[begin, end)` of the program is its body, laid out in an order in
/// which "run the lanes with the lowest program counter first" reconverges diverged lanes as early
/// as can be: basic blocks in reverse post-order, with the blocks of a loop before those behind it
/// (Diamos et al., "SIMD re-convergence at thread frontiers", MICRO 2011).
struct Function {
  const ptx::Function *source = nullptr;
  std::string name;
  bool isKernel = false;
  uint32_t begin = 0, end = 0;
  uint32_t frameBytes = 0; // of registers
  uint32_t registers = 0;  // how many: the number of initialisation masks
  /// These masks when the function begins: all lanes for registers that are not watched.
  std::vector<LaneMask> firstMasks;
  uint32_t localBytes = 0; // its .local and .param variables and formals, within a frame
  std::vector<Symbol> results,
      parameters; // frame-relative; of a kernel: offsets into its parameters
  std::map<std::string_view, Symbol> symbols;
};

/// What a kernel needs to be launched.
struct Kernel {
  uint32_t function = 0;
  uint32_t parameterBytes = 0;
  struct Parameter {
    uint32_t offset, size;
  };
  std::vector<Parameter> parameters;
  uint32_t staticSharedBytes = 0;   // of all .shared variables it can reach
  uint32_t dynamicSharedOffset = 0; // where `.extern .shared` begins: behind them, aligned
  /// What %reserved_smem_offset_… point to, where a module mentions them: between the two.
  uint32_t reservedSharedOffset = 0, reservedSharedBytes = 0;
  uint32_t localBytes = 0;         // per thread, without calls
  uint32_t registersPerThread = 0; // as ptxas would give it (an estimate where ptxas was not asked)
  /// It talks to other blocks while it runs (atomics whose result is used, volatile or acquiring
  /// loads, system or device fences): its blocks then take turns on one host thread, in an order
  /// that is always the same. Kernels that do not are spread over host threads.
  bool communicates = false;
  ptx::KernelLimits limits;
};

/// Owns the syntax tree, the instructions and their constants. Immutable after decoding but for the
/// contents of its global variables, which live in device memory.
struct Program {
  std::unique_ptr<ptx::Module> module;
  std::vector<Instruction> code;
  std::vector<Function> functions;
  std::map<std::string, Kernel, std::less<>> kernels;
  std::map<std::string, Symbol, std::less<>> globals; // .global and .const variables by name

  /// Behind Operand::Constant, 64-byte aligned; every mask of a constant is allLanes.
  std::vector<std::unique_ptr<uint8_t[]>> pools;
  const uint8_t *constants = nullptr;
  const uint32_t *constantMasks = nullptr;
  /// The bank of .const variables.
  std::vector<uint8_t> constantBank;
  /// What .global variables begin with (where that is not zero): to be written to device memory.
  struct InitialValue {
    uint64_t address;
    std::vector<uint8_t> bytes;
  };
  std::vector<InitialValue> initialValues;
  uint32_t maxFrameBytes = 0, maxRegisters = 0, maxLocalBytes = 0;
  /// It has wgmma or bulk copies, before which writes need a fence.proxy.async.
  bool usesAsyncProxy = false;
  /// What guardWgmmaRegisters put a check before, by the index of the instruction; empty without
  /// wgmma.
  std::vector<Execute> behindGuard;

  std::deque<std::shared_ptr<void>> owned; // operands, addresses and attributes of instructions

  uint32_t indexOf(const Instruction &instruction) const {
    return uint32_t(&instruction - code.data());
  }
  /// The function whose body holds code[pc].
  const Function &functionAt(uint32_t pc) const { return functions[code[pc].function]; }
};

/// The address of functions[index], as `mov.b64 %rd1, f` gives it: a window in which there is no
/// memory.
constexpr uint64_t codeWindow = 0x0600000000000000;
inline uint64_t functionAddress(uint32_t index) { return codeWindow | uint64_t(index + 1) << 7; }

/// Gives .global variables their place in device memory when a program is loaded.
using PlaceGlobal =
    std::function<uint64_t(const ptx::Variable &variable, uint64_t size, uint32_t alignment)>;

/// Decodes `module` for `architecture`; throws ptx::LoadError, which quotes the line, for an
/// instruction that is unknown, malformed or not of that architecture.
std::unique_ptr<Program> decode(std::unique_ptr<ptx::Module> module,
                                const Architecture &architecture, const PlaceGlobal &placeGlobal);

} // namespace azulejo::cudasim

#endif // AZULEJO_CUDASIM_PROGRAM_PROGRAM_H
