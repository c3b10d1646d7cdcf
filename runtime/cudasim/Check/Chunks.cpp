//===- Chunks.cpp - Reads of chunks of pages ------------------------------===//
#include "runtime/cudasim/Check/Chunks.h"
#include "runtime/cudasim/Check/Races.h"
#include <cstring>
#include <immintrin.h>

using namespace azulejo::cudasim;

static constexpr unsigned chunkBytes = ChunkRows::chunkBytes,
                          chunksOfLine = Line::bytes / chunkBytes;
static_assert(Page::bytes == ChunkRows::pageBytes && Page::bytes / chunkBytes == 64);

static Stamp stampOf(const Chunks::Read &read) {
  Stamp stamp{read.record, 0, {}, false};
  stamp.map.lanes = 1;
  return stamp;
}

/// Whether the operation lies behind all writes to the page.
static bool isBehindWrites(Accessor &accessor, Page &page, const Piece &piece) {
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

bool azulejo::cudasim::mayReadChunks(Accessor &accessor, Page &page, const Piece &piece) {
  if (!page.chunks)
    page.chunks = std::make_unique<Chunks>();
  Chunks &chunks = *page.chunks;
  Chunks::Reader &reader = chunks.reader(accessor.agent);
  const uint32_t lane = accessor.oneAgent ? accessor.lane : Chunks::Reader::wholeWarp;
  if (reader.agent == accessor.agent && reader.lane == lane && reader.writes == chunks.writes)
    return true;
  if (!isBehindWrites(accessor, page, piece))
    return false;
  reader = {accessor.agent, lane, chunks.writes};
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
  std::vector<Chunks::Read> &reads = page.chunks->reads;
  Chunks::Read *joins = nullptr;
  for (size_t i = 0; i < reads.size(); ++i) {
    Chunks::Read &read = reads[i];
    if (read.record.who == accessor.record.who) {
      read.chunks |= mask;
      joins = &read;
      continue;
    }
    // Whoever is ordered behind this read is ordered behind one that lies before it.
    if (!(read.chunks & mask) || !isKnownBefore(stampOf(read), piece, accessor))
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

/// Of a warp, as one stamp for all of its lanes.
static Stamp stampOf(const Chunks::WarpRead &read) {
  Stamp stamp{read.record, 0, {}, false};
  stamp.map.lanes = allLanes;
  return stamp;
}

/// Without chunks that the same lanes, and maybe others, read in `mask` now.
static ChunkMask notReadAgain(const Chunks::WarpRead &read, ChunkMask mask,
                              const std::array<LaneMask, 64> &lanes) {
  ChunkMask kept = read.chunks;
  for (ChunkMask both = read.chunks & mask; both; both &= both - 1) {
    const unsigned chunk = unsigned(__builtin_ctzll(both));
    if (!(read.lanes[chunk] & ~lanes[chunk]))
      kept &= ~(both & -both);
  }
  return kept;
}

void azulejo::cudasim::passChunkReads(Accessor &accessor, Page &page, const Piece &piece,
                                      ChunkMask mask, const std::array<LaneMask, 64> &lanes) {
  std::vector<Chunks::WarpRead> &reads = page.chunks->warpReads;
  Chunks::WarpRead *joins = nullptr;
  for (size_t i = 0; i < reads.size(); ++i) {
    Chunks::WarpRead &read = reads[i];
    if (read.record.who == accessor.record.who && read.record.time == accessor.record.time) {
      joins = &read;
      continue;
    }
    if (!(read.chunks & mask))
      continue;
    if (isKnownBefore(stampOf(read), piece, accessor))
      read.chunks &= ~mask;
    else if (read.record.who == accessor.record.who)
      read.chunks = notReadAgain(read, mask, lanes);
    if (read.chunks)
      continue;
    if (joins == &reads.back())
      joins = &read;
    read = reads.back();
    reads.pop_back();
    --i;
  }
  if (!joins) {
    reads.emplace_back();
    joins = &reads.back();
    joins->record = accessor.record;
  }
  for (ChunkMask left = mask; left; left &= left - 1) {
    const unsigned chunk = unsigned(__builtin_ctzll(left));
    joins->lanes[chunk] = (joins->chunks & left & -left ? joins->lanes[chunk] : 0) | lanes[chunk];
  }
  joins->chunks |= mask;
}

/// A write of `touched` against what a warp read of them.
static void checkWarpRead(Accessor &accessor, const Chunks::WarpRead &read, unsigned line,
                          ChunkMask touched, const Piece &piece) {
  Stamp stamp = stampOf(read);
  if (isKnownBefore(stamp, piece, accessor))
    return;
  for (ChunkMask left = read.chunks & touched; left; left &= left - 1) {
    const unsigned chunk = unsigned(__builtin_ctzll(left));
    stamp.map.lanes = read.lanes[chunk];
    stamp.bytes = ByteMask((1u << chunkBytes) - 1) << (chunk - line * chunksOfLine) * chunkBytes;
    checkStamp(accessor, stamp, piece);
  }
}

void azulejo::cudasim::passChunkWrite(Accessor &accessor, Page &page, unsigned line,
                                      const Piece &piece) {
  Chunks &chunks = *page.chunks;
  ++chunks.writes;
  if (chunks.reads.empty() && chunks.warpReads.empty())
    return;
  // Of a chunk that is written in part the read stays: it was of all its bytes.
  constexpr uint32_t whole = (1u << chunkBytes) - 1;
  __m128i bytes;
  std::memcpy(&bytes, &piece.bytes, sizeof bytes);
  auto chunksLike = [&](__m128i value) {
    const __m128i like = _mm_cmpeq_epi16(bytes, value); // a chunk's bits are 16
    return ChunkMask(_mm_movemask_epi8(_mm_packs_epi16(like, like)) & 0xff)
           << (line * chunksOfLine);
  };
  const ChunkMask untouched = chunksLike(_mm_setzero_si128()),
                  covered = chunksLike(_mm_set1_epi16(-1)),
                  touched = (ChunkMask(0xff) << (line * chunksOfLine)) & ~untouched;
  for (size_t i = 0; i < chunks.reads.size(); ++i) {
    Chunks::Read &read = chunks.reads[i];
    if (!(read.chunks & touched))
      continue;
    Stamp stamp = stampOf(read);
    for (unsigned each = 0; each < chunksOfLine; ++each)
      if (read.chunks >> (line * chunksOfLine + each) & 1)
        stamp.bytes |= ByteMask(whole) << (each * chunkBytes);
    checkStamp(accessor, stamp, piece);
    read.chunks &= ~covered;
    if (!read.chunks) {
      read = chunks.reads.back();
      chunks.reads.pop_back();
      --i;
    }
  }
  for (size_t i = 0; i < chunks.warpReads.size(); ++i) {
    Chunks::WarpRead &read = chunks.warpReads[i];
    if (!(read.chunks & touched))
      continue;
    checkWarpRead(accessor, read, line, touched, piece);
    read.chunks &= ~covered;
    if (!read.chunks) {
      read = chunks.warpReads.back();
      chunks.warpReads.pop_back();
      --i;
    }
  }
}
