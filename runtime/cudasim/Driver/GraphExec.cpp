//===- GraphExec.cpp - Graphs ready to be launched ------------------------===//
#include "runtime/cudasim/Driver/GraphNodes.h"
#include <algorithm>
#include <unordered_map>

using namespace azulejo::cudasim;
using namespace azulejo::cudasim::driver;

namespace {

/// Nodes with their dependencies before them; of those that could come next, the one added first.
std::vector<const Node *> inOrder(const Graph &graph) {
  std::vector<const Node *> order;
  std::set<const Node *> placed;
  while (order.size() < graph.nodes.size()) {
    size_t before = order.size();
    for (const std::shared_ptr<Node> &node : graph.nodes) {
      bool ready = !placed.count(node.get()) &&
                   std::all_of(node->dependencies.begin(), node->dependencies.end(),
                               [&](const Edge &edge) { return placed.count(edge.node) != 0; });
      if (ready) {
        placed.insert(node.get());
        order.push_back(node.get());
      }
    }
    require(order.size() > before); // a cycle
  }
  return order;
}

std::shared_ptr<GraphExec> instantiate(const Graph &graph) {
  auto exec = std::make_shared<GraphExec>();
  std::unordered_map<const Node *, size_t> positions;
  for (const Node *node : inOrder(graph)) {
    ExecNode made;
    made.node = node->handle;
    made.work = node->work;
    for (const Edge &edge : node->dependencies)
      made.dependencies.push_back(positions[edge.node]);
    std::sort(made.dependencies.begin(), made.dependencies.end());
    if (auto *child = std::get_if<ChildGraphWork>(&node->work))
      made.child = instantiate(*child->graph);
    positions[node] = exec->nodes.size();
    exec->nodes.push_back(std::move(made));
  }
  return exec;
}

void instantiate(Driver &driver, Context &context, CUgraphExec *out, CUgraph handle,
                 uint64_t flags) {
  requirePointer(out);
  constexpr uint64_t known =
      CUDA_GRAPH_INSTANTIATE_FLAG_AUTO_FREE_ON_LAUNCH | CUDA_GRAPH_INSTANTIATE_FLAG_UPLOAD |
      CUDA_GRAPH_INSTANTIATE_FLAG_DEVICE_LAUNCH | CUDA_GRAPH_INSTANTIATE_FLAG_USE_NODE_PRIORITY;
  require((flags & ~known) == 0);
  require(!(flags & CUDA_GRAPH_INSTANTIATE_FLAG_DEVICE_LAUNCH), CUDA_ERROR_NOT_SUPPORTED);
  std::shared_ptr<GraphExec> exec = instantiate(*findGraph(driver, handle));
  exec->flags = flags;
  exec->context = context.legacyStream->context;
  *out = static_cast<CUgraphExec>(driver.registry.add(exec)->handle);
}

std::shared_ptr<GraphExec> findExec(Driver &driver, CUgraphExec handle) {
  return driver.find<GraphExec>(handle, CUDA_ERROR_INVALID_VALUE);
}

/// The copy of a node of the graph that `exec` was made from.
ExecNode &execNode(GraphExec &exec, CUgraphNode handle) {
  for (ExecNode &node : exec.nodes)
    if (node.node == handle && handle)
      return node;
  fail(CUDA_ERROR_INVALID_VALUE);
}

template <class T> T &execWork(GraphExec &exec, CUgraphNode handle) {
  T *work = std::get_if<T>(&execNode(exec, handle).work);
  require(work != nullptr);
  return *work;
}

/// What an update found that cannot be updated.
struct Difference {
  CUgraphExecUpdateResult result = CU_GRAPH_EXEC_UPDATE_SUCCESS;
  void *node = nullptr;
};

/// Copies and fills keep their kind of memory: device, or the host's.
bool sameKind(const MemcpyWork &a, const MemcpyWork &b) {
  return a.copy.srcMemoryType == b.copy.srcMemoryType &&
         a.copy.dstMemoryType == b.copy.dstMemoryType;
}

Difference compare(const GraphExec &exec, const GraphExec &fresh) {
  if (exec.nodes.size() != fresh.nodes.size())
    return {CU_GRAPH_EXEC_UPDATE_ERROR_TOPOLOGY_CHANGED, nullptr};
  for (size_t i = 0; i < exec.nodes.size(); ++i) {
    const ExecNode &a = exec.nodes[i], &b = fresh.nodes[i];
    if (a.work.index() != b.work.index())
      return {CU_GRAPH_EXEC_UPDATE_ERROR_NODE_TYPE_CHANGED, b.node};
    if (a.dependencies != b.dependencies)
      return {CU_GRAPH_EXEC_UPDATE_ERROR_TOPOLOGY_CHANGED, b.node};
    if (auto *copy = std::get_if<MemcpyWork>(&a.work))
      if (!sameKind(*copy, std::get<MemcpyWork>(b.work)))
        return {CU_GRAPH_EXEC_UPDATE_ERROR_PARAMETERS_CHANGED, b.node};
    if (auto *kernel = std::get_if<KernelWork>(&a.work))
      if (kernel->config.cooperative != std::get<KernelWork>(b.work).config.cooperative)
        return {CU_GRAPH_EXEC_UPDATE_ERROR_ATTRIBUTES_CHANGED, b.node};
    if (a.child) {
      Difference inner = compare(*a.child, *b.child);
      if (inner.result != CU_GRAPH_EXEC_UPDATE_SUCCESS)
        return inner;
    }
  }
  return {};
}

void take(GraphExec &exec, const GraphExec &fresh) {
  for (size_t i = 0; i < exec.nodes.size(); ++i) {
    exec.nodes[i].work = fresh.nodes[i].work;
    if (exec.nodes[i].child)
      take(*exec.nodes[i].child, *fresh.nodes[i].child);
  }
}

/// Kernel nodes may get another function of the same context, with the attributes they had.
void setKernel(Driver &driver, KernelWork &work, KernelWork fresh) {
  require(fresh.module->context.lock() == work.module->context.lock());
  fresh.attributes = work.attributes;
  driver.checkLaunch(fresh);
  work = std::move(fresh);
}

void setChild(Driver &driver, GraphExec &exec, CUgraphNode node, CUgraph child) {
  execWork<ChildGraphWork>(exec, node);
  std::shared_ptr<GraphExec> fresh = instantiate(*findGraph(driver, child));
  ExecNode &target = execNode(exec, node);
  require(compare(*target.child, *fresh).result == CU_GRAPH_EXEC_UPDATE_SUCCESS);
  take(*target.child, *fresh);
}

} // namespace

