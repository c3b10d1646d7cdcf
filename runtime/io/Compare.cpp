#include "runtime/io/Compare.h"
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>

namespace azulejo::runtime::io {

static std::vector<int64_t> shapeOf(const azl_tensor &tensor) {
  return std::vector<int64_t>(tensor.shape, tensor.shape + tensor.rank);
}

Comparison compare(const azl_tensor &actual, const azl_tensor &expected, Tolerance tolerance) {
  Comparison result;
  std::vector<int64_t> shape = shapeOf(actual);
  if (actual.type != expected.type || shape != shapeOf(expected)) {
    result.message = "it is a " + typeText(actual.type, shape) + ", and a " +
                     typeText(expected.type, shapeOf(expected)) + " was expected";
    return result;
  }
  int64_t count = 1, firstMismatch = -1;
  for (int64_t size : shape)
    count *= size;
  if (actual.type == AZL_STRING)
    tolerance = {0, 0};
  if (!isFloat(actual.type)) // a large integer is no less exact than a small one
    tolerance.relative = 0;
  double products = 0, actualSquares = 0, expectedSquares = 0;
  auto compareParts = [&](double a, double e, int64_t index) {
    bool same = a == e || (std::isnan(a) && std::isnan(e));
    double difference = same ? 0 : std::fabs(a - e);
    if (std::isfinite(a) && std::isfinite(e)) {
      result.maxError = std::max(result.maxError, difference);
      products += a * e, actualSquares += a * a, expectedSquares += e * e;
    }
    // An infinity's tolerance would be infinite and take in everything.
    if (same ||
        (std::isfinite(e) && difference <= tolerance.absolute + tolerance.relative * std::fabs(e)))
      return;
    ++result.mismatches;
    if (firstMismatch < 0)
      firstMismatch = index;
  };
  bool isComplex = actual.type == AZL_COMPLEX64 || actual.type == AZL_COMPLEX128;
  bool isInteger64 = actual.type == AZL_INT64 || actual.type == AZL_UINT64;
  for (int64_t i = 0; i < count; ++i) {
    if (actual.type == AZL_STRING) {
      compareParts(stringAt(actual.data, i) == stringAt(expected.data, i), 1, i);
      continue;
    }
    double a = loadElement(actual.type, actual.data, i),
           e = loadElement(expected.type, expected.data, i);
    // Integers of 64 bits may differ where their roundings to double do not.
    if (isInteger64 && a == e &&
        std::memcmp(static_cast<char *>(actual.data) + 8 * i,
                    static_cast<char *>(expected.data) + 8 * i, 8))
      a += 1 + std::fabs(a) * 1e-15;
    compareParts(a, e, i);
    if (isComplex)
      compareParts(loadImaginary(actual.type, actual.data, i),
                   loadImaginary(expected.type, expected.data, i), i);
  }
  if (actualSquares > 0 && expectedSquares > 0)
    result.cosine = products / std::sqrt(actualSquares) / std::sqrt(expectedSquares);
  else if (actualSquares != expectedSquares)
    result.cosine = 0;
  result.equal = !result.mismatches;
  if (result.equal)
    return result;

  std::string position;
  int64_t rest = firstMismatch;
  for (size_t d = shape.size(); d-- > 0; rest /= shape[d])
    position = std::to_string(rest % shape[d]) + (position.empty() ? "" : ", ") + position;
  char numbers[128];
  std::snprintf(numbers, sizeof numbers, "; largest error %.3g, cosine %.7f", result.maxError,
                result.cosine);
  result.message = std::to_string(result.mismatches) + " of " + std::to_string(count) +
                   " elements differ, first [" + position +
                   "]: " + elementText(actual.type, actual.data, firstMismatch) + ", expected " +
                   elementText(expected.type, expected.data, firstMismatch) + numbers;
  return result;
}

} // namespace azulejo::runtime::io
