//===- StressTest.cpp - Calls in any order with any handles ---------------===//
#include "test/runtime/cudasim/driver/Api.h"
#include <functional>
#include <random>
#include <thread>

namespace {

/// Calls functions of the driver with handles and sizes drawn from what calls before gave, whether
/// that still exists or not, and from what never did. The answers are the driver's business; what
/// is tested is that there always is one, and that a right program runs afterwards.
class Caller {
public:
  Caller(unsigned seed, CUcontext context) : random(seed), context(context) {
    handles = {nullptr,
               reinterpret_cast<void *>(1),
               reinterpret_cast<void *>(2),
               reinterpret_cast<void *>(0x12345670),
               reinterpret_cast<void *>(~uintptr_t(0)),
               context};
    addresses = {0, 8, 0x0100000000000000, 0x0400000000000000, ~CUdeviceptr(0)};
    fillCalls();
  }
  void run(unsigned count) {
    for (unsigned i = 0; i < count; ++i)
      calls[random() % calls.size()]();
  }

private:
  template <class T> T handle() { return static_cast<T>(handles[random() % handles.size()]); }
  CUdeviceptr address() {
    return addresses[random() % addresses.size()] + (random() % 4 ? 0 : random() % 300);
  }
  size_t size() {
    static const size_t sizes[] = {0, 1, 4, 64, 100, 4096, size_t(1) << 40, ~size_t(0)};
    return sizes[random() % 8];
  }
  unsigned flags() { return random() % 3 ? 0 : unsigned(random() % 8); }
  template <class T> void keep(CUresult result, T value) {
    if (result == CUDA_SUCCESS)
      handles.push_back(value);
  }
  void keepAddress(CUresult result, CUdeviceptr value) {
    if (result == CUDA_SUCCESS)
      addresses.push_back(value);
  }
  void fillCalls();

