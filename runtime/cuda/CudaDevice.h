//===- CudaDevice.h - A GPU, real or simulated ------------------------------------------------===//
#ifndef AZULEJO_RUNTIME_CUDA_CUDADEVICE_H
#define AZULEJO_RUNTIME_CUDA_CUDADEVICE_H

#include "runtime/Device.h"
#include "runtime/cuda/Driver.h"

namespace azulejo::runtime::cuda {

/// A GPU. It holds the primary context, which others in the process may share, as long as it is
/// open; when it goes, all it took is given back.
class CudaDevice : public Device {
public:
  static Status open(const Driver &driver, int index, std::shared_ptr<CudaDevice> &device);
  ~CudaDevice() override;

  azl_device place() const override { return {AZL_CUDA, index}; }
  Status load(std::shared_ptr<const Artifact> artifact, std::shared_ptr<Program> &program) override;
  Status openStream(const Program &program, std::unique_ptr<Stream> &stream) override;
  void *allocate(int64_t bytes) override;
  void free(void *buffer) override;
  void *allocateHost(int64_t bytes) override;
  void freeHost(void *memory) override;

  /// Makes the context the calling thread's current one, as long as this lives.
  class Current {
  public:
    explicit Current(const CudaDevice &device) : driver(device.driver) {
      driver.contextPush(device.context);
    }
    ~Current() {
      CUcontext popped;
      driver.contextPop(&popped);
    }
    Current(const Current &) = delete;
    Current &operator=(const Current &) = delete;

  private:
    const Driver &driver;
  };

  const Driver &driver;
  const int index;
  bool isSimulated() const { return driver.reports; }
  /// 90 for compute capability 9.0.
  int capability = 0;
  /// Where streams allocate.
  CUmemoryPool pool = nullptr;

private:
  CudaDevice(const Driver &driver, int index) : driver(driver), index(index) {}

  CUdevice handle = 0;
  CUcontext context = nullptr;
};

/// The GPU of this number, shared by all who have it open.
Status openGpu(int index, std::shared_ptr<Device> &device);

/// The simulated GPU of this architecture; "" for the simulator's own choice.
Status openSimulatedGpu(const std::string &architecture, std::shared_ptr<Device> &device);

inline CUdeviceptr toAddress(const void *pointer) { return reinterpret_cast<CUdeviceptr>(pointer); }

} // namespace azulejo::runtime::cuda

#endif // AZULEJO_RUNTIME_CUDA_CUDADEVICE_H
