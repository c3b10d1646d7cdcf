//===- GraphTest.cpp - Graphs, captured and built -------------------------===//
#include "test/runtime/cudasim/driver/Api.h"
#include <fstream>
#include <sstream>

class Graphs : public CudaSim {
protected:
  void SetUp() override {
    CudaSim::SetUp();
    ASSERT_OK(CU(cuStreamCreate)(&stream, CU_STREAM_NON_BLOCKING));
    ASSERT_OK(CU(cuStreamCreate)(&side, CU_STREAM_NON_BLOCKING));
    ASSERT_OK(CU(cuEventCreate)(&fork, CU_EVENT_DISABLE_TIMING));
    ASSERT_OK(CU(cuEventCreate)(&join, CU_EVENT_DISABLE_TIMING));
    add = function(addKernel, "add");
  }
  CUDA_KERNEL_NODE_PARAMS kernelParameters(void **parameters) {
    CUDA_KERNEL_NODE_PARAMS result = {};
    result.func = add;
    result.gridDimX = result.gridDimY = result.gridDimZ = 1;
    result.blockDimX = 32;
    result.blockDimY = result.blockDimZ = 1;
    result.kernelParams = parameters;
    return result;
  }
  size_t nodeCount(CUgraph graph) {
    size_t count = 0;
    EXPECT_OK(CU(cuGraphGetNodes)(graph, nullptr, &count));
    return count;
  }

  CUstream stream = nullptr, side = nullptr;
  CUevent fork = nullptr, join = nullptr;
  CUfunction add = nullptr;
};

TEST_F(Graphs, CaptureAndReplay) {
  CUdeviceptr p = upload(std::vector<unsigned>(32, 0)), q = upload(std::vector<unsigned>(32, 0));
  ASSERT_OK(CU(cuStreamBeginCapture)(stream, CU_STREAM_CAPTURE_MODE_GLOBAL));
  ASSERT_OK(launch(add, 1, 32, stream, p, 32u, 1u));
  ASSERT_OK(CU(cuEventRecord)(fork, stream));
  ASSERT_OK(CU(cuStreamWaitEvent)(side, fork, 0));
  ASSERT_OK(CU(cuMemcpyDtoDAsync)(q, p, 128, side));
  ASSERT_OK(launch(add, 1, 32, side, q, 32u, 100u));
  ASSERT_OK(CU(cuEventRecord)(join, side));
  ASSERT_OK(launch(add, 1, 32, stream, p, 32u, 2u));
  ASSERT_OK(CU(cuStreamWaitEvent)(stream, join, 0));
  CUstreamCaptureStatus status;
  EXPECT_OK(CU(cuStreamIsCapturing)(side, &status));
  EXPECT_EQ(status, CU_STREAM_CAPTURE_STATUS_ACTIVE);
  CUgraph graph;
  ASSERT_OK(CU(cuStreamEndCapture)(stream, &graph));
  EXPECT_OK(CU(cuStreamIsCapturing)(side, &status));
  EXPECT_EQ(status, CU_STREAM_CAPTURE_STATUS_NONE);
  EXPECT_EQ(download<unsigned>(p, 1)[0], 0u) << "nothing may run while it is captured";
  EXPECT_EQ(nodeCount(graph), 4u);
  size_t edges = 0;
  EXPECT_OK(CU(cuGraphGetEdges)(graph, nullptr, nullptr, nullptr, &edges));
  EXPECT_EQ(edges, 3u);

  CUgraphExec exec;
  ASSERT_OK(CU(cuGraphInstantiate)(&exec, graph, 0));
  ASSERT_OK(CU(cuGraphDestroy)(graph));
  for (unsigned round = 1; round <= 3; ++round) {
    ASSERT_OK(CU(cuGraphLaunch)(exec, stream));
    ASSERT_OK(CU(cuStreamSynchronize)(stream));
    EXPECT_EQ(download<unsigned>(p, 32), std::vector<unsigned>(32, 3 * round));
    EXPECT_EQ(download<unsigned>(q, 32), std::vector<unsigned>(32, 3 * round - 2 + 100));
  }
  ASSERT_OK(CU(cuGraphExecDestroy)(exec));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, CU(cuGraphLaunch)(exec, stream));
}