  std::minstd_rand random;
  CUcontext context;
  std::vector<void *> handles;
  std::vector<CUdeviceptr> addresses;
  std::vector<std::function<void()>> calls;
  unsigned char buffer[8192] = {};
};

void Caller::fillCalls() {
#define CREATE(T, ...)                                                                             \
  calls.push_back([this] {                                                                         \
    T made = nullptr;                                                                              \
    keep(__VA_ARGS__, made);                                                                       \
  })
#define CALL(...) calls.push_back([this] { (void)(__VA_ARGS__); })
  CREATE(CUstream, CU(cuStreamCreate)(&made, flags()));
  CREATE(CUevent, CU(cuEventCreate)(&made, flags()));
  CREATE(CUgraph, CU(cuGraphCreate)(&made, 0));
  CREATE(CUmodule, CU(cuModuleLoadData)(&made, addKernel));
  CREATE(CUfunction, CU(cuModuleGetFunction)(&made, handle<CUmodule>(), "add"));
  CREATE(CUgraph, CU(cuStreamEndCapture)(handle<CUstream>(), &made));
  CREATE(CUgraph, CU(cuGraphClone)(&made, handle<CUgraph>()));
  CREATE(CUgraphExec, CU(cuGraphInstantiate)(&made, handle<CUgraph>(), 0));
  CREATE(CUgraphNode, CU(cuGraphAddEmptyNode)(&made, handle<CUgraph>(), nullptr, 0));
  CREATE(CUgraphNode,
         CU(cuGraphAddEventRecordNode)(&made, handle<CUgraph>(), nullptr, 0, handle<CUevent>()));
  CREATE(CUgraphNode,
         CU(cuGraphAddChildGraphNode)(&made, handle<CUgraph>(), nullptr, 0, handle<CUgraph>()));
  CREATE(CUmemoryPool, CU(cuDeviceGetDefaultMemPool)(&made, 0));
  CREATE(CUlibrary,
         CU(cuLibraryLoadData)(&made, addKernel, nullptr, nullptr, 0, nullptr, nullptr, 0));
  CREATE(CUkernel, CU(cuLibraryGetKernel)(&made, handle<CUlibrary>(), "add"));
  CREATE(CUmodule, CU(cuLibraryGetModule)(&made, handle<CUlibrary>()));
  calls.push_back([this] {
    CUgraphNode made = nullptr, before = handle<CUgraphNode>();
    keep(CU(cuGraphAddEmptyNode)(&made, handle<CUgraph>(), &before, 1), made);
    CUgraphNode after = handle<CUgraphNode>();
    CU(cuGraphAddDependencies)(handle<CUgraph>(), &before, &after, nullptr, 1);
  });
  calls.push_back([this] {
    CUdeviceptr made = 0;
    keepAddress(CU(cuMemAlloc)(&made, size()), made);
  });
  calls.push_back([this] {
    CUdeviceptr made = 0;
    keepAddress(CU(cuMemAllocAsync)(&made, size(), handle<CUstream>()), made);
  });
  calls.push_back([this] {
    void *made = nullptr;
    size_t bytes = size();
    if (bytes < 1 << 20) // the host's memory is no matter here
      keepAddress(CU(cuMemHostAlloc)(&made, bytes, flags()), CUdeviceptr(made));
  });
  calls.push_back([this] {
    CUdeviceptr p = address();
    unsigned n = 0, a = 1;
    void *parameters[] = {&p, &n, &a};
    CU(cuLaunchKernel)(handle<CUfunction>(), 1, 1, 1, 32, 1, 1, unsigned(size()),
                       handle<CUstream>(), random() % 4 ? parameters : nullptr, nullptr);
  });
  calls.push_back([this] {
    CUgraphExecUpdateResultInfo information;
    CU(cuGraphExecUpdate)(handle<CUgraphExec>(), handle<CUgraph>(), &information);
  });
  calls.push_back([this] {
    CUgraphNode nodes[4];
    size_t count = random() % 5;
    CU(cuGraphGetNodes)(handle<CUgraph>(), nodes, &count);
    CU(cuGraphNodeGetDependencies)(handle<CUgraphNode>(), nodes, nullptr, &count);
  });
  calls.push_back([this] {
    int value;
    CU(cuFuncGetAttribute)(&value, CUfunction_attribute(random() % 20), handle<CUfunction>());
    CU(cuDeviceGetAttribute)(&value, CUdevice_attribute(random() % 160), 0);
  });
  calls.push_back([this] {
    uint64_t value[8];
    CU(cuPointerGetAttribute)(value, CUpointer_attribute(random() % 24), address());
  });
  calls.push_back([this] {
    float value;
    CU(cuEventElapsedTime)(&value, handle<CUevent>(), handle<CUevent>());
  });
  CALL(CU(cuMemFree)(address()));
  CALL(CU(cuMemFreeAsync)(address(), handle<CUstream>()));
  CALL(CU(cuMemFreeHost)(reinterpret_cast<void *>(address())));
  CALL(CU(cuMemsetD8)(address(), 1, size()));
  CALL(CU(cuMemsetD2D32)(address(), size(), 1, size(), size()));
  CALL(CU(cuMemcpyDtoD)(address(), address(), size()));
  CALL(CU(cuMemcpyHtoD)(address(), buffer, size() % sizeof buffer));
  CALL(CU(cuMemcpyDtoHAsync)(buffer, address(), size() % sizeof buffer, handle<CUstream>()));
  CALL(CU(cuStreamBeginCapture)(handle<CUstream>(), CUstreamCaptureMode(random() % 4)));
  CALL(CU(cuStreamWaitEvent)(handle<CUstream>(), handle<CUevent>(), 0));
  CALL(CU(cuEventRecord)(handle<CUevent>(), handle<CUstream>()));
  CALL(CU(cuEventSynchronize)(handle<CUevent>()));
  CALL(CU(cuStreamSynchronize)(handle<CUstream>()));
  CALL(CU(cuCtxSynchronize)());
  CALL(CU(cuGraphLaunch)(handle<CUgraphExec>(), handle<CUstream>()));
  CALL(CU(cuStreamDestroy)(handle<CUstream>()));
  CALL(CU(cuEventDestroy)(handle<CUevent>()));
  CALL(CU(cuGraphDestroyNode)(handle<CUgraphNode>()));
  CALL(CU(cuGraphNodeSetEnabled)(handle<CUgraphExec>(), handle<CUgraphNode>(), 0));
  CALL(random() % 4 ? CUDA_SUCCESS : CU(cuGraphDestroy)(handle<CUgraph>()));
  CALL(random() % 4 ? CUDA_SUCCESS : CU(cuGraphExecDestroy)(handle<CUgraphExec>()));
  CALL(random() % 8 ? CUDA_SUCCESS : CU(cuModuleUnload)(handle<CUmodule>()));
  CALL(random() % 8 ? CUDA_SUCCESS : CU(cuLibraryUnload)(handle<CUlibrary>()));
  CALL(random() % 8 ? CUDA_SUCCESS : CU(cuMemPoolDestroy)(handle<CUmemoryPool>()));
  CALL(CU(cuLaunchHostFunc)(handle<CUstream>(), [](void *) {}, nullptr));
#undef CREATE
#undef CALL
}

} // namespace

class Stress : public CudaSim {
protected:
  void rightProgramRuns() {
    CU(cuDevicePrimaryCtxReset)(0);
    ASSERT_OK(CU(cuDevicePrimaryCtxRetain)(&context, 0));
    ASSERT_OK(CU(cuCtxSetCurrent)(context));
    CUdeviceptr p = upload(std::vector<unsigned>(64, 1));
    ASSERT_OK(launch(function(addKernel, "add"), 2, 32, nullptr, p, 64u, 2u));
    EXPECT_EQ(download<unsigned>(p, 64), std::vector<unsigned>(64, 3));
    EXPECT_OK(CU(cuMemFree)(p));
  }
};

TEST_F(Stress, OneThread) {
  ASSERT_EQ(CU(azl_cudasim_configure)("leaks", "0"), 0);
  for (unsigned seed = 1; seed <= 30; ++seed) {
    Caller(seed, context).run(1500);
    rightProgramRuns();
  }
  ASSERT_EQ(CU(azl_cudasim_configure)("leaks", "1"), 0);
}

TEST_F(Stress, SeveralThreads) {
  ASSERT_EQ(CU(azl_cudasim_configure)("leaks", "0"), 0);
  for (unsigned round = 0; round < 5; ++round) {
    std::vector<std::thread> threads;
    for (unsigned t = 0; t < 4; ++t)
      threads.emplace_back([this, t, round] {
        CU(cuCtxSetCurrent)(context);
        Caller(100 * round + t, context).run(800);
      });
    for (std::thread &thread : threads)
      thread.join();
    rightProgramRuns();
  }
  ASSERT_EQ(CU(azl_cudasim_configure)("leaks", "1"), 0);
}
