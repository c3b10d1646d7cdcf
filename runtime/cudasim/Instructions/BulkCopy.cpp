//===- BulkCopy.cpp - cp.async.bulk, cp.reduce.async.bulk -----------------===//
#include "runtime/cudasim/Async/Engine.h"
#include "runtime/cudasim/Instructions/AtomicOperations.h"
#include "runtime/cudasim/Instructions/BulkOperands.h"
#include "runtime/cudasim/Memory/Memory.h"

using namespace azulejo::cudasim;

namespace {

/// Bytes that lie together, to one place or, by multicast, to the same place in several blocks.
class BulkCopy : public AsyncOperation {
public:
  BulkCopy(Warp &warp, const Instruction &instruction, unsigned lane)
      : AsyncOperation(warp, instruction, lane, AsyncKind::Bulk) {}

  Span source;
  std::vector<Span> destinations;
  ReduceBytes reduce = nullptr;

protected:
  void fetch() override {
    const uint8_t *from = host(Access::Read, source);
    buffer.assign(from, from + source.bytes);
  }
  void deliver() override {
    for (const Span &destination : destinations) {
      uint8_t *to = host(reduce ? Access::ReadWrite : Access::Write, destination);
      if (reduce)
        reduce(to, buffer.data(), buffer.size(), windowOf(destination.address) == Space::Global);
      else
        std::memcpy(to, buffer.data(), buffer.size());
    }
  }
};

struct BulkForm {
  Space destination = Space::Generic, source = Space::Generic;
  bool inGroup = false, multicast = false;
  ReduceBytes reduce = nullptr;
};

/// Addresses: destination, source, and the mbarrier where there is one. Sources: the size, and of
/// multicast the mask of ranks.
void bulkCopy(Warp &warp, const Instruction &instruction, LaneMask active) {
  const BulkForm &form = instruction.as<BulkForm>();
  uint64_t to[warpSize], from[warpSize], barriers[warpSize];
  evaluate(warp, instruction.addresses[0], active, to);
  evaluate(warp, instruction.addresses[1], active, from);
  if (!form.inGroup)
    evaluate(warp, instruction.addresses[2], active, barriers);
  const uint32_t *sizes = warp.read<uint32_t>(instruction.source(0));
  const uint16_t *masks = form.multicast ? warp.read<uint16_t>(instruction.source(1)) : nullptr;
  for (LaneMask left = active; left; left &= left - 1) {
    unsigned lane = __builtin_ctz(left);
    uint32_t bytes = sizes[lane];
    if (bytes % 16)
      throw Fault(FaultClass::Misaligned,
                  "copies " + std::to_string(bytes) + " bytes: it must be a multiple of 16",
                  int(lane));
    auto copy = std::make_shared<BulkCopy>(warp, instruction, lane);
    copy->inGroup = form.inGroup;
    copy->reduce = form.reduce;
    copy->source = copy->announce(Access::Read, form.source, from[lane], bytes, 16);
    Access::Kind kind = form.reduce ? Access::ReadWrite : Access::Write;
    forTargets(warp, lane, form.multicast ? &masks[lane] : nullptr, [&](const Multicast &target) {
      copy->destinations.push_back(copy->announce(
          kind, form.destination, target.place(form.destination, to[lane]), bytes, 16));
      if (!form.inGroup)
        copy->completeOn(form.destination, target.place(form.destination, barriers[lane]), bytes);
    });
    issueBulk(warp, lane, std::move(copy));
  }
}

/// `.bulk_group` to global memory, `.mbarrier::complete_tx::bytes` to shared memory
void takeCompletion(Decoder &decoder, Modifiers &m, bool toGlobal) {
  if (!m.flag(toGlobal ? "bulk_group" : "mbarrier::complete_tx::bytes"))
    decoder.fail(toGlobal ? "to global memory it completes by .bulk_group"
                          : "to shared memory it completes by .mbarrier::complete_tx::bytes");
}

/// The operation and type of a reduction.
ReduceBytes takeReduction(Decoder &decoder, Modifiers &m, bool global) {
  int op = takeReductionOp(m);
  if (op < 0)
    decoder.fail("the operation is missing or unknown");
  bool noFlush = m.flag("noftz");
  ptx::Type type = m.type();
  bool half = type == ptx::Type::F16 || type == ptx::Type::BF16;
  bool floating = ptx::isFloatingPoint(type);
  ReduceBytes reduce = findReduction(AtomicOp(op), type);
  const bool isWide = ptx::sizeInBytes(type) == 8;
  if (!reduce || (floating && !global) ||
      (type == ptx::Type::S64 && AtomicOp(op) == AtomicOp::Add) ||
      (isWide && !global && AtomicOp(op) != AtomicOp::Add) ||
      (noFlush != (half && AtomicOp(op) == AtomicOp::Add)))
    decoder.fail("this operation does not exist for ." + std::string(ptx::name(type)));
  return reduce;
}

/// cp.async.bulk.dst.src.completion{.multicast::cluster}{.L2::cache_hint}
///     [dst], [src], size{, [mbar]}{, ctaMask}{, policy}
/// cp.reduce.async.bulk.dst.src.completion{.L2::cache_hint}.op.type [dst], [src], size{, [mbar]}
bool decodeCopy(Decoder &decoder, const ptx::Statement &statement, Modifiers &m, bool reduces,
                Instruction &instruction) {
  BulkForm form;
  if (m.peek() == "shared" || m.peek(1) == "shared")
    decoder.fail("which shared memory must be said: .shared::cta or .shared::cluster");
  form.destination = takeSpace(decoder, m);
  form.source = takeSpace(decoder, m);
  bool toGlobal = form.destination == Space::Global;
  bool toShared = form.destination == Space::Shared || form.destination == Space::SharedCluster;
  bool fromShared = form.source == Space::Shared;
  bool legal = toGlobal ? fromShared
                        : toShared && ((fromShared && form.destination == Space::SharedCluster) ||
                                       (!reduces && form.source == Space::Global));
  if (!legal)
    decoder.fail("it does not copy between these state spaces");
  takeCompletion(decoder, m, toGlobal);
  form.inGroup = toGlobal;
  form.multicast = m.flag("multicast::cluster");
  if (form.multicast &&
      (reduces || form.source != Space::Global || form.destination != Space::SharedCluster))
    decoder.fail(".multicast::cluster is for copies from global memory");
  bool policy = takeCacheHints(m);
  if (reduces)
    form.reduce = takeReduction(decoder, m, toGlobal);
  m.end();

  size_t count = 3 + size_t(!form.inGroup) + form.multicast + policy, next = 3;
  decoder.expectOperands(count, count);
  MemorySemantics to, from;
  to.space = form.destination;
  from.space = form.source;
  std::vector<Address> addresses{decodeAddress(decoder, statement.operands[0], to),
                                 decodeAddress(decoder, statement.operands[1], from)};
  std::vector<Operand> sources{decoder.source(statement.operands[2], ptx::Type::U32)};
  if (!form.inGroup)
    addresses.push_back(decodeAddress(decoder, statement.operands[next++], to));
  if (form.multicast)
    sources.push_back(decoder.source(statement.operands[next++], ptx::Type::U16));
  if (policy)
    sources.push_back(decoder.source(statement.operands[next++], ptx::Type::U64));
  decoder.operands(instruction, {}, sources);
  decoder.addresses(instruction, addresses);
  instruction.attributes = decoder.make(form);
  instruction.execute = bulkCopy;
  return true;
}

/// Nothing but speed; but what is asked for must make sense.
void prefetch(Warp &warp, const Instruction &instruction, LaneMask active) {
  const uint32_t *sizes = warp.read<uint32_t>(instruction.source(0));
  uint64_t from[warpSize];
  evaluate(warp, instruction.addresses[0], active, from);
  for (LaneMask left = active; left; left &= left - 1) {
    unsigned lane = __builtin_ctz(left);
    Access memory(warp, instruction, Access::Read, Space::Global);
    memory.lanes = 1u << lane;
    memory.bytes = sizes[lane];
    memory.alignment = 16;
    memory.addresses = from;
    if (sizes[lane] % 16)
      throw Fault(FaultClass::Misaligned,
                  "prefetches " + std::to_string(sizes[lane]) +
                      " bytes: it must be a multiple of 16",
                  int(lane));
    resolve(memory);
  }
}

bool decodePrefetch(Decoder &decoder, const ptx::Statement &statement, Modifiers &m,
                    Instruction &instruction) {
  if (!m.flag("L2") || takeSpace(decoder, m) != Space::Global)
    decoder.fail("must be cp.async.bulk.prefetch.L2.global");
  bool policy = takeCacheHints(m);
  m.end();
  decoder.expectOperands(2 + policy, 2 + policy);
  MemorySemantics from;
  from.space = Space::Global;
  std::vector<Operand> sources{decoder.source(statement.operands[1], ptx::Type::U32)};
  if (policy)
    sources.push_back(decoder.source(statement.operands[2], ptx::Type::U64));
  decoder.operands(instruction, {}, sources);
  decoder.addresses(instruction, {decodeAddress(decoder, statement.operands[0], from)});
  instruction.execute = prefetch;
  return true;
}

// --- Groups --------------------------------------------------------------------------------------

void commitGroup(Warp &warp, const Instruction &, LaneMask active) {
  BulkGroups &groups = warp.unit<BulkGroups>();
  for (LaneMask left = active; left; left &= left - 1)
    groups.lanes[__builtin_ctz(left)].commit();
}

/// Each lane waits until at most N of its groups are pending.
void waitGroup(Warp &warp, const Instruction &instruction, LaneMask active) {
  BulkGroups &groups = warp.unit<BulkGroups>();
  Checkers &checkers = warp.block.launch.checkers;
  for (LaneMask left = active; left; left &= left - 1) {
    unsigned lane = __builtin_ctz(left);
    groups.lanes[lane].wait(uint64_t(instruction.immediate),
                            [&](std::shared_ptr<AsyncOperation> &operation) {
                              operation->complete();
                              if (checkers.enabled)
                                checkers.waited(warp, 1u << lane, operation->token);
                            });
  }
}

/// As waitGroup, but only until the sources are read.
void waitGroupRead(Warp &warp, const Instruction &instruction, LaneMask active) {
  BulkGroups &groups = warp.unit<BulkGroups>();
  Checkers &checkers = warp.block.launch.checkers;
  for (LaneMask left = active; left; left &= left - 1) {
    unsigned lane = __builtin_ctz(left);
    groups.lanes[lane].visitOlder(uint64_t(instruction.immediate),
                                  [&](std::shared_ptr<AsyncOperation> &operation) {
                                    if (operation->sourcesAwaited)
                                      return false;
                                    operation->sourcesAwaited = true;
                                    operation->readSources();
                                    if (checkers.enabled)
                                      checkers.sourcesRead(warp, 1u << lane, operation->token);
                                    return true;
                                  });
  }
}

/// cp.async.bulk…, but for tensors; cp.reduce.async.bulk…
bool decodeBulk(Decoder &decoder, const ptx::Statement &statement, Instruction &instruction) {
  Modifiers m(statement);
  bool reduces = m.flag("reduce");
  if (!m.flag("async") || !m.flag("bulk") || m.peek() == "tensor" ||
      (m.peek() == "prefetch" && m.peek(1) == "tensor"))
    return false;
  decoder.require(90);
  instruction.counterClass = CounterClass::AsyncCopy;
  if (reduces)
    return decodeCopy(decoder, statement, m, true, instruction);
  if (m.flag("prefetch"))
    return decodePrefetch(decoder, statement, m, instruction);
  if (m.flag("commit_group")) {
    m.end();
    decoder.expectOperands(0, 0);
    decoder.operands(instruction, {}, {});
    instruction.execute = commitGroup;
    return true;
  }
  if (m.flag("wait_group")) {
    bool read = m.flag("read");
    m.end();
    decoder.expectOperands(1, 1);
    decoder.operands(instruction, {}, {});
    instruction.immediate = decoder.integer(statement.operands[0], "the number of groups");
    if (instruction.immediate < 0)
      decoder.fail("the number of groups must not be negative");
    instruction.execute = read ? waitGroupRead : waitGroup;
    return true;
  }
  return decodeCopy(decoder, statement, m, false, instruction);
}

bool decodeStoreBulk(Decoder &decoder, const ptx::Statement &statement, Instruction &) {
  if (!statement.has("bulk"))
    return false;
  decoder.fail("st.bulk needs sm_100");
}

} // namespace

void azulejo::cudasim::registerBulkCopy(DecodeTable &table) {
  table.add({"cp"}, decodeBulk);
  table.add({"st"}, decodeStoreBulk);
}
