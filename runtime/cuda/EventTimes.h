//===- EventTimes.h - How long kernels take on a GPU ------------------------------------------===//
#ifndef AZULEJO_RUNTIME_CUDA_EVENTTIMES_H
#define AZULEJO_RUNTIME_CUDA_EVENTTIMES_H

#include "runtime/Device.h"
#include "runtime/cuda/Driver.h"

namespace azulejo::runtime::cuda {

/// Events around launches, which a stream passes when it gets there. Their context is current when
/// any of these is called.
class EventTimes {
public:
  explicit EventTimes(const Driver &driver) : driver(driver) {}

  void start(CUstream stream);
  void stop(CUstream stream, KernelTimes *times);
  /// Adds up what was measured since the last call; the stream has been waited for.
  void collect();
  void clear();

private:
  CUevent record(CUstream stream);

  const Driver &driver;
  struct Interval {
    CUevent start, stop;
    KernelTimes *times;
  };
  CUevent started = nullptr;
  std::vector<Interval> intervals;
  std::vector<CUevent> unused;
};

} // namespace azulejo::runtime::cuda

#endif // AZULEJO_RUNTIME_CUDA_EVENTTIMES_H
