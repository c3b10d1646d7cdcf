// RUN: azulejo-opt %s --split-input-file --azulejo-specialize-shapes=shapes=batch=2,seq=8 --verify-diagnostics | FileCheck %s

// CHECK-LABEL: func @main
// CHECK-SAME: tensor<2x8xi64>
// CHECK-SAME: tensor<?x16xf32, #onnx.dims<"other", 16>>
func.func @main(%ids: tensor<?x?xi64, #onnx.dims<"batch", "seq">>, %y: tensor<?x?xf32, #onnx.dims<"other", "batch*seq">>) {
  // CHECK: onnx.Neg{{.*}} -> tensor<2x8xi64>
  %0 = onnx.Neg(%ids) : (tensor<?x?xi64, #onnx.dims<"batch", "seq">>) -> tensor<?x?xi64, #onnx.dims<"batch", "seq">>
  return
}

// -----

// expected-error@+1 {{no dimension of the model is called 'seq'}}
module {
  func.func @main(%ids: tensor<?xi64, #onnx.dims<"batch">>) {
    return
  }
}
