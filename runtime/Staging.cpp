#include "runtime/Staging.h"
#include <algorithm>

namespace azulejo::runtime {

char *Staging::take(int64_t bytes) {
  if (bytes < 0 || bytes > INT64_MAX / 2)
    return nullptr;
  bytes = (bytes / AZM_BUFFER_ALIGNMENT + 1) * AZM_BUFFER_ALIGNMENT;
  if (chunks.empty() || chunks.back().capacity - chunks.back().used < bytes) {
    constexpr int64_t least = 64 << 10;
    int64_t capacity = std::max({bytes, wanted, least});
    auto *data = static_cast<char *>(device.allocateHost(capacity));
    if (!data)
      return nullptr;
    chunks.push_back({data, capacity, 0});
  }
  char *taken = chunks.back().data + chunks.back().used;
  chunks.back().used += bytes;
  return taken;
}

void Staging::reset() {
  if (chunks.size() > 1) {
    wanted = 0;
    for (const Chunk &chunk : chunks)
      wanted += chunk.used;
    clear();
  }
  for (Chunk &chunk : chunks)
    chunk.used = 0;
}

void Staging::clear() {
  for (const Chunk &chunk : chunks)
    device.freeHost(chunk.data);
  chunks.clear();
}

} // namespace azulejo::runtime
