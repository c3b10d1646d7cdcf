//===- Graph.cpp - Graphs, their nodes and edges --------------------------===//
#include "runtime/cudasim/Driver/GraphNodes.h"
#include <algorithm>
#include <cstdio>
#include <unordered_map>

namespace azulejo::cudasim::driver {

std::shared_ptr<Node> Driver::addNode(Graph &graph, Work work, std::vector<Edge> dependencies) {
  auto node = registry.add(std::make_shared<Node>());
  node->graph = &graph;
  node->work = std::move(work);
  node->dependencies = std::move(dependencies);
  graph.nodes.push_back(node);
  return node;
}

/// Where a node is mentioned beside its graph: by streams that capture into it.
static void forgetNode(Registry &registry, const Node *node) {
  auto drop = [&](std::vector<Edge> &edges) {
    edges.erase(std::remove_if(edges.begin(), edges.end(),
                               [&](const Edge &edge) { return edge.node == node; }),
                edges.end());
  };
  registry.forEach([&](const std::shared_ptr<Object> &object) {
    if (auto *stream = dynamic_cast<Stream *>(object.get()))
      drop(stream->captureDependencies);
    else if (auto *event = dynamic_cast<Event *>(object.get()))
      drop(event->captureDependencies);
  });
}

void Driver::removeGraph(Graph &graph) {
  for (const std::shared_ptr<Node> &node : graph.nodes) {
    if (auto *child = std::get_if<ChildGraphWork>(&node->work))
      removeGraph(*child->graph);
    registry.remove(*node);
  }
  auto objects = std::move(graph.userObjects);
  registry.remove(graph);
  for (auto &[object, count] : objects) {
    object->references -= std::min(object->references, count);
    if (object->references == 0) {
      registry.remove(*object);
      Unlocked unlocked(*this);
      object->destroy(object->pointer);
    }
  }
}

std::shared_ptr<Graph> Driver::cloneGraph(const Graph &graph) {
  auto clone = registry.add(std::make_shared<Graph>());
  clone->clonedFrom = graph.handle;
  std::unordered_map<const Node *, Node *> copies;
  for (const std::shared_ptr<Node> &node : graph.nodes) {
    Work work = node->work;
    if (auto *child = std::get_if<ChildGraphWork>(&work)) {
      child->graph = cloneGraph(*child->graph);
      child->graph->isChild = true;
    }
    if (auto *kernel = std::get_if<KernelWork>(&work))
      kernel->pointers.clear(); // they point into the other's parameters
    auto copy = addNode(*clone, std::move(work), {});
    copy->clonedFrom = node->handle;
    copies[node.get()] = copy.get();
  }
  for (size_t i = 0; i < graph.nodes.size(); ++i)
    for (const Edge &edge : graph.nodes[i]->dependencies)
      if (copies.count(edge.node))
        clone->nodes[i]->dependencies.push_back({copies[edge.node], edge.data});
  return clone;
}

std::shared_ptr<Graph> findGraph(Driver &driver, CUgraph handle) {
  return driver.find<Graph>(handle, CUDA_ERROR_INVALID_VALUE);
}
std::shared_ptr<Node> findNode(Driver &driver, CUgraphNode handle) {
  return driver.find<Node>(handle, CUDA_ERROR_INVALID_VALUE);
}

CUgraphNodeType typeOf(const Work &work) {
  static constexpr CUgraphNodeType types[] = {
      CU_GRAPH_NODE_TYPE_KERNEL,       CU_GRAPH_NODE_TYPE_MEMCPY,
      CU_GRAPH_NODE_TYPE_MEMSET,       CU_GRAPH_NODE_TYPE_HOST,
      CU_GRAPH_NODE_TYPE_EMPTY,        CU_GRAPH_NODE_TYPE_EVENT_RECORD,
      CU_GRAPH_NODE_TYPE_WAIT_EVENT,   CU_GRAPH_NODE_TYPE_GRAPH,
      CU_GRAPH_NODE_TYPE_MEM_ALLOC,    CU_GRAPH_NODE_TYPE_MEM_FREE,
      CU_GRAPH_NODE_TYPE_BATCH_MEM_OP,
  };
  static_assert(sizeof types / sizeof types[0] == std::variant_size_v<Work>);
  return types[work.index()];
}

void add(Driver &driver, CUgraphNode *out, CUgraph handle, const CUgraphNode *dependencies,
         const CUgraphEdgeData *data, size_t count, Work work) {
  requirePointer(out);
  std::shared_ptr<Graph> graph = findGraph(driver, handle);
  require(count == 0 || dependencies != nullptr);
  std::vector<Edge> edges;
  for (size_t i = 0; i < count; ++i) {
    std::shared_ptr<Node> node = findNode(driver, dependencies[i]);
    require(node->graph == graph.get());
    for (const Edge &edge : edges)
      require(edge.node != node.get());
    edges.push_back({node.get(), data ? data[i] : CUgraphEdgeData{}});
  }
  *out =
      static_cast<CUgraphNode>(driver.addNode(*graph, std::move(work), std::move(edges))->handle);
}

} // namespace azulejo::cudasim::driver

