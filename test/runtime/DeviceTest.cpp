//===- DeviceTest.cpp - What every device must do ---------------------------------------------===//
//
// AZULEJO_TEST_DEVICE names the device; device.test runs this for each there is.
//
//===------------------------------------------------------------------------------------------===//
#include "runtime/Device.h"
#include "test/runtime/DeviceKernels.h"
#include <cstdlib>
#include <cstring>
#include <gtest/gtest.h>
#include <numeric>
#include <thread>

using namespace azulejo::runtime;
using namespace testkernels;

namespace {

#define ASSERT_DONE(call)                                                                          \
  do {                                                                                             \
    Status status = call;                                                                          \
    ASSERT_FALSE(status.failed()) << status.message;                                               \
  } while (false)

/// A buffer of integers, given back at the end.
class Buffer {
public:
  Buffer(Device &device, int64_t count)
      : device(device), data(device.allocate(count * sizeof(int32_t))), count(count) {}
  ~Buffer() { device.free(data); }
  Buffer(const Buffer &) = delete;
  Buffer &operator=(const Buffer &) = delete;

  Device &device;
  void *const data;
  const int64_t count;
  int64_t slot() const { return reinterpret_cast<int64_t>(data); }
};

class DeviceTest : public testing::Test {
protected:
  void SetUp() override {
    const char *name = std::getenv("AZULEJO_TEST_DEVICE");
    ASSERT_DONE(openDevice(name ? name : "cpu", 2, device));
    ASSERT_DONE(device->load(makeArtifact(), program));
    ASSERT_DONE(device->openStream(*program, stream));
  }

  Status launch(Stream &stream, Kernel kernel, std::vector<int64_t> slots, int64_t firstCheck = 0,
                KernelTimes *times = nullptr) {
    return stream.launch(
        {kernel, cpuCounts[kernel], cpuKernels[kernel], slots.data(), firstCheck, times});
  }
  void upload(Stream &stream, const Buffer &buffer, const std::vector<int32_t> &values) {
    ASSERT_DONE(stream.upload(buffer.data, values.data(), values.size() * sizeof(int32_t)));
    ASSERT_DONE(stream.finish()); // the values may go now
  }
  std::vector<int32_t> download(Stream &stream, const Buffer &buffer) {
    std::vector<int32_t> values(buffer.count);
    Status status = stream.download(values.data(), buffer.data, buffer.count * sizeof(int32_t));
    EXPECT_FALSE(status.failed()) << status.message;
    status = stream.finish();
    EXPECT_FALSE(status.failed()) << status.message;
    return values;
  }
  static std::vector<int32_t> numbers(int32_t first, int64_t count) {
    std::vector<int32_t> values(count);
    std::iota(values.begin(), values.end(), first);
    return values;
  }

  std::shared_ptr<Device> device;
  std::shared_ptr<Program> program;
  std::unique_ptr<Stream> stream;
};

TEST_F(DeviceTest, memory) {
  for (int64_t bytes : {0, 1, 63, 64, 4096, 5 << 20}) {
    void *buffer = device->allocate(bytes);
    ASSERT_NE(buffer, nullptr);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(buffer) % AZM_BUFFER_ALIGNMENT, 0u);
    device->free(buffer);
    auto *host = static_cast<char *>(device->allocateHost(bytes));
    ASSERT_NE(host, nullptr);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(host) % AZM_BUFFER_ALIGNMENT, 0u);
    std::memset(host, 1, bytes);
    device->freeHost(host);
  }
  device->free(nullptr);
  EXPECT_EQ(device->allocate(int64_t(1) << 60), nullptr);
}

TEST_F(DeviceTest, transfersAndCopies) {
  Buffer a(*device, 1000), b(*device, 1000);
  upload(*stream, a, numbers(5, 1000));
  ASSERT_DONE(stream->copy(b.data, a.data, 1000 * sizeof(int32_t)));
  ASSERT_DONE(stream->copy(b.data, a.data, 0));
  EXPECT_EQ(download(*stream, b), numbers(5, 1000));
}

