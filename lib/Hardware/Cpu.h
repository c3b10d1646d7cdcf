//===- Cpu.h - What code generation needs to know of a CPU ------------------------------------===//
#ifndef AZULEJO_LIB_HARDWARE_CPU_H
#define AZULEJO_LIB_HARDWARE_CPU_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <string>

namespace azulejo::hardware {

/// A CPU as tiling and code generation see it. Cache sizes are those of one core.
struct CpuDescription {
  std::string name;     ///< as LLVM names it: "x86-64-v3", "sapphirerapids", ...
  std::string features; ///< LLVM's feature string beyond the name's own: "+avx512f,-amx-tile,..."
  int64_t vectorBytes = 16;
  int64_t vectorRegisters = 16;
  bool hasFma = false;
  bool hasHalfConversions = false; ///< F16C
  int64_t l1Bytes = 32 << 10;
  int64_t l2Bytes = 512 << 10;

  /// The register tile of a contraction on `elementBytes`-wide numbers: rows of A, and columns of
  /// B, a multiple of the vector.
  int64_t tileRows() const { return vectorRegisters >= 32 ? 12 : 6; }
  int64_t tileColumns(int64_t elementBytes) const { return 2 * vectorBytes / elementBytes; }
};

/// The CPU called `name`: "host", an x86-64 level, or any CPU that LLVM knows.
llvm::Expected<CpuDescription> describeCpu(llvm::StringRef name);

} // namespace azulejo::hardware

#endif // AZULEJO_LIB_HARDWARE_CPU_H
