//===- PhaseFilter.cpp - Shared memory between two barriers ---------------===//
#include "runtime/cudasim/Check/PhaseFilter.h"
#include "runtime/cudasim/Instructions/Lanes.h"

using namespace azulejo::cudasim;

/// Where threads rarely meet, the log ends a phase instead: it must not grow with the run.
static constexpr size_t longestLog = 4096;

/// A plain access whose pattern is known; where its words are `ascending`, in vector code.
template <bool ascending>
bool PhaseFilter::noteWords(const Access &access, const Pattern::Words &words, uint32_t first,
                            uint32_t warpTag) {
  const uint32_t count = words.count, now = phase, ever = begin;
  const uint32_t *places = words.places.data(), *touched = words.touched.data();
  uint32_t *write = &writes[first], *read = &reads[first];
  auto placeOf = [&](uint32_t i) { return ascending ? i : places[i] - places[0]; };
  uint32_t bad = 0;
  if (access.kind == Access::Read) {
    CUDASIM_LANES
    for (uint32_t i = 0; i < count; ++i) {
      const uint32_t by = touched[i], at = placeOf(i);
      const uint32_t mine = by == Pattern::Words::several ? now | several : warpTag | by;
      const uint32_t writer = write[int32_t(at)], reader = read[int32_t(at)];
      bad |= uint32_t(writer < ever) | (uint32_t(writer >= now) & uint32_t(writer != mine));
      read[int32_t(at)] = reader >= now && reader != mine ? now | several : mine;
    }
  } else {
    CUDASIM_LANES
    for (uint32_t i = 0; i < count; ++i) {
      const uint32_t at = placeOf(i), mine = warpTag | touched[i];
      const uint32_t writer = write[int32_t(at)], reader = read[int32_t(at)];
      bad |= (uint32_t(writer >= now) & uint32_t(writer != mine)) |
             (uint32_t(reader >= now) & uint32_t(reader != mine));
      write[int32_t(at)] = mine;
    }
  }
  return bad == 0;
}

/// `mine` is the tag of the thread that touches the word, or of several that read it.
bool PhaseFilter::noteWord(Access::Kind kind, bool strong, uint32_t word, uint32_t mine) {
  const uint32_t now = phase, writer = writes[word], reader = reads[word];
  const bool writtenNow = writer >= now, readNow = reader >= now;
  if (kind == Access::Read) {
    reads[word] = readNow && reader != mine ? now | several : mine;
    return (writer >= begin) & (!writtenNow | (writer == mine));
  }
  if (kind == Access::ReadWrite && writer < begin)
    return false;
  const uint32_t asWriter = strong ? now | byAtomics : mine;
  writes[word] = asWriter;
  return (!writtenNow | (writer == asWriter)) & (!readNow | (!strong & (reader == mine)));
}

bool PhaseFilter::noteEach(const Access &access, uint32_t warpTag) {
  auto offsetOf = [&](unsigned lane) {
    return uint32_t(access.resolved[lane]) & ((1u << sharedRankShift) - 1);
  };
  const uint32_t words = access.bytes >> shift;
  const bool strong = access.atomic || access.order != Order::Weak;
  bool agrees = true;
  for (LaneMask left = access.lanes; left;) {
    const unsigned lane = unsigned(__builtin_ctz(left));
    const uint32_t offset = offsetOf(lane);
    uint32_t tag = warpTag | lane;
    left &= left - 1;
    if (access.kind == Access::Read) // neighbours that read the same are noted together
      while (left && offsetOf(__builtin_ctz(left)) == offset) {
        tag = phase | several;
        left &= left - 1;
      }
    for (uint32_t word = offset >> shift, end = word + words; word < end; ++word)
      agrees &= noteWord(access.kind, strong, word, tag);
  }
  return agrees;
}

void PhaseFilter::refine(unsigned to) {
  for (std::vector<uint32_t> *tags : {&writes, &reads}) {
    std::vector<uint32_t> finer(tags->size() << (shift - to));
    for (size_t i = 0; i < finer.size(); ++i)
      finer[i] = (*tags)[i >> (shift - to)];
    *tags = std::move(finer);
  }
  shift = to;
}

bool PhaseFilter::note(const Access &access, uint32_t pc, uint32_t warp, Time time,
                       const ViewPtr &view) {
  const bool strong = access.atomic || access.order != Order::Weak;
  // A strong load alone would need a tag of its own, and so would volatile stores.
  if (log.size() == longestLog || (strong && access.kind == Access::Read) ||
      access.order == Order::Volatile)
    return false;
  if (unsigned finest = unsigned(__builtin_ctz(access.bytes | access.alignment | 4));
      finest < shift)
    refine(finest);
  if (views.empty() || views.back() != view)
    views.push_back(view);
  log.push_back({time, pc, warp, access.lanes, access.bytes, uint32_t(views.size() - 1),
                 uint32_t(access.resolved[0]) & ((1u << sharedRankShift) - 1), Entry::contiguous,
                 access.kind, strong});
  Entry &entry = log.back();
  const uint32_t warpTag = phase | warp << 5;
  if (!access.contiguous) {
    entry.first = 0;
    entry.offsets = uint32_t(offsets.size());
    offsets.resize(offsets.size() + warpSize);
    uint32_t *at = &offsets[entry.offsets];
    CUDASIM_LANES
    for (unsigned lane = 0; lane < warpSize; ++lane)
      at[lane] = uint32_t(access.resolved[lane]) & ((1u << sharedRankShift) - 1);
  }
  const bool plain = !strong && access.kind != Access::ReadWrite && access.bytes <= 16;
  const Pattern::Words *words = plain && access.pattern ? access.pattern->words(shift) : nullptr;
  const uint32_t first =
      (uint32_t(access.resolved[__builtin_ctz(access.lanes)]) & ((1u << sharedRankShift) - 1)) >>
      shift;
  bool agrees;
  if (!words || (words->isShared && access.kind == Access::Write))
    agrees = noteEach(access, warpTag);
  else if (words->ascending)
    agrees = noteWords<true>(access, *words, first, warpTag);
  else
    agrees = noteWords<false>(access, *words, first, warpTag);
  if (!agrees)
    log.pop_back(); // the exact detector will see it as what it is: the access that comes now
  return agrees;
}

void PhaseFilter::nextPhase() {
  exact = false;
  forget();
  if (phase > ~uint32_t(0) - 2 * phaseUnit) { // tags of long ago would look new
    auto forgetTags = [&](std::vector<uint32_t> &tags) {
      for (uint32_t &tag : tags)
        tag = tag >= begin ? phaseUnit : 0; // written once, in no phase that is
    };
    forgetTags(writes);
    forgetTags(reads);
    begin = phase = phaseUnit;
  }
  phase += phaseUnit;
}
