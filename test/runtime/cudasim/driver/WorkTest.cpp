//===- WorkTest.cpp - Copies, kernels, streams and events -----------------===//
#include "test/runtime/cudasim/driver/Api.h"
#include <cstring>
#include <numeric>
#include <thread>

class Work : public CudaSim {};

TEST_F(Work, DeviceIsAnH200) {
  char name[64];
  ASSERT_OK(CU(cuDeviceGetName)(name, sizeof name, 0));
  EXPECT_STREQ(name, "NVIDIA H200");
  struct {
    CUdevice_attribute attribute;
    int value;
  } expected[] = {{CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, 9},
                  {CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT, 132},
                  {CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN, 232448},
                  {CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_MULTIPROCESSOR, 2048},
                  {CU_DEVICE_ATTRIBUTE_L2_CACHE_SIZE, 62914560},
                  {CU_DEVICE_ATTRIBUTE_CLUSTER_LAUNCH, 1},
                  {CU_DEVICE_ATTRIBUTE_WARP_SIZE, 32}};
  for (auto &[attribute, value] : expected) {
    int got = -1;
    EXPECT_OK(CU(cuDeviceGetAttribute)(&got, attribute, 0));
    EXPECT_EQ(got, value) << attribute;
  }
}

TEST_F(Work, KernelRuns) {
  std::vector<unsigned> values(1000);
  std::iota(values.begin(), values.end(), 0u);
  CUdeviceptr p = upload(values);
  ASSERT_OK(launch(function(addKernel, "add"), 8, 128, nullptr, p, 1000u, 7u));
  std::vector<unsigned> got = download<unsigned>(p, 1000);
  for (unsigned i = 0; i < 1000; ++i)
    ASSERT_EQ(got[i], i + 7);
  EXPECT_OK(CU(cuMemFree)(p));
}

TEST_F(Work, ParametersAsABuffer) {
  CUdeviceptr p = upload(std::vector<unsigned>(64, 1));
  struct {
    CUdeviceptr p;
    unsigned n, a;
  } packed = {p, 64, 5};
  size_t size = sizeof packed;
  void *extra[] = {CU_LAUNCH_PARAM_BUFFER_POINTER, &packed, CU_LAUNCH_PARAM_BUFFER_SIZE, &size,
                   CU_LAUNCH_PARAM_END};
  CUfunction add = function(addKernel, "add");
  ASSERT_OK(CU(cuLaunchKernel)(add, 2, 1, 1, 32, 1, 1, 0, nullptr, nullptr, extra));
  EXPECT_EQ(download<unsigned>(p, 64), std::vector<unsigned>(64, 6));
  size = 1000;
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE,
            CU(cuLaunchKernel)(add, 2, 1, 1, 32, 1, 1, 0, nullptr, nullptr, extra));
  size_t offset = 0, bytes = 0;
  EXPECT_OK(CU(cuFuncGetParamInfo)(add, 2, &offset, &bytes));
  EXPECT_EQ(offset, 12u);
  EXPECT_EQ(bytes, 4u);
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, CU(cuFuncGetParamInfo)(add, 3, &offset, &bytes));
}

TEST_F(Work, VariablesOfModules) {
  CUmodule module = load(R"(
.version 8.0
.target sm_80
.address_size 64
.visible .global .align 4 .u32 table[3] = {10, 20, 30};
.visible .const .align 4 .u32 scale = 3;
.visible .entry f() {
  .reg .b32 %r<4>;
  ld.global.u32 %r1, [table+4];
  ld.const.u32 %r2, [scale];
  mul.lo.u32 %r3, %r1, %r2;
  st.global.u32 [table+8], %r3;
  ret;
})");
  CUdeviceptr table, scale;
  size_t bytes;
  ASSERT_OK(CU(cuModuleGetGlobal)(&table, &bytes, module, "table"));
  EXPECT_EQ(bytes, 12u);
  ASSERT_OK(CU(cuModuleGetGlobal)(&scale, &bytes, module, "scale"));
  EXPECT_EQ(bytes, 4u);
  EXPECT_EQ(download<unsigned>(scale, 1)[0], 3u);
  unsigned four = 4;
  ASSERT_OK(CU(cuMemcpyHtoD)(scale, &four, 4));
  CUfunction f;
  ASSERT_OK(CU(cuModuleGetFunction)(&f, module, "f"));
  ASSERT_OK(launch(f, 1, 1, nullptr));
  EXPECT_EQ(download<unsigned>(table, 3), (std::vector<unsigned>{10, 20, 80}));
  ASSERT_OK(CU(cuModuleUnload)(module));
  EXPECT_CU(CUDA_ERROR_INVALID_HANDLE, launch(f, 1, 1, nullptr));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, CU(cuMemcpyHtoD)(table, &four, 4));
}

