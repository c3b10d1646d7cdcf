//===- Memory.cpp - From addresses to the bytes behind them ---------------===//
#include "runtime/cudasim/Memory/Memory.h"
#include "runtime/cudasim/Async/Mbarriers.h"
#include "runtime/cudasim/Instructions/Lanes.h"
#include "runtime/cudasim/Machine/Block.h"
#include "runtime/cudasim/Memory/Pattern.h"
#include "runtime/cudasim/Memory/Region.h"
#include <cstring>

using namespace azulejo::cudasim;

namespace {

Region sharedRegion(const Block &own, Block &block, uint64_t begin) {
  Region region;
  region.begin = begin;
  region.generic = sharedWindow | uint64_t(block.rank) << sharedRankShift;
  region.host = block.shared.data();
  region.size = block.shared.size();
  region.window = &own == &block ? Space::Shared : Space::SharedCluster;
  region.block = &block;
  return region;
}

Region localRegion(Warp &warp, bool generic) {
  Region region;
  region.generic = localWindow | uint64_t(warp.thread(0)) << 32;
  region.genericStride = uint64_t(1) << 32;
  if (generic) {
    region.begin = region.generic;
    region.beginStride = region.genericStride;
  }
  region.host = warp.local(0);
  region.hostStride = warp.localSize();
  region.size = warp.localSize();
  region.window = Space::Local;
  return region;
}

/// Bytes that nobody writes: constants and kernel parameters.
Region bank(const std::vector<uint8_t> &bytes, Space window, uint64_t base, bool generic) {
  Region region;
  region.begin = generic ? base : 0;
  region.generic = base;
  region.host = const_cast<uint8_t *>(bytes.data());
  region.size = bytes.size();
  region.window = window;
  return region;
}

Region globalRegion(const Allocation &allocation) {
  Region region;
  region.begin = region.generic = allocation.begin;
  region.host = allocation.host;
  region.size = allocation.size;
  region.allocation = &allocation;
  return region;
}

/// The region that `address` is meant for, though it may miss it. False where there is none.
bool findRegion(const Access &access, uint64_t address, Region &region) {
  Warp &warp = access.warp;
  Block &block = warp.block;
  Launch &launch = block.launch;
  bool generic = access.space == Space::Generic;
  switch (generic ? windowOf(address) : access.space) {
  case Space::Generic:
  case Space::Global: {
    const Allocation *found =
        windowOf(address) == Space::Global ? launch.memory.find(address) : nullptr;
    if (!found || found->freed)
      return false;
    region = globalRegion(*found);
    return true;
  }
  case Space::Shared:
  case Space::SharedCluster: {
    uint64_t rank = block.rank;
    uint64_t begin = 0;
    if (generic) {
      begin = address & ~sharedOffsetMask;
      rank = (address & windowOffsetMask) >> sharedRankShift;
    } else if (address >> sharedRankShift) {
      begin = address & ~sharedOffsetMask;
      rank = (address >> sharedRankShift) - 1;
      if (rank >= block.cluster.blocks.size() && address >> 32 == 0) {
        // No address that mapa gave: an offset that is much too large, or below zero.
        rank = block.rank;
        begin = 0;
      }
      if (access.space == Space::Shared && rank != block.rank)
        return false;
    }
    if (rank >= block.cluster.blocks.size() ||
        (rank != block.rank && block.cluster.blocks[rank]->done()))
      return false;
    region = sharedRegion(block, *block.cluster.blocks[rank], begin);
    return true;
  }
  case Space::Local:
    region = localRegion(warp, generic);
    return true;
  case Space::Constant:
    region = bank(launch.program.constantBank, Space::Constant, constantWindow, generic);
    return true;
  case Space::Parameter:
    region = bank(launch.config.parameters, Space::Parameter, parameterWindow, generic);
    return true;
  }
  return false;
}

bool isReadOnly(const Region &region) {
  return region.window == Space::Constant || region.window == Space::Parameter ||
         (region.allocation && region.allocation->readOnly);
}

/// Turns offsets from a region's begin, by lane, into host and generic addresses.
template <class F> void place(Access &access, const Region &region, F &&relative) {
  const uint64_t host = reinterpret_cast<uint64_t>(region.host), generic = region.generic,
                 hostStride = region.hostStride, genericStride = region.genericStride;
  std::memset(access.windows, int(region.window), warpSize);
  if (!hostStride && !genericStride) { // products of 64 bits are many instructions
    CUDASIM_LANES
    for (unsigned lane = 0; lane < warpSize; ++lane) {
      const uint64_t offset = relative(lane);
      access.hosts[lane] = reinterpret_cast<uint8_t *>(host + offset);
      access.resolved[lane] = generic + offset;
    }
    return;
  }
  CUDASIM_LANES
  for (unsigned lane = 0; lane < warpSize; ++lane)
    access.hosts[lane] = reinterpret_cast<uint8_t *>(host + relative(lane) + lane * hostStride);
  CUDASIM_LANES
  for (unsigned lane = 0; lane < warpSize; ++lane)
    access.resolved[lane] = generic + relative(lane) + lane * genericStride;
}

/// All lanes in `region`, each within its bounds and aligned? A few vector operations a lane and no
/// branch: `relative` and `limit - relative` are both non-negative exactly where the access fits.
bool resolveAll(Access &access, const Region &region) {
  if (region.size < access.bytes)
    return false;
  const uint64_t limit = region.size - access.bytes;
  const uint32_t alignment = access.alignment ? access.alignment : access.bytes;
  const LaneMask lanes = access.lanes;
  const unsigned first = __builtin_ctz(lanes);
  const uint64_t *addresses = access.addresses;
  const uint64_t begin = region.begin, beginStride = region.beginStride;
  const uint64_t firstRelative = addresses[first] - begin - first * beginStride;
  uint64_t outside = 0, low = 0;
  alignas(32) uint64_t relatives[warpSize];
  if (beginStride) {
    CUDASIM_LANES
    for (unsigned lane = 0; lane < warpSize; ++lane)
      relatives[lane] = addresses[lane] - begin - lane * beginStride;
  } else {
    CUDASIM_LANES
    for (unsigned lane = 0; lane < warpSize; ++lane)
      relatives[lane] = addresses[lane] - begin;
  }
  CUDASIM_LANES
  for (unsigned lane = 0; lane < warpSize; ++lane) {
    uint64_t relative = relatives[lane];
    relative = (lanes >> lane & 1) ? relative : firstRelative;
    relatives[lane] = relative;
    outside |= relative | (limit - relative);
    low |= relative + begin;
  }
  if (int64_t(outside) < 0 || (low & (alignment - 1)))
    return false;
  place(access, region, [&](unsigned lane) { return relatives[lane]; });
  return true;
}

/// The same for one lane, as bulk copies access memory: of the others nothing is filled in but the
/// window.
bool resolveOne(Access &access, const Region &region) {
  const unsigned lane = unsigned(__builtin_ctz(access.lanes));
  const uint64_t address = access.addresses[lane],
                 relative = address - region.begin - lane * region.beginStride;
  const uint32_t alignment = access.alignment ? access.alignment : access.bytes;
  if (relative > region.size || access.bytes > region.size - relative ||
      (address & (alignment - 1)))
    return false;
  access.hosts[lane] = region.host + relative + lane * region.hostStride;
  access.resolved[lane] = region.generic + relative + lane * region.genericStride;
  std::memset(access.windows, int(region.window), warpSize);
  return true;
}

/// The same for a pattern, of which the ends say all.
bool resolvePattern(Access &access, const Region &region, Pattern &pattern) {
  const uint64_t address = access.addresses[__builtin_ctz(access.lanes)];
  const uint64_t relative = address - region.begin;
  const uint32_t alignment = access.alignment ? access.alignment : access.bytes;
  if (relative > region.size || int64_t(relative) + pattern.least < 0 ||
      int64_t(relative) + pattern.greatest + int64_t(access.bytes) > int64_t(region.size) ||
      ((address | pattern.anyOffset) & (alignment - 1)))
    return false;
  place(access, region, [&](unsigned lane) { return relative + pattern.offsets[lane]; });
  access.pattern = &pattern;
  access.contiguous = pattern.contiguous && !region.hostStride;
  access.uniform = pattern.anyOffset == 0 && !region.hostStride;
  return true;
}

/// One lane by itself; throws what is wrong with it.
void resolveLane(Access &access, unsigned lane) {
  uint64_t address = access.addresses[lane];
  Region region;
  if (!findRegion(access, address, region))
    failWithoutRegion(access, lane);
  uint64_t relative = address - region.begin - lane * region.beginStride;
  if (relative > region.size || access.bytes > region.size - relative)
    failOutside(access, region, lane);
  uint32_t alignment = access.alignment ? access.alignment : access.bytes;
  if (address & (alignment - 1))
    throw Fault(FaultClass::Misaligned,
                whatItDoes(access, address) + ", which is not a multiple of " +
                    std::to_string(alignment),
                int(lane))
        .at(address, describe(access, region, relative));
  if (access.kind != Access::Read && isReadOnly(region)) {
    std::string allocation = describe(access, region, relative);
    throw Fault(FaultClass::ReadOnly,
                whatItDoes(access, address) + " in " + allocation + ", which may only be read",
                int(lane))
        .at(address, allocation);
  }
  access.hosts[lane] = region.host + relative + lane * region.hostStride;
  access.resolved[lane] = region.generic + relative + lane * region.genericStride;
  access.windows[lane] = region.window;
}

} // namespace

