//===- ForkPool.h - Runs jobs in children of this process -------------------------------------===//
//
// A job that crashes, hangs or eats memory must not take the others with it, and starting a program
// for each of two thousand jobs costs more than the jobs do. So the parent loads everything once
// and forks a child per job. The parent must have one thread only: a child inherits no other.
//
//===------------------------------------------------------------------------------------------===//
#ifndef AZULEJO_TOOLS_CONFORMANCE_FORKPOOL_H
#define AZULEJO_TOOLS_CONFORMANCE_FORKPOOL_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Error.h"
#include <cstdint>
#include <string>

namespace azulejo::conformance {

struct Limits {
  unsigned jobs = 2;         // children at once
  double seconds = 60;       // of wall-clock time, per child
  int64_t memory = 8l << 30; // bytes of address space, per child
};

struct Outcome {
  enum class Status { Pass, Fail, Crash, Timeout };
  Status status = Status::Fail;
  std::string message; // why it did not pass, one line
  double seconds = 0;
};

/// The word for the scoreboard.
llvm::StringRef statusName(Outcome::Status status);

/// Runs `job(i)` in a child for each i < count and calls `done(i, outcome)` here, in the order in
/// which they end. A job passes by returning success; where it fails and has written "error: …" on
/// standard error, that line is part of the message.
void runForked(size_t count, const Limits &limits, llvm::function_ref<llvm::Error(size_t)> job,
               llvm::function_ref<void(size_t, const Outcome &)> done);

} // namespace azulejo::conformance

#endif // AZULEJO_TOOLS_CONFORMANCE_FORKPOOL_H
