//===- Stream.cpp - Streams -----------------------------------------------===//
#include "runtime/cudasim/Driver/Driver.h"
#include <algorithm>
#include <cstring>

using namespace azulejo::cudasim;
using namespace azulejo::cudasim::driver;

namespace {

void createStream(Driver &driver, Context &context, CUstream *out, unsigned flags, int priority) {
  requirePointer(out);
  require((flags & ~unsigned(CU_STREAM_NON_BLOCKING)) == 0);
  auto stream = driver.registry.add(std::make_shared<Stream>());
  stream->context = context.legacyStream->context;
  stream->flags = flags;
  stream->priority = std::clamp(priority, -5, 0); // as cuCtxGetStreamPriorityRange says
  stream->id = driver.nextId++;
  context.streams.insert(stream.get());
  *out = static_cast<CUstream>(stream->handle);
}

/// A stream that captures cannot be waited for, and the attempt spoils the capture.
void forbidCapturing(Stream &stream) {
  if (!stream.capture)
    return;
  stream.capture->status = CU_STREAM_CAPTURE_STATUS_INVALIDATED;
  fail(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
}

void writeValue(CUstream handle, CUdeviceptr address, uint64_t value, bool wide, unsigned flags,
                Driver &driver) {
  std::shared_ptr<Stream> stream = driver.findStream(handle);
  require((flags & ~unsigned(CU_STREAM_WRITE_VALUE_NO_MEMORY_BARRIER)) == 0);
  require(address % (wide ? 8 : 4) == 0);
  driver.devicePointer(address, wide ? 8 : 4);
  driver.submit(*stream, WriteValueWork{address, value, wide});
}

/// What is waited for must be there already: all work before it is done, and nothing that the
/// program does later can be waited for here.
void waitValue(CUstream handle, CUdeviceptr address, uint64_t value, bool wide, unsigned flags,
               Driver &driver) {
  std::shared_ptr<Stream> stream = driver.findStream(handle);
  unsigned comparison = flags & ~unsigned(CU_STREAM_WAIT_VALUE_FLUSH);
  require(comparison <= CU_STREAM_WAIT_VALUE_NOR && address % (wide ? 8 : 4) == 0);
  require(!stream->capture, CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
  uint64_t there = 0;
  std::memcpy(&there, driver.devicePointer(address, wide ? 8 : 4), wide ? 8 : 4);
  int64_t difference = wide ? int64_t(there - value) : int32_t(uint32_t(there) - uint32_t(value));
  bool satisfied = comparison == CU_STREAM_WAIT_VALUE_GEQ   ? difference >= 0
                   : comparison == CU_STREAM_WAIT_VALUE_EQ  ? difference == 0
                   : comparison == CU_STREAM_WAIT_VALUE_AND ? (there & value) != 0
                   : wide                                   ? ~(there | value) != 0
                                                            : uint32_t(~(there | value)) != 0;
  require(satisfied, CUDA_ERROR_NOT_SUPPORTED);
}

} // namespace

extern "C" {

CUresult cuStreamCreate(CUstream *out, unsigned int flags) {
  return withContext(
      [&](Driver &driver, Context &context) { createStream(driver, context, out, flags, 0); });
}

CUresult cuStreamCreateWithPriority(CUstream *out, unsigned int flags, int priority) {
  return withContext([&](Driver &driver, Context &context) {
    createStream(driver, context, out, flags, priority);
  });
}

CUresult cuStreamDestroy(CUstream handle) {
  return withDriver([&](Driver &driver) {
    std::shared_ptr<Stream> stream = driver.find<Stream>(handle);
    if (stream->capture) { // what it began is lost, and ends where it began
      stream->capture->status = CU_STREAM_CAPTURE_STATUS_INVALIDATED;
      if (stream->capture->origin == stream.get())
        stream->capture->origin = nullptr;
    }
    if (std::shared_ptr<Context> context = stream->context.lock()) {
      context->streams.erase(stream.get());
    }
    driver.registry.remove(*stream);
  });
}

CUresult cuStreamGetPriority(CUstream handle, int *priority) {
  return withContext([&](Driver &driver, Context &) {
    requirePointer(priority);
    *priority = driver.findStream(handle)->priority;
  });
}

CUresult cuStreamGetFlags(CUstream handle, unsigned int *flags) {
  return withContext([&](Driver &driver, Context &) {
    requirePointer(flags);
    *flags = driver.findStream(handle)->flags;
  });
}

CUresult cuStreamGetId(CUstream handle, unsigned long long *id) {
  return withContext([&](Driver &driver, Context &) {
    requirePointer(id);
    *id = driver.findStream(handle)->id;
  });
}

CUresult cuStreamGetDevice(CUstream handle, CUdevice *device) {
  return withContext([&](Driver &driver, Context &) {
    requirePointer(device);
    driver.findStream(handle);
    *device = 0;
  });
}

CUresult cuStreamGetCtx(CUstream handle, CUcontext *out) {
  return withContext([&](Driver &driver, Context &) {
    requirePointer(out);
    std::shared_ptr<Context> context = driver.findStream(handle)->context.lock();
    require(context != nullptr, CUDA_ERROR_CONTEXT_IS_DESTROYED);
    *out = static_cast<CUcontext>(context->handle);
  });
}

CUresult cuStreamQuery(CUstream handle) {
  return withContext([&](Driver &driver, Context &context) {
    std::shared_ptr<Stream> stream = driver.findStream(handle);
    forbidCapturing(*stream);
    if (stream->kind == Stream::Legacy)
      driver.forbidImplicitCapture(context);
  });
}

CUresult cuStreamSynchronize(CUstream handle) {
  return withContext([&](Driver &driver, Context &context) {
    std::shared_ptr<Stream> stream = driver.findStream(handle);
    forbidCapturing(*stream);
    if (stream->kind == Stream::Legacy)
      driver.forbidImplicitCapture(context);
    context.hostTime = std::max(context.hostTime, stream->time);
  });
}

CUresult cuStreamAddCallback(CUstream handle, CUstreamCallback callback, void *userData,
                             unsigned int flags) {
  return withContext([&](Driver &driver, Context &) {
    require(callback != nullptr && flags == 0);
    std::shared_ptr<Stream> stream = driver.findStream(handle);
    if (stream->capture) {
      stream->capture->status = CU_STREAM_CAPTURE_STATUS_INVALIDATED;
      fail(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
    }
    HostWork work;
    work.callback = callback;
    work.userData = userData;
    driver.submit(*stream, work);
  });
}

// Attributes say how work is scheduled, which changes nothing here.
CUresult cuStreamCopyAttributes(CUstream destination, CUstream source) {
  return withContext([&](Driver &driver, Context &) {
    driver.findStream(destination)->priority = driver.findStream(source)->priority;
  });
}

CUresult cuStreamGetAttribute(CUstream handle, CUstreamAttrID attribute, CUstreamAttrValue *value) {
  return withContext([&](Driver &driver, Context &) {
    requirePointer(value);
    std::shared_ptr<Stream> stream = driver.findStream(handle);
    *value = {};
    switch (attribute) {
    case CU_LAUNCH_ATTRIBUTE_PRIORITY:
      value->priority = stream->priority;
      return;
    case CU_LAUNCH_ATTRIBUTE_ACCESS_POLICY_WINDOW:
    case CU_LAUNCH_ATTRIBUTE_SYNCHRONIZATION_POLICY:
    case CU_LAUNCH_ATTRIBUTE_MEM_SYNC_DOMAIN_MAP:
    case CU_LAUNCH_ATTRIBUTE_MEM_SYNC_DOMAIN:
      return;
    default:
      fail(CUDA_ERROR_INVALID_VALUE);
    }
  });
}

CUresult cuStreamSetAttribute(CUstream handle, CUstreamAttrID attribute,
                              const CUstreamAttrValue *value) {
  return withContext([&](Driver &driver, Context &) {
    requirePointer(value);
    std::shared_ptr<Stream> stream = driver.findStream(handle);
    switch (attribute) {
    case CU_LAUNCH_ATTRIBUTE_PRIORITY:
      stream->priority = std::clamp(value->priority, -5, 0);
      return;
    case CU_LAUNCH_ATTRIBUTE_ACCESS_POLICY_WINDOW:
    case CU_LAUNCH_ATTRIBUTE_SYNCHRONIZATION_POLICY:
    case CU_LAUNCH_ATTRIBUTE_MEM_SYNC_DOMAIN_MAP:
    case CU_LAUNCH_ATTRIBUTE_MEM_SYNC_DOMAIN:
      return;
    default:
      fail(CUDA_ERROR_INVALID_VALUE);
    }
  });
}

CUresult cuStreamWriteValue32(CUstream stream, CUdeviceptr address, cuuint32_t value,
                              unsigned int flags) {
  return withContext(
      [&](Driver &driver, Context &) { writeValue(stream, address, value, false, flags, driver); });
}

CUresult cuStreamWriteValue64(CUstream stream, CUdeviceptr address, cuuint64_t value,
                              unsigned int flags) {
  return withContext(
      [&](Driver &driver, Context &) { writeValue(stream, address, value, true, flags, driver); });
}

CUresult cuStreamWaitValue32(CUstream stream, CUdeviceptr address, cuuint32_t value,
                             unsigned int flags) {
  return withContext(
      [&](Driver &driver, Context &) { waitValue(stream, address, value, false, flags, driver); });
}

CUresult cuStreamWaitValue64(CUstream stream, CUdeviceptr address, cuuint64_t value,
                             unsigned int flags) {
  return withContext(
      [&](Driver &driver, Context &) { waitValue(stream, address, value, true, flags, driver); });
}

CUresult cuStreamBatchMemOp(CUstream stream, unsigned int count,
                            CUstreamBatchMemOpParams *operations, unsigned int flags) {
  return withContext([&](Driver &driver, Context &) {
    require(operations != nullptr && count <= 256 && flags == 0);
    for (unsigned i = 0; i < count; ++i) {
      const CUstreamBatchMemOpParams &each = operations[i];
      switch (each.operation) {
      case CU_STREAM_MEM_OP_WAIT_VALUE_32:
        waitValue(stream, each.waitValue.address, each.waitValue.value, false, each.waitValue.flags,
                  driver);
        break;
      case CU_STREAM_MEM_OP_WAIT_VALUE_64:
        waitValue(stream, each.waitValue.address, each.waitValue.value64, true,
                  each.waitValue.flags, driver);
        break;
      case CU_STREAM_MEM_OP_WRITE_VALUE_32:
        writeValue(stream, each.writeValue.address, each.writeValue.value, false,
                   each.writeValue.flags, driver);
        break;
      case CU_STREAM_MEM_OP_WRITE_VALUE_64:
        writeValue(stream, each.writeValue.address, each.writeValue.value64, true,
                   each.writeValue.flags, driver);
        break;
      case CU_STREAM_MEM_OP_FLUSH_REMOTE_WRITES:
      case CU_STREAM_MEM_OP_BARRIER:
        break;
      default:
        fail(CUDA_ERROR_INVALID_VALUE);
      }
    }
  });
}
}
