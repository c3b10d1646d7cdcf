//===- Accesses.cpp - A warp's access on its way to the shadow ------------===//
#include "runtime/cudasim/Check/Races.h"
#include <algorithm>
#include <cstring>

using namespace azulejo::cudasim;

static constexpr uint32_t sharedOffsetMask = (1u << sharedRankShift) - 1;

static bool isShared(Space window) {
  return window == Space::Shared || window == Space::SharedCluster;
}

namespace {

/// Where a lane's access falls.
struct Place {
  Shadow *shadow = nullptr; // null for spaces that threads do not share
  PhaseFilter *filter = nullptr;
  uint64_t offset = 0, size = 0;
};

class PlaceFinder {
public:
  PlaceFinder(Checkers::State &state, const Access &access) : state(state), access(access) {}

  Place find(unsigned lane) {
    uint64_t address = access.resolved[lane];
    if (access.windows[lane] == Space::Global) {
      // The lanes of a warp mostly touch one allocation.
      if (!allocation || address - allocation->begin >= allocation->size) {
        allocation = state.launch.memory.find(address);
        shadow = allocation ? &state.shadow(*allocation) : nullptr;
      }
      return {shadow, nullptr, allocation ? address - allocation->begin : 0,
              allocation ? allocation->size : 0};
    }
    if (!isShared(access.windows[lane]))
      return {};
    uint32_t inWindow = uint32_t(address);
    const Block &block = *access.warp.block.cluster.blocks[inWindow >> sharedRankShift];
    BlockState &owner = Checkers::State::of(block);
    return {&owner.shared, &owner.filter, inWindow & sharedOffsetMask, block.shared.size()};
  }

private:
  Checkers::State &state;
  const Access &access;
  Allocation *allocation = nullptr;
  Shadow *shadow = nullptr;
};

/// Lanes whose bytes lie side by side or are the same, and can be looked at together.
struct Segment {
  unsigned first = 0; // lane
  LaneMask involved = 0;
  uint64_t bytes = 0; // of all of them
  LaneMap map;        // its origin is not used

  unsigned laneOf(uint64_t byte) const {
    return map.lanes ? first : first + unsigned(byte >> map.shift);
  }
};

/// The segment of the first of `left`, within `room` bytes. Lanes are `together` where they have
/// one view; those of one operation are one agent, whatever their number.
Segment takeSegment(const Access &access, LaneMask left, uint64_t room, bool together,
                    bool oneAgent) {
  Segment segment;
  segment.first = unsigned(__builtin_ctz(left));
  segment.involved = 1u << segment.first;
  segment.bytes = access.bytes;
  segment.map.lanes = oneAgent ? 1 : segment.involved;
  const uint64_t *addresses = access.resolved, begin = addresses[segment.first];
  const bool sized = access.bytes <= 16 && (access.bytes & (access.bytes - 1)) == 0;
  if (oneAgent ? !together : !(together && sized))
    return segment;
  if (access.contiguous) {
    segment.involved = allLanes;
    segment.bytes = uint64_t(access.bytes) * warpSize;
  } else {
    for (unsigned lane = segment.first + 1;
         lane < warpSize && (left >> lane & 1) && addresses[lane] == begin + segment.bytes &&
         segment.bytes + access.bytes <= room;
         ++lane) {
      segment.involved |= 1u << lane;
      segment.bytes += access.bytes;
    }
  }
  if (segment.bytes > access.bytes) {
    if (!oneAgent)
      segment.map = {0, 0, uint8_t(__builtin_ctz(access.bytes))};
    return segment;
  }
  if (!oneAgent)
    for (LaneMask more = left & (left - 1); more && addresses[__builtin_ctz(more)] == begin;
         more &= more - 1)
      segment.map.lanes = segment.involved |= more & -more;
  return segment;
}

} // namespace

