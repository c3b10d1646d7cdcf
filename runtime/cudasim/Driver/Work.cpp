//===- Work.cpp - Doing what streams and graphs were asked to do ----------===//
#include "runtime/cudasim/Driver/Driver.h"
#include <algorithm>
#include <cstring>

namespace azulejo::cudasim::driver {

namespace {

/// Simulated time of what is no kernel, in nanoseconds: a latency, and the bytes at the rate of the
/// bus. An estimate, as docs/Simulator.md says.
constexpr double hostBytesPerNanosecond = 25; // PCIe 4, or half of PCIe 5
constexpr double copyLatency = 1500, hostLatency = 5000;

double deviceBytesPerNanosecond(const Architecture &gpu) {
  // Two transfers a clock.
  return 2.0 * gpu.memoryClockKhz * 1e3 * gpu.memoryBusBits / 8 / 1e9;
}

/// The first byte of row `y` of plane `z` on one side of a copy.
struct Side {
  CUmemorytype type;
  uint64_t base;
  size_t x, y, z, pitch, height;

  uint64_t row(size_t i, size_t j) const { return base + ((z + j) * height + y + i) * pitch + x; }
};

Side sourceOf(const CUDA_MEMCPY3D &c) {
  uint64_t base =
      c.srcMemoryType == CU_MEMORYTYPE_HOST ? uint64_t(c.srcHost) : uint64_t(c.srcDevice);
  return {c.srcMemoryType, base, c.srcXInBytes, c.srcY, c.srcZ, c.srcPitch, c.srcHeight};
}
Side destinationOf(const CUDA_MEMCPY3D &c) {
  uint64_t base =
      c.dstMemoryType == CU_MEMORYTYPE_HOST ? uint64_t(c.dstHost) : uint64_t(c.dstDevice);
  return {c.dstMemoryType, base, c.dstXInBytes, c.dstY, c.dstZ, c.dstPitch, c.dstHeight};
}

/// Where one row lies. Host sides are the program's own memory.
uint8_t *rowPointer(Driver &driver, const Side &side, uint64_t address, size_t bytes) {
  switch (side.type) {
  case CU_MEMORYTYPE_DEVICE:
    return driver.devicePointer(address, bytes);
  case CU_MEMORYTYPE_HOST:
    // Device memory is not addressable there; pinned memory has bounds.
    require(address < globalWindow);
    return driver.anyPointer(address, bytes);
  case CU_MEMORYTYPE_UNIFIED:
    return driver.anyPointer(address, bytes);
  default:
    fail(CUDA_ERROR_NOT_SUPPORTED); // arrays
  }
}

double copy(Driver &driver, const CUDA_MEMCPY3D &c) {
  Side source = sourceOf(c), destination = destinationOf(c);
  for (size_t j = 0; j < c.Depth; ++j)
    for (size_t i = 0; i < c.Height; ++i) {
      // All bounds before the first byte: a copy that is refused changes nothing.
      rowPointer(driver, source, source.row(i, j), c.WidthInBytes);
      rowPointer(driver, destination, destination.row(i, j), c.WidthInBytes);
    }
  for (size_t j = 0; j < c.Depth; ++j)
    for (size_t i = 0; i < c.Height; ++i) {
      std::memmove(rowPointer(driver, destination, destination.row(i, j), c.WidthInBytes),
                   rowPointer(driver, source, source.row(i, j), c.WidthInBytes), c.WidthInBytes);
      driver.written(destination.row(i, j), c.WidthInBytes);
    }
  bool onDevice = source.base >= globalWindow && destination.base >= globalWindow;
  double rate =
      onDevice ? deviceBytesPerNanosecond(driver.architecture()) / 2 : hostBytesPerNanosecond;
  return copyLatency + double(c.WidthInBytes) * double(c.Height) * double(c.Depth) / rate;
}

double fill(Driver &driver, const CUDA_MEMSET_NODE_PARAMS &set) {
  size_t bytes = set.width * set.elementSize;
  for (size_t y = 0; y < set.height; ++y)
    driver.devicePointer(set.dst + y * set.pitch, bytes);
  for (size_t y = 0; y < set.height; ++y) {
    uint8_t *row = driver.devicePointer(set.dst + y * set.pitch, bytes);
    driver.written(set.dst + y * set.pitch, bytes);
    if (set.elementSize == 1) {
      std::memset(row, int(set.value), bytes);
      continue;
    }
    for (size_t x = 0; x < set.width; ++x)
      std::memcpy(row + x * set.elementSize, &set.value, set.elementSize);
  }
  return copyLatency +
         double(bytes) * double(set.height) / deviceBytesPerNanosecond(driver.architecture());
}

// By value: another thread may change a graph meanwhile.
double call(Driver &driver, Stream &stream, HostWork work) {
  Unlocked unlocked(driver);
  if (work.callback)
    work.callback(static_cast<CUstream>(stream.handle), CUDA_SUCCESS, work.userData);
  else
    work.call.fn(work.call.userData);
  return hostLatency;
}

/// How long `work` takes, having been done.
struct Execute {
  Driver &driver;
  Stream &stream;
  double start;

