#include "runtime/ElementType.h"
#include <cstring>

namespace azulejo::runtime {

int64_t countElements(int32_t rank, const int64_t *shape) {
  int64_t count = 1;
  for (int32_t i = 0; i < rank; ++i)
    if (shape[i] < 0 || __builtin_mul_overflow(count, shape[i], &count))
      return -1;
  return count;
}

void unpackElements(azl_element_type type, const void *packed, void *bytes, int64_t count) {
  auto *from = static_cast<const uint8_t *>(packed);
  auto *to = static_cast<uint8_t *>(bytes);
  int bits = azl_element_type_bits(type), perByte = 8 / bits, mask = (1 << bits) - 1;
  for (int64_t i = 0; i < count; ++i)
    to[i] = (from[i / perByte] >> (i % perByte * bits)) & mask;
}

void packElements(azl_element_type type, const void *bytes, void *packed, int64_t count) {
  auto *from = static_cast<const uint8_t *>(bytes);
  auto *to = static_cast<uint8_t *>(packed);
  int bits = azl_element_type_bits(type), perByte = 8 / bits, mask = (1 << bits) - 1;
  std::memset(to, 0, (count + perByte - 1) / perByte);
  for (int64_t i = 0; i < count; ++i)
    to[i / perByte] |= (from[i] & mask) << (i % perByte * bits);
}

} // namespace azulejo::runtime
