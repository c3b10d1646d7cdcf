#include "runtime/cuda/WeightUpload.h"
#include <algorithm>
#include <cstring>

namespace azulejo::runtime::cuda {

namespace {

/// Two pieces of pinned memory that take turns.
class Uploader {
public:
  explicit Uploader(CudaDevice &device) : device(device), driver(device.driver) {}
  ~Uploader() {
    if (stream) {
      driver.streamSynchronize(stream);
      driver.streamDestroy(stream);
    }
    for (Piece &piece : pieces) {
      if (piece.done)
        driver.eventDestroy(piece.done);
      if (piece.memory)
        device.freeHost(piece.memory);
    }
  }

  CUresult upload(void *to, std::string_view bytes) {
    size_t pieceBytes = std::min(bytes.size(), mostBytes);
    if (CUresult result = driver.streamCreate(&stream, CU_STREAM_NON_BLOCKING))
      return result;
    for (Piece &piece : pieces) {
      piece.memory = device.allocateHost(pieceBytes);
      if (!piece.memory)
        return CUDA_ERROR_OUT_OF_MEMORY;
      if (CUresult result = driver.eventCreate(&piece.done, CU_EVENT_DISABLE_TIMING))
        return result;
    }
    int turn = 0;
    for (size_t at = 0; at < bytes.size(); at += pieceBytes, turn ^= 1) {
      Piece &piece = pieces[turn];
      size_t count = std::min(pieceBytes, bytes.size() - at);
      // An event that was never recorded is done.
      if (CUresult result = driver.eventSynchronize(piece.done))
        return result;
      std::memcpy(piece.memory, bytes.data() + at, count);
      if (CUresult result =
              driver.copyHostToDevice(toAddress(to) + at, piece.memory, count, stream))
        return result;
      if (CUresult result = driver.eventRecord(piece.done, stream))
        return result;
    }
    return driver.streamSynchronize(stream);
  }

private:
  static constexpr size_t mostBytes = 16 << 20;
  struct Piece {
    void *memory = nullptr;
    CUevent done = nullptr;
  };
  CudaDevice &device;
  const Driver &driver;
  CUstream stream = nullptr;
  Piece pieces[2];
};

} // namespace

Status uploadMapped(CudaDevice &device, void *to, std::string_view bytes) {
  if (bytes.empty())
    return {};
  CudaDevice::Current current(device);
  return device.driver.check(Uploader(device).upload(to, bytes), "uploading the model's weights");
}

} // namespace azulejo::runtime::cuda
