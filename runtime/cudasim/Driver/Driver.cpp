//===- Driver.cpp - The driver's state ------------------------------------===//
#include "runtime/cudasim/Driver/Driver.h"

namespace azulejo::cudasim::driver {

// Never destroyed: a program's own destructors may still call the driver.
Driver &Driver::get() {
  static Driver *driver = [] {
    auto *made = new Driver;
    made->configuration.readEnvironment();
    return made;
  }();
  return *driver;
}

void Driver::initialize() {
  if (initialized)
    return;
  memory = std::make_unique<DeviceMemory>(architecture().memoryBytes);
  defaultPool = registry.add(std::make_shared<Pool>());
  defaultPool->isDefault = true;
  defaultPool->properties.allocType = CU_MEM_ALLOCATION_TYPE_PINNED;
  defaultPool->properties.location = {CU_MEM_LOCATION_TYPE_DEVICE, 0};
  currentPool = defaultPool;
  initialized = true;
}

std::shared_ptr<Stream> Driver::findStream(CUstream handle) {
  if (handle == nullptr || handle == CU_STREAM_LEGACY)
    return current().legacyStream;
  if (handle == CU_STREAM_PER_THREAD) {
    Context &context = current();
    std::shared_ptr<Stream> &stream = context.threadStreams[std::this_thread::get_id()];
    if (!stream) {
      stream = std::make_shared<Stream>();
      stream->handle = CU_STREAM_PER_THREAD;
      stream->kind = Stream::PerThread;
      stream->context = context.legacyStream->context;
      stream->id = nextId++;
      context.streams.insert(stream.get());
    }
    return stream;
  }
  std::shared_ptr<Stream> stream = find<Stream>(handle);
  std::shared_ptr<Context> owner = stream->context.lock();
  require(owner && !owner->destroyed, CUDA_ERROR_CONTEXT_IS_DESTROYED);
  require(owner->error == CUDA_SUCCESS, owner->error);
  return stream;
}

} // namespace azulejo::cudasim::driver

using namespace azulejo::cudasim::driver;

/// What was not freed when the program ends, or closes the library.
__attribute__((destructor)) static void reportAtUnload() {
  guarded([](Driver &driver) {
    if (!driver.initialized)
      return;
    driver.registry.forEach([&](const std::shared_ptr<Object> &object) {
      if (auto context = std::dynamic_pointer_cast<Context>(object))
        driver.reportLeaks(*context);
    });
  });
}

extern "C" {

CUresult cuInit(unsigned int flags) {
  return guarded([&](Driver &driver) {
    require(flags == 0);
    driver.initialize();
  });
}

CUresult cuDriverGetVersion(int *version) {
  return guarded([&](Driver &) {
    requirePointer(version);
    *version = CUDA_VERSION;
  });
}

// Declared in cudaProfiler.h, which is no part of cuda.h.
__attribute__((visibility("default"))) CUresult cuProfilerStart() {
  return withContext([](Driver &, Context &) {});
}

__attribute__((visibility("default"))) CUresult cuProfilerStop() {
  return withContext([](Driver &, Context &) {});
}
}
