#include "runtime/Device.h"
#include <cstring>

namespace azulejo::runtime {

static const Device *const devices[] = {&cpuDevice};

const Device *findDevice(const char *name) {
  for (const Device *device : devices)
    if (!std::strcmp(device->name, name))
      return device;
  return nullptr;
}

} // namespace azulejo::runtime
