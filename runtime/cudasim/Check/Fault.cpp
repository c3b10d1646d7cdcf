//===- Fault.cpp - Names of faults ----------------------------------------===//
#include "runtime/cudasim/Check/Fault.h"

using namespace azulejo::cudasim;

const char *azulejo::cudasim::name(FaultClass faultClass) {
  switch (faultClass) {
  case FaultClass::OutOfBounds:
    return "out-of-bounds";
  case FaultClass::UseAfterFree:
    return "use-after-free";
  case FaultClass::Misaligned:
    return "misaligned";
  case FaultClass::WrongSpace:
    return "wrong-space";
  case FaultClass::ReadOnly:
    return "read-only";
  case FaultClass::UninitializedRegister:
    return "uninitialized-register";
  case FaultClass::UninitializedShared:
    return "uninitialized-shared";
  case FaultClass::UninitializedGlobal:
    return "uninitialized-global";
  case FaultClass::SharedRace:
    return "shared-race";
  case FaultClass::GlobalRace:
    return "global-race";
  case FaultClass::AsyncRace:
    return "async-race";
  case FaultClass::MissingProxyFence:
    return "missing-proxy-fence";
  case FaultClass::DivergentBarrier:
    return "divergent-barrier";
  case FaultClass::MissingBarrier:
    return "missing-barrier";
  case FaultClass::Deadlock:
    return "deadlock";
  case FaultClass::MbarrierMisuse:
    return "mbarrier-misuse";
  case FaultClass::NotConverged:
    return "not-converged";
  case FaultClass::WrongMask:
    return "wrong-mask";
  case FaultClass::StackOverflow:
    return "stack-overflow";
  case FaultClass::IllegalInstruction:
    return "illegal-instruction";
  case FaultClass::Trap:
    return "trap";
  case FaultClass::LaunchLimit:
    return "launch-limit";
  case FaultClass::Timeout:
    return "timeout";
  case FaultClass::Count:
    break;
  }
  return "";
}
