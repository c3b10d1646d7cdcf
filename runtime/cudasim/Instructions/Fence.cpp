//===- Fence.cpp - fence, membar ------------------------------------------===//
#include "runtime/cudasim/Instructions/MemoryOperands.h"
#include "runtime/cudasim/Machine/Block.h"
#include "runtime/cudasim/Memory/Memory.h"

using namespace azulejo::cudasim;

namespace {

/// Memory is coherent here and instructions execute in order: a fence is news for the checkers
/// only.
void fence(Warp &warp, const Instruction &instruction, LaneMask active) {
  Checkers &checkers = warp.block.launch.checkers;
  if (checkers.enabled)
    checkers.fence(warp, active, Scope(instruction.immediate));
}

void proxyFence(Warp &warp, const Instruction &instruction, LaneMask active) {
  Checkers &checkers = warp.block.launch.checkers;
  if (checkers.enabled)
    checkers.proxyFence(warp, active, ProxyFence(instruction.immediate));
}

/// fence.proxy.tensormap::generic.acquire.scope [map], 128
void acquireTensorMap(Warp &warp, const Instruction &instruction, LaneMask active) {
  uint64_t addresses[warpSize];
  evaluate(warp, *instruction.addresses, active, addresses);
  Access map(warp, instruction, Access::Read, Space::Generic);
  map.lanes = active;
  map.bytes = 128;
  map.addresses = addresses;
  resolve(map);
  warp.block.launch.checkers.tensorMapAcquired(map);
}

void setFence(Instruction &instruction, Scope scope) {
  instruction.immediate = int64_t(scope);
  instruction.execute = fence;
}

void setProxyFence(Instruction &instruction, ProxyFence kind) {
  instruction.immediate = int64_t(kind);
  instruction.execute = proxyFence;
}

/// `.release.sync_restrict::shared::cta` and `.acquire.sync_restrict::shared::cluster`
bool takeRestriction(Modifiers &m, bool acquires) {
  return m.flag(acquires ? "sync_restrict::shared::cluster" : "sync_restrict::shared::cta");
}

/// What follows `fence.proxy` or `membar.proxy`.
void decodeProxy(Decoder &decoder, Modifiers &m, const ptx::Statement &statement,
                 Instruction &instruction) {
  decoder.operands(instruction, {}, {});
  if (m.flag("alias")) {
    setProxyFence(instruction, ProxyFence::Alias);
  } else if (m.flag("async::generic")) {
    decoder.require(90);
    const bool acquires = m.flag("acquire");
    if ((!acquires && !m.flag("release")) || !takeRestriction(m, acquires))
      decoder.fail("must be .acquire or .release with .sync_restrict");
    if (!m.flag("cluster"))
      decoder.fail("the scope must be .cluster");
    setProxyFence(instruction, ProxyFence::AsyncShared);
  } else if (m.flag("async")) {
    decoder.require(90);
    setProxyFence(instruction, m.flag("global") ? ProxyFence::AsyncGlobal
                               : m.flag("shared::cta") || m.flag("shared::cluster")
                                   ? ProxyFence::AsyncShared
                                   : ProxyFence::AsyncAll);
  } else if (m.flag("tensormap::generic")) {
    decoder.require(90);
    setProxyFence(instruction, ProxyFence::TensorMap);
    bool acquires = m.flag("acquire");
    if (!acquires && !m.flag("release"))
      decoder.fail("must be .acquire or .release");
    if (!atScope(m))
      decoder.fail("a scope must be given: .cta, .cluster, .gpu or .sys");
    takeScope(decoder, m, Scope::System);
    m.end();
    decoder.expectOperands(acquires ? 2 : 0, acquires ? 2 : 0);
    if (!acquires)
      return;
    if (decoder.integer(statement.operands[1], "the size") != 128)
      decoder.fail("the size must be 128");
    MemorySemantics semantics;
    decoder.addresses(instruction, {decodeAddress(decoder, statement.operands[0], semantics)});
    instruction.execute = acquireTensorMap;
    return;
  } else {
    decoder.fail("this proxy is unknown");
  }
  m.end();
  decoder.expectOperands(0, 0);
}

/// fence{.sc|.acq_rel|.acquire|.release}.scope; fence.mbarrier_init.release.cluster; fence.proxy.…
bool decodeFence(Decoder &decoder, const ptx::Statement &statement, Instruction &instruction) {
  Modifiers m(statement);
  instruction.counterClass = CounterClass::Barrier;
  if (m.flag("proxy")) {
    decodeProxy(decoder, m, statement, instruction);
    return true;
  }
  Scope scope = Scope::Cluster;
  if (m.flag("mbarrier_init")) {
    decoder.require(90);
    if (!m.flag("release") || !m.flag("cluster"))
      decoder.fail("must be fence.mbarrier_init.release.cluster");
  } else {
    const bool acquires = m.flag("acquire"), releases = !acquires && m.flag("release");
    if (!acquires && !releases)
      (void)(m.flag("sc") || m.flag("acq_rel"));
    else if (takeRestriction(m, acquires)) {
      decoder.require(90);
      if (m.peek() != "cluster")
        decoder.fail("the scope must be .cluster");
    }
    if (!atScope(m))
      decoder.fail("a scope must be given: .cta, .cluster, .gpu or .sys");
    scope = takeScope(decoder, m, Scope::System);
  }
  m.end();
  decoder.expectOperands(0, 0);
  decoder.operands(instruction, {}, {});
  setFence(instruction, scope);
  return true;
}

/// membar.cta, .gl, .sys; membar.proxy.alias
bool decodeMembar(Decoder &decoder, const ptx::Statement &statement, Instruction &instruction) {
  Modifiers m(statement);
  instruction.counterClass = CounterClass::Barrier;
  if (m.flag("proxy")) {
    if (m.peek() != "alias")
      decoder.fail("membar.proxy is .alias; other proxies' are fences");
    decodeProxy(decoder, m, statement, instruction);
    return true;
  }
  if (m.atEnd())
    decoder.fail("a level must be given: .cta, .gl or .sys");
  Scope scope = m.one<Scope>({{"cta", Scope::Block}, {"gl", Scope::Device}, {"sys", Scope::System}},
                             Scope::System);
  m.end();
  decoder.expectOperands(0, 0);
  decoder.operands(instruction, {}, {});
  setFence(instruction, scope);
  return true;
}

} // namespace

void azulejo::cudasim::registerFence(DecodeTable &table) {
  table.add({"fence"}, decodeFence);
  table.add({"membar"}, decodeMembar);
}