/// Bytes [begin, end) of a page are read.
static void checkInitialized(const Access &access, const Segment &segment, const Place &place,
                             const Page &page, uint32_t begin, uint32_t end, uint64_t offset) {
  const uint8_t *flags = page.initialized.get();
  // Rows of matrices have 16 or 32 bytes.
  constexpr uint64_t set = 0x0101010101010101;
  if (uint32_t size = end - begin; size == 16 || size == 32) {
    uint64_t first[2], last[2];
    std::memcpy(first, flags + begin, sizeof first);
    std::memcpy(last, flags + end - sizeof last, sizeof last);
    if ((first[0] & first[1] & last[0] & last[1]) == set)
      return;
  }
  const void *missing = memchr(flags + begin, 0, end - begin);
  if (!missing)
    return;
  // What passed the filter was noted there alone.
  uint32_t byte = uint32_t(static_cast<const uint8_t *>(missing) - flags);
  while (byte < end && (flags[byte] || (place.filter &&
                                        place.filter->wasWritten(uint32_t(offset) + byte - begin))))
    ++byte;
  if (byte == end)
    return;
  unsigned lane = segment.laneOf(offset + byte - begin - place.offset);
  throw Fault(place.filter ? FaultClass::UninitializedShared : FaultClass::UninitializedGlobal,
              std::string("reads ") + std::to_string(access.bytes) + " bytes of " +
                  (place.filter ? "shared" : "device") + " memory that nobody has written",
              int(lane))
      .at(access.resolved[lane]);
}

/// log2 of the granule that keeps apart what lanes access apart.
static unsigned granuleShift(const Access &access) {
  uint64_t unit = access.bytes;
  if (access.token) // of a copy the elements' size may be less than what it really touches
    for (LaneMask left = access.lanes; left; left &= left - 1)
      unit |= access.resolved[__builtin_ctz(left)];
  else
    unit |= access.alignment;
  return unsigned(__builtin_ctzll(unit | 16));
}

/// Bytes [begin, end) of a page, which are a segment's from its byte `skipped` on, line by line.
static void passPage(Accessor &accessor, Page &page, Piece &piece, const Segment &segment,
                     uint32_t begin, uint32_t end, uint64_t skipped) {
  for (uint32_t number = begin / Line::bytes + 1; number < (end - 1) / Line::bytes; ++number)
    __builtin_prefetch(&page.lines[number], 1);
  for (uint32_t at = begin; at < end;) {
    uint32_t number = at / Line::bytes, lineBegin = number * Line::bytes;
    uint32_t last = std::min(end, lineBegin + Line::bytes);
    ByteMask mask = ~ByteMask(0) >> (Line::bytes - (last - at));
    piece.bytes = mask << (at - lineBegin);
    piece.map = segment.map;
    if (!piece.map.lanes) {
      int64_t first = int64_t(at - lineBegin) - int64_t(skipped + (at - begin));
      piece.map.origin = int16_t(first - (int64_t(segment.first) << segment.map.shift));
    }
    passLine(accessor, page, number, piece);
    at = last;
  }
}

bool azulejo::cudasim::isWithinLines(const Access &access) {
  uint64_t windows[warpSize / 8];
  std::memcpy(windows, access.windows, sizeof windows);
  uint64_t other = 0, across = 0;
  for (uint64_t each : windows)
    other |= each ^ uint64_t(Space::Shared) * 0x0101010101010101;
  if (other)
    return false;
  auto lines = [&](unsigned lane) {
    return (access.resolved[lane] % Line::bytes + access.bytes - 1) / Line::bytes;
  };
  if (access.lanes == allLanes) {
    for (unsigned lane = 0; lane < warpSize; ++lane)
      across |= lines(lane);
  } else {
    for (LaneMask left = access.lanes; left; left &= left - 1)
      across |= lines(unsigned(__builtin_ctz(left)));
  }
  return across == 0;
}

