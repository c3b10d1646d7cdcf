//===- WrongUseTest.cpp - What the driver answers to wrong calls ----------===//
#include "test/runtime/cudasim/driver/Api.h"
#include <thread>

class WrongUse : public CudaSim {};

TEST(WrongUseBeforeInit, NothingButInitWorks) {
  // A fresh process: this test runs in one of its own (see the death-test style of GoogleTest).
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_EXIT(
      {
        int count = 0;
        CUcontext context = nullptr;
        bool right = CU(cuDeviceGetCount)(&count) == CUDA_ERROR_NOT_INITIALIZED &&
                     CU(cuCtxGetCurrent)(&context) == CUDA_ERROR_NOT_INITIALIZED &&
                     CU(cuCtxSynchronize)() == CUDA_ERROR_NOT_INITIALIZED &&
                     CU(cuInit)(1) == CUDA_ERROR_INVALID_VALUE && CU(cuInit)(0) == CUDA_SUCCESS &&
                     CU(cuCtxSynchronize)() == CUDA_ERROR_INVALID_CONTEXT;
        std::exit(right ? 0 : 1);
      },
      ::testing::ExitedWithCode(0), "");
}

TEST_F(WrongUse, Pointers) {
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, CU(cuDeviceGetCount)(nullptr));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, CU(cuDriverGetVersion)(nullptr));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, CU(cuMemAlloc)(nullptr, 4));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, CU(cuModuleLoadData)(nullptr, addKernel));
  CUmodule module;
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, CU(cuModuleLoadData)(&module, nullptr));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, CU(cuStreamCreate)(nullptr, 0));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, CU(cuEventCreate)(nullptr, 0));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, CU(cuGraphCreate)(nullptr, 0));
}

TEST_F(WrongUse, Device) {
  CUdevice device;
  int value;
  EXPECT_CU(CUDA_ERROR_INVALID_DEVICE, CU(cuDeviceGet)(&device, 1));
  EXPECT_CU(CUDA_ERROR_INVALID_DEVICE, CU(cuDeviceGet)(&device, -1));
  EXPECT_CU(CUDA_ERROR_INVALID_DEVICE,
            CU(cuDeviceGetAttribute)(&value, CU_DEVICE_ATTRIBUTE_WARP_SIZE, 7));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE,
            CU(cuDeviceGetAttribute)(&value, CUdevice_attribute(100000), 0));
  char name[4];
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, CU(cuDeviceGetName)(name, 0, 0));
  EXPECT_OK(CU(cuDeviceGetName)(name, 4, 0));
  EXPECT_STREQ(name, "NVI");
}

TEST_F(WrongUse, Handles) {
  auto wrong = reinterpret_cast<void *>(0x12345670);
  CUfunction f;
  int value;
  EXPECT_CU(CUDA_ERROR_INVALID_HANDLE, CU(cuModuleUnload)(CUmodule(wrong)));
  EXPECT_CU(CUDA_ERROR_INVALID_HANDLE, CU(cuModuleGetFunction)(&f, CUmodule(wrong), "add"));
  EXPECT_CU(CUDA_ERROR_INVALID_HANDLE, CU(cuStreamSynchronize)(CUstream(wrong)));
  EXPECT_CU(CUDA_ERROR_INVALID_HANDLE, CU(cuStreamDestroy)(CUstream(wrong)));
  EXPECT_CU(CUDA_ERROR_INVALID_HANDLE, CU(cuEventDestroy)(CUevent(wrong)));
  EXPECT_CU(CUDA_ERROR_INVALID_HANDLE, CU(cuEventRecord)(CUevent(wrong), nullptr));
  EXPECT_CU(CUDA_ERROR_INVALID_HANDLE,
            CU(cuFuncGetAttribute)(&value, CU_FUNC_ATTRIBUTE_NUM_REGS, CUfunction(wrong)));
  EXPECT_CU(CUDA_ERROR_INVALID_HANDLE, launch(CUfunction(wrong), 1, 1, nullptr));
  EXPECT_CU(CUDA_ERROR_INVALID_HANDLE, launch(nullptr, 1, 1, nullptr));
  EXPECT_CU(CUDA_ERROR_INVALID_CONTEXT, CU(cuCtxSetCurrent)(CUcontext(wrong)));
  EXPECT_CU(CUDA_ERROR_INVALID_CONTEXT, CU(cuCtxDestroy)(CUcontext(wrong)));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, CU(cuGraphDestroy)(CUgraph(wrong)));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, CU(cuGraphLaunch)(CUgraphExec(wrong), nullptr));
  // A handle of another kind of object is none either, nor is one that was destroyed.
  CUstream stream;
  ASSERT_OK(CU(cuStreamCreate)(&stream, 0));
  EXPECT_CU(CUDA_ERROR_INVALID_HANDLE, CU(cuEventSynchronize)(CUevent(stream)));
  ASSERT_OK(CU(cuStreamDestroy)(stream));
  EXPECT_CU(CUDA_ERROR_INVALID_HANDLE, CU(cuStreamDestroy)(stream));
  EXPECT_CU(CUDA_ERROR_INVALID_HANDLE, CU(cuStreamQuery)(stream));
}

