//===- Copy.cpp - Copying and filling memory ------------------------------===//
#include "runtime/cudasim/Driver/GraphNodes.h"
#include <algorithm>

using namespace azulejo::cudasim;
using namespace azulejo::cudasim::driver;

namespace {

/// How a call relates to its stream.
enum class Mode { Synchronous, Asynchronous };

/// A copy of one row.
CUDA_MEMCPY3D linear(CUmemorytype destinationType, uint64_t destination, CUmemorytype sourceType,
                     uint64_t source, size_t bytes) {
  CUDA_MEMCPY3D copy = {};
  copy.srcMemoryType = sourceType;
  copy.srcHost = reinterpret_cast<const void *>(source);
  copy.srcDevice = source;
  copy.dstMemoryType = destinationType;
  copy.dstHost = reinterpret_cast<void *>(destination);
  copy.dstDevice = destination;
  copy.srcPitch = copy.dstPitch = copy.WidthInBytes = bytes;
  copy.srcHeight = copy.dstHeight = copy.Height = copy.Depth = 1;
  return copy;
}

CUDA_MEMCPY3D widen(const CUDA_MEMCPY2D &flat) {
  CUDA_MEMCPY3D copy = {};
  copy.srcXInBytes = flat.srcXInBytes;
  copy.srcY = flat.srcY;
  copy.srcMemoryType = flat.srcMemoryType;
  copy.srcHost = flat.srcHost;
  copy.srcDevice = flat.srcDevice;
  copy.srcArray = flat.srcArray;
  copy.srcPitch = flat.srcPitch;
  copy.dstXInBytes = flat.dstXInBytes;
  copy.dstY = flat.dstY;
  copy.dstMemoryType = flat.dstMemoryType;
  copy.dstHost = flat.dstHost;
  copy.dstDevice = flat.dstDevice;
  copy.dstArray = flat.dstArray;
  copy.dstPitch = flat.dstPitch;
  copy.WidthInBytes = flat.WidthInBytes;
  copy.Height = flat.Height;
  copy.Depth = 1;
  return copy;
}

/// Completes what may be left out, and refuses what cannot be: rows or planes that overlap, a size
/// that overflows.
void check(CUDA_MEMCPY3D &copy) {
  auto side = [&](CUmemorytype type, size_t x, size_t &pitch, size_t &height, size_t y) {
    require(type >= CU_MEMORYTYPE_HOST && type <= CU_MEMORYTYPE_UNIFIED);
    require(type != CU_MEMORYTYPE_ARRAY, CUDA_ERROR_NOT_SUPPORTED);
    if (pitch == 0)
      pitch = x + copy.WidthInBytes;
    if (height == 0)
      height = y + copy.Height;
    constexpr size_t most = size_t(1) << 46; // of bytes that any side can span
    require(copy.WidthInBytes <= most && x <= most && pitch <= most);
    if (copy.Height > 1 || copy.Depth > 1)
      require(pitch >= x + copy.WidthInBytes);
    if (copy.Depth > 1)
      require(height >= y + copy.Height);
    require(copy.Height <= most / std::max<size_t>(pitch, 1) &&
            copy.Depth <= most / std::max<size_t>(pitch, 1) / std::max<size_t>(height, 1) &&
            y <= most);
  };
  side(copy.srcMemoryType, copy.srcXInBytes, copy.srcPitch, copy.srcHeight, copy.srcY);
  side(copy.dstMemoryType, copy.dstXInBytes, copy.dstPitch, copy.dstHeight, copy.dstY);
  require(copy.srcLOD == 0 && copy.dstLOD == 0);
}

MemsetWork makeFill(CUdeviceptr address, size_t pitch, unsigned value, unsigned elementBytes,
                    size_t width, size_t height) {
  require(address % elementBytes == 0 && pitch % elementBytes == 0);
  require(width <= (size_t(1) << 46) / elementBytes);
  if (height > 1)
    require(pitch >= width * elementBytes && pitch <= (size_t(1) << 46) / height);
  MemsetWork work;
  work.set.dst = address;
  work.set.pitch = pitch;
  work.set.value = value;
  work.set.elementSize = elementBytes;
  work.set.width = width;
  work.set.height = height;
  return work;
}

void submitCopy(Driver &driver, Mode mode, CUDA_MEMCPY3D copy, CUstream handle) {
  std::shared_ptr<Stream> stream = driver.findStream(handle);
  if (mode == Mode::Synchronous)
    require(!stream->capture, CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
  if (copy.WidthInBytes == 0 || copy.Height == 0 || copy.Depth == 0)
    return;
  check(copy);
  driver.submit(*stream, MemcpyWork{copy});
}

CUresult copyLinear(Mode mode, CUmemorytype destinationType, uint64_t destination,
                    CUmemorytype sourceType, uint64_t source, size_t bytes, CUstream stream) {
  return withContext([&](Driver &driver, Context &) {
    if (bytes != 0)
      require(destination != 0 && source != 0);
    submitCopy(driver, mode, linear(destinationType, destination, sourceType, source, bytes),
               stream);
  });
}

CUresult fill(Mode mode, CUdeviceptr address, size_t pitch, unsigned value, unsigned elementBytes,
              size_t width, size_t height, CUstream handle) {
  return withContext([&](Driver &driver, Context &) {
    std::shared_ptr<Stream> stream = driver.findStream(handle);
    if (mode == Mode::Synchronous)
      require(!stream->capture, CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
    if (width == 0 || height == 0)
      return;
    driver.submit(*stream, makeFill(address, pitch, value, elementBytes, width, height));
  });
}

constexpr CUmemorytype host = CU_MEMORYTYPE_HOST, device = CU_MEMORYTYPE_DEVICE,
                       unified = CU_MEMORYTYPE_UNIFIED;

} // namespace

namespace azulejo::cudasim::driver {

MemcpyWork memcpyWork(Driver &, const CUDA_MEMCPY3D &parameters) {
  CUDA_MEMCPY3D copy = parameters;
  require(copy.WidthInBytes != 0 && copy.Height != 0 && copy.Depth != 0);
  check(copy);
  return {copy};
}

MemsetWork memsetWork(Driver &, const CUDA_MEMSET_NODE_PARAMS &p) {
  require(p.elementSize == 1 || p.elementSize == 2 || p.elementSize == 4);
  require(p.width != 0 && p.height != 0);
  return makeFill(p.dst, p.pitch, p.value, p.elementSize, p.width, p.height);
}

} // namespace azulejo::cudasim::driver

extern "C" {

CUresult cuMemcpy(CUdeviceptr destination, CUdeviceptr source, size_t bytes) {
  return copyLinear(Mode::Synchronous, unified, destination, unified, source, bytes, nullptr);
}
CUresult cuMemcpyHtoD(CUdeviceptr destination, const void *source, size_t bytes) {
  return copyLinear(Mode::Synchronous, device, destination, host, uint64_t(source), bytes, nullptr);
}
CUresult cuMemcpyDtoH(void *destination, CUdeviceptr source, size_t bytes) {
  return copyLinear(Mode::Synchronous, host, uint64_t(destination), device, source, bytes, nullptr);
}
CUresult cuMemcpyDtoD(CUdeviceptr destination, CUdeviceptr source, size_t bytes) {
  return copyLinear(Mode::Synchronous, device, destination, device, source, bytes, nullptr);
}
CUresult cuMemcpyAsync(CUdeviceptr destination, CUdeviceptr source, size_t bytes, CUstream stream) {
  return copyLinear(Mode::Asynchronous, unified, destination, unified, source, bytes, stream);
}
// Attributes say when sources are read and where operands should lie, which changes nothing here.
CUresult cuMemcpyBatchAsync(CUdeviceptr *destinations, CUdeviceptr *sources, size_t *sizes,
                            size_t count, CUmemcpyAttributes *attributes, size_t *attributesBegin,
                            size_t attributesCount, CUstream stream) {
  if (!destinations || !sources || !sizes || !count || !attributes || !attributesBegin ||
      !attributesCount || attributesCount > count || attributesBegin[0] != 0)
    return CUDA_ERROR_INVALID_VALUE;
  for (size_t i = 1; i < attributesCount; ++i)
    if (attributesBegin[i] <= attributesBegin[i - 1] || attributesBegin[i] >= count)
      return CUDA_ERROR_INVALID_VALUE;
  if (!stream || stream == CU_STREAM_LEGACY) // documented: the default stream is none for batches
    return CUDA_ERROR_INVALID_VALUE;
  for (size_t i = 0; i < count; ++i)
    if (CUresult result = cuMemcpyAsync(destinations[i], sources[i], sizes[i], stream))
      return result;
  return CUDA_SUCCESS;
}

CUresult cuMemcpyHtoDAsync(CUdeviceptr destination, const void *source, size_t bytes,
                           CUstream stream) {
  return copyLinear(Mode::Asynchronous, device, destination, host, uint64_t(source), bytes, stream);
}
CUresult cuMemcpyDtoHAsync(void *destination, CUdeviceptr source, size_t bytes, CUstream stream) {
  return copyLinear(Mode::Asynchronous, host, uint64_t(destination), device, source, bytes, stream);
}
CUresult cuMemcpyDtoDAsync(CUdeviceptr destination, CUdeviceptr source, size_t bytes,
                           CUstream stream) {
  return copyLinear(Mode::Asynchronous, device, destination, device, source, bytes, stream);
}

// Both contexts are of the one device.
CUresult cuMemcpyPeer(CUdeviceptr destination, CUcontext destinationContext, CUdeviceptr source,
                      CUcontext sourceContext, size_t bytes) {
  return cuMemcpyPeerAsync(destination, destinationContext, source, sourceContext, bytes, nullptr);
}
CUresult cuMemcpyPeerAsync(CUdeviceptr destination, CUcontext destinationContext,
                           CUdeviceptr source, CUcontext sourceContext, size_t bytes,
                           CUstream stream) {
  return withContext([&](Driver &driver, Context &) {
    driver.find<Context>(destinationContext, CUDA_ERROR_INVALID_CONTEXT);
    driver.find<Context>(sourceContext, CUDA_ERROR_INVALID_CONTEXT);
    submitCopy(driver, Mode::Asynchronous, linear(device, destination, device, source, bytes),
               stream);
  });
}

CUresult cuMemcpy2D(const CUDA_MEMCPY2D *copy) {
  return withContext([&](Driver &driver, Context &) {
    requirePointer(copy);
    submitCopy(driver, Mode::Synchronous, widen(*copy), nullptr);
  });
}
CUresult cuMemcpy2DUnaligned(const CUDA_MEMCPY2D *copy) { return cuMemcpy2D(copy); }
CUresult cuMemcpy2DAsync(const CUDA_MEMCPY2D *copy, CUstream stream) {
  return withContext([&](Driver &driver, Context &) {
    requirePointer(copy);
    submitCopy(driver, Mode::Asynchronous, widen(*copy), stream);
  });
}
CUresult cuMemcpy3D(const CUDA_MEMCPY3D *copy) {
  return withContext([&](Driver &driver, Context &) {
    requirePointer(copy);
    submitCopy(driver, Mode::Synchronous, *copy, nullptr);
  });
}
CUresult cuMemcpy3DAsync(const CUDA_MEMCPY3D *copy, CUstream stream) {
  return withContext([&](Driver &driver, Context &) {
    requirePointer(copy);
    submitCopy(driver, Mode::Asynchronous, *copy, stream);
  });
}

CUresult cuMemsetD8(CUdeviceptr address, unsigned char value, size_t count) {
  return fill(Mode::Synchronous, address, 0, value, 1, count, 1, nullptr);
}
CUresult cuMemsetD16(CUdeviceptr address, unsigned short value, size_t count) {
  return fill(Mode::Synchronous, address, 0, value, 2, count, 1, nullptr);
}
CUresult cuMemsetD32(CUdeviceptr address, unsigned int value, size_t count) {
  return fill(Mode::Synchronous, address, 0, value, 4, count, 1, nullptr);
}
CUresult cuMemsetD2D8(CUdeviceptr address, size_t pitch, unsigned char value, size_t width,
                      size_t height) {
  return fill(Mode::Synchronous, address, pitch, value, 1, width, height, nullptr);
}
CUresult cuMemsetD2D16(CUdeviceptr address, size_t pitch, unsigned short value, size_t width,
                       size_t height) {
  return fill(Mode::Synchronous, address, pitch, value, 2, width, height, nullptr);
}
CUresult cuMemsetD2D32(CUdeviceptr address, size_t pitch, unsigned int value, size_t width,
                       size_t height) {
  return fill(Mode::Synchronous, address, pitch, value, 4, width, height, nullptr);
}
CUresult cuMemsetD8Async(CUdeviceptr address, unsigned char value, size_t count, CUstream stream) {
  return fill(Mode::Asynchronous, address, 0, value, 1, count, 1, stream);
}
CUresult cuMemsetD16Async(CUdeviceptr address, unsigned short value, size_t count,
                          CUstream stream) {
  return fill(Mode::Asynchronous, address, 0, value, 2, count, 1, stream);
}
CUresult cuMemsetD32Async(CUdeviceptr address, unsigned int value, size_t count, CUstream stream) {
  return fill(Mode::Asynchronous, address, 0, value, 4, count, 1, stream);
}
CUresult cuMemsetD2D8Async(CUdeviceptr address, size_t pitch, unsigned char value, size_t width,
                           size_t height, CUstream stream) {
  return fill(Mode::Asynchronous, address, pitch, value, 1, width, height, stream);
}
CUresult cuMemsetD2D16Async(CUdeviceptr address, size_t pitch, unsigned short value, size_t width,
                            size_t height, CUstream stream) {
  return fill(Mode::Asynchronous, address, pitch, value, 2, width, height, stream);
}
CUresult cuMemsetD2D32Async(CUdeviceptr address, size_t pitch, unsigned int value, size_t width,
                            size_t height, CUstream stream) {
  return fill(Mode::Asynchronous, address, pitch, value, 4, width, height, stream);
}
}
