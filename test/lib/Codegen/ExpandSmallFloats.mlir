// Narrow floats, computed in f32 and rounded once, against ml_dtypes; also for a CPU that knows nothing of them.
// RUN: azulejo-opt %s --azulejo-expand-small-floats | FileCheck %s
// RUN: azulejo-opt %s --azulejo-fuse-pipeline --azulejo-tiling-pipeline --azulejo-cpu-pipeline --azulejo-emit-object=output=%t.o -o /dev/null
// RUN: llvm-nm -u %t.o | count 0
// RUN: %python %S/../CPU/Inputs/run_kernel.py %t.o main_k0_brain --in a='?:bf16:5000:rng.standard_normal(5000)*10.0**rng.integers(-30,30,5000)' --in b='?:bf16:5000' --out y='?:bf16:5000' --scalar n=i64:5000 --rtol 0 --atol 0 --expect 'y=(a.astype(np.float32)*b.astype(np.float32)).astype(ml_dtypes.bfloat16).astype(np.float32)'
// RUN: %python %S/../CPU/Inputs/run_kernel.py %t.o main_k1_half --in a='?:f64:5000:rng.standard_normal(5000)*10.0**rng.integers(-9,6,5000)' --out y='?:f16:5000' --scalar n=i64:5000 --rtol 0 --atol 0 --expect 'y=a.astype(np.float16).astype(np.float32)'
// RUN: %python %S/../CPU/Inputs/run_kernel.py %t.o main_k2_eight --in a='?:f32:5000:rng.standard_normal(5000)*10.0**rng.integers(-4,2,5000)' --out y='?:f8E4M3FN:5000' --scalar n=i64:5000 --rtol 0 --atol 0 --expect 'y=a.astype(ml_dtypes.float8_e4m3fn).astype(np.float32)'
// RUN: azulejo-opt %s --azulejo-fuse-pipeline --azulejo-tiling-pipeline=cpu=x86-64-v2 --azulejo-cpu-pipeline=cpu=x86-64-v2 --azulejo-emit-object="output=%t.o cpu=x86-64-v2" -o /dev/null
// RUN: llvm-nm -u %t.o | count 0
// RUN: %python %S/../CPU/Inputs/run_kernel.py %t.o main_k1_half --in a='?:f64:5000:rng.standard_normal(5000)*10.0**rng.integers(-9,6,5000)' --out y='?:f16:5000' --scalar n=i64:5000 --rtol 0 --atol 0 --expect 'y=a.astype(np.float16).astype(np.float32)'

#id = affine_map<(d0) -> (d0)>
// CHECK-LABEL: func @main
// CHECK: llvm.call @azm_extend_bf16
// CHECK: arith.mulf %{{.*}} : f32
// CHECK: llvm.call @azm_truncate_bf16
// CHECK: llvm.call @azm_narrow_to_odd
// CHECK: arith.truncf %{{.*}} : f32 to f16
// CHECK: llvm.call @azm_truncate_f8E4M3FN
func.func @main(%a: tensor<?xbf16>, %b: tensor<?xbf16>, %c: tensor<?xf64>, %d: tensor<?xf32>, %n: index) -> (tensor<?xbf16>, tensor<?xf16>, tensor<?xf8E4M3FN>) {
  %e = tensor.empty(%n) : tensor<?xbf16>
  %0 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel"]} ins(%a, %b : tensor<?xbf16>, tensor<?xbf16>) outs(%e : tensor<?xbf16>) {
  ^bb0(%x: bf16, %y: bf16, %o: bf16):
    %m = arith.mulf %x, %y : bf16
    linalg.yield %m : bf16
  } -> tensor<?xbf16> loc("Brain")
  %f = tensor.empty(%n) : tensor<?xf16>
  %1 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%c : tensor<?xf64>) outs(%f : tensor<?xf16>) {
  ^bb0(%x: f64, %o: f16):
    %m = arith.truncf %x : f64 to f16
    linalg.yield %m : f16
  } -> tensor<?xf16> loc("Half")
  %g = tensor.empty(%n) : tensor<?xf8E4M3FN>
  %2 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%d : tensor<?xf32>) outs(%g : tensor<?xf8E4M3FN>) {
  ^bb0(%x: f32, %o: f8E4M3FN):
    %m = arith.truncf %x : f32 to f8E4M3FN
    linalg.yield %m : f8E4M3FN
  } -> tensor<?xf8E4M3FN> loc("Eight")
  return %0, %1, %2 : tensor<?xbf16>, tensor<?xf16>, tensor<?xf8E4M3FN>
}
