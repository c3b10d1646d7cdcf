// RUN: azulejo-opt %s --azulejo-lower-onnx --canonicalize --cse | FileCheck %s

// What is read of data is an index only after a look; the look's size is that of the data.
// CHECK-LABEL: func.func @gather(
// CHECK:         tile.kernel "gather"
// CHECK:           %[[AT:.*]] = tensor.extract %
// CHECK:           %[[INDEX:.*]] = arith.index_cast %[[AT]]
// CHECK:           tile.checked_index %[[INDEX]] within %{{.*}}, "indices" from_end
func.func @gather(%x: tensor<?x4xf32, #onnx.dims<"n", 4>>, %at: tensor<3xi64>) -> tensor<3x4xf32> {
  %y = onnx.Gather(%x, %at) {axis = 0 : i64} : (tensor<?x4xf32, #onnx.dims<"n", 4>>, tensor<3xi64>) -> tensor<3x4xf32>
  return %y : tensor<3x4xf32>
}

// Dimensions of different names must agree; those of one name do.
// CHECK-LABEL: func.func @scatter(
// CHECK-SAME:    %[[N:[a-z0-9]*]]: index {azulejo.symbol = "n"}, %[[K:[a-z0-9]*]]: index {azulejo.symbol = "k"}, %[[U:[a-z0-9]*]]: index {azulejo.symbol = "u"}
// CHECK:         %[[SAME:.*]] = arith.cmpi eq, %[[U]], %[[K]]
// CHECK-NEXT:    plan.assert %[[SAME]], "node 'put': ScatterElements: dimension 0 of updates is {}, and of indices {}"(%[[U]], %[[K]])
// CHECK-NOT:     plan.assert
// CHECK:         tile.kernel "scatter_elements"
func.func @scatter(%x: tensor<?xf32, #onnx.dims<"n">>, %at: tensor<?xi64, #onnx.dims<"k">>,
                   %u: tensor<?xf32, #onnx.dims<"u">>) -> tensor<?xf32, #onnx.dims<"n">> {
  %y = onnx.ScatterElements(%x, %at, %u) {axis = 0 : i64, reduction = "none"} : (tensor<?xf32, #onnx.dims<"n">>, tensor<?xi64, #onnx.dims<"k">>, tensor<?xf32, #onnx.dims<"u">>) -> tensor<?xf32, #onnx.dims<"n">> loc("put"("ScatterElements"))
  return %y : tensor<?xf32, #onnx.dims<"n">>
}

// A number may not be more than what the run has.
// CHECK-LABEL: func.func @topK(
// CHECK:         %[[FITS:.*]] = arith.cmpi sle, %[[K:.*]], %[[SIZE:.*]] : index
// CHECK-NEXT:    plan.assert %[[FITS]], "K is {}, and the axis has {}"(%[[K]], %[[SIZE]])
func.func @topK(%x: tensor<?xf32, #onnx.dims<"n">>, %k: tensor<1xi64>) -> tensor<?xf32, #onnx.dims<"m">> {
  %y, %i = onnx.TopK(%x, %k) {axis = 0 : i64, largest = 1 : i64, sorted = 1 : i64} : (tensor<?xf32, #onnx.dims<"n">>, tensor<1xi64>) -> (tensor<?xf32, #onnx.dims<"m">>, tensor<?xi64, #onnx.dims<"m">>)
  return %y : tensor<?xf32, #onnx.dims<"m">>
}
