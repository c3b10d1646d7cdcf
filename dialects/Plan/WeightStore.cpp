#include "dialects/Plan/WeightStore.h"

using namespace llvm;

namespace azulejo::plan {

Expected<ArrayRef<char>> WeightStore::read(StringRef file, uint64_t offset, uint64_t length) {
  std::lock_guard<std::mutex> lock(mutex);
  std::unique_ptr<MemoryBuffer> &buffer = files[file];
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

void WeightStore::add(StringRef file, std::unique_ptr<MemoryBuffer> buffer) {
  std::lock_guard<std::mutex> lock(mutex);
  files[file] = std::move(buffer);
}

} // namespace azulejo::plan
