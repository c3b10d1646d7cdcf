// y = relu(x) + w, twice, over [n, 4]: kernels as lib/CPU leaves them, one row a workgroup.
module @relu {
  llvm.func @k0.count(%slots: !llvm.ptr) -> i64 {
    %p = llvm.getelementptr %slots[1] : (!llvm.ptr) -> !llvm.ptr, i64
    %n = llvm.load %p : !llvm.ptr -> i64
    llvm.return %n : i64
  }
  // slots: x, n, w, y, n, bias
  llvm.func @k0(%slots: !llvm.ptr, %begin: i64, %end: i64, %scratch: !llvm.ptr) {
    %c0 = llvm.mlir.constant(0 : i64) : i64
    %c1 = llvm.mlir.constant(1 : i64) : i64
    %c4 = llvm.mlir.constant(4 : i64) : i64
    %zero = llvm.mlir.constant(0.0 : f32) : f32
    %x = llvm.load %slots : !llvm.ptr -> !llvm.ptr
    %pw = llvm.getelementptr %slots[2] : (!llvm.ptr) -> !llvm.ptr, i64
    %w = llvm.load %pw : !llvm.ptr -> !llvm.ptr
    %py = llvm.getelementptr %slots[3] : (!llvm.ptr) -> !llvm.ptr, i64
    %y = llvm.load %py : !llvm.ptr -> !llvm.ptr
    %pb = llvm.getelementptr %slots[5] : (!llvm.ptr) -> !llvm.ptr, i64
    %b = llvm.load %pb : !llvm.ptr -> f32
    %first = llvm.mul %begin, %c4 : i64
    %last = llvm.mul %end, %c4 : i64
    llvm.br ^head(%first : i64)
  ^head(%i: i64):
    %more = llvm.icmp "slt" %i, %last : i64
    llvm.cond_br %more, ^body, ^done
  ^body:
    %px = llvm.getelementptr %x[%i] : (!llvm.ptr, i64) -> !llvm.ptr, f32
    %v = llvm.load %px : !llvm.ptr -> f32
    %r = llvm.intr.maxnum(%v, %zero) : (f32, f32) -> f32
    %j = llvm.srem %i, %c4 : i64
    %pwj = llvm.getelementptr %w[%j] : (!llvm.ptr, i64) -> !llvm.ptr, f32
    %wj = llvm.load %pwj : !llvm.ptr -> f32
    %s = llvm.fadd %r, %wj : f32
    %t = llvm.fadd %s, %b : f32
    %pyi = llvm.getelementptr %y[%i] : (!llvm.ptr, i64) -> !llvm.ptr, f32
    llvm.store %t, %pyi : f32, !llvm.ptr
    %next = llvm.add %i, %c1 : i64
    llvm.br ^head(%next : i64)
  ^done:
    llvm.return
  }
  func.func @main(%x: tensor<?x4xf32> {azulejo.name = "x", azulejo.type = "float", azulejo.shape = ["n", 4]},
                  %n: index {azulejo.symbol = "n"})
      -> (tensor<?x4xf32> {azulejo.name = "y", azulejo.type = "float", azulejo.shape = ["n", 4]}) {
    %c0 = arith.constant 0 : index
    %b = arith.constant 0.5 : f32
    %w = plan.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
    %d = tensor.dim %x, %c0 : tensor<?x4xf32>
    %e = tensor.empty(%d) : tensor<?x4xf32>
    %h = tile.launch @k0 ins(%x, %w : tensor<?x4xf32>, tensor<4xf32>) outs(%e : tensor<?x4xf32>) scalars(%b : f32) -> (tensor<?x4xf32>) loc("first")
    %y = tile.launch @k0 ins(%h, %w : tensor<?x4xf32>, tensor<4xf32>) outs(%e : tensor<?x4xf32>) scalars(%b : f32) -> (tensor<?x4xf32>) loc("second")
    return %y : tensor<?x4xf32>
  }
}
