// RUN: azulejo-opt %s --azulejo-upgrade-opset | FileCheck %s
// One node of each old version that no other file here upgrades.

// CHECK-LABEL: @If_v1(
// CHECK: onnx.If(%arg0) else_branch {
// CHECK: onnx.Constant() {value = dense<[5.000000e+00, 4.000000e+00, 3.000000e+00, 2.000000e+00, 1.000000e+00]> : tensor<5xf32>}
// CHECK: onnx.yield %{{.+}} : tensor<5xf32>
// CHECK: onnx.Constant() {value = dense<[1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00, 5.000000e+00]> : tensor<5xf32>}
// CHECK: onnx.yield %{{.+}} : tensor<5xf32>
func.func @If_v1(%arg0: tensor<i1>) -> tensor<5xf32> {
  %0 = onnx.If_v1(%arg0) else_branch {
    %1 = onnx.Constant() {value = dense<[5.000000e+00, 4.000000e+00, 3.000000e+00, 2.000000e+00, 1.000000e+00]> : tensor<5xf32>} : () -> tensor<5xf32>
    onnx.yield %1 : tensor<5xf32>
  } then_branch {
    %1 = onnx.Constant() {value = dense<[1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00, 5.000000e+00]> : tensor<5xf32>} : () -> tensor<5xf32>
    onnx.yield %1 : tensor<5xf32>
  } : (tensor<i1>) -> tensor<5xf32>
  return %0 : tensor<5xf32>
}

// CHECK-LABEL: @If_v11(
// CHECK: onnx.If(%arg0) else_branch {
// CHECK: onnx.Constant() {value = dense<[5.000000e+00, 4.000000e+00, 3.000000e+00, 2.000000e+00, 1.000000e+00]> : tensor<5xf32>}
// CHECK: onnx.yield %{{.+}} : tensor<5xf32>
// CHECK: onnx.Constant() {value = dense<[1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00, 5.000000e+00]> : tensor<5xf32>}
// CHECK: onnx.yield %{{.+}} : tensor<5xf32>
func.func @If_v11(%arg0: tensor<i1>) -> tensor<5xf32> {
  %0 = onnx.If_v11(%arg0) else_branch {
    %1 = onnx.Constant() {value = dense<[5.000000e+00, 4.000000e+00, 3.000000e+00, 2.000000e+00, 1.000000e+00]> : tensor<5xf32>} : () -> tensor<5xf32>
    onnx.yield %1 : tensor<5xf32>
  } then_branch {
    %1 = onnx.Constant() {value = dense<[1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00, 5.000000e+00]> : tensor<5xf32>} : () -> tensor<5xf32>
    onnx.yield %1 : tensor<5xf32>
  } : (tensor<i1>) -> tensor<5xf32>
  return %0 : tensor<5xf32>
}

// CHECK-LABEL: @If_v16(
// CHECK: onnx.If(%arg0) else_branch {
// CHECK: onnx.Constant() {value = dense<[5.000000e+00, 4.000000e+00, 3.000000e+00, 2.000000e+00, 1.000000e+00]> : tensor<5xf32>}
// CHECK: onnx.yield %{{.+}} : tensor<5xf32>
// CHECK: onnx.Constant() {value = dense<[1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00, 5.000000e+00]> : tensor<5xf32>}
// CHECK: onnx.yield %{{.+}} : tensor<5xf32>
func.func @If_v16(%arg0: tensor<i1>) -> tensor<5xf32> {
  %0 = onnx.If_v16(%arg0) else_branch {
    %1 = onnx.Constant() {value = dense<[5.000000e+00, 4.000000e+00, 3.000000e+00, 2.000000e+00, 1.000000e+00]> : tensor<5xf32>} : () -> tensor<5xf32>
    onnx.yield %1 : tensor<5xf32>
  } then_branch {
    %1 = onnx.Constant() {value = dense<[1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00, 5.000000e+00]> : tensor<5xf32>} : () -> tensor<5xf32>
    onnx.yield %1 : tensor<5xf32>
  } : (tensor<i1>) -> tensor<5xf32>
  return %0 : tensor<5xf32>
}

// CHECK-LABEL: @If_v19(
// CHECK: onnx.If(%arg0) else_branch {
// CHECK: onnx.Constant() {value = dense<[5.000000e+00, 4.000000e+00, 3.000000e+00, 2.000000e+00, 1.000000e+00]> : tensor<5xf32>}
// CHECK: onnx.yield %{{.+}} : tensor<5xf32>
// CHECK: onnx.Constant() {value = dense<[1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00, 5.000000e+00]> : tensor<5xf32>}
// CHECK: onnx.yield %{{.+}} : tensor<5xf32>
func.func @If_v19(%arg0: tensor<i1>) -> tensor<5xf32> {
  %0 = onnx.If_v19(%arg0) else_branch {
    %1 = onnx.Constant() {value = dense<[5.000000e+00, 4.000000e+00, 3.000000e+00, 2.000000e+00, 1.000000e+00]> : tensor<5xf32>} : () -> tensor<5xf32>
    onnx.yield %1 : tensor<5xf32>
  } then_branch {
    %1 = onnx.Constant() {value = dense<[1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00, 5.000000e+00]> : tensor<5xf32>} : () -> tensor<5xf32>
    onnx.yield %1 : tensor<5xf32>
  } : (tensor<i1>) -> tensor<5xf32>
  return %0 : tensor<5xf32>
}

