//===- ThreadPool.h - Persistent workers that share out a launch's workgroups -----------------===//
#ifndef AZULEJO_RUNTIME_CPU_THREADPOOL_H
#define AZULEJO_RUNTIME_CPU_THREADPOOL_H

#include "runtime/cpu/Scratch.h"
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace azulejo::runtime::cpu {

/// Runs the workgroups of launches on `threads` threads, the calling one among them.
///
/// A launch is published in one of a few job slots; workers join it by raising the slot's
/// participant count, and everybody takes chunks of workgroups off one atomic counter until none is
/// left. Slots are part of the pool and never freed, so that a worker that comes late looks at
/// valid memory: it joins only while the slot is open, and the launcher waits for the last
/// participant before it returns. Idle workers spin for a while (launches follow each other within
/// microseconds) and then sleep.
class ThreadPool {
public:
  /// With one thread there are no workers and no synchronisation at all.
  explicit ThreadPool(int threads);
  ~ThreadPool();

  int threads() const { return static_cast<int>(workers.size()) + 1; }

  /// Runs workgroups [0, count) of `kernel`, and returns when all are done. May be called from
  /// several threads at once. `scratch` is the calling thread's. False where the kernel failed in
  /// one: `fault` then says why in one such, and no more were begun once it was known.
  bool run(azm_kernel kernel, const int64_t *slots, int64_t count, Scratch &scratch, Fault &fault);

private:
  struct alignas(128) Job {
    // Bit 63: claimed by a launcher. Bit 62: open to workers. Low bits: workers inside.
    std::atomic<uint64_t> state{0};
    azm_kernel kernel = nullptr;
    const int64_t *slots = nullptr;
    int64_t count = 0, chunk = 0;
    std::atomic<bool> failed{false};
    Fault fault; // of the thread that set `failed`
    alignas(128) std::atomic<int64_t> next{0};
  };
  static constexpr uint64_t claimed = uint64_t(1) << 63, open = uint64_t(1) << 62;
  static constexpr int jobCount = 8;

  static void work(Job &job, Scratch &scratch);
  bool help(Scratch &scratch);
  void workerMain();

  Job jobs[jobCount];
  std::vector<std::thread> workers;
  // Counts published launches: a worker that has seen the current number has nothing to look for.
  alignas(128) std::atomic<uint64_t> epoch{0};
  std::atomic<int> sleepers{0};
  std::atomic<bool> stopping{false};
  std::mutex mutex;
  std::condition_variable wakeUp;
};

} // namespace azulejo::runtime::cpu

#endif // AZULEJO_RUNTIME_CPU_THREADPOOL_H