TEST_F(Work, Libraries) {
  CUlibrary library;
  ASSERT_OK(CU(cuLibraryLoadData)(&library, addKernel, nullptr, nullptr, 0, nullptr, nullptr, 0));
  unsigned count = 0;
  EXPECT_OK(CU(cuLibraryGetKernelCount)(&count, library));
  EXPECT_EQ(count, 1u);
  CUkernel kernel;
  EXPECT_CU(CUDA_ERROR_NOT_FOUND, CU(cuLibraryGetKernel)(&kernel, library, "sub"));
  ASSERT_OK(CU(cuLibraryGetKernel)(&kernel, library, "add"));
  CUdeviceptr p = upload(std::vector<unsigned>(32, 1));
  ASSERT_OK(launch(CUfunction(kernel), 1, 32, nullptr, p, 32u, 1u));
  CUfunction f;
  ASSERT_OK(CU(cuKernelGetFunction)(&f, kernel));
  ASSERT_OK(launch(f, 1, 32, nullptr, p, 32u, 1u));
  EXPECT_EQ(download<unsigned>(p, 32), std::vector<unsigned>(32, 3));
  ASSERT_OK(CU(cuLibraryUnload)(library));
  EXPECT_CU(CUDA_ERROR_INVALID_HANDLE, launch(f, 1, 32, nullptr, p, 32u, 1u));
}

TEST_F(Work, CopiesInTwoAndThreeDimensions) {
  // A 3x4 part of a 6x5 matrix on the host goes to a pitched one, and back transposed in planes.
  std::vector<unsigned char> host(30);
  std::iota(host.begin(), host.end(), (unsigned char)0);
  CUdeviceptr p;
  size_t pitch;
  ASSERT_OK(CU(cuMemAllocPitch)(&p, &pitch, 6, 5, 4));
  EXPECT_EQ(pitch % 512, 0u);
  CUDA_MEMCPY2D flat = {};
  flat.srcMemoryType = CU_MEMORYTYPE_HOST;
  flat.srcHost = host.data();
  flat.srcPitch = 6;
  flat.srcXInBytes = 2;
  flat.srcY = 1;
  flat.dstMemoryType = CU_MEMORYTYPE_DEVICE;
  flat.dstDevice = p;
  flat.dstPitch = pitch;
  flat.WidthInBytes = 3;
  flat.Height = 4;
  ASSERT_OK(CU(cuMemcpy2D)(&flat));
  for (unsigned y = 0; y < 4; ++y)
    EXPECT_EQ(download<unsigned char>(p + y * pitch, 3),
              (std::vector<unsigned char>{(unsigned char)(6 * y + 8), (unsigned char)(6 * y + 9),
                                          (unsigned char)(6 * y + 10)}));
  CUDA_MEMCPY3D deep = {};
  std::vector<unsigned char> back(24, 0xff);
  deep.srcMemoryType = CU_MEMORYTYPE_UNIFIED;
  deep.srcDevice = p;
  deep.srcPitch = pitch;
  deep.srcHeight = 2; // two planes of two rows
  deep.dstMemoryType = CU_MEMORYTYPE_HOST;
  deep.dstHost = back.data();
  deep.dstPitch = 4;
  deep.dstHeight = 3;
  deep.WidthInBytes = 3;
  deep.Height = 2;
  deep.Depth = 2;
  ASSERT_OK(CU(cuMemcpy3D)(&deep));
  EXPECT_EQ(back,
            (std::vector<unsigned char>{8,  9,  10, 255, 14, 15, 16, 255, 255, 255, 255, 255,
                                        20, 21, 22, 255, 26, 27, 28, 255, 255, 255, 255, 255}));
  flat.dstPitch = 2; // rows would overlap
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, CU(cuMemcpy2D)(&flat));
  flat.dstPitch = pitch;
  flat.Height = 6; // beyond the allocation
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, CU(cuMemcpy2D)(&flat));
  deep.srcMemoryType = CU_MEMORYTYPE_ARRAY;
  EXPECT_CU(CUDA_ERROR_NOT_SUPPORTED, CU(cuMemcpy3D)(&deep));
}

TEST_F(Work, Fills) {
  CUdeviceptr p = allocate(64);
  ASSERT_OK(CU(cuMemsetD32)(p, 0x01020304, 16));
  ASSERT_OK(CU(cuMemsetD16Async)(p + 2, 0xabcd, 3, nullptr));
  ASSERT_OK(CU(cuMemsetD2D8)(p + 32, 8, 0xee, 2, 3));
  std::vector<unsigned> got = download<unsigned>(p, 16);
  EXPECT_EQ(got[0], 0xabcd0304u);
  EXPECT_EQ(got[1], 0xabcdabcdu);
  EXPECT_EQ(got[2], 0x01020304u);
  EXPECT_EQ(got[8], 0x0102eeeeu);
  EXPECT_EQ(got[9], 0x01020304u);
  EXPECT_EQ(got[12], 0x0102eeeeu);
  EXPECT_EQ(got[14], 0x01020304u);
}

