//===- Api.h - The simulated driver, opened as programs open libcuda ------===//
#ifndef AZULEJO_TEST_RUNTIME_CUDASIM_DRIVER_API_H
#define AZULEJO_TEST_RUNTIME_CUDASIM_DRIVER_API_H

#include "include/azulejo/cudasim.h"
#include <cuda.h>
#include <dlfcn.h>
#include <gtest/gtest.h>
#include <string>
#include <vector>

/// Finds a function by the name that cuda.h maps to, at its first call:
/// CU(cuMemAlloc)(&address, bytes).
inline void *cudaSymbol(const char *name) {
  static void *library = dlopen(AZULEJO_LIBCUDA, RTLD_NOW | RTLD_LOCAL);
  EXPECT_NE(library, nullptr) << dlerror();
  void *found = library ? dlsym(library, name) : nullptr;
  EXPECT_NE(found, nullptr) << name;
  return found;
}
#define CU_TEXT(name) #name
#define CU_NAME(name) CU_TEXT(name)
#define CU(name) (reinterpret_cast<decltype(&name)>(cudaSymbol(CU_NAME(name))))

#define EXPECT_CU(expected, call) EXPECT_EQ(call, expected)
#define EXPECT_OK(call) EXPECT_EQ(call, CUDA_SUCCESS)
#define ASSERT_OK(call) ASSERT_EQ(call, CUDA_SUCCESS)

/// A primary context for each test, reset behind it.
class CudaSim : public ::testing::Test {
protected:
  void SetUp() override {
    ASSERT_OK(CU(cuInit)(0));
    ASSERT_OK(CU(cuDevicePrimaryCtxRetain)(&context, 0));
    ASSERT_OK(CU(cuCtxSetCurrent)(context));
  }
  void TearDown() override {
    CU(cuDevicePrimaryCtxReset)(0);
    CU(cuCtxSetCurrent)(nullptr);
  }
  CUmodule load(const std::string &ptx) {
    CUmodule module = nullptr;
    EXPECT_OK(CU(cuModuleLoadData)(&module, ptx.c_str()));
    return module;
  }
  CUfunction function(const std::string &ptx, const char *name) {
    CUfunction function = nullptr;
    EXPECT_OK(CU(cuModuleGetFunction)(&function, load(ptx), name));
    return function;
  }
  CUdeviceptr allocate(size_t bytes) {
    CUdeviceptr address = 0;
    EXPECT_OK(CU(cuMemAlloc)(&address, bytes));
    return address;
  }
  template <class T> CUdeviceptr upload(const std::vector<T> &values) {
    CUdeviceptr address = allocate(values.size() * sizeof(T));
    EXPECT_OK(CU(cuMemcpyHtoD)(address, values.data(), values.size() * sizeof(T)));
    return address;
  }
  template <class T> std::vector<T> download(CUdeviceptr address, size_t count) {
    std::vector<T> values(count);
    EXPECT_OK(CU(cuMemcpyDtoH)(values.data(), address, count * sizeof(T)));
    return values;
  }
  /// Launches with any parameters: each is passed by its address.
  template <class... P>
  CUresult launch(CUfunction function, unsigned grid, unsigned block, CUstream stream,
                  P... parameters) {
    void *pointers[] = {&parameters..., nullptr};
    return CU(cuLaunchKernel)(function, grid, 1, 1, block, 1, 1, 0, stream, pointers, nullptr);
  }
  static std::string reports() {
    size_t length = CU(azl_cudasim_reports)(nullptr, 0);
    std::string text(length + 1, 0);
    CU(azl_cudasim_reports)(&text[0], text.size());
    text.resize(length);
    return text;
  }
  static std::string counters() {
    size_t length = CU(azl_cudasim_counters)(nullptr, 0);
    std::string text(length + 1, 0);
    CU(azl_cudasim_counters)(&text[0], text.size());
    text.resize(length);
    return text;
  }
  /// The number that a counter has in the last kernel's.
  static long counter(const std::string &name) {
    std::string text = counters(), key = "\"" + name + "\": ";
    size_t at = text.find(key);
    return at == std::string::npos ? -1 : std::stol(text.substr(at + key.size()));
  }

  CUcontext context = nullptr;
};

/// p[i] += a for i < n, one thread an element.
inline const char *addKernel = R"(
.version 8.0
.target sm_80
.address_size 64
.visible .entry add(.param .u64 p, .param .u32 n, .param .u32 a) {
  .reg .pred %p1; .reg .b32 %r<7>; .reg .b64 %rd<4>;
  ld.param.u64 %rd1, [p];
  ld.param.u32 %r1, [n];
  ld.param.u32 %r6, [a];
  mov.u32 %r2, %ctaid.x;
  mov.u32 %r3, %ntid.x;
  mov.u32 %r4, %tid.x;
  mad.lo.s32 %r2, %r2, %r3, %r4;
  setp.ge.u32 %p1, %r2, %r1;
  @%p1 bra Done;
  cvta.to.global.u64 %rd1, %rd1;
  mul.wide.u32 %rd2, %r2, 4;
  add.s64 %rd3, %rd1, %rd2;
  ld.global.u32 %r5, [%rd3];
  add.u32 %r5, %r5, %r6;
  st.global.u32 [%rd3], %r5;
Done:
  ret;
})";

#endif // AZULEJO_TEST_RUNTIME_CUDASIM_DRIVER_API_H
