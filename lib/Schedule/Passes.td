#ifndef AZULEJO_LIB_SCHEDULE_PASSES_TD
#define AZULEJO_LIB_SCHEDULE_PASSES_TD

include "mlir/Pass/PassBase.td"

def PlanBuffers : Pass<"azulejo-plan-buffers", "mlir::ModuleOp"> {
  let summary = "Turns @main from tensors into buffers and launches.";
  let description = [{
    A tensor becomes a `!plan.buffer` followed by its dynamic dimensions as indices; a reshape
    becomes nothing. Each destination is a `plan.alloc`, and where it has an initial value, a copy
    of it: `azulejo-elide-copies` finds those that can be updated in place. A dimension that has a
    symbol's name is that symbol's argument.

    ```mlir
    func.func @main(%x: tensor<?x4xf32> {azulejo.name = "x", azulejo.type = "float",
                                        azulejo.shape = ["n", 4]},
                    %n: index {azulejo.symbol = "n"})
        -> (tensor<?x4xf32> {azulejo.name = "y", azulejo.type = "float",
                             azulejo.shape = ["n", 4]}) {
      %e = tensor.empty(%n) : tensor<?x4xf32>
      %y = tile.launch @relu ins(%x : tensor<?x4xf32>) outs(%e : tensor<?x4xf32>)
          -> (tensor<?x4xf32>)
      return %y : tensor<?x4xf32>
    }
    ```
    becomes
    ```mlir
    func.func @main(%x: !plan.buffer, %d: index, %n: index) attributes {plan.inputs = [...], ...} {
      %c16 = arith.constant 16 : index
      %bytes = arith.muli %n, %c16 : index
      %y = plan.alloc %bytes
      plan.launch @relu ins(%x, %n : !plan.buffer, index) outs(%y, %n : !plan.buffer, index)
      plan.return %y, %n : !plan.buffer, index as [tensor<?x4xf32>]
    }
    ```
  }];
  let dependentDialects = ["::azulejo::plan::PlanDialect", "::mlir::arith::ArithDialect",
                           "::mlir::affine::AffineDialect"];
}

def ElideCopies : Pass<"azulejo-elide-copies", "mlir::func::FuncOp"> {
  let summary = "Updates a buffer in place where nobody needs its old contents.";
  let description = [{
    The copy that gives a destination its initial value goes away if the source is no input and no
    weight, and nothing that may share its memory is used afterwards. Where only a loop's initial
    value stands in the way, one copy before the loop replaces the copies inside.

    ```mlir
    %b = plan.alloc %n
    plan.copy %a to %b, %n
    plan.launch @scatter ins(%u : !plan.buffer) outs(%b : !plan.buffer)      // %a is not used again
    ```
    becomes
    ```mlir
    plan.launch @scatter ins(%u : !plan.buffer) outs(%a : !plan.buffer)
    ```
  }];
  let dependentDialects = ["::azulejo::plan::PlanDialect"];
}

