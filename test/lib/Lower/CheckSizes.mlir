// RUN: azulejo-opt %s --azulejo-check-sizes --canonicalize --cse | FileCheck %s

// Two inputs that one loop reads are checked; sizes that are one symbol are not.
// CHECK-LABEL: func.func @loops(
// CHECK-SAME:    %[[M:[a-z0-9]*]]: index {azulejo.symbol = "m"}, %[[N:[a-z0-9]*]]: index {azulejo.symbol = "n"}
// CHECK:         %[[SAME:.*]] = arith.cmpi eq, %[[N]], %[[M]]
// CHECK-NEXT:    plan.assert %[[SAME]], "node 'sum': Add: dimension 0 of operand 1 is {}, and dimension 0 of operand 0 is {}"(%[[N]], %[[M]])
// CHECK-NOT:     plan.assert
// CHECK:         return
#map = affine_map<(d0) -> (d0)>
func.func @loops(%a: tensor<?xf32> {azulejo.shape = ["m"]}, %b: tensor<?xf32> {azulejo.shape = ["n"]},
                 %m: index {azulejo.symbol = "m"}, %n: index {azulejo.symbol = "n"}) -> tensor<?xf32> {
  %e = tensor.empty(%m) : tensor<?xf32>
  %y = linalg.generic {indexing_maps = [#map, #map, #map], iterator_types = ["parallel"]}
      ins(%a, %b : tensor<?xf32>, tensor<?xf32>) outs(%e : tensor<?xf32>) {
  ^bb0(%x0: f32, %x1: f32, %x2: f32):
    %s = arith.addf %x0, %x1 : f32
    linalg.yield %s : f32
  } -> tensor<?xf32> loc("sum"("Add"))
  return %y : tensor<?xf32>
}

// A product of sizes is the same in any order; a quotient may not fit.
// CHECK-LABEL: func.func @reshape(
// CHECK-SAME:    %[[M:[a-z0-9]*]]: index {azulejo.symbol = "m"}, %[[N:[a-z0-9]*]]: index {azulejo.symbol = "n"}
// CHECK:         %[[Q:.*]] = arith.divui %[[M]], %{{.*}}
// CHECK:         %[[WHOLE:.*]] = arith.muli %[[Q]], %{{.*}}
// CHECK:         %[[FITS:.*]] = arith.cmpi eq, %[[M]], %[[WHOLE]]
// CHECK:         plan.assert %[[FITS]], "node 'view': {} elements cannot have a shape of {}"(%[[M]], %[[WHOLE]])
// CHECK-NOT:     plan.assert
// CHECK:         return
func.func @reshape(%a: tensor<?xf32> {azulejo.shape = ["m"]}, %b: tensor<?x?x4xf32> {azulejo.shape = ["m", "n", 4]},
                   %m: index {azulejo.symbol = "m"}, %n: index {azulejo.symbol = "n"}) -> (tensor<?x4xf32>, tensor<?x?x4xf32>) {
  %c4 = arith.constant 4 : index
  %q = arith.divui %m, %c4 : index
  %x = tensor.expand_shape %a [[0, 1]] output_shape [%q, 4] : tensor<?xf32> into tensor<?x4xf32> loc("view")
  %f = tensor.collapse_shape %b [[0, 1], [2]] : tensor<?x?x4xf32> into tensor<?x4xf32>
  %y = tensor.expand_shape %f [[0, 1], [2]] output_shape [%n, %m, 4] : tensor<?x4xf32> into tensor<?x?x4xf32>
  return %x, %y : tensor<?x4xf32>, tensor<?x?x4xf32>
}

// What the host reads of data is a size or an index only if it is one.
// CHECK-LABEL: func.func @data(
// CHECK:         plan.assert %{{.*}}, "element {} is read of a dimension of {}"
// CHECK:         plan.assert %{{.*}}, "a dimension of its result would be {}"
// CHECK:         plan.assert %{{.*}}, "the slice of {} elements from {} on does not fit into dimension 0 of {}"
// CHECK:         plan.assert %{{.*}}, "dimension 0 is {}, and 4 was inferred"
// CHECK-NOT:     plan.assert
// CHECK:         return
func.func @data(%a: tensor<?xf32>, %shape: tensor<?xindex>) -> (tensor<?xf32>, tensor<?xf32>, tensor<4xf32>) {
  %c1 = arith.constant 1 : index
  %n = tensor.extract %shape[%c1] : tensor<?xindex>
  %e = tensor.empty(%n) : tensor<?xf32>
  %s = tensor.extract_slice %a[1] [%n] [1] : tensor<?xf32> to tensor<?xf32>
  %t = tensor.cast %a : tensor<?xf32> to tensor<4xf32>
  return %e, %s, %t : tensor<?xf32>, tensor<?xf32>, tensor<4xf32>
}

// The smaller of a number and a size lies inside.
// CHECK-LABEL: func.func @first(
// CHECK-NOT:     plan.assert
// CHECK:         return
func.func @first(%a: tensor<?xf32> {azulejo.shape = ["n"]}, %n: index {azulejo.symbol = "n"}) -> tensor<?xf32> {
  %c9 = arith.constant 9 : index
  %m = arith.minsi %n, %c9 : index
  %s = tensor.extract_slice %a[0] [%m] [1] : tensor<?xf32> to tensor<?xf32>
  return %s : tensor<?xf32>
}
