//===- WeightStore.h - Files that weights are mapped from -------------------------------------===//
#ifndef AZULEJO_DIALECTS_PLAN_WEIGHTSTORE_H
#define AZULEJO_DIALECTS_PLAN_WEIGHTSTORE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"
#include <memory>
#include <mutex>

namespace azulejo::plan {

/// Maps each weight file once and keeps it mapped for as long as the context lives. A file is known
/// by the path that weights name it by; whoever imports a model decides which paths are allowed
/// (lib/Import/ExternalData).
class WeightStore {
public:
  /// `length` bytes at `offset` of `file`, mapping the file at its first use.
  llvm::Expected<llvm::ArrayRef<char>> read(llvm::StringRef file, uint64_t offset, uint64_t length);

  /// XXH3-64 of the same bytes, or of the XXH3-64s of every 4 MiB of them if there are more.
  /// Computed once, without the bytes ever being in memory all at the same time.
  llvm::Expected<uint64_t> hash(llvm::StringRef file, uint64_t offset, uint64_t length);

  /// Says that these bytes will not be read soon: what the system read of a mapped file to give
  /// them no longer counts as this process's memory. They stay readable.
  void release(llvm::StringRef file, uint64_t offset, uint64_t length);

  /// Gives `buffer` the name `file`: for a model that is already mapped, or that came from memory.
  void add(llvm::StringRef file, std::unique_ptr<llvm::MemoryBuffer> buffer);

private:
  static constexpr uint64_t hashedAtOnce = 4 << 20;
  std::mutex mutex;
  struct File {
    std::unique_ptr<llvm::MemoryBuffer> buffer;
    llvm::DenseMap<std::pair<uint64_t, uint64_t>, uint64_t> hashes; // by offset and length
  };
  llvm::StringMap<File> files;
};

} // namespace azulejo::plan

#endif // AZULEJO_DIALECTS_PLAN_WEIGHTSTORE_H
