//===- GraphNodes.cpp - Nodes as their parameters -------------------------===//
#include "runtime/cudasim/Driver/GraphNodes.h"
#include "runtime/cudasim/Driver/KernelParameters.h"

namespace azulejo::cudasim::driver {

HostWork hostWork(const CUDA_HOST_NODE_PARAMS &parameters) {
  require(parameters.fn != nullptr);
  HostWork work;
  work.call = parameters;
  return work;
}

static ChildGraphWork childWork(Driver &driver, CUgraph handle) {
  ChildGraphWork work;
  work.graph = driver.cloneGraph(*findGraph(driver, handle));
  work.graph->isChild = true;
  return work;
}

/// Memory of a graph has its address from now on, and stays until the context goes.
template <class Parameters> static MemAllocWork allocWork(Driver &driver, Parameters &parameters) {
  const CUmemPoolProps &properties = parameters.poolProps;
  require(properties.allocType == CU_MEM_ALLOCATION_TYPE_PINNED && parameters.bytesize != 0 &&
          properties.location.type == CU_MEM_LOCATION_TYPE_DEVICE && properties.location.id == 0);
  require(properties.handleTypes == CU_MEM_HANDLE_TYPE_NONE, CUDA_ERROR_NOT_SUPPORTED);
  MemoryRecord record;
  record.kind = MemoryRecord::Pooled;
  record.context = driver.currentOrNull();
  record.ofGraph = true;
  parameters.dptr = driver.allocate(parameters.bytesize, record, "cuGraphAddMemAllocNode");
  return {parameters.dptr, parameters.bytesize};
}

static MemFreeWork freeWork(Driver &driver, CUdeviceptr address) {
  auto found = driver.records.find(address);
  require(found != driver.records.end() && found->second.ofGraph);
  return {address};
}

/// Kernel parameters of the third version say nothing that those of the second do not.
static CUDA_KERNEL_NODE_PARAMS narrow(const CUDA_KERNEL_NODE_PARAMS_v3 &p) {
  auto result = convertParameters<CUDA_KERNEL_NODE_PARAMS>(p);
  result.kern = p.kern;
  result.ctx = p.ctx;
  return result;
}

Work workOf(Driver &driver, CUgraphNodeParams &parameters) {
  switch (parameters.type) {
  case CU_GRAPH_NODE_TYPE_KERNEL:
    return kernelWork(driver, narrow(parameters.kernel));
  case CU_GRAPH_NODE_TYPE_MEMCPY:
    return memcpyWork(driver, parameters.memcpy.copyParams);
  case CU_GRAPH_NODE_TYPE_MEMSET: {
    CUDA_MEMSET_NODE_PARAMS set = {};
    set.dst = parameters.memset.dst;
    set.pitch = parameters.memset.pitch;
    set.value = parameters.memset.value;
    set.elementSize = parameters.memset.elementSize;
    set.width = parameters.memset.width;
    set.height = parameters.memset.height;
    return memsetWork(driver, set);
  }
  case CU_GRAPH_NODE_TYPE_HOST:
    return hostWork({parameters.host.fn, parameters.host.userData});
  case CU_GRAPH_NODE_TYPE_GRAPH:
    return childWork(driver, parameters.graph.graph);
  case CU_GRAPH_NODE_TYPE_EMPTY:
    return EmptyWork{};
  case CU_GRAPH_NODE_TYPE_WAIT_EVENT:
    return EventWaitWork{driver.find<Event>(parameters.eventWait.event)};
  case CU_GRAPH_NODE_TYPE_EVENT_RECORD:
    return EventRecordWork{driver.find<Event>(parameters.eventRecord.event)};
  case CU_GRAPH_NODE_TYPE_MEM_ALLOC:
    return allocWork(driver, parameters.alloc);
  case CU_GRAPH_NODE_TYPE_MEM_FREE:
    return freeWork(driver, parameters.free.dptr);
  default:
    fail(CUDA_ERROR_NOT_SUPPORTED);
  }
}

} // namespace azulejo::cudasim::driver

