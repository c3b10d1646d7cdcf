#include "tools/support/Compare.h"
#include "runtime/io/Compare.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include <cmath>

namespace azulejo {
namespace {

azl_tensor viewOf(const HostValue &tensor) {
  azl_tensor view = {};
  view.data = const_cast<uint8_t *>(tensor.bytes.data());
  view.type = static_cast<azl_element_type>(tensor.elementType);
  view.rank = static_cast<int32_t>(tensor.shape.size());
  view.shape = tensor.shape.data();
  return view;
}

const char *kindText(HostValue::Kind kind) {
  switch (kind) {
  case HostValue::Kind::Tensor:
    return "tensor";
  case HostValue::Kind::Sequence:
    return "sequence";
  case HostValue::Kind::Optional:
    return "optional";
  case HostValue::Kind::Map:
    return "map";
  }
  return "value";
}

std::optional<std::string> findTensorDifference(const HostValue &expected, const HostValue &actual,
                                                Tolerance tolerance) {
  if (std::optional<std::string> difference = findTypeDifference(expected, actual))
    return difference;
  if (expected.elementType == AZL_STRING) {
    for (auto [want, got] : llvm::zip_equal(expected.strings, actual.strings))
      if (want != got)
        return llvm::formatv("\"{0}\", expected \"{1}\"", got, want).str();
    return std::nullopt;
  }
  if (!runtime::io::isFloat(static_cast<azl_element_type>(expected.elementType)))
    tolerance = {0, 0};
  else if (expected.elementType == AZL_BFLOAT16)
    tolerance.relative = std::max(tolerance.relative, std::ldexp(1.0, -6));
  runtime::io::Comparison comparison = runtime::io::compare(
      viewOf(actual), viewOf(expected), {tolerance.absolute, tolerance.relative});
  if (comparison.equal)
    return std::nullopt;
  return comparison.message;
}

} // namespace

std::optional<std::string> findTypeDifference(const HostValue &expected, const HostValue &actual) {
  if (expected.elementType == actual.elementType && expected.shape == actual.shape)
    return std::nullopt;
  auto text = [](const HostValue &tensor) {
    std::string shape;
    for (int64_t dim : tensor.shape)
      shape += (shape.empty() ? "" : ", ") + std::to_string(dim);
    return elementTypeName(tensor.elementType) + "[" + shape + "]";
  };
  return "it is a " + text(actual) + ", and a " + text(expected) + " was expected";
}

std::optional<std::string> findDifference(const HostValue &expected, const HostValue &actual,
                                          Tolerance tolerance) {
  if (expected.kind != actual.kind)
    return llvm::formatv("it is a {0}, and a {1} was expected", kindText(actual.kind),
                         kindText(expected.kind))
        .str();
  if (expected.kind == HostValue::Kind::Tensor)
    return findTensorDifference(expected, actual, tolerance);
  if (expected.elements.size() != actual.elements.size())
    return llvm::formatv("a {0} of {1} elements, expected {2}", kindText(expected.kind),
                         actual.elements.size(), expected.elements.size())
        .str();
  for (auto [index, pair] : llvm::enumerate(llvm::zip(expected.elements, actual.elements)))
    if (std::optional<std::string> difference =
            findDifference(std::get<0>(pair), std::get<1>(pair), tolerance))
      return llvm::formatv("element {0}: {1}", index, *difference).str();
  return std::nullopt;
}

Agreement measureAgreement(const HostValue &expected, const HostValue &actual) {
  auto comparison = runtime::io::compare(viewOf(actual), viewOf(expected), {});
  return {comparison.maxError, comparison.cosine};
}

} // namespace azulejo
