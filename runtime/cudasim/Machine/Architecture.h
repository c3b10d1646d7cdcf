//===- Architecture.h - What distinguishes the simulated GPUs -------------===//
#ifndef AZULEJO_CUDASIM_MACHINE_ARCHITECTURE_H
#define AZULEJO_CUDASIM_MACHINE_ARCHITECTURE_H

#include <cstdint>
#include <string>
#include <string_view>

namespace azulejo::cudasim {

/// A GPU as the driver describes it. Figures of the CUDA C++ Programming Guide's table of compute
/// capabilities, and of the GPU named.
struct Architecture {
  std::string name;   // "sm_90a"
  std::string device; // "NVIDIA H200"
  unsigned major, minor;
  bool hasFamilyFeatures; // the "a" of sm_90a
  uint32_t multiprocessors;
  uint64_t memoryBytes;
  uint32_t registersPerSm, sharedPerSm, sharedPerBlock, sharedPerBlockOptin, sharedReserved;
  uint32_t threadsPerSm, blocksPerSm, warpsPerSm;
  uint32_t clockKhz, memoryClockKhz, memoryBusBits, l2Bytes;
  uint32_t maxClusterSize; // 8 (16 where the kernel allows a non-portable size), 0 below sm_90

  unsigned sm() const { return 10 * major + minor; }
};

/// sm_80 (A100), sm_86 (A10), sm_89 (L4), sm_90a (H200); null for others.
const Architecture *findArchitecture(std::string_view name);

} // namespace azulejo::cudasim

#endif // AZULEJO_CUDASIM_MACHINE_ARCHITECTURE_H