TEST_F(Work, HostAndManagedMemory) {
  CUfunction add = function(addKernel, "add");
  void *pinned;
  ASSERT_OK(CU(cuMemHostAlloc)(&pinned, 128, CU_MEMHOSTALLOC_DEVICEMAP));
  CUdeviceptr device, managed;
  ASSERT_OK(CU(cuMemHostGetDevicePointer)(&device, pinned, 0));
  ASSERT_OK(launch(add, 1, 32, nullptr, device, 32u, 9u));
  EXPECT_EQ(static_cast<unsigned *>(pinned)[31], 9u);
  ASSERT_OK(CU(cuMemAllocManaged)(&managed, 128, CU_MEM_ATTACH_GLOBAL));
  ASSERT_OK(launch(add, 1, 32, nullptr, managed, 32u, 4u));
  EXPECT_EQ(reinterpret_cast<unsigned *>(managed)[0], 4u);
  std::vector<unsigned> own(32, 1);
  ASSERT_OK(CU(cuMemHostRegister)(own.data(), 128, 0));
  ASSERT_OK(launch(add, 1, 32, nullptr, CUdeviceptr(own.data()), 32u, 1u));
  EXPECT_EQ(own, std::vector<unsigned>(32, 2));
  ASSERT_OK(CU(cuMemHostUnregister)(own.data()));

  unsigned type = 0, isManaged = 0;
  EXPECT_OK(CU(cuPointerGetAttribute)(&type, CU_POINTER_ATTRIBUTE_MEMORY_TYPE, device));
  EXPECT_EQ(type, unsigned(CU_MEMORYTYPE_HOST));
  EXPECT_OK(CU(cuPointerGetAttribute)(&isManaged, CU_POINTER_ATTRIBUTE_IS_MANAGED, managed + 5));
  EXPECT_EQ(isManaged, 1u);
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE,
            CU(cuPointerGetAttribute)(&type, CU_POINTER_ATTRIBUTE_MEMORY_TYPE, 4096));
  CUpointer_attribute asked[] = {CU_POINTER_ATTRIBUTE_MEMORY_TYPE, CU_POINTER_ATTRIBUTE_RANGE_SIZE};
  size_t size = 1;
  void *answers[] = {&type, &size};
  EXPECT_OK(CU(cuPointerGetAttributes)(2, asked, answers, 4096));
  EXPECT_EQ(type, 0u);
  EXPECT_EQ(size, 0u);
  EXPECT_OK(CU(cuMemFreeHost)(pinned));
  EXPECT_OK(CU(cuMemFree)(managed));
}

TEST_F(Work, StreamOrderedAllocation) {
  CUstream stream;
  ASSERT_OK(CU(cuStreamCreate)(&stream, CU_STREAM_NON_BLOCKING));
  CUdeviceptr p;
  ASSERT_OK(CU(cuMemAllocAsync)(&p, 256, stream));
  ASSERT_OK(CU(cuMemsetD32Async)(p, 5, 64, stream));
  ASSERT_OK(launch(function(addKernel, "add"), 2, 32, stream, p, 64u, 1u));
  EXPECT_EQ(download<unsigned>(p, 64), std::vector<unsigned>(64, 6));
  CUmemoryPool pool;
  ASSERT_OK(CU(cuDeviceGetDefaultMemPool)(&pool, 0));
  cuuint64_t used = 0;
  EXPECT_OK(CU(cuMemPoolGetAttribute)(pool, CU_MEMPOOL_ATTR_USED_MEM_CURRENT, &used));
  EXPECT_EQ(used, 256u);
  ASSERT_OK(CU(cuMemFreeAsync)(p, stream));
  EXPECT_OK(CU(cuMemPoolGetAttribute)(pool, CU_MEMPOOL_ATTR_USED_MEM_CURRENT, &used));
  EXPECT_EQ(used, 0u);
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, CU(cuMemFreeAsync)(p, stream));
  EXPECT_OK(CU(cuStreamDestroy)(stream));
}

