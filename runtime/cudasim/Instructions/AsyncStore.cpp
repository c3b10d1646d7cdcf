//===- AsyncStore.cpp - st.async, red.async -------------------------------===//
#include "runtime/cudasim/Async/Engine.h"
#include "runtime/cudasim/Instructions/BulkOperands.h"
#include "runtime/cudasim/Memory/Memory.h"

using namespace azulejo::cudasim;

namespace {

/// A value on its way to another block's shared memory.
class AsyncStore : public AsyncOperation {
public:
  AsyncStore(Warp &warp, const Instruction &instruction, unsigned lane)
      : AsyncOperation(warp, instruction, lane, AsyncKind::StoreAsync) {}

  Span destination;
  ReduceBytes reduce = nullptr;
  std::vector<uint8_t> value; // read when the instruction was issued

protected:
  void fetch() override {}
  void deliver() override {
    uint8_t *to = host(reduce ? Access::ReadWrite : Access::Write, destination);
    if (reduce)
      reduce(to, value.data(), value.size(), false);
    else
      std::memcpy(to, value.data(), value.size());
  }
};

struct AsyncStoreForm {
  uint32_t elementBytes = 0;
  Space space = Space::SharedCluster;
  ReduceBytes reduce = nullptr;
};

/// Addresses: where to, and the mbarrier. Sources: the elements.
void asyncStore(Warp &warp, const Instruction &instruction, LaneMask active) {
  const AsyncStoreForm &form = instruction.as<AsyncStoreForm>();
  uint64_t to[warpSize], barriers[warpSize];
  evaluate(warp, instruction.addresses[0], active, to);
  evaluate(warp, instruction.addresses[1], active, barriers);
  uint32_t bytes = form.elementBytes * instruction.count;
  for (LaneMask left = active; left; left &= left - 1) {
    unsigned lane = __builtin_ctz(left);
    auto operation = std::make_shared<AsyncStore>(warp, instruction, lane);
    operation->reduce = form.reduce;
    operation->value.resize(bytes);
    for (unsigned i = 0; i < instruction.count; ++i)
      std::memcpy(operation->value.data() + i * form.elementBytes,
                  warp.read<uint8_t>(instruction.source(i)) + lane * form.elementBytes,
                  form.elementBytes);
    operation->destination = operation->announce(form.reduce ? Access::ReadWrite : Access::Write,
                                                 form.space, to[lane], bytes, bytes);
    operation->completeOn(form.space, barriers[lane], bytes);
    warp.block.unit<AsyncEngine>().issue(warp.block, std::move(operation));
  }
}

/// st.async{.weak}{.shared::cluster}.mbarrier::complete_tx::bytes{.vec}.type [a], b, [mbar]
/// red.async.relaxed.cluster{.shared::cluster}.mbarrier::complete_tx::bytes.op.type [a], b, [mbar]
bool decodeAsyncStore(Decoder &decoder, const ptx::Statement &statement, Instruction &instruction) {
  bool reduces = statement.opcode == "red";
  Modifiers m(statement);
  if (!m.flag("async"))
    return false;
  decoder.require(90);
  if (statement.has("mmio") || statement.has("global"))
    decoder.fail(std::string(statement.opcode) + ".async to global memory needs sm_100");
  AsyncStoreForm form;
  if (reduces) {
    if (!m.flag("relaxed") || !m.flag("cluster"))
      decoder.fail("must be .relaxed.cluster");
  } else {
    m.flag("weak");
  }
  form.space = m.flag("shared::cluster") ? Space::SharedCluster : Space::Generic;
  if (!m.flag("mbarrier::complete_tx::bytes"))
    decoder.fail("it completes by .mbarrier::complete_tx::bytes");
  int op = reduces ? takeReductionOp(m) : -1;
  unsigned length = reduces ? 1 : m.one<unsigned>({{"v2", 2}, {"v4", 4}}, 1);
  ptx::Type type = m.type();
  m.end();
  form.elementBytes = ptx::sizeInBytes(type);
  if (reduces) {
    form.reduce =
        op < 0 || ptx::isFloatingPoint(type) ? nullptr : findReduction(AtomicOp(op), type);
    if (!form.reduce || (form.elementBytes == 8 && AtomicOp(op) != AtomicOp::Add))
      decoder.fail("this operation does not exist for ." + std::string(ptx::name(type)));
  } else if ((form.elementBytes != 4 && form.elementBytes != 8) ||
             length * form.elementBytes > 16) {
    decoder.fail("this type does not exist here");
  }
  decoder.expectOperands(3, 3);
  std::vector<const ptx::Operand *> elements = elementsOf(statement.operands[1]);
  if (elements.size() != length)
    decoder.fail("the vector must have " + std::to_string(length) + " elements");
  std::vector<Operand> sources;
  for (const ptx::Operand *element : elements)
    sources.push_back(decoder.source(*element, type));
  MemorySemantics semantics;
  semantics.space = form.space;
  decoder.operands(instruction, {}, sources);
  decoder.addresses(instruction, {decodeAddress(decoder, statement.operands[0], semantics),
                                  decodeAddress(decoder, statement.operands[2], semantics)});
  instruction.counterClass = CounterClass::AsyncCopy;
  instruction.attributes = decoder.make(form);
  instruction.execute = asyncStore;
  return true;
}

} // namespace

void azulejo::cudasim::registerAsyncStore(DecodeTable &table) {
  table.add({"st", "red"}, decodeAsyncStore);
}
