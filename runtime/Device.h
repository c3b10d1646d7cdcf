//===- Device.h - What a device must be able to do --------------------------------------------===//
#ifndef AZULEJO_RUNTIME_DEVICE_H
#define AZULEJO_RUNTIME_DEVICE_H

#include "azulejo/Artifact/Format.h"

namespace azulejo::runtime {

/// Why a kernel did not finish: an index outside of [low, high) where check `check` of the kernel
/// looked, or, `check` being -1, memory of its own that it could not have.
struct Fault {
  int64_t check = -1;
  int64_t index = 0, low = 0, high = 0;
};

/// A kind of device: a table of functions over two opaque things. An *instance* is a session's hold
/// of the device (on the CPU its worker threads), used by several runs at once. A *stream* belongs
/// to one run at a time; what is asked of it takes effect in order. Addresses of buffers are the
/// device's.
struct Device {
  const char *name;

  /// `threads`: for devices that run on the host's processors.
  void *(*open)(int threads);
  void (*close)(void *instance);
  void *(*openStream)(void *instance);
  void (*closeStream)(void *stream);

  /// Memory aligned to AZM_BUFFER_ALIGNMENT, never null for 0 bytes, null where there is no more.
  void *(*allocate)(void *instance, int64_t bytes);
  void (*free)(void *instance, void *buffer);

  /// False, and `fault` says why, where the kernel did not finish.
  bool (*launch)(void *stream, azm_kernel_count count, azm_kernel kernel, const int64_t *slots,
                 Fault &fault);
  void (*copy)(void *stream, void *to, const void *from, int64_t bytes);
  void (*fill)(void *stream, void *to, const void *element, int64_t elementBytes, int64_t bytes);
  /// From host memory into a buffer, and back. `read` returns when the data is there.
  void (*write)(void *stream, void *to, const void *host, int64_t bytes);
  void (*read)(void *stream, void *host, const void *from, int64_t bytes);

  /// Whether buffers are host memory, so that inputs, outputs and weights can be used where they
  /// are.
  bool sharesHostMemory;
};

/// The device named `name`, or null.
const Device *findDevice(const char *name);

extern const Device cpuDevice;

} // namespace azulejo::runtime

#endif // AZULEJO_RUNTIME_DEVICE_H