TEST_F(Work, EventsTellSimulatedTime) {
  CUstream stream;
  CUevent start, end, untimed;
  ASSERT_OK(CU(cuStreamCreateWithPriority)(&stream, CU_STREAM_NON_BLOCKING, -99));
  int priority = 1;
  EXPECT_OK(CU(cuStreamGetPriority)(stream, &priority));
  EXPECT_EQ(priority, -5);
  ASSERT_OK(CU(cuEventCreate)(&start, 0));
  ASSERT_OK(CU(cuEventCreate)(&end, CU_EVENT_BLOCKING_SYNC));
  ASSERT_OK(CU(cuEventCreate)(&untimed, CU_EVENT_DISABLE_TIMING));
  float small = 0, large = 0;
  EXPECT_CU(CUDA_ERROR_INVALID_HANDLE, CU(cuEventElapsedTime)(&small, start, end));
  CUdeviceptr p = allocate(64 << 20);
  for (size_t bytes : {size_t(1) << 20, size_t(64) << 20}) {
    ASSERT_OK(CU(cuEventRecord)(start, stream));
    ASSERT_OK(CU(cuMemsetD8Async)(p, 0, bytes, stream));
    ASSERT_OK(CU(cuEventRecord)(end, stream));
    ASSERT_OK(CU(cuEventSynchronize)(end));
    ASSERT_OK(CU(cuEventElapsedTime)(bytes > 1 << 20 ? &large : &small, start, end));
  }
  EXPECT_GT(small, 0);
  EXPECT_GT(large, 4 * small);
  ASSERT_OK(CU(cuEventRecord)(untimed, stream));
  EXPECT_CU(CUDA_ERROR_INVALID_HANDLE, CU(cuEventElapsedTime)(&small, start, untimed));
  EXPECT_OK(CU(cuEventQuery)(end));
  EXPECT_OK(CU(cuStreamWaitEvent)(nullptr, end, 0));
  for (CUevent event : {start, end, untimed})
    EXPECT_OK(CU(cuEventDestroy)(event));
  EXPECT_OK(CU(cuStreamDestroy)(stream));
}

TEST_F(Work, HostFunctionsRunInOrder) {
  CUdeviceptr p = upload(std::vector<unsigned>(1, 1));
  static unsigned seen, calls;
  seen = calls = 0;
  unsigned value = 0;
  ASSERT_OK(CU(cuMemcpyDtoHAsync)(&value, p, 4, nullptr));
  ASSERT_OK(CU(cuLaunchHostFunc)(
      nullptr, [](void *data) { seen = *static_cast<unsigned *>(data), ++calls; }, &value));
  ASSERT_OK(CU(cuStreamAddCallback)(
      nullptr, [](CUstream, CUresult result, void *) { calls += result == CUDA_SUCCESS; }, nullptr,
      0));
  ASSERT_OK(CU(cuStreamSynchronize)(nullptr));
  EXPECT_EQ(seen, 1u);
  EXPECT_EQ(calls, 2u);
}

TEST_F(Work, FaultsStayUntilTheContextIsReset) {
  CUfunction add = function(addKernel, "add");
  CUdeviceptr p = allocate(128);
  EXPECT_CU(CUDA_ERROR_ILLEGAL_ADDRESS, launch(add, 1, 64, nullptr, p, 64u, 1u));
  std::string report = reports();
  EXPECT_NE(report.find("\"class\": \"out-of-bounds\""), std::string::npos) << report;
  EXPECT_NE(report.find("\"kernel\": \"add\""), std::string::npos) << report;
  EXPECT_NE(report.find("ld.global.u32"), std::string::npos) << report;
  EXPECT_NE(report.find("\"thread\": [32, 0, 0]"), std::string::npos) << report;
  unsigned value = 0;
  CUdeviceptr q = 0;
  EXPECT_CU(CUDA_ERROR_ILLEGAL_ADDRESS, CU(cuCtxSynchronize)());
  EXPECT_CU(CUDA_ERROR_ILLEGAL_ADDRESS, CU(cuMemAlloc)(&q, 4));
  EXPECT_CU(CUDA_ERROR_ILLEGAL_ADDRESS, CU(cuMemcpyDtoH)(&value, p, 4));
  EXPECT_CU(CUDA_ERROR_ILLEGAL_ADDRESS, CU(cuMemFree)(p));
  EXPECT_CU(CUDA_ERROR_ILLEGAL_ADDRESS, launch(add, 1, 32, nullptr, p, 32u, 1u));
  ASSERT_OK(CU(cuDevicePrimaryCtxReset)(0));
  CUcontext again;
  ASSERT_OK(CU(cuDevicePrimaryCtxRetain)(&again, 0));
  EXPECT_EQ(again, context);
  ASSERT_OK(CU(cuCtxSetCurrent)(again));
  EXPECT_OK(CU(cuCtxSynchronize)());
  EXPECT_CU(CUDA_ERROR_INVALID_HANDLE, launch(add, 1, 32, nullptr, p, 32u, 1u));
  p = upload(std::vector<unsigned>(32, 1));
  EXPECT_OK(launch(function(addKernel, "add"), 1, 32, nullptr, p, 32u, 1u));
}