void azulejo::cudasim::evaluate(const Warp &warp, const Address &address, LaneMask active,
                                uint64_t addresses[warpSize]) {
  if (address.base.bytes == 8) {
    const uint64_t *base = warp.read<uint64_t>(address.base);
    CUDASIM_LANES
    for (unsigned lane = 0; lane < warpSize; ++lane)
      addresses[lane] = base[lane] + uint64_t(address.offset);
  } else {
    const uint32_t *base = warp.read<uint32_t>(address.base);
    CUDASIM_LANES
    for (unsigned lane = 0; lane < warpSize; ++lane)
      addresses[lane] = base[lane] + uint32_t(address.offset);
  }
  if (address.frameRelative) {
    const uint32_t *frames = warp.localBase();
    CUDASIM_LANES
    for (unsigned lane = 0; lane < warpSize; ++lane)
      addresses[lane] += frames[lane];
  }
  if (active == allLanes)
    return;
  uint64_t first = addresses[__builtin_ctz(active)];
  CUDASIM_LANES
  for (unsigned lane = 0; lane < warpSize; ++lane)
    addresses[lane] = (active >> lane & 1) ? addresses[lane] : first;
}

/// Where the instruction was last, if `address` is there too. Else as findRegion.
static bool findRegionAgain(const Access &access, uint64_t address, PatternSet &patterns,
                            Region &region) {
  const Allocation *last = patterns.allocation;
  if (last && address - last->begin < last->size && !last->freed) {
    region = globalRegion(*last);
    return true;
  }
  if (access.space == Space::Shared && address >> sharedRankShift == 0) {
    Block &block = access.warp.block;
    region = sharedRegion(block, block, 0);
    return true;
  }
  if (!findRegion(access, address, region))
    return false;
  patterns.allocation = region.allocation;
  return true;
}

