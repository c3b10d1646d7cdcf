//===- FunctionLimits.h - What a function may be launched with ------------===//
#ifndef AZULEJO_CUDASIM_DRIVER_FUNCTIONLIMITS_H
#define AZULEJO_CUDASIM_DRIVER_FUNCTIONLIMITS_H

#include "runtime/cudasim/Count/Occupancy.h"
#include "runtime/cudasim/Driver/Driver.h"

namespace azulejo::cudasim::driver {

/// Threads a block may have: what .maxntid and .reqntid say, and what the registers allow.
uint32_t maxThreads(const Architecture &gpu, const Kernel &kernel);

/// Dynamic shared memory a block may have, as set by cuFuncSetAttribute.
uint64_t maxDynamicShared(const Architecture &gpu, const KernelFunction &function);

inline BlockNeeds needs(const Kernel &kernel, uint32_t threads, uint64_t dynamicShared) {
  return {threads, kernel.registersPerThread,
          dynamicShared ? kernel.dynamicSharedOffset + dynamicShared : kernel.staticSharedBytes};
}

} // namespace azulejo::cudasim::driver

#endif // AZULEJO_CUDASIM_DRIVER_FUNCTIONLIMITS_H
