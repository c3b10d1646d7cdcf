#include "runtime/cpu/ThreadPool.h"
#include <algorithm>

namespace azulejo::runtime::cpu {

/// How often an idle worker looks for a launch before it sleeps: some 50 microseconds.
static constexpr int idleSpins = 2000;
/// How often a launcher looks whether the others are done before it offers its processor to them:
/// with more threads than processors, the one it waits for may not be running.
static constexpr int waitSpins = 4000;

static void pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

ThreadPool::ThreadPool(int threads) {
  for (int i = 1; i < threads; ++i)
    workers.emplace_back([this] { workerMain(); });
}

ThreadPool::~ThreadPool() {
  {
    std::lock_guard<std::mutex> lock(mutex);
    stopping = true;
  }
  wakeUp.notify_all();
  for (std::thread &worker : workers)
    worker.join();
}

void ThreadPool::work(Job &job, Scratch &scratch) {
  for (;;) {
    int64_t begin = job.next.fetch_add(job.chunk, std::memory_order_relaxed);
    if (begin >= job.count)
      return;
    if (scratch.call(job.kernel, job.slots, begin, std::min(begin + job.chunk, job.count)))
      continue;
    if (!job.failed.exchange(true))
      job.fault = scratch.fault();
    job.next.store(job.count, std::memory_order_relaxed);
    return;
  }
}

bool ThreadPool::run(azm_kernel kernel, const int64_t *slots, int64_t count, Scratch &scratch,
                     Fault &fault) {
  auto runAlone = [&] {
    if (scratch.call(kernel, slots, 0, count))
      return true;
    fault = scratch.fault();
    return false;
  };
  if (count <= 0)
    return true;
  if (count == 1 || workers.empty())
    return runAlone();
  Job *job = nullptr;
  for (Job &candidate : jobs) {
    uint64_t free = 0;
    if (candidate.state.compare_exchange_strong(free, claimed, std::memory_order_acquire)) {
      job = &candidate;
      break;
    }
  }
  if (!job) // as many launches are under way as there are slots: the processors are busy
    return runAlone();

  job->kernel = kernel;
  job->slots = slots;
  job->count = count;
  // Some chunks a thread even out threads of unequal speed; more would only cost.
  job->chunk = std::max<int64_t>(1, count / (threads() * 8));
  job->failed.store(false, std::memory_order_relaxed);
  job->next.store(0, std::memory_order_relaxed);
  job->state.store(claimed | open, std::memory_order_release);
  epoch.fetch_add(1); // sequentially consistent, as is the look at sleepers: see workerMain
  if (sleepers.load()) {
    std::lock_guard<std::mutex> lock(mutex);
    wakeUp.notify_all();
  }

  work(*job, scratch);
  job->state.fetch_and(~open, std::memory_order_acq_rel);
  for (int spins = 0; job->state.load(std::memory_order_acquire) != claimed; ++spins) {
    if (spins < waitSpins)
      pause();
    else
      std::this_thread::yield();
  }
  bool finished = !job->failed.load(std::memory_order_relaxed);
  if (!finished)
    fault = job->fault;
  job->state.store(0, std::memory_order_release);
  return finished;
}

/// Joins every open launch; false where there was none.
bool ThreadPool::help(Scratch &scratch) {
  bool helped = false;
  for (Job &job : jobs) {
    uint64_t state = job.state.load(std::memory_order_relaxed);
    while (state & open) {
      if (!job.state.compare_exchange_weak(state, state + 1, std::memory_order_acquire))
        continue;
      work(job, scratch);
      job.state.fetch_sub(1, std::memory_order_release);
      helped = true;
      break;
    }
  }
  return helped;
}

void ThreadPool::workerMain() {
  Scratch scratch;
  for (;;) {
    uint64_t seen = epoch.load(std::memory_order_acquire);
    help(scratch);
    for (int i = 0; i < idleSpins && epoch.load(std::memory_order_acquire) == seen; ++i) {
      if (stopping.load(std::memory_order_relaxed))
        return;
      pause();
    }
    if (epoch.load(std::memory_order_acquire) != seen)
      continue;
    // A launcher raises the epoch and then looks for sleepers; a worker counts itself among them
    // and then looks at the epoch. Whichever comes first, one sees the other.
    std::unique_lock<std::mutex> lock(mutex);
    sleepers.fetch_add(1);
    wakeUp.wait(lock, [&] { return stopping || epoch.load() != seen; });
    sleepers.fetch_sub(1);
    if (stopping)
      return;
  }
}

} // namespace azulejo::runtime::cpu