/// All lanes together; false where something is wrong with one, or they are in several regions.
static bool resolveTogether(Access &access) {
  const uint64_t address = access.addresses[__builtin_ctz(access.lanes)];
  Region region;
  // Bulk copies and wgmma look at many places, which have no pattern.
  if (access.proxy == Proxy::Async)
    return findRegion(access, address, region) &&
           (access.kind == Access::Read || !isReadOnly(region)) &&
           (access.lanes & (access.lanes - 1) ? resolveAll(access, region)
                                              : resolveOne(access, region));
  PatternSet &patterns = access.warp.block.cluster.worker.patterns.of(
      access.warp.pcOf(access.instruction), access.kind != Access::Read);
  if (!findRegionAgain(access, address, patterns, region) ||
      (access.kind != Access::Read && isReadOnly(region)))
    return false;
  if (region.beginStride)
    return resolveAll(access, region);
  Pattern *pattern = patterns.find(access);
  return pattern ? resolvePattern(access, region, *pattern) : resolveAll(access, region);
}

void azulejo::cudasim::resolve(Access &access) {
  if (resolveTogether(access))
    return;
  unsigned first = __builtin_ctz(access.lanes);
  for (unsigned lane = 0; lane < warpSize; ++lane)
    if (access.lanes >> lane & 1)
      resolveLane(access, lane);
  for (unsigned lane = 0; lane < warpSize; ++lane)
    if (!(access.lanes >> lane & 1)) {
      access.hosts[lane] = access.hosts[first];
      access.resolved[lane] = access.resolved[first];
      access.windows[lane] = access.windows[first];
    }
}

