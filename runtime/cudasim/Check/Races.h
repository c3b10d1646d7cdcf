//===- Races.h - One access against those before it -----------------------===//
#ifndef AZULEJO_CUDASIM_CHECK_RACES_H
#define AZULEJO_CUDASIM_CHECK_RACES_H

#include "runtime/cudasim/Check/State.h"

namespace azulejo::cudasim {

/// One access on its way through the shadow: who makes it and what he knows. `lane` and the lane in
/// `record` are of the lane that is looked at; `view` is the same for all that at() is told.
struct Accessor {
  Accessor(Checkers::State &state, ClusterState &cluster, uint32_t agent, const View *view)
      : state(state), cluster(cluster), agent(agent), view(view) {}

  Checkers::State &state;
  ClusterState &cluster;
  uint32_t agent, lane = 0;
  const View *view;
  bool needsProxyFence = false; // it reads through the async proxy
  bool oneAgent = false; // an operation other than cp.async, in which each lane is on its own
  Record record;
  /// For operations, whose view and lane stay the same: the write that was last found in order, and
  /// the asynchronous read that was last found before this one. Neighbouring places mostly have the
  /// same ones.
  Record passedWrite, passedRead;
  /// The same of stamps, which stand for all lanes.
  Record passedWrites, passedReads;

  void at(unsigned accessLane) {
    if (!oneAgent)
      lane = accessLane;
    // Of an asynchronous operation the time does not matter, but for cp.async the lane does.
    if (record.isAsync())
      record.time = accessLane;
    else
      record.who = (record.who & ~uint64_t(31)) | accessLane;
  }
};

/// What an access does to a line of shadow: the bytes `bytes`, and which lane touches which.
struct Piece {
  Access::Kind kind;
  Space window;
  unsigned granuleShift; // log2 of the bytes that keep apart what lanes access apart
  ByteMask bytes = 0;
  LaneMap map;
  LaneMask involved = 0; // the lanes that map names anywhere
  uint64_t address = 0;  // generic, of what the first of them touches, for reports
  unsigned firstLane = 0;

  uint64_t addressOf(unsigned lane) const {
    return map.lanes ? address : address + (uint64_t(lane - firstLane) << map.shift);
  }
};

/// How many readers of different warps a place in global memory remembers behind the first. All
/// readers of two blocks conflict with any writer, so that more find nothing more.
constexpr size_t globalReaders = 8;

/// Whether `record` happens before the accessor's access.
bool isBefore(const Record &record, bool asReader, const Accessor &accessor);
/// The same for all bytes and lanes that a stamp and a piece have in common, where that can be said
/// without looking at each. `false` says nothing.
bool isAllBefore(const Stamp &stamp, const Piece &piece, const Accessor &accessor);
/// isAllBefore, remembering what it said of the last record: of one agent it says the same for all
/// bytes, and neighbouring lines mostly have the same stamps.
bool isKnownBefore(const Stamp &stamp, const Piece &piece, Accessor &accessor);
/// Throws the Fault where the piece and the stamp have bytes in common and nothing orders the two.
void checkStamp(Accessor &accessor, const Stamp &stamp, const Piece &piece);
/// Nearly all accesses follow ones that the last barrier of the whole block ordered before them:
/// true for those.
inline bool isLongBefore(const Accessor &accessor, const Record &record) {
  return record.time <= accessor.view->floor && !record.isAsync() &&
         record.cluster() == accessor.cluster.number;
}
/// The same warp, and weak or strong alike.
inline bool isSameWarp(const Record &a, const Record &b) { return (a.who ^ b.who) >> 5 == 0; }
/// One execution of one instruction.
inline bool isSameInstruction(const Record &record, const Accessor &accessor) {
  return !record.isAsync() && record.pc == accessor.record.pc && record.warp() == accessor.agent &&
         record.cluster() == accessor.cluster.number && record.time == accessor.record.time;
}
/// Strong accesses do not race, but for two kinds:
/// - of global memory, if the scope of one is its own block (.cta) and the other is not in it;
/// - of shared memory, if both are volatile and one reads, and no loop waits for what it reads.
///   PTX calls volatile accesses strong; programs that reduce in shared memory through volatile
///   pointers, as was right before lanes had program counters of their own, rely on an order all
///   the same.
bool areStrongTogether(const Accessor &accessor, const Record &record, bool recordWrote,
                       Access::Kind kind, Space window);
/// Throws the Fault of two accesses that nothing orders.
void checkAgainst(const Accessor &accessor, const Record &record, bool recordWrote,
                  Access::Kind kind, uint64_t address, Space window);

/// Checks an access of the accessor's lane against the cells of bytes [begin, end) of a page and
/// leaves its record there; throws Fault.
void passCells(Accessor &accessor, Page &page, uint32_t begin, uint32_t end, Access::Kind kind,
               uint64_t address, Space window);
/// The same for many lanes and one line.
void passLine(Accessor &accessor, Page &page, unsigned line, const Piece &piece);
/// The chunks that bytes [begin, end) of a page are; 0 where they are not whole ones.
ChunkMask chunksOf(uint32_t begin, uint32_t end);
/// Whether an operation, or all lanes of a warp, may read these chunks of the page: they lie behind
/// all writes to them. `false` says nothing.
bool mayReadChunks(Accessor &accessor, Page &page, const Piece &piece, ChunkMask mask);
/// Whether these chunks are initialised; after mayReadChunks. `false` says nothing.
bool areInitialized(Page &page, ChunkMask mask);
/// Remembers that the operation reads them.
void passChunkReads(Accessor &accessor, Page &page, const Piece &piece, ChunkMask mask);
/// The same of a warp, of which `lanes` read each.
void passChunkReads(Accessor &accessor, Page &page, const Piece &piece, ChunkMask mask,
                    const ChunkLanes &lanes);
/// Checks a write of a line against those who read its chunks; throws Fault.
void passChunkWrite(Accessor &accessor, Page &page, unsigned line, const Piece &piece);
/// Checks a weak write of whole chunks by lanes of a warp, each by one, or by an operation (`lanes`
/// is null), and remembers it; throws Fault. `piece.address` is the page's. `false` where lines
/// have stamps that are not known to lie before `met`, the last time that the whole block met:
/// nothing was done then.
bool passChunkWrites(Accessor &accessor, Page &page, const Piece &piece, ChunkMask mask,
                     const ChunkLanes *lanes, Time met);
/// Behind a weak write of the whole page by an operation, which was checked line by line: it is all
/// that is left.
void toChunks(Accessor &accessor, Page &page);
/// What was written as chunks becomes stamps, for an access that is looked at line by line.
void toLines(Page &page);
/// Pieces of the shared memory of the executing block, each within one line.
bool isWithinLines(const Access &access);
/// Reads or writes of whole chunks of the executing block's shared memory.
bool isOfRows(const Access &access);
/// Such an access by lanes of a warp with one view, weak and not atomic.
/// Returns the lanes that are to be looked at line by line.
LaneMask passRows(Accessor &accessor, const Access &access, BlockState &owner, bool initialization);
/// Records of earlier launches are forgotten when a page is first looked at in this one.
inline void prepare(Page &page, const Checkers::State &state) {
  if (page.launch == state.id)
    return;
  page.forgetAccesses();
  page.launch = state.id;
}
/// Remembers a read of a cell that has others.
void addRead(Page &page, Cell &cell, const ReadRecord &read, Space window, size_t warps);

} // namespace azulejo::cudasim

#endif // AZULEJO_CUDASIM_CHECK_RACES_H
