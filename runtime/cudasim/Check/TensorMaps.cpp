//===- TensorMaps.cpp - Tensor maps that a kernel makes -------------------===//
#include "runtime/cudasim/Check/Races.h"
#include <algorithm>

using namespace azulejo::cudasim;

void Checkers::tensorMapAcquired(const Access &map) {
  if (!enabled)
    return;
  ClusterState &cluster = State::cluster(map.warp);
  const Time now = cluster.now++;
  std::lock_guard<std::mutex> lock(impl->mutex);
  for (LaneMask left = map.lanes; left; left &= left - 1) {
    std::vector<MapAcquired> &all = impl->mapsAcquired[map.resolved[__builtin_ctz(left)]];
    all.push_back({cluster.number, State::agent(map.warp), left & -left, now});
  }
}

void azulejo::cudasim::releaseTensorMaps(Checkers::State &state, Warp &warp, LaneMask lanes) {
  ClusterState &cluster = Checkers::State::cluster(warp);
  const uint32_t agent = Checkers::State::agent(warp);
  const Time now = cluster.now++;
  std::lock_guard<std::mutex> lock(state.mutex);
  for (LaneMask left = lanes; left; left &= left - 1)
    state.mapsReleased.push_back({cluster.number, agent, left & -left, now,
                                  cluster.warps[agent].view(unsigned(__builtin_ctz(left)))});
}

/// Whether a release lies behind a write: the writer's own, or one of whoever knew of the write.
static bool isReleaseOf(const MapsReleased &by, const Record &writer) {
  if (by.cluster != writer.cluster())
    return false;
  if (by.agent == writer.warp() && by.lane >> writer.lane() & 1)
    return by.time >= writer.time;
  return by.view->warps[writer.warp()].of(writer.lane()) >= writer.time;
}

/// Calls f(record) for whoever wrote of bytes [begin, end) of a page in this launch.
template <class F> static void forWriters(Page &page, uint32_t begin, uint32_t end, F &&f) {
  for (uint32_t number = begin / Line::bytes; number <= (end - 1) / Line::bytes; ++number) {
    Line &line = page.lines[number];
    const uint32_t lineBegin = number * Line::bytes;
    for (const Stamp &stamp : line)
      for (uint32_t byte = std::max(begin, lineBegin);
           stamp.wrote && byte < std::min(end, lineBegin + Line::bytes); ++byte)
        if (stamp.bytes >> (byte - lineBegin) & 1) {
          f(stamp.of(unsigned(__builtin_ctz(stamp.map.at(byte - lineBegin)))));
          break;
        }
    if (line.exact)
      for (uint32_t i = std::max(begin, lineBegin) >> page.shift;
           i < std::min(end, lineBegin + Line::bytes) >> page.shift; ++i)
        if (page.cells[i].write.who)
          f(page.cells[i].write);
  }
}

void Checkers::tensorMapUsed(const Access &map) {
  const unsigned lane = unsigned(__builtin_ctz(map.lanes));
  const uint64_t address = map.resolved[lane];
  Allocation *allocation =
      enabled && map.windows[lane] == Space::Global ? impl->launch.memory.find(address) : nullptr;
  if (!allocation)
    return;
  access(map); // it must have been written before, like anything that is read
  ClusterState &cluster = State::cluster(map.warp);
  const uint32_t agent = State::agent(map.warp);
  const View &view = *cluster.warps[agent].view(lane);
  const uint64_t offset = address - allocation->begin;
  const uint32_t begin = offset % Page::bytes; // 64-byte alignment: it may reach into the next page
  Page &page = impl->shadow(*allocation).page(offset);
  std::lock_guard<std::mutex> lock(impl->mutex);
  const std::vector<MapAcquired> &acquired = impl->mapsAcquired[address];
  forWriters(page, begin, std::min(begin + map.bytes, Page::bytes), [&](const Record &writer) {
    auto isKnown = [&](const MapAcquired &by) {
      if (by.cluster != cluster.number ||
          (writer.cluster() == cluster.number && !writer.isAsync() && writer.time > by.time))
        return false;
      return (by.agent == agent && by.lane >> lane & 1) ||
             view.warps[by.agent].of(unsigned(__builtin_ctz(by.lane))) >= by.time;
    };
    auto isReleased = [&](const MapsReleased &by) { return isReleaseOf(by, writer); };
    if (!writer.isAsync() &&
        std::none_of(impl->mapsReleased.begin(), impl->mapsReleased.end(), isReleased))
      throw Fault(FaultClass::MissingProxyFence,
                  "uses a tensor map that this kernel wrote, and no "
                  "fence.proxy.tensormap::generic.release lies behind the write",
                  int(lane))
          .at(address, allocation->origin);
    if (std::none_of(acquired.begin(), acquired.end(), isKnown))
      throw Fault(FaultClass::MissingProxyFence,
                  "uses a tensor map that this kernel wrote, and no "
                  "fence.proxy.tensormap::generic.acquire of it lies between",
                  int(lane))
          .at(address, allocation->origin);
  });
}
