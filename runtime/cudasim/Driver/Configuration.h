//===- Configuration.h - What the environment says ------------------------===//
#ifndef AZULEJO_CUDASIM_DRIVER_CONFIGURATION_H
#define AZULEJO_CUDASIM_DRIVER_CONFIGURATION_H

#include "runtime/cudasim/Machine/Launch.h"
#include <string>

namespace azulejo::cudasim::driver {

/// The simulated device and how it simulates; docs/Simulator.md lists the variables.
struct Configuration {
  Architecture architecture = *findArchitecture("sm_90a");
  Options options;
  std::string reportPath;   // "": text on the standard error
  std::string jsonPath;     // "": none
  std::string countersPath; // "": none, "-": a table on the standard error, else JSON lines
  std::string ptxas;        // "": registers are estimated
  bool reportLeaks = true;

  /// `key` is a variable's name without AZULEJO_CUDASIM_, in any case. False, with the reason in
  /// `error`, for what is no key or no value of it.
  bool set(std::string key, const std::string &value, std::string &error);
  /// Sets whatever AZULEJO_CUDASIM_… variables there are; complains about wrong ones on the
  /// standard error.
  void readEnvironment();
};

} // namespace azulejo::cudasim::driver

#endif // AZULEJO_CUDASIM_DRIVER_CONFIGURATION_H
