//===- Capture.cpp - Streams that record a graph --------------------------===//
#include "runtime/cudasim/Driver/Capture.h"
#include "runtime/cudasim/Driver/Driver.h"
#include <algorithm>

namespace azulejo::cudasim::driver {

static thread_local CUstreamCaptureMode threadMode = CU_STREAM_CAPTURE_MODE_GLOBAL;

/// A call that may not be made while something is captured: not at all where this thread is in
/// global mode and any thread captures in global mode, not by the thread that captures in mode
/// thread-local. The captures it disturbs are lost.
void Driver::forbidDuringCapture() {
  if (threadMode == CU_STREAM_CAPTURE_MODE_RELAXED)
    return;
  bool disturbed = false;
  for (auto &weak : captures)
    if (std::shared_ptr<Capture> capture = weak.lock()) {
      bool own = capture->thread == std::this_thread::get_id();
      bool concerned = capture->mode == CU_STREAM_CAPTURE_MODE_GLOBAL
                           ? own || threadMode == CU_STREAM_CAPTURE_MODE_GLOBAL
                           : capture->mode == CU_STREAM_CAPTURE_MODE_THREAD_LOCAL && own;
      if (concerned && capture->origin) {
        capture->status = CU_STREAM_CAPTURE_STATUS_INVALIDATED;
        disturbed = true;
      }
    }
  require(!disturbed, CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
}

void Driver::forbidImplicitCapture(const Context &context) {
  bool disturbed = false;
  for (Stream *stream : context.streams)
    if (stream->capture && !(stream->flags & CU_STREAM_NON_BLOCKING)) {
      stream->capture->status = CU_STREAM_CAPTURE_STATUS_INVALIDATED;
      disturbed = true;
    }
  require(!disturbed, CUDA_ERROR_STREAM_CAPTURE_IMPLICIT);
}

static void addDependencies(std::vector<Edge> &to, const std::vector<Edge> &from) {
  for (const Edge &edge : from)
    if (std::none_of(to.begin(), to.end(), [&](const Edge &e) { return e.node == edge.node; }))
      to.push_back(edge);
}

void joinCapture(Stream &stream, Event &event) {
  require(event.capture->status == CU_STREAM_CAPTURE_STATUS_ACTIVE && event.capture->origin,
          CUDA_ERROR_STREAM_CAPTURE_INVALIDATED);
  if (!stream.capture) {
    require(stream.kind != Stream::Legacy, CUDA_ERROR_STREAM_CAPTURE_IMPLICIT);
    stream.capture = event.capture;
    stream.captureDependencies = event.captureDependencies;
    return;
  }
  if (stream.capture != event.capture) {
    stream.capture->status = event.capture->status = CU_STREAM_CAPTURE_STATUS_INVALIDATED;
    fail(CUDA_ERROR_STREAM_CAPTURE_MERGE);
  }
  addDependencies(stream.captureDependencies, event.captureDependencies);
}

/// Whether all that `dependencies` lead back to includes all that `others` end in.
static bool isJoined(const std::vector<Edge> &dependencies, const std::vector<Edge> &others) {
  std::set<const Node *> seen;
  std::vector<const Node *> left;
  left.reserve(dependencies.size());
  for (const Edge &edge : dependencies)
    left.push_back(edge.node);
  while (!left.empty()) {
    const Node *node = left.back();
    left.pop_back();
    if (!seen.insert(node).second)
      continue;
    for (const Edge &edge : node->dependencies)
      left.push_back(edge.node);
  }
  return std::all_of(others.begin(), others.end(),
                     [&](const Edge &edge) { return seen.count(edge.node) != 0; });
}

} // namespace azulejo::cudasim::driver

using namespace azulejo::cudasim;
using namespace azulejo::cudasim::driver;

namespace {

void begin(Driver &driver, CUstream handle, CUstreamCaptureMode mode, std::shared_ptr<Graph> graph,
           std::vector<Edge> dependencies) {
  std::shared_ptr<Stream> stream = driver.findStream(handle);
  require(stream->kind != Stream::Legacy, CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
  require(mode >= CU_STREAM_CAPTURE_MODE_GLOBAL && mode <= CU_STREAM_CAPTURE_MODE_RELAXED);
  require(!stream->capture, CUDA_ERROR_ILLEGAL_STATE);
  require(!graph || !graph->isChild); // which goes with its node
  auto capture = std::make_shared<Capture>();
  capture->ownsGraph = graph == nullptr;
  capture->graph = graph ? graph : driver.registry.add(std::make_shared<Graph>());
  capture->mode = mode;
  capture->thread = std::this_thread::get_id();
  capture->origin = stream.get();
  capture->id = driver.nextId++;
  stream->capture = capture;
  stream->captureDependencies = std::move(dependencies);
  driver.captures.erase(std::remove_if(driver.captures.begin(), driver.captures.end(),
                                       [](auto &weak) { return weak.expired(); }),
                        driver.captures.end());
  driver.captures.push_back(capture);
}

/// Takes every stream out of a capture.
void leave(Context &context, const std::shared_ptr<Capture> &capture) {
  capture->origin = nullptr;
  for (Stream *stream : context.streams)
    if (stream->capture == capture) {
      stream->capture = nullptr;
      stream->captureDependencies.clear();
    }
}

std::vector<Edge> edges(Driver &driver, const CUgraphNode *nodes, const CUgraphEdgeData *data,
                        size_t count, const Graph &graph) {
  require(count == 0 || nodes != nullptr);
  std::vector<Edge> result;
  for (size_t i = 0; i < count; ++i) {
    std::shared_ptr<Node> node = driver.find<Node>(nodes[i], CUDA_ERROR_INVALID_VALUE);
    require(node->graph == &graph);
    result.push_back({node.get(), data ? data[i] : CUgraphEdgeData{}});
  }
  return result;
}

} // namespace

extern "C" {

CUresult cuStreamBeginCapture(CUstream stream, CUstreamCaptureMode mode) {
  return withContext([&](Driver &driver, Context &) { begin(driver, stream, mode, nullptr, {}); });
}

CUresult cuStreamBeginCaptureToGraph(CUstream stream, CUgraph handle,
                                     const CUgraphNode *dependencies, const CUgraphEdgeData *data,
                                     size_t count, CUstreamCaptureMode mode) {
  return withContext([&](Driver &driver, Context &) {
    std::shared_ptr<Graph> graph = driver.find<Graph>(handle, CUDA_ERROR_INVALID_VALUE);
    begin(driver, stream, mode, graph, edges(driver, dependencies, data, count, *graph));
  });
}

CUresult cuStreamEndCapture(CUstream handle, CUgraph *out) {
  return withContext([&](Driver &driver, Context &context) {
    requirePointer(out);
    *out = nullptr;
    std::shared_ptr<Stream> stream = driver.findStream(handle);
    std::shared_ptr<Capture> capture = stream->capture;
    require(capture != nullptr, CUDA_ERROR_ILLEGAL_STATE);
    require(capture->mode == CU_STREAM_CAPTURE_MODE_RELAXED ||
                capture->thread == std::this_thread::get_id(),
            CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD);
    CUresult result = CUDA_SUCCESS;
    if (capture->status != CU_STREAM_CAPTURE_STATUS_ACTIVE)
      result = CUDA_ERROR_STREAM_CAPTURE_INVALIDATED;
    else if (capture->origin != stream.get())
      result = CUDA_ERROR_STREAM_CAPTURE_UNMATCHED;
    else
      for (const Stream *other : context.streams)
        if (other->capture == capture &&
            !isJoined(stream->captureDependencies, other->captureDependencies))
          result = CUDA_ERROR_STREAM_CAPTURE_UNJOINED;
    leave(context, capture);
    if (result != CUDA_SUCCESS) {
      capture->status = CU_STREAM_CAPTURE_STATUS_INVALIDATED;
      if (capture->ownsGraph)
        driver.removeGraph(*capture->graph);
      fail(result);
    }
    *out = static_cast<CUgraph>(capture->graph->handle);
  });
}

CUresult cuStreamIsCapturing(CUstream handle, CUstreamCaptureStatus *status) {
  return withContext([&](Driver &driver, Context &context) {
    requirePointer(status);
    std::shared_ptr<Stream> stream = driver.findStream(handle);
    if (stream->kind == Stream::Legacy)
      driver.forbidImplicitCapture(context);
    *status = stream->capture ? stream->capture->status : CU_STREAM_CAPTURE_STATUS_NONE;
  });
}

CUresult cuStreamGetCaptureInfo(CUstream handle, CUstreamCaptureStatus *status, cuuint64_t *id,
                                CUgraph *graph, const CUgraphNode **dependencies,
                                const CUgraphEdgeData **data, size_t *count) {
  return withContext([&](Driver &driver, Context &context) {
    requirePointer(status);
    std::shared_ptr<Stream> stream = driver.findStream(handle);
    if (stream->kind == Stream::Legacy)
      driver.forbidImplicitCapture(context);
    *status = stream->capture ? stream->capture->status : CU_STREAM_CAPTURE_STATUS_NONE;
    if (*status != CU_STREAM_CAPTURE_STATUS_ACTIVE)
      return;
    stream->dependencyHandles.clear();
    stream->dependencyData.clear();
    for (const Edge &edge : stream->captureDependencies) {
      stream->dependencyHandles.push_back(static_cast<CUgraphNode>(edge.node->handle));
      stream->dependencyData.push_back(edge.data);
    }
    if (id)
      *id = stream->capture->id;
    if (graph)
      *graph = static_cast<CUgraph>(stream->capture->graph->handle);
    if (dependencies)
      *dependencies = stream->dependencyHandles.data();
    if (data)
      *data = stream->dependencyData.data();
    if (count)
      *count = stream->dependencyHandles.size();
  });
}

CUresult cuStreamUpdateCaptureDependencies(CUstream handle, CUgraphNode *dependencies,
                                           const CUgraphEdgeData *data, size_t count,
                                           unsigned int flags) {
  return withContext([&](Driver &driver, Context &) {
    std::shared_ptr<Stream> stream = driver.findStream(handle);
    require(flags <= CU_STREAM_SET_CAPTURE_DEPENDENCIES);
    require(stream->capture != nullptr, CUDA_ERROR_ILLEGAL_STATE);
    std::vector<Edge> given = edges(driver, dependencies, data, count, *stream->capture->graph);
    if (flags == CU_STREAM_SET_CAPTURE_DEPENDENCIES)
      stream->captureDependencies.clear();
    addDependencies(stream->captureDependencies, given);
  });
}

CUresult cuThreadExchangeStreamCaptureMode(CUstreamCaptureMode *mode) {
  return withDriver([&](Driver &) {
    requirePointer(mode);
    require(*mode >= CU_STREAM_CAPTURE_MODE_GLOBAL && *mode <= CU_STREAM_CAPTURE_MODE_RELAXED);
    std::swap(*mode, threadMode);
  });
}
}
