//===- Lines.cpp - A warp's access against stamps -------------------------===//
#include "runtime/cudasim/Check/Races.h"
#include <algorithm>

using namespace azulejo::cudasim;

static unsigned lowest(ByteMask mask) {
  return uint64_t(mask) ? unsigned(__builtin_ctzll(uint64_t(mask)))
                        : 64 + unsigned(__builtin_ctzll(uint64_t(mask >> 64)));
}
static ByteMask from(unsigned byte) { return byte < Line::bytes ? ~ByteMask(0) << byte : 0; }
static unsigned highestLane(LaneMask lanes) { return 31 - unsigned(__builtin_clz(lanes)); }

/// Calls f(begin, end, lanes) for the bytes in `mask`, as many at a time as the lanes of both maps
/// stay the same.
template <class F> static void forRuns(ByteMask mask, const LaneMap &a, const LaneMap &b, F &&f) {
  while (mask) {
    unsigned begin = lowest(mask);
    unsigned end = std::min({a.endOf(begin), b.endOf(begin), Line::bytes});
    if (ByteMask gap = ~mask & from(begin))
      end = std::min(end, lowest(gap));
    mask &= from(end);
    f(begin, end);
  }
}

/// Lane by lane, as the cells do it.
static void checkEach(Accessor &accessor, const Stamp &stamp, const Piece &piece) {
  forRuns(stamp.bytes & piece.bytes, stamp.map, piece.map, [&](unsigned begin, unsigned) {
    for (LaneMask mine = piece.map.at(begin); mine; mine &= mine - 1) {
      unsigned lane = unsigned(__builtin_ctz(mine));
      accessor.at(lane);
      for (LaneMask theirs = stamp.map.at(begin); theirs; theirs &= theirs - 1) {
        Record other = stamp.of(unsigned(__builtin_ctz(theirs)));
        if (other.who != accessor.record.who || accessor.needsProxyFence)
          checkAgainst(accessor, other, stamp.wrote, piece.kind, piece.addressOf(lane),
                       piece.window);
      }
    }
  });
}

bool azulejo::cudasim::isKnownBefore(const Stamp &stamp, const Piece &piece, Accessor &accessor) {
  Record &passed = stamp.wrote ? accessor.passedWrites : accessor.passedReads;
  if (accessor.oneAgent && stamp.record.who == passed.who && stamp.record.time == passed.time)
    return true;
  if (!isAllBefore(stamp, piece, accessor))
    return false;
  passed = stamp.record;
  return true;
}

void azulejo::cudasim::checkStamp(Accessor &accessor, const Stamp &stamp, const Piece &piece) {
  const Record &record = stamp.record;
  if (areStrongTogether(accessor, record, stamp.wrote, piece.kind, piece.window))
    return;
  if (isKnownBefore(stamp, piece, accessor) || isSameInstruction(record, accessor))
    return;
  checkEach(accessor, stamp, piece);
}

/// The stamp that the piece leaves. Of lanes that write the same bytes the last one stays.
static Stamp stampOf(const Accessor &accessor, const Piece &piece) {
  Stamp stamp{accessor.record, piece.bytes, piece.map, piece.kind != Access::Read};
  if (stamp.record.isAsync())
    stamp.record.time = 0;
  else
    stamp.record.who &= ~uint64_t(31);
  if (stamp.wrote && stamp.map.lanes)
    stamp.map.lanes = 1u << highestLane(stamp.map.lanes);
  return stamp;
}

/// Whether they differ in their bytes only, so that one stamp can stand for both. A read may stand
/// for one of another instruction, as reads in cells do.
static bool isLike(const Stamp &stamp, const Stamp &fresh) {
  return stamp.record.who == fresh.record.who && stamp.record.time == fresh.record.time &&
         stamp.wrote == fresh.wrote && stamp.map == fresh.map &&
         (!stamp.wrote || stamp.record.pc == fresh.record.pc);
}

namespace {

/// The place of a stamp that has no bytes left, for the one that comes.
class Hole {
public:
  explicit Hole(Line &line) : line(line) {}
  /// Whether `stamp` has become the hole; else the last stamp has taken its place.
  bool take(Stamp *stamp) {
    if (!place) {
      place = stamp;
      return true;
    }
    *stamp = line.end()[-1];
    line.pop();
    return false;
  }
  void fill(const Stamp &fresh) {
    if (place)
      *place = fresh;
    else
      line.add(fresh);
  }
  void close() {
    if (!place)
      return;
    *place = line.end()[-1];
    line.pop();
  }

private:
  Line &line;
  Stamp *place = nullptr;
};

} // namespace

static void passWrite(Accessor &accessor, Line &line, const Piece &piece) {
  const bool strong = accessor.record.isStrong();
  const Stamp fresh = stampOf(accessor, piece);
  line.readByMany = 0;
  Hole hole(line);
  Stamp *absorbs = nullptr, *const stamps = line.begin();
  for (unsigned i = 0; i < line.size(); ++i) {
    Stamp *stamp = stamps + i;
    if (stamp->bytes & piece.bytes) {
      checkStamp(accessor, *stamp, piece);
      // A strong write leaves a weak one behind it in sight.
      if (!(strong && stamp->wrote && !stamp->record.isStrong()))
        stamp->bytes &= ~piece.bytes;
      if (!stamp->bytes) {
        if (!hole.take(stamp))
          --i;
        continue;
      }
    }
    if (!absorbs && isLike(*stamp, fresh))
      absorbs = stamp;
  }
  if (!absorbs)
    return hole.fill(fresh);
  absorbs->bytes |= fresh.bytes;
  hole.close();
}