TEST_F(Graphs, WhatACaptureForbids) {
  CUgraph graph = nullptr;
  CUdeviceptr p = allocate(128);
  EXPECT_CU(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED,
            CU(cuStreamBeginCapture)(nullptr, CU_STREAM_CAPTURE_MODE_GLOBAL));
  EXPECT_CU(CUDA_ERROR_ILLEGAL_STATE, CU(cuStreamEndCapture)(stream, &graph));
  auto broken = [&](CUresult expected, auto disturb) {
    ASSERT_OK(CU(cuStreamBeginCapture)(stream, CU_STREAM_CAPTURE_MODE_GLOBAL));
    EXPECT_CU(CUDA_ERROR_ILLEGAL_STATE,
              CU(cuStreamBeginCapture)(stream, CU_STREAM_CAPTURE_MODE_GLOBAL));
    EXPECT_EQ(disturb(), expected);
    EXPECT_CU(CUDA_ERROR_STREAM_CAPTURE_INVALIDATED, CU(cuStreamEndCapture)(stream, &graph));
    EXPECT_EQ(graph, nullptr);
  };
  broken(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, [&] { return CU(cuStreamSynchronize)(stream); });
  broken(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, [&] { return CU(cuStreamQuery)(stream); });
  broken(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, [&] {
    CUdeviceptr q;
    return CU(cuMemAlloc)(&q, 4);
  });
  broken(CUDA_ERROR_CAPTURED_EVENT, [&] {
    EXPECT_OK(CU(cuEventRecord)(fork, stream));
    return CU(cuEventSynchronize)(fork);
  });
  broken(CUDA_ERROR_STREAM_CAPTURE_ISOLATION, [&] {
    EXPECT_OK(CU(cuEventRecord)(join, side));
    return CU(cuStreamWaitEvent)(stream, join, 0);
  });

  // Work of another stream that does not come back.
  ASSERT_OK(CU(cuStreamBeginCapture)(stream, CU_STREAM_CAPTURE_MODE_RELAXED));
  ASSERT_OK(CU(cuEventRecord)(fork, stream));
  ASSERT_OK(CU(cuStreamWaitEvent)(side, fork, 0));
  ASSERT_OK(launch(add, 1, 32, side, p, 32u, 1u));
  EXPECT_CU(CUDA_ERROR_STREAM_CAPTURE_UNJOINED, CU(cuStreamEndCapture)(stream, &graph));
  // Ended where it did not begin.
  ASSERT_OK(CU(cuStreamBeginCapture)(stream, CU_STREAM_CAPTURE_MODE_RELAXED));
  ASSERT_OK(CU(cuEventRecord)(fork, stream));
  ASSERT_OK(CU(cuStreamWaitEvent)(side, fork, 0));
  EXPECT_CU(CUDA_ERROR_STREAM_CAPTURE_UNMATCHED, CU(cuStreamEndCapture)(side, &graph));
  // A blocking stream, and the legacy one beside it.
  CUstream blocking;
  ASSERT_OK(CU(cuStreamCreate)(&blocking, 0));
  ASSERT_OK(CU(cuStreamBeginCapture)(blocking, CU_STREAM_CAPTURE_MODE_RELAXED));
  EXPECT_CU(CUDA_ERROR_STREAM_CAPTURE_IMPLICIT, launch(add, 1, 32, nullptr, p, 32u, 1u));
  EXPECT_CU(CUDA_ERROR_STREAM_CAPTURE_INVALIDATED, CU(cuStreamEndCapture)(blocking, &graph));
  EXPECT_OK(CU(cuCtxSynchronize)());
}

