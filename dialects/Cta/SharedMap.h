//===- SharedMap.h - Where an element of !cta.shared lies
//---------------------------------------===//
//
// An offset in bytes is low + high * stride, and both are linear in the bits of row and column:
//
//   swizzle S    low = row * S + (column's bytes mod S, its 16-byte chunk xor the row's phase)
//                high = the panel, stride = rows * S
//   none         low = the column's bytes, high = row, stride = a row's bytes
//
// So what a register and what a thread contribute can be computed apart: the one by the compiler,
// the other once for a whole tile.
//
//===------------------------------------------------------------------------------------------===//
#ifndef AZULEJO_DIALECTS_CTA_SHAREDMAP_H
#define AZULEJO_DIALECTS_CTA_SHAREDMAP_H

#include "dialects/Cta/Cta.h"

namespace azulejo::cta {

class SharedMap {
public:
  explicit SharedMap(SharedType type);

  struct Place {
    uint64_t low, high;
    Place operator^(Place other) const { return {low ^ other.low, high ^ other.high}; }
  };
  Place getPlace(int64_t row, int64_t column) const;
  int64_t getStride() const { return stride; }
  int64_t getOffset(int64_t row, int64_t column) const {
    Place place = getPlace(row, column);
    return place.low + place.high * stride;
  }

private:
  int64_t elementBytes, swizzle, stride;
};

} // namespace azulejo::cta

#endif // AZULEJO_DIALECTS_CTA_SHAREDMAP_H