/// Writes by an operation of whole chunks of shared memory.
static bool isOfChunks(const Accessor &accessor, const Access &access, const Place &place) {
  return accessor.oneAgent && access.kind == Access::Write && !accessor.record.isStrong() &&
         place.filter && place.filter->hasGivenUp() &&
         (place.offset | access.bytes) % ChunkRows::chunkBytes == 0;
}

/// As passPage, of such a write.
static void passOperationWrite(Accessor &accessor, Page &page, Piece &piece, const Segment &segment,
                               uint32_t begin, uint32_t end, uint64_t skipped) {
  Piece ofPage = piece;
  ofPage.address += skipped - begin;
  if (passChunkWrites(accessor, page, ofPage, chunksOf(begin, end), nullptr, 0))
    return;
  passPage(accessor, page, piece, segment, begin, end, skipped);
  if (end - begin == Page::bytes)
    toChunks(accessor, page);
}

namespace {

/// What is to be done with an access.
struct Pass {
  bool initialization, races;
  Time time;
  const View *view = nullptr; // of all lanes; null: each lane's own
};

} // namespace

/// Reads of an operation that are many and small: wgmma's.
static void passPieces(Accessor &accessor, const Access &access, Piece &piece, const Place &shared,
                       const Pass &pass) {
  const ByteMask mask = ~ByteMask(0) >> (Line::bytes - access.bytes);
  piece.window = Space::Shared;
  piece.map.lanes = piece.involved = 1;
  Segment segment;
  segment.map.lanes = 1;
  segment.bytes = access.bytes;
  // Rows of a matrix lie in one page, eight or so of them.
  Page *page = nullptr;
  uint32_t pageNumber = ~0u;
  ChunkMask chunks = 0;
  bool asChunks = false;
  for (LaneMask left = access.lanes; left; left &= left - 1) {
    unsigned lane = unsigned(__builtin_ctz(left));
    const uint32_t offset = uint32_t(access.resolved[lane]) & sharedOffsetMask,
                   first = offset % Page::bytes;
    if (offset / Page::bytes != pageNumber) {
      if (chunks)
        passChunkReads(accessor, *page, piece, chunks);
      chunks = 0;
      pageNumber = offset / Page::bytes;
      page = &shared.shadow->page(offset);
      prepare(*page, accessor.state);
      asChunks = accessor.needsProxyFence && mayReadChunks(accessor, *page, piece, ~ChunkMask(0));
    }
    const ChunkMask here = asChunks ? chunksOf(first, first + access.bytes) : 0;
    if (here && (!pass.initialization || areInitialized(*page, here))) {
      chunks |= here;
      continue;
    }
    toLines(*page);
    piece.bytes = mask << (first % Line::bytes);
    piece.address = access.resolved[lane];
    passLine(accessor, *page, first / Line::bytes, piece);
    if (pass.initialization) {
      segment.first = lane;
      checkInitialized(access, segment, shared, *page, first, first + access.bytes, offset);
    }
  }
  if (chunks)
    passChunkReads(accessor, *page, piece, chunks);
}

/// What it does is an operation's. Returns the operation's Record::who.
static uint64_t actFor(Accessor &accessor, AsyncToken token) {
  const Operation &operation = accessor.cluster.operations[token - 1];
  accessor.agent = operation.agent;
  accessor.lane = operation.lane;
  accessor.view = operation.view.get();
  accessor.oneAgent = operation.kind != AsyncKind::CopyAsync;
  return Record::valid | Record::async | (accessor.cluster.number << 24 & (Record::valid - 1)) |
         (token & 0xffffff);
}

