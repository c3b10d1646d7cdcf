// Constants made of constants print and parse; their bytes are made for the artifact alone.
// RUN: azulejo-opt %s | azulejo-opt | FileCheck %s
// RUN: azulejo-opt %s --azulejo-schedule --azulejo-write-artifact=path=%t.azm -o /dev/null
// RUN: azulejo-run %t.azm | FileCheck %s --check-prefix=BYTES

// CHECK: plan.constant #plan.strided<dense<{{.*}}> : tensor<2x3xf32>, 0, [1, 3]> : tensor<3x2xf32>
// CHECK: plan.constant #plan.strided<dense<{{.*}}> : tensor<2x3xf32>, 5, [-3, -2]> : tensor<2x2xf32>
// CHECK: plan.constant #plan.concat<[dense<[0.000000e+00, 1.000000e+00]> : tensor<2xf32>, dense<2.000000e+00> : tensor<1xf32>], 0> : tensor<3xf32>
// CHECK: plan.constant #plan.panels<#plan.strided<

// A transpose, a slice with steps backwards, two ways to concatenate, reading a splat, and panels of
// four columns of a matrix and of a transposed one.
// BYTES: 3x2xf32=[0 3][1 4][2 5]
// BYTES: 2x2xf32=[5 3][2 0]
// BYTES: 3xf32=0 1 2
// BYTES: 2x4xf32=[0 1 2 7][3 4 5 7]
// BYTES: 2x2x4xf32={{.*}}[1 2 3 4][6 7 8 9]{{.*}}[5 0 0 0][10 0 0 0]
// BYTES: 2x2x4xf32={{.*}}[1 2 3 4][6 7 8 9]{{.*}}[5 0 0 0][10 0 0 0]
func.func @main() -> (tensor<3x2xf32>, tensor<2x2xf32>, tensor<3xf32>, tensor<2x4xf32>, tensor<2x2x4xf32>, tensor<2x2x4xf32>) {
  %0 = plan.constant #plan.strided<dense<[[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]> : tensor<2x3xf32>, 0, [1, 3]> : tensor<3x2xf32>
  %1 = plan.constant #plan.strided<dense<[[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]> : tensor<2x3xf32>, 5, [-3, -2]> : tensor<2x2xf32>
  %2 = plan.constant #plan.concat<[dense<[0.0, 1.0]> : tensor<2xf32>, dense<2.0> : tensor<1xf32>], 0> : tensor<3xf32>
  %3 = plan.constant #plan.concat<[dense<[[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]> : tensor<2x3xf32>, dense<7.0> : tensor<2x1xf32>], 1> : tensor<2x4xf32>
  %4 = plan.constant #plan.panels<dense<[[1.0, 2.0, 3.0, 4.0, 5.0], [6.0, 7.0, 8.0, 9.0, 10.0]]> : tensor<2x5xf32>> : tensor<2x2x4xf32>
  %5 = plan.constant #plan.panels<#plan.strided<dense<[[1.0, 6.0], [2.0, 7.0], [3.0, 8.0], [4.0, 9.0], [5.0, 10.0]]> : tensor<5x2xf32>, 0, [1, 2]> : tensor<2x5xf32>> : tensor<2x2x4xf32>
  return %0, %1, %2, %3, %4, %5 : tensor<3x2xf32>, tensor<2x2xf32>, tensor<3xf32>, tensor<2x4xf32>, tensor<2x2x4xf32>, tensor<2x2x4xf32>
}
