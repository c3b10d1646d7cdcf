//===- Chunks.cpp - Operations that read chunks of pages ------------------===//
#include "runtime/cudasim/Check/Chunks.h"
#include "runtime/cudasim/Check/Races.h"
#include <cstring>

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

bool azulejo::cudasim::mayReadChunks(Accessor &accessor, Page &page, const Piece &piece,
                                     bool initialization) {
  if (!page.chunks)
    page.chunks = std::make_unique<Chunks>();
  Chunks &chunks = *page.chunks;
  if (initialization && !chunks.initialized) {
    if (!page.initialized || std::memchr(page.initialized.get(), 0, Page::bytes))
      return false;
    chunks.initialized = true;
  }
  Chunks::Reader &reader = chunks.reader(accessor.agent);
  if (reader.agent == accessor.agent && reader.lane == accessor.lane &&
      reader.writes == chunks.writes)
    return true;
  if (!isBehindWrites(accessor, page, piece))
    return false;
  reader = {accessor.agent, accessor.lane, chunks.writes};
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

void azulejo::cudasim::passChunkWrite(Accessor &accessor, Page &page, unsigned line,
                                      const Piece &piece) {
  Chunks &chunks = *page.chunks;
  ++chunks.writes;
  if (chunks.reads.empty())
    return;
  // Of a chunk that is written in part the read stays: it was of all its bytes.
  constexpr uint32_t whole = (1u << chunkBytes) - 1;
  ChunkMask touched = 0, covered = 0;
  for (unsigned i = 0; i < chunksOfLine; ++i) {
    const uint32_t bytes = uint32_t(piece.bytes >> (i * chunkBytes)) & whole;
    touched |= ChunkMask(bytes != 0) << (line * chunksOfLine + i);
    covered |= ChunkMask(bytes == whole) << (line * chunksOfLine + i);
  }
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
}
