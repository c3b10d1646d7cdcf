//===- Fault.h - What a kernel did wrong ----------------------------------===//
#ifndef AZULEJO_CUDASIM_CHECK_FAULT_H
#define AZULEJO_CUDASIM_CHECK_FAULT_H

#include <cstdint>
#include <exception>
#include <string>

namespace azulejo::cudasim {

/// The classes of faults. name() gives the stable text that reports carry ("out-of-bounds").
enum class FaultClass : uint8_t {
  OutOfBounds, // no allocation holds the address: CUDA_ERROR_ILLEGAL_ADDRESS
  UseAfterFree,
  Misaligned, // CUDA_ERROR_MISALIGNED_ADDRESS
  WrongSpace, // a generic address of another window than the instruction's; another thread's local
              // memory
  ReadOnly,   // a write to constants, parameters or weights
  UninitializedRegister,
  UninitializedShared,
  UninitializedGlobal, // by choice: Options::checkGlobalInitialization
  SharedRace,
  GlobalRace,
  AsyncRace, // an operand or result of an asynchronous copy or of wgmma touched in flight
  MissingProxyFence,
  DivergentBarrier, // .aligned, or a warp's lanes at different barriers
  MissingBarrier,   // a thread exited that others wait for, counts that do not match
  Deadlock,
  MbarrierMisuse,
  NotConverged, // `.sync.aligned` with lanes missing; a membermask with lanes that never come
  WrongMask,    // an executing lane is not in its membermask
  StackOverflow,
  IllegalInstruction, // operands that PTX leaves undefined, or that this architecture lacks
  Trap,               // trap, brkpt, a failed device assertion
  LaunchLimit,
  Timeout,
  Count
};
const char *name(FaultClass faultClass);

/// One finding. `kernel`, `ptxLine`, `source`, `block` and `thread` are filled in by the
/// interpreter where whoever throws does not know them.
struct Report {
  FaultClass faultClass = FaultClass::Trap;
  std::string message; // one sentence: "reads 4 bytes at 0x… , 12 bytes behind the end of …"
  std::string kernel;
  uint32_t ptxLine = 0;
  std::string ptxText; // that line
  std::string source;  // file:line:column, where the PTX has .loc
  uint32_t block[3] = {0, 0, 0}, thread[3] = {0, 0, 0};
  bool hasThread = false;
  bool hasAddress = false;
  uint64_t address = 0;
  std::string allocation; // the one missed or touched: "512 bytes of cuMemAlloc #3", "static shared
                          // memory `tile`"
  std::string other;      // the other party of a race: who, what, at which PTX line
  uint64_t repeats = 0;   // how often the same fault at the same line was seen after this one
};

/// Ends the kernel. `lane` is of the warp that executes, or -1 where no lane is meant.
struct Fault : std::exception {
  Fault(FaultClass faultClass, std::string message, int lane = -1) : lane(lane) {
    report.faultClass = faultClass;
    report.message = std::move(message);
  }
  Fault &at(uint64_t address, std::string allocation = {}) {
    report.hasAddress = true;
    report.address = address;
    report.allocation = std::move(allocation);
    return *this;
  }
  Fault &with(std::string other) {
    report.other = std::move(other);
    return *this;
  }
  const char *what() const noexcept override { return report.message.c_str(); }

  Report report;
  int lane;
};

} // namespace azulejo::cudasim

#endif // AZULEJO_CUDASIM_CHECK_FAULT_H