static void passAccess(Checkers::State &state, const Access &access, const Pass &pass) {
  ClusterState &cluster = Checkers::State::cluster(access.warp);
  Accessor accessor(state, cluster, Checkers::State::agent(access.warp), pass.view);
  const WarpClock &clock = cluster.warps[accessor.agent];
  uint64_t who;
  if (access.token) {
    who = actFor(accessor, access.token);
    accessor.needsProxyFence = access.proxy == Proxy::Async && access.kind == Access::Read;
  } else {
    who = Record::valid | (cluster.number << 16 & (Record::valid - 1)) | accessor.agent << 5;
    if (!accessor.view && clock.isUniform())
      accessor.view = clock.common.get();
  }
  if (access.atomic || access.order != Order::Weak) {
    bool limited = isShared(access.windows[__builtin_ctz(access.lanes)])
                       ? access.order == Order::Volatile
                       : access.scope == Scope::Block;
    who |= Record::strong | (limited ? Record::limited : 0);
  }
  accessor.record = {who, access.token ? 0 : pass.time, access.warp.pcOf(access.instruction)};
  const bool together = accessor.view != nullptr;
  Piece piece{access.kind, Space::Global, 0, 0, {}, 0, 0, 0};
  LaneMask left = access.lanes;
  if (isOfRows(access) && pass.races && together && !accessor.record.isStrong() &&
      !(left = passRows(accessor, access, Checkers::State::of(access.warp.block),
                        pass.initialization)))
    return;
  piece.granuleShift = granuleShift(access);
  PlaceFinder finder(state, access);
  if (accessor.oneAgent && pass.races && access.kind == Access::Read && isWithinLines(access))
    return passPieces(accessor, access, piece, finder.find(__builtin_ctz(access.lanes)), pass);
  PageLock lock;
  while (left) {
    unsigned lane = unsigned(__builtin_ctz(left));
    const Place place = finder.find(lane);
    if (!place.shadow) {
      left &= left - 1;
      continue;
    }
    const Segment segment =
        takeSegment(access, left, place.size - place.offset, together, accessor.oneAgent);
    left &= ~segment.involved;
    if (!together)
      accessor.view = clock.view(lane).get();
    piece.window = access.windows[lane];
    piece.involved = segment.involved;
    piece.address = access.resolved[lane];
    piece.firstLane = lane;
    const bool ofChunks = pass.races && isOfChunks(accessor, access, place);
    for (uint64_t offset = place.offset, end = offset + segment.bytes; offset < end;) {
      uint32_t first = offset % Page::bytes;
      uint32_t last = uint32_t(std::min<uint64_t>(Page::bytes, first + (end - offset)));
      Page &page = place.shadow->page(offset);
      lock.take(&page, state.parallel && !place.filter);
      prepare(page, state);
      if (pass.races ? !ofChunks : access.kind != Access::Write)
        toLines(page);
      if (pass.initialization && page.initialized) {
        if (access.kind != Access::Write)
          checkInitialized(access, segment, place, page, first, last, offset);
        if (access.kind != Access::Read) {
          const ChunkMask mask = page.chunks ? chunksOf(first, last) : 0;
          if (!mask || mask & ~page.chunks->initialized)
            std::memset(page.initialized.get() + first, 1, last - first);
          if (place.filter && !place.filter->hasGivenUp())
            place.filter->noteWritten(uint32_t(offset), last - first);
        }
      }
      if (ofChunks)
        passOperationWrite(accessor, page, piece, segment, first, last, offset - place.offset);
      else if (pass.races)
        passPage(accessor, page, piece, segment, first, last, offset - place.offset);
      offset += last - first;
    }
  }
}

void azulejo::cudasim::endPhase(Checkers::State &state, Block &block, bool forGood) {
  PhaseFilter &filter = Checkers::State::of(block).filter;
  if (!filter.isActive())
    return forGood ? filter.giveUp() : void();
  filter.handOver([&](const PhaseFilter::Entry &entry, const View &view, const uint32_t *offsets) {
    Warp &warp = *block.warps[entry.warp];
    Access access(warp, warp.program.code[entry.pc], entry.kind, Space::Shared);
    access.atomic = entry.strong;
    access.lanes = entry.lanes;
    access.bytes = entry.bytes;
    access.contiguous = entry.isContiguous();
    const uint64_t window = sharedWindow | uint64_t(block.rank) << sharedRankShift;
    for (unsigned lane = 0; lane < warpSize; ++lane) {
      access.resolved[lane] = window | (offsets ? offsets[lane] : entry.first + lane * entry.bytes);
      access.windows[lane] = Space::Shared;
    }
    passAccess(state, access, {false, true, entry.time, &view});
  });
  if (forGood)
    filter.giveUp();
}

