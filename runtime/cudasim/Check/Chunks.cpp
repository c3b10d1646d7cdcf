//===- Chunks.cpp - Reads of chunks of pages ------------------------------===//
#include "runtime/cudasim/Check/Chunks.h"
#include "runtime/cudasim/Check/Races.h"
#include "runtime/cudasim/Instructions/Lanes.h"
#include <algorithm>
#include <cstring>

using namespace azulejo::cudasim;

static constexpr unsigned chunkBytes = ChunkRows::chunkBytes,
                          chunksOfLine = Line::bytes / chunkBytes;
static_assert(Page::bytes == ChunkRows::pageBytes && Page::bytes / chunkBytes == 64);

static Stamp stampOf(const Chunks::Touch &touch, bool wrote) {
  Stamp stamp{touch.record, 0, {}, wrote};
  stamp.map.lanes = 1;
  return stamp;
}

/// Of a warp, as one stamp for all of its lanes.
static Stamp stampOf(const Chunks::WarpTouch &touch, bool wrote) {
  Stamp stamp{touch.record, 0, {}, wrote};
  stamp.map.lanes = allLanes;
  return stamp;
}

/// A chunk's bytes in its line.
static ByteMask bytesOf(unsigned chunk) {
  return ByteMask((1u << chunkBytes) - 1) << chunk % chunksOfLine * chunkBytes;
}

/// Whether the accessor lies behind all writes that were made line by line.
static bool isBehindLines(Accessor &accessor, Page &page, const Piece &piece) {
  if (!page.stamped)
    return true;
  for (Line &line : page.lines) {
    if (line.exact)
      return false;
    for (const Stamp &stamp : line)
      if (stamp.wrote && !isKnownBefore(stamp, piece, accessor))
        return false;
  }
  return true;
}

ChunkMask azulejo::cudasim::chunksOf(uint32_t begin, uint32_t end) {
  if ((begin | end) % chunkBytes != 0)
    return 0;
  return ~ChunkMask(0) >> (64 - (end - begin) / chunkBytes) << begin / chunkBytes;
}

static Chunks &theChunks(Page &page) {
  if (!page.chunks)
    page.chunks = std::make_unique<Chunks>();
  return *page.chunks;
}

bool azulejo::cudasim::mayReadChunks(Accessor &accessor, Page &page, const Piece &piece,
                                     ChunkMask mask) {
  Chunks &chunks = theChunks(page);
  Chunks::Reader &reader = chunks.reader(accessor.agent);
  const uint32_t lane = accessor.oneAgent ? accessor.lane : Chunks::Reader::wholeWarp;
  if (reader.agent == accessor.agent && reader.lane == lane && reader.writes == chunks.writeCount)
    return true;
  bool all = true;
  auto isInOrder = [&](const auto &write) {
    const bool before = isKnownBefore(stampOf(write, true), piece, accessor);
    all &= before;
    return before || !(write.chunks & mask);
  };
  if (!std::all_of(chunks.writes.begin(), chunks.writes.end(), isInOrder) ||
      !std::all_of(chunks.warpWrites.begin(), chunks.warpWrites.end(), isInOrder) ||
      !isBehindLines(accessor, page, piece))
    return false;
  if (all)
    reader = {accessor.agent, lane, chunks.writeCount};
  return true;
}

bool azulejo::cudasim::areInitialized(Page &page, ChunkMask mask) {
  ChunkMask &known = page.chunks->initialized;
  if (!(mask & ~known))
    return true;
  if (!page.initialized)
    return false;
  constexpr uint64_t set = 0x0101010101010101;
  for (ChunkMask left = mask & ~known; left; left &= left - 1) {
    uint64_t flags[chunkBytes / 8];
    std::memcpy(flags, page.initialized.get() + chunkBytes * unsigned(__builtin_ctzll(left)),
                sizeof flags);
    if ((flags[0] & flags[1]) != set)
      return false;
    known |= left & -left;
  }
  return true;
}

void azulejo::cudasim::passChunkReads(Accessor &accessor, Page &page, const Piece &piece,
                                      ChunkMask mask) {
  std::vector<Chunks::Touch> &reads = page.chunks->reads;
  Chunks::Touch *joins = nullptr;
  for (size_t i = 0; i < reads.size(); ++i) {
    Chunks::Touch &read = reads[i];
    if (read.record.who == accessor.record.who) {
      read.chunks |= mask;
      joins = &read;
      continue;
    }
    // Whoever is ordered behind this read is ordered behind one that lies before it.
    if (!(read.chunks & mask) || !isKnownBefore(stampOf(read, false), piece, accessor))
      continue;
    read.chunks &= ~mask;
    if (!read.chunks) {
      read = reads.back();
      reads.pop_back();
      --i;
    }
  }
  if (!joins)
    reads.push_back({accessor.record, mask});
}

