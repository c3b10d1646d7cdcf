// RUN: azulejo-opt %s --pass-pipeline='builtin.module(func.func(azulejo-assign-layouts))' --split-input-file --verify-diagnostics | FileCheck %s

// Rows of 16 bytes for memory, fragments for the tensor cores, and conversions between them.
// CHECK-DAG: #[[ROWS:.*]] = #cta.layout<[64, 64], register = {{\[}}[0, 1], [0, 2], [0, 4], [16, 0], [32, 0]], lane = {{\[}}[0, 8], [0, 16], [0, 32], [1, 0], [2, 0]], warp = {{\[}}[4, 0], [8, 0]]>
// CHECK-DAG: #[[SUM:.*]] = #cta.layout<[64, 64], register = {{\[}}[0, 1], [8, 0], [0, 16], [0, 32], [32, 0]], lane = {{\[}}[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = {{\[}}[16, 0], [0, 8]]>
// CHECK-LABEL: func @product
func.func @product(%x: memref<64x64xf16>, %y: memref<64x64xf16>, %z: memref<64x64xf16>) attributes {cta.warps = 4 : i64} {
  %c0 = arith.constant 0 : index
  // CHECK-DAG: %[[A:.*]] = cta.load %{{.*}} -> tensor<64x64xf16, #[[ROWS]]>
  %a = cta.load %x[%c0, %c0] dims [0, 1] : memref<64x64xf16> -> tensor<64x64xf16>
  // CHECK-DAG: cta.convert_layout %[[A]] : tensor<64x64xf16, #[[ROWS]]> -> tensor<64x64xf16, #[[LEFT:.*]]>
  %b = cta.load %y[%c0, %c0] dims [0, 1] : memref<64x64xf16> -> tensor<64x64xf16>
  // A constant has the layout of who wants it.
  // CHECK-DAG: arith.constant dense<0.000000e+00> : tensor<64x64xf32, #[[SUM]]>
  %c = arith.constant dense<0.0> : tensor<64x64xf32>
  // CHECK: %[[D:.*]] = cta.dot {{.*}}tensor<64x64xf32, #[[SUM]]>
  %d = cta.dot %a, %b, %c : tensor<64x64xf16>, tensor<64x64xf16>, tensor<64x64xf32>
  // CHECK: %[[E:.*]] = arith.truncf %[[D]] : tensor<64x64xf32, #[[SUM]]> to tensor<64x64xf16, #[[SUM]]>
  %e = arith.truncf %d : tensor<64x64xf32> to tensor<64x64xf16>
  // CHECK: %[[F:.*]] = cta.convert_layout %[[E]] : tensor<64x64xf16, #[[SUM]]> -> tensor<64x64xf16, #[[ROWS]]>
  // CHECK: cta.store %[[F]]
  cta.store %e, %z[%c0, %c0] dims [0, 1] : tensor<64x64xf16>, memref<64x64xf16>
  return
}

// -----

// A tile converted in a loop that it does not change in is converted outside of it, and once.
// CHECK-LABEL: func @hoisted
func.func @hoisted(%x: memref<64x64xf16>, %y: memref<64x64xf16>, %z: memref<64x64xf32>) attributes {cta.warps = 4 : i64} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c8 = arith.constant 8 : index
  %c = arith.constant dense<0.0> : tensor<64x64xf32>
  // CHECK: %[[A:.*]] = cta.load %arg0
  // CHECK-NEXT: %[[LEFT:.*]] = cta.convert_layout %[[A]]
  // CHECK-NOT: cta.convert_layout %[[A]]
  // CHECK: scf.for
  %a = cta.load %x[%c0, %c0] dims [0, 1] : memref<64x64xf16> -> tensor<64x64xf16>
  %r = scf.for %i = %c0 to %c8 step %c1 iter_args(%sum = %c) -> (tensor<64x64xf32>) {
    %b = cta.load %y[%c0, %c0] dims [0, 1] : memref<64x64xf16> -> tensor<64x64xf16>
    // CHECK: cta.dot %[[LEFT]]
    %d = cta.dot %a, %b, %sum : tensor<64x64xf16>, tensor<64x64xf16>, tensor<64x64xf32>
    // CHECK: cta.dot %[[LEFT]]
    %e = cta.dot %a, %b, %d : tensor<64x64xf16>, tensor<64x64xf16>, tensor<64x64xf32>
    scf.yield %e : tensor<64x64xf32>
  }
  cta.store %r, %z[%c0, %c0] dims [0, 1] : tensor<64x64xf32>, memref<64x64xf32>
  return
}

