#include "runtime/cpu/ThreadPool.h"
#include <gtest/gtest.h>

using namespace azulejo::runtime;
using namespace azulejo::runtime::cpu;

namespace {

constexpr int64_t mostCount = 5000;

/// Slot 0 points to a counter per workgroup.
void countWorkgroups(const int64_t *slots, int64_t begin, int64_t end, azm_scratch *) {
  auto *counters = reinterpret_cast<std::atomic<int> *>(slots[0]);
  for (int64_t i = begin; i < end; ++i)
    ++counters[i];
}

void expectEachOnce(ThreadPool &pool, int64_t count) {
  std::vector<std::atomic<int>> counters(mostCount);
  int64_t slots[] = {reinterpret_cast<int64_t>(counters.data())};
  Scratch scratch;
  Fault fault;
  EXPECT_TRUE(pool.run(countWorkgroups, slots, count, scratch, fault));
  for (int64_t i = 0; i < mostCount; ++i)
    ASSERT_EQ(counters[i], i < count) << "workgroup " << i << " of " << count;
}

TEST(ThreadPool, runsEachWorkgroupOnce) {
  for (int threads : {1, 2, 4, 7}) {
    ThreadPool pool(threads);
    EXPECT_EQ(pool.threads(), threads);
    for (int64_t count : {0, 1, 2, 3, 100, 4999})
      expectEachOnce(pool, count);
  }
}

TEST(ThreadPool, oneThreadIsTheCaller) {
  ThreadPool pool(1);
  auto kernel = [](const int64_t *slots, int64_t, int64_t, azm_scratch *) {
    *reinterpret_cast<std::thread::id *>(slots[0]) = std::this_thread::get_id();
  };
  std::thread::id id;
  int64_t slots[] = {reinterpret_cast<int64_t>(&id)};
  Scratch scratch;
  Fault fault;
  EXPECT_TRUE(pool.run(kernel, slots, 10, scratch, fault));
  EXPECT_EQ(id, std::this_thread::get_id());
}

TEST(ThreadPool, aFailureEndsTheLaunchAndNothingElse) {
  // Slot 0 is the workgroup that meets a bad index.
  auto kernel = [](const int64_t *slots, int64_t begin, int64_t end, azm_scratch *scratch) {
    scratch->used += 64;
    if (begin <= slots[0] && slots[0] < end)
      scratch->fail(scratch, /*check=*/2, /*index=*/9, /*low=*/-4, /*high=*/4);
    scratch->used -= 64;
  };
  for (int threads : {1, 3}) {
    ThreadPool pool(threads);
    for (int64_t bad : {0, 17, 999}) {
      Scratch scratch;
      Fault fault;
      EXPECT_FALSE(pool.run(kernel, &bad, 1000, scratch, fault));
      EXPECT_EQ(fault.check, 2);
      EXPECT_EQ(fault.index, 9);
      EXPECT_EQ(fault.low, -4);
      EXPECT_EQ(fault.high, 4);
      EXPECT_EQ(scratch.get()->used, 0);
      expectEachOnce(pool, 100);
    }
  }
}

TEST(Scratch, memoryThatIsNotThereIsAFault) {
  auto kernel = [](const int64_t *slots, int64_t, int64_t, azm_scratch *scratch) {
    scratch->used += slots[0];
    scratch->grow(scratch, slots[0]);
  };
  Scratch scratch;
  for (int64_t bytes : {int64_t(1) << 60, int64_t(-64), INT64_MAX}) {
    EXPECT_FALSE(scratch.call(kernel, &bytes, 0, 1));
    EXPECT_EQ(scratch.fault().check, -1);
    EXPECT_EQ(scratch.get()->used, 0);
  }
}

TEST(ThreadPool, manyShortLaunchesAndSleep) {
  ThreadPool pool(3);
  for (int i = 0; i < 2000; ++i) {
    expectEachOnce(pool, 16);
    if (i % 500 == 0) // long enough for the workers to fall asleep
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

TEST(ThreadPool, severalLaunchersAtOnce) {
  ThreadPool pool(3);
  std::vector<std::thread> launchers;
  for (int i = 0; i < 12; ++i) // more than there are job slots
    launchers.emplace_back([&] {
      for (int j = 0; j < 200; ++j)
        expectEachOnce(pool, 37);
    });
  for (std::thread &launcher : launchers)
    launcher.join();
}

/// What kernels do to take memory; see Artifact/Format.h.
uint8_t *take(azm_scratch *scratch, int64_t bytes) {
  int64_t offset = scratch->used;
  scratch->used += (bytes + 63) & -64;
  return scratch->used <= scratch->size ? scratch->base + offset
                                        : static_cast<uint8_t *>(scratch->grow(scratch, bytes));
}

TEST(Scratch, growsAsAStackAndSettles) {
  Scratch scratch;
  azm_scratch *abi = scratch.get();
  for (int round = 0; round < 3; ++round) {
    for (int workgroup = 0; workgroup < 5; ++workgroup) {
      int64_t saved = abi->used;
      uint8_t *a = take(abi, 1000);
      uint8_t *b = take(abi, 70);
      std::fill(a, a + 1000, 1);
      std::fill(b, b + 70, 2);
      int64_t inner = abi->used;
      uint8_t *c = take(abi, 5000);
      std::fill(c, c + 5000, 3);
      take(abi, 0);
      abi->used = inner;
      uint8_t *d = take(abi, 6000); // in the place of c
      std::fill(d, d + 6000, 4);
      EXPECT_EQ(a[999], 1);
      EXPECT_EQ(b[69], 2);
      for (uint8_t *p : {a, b, d})
        EXPECT_EQ(reinterpret_cast<uintptr_t>(p) % 64, 0u);
      abi->used = saved;
    }
    scratch.reset();
  }
  EXPECT_EQ(abi->size, 1024 + 128 + 6016);
  EXPECT_EQ(abi->used, 0);
}

} // namespace
