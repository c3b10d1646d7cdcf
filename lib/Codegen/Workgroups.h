//===- Workgroups.h - The loop over a kernel's workgroups -------------------------------------===//
#ifndef AZULEJO_LIB_CODEGEN_WORKGROUPS_H
#define AZULEJO_LIB_CODEGEN_WORKGROUPS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace azulejo::codegen {

/// The kernel functions of a module, by the attribute tile.kernel, that have a body.
llvm::SmallVector<mlir::func::FuncOp> getKernels(mlir::Operation *module);

/// The loop over workgroups of a bufferized kernel: the only thing it does besides computing
/// sizes. Null if all is one workgroup.
mlir::scf::ForallOp findWorkgroups(mlir::func::FuncOp kernel);

/// A kernel that is no loop over workgroups becomes one with a single iteration, which holds
/// everything that it does.
mlir::scf::ForallOp makeOneWorkgroup(mlir::func::FuncOp kernel);

/// How many steps each dimension of the loop has.
llvm::SmallVector<mlir::Value> getStepCounts(mlir::ImplicitLocOpBuilder &b,
                                             mlir::scf::ForallOp forall);

/// The counters of workgroup `number`, of all those that `counts` (getStepCounts's) has. The last
/// dimension runs fastest.
llvm::SmallVector<mlir::Value> getCounters(mlir::ImplicitLocOpBuilder &b,
                                           mlir::scf::ForallOp forall, mlir::ValueRange counts,
                                           mlir::Value number);

/// Moves the loop's body before `to`, as the code of one workgroup, and erases the loop.
void inlineWorkgroup(mlir::scf::ForallOp forall, mlir::ValueRange counters, mlir::Operation *to);

} // namespace azulejo::codegen

#endif // AZULEJO_LIB_CODEGEN_WORKGROUPS_H
