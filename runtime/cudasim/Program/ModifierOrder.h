//===- ModifierOrder.h - Modifiers in the order that PTX writes them ------===//
#ifndef AZULEJO_CUDASIM_PROGRAM_MODIFIERORDER_H
#define AZULEJO_CUDASIM_PROGRAM_MODIFIERORDER_H

#include "runtime/cudasim/Ptx/Module.h"

namespace azulejo::cudasim {

/// PTX gives modifiers an order, but ptxas takes those of most instructions in any, and programs
/// rely on it (`ld.global.acquire.gpu.b32`). Brings them into PTX's order, in which decoders read
/// them. Where order tells modifiers apart (mul.lo, cp.async.bulk, mbarrier), and where one is
/// unknown, they stay as they are.
void orderModifiers(ptx::Statement &statement);

} // namespace azulejo::cudasim

#endif // AZULEJO_CUDASIM_PROGRAM_MODIFIERORDER_H
