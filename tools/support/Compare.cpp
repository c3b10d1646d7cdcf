#include "tools/support/Compare.h"
#include "azulejo/runtime.h"
#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/APInt.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FormatVariadic.h"
#include <cmath>
#include <cstring>

namespace azulejo {
namespace {

using llvm::APFloat;

/// How an element type's bits are read; complex types are pairs of their part.
struct Encoding {
  enum { Signed, Unsigned, Float } kind;
  unsigned bits;
  const llvm::fltSemantics *semantics = nullptr;
  unsigned parts = 1;
};

std::optional<Encoding> encodingOf(int32_t elementType) {
  switch (elementType) {
  case AZL_FLOAT:
    return Encoding{Encoding::Float, 32, &APFloat::IEEEsingle()};
  case AZL_DOUBLE:
    return Encoding{Encoding::Float, 64, &APFloat::IEEEdouble()};
  case AZL_FLOAT16:
    return Encoding{Encoding::Float, 16, &APFloat::IEEEhalf()};
  case AZL_BFLOAT16:
    return Encoding{Encoding::Float, 16, &APFloat::BFloat()};
  case AZL_COMPLEX64:
    return Encoding{Encoding::Float, 32, &APFloat::IEEEsingle(), 2};
  case AZL_COMPLEX128:
    return Encoding{Encoding::Float, 64, &APFloat::IEEEdouble(), 2};
  case AZL_FLOAT8E4M3FN:
    return Encoding{Encoding::Float, 8, &APFloat::Float8E4M3FN()};
  case AZL_FLOAT8E4M3FNUZ:
    return Encoding{Encoding::Float, 8, &APFloat::Float8E4M3FNUZ()};
  case AZL_FLOAT8E5M2:
    return Encoding{Encoding::Float, 8, &APFloat::Float8E5M2()};
  case AZL_FLOAT8E5M2FNUZ:
    return Encoding{Encoding::Float, 8, &APFloat::Float8E5M2FNUZ()};
  case AZL_FLOAT8E8M0:
    return Encoding{Encoding::Float, 8, &APFloat::Float8E8M0FNU()};
  case AZL_FLOAT4E2M1:
    return Encoding{Encoding::Float, 4, &APFloat::Float4E2M1FN()};
  case AZL_INT2:
    return Encoding{Encoding::Signed, 2};
  case AZL_INT4:
    return Encoding{Encoding::Signed, 4};
  case AZL_INT8:
    return Encoding{Encoding::Signed, 8};
  case AZL_INT16:
    return Encoding{Encoding::Signed, 16};
  case AZL_INT32:
    return Encoding{Encoding::Signed, 32};
  case AZL_INT64:
    return Encoding{Encoding::Signed, 64};
  case AZL_UINT2:
    return Encoding{Encoding::Unsigned, 2};
  case AZL_UINT4:
    return Encoding{Encoding::Unsigned, 4};
  case AZL_BOOL:
  case AZL_UINT8:
    return Encoding{Encoding::Unsigned, 8};
  case AZL_UINT16:
    return Encoding{Encoding::Unsigned, 16};
  case AZL_UINT32:
    return Encoding{Encoding::Unsigned, 32};
  case AZL_UINT64:
    return Encoding{Encoding::Unsigned, 64};
  default:
    return std::nullopt;
  }
}

uint64_t bitsAt(const HostValue &tensor, unsigned width, int64_t index) {
  uint64_t bits = 0;
  if (width >= 8) {
    std::memcpy(&bits, tensor.bytes.data() + index * (width / 8), width / 8);
    return bits;
  }
  unsigned perByte = 8 / width;
  return (tensor.bytes[index / perByte] >> (index % perByte * width)) & ((1u << width) - 1);
}

double floatAt(const HostValue &tensor, const Encoding &encoding, int64_t index) {
  APFloat value(*encoding.semantics,
                llvm::APInt(encoding.bits, bitsAt(tensor, encoding.bits, index)));
  bool losesInfo;
  value.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven, &losesInfo);
  return value.convertToDouble();
}

std::string integerAt(const HostValue &tensor, const Encoding &encoding, int64_t index) {
  llvm::APInt value(encoding.bits, bitsAt(tensor, encoding.bits, index));
  llvm::SmallString<24> text;
  value.toString(text, 10, encoding.kind == Encoding::Signed);
  return text.str().str();
}

std::string shapeText(const std::vector<int64_t> &shape) {
  std::string text = "[";
  for (size_t i = 0; i < shape.size(); ++i)
    text += (i ? ", " : "") + std::to_string(shape[i]);
  return text + "]";
}

/// "[1, 7]": where the element with this number lies.
std::string placeText(const std::vector<int64_t> &shape, int64_t index) {
  std::vector<int64_t> place(shape.size());
  for (size_t i = shape.size(); i-- > 0; index /= shape[i])
    place[i] = index % shape[i];
  return shapeText(place);
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

std::optional<std::string> findTypeDifference(const HostValue &expected, const HostValue &actual) {
  if (expected.elementType != actual.elementType)
    return "element type " + elementTypeName(actual.elementType) + ", expected " +
           elementTypeName(expected.elementType);
  if (expected.shape != actual.shape)
    return "shape " + shapeText(actual.shape) + ", expected " + shapeText(expected.shape);
  if (expected.bytes.size() != actual.bytes.size() ||
      expected.strings.size() != actual.strings.size())
    return std::string("the data does not fill the shape");
  return std::nullopt;
}

std::optional<std::string> findStringDifference(const HostValue &expected,
                                                const HostValue &actual) {
  for (size_t i = 0; i < expected.strings.size(); ++i)
    if (expected.strings[i] != actual.strings[i])
      return "\"" + actual.strings[i] + "\", expected \"" + expected.strings[i] + "\" at " +
             placeText(expected.shape, static_cast<int64_t>(i));
  return std::nullopt;
}

/// The element that exceeds its tolerance most stands for all.
std::optional<std::string> findFloatDifference(const HostValue &expected, const HostValue &actual,
                                               const Encoding &encoding, Tolerance tolerance) {
  if (expected.elementType == AZL_BFLOAT16)
    tolerance.relative = std::max(tolerance.relative, std::ldexp(1.0, -6));
  int64_t count = expected.elementCount() * encoding.parts, wrong = 0, worst = 0;
  double worstExcess = 0;
  for (int64_t i = 0; i < count; ++i) {
    double want = floatAt(expected, encoding, i), got = floatAt(actual, encoding, i);
    if (want == got || (std::isnan(want) && std::isnan(got)))
      continue;
    double allowed = tolerance.absolute + tolerance.relative * std::abs(want);
    double excess = std::abs(got - want) / allowed;
    if (std::isfinite(want) && excess <= 1)
      continue;
    ++wrong;
    if (!std::isfinite(excess))
      excess = HUGE_VAL;
    if (excess > worstExcess) {
      worstExcess = excess;
      worst = i;
    }
  }
  if (!wrong)
    return std::nullopt;
  return llvm::formatv("{0} of {1} elements differ; most at {2}: {3:g}, expected {4:g}", wrong,
                       count, placeText(expected.shape, worst / encoding.parts),
                       floatAt(actual, encoding, worst), floatAt(expected, encoding, worst))
      .str();
}

std::optional<std::string> findIntegerDifference(const HostValue &expected, const HostValue &actual,
                                                 const Encoding &encoding) {
  int64_t count = expected.elementCount(), wrong = 0, first = 0;
  for (int64_t i = count; i-- > 0;)
    if (bitsAt(expected, encoding.bits, i) != bitsAt(actual, encoding.bits, i)) {
      ++wrong;
      first = i;
    }
  if (!wrong)
    return std::nullopt;
  return llvm::formatv("{0} of {1} elements differ; first at {2}: {3}, expected {4}", wrong, count,
                       placeText(expected.shape, first), integerAt(actual, encoding, first),
                       integerAt(expected, encoding, first))
      .str();
}

} // namespace

std::optional<std::string> findDifference(const HostValue &expected, const HostValue &actual,
                                          Tolerance tolerance) {
  if (expected.kind != actual.kind)
    return std::string(kindText(actual.kind)) + ", expected " + kindText(expected.kind);
  if (expected.kind == HostValue::Kind::Tensor) {
    if (std::optional<std::string> difference = findTypeDifference(expected, actual))
      return difference;
    if (expected.elementType == AZL_STRING)
      return findStringDifference(expected, actual);
    std::optional<Encoding> encoding = encodingOf(expected.elementType);
    if (!encoding)
      return "elements of " + elementTypeName(expected.elementType) + " cannot be compared";
    if (encoding->kind == Encoding::Float)
      return findFloatDifference(expected, actual, *encoding, tolerance);
    return findIntegerDifference(expected, actual, *encoding);
  }

  if (expected.elements.size() != actual.elements.size())
    return llvm::formatv("{0} of {1} elements, expected {2}", kindText(expected.kind),
                         actual.elements.size(), expected.elements.size())
        .str();
  for (size_t i = 0; i < expected.elements.size(); ++i)
    if (std::optional<std::string> difference =
            findDifference(expected.elements[i], actual.elements[i], tolerance))
      return llvm::formatv("element {0}: {1}", i, *difference).str();
  return std::nullopt;
}

std::optional<std::vector<double>> toNumbers(const HostValue &tensor) {
  std::optional<Encoding> encoding = encodingOf(tensor.elementType);
  if (tensor.kind != HostValue::Kind::Tensor || !encoding || encoding->parts != 1)
    return std::nullopt;
  std::vector<double> numbers(tensor.elementCount());
  for (size_t i = 0; i < numbers.size(); ++i) {
    uint64_t bits = bitsAt(tensor, encoding->bits, static_cast<int64_t>(i));
    if (encoding->kind == Encoding::Float)
      numbers[i] = floatAt(tensor, *encoding, static_cast<int64_t>(i));
    else if (encoding->kind == Encoding::Signed)
      numbers[i] = static_cast<double>(llvm::APInt(encoding->bits, bits).getSExtValue());
    else
      numbers[i] = static_cast<double>(bits);
  }
  return numbers;
}

std::optional<std::string> findBernoulliFault(const HostValue &expected, const HostValue &actual,
                                              const HostValue &probabilities) {
  if (std::optional<std::string> difference = findTypeDifference(expected, actual))
    return difference;
  std::optional<std::vector<double>> draws = toNumbers(actual), chances = toNumbers(probabilities);
  if (!draws || !chances || draws->size() != chances->size())
    return std::string("draws and probabilities are not two tensors of numbers of one size");

  // The log-likelihood of the draw against its mean and variance over all draws.
  double likelihood = 0, mean = 0, variance = 0;
  for (auto [draw, chance] : llvm::zip(*draws, *chances)) {
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
  if (likelihood < mean - 4 * std::sqrt(variance))
    return llvm::formatv(
               "so unlikely a draw that its log-likelihood is {0:f2}, where {1:f2} is usual",
               likelihood, mean)
        .str();
  return std::nullopt;
}

} // namespace azulejo
