#include "lib/Schedule/Placement.h"

using namespace mlir;

namespace azulejo::schedule {

int64_t placeByOffset(MutableArrayRef<Buffer *> buffers) {
  llvm::stable_sort(buffers, [](Buffer *a, Buffer *b) { return a->units > b->units; });
  int64_t extent = 0;
  SmallVector<Buffer *> placed; // by offset
  for (Buffer *buffer : buffers) {
    int64_t at = 0, best = -1, bestGap = INT64_MAX;
    for (Buffer *other : placed) {
      if (!other->overlaps(*buffer))
        continue;
      int64_t gap = other->offset - at;
      if (gap >= buffer->units && gap < bestGap)
        best = at, bestGap = gap;
      at = std::max(at, other->offset + other->units);
    }
    buffer->offset = best >= 0 ? best : at;
    extent = std::max(extent, buffer->offset + buffer->units);
    placed.insert(llvm::upper_bound(placed, buffer,
                                    [](Buffer *a, Buffer *b) { return a->offset < b->offset; }),
                  buffer);
  }
  return extent;
}

SmallVector<SmallVector<Buffer *>> shareSlots(MutableArrayRef<Buffer *> buffers) {
  llvm::stable_sort(buffers,
                    [](Buffer *a, Buffer *b) { return a->guessedBytes > b->guessedBytes; });
  SmallVector<SmallVector<Buffer *>> slots;
  for (Buffer *buffer : buffers) {
    size_t best = slots.size();
    bool bestSameSize = false;
    for (auto [i, slot] : llvm::enumerate(slots)) {
      if (llvm::any_of(slot, [&](Buffer *other) { return other->overlaps(*buffer); }))
        continue;
      bool sameSize =
          llvm::any_of(slot, [&](Buffer *other) { return other->bytes == buffer->bytes; });
      if (best == slots.size() || sameSize ||
          (!bestSameSize && slot[0]->guessedBytes <= slots[best][0]->guessedBytes))
        best = i, bestSameSize = sameSize;
    }
    if (best == slots.size())
      slots.emplace_back();
    slots[best].push_back(buffer);
  }
  return slots;
}

} // namespace azulejo::schedule
