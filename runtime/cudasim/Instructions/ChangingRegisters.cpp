//===- ChangingRegisters.cpp - Special registers read when it is asked ----===//
#include "runtime/cudasim/Instructions/ChangingRegisters.h"
#include "runtime/cudasim/Instructions/Lanes.h"
#include "runtime/cudasim/Machine/Block.h"

namespace azulejo::cudasim {

using ptx::Type;

namespace {

/// A value that all lanes share, of `f`.
template <class T, uint64_t (*f)(Warp &)>
void common(Warp &warp, const Instruction &i, LaneMask active) {
  alignas(64) T result[warpSize];
  T value = T(f(warp));
  for (T &each : result)
    each = value;
  store(warp, i.destination(), active, result);
}

/// Time is counted in warp instructions of the executing warp, so that runs repeat exactly: four
/// clocks each, at a clock of about 1 GHz for %globaltimer.
uint64_t clock(Warp &warp) { return warp.executed * 4; }
uint64_t clockHigh(Warp &warp) { return clock(warp) >> 32; }
uint64_t globalTimer(Warp &warp) { return 1'700'000'000'000'000'000 + warp.executed * 4; }
uint64_t globalTimerHigh(Warp &warp) { return globalTimer(warp) >> 32; }
uint64_t zero(Warp &) { return 0; }
uint64_t gridWorkspace(Warp &warp) { return warp.block.launch.gridWorkspace; }
uint64_t gridWorkspaceHigh(Warp &warp) { return warp.block.launch.gridWorkspace >> 32; }
uint64_t one(Warp &) { return 1; }

} // namespace

Execute findChangingRegister(std::string_view name, Type &type) {
  bool wide = ptx::sizeInBits(type) == 64;
  auto startsWith = [&](std::string_view prefix) {
    return name.substr(0, prefix.size()) == prefix;
  };
  auto is32 = [&](Execute execute) {
    type = Type::U32;
    return execute;
  };
  auto is64 = [&](Execute execute) {
    type = Type::U64;
    return execute;
  };
  if (name == "%clock")
    return is32(common<uint32_t, clock>);
  if (name == "%clock_hi")
    return is32(common<uint32_t, clockHigh>);
  if (name == "%clock64")
    return is64(common<uint64_t, clock>);
  if (name == "%globaltimer")
    return is64(common<uint64_t, globalTimer>);
  if (name == "%globaltimer_lo")
    return is32(common<uint32_t, globalTimer>);
  if (name == "%globaltimer_hi")
    return is32(common<uint32_t, globalTimerHigh>);
  if (name == "%gridid")
    return wide ? is64(common<uint64_t, one>) : is32(common<uint32_t, one>);
  if (name == "%current_graph_exec" || (startsWith("%pm") && name.size() > 4))
    return is64(common<uint64_t, zero>); // %pm0_64 …
  if (startsWith("%pm") && name.size() == 4)
    return is32(common<uint32_t, zero>);
  if (name == "%envreg1")
    return is32(common<uint32_t, gridWorkspaceHigh>);
  if (name == "%envreg2")
    return is32(common<uint32_t, gridWorkspace>);
  if (startsWith("%envreg"))
    return is32(common<uint32_t, zero>);
  return nullptr;
}

} // namespace azulejo::cudasim