/// Whether the filter deals with an access of shared memory.
static bool passFilter(Checkers::State &state, const Access &access) {
  Block &block = access.warp.block;
  PhaseFilter &filter = Checkers::State::of(block).filter;
  if (!filter.isActive())
    return false;
  ClusterState &cluster = Checkers::State::cluster(access.warp);
  const WarpClock &clock = cluster.warps[Checkers::State::agent(access.warp)];
  if (access.token == 0 && clock.isUniform() &&
      filter.note(access, access.warp.pcOf(access.instruction), access.warp.index, cluster.now,
                  clock.common))
    return true;
  endPhase(state, block, false);
  return false;
}

void Checkers::access(const Access &access) {
  if (!enabled)
    return;
  const bool isShared = ::isShared(access.windows[__builtin_ctz(access.lanes)]);
  if (access.token && !isShared && !impl->launch.options.checkGlobalInitialization)
    return; // there is nothing left to be checked of it
  const bool strong = access.atomic || access.order != Order::Weak;
  const bool filtered = isShared && passFilter(*impl, access);
  if (!filtered) {
    Time now = State::cluster(access.warp).now;
    passAccess(*impl, access, {true, access.token == 0, now});
  }
  ClusterState &cluster = State::cluster(access.warp);
  const bool isRemote = cluster.remote && isShared && access.token == 0;
  // What another one adds to without looking at it, it does not know of.
  if (isRemote && strong && !access.ordersElsewhere &&
      (access.kind == Access::Read ||
       (access.kind == Access::ReadWrite && access.instruction.destinations)))
    for (LaneMask left = access.lanes; left; left &= left - 1)
      cluster.remote->observe(access.resolved[__builtin_ctz(left)]);
  if (isRemote)
    cluster.remote->note(access, State::agent(access.warp), cluster.now);
  if (strong && access.token == 0 && !access.ordersElsewhere)
    orderByAtomic(*impl, access);
}

void Checkers::inFlight(const Access &access, bool now) {
  if (!enabled || !access.token)
    return;
  passAccess(*impl, access, {now, true, 0});
  ClusterState &cluster = State::cluster(access.warp);
  const AsyncKind kind = cluster.operations[access.token - 1].kind;
  if (cluster.remote && ::isShared(access.windows[__builtin_ctz(access.lanes)]) &&
      kind != AsyncKind::CopyAsync && kind != AsyncKind::Wgmma)
    cluster.remote->noteInFlight(access);
}

uint32_t Checkers::inFlight(Warp &warp, const Instruction &instruction, AsyncToken token,
                            const ChunkRows &rows) {
  if (!enabled || !token)
    return rows.count;
  Accessor accessor(*impl, State::cluster(warp), 0, nullptr);
  accessor.record = {actFor(accessor, token), 0, warp.pcOf(instruction)};
  accessor.needsProxyFence = true;
  Piece piece{Access::Read, Space::Shared, 0, 0, {}, 1, 0, 0};
  piece.map.lanes = 1;
  Shadow &shadow = State::of(warp.block).shared;
  for (uint32_t i = 0; i < rows.count; ++i) {
    Page &page = shadow.page(rows.begin + i * rows.stride);
    prepare(page, *impl);
    if (!mayReadChunks(accessor, page, piece, rows.chunks) || !areInitialized(page, rows.chunks))
      return i;
    passChunkReads(accessor, page, piece, rows.chunks);
  }
  return rows.count;
}
