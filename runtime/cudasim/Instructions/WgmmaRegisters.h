//===- WgmmaRegisters.h - Who may touch wgmma's registers, and when -------===//
#ifndef AZULEJO_CUDASIM_INSTRUCTIONS_WGMMAREGISTERS_H
#define AZULEJO_CUDASIM_INSTRUCTIONS_WGMMAREGISTERS_H

#include "runtime/cudasim/Machine/Warp.h"

namespace azulejo::cudasim {

/// wgmma.mma_async reads A's registers and updates accumulators some time between its issue and the
/// wgmma.wait_group that covers it. Meanwhile nobody else may touch them; and what touched them
/// before must be ordered by a wgmma.fence (PTX ISA, 9.7.15.7.1), except that instructions of one
/// shape may follow each other on the same accumulators.
///
/// This keeps for each register of a warp whether it is in flight and whether it was touched since
/// the last fence. So as not to look at every instruction, `guardWgmmaRegisters` puts a check
/// before those of a function that name a register which a wgmma of that function names.
class WgmmaRegisters : public WarpUnit {
public:
  /// The registers of one wgmma.mma_async. `shape` tells its accumulators' layout.
  struct Use {
    std::vector<Operand> accumulators, multiplicands;
    uint32_t shape = 0;
  };

  void fence();
  /// Throws where `use` breaks the rules; then its registers are in flight.
  void issue(Warp &warp, const Use &use, bool readsAccumulators);
  /// Those of a `use` issued at `depth` of calls are not in flight any more.
  void complete(Warp &warp, uint32_t depth, const Use &use);
  /// Another instruction reads and writes what its operands say.
  void touch(Warp &warp, const Instruction &instruction);

private:
  struct State {
    uint16_t accumulating = 0, reading = 0; // operations in flight
    bool touched = false;                   // since the last fence, by another instruction
    uint32_t shape = 0;
    uint32_t line = 0; // of the wgmma in flight
  };
  /// Of the registers at that depth of calls, by number.
  State *statesAt(Warp &warp, uint32_t depth);

  std::vector<std::vector<State>> states; // by depth of calls, by number
  bool fenced = false;                    // ever
  bool justFenced = false;                // no wgmma since the last fence
};

} // namespace azulejo::cudasim

#endif // AZULEJO_CUDASIM_INSTRUCTIONS_WGMMAREGISTERS_H