TEST_F(Work, FaultsHaveTheGpusErrors) {
  struct {
    const char *body;
    CUresult expected;
    const char *faultClass;
  } cases[] = {
      {"ld.param.u64 %rd1, [p]; st.global.u32 [%rd1+2], 0;", CUDA_ERROR_MISALIGNED_ADDRESS,
       "misaligned"},
      {"ld.param.u64 %rd1, [p]; st.global.u32 [%rd1+4096], 0;", CUDA_ERROR_ILLEGAL_ADDRESS,
       "out-of-bounds"},
      {"trap;", CUDA_ERROR_LAUNCH_FAILED, "trap"},
      {"mov.u32 %r1, 64; st.shared.u32 [%r1], 0;", CUDA_ERROR_ILLEGAL_ADDRESS, "out-of-bounds"},
      {"add.u32 %r1, %r2, 1;", CUDA_ERROR_LAUNCH_FAILED, "uninitialized-register"},
  };
  for (auto &each : cases) {
    std::string text = std::string(".version 8.0\n.target sm_80\n.address_size 64\n") +
                       ".entry f(.param .u64 p) {\n.reg .b32 %r<4>; .reg .b64 %rd<4>;\n" +
                       each.body + "\nret;\n}";
    CUdeviceptr p = allocate(64);
    EXPECT_CU(each.expected, launch(function(text, "f"), 1, 1, nullptr, p)) << each.body;
    EXPECT_NE(reports().find(each.faultClass), std::string::npos) << each.body << reports();
    CU(cuDevicePrimaryCtxReset)(0);
    ASSERT_OK(CU(cuDevicePrimaryCtxRetain)(&context, 0));
  }
}

TEST_F(Work, ThreadsAtOnce) {
  CUfunction add = function(addKernel, "add");
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < 8; ++t)
    threads.emplace_back([&, t] {
      EXPECT_OK(CU(cuCtxSetCurrent)(context));
      CUstream stream;
      EXPECT_OK(CU(cuStreamCreate)(&stream, CU_STREAM_NON_BLOCKING));
      for (unsigned round = 0; round < 20; ++round) {
        std::vector<unsigned> values(96, t);
        CUdeviceptr p = 0;
        EXPECT_OK(CU(cuMemAllocAsync)(&p, 96 * 4, stream));
        EXPECT_OK(CU(cuMemcpyHtoDAsync)(p, values.data(), 96 * 4, stream));
        EXPECT_OK(launch(add, 3, 32, stream, p, 96u, round));
        EXPECT_OK(CU(cuMemcpyDtoHAsync)(values.data(), p, 96 * 4, stream));
        EXPECT_OK(CU(cuStreamSynchronize)(stream));
        EXPECT_EQ(values, std::vector<unsigned>(96, t + round));
        EXPECT_OK(CU(cuMemFreeAsync)(p, stream));
      }
      EXPECT_OK(CU(cuStreamDestroy)(stream));
      EXPECT_OK(launch(add, 1, 1, CU_STREAM_PER_THREAD, CUdeviceptr(0), 0u, 0u));
    });
  for (std::thread &thread : threads)
    thread.join();
}

TEST_F(Work, FunctionsByName) {
  void *found = nullptr;
  CUdriverProcAddressQueryResult status;
  auto get = CU(cuGetProcAddress);
  EXPECT_OK(get("cuMemAlloc", &found, 12000, 0, &status));
  EXPECT_EQ(found, cudaSymbol("cuMemAlloc_v2"));
  EXPECT_OK(get("cuStreamGetCaptureInfo", &found, 12000, 0, &status));
  EXPECT_EQ(found, cudaSymbol("cuStreamGetCaptureInfo_v2"));
  EXPECT_OK(get("cuStreamGetCaptureInfo", &found, 13000, 0, &status));
  EXPECT_EQ(found, cudaSymbol("cuStreamGetCaptureInfo_v3"));
  EXPECT_OK(
      get("cuLaunchKernel", &found, 13000, CU_GET_PROC_ADDRESS_PER_THREAD_DEFAULT_STREAM, &status));
  EXPECT_EQ(found, cudaSymbol("cuLaunchKernel_ptsz"));
  EXPECT_EQ(status, CU_GET_PROC_ADDRESS_SUCCESS);
  EXPECT_CU(CUDA_ERROR_NOT_FOUND, get("cuNoSuchThing", &found, 13000, 0, &status));
  EXPECT_EQ(status, CU_GET_PROC_ADDRESS_SYMBOL_NOT_FOUND);
  EXPECT_EQ(found, nullptr);
  EXPECT_CU(CUDA_ERROR_NOT_FOUND, get("malloc", &found, 13000, 0, &status));
  const char *text = nullptr;
  EXPECT_OK(CU(cuGetErrorName)(CUDA_ERROR_ILLEGAL_ADDRESS, &text));
  EXPECT_STREQ(text, "CUDA_ERROR_ILLEGAL_ADDRESS");
  EXPECT_OK(CU(cuGetErrorString)(CUDA_ERROR_ILLEGAL_ADDRESS, &text));
  EXPECT_STREQ(text, "an illegal memory access was encountered");
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, CU(cuGetErrorName)(CUresult(12345), &text));
}

