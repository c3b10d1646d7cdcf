//===- Call.h - Arguments and results of calls ----------------------------===//
#ifndef AZULEJO_CUDASIM_INSTRUCTIONS_CALL_H
#define AZULEJO_CUDASIM_INSTRUCTIONS_CALL_H

#include "runtime/cudasim/Program/Symbols.h"

namespace azulejo::cudasim {

/// What reports call the memory that kernels get by malloc.
constexpr char deviceHeapOrigin[] = "malloc on the device";

/// One argument or result: a .param variable of the caller's frame (`inMemory`, at `callerOffset`)
/// or a register or constant; and where the callee's formal lies in its frame.
struct Passed {
  bool inMemory = false;
  uint32_t callerOffset = 0, calleeOffset = 0, bytes = 0;
  Operand operand;
};

struct CallPlan {
  std::vector<Passed> arguments, results;
  uint32_t formalBytes = 0; // of the frame that a function called through a pointer must have
  size_t resultCount = 0, argumentCount = 0;
};

/// A function that the driver provides: `vprintf`, `__assertfail`, `malloc`, `free`. It is executed
/// in place of the call, with the call's CallPlan as attributes.
struct DeviceFunction {
  std::string_view name;
  Execute execute;
  size_t results;
  std::vector<uint64_t> parameters; // their sizes

  bool accepts(const ptx::Function &declaration) const;
};
const DeviceFunction *findDeviceFunction(std::string_view name);

/// An argument's value of a lane, in at most 8 bytes.
uint64_t argument(Warp &warp, const Passed &passed, unsigned lane);
void setResult(Warp &warp, const Passed &passed, unsigned lane, uint64_t value);

} // namespace azulejo::cudasim

#endif // AZULEJO_CUDASIM_INSTRUCTIONS_CALL_H
