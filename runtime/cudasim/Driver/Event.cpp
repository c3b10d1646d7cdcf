//===- Event.cpp - Events -------------------------------------------------===//
#include "runtime/cudasim/Driver/Capture.h"
#include "runtime/cudasim/Driver/Driver.h"

using namespace azulejo::cudasim;
using namespace azulejo::cudasim::driver;

namespace {

std::shared_ptr<Event> findEvent(Driver &driver, CUevent handle) {
  std::shared_ptr<Event> event = driver.find<Event>(handle);
  std::shared_ptr<Context> context = event->context.lock();
  require(context && !context->destroyed, CUDA_ERROR_CONTEXT_IS_DESTROYED);
  return event;
}

/// An event of a capture stands for no point in time.
void forbidCaptured(Event &event) {
  if (!event.capture)
    return;
  event.capture->status = CU_STREAM_CAPTURE_STATUS_INVALIDATED;
  fail(CUDA_ERROR_CAPTURED_EVENT);
}

void record(Driver &driver, CUevent eventHandle, CUstream streamHandle, unsigned flags) {
  require((flags & ~unsigned(CU_EVENT_RECORD_EXTERNAL)) == 0);
  std::shared_ptr<Event> event = findEvent(driver, eventHandle);
  std::shared_ptr<Stream> stream = driver.findStream(streamHandle);
  require(event->context.lock() == stream->context.lock(), CUDA_ERROR_INVALID_HANDLE);
  if (stream->capture && !(flags & CU_EVENT_RECORD_EXTERNAL)) {
    require(stream->capture->status == CU_STREAM_CAPTURE_STATUS_ACTIVE,
            CUDA_ERROR_STREAM_CAPTURE_INVALIDATED);
    event->capture = stream->capture;
    event->captureDependencies = stream->captureDependencies;
    return;
  }
  require(stream->capture || !(flags & CU_EVENT_RECORD_EXTERNAL), CUDA_ERROR_ILLEGAL_STATE);
  driver.submit(*stream, EventRecordWork{event});
}

} // namespace

extern "C" {

CUresult cuEventCreate(CUevent *out, unsigned int flags) {
  return withContext([&](Driver &driver, Context &context) {
    requirePointer(out);
    constexpr unsigned known =
        CU_EVENT_BLOCKING_SYNC | CU_EVENT_DISABLE_TIMING | CU_EVENT_INTERPROCESS;
    require((flags & ~known) == 0);
    require(!(flags & CU_EVENT_INTERPROCESS),
            flags & CU_EVENT_DISABLE_TIMING ? CUDA_ERROR_NOT_SUPPORTED : CUDA_ERROR_INVALID_VALUE);
    auto event = driver.registry.add(std::make_shared<Event>());
    event->context = context.legacyStream->context;
    event->flags = flags;
    *out = static_cast<CUevent>(event->handle);
  });
}

CUresult cuEventDestroy(CUevent handle) {
  return withDriver([&](Driver &driver) { driver.registry.remove(*driver.find<Event>(handle)); });
}

CUresult cuEventRecord(CUevent event, CUstream stream) {
  return withContext([&](Driver &driver, Context &) { record(driver, event, stream, 0); });
}

CUresult cuEventRecordWithFlags(CUevent event, CUstream stream, unsigned int flags) {
  return withContext([&](Driver &driver, Context &) { record(driver, event, stream, flags); });
}

CUresult cuEventQuery(CUevent handle) {
  return withContext(
      [&](Driver &driver, Context &) { forbidCaptured(*findEvent(driver, handle)); });
}

CUresult cuEventSynchronize(CUevent handle) {
  return withContext([&](Driver &driver, Context &context) {
    std::shared_ptr<Event> event = findEvent(driver, handle);
    forbidCaptured(*event);
    if (event->recorded)
      context.hostTime = std::max(context.hostTime, event->time);
  });
}

CUresult cuEventElapsedTime(float *milliseconds, CUevent startHandle, CUevent endHandle) {
  return withContext([&](Driver &driver, Context &) {
    requirePointer(milliseconds);
    std::shared_ptr<Event> start = findEvent(driver, startHandle);
    std::shared_ptr<Event> end = findEvent(driver, endHandle);
    require(!((start->flags | end->flags) & CU_EVENT_DISABLE_TIMING), CUDA_ERROR_INVALID_HANDLE);
    require(start->recorded && end->recorded, CUDA_ERROR_INVALID_HANDLE);
    *milliseconds = float((end->time - start->time) / 1e6);
  });
}

CUresult cuStreamWaitEvent(CUstream streamHandle, CUevent eventHandle, unsigned int flags) {
  return withContext([&](Driver &driver, Context &) {
    require((flags & ~unsigned(CU_EVENT_WAIT_EXTERNAL)) == 0);
    std::shared_ptr<Stream> stream = driver.findStream(streamHandle);
    std::shared_ptr<Event> event = findEvent(driver, eventHandle);
    if (event->capture && !(flags & CU_EVENT_WAIT_EXTERNAL)) {
      joinCapture(*stream, *event);
      return;
    }
    if (stream->capture && !(flags & CU_EVENT_WAIT_EXTERNAL)) {
      // What was recorded before the capture began is no part of it.
      stream->capture->status = CU_STREAM_CAPTURE_STATUS_INVALIDATED;
      fail(CUDA_ERROR_STREAM_CAPTURE_ISOLATION);
    }
    driver.submit(*stream, EventWaitWork{event});
  });
}

CUresult cuCtxRecordEvent(CUcontext handle, CUevent eventHandle) {
  return withDriver([&](Driver &driver) {
    std::shared_ptr<Context> context = driver.find<Context>(handle, CUDA_ERROR_INVALID_CONTEXT);
    std::shared_ptr<Event> event = findEvent(driver, eventHandle);
    require(event->context.lock() == context, CUDA_ERROR_INVALID_HANDLE);
    driver.forbidImplicitCapture(*context);
    event->recorded = true;
    event->time = context->hostTime;
    for (const Stream *stream : context->streams)
      event->time = std::max(event->time, stream->time);
  });
}

CUresult cuCtxWaitEvent(CUcontext handle, CUevent eventHandle) {
  return withDriver([&](Driver &driver) {
    std::shared_ptr<Context> context = driver.find<Context>(handle, CUDA_ERROR_INVALID_CONTEXT);
    std::shared_ptr<Event> event = findEvent(driver, eventHandle);
    driver.forbidImplicitCapture(*context);
    for (Stream *stream : context->streams)
      if (event->recorded)
        stream->time = std::max(stream->time, event->time);
  });
}
}
