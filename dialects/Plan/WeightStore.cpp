#include "dialects/Plan/WeightStore.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/xxhash.h"
#include <sys/mman.h>

using namespace llvm;

namespace azulejo::plan {

Expected<ArrayRef<char>> WeightStore::read(StringRef file, uint64_t offset, uint64_t length) {
  std::lock_guard<std::mutex> lock(mutex);
  std::unique_ptr<MemoryBuffer> &buffer = files[file].buffer;
  if (!buffer) {
    auto mapped = MemoryBuffer::getFile(file, /*IsText=*/false, /*RequiresNullTerminator=*/false);
    if (!mapped)
      return createStringError(mapped.getError(), "cannot read weight file '" + file +
                                                      "': " + mapped.getError().message());
    buffer = std::move(*mapped);
  }
  if (offset > buffer->getBufferSize() || length > buffer->getBufferSize() - offset)
    return createStringError("weight file '" + file + "' has " + Twine(buffer->getBufferSize()) +
                             " bytes, and a weight of " + Twine(length) + " bytes at " +
                             Twine(offset) + " does not fit into it");
  return ArrayRef<char>(buffer->getBufferStart() + offset, length);
}

Expected<uint64_t> WeightStore::hash(StringRef file, uint64_t offset, uint64_t length) {
  auto bytes = read(file, offset, length);
  if (!bytes)
    return bytes.takeError();
  {
    std::lock_guard<std::mutex> lock(mutex);
    auto &hashes = files[file].hashes;
    if (auto known = hashes.find({offset, length}); known != hashes.end())
      return known->second;
  }
  auto hashBytes = [](const void *data, size_t size) {
    return xxh3_64bits(ArrayRef(static_cast<const uint8_t *>(data), size));
  };
  uint64_t hash = 0;
  if (length <= hashedAtOnce) {
    hash = hashBytes(bytes->data(), length);
    release(file, offset, length);
  } else {
    std::vector<uint64_t> pieces;
    for (uint64_t at = 0; at < length; at += hashedAtOnce) {
      uint64_t size = std::min(hashedAtOnce, length - at);
      pieces.push_back(hashBytes(bytes->data() + at, size));
      release(file, offset + at, size);
    }
    hash = hashBytes(pieces.data(), pieces.size() * sizeof(uint64_t));
  }
  std::lock_guard<std::mutex> lock(mutex);
  files[file].hashes[{offset, length}] = hash;
  return hash;
}

void WeightStore::release(StringRef file, uint64_t offset, uint64_t length) {
  std::lock_guard<std::mutex> lock(mutex);
  const MemoryBuffer *buffer = files[file].buffer.get();
  // Only of a mapping can the system make the same bytes again.
  if (!buffer || buffer->getBufferKind() != MemoryBuffer::MemoryBuffer_MMap)
    return;
  uint64_t page = sys::Process::getPageSizeEstimate();
  auto start = reinterpret_cast<uintptr_t>(buffer->getBufferStart() + offset);
  uintptr_t first = alignTo(start, page), last = alignDown(start + length, page);
  if (first < last)
    (void)madvise(reinterpret_cast<void *>(first), last - first, MADV_DONTNEED);
}

void WeightStore::add(StringRef file, std::unique_ptr<MemoryBuffer> buffer) {
  std::lock_guard<std::mutex> lock(mutex);
  files[file].buffer = std::move(buffer);
  files[file].hashes.clear();
}

} // namespace azulejo::plan
