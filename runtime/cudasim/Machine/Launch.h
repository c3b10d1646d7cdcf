//===- Launch.h - One launch of a kernel ----------------------------------===//
#ifndef AZULEJO_CUDASIM_MACHINE_LAUNCH_H
#define AZULEJO_CUDASIM_MACHINE_LAUNCH_H

#include "runtime/cudasim/Check/Checkers.h"
#include "runtime/cudasim/Check/Fault.h"
#include "runtime/cudasim/Count/Counters.h"
#include "runtime/cudasim/Machine/Architecture.h"
#include "runtime/cudasim/Memory/DeviceMemory.h"
#include "runtime/cudasim/Program/Program.h"
#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace azulejo::cudasim {

struct Dim3 {
  uint32_t x = 1, y = 1, z = 1;
  uint64_t count() const { return uint64_t(x) * y * z; }
  uint32_t operator[](unsigned i) const { return i == 0 ? x : i == 1 ? y : z; }
};

/// When an asynchronous operation's data moves. Correct programs cannot tell; a wait that is
/// missing shows with Late.
enum class AsyncTiming : uint8_t { Late, Early, Random };

/// How a device simulates. The driver fills it from the environment (docs/Simulator.md).
struct Options {
  bool checks = true;
  bool checkGlobalInitialization = false;
  bool stopAtFirstFault = true;
  AsyncTiming asyncTiming = AsyncTiming::Late;
  uint64_t seed = 0;                // of Random, and of the order of warps where it is not 0
  unsigned hostThreads = 0;         // 0: as many as the host has
  uint64_t maxWarpInstructions = 0; // of a launch; 0: no limit
  uint32_t stackBytes = 1024;       // per thread, what cuCtxSetLimit(CU_LIMIT_STACK_SIZE) says
  uint32_t maxReports = 100;
};

struct LaunchConfig {
  Dim3 grid, block, cluster;
  uint32_t dynamicSharedBytes = 0;
  bool cooperative = false;
  std::vector<uint8_t> parameters; // Kernel::parameterBytes of them
};

/// What came of a launch. `reports` is empty where nothing was wrong; it is sorted by block, then
/// by thread, so that it does not depend on the number of host threads.
struct LaunchResult {
  std::vector<Report> reports;
  Counters counters;
};

/// A launch while it runs: what all blocks share.
struct Launch {
  Launch(const Program &program, const Kernel &kernel, const std::string &kernelName,
         const Architecture &architecture, DeviceMemory &memory, const LaunchConfig &config,
         const Options &options, std::function<void(const std::string &)> print);

  const Program &program;
  const Kernel &kernel;
  const std::string kernelName;
  const Architecture &architecture;
  DeviceMemory &memory;
  const LaunchConfig &config;
  const Options &options;
  /// Where printf goes; called by one thread at a time.
  const std::function<void(const std::string &)> print;
  Checkers checkers;

  /// Of a cooperative launch: 8 bytes that %envreg1 (high) and %envreg2 point to, whose second word
  /// is the barrier of cooperative groups' grid.sync().
  uint64_t gridWorkspace = 0;

  /// Warp instructions, counted when a warp's turn ends.
  std::atomic<uint64_t> executed{0};
  /// The linear index of the first block in which a fault was found: those behind it need not go
  /// on.
  std::atomic<uint64_t> firstFaulty{~uint64_t(0)};

  /// Keeps a fault, completed by what `block` and `warp` know (either may be null).
  void report(Fault fault, const Block *block, const Warp *warp);
  bool abandoned(const Block &block) const;
  /// Whether blocks run on several host threads.
  bool runsInParallel() const { return !takesTurns() && hostThreads() > 1; }
  /// Blocks that may talk to each other run on one host thread.
  bool takesTurns() const { return kernel.communicates || config.cooperative; }
  /// Runs the whole grid.
  LaunchResult run();

private:
  unsigned hostThreads() const;

  std::mutex mutex;
  LaunchResult result;
};

} // namespace azulejo::cudasim

#endif // AZULEJO_CUDASIM_MACHINE_LAUNCH_H