TEST_F(Work, Occupancy) {
  CUfunction add = function(addKernel, "add");
  int blocks = 0, grid = 0, block = 0;
  EXPECT_OK(CU(cuOccupancyMaxActiveBlocksPerMultiprocessor)(&blocks, add, 256, 0));
  EXPECT_EQ(blocks, 8);
  EXPECT_OK(CU(cuOccupancyMaxActiveBlocksPerMultiprocessor)(&blocks, add, 256, 49152));
  EXPECT_EQ(blocks, 4);
  EXPECT_OK(CU(cuOccupancyMaxPotentialBlockSize)(&grid, &block, add, nullptr, 0, 0));
  EXPECT_EQ(block, 1024);
  EXPECT_EQ(grid, 264);
  size_t shared = 0;
  EXPECT_OK(CU(cuOccupancyAvailableDynamicSMemPerBlock)(&shared, add, 2, 256));
  EXPECT_EQ(shared, 115712u); // (228 KiB / 2) - 1 KiB
  CUlaunchAttribute attribute = {};
  attribute.id = CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION;
  attribute.value.clusterDim = {8, 1, 1};
  CUlaunchConfig config = {};
  config.gridDimX = 64;
  config.gridDimY = config.gridDimZ = config.blockDimY = config.blockDimZ = 1;
  config.blockDimX = 1024;
  config.attrs = &attribute;
  config.numAttrs = 1;
  int clusters = 0;
  EXPECT_OK(CU(cuOccupancyMaxActiveClusters)(&clusters, add, &config));
  EXPECT_EQ(clusters, 33); // two blocks a multiprocessor
}

TEST_F(Work, CountersOfAccesses) {
  // Thread t loads a word at t * stride, from global memory and from shared memory.
  CUfunction f = function(R"(
.version 8.0
.target sm_80
.address_size 64
.visible .entry f(.param .u64 p, .param .u32 stride) {
  .reg .b32 %r<6>; .reg .b64 %rd<4>; .shared .align 16 .b8 tile[16384];
  ld.param.u64 %rd1, [p];
  ld.param.u32 %r1, [stride];
  mov.u32 %r2, %tid.x;
  mul.lo.u32 %r3, %r2, %r1;
  cvt.u64.u32 %rd2, %r3;
  add.u64 %rd1, %rd1, %rd2;
  ld.global.u32 %r4, [%rd1];
  mov.u32 %r5, tile;
  add.u32 %r5, %r5, %r3;
  st.shared.u32 [%r5], %r4;
  ret;
})",
                          "f");
  CUdeviceptr p = allocate(16384);
  ASSERT_OK(CU(cuMemsetD8)(p, 0, 16384));
  struct {
    unsigned stride;
    long sectors, wavefronts;
  } rows[] = {{4, 4, 1},     {8, 8, 2},    {12, 12, 1},  {64, 32, 16},
              {128, 32, 32}, {132, 32, 1}, {512, 32, 32}};
  for (auto &row : rows) {
    ASSERT_OK(launch(f, 1, 32, nullptr, p, row.stride));
    EXPECT_EQ(counter("global_load_requests"), 1);
    EXPECT_EQ(counter("global_load_sectors"), row.sectors) << row.stride;
    EXPECT_EQ(counter("shared_wavefronts"), row.wavefronts) << row.stride;
    EXPECT_EQ(counter("shared_bank_conflicts"), row.wavefronts - 1) << row.stride;
  }
}

