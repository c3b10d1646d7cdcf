//===- Divisibility.h - What is known to divide an index
//------------------------------------------===//
#ifndef AZULEJO_LIB_GPU_DIVISIBILITY_H
#define AZULEJO_LIB_GPU_DIVISIBILITY_H

#include "mlir/IR/Value.h"

namespace azulejo::gpu {

/// The largest power of two, up to 64, that is known to divide `value`: what accesses may rely on.
int64_t getDivisor(mlir::OpFoldResult value);

} // namespace azulejo::gpu

#endif // AZULEJO_LIB_GPU_DIVISIBILITY_H
