//===- Driver.h - The driver's state, and how its functions begin ---------===//
#ifndef AZULEJO_CUDASIM_DRIVER_DRIVER_H
#define AZULEJO_CUDASIM_DRIVER_DRIVER_H

#include "runtime/cudasim/Driver/Configuration.h"
#include "runtime/cudasim/Driver/Objects.h"
#include <mutex>
#include <new>

namespace azulejo::cudasim::driver {

/// How a function of the driver ends early. Thrown and caught within this library.
struct Failure {
  CUresult result;
};
[[noreturn]] inline void fail(CUresult result) { throw Failure{result}; }
inline void require(bool condition, CUresult otherwise = CUDA_ERROR_INVALID_VALUE) {
  if (!condition)
    fail(otherwise);
}

/// Everything there is one of. Work is done by the thread that asks for it, at once, under one
/// mutex: streams are in order by themselves, and a function of the driver that is called while a
/// kernel runs waits for it.
class Driver {
public:
  static Driver &get();

  void initialize();

  std::unique_lock<std::mutex> lock() { return std::unique_lock<std::mutex>(mutex); }

  bool initialized = false;
  Configuration configuration;
  Registry registry;
  std::unique_ptr<DeviceMemory> memory;
  std::map<uint64_t, MemoryRecord> records; // by first address
  std::map<uint32_t, std::weak_ptr<Module>> banks;

  std::shared_ptr<Context> primary; // null: inactive
  unsigned primaryReferences = 0, primaryFlags = 0;
  std::shared_ptr<Pool> defaultPool, currentPool;
  std::vector<std::weak_ptr<Capture>> captures;

  uint64_t nextId = 1;
  uint64_t allocations = 0, hostAllocations = 0; // made so far, for their names in reports
  uint32_t nextBank = 1;

  const Architecture &architecture() const { return configuration.architecture; }

  // --- Contexts (Context.cpp)
  std::shared_ptr<Context> makeContext(unsigned flags, bool isPrimary);
  void destroyContext(Context &context);
  /// The current one, which must live and be sound.
  Context &current();
  std::shared_ptr<Context> currentOrNull();

  // --- Handles
  /// Of any kind of object; `otherwise` where it is none.
  template <class T>
  std::shared_ptr<T> find(const void *handle, CUresult otherwise = CUDA_ERROR_INVALID_HANDLE) {
    std::shared_ptr<T> found = registry.find<T>(handle);
    require(found != nullptr, otherwise);
    return found;
  }
  /// Also the default streams: null, CU_STREAM_LEGACY, CU_STREAM_PER_THREAD.
  std::shared_ptr<Stream> findStream(CUstream stream);
  /// A CUfunction, or a CUkernel given as one.
  std::shared_ptr<KernelFunction> findFunction(const void *handle);

  // --- Memory (Memory.cpp)
  /// The record of the allocation that holds `address`, or null.
  MemoryRecord *findRecord(uint64_t address, uint64_t *begin = nullptr);
  CUdeviceptr allocate(size_t bytes, MemoryRecord record, const char *what);
  void release(uint64_t begin);
  /// The bytes behind device addresses, pinned and managed host memory and constant banks. Fails
  /// with CUDA_ERROR_INVALID_VALUE where [address, address + bytes) is not in one live allocation.
  uint8_t *devicePointer(CUdeviceptr address, uint64_t bytes);
  /// The same for an address that may also be the host's own.
  uint8_t *anyPointer(CUdeviceptr address, uint64_t bytes);
  /// Tells the checkers, where they look for it, that bytes of device memory were given a value.
  void written(uint64_t address, uint64_t bytes);
  void reportLeaks(const Context &context);
  bool isOtherContextAlive(const Context &context) const;

  // --- Work (Work.cpp)
  /// Does `work` now, or adds it to what `stream` captures.
  void submit(Stream &stream, Work work);
  void execute(Stream &stream, const Work &work);
  void launchGraph(Stream &stream, GraphExec &exec);
  /// Checks of a kernel launch (Launch.cpp); `work.config` is completed by what the kernel says.
  void checkLaunch(KernelWork &work);
  double launchKernel(const KernelWork &work);

  // --- Graphs (Graph.cpp)
  std::shared_ptr<Node> addNode(Graph &graph, Work work, std::vector<Edge> dependencies);
  void removeGraph(Graph &graph);
  std::shared_ptr<Graph> cloneGraph(const Graph &graph);

  // --- Captures (Capture.cpp)
  /// Called by functions that a capture of mode global forbids.
  void forbidDuringCapture();
  /// Called before work on the legacy stream, or synchronously on all streams.
  void forbidImplicitCapture(const Context &context);

  /// Where reports go (Output.cpp).
  void say(const std::string &text, const std::string &json);
  void keepCounters(const std::string &kernel, const LaunchConfig &config, const Counters &counters,
                    const std::string &occupancy, double nanoseconds);
  std::string lastReports = "[]", lastCounters = "{}"; // JSON, for azl_cudasim_…
  std::string lastTable;                               // of the same counters, for a person

  std::mutex mutex;
};

/// Lets other threads in while a function of the program runs.
class Unlocked {
public:
  explicit Unlocked(Driver &driver) : driver(driver) { driver.mutex.unlock(); }
  ~Unlocked() { driver.mutex.lock(); }

private:
  Driver &driver;
};

/// Runs the body of a function of the API: `body(Driver &)`, holding the driver's lock. Nothing
/// that is thrown leaves it.
template <class F> CUresult guarded(F &&body) noexcept {
  try {
    Driver &driver = Driver::get();
    std::unique_lock<std::mutex> lock = driver.lock();
    body(driver);
    return CUDA_SUCCESS;
  } catch (const Failure &failure) {
    return failure.result;
  } catch (const std::bad_alloc &) {
    return CUDA_ERROR_OUT_OF_MEMORY;
  } catch (...) {
    return CUDA_ERROR_UNKNOWN;
  }
}

/// For functions that need cuInit.
template <class F> CUresult withDriver(F &&body) noexcept {
  return guarded([&](Driver &driver) {
    require(driver.initialized, CUDA_ERROR_NOT_INITIALIZED);
    body(driver);
  });
}

/// For functions that need a current context: `body(Driver &, Context &)`. A context that a fault
/// has broken answers with the fault's error.
template <class F> CUresult withContext(F &&body) noexcept {
  return withDriver([&](Driver &driver) { body(driver, driver.current()); });
}

/// The only device.
inline void requireDevice(CUdevice device) { require(device == 0, CUDA_ERROR_INVALID_DEVICE); }

template <class T> void requirePointer(const T *pointer) { require(pointer != nullptr); }

/// Addresses of .const variables, for copies to them.
inline CUdeviceptr constantAddress(uint32_t bank, uint64_t offset) {
  return constantWindow | uint64_t(bank) << 32 | offset;
}

} // namespace azulejo::cudasim::driver

#endif // AZULEJO_CUDASIM_DRIVER_DRIVER_H
