#include "runtime/io/Value.h"
#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>

namespace azulejo::runtime::io {

namespace {
/// How a float narrower than 32 bits is built.
struct SmallFloat {
  int exponentBits, mantissaBits, bias;
  // What the largest exponent means: infinity and NaNs (IEEE), one NaN of all ones (FN), a number
  // with the NaN at minus zero (FNUZ), or a number without any NaN (None).
  enum { IEEE, FN, FNUZ, None } specials;
};
} // namespace

static const SmallFloat *smallFloatOf(azl_element_type type) {
  static constexpr SmallFloat half{5, 10, 15, SmallFloat::IEEE}, brain{8, 7, 127, SmallFloat::IEEE},
      e4m3fn{4, 3, 7, SmallFloat::FN}, e4m3fnuz{4, 3, 8, SmallFloat::FNUZ},
      e5m2{5, 2, 15, SmallFloat::IEEE}, e5m2fnuz{5, 2, 16, SmallFloat::FNUZ},
      e2m1{2, 1, 1, SmallFloat::None};
  switch (type) {
  case AZL_FLOAT16:
    return &half;
  case AZL_BFLOAT16:
    return &brain;
  case AZL_FLOAT8E4M3FN:
    return &e4m3fn;
  case AZL_FLOAT8E4M3FNUZ:
    return &e4m3fnuz;
  case AZL_FLOAT8E5M2:
    return &e5m2;
  case AZL_FLOAT8E5M2FNUZ:
    return &e5m2fnuz;
  case AZL_FLOAT4E2M1:
    return &e2m1;
  default:
    return nullptr;
  }
}

static double decode(const SmallFloat &format, uint32_t bits) {
  uint32_t mantissaMask = (1u << format.mantissaBits) - 1;
  uint32_t exponentMask = (1u << format.exponentBits) - 1;
  uint32_t mantissa = bits & mantissaMask, exponent = bits >> format.mantissaBits & exponentMask;
  bool negative = bits >> (format.mantissaBits + format.exponentBits) & 1;
  double sign = negative ? -1.0 : 1.0, nan = std::numeric_limits<double>::quiet_NaN();
  if (format.specials == SmallFloat::IEEE && exponent == exponentMask)
    return mantissa ? nan : sign * std::numeric_limits<double>::infinity();
  if (format.specials == SmallFloat::FN && exponent == exponentMask && mantissa == mantissaMask)
    return nan;
  if (format.specials == SmallFloat::FNUZ && negative && !exponent && !mantissa)
    return nan;
  int power = std::max<int>(exponent, 1) - format.bias - format.mantissaBits;
  return sign * std::ldexp(double(mantissa + (exponent ? mantissaMask + 1 : 0)), power);
}

static uint32_t encode(const SmallFloat &format, double value) {
  uint32_t mantissaOne = 1u << format.mantissaBits, exponentMask = (1u << format.exponentBits) - 1;
  uint32_t signBit = mantissaOne << format.exponentBits, sign = std::signbit(value) ? signBit : 0;
  uint32_t infinity = exponentMask << format.mantissaBits;
  uint32_t nan = 0, most = 0; // bits of NaN and of the largest number
  switch (format.specials) {
  case SmallFloat::IEEE:
    nan = infinity | mantissaOne >> 1, most = infinity - 1;
    break;
  case SmallFloat::FN:
    nan = infinity | (mantissaOne - 1), most = nan - 1;
    break;
  case SmallFloat::FNUZ:
    nan = signBit, most = signBit - 1, sign = value == 0 ? 0 : sign;
    break;
  case SmallFloat::None:
    nan = most = signBit - 1;
    break;
  }
  if (std::isnan(value))
    return nan;
  uint32_t overflow = format.specials == SmallFloat::IEEE   ? infinity | sign
                      : format.specials == SmallFloat::None ? most | sign
                                                            : nan;
  double magnitude = std::fabs(value);
  if (std::isinf(magnitude))
    return overflow;
  int exponent;
  std::frexp(magnitude, &exponent); // magnitude in [2^(exponent-1), 2^exponent)
  exponent = std::max(exponent - 1, 1 - format.bias);
  double scaled = std::nearbyint(std::ldexp(magnitude, format.mantissaBits - exponent));
  // A mantissa that rounded up to the next power of two carries into the exponent, as it should.
  double bits = magnitude == 0 ? 0 : scaled + double(exponent + format.bias - 1) * mantissaOne;
  if (bits > most)
    return overflow;
  return sign | static_cast<uint32_t>(bits);
}

template <typename T> static T loadAs(const void *data, int64_t index) {
  T value;
  std::memcpy(&value, static_cast<const char *>(data) + index * sizeof(T), sizeof(T));
  return value;
}

template <typename T> static void storeAs(void *data, int64_t index, T value) {
  std::memcpy(static_cast<char *>(data) + index * sizeof(T), &value, sizeof(T));
}

/// Element `index` as bits, for types of at most 16 bits, packed ones included.
static uint32_t loadBits(azl_element_type type, const void *data, int64_t index) {
  int bits = azl_element_type_bits(type);
  if (bits == 16)
    return loadAs<uint16_t>(data, index);
  int perByte = 8 / bits;
  return loadAs<uint8_t>(data, index / perByte) >> (index % perByte * bits) & ((1u << bits) - 1);
}

static void storeBits(azl_element_type type, void *data, int64_t index, uint32_t value) {
  int bits = azl_element_type_bits(type);
  if (bits == 16)
    return storeAs<uint16_t>(data, index, value);
  int perByte = 8 / bits, shift = index % perByte * bits, mask = (1 << bits) - 1;
  uint8_t byte = loadAs<uint8_t>(data, index / perByte);
  storeAs<uint8_t>(data, index / perByte, (byte & ~(mask << shift)) | (value & mask) << shift);
}

std::string_view stringAt(const void *data, int64_t index) {
  auto text = loadAs<azl_string>(data, index);
  return {text.data, text.size};
}

Value::Value(azl_element_type type, std::vector<int64_t> shape)
    : type(type), shape(std::move(shape)) {
  data.resize(azl_tensor_bytes(type, int32_t(this->shape.size()), this->shape.data()));
}

Value::Value(const azl_tensor &tensor)
    : Value(tensor.type, std::vector<int64_t>(tensor.shape, tensor.shape + tensor.rank)) {
  if (type == AZL_STRING)
    for (int64_t i = 0; i < count(); ++i)
      setText(i, std::string(stringAt(tensor.data, i)));
  else if (!data.empty())
    std::memcpy(data.data(), tensor.data, data.size());
}

bool Value::setText(int64_t index, const std::string &text) {
  if (type != AZL_STRING)
    return storeElementText(type, data.data(), index, text);
  if (!texts)
    texts = std::make_shared<std::deque<std::string>>();
  const std::string &kept = texts->emplace_back(text);
  storeAs(data.data(), index, azl_string{kept.data(), kept.size()});
  return true;
}

int64_t Value::count() const {
  int64_t count = 1;
  for (int64_t size : shape)
    count *= size;
  return count;
}

azl_tensor Value::view() {
  return {data.data(), type, int32_t(shape.size()), shape.data(), nullptr, nullptr, {}};
}

double loadElement(azl_element_type type, const void *data, int64_t index) {
  if (const SmallFloat *format = smallFloatOf(type))
    return decode(*format, loadBits(type, data, index));
  switch (type) {
  case AZL_FLOAT:
    return loadAs<float>(data, index);
  case AZL_DOUBLE:
    return loadAs<double>(data, index);
  case AZL_COMPLEX64:
    return loadAs<float>(data, 2 * index);
  case AZL_COMPLEX128:
    return loadAs<double>(data, 2 * index);
  case AZL_INT8:
    return loadAs<int8_t>(data, index);
  case AZL_INT16:
    return loadAs<int16_t>(data, index);
  case AZL_INT32:
    return loadAs<int32_t>(data, index);
  case AZL_INT64:
    return static_cast<double>(loadAs<int64_t>(data, index));
  case AZL_UINT32:
    return loadAs<uint32_t>(data, index);
  case AZL_UINT64:
    return static_cast<double>(loadAs<uint64_t>(data, index));
  case AZL_INT4:
  case AZL_INT2: {
    int bits = azl_element_type_bits(type), value = loadBits(type, data, index);
    return value - (value >> (bits - 1) << bits);
  }
  case AZL_FLOAT8E8M0: {
    uint32_t exponent = loadBits(type, data, index);
    return exponent == 255 ? std::numeric_limits<double>::quiet_NaN()
                           : std::ldexp(1.0, int(exponent) - 127);
  }
  default:
    return loadBits(type, data, index); // bool and the unsigned integers of at most 16 bits
  }
}

double loadImaginary(azl_element_type type, const void *data, int64_t index) {
  if (type == AZL_COMPLEX64)
    return loadAs<float>(data, 2 * index + 1);
  return type == AZL_COMPLEX128 ? loadAs<double>(data, 2 * index + 1) : 0.0;
}

/// Modulo 2^64, and 0 for what is no number, so that no value is undefined behaviour.
static uint64_t wrapToInteger(double value) {
  if (!std::isfinite(value))
    return 0;
  double wrapped = std::fmod(std::trunc(value), 18446744073709551616.0);
  return wrapped < 0 ? -static_cast<uint64_t>(-wrapped) : static_cast<uint64_t>(wrapped);
}

void storeElement(azl_element_type type, void *data, int64_t index, double value) {
  if (const SmallFloat *format = smallFloatOf(type))
    return storeBits(type, data, index, encode(*format, value));
  switch (type) {
  case AZL_FLOAT:
    return storeAs(data, index, static_cast<float>(value));
  case AZL_DOUBLE:
    return storeAs(data, index, value);
  case AZL_COMPLEX64:
    return storeAs(data, index, std::pair<float, float>(static_cast<float>(value), 0.0f));
  case AZL_COMPLEX128:
    return storeAs(data, index, std::pair<double, double>(value, 0.0));
  case AZL_INT32:
  case AZL_UINT32:
    return storeAs(data, index, static_cast<uint32_t>(wrapToInteger(value)));
  case AZL_INT64:
  case AZL_UINT64:
    return storeAs(data, index, wrapToInteger(value));
  case AZL_BOOL:
    return storeBits(type, data, index, value != 0);
  case AZL_FLOAT8E8M0: {
    int exponent =
        value > 0 && std::isfinite(value) ? int(std::lround(std::log2(value))) + 127 : 255;
    return storeBits(type, data, index, exponent < 0 ? 0 : exponent > 254 ? 255 : exponent);
  }
  default:
    return storeBits(type, data, index, static_cast<uint32_t>(wrapToInteger(value)));
  }
}

bool storeElementText(azl_element_type type, void *data, int64_t index, const std::string &text) {
  if (type == AZL_BOOL && (text == "true" || text == "false")) {
    storeElement(type, data, index, text == "true");
    return true;
  }
  const char *start = text.c_str();
  char *end = nullptr;
  if (type == AZL_INT64 || type == AZL_UINT64) {
    errno = 0;
    uint64_t value = type == AZL_INT64 ? static_cast<uint64_t>(std::strtoll(start, &end, 0))
                                       : std::strtoull(start, &end, 0);
    storeAs(data, index, value);
    return end != start && !*end && !errno;
  }
  double value = std::strtod(start, &end);
  if (end == start || *end)
    return false;
  storeElement(type, data, index, value);
  return true;
}

/// The shortest text that reads back as the same number.
template <typename T> static std::string shortest(T value) {
  char text[40];
  return std::string(text, std::to_chars(text, text + sizeof text, value).ptr);
}

std::string elementText(azl_element_type type, const void *data, int64_t index) {
  switch (type) {
  case AZL_STRING:
    return '"' + std::string(stringAt(data, index)) + '"';
  case AZL_INT64:
    return shortest(loadAs<int64_t>(data, index));
  case AZL_UINT64:
    return shortest(loadAs<uint64_t>(data, index));
  case AZL_DOUBLE:
    return shortest(loadAs<double>(data, index));
  case AZL_FLOAT:
    return shortest(loadAs<float>(data, index));
  case AZL_COMPLEX64:
  case AZL_COMPLEX128: {
    double imaginary = loadImaginary(type, data, index);
    std::string real = type == AZL_COMPLEX64 ? shortest(loadAs<float>(data, 2 * index))
                                             : shortest(loadAs<double>(data, 2 * index));
    std::string rest =
        type == AZL_COMPLEX64 ? shortest(static_cast<float>(imaginary)) : shortest(imaginary);
    return real + (std::signbit(imaginary) ? "" : "+") + rest + "i";
  }
  default: {
    char text[40]; // five digits tell all numbers of the small floats apart
    std::snprintf(text, sizeof text,
                  smallFloatOf(type) || type == AZL_FLOAT8E8M0 ? "%.5g" : "%.17g",
                  loadElement(type, data, index));
    return text;
  }
  }
}

bool isFloat(azl_element_type type) {
  switch (type) {
  case AZL_FLOAT:
  case AZL_DOUBLE:
  case AZL_FLOAT16:
  case AZL_BFLOAT16:
  case AZL_COMPLEX64:
  case AZL_COMPLEX128:
  case AZL_FLOAT8E4M3FN:
  case AZL_FLOAT8E4M3FNUZ:
  case AZL_FLOAT8E5M2:
  case AZL_FLOAT8E5M2FNUZ:
  case AZL_FLOAT8E8M0:
  case AZL_FLOAT4E2M1:
    return true;
  default:
    return false;
  }
}

static constexpr const char *shortNames[] = {
    "undefined",  "f32",    "ui8",        "i8",   "ui16", "i16",    "i32",    "i64",  "string",
    "i1",         "f16",    "f64",        "ui32", "ui64", "c64",    "c128",   "bf16", "f8E4M3FN",
    "f8E4M3FNUZ", "f8E5M2", "f8E5M2FNUZ", "ui4",  "i4",   "f4E2M1", "f8E8M0", "ui2",  "i2",
};

const char *shortName(azl_element_type type) { return shortNames[type]; }

azl_element_type typeFromShortName(const std::string &name) {
  for (int i = 1; i <= AZL_INT2; ++i)
    if (i != AZL_STRING && name == shortNames[i])
      return static_cast<azl_element_type>(i);
  return azl_element_type_from_name(name.c_str());
}

std::string typeText(azl_element_type type, const std::vector<int64_t> &shape) {
  std::string text;
  for (int64_t size : shape)
    text += std::to_string(size) + "x";
  return text + shortName(type);
}

} // namespace azulejo::runtime::io
