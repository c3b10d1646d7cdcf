//===- Launch.cpp - Launching kernels -------------------------------------===//
#include "runtime/cudasim/Check/Report.h"
#include "runtime/cudasim/Driver/FunctionLimits.h"
#include "runtime/cudasim/Driver/GraphNodes.h"
#include <algorithm>
#include <cstdio>
#include <cstring>

namespace azulejo::cudasim::driver {

/// What a GPU would answer to a kernel that did this. Faults that a GPU does not notice (races,
/// uninitialised reads, missing fences) end the kernel as one that failed for no stated reason.
static CUresult resultOf(const Report &report) {
  switch (report.faultClass) {
  case FaultClass::OutOfBounds:
  case FaultClass::UseAfterFree:
  case FaultClass::ReadOnly:
    return CUDA_ERROR_ILLEGAL_ADDRESS;
  case FaultClass::Misaligned:
    return CUDA_ERROR_MISALIGNED_ADDRESS;
  case FaultClass::WrongSpace:
    return CUDA_ERROR_INVALID_ADDRESS_SPACE;
  case FaultClass::StackOverflow:
    return CUDA_ERROR_HARDWARE_STACK_ERROR;
  case FaultClass::IllegalInstruction:
    return CUDA_ERROR_ILLEGAL_INSTRUCTION;
  case FaultClass::Deadlock:
  case FaultClass::Timeout:
    return CUDA_ERROR_LAUNCH_TIMEOUT;
  case FaultClass::Trap:
    return report.message.find("assert") != std::string::npos ? CUDA_ERROR_ASSERT
                                                              : CUDA_ERROR_LAUNCH_FAILED;
  case FaultClass::LaunchLimit:
    return CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES;
  default:
    return CUDA_ERROR_LAUNCH_FAILED;
  }
}

uint32_t maxThreads(const Driver &driver, const Kernel &kernel) {
  const Architecture &gpu = driver.architecture();
  uint64_t most = 1024;
  const ptx::KernelLimits &limits = kernel.limits;
  auto product = [](const uint32_t (&n)[3]) {
    return uint64_t(n[0]) * std::max(n[1], 1u) * std::max(n[2], 1u);
  };
  if (limits.maxThreads[0])
    most = std::min(most, product(limits.maxThreads));
  if (limits.requiredThreads[0])
    most = std::min(most, product(limits.requiredThreads));
  while (!driver.configuration.ptxas.empty() && most > 32 &&
         computeOccupancy(gpu, {uint32_t(most), kernel.registersPerThread, 0}).blocksPerSm == 0)
    most = (most - 1) / 32 * 32;
  return uint32_t(most);
}

uint64_t maxDynamicShared(const Architecture &gpu, const KernelFunction &function) {
  if (function.settings.maxDynamicShared >= 0)
    return uint64_t(function.settings.maxDynamicShared);
  uint32_t taken = function.kernel->staticSharedBytes;
  return gpu.sharedPerBlock > taken ? gpu.sharedPerBlock - taken : 0;
}

namespace {

void checkBlock(const Driver &driver, const Kernel &kernel, Dim3 grid, Dim3 block) {
  require(grid.x && grid.y && grid.z && block.x && block.y && block.z);
  require(grid.x <= 0x7fffffff && grid.y <= 65535 && grid.z <= 65535);
  require(block.x <= 1024 && block.y <= 1024 && block.z <= 64 && block.count() <= 1024);
  const ptx::KernelLimits &limits = kernel.limits;
  if (limits.requiredThreads[0])
    for (unsigned i = 0; i < 3; ++i)
      require(block[i] == std::max(limits.requiredThreads[i], 1u));
  if (limits.maxThreads[0])
    require(block.count() <= uint64_t(limits.maxThreads[0]) * std::max(limits.maxThreads[1], 1u) *
                                 std::max(limits.maxThreads[2], 1u));
  require(block.count() <= maxThreads(driver, kernel), CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES);
}

/// Which clusters the launch has: what the kernel requires, what the launch asks for, or none.
Dim3 clusterOf(const KernelFunction &function, const std::vector<CUlaunchAttribute> &attributes) {
  Dim3 asked{0, 0, 0};
  for (const CUlaunchAttribute &attribute : attributes)
    if (attribute.id == CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION) {
      asked = {attribute.value.clusterDim.x, attribute.value.clusterDim.y,
               attribute.value.clusterDim.z};
      require(asked.x && asked.y && asked.z);
    }
  const uint32_t (&inCode)[3] = function.kernel->limits.requiredCluster;
  const int (&set)[3] = function.settings.cluster;
  Dim3 required = inCode[0] ? Dim3{inCode[0], std::max(inCode[1], 1u), std::max(inCode[2], 1u)}
                            : Dim3{uint32_t(set[0]), uint32_t(std::max(set[1], 1)),
                                   uint32_t(std::max(set[2], 1))};
  if (required.x) {
    if (asked.x)
      require(asked.x == required.x && asked.y == required.y && asked.z == required.z);
    return required;
  }
  if (asked.x)
    return asked;
  require(!function.kernel->limits.explicitCluster, CUDA_ERROR_INVALID_CLUSTER_SIZE);
  return {1, 1, 1};
}

void checkCluster(const Architecture &gpu, const KernelFunction &function, Dim3 grid,
                  Dim3 cluster) {
  if (cluster.count() == 1)
    return;
  require(gpu.maxClusterSize != 0);
  for (unsigned i = 0; i < 3; ++i)
    require(grid[i] % cluster[i] == 0);
  uint32_t most = function.settings.nonPortableCluster ? 16 : gpu.maxClusterSize;
  require(cluster.count() <= most, CUDA_ERROR_INVALID_CLUSTER_SIZE);
  uint32_t rank = function.kernel->limits.maxClusterRank;
  require(rank == 0 || cluster.count() <= rank, CUDA_ERROR_INVALID_CLUSTER_SIZE);
}

/// Bytes of the kernel's parameters, from either form of a launch.
std::vector<uint8_t> packParameters(const Kernel &kernel, void **parameters, void **extra) {
  require(!(parameters && extra));
  std::vector<uint8_t> packed(kernel.parameterBytes);
  if (extra) {
    const void *buffer = nullptr;
    size_t size = 0;
    for (unsigned i = 0; extra[i] != CU_LAUNCH_PARAM_END; i += 2) {
      require(i < 8 && extra[i + 1] != nullptr);
      if (extra[i] == CU_LAUNCH_PARAM_BUFFER_POINTER)
        buffer = extra[i + 1];
      else if (extra[i] == CU_LAUNCH_PARAM_BUFFER_SIZE)
        size = *static_cast<size_t *>(extra[i + 1]);
      else
        fail(CUDA_ERROR_INVALID_VALUE);
    }
    require(size <= packed.size() &&
            (size == packed.size() || !kernel.parameters.size() ||
             size >= kernel.parameters.back().offset + kernel.parameters.back().size));
    require(size == 0 || buffer != nullptr);
    if (size != 0)
      std::memcpy(packed.data(), buffer, size);
    return packed;
  }
  require(kernel.parameters.empty() || parameters != nullptr);
  for (size_t i = 0; i < kernel.parameters.size(); ++i) {
    requirePointer(parameters[i]);
    std::memcpy(packed.data() + kernel.parameters[i].offset, parameters[i],
                kernel.parameters[i].size);
  }
  return packed;
}

/// A rough time for a kernel: what its slowest resource needs. Ranks, and no more.
double estimateTime(const Architecture &gpu, const Counters &counters, double fill) {
  double clock = gpu.clockKhz / 1e6; // cycles a nanosecond
  double parallel = gpu.multiprocessors * fill;
  uint64_t instructions = 0;
  for (uint64_t each : counters.instructions)
    instructions += each;
  double bytes = 32.0 * double(counters.globalLoadSectors + counters.globalStoreSectors) +
                 double(counters.asyncGlobalBytesRead + counters.asyncGlobalBytesWritten);
  double memory = bytes / (2.0 * gpu.memoryClockKhz * 1e3 * gpu.memoryBusBits / 8 / 1e9);
  double issue = double(instructions) / (4 * parallel * clock);
  double shared = double(counters.sharedWavefronts) / (parallel * clock);
  double perCycle = gpu.sm() >= 90 ? 4096 : gpu.sm() == 80 ? 1024 : 512; // half-precision, of an SM
  double tensor = double(counters.tensorMultiplyAdds) / (perCycle * parallel * clock);
  return 2000 + std::max(std::max(memory, issue), std::max(shared, tensor));
}

std::string describe(const Occupancy &occupancy, const Kernel &kernel) {
  char text[160];
  std::snprintf(text, sizeof text,
                "{\"blocks_per_sm\": %u, \"warps_per_sm\": %u, \"fraction\": %.4f, \"limit\": "
                "\"%s\", \"registers\": %u}",
                occupancy.blocksPerSm, occupancy.warpsPerSm, occupancy.fraction,
                name(occupancy.limit), kernel.registersPerThread);
  return text;
}

} // namespace

void Driver::checkLaunch(KernelWork &work) {
  const Architecture &gpu = architecture();
  const KernelFunction &function = *work.function;
  const Kernel &kernel = *function.kernel;
  LaunchConfig &config = work.config;
  checkBlock(*this, kernel, config.grid, config.block);
  config.cluster = clusterOf(function, work.attributes);
  checkCluster(gpu, function, config.grid, config.cluster);
  require(config.dynamicSharedBytes <= maxDynamicShared(gpu, function));
  BlockNeeds block = needs(kernel, uint32_t(config.block.count()), config.dynamicSharedBytes);
  uint32_t resident = computeOccupancy(gpu, block).blocksPerSm;
  require(resident != 0, CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES);
  for (const CUlaunchAttribute &attribute : work.attributes)
    if (attribute.id == CU_LAUNCH_ATTRIBUTE_COOPERATIVE && attribute.value.cooperative)
      config.cooperative = true;
  if (config.cooperative)
    require(config.grid.count() <= uint64_t(resident) * gpu.multiprocessors,
            CUDA_ERROR_COOPERATIVE_LAUNCH_TOO_LARGE);
}

double Driver::launchKernel(const KernelWork &work) {
  std::shared_ptr<Context> context = work.module->context.lock();
  require(context && !context->destroyed, CUDA_ERROR_CONTEXT_IS_DESTROYED);
  require(context->error == CUDA_SUCCESS, context->error);
  const Kernel &kernel = *work.function->kernel;
  Options options = configuration.options;
  options.stackBytes = uint32_t(context->limits[CU_LIMIT_STACK_SIZE]);
  auto print = [](const std::string &text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
  };
  const LaunchConfig &config = work.config;
  LaunchResult result;
  try {
    Launch launch(*work.module->program, kernel, work.function->name, architecture(), *memory,
                  config, options, print);
    result = launch.run();
  } catch (const Fault &fault) {
    Report report = fault.report;
    report.kernel = work.function->name;
    result.reports.push_back(std::move(report));
  }

  Occupancy occupancy = computeOccupancy(
      architecture(), needs(kernel, uint32_t(config.block.count()), config.dynamicSharedBytes));
  double fill = std::min(1.0, double(config.grid.count()) / architecture().multiprocessors);
  double time = estimateTime(architecture(), result.counters, fill);
  keepCounters(work.function->name, config, result.counters, describe(occupancy, kernel), time);

  if (result.reports.empty())
    return time;
  std::string text, json, list;
  for (const Report &report : result.reports) {
    std::string line = formatJson(report);
    text += formatText(report);
    json += line + "\n";
    list += (list.empty() ? "" : ", ") + line;
  }
  lastReports = "[" + list + "]";
  say(text, json);
  context->error = resultOf(result.reports.front());
  fail(context->error);
}

} // namespace azulejo::cudasim::driver

