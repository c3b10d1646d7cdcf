// Every math function of the kernel library, in both precisions, against NumPy's and Python's: ulps, special values, no calls left.
// RUN: azulejo-opt %s --azulejo-fuse-pipeline --azulejo-tiling-pipeline --azulejo-cpu-pipeline --azulejo-emit-object=output=%t.o -o /dev/null
// RUN: llvm-nm -u %t.o | count 0
// RUN: %python %S/../CPU/Inputs/check_math.py %t.o f32 main_k0_single
// RUN: %python %S/../CPU/Inputs/check_math.py %t.o f64 main_k1_double
// RUN: azulejo-opt %s --azulejo-fuse-pipeline --azulejo-tiling-pipeline=cpu=x86-64 --azulejo-cpu-pipeline=cpu=x86-64-v2 --azulejo-emit-object="output=%t.o cpu=x86-64-v2" -o /dev/null
// RUN: llvm-nm -u %t.o | count 0
// RUN: %python %S/../CPU/Inputs/check_math.py %t.o f32 main_k0_single

#id = affine_map<(d0) -> (d0)>
func.func @main(%a: tensor<?xf32>, %b: tensor<?xf32>, %c: tensor<?xf64>, %d: tensor<?xf64>, %n: index) -> (tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>) {
  %ef32 = tensor.empty(%n) : tensor<?xf32>
  %rf32:33 = linalg.generic {indexing_maps = [#id, #id, #id, #id, #id, #id, #id, #id, #id, #id, #id, #id, #id, #id, #id, #id, #id, #id, #id, #id, #id, #id, #id, #id, #id, #id, #id, #id, #id, #id, #id, #id, #id, #id, #id], iterator_types = ["parallel"]}
    ins(%a, %b : tensor<?xf32>, tensor<?xf32>)
    outs(%ef32, %ef32, %ef32, %ef32, %ef32, %ef32, %ef32, %ef32, %ef32, %ef32, %ef32, %ef32, %ef32, %ef32, %ef32, %ef32, %ef32, %ef32, %ef32, %ef32, %ef32, %ef32, %ef32, %ef32, %ef32, %ef32, %ef32, %ef32, %ef32, %ef32, %ef32, %ef32, %ef32 : tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>) {
  ^bb0(%x: f32, %y: f32, %o0: f32, %o1: f32, %o2: f32, %o3: f32, %o4: f32, %o5: f32, %o6: f32, %o7: f32, %o8: f32, %o9: f32, %o10: f32, %o11: f32, %o12: f32, %o13: f32, %o14: f32, %o15: f32, %o16: f32, %o17: f32, %o18: f32, %o19: f32, %o20: f32, %o21: f32, %o22: f32, %o23: f32, %o24: f32, %o25: f32, %o26: f32, %o27: f32, %o28: f32, %o29: f32, %o30: f32, %o31: f32, %o32: f32):
    %v0 = math.exp %x : f32
    %v1 = math.exp2 %x : f32
    %v2 = math.expm1 %x : f32
    %v3 = math.log %x : f32
    %v4 = math.log2 %x : f32
    %v5 = math.log10 %x : f32
    %v6 = math.log1p %x : f32
    %v7 = math.cbrt %x : f32
    %v8 = math.sin %x : f32
    %v9 = math.cos %x : f32
    %v10 = math.tan %x : f32
    %v11 = math.asin %x : f32
    %v12 = math.acos %x : f32
    %v13 = math.atan %x : f32
    %v14 = math.sinh %x : f32
    %v15 = math.cosh %x : f32
    %v16 = math.tanh %x : f32
    %v17 = math.asinh %x : f32
    %v18 = math.acosh %x : f32
    %v19 = math.atanh %x : f32
    %v20 = math.erf %x : f32
    %v21 = math.erfc %x : f32
    %v22 = math.rsqrt %x : f32
    %v23 = math.round %x : f32
    %v24 = math.roundeven %x : f32
    %v25 = math.floor %x : f32
    %v26 = math.ceil %x : f32
    %v27 = math.trunc %x : f32
    %v28 = math.sqrt %x : f32
    %v29 = math.absf %x : f32
    %v30 = math.powf %x, %y : f32
    %v31 = math.atan2 %x, %y : f32
    %v32 = arith.remf %x, %y : f32
    linalg.yield %v0, %v1, %v2, %v3, %v4, %v5, %v6, %v7, %v8, %v9, %v10, %v11, %v12, %v13, %v14, %v15, %v16, %v17, %v18, %v19, %v20, %v21, %v22, %v23, %v24, %v25, %v26, %v27, %v28, %v29, %v30, %v31, %v32 : f32, f32, f32, f32, f32, f32, f32, f32, f32, f32, f32, f32, f32, f32, f32, f32, f32, f32, f32, f32, f32, f32, f32, f32, f32, f32, f32, f32, f32, f32, f32, f32, f32
  } -> (tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>) loc("Single")
  %ef64 = tensor.empty(%n) : tensor<?xf64>
  %rf64:33 = linalg.generic {indexing_maps = [#id, #id, #id, #id, #id, #id, #id, #id, #id, #id, #id, #id, #id, #id, #id, #id, #id, #id, #id, #id, #id, #id, #id, #id, #id, #id, #id, #id, #id, #id, #id, #id, #id, #id, #id], iterator_types = ["parallel"]}
    ins(%c, %d : tensor<?xf64>, tensor<?xf64>)
    outs(%ef64, %ef64, %ef64, %ef64, %ef64, %ef64, %ef64, %ef64, %ef64, %ef64, %ef64, %ef64, %ef64, %ef64, %ef64, %ef64, %ef64, %ef64, %ef64, %ef64, %ef64, %ef64, %ef64, %ef64, %ef64, %ef64, %ef64, %ef64, %ef64, %ef64, %ef64, %ef64, %ef64 : tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>) {
  ^bb0(%x: f64, %y: f64, %o0: f64, %o1: f64, %o2: f64, %o3: f64, %o4: f64, %o5: f64, %o6: f64, %o7: f64, %o8: f64, %o9: f64, %o10: f64, %o11: f64, %o12: f64, %o13: f64, %o14: f64, %o15: f64, %o16: f64, %o17: f64, %o18: f64, %o19: f64, %o20: f64, %o21: f64, %o22: f64, %o23: f64, %o24: f64, %o25: f64, %o26: f64, %o27: f64, %o28: f64, %o29: f64, %o30: f64, %o31: f64, %o32: f64):
    %v0 = math.exp %x : f64
    %v1 = math.exp2 %x : f64
    %v2 = math.expm1 %x : f64
    %v3 = math.log %x : f64
    %v4 = math.log2 %x : f64
    %v5 = math.log10 %x : f64
    %v6 = math.log1p %x : f64
    %v7 = math.cbrt %x : f64
    %v8 = math.sin %x : f64
    %v9 = math.cos %x : f64
    %v10 = math.tan %x : f64
    %v11 = math.asin %x : f64
    %v12 = math.acos %x : f64
    %v13 = math.atan %x : f64
    %v14 = math.sinh %x : f64
    %v15 = math.cosh %x : f64
    %v16 = math.tanh %x : f64
    %v17 = math.asinh %x : f64
    %v18 = math.acosh %x : f64
    %v19 = math.atanh %x : f64
    %v20 = math.erf %x : f64
    %v21 = math.erfc %x : f64
    %v22 = math.rsqrt %x : f64
    %v23 = math.round %x : f64
    %v24 = math.roundeven %x : f64
    %v25 = math.floor %x : f64
    %v26 = math.ceil %x : f64
    %v27 = math.trunc %x : f64
    %v28 = math.sqrt %x : f64
    %v29 = math.absf %x : f64
    %v30 = math.powf %x, %y : f64
    %v31 = math.atan2 %x, %y : f64
    %v32 = arith.remf %x, %y : f64
    linalg.yield %v0, %v1, %v2, %v3, %v4, %v5, %v6, %v7, %v8, %v9, %v10, %v11, %v12, %v13, %v14, %v15, %v16, %v17, %v18, %v19, %v20, %v21, %v22, %v23, %v24, %v25, %v26, %v27, %v28, %v29, %v30, %v31, %v32 : f64, f64, f64, f64, f64, f64, f64, f64, f64, f64, f64, f64, f64, f64, f64, f64, f64, f64, f64, f64, f64, f64, f64, f64, f64, f64, f64, f64, f64, f64, f64, f64, f64
  } -> (tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>) loc("Double")
  return %rf32#0, %rf32#1, %rf32#2, %rf32#3, %rf32#4, %rf32#5, %rf32#6, %rf32#7, %rf32#8, %rf32#9, %rf32#10, %rf32#11, %rf32#12, %rf32#13, %rf32#14, %rf32#15, %rf32#16, %rf32#17, %rf32#18, %rf32#19, %rf32#20, %rf32#21, %rf32#22, %rf32#23, %rf32#24, %rf32#25, %rf32#26, %rf32#27, %rf32#28, %rf32#29, %rf32#30, %rf32#31, %rf32#32, %rf64#0, %rf64#1, %rf64#2, %rf64#3, %rf64#4, %rf64#5, %rf64#6, %rf64#7, %rf64#8, %rf64#9, %rf64#10, %rf64#11, %rf64#12, %rf64#13, %rf64#14, %rf64#15, %rf64#16, %rf64#17, %rf64#18, %rf64#19, %rf64#20, %rf64#21, %rf64#22, %rf64#23, %rf64#24, %rf64#25, %rf64#26, %rf64#27, %rf64#28, %rf64#29, %rf64#30, %rf64#31, %rf64#32 : tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>
}
