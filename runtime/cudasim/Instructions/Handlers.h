//===- Handlers.h - Handlers made from the function of one lane -----------===//
#ifndef AZULEJO_CUDASIM_INSTRUCTIONS_HANDLERS_H
#define AZULEJO_CUDASIM_INSTRUCTIONS_HANDLERS_H

#include "runtime/cudasim/Instructions/Lanes.h"
#include "runtime/cudasim/Program/Decoder.h"
#include <type_traits>

/// An arithmetic instruction is written as the function that it computes in one lane:
///
///   uint32_t popc(uint32_t a) { return __builtin_popcount(a); }
///
/// `lanes<popc>` is its handler, and the function's signature says what registers it reads and
/// writes. Which instantiation serves a type is chosen when the instruction is decoded:
///
///   i.execute = forInteger(type, [](auto t) { return lanes<sad<decltype(t)>>; });
namespace azulejo::cudasim {

template <auto f> struct Handler;

template <class R, class A, R (*f)(A)> struct Handler<f> {
  static void execute(Warp &warp, const Instruction &i, LaneMask active) {
    forLanes<R, A>(warp, i, active, [](A a) { return f(a); });
  }
};
template <class R, class A, class B, R (*f)(A, B)> struct Handler<f> {
  static void execute(Warp &warp, const Instruction &i, LaneMask active) {
    forLanes<R, A, B>(warp, i, active, [](A a, B b) { return f(a, b); });
  }
};
template <class R, class A, class B, class C, R (*f)(A, B, C)> struct Handler<f> {
  static void execute(Warp &warp, const Instruction &i, LaneMask active) {
    forLanes<R, A, B, C>(warp, i, active, [](A a, B b, C c) { return f(a, b, c); });
  }
};
template <class R, class A, class B, class C, class D, R (*f)(A, B, C, D)> struct Handler<f> {
  static void execute(Warp &warp, const Instruction &i, LaneMask active) {
    const A *a = warp.read<A>(i.source(0));
    const B *b = warp.read<B>(i.source(1));
    const C *c = warp.read<C>(i.source(2));
    const D *d = warp.read<D>(i.source(3));
    alignas(64) R result[warpSize];
    CUDASIM_LANES
    for (unsigned lane = 0; lane < warpSize; ++lane)
      result[lane] = f(a[lane], b[lane], c[lane], d[lane]);
    store(warp, i.destination(), active, result);
  }
};

/// The handler that computes `f` in every lane.
template <auto f> constexpr Execute lanes = &Handler<f>::execute;

/// Two 16-bit halves, the lower one first; it fills a 32-bit register.
template <class T> struct Pair {
  T low, high;
};

/// `f` on the lower and on the upper halves.
template <class T, T (*f)(T, T)> inline Pair<T> halves(Pair<T> a, Pair<T> b) {
  return {f(a.low, b.low), f(a.high, b.high)};
}

/// Calls `make` with a zero of the C++ type that holds an integer type of at least `least` bytes;
/// null if `type` is no such type.
template <unsigned least = 2, class F>
auto forInteger(ptx::Type type, F make) -> decltype(make(uint64_t())) {
  using ptx::Type;
  if constexpr (least <= 1) {
    if (type == Type::U8)
      return make(uint8_t());
    if (type == Type::S8)
      return make(int8_t());
  }
  if constexpr (least <= 2) {
    if (type == Type::U16)
      return make(uint16_t());
    if (type == Type::S16)
      return make(int16_t());
  }
  switch (type) {
  case Type::U32:
    return make(uint32_t());
  case Type::S32:
    return make(int32_t());
  case Type::U64:
    return make(uint64_t());
  case Type::S64:
    return make(int64_t());
  default:
    return nullptr;
  }
}

/// Calls `make` with a zero of the unsigned type of that width, at least `least`; null if there is
/// none.
template <unsigned least = 2, class F>
auto forWidth(unsigned bytes, F make) -> decltype(make(uint64_t())) {
  if constexpr (least <= 1)
    if (bytes == 1)
      return make(uint8_t());
  if constexpr (least <= 2)
    if (bytes == 2)
      return make(uint16_t());
  if constexpr (least <= 4)
    if (bytes == 4)
      return make(uint32_t());
  return bytes == 8 ? make(uint64_t()) : nullptr;
}

/// b16 … b64, u16 … s64, f32 or f64: what mov, selp and slct move.
inline bool isMovable(ptx::Type type) {
  using ptx::Type;
  return (type >= Type::B16 && type <= Type::B64) || (type >= Type::U16 && type <= Type::U64) ||
         (type >= Type::S16 && type <= Type::S64) || type == Type::F32 || type == Type::F64;
}

/// The last modifier that is a type: for nearly all instructions, the type of the operation.
inline ptx::Type lastType(const ptx::Statement &statement) {
  for (size_t i = statement.modifiers.size(); i-- > 0;)
    if (ptx::Type type = ptx::parseType(statement.modifiers[i]); type != ptx::Type::None)
      return type;
  return ptx::Type::None;
}

/// Is it an integer or untyped bits (rather than floating point)?
inline bool isIntegerOrBits(ptx::Type type) {
  return ptx::isSigned(type) || ptx::isUnsignedOrBits(type) || type == ptx::Type::U16x2;
}

/// The operands of an instruction with one result: `statement.operands` in order, the first written
/// as `result`, the others read as `sources`. Fails where `execute` is null: no handler for the
/// type.
inline void finish(Decoder &decoder, const ptx::Statement &statement, Instruction &i,
                   CounterClass counterClass, Execute execute, ptx::Type result,
                   std::initializer_list<ptx::Type> sources) {
  if (!execute)
    decoder.fail(std::string(statement.opcode) + " has no such type");
  decoder.expectOperands(1 + sources.size(), 1 + sources.size());
  std::vector<Operand> read;
  size_t position = 0;
  for (ptx::Type type : sources)
    read.push_back(type == ptx::Type::Pred ? decoder.predicate(statement.operands[++position])
                                           : decoder.source(statement.operands[++position], type));
  Operand written = result == ptx::Type::Pred ? decoder.predicateDestination(statement.operands[0])
                                              : decoder.destination(statement.operands[0], result);
  decoder.operands(i, {written}, read);
  i.execute = execute;
  i.counterClass = counterClass;
}

/// A type of the same kind and twice the width.
inline ptx::Type twice(ptx::Type type) {
  switch (type) {
  case ptx::Type::U16:
    return ptx::Type::U32;
  case ptx::Type::S16:
    return ptx::Type::S32;
  case ptx::Type::U32:
    return ptx::Type::U64;
  case ptx::Type::S32:
    return ptx::Type::S64;
  default:
    return ptx::Type::None;
  }
}

} // namespace azulejo::cudasim

#endif // AZULEJO_CUDASIM_INSTRUCTIONS_HANDLERS_H
