//===- MicroKernel.h - One matrix product on buffers ------------------------------------------===//
#ifndef AZULEJO_LIB_CPU_MICROKERNEL_H
#define AZULEJO_LIB_CPU_MICROKERNEL_H

#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace azulejo::cpu {

/// C += A * B, or C = A * B: memrefs of rank 2, B of rank 3 if packed (tile.matmul says what that
/// means).
struct MatmulOperands {
  mlir::Value a, b, c;
  bool transposeA = false, transposeB = false, packedB = false, overwrite = false;
};

struct RegisterTile {
  int64_t rows, vectorBytes;
};

/// The product through a register tile, in C's f32 or f64; B may be of f16, bf16 or i8, where that
/// is f32. False, and nothing emitted, if the operands' types or
/// layouts do not allow it.
bool emitVectorMatmul(mlir::ImplicitLocOpBuilder &b, MatmulOperands operands, RegisterTile tile);

/// The product as three loops, for any types and layouts.
void emitPlainMatmul(mlir::ImplicitLocOpBuilder &b, MatmulOperands operands);

/// Copies `from` to `to`, of the same shape and another float type.
void convertElements(mlir::ImplicitLocOpBuilder &b, mlir::Value from, mlir::Value to);

} // namespace azulejo::cpu

#endif // AZULEJO_LIB_CPU_MICROKERNEL_H
