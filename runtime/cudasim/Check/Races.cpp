//===- Races.cpp - One access against those before it ---------------------===//
#include "runtime/cudasim/Check/State.h"
#include <algorithm>

using namespace azulejo::cudasim;

/// Whether an operation's work lies before what the accessor does now.
static bool isBefore(const Operation &operation, bool asReader, uint32_t recordLane,
                     const Accessor &accessor) {
  auto knows = [&](const std::vector<Operation::Absorbed> &absorbed) {
    for (const Operation::Absorbed &by : absorbed) {
      // cp.async is each lane's own: only its wait counts for what it copied.
      LaneMask lanes = operation.kind == AsyncKind::CopyAsync && !by.acquired
                           ? by.lanes & (1u << recordLane)
                           : by.lanes;
      if (by.agent == accessor.agent && (lanes >> accessor.lane & 1))
        return true;
      const Known &known = accessor.view->warps[by.agent];
      for (LaneMask left = lanes; left; left &= left - 1)
        if (known.of(__builtin_ctz(left)) >= by.time)
          return true;
    }
    return false;
  };
  return knows(operation.done) || (asReader && knows(operation.sourcesRead));
}

/// Whether `record` happens before the accessor's access.
static bool isBefore(const Record &record, bool asReader, const Accessor &accessor) {
  if (record.cluster() != accessor.cluster.number) {
    if (record.isAsync() || !accessor.view->foreign)
      return false;
    auto found = accessor.view->foreign->find(record.cluster());
    return found != accessor.view->foreign->end() && record.warp() < found->second->warps.size() &&
           found->second->warps[record.warp()].of(record.lane()) >= record.time;
  }
  if (record.isAsync())
    return record.token() == accessor.record.token() && accessor.record.isAsync()
               ? true
               : isBefore(accessor.cluster.operations[record.token() - 1], asReader, record.time,
                          accessor);
  if (record.time <= accessor.view->floor)
    return true;
  // A thread's own accesses, and those of whoever issued this operation until then, precede it.
  if (record.warp() == accessor.agent && record.lane() == accessor.lane)
    return true;
  return accessor.view->warps[record.warp()].of(record.lane()) >= record.time;
}

static bool isFenced(const Record &record, const Accessor &accessor) {
  if (record.isAsync() || record.cluster() != accessor.cluster.number)
    return true;
  const std::vector<Known> &proxied = accessor.view->proxied;
  return record.warp() < proxied.size() && proxied[record.warp()].of(record.lane()) >= record.time;
}

static std::string describeThread(const Record &record, const Accessor &accessor) {
  const Launch &launch = accessor.state.launch;
  uint32_t perBlock = accessor.cluster.warpsPerBlock;
  uint32_t pc = record.pc;
  std::string text;
  if (record.isAsync()) {
    text = "an asynchronous operation issued";
  } else {
    uint32_t thread = record.warp() % perBlock * warpSize + record.lane();
    const Dim3 &shape = launch.config.block;
    text = "thread (" + std::to_string(thread % shape.x) + "," +
           std::to_string(thread / shape.x % shape.y) + "," +
           std::to_string(thread / shape.x / shape.y) + ")";
  }
  if (record.cluster() != accessor.cluster.number)
    text += " of another " + std::string(launch.config.cluster.count() > 1 ? "cluster" : "block");
  else if (!record.isAsync() && record.warp() / perBlock != accessor.agent / perBlock)
    text += " of another block of the cluster";
  const ptx::Statement &statement = *launch.program.code[pc].statement;
  return text + " at PTX line " + std::to_string(statement.line) + ": " +
         std::string(launch.program.module->lineText(statement.line));
}

[[noreturn]] static void fail(const Accessor &accessor, const Record &other, bool otherWrote,
                              Access::Kind kind, uint64_t address, Space window,
                              FaultClass faultClass) {
  std::string what = kind == Access::Read ? "reads" : kind == Access::Write ? "writes" : "updates";
  std::string message =
      what + " what " + describeThread(other, accessor) + (otherWrote ? " wrote" : " read");
  message += faultClass == FaultClass::MissingProxyFence
                 ? ", through the async proxy and with no fence.proxy.async between them"
                 : ", and nothing orders the two";
  Fault fault(faultClass, message, int(accessor.lane));
  fault.with(describeThread(other, accessor));
  const Allocation *allocation =
      window == Space::Global ? accessor.state.launch.memory.find(address) : nullptr;
  fault.at(address, allocation ? allocation->origin
                               : "shared memory at " +
                                     std::to_string(address & ((1u << sharedRankShift) - 1)));
  throw fault;
}

static bool sameInstruction(const Record &record, const Accessor &accessor) {
  return !record.isAsync() && record.pc == accessor.record.pc && record.warp() == accessor.agent &&
         record.cluster() == accessor.cluster.number && record.time == accessor.record.time;
}

static void checkAgainst(const Accessor &accessor, const Record &record, bool recordWrote,
                         Access::Kind kind, uint64_t address, Space window) {
  if (record.isStrong() && accessor.record.isStrong())
    return;
  // Two lanes of one instruction: which of them wins is left open, and often does not matter.
  if (sameInstruction(record, accessor))
    return;
  bool async = record.isAsync() || accessor.record.isAsync();
  if (!isBefore(record, !recordWrote, accessor))
    fail(accessor, record, recordWrote, kind, address, window,
         async                     ? FaultClass::AsyncRace
         : window == Space::Global ? FaultClass::GlobalRace
                                   : FaultClass::SharedRace);
  if (accessor.needsProxyFence && recordWrote && !isFenced(record, accessor))
    fail(accessor, record, recordWrote, kind, address, window, FaultClass::MissingProxyFence);
}

/// How many readers of different warps a granule of global memory remembers. All readers of two
/// blocks conflict with any writer, so that more find nothing more.
static constexpr size_t globalReaders = 8;

/// The same warp, and weak or strong alike.
static bool isSameWarp(const Record &a, const Record &b) { return (a.who ^ b.who) >> 5 == 0; }

/// An operation other than cp.async, in which each lane is on its own.
static bool isOneAgent(const Accessor &accessor) {
  return accessor.record.isAsync() &&
         accessor.cluster.operations[accessor.record.token() - 1].kind != AsyncKind::CopyAsync;
}

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
  if (read.record.isAsync() && isOneAgent(accessor)) {
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

/// Nearly all accesses follow ones that the last barrier of the whole block ordered before them:
/// true for those.
static bool isLongBefore(const Accessor &accessor, const Record &record) {
  return record.time <= accessor.view->floor && !record.isAsync() &&
         record.cluster() == accessor.cluster.number;
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
    if (isOneAgent(accessor) && isPassedRead(accessor, read.record))
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
  const bool oneAgent = isOneAgent(accessor);
  for (uint32_t index = begin >> shift, last = (end - 1) >> shift; index <= last; ++index) {
    Cell &cell = page.cells[index];
    if (cell.write.who && (accessor.needsProxyFence || (cell.write.who != accessor.record.who &&
                                                        !isLongBefore(accessor, cell.write)))) {
      bool passed = oneAgent && cell.write.who == accessor.passedWrite.who &&
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
