#include "tools/azulejo-conformance/ForkPool.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include <chrono>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace azulejo::conformance {
namespace {

using Clock = std::chrono::steady_clock;

/// Exit statuses of a child; anything else means that it ended on its own account.
constexpr int kPassed = 0, kFailed = 41;

/// A file in memory that parent and child share; the child's message or its standard error.
class SharedText {
public:
  SharedText() : descriptor(memfd_create("azulejo-conformance", MFD_CLOEXEC)) {}
  SharedText(SharedText &&other) : descriptor(std::exchange(other.descriptor, -1)) {}
  SharedText &operator=(SharedText &&other) {
    std::swap(descriptor, other.descriptor);
    return *this;
  }
  ~SharedText() {
    if (descriptor >= 0)
      close(descriptor);
  }

  int get() const { return descriptor; }

  /// The first 64 KiB: a child may write without end.
  std::string read() const {
    std::string text(64 << 10, '\0');
    ssize_t size = pread(descriptor, text.data(), text.size(), 0);
    text.resize(size > 0 ? size : 0);
    return text;
  }

private:
  int descriptor;
};

struct Child {
  size_t index;
  pid_t process;
  Clock::time_point start;
  SharedText message, errors;
  bool timedOut = false;
};

void limitMemory(int64_t bytes) {
  rlimit limit{static_cast<rlim_t>(bytes), static_cast<rlim_t>(bytes)};
  setrlimit(RLIMIT_AS, &limit);
  rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
}

[[noreturn]] void runChild(size_t index, const Limits &limits, const SharedText &message,
                           const SharedText &errors, llvm::function_ref<llvm::Error(size_t)> job) {
  // Its own process group, so that a timeout ends what it started, too; and no life of its own.
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
  dup2(nothing, STDIN_FILENO);
  dup2(nothing, STDOUT_FILENO);
  dup2(errors.get(), STDERR_FILENO);
  limitMemory(limits.memory);
  // LLVM's own handlers would print a trace of this program; the signal's number says enough.
  for (int signal : {SIGSEGV, SIGABRT, SIGILL, SIGFPE, SIGBUS, SIGINT, SIGTERM})
    std::signal(signal, SIG_DFL);
  std::string text = llvm::toString(job(index));
  if (text.empty())
    _exit(kPassed);
  if (write(message.get(), text.data(), text.size()) < 0)
    _exit(1);
  _exit(kFailed);
}

/// The first error that the compiler printed, or what a dying program said last.
std::string pickErrorLine(llvm::StringRef errors) {
  llvm::SmallVector<llvm::StringRef> lines;
  errors.split(lines, '\n', -1, /*KeepEmpty=*/false);
  for (llvm::StringRef line : lines)
    if (line.contains("error:") || line.contains("Assertion") || line.contains("LLVM ERROR"))
      return line.trim().str();
  return lines.empty() ? "" : lines.back().trim().str();
}

Outcome judge(const Child &child, int waitStatus) {
  Outcome outcome;
  outcome.seconds = std::chrono::duration<double>(Clock::now() - child.start).count();
  std::string said = pickErrorLine(child.errors.read());
  if (child.timedOut) {
    outcome.status = Outcome::Status::Timeout;
    outcome.message = llvm::formatv("no end after {0:f0} s", outcome.seconds).str();
  } else if (WIFEXITED(waitStatus) && WEXITSTATUS(waitStatus) == kPassed) {
    outcome.status = Outcome::Status::Pass;
  } else if (WIFEXITED(waitStatus) && WEXITSTATUS(waitStatus) == kFailed) {
    outcome.status = Outcome::Status::Fail;
    outcome.message = llvm::StringRef(child.message.read()).trim().str();
    llvm::replace(outcome.message, '\n', ' ');
  } else {
    outcome.status = Outcome::Status::Crash;
    outcome.message = WIFSIGNALED(waitStatus)
                          ? std::string("crashed: ") + strsignal(WTERMSIG(waitStatus))
                          : "ended with status " + std::to_string(WEXITSTATUS(waitStatus));
  }
  if (outcome.status != Outcome::Status::Pass && !said.empty() &&
      !llvm::StringRef(outcome.message).contains(said))
    outcome.message += "; " + said;
  return outcome;
}

} // namespace

llvm::StringRef statusName(Outcome::Status status) {
  switch (status) {
  case Outcome::Status::Pass:
    return "pass";
  case Outcome::Status::Fail:
    return "fail";
  case Outcome::Status::Crash:
    return "crash";
  case Outcome::Status::Timeout:
    return "timeout";
  }
  return "fail";
}

void runForked(size_t count, const Limits &limits, llvm::function_ref<llvm::Error(size_t)> job,
               llvm::function_ref<void(size_t, const Outcome &)> done) {
  std::vector<Child> children;
  size_t next = 0;
  while (next < count || !children.empty()) {
    while (next < count && children.size() < limits.jobs) {
      Child child{next++, -1, Clock::now(), SharedText(), SharedText()};
      child.process = fork();
      if (child.process == 0)
        runChild(child.index, limits, child.message, child.errors, job);
      if (child.process < 0) {
        done(child.index, {Outcome::Status::Fail, "cannot start a process", 0});
        continue;
      }
      children.push_back(std::move(child));
    }

    // A child's end is noticed within a millisecond or two; cases take twenty and more.
    bool ended = false;
    for (size_t i = 0; i < children.size();) {
      Child &child = children[i];
      int waitStatus = 0;
      if (waitpid(child.process, &waitStatus, WNOHANG) == child.process) {
        done(child.index, judge(child, waitStatus));
        children.erase(children.begin() + i);
        ended = true;
        continue;
      }
      std::chrono::duration<double> age = Clock::now() - child.start;
      if (age.count() > limits.seconds && !child.timedOut) {
        child.timedOut = true;
        kill(-child.process, SIGKILL);
        kill(child.process, SIGKILL);
      }
      ++i;
    }
    if (!ended && !children.empty())
      usleep(1500);
  }
}

} // namespace azulejo::conformance
