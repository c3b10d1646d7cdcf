#include "runtime/cuda/EventTimes.h"

namespace azulejo::runtime::cuda {

/// A new event behind the stream's work so far; null where there can be none.
CUevent EventTimes::record(CUstream stream) {
  CUevent event = nullptr;
  if (!unused.empty()) {
    event = unused.back();
    unused.pop_back();
  } else if (driver.eventCreate(&event, CU_EVENT_DEFAULT) != CUDA_SUCCESS) {
    return nullptr;
  }
  driver.eventRecord(event, stream);
  return event;
}

void EventTimes::start(CUstream stream) { started = record(stream); }

void EventTimes::stop(CUstream stream, KernelTimes *times) {
  intervals.push_back({started, record(stream), times});
  started = nullptr;
}

void EventTimes::collect() {
  for (const Interval &interval : intervals) {
    float milliseconds = 0;
    if (interval.start && interval.stop &&
        driver.eventElapsedTime(&milliseconds, interval.start, interval.stop) == CUDA_SUCCESS) {
      interval.times->launches.fetch_add(1, std::memory_order_relaxed);
      interval.times->nanoseconds.fetch_add(int64_t(milliseconds * 1e6), std::memory_order_relaxed);
    }
    for (CUevent event : {interval.start, interval.stop})
      if (event)
        unused.push_back(event);
  }
  intervals.clear();
}

void EventTimes::clear() {
  for (const Interval &interval : intervals)
    for (CUevent event : {interval.start, interval.stop})
      if (event)
        driver.eventDestroy(event);
  for (CUevent event : unused)
    driver.eventDestroy(event);
  intervals.clear();
  unused.clear();
}

} // namespace azulejo::runtime::cuda