static void passRead(Accessor &accessor, Line &line, const Piece &piece) {
  const Stamp fresh = stampOf(accessor, piece);
  Hole hole(line);
  bool needed = true, isFirstOfCluster = true;
  size_t readers = 0;
  ByteMask byOthers = 0; // read by threads of other clusters, weakly
  Stamp *const stamps = line.begin();
  for (unsigned i = 0; i < line.size(); ++i) {
    Stamp *stamp = stamps + i;
    const bool common = (stamp->bytes & piece.bytes) != 0;
    if (stamp->wrote) {
      if (common)
        checkStamp(accessor, *stamp, piece);
    } else if (needed && isLike(*stamp, fresh)) {
      stamp->bytes |= fresh.bytes;
      needed = false;
    } else if (common) {
      if (stamp->record.cluster() != accessor.cluster.number)
        byOthers |= stamp->record.isStrong() ? 0 : stamp->bytes;
      else
        isFirstOfCluster = false;
      // Whoever is ordered behind this read is ordered behind one that lies before it.
      if (isKnownBefore(*stamp, piece, accessor))
        stamp->bytes &= ~piece.bytes;
      if (!stamp->bytes) {
        if (!hole.take(stamp))
          --i;
        continue;
      }
      readers += (stamp->bytes & piece.bytes) == piece.bytes;
    }
  }
  const bool isOfMany =
      accessor.state.apart && piece.window == Space::Global && !accessor.record.isStrong();
  if (needed && !(piece.window == Space::Global && readers > globalReaders &&
                  !(isOfMany && isFirstOfCluster)))
    hole.fill(fresh);
  else
    hole.close();
  if (isOfMany && byOthers)
    line.readByMany |= wholeChunks(byOthers & piece.bytes);
}

/// Its stamps become cells.
static void makeExact(const Accessor &accessor, Page &page, unsigned number, Space window) {
  Line &line = page.lines[number];
  unsigned shift = 2;
  for (const Stamp &stamp : line) {
    constexpr ByteMask inWord = ByteMask(0x7777777777777777) << 64 | 0x7777777777777777;
    bool words = !((stamp.bytes ^ stamp.bytes >> 1) & inWord);
    if (!words || (!stamp.map.lanes && (stamp.map.shift < 2 || stamp.map.origin % 4)))
      shift = 0;
  }
  page.refine(shift);
  if (page.cells.empty())
    page.cells.resize(Page::bytes >> page.shift);
  Cell *cells = &page.cells[number * Line::bytes >> page.shift];
  for (unsigned i = 0; i < Line::bytes >> page.shift; ++i) {
    uint32_t list = cells[i].moreReads;
    cells[i] = Cell();
    cells[i].moreReads = list;
    if (list)
      page.lists[list - 1].clear();
  }
  for (const Stamp &stamp : line)
    forRuns(stamp.bytes, stamp.map, stamp.map, [&](unsigned begin, unsigned end) {
      LaneMask lanes = stamp.map.at(begin);
      Record record = stamp.of(highestLane(lanes));
      for (unsigned i = begin >> page.shift; i < end >> page.shift; ++i) {
        Cell &cell = cells[i];
        if (!stamp.wrote) {
          addRead(page, cell, {record, record.isAsync() ? 0 : lanes}, window,
                  accessor.cluster.warps.size());
        } else if (!cell.write.who) {
          cell.write = record;
        } else if (record.isStrong()) {
          cell.strongWrite = record;
        } else {
          cell.strongWrite = cell.write;
          cell.write = record;
        }
      }
    });
  line.clear();
  line.exact = true;
}

static void passExact(Accessor &accessor, Page &page, unsigned number, const Piece &piece) {
  page.refine(piece.granuleShift);
  unsigned first = number * Line::bytes;
  forRuns(piece.bytes, piece.map, piece.map, [&](unsigned begin, unsigned end) {
    for (LaneMask lanes = piece.map.at(begin); lanes; lanes &= lanes - 1) {
      unsigned lane = unsigned(__builtin_ctz(lanes));
      accessor.at(lane);
      passCells(accessor, page, first + begin, first + end, piece.kind, piece.addressOf(lane),
                piece.window);
    }
  });
  // Nothing is left but this write.
  if (piece.kind != Access::Read && !accessor.record.isStrong() && piece.bytes == ~ByteMask(0)) {
    page.lines[number].clear();
    page.lines[number].add(stampOf(accessor, piece));
  }
}

void azulejo::cudasim::passLine(Accessor &accessor, Page &page, unsigned number,
                                const Piece &piece) {
  Line &line = page.lines[number];
  page.stamped = true;
  if (piece.kind == Access::Read && line.readByMany &&
      !(touchedChunks(piece.bytes) & ~line.readByMany))
    return;
  if (piece.kind != Access::Read && page.chunks)
    passChunkWrite(accessor, page, number, piece);
  if (!line.exact && line.size() >= Line::mostStamps)
    makeExact(accessor, page, number, piece.window);
  if (line.exact)
    passExact(accessor, page, number, piece);
  else if (piece.kind == Access::Read)
    passRead(accessor, line, piece);
  else
    passWrite(accessor, line, piece);
}
