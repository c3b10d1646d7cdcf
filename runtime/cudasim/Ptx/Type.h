//===- Type.h - PTX's fundamental types -----------------------------------===//
#ifndef AZULEJO_CUDASIM_PTX_TYPE_H
#define AZULEJO_CUDASIM_PTX_TYPE_H

#include <cstdint>
#include <string_view>

namespace azulejo::cudasim::ptx {

/// PTX ISA 9.0, tables 8 to 11: fundamental, packed and alternate floating-point formats.
enum class Type : uint8_t {
  None,
  Pred,
  B8,
  B16,
  B32,
  B64,
  B128,
  U8,
  U16,
  U32,
  U64,
  S8,
  S16,
  S32,
  S64,
  U16x2,
  S16x2,
  F16,
  F16x2,
  BF16,
  BF16x2,
  TF32,
  F32,
  F32x2,
  F64,
  E4M3,
  E5M2,
  E4M3x2,
  E5M2x2,
  E4M3x4,
  E5M2x4,
  E2M1,
  E2M3,
  E3M2,
  E2M1x2,
  E2M3x2,
  E3M2x2,
  E2M1x4,
  E2M3x4,
  E3M2x4,
  UE8M0,
  UE8M0x2,
  B1,
  B4,
  U4,
  S4,
  B6x16_p32,
  B4x16_p64,
  B8x16,
};

/// The type that a modifier names ("f32"), or None.
Type parseType(std::string_view modifier);
std::string_view name(Type type);

/// Bits of one value in memory (b1 and the 4-bit types: their own; pred: 1).
uint32_t sizeInBits(Type type);
inline uint32_t sizeInBytes(Type type) { return (sizeInBits(type) + 7) / 8; }

bool isSigned(Type type);         // s8 … s64, s16x2, s4
bool isUnsignedOrBits(Type type); // u…, b…
bool isFloatingPoint(Type type);  // f16 … f64 and the packed and alternate ones

} // namespace azulejo::cudasim::ptx

#endif // AZULEJO_CUDASIM_PTX_TYPE_H
