//===- Watching.h - Registers that may be read before they are written ----===//
#ifndef AZULEJO_CUDASIM_PROGRAM_WATCHING_H
#define AZULEJO_CUDASIM_PROGRAM_WATCHING_H

#include "runtime/cudasim/Program/Program.h"

namespace azulejo::cudasim {

/// Whoever reads a register that he has not written is told, which takes a look at each operand of
/// each instruction. Of nearly all registers it can be said beforehand, as compilers for languages
/// with definite assignment do: on every way through the function, a write stands before each read.
/// The others are *watched*. Only instructions that touch one of those are looked at, and the masks
/// of the rest say from the beginning that all lanes have written them.
///
/// Lanes go their own ways, but each goes a way of the control flow, so what holds for every way
/// holds for every lane. An instruction under a guard writes nothing for sure; one that copies
/// writes as much as its sources were written (Instruction::copies), and so may undo a write.
void watchRegisters(Program &program);

} // namespace azulejo::cudasim

#endif // AZULEJO_CUDASIM_PROGRAM_WATCHING_H
