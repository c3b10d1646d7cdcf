//===- Occupancy.h - How many blocks fit on a multiprocessor --------------===//
#ifndef AZULEJO_CUDASIM_COUNT_OCCUPANCY_H
#define AZULEJO_CUDASIM_COUNT_OCCUPANCY_H

#include "runtime/cudasim/Machine/Architecture.h"
#include <cstdint>

namespace azulejo::cudasim {

/// Blocks of `threads` threads that a multiprocessor holds at once, by the rules of NVIDIA's
/// occupancy calculator for compute capability 8 and 9: warps get registers in units of 256 and in
/// fours, blocks get shared memory in units of 128 bytes besides what the system reserves. 0 where
/// one does not fit.
uint32_t blocksPerMultiprocessor(const Architecture &architecture, uint32_t threads,
                                 uint32_t registersPerThread, uint32_t sharedBytes);

} // namespace azulejo::cudasim

#endif // AZULEJO_CUDASIM_COUNT_OCCUPANCY_H