TEST_F(Graphs, NodesOfEveryKind) {
  CUdeviceptr p = upload(std::vector<unsigned>(32, 7));
  unsigned n = 32, a = 5;
  void *parameters[] = {&p, &n, &a};
  CUgraph graph;
  ASSERT_OK(CU(cuGraphCreate)(&graph, 0));
  CUgraphNode fill, kernel, copy, host, empty, record, wait, child;
  CUDA_MEMSET_NODE_PARAMS set = {};
  set.dst = p;
  set.value = 1;
  set.elementSize = 4;
  set.width = 32;
  set.height = 1;
  ASSERT_OK(CU(cuGraphAddMemsetNode)(&fill, graph, nullptr, 0, &set, context));
  CUDA_KERNEL_NODE_PARAMS launchParameters = kernelParameters(parameters);
  ASSERT_OK(CU(cuGraphAddKernelNode)(&kernel, graph, &fill, 1, &launchParameters));
  static unsigned got[32], calls;
  calls = 0;
  CUDA_MEMCPY3D copyParameters = {};
  copyParameters.srcMemoryType = CU_MEMORYTYPE_DEVICE;
  copyParameters.srcDevice = p;
  copyParameters.dstMemoryType = CU_MEMORYTYPE_HOST;
  copyParameters.dstHost = got;
  copyParameters.WidthInBytes = 128;
  copyParameters.Height = copyParameters.Depth = 1;
  ASSERT_OK(CU(cuGraphAddMemcpyNode)(&copy, graph, &kernel, 1, &copyParameters, context));
  CUDA_HOST_NODE_PARAMS call = {[](void *) { ++calls; }, nullptr};
  ASSERT_OK(CU(cuGraphAddHostNode)(&host, graph, &copy, 1, &call));
  ASSERT_OK(CU(cuGraphAddEmptyNode)(&empty, graph, &host, 1));
  ASSERT_OK(CU(cuGraphAddEventRecordNode)(&record, graph, &empty, 1, fork));
  ASSERT_OK(CU(cuGraphAddEventWaitNode)(&wait, graph, &record, 1, fork));
  CUgraph inner;
  ASSERT_OK(CU(cuGraphCreate)(&inner, 0));
  CUgraphNode innerHost;
  ASSERT_OK(CU(cuGraphAddHostNode)(&innerHost, inner, nullptr, 0, &call));
  ASSERT_OK(CU(cuGraphAddChildGraphNode)(&child, graph, &wait, 1, inner));
  ASSERT_OK(CU(cuGraphDestroy)(inner)); // the node has a copy

  EXPECT_EQ(nodeCount(graph), 8u);
  CUgraphNodeType type;
  EXPECT_OK(CU(cuGraphNodeGetType)(child, &type));
  EXPECT_EQ(type, CU_GRAPH_NODE_TYPE_GRAPH);
  CUDA_KERNEL_NODE_PARAMS asked = {};
  EXPECT_OK(CU(cuGraphKernelNodeGetParams)(kernel, &asked));
  EXPECT_EQ(asked.blockDimX, 32u);
  EXPECT_EQ(*static_cast<unsigned *>(asked.kernelParams[2]), 5u);
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, CU(cuGraphKernelNodeGetParams)(copy, &asked));
  CUgraphNode roots[4];
  size_t count = 4;
  EXPECT_OK(CU(cuGraphGetRootNodes)(graph, roots, &count));
  EXPECT_EQ(count, 1u);
  EXPECT_EQ(roots[0], fill);
  // A cycle, an edge that is there, and one that is not.
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, CU(cuGraphAddDependencies)(graph, &child, &fill, nullptr, 1));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE,
            CU(cuGraphAddDependencies)(graph, &fill, &kernel, nullptr, 1));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE,
            CU(cuGraphRemoveDependencies)(graph, &fill, &host, nullptr, 1));

  CUgraph clone;
  ASSERT_OK(CU(cuGraphClone)(&clone, graph));
  CUgraphNode clonedKernel;
  EXPECT_OK(CU(cuGraphNodeFindInClone)(&clonedKernel, kernel, clone));
  EXPECT_NE(clonedKernel, kernel);
  ASSERT_OK(CU(cuGraphDestroy)(clone));

  CUgraphExec exec;
  ASSERT_OK(CU(cuGraphInstantiate)(&exec, graph, 0));
  ASSERT_OK(CU(cuGraphLaunch)(exec, stream));
  EXPECT_EQ(got[31], 6u);
  EXPECT_EQ(calls, 2u);
  EXPECT_OK(CU(cuEventQuery)(fork));

  // Other parameters in what was instantiated; the graph itself stays.
  a = 50;
  ASSERT_OK(CU(cuGraphExecKernelNodeSetParams)(exec, kernel, &launchParameters));
  ASSERT_OK(CU(cuGraphLaunch)(exec, stream));
  EXPECT_EQ(got[0], 51u);
  ASSERT_OK(CU(cuGraphNodeSetEnabled)(exec, kernel, 0));
  ASSERT_OK(CU(cuGraphLaunch)(exec, stream));
  EXPECT_EQ(got[0], 1u);
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, CU(cuGraphNodeSetEnabled)(exec, host, 0));

  // An update with the same shape, and with another.
  CUgraphExecUpdateResultInfo information;
  ASSERT_OK(CU(cuGraphNodeSetEnabled)(exec, kernel, 1));
  ASSERT_OK(CU(cuGraphKernelNodeSetParams)(kernel, &launchParameters));
  ASSERT_OK(CU(cuGraphExecUpdate)(exec, graph, &information));
  ASSERT_OK(CU(cuGraphLaunch)(exec, stream));
  EXPECT_EQ(got[0], 51u);
  ASSERT_OK(CU(cuGraphDestroyNode)(child));
  EXPECT_CU(CUDA_ERROR_GRAPH_EXEC_UPDATE_FAILURE, CU(cuGraphExecUpdate)(exec, graph, &information));
  EXPECT_EQ(information.result, CU_GRAPH_EXEC_UPDATE_ERROR_TOPOLOGY_CHANGED);

  std::string path = ::testing::TempDir() + "azulejo-graph.dot";
  ASSERT_OK(CU(cuGraphDebugDotPrint)(graph, path.c_str(), 0));
  std::stringstream dot;
  dot << std::ifstream(path).rdbuf();
  EXPECT_NE(dot.str().find("digraph"), std::string::npos);
  EXPECT_NE(dot.str().find("add"), std::string::npos);
  std::remove(path.c_str());
  ASSERT_OK(CU(cuGraphExecDestroy)(exec));
  ASSERT_OK(CU(cuGraphDestroy)(graph));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, CU(cuGraphNodeGetType)(fill, &type));
}

