//===- MatrixValues.h - Elements of tensor instructions, by definition ----===//
#ifndef AZULEJO_TEST_RUNTIME_CUDASIM_MATRIXVALUES_H
#define AZULEJO_TEST_RUNTIME_CUDASIM_MATRIXVALUES_H

#include "runtime/cudasim/Ptx/Type.h"
#include <cmath>
#include <cstring>
#include <map>
#include <random>
#include <vector>

/// Bits of every element type decoded by their formats' definitions, and random matrices of them;
/// nothing here is the simulator's.
namespace azulejo::cudasim::test {

using ptx::Type;

inline unsigned bitsOf(Type type) {
  switch (type) {
  case Type::F64:
    return 64;
  case Type::F32:
  case Type::TF32:
  case Type::S32:
    return 32;
  case Type::F16:
  case Type::BF16:
    return 16;
  case Type::S4:
  case Type::U4:
    return 4;
  case Type::B1:
    return 1;
  default:
    return 8;
  }
}

inline bool isFloat(Type type) {
  return bitsOf(type) >= 16 ? type != Type::S32 : type == Type::E4M3 || type == Type::E5M2;
}

/// A binary floating-point format without infinities' and NaNs' special cases.
inline double decodeFormat(uint64_t bits, unsigned exponentBits, unsigned mantissaBits) {
  int bias = (1 << (exponentBits - 1)) - 1;
  int exponent = int(bits >> mantissaBits & ((1u << exponentBits) - 1));
  double mantissa = double(bits & ((uint64_t(1) << mantissaBits) - 1));
  double value = exponent == 0 ? std::ldexp(mantissa, 1 - bias - int(mantissaBits))
                               : std::ldexp(mantissa + std::ldexp(1.0, int(mantissaBits)),
                                            exponent - bias - int(mantissaBits));
  return bits >> (exponentBits + mantissaBits) & 1 ? -value : value;
}

inline double decode(Type type, uint64_t bits) {
  switch (type) {
  case Type::F64: {
    double value;
    std::memcpy(&value, &bits, sizeof value);
    return value;
  }
  case Type::F32:
    return decodeFormat(bits, 8, 23);
  case Type::TF32:
    return decodeFormat(bits >> 13, 8, 10);
  case Type::F16:
    return decodeFormat(bits, 5, 10);
  case Type::BF16:
    return decodeFormat(bits, 8, 7);
  case Type::E4M3:
    return decodeFormat(bits, 4, 3);
  case Type::E5M2:
    return decodeFormat(bits, 5, 2);
  case Type::S32:
    return double(int32_t(bits));
  case Type::S8:
    return double(int8_t(bits));
  case Type::S4:
    return bits & 8 ? double(bits) - 16 : double(bits);
  default: // u8, u4, b1
    return double(bits);
  }
}

/// Random elements: of integers any; of floating-point types whole numbers up to 4, so that every
/// sum is exact in f16 too, or, if not `exact`, anything of a magnitude below 4.
class Elements {
public:
  explicit Elements(uint64_t seed) : random(seed) {}

  uint64_t operator()(Type type, bool exact) {
    unsigned bits = bitsOf(type);
    uint64_t mask = bits == 64 ? ~uint64_t(0) : (uint64_t(1) << bits) - 1;
    if (!isFloat(type))
      return random() & mask;
    if (exact) {
      int value = int(random() % 9) - 4;
      return encodeWhole(type, value);
    }
    for (;;) {
      double value = std::ldexp(double(int64_t(random())), -63) * 4;
      uint64_t raw = type == Type::F64 ? encode64(value)
                                       : encode32(float(value)) >> (32 - std::min(bits, 32u));
      if (type == Type::F16 || bits == 8)
        raw = random() & mask; // other exponents than f32's
      if (std::fabs(test::decode(type, raw)) < 4)
        return raw;
    }
  }

