//===- ChangingRegisters.h - Special registers read when it is asked ------===//
#ifndef AZULEJO_CUDASIM_INSTRUCTIONS_CHANGINGREGISTERS_H
#define AZULEJO_CUDASIM_INSTRUCTIONS_CHANGINGREGISTERS_H

#include "runtime/cudasim/Program/Decoder.h"

namespace azulejo::cudasim {

/// The handler that writes a special register whose value changes or that is wider than 32 bits
/// (%clock64, %globaltimer, %pm0, …) to its destination; null for any other name. `type`, that of
/// the instruction, is set to what the register must be read as.
Execute findChangingRegister(std::string_view name, ptx::Type &type);

} // namespace azulejo::cudasim

#endif // AZULEJO_CUDASIM_INSTRUCTIONS_CHANGINGREGISTERS_H
