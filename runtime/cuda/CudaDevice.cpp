#include "runtime/cuda/CudaDevice.h"
#include "runtime/cuda/CudaProgram.h"
#include "runtime/cuda/CudaStream.h"
#include <algorithm>
#include <map>
#include <mutex>

namespace azulejo::runtime::cuda {

Status CudaDevice::open(const Driver &driver, int index, std::shared_ptr<CudaDevice> &device) {
  int count = 0;
  if (Status status = driver.check(driver.deviceGetCount(&count), "counting GPUs"); status.failed())
    return status;
  if (index >= count)
    return {AZL_NOT_FOUND, "there is no device cuda:" + std::to_string(index) +
                               ": this machine has " + std::to_string(count)};
  std::shared_ptr<CudaDevice> opened(new CudaDevice(driver, index));
  int major = 0, minor = 0;
  driver.deviceGet(&opened->handle, index);
  driver.deviceGetAttribute(&major, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, opened->handle);
  driver.deviceGetAttribute(&minor, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, opened->handle);
  opened->capability = major * 10 + minor;
  if (Status status = driver.check(driver.primaryContextRetain(&opened->context, opened->handle),
                                   "opening device cuda:" + std::to_string(index));
      status.failed())
    return status;
  CUmemPoolProps properties{};
  properties.allocType = CU_MEM_ALLOCATION_TYPE_PINNED;
  properties.location.type = CU_MEM_LOCATION_TYPE_DEVICE;
  properties.location.id = index;
  Current current(*opened);
  if (Status status =
          driver.check(driver.memPoolCreate(&opened->pool, &properties), "making a memory pool");
      status.failed())
    return status;
  cuuint64_t keepAll = UINT64_MAX;
  driver.memPoolSetAttribute(opened->pool, CU_MEMPOOL_ATTR_RELEASE_THRESHOLD, &keepAll);
  device = std::move(opened);
  return {};
}

CudaDevice::~CudaDevice() {
  if (!context)
    return;
  if (pool) {
    Current current(*this);
    driver.memPoolDestroy(pool);
  }
  driver.primaryContextRelease(handle);
}

Status CudaDevice::load(std::shared_ptr<const Artifact> artifact,
                        std::shared_ptr<Program> &program) {
  std::shared_ptr<CudaProgram> loaded;
  Status status = CudaProgram::load(*this, std::move(artifact), loaded);
  program = std::move(loaded);
  return status;
}

Status CudaDevice::openStream(const Program &program, std::unique_ptr<Stream> &stream) {
  std::unique_ptr<CudaStream> opened;
  Status status = CudaStream::open(*this, static_cast<const CudaProgram &>(program), opened);
  stream = std::move(opened);
  return status;
}

void *CudaDevice::allocate(int64_t bytes) {
  Current current(*this);
  // LLVM reads whole vectors where the alignment says that they cannot cross a page, also behind
  // the last element.
  size_t size = (std::max<int64_t>(bytes, 1) + AZM_BUFFER_ALIGNMENT - 1) & -AZM_BUFFER_ALIGNMENT;
  CUdeviceptr address = 0;
  CUresult result = driver.memAlloc(&address, size);
  if (result == CUDA_ERROR_OUT_OF_MEMORY && !driver.memPoolTrimTo(pool, 0))
    result = driver.memAlloc(&address, size);
  return result == CUDA_SUCCESS ? reinterpret_cast<void *>(address) : nullptr;
}

void CudaDevice::free(void *buffer) {
  if (!buffer)
    return;
  Current current(*this);
  driver.memFree(toAddress(buffer));
}

void *CudaDevice::allocateHost(int64_t bytes) {
  Current current(*this);
  void *memory = nullptr;
  CUresult result =
      driver.memHostAlloc(&memory, std::max<int64_t>(bytes, 1), CU_MEMHOSTALLOC_PORTABLE);
  return result == CUDA_SUCCESS ? memory : nullptr;
}

void CudaDevice::freeHost(void *memory) {
  Current current(*this);
  driver.memFreeHost(memory);
}

/// The devices that are open, so that a GPU has one CudaDevice however many sessions it has.
static Status openShared(const Driver &driver, int index, std::shared_ptr<Device> &device) {
  static std::mutex mutex;
  static std::map<std::pair<const Driver *, int>, std::weak_ptr<CudaDevice>> opened;
  std::lock_guard<std::mutex> lock(mutex);
  std::weak_ptr<CudaDevice> &entry = opened[{&driver, index}];
  device = entry.lock();
  if (device)
    return {};
  std::shared_ptr<CudaDevice> made;
  if (Status status = CudaDevice::open(driver, index, made); status.failed())
    return status;
  entry = made;
  device = std::move(made);
  return {};
}

Status openGpu(int index, std::shared_ptr<Device> &device) {
  const Driver *driver = nullptr;
  if (Status status = openDriver(driver); status.failed())
    return status;
  return openShared(*driver, index, device);
}

Status openSimulatedGpu(const std::string &architecture, std::shared_ptr<Device> &device) {
  const Driver *driver = nullptr;
  if (Status status = openSimulator(architecture, driver); status.failed())
    return status;
  return openShared(*driver, 0, device);
}

} // namespace azulejo::runtime::cuda
