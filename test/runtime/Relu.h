//===- Relu.h - A small model for tests of the C API ------------------------------------------===//
#ifndef AZULEJO_TEST_RUNTIME_RELU_H
#define AZULEJO_TEST_RUNTIME_RELU_H

#include "azulejo/runtime.h"
#include <algorithm>
#include <cstdlib>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <vector>

/// y = relu(relu(x) + w + 0.5) + w + 0.5, w being 1 2 3 4.
inline float expectedAt(float x, int column) {
  float w = float(column + 1);
  return std::max(std::max(x, 0.0f) + w + 0.5f, 0.0f) + w + 0.5f;
}

inline azl_tensor viewOf(void *data, const int64_t *shape, const int64_t *strides = nullptr) {
  azl_tensor view{};
  view.data = data;
  view.type = AZL_FLOAT;
  view.rank = 2;
  view.shape = shape;
  view.strides = strides;
  return view;
}

class ReluTest : public testing::Test {
protected:
  void SetUp() override {
    const char *path = std::getenv("AZULEJO_TEST_ARTIFACT");
    if (!path)
      GTEST_SKIP()
          << "AZULEJO_TEST_ARTIFACT does not name an artifact of test/runtime/Inputs/relu.mlir";
    ASSERT_EQ(azl_model_load(path, nullptr, &model), AZL_OK) << azl_last_error();
  }
  void TearDown() override {
    azl_session_destroy(session);
    azl_model_release(model);
  }
  void open(azl_session_options options) {
    options.size = sizeof options;
    options.device = std::getenv("AZULEJO_TEST_DEVICE");
    ASSERT_EQ(azl_session_create(model, &options, &session), AZL_OK) << azl_last_error();
  }
  /// Runs with `rows` rows that begin with `first`, and checks the answer.
  void runAndCheck(int64_t rows, float first) {
    std::vector<float> x(rows * 4);
    for (size_t i = 0; i < x.size(); ++i)
      x[i] = first + float(i % 100);
    int64_t shape[] = {rows, 4};
    azl_tensor input = viewOf(x.data(), shape), output{};
    ASSERT_EQ(azl_run(session, &input, 1, &output, 1), AZL_OK) << azl_last_error();
    ASSERT_EQ(output.rank, 2);
    ASSERT_EQ(output.shape[0], rows);
    auto *y = static_cast<const float *>(output.data);
    for (size_t i = 0; i < x.size(); ++i)
      ASSERT_EQ(y[i], expectedAt(x[i], i % 4)) << i;
    azl_tensor_release(&output);
    EXPECT_EQ(output.data, nullptr);
  }

  azl_model *model = nullptr;
  azl_session *session = nullptr;
};

#endif // AZULEJO_TEST_RUNTIME_RELU_H