using namespace azulejo::cudasim;
using namespace azulejo::cudasim::driver;

namespace {

void giveKernelParameters(KernelWork &work, CUDA_KERNEL_NODE_PARAMS *out) {
  requirePointer(out);
  *out = {};
  out->func = work.func;
  out->kern = work.kern;
  out->gridDimX = work.config.grid.x;
  out->gridDimY = work.config.grid.y;
  out->gridDimZ = work.config.grid.z;
  out->blockDimX = work.config.block.x;
  out->blockDimY = work.config.block.y;
  out->blockDimZ = work.config.block.z;
  out->sharedMemBytes = work.config.dynamicSharedBytes;
  work.pointers.clear();
  for (const Kernel::Parameter &parameter : work.function->kernel->parameters)
    work.pointers.push_back(work.config.parameters.data() + parameter.offset);
  out->kernelParams = work.pointers.data();
}

/// Launch attributes of kernel nodes live with the launch's own.
CUlaunchAttribute *findAttribute(KernelWork &work, CUkernelNodeAttrID id) {
  for (CUlaunchAttribute &attribute : work.attributes)
    if (attribute.id == id)
      return &attribute;
  return nullptr;
}

} // namespace

extern "C" {

CUresult cuGraphAddKernelNode(CUgraphNode *out, CUgraph graph, const CUgraphNode *dependencies,
                              size_t count, const CUDA_KERNEL_NODE_PARAMS *parameters) {
  return withContext([&](Driver &driver, Context &) {
    requirePointer(parameters);
    findGraph(driver, graph);
    add(driver, out, graph, dependencies, nullptr, count, kernelWork(driver, *parameters));
  });
}

CUresult cuGraphKernelNodeGetParams(CUgraphNode node, CUDA_KERNEL_NODE_PARAMS *parameters) {
  return withDriver([&](Driver &driver) {
    giveKernelParameters(workAs<KernelWork>(*findNode(driver, node)), parameters);
  });
}

CUresult cuGraphKernelNodeSetParams(CUgraphNode handle, const CUDA_KERNEL_NODE_PARAMS *parameters) {
  return withContext([&](Driver &driver, Context &) {
    requirePointer(parameters);
    KernelWork &work = workAs<KernelWork>(*findNode(driver, handle));
    KernelWork fresh = kernelWork(driver, *parameters);
    fresh.attributes = work.attributes;
    driver.checkLaunch(fresh);
    work = std::move(fresh);
  });
}

CUresult cuGraphKernelNodeGetAttribute(CUgraphNode handle, CUkernelNodeAttrID id,
                                       CUkernelNodeAttrValue *value) {
  return withDriver([&](Driver &driver) {
    requirePointer(value);
    KernelWork &work = workAs<KernelWork>(*findNode(driver, handle));
    CUlaunchAttribute *found = findAttribute(work, id);
    *value = found ? found->value : CUkernelNodeAttrValue{};
    if (!found && id == CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION) {
      value->clusterDim.x = work.config.cluster.x;
      value->clusterDim.y = work.config.cluster.y;
      value->clusterDim.z = work.config.cluster.z;
    }
  });
}

CUresult cuGraphKernelNodeSetAttribute(CUgraphNode handle, CUkernelNodeAttrID id,
                                       const CUkernelNodeAttrValue *value) {
  return withDriver([&](Driver &driver) {
    requirePointer(value);
    KernelWork &work = workAs<KernelWork>(*findNode(driver, handle));
    KernelWork fresh = work;
    if (CUlaunchAttribute *found = findAttribute(fresh, id)) {
      found->value = *value;
    } else {
      CUlaunchAttribute attribute = {};
      attribute.id = id;
      attribute.value = *value;
      fresh.attributes.push_back(attribute);
    }
    driver.checkLaunch(fresh);
    work = std::move(fresh);
  });
}

CUresult cuGraphKernelNodeCopyAttributes(CUgraphNode destination, CUgraphNode source) {
  return withDriver([&](Driver &driver) {
    KernelWork &to = workAs<KernelWork>(*findNode(driver, destination));
    KernelWork fresh = to;
    fresh.attributes = workAs<KernelWork>(*findNode(driver, source)).attributes;
    driver.checkLaunch(fresh);
    to = std::move(fresh);
  });
}

CUresult cuGraphAddMemcpyNode(CUgraphNode *out, CUgraph graph, const CUgraphNode *dependencies,
                              size_t count, const CUDA_MEMCPY3D *parameters, CUcontext context) {
  return withContext([&](Driver &driver, Context &) {
    requirePointer(parameters);
    driver.find<Context>(context, CUDA_ERROR_INVALID_VALUE);
    add(driver, out, graph, dependencies, nullptr, count, memcpyWork(driver, *parameters));
  });
}

CUresult cuGraphMemcpyNodeGetParams(CUgraphNode node, CUDA_MEMCPY3D *parameters) {
  return withDriver([&](Driver &driver) {
    requirePointer(parameters);
    *parameters = workAs<MemcpyWork>(*findNode(driver, node)).copy;
  });
}

CUresult cuGraphMemcpyNodeSetParams(CUgraphNode node, const CUDA_MEMCPY3D *parameters) {
  return withContext([&](Driver &driver, Context &) {
    requirePointer(parameters);
    workAs<MemcpyWork>(*findNode(driver, node)) = memcpyWork(driver, *parameters);
  });
}

CUresult cuGraphAddMemsetNode(CUgraphNode *out, CUgraph graph, const CUgraphNode *dependencies,
                              size_t count, const CUDA_MEMSET_NODE_PARAMS *parameters,
                              CUcontext context) {
  return withContext([&](Driver &driver, Context &) {
    requirePointer(parameters);
    driver.find<Context>(context, CUDA_ERROR_INVALID_VALUE);
    add(driver, out, graph, dependencies, nullptr, count, memsetWork(driver, *parameters));
  });
}

CUresult cuGraphMemsetNodeGetParams(CUgraphNode node, CUDA_MEMSET_NODE_PARAMS *parameters) {
  return withDriver([&](Driver &driver) {
    requirePointer(parameters);
    *parameters = workAs<MemsetWork>(*findNode(driver, node)).set;
  });
}

CUresult cuGraphMemsetNodeSetParams(CUgraphNode node, const CUDA_MEMSET_NODE_PARAMS *parameters) {
  return withContext([&](Driver &driver, Context &) {
    requirePointer(parameters);
    workAs<MemsetWork>(*findNode(driver, node)) = memsetWork(driver, *parameters);
  });
}

CUresult cuGraphAddHostNode(CUgraphNode *out, CUgraph graph, const CUgraphNode *dependencies,
                            size_t count, const CUDA_HOST_NODE_PARAMS *parameters) {
  return withContext([&](Driver &driver, Context &) {
    requirePointer(parameters);
    add(driver, out, graph, dependencies, nullptr, count, hostWork(*parameters));
  });
}

CUresult cuGraphHostNodeGetParams(CUgraphNode node, CUDA_HOST_NODE_PARAMS *parameters) {
  return withDriver([&](Driver &driver) {
    requirePointer(parameters);
    *parameters = workAs<HostWork>(*findNode(driver, node)).call;
  });
}

CUresult cuGraphHostNodeSetParams(CUgraphNode node, const CUDA_HOST_NODE_PARAMS *parameters) {
  return withDriver([&](Driver &driver) {
    requirePointer(parameters);
    workAs<HostWork>(*findNode(driver, node)) = hostWork(*parameters);
  });
}

CUresult cuGraphAddChildGraphNode(CUgraphNode *out, CUgraph graph, const CUgraphNode *dependencies,
                                  size_t count, CUgraph child) {
  return withContext([&](Driver &driver, Context &) {
    findGraph(driver, graph);
    add(driver, out, graph, dependencies, nullptr, count, childWork(driver, child));
  });
}

CUresult cuGraphChildGraphNodeGetGraph(CUgraphNode node, CUgraph *out) {
  return withDriver([&](Driver &driver) {
    requirePointer(out);
    *out = static_cast<CUgraph>(workAs<ChildGraphWork>(*findNode(driver, node)).graph->handle);
  });
}

CUresult cuGraphAddEmptyNode(CUgraphNode *out, CUgraph graph, const CUgraphNode *dependencies,
                             size_t count) {
  return withContext([&](Driver &driver, Context &) {
    add(driver, out, graph, dependencies, nullptr, count, EmptyWork{});
  });
}

CUresult cuGraphAddEventRecordNode(CUgraphNode *out, CUgraph graph, const CUgraphNode *dependencies,
                                   size_t count, CUevent event) {
  return withContext([&](Driver &driver, Context &) {
    add(driver, out, graph, dependencies, nullptr, count,
        EventRecordWork{driver.find<Event>(event)});
  });
}

CUresult cuGraphEventRecordNodeGetEvent(CUgraphNode node, CUevent *out) {
  return withDriver([&](Driver &driver) {
    requirePointer(out);
    *out = static_cast<CUevent>(workAs<EventRecordWork>(*findNode(driver, node)).event->handle);
  });
}

CUresult cuGraphEventRecordNodeSetEvent(CUgraphNode node, CUevent event) {
  return withDriver([&](Driver &driver) {
    workAs<EventRecordWork>(*findNode(driver, node)).event = driver.find<Event>(event);
  });
}

CUresult cuGraphAddEventWaitNode(CUgraphNode *out, CUgraph graph, const CUgraphNode *dependencies,
                                 size_t count, CUevent event) {
  return withContext([&](Driver &driver, Context &) {
    add(driver, out, graph, dependencies, nullptr, count, EventWaitWork{driver.find<Event>(event)});
  });
}

CUresult cuGraphEventWaitNodeGetEvent(CUgraphNode node, CUevent *out) {
  return withDriver([&](Driver &driver) {
    requirePointer(out);
    *out = static_cast<CUevent>(workAs<EventWaitWork>(*findNode(driver, node)).event->handle);
  });
}

CUresult cuGraphEventWaitNodeSetEvent(CUgraphNode node, CUevent event) {
  return withDriver([&](Driver &driver) {
    workAs<EventWaitWork>(*findNode(driver, node)).event = driver.find<Event>(event);
  });
}

CUresult cuGraphAddMemAllocNode(CUgraphNode *out, CUgraph graph, const CUgraphNode *dependencies,
                                size_t count, CUDA_MEM_ALLOC_NODE_PARAMS *parameters) {
  return withContext([&](Driver &driver, Context &) {
    requirePointer(parameters);
    findGraph(driver, graph);
    add(driver, out, graph, dependencies, nullptr, count, allocWork(driver, *parameters));
  });
}

CUresult cuGraphAddMemFreeNode(CUgraphNode *out, CUgraph graph, const CUgraphNode *dependencies,
                               size_t count, CUdeviceptr address) {
  return withContext([&](Driver &driver, Context &) {
    findGraph(driver, graph);
    add(driver, out, graph, dependencies, nullptr, count, freeWork(driver, address));
  });
}

CUresult cuGraphMemFreeNodeGetParams(CUgraphNode node, CUdeviceptr *address) {
  return withDriver([&](Driver &driver) {
    requirePointer(address);
    *address = workAs<MemFreeWork>(*findNode(driver, node)).address;
  });
}

CUresult cuGraphAddNode(CUgraphNode *out, CUgraph graph, const CUgraphNode *dependencies,
                        const CUgraphEdgeData *data, size_t count, CUgraphNodeParams *parameters) {
  return withContext([&](Driver &driver, Context &) {
    requirePointer(parameters);
    findGraph(driver, graph);
    add(driver, out, graph, dependencies, data, count, workOf(driver, *parameters));
  });
}

CUresult cuGraphNodeSetParams(CUgraphNode handle, CUgraphNodeParams *parameters) {
  return withContext([&](Driver &driver, Context &) {
    requirePointer(parameters);
    std::shared_ptr<Node> node = findNode(driver, handle);
    require(typeOf(node->work) == parameters->type);
    node->work = workOf(driver, *parameters);
  });
}
}