/// Without chunks that the same lanes, and maybe others, read in `mask` now.
static ChunkMask notReadAgain(const Chunks::WarpTouch &read, ChunkMask mask,
                              const ChunkLanes &lanes) {
  ChunkMask kept = read.chunks;
  for (ChunkMask both = read.chunks & mask; both; both &= both - 1) {
    const unsigned chunk = unsigned(__builtin_ctzll(both));
    if (!(read.lanes[chunk] & ~lanes[chunk]))
      kept &= ~(both & -both);
  }
  return kept;
}

/// As stamps have it: without a lane.
static Record recordOf(const Accessor &accessor) {
  Record record = accessor.record;
  if (record.isAsync())
    record.time = 0;
  else
    record.who &= ~uint64_t(31);
  return record;
}

/// Adds what the accessor touches, to `joined` where that is of the same warp and time.
static void add(std::vector<Chunks::WarpTouch> &touches, Chunks::WarpTouch *joined,
                const Record &record, ChunkMask mask, const ChunkLanes &lanes) {
  if (!joined) {
    touches.push_back({record, mask, lanes});
    return;
  }
  const uint32_t known[2] = {uint32_t(joined->chunks), uint32_t(joined->chunks >> 32)};
  const uint32_t touched[2] = {uint32_t(mask), uint32_t(mask >> 32)};
  for (unsigned half = 0; half < 2; ++half) {
    LaneMask *to = &joined->lanes[32 * half];
    const LaneMask *from = &lanes[32 * half];
    CUDASIM_LANES
    for (unsigned i = 0; i < 32; ++i)
      to[i] = (to[i] & -(known[half] >> i & 1)) | (from[i] & -(touched[half] >> i & 1));
  }
  joined->chunks |= mask;
}

void azulejo::cudasim::passChunkReads(Accessor &accessor, Page &page, const Piece &piece,
                                      ChunkMask mask, const ChunkLanes &lanes) {
  std::vector<Chunks::WarpTouch> &reads = page.chunks->warpReads;
  const Record mine = recordOf(accessor);
  Chunks::WarpTouch *joined = nullptr;
  for (size_t i = 0; i < reads.size(); ++i) {
    Chunks::WarpTouch &read = reads[i];
    if (read.record.who == mine.who && read.record.time == mine.time) {
      joined = &read;
      continue;
    }
    if (!(read.chunks & mask))
      continue;
    if (isKnownBefore(stampOf(read, false), piece, accessor))
      read.chunks &= ~mask;
    else if (read.record.who == mine.who)
      read.chunks = notReadAgain(read, mask, lanes);
    if (read.chunks)
      continue;
    if (joined == &reads.back())
      joined = &read;
    read = reads.back();
    reads.pop_back();
    --i;
  }
  add(reads, joined, mine, mask, lanes);
}

/// Calls check(touch, chunks) for those who touched any of `touched`, and forgets what they did to
/// `covered`.
template <class Touch, class Check>
static void overwrite(std::vector<Touch> &touches, ChunkMask touched, ChunkMask covered,
                      Check &&check) {
  for (size_t i = 0; i < touches.size(); ++i) {
    Touch &touch = touches[i];
    if (!(touch.chunks & touched))
      continue;
    check(touch, touch.chunks & touched);
    touch.chunks &= ~covered;
    if (touch.chunks)
      continue;
    touch = touches.back();
    touches.pop_back();
    --i;
  }
}

void azulejo::cudasim::passChunkWrite(Accessor &accessor, Page &page, unsigned line,
                                      const Piece &piece) {
  Chunks &chunks = *page.chunks;
  ++chunks.writeCount;
  if (chunks.reads.empty() && chunks.warpReads.empty())
    return;
  // Of a chunk that is written in part the read stays: it was of all its bytes.
  const ChunkMask covered = ChunkMask(wholeChunks(piece.bytes)) << line * chunksOfLine,
                  touched = ChunkMask(touchedChunks(piece.bytes)) << line * chunksOfLine;
  overwrite(chunks.reads, touched, covered, [&](const Chunks::Touch &read, ChunkMask both) {
    Stamp stamp = stampOf(read, false);
    for (; both; both &= both - 1)
      stamp.bytes |= bytesOf(unsigned(__builtin_ctzll(both)));
    checkStamp(accessor, stamp, piece);
  });
  overwrite(chunks.warpReads, touched, covered, [&](const Chunks::WarpTouch &read, ChunkMask both) {
    Stamp stamp = stampOf(read, false);
    if (isKnownBefore(stamp, piece, accessor))
      return;
    for (; both; both &= both - 1) {
      const unsigned chunk = unsigned(__builtin_ctzll(both));
      stamp.map.lanes = read.lanes[chunk];
      stamp.bytes = bytesOf(chunk);
      checkStamp(accessor, stamp, piece);
    }
  });
}

static const ChunkLanes *lanesOf(const Chunks::Touch &) { return nullptr; }
static const ChunkLanes *lanesOf(const Chunks::WarpTouch &touch) { return &touch.lanes; }

