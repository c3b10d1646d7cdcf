//===- Pattern.cpp - How the lanes of an access lie to each other ---------===//
#include "runtime/cudasim/Memory/Pattern.h"
#include "runtime/cudasim/Instructions/Lanes.h"
#include "runtime/cudasim/Memory/Space.h"
#include <algorithm>

using namespace azulejo::cudasim;

template <bool whole>
static uint64_t distance(const uint64_t *addresses, uint64_t first, LaneMask lanes, unsigned lane) {
  uint64_t distance = addresses[lane] - first;
  return whole || (lanes >> lane & 1) ? distance : 0;
}

template <bool whole> static bool matches(const uint64_t *offsets, const Access &access) {
  const uint64_t *addresses = access.addresses, first = addresses[__builtin_ctz(access.lanes)];
  const LaneMask lanes = access.lanes;
  uint64_t unlike = 0;
  CUDASIM_LANES
  for (unsigned lane = 0; lane < warpSize; ++lane)
    unlike |= distance<whole>(addresses, first, lanes, lane) ^ offsets[lane];
  return unlike == 0;
}

bool Pattern::fits(const Access &access) {
  again = lanes == access.lanes && bytes == access.bytes &&
          (lanes == allLanes ? matches<true>(offsets, access) : matches<false>(offsets, access));
  return again;
}

const Pattern::Words *Pattern::words(unsigned shift) {
  if (hasWords && madeWords->shift == shift)
    return madeWords.get();
  if (!again)
    return nullptr;
  if (!madeWords)
    madeWords = std::make_unique<Words>();
  Words &made = *madeWords;
  made.shift = shift;
  made.isShared = false;
  made.ascending = true;
  made.places.clear();
  made.touched.clear();
  for (LaneMask left = lanes; left; left &= left - 1) {
    const unsigned lane = unsigned(__builtin_ctz(left));
    for (uint32_t i = 0; i < bytes >> shift; ++i) {
      const uint32_t place = uint32_t(int64_t(offsets[lane]) >> shift) + i;
      // Where all lie one behind the other, no place comes twice.
      auto known =
          contiguous ? made.places.end() : std::find(made.places.begin(), made.places.end(), place);
      if (known != made.places.end()) {
        made.touched[size_t(known - made.places.begin())] = Words::several;
        made.isShared = true;
        continue;
      }
      made.ascending &= made.places.empty() || place == made.places.back() + 1;
      made.places.push_back(place);
      made.touched.push_back(lane);
    }
  }
  made.count = uint32_t(made.places.size());
  hasWords = true;
  return madeWords.get();
}

static uint32_t sharedOffset(uint64_t address) {
  return uint32_t(address) & ((1u << sharedRankShift) - 1);
}

void Pattern::Rows::find(const Access &access) {
  constexpr uint32_t page = ChunkRows::pageBytes;
  const uint32_t first = sharedOffset(access.resolved[__builtin_ctz(access.lanes)]);
  phase = first % page;
  pages.clear();
  for (LaneMask left = access.lanes; left; left &= left - 1) {
    const uint32_t offset = sharedOffset(access.resolved[__builtin_ctz(left)]);
    const int32_t number = int32_t(offset / page) - int32_t(first / page);
    auto place = std::find_if(pages.begin(), pages.end(),
                              [&](const OfPage &each) { return each.page == number; });
    if (place == pages.end()) {
      place = pages.emplace(place);
      place->page = number;
    }
    const unsigned chunk = offset % page / ChunkRows::chunkBytes;
    place->here |= left & -left;
    place->chunks |= uint64_t(1) << chunk;
    LaneMask &touching = place->lanes[chunk];
    touching = (access.kind == Access::Read ? touching : 0) | (left & -left);
  }
}

const Pattern::Rows &Pattern::rows(const Access &access) {
  const uint32_t first = sharedOffset(access.resolved[__builtin_ctz(lanes)]);
  for (const Rows &made : madeRows)
    if (made.phase == first % ChunkRows::pageBytes)
      return made;
  if (madeRows.size() == mostRows)
    madeRows.clear();
  madeRows.emplace_back();
  madeRows.back().find(access);
  return madeRows.back();
}

void Pattern::learn(const Access &access) {
  const uint64_t *addresses = access.addresses, first = addresses[__builtin_ctz(access.lanes)];
  lanes = access.lanes;
  bytes = access.bytes;
  uint64_t any = 0, scattered = 0;
  CUDASIM_LANES
  for (unsigned lane = 0; lane < warpSize; ++lane) {
    uint64_t offset = distance<false>(addresses, first, lanes, lane);
    offsets[lane] = offset;
    any |= offset;
    scattered |= offset ^ uint64_t(lane) * bytes;
  }
  int64_t low = 0, high = 0;
  CUDASIM_LANES
  for (unsigned lane = 0; lane < warpSize; ++lane) {
    low = std::min(low, int64_t(offsets[lane]));
    high = std::max(high, int64_t(offsets[lane]));
  }
  least = low;
  greatest = high;
  anyOffset = any;
  contiguous = lanes == allLanes && scattered == 0;
  hasWords = false;
  madeRows.clear();
  sectors = {};
  wavefronts = {};
}

Pattern *PatternSet::find(const Access &access) {
  if (!patterns.empty() && patterns[last]->fits(access)) {
    misses = 0;
    return patterns[last].get();
  }
  if (++misses > 2 * most && misses % 64 != 0)
    return nullptr;
  for (uint32_t i = 0; i < patterns.size(); ++i)
    if (i != last && patterns[i]->fits(access)) {
      last = i;
      misses = 0;
      return patterns[i].get();
    }
  if (patterns.size() < most) {
    last = uint32_t(patterns.size());
    patterns.push_back(std::make_unique<Pattern>());
  } else {
    last = oldest++ % most;
  }
  patterns[last]->learn(access);
  return patterns[last].get();
}
