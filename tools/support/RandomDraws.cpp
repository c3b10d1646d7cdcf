#include "tools/support/RandomDraws.h"
#include "runtime/io/Value.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include <cmath>
#include <numeric>

namespace azulejo {
namespace {

/// A draw further from what is usual than this many standard deviations is taken for a fault.
constexpr double kDeviations = 4;

double elementAt(const HostValue &tensor, int64_t index) {
  return runtime::io::loadElement(static_cast<azl_element_type>(tensor.elementType),
                                  tensor.bytes.data(), index);
}

} // namespace

std::optional<std::string> findBernoulliFault(const HostValue &expected, const HostValue &actual,
                                              const HostValue &probabilities, bool complement) {
  if (std::optional<std::string> difference = findTypeDifference(expected, actual))
    return difference;
  if (probabilities.elementCount() != actual.elementCount())
    return std::string("there are not as many draws as probabilities");

  // The log-likelihood of the draw against its mean and variance over all draws.
  double likelihood = 0, mean = 0, variance = 0;
  for (int64_t i = 0; i < actual.elementCount(); ++i) {
    double draw = elementAt(actual, i), chance = elementAt(probabilities, i);
    if (complement)
      chance = 1 - chance;
    if (draw != 0 && draw != 1)
      return llvm::formatv("a draw is {0}, neither 0 nor 1", draw).str();
    if ((draw == 1 && chance <= 0) || (draw == 0 && chance >= 1))
      return llvm::formatv("a draw is {0} at probability {1}", draw, chance).str();
    if (chance <= 0 || chance >= 1)
      continue;
    double one = std::log(chance), zero = std::log1p(-chance);
    likelihood += draw == 1 ? one : zero;
    mean += chance * one + (1 - chance) * zero;
    variance += chance * (1 - chance) * (one - zero) * (one - zero);
  }
  if (likelihood < mean - kDeviations * std::sqrt(variance))
    return llvm::formatv("so unlikely a draw that its log-likelihood is {0:f2}; {1:f2} is usual",
                         likelihood, mean)
        .str();
  return std::nullopt;
}

std::optional<std::string> findDropoutFault(llvm::ArrayRef<HostValue> inputs,
                                            llvm::ArrayRef<HostValue> expected,
                                            llvm::ArrayRef<HostValue> actual, Tolerance tolerance) {
  for (auto [want, got] : llvm::zip_equal(expected, actual))
    if (std::optional<std::string> difference = findTypeDifference(want, got))
      return difference;
  const HostValue &data = inputs[0], &result = actual[0];
  const HostValue *mask = actual.size() > 1 ? &actual[1] : nullptr;
  double ratio = elementAt(inputs[1], 0);
  int64_t kept = 0, drawn = 0;
  for (int64_t i = 0; i < result.elementCount(); ++i) {
    double value = elementAt(result, i), input = elementAt(data, i), whole = input / (1 - ratio);
    bool isZero = value == 0, isWhole = std::abs(value - whole) <=
                                        tolerance.absolute + tolerance.relative * std::abs(whole);
    bool isKept = mask ? elementAt(*mask, i) != 0 : !isZero;
    if (isKept ? !isWhole : !isZero)
      return llvm::formatv("element {0} is {1}, {2} and {3} before", i, value,
                           isKept ? "kept" : "dropped", input)
          .str();
    // Without a mask, an element that was 0 does not say what was drawn.
    if (!mask && input == 0)
      continue;
    ++drawn;
    kept += isKept;
  }
  double usual = drawn * (1 - ratio), deviation = std::sqrt(drawn * ratio * (1 - ratio));
  if (std::abs(kept - usual) > kDeviations * deviation)
    return llvm::formatv("{0} of {1} elements are kept; {2:f1} are usual", kept, drawn, usual)
        .str();
  return std::nullopt;
}

/// The largest distance between the shares of two samples that are not above a number.
static double measureDistance(std::vector<double> a, std::vector<double> b) {
  llvm::sort(a);
  llvm::sort(b);
  double distance = 0;
  for (size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    double least = std::min(a[i], b[j]);
    while (i < a.size() && a[i] <= least)
      ++i;
    while (j < b.size() && b[j] <= least)
      ++j;
    distance = std::max(distance, std::abs(double(i) / a.size() - double(j) / b.size()));
  }
  return distance;
}

/// Of each element with the one before it.
static double measureCorrelation(const std::vector<double> &sample) {
  double mean = std::accumulate(sample.begin(), sample.end(), 0.0) / sample.size();
  double variance = 0, covariance = 0;
  for (size_t i = 0; i < sample.size(); ++i) {
    variance += (sample[i] - mean) * (sample[i] - mean);
    covariance += i ? (sample[i] - mean) * (sample[i - 1] - mean) : 0;
  }
  return variance > 0 ? covariance / variance : 1;
}

std::optional<std::string> findSampleFault(const HostValue &expected, const HostValue &actual,
                                           bool inRows) {
  if (std::optional<std::string> difference = findTypeDifference(expected, actual))
    return difference;
  int64_t count = actual.elementCount(),
          length = inRows && !actual.shape.empty() ? actual.shape.back() : count;
  for (int64_t start = 0; length > 0 && start < count; start += length) {
    std::vector<double> want, got;
    for (int64_t i = start; i < start + length; ++i) {
      want.push_back(elementAt(expected, i));
      got.push_back(elementAt(actual, i));
    }
    // Of samples of n elements a distance of sqrt(-ln(rarity / 2) / n) is as rare as that.
    double rarity = std::erfc(kDeviations / std::sqrt(2.0));
    double limit = std::sqrt(-std::log(rarity / 2) / length);
    double distance = measureDistance(want, got), correlation = measureCorrelation(got);
    if (distance > limit)
      return llvm::formatv("the draws from element {0} on are of another distribution: at distance "
                           "{1:f3}, and {2:f3} is rare",
                           start, distance, limit)
          .str();
    if (std::abs(correlation) > kDeviations / std::sqrt(double(length)))
      return llvm::formatv(
                 "the draws from element {0} on depend on one another: correlation {1:f3}", start,
                 correlation)
          .str();
  }
  return std::nullopt;
}

} // namespace azulejo
