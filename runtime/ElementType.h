//===- ElementType.h - Element types and how they lie in memory -------------------------------===//
#ifndef AZULEJO_RUNTIME_ELEMENTTYPE_H
#define AZULEJO_RUNTIME_ELEMENTTYPE_H

#include "azulejo/runtime.h"

namespace azulejo::runtime {

/// Whether several elements share a byte in a caller's tensor. Compiled code sees one byte per
/// element, the bits above the element's being zero.
inline bool isPacked(azl_element_type type) {
  int32_t bits = azl_element_type_bits(type);
  return bits > 0 && bits < 8;
}

/// Bytes of one element as compiled code sees it: a string is its number.
inline int64_t storageBytes(azl_element_type type) {
  return type == AZL_STRING ? 8 : (azl_element_type_bits(type) + 7) / 8;
}

/// `count` packed elements to one byte each, and back.
void unpackElements(azl_element_type type, const void *packed, void *bytes, int64_t count);
void packElements(azl_element_type type, const void *bytes, void *packed, int64_t count);

/// Number of elements, or -1 where a dimension is negative or the product overflows.
int64_t countElements(int32_t rank, const int64_t *shape);

} // namespace azulejo::runtime

#endif // AZULEJO_RUNTIME_ELEMENTTYPE_H