def PlaceOutputs : Pass<"azulejo-place-outputs", "mlir::func::FuncOp"> {
  let summary = "Has outputs computed where the caller wants them.";
  let description = [{
    A `plan.alloc` that is returned becomes a `plan.output`; what is returned but is no buffer of
    its own (an input, a weight, one branch's value, a buffer returned twice) is copied into a
    `plan.output`.

    ```mlir
    %y = plan.alloc %bytes
    ...
    plan.return %y, %n : !plan.buffer, index as [tensor<?x4xf32>]
    ```
    becomes
    ```mlir
    %y = plan.output 0 [%n, %c4]
    ...
    return
    ```
  }];
  let dependentDialects = ["::azulejo::plan::PlanDialect", "::mlir::arith::ArithDialect"];
}

def PlanMemory : Pass<"azulejo-plan-memory", "mlir::func::FuncOp"> {
  let summary = "Gives every buffer whose size is known at entry a place in the arena.";
  let description = [{
    Sizes are moved to the entry. Buffers that do not live at the same time share memory. Those of
    static size, and those whose sizes are multiples of the same value (`batch * seq`), get offsets:
    the smallest gap that is free for as long as they live, largest first. The others share slots, a
    slot's size being the largest of its buffers' sizes; all of symbolic size do where that is
    likely to take less memory. A buffer that a loop carries from one iteration to the next stays
    behind for the pool, as do those whose size depends on data.

    ```mlir
    %a = plan.alloc %size          // lives until %c is computed
    ```
    becomes
    ```mlir
    %arena = plan.arena %total     // at entry
    %a = plan.offset %arena[%offset]
    ```
  }];
  let dependentDialects = ["::azulejo::plan::PlanDialect", "::mlir::arith::ArithDialect"];
}

def PlanPool : Pass<"azulejo-plan-pool", "mlir::func::FuncOp"> {
  let summary =
      "Takes the remaining buffers from the pool, and gives them back after their last use.";
  let description = [{
    Buffers of the pool count references. A buffer's definition, a loop's argument and the result of
    a loop or branch each hold one, released after their last use; an operand of a terminator or a
    loop is retained for the argument or result it becomes. A loop that grows a value thus holds the
    old and the new one and no more.

    ```mlir
    %r = scf.for %i = %c0 to %n step %c1 iter_args(%a = %init) -> (!plan.buffer) {
      %b = plan.alloc %size
      plan.launch @grow ins(%a : !plan.buffer) outs(%b : !plan.buffer)
      scf.yield %b : !plan.buffer
    }
    ```
    becomes
    ```mlir
    plan.retain %init
    %r = scf.for ... {
      %b = plan.pool_alloc %size
      plan.launch @grow ins(%a : !plan.buffer) outs(%b : !plan.buffer)
      plan.release %a
      plan.retain %b
      plan.release %b
      scf.yield %b : !plan.buffer
    }
    plan.release %r
    ```
  }];
  let dependentDialects = ["::azulejo::plan::PlanDialect"];
}

def DeclarePeakMemory : Pass<"azulejo-declare-peak-memory", "mlir::ModuleOp"> {
  let summary = "Writes the function that computes a run's peak memory.";
  let description = [{
    `@peak_memory` takes @main's arguments and returns the arena's bytes plus a bound of the pool's,
    or -1 where there is none: then the module's attribute `plan.unbounded` says why.

    ```mlir
    func.func @peak_memory(%x: !plan.buffer, %d: index, %n: index) -> index { ... }
    ```
  }];
  let dependentDialects = ["::azulejo::plan::PlanDialect", "::mlir::arith::ArithDialect",
                           "::mlir::func::FuncDialect"];
}

def VerifyPlan : Pass<"azulejo-verify-plan", "mlir::ModuleOp"> {
  let summary = "Checks the promise of Schedule: a host program over placed buffers.";
  let description = [{
    @main works on no tensor, every buffer has its place (arena, pool, output, weight), and every
    kernel it launches is there as compiled code.
  }];
}

def ConvertPlanToLLVM : Pass<"azulejo-convert-plan-to-llvm", "mlir::ModuleOp"> {
  let summary = "Turns the host program into LLVM code over the runtime's function table.";
  let description = [{
    @main becomes `azm_run` and @peak_memory `azm_peak_memory` (see Artifact/Format.h). What the
    packager needs and code does not hold is left in attributes of the module: `plan.weights`,
    `plan.kernels`, `plan.inputs`, `plan.outputs`, `plan.symbols`.

    ```mlir
    plan.launch @relu ins(%x, %n : !plan.buffer, index) outs(%y, %n : !plan.buffer, index)
    ```
    becomes stores of %x, %n, %y, %n into an array of slots and
    ```mlir
    llvm.call %launch(%context, %index, %relu_count, %relu, %slots) : !llvm.ptr, (...) -> ()
    ```
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect", "::mlir::cf::ControlFlowDialect",
                           "::mlir::arith::ArithDialect"];
}

#endif // AZULEJO_LIB_SCHEDULE_PASSES_TD
