//===- StackMemory.cpp - alloca stacksave stackrestore --------------------===//
#include "runtime/cudasim/Instructions/Handlers.h"
#include "runtime/cudasim/Machine/Block.h"

/// PTX ISA 9.7.17: memory of a size that is known when the kernel runs. It lies behind the running
/// function's own local memory, and goes when the function returns or the stack is restored.
namespace azulejo::cudasim {
namespace {

using ptx::Statement;
using ptx::Type;

/// The stack pointer is where the local memory in use ends.
template <class T> void save(Warp &warp, const Instruction &i, LaneMask active) {
  alignas(64) T result[warpSize];
  for (unsigned lane = 0; lane < warpSize; ++lane)
    result[lane] = warp.localEnd(lane);
  store(warp, i.destination(), active, result);
}

template <class T> void restore(Warp &warp, const Instruction &i, LaneMask active) {
  const T *saved = warp.read<T>(i.source(0));
  for (LaneMask left = active; left; left &= left - 1) {
    unsigned lane = unsigned(__builtin_ctz(left));
    if (saved[lane] > warp.localEnd(lane) || saved[lane] < warp.ownLocalEnd(lane))
      throw Fault(FaultClass::IllegalInstruction,
                  "restores the stack to what no stacksave of this function gave", int(lane));
    warp.setLocalEnd(lane, uint32_t(saved[lane]));
  }
}

/// d = the address, in the local window, of as many bytes as the source says.
template <class T> void allocate(Warp &warp, const Instruction &i, LaneMask active) {
  const T *size = warp.read<T>(i.source(0));
  uint64_t alignment = uint64_t(i.immediate);
  alignas(64) T result[warpSize] = {};
  for (LaneMask left = active; left; left &= left - 1) {
    unsigned lane = unsigned(__builtin_ctz(left));
    uint64_t begin = (warp.localEnd(lane) + alignment - 1) / alignment * alignment;
    if (size[lane] > warp.localSize() || begin + size[lane] > warp.localSize())
      throw Fault(FaultClass::StackOverflow,
                  "allocates " + std::to_string(size[lane]) + " bytes of the stack, which has " +
                      std::to_string(warp.localSize() - warp.localEnd(lane)) + " left",
                  int(lane));
    warp.setLocalEnd(lane, uint32_t(begin + size[lane]));
    result[lane] = T(begin);
  }
  store(warp, i.destination(), active, result);
}

Type takeType(Decoder &decoder, const Statement &statement, Instruction &i) {
  Modifiers m(statement);
  Type type = m.type();
  m.end();
  if (type != Type::U32 && type != Type::U64)
    decoder.fail(std::string(statement.opcode) + " is of u32 or u64");
  i.counterClass = CounterClass::Move;
  return type;
}

bool decodeSave(Decoder &decoder, const Statement &statement, Instruction &i) {
  Type type = takeType(decoder, statement, i);
  finish(decoder, statement, i, CounterClass::Move,
         type == Type::U64 ? save<uint64_t> : save<uint32_t>, type, {});
  return true;
}

bool decodeRestore(Decoder &decoder, const Statement &statement, Instruction &i) {
  Type type = takeType(decoder, statement, i);
  decoder.expectOperands(1, 1);
  decoder.operands(i, {}, {decoder.source(statement.operands[0], type)});
  i.execute = type == Type::U64 ? restore<uint64_t> : restore<uint32_t>;
  return true;
}

bool decodeAllocate(Decoder &decoder, const Statement &statement, Instruction &i) {
  Type type = takeType(decoder, statement, i);
  decoder.expectOperands(2, 3);
  i.immediate = 8;
  if (statement.operands.size() == 3)
    i.immediate = decoder.integer(statement.operands[2], "the alignment");
  if (i.immediate < 1 || i.immediate > 1 << 23 || (i.immediate & (i.immediate - 1)))
    decoder.fail("the alignment must be a power of two of at most 2^23");
  decoder.operands(i, {decoder.destination(statement.operands[0], type)},
                   {decoder.source(statement.operands[1], type)});
  i.execute = type == Type::U64 ? allocate<uint64_t> : allocate<uint32_t>;
  return true;
}

} // namespace

void registerStackMemory(DecodeTable &table) {
  table.add({"stacksave"}, decodeSave);
  table.add({"stackrestore"}, decodeRestore);
  table.add({"alloca"}, decodeAllocate);
}

} // namespace azulejo::cudasim
