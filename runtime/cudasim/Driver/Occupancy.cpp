//===- Occupancy.cpp - cuOccupancy… ---------------------------------------===//
#include "runtime/cudasim/Driver/FunctionLimits.h"
#include <algorithm>

using namespace azulejo::cudasim;
using namespace azulejo::cudasim::driver;

namespace {

uint32_t activeBlocks(Driver &driver, const KernelFunction &function, int blockSize,
                      size_t shared) {
  const Architecture &gpu = driver.architecture();
  require(blockSize > 0);
  if (uint32_t(blockSize) > maxThreads(driver, *function.kernel) ||
      shared > maxDynamicShared(gpu, function))
    return 0;
  return computeOccupancy(gpu, needs(*function.kernel, uint32_t(blockSize), shared)).blocksPerSm;
}

/// The largest block that gives the most resident threads, as the driver searches for it.
void potentialBlockSize(Driver &driver, int *gridSize, int *blockSize, CUfunction handle,
                        CUoccupancyB2DSize sharedOf, size_t shared, int limit) {
  require(gridSize != nullptr && blockSize != nullptr);
  std::shared_ptr<KernelFunction> function = driver.findFunction(handle);
  const Architecture &gpu = driver.architecture();
  uint32_t most = maxThreads(driver, *function->kernel);
  if (limit > 0)
    most = std::min(most, uint32_t(limit));
  uint64_t best = 0;
  *blockSize = 0;
  *gridSize = 0;
  // Multiples of a warp downwards, beginning with the limit itself.
  for (uint32_t threads = (most + 31) / 32 * 32; threads != 0; threads -= 32) {
    int size = int(std::min(threads, most));
    size_t dynamic = shared;
    if (sharedOf) {
      Unlocked unlocked(driver);
      dynamic = sharedOf(size);
    }
    uint32_t blocks = activeBlocks(driver, *function, size, dynamic);
    uint64_t resident = uint64_t(blocks) * uint64_t(size);
    if (resident > best) {
      best = resident;
      *blockSize = size;
      *gridSize = int(blocks * gpu.multiprocessors);
    }
    if (best == gpu.threadsPerSm)
      break;
  }
}

uint32_t clusterSizeOf(const KernelFunction &function, const CUlaunchConfig &config) {
  for (unsigned i = 0; i < config.numAttrs; ++i)
    if (config.attrs[i].id == CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION) {
      auto &dim = config.attrs[i].value.clusterDim;
      return dim.x * dim.y * dim.z;
    }
  const uint32_t (&required)[3] = function.kernel->limits.requiredCluster;
  return required[0] ? required[0] * std::max(required[1], 1u) * std::max(required[2], 1u) : 1;
}

BlockNeeds needsOf(const KernelFunction &function, const CUlaunchConfig &config) {
  uint64_t threads = uint64_t(config.blockDimX) * config.blockDimY * config.blockDimZ;
  require(threads != 0 && threads <= 1024);
  return needs(*function.kernel, uint32_t(threads), config.sharedMemBytes);
}

} // namespace

extern "C" {

CUresult cuOccupancyMaxActiveBlocksPerMultiprocessor(int *blocks, CUfunction function,
                                                     int blockSize, size_t shared) {
  return withContext([&](Driver &driver, Context &) {
    requirePointer(blocks);
    *blocks = int(activeBlocks(driver, *driver.findFunction(function), blockSize, shared));
  });
}

CUresult cuOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(int *blocks, CUfunction function,
                                                              int blockSize, size_t shared,
                                                              unsigned int flags) {
  if ((flags & ~unsigned(CU_OCCUPANCY_DISABLE_CACHING_OVERRIDE)) != 0)
    return CUDA_ERROR_INVALID_VALUE;
  return cuOccupancyMaxActiveBlocksPerMultiprocessor(blocks, function, blockSize, shared);
}

CUresult cuOccupancyMaxPotentialBlockSize(int *gridSize, int *blockSize, CUfunction function,
                                          CUoccupancyB2DSize sharedOf, size_t shared, int limit) {
  return withContext([&](Driver &driver, Context &) {
    potentialBlockSize(driver, gridSize, blockSize, function, sharedOf, shared, limit);
  });
}

CUresult cuOccupancyMaxPotentialBlockSizeWithFlags(int *gridSize, int *blockSize,
                                                   CUfunction function, CUoccupancyB2DSize sharedOf,
                                                   size_t shared, int limit, unsigned int flags) {
  if ((flags & ~unsigned(CU_OCCUPANCY_DISABLE_CACHING_OVERRIDE)) != 0)
    return CUDA_ERROR_INVALID_VALUE;
  return cuOccupancyMaxPotentialBlockSize(gridSize, blockSize, function, sharedOf, shared, limit);
}

CUresult cuOccupancyAvailableDynamicSMemPerBlock(size_t *shared, CUfunction handle, int blocks,
                                                 int blockSize) {
  return withContext([&](Driver &driver, Context &) {
    require(shared != nullptr && blocks > 0 && blockSize > 0);
    std::shared_ptr<KernelFunction> function = driver.findFunction(handle);
    const Architecture &gpu = driver.architecture();
    require(uint32_t(blocks) <= activeBlocks(driver, *function, blockSize, 0));
    *shared = availableDynamicShared(gpu, uint32_t(blocks), function->kernel->dynamicSharedOffset);
  });
}

CUresult cuOccupancyMaxPotentialClusterSize(int *size, CUfunction handle,
                                            const CUlaunchConfig *config) {
  return withContext([&](Driver &driver, Context &) {
    require(size != nullptr && config != nullptr);
    std::shared_ptr<KernelFunction> function = driver.findFunction(handle);
    const Architecture &gpu = driver.architecture();
    require(gpu.maxClusterSize != 0, CUDA_ERROR_NOT_SUPPORTED);
    uint32_t most = function->settings.nonPortableCluster ? 16 : gpu.maxClusterSize;
    BlockNeeds block = needsOf(*function, *config);
    while (most > 1 && activeClusters(gpu, block, most) == 0)
      most /= 2;
    *size = int(most);
  });
}

CUresult cuOccupancyMaxActiveClusters(int *clusters, CUfunction handle,
                                      const CUlaunchConfig *config) {
  return withContext([&](Driver &driver, Context &) {
    require(clusters != nullptr && config != nullptr);
    require(config->numAttrs == 0 || config->attrs != nullptr);
    std::shared_ptr<KernelFunction> function = driver.findFunction(handle);
    const Architecture &gpu = driver.architecture();
    require(gpu.maxClusterSize != 0, CUDA_ERROR_NOT_SUPPORTED);
    uint32_t size = clusterSizeOf(*function, *config);
    require(size != 0);
    uint32_t most = function->settings.nonPortableCluster ? 16 : gpu.maxClusterSize;
    require(size <= most, CUDA_ERROR_INVALID_CLUSTER_SIZE);
    *clusters = int(activeClusters(gpu, needsOf(*function, *config), size));
  });
}
}