/// Data and mbarrier objects do not mix.
static void checkMbarriers(const Access &access) {
  for (LaneMask left = access.lanes; left; left &= left - 1) {
    unsigned lane = __builtin_ctz(left);
    if (access.windows[lane] != Space::Shared && access.windows[lane] != Space::SharedCluster)
      continue;
    uint64_t offset = access.resolved[lane] & sharedOffsetMask;
    uint64_t rank = (access.resolved[lane] & windowOffsetMask) >> sharedRankShift;
    Block &block = *access.warp.block.cluster.blocks[rank];
    if (offset >= block.mbarriersEnd || offset + access.bytes <= block.mbarriersBegin)
      continue;
    uint64_t found = 0;
    if (block.unit<Mbarriers>().overlaps(offset, access.bytes, found))
      throw Fault(FaultClass::MbarrierMisuse,
                  whatItDoes(access, access.addresses[lane]) +
                      ", where the mbarrier object at offset " + std::to_string(found) +
                      " of shared memory lies: it was not invalidated",
                  int(lane))
          .at(access.resolved[lane], describeShared(block, offset, access.bytes));
  }
}

/// Counts a resolved access, and looks for mbarriers in its way.
static void note(const Access &access) {
  Block &block = access.warp.block;
  block.counters.count(access);
  if (block.launch.checkers.enabled && block.cluster.hasMbarriers)
    checkMbarriers(access);
}

void azulejo::cudasim::access(Access &access) {
  resolve(access);
  note(access);
  Block &block = access.warp.block;
  if (access.kind == Access::Write)
    ++block.cluster.progress;
  if (block.launch.checkers.enabled)
    block.launch.checkers.access(access);
}

void azulejo::cudasim::announce(Access &access) {
  resolve(access);
  note(access);
  access.warp.block.launch.checkers.inFlight(access, /*now=*/true);
}

uint32_t azulejo::cudasim::announce(Warp &warp, const Instruction &instruction, AsyncToken token,
                                    const ChunkRows &rows) {
  Block &block = warp.block;
  ChunkRows good = rows;
  for (good.count = 0; good.count < rows.count; ++good.count) {
    const uint64_t begin = rows.begin + uint64_t(good.count) * rows.stride,
                   end = begin + ChunkRows::pageBytes;
    if (end > block.shared.size() ||
        (block.cluster.hasMbarriers && begin < block.mbarriersEnd && end > block.mbarriersBegin))
      break;
  }
  good.count = block.launch.checkers.inFlight(warp, instruction, token, good);
  block.counters.sharedBytes +=
      uint64_t(good.count) * ChunkRows::chunkBytes * uint64_t(__builtin_popcountll(good.chunks));
  return good.count;
}