using namespace azulejo::cudasim;
using namespace azulejo::cudasim::driver;

namespace {

CUgraphNode handleOf(const Node &node) { return static_cast<CUgraphNode>(node.handle); }

/// The convention of functions that list nodes: with no array the number is asked for; otherwise
/// as many as fit are given, and what is left of the array is cleared.
template <class Write> void giveList(size_t available, size_t *count, bool hasArray, Write write) {
  requirePointer(count);
  if (!hasArray) {
    *count = available;
    return;
  }
  for (size_t i = 0; i < *count; ++i)
    write(i, i < available);
  *count = std::min(*count, available);
}

/// Whether `from` is reached by following the dependencies of `node`.
bool dependsOn(const Node &node, const Node &from) {
  std::set<const Node *> seen;
  std::vector<const Node *> left = {&node};
  while (!left.empty()) {
    const Node *next = left.back();
    left.pop_back();
    if (next == &from)
      return true;
    if (!seen.insert(next).second)
      continue;
    for (const Edge &edge : next->dependencies)
      left.push_back(edge.node);
  }
  return false;
}

const char *labelOf(CUgraphNodeType type) {
  switch (type) {
  case CU_GRAPH_NODE_TYPE_KERNEL:
    return "KERNEL";
  case CU_GRAPH_NODE_TYPE_MEMCPY:
    return "MEMCPY";
  case CU_GRAPH_NODE_TYPE_MEMSET:
    return "MEMSET";
  case CU_GRAPH_NODE_TYPE_HOST:
    return "HOST";
  case CU_GRAPH_NODE_TYPE_GRAPH:
    return "GRAPH";
  case CU_GRAPH_NODE_TYPE_EMPTY:
    return "EMPTY";
  case CU_GRAPH_NODE_TYPE_WAIT_EVENT:
    return "EVENT_WAIT";
  case CU_GRAPH_NODE_TYPE_EVENT_RECORD:
    return "EVENT_RECORD";
  case CU_GRAPH_NODE_TYPE_MEM_ALLOC:
    return "MEM_ALLOC";
  case CU_GRAPH_NODE_TYPE_MEM_FREE:
    return "MEM_FREE";
  default:
    return "MEM_OP";
  }
}

void printDot(FILE *file, const Graph &graph, const std::string &prefix) {
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node &node = *graph.nodes[i];
    std::string name = prefix + std::to_string(i), label = labelOf(typeOf(node.work));
    if (auto *kernel = std::get_if<KernelWork>(&node.work)) {
      const LaunchConfig &c = kernel->config;
      label += "\\n" + kernel->function->name + "\\n<<<(" + std::to_string(c.grid.x) + "," +
               std::to_string(c.grid.y) + "," + std::to_string(c.grid.z) + "),(" +
               std::to_string(c.block.x) + "," + std::to_string(c.block.y) + "," +
               std::to_string(c.block.z) + ")," + std::to_string(c.dynamicSharedBytes) + ">>>";
    }
    std::fprintf(file, "  \"%s\" [shape=box, label=\"%s\"];\n", name.c_str(), label.c_str());
    for (const Edge &edge : node.dependencies)
      for (size_t j = 0; j < graph.nodes.size(); ++j)
        if (graph.nodes[j].get() == edge.node)
          std::fprintf(file, "  \"%s%zu\" -> \"%s\";\n", prefix.c_str(), j, name.c_str());
    if (auto *child = std::get_if<ChildGraphWork>(&node.work))
      printDot(file, *child->graph, name + "_");
  }
}

} // namespace

