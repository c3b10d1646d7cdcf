#include "runtime/Device.h"
#include "runtime/cpu/ThreadPool.h"
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <sys/mman.h>

namespace azulejo::runtime {

namespace {
/// On the CPU a stream is the calling thread, which works on launches itself with this scratch.
struct Stream {
  cpu::ThreadPool &pool;
  cpu::Scratch scratch;
};
} // namespace

static void *allocate(void *, int64_t bytes) {
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

static void fill(void *, void *to, const void *element, int64_t elementBytes, int64_t bytes) {
  if (bytes < elementBytes)
    return;
  // Doubles what is there already: the cost is that of memcpy whatever the element's size.
  auto *start = static_cast<char *>(to);
  std::memcpy(start, element, elementBytes);
  for (int64_t done = elementBytes; done < bytes;) {
    int64_t step = std::min(done, bytes - done);
    std::memcpy(start + done, start, step);
    done += step;
  }
}

static void move(void *, void *to, const void *from, int64_t bytes) {
  if (bytes > 0)
    std::memmove(to, from, bytes);
}

const Device cpuDevice = {
    /*name=*/"cpu",
    /*open=*/[](int threads) -> void * { return new cpu::ThreadPool(threads); },
    /*close=*/[](void *instance) { delete static_cast<cpu::ThreadPool *>(instance); },
    /*openStream=*/
    [](void *instance) -> void * {
      return new Stream{*static_cast<cpu::ThreadPool *>(instance), {}};
    },
    /*closeStream=*/[](void *stream) { delete static_cast<Stream *>(stream); },
    /*allocate=*/allocate,
    /*free=*/[](void *, void *buffer) { std::free(buffer); },
    /*launch=*/
    [](void *stream, azm_kernel_count count, azm_kernel kernel, const int64_t *slots,
       Fault &fault) {
      auto *self = static_cast<Stream *>(stream);
      return self->pool.run(kernel, slots, count(slots), self->scratch, fault);
    },
    /*copy=*/move,
    /*fill=*/fill,
    /*write=*/move,
    /*read=*/move,
    /*sharesHostMemory=*/true,
};

} // namespace azulejo::runtime
