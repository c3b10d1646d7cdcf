//===- Elements.h - Typed elements of buffers, as text --------------------===//
#ifndef AZULEJO_PTX_ELEMENTS_H
#define AZULEJO_PTX_ELEMENTS_H

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace azulejo::ptxtool {

/// What the user wrote wrong; main prints it.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// An element type by PTX's name: b8 … b64, u8 … u64, s8 … s64, f16, bf16, f32, f64, e4m3, e5m2.
struct ElementType {
  enum Kind : uint8_t { Bits, Unsigned, Signed, Float };
  std::string name;
  Kind kind = Bits;
  unsigned bytes = 0;
  unsigned exponentBits = 0, mantissaBits = 0; // of a Float
};
ElementType parseElementType(const std::string &name);

/// The bits of "5", "-1.5", "0x3f800000" (bits as they are), "inf", "nan".
uint64_t parseElement(const ElementType &type, const std::string &text);
/// Of a number, rounded to nearest even where the type is narrower than a double.
uint64_t encode(const ElementType &type, double value);
std::string print(const ElementType &type, uint64_t bits, bool hexadecimal);

/// `count` elements: "zeros", "ones", "iota", "iota(start,step)", "random" (of `seed`; integers
/// over all their bits, floats in [-1, 1)), "none" (left as the GPU gives it: an empty result), or
/// values separated by commas, repeated as often as needed.
std::vector<uint8_t> fill(const ElementType &type, uint64_t count, const std::string &how,
                          uint64_t seed);

} // namespace azulejo::ptxtool

#endif // AZULEJO_PTX_ELEMENTS_H
