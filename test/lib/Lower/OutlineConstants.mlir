// RUN: azulejo-opt %s --azulejo-outline-constants | FileCheck %s

// CHECK-LABEL: func.func @main
// CHECK-DAG: arith.constant dense<0.000000e+00> : tensor<64xf32>
// CHECK-DAG: arith.constant dense<[1, 2]> : tensor<2xi8>
// CHECK-DAG: plan.constant dense<{{.*}}> : tensor<18xi8>
func.func @main() -> (tensor<64xf32>, tensor<2xi8>, tensor<18xi8>) {
  %a = arith.constant dense<0.0> : tensor<64xf32>
  %b = arith.constant dense<[1, 2]> : tensor<2xi8>
  %c = arith.constant dense<[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17]> : tensor<18xi8>
  return %a, %b, %c : tensor<64xf32>, tensor<2xi8>, tensor<18xi8>
}
