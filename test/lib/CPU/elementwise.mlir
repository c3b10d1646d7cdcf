// An elementwise chain from linalg to machine code, run and compared.
// RUN: azulejo-opt %s --azulejo-fuse-pipeline --azulejo-tiling-pipeline --azulejo-cpu-pipeline --azulejo-emit-object=output=%t.o -o /dev/null
// RUN: llvm-nm -u %t.o | count 0
// RUN: %python %S/Inputs/run_kernel.py %t.o main_k0_add_exp --in a='?x768:f32:50x768' --out y='?x768:f32:50x768' --scalar n=i64:50 --expect 'y=np.exp(a+1)'
// RUN: %python %S/Inputs/run_kernel.py %t.o main_k0_add_exp --in a='?x768:f32:0x768' --out y='?x768:f32:0x768' --scalar n=i64:0 --expect 'y=np.exp(a+1)'

#id = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d1)>
func.func @main(%x: tensor<?x768xf32>, %n: index) -> tensor<?x768xf32> {
  %b = arith.constant dense<1.0> : tensor<768xf32>
  %e = tensor.empty(%n) : tensor<?x768xf32>
  %0 = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]} ins(%x, %b : tensor<?x768xf32>, tensor<768xf32>) outs(%e : tensor<?x768xf32>) {
  ^bb0(%a: f32, %c: f32, %o: f32):
    %s = arith.addf %a, %c : f32
    linalg.yield %s : f32
  } -> tensor<?x768xf32> loc("/enc/Add_1")
  %1 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%0 : tensor<?x768xf32>) outs(%e : tensor<?x768xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = math.exp %a : f32
    linalg.yield %s : f32
  } -> tensor<?x768xf32> loc("/enc/Exp")
  return %1 : tensor<?x768xf32>
}