TEST_F(Work, TensorMaps) {
  CUtensorMap map;
  CUdeviceptr p = allocate(1 << 20);
  auto encode = [&](unsigned rank, cuuint64_t width, cuuint64_t stride, unsigned box,
                    CUtensorMapSwizzle swizzle, CUdeviceptr address) {
    cuuint64_t dimensions[5] = {width, 64, 1, 1, 1};
    cuuint64_t strides[4] = {stride, stride * 64, stride * 64, stride * 64};
    cuuint32_t boxes[5] = {box, 16, 1, 1, 1}, elements[5] = {1, 1, 1, 1, 1};
    return CU(cuTensorMapEncodeTiled)(
        &map, CU_TENSOR_MAP_DATA_TYPE_FLOAT16, rank, reinterpret_cast<void *>(address), dimensions,
        strides, boxes, elements, CU_TENSOR_MAP_INTERLEAVE_NONE, swizzle,
        CU_TENSOR_MAP_L2_PROMOTION_NONE, CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE);
  };
  EXPECT_OK(encode(2, 128, 256, 64, CU_TENSOR_MAP_SWIZZLE_128B, p));
  EXPECT_OK(encode(2, 1000, 2048, 256, CU_TENSOR_MAP_SWIZZLE_NONE, p));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, encode(0, 128, 256, 64, CU_TENSOR_MAP_SWIZZLE_NONE, p));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, encode(6, 128, 256, 64, CU_TENSOR_MAP_SWIZZLE_NONE, p));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, encode(2, 128, 250, 64, CU_TENSOR_MAP_SWIZZLE_NONE, p));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, encode(2, 1000, 2048, 257, CU_TENSOR_MAP_SWIZZLE_NONE, p));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, encode(2, 128, 256, 128, CU_TENSOR_MAP_SWIZZLE_128B, p));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, encode(2, 128, 256, 64, CU_TENSOR_MAP_SWIZZLE_NONE, p + 8));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, encode(2, 128, 256, 5, CU_TENSOR_MAP_SWIZZLE_NONE, p));
  EXPECT_OK(encode(2, 128, 256, 64, CU_TENSOR_MAP_SWIZZLE_128B, p));
  EXPECT_OK(CU(cuTensorMapReplaceAddress)(&map, reinterpret_cast<void *>(p + 1024)));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE,
            CU(cuTensorMapReplaceAddress)(&map, reinterpret_cast<void *>(p + 4)));
  std::memset(&map, 0, sizeof map);
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE,
            CU(cuTensorMapReplaceAddress)(&map, reinterpret_cast<void *>(p)));
}

TEST_F(Work, TheLinkerGivesPtxBack) {
  CUlinkState state;
  ASSERT_OK(CU(cuLinkCreate)(0, nullptr, nullptr, &state));
  std::string text = addKernel;
  ASSERT_OK(CU(cuLinkAddData)(state, CU_JIT_INPUT_PTX, &text[0], text.size(), "add.ptx", 0, nullptr,
                              nullptr));
  EXPECT_CU(CUDA_ERROR_NO_BINARY_FOR_GPU, CU(cuLinkAddData)(state, CU_JIT_INPUT_CUBIN, &text[0], 8,
                                                            nullptr, 0, nullptr, nullptr));
  void *image = nullptr;
  size_t size = 0;
  ASSERT_OK(CU(cuLinkComplete)(state, &image, &size));
  CUmodule module;
  ASSERT_OK(CU(cuModuleLoadData)(&module, image));
  ASSERT_OK(CU(cuLinkDestroy)(state));
  CUfunction add;
  ASSERT_OK(CU(cuModuleGetFunction)(&add, module, "add"));
  EXPECT_OK(launch(add, 1, 32, nullptr, CUdeviceptr(0), 0u, 0u));
}

TEST_F(Work, ValuesInStreams) {
  CUdeviceptr p = upload(std::vector<uint64_t>(2, 0));
  ASSERT_OK(CU(cuStreamWriteValue32)(nullptr, p, 7, 0));
  ASSERT_OK(CU(cuStreamWriteValue64)(nullptr, p + 8, 1ull << 40, 0));
  EXPECT_EQ(download<uint64_t>(p, 2), (std::vector<uint64_t>{7, 1ull << 40}));
  EXPECT_OK(CU(cuStreamWaitValue32)(nullptr, p, 5, CU_STREAM_WAIT_VALUE_GEQ));
  EXPECT_OK(CU(cuStreamWaitValue32)(nullptr, p, 7, CU_STREAM_WAIT_VALUE_EQ));
  EXPECT_OK(CU(cuStreamWaitValue64)(nullptr, p + 8, 3ull << 40, CU_STREAM_WAIT_VALUE_AND));
  EXPECT_CU(CUDA_ERROR_NOT_SUPPORTED,
            CU(cuStreamWaitValue32)(nullptr, p, 8, CU_STREAM_WAIT_VALUE_EQ));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, CU(cuStreamWriteValue32)(nullptr, p + 2, 7, 0));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, CU(cuStreamWriteValue64)(nullptr, p + 12, 7, 0));
}

TEST_F(Work, ReadsOfDeviceMemoryThatNothingWrote) {
  ASSERT_EQ(CU(azl_cudasim_configure)("check_global_init", "1"), 0);
  CUfunction add = function(addKernel, "add");
  // Everything that writes: copies, fills, kernels. Then the last word, which nobody wrote.
  CUdeviceptr p = upload(std::vector<unsigned>(32, 1)), q = allocate(256);
  ASSERT_OK(CU(cuMemsetD32)(q, 1, 32));
  ASSERT_OK(CU(cuMemcpyDtoD)(q + 128, p, 124));
  EXPECT_OK(launch(add, 1, 64, nullptr, q, 63u, 1u));
  EXPECT_OK(launch(add, 1, 64, nullptr, q, 63u, 1u));
  void *pinned;
  ASSERT_OK(CU(cuMemAllocHost)(&pinned, 128));
  EXPECT_OK(launch(add, 1, 32, nullptr, CUdeviceptr(pinned), 32u, 1u));
  EXPECT_CU(CUDA_ERROR_LAUNCH_FAILED, launch(add, 1, 64, nullptr, q, 64u, 1u));
  EXPECT_NE(reports().find("uninitialized-global"), std::string::npos) << reports();
  ASSERT_EQ(CU(azl_cudasim_configure)("check_global_init", "0"), 0);
}

