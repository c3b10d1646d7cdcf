//===- RandomDraws.h - Can a run's value be a draw of this distribution? ----------------------===//
//
// ONNX specifies distributions and no generator, so a random operator's value is right where its
// type, its shape, each element by itself and how likely the whole draw is are right.
//
//===------------------------------------------------------------------------------------------===//
#ifndef AZULEJO_TOOLS_SUPPORT_RANDOMDRAWS_H
#define AZULEJO_TOOLS_SUPPORT_RANDOMDRAWS_H

#include "tools/support/Compare.h"

namespace azulejo {

/// For draws of zeros and ones whose value at each place is 1 (or, with `complement`, 0) with the
/// probability that `probabilities` has there: type and shape as expected, and the draw no less
/// likely than 4 standard deviations from what such draws are on average.
std::optional<std::string> findBernoulliFault(const HostValue &expected, const HostValue &actual,
                                              const HostValue &probabilities,
                                              bool complement = false);

/// For Dropout in training, from its inputs (data and ratio) and its outputs (data and perhaps the
/// mask): types and shapes as expected; an element is 0 where it was dropped, and else the input
/// over 1 - ratio, within the tolerance; the mask is true at what was kept and nowhere else; and as
/// many are kept as such draws keep within 4 standard deviations.
std::optional<std::string> findDropoutFault(llvm::ArrayRef<HostValue> inputs,
                                            llvm::ArrayRef<HostValue> expected,
                                            llvm::ArrayRef<HostValue> actual, Tolerance tolerance);

/// For draws of a distribution of which `expected` is another draw: types and shapes as expected,
/// and the two of one distribution as far as Kolmogorov and Smirnov's statistic tells, whose
/// threshold is as rare as 4 standard deviations. `inRows`: each row, of the last dimension, has a
/// distribution of its own. What follows one another must not be correlated.
std::optional<std::string> findSampleFault(const HostValue &expected, const HostValue &actual,
                                           bool inRows);

} // namespace azulejo

#endif // AZULEJO_TOOLS_SUPPORT_RANDOMDRAWS_H
