//===- RegisterGroups.h - Registers that one access moves
//---------------------------------------===//
#ifndef AZULEJO_LIB_GPU_REGISTERGROUPS_H
#define AZULEJO_LIB_GPU_REGISTERGROUPS_H

#include "dialects/Cta/LinearLayout.h"

namespace azulejo::gpu {

/// A thread's registers in groups of `width`, each of which holds neighbours in memory in order.
struct RegisterGroups {
  int64_t width;
  llvm::SmallVector<llvm::SmallVector<int64_t>> groups;
};

/// Where a register's element lies, in elements: `position` along the direction of memory, relative
/// to others of the same `line`.
struct RegisterPlace {
  int64_t line, position;
};

/// The widest groups, of at most `maxWidth`, that are aligned to their width and take up all
/// registers.
RegisterGroups groupRegisters(llvm::ArrayRef<RegisterPlace> places, int64_t maxWidth);

/// The same, of a layout's registers along one dimension. `maxWidth` is lowered to what the
/// threads' own contributions leave aligned. Without a dimension (-1), each register by itself.
RegisterGroups groupRegisters(const cta::LinearLayout &layout, int64_t dim, int64_t maxWidth);

} // namespace azulejo::gpu

#endif // AZULEJO_LIB_GPU_REGISTERGROUPS_H