TEST_F(Work, Settings) {
  EXPECT_NE(CU(azl_cudasim_configure)("ARCH", "sm_80"), 0);
  EXPECT_NE(std::string(CU(azl_cudasim_error)()).find("in use"), std::string::npos);
  EXPECT_NE(CU(azl_cudasim_configure)("NO_SUCH", "1"), 0);
  EXPECT_NE(CU(azl_cudasim_configure)("THREADS", "many"), 0);
  EXPECT_NE(std::string(CU(azl_cudasim_error)()).find("host threads"), std::string::npos);
  // Results do not depend on the number of host threads, counters included.
  CUfunction add = function(addKernel, "add");
  CUdeviceptr p = upload(std::vector<unsigned>(10000, 1));
  std::string first;
  for (const char *threads : {"1", "2", "7"}) {
    ASSERT_EQ(CU(azl_cudasim_configure)("threads", threads), 0);
    ASSERT_OK(launch(add, 100, 128, nullptr, p, 10000u, 1u));
    if (first.empty())
      first = counters();
    EXPECT_EQ(counters(), first);
  }
  EXPECT_EQ(CU(azl_cudasim_configure)("threads", "0"), 0);
}

TEST_F(Work, GridsSynchronize) {
  CUmodule module;
  CUfunction phases;
  ASSERT_OK(CU(cuModuleLoad)(&module, AZULEJO_DRIVER_INPUTS "grid_sync.ptx"));
  ASSERT_OK(CU(cuModuleGetFunction)(&phases, module, "phases"));
  unsigned n = 64 * 20;
  CUdeviceptr p = allocate(n * 4);
  void *parameters[] = {&p, &n};
  for (const char *checkInitialization : {"0", "1"}) {
    ASSERT_EQ(CU(azl_cudasim_configure)("check_global_init", checkInitialization), 0);
    ASSERT_OK(CU(cuLaunchCooperativeKernel)(phases, 20, 1, 1, 64, 1, 1, 0, nullptr, parameters));
    std::vector<unsigned> got = download<unsigned>(p, n);
    for (unsigned i = 0; i < n; ++i)
      ASSERT_EQ(got[i], n - i);
  }
  ASSERT_EQ(CU(azl_cudasim_configure)("check_global_init", "0"), 0);
  // Launched as any other kernel, its blocks have nothing to meet at: it traps, as on a GPU.
  EXPECT_CU(CUDA_ERROR_LAUNCH_FAILED, launch(phases, 20, 64, nullptr, p, n));
}

TEST_F(Work, OldVersionsOfFunctions) {
  auto create =
      reinterpret_cast<CUresult (*)(CUcontext *, unsigned, CUdevice)>(cudaSymbol("cuCtxCreate_v2"));
  CUcontext made;
  ASSERT_OK(create(&made, 0, 0));
  auto destroy = reinterpret_cast<CUresult (*)(CUcontext)>(cudaSymbol("cuCtxDestroy"));
  EXPECT_OK(destroy(made));
  auto instantiate =
      reinterpret_cast<CUresult (*)(CUgraphExec *, CUgraph, CUgraphNode *, char *, size_t)>(
          cudaSymbol("cuGraphInstantiate_v2"));
  ASSERT_OK(CU(cuCtxSetCurrent)(context));
  CUgraph graph;
  CUgraphExec exec;
  char log[8] = "?";
  ASSERT_OK(CU(cuGraphCreate)(&graph, 0));
  ASSERT_OK(instantiate(&exec, graph, nullptr, log, sizeof log));
  EXPECT_STREQ(log, "");
  EXPECT_OK(CU(cuGraphLaunch)(exec, CU_STREAM_PER_THREAD));
  // The null stream of these is the thread's own, which can be captured.
  auto capture = reinterpret_cast<CUresult (*)(CUstream, CUstreamCaptureMode)>(
      cudaSymbol("cuStreamBeginCapture_v2_ptsz"));
  auto end =
      reinterpret_cast<CUresult (*)(CUstream, CUgraph *)>(cudaSymbol("cuStreamEndCapture_ptsz"));
  EXPECT_OK(capture(nullptr, CU_STREAM_CAPTURE_MODE_RELAXED));
  EXPECT_OK(end(nullptr, &graph));
}
