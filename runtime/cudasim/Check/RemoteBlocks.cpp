//===- RemoteBlocks.cpp - Shared memory of blocks that may have exited ----===//
#include "runtime/cudasim/Check/RemoteBlocks.h"
#include "runtime/cudasim/Check/State.h"
#include "runtime/cudasim/Memory/Memory.h"
#include <algorithm>

using namespace azulejo::cudasim;

static uint32_t rankOf(uint64_t address) { return uint32_t(address >> sharedRankShift & 0xff); }

RemoteBlocks::RemoteBlocks(uint32_t blocks, uint32_t agents)
    : blocks(blocks), weak(size_t(agents) * blocks), exits(blocks, std::vector<Known>(agents)) {}

void RemoteBlocks::note(const Access &access, uint32_t agent, Time now) {
  const bool isStrong = access.atomic || access.order != Order::Weak;
  // Whoever waits for the phase knows that somebody arrived, if not what he did before.
  if (access.ordersElsewhere && access.order == Order::Relaxed)
    return;
  const uint32_t pc = access.warp.pcOf(access.instruction);
  for (LaneMask left = access.lanes; left; left &= left - 1) {
    const unsigned lane = unsigned(__builtin_ctz(left));
    if (access.windows[lane] != Space::SharedCluster)
      continue;
    const uint64_t address = access.resolved[lane];
    const Last last{now, {access.kind, pc, access.bytes, address}};
    if (isStrong && !access.ordersElsewhere) {
      std::vector<Strong> &here = strong[address];
      auto mine = std::find_if(here.begin(), here.end(),
                               [&](const Strong &each) { return each.agent == agent; });
      if (mine == here.end())
        mine = here.insert(here.end(), {agent, lane, {}});
      *mine = {agent, lane, last};
      continue;
    }
    auto &lanes = weak[size_t(agent) * blocks + rankOf(address)];
    if (!lanes)
      lanes = std::make_unique<Weak>();
    (access.kind == Access::Read ? lanes->reads : lanes->writes)[lane] = last;
  }
}

void RemoteBlocks::forgetReads(uint32_t agent, LaneMask lanes) {
  for (uint32_t rank = 0; rank < blocks; ++rank)
    if (auto &mine = weak[size_t(agent) * blocks + rank])
      for (LaneMask left = lanes; left; left &= left - 1)
        mine->reads[__builtin_ctz(left)] = {};
}

void RemoteBlocks::noteInFlight(const Access &access) {
  const uint64_t address = access.resolved[__builtin_ctz(access.lanes)];
  const uint32_t rank = rankOf(address);
  // A copy of many rows is one operation.
  for (auto each = inFlight.rbegin(); each != inFlight.rend(); ++each) {
    if (each->token != access.token)
      break;
    if (each->rank == rank && (each->place.kind == Access::Read) == (access.kind == Access::Read))
      return;
  }
  inFlight.push_back({access.token,
                      rank,
                      {access.kind, access.warp.pcOf(access.instruction), access.bytes, address}});
}

void RemoteBlocks::knownAtExit(uint32_t rank, const View &view) {
  for (size_t i = 0; i < view.warps.size(); ++i)
    exits[rank][i].join(view.warps[i]);
}

void RemoteBlocks::knownAtExit(uint32_t rank, uint32_t agent, LaneMask lanes, LaneMask started,
                               Time now) {
  exits[rank][agent].raise(lanes, started, now);
}

void RemoteBlocks::fail(Block &block, uint32_t warp, uint32_t lane, const Place &place) {
  block.running = block.warps[warp].get();
  block.running->current = &block.running->program.code[place.pc];
  const Block &owner = *block.cluster.blocks[rankOf(place.address)];
  const char *what = place.kind == Access::Read    ? "reads "
                     : place.kind == Access::Write ? "writes "
                                                   : "updates ";
  const std::string index = "(" + std::to_string(owner.index.x) + ", " +
                            std::to_string(owner.index.y) + ", " + std::to_string(owner.index.z) +
                            ")";
  throw Fault(FaultClass::UseAfterFree,
              what + std::string("shared memory of ") +
                  (&owner == &block ? "its own block" : "block " + index) +
                  ", and none of that block's threads waits for it before the block exits",
              int(lane))
      .at(place.address,
          describeShared(owner, place.address & ((1u << sharedRankShift) - 1), place.bytes));
}

void RemoteBlocks::check(Block &block) const {
  const ClusterState &cluster = *Checkers::State::of(block).cluster;
  const uint32_t first = block.rank * cluster.warpsPerBlock, end = first + cluster.warpsPerBlock;
  auto isUnknown = [&](uint32_t agent, uint32_t lane, const Last &last) {
    return last.time && exits[rankOf(last.place.address)][agent].of(lane) < last.time;
  };
  for (uint32_t agent = first; agent < end; ++agent)
    for (uint32_t rank = 0; rank < blocks; ++rank)
      if (auto &lanes = weak[size_t(agent) * blocks + rank])
        for (uint32_t lane = 0; lane < warpSize; ++lane)
          for (const Last *last : {&lanes->reads[lane], &lanes->writes[lane]})
            if (isUnknown(agent, lane, *last))
              fail(block, agent - first, lane, last->place);
  // The first of them, in an order that no hash decides.
  const Strong *missed = nullptr;
  auto key = [](const Strong &each) {
    return std::make_tuple(each.agent, each.last.time, each.lane, each.last.place.address);
  };
  for (auto &[address, accesses] : strong)
    for (const Strong &each : accesses)
      if (each.agent >= first && each.agent < end && isUnknown(each.agent, each.lane, each.last) &&
          (!missed || key(each) < key(*missed)))
        missed = &each;
  if (missed)
    fail(block, missed->agent - first, missed->lane, missed->last.place);
  for (const InFlight &each : inFlight) {
    const Operation &operation = cluster.operations[each.token - 1];
    if (operation.agent < first || operation.agent >= end)
      continue;
    auto isKnown = [&](uint32_t list) {
      return cluster.anyAbsorbed(list, [&](const Absorbed &by) {
        return exits[each.rank][by.agent].reaches(by.time, by.lanes);
      });
    };
    if (!isKnown(operation.done) &&
        !(each.place.kind == Access::Read && isKnown(operation.sourcesRead)))
      fail(block, operation.agent - first, operation.lane, each.place);
  }
}
