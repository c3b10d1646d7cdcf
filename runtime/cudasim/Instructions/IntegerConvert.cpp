//===- IntegerConvert.cpp - cvt between integers --------------------------===//
#include "runtime/cudasim/Instructions/ChangingRegisters.h"
#include "runtime/cudasim/Instructions/ConvertTypes.h"
#include <limits>

/// PTX ISA 9.7.9.21 where both types are integers: C++'s conversions, or clamping with `.sat`.
namespace azulejo::cudasim {
namespace {

using ptx::Statement;
using ptx::Type;

template <class To, class From> To convertInteger(From a) { return To(a); }
template <class To, class From> To clampInteger(From a) {
  using Limits = std::numeric_limits<To>;
  if (std::is_signed_v<From> && a < 0) {
    if (!std::is_signed_v<To>)
      return 0;
    return int64_t(a) < int64_t(Limits::min()) ? Limits::min() : To(a);
  }
  return uint64_t(a) > uint64_t(Limits::max()) ? Limits::max() : To(a);
}

/// Integers in registers wider than their types, or with `.sat`.
struct IntegerConversion {
  void (*convert)(const void *from, void *to) = nullptr;
  Write write = nullptr;
};
template <class To, class From, class R, bool sat> void integers(const void *from, void *to) {
  const R *x = static_cast<const R *>(from);
  To *result = static_cast<To *>(to);
  CUDASIM_LANES
  for (unsigned lane = 0; lane < warpSize; ++lane)
    result[lane] = sat ? clampInteger<To>(From(x[lane])) : convertInteger<To>(From(x[lane]));
}
void convertIntegers(Warp &warp, const Instruction &i, LaneMask active) {
  const IntegerConversion &conversion = i.as<IntegerConversion>();
  alignas(64) uint64_t result[warpSize];
  conversion.convert(warp.read<uint8_t>(i.source(0)), result);
  conversion.write(warp, i.destination(), active, result);
}

//===----------------------------------------------------------------------===//
// Decoding
//===----------------------------------------------------------------------===//

/// Has `from` numbers that are none of `to`?
bool mayExceed(Type to, Type from) {
  unsigned toBits = ptx::sizeInBits(to), fromBits = ptx::sizeInBits(from);
  if (ptx::isSigned(to) == ptx::isSigned(from))
    return toBits < fromBits;
  return ptx::isSigned(from) || toBits <= fromBits;
}

void chooseIntegers(Decoder &decoder, Instruction &i, Type to, Type from, bool sat) {
  const Operand &source = i.source(0), &destination = i.destination();
  bool plain = source.bytes == ptx::sizeInBytes(from) && destination.bytes == ptx::sizeInBytes(to);
  if (plain && !sat) {
    i.execute = forInteger<1>(to, [&](auto t) {
      return forInteger<1>(
          from, [](auto f) -> Execute { return lanes<convertInteger<decltype(t), decltype(f)>>; });
    });
    return;
  }
  IntegerConversion conversion;
  conversion.convert = forInteger<1>(to, [&](auto t) {
    return forInteger<1>(from, [&](auto f) {
      return forWidth<sizeof(f)>(source.bytes, [&](auto r) {
        using T = decltype(t);
        using F = decltype(f);
        using R = decltype(r);
        return sat ? integers<T, F, R, true> : integers<T, F, R, false>;
      });
    });
  });
  conversion.write = writeOf(to, destination.bytes);
  i.attributes = decoder.make(conversion);
  i.execute = convertIntegers;
}

/// A clock and its like is read into a register of its own first; then it is converted as any
/// register is, by an instruction that follows.
bool decodeChangingRegister(Decoder &decoder, const ptx::Operand &operand, Type from,
                            Instruction &i) {
  if (operand.kind != ptx::Operand::Kind::Name)
    return false;
  Type type = from;
  i.execute = findChangingRegister(operand.name, type);
  if (!i.execute)
    return false;
  if (ptx::sizeInBytes(type) < ptx::sizeInBytes(from))
    decoder.fail(std::string(operand.name) + " has " + std::to_string(ptx::sizeInBits(type)) +
                 " bits");
  decoder.operands(i, {decoder.scratch(ptx::sizeInBytes(type))}, {});
  return true;
}

bool decodeConvert(Decoder &decoder, const Statement &statement, Instruction &i) {
  size_t count = statement.modifiers.size();
  if (count < 2 || !isInteger(ptx::parseType(statement.modifiers[count - 1])) ||
      !isInteger(ptx::parseType(statement.modifiers[count - 2])))
    return false;
  Modifiers m(statement);
  bool sat = m.flag("sat");
  Type to = m.type(), from = m.type();
  m.end();
  if (sat && !mayExceed(to, from))
    decoder.fail(".sat where nothing can be out of range");
  decoder.expectOperands(2, 2);
  i.counterClass = CounterClass::Conversion;
  const Operand result = decoder.destination(statement.operands[0], to, true);
  Instruction conversion = i;
  if (decodeChangingRegister(decoder, statement.operands[1], from, i)) {
    decoder.operands(conversion, {result}, {i.destination()});
    chooseIntegers(decoder, conversion, to, from, sat);
    decoder.follow(conversion);
    return true;
  }
  decoder.operands(i, {result}, {decoder.source(statement.operands[1], from, true)});
  chooseIntegers(decoder, i, to, from, sat);
  return true;
}

} // namespace

void registerIntegerConvert(DecodeTable &table) { table.add({"cvt"}, decodeConvert); }

} // namespace azulejo::cudasim
