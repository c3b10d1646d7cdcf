//===- Run.h - One run of a model -------------------------------------------------------------===//
#ifndef AZULEJO_RUNTIME_RUN_H
#define AZULEJO_RUNTIME_RUN_H

#include "runtime/Artifact.h"
#include "runtime/Device.h"
#include "runtime/HostValues.h"
#include "runtime/Staging.h"
#include <csetjmp>
#include <map>
#include <vector>

namespace azulejo::runtime {

/// What all runs of a session share.
struct RunEnvironment {
  std::shared_ptr<const Artifact> artifact;
  std::shared_ptr<Device> device;
  std::shared_ptr<Program> program;
  int64_t memoryLimit = 0;                     // 0: none
  std::vector<KernelTimes> *profile = nullptr; // null: not asked for
};

/// "[2, ?, 4]": a negative size is unknown.
std::string shapeText(size_t rank, const int64_t *shape);

/// The values of an artifact's arguments: each input's slots, then the symbols. Checks that inputs
/// have the types and shapes of the signature and that shapes agree with each other. The addresses
/// are left null, and `addressSlots` says where they belong. (Arguments.cpp)
Status bindArguments(const Artifact &artifact, const azl_tensor *inputs, size_t inputCount,
                     std::vector<int64_t> &arguments, std::vector<size_t> &addressSlots);

/// The state of one run: the context that host code is called with. It keeps its stream, its
/// buffers and what it recorded from one run to the next, so a session reuses Runs. Used by one
/// thread at a time.
class Run : public azm_context {
public:
  static Status create(RunEnvironment &environment, std::unique_ptr<Run> &run);
  ~Run();
  Run(const Run &) = delete;
  Run &operator=(const Run &) = delete;

  /// What is no tensor is passed in `inputValues` and comes back in `outputValues`, which are null
  /// for a caller that has tensors only; its place in the arrays of tensors is not looked at.
  Status execute(const azl_tensor *inputs, size_t inputCount, azl_tensor *outputs,
                 size_t outputCount, azl_value *const *inputValues = nullptr,
                 azl_value **outputValues = nullptr);

  /// The most bytes that arena and pool held in the last run.
  int64_t memoryUsed() const { return mostHeld; }

private:
  /// Device memory that only grows, so that its address settles.
  struct Buffer {
    void *data = nullptr;
    int64_t capacity = 0;
  };
  /// An output while it is computed. `buffer` is where host code writes it: the tensor's own
  /// memory, or a buffer apart where that is packed, badly aligned, not the device's, or would be
  /// another one in each run.
  struct Output {
    azl_tensor tensor{};
    std::vector<int64_t> shape;
    void *buffer = nullptr;
    char *staged = nullptr;
    bool apart = false, asked = false;
    void *value = nullptr; // of one that is no tensor
  };
  struct Block {
    int64_t bytes, references;
  };
  /// What host code did for some arguments, to be done again without it. The arguments' first run
  /// makes an entry, the second records its work.
  struct Recorded {
    std::vector<int64_t> key;
    bool tried = false;
    std::unique_ptr<Recording> work;          // null: not yet, or it cannot be recorded
    std::unique_ptr<Staging> staging;         // what the work uploads
    std::vector<std::vector<int64_t>> shapes; // of the outputs
    int64_t held = 0;
  };

  Run(RunEnvironment &environment, std::unique_ptr<Stream> stream);

  // RunTensors.cpp
  Status prepareInputs(const azl_tensor *inputs, azl_value *const *values,
                       const std::vector<size_t> &addressSlots, std::vector<int64_t> &arguments);
  Status placeInput(const azl_tensor &tensor, size_t index, void *&data);
  Status prepareOutputs(const azl_tensor *outputs);
  void *makeOutput(size_t index, const int64_t *dims);
  Status finishOutputs(azl_tensor *outputs);
  Status exportValues(azl_value **values);

  // RunRecordings.cpp
  Status work(const std::vector<int64_t> &arguments);
  std::vector<int64_t> recordingKey(std::vector<int64_t> arguments) const;
  Recorded *findRecorded(const std::vector<int64_t> &key);
  void record(Recorded &recorded, const std::vector<int64_t> &arguments);
  Status replay(Recorded &recorded);

  // Host code's functions; see Artifact/Format.h. Those that fail leave through `stop`.
  static const azm_host_api hostApi;
  static Run &of(azm_context *context) { return *static_cast<Run *>(context); }
  static void launchKernel(azm_context *, int64_t kernel, azm_kernel_count, azm_kernel,
                           const int64_t *slots, int64_t firstCheck);
  static void *takeArena(azm_context *, int64_t bytes);
  static void *allocateBlock(azm_context *, int64_t bytes);
  static void retainBlock(azm_context *, void *buffer);
  static void releaseBlock(azm_context *, void *buffer);
  static void *takeOutput(azm_context *, int64_t index, const int64_t *dims);
  static void callHost(azm_context *, int64_t call, const int64_t *inputs, int64_t *outputs);
  static void takeTensor(azm_context *, void *to, void *value);
  static void outputValue(azm_context *, int64_t index, void *value);
  static void failWith(azm_context *, const char *message, const int64_t *values, int64_t count);
  Status write(void *to, const void *host, int64_t bytes);
  Status read(void *host, const void *from, int64_t bytes);

  Status runHostCode(const std::vector<int64_t> &arguments);
  static bool enter(Run &run, azm_run_function function, const int64_t *arguments);
  void accept(Status status);
  [[noreturn]] void stop();
  bool hold(int64_t bytes);
  bool reserve(Buffer &buffer, int64_t bytes);
  void releaseAll();

  RunEnvironment &environment;
  const Artifact &artifact;
  Device &device;
  std::unique_ptr<Stream> stream;
  Buffer arena;
  std::vector<Buffer> inputBuffers, outputBuffers; // for tensors that cannot be used in place
  /// The pool, by address; ordered, so that an address inside of a block finds it.
  std::map<uintptr_t, Block> blocks;
  int64_t held = 0, mostHeld = 0;
  HostValues hostValues;
  std::vector<Output> outputStates;
  Staging staging;
  Staging *uploads = &staging; // where `write` takes memory: the recording's while one is made
  std::vector<std::unique_ptr<Recorded>> recordings; // the one used last comes last
  bool sawData = false; // host code did what depends on more than its arguments
  Status error;
  std::jmp_buf exit;
};

} // namespace azulejo::runtime

#endif // AZULEJO_RUNTIME_RUN_H
