//===- SharedAccess.h - A layout's addresses in a shared tile
//-----------------------------------------===//
#ifndef AZULEJO_LIB_GPU_SHAREDACCESS_H
#define AZULEJO_LIB_GPU_SHAREDACCESS_H

#include "dialects/Cta/SharedMap.h"
#include "lib/GPU/RegisterGroups.h"
#include "lib/GPU/TileDistributor.h"

namespace azulejo::gpu {

/// Where the elements of a tile with a layout lie in shared memory, split into what a thread
/// contributes, in instructions, and what registers do, in constants.
class SharedAccess {
public:
  /// Null if the two contributions could carry into each other.
  static std::optional<SharedAccess> get(cta::SharedType type, const cta::LinearLayout &layout);

  cta::SharedMap::Place getRegisterPlace(int64_t number) const;
  /// The place of flattened coordinates of the atom.
  cta::SharedMap::Place getPlace(uint64_t flat) const;
  llvm::ArrayRef<cta::SharedMap::Place> getThreadPlaces() const { return threadPlaces; }

  /// Registers by the accesses that move them, of at most `maxBytes` each.
  RegisterGroups groupRegisters(int64_t maxBytes) const;

  /// A thread's own contribution; `places` maps the bits of its number.
  struct ThreadOffset {
    mlir::Value low, high; // bytes, and bytes behind that
    uint64_t lowMask = 0;  // the bits that low may have
  };
  ThreadOffset emitThreadOffset(TileDistributor &d,
                                llvm::ArrayRef<cta::SharedMap::Place> places) const;
  /// The address of a register's element.
  mlir::Value emitPointer(TileDistributor &d, mlir::Value base, const ThreadOffset &thread,
                          cta::SharedMap::Place place) const;

private:
  SharedAccess(cta::SharedType type, const cta::LinearLayout &layout);

  cta::SharedMap map;
  const cta::LinearLayout *layout;
  int64_t elementBytes;
  llvm::SmallVector<cta::SharedMap::Place> threadPlaces;
};

/// The scalars of a tile in shared memory, each read with its neighbours where it is first asked
/// for.
class SharedReader {
public:
  /// Null where SharedAccess is.
  static std::optional<SharedReader> get(TileDistributor &d, cta::LoadSharedOp op);
  mlir::Value get(int64_t number);

private:
  SharedReader(TileDistributor &d, cta::LoadSharedOp op, SharedAccess access);

  TileDistributor *d;
  cta::LoadSharedOp op;
  SharedAccess access;
  RegisterGroups groups;
  SharedAccess::ThreadOffset offset;
  llvm::SmallVector<mlir::Value> scalars;
};

} // namespace azulejo::gpu

#endif // AZULEJO_LIB_GPU_SHAREDACCESS_H
