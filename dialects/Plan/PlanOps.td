#ifndef AZULEJO_DIALECTS_PLAN_PLANOPS_TD
#define AZULEJO_DIALECTS_PLAN_PLANOPS_TD

include "dialects/Plan/PlanTypes.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "mlir/IR/BuiltinAttributes.td"

class Plan_Op<string opMnemonic, list<Trait> traits = []> : Op<Plan_Dialect, opMnemonic, traits>;

def Plan_ConstantOp : Plan_Op<"constant", [Pure, ConstantLike, AllTypesMatch<["value", "result"]>]> {
  let summary = "A tensor that is known at compile time and kept outside of every kernel: a weight.";
  let description = [{
    The value is a `#plan.weight` or an elements attribute of the result's type. Constants small enough to be part of a
    kernel's code are `arith.constant`s instead.

    ```mlir
    %w = plan.constant #plan.weight<"model.onnx", 4096, 1536, 0x9ae1f00d> : tensor<384xf32>
    ```
  }];
  let arguments = (ins TypedAttrInterface:$value);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = "attr-dict $value";
  let hasFolder = 1;
}

#endif // AZULEJO_DIALECTS_PLAN_PLANOPS_TD
