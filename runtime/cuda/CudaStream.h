//===- CudaStream.h - A stream of a GPU -------------------------------------------------------===//
#ifndef AZULEJO_RUNTIME_CUDA_CUDASTREAM_H
#define AZULEJO_RUNTIME_CUDA_CUDASTREAM_H

#include "runtime/cuda/CudaProgram.h"
#include "runtime/cuda/EventTimes.h"
#include "runtime/cuda/TensorMaps.h"

namespace azulejo::runtime::cuda {

/// Memory that a launch may use alone. Launches of a stream follow each other, so one buffer, as
/// large as any needs, serves all.
struct Workspace {
  Workspace(CudaDevice &device, int64_t bytes)
      : device(device), data(device.allocate(bytes)), bytes(bytes) {}
  ~Workspace() { device.free(data); }
  Workspace(const Workspace &) = delete;
  Workspace &operator=(const Workspace &) = delete;

  CudaDevice &device;
  void *const data;
  const int64_t bytes;
};

class CudaStream : public Stream {
public:
  static Status open(CudaDevice &device, const CudaProgram &program,
                     std::unique_ptr<CudaStream> &stream);
  ~CudaStream() override;

  Status launch(const Launch &launch) override;
  Status copy(void *to, const void *from, int64_t bytes) override;
  Status fill(void *to, const void *element, int64_t elementBytes, int64_t bytes) override;
  Status upload(void *to, const void *host, int64_t bytes) override;
  Status download(void *host, const void *from, int64_t bytes) override;
  Status finish() override;
  void *allocate(int64_t bytes) override;
  void free(void *buffer) override;

  bool canRecord() const override { return true; }
  bool startRecording() override;
  std::unique_ptr<Recording> stopRecording() override;
  Status replay(Recording &recording) override;

private:
  CudaStream(CudaDevice &device, const CudaProgram &program);
  Status prepare(const Launch &launch, const azm_grid &grid);
  CUresult submit(const Launch &launch, const azm_grid &grid);

  CudaDevice &device;
  const Driver &driver;
  const CudaProgram &program;
  CUstream stream = nullptr;
  azm_fault *fault = nullptr;     // on the device
  azm_fault *seenFault = nullptr; // what it was, on the host
  std::shared_ptr<Workspace> workspace;
  bool recording = false;
  TensorMaps tensorMaps;
  EventTimes times;
  std::vector<void *> parameters; // of a launch, kept for its memory
};

} // namespace azulejo::runtime::cuda

#endif // AZULEJO_RUNTIME_CUDA_CUDASTREAM_H
