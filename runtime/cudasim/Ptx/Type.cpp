//===- Type.cpp - PTX's fundamental types ---------------------------------===//
#include "runtime/cudasim/Ptx/Type.h"
#include <array>

using namespace azulejo::cudasim::ptx;

namespace {

enum Class : uint8_t { Bits, Unsigned, Signed, Floating };

struct Entry {
  std::string_view name;
  uint16_t bits;
  Class kind;
};

/// In the order of the enumeration.
constexpr std::array<Entry, size_t(Type::B8x16) + 1> types = {{
    {"", 0, Bits},
    {"pred", 1, Bits},
    {"b8", 8, Bits},
    {"b16", 16, Bits},
    {"b32", 32, Bits},
    {"b64", 64, Bits},
    {"b128", 128, Bits},
    {"u8", 8, Unsigned},
    {"u16", 16, Unsigned},
    {"u32", 32, Unsigned},
    {"u64", 64, Unsigned},
    {"s8", 8, Signed},
    {"s16", 16, Signed},
    {"s32", 32, Signed},
    {"s64", 64, Signed},
    {"u16x2", 32, Unsigned},
    {"s16x2", 32, Signed},
    {"f16", 16, Floating},
    {"f16x2", 32, Floating},
    {"bf16", 16, Floating},
    {"bf16x2", 32, Floating},
    {"tf32", 32, Floating},
    {"f32", 32, Floating},
    {"f32x2", 64, Floating},
    {"f64", 64, Floating},
    {"e4m3", 8, Floating},
    {"e5m2", 8, Floating},
    {"e4m3x2", 16, Floating},
    {"e5m2x2", 16, Floating},
    {"e4m3x4", 32, Floating},
    {"e5m2x4", 32, Floating},
    {"e2m1", 4, Floating},
    {"e2m3", 6, Floating},
    {"e3m2", 6, Floating},
    {"e2m1x2", 8, Floating},
    {"e2m3x2", 16, Floating},
    {"e3m2x2", 16, Floating},
    {"e2m1x4", 16, Floating},
    {"e2m3x4", 32, Floating},
    {"e3m2x4", 32, Floating},
    {"ue8m0", 8, Floating},
    {"ue8m0x2", 16, Floating},
    {"b1", 1, Bits},
    {"b4", 4, Bits},
    {"u4", 4, Unsigned},
    {"s4", 4, Signed},
    {"b6x16_p32", 128, Bits},
    {"b4x16_p64", 128, Bits},
    {"b8x16", 128, Bits},
}};

} // namespace

Type azulejo::cudasim::ptx::parseType(std::string_view modifier) {
  for (size_t i = 1; i < types.size(); ++i)
    if (types[i].name == modifier)
      return Type(i);
  return Type::None;
}

std::string_view azulejo::cudasim::ptx::name(Type type) { return types[size_t(type)].name; }

uint32_t azulejo::cudasim::ptx::sizeInBits(Type type) { return types[size_t(type)].bits; }

bool azulejo::cudasim::ptx::isSigned(Type type) { return types[size_t(type)].kind == Signed; }

bool azulejo::cudasim::ptx::isUnsignedOrBits(Type type) {
  return type != Type::None && types[size_t(type)].kind <= Unsigned;
}

bool azulejo::cudasim::ptx::isFloatingPoint(Type type) {
  return types[size_t(type)].kind == Floating;
}
