#include "runtime/cuda/CudaStream.h"
#include <algorithm>
#include <cstring>

namespace azulejo::runtime::cuda {

CudaStream::CudaStream(CudaDevice &device, const CudaProgram &program)
    : device(device), driver(device.driver), program(program), tensorMaps(driver), times(driver) {}

Status CudaStream::open(CudaDevice &device, const CudaProgram &program,
                        std::unique_ptr<CudaStream> &result) {
  CudaDevice::Current current(device);
  std::unique_ptr<CudaStream> opened(new CudaStream(device, program));
  CUresult created = device.driver.streamCreate(&opened->stream, CU_STREAM_NON_BLOCKING);
  if (Status status = device.driver.check(created, "making a stream"); status.failed())
    return status;
  opened->fault = static_cast<azm_fault *>(device.allocate(sizeof(azm_fault)));
  opened->seenFault = static_cast<azm_fault *>(device.allocateHost(sizeof(azm_fault)));
  if (!opened->fault || !opened->seenFault)
    return {AZL_OUT_OF_MEMORY, "memory ran out for a stream"};
  CUresult cleared =
      device.driver.setD8(toAddress(opened->fault), 0, sizeof(azm_fault), opened->stream);
  if (Status status = device.driver.check(cleared, "clearing memory"); status.failed())
    return status;
  result = std::move(opened);
  return {};
}

CudaStream::~CudaStream() {
  CudaDevice::Current current(device);
  workspace = nullptr;
  times.clear();
  device.free(fault);
  if (seenFault)
    device.freeHost(seenFault);
  if (stream)
    driver.streamDestroy(stream);
}

//===------------------------------------------------------------------------------------------===//
// Launches
//===------------------------------------------------------------------------------------------===//

/// Sees to it that there is what the launch needs.
Status CudaStream::prepare(const Launch &launch, const azm_grid &grid) {
  for (int64_t blocks : grid.blocks)
    if (blocks < 0 || blocks > INT32_MAX)
      return {AZL_RUN_FAILED, program.artifact->describeKernel(launch.kernel) +
                                  " would be launched with " + std::to_string(blocks) +
                                  " blocks in one dimension"};
  tensorMaps.limit();
  if (grid.shared_bytes > 48 << 10)
    if (Status status = program.allowShared(launch.kernel, grid.shared_bytes); status.failed())
      return status;
  if (grid.workspace_bytes > (workspace ? workspace->bytes : 0)) {
    // Giving back the old one waits for the launches that use it.
    auto larger = recording ? nullptr : std::make_shared<Workspace>(device, grid.workspace_bytes);
    if (!larger || !larger->data)
      return {AZL_OUT_OF_MEMORY, program.artifact->describeKernel(launch.kernel) + " needs " +
                                     std::to_string(grid.workspace_bytes) +
                                     " bytes of its own, and memory ran out"};
    workspace = std::move(larger);
  }
  return {};
}

CUresult CudaStream::submit(const Launch &launch, const azm_grid &grid) {
  const CudaProgram::Kernel &kernel = program.kernels[launch.kernel];
  auto faultAddress = reinterpret_cast<int64_t>(fault);
  int64_t firstCheck = launch.firstCheck;
  int64_t workspaceAddress = grid.workspace_bytes ? reinterpret_cast<int64_t>(workspace->data) : 0;
  parameters.clear();
  for (int64_t i = 0; i < kernel.slots; ++i)
    parameters.push_back(const_cast<int64_t *>(&launch.slots[i]));
  parameters.insert(parameters.end(), {&faultAddress, &firstCheck, &workspaceAddress});
  for (int32_t i = 0; i < grid.tensor_map_count; ++i) {
    CUtensorMap *map = nullptr;
    if (CUresult result = tensorMaps.find(grid.tensor_maps[i], map))
      return result;
    parameters.push_back(map);
  }

  CUlaunchConfig config{};
  config.gridDimX = unsigned(grid.blocks[0]);
  config.gridDimY = unsigned(grid.blocks[1]);
  config.gridDimZ = unsigned(grid.blocks[2]);
  config.blockDimX = unsigned(grid.threads[0]);
  config.blockDimY = unsigned(grid.threads[1]);
  config.blockDimZ = unsigned(grid.threads[2]);
  config.sharedMemBytes = unsigned(grid.shared_bytes);
  config.hStream = stream;
  CUlaunchAttribute cluster{};
  if (std::max({grid.cluster[0], grid.cluster[1], grid.cluster[2]}) > 1) {
    cluster.id = CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION;
    cluster.value.clusterDim.x = unsigned(grid.cluster[0]);
    cluster.value.clusterDim.y = unsigned(grid.cluster[1]);
    cluster.value.clusterDim.z = unsigned(grid.cluster[2]);
    config.attrs = &cluster;
    config.numAttrs = 1;
  }
  return driver.launchKernelEx(&config, kernel.function, parameters.data(), nullptr);
}

Status CudaStream::launch(const Launch &launch) {
  azm_grid grid{};
  program.kernels[launch.kernel].launcher(launch.slots, &grid);
  if (!grid.blocks[0] || !grid.blocks[1] || !grid.blocks[2])
    return {};
  CudaDevice::Current current(device);
  if (Status status = prepare(launch, grid); status.failed())
    return status;
  if (launch.times)
    times.start(stream);
  CUresult result = submit(launch, grid);
  if (launch.times)
    times.stop(stream, launch.times);
  if (result == CUDA_SUCCESS)
    return {};
  return driver.check(result, program.artifact->describeKernel(launch.kernel) + ": the launch");
}

//===------------------------------------------------------------------------------------------===//
// Memory
//===------------------------------------------------------------------------------------------===//

Status CudaStream::copy(void *to, const void *from, int64_t bytes) {
  if (bytes <= 0)
    return {};
  CudaDevice::Current current(device);
  return driver.check(driver.copyDeviceToDevice(toAddress(to), toAddress(from), bytes, stream),
                      "a copy");
}

Status CudaStream::upload(void *to, const void *host, int64_t bytes) {
  if (bytes <= 0)
    return {};
  CudaDevice::Current current(device);
  return driver.check(driver.copyHostToDevice(toAddress(to), host, bytes, stream),
                      "a copy to the device");
}

Status CudaStream::download(void *host, const void *from, int64_t bytes) {
  if (bytes <= 0)
    return {};
  CudaDevice::Current current(device);
  return driver.check(driver.copyDeviceToHost(host, toAddress(from), bytes, stream),
                      "a copy from the device");
}

Status CudaStream::fill(void *to, const void *element, int64_t elementBytes, int64_t bytes) {
  if (bytes < elementBytes)
    return {};
  CudaDevice::Current current(device);
  CUdeviceptr address = toAddress(to);
  if (elementBytes == 1)
    return driver.check(
        driver.setD8(address, *static_cast<const uint8_t *>(element), bytes, stream), "a fill");
  if (elementBytes == 2) {
    uint16_t value;
    std::memcpy(&value, element, sizeof value);
    return driver.check(driver.setD16(address, value, bytes / 2, stream), "a fill");
  }
  uint32_t words[4];
  size_t count = elementBytes / sizeof(uint32_t);
  std::memcpy(words, element, elementBytes);
  if (std::all_of(words, words + count, [&](uint32_t word) { return word == words[0]; }))
    return driver.check(driver.setD32(address, words[0], bytes / sizeof(uint32_t), stream),
                        "a fill");
  // Word by word: each is a column of a matrix whose rows are the elements.
  for (size_t i = 0; i < count; ++i) {
    CUresult result = driver.set2D32(address + i * sizeof(uint32_t), elementBytes, words[i], 1,
                                     bytes / elementBytes, stream);
    if (result != CUDA_SUCCESS)
      return driver.check(result, "a fill");
  }
  return {};
}

void *CudaStream::allocate(int64_t bytes) {
  CudaDevice::Current current(device);
  CUdeviceptr address = 0;
  CUresult result =
      driver.memAllocFromPoolAsync(&address, std::max<int64_t>(bytes, 1), device.pool, stream);
  return result == CUDA_SUCCESS ? reinterpret_cast<void *>(address) : nullptr;
}

void CudaStream::free(void *buffer) {
  CudaDevice::Current current(device);
  driver.memFreeAsync(toAddress(buffer), stream);
}

//===------------------------------------------------------------------------------------------===//
// The end, and recordings
//===------------------------------------------------------------------------------------------===//

Status CudaStream::finish() {
  CudaDevice::Current current(device);
  bool checks = !program.artifact->checks.empty();
  if (checks)
    if (Status status = download(seenFault, fault, sizeof(azm_fault)); status.failed())
      return status;
  CUresult result = driver.streamSynchronize(stream);
  if (result != CUDA_SUCCESS)
    return driver.check(result, "a kernel (with CUDA_LAUNCH_BLOCKING=1 in the environment the "
                                "launch says which): the run");
  times.collect();
  if (!checks || !seenFault->state)
    return {};
  driver.setD8(toAddress(fault), 0, sizeof(azm_fault), stream);
  return program.artifact->explainCheck(seenFault->check, seenFault->index, seenFault->low,
                                        seenFault->high);
}

namespace {
/// A graph that can be launched, and the workspace that its launches use.
class CudaRecording : public Recording {
public:
  CudaRecording(CudaDevice &device, CUgraphExec graph, std::shared_ptr<Workspace> workspace)
      : graph(graph), device(device), workspace(std::move(workspace)) {}
  ~CudaRecording() override {
    CudaDevice::Current current(device);
    device.driver.graphExecDestroy(graph);
  }
  const CUgraphExec graph;

private:
  CudaDevice &device;
  const std::shared_ptr<Workspace> workspace;
};
} // namespace

bool CudaStream::startRecording() {
  CudaDevice::Current current(device);
  recording = driver.streamBeginCapture(stream, CU_STREAM_CAPTURE_MODE_RELAXED) == CUDA_SUCCESS;
  return recording;
}

std::unique_ptr<Recording> CudaStream::stopRecording() {
  CudaDevice::Current current(device);
  recording = false;
  CUgraph graph = nullptr;
  if (driver.streamEndCapture(stream, &graph) != CUDA_SUCCESS || !graph)
    return nullptr;
  CUgraphExec executable = nullptr;
  CUresult result = driver.graphInstantiate(&executable, graph, 0);
  driver.graphDestroy(graph);
  if (result != CUDA_SUCCESS)
    return nullptr;
  return std::make_unique<CudaRecording>(device, executable, workspace);
}

Status CudaStream::replay(Recording &recording) {
  CudaDevice::Current current(device);
  return driver.check(driver.graphLaunch(static_cast<CudaRecording &>(recording).graph, stream),
                      "the launch of a recorded run");
}

} // namespace azulejo::runtime::cuda
