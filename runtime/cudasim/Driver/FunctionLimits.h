//===- FunctionLimits.h - What a function may be launched with ------------===//
#ifndef AZULEJO_CUDASIM_DRIVER_FUNCTIONLIMITS_H
#define AZULEJO_CUDASIM_DRIVER_FUNCTIONLIMITS_H

#include "runtime/cudasim/Count/Occupancy.h"
#include "runtime/cudasim/Driver/Driver.h"
#include <algorithm>

namespace azulejo::cudasim::driver {

/// Threads a block may have: what .maxntid and .reqntid say, and what the registers allow where
/// ptxas counted them. An estimate must not make a launch fail that a GPU would run.
uint32_t maxThreads(const Driver &driver, const Kernel &kernel);

/// Dynamic shared memory a block may have, as set by cuFuncSetAttribute.
uint64_t maxDynamicShared(const Architecture &gpu, const KernelFunction &function);

/// Registers are held to what lets one block be resident: whether it may be launched at all,
/// maxThreads says.
inline BlockNeeds needs(const Kernel &kernel, uint32_t threads, uint64_t dynamicShared) {
  uint32_t most = threads ? 65536 / ((threads + 127) / 128 * 128) / 8 * 8 : 255;
  return {threads, std::min(kernel.registersPerThread, most),
          dynamicShared ? kernel.dynamicSharedOffset + dynamicShared : kernel.staticSharedBytes};
}

} // namespace azulejo::cudasim::driver

#endif // AZULEJO_CUDASIM_DRIVER_FUNCTIONLIMITS_H
