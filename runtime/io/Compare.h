//===- Compare.h - How far a result is from what was expected ---------------------------------===//
#ifndef AZULEJO_RUNTIME_IO_COMPARE_H
#define AZULEJO_RUNTIME_IO_COMPARE_H

#include "runtime/io/Value.h"

namespace azulejo::runtime::io {

/// Elements agree where |actual - expected| <= absolute + relative * |expected|, and where both are
/// NaN or the same infinity. For integers and booleans the relative tolerance does not count.
struct Tolerance {
  double absolute = 1e-5, relative = 1e-4;
};

struct Comparison {
  bool equal = false;
  int64_t mismatches = 0;
  double maxError = 0; // largest absolute difference of finite elements
  double cosine = 1;   // of the angle between the two as vectors
  std::string message; // what differs, "" where equal
};

/// Shapes and types must be the same for anything to agree.
Comparison compare(const azl_tensor &actual, const azl_tensor &expected, Tolerance tolerance);

} // namespace azulejo::runtime::io

#endif // AZULEJO_RUNTIME_IO_COMPARE_H
