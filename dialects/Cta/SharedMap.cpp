#include "dialects/Cta/SharedMap.h"

namespace azulejo::cta {

SharedMap::SharedMap(SharedType type)
    : elementBytes(type.getElementBytes()), swizzle(type.getSwizzle()) {
  stride = swizzle ? type.getTileShape()[0] * swizzle : type.getTileShape()[1] * elementBytes;
}

SharedMap::Place SharedMap::getPlace(int64_t row, int64_t column) const {
  int64_t byte = column * elementBytes;
  if (!swizzle)
    return {static_cast<uint64_t>(byte), static_cast<uint64_t>(row)};
  int64_t phase = row * swizzle / 128 % (swizzle / 16);
  return {static_cast<uint64_t>(row * swizzle + (byte % swizzle ^ phase * 16)),
          static_cast<uint64_t>(byte / swizzle)};
}

} // namespace azulejo::cta
