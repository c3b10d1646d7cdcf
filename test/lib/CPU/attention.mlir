// Attention with a mask, grouped heads and causality, against NumPy.
// RUN: azulejo-opt %s --azulejo-fuse-pipeline --azulejo-tiling-pipeline --azulejo-cpu-pipeline --azulejo-emit-object=output=%t.o -o /dev/null
// RUN: llvm-nm -u %t.o | not grep -v -E ' U (memcpy|memset|memmove)$'
// RUN: %python %S/Inputs/run_kernel.py %t.o main_k0_masked --in q='?x4x?x32:f32:2x4x70x32' --in k='?x2x?x32:f32:2x2x90x32' --in v='?x2x?x40:f32:2x2x90x40' --in m='?x1x?x?:f32:2x1x70x90:rng.standard_normal((2,1,70,90))' --out y='?x4x?x40:f32:2x4x70x40' --scalar a=i64:2 --scalar b=i64:70 --rtol 1e-4 --atol 1e-5 --expect 'y=(lambda s: (np.exp(s)/np.exp(s).sum(-1,keepdims=True))@np.repeat(v,2,1))(0.125*q@np.repeat(k,2,1).transpose(0,1,3,2)+m)'
// RUN: %python %S/Inputs/run_kernel.py %t.o main_k1_causal --in q='1x4x?x32:f32:1x4x1x32' --in k='1x4x?x32:f32:1x4x33x32' --out y='1x4x?x32:f32:1x4x1x32' --scalar n=i64:1 --scalar past=i64:20 --rtol 1e-4 --atol 1e-5 --expect 'y=(lambda s: (np.exp(s)/np.exp(s).sum(-1,keepdims=True))@k)(np.where(np.arange(33)[None,:]<=np.arange(1)[:,None]+20,0.5*q@k.transpose(0,1,3,2),-np.inf))'
// RUN: %python %S/Inputs/run_kernel.py %t.o main_k1_causal --in q='1x4x?x32:f32:1x4x65x32' --in k='1x4x?x32:f32:1x4x65x32' --out y='1x4x?x32:f32:1x4x65x32' --scalar n=i64:65 --scalar past=i64:0 --rtol 1e-4 --atol 1e-5 --expect 'y=(lambda s: (np.exp(s)/np.exp(s).sum(-1,keepdims=True))@k)(np.where(np.arange(65)[None,:]<=np.arange(65)[:,None],0.5*q@k.transpose(0,1,3,2),-np.inf))'
// RUN: %python %S/Inputs/run_kernel.py %t.o main_k2_selected --in q='1x2x5x16:f16:1x2x5x16' --in m='1x1x1x5:i1:1x1x1x5:np.arange(5)<3' --out y='1x2x5x16:f16:1x2x5x16' --rtol 4e-3 --atol 2e-3 --expect 'y=(lambda s: (np.exp(s)/np.exp(s).sum(-1,keepdims=True))@q)(np.where(m,0.25*q.astype(np.float32)@q.astype(np.float32).transpose(0,1,3,2),-np.inf))'
// RUN: %python %S/Inputs/run_kernel.py %t.o main_k2_selected --in q='1x2x5x16:f16:1x2x5x16' --in m='1x1x1x5:i1:1x1x1x5:np.zeros(5)' --out y='1x2x5x16:f16:1x2x5x16' --expect 'y=np.zeros((1,2,5,16))'

func.func @main(%q: tensor<?x4x?x32xf32>, %k: tensor<?x2x?x32xf32>, %v: tensor<?x2x?x40xf32>, %m: tensor<?x1x?x?xf32>, %q1: tensor<1x4x?x32xf32>, %k1: tensor<1x4x?x32xf32>,
                %q2: tensor<1x2x5x16xf16>, %m2: tensor<1x1x1x5xi1>, %batch: index, %queries: index, %queries1: index, %past: index)
    -> (tensor<?x4x?x40xf32>, tensor<1x4x?x32xf32>, tensor<1x2x5x16xf16>) {
  %e = tensor.empty(%batch, %queries) : tensor<?x4x?x40xf32>
  %0 = tile.attention {scale = 0.125 : f64} ins(%q, %k, %v : tensor<?x4x?x32xf32>, tensor<?x2x?x32xf32>, tensor<?x2x?x40xf32>)
    mask(%m : tensor<?x1x?x?xf32>) outs(%e : tensor<?x4x?x40xf32>) -> tensor<?x4x?x40xf32> loc("Masked")
  %e1 = tensor.empty(%queries1) : tensor<1x4x?x32xf32>
  %1 = tile.attention {scale = 0.5 : f64, causal} ins(%q1, %k1, %k1 : tensor<1x4x?x32xf32>, tensor<1x4x?x32xf32>, tensor<1x4x?x32xf32>)
    outs(%e1 : tensor<1x4x?x32xf32>) causal_offset %past -> tensor<1x4x?x32xf32> loc("Causal")
  %e2 = tensor.empty() : tensor<1x2x5x16xf16>
  %2 = tile.attention {scale = 0.25 : f64, zero_masked_rows} ins(%q2, %q2, %q2 : tensor<1x2x5x16xf16>, tensor<1x2x5x16xf16>, tensor<1x2x5x16xf16>)
    mask(%m2 : tensor<1x1x1x5xi1>) outs(%e2 : tensor<1x2x5x16xf16>) -> tensor<1x2x5x16xf16> loc("Selected")
  return %0, %1, %2 : tensor<?x4x?x40xf32>, tensor<1x4x?x32xf32>, tensor<1x2x5x16xf16>
}
