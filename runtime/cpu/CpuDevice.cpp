#include "runtime/Artifact.h"
#include "runtime/Device.h"
#include "runtime/cpu/ThreadPool.h"
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <sys/mman.h>

namespace azulejo::runtime {

static void *allocateBuffer(int64_t bytes) {
  // Large buffers are made of large pages, where the system has them, for fewer misses of the TLB.
  constexpr int64_t largePage = int64_t(2) << 20;
  int64_t alignment = bytes >= 2 * largePage ? largePage : AZM_BUFFER_ALIGNMENT;
  if (bytes > INT64_MAX - alignment)
    return nullptr;
  size_t rounded = (std::max<int64_t>(bytes, 1) + alignment - 1) & -alignment;
  void *data = std::aligned_alloc(alignment, rounded);
  if (data && alignment == largePage)
    ::madvise(data, rounded, MADV_HUGEPAGE);
  return data;
}

static Status move(void *to, const void *from, int64_t bytes) {
  if (bytes > 0)
    std::memmove(to, from, bytes);
  return {};
}

namespace {

/// On the CPU a stream is the calling thread, which works on launches itself with this scratch.
class CpuStream : public Stream {
public:
  CpuStream(cpu::ThreadPool &pool, const Artifact &artifact) : pool(pool), artifact(artifact) {}

  Status launch(const Launch &launch) override {
    using Clock = std::chrono::steady_clock;
    Clock::time_point start = launch.times ? Clock::now() : Clock::time_point();
    cpu::Fault fault;
    if (!pool.run(launch.run, launch.slots, launch.count(launch.slots), scratch, fault))
      return explain(launch, fault);
    if (launch.times) {
      std::chrono::nanoseconds took = Clock::now() - start;
      launch.times->launches.fetch_add(1, std::memory_order_relaxed);
      launch.times->nanoseconds.fetch_add(took.count(), std::memory_order_relaxed);
    }
    return {};
  }

  Status copy(void *to, const void *from, int64_t bytes) override { return move(to, from, bytes); }
  Status upload(void *to, const void *host, int64_t bytes) override {
    return move(to, host, bytes);
  }
  Status download(void *host, const void *from, int64_t bytes) override {
    return move(host, from, bytes);
  }
  Status finish() override { return {}; }

  Status fill(void *to, const void *element, int64_t elementBytes, int64_t bytes) override {
    if (bytes < elementBytes)
      return {};
    // Doubles what is there already: the cost is that of memcpy whatever the element's size.
    auto *start = static_cast<char *>(to);
    std::memcpy(start, element, elementBytes);
    for (int64_t done = elementBytes; done < bytes;) {
      int64_t step = std::min(done, bytes - done);
      std::memcpy(start + done, start, step);
      done += step;
    }
    return {};
  }

  void *allocate(int64_t bytes) override { return allocateBuffer(bytes); }
  void free(void *buffer) override { std::free(buffer); }

private:
  Status explain(const Launch &launch, const cpu::Fault &fault) const {
    if (fault.check < 0)
      return {AZL_OUT_OF_MEMORY, "memory ran out for what kernel '" +
                                     artifact.kernels[launch.kernel] + "' needs of its own"};
    return artifact.explainCheck(launch.firstCheck + fault.check, fault.index, fault.low,
                                 fault.high);
  }

  cpu::ThreadPool &pool;
  const Artifact &artifact;
  cpu::Scratch scratch;
};

class CpuDevice : public Device {
public:
  explicit CpuDevice(int threads) : pool(threads) {}

  azl_device place() const override { return {AZL_HOST, 0}; }

  Status load(std::shared_ptr<const Artifact> artifact,
              std::shared_ptr<Program> &program) override {
    program = std::make_shared<Program>(std::move(artifact));
    program->weights = program->artifact->weights;
    return {};
  }
  Status openStream(const Program &program, std::unique_ptr<Stream> &stream) override {
    stream = std::make_unique<CpuStream>(pool, *program.artifact);
    return {};
  }

  void *allocate(int64_t bytes) override { return allocateBuffer(bytes); }
  void free(void *buffer) override { std::free(buffer); }
  void *allocateHost(int64_t bytes) override { return allocateBuffer(bytes); }
  void freeHost(void *memory) override { std::free(memory); }

private:
  cpu::ThreadPool pool;
};

} // namespace

std::shared_ptr<Device> openCpuDevice(int threads) { return std::make_shared<CpuDevice>(threads); }

} // namespace azulejo::runtime