TEST_F(WrongUse, Memory) {
  CUdeviceptr address = 0, p = allocate(64);
  char bytes[64] = {};
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, CU(cuMemAlloc)(&address, 0));
  EXPECT_CU(CUDA_ERROR_OUT_OF_MEMORY, CU(cuMemAlloc)(&address, size_t(1) << 44));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, CU(cuMemFree)(p + 4));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, CU(cuMemFree)(42));
  EXPECT_OK(CU(cuMemFree)(0));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, CU(cuMemcpyHtoD)(p, bytes, 65));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, CU(cuMemcpyHtoD)(p + 60, bytes, 8));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, CU(cuMemcpyHtoD)(p, nullptr, 4));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, CU(cuMemcpyDtoH)(bytes, p + 64, 1));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, CU(cuMemcpyDtoD)(p, 0x1000, 4));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, CU(cuMemsetD8)(p, 1, 65));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, CU(cuMemsetD32)(p + 2, 1, 1));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, CU(cuMemsetD2D8)(p, 8, 1, 16, 2));
  EXPECT_CU(CUDA_ERROR_NOT_FOUND, CU(cuMemGetAddressRange)(nullptr, nullptr, 0x1000));
  EXPECT_CU(CUDA_ERROR_HOST_MEMORY_NOT_REGISTERED, CU(cuMemHostUnregister)(bytes));
  EXPECT_OK(CU(cuMemHostRegister)(bytes, sizeof bytes, 0));
  EXPECT_CU(CUDA_ERROR_HOST_MEMORY_ALREADY_REGISTERED, CU(cuMemHostRegister)(bytes + 8, 8, 0));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, CU(cuMemFreeHost)(bytes));
  EXPECT_OK(CU(cuMemHostUnregister)(bytes));
  EXPECT_OK(CU(cuMemFree)(p));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, CU(cuMemFree)(p));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, CU(cuMemcpyHtoD)(p, bytes, 4));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, CU(cuMemAllocManaged)(&address, 64, 0));
  size_t pitch;
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, CU(cuMemAllocPitch)(&address, &pitch, 100, 10, 3));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, CU(cuMemAllocPitch)(&address, &pitch, 0, 10, 4));
}