  std::mt19937_64 random;

private:
  std::map<std::pair<Type, int>, uint64_t> whole;
  static uint64_t encode64(double value) {
    uint64_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    return bits;
  }
  static uint64_t encode32(float value) {
    uint32_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    return bits;
  }
  uint64_t encodeWhole(Type type, int value) {
    if (type == Type::F64)
      return encode64(value);
    if (bitsOf(type) == 32)
      // A tensor core does not look at the lower bits of tf32.
      return encode32(float(value)) | (type == Type::TF32 ? random() & 0x1fff : 0);
    if (type == Type::BF16)
      return encode32(float(value)) >> 16;
    auto known = whole.find({type, value});
    if (known != whole.end())
      return known->second;
    for (uint64_t bits = 0;; ++bits) // -0 comes last
      if (test::decode(type, bits) == value)
        return whole[{type, value}] = bits;
  }
};

/// A matrix of elements, row-major.
struct Matrix {
  Matrix(Type type, unsigned rows, unsigned columns)
      : type(type), rows(rows), columns(columns), bits(rows * columns) {}
  Matrix(Type type, unsigned rows, unsigned columns, Elements &elements, bool exact)
      : Matrix(type, rows, columns) {
    for (uint64_t &each : bits)
      each = elements(type, exact);
  }
  uint64_t &at(unsigned row, unsigned column) { return bits[row * columns + column]; }
  double value(unsigned row, unsigned column) const {
    if (values.empty())
      for (uint64_t each : bits)
        values.push_back(decode(type, each));
    return values[row * columns + column];
  }
  Type type;
  unsigned rows, columns;
  std::vector<uint64_t> bits; // not to be changed after the first value()

private:
  mutable std::vector<double> values;
};

/// Bits packed at any position, elements not crossing bytes unless they are whole bytes.
inline void setBits(std::vector<uint8_t> &bytes, uint64_t at, unsigned bits, uint64_t value) {
  if (bits < 8) {
    bytes[at / 8] |= uint8_t((value & ((1u << bits) - 1)) << at % 8);
    return;
  }
  std::memcpy(&bytes[at / 8], &value, bits / 8);
}
inline uint64_t getBits(const std::vector<uint8_t> &bytes, uint64_t at, unsigned bits) {
  if (bits < 8)
    return bytes[at / 8] >> at % 8 & ((1u << bits) - 1);
  uint64_t value = 0;
  std::memcpy(&value, &bytes[at / 8], bits / 8);
  return value;
}

enum class Combine { Multiply, And, Xor };

/// The element of A·B + C that PTX asks for; `sumOfMagnitudes` bounds what rounding may do to it.
inline double expected(const Matrix &a, const Matrix &b, double c, unsigned row, unsigned column,
                       double scale, Combine combine, double &sumOfMagnitudes) {
  double sum = c;
  sumOfMagnitudes = std::fabs(c);
  for (unsigned k = 0; k < a.columns; ++k) {
    double x = a.value(row, k), y = b.value(k, column);
    double product = combine == Combine::Multiply ? scale * x * y
                     : combine == Combine::And    ? double(x == 1 && y == 1)
                                                  : double(x != y);
    sum += product;
    sumOfMagnitudes += std::fabs(product);
  }
  return sum;
}

/// Whether `bits` of type `d` are the sum: exactly for integers (wrapped or clamped) and where the
/// values were chosen for it, else to within d's precision.
inline bool isExpected(Type d, uint64_t bits, double sum, double sumOfMagnitudes, bool exact,
                       bool saturates) {
  if (d == Type::S32) {
    double clamped = std::fmin(std::fmax(sum, -2147483648.0), 2147483647.0);
    return int32_t(bits) == (saturates ? int32_t(clamped) : int32_t(uint32_t(int64_t(sum))));
  }
  double value = decode(d, bits);
  if (exact)
    return value == sum;
  double epsilon = d == Type::F64 ? 1e-14 : d == Type::F32 ? 1e-6 : 1e-3;
  return std::fabs(value - sum) <= epsilon * sumOfMagnitudes + 1e-7;
}

} // namespace azulejo::cudasim::test

#endif // AZULEJO_TEST_RUNTIME_CUDASIM_MATRIXVALUES_H
