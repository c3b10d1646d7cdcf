//===- SpecialRegisters.h - %tid and its like -----------------------------===//
#ifndef AZULEJO_CUDASIM_MACHINE_SPECIALREGISTERS_H
#define AZULEJO_CUDASIM_MACHINE_SPECIALREGISTERS_H

#include "runtime/cudasim/Program/Instruction.h"
#include <memory>
#include <string_view>

namespace azulejo::cudasim {

/// The special registers whose value a warp knows when it starts (PTX ISA, section 10); each holds
/// 32 uint32_t at `index * 128` bytes of the warp's Operand::Special base. Clocks, %activemask-like
/// values and 64-bit ones are read by instructions of their own (Instructions/Move.cpp).
enum class SpecialRegister : uint8_t {
  TidX,
  TidY,
  TidZ,
  NtidX,
  NtidY,
  NtidZ,
  CtaidX,
  CtaidY,
  CtaidZ,
  NctaidX,
  NctaidY,
  NctaidZ,
  LaneId,
  WarpId,
  NwarpId,
  SmId,
  NsmId,
  LanemaskEq,
  LanemaskLe,
  LanemaskLt,
  LanemaskGe,
  LanemaskGt,
  ClusterIdX,
  ClusterIdY,
  ClusterIdZ,
  NclusterIdX,
  NclusterIdY,
  NclusterIdZ,
  ClusterCtaidX,
  ClusterCtaidY,
  ClusterCtaidZ,
  ClusterNctaidX,
  ClusterNctaidY,
  ClusterNctaidZ,
  ClusterCtaRank,
  ClusterNctaRank,
  DynamicSmemSize,
  TotalSmemSize,
  AggrSmemSize,
  ReservedSmemOffsetBegin,
  ReservedSmemOffsetEnd,
  ReservedSmemOffsetCap,
  Zero, // %tid.w and its like
  Count
};
constexpr uint32_t specialRegisterBytes = warpSize * sizeof(uint32_t);

/// The 32 lanes of each of them, one after the other.
std::unique_ptr<uint8_t[]> makeSpecialRegisters(const Warp &warp);
/// Of a warp of the same launch and index in another block: sets those that differ.
void setBlockRegisters(const Warp &warp, uint8_t *registers);

/// Of "%tid.x", or Count.
SpecialRegister findSpecialRegister(std::string_view name);

} // namespace azulejo::cudasim

#endif // AZULEJO_CUDASIM_MACHINE_SPECIALREGISTERS_H
