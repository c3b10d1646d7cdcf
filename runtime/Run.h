//===- Run.h - One run of a model -------------------------------------------------------------===//
#ifndef AZULEJO_RUNTIME_RUN_H
#define AZULEJO_RUNTIME_RUN_H

#include "runtime/Artifact.h"
#include "runtime/Device.h"
#include <atomic>
#include <csetjmp>
#include <map>
#include <vector>

namespace azulejo::runtime {

/// What all runs of a session share.
struct RunEnvironment {
  std::shared_ptr<const Artifact> artifact;
  const Device *device = nullptr;
  void *instance = nullptr;
  int64_t memoryLimit = 0; // 0: none
  std::vector<void *> weights;
  struct KernelTimes {
    std::atomic<int64_t> launches{0}, nanoseconds{0};
  };
  std::vector<KernelTimes> *profile = nullptr; // null: not asked for
};

/// "[2, ?, 4]": a negative size is unknown.
std::string shapeText(size_t rank, const int64_t *shape);

/// The values of an artifact's arguments: each input's slots, then the symbols. Checks that inputs
/// have the types and shapes of the signature and that shapes agree with each other. The addresses
/// are left null, and `addressSlots` says where they belong. (Arguments.cpp)
Status bindArguments(const Artifact &artifact, const azl_tensor *inputs, size_t inputCount,
                     std::vector<int64_t> &arguments, std::vector<size_t> &addressSlots);

/// The state of one run: the context that host code is called with. It keeps its arena and its
/// stream from one run to the next, so a session reuses Runs. Used by one thread at a time.
class Run : public azm_context {
public:
  explicit Run(RunEnvironment &environment);
  ~Run();
  Run(const Run &) = delete;
  Run &operator=(const Run &) = delete;

  Status execute(const azl_tensor *inputs, size_t inputCount, azl_tensor *outputs,
                 size_t outputCount);

  /// The most bytes that arena and pool held in the last run.
  int64_t memoryUsed() const { return mostHeld; }

private:
  /// An output while it is computed. `buffer` is where host code writes it: the tensor's own
  /// memory, or a buffer apart where that is packed, badly aligned, or not the device's.
  struct Output {
    azl_tensor tensor{};
    std::vector<int64_t> shape;
    void *buffer = nullptr;
    bool apart = false, asked = false;
  };
  struct Block {
    int64_t bytes, references;
  };

  Status prepareInputs(const azl_tensor *inputs, const std::vector<size_t> &addressSlots,
                       std::vector<int64_t> &arguments);
  Status prepareOutputs(azl_tensor *outputs);
  Status finishOutputs(azl_tensor *outputs);
  void releaseAll();

  // Host code's functions; see Artifact/Format.h. Those that fail leave through `fail`.
  static const azm_host_api hostApi;
  static Run &of(azm_context *context) { return *static_cast<Run *>(context); }
  static void launchKernel(azm_context *, int64_t kernel, azm_kernel_count, azm_kernel,
                           const int64_t *slots, int64_t firstCheck);
  static void *takeArena(azm_context *, int64_t bytes);
  static void *allocateBlock(azm_context *, int64_t bytes);
  static void retainBlock(azm_context *, void *buffer);
  static void releaseBlock(azm_context *, void *buffer);
  static void *takeOutput(azm_context *, int64_t index, const int64_t *dims);
  static void failWith(azm_context *, const char *message, const int64_t *values, int64_t count);
  void *makeOutput(size_t index, const int64_t *dims);
  Status explain(const Fault &fault, int64_t kernel, int64_t firstCheck) const;
  bool hold(int64_t bytes);
  [[noreturn]] void stop();
  static bool enter(Run &run, azm_run_function function, const int64_t *arguments);

  RunEnvironment &environment;
  const Artifact &artifact;
  const Device &device;
  void *stream;
  void *arena = nullptr;
  int64_t arenaCapacity = 0;
  /// The pool, by address; ordered, so that an address inside of a block finds it.
  std::map<uintptr_t, Block> blocks;
  int64_t held = 0, mostHeld = 0;
  std::vector<Output> outputStates;
  std::vector<void *> stagedInputs;
  Status error;
  std::jmp_buf exit;
};

} // namespace azulejo::runtime

#endif // AZULEJO_RUNTIME_RUN_H
