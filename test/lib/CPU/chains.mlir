// RUN: azulejo-opt %S/../Fuse/FormKernels.mlir --split-input-file --azulejo-fuse-pipeline --azulejo-tiling-pipeline -o %t.mlir
// RUN: %python %S/Inputs/split.py %t.mlir %t 
// RUN: azulejo-opt %t.0.mlir --azulejo-cpu-pipeline --azulejo-emit-object=output=%t.o -o /dev/null
// RUN: %python %S/Inputs/run_kernel.py %t.o main_k0_matmul_gelu --in a='?x100:f32:1x100' --in b='100x77:f32:100x77' --in c='77:f32:77' --out y='?x77:f32:1x77' --scalar n=i64:1 --expect 'y=np.tanh(a@b+c)' --atol 1e-5
// RUN: %python %S/Inputs/run_kernel.py %t.o main_k0_matmul_gelu --in a='?x100:f32:203x100' --in b='100x77:f32:100x77' --in c='77:f32:77' --out y='?x77:f32:203x77' --scalar n=i64:203 --expect 'y=np.tanh(a@b+c)' --atol 1e-5
// RUN: azulejo-opt %t.1.mlir --azulejo-cpu-pipeline --azulejo-emit-object=output=%t.o -o /dev/null
// RUN: %python %S/Inputs/run_kernel.py %t.o main_k0_softmax --in a='?x?:f32:50x300' --out y='?x?:f32:50x300' --scalar n=i64:50 --scalar m=i64:300 --expect 'y=np.exp(a)/np.exp(a).sum(1,keepdims=True)'
// RUN: %python %S/Inputs/run_kernel.py %t.o main_k0_softmax --in a='?x?:f32:3x1' --out y='?x?:f32:3x1' --scalar n=i64:3 --scalar m=i64:1 --expect 'y=np.ones((3,1))'
// RUN: azulejo-opt %t.3.mlir --azulejo-cpu-pipeline --azulejo-emit-object=output=%t.o -o /dev/null
// RUN: %python %S/Inputs/run_kernel.py %t.o main_k0_sum_div --in a='64x64:f32:64x64' --out s='64:f32:64' --out y='64x32:f32:64x32' --expect 's=a[:,16:48].sum(1)' --expect 'y=a[:,16:48]/a[:,16:48].sum(1,keepdims=True)' --rtol 1e-3
