//===- Objects.h - Contexts, modules, streams, events, graphs -------------===//
#ifndef AZULEJO_CUDASIM_DRIVER_OBJECTS_H
#define AZULEJO_CUDASIM_DRIVER_OBJECTS_H

#include "runtime/cudasim/Driver/Cuda.h"
#include "runtime/cudasim/Driver/Registry.h"
#include "runtime/cudasim/Machine/Launch.h"
#include "runtime/cudasim/Program/Program.h"
#include <map>
#include <set>
#include <string>
#include <thread>
#include <variant>
#include <vector>

namespace azulejo::cudasim::driver {

struct Context;
struct Module;
struct Library;
struct Event;
struct Graph;
struct Node;
struct GraphExec;

// --- Code ----------------------------------------------------------------------------------------

/// What cuFuncSetAttribute can change.
struct FunctionSettings {
  int maxDynamicShared = -1; // -1: what needs no opting in
  int carveout = -1;
  bool nonPortableCluster = false;
  int schedulingPolicy = 0;
  int cluster[3] = {0, 0, 0}; // required at launch, as PTX's .reqnctapercluster
  CUfunc_cache cache = CU_FUNC_CACHE_PREFER_NONE;
};

struct KernelFunction : Object {
  std::weak_ptr<Module> module;
  std::string name;
  const Kernel *kernel = nullptr; // of the module's program
  FunctionSettings settings;
};

struct Module : Object {
  std::weak_ptr<Context> context;
  std::shared_ptr<Library> library; // whose copy in this context it is, or null
  std::shared_ptr<Program> program;
  std::map<std::string, std::shared_ptr<KernelFunction>, std::less<>> functions;
  std::vector<uint64_t> globals; // addresses given to .global variables
  uint32_t bank = 0;             // which constant bank (see constantAddress)
};

/// A kernel of a library: the function of that name in whatever context is current.
struct LibraryKernel : Object {
  std::weak_ptr<Library> library;
  std::string name;
  FunctionSettings settings;
};

struct Library : Object {
  std::string text; // PTX
  std::map<const Context *, std::shared_ptr<Module>> modules;
  std::map<std::string, std::shared_ptr<LibraryKernel>, std::less<>> kernels;
};

// --- Work: what streams and graph nodes do -------------------------------------------------------

struct KernelWork {
  std::shared_ptr<KernelFunction> function;
  std::shared_ptr<Module> module; // keeps the code
  CUfunction func = nullptr;      // the handles that the program gave
  CUkernel kern = nullptr;
  LaunchConfig config;
  std::vector<CUlaunchAttribute> attributes;
  std::vector<void *> pointers; // into config.parameters, for cuGraphKernelNodeGetParams
};
struct MemcpyWork {
  CUDA_MEMCPY3D copy = {};
};
struct MemsetWork {
  CUDA_MEMSET_NODE_PARAMS set = {};
};
struct HostWork {
  CUDA_HOST_NODE_PARAMS call = {};
  // What cuStreamAddCallback adds, in place of call.
  CUstreamCallback callback = nullptr;
  void *userData = nullptr;
};
struct EmptyWork {};
struct EventRecordWork {
  std::shared_ptr<Event> event;
};
struct EventWaitWork {
  std::shared_ptr<Event> event;
};
struct ChildGraphWork {
  std::shared_ptr<Graph> graph; // a copy of its own
};
struct MemAllocWork {
  CUdeviceptr address = 0;
  size_t bytes = 0;
};
struct MemFreeWork {
  CUdeviceptr address = 0;
};
struct WriteValueWork {
  CUdeviceptr address = 0;
  uint64_t value = 0;
  bool wide = false;
};
using Work = std::variant<KernelWork, MemcpyWork, MemsetWork, HostWork, EmptyWork, EventRecordWork,
                          EventWaitWork, ChildGraphWork, MemAllocWork, MemFreeWork, WriteValueWork>;

// --- Graphs --------------------------------------------------------------------------------------

struct Edge {
  Node *node = nullptr;
  CUgraphEdgeData data = {};
};

struct Node : Object {
  Graph *graph = nullptr;
  Work work;
  std::vector<Edge> dependencies;
  void *clonedFrom = nullptr; // a handle
};

struct Graph : Object {
  std::vector<std::shared_ptr<Node>> nodes; // in the order they were added
  void *clonedFrom = nullptr;
  bool isChild = false; // owned by a node of another graph
  std::map<std::shared_ptr<struct UserObject>, unsigned> userObjects;
};

struct UserObject : Object {
  void *pointer = nullptr;
  CUhostFn destroy = nullptr;
  unsigned references = 0;
};

struct ExecNode {
  void *node = nullptr; // the handle of the node it was made from
  Work work;
  std::vector<size_t> dependencies; // positions in GraphExec::nodes
  bool enabled = true;
  std::shared_ptr<GraphExec> child;
};

struct GraphExec : Object {
  std::vector<ExecNode> nodes; // each behind what it depends on
  uint64_t flags = 0;
  std::weak_ptr<Context> context;
};

// --- Streams and events --------------------------------------------------------------------------

/// A capture in progress: the streams that take part in it share it.
struct Capture {
  std::shared_ptr<Graph> graph;
  CUstreamCaptureMode mode = CU_STREAM_CAPTURE_MODE_GLOBAL;
  CUstreamCaptureStatus status = CU_STREAM_CAPTURE_STATUS_ACTIVE;
  std::thread::id thread;
  const struct Stream *origin = nullptr;
  uint64_t id = 0;
  bool ownsGraph = true; // cuStreamBeginCaptureToGraph captures into one that is there
};

struct Stream : Object {
  std::weak_ptr<Context> context;
  enum Kind : uint8_t { Legacy, PerThread, Created } kind = Created;
  unsigned flags = 0;
  int priority = 0;
  uint64_t id = 0;
  double time = 0; // simulated nanoseconds when its last work ended