TEST_F(WrongUse, Images) {
  CUmodule module;
  EXPECT_CU(CUDA_ERROR_INVALID_IMAGE, CU(cuModuleLoadData)(&module, "no PTX at all"));
  EXPECT_CU(CUDA_ERROR_INVALID_IMAGE, CU(cuModuleLoadData)(&module, ""));
  EXPECT_CU(CUDA_ERROR_NO_BINARY_FOR_GPU, CU(cuModuleLoadData)(&module, "\177ELF\2\1\1"));
  EXPECT_CU(CUDA_ERROR_NO_BINARY_FOR_GPU, CU(cuModuleLoadFatBinary)(&module, "\x50\xed\x55\xba\1"));
  EXPECT_CU(CUDA_ERROR_FILE_NOT_FOUND, CU(cuModuleLoad)(&module, "/no/such/file.ptx"));
  EXPECT_CU(CUDA_ERROR_FILE_NOT_FOUND, CU(cuModuleLoad)(&module, "/"));
  std::string head = ".version 8.0\n.target sm_80\n.address_size 64\n";
  EXPECT_CU(CUDA_ERROR_INVALID_PTX,
            CU(cuModuleLoadData)(&module, (head + ".entry f() { frobnicate.u32; }").c_str()));
  EXPECT_CU(CUDA_ERROR_INVALID_PTX, CU(cuModuleLoadData)(&module, (head + ".entry f(").c_str()));
  EXPECT_CU(CUDA_ERROR_NO_BINARY_FOR_GPU,
            CU(cuModuleLoadData)(&module, ".version 8.8\n.target sm_100a\n.address_size 64\n"));
  EXPECT_CU(CUDA_ERROR_UNSUPPORTED_PTX_VERSION,
            CU(cuModuleLoadData)(&module, ".version 19.0\n.target sm_80\n.address_size 64\n"));
}

TEST_F(WrongUse, ErrorLogQuotesTheLine) {
  char error[512] = "?", info[64] = "?";
  CUjit_option options[] = {CU_JIT_ERROR_LOG_BUFFER, CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES,
                            CU_JIT_INFO_LOG_BUFFER, CU_JIT_INFO_LOG_BUFFER_SIZE_BYTES,
                            CU_JIT_OPTIMIZATION_LEVEL};
  void *values[] = {error, reinterpret_cast<void *>(sizeof error), info,
                    reinterpret_cast<void *>(sizeof info), reinterpret_cast<void *>(4)};
  CUmodule module;
  std::string text = ".version 8.0\n.target sm_80\n.address_size 64\n.entry f() {\nfrobnicate;\n}";
  EXPECT_CU(CUDA_ERROR_INVALID_PTX,
            CU(cuModuleLoadDataEx)(&module, text.c_str(), 5, options, values));
  EXPECT_NE(std::string(error).find("line 5"), std::string::npos) << error;
  EXPECT_NE(std::string(error).find("frobnicate"), std::string::npos) << error;
  EXPECT_EQ(uintptr_t(values[1]), std::string(error).size());
  EXPECT_OK(CU(cuModuleLoadDataEx)(&module, addKernel, 5, options, values));
  EXPECT_STREQ(error, "");
  CUfunction f;
  CUdeviceptr address;
  EXPECT_CU(CUDA_ERROR_NOT_FOUND, CU(cuModuleGetFunction)(&f, module, "subtract"));
  EXPECT_CU(CUDA_ERROR_NOT_FOUND, CU(cuModuleGetGlobal)(&address, nullptr, module, "x"));
}

TEST_F(WrongUse, Launches) {
  CUfunction add = function(addKernel, "add");
  CUdeviceptr p = allocate(4096);
  unsigned n = 1024, a = 1;
  void *parameters[] = {&p, &n, &a};
  auto with = [&](unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz,
                  unsigned shared, void **what) {
    return CU(cuLaunchKernel)(add, gx, gy, gz, bx, by, bz, shared, nullptr, what, nullptr);
  };
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, with(0, 1, 1, 32, 1, 1, 0, parameters));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, with(1, 65536, 1, 32, 1, 1, 0, parameters));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, with(1, 1, 1, 0, 1, 1, 0, parameters));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, with(1, 1, 1, 1025, 1, 1, 0, parameters));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, with(1, 1, 1, 64, 32, 1, 0, parameters));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, with(1, 1, 1, 1, 1, 65, 0, parameters));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, with(1, 1, 1, 32, 1, 1, 49153, parameters));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, with(1, 1, 1, 32, 1, 1, 0, nullptr));
  void *hole[] = {&p, nullptr, &a};
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, with(1, 1, 1, 32, 1, 1, 0, hole));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE,
            CU(cuFuncSetAttribute)(add, CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, 232449));
  EXPECT_OK(CU(cuFuncSetAttribute)(add, CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, 232448));
  EXPECT_OK(with(1, 1, 1, 32, 1, 1, 232448, parameters));
  EXPECT_CU(CUDA_ERROR_COOPERATIVE_LAUNCH_TOO_LARGE,
            CU(cuLaunchCooperativeKernel)(add, 100000, 1, 1, 1024, 1, 1, 0, nullptr, parameters));
  // None of these broke the context.
  EXPECT_OK(CU(cuCtxSynchronize)());
}

