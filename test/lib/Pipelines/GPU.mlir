// A kernel's way to an entry in LLVM's dialect and its host function, for two architectures.
// RUN: azulejo-opt %s --azulejo-gpu-tiling-pipeline=targets=sm_80,h100 --azulejo-gpu-pipeline | FileCheck %s

// CHECK: tile.launch @main_k0_neg
// CHECK: llvm.func @main_k0_neg.sm_80(%{{.*}}: !llvm.ptr, %{{.*}}: !llvm.ptr)
// CHECK: gpu.module @sm_80
// CHECK: llvm.func @main_k0_neg(%{{.*}}: !llvm.ptr {llvm.align = 64 : i64, llvm.noalias}, %{{.*}}: i64, {{.*}}) attributes {{{.*}}nvvm.kernel, nvvm.maxntid = array<i32: 128, 1, 1>, nvvm.minctasm = 4 : i32}
// CHECK: llvm.func @main_k0_neg.sm_90a(%{{.*}}: !llvm.ptr, %{{.*}}: !llvm.ptr)
// CHECK: gpu.module @sm_90a
// CHECK: llvm.func @main_k0_neg(
func.func @main(%x: tensor<?xf32>, %n: index) -> tensor<?xf32> {
  %i = tensor.empty(%n) : tensor<?xf32>
  %y = tile.kernel "main_k0_neg" ins(%x : tensor<?xf32>) outs(%i : tensor<?xf32>) {
  ^bb0(%a: tensor<?xf32>, %b: tensor<?xf32>):
    %0 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a : tensor<?xf32>) outs(%b : tensor<?xf32>) {
    ^bb0(%v: f32, %o: f32):
      %1 = arith.negf %v : f32
      linalg.yield %1 : f32
    } -> tensor<?xf32>
    tile.yield %0 : tensor<?xf32>
  } -> (tensor<?xf32>)
  return %y : tensor<?xf32>
}