using namespace azulejo::cudasim;
using namespace azulejo::cudasim::driver;

namespace {

void launch(Driver &driver, const void *handle, const CUlaunchConfig &config, bool cooperative,
            void **parameters, void **extra) {
  require(handle != nullptr, CUDA_ERROR_INVALID_HANDLE);
  std::shared_ptr<Stream> stream = driver.findStream(config.hStream);
  KernelWork work;
  work.function = driver.findFunction(handle);
  work.module = work.function->module.lock();
  require(work.module != nullptr, CUDA_ERROR_INVALID_HANDLE);
  require(work.module->context.lock() == stream->context.lock(), CUDA_ERROR_INVALID_HANDLE);
  if (driver.registry.find<LibraryKernel>(handle))
    work.kern = static_cast<CUkernel>(const_cast<void *>(handle));
  else
    work.func = static_cast<CUfunction>(const_cast<void *>(handle));
  work.config.grid = {config.gridDimX, config.gridDimY, config.gridDimZ};
  work.config.block = {config.blockDimX, config.blockDimY, config.blockDimZ};
  work.config.dynamicSharedBytes = config.sharedMemBytes;
  work.config.cooperative = cooperative;
  require(config.numAttrs == 0 || config.attrs != nullptr);
  work.attributes.assign(config.attrs, config.attrs + config.numAttrs);
  driver.checkLaunch(work);
  work.config.parameters = packParameters(*work.function->kernel, parameters, extra);
  driver.submit(*stream, std::move(work));
}

} // namespace

