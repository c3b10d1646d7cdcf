//===- Registers.h - Registers that a kernel would need -------------------===//
#ifndef AZULEJO_CUDASIM_COUNT_REGISTERS_H
#define AZULEJO_CUDASIM_COUNT_REGISTERS_H

#include "runtime/cudasim/Program/Program.h"

namespace azulejo::cudasim {

/// An estimate of what ptxas would report for a kernel: the most 32-bit registers that are live at
/// one place of the PTX, and a few for addresses and the like, within what the kernel's own limits
/// allow. ptxas schedules loads early and so often takes more; where the figure matters, ask it
/// (docs/Simulator.md, AZULEJO_CUDASIM_PTXAS).
uint32_t estimateRegisters(const Program &program, const Kernel &kernel);

} // namespace azulejo::cudasim

#endif // AZULEJO_CUDASIM_COUNT_REGISTERS_H
