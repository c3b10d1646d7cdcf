//===- RuntimeTest.cpp - The C API, on the artifacts that session.test makes ------------------===//
//
// AZULEJO_TEST_ARTIFACT names one of test/runtime/Inputs/relu.mlir or relu_gpu.mlir,
// AZULEJO_TEST_DEVICE the device to run it on.
//
//===------------------------------------------------------------------------------------------===//
#include "test/runtime/Relu.h"
#include <thread>

namespace {

using Relu = ReluTest;

TEST_F(Relu, signature) {
  EXPECT_STREQ(azl_model_name(model), "relu");
  ASSERT_EQ(azl_model_input_count(model), 1u);
  azl_value_info x = azl_model_input(model, 0);
  EXPECT_STREQ(x.name, "x");
  EXPECT_EQ(x.type, AZL_FLOAT);
  ASSERT_EQ(x.rank, 2);
  EXPECT_EQ(x.shape[0], -1);
  EXPECT_STREQ(x.symbols[0], "n");
  EXPECT_EQ(x.shape[1], 4);
  EXPECT_EQ(x.symbols[1], nullptr);
  EXPECT_EQ(azl_model_kernel_count(model), 1u);
  EXPECT_EQ(azl_model_unbounded_reason(model), nullptr);
}

TEST_F(Relu, runs) {
  for (int threads : {1, 3}) {
    open({0, nullptr, threads, 0, 0});
    EXPECT_EQ(azl_session_threads(session), threads);
    for (int64_t rows : {1, 7, 1000, 0, 3})
      runAndCheck(rows, -10);
    azl_session_destroy(session);
    session = nullptr;
  }
}

TEST_F(Relu, severalThreadsRunOneSession) {
  open({0, nullptr, 3, 0, 0});
  std::vector<std::thread> threads;
  for (int t = 0; t < 6; ++t)
    threads.emplace_back([this, t] {
      for (int i = 0; i < 100; ++i)
        runAndCheck(1 + (t * 31 + i * 7) % 200, float(t) - 3);
    });
  for (std::thread &thread : threads)
    thread.join();
}

TEST_F(Relu, declaredMemoryIsMet) {
  open({0, nullptr, 2, 0, 0});
  int64_t most = 0;
  for (int64_t rows : {1, 10, 100, 1000}) {
    int64_t shape[] = {rows, 4}, declared = 0;
    azl_tensor input = viewOf(nullptr, shape);
    ASSERT_EQ(azl_model_peak_memory(model, &input, 1, &declared), AZL_OK);
    EXPECT_EQ(declared, (rows * 16 + 63) / 64 * 64); // one buffer between the two kernels
    runAndCheck(rows, 0);
    most = std::max(most, declared);
    EXPECT_EQ(azl_session_memory_used(session), most);
  }
}

TEST_F(Relu, memoryLimit) {
  open({0, nullptr, 1, 0, 1024});
  runAndCheck(64, 0);
  int64_t shape[] = {65, 4};
  std::vector<float> x(65 * 4);
  azl_tensor input = viewOf(x.data(), shape), output{};
  EXPECT_EQ(azl_run(session, &input, 1, &output, 1), AZL_OUT_OF_MEMORY);
  EXPECT_STREQ(azl_last_error(), "the run needs 1088 bytes, and the memory limit is 1024");
  EXPECT_EQ(output.data, nullptr);
}

TEST_F(Relu, writesIntoGivenOutputs) {
  open({0, nullptr, 2, 0, 0});
  int64_t shape[] = {2, 4};
  std::vector<float> x{1, 2, 3, 4, 5, 6, 7, 8}, memory(9, -1);
  azl_tensor input = viewOf(x.data(), shape);
  // Also where the address is badly aligned.
  for (float *y : {memory.data(), memory.data() + 1}) {
    azl_tensor output = viewOf(y, shape);
    ASSERT_EQ(azl_run(session, &input, 1, &output, 1), AZL_OK) << azl_last_error();
    EXPECT_EQ(output.data, y);
    for (int i = 0; i < 8; ++i)
      EXPECT_EQ(y[i], expectedAt(x[i], i % 4));
    azl_tensor_release(&output); // does nothing to the caller's memory
  }
  int64_t wrong[] = {1, 4};
  azl_tensor output = viewOf(memory.data(), wrong);
  EXPECT_EQ(azl_run(session, &input, 1, &output, 1), AZL_INVALID_ARGUMENT);
  EXPECT_STREQ(azl_last_error(),
               "output 'y' has shape [2, 4] in this run, and the given tensor has [1, 4]");
}

TEST_F(Relu, stridedInput) {
  open({0, nullptr, 1, 0, 0});
  std::vector<float> x{1, -5, 2, -6, 3, -7, 4, -8}; // columns of a transposed matrix
  int64_t shape[] = {2, 4}, strides[] = {1, 2};
  azl_tensor input = viewOf(x.data(), shape, strides), output{};
  ASSERT_EQ(azl_run(session, &input, 1, &output, 1), AZL_OK) << azl_last_error();
  auto *y = static_cast<const float *>(output.data);
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(y[i], expectedAt(x[2 * i], i));
    EXPECT_EQ(y[4 + i], expectedAt(x[2 * i + 1], i));
  }
  azl_tensor_release(&output);
}

TEST_F(Relu, profile) {
  open({0, nullptr, 1, 1, 0});
  runAndCheck(100, 0);
  runAndCheck(100, 0);
  azl_kernel_profile profile = azl_session_kernel_profile(session, 0);
  EXPECT_EQ(profile.launches, 4);
  EXPECT_GT(profile.nanoseconds, 0);
}

TEST_F(Relu, refusesBadArguments) {
  open({0, nullptr, 1, 0, 0});
  azl_tensor output{};
  EXPECT_EQ(azl_run(session, nullptr, 0, &output, 1), AZL_INVALID_ARGUMENT);
  EXPECT_STREQ(azl_last_error(), "the model has 1 inputs, and 0 were given");
  int64_t shape[] = {2, 4};
  azl_tensor input = viewOf(nullptr, shape);
  EXPECT_EQ(azl_run(session, &input, 1, &output, 1), AZL_INVALID_ARGUMENT);
  EXPECT_STREQ(azl_last_error(), "input 'x' has no data");
  azl_session *other = nullptr;
  azl_session_options options{sizeof options, "abacus", 0, 0, 0};
  EXPECT_EQ(azl_session_create(model, &options, &other), AZL_NOT_FOUND);
  options.size = 3;
  EXPECT_EQ(azl_session_create(model, &options, &other), AZL_INVALID_ARGUMENT);
}

TEST_F(Relu, modelMayGoBeforeItsSession) {
  open({0, nullptr, 2, 0, 0});
  azl_model_release(model);
  model = nullptr;
  runAndCheck(5, 1);
}

} // namespace
