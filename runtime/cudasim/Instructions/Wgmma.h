//===- Wgmma.h - What others need to know of wgmma ------------------------===//
#ifndef AZULEJO_CUDASIM_INSTRUCTIONS_WGMMA_H
#define AZULEJO_CUDASIM_INSTRUCTIONS_WGMMA_H

#include "runtime/cudasim/Instructions/Dot.h"
#include "runtime/cudasim/Instructions/WgmmaRegisters.h"

namespace azulejo::cudasim {

/// A wgmma.mma_async, decoded: Wgmma.cpp executes what WgmmaDecode.cpp makes of it. Its sources are
/// A's descriptor (unless A is in registers), B's, and the predicate scale-d.
struct Wgmma {
  unsigned n = 0, k = 0;
  bool leftInRegisters = false;
  bool leftTransposed = false, rightTransposed = false; // MN-major
  bool negated = false;                                 // imm-scale-a times imm-scale-b is -1
  unsigned steps = 0;                                   // words of 16 bytes (Dot.h)
  Unfold left = nullptr, right = nullptr;
  Multiply multiply = nullptr;
  unsigned accumulatorBytes = 4;
  WgmmaRegisters::Use registers;
};

void wgmmaMmaAsync(Warp &warp, const Instruction &instruction, LaneMask active);
void wgmmaFence(Warp &warp, const Instruction &instruction, LaneMask active);
void wgmmaCommitGroup(Warp &warp, const Instruction &instruction, LaneMask active);
void wgmmaWaitGroup(Warp &warp, const Instruction &instruction, LaneMask active);

/// The registers of an instruction that is a wgmma.mma_async; null for others.
inline const WgmmaRegisters::Use *wgmmaRegistersOf(const Instruction &instruction) {
  return instruction.execute == wgmmaMmaAsync ? &instruction.as<Wgmma>().registers : nullptr;
}

} // namespace azulejo::cudasim

#endif // AZULEJO_CUDASIM_INSTRUCTIONS_WGMMA_H