extern "C" {

CUresult cuGraphInstantiate(CUgraphExec *out, CUgraph graph, unsigned long long flags) {
  return withContext(
      [&](Driver &driver, Context &context) { instantiate(driver, context, out, graph, flags); });
}

CUresult cuGraphInstantiateWithParams(CUgraphExec *out, CUgraph graph,
                                      CUDA_GRAPH_INSTANTIATE_PARAMS *parameters) {
  return withContext([&](Driver &driver, Context &context) {
    requirePointer(parameters);
    parameters->hErrNode_out = nullptr;
    parameters->result_out = CUDA_GRAPH_INSTANTIATE_ERROR;
    instantiate(driver, context, out, graph, parameters->flags);
    parameters->result_out = CUDA_GRAPH_INSTANTIATE_SUCCESS;
  });
}

CUresult cuGraphExecGetFlags(CUgraphExec exec, cuuint64_t *flags) {
  return withDriver([&](Driver &driver) {
    requirePointer(flags);
    *flags = findExec(driver, exec)->flags;
  });
}

CUresult cuGraphUpload(CUgraphExec exec, CUstream stream) {
  return withContext([&](Driver &driver, Context &) {
    findExec(driver, exec);
    driver.findStream(stream);
  });
}

CUresult cuGraphLaunch(CUgraphExec handle, CUstream streamHandle) {
  return withContext([&](Driver &driver, Context &context) {
    std::shared_ptr<GraphExec> exec = findExec(driver, handle);
    std::shared_ptr<Stream> stream = driver.findStream(streamHandle);
    require(exec->context.lock() == stream->context.lock());
    if (stream->capture) {
      stream->capture->status = CU_STREAM_CAPTURE_STATUS_INVALIDATED;
      fail(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
    }
    if (stream->kind == Stream::Legacy)
      driver.forbidImplicitCapture(context);
    driver.launchGraph(*stream, *exec);
  });
}

CUresult cuGraphExecDestroy(CUgraphExec exec) {
  return withDriver([&](Driver &driver) { driver.registry.remove(*findExec(driver, exec)); });
}

CUresult cuGraphExecUpdate(CUgraphExec handle, CUgraph graph,
                           CUgraphExecUpdateResultInfo *information) {
  return withContext([&](Driver &driver, Context &) {
    requirePointer(information);
    std::shared_ptr<GraphExec> exec = findExec(driver, handle);
    *information = {};
    std::shared_ptr<GraphExec> fresh = instantiate(*findGraph(driver, graph));
    Difference difference = compare(*exec, *fresh);
    information->result = difference.result;
    information->errorNode = static_cast<CUgraphNode>(difference.node);
    require(difference.result == CU_GRAPH_EXEC_UPDATE_SUCCESS,
            CUDA_ERROR_GRAPH_EXEC_UPDATE_FAILURE);
    take(*exec, *fresh);
  });
}

CUresult cuGraphExecKernelNodeSetParams(CUgraphExec handle, CUgraphNode node,
                                        const CUDA_KERNEL_NODE_PARAMS *parameters) {
  return withContext([&](Driver &driver, Context &) {
    requirePointer(parameters);
    std::shared_ptr<GraphExec> exec = findExec(driver, handle);
    setKernel(driver, execWork<KernelWork>(*exec, node), kernelWork(driver, *parameters));
  });
}

CUresult cuGraphExecMemcpyNodeSetParams(CUgraphExec handle, CUgraphNode node,
                                        const CUDA_MEMCPY3D *parameters, CUcontext context) {
  return withContext([&](Driver &driver, Context &) {
    requirePointer(parameters);
    driver.find<Context>(context, CUDA_ERROR_INVALID_VALUE);
    std::shared_ptr<GraphExec> exec = findExec(driver, handle);
    MemcpyWork &work = execWork<MemcpyWork>(*exec, node);
    MemcpyWork fresh = memcpyWork(driver, *parameters);
    require(sameKind(work, fresh));
    work = fresh;
  });
}

CUresult cuGraphExecMemsetNodeSetParams(CUgraphExec handle, CUgraphNode node,
                                        const CUDA_MEMSET_NODE_PARAMS *parameters,
                                        CUcontext context) {
  return withContext([&](Driver &driver, Context &) {
    requirePointer(parameters);
    driver.find<Context>(context, CUDA_ERROR_INVALID_VALUE);
    std::shared_ptr<GraphExec> exec = findExec(driver, handle);
    execWork<MemsetWork>(*exec, node) = memsetWork(driver, *parameters);
  });
}

CUresult cuGraphExecHostNodeSetParams(CUgraphExec handle, CUgraphNode node,
                                      const CUDA_HOST_NODE_PARAMS *parameters) {
  return withDriver([&](Driver &driver) {
    requirePointer(parameters);
    std::shared_ptr<GraphExec> exec = findExec(driver, handle);
    execWork<HostWork>(*exec, node) = hostWork(*parameters);
  });
}

CUresult cuGraphExecChildGraphNodeSetParams(CUgraphExec handle, CUgraphNode node, CUgraph child) {
  return withDriver(
      [&](Driver &driver) { setChild(driver, *findExec(driver, handle), node, child); });
}

CUresult cuGraphExecEventRecordNodeSetEvent(CUgraphExec handle, CUgraphNode node, CUevent event) {
  return withDriver([&](Driver &driver) {
    std::shared_ptr<GraphExec> exec = findExec(driver, handle);
    execWork<EventRecordWork>(*exec, node).event = driver.find<Event>(event);
  });
}

CUresult cuGraphExecEventWaitNodeSetEvent(CUgraphExec handle, CUgraphNode node, CUevent event) {
  return withDriver([&](Driver &driver) {
    std::shared_ptr<GraphExec> exec = findExec(driver, handle);
    execWork<EventWaitWork>(*exec, node).event = driver.find<Event>(event);
  });
}

CUresult cuGraphExecNodeSetParams(CUgraphExec handle, CUgraphNode node,
                                  CUgraphNodeParams *parameters) {
  return withContext([&](Driver &driver, Context &) {
    requirePointer(parameters);
    std::shared_ptr<GraphExec> exec = findExec(driver, handle);
    ExecNode &target = execNode(*exec, node);
    require(typeOf(target.work) == parameters->type);
    if (parameters->type == CU_GRAPH_NODE_TYPE_GRAPH) {
      setChild(driver, *exec, node, parameters->graph.graph);
      return;
    }
    Work fresh = workOf(driver, *parameters);
    if (auto *kernel = std::get_if<KernelWork>(&fresh))
      setKernel(driver, std::get<KernelWork>(target.work), std::move(*kernel));
    else
      target.work = std::move(fresh);
  });
}

CUresult cuGraphNodeSetEnabled(CUgraphExec handle, CUgraphNode node, unsigned int enabled) {
  return withDriver([&](Driver &driver) {
    std::shared_ptr<GraphExec> exec = findExec(driver, handle);
    ExecNode &target = execNode(*exec, node);
    CUgraphNodeType type = typeOf(target.work);
    require(type == CU_GRAPH_NODE_TYPE_KERNEL || type == CU_GRAPH_NODE_TYPE_MEMCPY ||
            type == CU_GRAPH_NODE_TYPE_MEMSET);
    target.enabled = enabled != 0;
  });
}

CUresult cuGraphNodeGetEnabled(CUgraphExec handle, CUgraphNode node, unsigned int *enabled) {
  return withDriver([&](Driver &driver) {
    requirePointer(enabled);
    *enabled = execNode(*findExec(driver, handle), node).enabled;
  });
}
}
