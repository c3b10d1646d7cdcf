// Constants made of constants print and parse; their bytes are made for the artifact alone.
// RUN: azulejo-opt %s | azulejo-opt | FileCheck %s
// RUN: azulejo-opt %s --azulejo-schedule --azulejo-write-artifact=path=%t.azm -o /dev/null
// RUN: azulejo-run %t.azm | FileCheck %s --check-prefix=BYTES

// CHECK: plan.constant #plan.strided<dense<{{.*}}> : tensor<2x3xf32>, 0, [1, 3]> : tensor<3x2xf32>
// CHECK: plan.constant #plan.strided<dense<{{.*}}> : tensor<2x3xf32>, 5, [-3, -2]> : tensor<2x2xf32>
// CHECK: plan.constant #plan.concat<[dense<[0.000000e+00, 1.000000e+00]> : tensor<2xf32>, dense<2.000000e+00> : tensor<1xf32>], 0> : tensor<3xf32>
// CHECK: plan.constant #plan.panels<#plan.strided<
// CHECK: plan.constant #plan.converted<dense<{{.*}}> : tensor<10xf32>> : tensor<10xf16>

// A transpose, a slice with steps backwards, two ways to concatenate, reading a splat, and panels of
// four columns of a matrix and of a transposed one.
// BYTES: 3x2xf32=[0 3][1 4][2 5]
// BYTES: 2x2xf32=[5 3][2 0]
// BYTES: 3xf32=0 1 2
// BYTES: 2x4xf32=[0 1 2 7][3 4 5 7]
// BYTES: 2x2x4xf32={{.*}}[1 2 3 4][6 7 8 9]{{.*}}[5 0 0 0][10 0 0 0]
// BYTES: 2x2x4xf32={{.*}}[1 2 3 4][6 7 8 9]{{.*}}[5 0 0 0][10 0 0 0]
// To f16: ties to even, the largest and what is beyond it, subnormals, infinities, a NaN.
// BYTES: 10xf16=1 1.002 65504 inf 6.0976e-05 5.9605e-08 0 -inf -2 nan
// BYTES: 6xbf16=1 1.0156 inf 9.1835e-41 -1.5 nan
// G g G^T of the filter 4 * e_0 e_1^T: g's second column times G's first row, which is 1, 1/2, 1/2, 0.
// BYTES: 16x1x1xf32={{\[}}[0]]{{\[}}[2]]{{\[}}[-2]]{{\[}}[0]]{{\[}}[0]]{{\[}}[1]]{{\[}}[-1]]{{\[}}[0]]{{\[}}[0]]{{\[}}[1]]{{\[}}[-1]]{{\[}}[0]]{{\[}}[0]]{{\[}}[0]]{{\[}}[0]]{{\[}}[0]]
func.func @main() -> (tensor<3x2xf32>, tensor<2x2xf32>, tensor<3xf32>, tensor<2x4xf32>, tensor<2x2x4xf32>, tensor<2x2x4xf32>, tensor<10xf16>, tensor<6xbf16>, tensor<16x1x1xf32>) {
  %0 = plan.constant #plan.strided<dense<[[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]> : tensor<2x3xf32>, 0, [1, 3]> : tensor<3x2xf32>
  %1 = plan.constant #plan.strided<dense<[[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]> : tensor<2x3xf32>, 5, [-3, -2]> : tensor<2x2xf32>
  %2 = plan.constant #plan.concat<[dense<[0.0, 1.0]> : tensor<2xf32>, dense<2.0> : tensor<1xf32>], 0> : tensor<3xf32>
  %3 = plan.constant #plan.concat<[dense<[[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]> : tensor<2x3xf32>, dense<7.0> : tensor<2x1xf32>], 1> : tensor<2x4xf32>
  %4 = plan.constant #plan.panels<dense<[[1.0, 2.0, 3.0, 4.0, 5.0], [6.0, 7.0, 8.0, 9.0, 10.0]]> : tensor<2x5xf32>> : tensor<2x2x4xf32>
  %5 = plan.constant #plan.panels<#plan.strided<dense<[[1.0, 6.0], [2.0, 7.0], [3.0, 8.0], [4.0, 9.0], [5.0, 10.0]]> : tensor<5x2xf32>, 0, [1, 2]> : tensor<2x5xf32>> : tensor<2x2x4xf32>
  %6 = plan.constant #plan.converted<dense<[1.00048828125, 1.00146484375, 65519.0, 65520.0, 6.1e-5, 4.0e-8, 2.0e-8, 0xFF800000, -2.0, 0x7FC00000]> : tensor<10xf32>> : tensor<10xf16>
  %7 = plan.constant #plan.converted<dense<[1.00390625, 1.01171875, 0x7F7FFFFF, 1.0e-40, -1.5, 0x7FC00000]> : tensor<6xf32>> : tensor<6xbf16>
  %8 = plan.constant #plan.winograd<dense<[[[[0.0, 4.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]]]]> : tensor<1x1x3x3xf32>> : tensor<16x1x1xf32>
  return %0, %1, %2, %3, %4, %5, %6, %7, %8 : tensor<3x2xf32>, tensor<2x2xf32>, tensor<3xf32>, tensor<2x4xf32>, tensor<2x2x4xf32>, tensor<2x2x4xf32>, tensor<10xf16>, tensor<6xbf16>, tensor<16x1x1xf32>
}
