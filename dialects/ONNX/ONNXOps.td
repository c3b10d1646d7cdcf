#ifndef AZULEJO_DIALECTS_ONNX_ONNXOPS_TD
#define AZULEJO_DIALECTS_ONNX_ONNXOPS_TD

include "dialects/ONNX/ONNXDialect.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"

def ONNX_YieldOp : Op<ONNX_Dialect, "yield", [Pure, Terminator, ReturnLike]> {
  let summary = "Ends a subgraph and gives its outputs, in order.";
  let arguments = (ins Variadic<AnyType>:$results);
  let assemblyFormat = "attr-dict ($results^ `:` type($results))?";
  let builders = [OpBuilder<(ins), "build($_builder, $_state, ::mlir::ValueRange());">];
}

#endif // AZULEJO_DIALECTS_ONNX_ONNXOPS_TD