extern "C" {

CUresult cuGraphCreate(CUgraph *out, unsigned int flags) {
  return withContext([&](Driver &driver, Context &) {
    require(out != nullptr && flags == 0);
    *out = static_cast<CUgraph>(driver.registry.add(std::make_shared<Graph>())->handle);
  });
}

CUresult cuGraphDestroy(CUgraph handle) {
  return withDriver([&](Driver &driver) {
    std::shared_ptr<Graph> graph = findGraph(driver, handle);
    require(!graph->isChild);
    for (auto &weak : driver.captures)
      if (std::shared_ptr<Capture> capture = weak.lock())
        require(!capture->origin || capture->graph != graph);
    driver.removeGraph(*graph);
  });
}

CUresult cuGraphClone(CUgraph *out, CUgraph original) {
  return withDriver([&](Driver &driver) {
    requirePointer(out);
    *out = static_cast<CUgraph>(driver.cloneGraph(*findGraph(driver, original))->handle);
  });
}

CUresult cuGraphNodeFindInClone(CUgraphNode *out, CUgraphNode original, CUgraph handle) {
  return withDriver([&](Driver &driver) {
    requirePointer(out);
    for (const std::shared_ptr<Node> &node : findGraph(driver, handle)->nodes)
      if (node->clonedFrom == original && original) {
        *out = handleOf(*node);
        return;
      }
    fail(CUDA_ERROR_INVALID_VALUE);
  });
}

CUresult cuGraphDestroyNode(CUgraphNode handle) {
  return withDriver([&](Driver &driver) {
    std::shared_ptr<Node> node = findNode(driver, handle);
    require(!node->graph->isChild, CUDA_ERROR_NOT_SUPPORTED);
    forgetNode(driver.registry, node.get());
    if (auto *child = std::get_if<ChildGraphWork>(&node->work))
      driver.removeGraph(*child->graph);
    auto &nodes = node->graph->nodes;
    for (const std::shared_ptr<Node> &other : nodes) {
      auto &edges = other->dependencies;
      edges.erase(std::remove_if(edges.begin(), edges.end(),
                                 [&](const Edge &edge) { return edge.node == node.get(); }),
                  edges.end());
    }
    nodes.erase(std::find(nodes.begin(), nodes.end(), node));
    driver.registry.remove(*node);
  });
}

CUresult cuGraphNodeGetType(CUgraphNode handle, CUgraphNodeType *type) {
  return withDriver([&](Driver &driver) {
    requirePointer(type);
    *type = typeOf(findNode(driver, handle)->work);
  });
}

CUresult cuGraphGetNodes(CUgraph handle, CUgraphNode *out, size_t *count) {
  return withDriver([&](Driver &driver) {
    std::shared_ptr<Graph> graph = findGraph(driver, handle);
    giveList(graph->nodes.size(), count, out != nullptr,
             [&](size_t i, bool there) { out[i] = there ? handleOf(*graph->nodes[i]) : nullptr; });
  });
}

CUresult cuGraphGetRootNodes(CUgraph handle, CUgraphNode *out, size_t *count) {
  return withDriver([&](Driver &driver) {
    std::vector<CUgraphNode> roots;
    for (const std::shared_ptr<Node> &node : findGraph(driver, handle)->nodes)
      if (node->dependencies.empty())
        roots.push_back(handleOf(*node));
    giveList(roots.size(), count, out != nullptr,
             [&](size_t i, bool there) { out[i] = there ? roots[i] : nullptr; });
  });
}

CUresult cuGraphGetEdges(CUgraph handle, CUgraphNode *from, CUgraphNode *to, CUgraphEdgeData *data,
                         size_t *count) {
  return withDriver([&](Driver &driver) {
    require((from == nullptr) == (to == nullptr));
    struct Found {
      CUgraphNode from, to;
      CUgraphEdgeData data;
    };
    std::vector<Found> found;
    for (const std::shared_ptr<Node> &node : findGraph(driver, handle)->nodes)
      for (const Edge &edge : node->dependencies)
        found.push_back({handleOf(*edge.node), handleOf(*node), edge.data});
    giveList(found.size(), count, from != nullptr, [&](size_t i, bool there) {
      from[i] = there ? found[i].from : nullptr;
      to[i] = there ? found[i].to : nullptr;
      if (data)
        data[i] = there ? found[i].data : CUgraphEdgeData{};
    });
  });
}

CUresult cuGraphNodeGetDependencies(CUgraphNode handle, CUgraphNode *out, CUgraphEdgeData *data,
                                    size_t *count) {
  return withDriver([&](Driver &driver) {
    std::shared_ptr<Node> node = findNode(driver, handle);
    giveList(node->dependencies.size(), count, out != nullptr, [&](size_t i, bool there) {
      out[i] = there ? handleOf(*node->dependencies[i].node) : nullptr;
      if (data)
        data[i] = there ? node->dependencies[i].data : CUgraphEdgeData{};
    });
  });
}

CUresult cuGraphNodeGetDependentNodes(CUgraphNode handle, CUgraphNode *out, CUgraphEdgeData *data,
                                      size_t *count) {
  return withDriver([&](Driver &driver) {
    std::shared_ptr<Node> node = findNode(driver, handle);
    std::vector<std::pair<CUgraphNode, CUgraphEdgeData>> found;
    for (const std::shared_ptr<Node> &other : node->graph->nodes)
      for (const Edge &edge : other->dependencies)
        if (edge.node == node.get())
          found.push_back({handleOf(*other), edge.data});
    giveList(found.size(), count, out != nullptr, [&](size_t i, bool there) {
      out[i] = there ? found[i].first : nullptr;
      if (data)
        data[i] = there ? found[i].second : CUgraphEdgeData{};
    });
  });
}

CUresult cuGraphAddDependencies(CUgraph handle, const CUgraphNode *from, const CUgraphNode *to,
                                const CUgraphEdgeData *data, size_t count) {
  return withDriver([&](Driver &driver) {
    std::shared_ptr<Graph> graph = findGraph(driver, handle);
    require(count == 0 || (from != nullptr && to != nullptr));
    for (size_t i = 0; i < count; ++i) {
      std::shared_ptr<Node> source = findNode(driver, from[i]), target = findNode(driver, to[i]);
      require(source->graph == graph.get() && target->graph == graph.get() && source != target);
      for (const Edge &edge : target->dependencies)
        require(edge.node != source.get());
      require(!dependsOn(*source, *target)); // no cycles
      target->dependencies.push_back({source.get(), data ? data[i] : CUgraphEdgeData{}});
    }
  });
}

CUresult cuGraphRemoveDependencies(CUgraph handle, const CUgraphNode *from, const CUgraphNode *to,
                                   const CUgraphEdgeData *, size_t count) {
  return withDriver([&](Driver &driver) {
    std::shared_ptr<Graph> graph = findGraph(driver, handle);
    require(count == 0 || (from != nullptr && to != nullptr));
    for (size_t i = 0; i < count; ++i) {
      std::shared_ptr<Node> source = findNode(driver, from[i]), target = findNode(driver, to[i]);
      require(source->graph == graph.get() && target->graph == graph.get());
      auto &edges = target->dependencies;
      auto found = std::find_if(edges.begin(), edges.end(),
                                [&](const Edge &edge) { return edge.node == source.get(); });
      require(found != edges.end());
      edges.erase(found);
    }
  });
}

CUresult cuGraphDebugDotPrint(CUgraph handle, const char *path, unsigned int) {
  return withDriver([&](Driver &driver) {
    std::shared_ptr<Graph> graph = findGraph(driver, handle);
    requirePointer(path);
    FILE *file = std::fopen(path, "w");
    require(file != nullptr, CUDA_ERROR_OPERATING_SYSTEM);
    std::fprintf(file, "digraph dot {\n");
    printDot(file, *graph, "node_");
    std::fprintf(file, "}\n");
    std::fclose(file);
  });
}

CUresult cuUserObjectCreate(CUuserObject *out, void *pointer, CUhostFn destroy, unsigned int count,
                            unsigned int flags) {
  return withDriver([&](Driver &driver) {
    require(out != nullptr && destroy != nullptr && count != 0 && count <= 0x7fffffff);
    require(flags == CU_USER_OBJECT_NO_DESTRUCTOR_SYNC);
    auto object = driver.registry.add(std::make_shared<UserObject>());
    object->pointer = pointer;
    object->destroy = destroy;
    object->references = count;
    *out = static_cast<CUuserObject>(object->handle);
  });
}

CUresult cuUserObjectRetain(CUuserObject handle, unsigned int count) {
  return withDriver([&](Driver &driver) {
    require(count != 0 && count <= 0x7fffffff);
    driver.find<UserObject>(handle, CUDA_ERROR_INVALID_VALUE)->references += count;
  });
}

CUresult cuUserObjectRelease(CUuserObject handle, unsigned int count) {
  return withDriver([&](Driver &driver) {
    auto object = driver.find<UserObject>(handle, CUDA_ERROR_INVALID_VALUE);
    require(count != 0 && count <= object->references);
    object->references -= count;
    if (object->references == 0) {
      driver.registry.remove(*object);
      Unlocked unlocked(driver);
      object->destroy(object->pointer);
    }
  });
}

CUresult cuGraphRetainUserObject(CUgraph handle, CUuserObject objectHandle, unsigned int count,
                                 unsigned int flags) {
  return withDriver([&](Driver &driver) {
    std::shared_ptr<Graph> graph = findGraph(driver, handle);
    auto object = driver.find<UserObject>(objectHandle, CUDA_ERROR_INVALID_VALUE);
    require(count != 0 && (flags & ~unsigned(CU_GRAPH_USER_OBJECT_MOVE)) == 0);
    if (!(flags & CU_GRAPH_USER_OBJECT_MOVE))
      object->references += count;
    graph->userObjects[object] += count;
  });
}

CUresult cuGraphReleaseUserObject(CUgraph handle, CUuserObject objectHandle, unsigned int count) {
  return withDriver([&](Driver &driver) {
    std::shared_ptr<Graph> graph = findGraph(driver, handle);
    auto object = driver.find<UserObject>(objectHandle, CUDA_ERROR_INVALID_VALUE);
    unsigned &held = graph->userObjects[object];
    require(count != 0 && count <= held);
    held -= count;
    object->references -= count;
    if (object->references == 0) {
      graph->userObjects.erase(object);
      driver.registry.remove(*object);
      Unlocked unlocked(driver);
      object->destroy(object->pointer);
    }
  });
}
}
