//===- Gpu.h - What code generation needs to know of a GPU ------------------------------------===//
//
// The figures are data: lib/Hardware/data holds architectures (what every GPU of a compute
// capability has, from NVIDIA's CUDA programming guide and architecture white papers), GPUs (from
// their data sheets) and Azure's virtual machines (from Azure's documentation of their sizes). A
// new GPU is an entry there and no code.
//
//===------------------------------------------------------------------------------------------===//
#ifndef AZULEJO_LIB_HARDWARE_GPU_H
#define AZULEJO_LIB_HARDWARE_GPU_H

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Error.h"
#include <string>
#include <vector>

namespace azulejo::hardware {

/// A GPU as tiling, code generation and the cost model see it.
struct GpuDescription {
  std::string name;  ///< "h100"; of an architecture alone, the GPU that stands for it
  std::string title; ///< as its maker calls it: "H100 SXM5"
  std::string arch;  ///< as ptxas names it: "sm_90a"

  int64_t multiprocessors = 0;
  int64_t clockHz = 0; ///< the boost clock that published rates assume
  int64_t memoryBytes = 0;
  int64_t memoryBytesPerSecond = 0;
  int64_t l2Bytes = 0;
  int64_t linkBytesPerSecond = 0; ///< to other GPUs, both directions: NVLink, or else PCIe

  int64_t sharedBytesPerBlock = 0; ///< the most that a kernel can ask for
  int64_t sharedBytesPerMultiprocessor = 0;
  int64_t registersPerMultiprocessor = 65536; ///< of 32 bits
  int64_t threadsPerMultiprocessor = 0;
  int64_t blocksPerMultiprocessor = 0;
  /// Multiply-adds a clock and multiprocessor: without tensor cores, and with them by type ("f16",
  /// "bf16", "tf32", "f64", "i8", "f8", "f4"; dense, sums in f32 or i32).
  int64_t scalarF32 = 0, scalarF64 = 0;
  llvm::StringMap<int64_t> tensorRates;
  llvm::StringSet<> features;

  /// "cp.async", "ldmatrix", "stmatrix", "mbarrier", "tma", "clusters", "wgmma", "tcgen05",
  /// "mma.f8".
  bool has(llvm::StringRef feature) const { return features.contains(feature); }
  /// 90 of sm_90a.
  int64_t computeCapability() const;
  /// Zero where tensor cores do not take the type.
  int64_t tensorRate(llvm::StringRef type) const { return tensorRates.lookup(type); }
  /// The most multiply-adds a second, by tensor cores where they take the type.
  double multiplyAddsPerSecond(llvm::StringRef type) const;
};

/// A virtual machine with GPUs of one kind.
struct MachineDescription {
  std::string name; ///< "Standard_ND96isr_H200_v5"
  std::string gpu;
  int64_t gpus = 0;
  int64_t cpus = 0; ///< hardware threads
  int64_t memoryBytes = 0;
};

/// The GPU called `name`: a GPU's name ("h200"), an architecture ("sm_90a"), or a virtual machine
/// ("azure:Standard_ND96isr_H200_v5").
llvm::Expected<GpuDescription> describeGpu(llvm::StringRef name);

/// Everything that there is a description of, in the order of names.
std::vector<GpuDescription> allGpus();
std::vector<MachineDescription> allMachines();

} // namespace azulejo::hardware

#endif // AZULEJO_LIB_HARDWARE_GPU_H
