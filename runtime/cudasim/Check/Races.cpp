//===- Races.cpp - One access against those before it ---------------------===//
#include "runtime/cudasim/Check/Races.h"

using namespace azulejo::cudasim;

/// Whether an operation's work lies before what the accessor does now.
static bool isOperationBefore(const Operation &operation, bool asReader, uint32_t recordLane,
                              const Accessor &accessor) {
  auto knows = [&](uint32_t list) {
    return accessor.cluster.anyAbsorbed(list, [&](const Absorbed &by) {
      // cp.async is each lane's own: only its wait counts for what it copied.
      LaneMask lanes = operation.kind == AsyncKind::CopyAsync && !by.acquired
                           ? by.lanes & (1u << recordLane)
                           : by.lanes;
      if (by.agent == accessor.agent && (lanes >> accessor.lane & 1))
        return true;
      return lanes && accessor.view->warps[by.agent].reaches(by.time, lanes);
    });
  };
  return knows(operation.done) || (asReader && knows(operation.sourcesRead));
}

/// Whether `record` happens before the accessor's access.
bool azulejo::cudasim::isBefore(const Record &record, bool asReader, const Accessor &accessor) {
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
               : isOperationBefore(accessor.cluster.operations[record.token() - 1], asReader,
                                   record.time, accessor);
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

bool azulejo::cudasim::areStrongTogether(const Accessor &accessor, const Record &record,
                                         bool recordWrote, Access::Kind kind, Space window) {
  const Record &mine = accessor.record;
  if (!mine.isStrong() || !record.isStrong())
    return false;
  if (window != Space::Global)
    return !mine.isLimited() || !record.isLimited() || recordWrote != (kind == Access::Read);
  if (!mine.isLimited() && !record.isLimited())
    return true;
  uint32_t perBlock = accessor.cluster.warpsPerBlock;
  return record.cluster() == mine.cluster() && record.warp() / perBlock == mine.warp() / perBlock;
}

void azulejo::cudasim::checkAgainst(const Accessor &accessor, const Record &record,
                                    bool recordWrote, Access::Kind kind, uint64_t address,
                                    Space window) {
  if (areStrongTogether(accessor, record, recordWrote, kind, window))
    return;
  // Two lanes of one instruction: which of them wins is left open, and often does not matter.
  if (isSameInstruction(record, accessor))
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

/// Whether an operation's work lies before what all of `lanes` do now.
static bool isBeforeAll(AsyncToken token, bool asReader, LaneMask lanes, const Accessor &accessor) {
  AsyncToken &complete = accessor.view->complete[token % accessor.view->complete.size()];
  if (complete == token)
    return true;
  const Operation &operation = accessor.cluster.operations[token - 1];
  auto knows = [&](uint32_t list) {
    return accessor.cluster.anyAbsorbed(list, [&](const Absorbed &by) {
      const Known &known = accessor.view->warps[by.agent];
      if (operation.kind == AsyncKind::CopyAsync && !by.acquired) {
        // A lane's wait counts for its own copies only: here all of them waited.
        LaneMask started = accessor.cluster.started[by.agent];
        if ((by.lanes & started) != started || known.all < by.time)
          return false;
        complete = token;
        return true;
      }
      return (by.agent == accessor.agent && (by.lanes & lanes) == lanes) ||
             known.reaches(by.time, by.lanes);
    });
  };
  return knows(operation.done) || (asReader && knows(operation.sourcesRead));
}

bool azulejo::cudasim::isAllBefore(const Stamp &stamp, const Piece &piece,
                                   const Accessor &accessor) {
  const Record &record = stamp.record;
  if (record.cluster() != accessor.cluster.number)
    return false;
  if (record.isAsync()) {
    if (accessor.record.isAsync() && record.token() == accessor.record.token())
      return true;
    LaneMask lanes = accessor.oneAgent ? 1u << accessor.lane : piece.involved;
    return isBeforeAll(record.token(), !stamp.wrote, lanes, accessor);
  }
  if (accessor.needsProxyFence && stamp.wrote) {
    const std::vector<Known> &proxied = accessor.view->proxied;
    if (record.warp() >= proxied.size() || proxied[record.warp()].all < record.time)
      return false;
  }
  if (record.time <= accessor.view->floor || accessor.view->warps[record.warp()].all >= record.time)
    return true;
  // A thread's own accesses.
  return !accessor.oneAgent && record.warp() == accessor.agent && stamp.map == piece.map &&
         piece.map.isEachOwn();
}