  double operator()(const KernelWork &work) { return driver.launchKernel(work); }
  double operator()(const MemcpyWork &work) { return copy(driver, work.copy); }
  double operator()(const MemsetWork &work) { return fill(driver, work.set); }
  double operator()(const HostWork &work) { return call(driver, stream, work); }
  double operator()(const EmptyWork &) { return 0; }
  double operator()(const EventRecordWork &work) {
    work.event->recorded = true;
    work.event->time = start;
    work.event->capture = nullptr;
    work.event->captureDependencies.clear();
    return 0;
  }
  double operator()(const EventWaitWork &work) {
    return work.event->recorded ? std::max(0.0, work.event->time - start) : 0;
  }
  double operator()(const ChildGraphWork &) { return 0; } // its nodes are run by launchGraph
  double operator()(const MemAllocWork &) { return 0; }   // happened when it was asked for
  double operator()(const MemFreeWork &work) {
    auto found = driver.records.find(work.address);
    require(found != driver.records.end());
    // Graphs may run again: what they allocate stays where it is.
    if (!found->second.ofGraph)
      driver.release(work.address);
    return 0;
  }
  double operator()(const WriteValueWork &work) {
    unsigned bytes = work.wide ? 8 : 4;
    std::memcpy(driver.devicePointer(work.address, bytes), &work.value, bytes);
    driver.written(work.address, bytes);
    return copyLatency;
  }
};

} // namespace

/// The legacy stream waits for the streams that do not opt out, and they for it.
static double startTime(const Stream &stream, const Context &context) {
  double start = std::max(stream.time, context.hostTime);
  if (stream.kind == Stream::Legacy) {
    for (const Stream *other : context.streams)
      if (!(other->flags & CU_STREAM_NON_BLOCKING))
        start = std::max(start, other->time);
  } else if (!(stream.flags & CU_STREAM_NON_BLOCKING)) {
    start = std::max(start, context.legacyStream->time);
  }
  return start;
}

void Driver::execute(Stream &stream, const Work &work) {
  std::shared_ptr<Context> context = stream.context.lock();
  require(context && !context->destroyed, CUDA_ERROR_CONTEXT_IS_DESTROYED);
  double start = startTime(stream, *context);
  stream.time = start + std::visit(Execute{*this, stream, start}, work);
}

void Driver::submit(Stream &stream, Work work) {
  if (stream.capture) {
    Capture &capture = *stream.capture;
    require(capture.status == CU_STREAM_CAPTURE_STATUS_ACTIVE,
            CUDA_ERROR_STREAM_CAPTURE_INVALIDATED);
    std::shared_ptr<Node> node =
        addNode(*capture.graph, std::move(work), stream.captureDependencies);
    stream.captureDependencies = {{node.get(), {}}};
    return;
  }
  if (stream.kind == Stream::Legacy) {
    std::shared_ptr<Context> context = stream.context.lock();
    require(context != nullptr, CUDA_ERROR_CONTEXT_IS_DESTROYED);
    forbidImplicitCapture(*context);
  }
  execute(stream, work);
}

void Driver::launchGraph(Stream &stream, GraphExec &exec) {
  for (const ExecNode &node : exec.nodes) {
    if (!node.enabled)
      continue;
    if (node.child)
      launchGraph(stream, *node.child);
    else
      execute(stream, node.work);
  }
}

} // namespace azulejo::cudasim::driver