TEST_F(WrongUse, Clusters) {
  CUfunction add = function(addKernel, "add");
  CUdeviceptr p = allocate(4096);
  unsigned n = 0, a = 1;
  void *parameters[] = {&p, &n, &a};
  CUlaunchAttribute attribute = {};
  attribute.id = CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION;
  CUlaunchConfig config = {};
  config.gridDimX = 48;
  config.gridDimY = config.gridDimZ = 1;
  config.blockDimX = 32;
  config.blockDimY = config.blockDimZ = 1;
  config.attrs = &attribute;
  config.numAttrs = 1;
  auto with = [&](unsigned size) {
    attribute.value.clusterDim = {size, 1, 1};
    return CU(cuLaunchKernelEx)(&config, add, parameters, nullptr);
  };
  EXPECT_OK(with(1));
  EXPECT_OK(with(8));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, with(0));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, with(5)); // 48 is no multiple
  EXPECT_CU(CUDA_ERROR_INVALID_CLUSTER_SIZE, with(16));
  EXPECT_OK(CU(cuFuncSetAttribute)(add, CU_FUNC_ATTRIBUTE_NON_PORTABLE_CLUSTER_SIZE_ALLOWED, 1));
  EXPECT_OK(with(16));
  EXPECT_CU(CUDA_ERROR_INVALID_CLUSTER_SIZE, with(24));
}

TEST_F(WrongUse, Contexts) {
  CUcontext other, popped;
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, CU(cuCtxCreate)(&other, nullptr, 0x80000000u, 0));
  ASSERT_OK(CU(cuCtxCreate)(&other, nullptr, 0, 0));
  EXPECT_OK(CU(cuCtxPopCurrent)(&popped));
  EXPECT_EQ(popped, other);
  EXPECT_OK(CU(cuCtxDestroy)(other));
  EXPECT_CU(CUDA_ERROR_INVALID_CONTEXT, CU(cuCtxPushCurrent)(other));
  EXPECT_CU(CUDA_ERROR_INVALID_CONTEXT, CU(cuCtxDestroy)(context)); // the primary one
  size_t value;
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, CU(cuCtxGetLimit)(&value, CUlimit(99)));
  EXPECT_CU(CUDA_ERROR_UNSUPPORTED_LIMIT, CU(cuCtxSetLimit)(CU_LIMIT_SHMEM_SIZE, 1));
  EXPECT_OK(CU(cuCtxSetLimit)(CU_LIMIT_STACK_SIZE, 4001));
  EXPECT_OK(CU(cuCtxGetLimit)(&value, CU_LIMIT_STACK_SIZE));
  EXPECT_EQ(value, 4016u);
  // What is left in another thread when a context goes.
  ASSERT_OK(CU(cuCtxCreate)(&other, nullptr, 0, 0));
  std::thread([&] {
    EXPECT_CU(CUDA_ERROR_INVALID_CONTEXT, CU(cuCtxSynchronize)()); // none is current here
    EXPECT_OK(CU(cuCtxSetCurrent)(other));
    EXPECT_OK(CU(cuCtxDestroy)(other));
  }).join();
  EXPECT_CU(CUDA_ERROR_CONTEXT_IS_DESTROYED, CU(cuCtxSynchronize)());
  EXPECT_OK(CU(cuCtxPopCurrent)(nullptr));
  EXPECT_OK(CU(cuCtxSynchronize)());
}

TEST_F(WrongUse, Peers) {
  int can = 1;
  EXPECT_OK(CU(cuDeviceCanAccessPeer)(&can, 0, 0));
  EXPECT_EQ(can, 0);
  EXPECT_CU(CUDA_ERROR_INVALID_DEVICE, CU(cuCtxEnablePeerAccess)(context, 0));
  EXPECT_CU(CUDA_ERROR_PEER_ACCESS_NOT_ENABLED, CU(cuCtxDisablePeerAccess)(context));
}
