#include "tools/azulejo-conformance/ForkPool.h"
#include "gtest/gtest.h"
#include <csignal>
#include <cstdio>
#include <map>
#include <sys/mman.h>
#include <unistd.h>

using namespace azulejo::conformance;

static Outcome runOne(const Limits &limits, llvm::function_ref<llvm::Error(size_t)> job) {
  Outcome result;
  runForked(1, limits, job, [&](size_t, const Outcome &outcome) { result = outcome; });
  return result;
}

TEST(ForkPool, EveryJobIsDoneOnce) {
  std::map<size_t, Outcome> outcomes;
  runForked(
      7, Limits(),
      [](size_t index) -> llvm::Error {
        if (index == 3)
          return llvm::createStringError("no good");
        return llvm::Error::success();
      },
      [&](size_t index, const Outcome &outcome) { outcomes[index] = outcome; });
  ASSERT_EQ(outcomes.size(), 7u);
  for (auto &[index, outcome] : outcomes)
    EXPECT_EQ(outcome.status, index == 3 ? Outcome::Status::Fail : Outcome::Status::Pass);
  EXPECT_EQ(outcomes[3].message, "no good");
}

TEST(ForkPool, ACrashIsTheChilds) {
  Outcome outcome = runOne(Limits(), [](size_t) -> llvm::Error {
    std::fputs("error: about to fall\n", stderr);
    raise(SIGSEGV);
    return llvm::Error::success();
  });
  EXPECT_EQ(outcome.status, Outcome::Status::Crash);
  EXPECT_NE(outcome.message.find("Segmentation fault"), std::string::npos);
  EXPECT_NE(outcome.message.find("about to fall"), std::string::npos);
}

TEST(ForkPool, AnExitIsNoPass) {
  Outcome outcome = runOne(Limits(), [](size_t) -> llvm::Error { _exit(3); });
  EXPECT_EQ(outcome.status, Outcome::Status::Crash);
}

TEST(ForkPool, AHangEnds) {
  Limits limits;
  limits.seconds = 0.2;
  Outcome outcome = runOne(limits, [](size_t) -> llvm::Error {
    while (true)
      pause();
  });
  EXPECT_EQ(outcome.status, Outcome::Status::Timeout);
  EXPECT_LT(outcome.seconds, 10);
}

TEST(ForkPool, MemoryIsLimited) {
  Limits limits;
  limits.memory = 2l << 30;
  Outcome outcome = runOne(limits, [](size_t) -> llvm::Error {
    void *memory = mmap(nullptr, 4l << 30, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? llvm::createStringError("out of memory") : llvm::Error::success();
  });
  EXPECT_EQ(outcome.status, Outcome::Status::Fail);
}