// CHECK-LABEL: @If_v21(
// CHECK: onnx.If(%arg0) else_branch {
// CHECK: onnx.Constant() {value = dense<[5.000000e+00, 4.000000e+00, 3.000000e+00, 2.000000e+00, 1.000000e+00]> : tensor<5xf32>}
// CHECK: onnx.yield %{{.+}} : tensor<5xf32>
// CHECK: onnx.Constant() {value = dense<[1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00, 5.000000e+00]> : tensor<5xf32>}
// CHECK: onnx.yield %{{.+}} : tensor<5xf32>
func.func @If_v21(%arg0: tensor<i1>) -> tensor<5xf32> {
  %0 = onnx.If_v21(%arg0) else_branch {
    %1 = onnx.Constant() {value = dense<[5.000000e+00, 4.000000e+00, 3.000000e+00, 2.000000e+00, 1.000000e+00]> : tensor<5xf32>} : () -> tensor<5xf32>
    onnx.yield %1 : tensor<5xf32>
  } then_branch {
    %1 = onnx.Constant() {value = dense<[1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00, 5.000000e+00]> : tensor<5xf32>} : () -> tensor<5xf32>
    onnx.yield %1 : tensor<5xf32>
  } : (tensor<i1>) -> tensor<5xf32>
  return %0 : tensor<5xf32>
}

// CHECK-LABEL: @If_v23(
// CHECK: onnx.If(%arg0) else_branch {
// CHECK: onnx.Constant() {value = dense<[5.000000e+00, 4.000000e+00, 3.000000e+00, 2.000000e+00, 1.000000e+00]> : tensor<5xf32>}
// CHECK: onnx.yield %{{.+}} : tensor<5xf32>
// CHECK: onnx.Constant() {value = dense<[1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00, 5.000000e+00]> : tensor<5xf32>}
// CHECK: onnx.yield %{{.+}} : tensor<5xf32>
func.func @If_v23(%arg0: tensor<i1>) -> tensor<5xf32> {
  %0 = onnx.If_v23(%arg0) else_branch {
    %1 = onnx.Constant() {value = dense<[5.000000e+00, 4.000000e+00, 3.000000e+00, 2.000000e+00, 1.000000e+00]> : tensor<5xf32>} : () -> tensor<5xf32>
    onnx.yield %1 : tensor<5xf32>
  } then_branch {
    %1 = onnx.Constant() {value = dense<[1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00, 5.000000e+00]> : tensor<5xf32>} : () -> tensor<5xf32>
    onnx.yield %1 : tensor<5xf32>
  } : (tensor<i1>) -> tensor<5xf32>
  return %0 : tensor<5xf32>
}

// CHECK-LABEL: @If_v24(
// CHECK: onnx.If(%arg0) else_branch {
// CHECK: onnx.Constant() {value = dense<[5.000000e+00, 4.000000e+00, 3.000000e+00, 2.000000e+00, 1.000000e+00]> : tensor<5xf32>}
// CHECK: onnx.yield %{{.+}} : tensor<5xf32>
// CHECK: onnx.Constant() {value = dense<[1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00, 5.000000e+00]> : tensor<5xf32>}
// CHECK: onnx.yield %{{.+}} : tensor<5xf32>
func.func @If_v24(%arg0: tensor<i1>) -> tensor<5xf32> {
  %0 = onnx.If_v24(%arg0) else_branch {
    %1 = onnx.Constant() {value = dense<[5.000000e+00, 4.000000e+00, 3.000000e+00, 2.000000e+00, 1.000000e+00]> : tensor<5xf32>} : () -> tensor<5xf32>
    onnx.yield %1 : tensor<5xf32>
  } then_branch {
    %1 = onnx.Constant() {value = dense<[1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00, 5.000000e+00]> : tensor<5xf32>} : () -> tensor<5xf32>
    onnx.yield %1 : tensor<5xf32>
  } : (tensor<i1>) -> tensor<5xf32>
  return %0 : tensor<5xf32>
}