TEST_F(DeviceTest, fillsWithElementsOfAnySize) {
  const unsigned char element[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
  const unsigned char same[16] = {7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7};
  for (int64_t size : {1, 2, 4, 8, 16})
    for (const unsigned char *value : {element, same})
      for (int64_t count : {0, 1, 3, 1000}) {
        Buffer buffer(*device, 4 * 1001);
        std::vector<int32_t> before(buffer.count, -1);
        upload(*stream, buffer, before);
        ASSERT_DONE(stream->fill(buffer.data, value, size, count * size));
        std::vector<int32_t> after = download(*stream, buffer);
        auto *bytes = reinterpret_cast<const unsigned char *>(after.data());
        for (int64_t i = 0; i < count * size; ++i)
          ASSERT_EQ(bytes[i], value[i % size]) << "size " << size << ", byte " << i;
        ASSERT_EQ(bytes[count * size], 0xff);
      }
}

TEST_F(DeviceTest, launchesTakeEffectInOrder) {
  const int64_t n = 1000;
  Buffer a(*device, n), b(*device, n);
  int32_t three = 3;
  ASSERT_DONE(stream->fill(a.data, &three, 4, n * 4));
  ASSERT_DONE(launch(*stream, Add, {a.slot(), b.slot(), n, 10}));
  ASSERT_DONE(launch(*stream, Add, {b.slot(), a.slot(), n, -1}));
  ASSERT_DONE(stream->copy(b.data, a.data, n * 2));
  EXPECT_EQ(download(*stream, a), std::vector<int32_t>(n, 12));
  std::vector<int32_t> half(n, 13);
  std::fill(half.begin(), half.begin() + n / 2, 12);
  EXPECT_EQ(download(*stream, b), half);
}

TEST_F(DeviceTest, aLaunchOfNothing) {
  Buffer a(*device, 1);
  ASSERT_DONE(launch(*stream, Add, {a.slot(), a.slot(), 0, 1}));
  ASSERT_DONE(stream->finish());
}

TEST_F(DeviceTest, kernelsHaveMemoryOfTheirOwn) {
  for (int64_t n : {10, 5000, 300}) {
    Buffer a(*device, n), b(*device, n);
    upload(*stream, a, numbers(1, n));
    ASSERT_DONE(launch(*stream, Memory, {a.slot(), b.slot(), n}));
    EXPECT_EQ(download(*stream, b), numbers(1, n));
  }
}

TEST_F(DeviceTest, memoryInTheStreamsOrder) {
  const int64_t n = 256;
  Buffer result(*device, n);
  int32_t one = 1;
  ASSERT_DONE(stream->fill(result.data, &one, 4, n * 4));
  for (int i = 0; i < 5; ++i) {
    void *temporary = stream->allocate(n * 4);
    ASSERT_NE(temporary, nullptr);
    auto slot = reinterpret_cast<int64_t>(temporary);
    ASSERT_DONE(launch(*stream, Add, {result.slot(), slot, n, 1}));
    ASSERT_DONE(launch(*stream, Add, {slot, result.slot(), n, 1}));
    stream->free(temporary);
  }
  EXPECT_EQ(download(*stream, result), std::vector<int32_t>(n, 11));
}

TEST_F(DeviceTest, kernelsReadWeights) {
  ASSERT_EQ(program->weights.size(), 1u);
  Buffer a(*device, 10);
  ASSERT_DONE(
      launch(*stream, Add, {reinterpret_cast<int64_t>(program->weights[0]), a.slot(), 10, 1}));
  EXPECT_EQ(download(*stream, a), numbers(101, 10));
}

TEST_F(DeviceTest, aCheckThatFailsEndsTheRun) {
  Buffer a(*device, 100);
  std::vector<int32_t> values(100, 3);
  upload(*stream, a, values);
  ASSERT_DONE(launch(*stream, Check, {a.slot(), 100, 7}, 1));
  ASSERT_DONE(stream->finish());
  values[70] = 7;
  upload(*stream, a, values);
  Status status = launch(*stream, Check, {a.slot(), 100, 7}, 1);
  if (!status.failed())
    status = stream->finish();
  EXPECT_EQ(status.code, AZL_RUN_FAILED);
  EXPECT_EQ(status.message, "node 'n': indices holds 7, which is not within [0, 6]");
  // The stream is as good as new.
  ASSERT_DONE(launch(*stream, Check, {a.slot(), 100, 8}, 1));
  ASSERT_DONE(stream->finish());
}

TEST_F(DeviceTest, times) {
  Buffer a(*device, 1000);
  int32_t zero = 0;
  ASSERT_DONE(stream->fill(a.data, &zero, 4, 4000));
  KernelTimes times;
  for (int i = 0; i < 3; ++i)
    ASSERT_DONE(launch(*stream, Add, {a.slot(), a.slot(), 1000, 1}, 0, &times));
  ASSERT_DONE(stream->finish());
  EXPECT_EQ(times.launches, 3);
  EXPECT_GT(times.nanoseconds, 0);
}

TEST_F(DeviceTest, whatIsRecordedCanBeDoneAgain) {
  if (!stream->canRecord())
    GTEST_SKIP() << "this device records nothing";
  const int64_t n = 500;
  Buffer a(*device, n);
  int32_t zero = 0;
  ASSERT_DONE(stream->fill(a.data, &zero, 4, n * 4));
  ASSERT_DONE(launch(*stream, Memory, {a.slot(), a.slot(), n}));
  ASSERT_TRUE(stream->startRecording());
  ASSERT_DONE(launch(*stream, Add, {a.slot(), a.slot(), n, 2}));
  ASSERT_DONE(launch(*stream, Memory, {a.slot(), a.slot(), n}));
  std::unique_ptr<Recording> recording = stream->stopRecording();
  ASSERT_NE(recording, nullptr);
  // What needs more memory of its own in between leaves the recording's alone.
  Buffer larger(*device, 3 * n);
  ASSERT_DONE(launch(*stream, Memory, {larger.slot(), larger.slot(), 3 * n}));
  for (int i = 0; i < 4; ++i)
    ASSERT_DONE(stream->replay(*recording));
  EXPECT_EQ(download(*stream, a), std::vector<int32_t>(n, 8));
}

TEST_F(DeviceTest, severalThreads) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      std::unique_ptr<Stream> own;
      ASSERT_DONE(device->openStream(*program, own));
      const int64_t n = 300 + t;
      Buffer a(*device, n);
      upload(*own, a, numbers(t, n));
      for (int i = 0; i < 20; ++i) {
        ASSERT_DONE(launch(*own, Add, {a.slot(), a.slot(), n, 1}));
        ASSERT_DONE(launch(*own, Memory, {a.slot(), a.slot(), n}));
      }
      EXPECT_EQ(download(*own, a), numbers(t + 20, n));
    });
  for (std::thread &thread : threads)
    thread.join();
}

} // namespace
