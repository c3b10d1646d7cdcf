//===- TensorMaps.h - What the host says of a tile program's tensors --------------------------===//
#ifndef AZULEJO_LIB_GPU_TENSORMAPS_H
#define AZULEJO_LIB_GPU_TENSORMAPS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace azulejo::gpu {

/// How many tensor maps a kernel has: its last arguments.
unsigned countTensorMaps(mlir::func::FuncOp kernel);

/// Writes a kernel's tensor maps into `grid`, an azm_grid; `operands` are its memrefs and scalars.
void storeTensorMaps(mlir::ImplicitLocOpBuilder &b, mlir::func::FuncOp kernel,
                     mlir::ValueRange operands, mlir::Value grid);

} // namespace azulejo::gpu

#endif // AZULEJO_LIB_GPU_TENSORMAPS_H