// CHECK-LABEL: @Loop_v1(
// CHECK: onnx.Loop(%arg0, %arg1, %arg2) body {
// CHECK: onnx.Identity(%arg4)
// CHECK: onnx.Constant() {value = dense<[1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00, 5.000000e+00]> : tensor<5xf32>}
// CHECK: onnx.Constant() {value = dense<1> : tensor<i64>}
// CHECK: onnx.Add(%arg3, %{{.+}})
// CHECK: onnx.Constant() {value = dense<0> : tensor<1xi64>}
// CHECK: onnx.Unsqueeze(%arg3, %{{.+}})
// CHECK: onnx.Constant() {value = dense<0> : tensor<1xi64>}
// CHECK: onnx.Unsqueeze(%{{.+}}, %{{.+}})
// CHECK: onnx.Slice(%{{.+}}, %{{.+}}, %{{.+}})
// CHECK: onnx.Add(%arg5, %{{.+}})
// CHECK: onnx.Identity(%{{.+}})
// CHECK: onnx.yield %{{.+}}, %{{.+}}, %{{.+}} : tensor<i1>, tensor<1xf32>, tensor<1xf32>
func.func @Loop_v1(%arg0: tensor<i64>, %arg1: tensor<i1>, %arg2: tensor<1xf32>) -> (tensor<1xf32>, tensor<5x1xf32>) {
  %0:2 = onnx.Loop_v1(%arg0, %arg1, %arg2) body {
  ^bb0(%arg3: tensor<i64>, %arg4: tensor<i1>, %arg5: tensor<1xf32>):
    %1 = onnx.Identity_v1(%arg4) : (tensor<i1>) -> tensor<i1>
    %2 = onnx.Constant() {value = dense<[1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00, 5.000000e+00]> : tensor<5xf32>} : () -> tensor<5xf32>
    %3 = onnx.Constant() {value = dense<1> : tensor<i64>} : () -> tensor<i64>
    %4 = onnx.Add_v7(%arg3, %3) : (tensor<i64>, tensor<i64>) -> tensor<i64>
    %5 = onnx.Unsqueeze_v1(%arg3) {axes = array<i64: 0>} : (tensor<i64>) -> tensor<1xi64>
    %6 = onnx.Unsqueeze_v1(%4) {axes = array<i64: 0>} : (tensor<i64>) -> tensor<1xi64>
    %7 = onnx.Slice_v10(%2, %5, %6) : (tensor<5xf32>, tensor<1xi64>, tensor<1xi64>) -> tensor<?xf32, #onnx.dims<?>>
    %8 = onnx.Add_v7(%arg5, %7) : (tensor<1xf32>, tensor<?xf32, #onnx.dims<?>>) -> tensor<1xf32>
    %9 = onnx.Identity_v1(%8) : (tensor<1xf32>) -> tensor<1xf32>
    onnx.yield %1, %8, %9 : tensor<i1>, tensor<1xf32>, tensor<1xf32>
  } : (tensor<i64>, tensor<i1>, tensor<1xf32>) -> (tensor<1xf32>, tensor<5x1xf32>)
  return %0#0, %0#1 : tensor<1xf32>, tensor<5x1xf32>
}

// CHECK-LABEL: @Loop_v11(
// CHECK: onnx.Loop(%arg0, %arg1, %arg2) body {
// CHECK: onnx.Identity(%arg4)
// CHECK: onnx.Constant() {value = dense<[1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00, 5.000000e+00]> : tensor<5xf32>}
// CHECK: onnx.Constant() {value = dense<1> : tensor<i64>}
// CHECK: onnx.Add(%arg3, %{{.+}})
// CHECK: onnx.Constant() {value = dense<0> : tensor<1xi64>}
// CHECK: onnx.Unsqueeze(%arg3, %{{.+}})
// CHECK: onnx.Constant() {value = dense<0> : tensor<1xi64>}
// CHECK: onnx.Unsqueeze(%{{.+}}, %{{.+}})
// CHECK: onnx.Slice(%{{.+}}, %{{.+}}, %{{.+}})
// CHECK: onnx.Add(%arg5, %{{.+}})
// CHECK: onnx.Identity(%{{.+}})
// CHECK: onnx.yield %{{.+}}, %{{.+}}, %{{.+}} : tensor<i1>, tensor<1xf32>, tensor<1xf32>
func.func @Loop_v11(%arg0: tensor<i64>, %arg1: tensor<i1>, %arg2: tensor<1xf32>) -> (tensor<1xf32>, tensor<5x1xf32>) {
  %0:2 = onnx.Loop_v11(%arg0, %arg1, %arg2) body {
  ^bb0(%arg3: tensor<i64>, %arg4: tensor<i1>, %arg5: tensor<1xf32>):
    %1 = onnx.Identity_v1(%arg4) : (tensor<i1>) -> tensor<i1>
    %2 = onnx.Constant() {value = dense<[1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00, 5.000000e+00]> : tensor<5xf32>} : () -> tensor<5xf32>
    %3 = onnx.Constant() {value = dense<1> : tensor<i64>} : () -> tensor<i64>
    %4 = onnx.Add_v7(%arg3, %3) : (tensor<i64>, tensor<i64>) -> tensor<i64>
    %5 = onnx.Unsqueeze_v11(%arg3) {axes = array<i64: 0>} : (tensor<i64>) -> tensor<1xi64>
    %6 = onnx.Unsqueeze_v11(%4) {axes = array<i64: 0>} : (tensor<i64>) -> tensor<1xi64>
    %7 = onnx.Slice_v11(%2, %5, %6) : (tensor<5xf32>, tensor<1xi64>, tensor<1xi64>) -> tensor<?xf32, #onnx.dims<?>>
    %8 = onnx.Add_v7(%arg5, %7) : (tensor<1xf32>, tensor<?xf32, #onnx.dims<?>>) -> tensor<1xf32>
    %9 = onnx.Identity_v1(%8) : (tensor<1xf32>) -> tensor<1xf32>
    onnx.yield %1, %8, %9 : tensor<i1>, tensor<1xf32>, tensor<1xf32>
  } : (tensor<i64>, tensor<i1>, tensor<1xf32>) -> (tensor<1xf32>, tensor<5x1xf32>)
  return %0#0, %0#1 : tensor<1xf32>, tensor<5x1xf32>
}

// CHECK-LABEL: @Loop_v13(
// CHECK: onnx.Loop(%arg0, %arg1, %arg2) body {
// CHECK: onnx.Identity(%arg4)
// CHECK: onnx.Constant() {value = dense<[1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00, 5.000000e+00]> : tensor<5xf32>}
// CHECK: onnx.Constant() {value = dense<1> : tensor<i64>}
// CHECK: onnx.Constant() {value = dense<0> : tensor<1xi64>}
// CHECK: onnx.Add(%arg3, %{{.+}})
// CHECK: onnx.Constant() {value = dense<0> : tensor<i64>}
// CHECK: onnx.Unsqueeze(%{{.+}}, %{{.+}})
// CHECK: onnx.Slice(%{{.+}}, %{{.+}}, %{{.+}})
// CHECK: onnx.SequenceInsert(%arg5, %{{.+}})
// CHECK: onnx.yield %{{.+}}, %{{.+}} : tensor<i1>, !plan.sequence<tensor<*xf32>>
func.func @Loop_v13(%arg0: tensor<i64>, %arg1: tensor<i1>, %arg2: !plan.sequence<tensor<f32>>) -> (!plan.sequence<tensor<f32>>) {
  %0 = onnx.Loop_v13(%arg0, %arg1, %arg2) body {
  ^bb0(%arg3: tensor<i64>, %arg4: tensor<i1>, %arg5: !plan.sequence<tensor<*xf32>>):
    %1 = onnx.Identity_v14(%arg4) : (tensor<i1>) -> tensor<i1>
    %2 = onnx.Constant() {value = dense<[1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00, 5.000000e+00]> : tensor<5xf32>} : () -> tensor<5xf32>
    %3 = onnx.Constant() {value = dense<1> : tensor<i64>} : () -> tensor<i64>
    %4 = onnx.Constant() {value = dense<0> : tensor<1xi64>} : () -> tensor<1xi64>
    %5 = onnx.Add(%arg3, %3) : (tensor<i64>, tensor<i64>) -> tensor<i64>
    %6 = onnx.Constant() {value = dense<0> : tensor<i64>} : () -> tensor<i64>
    %7 = onnx.Unsqueeze_v13(%5, %6) : (tensor<i64>, tensor<i64>) -> tensor<1xi64>
    %8 = onnx.Slice(%2, %4, %7) : (tensor<5xf32>, tensor<1xi64>, tensor<1xi64>) -> tensor<?xf32, #onnx.dims<?>>
    %9 = onnx.SequenceInsert(%arg5, %8) : (!plan.sequence<tensor<*xf32>>, tensor<?xf32, #onnx.dims<?>>) -> !plan.sequence<tensor<*xf32>>
    onnx.yield %1, %9 : tensor<i1>, !plan.sequence<tensor<*xf32>>
  } : (tensor<i64>, tensor<i1>, !plan.sequence<tensor<f32>>) -> !plan.sequence<tensor<f32>>
  return %0 : !plan.sequence<tensor<f32>>
}

// CHECK-LABEL: @Loop_v16(
// CHECK: onnx.Loop(%arg0, %arg1, %arg2) body {
// CHECK: onnx.Identity(%arg4)
// CHECK: onnx.Constant() {value = dense<[1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00, 5.000000e+00]> : tensor<5xf32>}
// CHECK: onnx.Constant() {value = dense<1> : tensor<i64>}
// CHECK: onnx.Constant() {value = dense<0> : tensor<1xi64>}
// CHECK: onnx.Add(%arg3, %{{.+}})
// CHECK: onnx.Constant() {value = dense<0> : tensor<i64>}
// CHECK: onnx.Unsqueeze(%{{.+}}, %{{.+}})
// CHECK: onnx.Slice(%{{.+}}, %{{.+}}, %{{.+}})
// CHECK: onnx.SequenceInsert(%arg5, %{{.+}})
// CHECK: onnx.yield %{{.+}}, %{{.+}} : tensor<i1>, !plan.sequence<tensor<*xf32>>
func.func @Loop_v16(%arg0: tensor<i64>, %arg1: tensor<i1>, %arg2: !plan.sequence<tensor<f32>>) -> (!plan.sequence<tensor<f32>>) {
  %0 = onnx.Loop_v16(%arg0, %arg1, %arg2) body {
  ^bb0(%arg3: tensor<i64>, %arg4: tensor<i1>, %arg5: !plan.sequence<tensor<*xf32>>):
    %1 = onnx.Identity_v16(%arg4) : (tensor<i1>) -> tensor<i1>
    %2 = onnx.Constant() {value = dense<[1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00, 5.000000e+00]> : tensor<5xf32>} : () -> tensor<5xf32>
    %3 = onnx.Constant() {value = dense<1> : tensor<i64>} : () -> tensor<i64>
    %4 = onnx.Constant() {value = dense<0> : tensor<1xi64>} : () -> tensor<1xi64>
    %5 = onnx.Add(%arg3, %3) : (tensor<i64>, tensor<i64>) -> tensor<i64>
    %6 = onnx.Constant() {value = dense<0> : tensor<i64>} : () -> tensor<i64>
    %7 = onnx.Unsqueeze_v13(%5, %6) : (tensor<i64>, tensor<i64>) -> tensor<1xi64>
    %8 = onnx.Slice(%2, %4, %7) : (tensor<5xf32>, tensor<1xi64>, tensor<1xi64>) -> tensor<?xf32, #onnx.dims<?>>
    %9 = onnx.SequenceInsert(%arg5, %8) : (!plan.sequence<tensor<*xf32>>, tensor<?xf32, #onnx.dims<?>>) -> !plan.sequence<tensor<*xf32>>
    onnx.yield %1, %9 : tensor<i1>, !plan.sequence<tensor<*xf32>>
  } : (tensor<i64>, tensor<i1>, !plan.sequence<tensor<f32>>) -> !plan.sequence<tensor<f32>>
  return %0 : !plan.sequence<tensor<f32>>
}

// CHECK-LABEL: @Loop_v19(
// CHECK: onnx.Loop(%arg0, %arg1, %arg2) body {
// CHECK: onnx.Identity(%arg4)
// CHECK: onnx.Constant() {value = dense<[1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00, 5.000000e+00]> : tensor<5xf32>}
// CHECK: onnx.Constant() {value = dense<1> : tensor<i64>}
// CHECK: onnx.Constant() {value = dense<0> : tensor<1xi64>}
// CHECK: onnx.Add(%arg3, %{{.+}})
// CHECK: onnx.Constant() {value = dense<0> : tensor<i64>}
// CHECK: onnx.Unsqueeze(%{{.+}}, %{{.+}})
// CHECK: onnx.Slice(%{{.+}}, %{{.+}}, %{{.+}})
// CHECK: onnx.SequenceInsert(%arg5, %{{.+}})
// CHECK: onnx.yield %{{.+}}, %{{.+}} : tensor<i1>, !plan.sequence<tensor<*xf32>>
func.func @Loop_v19(%arg0: tensor<i64>, %arg1: tensor<i1>, %arg2: !plan.sequence<tensor<f32>>) -> (!plan.sequence<tensor<f32>>) {
  %0 = onnx.Loop_v19(%arg0, %arg1, %arg2) body {
  ^bb0(%arg3: tensor<i64>, %arg4: tensor<i1>, %arg5: !plan.sequence<tensor<*xf32>>):
    %1 = onnx.Identity_v19(%arg4) : (tensor<i1>) -> tensor<i1>
    %2 = onnx.Constant() {value = dense<[1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00, 5.000000e+00]> : tensor<5xf32>} : () -> tensor<5xf32>
    %3 = onnx.Constant() {value = dense<1> : tensor<i64>} : () -> tensor<i64>
    %4 = onnx.Constant() {value = dense<0> : tensor<1xi64>} : () -> tensor<1xi64>
    %5 = onnx.Add(%arg3, %3) : (tensor<i64>, tensor<i64>) -> tensor<i64>
    %6 = onnx.Constant() {value = dense<0> : tensor<i64>} : () -> tensor<i64>
    %7 = onnx.Unsqueeze_v13(%5, %6) : (tensor<i64>, tensor<i64>) -> tensor<1xi64>
    %8 = onnx.Slice(%2, %4, %7) : (tensor<5xf32>, tensor<1xi64>, tensor<1xi64>) -> tensor<?xf32, #onnx.dims<?>>
    %9 = onnx.SequenceInsert(%arg5, %8) : (!plan.sequence<tensor<*xf32>>, tensor<?xf32, #onnx.dims<?>>) -> !plan.sequence<tensor<*xf32>>
    onnx.yield %1, %9 : tensor<i1>, !plan.sequence<tensor<*xf32>>
  } : (tensor<i64>, tensor<i1>, !plan.sequence<tensor<f32>>) -> !plan.sequence<tensor<f32>>
  return %0 : !plan.sequence<tensor<f32>>
}

// CHECK-LABEL: @Loop_v21(
// CHECK: onnx.Loop(%arg0, %arg1, %arg2) body {
// CHECK: onnx.Identity(%arg4)
// CHECK: onnx.Constant() {value = dense<[1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00, 5.000000e+00]> : tensor<5xf32>}
// CHECK: onnx.Constant() {value = dense<1> : tensor<i64>}
// CHECK: onnx.Constant() {value = dense<0> : tensor<1xi64>}
// CHECK: onnx.Add(%arg3, %{{.+}})
// CHECK: onnx.Constant() {value = dense<0> : tensor<i64>}
// CHECK: onnx.Unsqueeze(%{{.+}}, %{{.+}})
// CHECK: onnx.Slice(%{{.+}}, %{{.+}}, %{{.+}})
// CHECK: onnx.SequenceInsert(%arg5, %{{.+}})
// CHECK: onnx.yield %{{.+}}, %{{.+}} : tensor<i1>, !plan.sequence<tensor<*xf32>>
func.func @Loop_v21(%arg0: tensor<i64>, %arg1: tensor<i1>, %arg2: !plan.sequence<tensor<f32>>) -> (!plan.sequence<tensor<f32>>) {
  %0 = onnx.Loop_v21(%arg0, %arg1, %arg2) body {
  ^bb0(%arg3: tensor<i64>, %arg4: tensor<i1>, %arg5: !plan.sequence<tensor<*xf32>>):
    %1 = onnx.Identity_v21(%arg4) : (tensor<i1>) -> tensor<i1>
    %2 = onnx.Constant() {value = dense<[1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00, 5.000000e+00]> : tensor<5xf32>} : () -> tensor<5xf32>
    %3 = onnx.Constant() {value = dense<1> : tensor<i64>} : () -> tensor<i64>
    %4 = onnx.Constant() {value = dense<0> : tensor<1xi64>} : () -> tensor<1xi64>
    %5 = onnx.Add(%arg3, %3) : (tensor<i64>, tensor<i64>) -> tensor<i64>
    %6 = onnx.Constant() {value = dense<0> : tensor<i64>} : () -> tensor<i64>
    %7 = onnx.Unsqueeze_v21(%5, %6) : (tensor<i64>, tensor<i64>) -> tensor<1xi64>
    %8 = onnx.Slice(%2, %4, %7) : (tensor<5xf32>, tensor<1xi64>, tensor<1xi64>) -> tensor<?xf32, #onnx.dims<?>>
    %9 = onnx.SequenceInsert(%arg5, %8) : (!plan.sequence<tensor<*xf32>>, tensor<?xf32, #onnx.dims<?>>) -> !plan.sequence<tensor<*xf32>>
    onnx.yield %1, %9 : tensor<i1>, !plan.sequence<tensor<*xf32>>
  } : (tensor<i64>, tensor<i1>, !plan.sequence<tensor<f32>>) -> !plan.sequence<tensor<f32>>
  return %0 : !plan.sequence<tensor<f32>>
}

// CHECK-LABEL: @Loop_v23(
// CHECK: onnx.Loop(%arg0, %arg1, %arg2) body {
// CHECK: onnx.Identity(%arg4)
// CHECK: onnx.Constant() {value = dense<[1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00, 5.000000e+00]> : tensor<5xf32>}
// CHECK: onnx.Constant() {value = dense<1> : tensor<i64>}
// CHECK: onnx.Constant() {value = dense<0> : tensor<1xi64>}
// CHECK: onnx.Add(%arg3, %{{.+}})
// CHECK: onnx.Constant() {value = dense<0> : tensor<i64>}
// CHECK: onnx.Unsqueeze(%{{.+}}, %{{.+}})
// CHECK: onnx.Slice(%{{.+}}, %{{.+}}, %{{.+}})
// CHECK: onnx.SequenceInsert(%arg5, %{{.+}})
// CHECK: onnx.yield %{{.+}}, %{{.+}} : tensor<i1>, !plan.sequence<tensor<*xf32>>
func.func @Loop_v23(%arg0: tensor<i64>, %arg1: tensor<i1>, %arg2: !plan.sequence<tensor<f32>>) -> (!plan.sequence<tensor<f32>>) {
  %0 = onnx.Loop_v23(%arg0, %arg1, %arg2) body {
  ^bb0(%arg3: tensor<i64>, %arg4: tensor<i1>, %arg5: !plan.sequence<tensor<*xf32>>):
    %1 = onnx.Identity_v23(%arg4) : (tensor<i1>) -> tensor<i1>
    %2 = onnx.Constant() {value = dense<[1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00, 5.000000e+00]> : tensor<5xf32>} : () -> tensor<5xf32>
    %3 = onnx.Constant() {value = dense<1> : tensor<i64>} : () -> tensor<i64>
    %4 = onnx.Constant() {value = dense<0> : tensor<1xi64>} : () -> tensor<1xi64>
    %5 = onnx.Add(%arg3, %3) : (tensor<i64>, tensor<i64>) -> tensor<i64>
    %6 = onnx.Constant() {value = dense<0> : tensor<i64>} : () -> tensor<i64>
    %7 = onnx.Unsqueeze_v23(%5, %6) : (tensor<i64>, tensor<i64>) -> tensor<1xi64>
    %8 = onnx.Slice(%2, %4, %7) : (tensor<5xf32>, tensor<1xi64>, tensor<1xi64>) -> tensor<?xf32, #onnx.dims<?>>
    %9 = onnx.SequenceInsert(%arg5, %8) : (!plan.sequence<tensor<*xf32>>, tensor<?xf32, #onnx.dims<?>>) -> !plan.sequence<tensor<*xf32>>
    onnx.yield %1, %9 : tensor<i1>, !plan.sequence<tensor<*xf32>>
  } : (tensor<i64>, tensor<i1>, !plan.sequence<tensor<f32>>) -> !plan.sequence<tensor<f32>>
  return %0 : !plan.sequence<tensor<f32>>
}

// CHECK-LABEL: @Loop_v24(
// CHECK: onnx.Loop(%arg0, %arg1, %arg2) body {
// CHECK: onnx.Identity(%arg4)
// CHECK: onnx.Constant() {value = dense<[1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00, 5.000000e+00]> : tensor<5xf32>}
// CHECK: onnx.Constant() {value = dense<1> : tensor<i64>}
// CHECK: onnx.Constant() {value = dense<0> : tensor<1xi64>}
// CHECK: onnx.Add(%arg3, %{{.+}})
// CHECK: onnx.Constant() {value = dense<0> : tensor<i64>}
// CHECK: onnx.Unsqueeze(%{{.+}}, %{{.+}})
// CHECK: onnx.Slice(%{{.+}}, %{{.+}}, %{{.+}})
// CHECK: onnx.SequenceInsert(%arg5, %{{.+}})
// CHECK: onnx.yield %{{.+}}, %{{.+}} : tensor<i1>, !plan.sequence<tensor<*xf32>>
func.func @Loop_v24(%arg0: tensor<i64>, %arg1: tensor<i1>, %arg2: !plan.sequence<tensor<f32>>) -> (!plan.sequence<tensor<f32>>) {
  %0 = onnx.Loop_v24(%arg0, %arg1, %arg2) body {
  ^bb0(%arg3: tensor<i64>, %arg4: tensor<i1>, %arg5: !plan.sequence<tensor<*xf32>>):
    %1 = onnx.Identity_v24(%arg4) : (tensor<i1>) -> tensor<i1>
    %2 = onnx.Constant() {value = dense<[1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00, 5.000000e+00]> : tensor<5xf32>} : () -> tensor<5xf32>
    %3 = onnx.Constant() {value = dense<1> : tensor<i64>} : () -> tensor<i64>
    %4 = onnx.Constant() {value = dense<0> : tensor<1xi64>} : () -> tensor<1xi64>
    %5 = onnx.Add(%arg3, %3) : (tensor<i64>, tensor<i64>) -> tensor<i64>
    %6 = onnx.Constant() {value = dense<0> : tensor<i64>} : () -> tensor<i64>
    %7 = onnx.Unsqueeze_v24(%5, %6) : (tensor<i64>, tensor<i64>) -> tensor<1xi64>
    %8 = onnx.Slice(%2, %4, %7) : (tensor<5xf32>, tensor<1xi64>, tensor<1xi64>) -> tensor<?xf32, #onnx.dims<?>>
    %9 = onnx.SequenceInsert(%arg5, %8) : (!plan.sequence<tensor<*xf32>>, tensor<?xf32, #onnx.dims<?>>) -> !plan.sequence<tensor<*xf32>>
    onnx.yield %1, %9 : tensor<i1>, !plan.sequence<tensor<*xf32>>
  } : (tensor<i64>, tensor<i1>, !plan.sequence<tensor<f32>>) -> !plan.sequence<tensor<f32>>
  return %0 : !plan.sequence<tensor<f32>>
}

// CHECK-LABEL: @Scan_v9(
// CHECK: onnx.Scan(%arg0, %arg1) {num_scan_inputs = 1 : i64} body {
// CHECK: onnx.Add(%arg2, %arg3)
// CHECK: onnx.Identity(%{{.+}})
// CHECK: onnx.yield %{{.+}}, %{{.+}} : tensor<f32>, tensor<f32>
func.func @Scan_v9(%arg0: tensor<f32>, %arg1: tensor<5xf32>) -> (tensor<f32>, tensor<5xf32>) {
  %0:2 = onnx.Scan_v9(%arg0, %arg1) {num_scan_inputs = 1 : i64} body {
  ^bb0(%arg2: tensor<f32>, %arg3: tensor<f32>):
    %1 = onnx.Add_v7(%arg2, %arg3) : (tensor<f32>, tensor<f32>) -> tensor<f32>
    %2 = onnx.Identity_v1(%1) : (tensor<f32>) -> tensor<f32>
    onnx.yield %1, %2 : tensor<f32>, tensor<f32>
  } : (tensor<f32>, tensor<5xf32>) -> (tensor<f32>, tensor<5xf32>)
  return %0#0, %0#1 : tensor<f32>, tensor<5xf32>
}

// CHECK-LABEL: @Scan_v11(
// CHECK: onnx.Scan(%arg0, %arg1) {num_scan_inputs = 1 : i64} body {
// CHECK: onnx.Add(%arg2, %arg3)
// CHECK: onnx.Identity(%{{.+}})
// CHECK: onnx.yield %{{.+}}, %{{.+}} : tensor<f32>, tensor<f32>
func.func @Scan_v11(%arg0: tensor<f32>, %arg1: tensor<5xf32>) -> (tensor<f32>, tensor<5xf32>) {
  %0:2 = onnx.Scan_v11(%arg0, %arg1) {num_scan_inputs = 1 : i64} body {
  ^bb0(%arg2: tensor<f32>, %arg3: tensor<f32>):
    %1 = onnx.Add(%arg2, %arg3) : (tensor<f32>, tensor<f32>) -> tensor<f32>
    %2 = onnx.Identity_v14(%1) : (tensor<f32>) -> tensor<f32>
    onnx.yield %1, %2 : tensor<f32>, tensor<f32>
  } : (tensor<f32>, tensor<5xf32>) -> (tensor<f32>, tensor<5xf32>)
  return %0#0, %0#1 : tensor<f32>, tensor<5xf32>
}

// CHECK-LABEL: @Scan_v16(
// CHECK: onnx.Scan(%arg0, %arg1) {num_scan_inputs = 1 : i64} body {
// CHECK: onnx.Add(%arg2, %arg3)
// CHECK: onnx.Identity(%{{.+}})
// CHECK: onnx.yield %{{.+}}, %{{.+}} : tensor<f32>, tensor<f32>
func.func @Scan_v16(%arg0: tensor<f32>, %arg1: tensor<5xf32>) -> (tensor<f32>, tensor<5xf32>) {
  %0:2 = onnx.Scan_v16(%arg0, %arg1) {num_scan_inputs = 1 : i64} body {
  ^bb0(%arg2: tensor<f32>, %arg3: tensor<f32>):
    %1 = onnx.Add(%arg2, %arg3) : (tensor<f32>, tensor<f32>) -> tensor<f32>
    %2 = onnx.Identity_v16(%1) : (tensor<f32>) -> tensor<f32>
    onnx.yield %1, %2 : tensor<f32>, tensor<f32>
  } : (tensor<f32>, tensor<5xf32>) -> (tensor<f32>, tensor<5xf32>)
  return %0#0, %0#1 : tensor<f32>, tensor<5xf32>
}

// CHECK-LABEL: @Scan_v19(
// CHECK: onnx.Scan(%arg0, %arg1) {num_scan_inputs = 1 : i64} body {
// CHECK: onnx.Add(%arg2, %arg3)
// CHECK: onnx.Identity(%{{.+}})
// CHECK: onnx.yield %{{.+}}, %{{.+}} : tensor<f32>, tensor<f32>
func.func @Scan_v19(%arg0: tensor<f32>, %arg1: tensor<5xf32>) -> (tensor<f32>, tensor<5xf32>) {
  %0:2 = onnx.Scan_v19(%arg0, %arg1) {num_scan_inputs = 1 : i64} body {
  ^bb0(%arg2: tensor<f32>, %arg3: tensor<f32>):
    %1 = onnx.Add(%arg2, %arg3) : (tensor<f32>, tensor<f32>) -> tensor<f32>
    %2 = onnx.Identity_v19(%1) : (tensor<f32>) -> tensor<f32>
    onnx.yield %1, %2 : tensor<f32>, tensor<f32>
  } : (tensor<f32>, tensor<5xf32>) -> (tensor<f32>, tensor<5xf32>)
  return %0#0, %0#1 : tensor<f32>, tensor<5xf32>
}

// CHECK-LABEL: @Scan_v21(
// CHECK: onnx.Scan(%arg0, %arg1) {num_scan_inputs = 1 : i64} body {
// CHECK: onnx.Add(%arg2, %arg3)
// CHECK: onnx.Identity(%{{.+}})
// CHECK: onnx.yield %{{.+}}, %{{.+}} : tensor<f32>, tensor<f32>
func.func @Scan_v21(%arg0: tensor<f32>, %arg1: tensor<5xf32>) -> (tensor<f32>, tensor<5xf32>) {
  %0:2 = onnx.Scan_v21(%arg0, %arg1) {num_scan_inputs = 1 : i64} body {
  ^bb0(%arg2: tensor<f32>, %arg3: tensor<f32>):
    %1 = onnx.Add(%arg2, %arg3) : (tensor<f32>, tensor<f32>) -> tensor<f32>
    %2 = onnx.Identity_v21(%1) : (tensor<f32>) -> tensor<f32>
    onnx.yield %1, %2 : tensor<f32>, tensor<f32>
  } : (tensor<f32>, tensor<5xf32>) -> (tensor<f32>, tensor<5xf32>)
  return %0#0, %0#1 : tensor<f32>, tensor<5xf32>
}

// CHECK-LABEL: @Scan_v23(
// CHECK: onnx.Scan(%arg0, %arg1) {num_scan_inputs = 1 : i64} body {
// CHECK: onnx.Add(%arg2, %arg3)
// CHECK: onnx.Identity(%{{.+}})
// CHECK: onnx.yield %{{.+}}, %{{.+}} : tensor<f32>, tensor<f32>
func.func @Scan_v23(%arg0: tensor<f32>, %arg1: tensor<5xf32>) -> (tensor<f32>, tensor<5xf32>) {
  %0:2 = onnx.Scan_v23(%arg0, %arg1) {num_scan_inputs = 1 : i64} body {
  ^bb0(%arg2: tensor<f32>, %arg3: tensor<f32>):
    %1 = onnx.Add(%arg2, %arg3) : (tensor<f32>, tensor<f32>) -> tensor<f32>
    %2 = onnx.Identity_v23(%1) : (tensor<f32>) -> tensor<f32>
    onnx.yield %1, %2 : tensor<f32>, tensor<f32>
  } : (tensor<f32>, tensor<5xf32>) -> (tensor<f32>, tensor<5xf32>)
  return %0#0, %0#1 : tensor<f32>, tensor<5xf32>
}

// CHECK-LABEL: @Scan_v24(
// CHECK: onnx.Scan(%arg0, %arg1) {num_scan_inputs = 1 : i64} body {
// CHECK: onnx.Add(%arg2, %arg3)
// CHECK: onnx.Identity(%{{.+}})
// CHECK: onnx.yield %{{.+}}, %{{.+}} : tensor<f32>, tensor<f32>
func.func @Scan_v24(%arg0: tensor<f32>, %arg1: tensor<5xf32>) -> (tensor<f32>, tensor<5xf32>) {
  %0:2 = onnx.Scan_v24(%arg0, %arg1) {num_scan_inputs = 1 : i64} body {
  ^bb0(%arg2: tensor<f32>, %arg3: tensor<f32>):
    %1 = onnx.Add(%arg2, %arg3) : (tensor<f32>, tensor<f32>) -> tensor<f32>
    %2 = onnx.Identity_v24(%1) : (tensor<f32>) -> tensor<f32>
    onnx.yield %1, %2 : tensor<f32>, tensor<f32>
  } : (tensor<f32>, tensor<5xf32>) -> (tensor<f32>, tensor<5xf32>)
  return %0#0, %0#1 : tensor<f32>, tensor<5xf32>
}
