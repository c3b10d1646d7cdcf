//===- DeviceTensorTest.cpp - The C API of sessions on a GPU ----------------------------------===//
#include "test/runtime/Relu.h"
#include <cstring>
#include <dlfcn.h>
#include <thread>

namespace {

/// The little of the driver that a program needs that has tensors on a GPU of its own.
class Gpu {
public:
  bool open(const std::string &device) {
    bool simulated = device.rfind("cudasim", 0) == 0;
    library = ::dlopen(simulated ? "libazulejo-cudasim.so" : "libcuda.so.1", RTLD_NOW);
    void *context = nullptr;
    return library && !call<int>("cuInit", 0u) &&
           !call<int>("cuDevicePrimaryCtxRetain", &context, 0) &&
           !call<int>("cuCtxSetCurrent", context);
  }
  void close() {
    if (!library)
      return;
    call<int>("cuCtxSetCurrent", static_cast<void *>(nullptr));
    call<int>("cuDevicePrimaryCtxRelease_v2", 0);
  }
  void *allocate(size_t bytes) {
    void *address = nullptr;
    EXPECT_EQ(call<int>("cuMemAlloc_v2", &address, bytes), 0);
    return address;
  }
  void free(void *address) { EXPECT_EQ(call<int>("cuMemFree_v2", address), 0); }
  void *upload(const std::vector<float> &values) {
    void *address = allocate(values.size() * sizeof(float));
    EXPECT_EQ(call<int>("cuMemcpyHtoD_v2", address, values.data(), values.size() * sizeof(float)),
              0);
    return address;
  }
  std::vector<float> download(const void *address, size_t count) {
    std::vector<float> values(count);
    EXPECT_EQ(call<int>("cuMemcpyDtoH_v2", values.data(), address, count * sizeof(float)), 0);
    return values;
  }
  size_t freeMemory() {
    size_t free = 0, total = 0;
    EXPECT_EQ(call<int>("cuMemGetInfo_v2", &free, &total), 0);
    return free;
  }

private:
  template <typename Result, typename... Arguments>
  Result call(const char *name, Arguments... arguments) {
    auto function = reinterpret_cast<Result (*)(Arguments...)>(::dlsym(library, name));
    return function(arguments...);
  }
  void *library = nullptr;
};

class DeviceTensors : public ReluTest {
protected:
  void SetUp() override {
    const char *device = std::getenv("AZULEJO_TEST_DEVICE");
    if (!device || std::string(device).rfind("cuda", 0))
      GTEST_SKIP() << "AZULEJO_TEST_DEVICE is no GPU";
    // As a program does that uses the GPU itself: the architecture comes with the first session.
    ReluTest::SetUp();
    open({});
    ASSERT_TRUE(gpu.open(device));
    close();
  }
  void TearDown() override {
    ReluTest::TearDown();
    gpu.close();
  }
  void close() {
    azl_session_destroy(session);
    session = nullptr;
  }
  static azl_tensor onGpu(azl_tensor tensor) {
    tensor.device = {AZL_CUDA, 0};
    return tensor;
  }
  static std::vector<float> numbers(int64_t rows, float first) {
    std::vector<float> x(rows * 4);
    for (size_t i = 0; i < x.size(); ++i)
      x[i] = first + float(i);
    return x;
  }
  static std::vector<float> expected(const std::vector<float> &x) {
    std::vector<float> y;
    for (size_t i = 0; i < x.size(); ++i)
      y.push_back(expectedAt(x[i], i % 4));
    return y;
  }

