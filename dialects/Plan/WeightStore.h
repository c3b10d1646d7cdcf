//===- WeightStore.h - Files that weights are mapped from -------------------------------------===//
#ifndef AZULEJO_DIALECTS_PLAN_WEIGHTSTORE_H
#define AZULEJO_DIALECTS_PLAN_WEIGHTSTORE_H

#include "llvm/ADT/ArrayRef.h"
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

  /// Gives `buffer` the name `file`: for a model that is already mapped, or that came from memory.
  void add(llvm::StringRef file, std::unique_ptr<llvm::MemoryBuffer> buffer);

private:
  std::mutex mutex;
  llvm::StringMap<std::unique_ptr<llvm::MemoryBuffer>> files;
};

} // namespace azulejo::plan

#endif // AZULEJO_DIALECTS_PLAN_WEIGHTSTORE_H