TEST_F(Graphs, FaultsInGraphsBreakTheContext) {
  CUdeviceptr p = allocate(64);
  unsigned n = 32, a = 1;
  void *parameters[] = {&p, &n, &a};
  CUDA_KERNEL_NODE_PARAMS launchParameters = kernelParameters(parameters);
  CUgraph graph;
  CUgraphNode node;
  CUgraphExec exec;
  ASSERT_OK(CU(cuGraphCreate)(&graph, 0));
  ASSERT_OK(CU(cuGraphAddKernelNode)(&node, graph, nullptr, 0, &launchParameters));
  ASSERT_OK(CU(cuGraphInstantiate)(&exec, graph, 0));
  EXPECT_CU(CUDA_ERROR_ILLEGAL_ADDRESS, CU(cuGraphLaunch)(exec, stream));
  EXPECT_CU(CUDA_ERROR_ILLEGAL_ADDRESS, CU(cuStreamSynchronize)(stream));
}

TEST_F(Graphs, UserObjectsGoWithTheirGraph) {
  static int destroyed;
  destroyed = 0;
  CUuserObject object;
  ASSERT_OK(CU(cuUserObjectCreate)(
      &object, nullptr, [](void *) { ++destroyed; }, 1, CU_USER_OBJECT_NO_DESTRUCTOR_SYNC));
  CUgraph graph;
  ASSERT_OK(CU(cuGraphCreate)(&graph, 0));
  ASSERT_OK(CU(cuGraphRetainUserObject)(graph, object, 1, CU_GRAPH_USER_OBJECT_MOVE));
  EXPECT_EQ(destroyed, 0);
  ASSERT_OK(CU(cuGraphDestroy)(graph));
  EXPECT_EQ(destroyed, 1);
}

TEST_F(Graphs, MemoryOfGraphs) {
  CUgraph graph;
  CUgraphNode allocation, fill, release;
  CUDA_MEM_ALLOC_NODE_PARAMS parameters = {};
  parameters.poolProps.allocType = CU_MEM_ALLOCATION_TYPE_PINNED;
  parameters.poolProps.location.type = CU_MEM_LOCATION_TYPE_DEVICE;
  parameters.bytesize = 64;
  ASSERT_OK(CU(cuGraphCreate)(&graph, 0));
  ASSERT_OK(CU(cuGraphAddMemAllocNode)(&allocation, graph, nullptr, 0, &parameters));
  CUDA_MEMSET_NODE_PARAMS set = {};
  set.dst = parameters.dptr;
  set.value = 3;
  set.elementSize = 1;
  set.width = 64;
  set.height = 1;
  ASSERT_OK(CU(cuGraphAddMemsetNode)(&fill, graph, &allocation, 1, &set, context));
  ASSERT_OK(CU(cuGraphAddMemFreeNode)(&release, graph, &fill, 1, parameters.dptr));
  CUgraphExec exec;
  ASSERT_OK(CU(cuGraphInstantiate)(&exec, graph, 0));
  for (unsigned round = 0; round < 2; ++round)
    EXPECT_OK(CU(cuGraphLaunch)(exec, stream));
  EXPECT_OK(CU(cuGraphExecDestroy)(exec));
}
