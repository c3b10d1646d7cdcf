//===- Device.h - What a device must be able to do --------------------------------------------===//
//
// A device is memory and an order in which work on it takes effect. Three things make it up: the
// Device itself, which hands out memory and may be shared by sessions; a Program, which is an
// artifact's kernels and weights on it, shared by the sessions of a model; and Streams, of which
// each run has one. test/runtime/DeviceTest.cpp says what each must do, and every device passes it.
//
//===------------------------------------------------------------------------------------------===//
#ifndef AZULEJO_RUNTIME_DEVICE_H
#define AZULEJO_RUNTIME_DEVICE_H

#include "azulejo/Artifact/Format.h"
#include "runtime/Status.h"
#include <atomic>
#include <memory>
#include <string>
#include <vector>

namespace azulejo::runtime {

class Artifact;

/// What a session that profiles knows of a kernel: sums over its launches.
struct KernelTimes {
  std::atomic<int64_t> launches{0}, nanoseconds{0};
};

/// One launch, as host code asks for it: see azm_host_api.
struct Launch {
  int64_t kernel;         // its index in the artifact
  azm_kernel_count count; // of the CPU's kernels; null for others
  azm_kernel run;
  const int64_t *slots;
  int64_t firstCheck;
  KernelTimes *times; // null: not asked for
};

/// An artifact on a device: its kernels, loaded, and its weights where kernels can read them.
class Program {
public:
  explicit Program(std::shared_ptr<const Artifact> artifact) : artifact(std::move(artifact)) {}
  virtual ~Program() = default;
  Program(const Program &) = delete;
  Program &operator=(const Program &) = delete;

  const std::shared_ptr<const Artifact> artifact;
  std::vector<void *> weights; // their addresses, in the artifact's order
};

/// Work that a stream has recorded and can do again, with the same addresses and sizes.
class Recording {
public:
  virtual ~Recording() = default;
};

/// What is asked of a stream takes effect in order. It belongs to one run at a time, and goes
/// before its device and its program do. A kernel that fails ends the run: the status may come
/// from the launch or from any later call up to `finish`.
class Stream {
public:
  virtual ~Stream() = default;

  virtual Status launch(const Launch &launch) = 0;
  virtual Status copy(void *to, const void *from, int64_t bytes) = 0;
  /// As azm_host_api.fill.
  virtual Status fill(void *to, const void *element, int64_t elementBytes, int64_t bytes) = 0;
  /// From host memory into a buffer, and back. Where the device does not share the host's memory,
  /// the host's side is left alone until `finish`, and is best taken from allocateHost.
  virtual Status upload(void *to, const void *host, int64_t bytes) = 0;
  virtual Status download(void *host, const void *from, int64_t bytes) = 0;
  /// Waits until all is done, and begins anew: a failure is forgotten once it was reported.
  virtual Status finish() = 0;

  /// Memory as Device::allocate gives it, that may be given back while work before it uses it.
  virtual void *allocate(int64_t bytes) = 0;
  virtual void free(void *buffer) = 0;

  /// Whether the stream can record its work.
  virtual bool canRecord() const { return false; }
  /// From here on work is recorded instead of done. Nothing is allocated and nothing waited for
  /// until stopRecording. False, and null, where that failed.
  virtual bool startRecording() { return false; }
  virtual std::unique_ptr<Recording> stopRecording() { return nullptr; }
  virtual Status replay(Recording &) { return {AZL_UNSUPPORTED, "nothing can be recorded"}; }
};

class Device {
public:
  Device() = default;
  virtual ~Device() = default;
  Device(const Device &) = delete;
  Device &operator=(const Device &) = delete;

  /// Which tensors it can use where they are, and the number it has among its kind.
  virtual azl_device place() const = 0;
  /// Whether buffers are host memory, so that inputs, outputs and weights can be used where they
  /// are, and uploads and downloads are done when they return.
  bool sharesHostMemory() const { return place().kind == AZL_HOST; }

  /// Loads an artifact whose target this device is.
  virtual Status load(std::shared_ptr<const Artifact> artifact,
                      std::shared_ptr<Program> &program) = 0;
  virtual Status openStream(const Program &program, std::unique_ptr<Stream> &stream) = 0;

  /// Memory aligned to AZM_BUFFER_ALIGNMENT, never null for 0 bytes, null where there is no more.
  virtual void *allocate(int64_t bytes) = 0;
  virtual void free(void *buffer) = 0;
  /// Host memory that uploads and downloads are quick with; as allocate otherwise.
  virtual void *allocateHost(int64_t bytes) = 0;
  virtual void freeHost(void *memory) = 0;
};

/// What artifacts name as their target's device if they are for the device that a user calls
/// `name`: "cpu" for "cpu", "cuda" for "cuda", "cuda:1" and "cudasim:sm_80"; null for no device.
const char *targetOfDevice(const std::string &name);

/// Opens the device of that name. `threads` is for devices that run on the host's processors.
Status openDevice(const std::string &name, int threads, std::shared_ptr<Device> &device);

std::shared_ptr<Device> openCpuDevice(int threads);

} // namespace azulejo::runtime

#endif // AZULEJO_RUNTIME_DEVICE_H