namespace azulejo::cudasim::driver {

KernelWork kernelWork(Driver &driver, const CUDA_KERNEL_NODE_PARAMS &parameters) {
  const void *handle = parameters.func ? static_cast<const void *>(parameters.func)
                                       : static_cast<const void *>(parameters.kern);
  require(handle != nullptr);
  KernelWork work;
  work.function = driver.findFunction(handle);
  work.module = work.function->module.lock();
  require(work.module != nullptr, CUDA_ERROR_INVALID_HANDLE);
  work.func = parameters.func;
  work.kern = parameters.kern;
  work.config.grid = {parameters.gridDimX, parameters.gridDimY, parameters.gridDimZ};
  work.config.block = {parameters.blockDimX, parameters.blockDimY, parameters.blockDimZ};
  work.config.dynamicSharedBytes = parameters.sharedMemBytes;
  driver.checkLaunch(work);
  work.config.parameters =
      packParameters(*work.function->kernel, parameters.kernelParams, parameters.extra);
  return work;
}

} // namespace azulejo::cudasim::driver

extern "C" {

CUresult cuLaunchKernel(CUfunction function, unsigned int gridX, unsigned int gridY,
                        unsigned int gridZ, unsigned int blockX, unsigned int blockY,
                        unsigned int blockZ, unsigned int sharedBytes, CUstream stream,
                        void **parameters, void **extra) {
  return withContext([&](Driver &driver, Context &) {
    CUlaunchConfig config = {gridX,  gridY,       gridZ,  blockX,  blockY,
                             blockZ, sharedBytes, stream, nullptr, 0};
    launch(driver, function, config, false, parameters, extra);
  });
}

CUresult cuLaunchKernelEx(const CUlaunchConfig *config, CUfunction function, void **parameters,
                          void **extra) {
  return withContext([&](Driver &driver, Context &) {
    requirePointer(config);
    launch(driver, function, *config, false, parameters, extra);
  });
}

CUresult cuLaunchCooperativeKernel(CUfunction function, unsigned int gridX, unsigned int gridY,
                                   unsigned int gridZ, unsigned int blockX, unsigned int blockY,
                                   unsigned int blockZ, unsigned int sharedBytes, CUstream stream,
                                   void **parameters) {
  return withContext([&](Driver &driver, Context &) {
    CUlaunchConfig config = {gridX,  gridY,       gridZ,  blockX,  blockY,
                             blockZ, sharedBytes, stream, nullptr, 0};
    launch(driver, function, config, true, parameters, nullptr);
  });
}

CUresult cuLaunchHostFunc(CUstream handle, CUhostFn function, void *userData) {
  return withContext([&](Driver &driver, Context &) {
    require(function != nullptr);
    std::shared_ptr<Stream> stream = driver.findStream(handle);
    HostWork work;
    work.call.fn = function;
    work.call.userData = userData;
    driver.submit(*stream, work);
  });
}
}
