//===- Rows.cpp - Accesses of whole chunks of shared memory ---------------===//
#include "runtime/cudasim/Check/Races.h"

using namespace azulejo::cudasim;

bool azulejo::cudasim::isOfRows(const Access &access) {
  if (access.kind == Access::ReadWrite || access.bytes != ChunkRows::chunkBytes ||
      (access.alignment ? access.alignment : access.bytes) % ChunkRows::chunkBytes != 0 ||
      access.proxy == Proxy::Async || (access.token && access.kind == Access::Read))
    return false;
  return access.pattern ? access.windows[__builtin_ctz(access.lanes)] == Space::Shared
                        : isWithinLines(access);
}

LaneMask azulejo::cudasim::passRows(Accessor &accessor, const Access &access, BlockState &owner,
                                    bool initialization) {
  const bool reads = access.kind == Access::Read;
  // The filter has to hear of what is written, as long as it may come back.
  if (!reads && !owner.filter.hasGivenUp())
    return access.lanes;
  Pattern::Rows found;
  if (!access.pattern)
    found.find(access);
  const Pattern::Rows &rows = access.pattern ? access.pattern->rows(access) : found;
  const uint64_t first = access.resolved[__builtin_ctz(access.lanes)];
  const uint32_t firstPage = uint32_t(first & ((1u << sharedRankShift) - 1)) / Page::bytes;
  Piece piece{access.kind, Space::Shared, 0, 0, {}, access.lanes, 0, 0};
  piece.map.lanes = allLanes;
  LaneMask closer = 0;
  for (const Pattern::Rows::OfPage &each : rows.pages) {
    Page &page = owner.shared.page(uint64_t(firstPage + each.page) * Page::bytes);
    prepare(page, accessor.state);
    if (reads) {
      if (mayReadChunks(accessor, page, piece, each.chunks) &&
          (!initialization || areInitialized(page, each.chunks)))
        passChunkReads(accessor, page, piece, each.chunks, each.lanes);
      else
        closer |= each.here;
      continue;
    }
    piece.address = first - first % Page::bytes + int64_t(each.page) * int64_t(Page::bytes);
    if (!passChunkWrites(accessor, page, piece, each.chunks, &each.lanes, owner.met))
      closer |= each.here;
    else if (initialization)
      page.chunks->initialized |= each.chunks;
  }
  return closer;
}
