//===- Cells.cpp - One lane's access against granules of memory -----------===//
#include "runtime/cudasim/Check/Races.h"

using namespace azulejo::cudasim;

/// Whether it is of the operation that was last found to lie before this one (of cp.async: and of
/// the same lane).
static bool isPassedRead(const Accessor &accessor, const Record &record) {
  return record.who == accessor.passedRead.who &&
         (record.time == accessor.passedRead.time ||
          accessor.cluster.operations[record.token() - 1].kind != AsyncKind::CopyAsync);
}

/// Whether the accessor's read makes remembering `read` needless: whoever is ordered behind it is
/// ordered behind both.
static bool isSuperseded(Accessor &accessor, const ReadRecord &read) {
  const Record &mine = accessor.record;
  if (read.record.isAsync() && accessor.oneAgent) {
    if (isPassedRead(accessor, read.record))
      return true;
    bool before = isBefore(read.record, true, accessor);
    if (before)
      accessor.passedRead = read.record;
    return before;
  }
  if (read.record.isAsync() || mine.isAsync() || !isSameWarp(read.record, mine))
    return isBefore(read.record, true, accessor);
  const Known &known = accessor.view->warps[accessor.agent];
  for (LaneMask left = read.lanes & ~(1u << accessor.lane); left; left &= left - 1)
    if (known.of(__builtin_ctz(left)) < read.record.time)
      return false;
  return true;
}

/// Adds the accessor's read to one of its warp at the same time, if `read` is that.
static bool joinsRead(const Accessor &accessor, ReadRecord &read) {
  const Record &mine = accessor.record;
  if (!isSameWarp(read.record, mine) || read.record.time != mine.time || mine.isAsync())
    return false;
  read.lanes |= 1u << accessor.lane;
  return true;
}

static void keepRead(Accessor &accessor, Page &page, Cell &cell, Space window) {
  ReadRecord mine{accessor.record, accessor.record.isAsync() ? 0 : 1u << accessor.lane};
  if (!cell.read.record.who || isLongBefore(accessor, cell.read.record)) {
    cell.read = mine;
    return;
  }
  const size_t warps = accessor.cluster.warps.size();
  if (!cell.moreReads) {
    if (isSuperseded(accessor, cell.read)) {
      cell.read = mine;
      return;
    }
    page.lists.emplace_back();
    cell.moreReads = uint32_t(page.lists.size());
  }
  std::vector<ReadRecord> &list = page.lists[cell.moreReads - 1];
  if (window != Space::Global && !accessor.record.isAsync()) {
    // Shared memory: a place for each warp of the cluster, those of asynchronous readers behind.
    if (list.size() < warps)
      list.insert(list.begin(), warps - list.size(), ReadRecord());
    ReadRecord &place = list[accessor.agent];
    if (joinsRead(accessor, place))
      return;
    // Where lanes of one warp read at times of their own, the earlier one stands for both.
    if (!place.record.who || isSuperseded(accessor, place))
      place = mine;
    else
      place.lanes |= mine.lanes;
    return;
  }
  if (window != Space::Global) {
    if (list.size() < warps)
      list.insert(list.begin(), warps - list.size(), ReadRecord());
    for (size_t i = warps; i < list.size(); ++i)
      if (isSuperseded(accessor, list[i])) {
        list[i] = mine;
        return;
      }
    list.push_back(mine);
    return;
  }
  for (ReadRecord &each : list)
    if (joinsRead(accessor, each))
      return;
  for (ReadRecord &each : list)
    if (isSuperseded(accessor, each)) {
      each = mine;
      return;
    }
  if (list.size() < globalReaders)
    list.push_back(mine);
}

static void checkReads(Accessor &accessor, const ReadRecord &read, Access::Kind kind,
                       uint64_t address, Space window) {
  if (read.record.isAsync()) {
    if (accessor.oneAgent && isPassedRead(accessor, read.record))
      return;
    checkAgainst(accessor, read.record, false, kind, address, window);
    accessor.passedRead = read.record;
    return;
  }
  for (LaneMask left = read.lanes; left; left &= left - 1) {
    Record one = read.record;
    one.who = (one.who & ~uint64_t(31)) | uint64_t(__builtin_ctz(left));
    if (one.who != accessor.record.who)
      checkAgainst(accessor, one, false, kind, address, window);
  }
}

void azulejo::cudasim::passCells(Accessor &accessor, Page &page, uint32_t begin, uint32_t end,
                                 Access::Kind kind, uint64_t address, Space window) {
  unsigned shift = page.shift;
  for (uint32_t index = begin >> shift, last = (end - 1) >> shift; index <= last; ++index) {
    Cell &cell = page.cells[index];
    if (cell.write.who && (accessor.needsProxyFence || (cell.write.who != accessor.record.who &&
                                                        !isLongBefore(accessor, cell.write)))) {
      bool passed = accessor.oneAgent && cell.write.who == accessor.passedWrite.who &&
                    cell.write.time == accessor.passedWrite.time;
      if (!passed) {
        checkAgainst(accessor, cell.write, true, kind, address, window);
        accessor.passedWrite = cell.write;
      }
    }
    if (cell.strongWrite.who && !accessor.record.isStrong() &&
        !isLongBefore(accessor, cell.strongWrite))
      checkAgainst(accessor, cell.strongWrite, true, kind, address, window);
    if (kind == Access::Read) {
      if (!joinsRead(accessor, cell.read))
        keepRead(accessor, page, cell, window);
      continue;
    }
    if (cell.read.record.who) {
      if (!isLongBefore(accessor, cell.read.record))
        checkReads(accessor, cell.read, kind, address, window);
      cell.read = ReadRecord();
      if (cell.moreReads) {
        std::vector<ReadRecord> &list = page.lists[cell.moreReads - 1];
        for (ReadRecord &each : list) {
          if (each.record.who && !isLongBefore(accessor, each.record))
            checkReads(accessor, each, kind, address, window);
          each = ReadRecord();
        }
      }
    }
    if (accessor.record.isStrong() && cell.write.who && !cell.write.isStrong()) {
      cell.strongWrite = accessor.record;
      continue;
    }
    cell.write = accessor.record;
    cell.strongWrite = Record();
  }
}

void azulejo::cudasim::addRead(Page &page, Cell &cell, const ReadRecord &read, Space window,
                               size_t warps) {
  if (!cell.read.record.who) {
    cell.read = read;
    return;
  }
  if (!cell.moreReads) {
    page.lists.emplace_back();
    cell.moreReads = uint32_t(page.lists.size());
  }
  std::vector<ReadRecord> &list = page.lists[cell.moreReads - 1];
  if (window != Space::Global && list.size() < warps)
    list.insert(list.begin(), warps - list.size(), ReadRecord());
  if (window == Space::Global || read.record.isAsync()) {
    list.push_back(read);
    return;
  }
  ReadRecord &place = list[read.record.warp()];
  if (place.record.who)
    place.lanes |= read.lanes;
  else
    place = read;
}