static void noteChunkWrites(const Accessor &accessor, Chunks &chunks, ChunkMask mask,
                            const ChunkLanes *lanes) {
  const Record mine = recordOf(accessor);
  auto find = [&](auto &writes) {
    auto found = std::find_if(writes.begin(), writes.end(), [&](const auto &write) {
      return write.record.who == mine.who && write.record.time == mine.time &&
             write.record.pc == mine.pc;
    });
    return found == writes.end() ? nullptr : &*found;
  };
  if (lanes)
    return add(chunks.warpWrites, find(chunks.warpWrites), mine, mask, *lanes);
  if (Chunks::Touch *joined = find(chunks.writes))
    joined->chunks |= mask;
  else
    chunks.writes.push_back({mine, mask});
}

/// Where all that the lines remember lies before a barrier that the whole block has passed, nobody
/// will be compared with it again.
static bool forgetLines(Page &page, Time met) {
  if (met <= page.lookedAt)
    return false;
  page.lookedAt = met;
  for (Line &line : page.lines) {
    if (line.exact)
      return false;
    for (const Stamp &stamp : line)
      if (stamp.record.isAsync() || stamp.record.time > met)
        return false;
  }
  for (Line &line : page.lines)
    line.clear();
  page.stamped = false;
  return true;
}

bool azulejo::cudasim::passChunkWrites(Accessor &accessor, Page &page, const Piece &piece,
                                       ChunkMask mask, const ChunkLanes *lanes, Time met) {
  if (page.stamped && !forgetLines(page, met))
    return false;
  Chunks &chunks = theChunks(page);
  ++chunks.writeCount;
  Piece one = piece;
  // Chunk by chunk, where nothing simpler says that all is in order.
  auto check = [&](Stamp stamp, ChunkMask both, const ChunkLanes *theirs) {
    if (isKnownBefore(stamp, piece, accessor))
      return;
    if (!lanes && !theirs) // of two operations one chunk says all
      both &= -both;
    for (; both; both &= both - 1) {
      const unsigned chunk = unsigned(__builtin_ctzll(both));
      if (theirs)
        stamp.map.lanes = (*theirs)[chunk];
      stamp.bytes = one.bytes = bytesOf(chunk);
      if (lanes)
        one.map.lanes = one.involved = (*lanes)[chunk];
      one.address = piece.address + chunk * chunkBytes;
      checkStamp(accessor, stamp, one);
    }
  };
  auto checkReads = [&](const auto &touch, ChunkMask both) {
    check(stampOf(touch, false), both, lanesOf(touch));
  };
  auto checkWrites = [&](const auto &touch, ChunkMask both) {
    check(stampOf(touch, true), both, lanesOf(touch));
  };
  overwrite(chunks.reads, mask, mask, checkReads);
  overwrite(chunks.warpReads, mask, mask, checkReads);
  overwrite(chunks.writes, mask, mask, checkWrites);
  overwrite(chunks.warpWrites, mask, mask, checkWrites);
  noteChunkWrites(accessor, chunks, mask, lanes);
  return true;
}

void azulejo::cudasim::toChunks(Accessor &accessor, Page &page) {
  for (Line &line : page.lines)
    line.clear();
  page.stamped = false;
  noteChunkWrites(accessor, theChunks(page), ~ChunkMask(0), nullptr);
}

void azulejo::cudasim::toLines(Page &page) {
  if (!page.chunks || (page.chunks->warpWrites.empty() && page.chunks->writes.empty()))
    return;
  for (const Chunks::WarpTouch &write : page.chunks->warpWrites) {
    Stamp stamp = stampOf(write, true);
    unsigned line = 0;
    for (ChunkMask left = write.chunks; left; left &= left - 1) {
      const unsigned chunk = unsigned(__builtin_ctzll(left)),
                     lane = unsigned(__builtin_ctz(write.lanes[chunk]));
      const int begin = int(chunk % chunksOfLine * chunkBytes);
      const LaneMap map{0, int16_t(begin - int(lane * chunkBytes)), 4};
      if (stamp.bytes && (chunk / chunksOfLine != line || !(stamp.map == map))) {
        page.lines[line].add(stamp);
        stamp.bytes = 0;
      }
      line = chunk / chunksOfLine;
      stamp.map = map;
      stamp.bytes |= bytesOf(chunk);
    }
    page.lines[line].add(stamp);
  }
  for (const Chunks::Touch &write : page.chunks->writes)
    for (unsigned line = 0; line < Page::lineCount; ++line) {
      Stamp stamp = stampOf(write, true);
      for (unsigned each = 0; each < chunksOfLine; ++each)
        if (write.chunks >> (line * chunksOfLine + each) & 1)
          stamp.bytes |= bytesOf(each);
      if (stamp.bytes)
        page.lines[line].add(stamp);
    }
  page.chunks->warpWrites.clear();
  page.chunks->writes.clear();
  page.stamped = true;
  for (ChunkMask left = page.chunks->initialized; left; left &= left - 1)
    std::memset(page.initialized.get() + chunkBytes * unsigned(__builtin_ctzll(left)), 1,
                chunkBytes);
}
