//===- Memory.cpp - From addresses to the bytes behind them ---------------===//
#include "runtime/cudasim/Memory/Memory.h"
#include "runtime/cudasim/Async/Mbarriers.h"
#include "runtime/cudasim/Instructions/Lanes.h"
#include "runtime/cudasim/Machine/Block.h"
#include "runtime/cudasim/Memory/Pattern.h"
#include <cstring>

using namespace azulejo::cudasim;

namespace {

/// A piece of memory as addresses of one access see it: [begin, begin + size), which each lane may
/// see at a place of its own (local memory), hence the strides from lane to lane.
struct Region {
  uint64_t begin = 0, beginStride = 0;
  uint64_t generic = 0, genericStride = 0; // the generic address of its first byte
  uint8_t *host = nullptr;
  uint64_t hostStride = 0;
  uint64_t size = 0;
  Space window = Space::Global;
  const Allocation *allocation = nullptr;
  const Block *block = nullptr; // of shared memory
};

constexpr uint64_t sharedOffsetMask = (uint64_t(1) << sharedRankShift) - 1;
constexpr uint64_t windowOffsetMask = (uint64_t(1) << 56) - 1;

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
  CUDASIM_LANES
  for (unsigned lane = 0; lane < warpSize; ++lane)
    access.hosts[lane] = reinterpret_cast<uint8_t *>(host + relative(lane) + lane * hostStride);
  CUDASIM_LANES
  for (unsigned lane = 0; lane < warpSize; ++lane)
    access.resolved[lane] = generic + relative(lane) + lane * genericStride;
  std::memset(access.windows, int(region.window), warpSize);
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
  CUDASIM_LANES
  for (unsigned lane = 0; lane < warpSize; ++lane) {
    uint64_t relative = addresses[lane] - begin - lane * beginStride;
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
  return true;
}

// --- Reports -------------------------------------------------------------------------------------

std::string hex(uint64_t value) {
  char text[24];
  snprintf(text, sizeof text, "0x%llx", (unsigned long long)value);
  return text;
}

const char *name(Space space) {
  switch (space) {
  case Space::Generic:
    return "generic";
  case Space::Global:
    return "global";
  case Space::Shared:
    return "shared::cta";
  case Space::SharedCluster:
    return "shared::cluster";
  case Space::Local:
    return "local";
  case Space::Constant:
    return "constant";
  case Space::Parameter:
    return "parameter";
  }
  return "";
}

std::string describe(const Access &access, const Region &region, uint64_t offset) {
  std::string bytes = std::to_string(region.size) + " bytes of ";
  switch (region.window) {
  case Space::Shared:
    return bytes + "the block's shared memory (" +
           describeShared(*region.block, offset, access.bytes) + ")";
  case Space::SharedCluster:
    return bytes + "shared memory of the block of rank " + std::to_string(region.block->rank) +
           " in the cluster";
  case Space::Local:
    return bytes + "the thread's local memory";
  case Space::Constant:
    return bytes + "the module's constants";
  case Space::Parameter:
    return bytes + "the kernel's parameters";
  default:
    return bytes + region.allocation->origin;
  }
}

std::string whatItDoes(const Access &access, uint64_t address) {
  static const char *verbs[] = {"reads ", "writes ", "updates "};
  return verbs[access.kind] + std::to_string(access.bytes) + " bytes at " + hex(address);
}

/// There is no region: says why.
[[noreturn]] void failWithoutRegion(const Access &access, unsigned lane) {
  uint64_t address = access.addresses[lane];
  std::string what = whatItDoes(access, address);
  Block &block = access.warp.block;
  Space window = windowOf(address);
  if (access.space == Space::Global && window != Space::Global)
    throw Fault(FaultClass::WrongSpace,
                what + " in global memory, but this is a generic address of " + name(window) +
                    " memory",
                int(lane))
        .at(address);
  if (access.space == Space::Shared || access.space == Space::SharedCluster ||
      window == Space::SharedCluster) {
    if (access.space != Space::Generic && address >> 32)
      throw Fault(FaultClass::WrongSpace,
                  what + " in " + name(access.space) +
                      " memory, but this is a generic address of " + name(window) + " memory",
                  int(lane))
          .at(address);
    uint64_t rank = access.space == Space::Generic ? (address & windowOffsetMask) >> sharedRankShift
                                                   : (address >> sharedRankShift) - 1;
    if (rank >= block.cluster.blocks.size())
      throw Fault(FaultClass::OutOfBounds,
                  what + ", shared memory of the block of rank " + std::to_string(rank) +
                      ", but the cluster has " + std::to_string(block.cluster.blocks.size()) +
                      (block.cluster.blocks.size() == 1 ? " block" : " blocks"),
                  int(lane))
          .at(address);
    if (access.space == Space::Shared)
      throw Fault(FaultClass::WrongSpace,
                  what +
                      " in shared::cta memory, but this is a shared::cluster address of the "
                      "block of rank " +
                      std::to_string(rank),
                  int(lane))
          .at(address);
    throw Fault(FaultClass::UseAfterFree,
                what + ", shared memory of the block of rank " + std::to_string(rank) +
                    ", which has exited",
                int(lane))
        .at(address);
  }
  const Allocation *found = block.launch.memory.find(address);
  if (found) {
    std::string allocation = std::to_string(found->size) + " bytes of " + found->origin;
    if (address - found->begin < found->size)
      throw Fault(FaultClass::UseAfterFree,
                  what + ", " + std::to_string(address - found->begin) + " bytes into " +
                      allocation + ", which was freed",
                  int(lane))
          .at(address, allocation);
    uint64_t distance =
        address < found->begin ? found->begin - address : address - (found->begin + found->size);
    throw Fault(FaultClass::OutOfBounds,
                what + ", " + std::to_string(distance) + " bytes " +
                    (address < found->begin ? "before " : "behind the end of ") + allocation +
                    ", which was freed",
                int(lane))
        .at(address, allocation);
  }
  throw Fault(FaultClass::OutOfBounds,
              what + (address < 4096 ? ": a null pointer"
                      : address < globalWindow
                          ? ", where no allocation is: host memory that is not registered"
                          : ", where no allocation is"),
              int(lane))
      .at(address);
}

/// The address is meant for `region` but does not fit.
[[noreturn]] void failOutside(const Access &access, const Region &region, unsigned lane) {
  uint64_t address = access.addresses[lane];
  uint64_t relative = address - region.begin - lane * region.beginStride;
  std::string what = whatItDoes(access, address);
  if (region.window == Space::Local && relative >> 32 && access.space == Space::Generic)
    throw Fault(FaultClass::WrongSpace,
                what + ", local memory of thread " +
                    std::to_string((address & windowOffsetMask) >> 32) +
                    " of the block, by thread " + std::to_string(access.warp.thread(lane)),
                int(lane))
        .at(address);
  if ((region.window == Space::Shared || region.window == Space::SharedCluster ||
       region.window == Space::Local || region.window == Space::Constant ||
       region.window == Space::Parameter) &&
      access.space != Space::Generic && address >> 56)
    throw Fault(FaultClass::WrongSpace,
                what + " in " + name(access.space) + " memory, but this is a generic address of " +
                    name(windowOf(address)) + " memory",
                int(lane))
        .at(address);
  std::string allocation = describe(access, region, relative);
  int64_t offset = int64_t(relative);
  // A 32-bit address that went below zero.
  if (access.space != Space::Generic && access.space != Space::Global && relative >> 32 == 0 &&
      int32_t(relative) < 0)
    offset = int32_t(relative);
  std::string where = offset < 0 ? std::to_string(-offset) + " bytes before "
                      : uint64_t(offset) < region.size
                          ? "of which " + std::to_string(offset + access.bytes - region.size) +
                                " lie behind the end of "
                      : uint64_t(offset) == region.size
                          ? std::string("right behind the end of ")
                          : std::to_string(offset - region.size) + " bytes behind the end of ";
  throw Fault(FaultClass::OutOfBounds, what + ", " + where + allocation, int(lane))
      .at(address, allocation);
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

std::string azulejo::cudasim::describeShared(const Block &block, uint64_t offset, uint64_t bytes) {
  const Program &program = block.launch.program;
  const Symbol *best = nullptr;
  std::string_view bestName;
  auto consider = [&](std::string_view name, const Symbol &symbol) {
    if (symbol.space != ptx::StateSpace::Shared || symbol.openShared)
      return;
    // The nearest variable that begins at or before the offset.
    if (symbol.address <= offset && (!best || best->address < symbol.address)) {
      best = &symbol;
      bestName = name;
    }
  };
  for (auto &[name, symbol] : program.globals)
    consider(name, symbol);
  for (auto &[name, symbol] : program.functions[block.launch.kernel.function].symbols)
    consider(name, symbol);
  if (offset >= block.launch.kernel.dynamicSharedOffset && block.launch.config.dynamicSharedBytes)
    return "byte " + std::to_string(offset - block.launch.kernel.dynamicSharedOffset) +
           " of the dynamic part";
  if (!best)
    return "offset " + std::to_string(offset);
  uint64_t begin = offset - best->address;
  return "bytes " + std::to_string(begin) + " to " + std::to_string(begin + bytes) +
         " from the begin of `" + std::string(bestName) + "`";
}

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

/// Where the pattern's instruction was last, if `address` is there too. Else as findRegion.
static bool findRegionAgain(const Access &access, uint64_t address, Pattern &pattern,
                            Region &region) {
  const Allocation *last = pattern.allocation;
  if (last && address - last->begin < last->size && !last->freed) {
    region = globalRegion(*last);
    return true;
  }
  if (!findRegion(access, address, region))
    return false;
  pattern.allocation = region.allocation;
  return true;
}

/// All lanes together; false where something is wrong with one, or they are in several regions.
static bool resolveTogether(Access &access) {
  const uint64_t address = access.addresses[__builtin_ctz(access.lanes)];
  Region region;
  // Asynchronous copies look at many places, which have no pattern.
  if (access.token || access.proxy == Proxy::Async)
    return findRegion(access, address, region) &&
           (access.kind == Access::Read || !isReadOnly(region)) && resolveAll(access, region);
  Pattern &pattern =
      access.warp.block.cluster.worker.patterns.of(access.warp.pcOf(access.instruction));
  if (!findRegionAgain(access, address, pattern, region) ||
      (access.kind != Access::Read && isReadOnly(region)))
    return false;
  if (region.beginStride)
    return resolveAll(access, region);
  if (!pattern.fits(access))
    pattern.learn(access);
  return resolvePattern(access, region, pattern);
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
