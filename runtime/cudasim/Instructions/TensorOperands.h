//===- TensorOperands.h - What mma, wmma and wgmma decode alike -----------===//
#ifndef AZULEJO_CUDASIM_INSTRUCTIONS_TENSOROPERANDS_H
#define AZULEJO_CUDASIM_INSTRUCTIONS_TENSOROPERANDS_H

#include "runtime/cudasim/Check/Fault.h"
#include "runtime/cudasim/Program/Decoder.h"

namespace azulejo::cudasim {

/// "The behavior is undefined if any thread in the warp has exited": the interpreter has made sure
/// that all threads execute the instruction that are left.
inline void requireFullWarp(LaneMask active) {
  if (active != allLanes)
    throw Fault(FaultClass::NotConverged,
                "is executed by a warp of which some threads have exited or never existed",
                __builtin_ctz(~active));
}

inline const std::vector<ptx::Operand> &vectorOf(Decoder &decoder, const ptx::Operand &operand,
                                                 unsigned count) {
  if (operand.kind != ptx::Operand::Kind::List || operand.elements.size() != count)
    decoder.fail("a fragment of this instruction is a vector of " + std::to_string(count) +
                 (count == 1 ? " register" : " registers"));
  return operand.elements;
}

/// Appends the `count` registers of a fragment.
inline void takeDestinations(Decoder &decoder, const ptx::Operand &operand, unsigned count,
                             ptx::Type type, std::vector<Operand> &to) {
  for (const ptx::Operand &each : vectorOf(decoder, operand, count))
    to.push_back(decoder.destination(each, type));
}
inline void takeSources(Decoder &decoder, const ptx::Operand &operand, unsigned count,
                        ptx::Type type, std::vector<Operand> &to) {
  for (const ptx::Operand &each : vectorOf(decoder, operand, count))
    to.push_back(decoder.source(each, type));
}

/// Whether a destination is one of sources[first …] at another position: then what is written
/// first would be read later.
inline bool isPermuted(const std::vector<Operand> &destinations,
                       const std::vector<Operand> &sources, size_t first) {
  for (size_t d = 0; d < destinations.size(); ++d)
    for (size_t s = first; s < sources.size(); ++s)
      if (sources[s].base == Operand::Frame && sources[s].offset == destinations[d].offset &&
          s - first != d)
        return true;
  return false;
}

} // namespace azulejo::cudasim

#endif // AZULEJO_CUDASIM_INSTRUCTIONS_TENSOROPERANDS_H
