//===- Compare.h - Is a run's value the expected one? -----------------------------------------===//
#ifndef AZULEJO_TOOLS_SUPPORT_COMPARE_H
#define AZULEJO_TOOLS_SUPPORT_COMPARE_H

#include "lib/Import/ValueFile.h"
#include <optional>

namespace azulejo {

/// Two values of a floating-point type are the same if |actual - expected| <= absolute + relative *
/// |expected|, or both are NaN, or the same infinity. bfloat16's relative tolerance is at least two
/// units in its last place, as in ONNX's own test runner. All other types must be equal bit by bit.
struct Tolerance {
  double relative = 1e-3;
  double absolute = 1e-7;
};

/// What differs, as one sentence: kind, element type, shape or the worst element; none if the
/// values are the same. Sequences, optionals and maps are compared element by element.
std::optional<std::string> findDifference(const HostValue &expected, const HostValue &actual,
                                          Tolerance tolerance);

/// What differs of element type and shape of two tensors.
std::optional<std::string> findTypeDifference(const HostValue &expected, const HostValue &actual);

/// How far two tensors of numbers of the same type and shape are from each other.
struct Agreement {
  double largestError = 0; // of finite elements
  double cosine = 1;       // of the angle between the two as vectors
};
Agreement measureAgreement(const HostValue &expected, const HostValue &actual);

} // namespace azulejo

#endif // AZULEJO_TOOLS_SUPPORT_COMPARE_H