  Gpu gpu;
};

TEST_F(DeviceTensors, inputsAndOutputsStayOnTheGpu) {
  open({});
  int64_t shape[] = {5, 4};
  std::vector<float> x = numbers(5, -7);
  void *from = gpu.upload(x), *to = gpu.allocate(x.size() * sizeof(float) + 64);
  // Also where an address is badly aligned, and where the same tensors come again and again.
  for (int offset : {0, 0, 0, 4})
    for (int run = 0; run < 3; ++run) {
      azl_tensor input = onGpu(viewOf(from, shape));
      azl_tensor output = onGpu(viewOf(static_cast<char *>(to) + offset, shape));
      ASSERT_EQ(azl_run(session, &input, 1, &output, 1), AZL_OK) << azl_last_error();
      EXPECT_EQ(gpu.download(output.data, x.size()), expected(x));
    }
  // One that the runtime allocates.
  azl_tensor input = onGpu(viewOf(from, shape)), output{};
  output.device = {AZL_CUDA, 0};
  ASSERT_EQ(azl_run(session, &input, 1, &output, 1), AZL_OK) << azl_last_error();
  EXPECT_EQ(output.device.kind, AZL_CUDA);
  EXPECT_EQ(output.shape[0], 5);
  EXPECT_EQ(gpu.download(output.data, x.size()), expected(x));
  azl_tensor_release(&output);
  // From the GPU to the host.
  ASSERT_EQ(azl_run(session, &input, 1, &output, 1), AZL_OK) << azl_last_error();
  EXPECT_EQ(std::vector<float>(static_cast<float *>(output.data),
                               static_cast<float *>(output.data) + x.size()),
            expected(x));
  azl_tensor_release(&output);
  gpu.free(from);
  gpu.free(to);
}

TEST_F(DeviceTensors, refusesOthers) {
  open({});
  int64_t shape[] = {2, 4}, strides[] = {1, 2};
  float x[8] = {};
  azl_tensor input = onGpu(viewOf(x, shape)), output{};
  input.device.index = 3;
  EXPECT_EQ(azl_run(session, &input, 1, &output, 1), AZL_INVALID_ARGUMENT);
  EXPECT_STREQ(azl_last_error(), "input 'x' is on cuda:3, and the session runs on cuda:0");
  input = onGpu(viewOf(x, shape, strides));
  EXPECT_EQ(azl_run(session, &input, 1, &output, 1), AZL_INVALID_ARGUMENT);
}

TEST_F(DeviceTensors, equalRunsRepeat) {
  open({});
  // Recorded at the second, replayed from then on, with other values and through other shapes.
  for (int run = 0; run < 6; ++run)
    for (int64_t rows : {3, 40, 1})
      runAndCheck(rows, float(run));
}

TEST_F(DeviceTensors, dlpack) {
  open({});
  int64_t shape[] = {2, 4};
  std::vector<float> x = numbers(2, 1);
  azl_tensor input = viewOf(x.data(), shape), output{}, again{};
  output.device = {AZL_CUDA, 0};
  ASSERT_EQ(azl_run(session, &input, 1, &output, 1), AZL_OK) << azl_last_error();
  void *data = output.data;
  DLManagedTensor *managed = nullptr;
  ASSERT_EQ(azl_tensor_to_dlpack(&output, &managed), AZL_OK);
  EXPECT_EQ(output.owner, nullptr);
  ASSERT_EQ(azl_tensor_from_dlpack(managed, &again), AZL_OK);
  EXPECT_EQ(again.data, data);
  EXPECT_EQ(again.device.kind, AZL_CUDA);
  EXPECT_EQ(again.type, AZL_FLOAT);
  ASSERT_EQ(again.rank, 2);
  EXPECT_EQ(again.shape[1], 4);
  azl_tensor twice{};
  ASSERT_EQ(azl_run(session, &again, 1, &twice, 1), AZL_OK) << azl_last_error();
  EXPECT_EQ(static_cast<float *>(twice.data)[0], expectedAt(expectedAt(1, 0), 0));
  azl_tensor_release(&twice);
  azl_tensor_release(&again); // and with it the GPU's memory
}

TEST_F(DeviceTensors, memoryIsAsItWas) {
  size_t before = gpu.freeMemory();
  for (int round = 0; round < 3; ++round) {
    open({});
    azl_session *second = nullptr;
    azl_session_options options{};
    options.size = sizeof options;
    options.device = std::getenv("AZULEJO_TEST_DEVICE");
    ASSERT_EQ(azl_session_create(model, &options, &second), AZL_OK) << azl_last_error();
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([this, t] {
        for (int64_t rows : {10, 10, 10, 1000, 7})
          runAndCheck(rows + t, 0);
      });
    for (std::thread &thread : threads)
      thread.join();
    EXPECT_LT(gpu.freeMemory(), before);
    int64_t shape[] = {1, 4}, wrong[] = {2, 4};
    float x[4] = {};
    azl_tensor input = viewOf(x, shape), output = viewOf(x, wrong);
    EXPECT_EQ(azl_run(second, &input, 1, &output, 1), AZL_INVALID_ARGUMENT);
    close();
    azl_session_destroy(second);
    EXPECT_EQ(gpu.freeMemory(), before);
  }
}

} // namespace
