#include "runtime/ElementType.h"
#include <cstring>

using namespace azulejo::runtime;

namespace {
struct TypeRow {
  const char *name;
  int32_t bits;
};

// In the order of the enumeration.
constexpr TypeRow types[] = {
    {"undefined", 0},      {"float", 32},       {"uint8", 8},          {"int8", 8},
    {"uint16", 16},        {"int16", 16},       {"int32", 32},         {"int64", 64},
    {"string", 128},       {"bool", 8},         {"float16", 16},       {"double", 64},
    {"uint32", 32},        {"uint64", 64},      {"complex64", 64},     {"complex128", 128},
    {"bfloat16", 16},      {"float8e4m3fn", 8}, {"float8e4m3fnuz", 8}, {"float8e5m2", 8},
    {"float8e5m2fnuz", 8}, {"uint4", 4},        {"int4", 4},           {"float4e2m1", 4},
    {"float8e8m0", 8},     {"uint2", 2},        {"int2", 2},
};
constexpr size_t typeCount = sizeof(types) / sizeof(types[0]);

const TypeRow &rowOf(azl_element_type type) {
  return types[static_cast<size_t>(type) < typeCount ? type : AZL_UNDEFINED];
}
} // namespace

const char *azl_element_type_name(azl_element_type type) { return rowOf(type).name; }

int32_t azl_element_type_bits(azl_element_type type) { return rowOf(type).bits; }

azl_element_type azl_element_type_from_name(const char *name) {
  for (size_t i = 0; i < typeCount; ++i)
    if (!std::strcmp(types[i].name, name))
      return static_cast<azl_element_type>(i);
  return AZL_UNDEFINED;
}

int64_t azl_tensor_bytes(azl_element_type type, int32_t rank, const int64_t *shape) {
  int64_t count = countElements(rank, shape), bits;
  if (count < 0 || __builtin_mul_overflow(count, azl_element_type_bits(type), &bits) ||
      __builtin_add_overflow(bits, 7, &bits))
    return -1;
  return bits / 8;
}
