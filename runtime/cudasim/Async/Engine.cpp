//===- Engine.cpp - Asynchronous operations in flight ---------------------===//
#include "runtime/cudasim/Async/Engine.h"
#include "runtime/cudasim/Async/Mbarriers.h"
#include "runtime/cudasim/Memory/Memory.h"
#include <exception>

using namespace azulejo::cudasim;

static constexpr uint64_t sharedOffsetMask = (uint64_t(1) << sharedRankShift) - 1;

OnBehalfOf::OnBehalfOf(Warp &warp, const Instruction &instruction)
    : warp(warp), running(warp.block.running), current(warp.current),
      exceptions(std::uncaught_exceptions()) {
  warp.block.running = &warp;
  warp.current = &instruction;
}

OnBehalfOf::~OnBehalfOf() {
  if (std::uncaught_exceptions() != exceptions)
    return; // the report is about to be written
  warp.block.running = running;
  warp.current = current;
}

AsyncOperation::AsyncOperation(Warp &warp, const Instruction &instruction, unsigned lane,
                               AsyncKind kind)
    : warp(warp), instruction(instruction), lane(lane), frees(warp.block.launch.memory.frees()) {
  Checkers &checkers = warp.block.launch.checkers;
  if (checkers.enabled)
    token = checkers.issued(warp, 1u << lane, instruction, kind);
}

/// Reductions update their destination as red.relaxed would.
static void makeAtomic(Access &memory) {
  memory.atomic = memory.kind == Access::ReadWrite;
  if (memory.atomic) {
    memory.order = Order::Relaxed;
    memory.scope = Scope::Device;
  }
}

Span AsyncOperation::announce(Access::Kind access, Space space, uint64_t address, uint64_t bytes,
                              uint32_t alignment) {
  uint64_t addresses[warpSize];
  addresses[lane] = address;
  Access memory(warp, instruction, access, space);
  memory.lanes = 1u << lane;
  memory.bytes = uint32_t(bytes);
  memory.alignment = alignment;
  memory.addresses = addresses;
  memory.proxy = Proxy::Async;
  memory.token = token;
  makeAtomic(memory);
  resolve(memory);
  if (token)
    warp.block.launch.checkers.inFlight(memory);
  const bool inDevice = memory.windows[lane] == Space::Global;
  return {memory.resolved[lane], bytes, inDevice ? memory.hosts[lane] : nullptr};
}

uint8_t *AsyncOperation::host(Access::Kind access, Span span) {
  const Launch &launch = warp.block.launch;
  if (span.host && frees == launch.memory.frees() && !launch.options.checkGlobalInitialization) {
    Counters &counters = warp.block.counters;
    counters.asyncGlobalBytesRead += access == Access::Write ? 0 : span.bytes;
    counters.asyncGlobalBytesWritten += access == Access::Read ? 0 : span.bytes;
    warp.block.cluster.progress += access == Access::Write;
    return span.host;
  }
  uint64_t addresses[warpSize];
  addresses[lane] = span.address;
  Access memory(warp, instruction, access, Space::Generic);
  memory.lanes = 1u << lane;
  memory.bytes = uint32_t(span.bytes);
  memory.alignment = 1;
  memory.addresses = addresses;
  memory.proxy = Proxy::Async;
  memory.token = token;
  makeAtomic(memory);
  azulejo::cudasim::access(memory);
  return memory.hosts[lane];
}

void AsyncOperation::completeOn(Space space, uint64_t address, uint64_t bytes) {
  uint64_t addresses[warpSize];
  addresses[lane] = address;
  Access object(warp, instruction, Access::ReadWrite, space);
  object.lanes = 1u << lane;
  object.bytes = 8;
  object.addresses = addresses;
  resolve(object);
  if (object.windows[lane] != Space::Shared && object.windows[lane] != Space::SharedCluster)
    throw Fault(FaultClass::WrongSpace, "an mbarrier lies in shared memory, and this does not",
                int(lane))
        .at(object.resolved[lane]);
  // Whoever made the barrier must have done so before the operation could start.
  if (token) {
    object.atomic = true;
    object.proxy = Proxy::Async;
    object.token = token;
    warp.block.launch.checkers.inFlight(object);
  }
  Block *block = warp.block.cluster.blocks[object.resolved[lane] >> sharedRankShift & 0xff].get();
  uint64_t offset = object.resolved[lane] & sharedOffsetMask;
  block->unit<Mbarriers>().at(*block, offset, int(lane));
  // It must be there when the operation begins: its initialisation is ordered before.
  object.token = token;
  makeAtomic(object);
  if (token)
    warp.block.launch.checkers.inFlight(object);
  barriers.push_back({block, offset, bytes});
}

void AsyncOperation::readSources() {
  if (read)
    return;
  read = true;
  OnBehalfOf issuer(warp, instruction);
  fetch();
}

void AsyncOperation::complete() {
  if (done)
    return;
  readSources();
  done = true;
  OnBehalfOf issuer(warp, instruction);
  deliver();
  buffer = {};
  Checkers &checkers = warp.block.launch.checkers;
  for (const Target &target : barriers) {
    Mbarriers &unit = target.block->unit<Mbarriers>();
    Mbarrier &barrier = unit.at(*target.block, target.offset, int(lane));
    if (token)
      checkers.release(token, barrier.arriving);
    unit.complete(*target.block, barrier, target.bytes, int(lane));
  }
  ++warp.block.cluster.progress;
}

void AsyncEngine::sweep() {
  while (!operations.empty() && operations.front()->isDone())
    operations.pop_front();
}

void AsyncEngine::issue(Block &block, std::shared_ptr<AsyncOperation> operation) {
  const Options &options = block.launch.options;
  if (options.asyncTiming == AsyncTiming::Early)
    return operation->complete();
  sweep();
  operations.push_back(std::move(operation));
  if (options.asyncTiming == AsyncTiming::Late)
    return;
  // xorshift, begun for each block anew, so that it does not matter which host thread runs it.
  if (!random)
    random = (options.seed + 1) * 0x9e3779b97f4a7c15u ^ (block.linear + 1) * 0xbf58476d1ce4e5b9u;
  random ^= random << 13;
  random ^= random >> 7;
  random ^= random << 17;
  if (random >> 32 & 1)
    operations[random % operations.size()]->complete();
}

bool AsyncEngine::progress(Block &) {
  sweep();
  for (auto &operation : operations)
    if (!operation->isDone() && !operation->inGroup) {
      std::shared_ptr<AsyncOperation> kept = operation;
      kept->complete();
      return true;
    }
  return false;
}

void AsyncEngine::finish(Block &block) {
  for (auto &operation : operations) {
    if (operation->isDone())
      continue;
    if (block.launch.options.checks && (!operation->isRead() || !operation->inGroup)) {
      OnBehalfOf issuer(operation->warp, operation->instruction);
      throw Fault(FaultClass::AsyncRace,
                  "is still in flight when the block ends, and its shared memory with it",
                  int(operation->lane));
    }
    operation->complete();
  }
  operations.clear();
}
