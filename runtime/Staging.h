//===- Staging.h - Host memory between callers' tensors and a device --------------------------===//
#ifndef AZULEJO_RUNTIME_STAGING_H
#define AZULEJO_RUNTIME_STAGING_H

#include "runtime/Device.h"

namespace azulejo::runtime {

/// Host memory as the device likes it (Device::allocateHost), taken piece by piece and given back
/// all at once. It is kept: after a few runs it is one block, as large as a run needs.
class Staging {
public:
  explicit Staging(Device &device) : device(device) {}
  ~Staging() { clear(); }
  Staging(const Staging &) = delete;
  Staging &operator=(const Staging &) = delete;

  /// Aligned to AZM_BUFFER_ALIGNMENT; null where there is no more.
  char *take(int64_t bytes);
  /// What was taken is free again.
  void reset();

private:
  void clear();

  Device &device;
  struct Chunk {
    char *data;
    int64_t capacity, used;
  };
  std::vector<Chunk> chunks;
  int64_t wanted = 0; // the next chunk's size, at least
};

} // namespace azulejo::runtime

#endif // AZULEJO_RUNTIME_STAGING_H