// -----

// Shared memory is read as fragments at once.
// CHECK-LABEL: func @shared
func.func @shared(%s: !cta.shared<64x64xf16, 128>, %z: memref<64x64xf32>) attributes {cta.warps = 4 : i64} {
  %c0 = arith.constant 0 : index
  %c = arith.constant dense<0.0> : tensor<64x64xf32>
  // CHECK: %[[B:.*]] = cta.load_shared
  // CHECK: %[[A:.*]] = cta.load_shared
  // CHECK: %[[T:.*]] = cta.transpose %[[B]]
  // CHECK: cta.dot %[[A]], %[[T]]
  %a = cta.load_shared %s : !cta.shared<64x64xf16, 128> -> tensor<64x64xf16>
  %b = cta.transpose %a [1, 0] : tensor<64x64xf16> -> tensor<64x64xf16>
  %d = cta.dot %a, %b, %c : tensor<64x64xf16>, tensor<64x64xf16>, tensor<64x64xf32>
  cta.store %d, %z[%c0, %c0] dims [0, 1] : tensor<64x64xf32>, memref<64x64xf32>
  return
}

// -----

// expected-error@+1 {{has a block of 64 warps, and 1 to 32 are possible}}
func.func @warps() attributes {cta.warps = 64 : i64} {
  return
}

// -----

// What is added to scores in every step is loaded as they are held, where a conversion would go
// through shared memory each time; a row of it as they hold their columns.
// CHECK-DAG: #[[SCORES:.*]] = #cta.layout<[64, 64], register = {{\[}}[0, 1], [8, 0], [0, 8], [0, 16], [0, 32]], lane = {{\[}}[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = {{\[}}[16, 0], [32, 0]]>
// CHECK-DAG: #[[COLUMNS:.*]] = #cta.layout<[64], register = {{\[}}[1], [8], [16], [32]], lane = {{\[}}[2], [4], [0], [0], [0]], warp = {{\[}}[0], [0]]>
// CHECK-LABEL: func @mask
func.func @mask(%q: memref<64x64xf16>, %k: memref<64x64xf16>, %m: memref<64x64xf32>, %v: memref<64xf32>, %y: memref<64xf32>) attributes {cta.warps = 4 : i64} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c8 = arith.constant 8 : index
  %zero = arith.constant dense<0.0> : tensor<64xf32>
  %none = arith.constant dense<0.0> : tensor<64x64xf32>
  %a = cta.load %q[%c0, %c0] dims [0, 1] : memref<64x64xf16> -> tensor<64x64xf16>
  %b = cta.load %k[%c0, %c0] dims [0, 1] : memref<64x64xf16> -> tensor<64x64xf16>
  // CHECK: scf.for
  %r = scf.for %i = %c0 to %c8 step %c1 iter_args(%most = %zero) -> (tensor<64xf32>) {
    %s = cta.dot %a, %b, %none : tensor<64x64xf16>, tensor<64x64xf16>, tensor<64x64xf32>
    // CHECK: cta.load %{{.*}} -> tensor<64x64xf32, #[[SCORES]]>
    %bias = cta.load %m[%c0, %c0] dims [0, 1] : memref<64x64xf32> -> tensor<64x64xf32>
    %t = arith.addf %s, %bias : tensor<64x64xf32>
    // CHECK: cta.load %{{.*}} -> tensor<64xf32, #[[COLUMNS]]>
    %row = cta.load %v[%c0] dims [0] : memref<64xf32> -> tensor<64xf32>
    %rows = cta.broadcast %row along [0] : tensor<64xf32> -> tensor<64x64xf32>
    %u = arith.addf %t, %rows : tensor<64x64xf32>
    // CHECK-NOT: cta.convert_layout
    // CHECK: cta.reduce
    %next = cta.reduce %u axis 1 : (tensor<64x64xf32>) -> tensor<64xf32> {
    ^bb0(%x: f32, %z: f32):
      %max = arith.maximumf %x, %z : f32
      cta.yield %max : f32
    }
    scf.yield %next : tensor<64xf32>
  }
  cta.store %r, %y[%c0] dims [0] : tensor<64xf32>, memref<64xf32>
  return
}
