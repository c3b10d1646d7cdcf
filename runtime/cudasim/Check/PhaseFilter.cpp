//===- PhaseFilter.cpp - Shared memory between two barriers ---------------===//
#include "runtime/cudasim/Check/PhaseFilter.h"
#include <utility>

using namespace azulejo::cudasim;

/// Where threads rarely meet, the log ends a phase instead: it must not grow with the run.
static constexpr size_t longestLog = 4096;

bool PhaseFilter::note(const Access &access, uint32_t pc, uint32_t warp, Time time,
                       const ViewPtr &view) {
  if (log.size() == longestLog)
    return false;
  log.emplace_back();
  Entry &entry = log.back();
  entry.view = view;
  entry.time = time;
  entry.pc = pc;
  entry.warp = warp;
  entry.lanes = access.lanes;
  entry.bytes = access.bytes;
  entry.kind = access.kind;
  const uint32_t now = phase, words = access.bytes / 4;
  bool agrees = true;
  for (LaneMask left = access.lanes; left; left &= left - 1) {
    unsigned lane = __builtin_ctz(left);
    uint32_t offset = uint32_t(access.resolved[lane]) & ((1u << sharedRankShift) - 1);
    entry.offsets[lane] = offset;
    const uint32_t mine = now | warp << 5 | lane;
    for (uint32_t word = offset / 4, end = word + words; word < end; ++word) {
      uint32_t write = writes[word], read = reads[word];
      bool writtenNow = write >= now, readNow = read >= now;
      if (access.kind == Access::Read) {
        agrees &= write != 0 && (!writtenNow || write == mine);
        reads[word] = readNow && read != mine ? now | several : mine;
      } else {
        agrees &= (!writtenNow || write == mine) && (!readNow || read == mine);
        writes[word] = mine;
      }
    }
  }
  if (!agrees)
    log.pop_back(); // the exact detector will see it as what it is: the access that comes now
  return agrees;
}

std::vector<PhaseFilter::Entry> PhaseFilter::giveUp(bool forGood) {
  exact = true;
  forever |= forGood;
  return std::exchange(log, {});
}

void PhaseFilter::nextPhase() {
  exact = false;
  log.clear();
  phase += phaseUnit;
  if (phase == 0) { // tags of long ago would look new
    auto forget = [](std::vector<uint32_t> &tags) {
      for (uint32_t &tag : tags)
        tag = tag != 0; // written once, in no phase that is
    };
    forget(writes);
    forget(reads);
    phase = phaseUnit;
  }
}
