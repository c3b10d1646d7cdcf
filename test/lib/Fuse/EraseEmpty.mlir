// RUN: azulejo-opt %s --azulejo-erase-empty | FileCheck %s

// CHECK-LABEL: func.func @noProducts(
// CHECK-NEXT:    return %arg2
func.func @noProducts(%a: tensor<4x0xf32>, %b: tensor<0x8xf32>, %c: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %r = tile.matmul ins(%a, %b : tensor<4x0xf32>, tensor<0x8xf32>) outs(%c : tensor<4x8xf32>) -> tensor<4x8xf32>
  return %r : tensor<4x8xf32>
}

// One that overwrites its destination writes zeros.
// CHECK-LABEL: func.func @zeros(
// CHECK:         tile.matmul
func.func @zeros(%a: tensor<4x0xf32>, %b: tensor<0x8xf32>, %c: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %r = tile.matmul {overwrite} ins(%a, %b : tensor<4x0xf32>, tensor<0x8xf32>) outs(%c : tensor<4x8xf32>) -> tensor<4x8xf32>
  return %r : tensor<4x8xf32>
}

// No rows, however many columns there are; and a sum of them adds nothing.
// CHECK-LABEL: func.func @noRows(
// CHECK-NEXT:    return %arg2, %arg3
func.func @noRows(%a: tensor<0x?xf32>, %b: tensor<?x?xf32>, %c: tensor<0x?xf32>, %s: tensor<?xf32>) -> (tensor<0x?xf32>, tensor<?xf32>) {
  %r = tile.matmul ins(%a, %b : tensor<0x?xf32>, tensor<?x?xf32>) outs(%c : tensor<0x?xf32>) -> tensor<0x?xf32>
  %t = linalg.reduce ins(%r : tensor<0x?xf32>) outs(%s : tensor<?xf32>) dimensions = [0]
    (%x: f32, %y: f32) {
      %z = arith.addf %x, %y : f32
      linalg.yield %z : f32
    }
  return %r, %t : tensor<0x?xf32>, tensor<?xf32>
}

// A destination that begins without elements, which its type does not say.
// CHECK-LABEL: func.func @slices(
// CHECK:         %[[E:.*]] = tensor.empty
// CHECK-NEXT:    return %[[E]]
func.func @slices(%a: tensor<4x?xi64>, %n: index) -> tensor<10x?xi64> {
  %c0 = arith.constant 0 : index
  %e = tensor.empty(%c0) : tensor<10x?xi64>
  %r = tensor.insert_slice %a into %e[0, 0] [4, %n] [1, 1] : tensor<4x?xi64> into tensor<10x?xi64>
  %s = tensor.insert_slice %a into %r[4, 0] [4, %n] [1, 1] : tensor<4x?xi64> into tensor<10x?xi64>
  return %s : tensor<10x?xi64>
}

// The size of another tensor.
// CHECK-LABEL: func.func @sizes(
// CHECK-NOT:     tensor.insert_slice
// CHECK:         return
func.func @sizes(%a: tensor<4x?xi64>, %n: index) -> tensor<4x?xi64> {
  %c1 = arith.constant 1 : index
  %other = tensor.empty() : tensor<3x0xi64>
  %cast = tensor.cast %other : tensor<3x0xi64> to tensor<3x?xi64>
  %size = tensor.dim %cast, %c1 : tensor<3x?xi64>
  %e = tensor.empty(%size) : tensor<4x?xi64>
  %r = tensor.insert_slice %a into %e[0, 0] [4, %n] [1, 1] : tensor<4x?xi64> into tensor<4x?xi64>
  return %r : tensor<4x?xi64>
}

// Elements there are, and what is not known to have none stays.
// CHECK-LABEL: func.func @kept(
// CHECK:         tile.matmul
func.func @kept(%a: tensor<?x?xf32>, %b: tensor<?x8xf32>, %c: tensor<?x8xf32>) -> tensor<?x8xf32> {
  %r = tile.matmul ins(%a, %b : tensor<?x?xf32>, tensor<?x8xf32>) outs(%c : tensor<?x8xf32>) -> tensor<?x8xf32>
  return %r : tensor<?x8xf32>
}