  std::shared_ptr<Capture> capture;
  std::vector<Edge> captureDependencies;      // what the next captured node depends on
  std::vector<CUgraphNode> dependencyHandles; // what cuStreamGetCaptureInfo pointed at
  std::vector<CUgraphEdgeData> dependencyData;
};

struct Event : Object {
  std::weak_ptr<Context> context;
  unsigned flags = 0;
  bool recorded = false;
  double time = 0;
  std::shared_ptr<Capture> capture; // where its last record was captured
  std::vector<Edge> captureDependencies;
};

// --- Memory --------------------------------------------------------------------------------------

struct Pool : Object {
  CUmemPoolProps properties = {};
  bool isDefault = false;
  uint64_t releaseThreshold = 0, used = 0, usedHigh = 0;
  int reuse[3] = {1, 1, 1};
};

/// What the driver knows of an allocation beside DeviceMemory.
struct MemoryRecord {
  enum Kind : uint8_t { Device, Managed, Host, Registered, Pooled, Global, Mapped };
  Kind kind = Device;
  uint64_t size = 0;
  std::weak_ptr<Context> context;
  unsigned flags = 0;
  std::shared_ptr<Pool> pool;
  uint64_t id = 0;
  bool syncMemops = false;
  std::shared_ptr<Object> physical; // of a mapping: the memory (VirtualMemory.cpp)
  bool ofGraph = false; // made by a captured cuMemAllocAsync: lives as long as the context
};

// --- Contexts ------------------------------------------------------------------------------------

struct Context : Object {
  bool isPrimary = false, destroyed = false;
  unsigned flags = 0;
  uint64_t id = 0;
  /// The error of a kernel that faulted. Every later call of this context returns it.
  CUresult error = CUDA_SUCCESS;
  std::map<CUlimit, size_t> limits;
  CUfunc_cache cache = CU_FUNC_CACHE_PREFER_NONE;
  std::shared_ptr<Stream> legacyStream;
  std::map<std::thread::id, std::shared_ptr<Stream>> threadStreams;
  std::vector<std::shared_ptr<Module>> modules;
  std::set<Stream *> streams; // all of them, for what waits for the context
  double hostTime = 0;        // simulated: when the last synchronisation ended
};

} // namespace azulejo::cudasim::driver

#endif // AZULEJO_CUDASIM_DRIVER_OBJECTS_H
