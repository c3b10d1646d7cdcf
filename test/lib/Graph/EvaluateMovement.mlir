// RUN: azulejo-opt %s --azulejo-fold-constants --split-input-file | FileCheck %s

// CHECK-LABEL: @slices
// CHECK: %[[C7:.*]] = onnx.Constant() {value = dense<[11, 12]> : tensor<2xi64>}
// CHECK: %[[C8:.*]] = onnx.Constant() {value = dense<[14, 12]> : tensor<2xi64>}
// CHECK: %[[C9:.*]] = onnx.Constant() {value = dense<13> : tensor<i64>}
// CHECK: return %[[C7]], %[[C8]], %[[C9]]
func.func @slices() -> (tensor<2xi64>, tensor<2xi64>, tensor<i64>) {
  %x = onnx.Constant() {value = dense<[10, 11, 12, 13, 14]> : tensor<5xi64>} : () -> tensor<5xi64>
  %one = onnx.Constant() {value = dense<1> : tensor<1xi64>} : () -> tensor<1xi64>
  %three = onnx.Constant() {value = dense<3> : tensor<1xi64>} : () -> tensor<1xi64>
  %last = onnx.Constant() {value = dense<-1> : tensor<1xi64>} : () -> tensor<1xi64>
  %zero = onnx.Constant() {value = dense<0> : tensor<1xi64>} : () -> tensor<1xi64>
  %back = onnx.Constant() {value = dense<-2> : tensor<1xi64>} : () -> tensor<1xi64>
  %at = onnx.Constant() {value = dense<-2> : tensor<i64>} : () -> tensor<i64>
  %0 = onnx.Slice(%x, %one, %three) : (tensor<5xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<2xi64>
  %1 = onnx.Slice(%x, %last, %zero, %zero, %back) : (tensor<5xi64>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<2xi64>
  %2 = onnx.Gather(%x, %at) : (tensor<5xi64>, tensor<i64>) -> tensor<i64>
  return %0, %1, %2 : tensor<2xi64>, tensor<2xi64>, tensor<i64>
}

// -----

// CHECK-LABEL: @joins
// CHECK: %[[C6:.*]] = onnx.Constant() {value = dense<[1, 2, 3, 4, 5]> : tensor<5xi64>}
// CHECK: %[[C7:.*]] = onnx.Constant() {value = dense<[10, 8, 6]> : tensor<3xi64>}
// CHECK: %[[C8:.*]] = onnx.Constant() {value = dense<{{\[\[3, 4, 5\], \[3, 4, 5\]\]}}> : tensor<2x3xi64>}
// CHECK: return %[[C6]], %[[C7]], %[[C8]]
func.func @joins() -> (tensor<5xi64>, tensor<3xi64>, tensor<2x3xi64>) {
  %x = onnx.Constant() {value = dense<[1, 2]> : tensor<2xi64>} : () -> tensor<2xi64>
  %y = onnx.Constant() {value = dense<[3, 4, 5]> : tensor<3xi64>} : () -> tensor<3xi64>
  %low = onnx.Constant() {value = dense<10> : tensor<i64>} : () -> tensor<i64>
  %high = onnx.Constant() {value = dense<5> : tensor<i64>} : () -> tensor<i64>
  %step = onnx.Constant() {value = dense<-2> : tensor<i64>} : () -> tensor<i64>
  %shape = onnx.Constant() {value = dense<[2, 3]> : tensor<2xi64>} : () -> tensor<2xi64>
  %0 = onnx.Concat(%x, %y) {axis = 0 : i64} : (tensor<2xi64>, tensor<3xi64>) -> tensor<5xi64>
  %1 = onnx.Range(%low, %high, %step) : (tensor<i64>, tensor<i64>, tensor<i64>) -> tensor<3xi64>
  %2 = onnx.Expand(%y, %shape) : (tensor<3xi64>, tensor<2xi64>) -> tensor<2x3xi64>
  return %0, %1, %2 : tensor<5xi64>, tensor<3xi64>, tensor<2x3xi64>
}

// -----

// CHECK-LABEL: @shapes
// CHECK: %[[C2:.*]] = onnx.Constant() {value = dense<{{\[\[1, 4\], \[2, 5\], \[3, 6\]\]}}> : tensor<3x2xi32>}
// CHECK: %[[C3:.*]] = onnx.Constant() {value = dense<{{\[\[1, 2\], \[3, 4\], \[5, 6\]\]}}> : tensor<3x2xi32>}
// CHECK: return %[[C2]], %[[C3]]
func.func @shapes() -> (tensor<3x2xi32>, tensor<3x2xi32>) {
  %c = onnx.Constant() {value = dense<[[1, 2, 3], [4, 5, 6]]> : tensor<2x3xi32>} : () -> tensor<2x3xi32>
  %shape = onnx.Constant() {value = dense<[3, 2]> : tensor<2xi64>} : () -> tensor<2xi64>
  %0 = onnx.Transpose(%c) {perm = array<i64: 1, 0>} : (tensor<2x3xi32>) -> tensor<3x2xi32>
  %1 = onnx.Reshape(%c, %shape) : (tensor<2x3xi32>, tensor<2xi64>) -> tensor<3x2xi32>
  return %0, %1 : tensor<3x2xi32>, tensor<3x2xi32>
}

// -----

// An index beyond the end is the run's error to report, not a constant.
// CHECK-LABEL: @refused
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<[1, 2]> : tensor<2xi64>}
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<7> : tensor<i64>}
// CHECK: %[[V0:.*]] = onnx.Gather(%[[C0]], %[[C1]])
// CHECK: %[[V1:.*]] = onnx.Gather(%[[C0]], %arg0)
// CHECK: return %[[V0]], %[[V1]]
func.func @refused(%i: tensor<i64>) -> (tensor<i64>, tensor<i64>) {
  %x = onnx.Constant() {value = dense<[1, 2]> : tensor<2xi64>} : () -> tensor<2xi64>
  %beyond = onnx.Constant() {value = dense<7> : tensor<i64>} : () -> tensor<i64>
  %0 = onnx.Gather(%x, %beyond) : (tensor<2xi64>, tensor<i64>) -> tensor<i64>
  %1 = onnx.Gather(%x, %i) : (tensor<2xi64>, tensor<i64>) -> tensor<i64>
  return %0, %1 : tensor<i64>, tensor<i64>
}

// -----

// CHECK-LABEL: @strings
// CHECK: %[[C:.*]] = onnx.Constant() {value = dense<{{\[\[}}"a", "b"]]> : tensor<1x2x!plan.string>}
// CHECK: return %[[C]]
func.func @strings() -> tensor<1x2x!plan.string> {
  %x = onnx.Constant() {value = dense<["a", "b"]> : tensor<2x!plan.string>} : () -> tensor<2x!plan.string>
  %axes = onnx.Constant() {value = dense<0> : tensor<1xi64>} : () -> tensor<1xi64>
  %0 = onnx.Unsqueeze(%x, %axes) : (tensor<2x!plan.string>, tensor<1xi64>) -> tensor<1x2x!plan.string>
  return %0 : tensor<1x2x!plan.string>
}
