//===- Clock.cpp - Joining what threads know ------------------------------===//
#include "runtime/cudasim/Check/Clock.h"
#include <algorithm>

using namespace azulejo::cudasim;

void Known::join(const Known &other) {
  if (!lanes && !other.lanes) {
    all = std::max(all, other.all);
    return;
  }
  if (lanes == other.lanes && all == other.all)
    return;
  auto joined = std::make_shared<std::array<Time, warpSize>>();
  for (unsigned lane = 0; lane < warpSize; ++lane)
    (*joined)[lane] = std::max(of(lane), other.of(lane));
  all = *std::min_element(joined->begin(), joined->end());
  if (all == *std::max_element(joined->begin(), joined->end()))
    lanes = nullptr;
  else
    lanes = std::move(joined);
}

void Known::raise(LaneMask raised, LaneMask started, Time time) {
  if ((raised & started) == started) {
    all = time;
    lanes = nullptr;
    return;
  }
  auto changed = std::make_shared<std::array<Time, warpSize>>();
  for (unsigned lane = 0; lane < warpSize; ++lane)
    (*changed)[lane] = raised >> lane & 1 ? time : of(lane);
  all = time;
  for (unsigned lane = 0; lane < warpSize; ++lane)
    if (started >> lane & 1)
      all = std::min(all, (*changed)[lane]);
  lanes = std::move(changed);
}

void Known::limit(const Known &known, unsigned own) {
  if (!known.lanes && known.all >= all && (!lanes || *this == known))
    return;
  auto limited = std::make_shared<std::array<Time, warpSize>>();
  for (unsigned lane = 0; lane < warpSize; ++lane)
    (*limited)[lane] = lane == own ? of(lane) : std::min(of(lane), known.of(lane));
  all = *std::min_element(limited->begin(), limited->end());
  lanes = std::move(limited);
}

static void joinEach(std::vector<Known> &into, const std::vector<Known> &from) {
  if (into.size() < from.size())
    into.resize(from.size());
  for (size_t i = 0; i < from.size(); ++i)
    into[i].join(from[i]);
}

void azulejo::cudasim::join(PublishedPtr &into, const PublishedPtr &from) {
  if (!from || from == into)
    return;
  if (!into) {
    into = from;
    return;
  }
  auto joined = std::make_shared<PublishedViews>(*into);
  join(*joined, *from);
  into = *joined == *from ? from : std::move(joined);
}

void View::join(const View &other) {
  if (this == &other)
    return;
  joinEach(warps, other.warps);
  joinEach(proxied, other.proxied);
  joinEach(fenced, other.fenced);
  joinEach(fencedInBlock, other.fencedInBlock);
  azulejo::cudasim::join(pending, other.pending);
  azulejo::cudasim::join(foreign, other.foreign);
  updateFloor();
}

void View::join(const PublishedViews &published, uint64_t cluster) {
  PublishedViews others = foreign ? *foreign : PublishedViews();
  for (auto &[number, view] : published)
    if (number == cluster)
      join(*view);
    else
      azulejo::cudasim::join(others, {{number, view}});
  foreign = std::make_shared<PublishedViews>(std::move(others));
}

void View::updateFloor() {
  floor = warps.empty() ? 0 : ~Time(0);
  for (const Known &known : warps)
    floor = std::min(floor, known.all);
}

void azulejo::cudasim::join(PublishedViews &into, const PublishedViews &from) {
  for (auto &[cluster, view] : from) {
    ViewPtr &mine = into[cluster];
    if (!mine) {
      mine = view;
    } else if (mine != view) {
      auto joined = std::make_shared<View>(*mine);
      joined->join(*view);
      mine = *joined == *view ? view : ViewPtr(std::move(joined));
    }
  }
}

SyncObject::SyncObject() = default;
SyncObject::~SyncObject() = default;
SyncObject::SyncObject(SyncObject &&) noexcept = default;
SyncObject &SyncObject::operator=(SyncObject &&) noexcept = default;
void SyncObject::reset() { clock.reset(); }
