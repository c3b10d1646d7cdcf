//===- GraphNodes.h - Nodes as their parameters ---------------------------===//
#ifndef AZULEJO_CUDASIM_DRIVER_GRAPHNODES_H
#define AZULEJO_CUDASIM_DRIVER_GRAPHNODES_H

#include "runtime/cudasim/Driver/Driver.h"

namespace azulejo::cudasim::driver {

std::shared_ptr<Graph> findGraph(Driver &driver, CUgraph handle);
std::shared_ptr<Node> findNode(Driver &driver, CUgraphNode handle);

CUgraphNodeType typeOf(const Work &work);

/// Work from what a program gives for a node; each checks it as the call that does it at once.
KernelWork kernelWork(Driver &driver, const CUDA_KERNEL_NODE_PARAMS &parameters);
MemcpyWork memcpyWork(Driver &driver, const CUDA_MEMCPY3D &parameters); // Copy.cpp
MemsetWork memsetWork(Driver &driver, const CUDA_MEMSET_NODE_PARAMS &parameters);
HostWork hostWork(const CUDA_HOST_NODE_PARAMS &parameters);
Work workOf(Driver &driver, CUgraphNodeParams &parameters);

/// The work of a node, which must be of this kind.
template <class T> T &workAs(Node &node) {
  T *work = std::get_if<T>(&node.work);
  require(work != nullptr);
  return *work;
}

/// Adds a node that depends on `dependencies`, and gives its handle.
void add(Driver &driver, CUgraphNode *out, CUgraph graph, const CUgraphNode *dependencies,
         const CUgraphEdgeData *data, size_t count, Work work);

} // namespace azulejo::cudasim::driver

#endif // AZULEJO_CUDASIM_DRIVER_GRAPHNODES_H
