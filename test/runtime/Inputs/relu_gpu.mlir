// relu.mlir with its kernel for GPUs, as lib/GPU leaves it.
module @relu {
  gpu.module @sm_80 {
    llvm.func @k0(%x: !llvm.ptr, %n: i64, %w: !llvm.ptr, %y: !llvm.ptr, %m: i64, %bits: i64,
                  %fault: !llvm.ptr, %first: i64, %workspace: !llvm.ptr)
        attributes {nvvm.kernel, nvvm.maxntid = array<i32: 128, 1, 1>} {
      %c4 = llvm.mlir.constant(4 : i64) : i64
      %zero = llvm.mlir.constant(0.0 : f32) : f32
      %low = llvm.trunc %bits : i64 to i32
      %b = llvm.bitcast %low : i32 to f32
      %block = nvvm.read.ptx.sreg.ctaid.x : i32
      %size = nvvm.read.ptx.sreg.ntid.x : i32
      %thread = nvvm.read.ptx.sreg.tid.x : i32
      %start = llvm.mul %block, %size : i32
      %index = llvm.add %start, %thread : i32
      %i = llvm.zext %index : i32 to i64
      %count = llvm.mul %n, %c4 : i64
      %inside = llvm.icmp "slt" %i, %count : i64
      llvm.cond_br %inside, ^body, ^done
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
      llvm.br ^done
    ^done:
      llvm.return
    }
  }
  // n * 4 elements, 128 a block.
  llvm.func @k0.sm_80(%slots: !llvm.ptr, %grid: !llvm.ptr) {
    %p = llvm.getelementptr %slots[1] : (!llvm.ptr) -> !llvm.ptr, i64
    %n = llvm.load %p : !llvm.ptr -> i64
    %c31 = llvm.mlir.constant(31 : i64) : i64
    %c32 = llvm.mlir.constant(32 : i64) : i64
    %c1 = llvm.mlir.constant(1 : i64) : i64
    %threads = llvm.mlir.constant(128 : i32) : i32
    %one = llvm.mlir.constant(1 : i32) : i32
    %rounded = llvm.add %n, %c31 : i64
    %blocks = llvm.sdiv %rounded, %c32 : i64
    llvm.store %blocks, %grid : i64, !llvm.ptr
    %b1 = llvm.getelementptr %grid[1] : (!llvm.ptr) -> !llvm.ptr, i64
    llvm.store %c1, %b1 : i64, !llvm.ptr
    %b2 = llvm.getelementptr %grid[2] : (!llvm.ptr) -> !llvm.ptr, i64
    llvm.store %c1, %b2 : i64, !llvm.ptr
    %t0 = llvm.getelementptr %grid[6] : (!llvm.ptr) -> !llvm.ptr, i32
    llvm.store %threads, %t0 : i32, !llvm.ptr
    %t1 = llvm.getelementptr %grid[7] : (!llvm.ptr) -> !llvm.ptr, i32
    llvm.store %one, %t1 : i32, !llvm.ptr
    %t2 = llvm.getelementptr %grid[8] : (!llvm.ptr) -> !llvm.ptr, i32
    llvm.store %one, %t2 : i32, !llvm.ptr
    %t3 = llvm.getelementptr %grid[9] : (!llvm.ptr) -> !llvm.ptr, i32
    llvm.store %one, %t3 : i32, !llvm.ptr
    %t4 = llvm.getelementptr %grid[10] : (!llvm.ptr) -> !llvm.ptr, i32
    llvm.store %one, %t4 : i32, !llvm.ptr
    %t5 = llvm.getelementptr %grid[11] : (!llvm.ptr) -> !llvm.ptr, i32
    llvm.store %one, %t5 : i32, !llvm.ptr
    llvm.return
  }
  gpu.module @sm_90a {
    llvm.func @k0(%x: !llvm.ptr, %n: i64, %w: !llvm.ptr, %y: !llvm.ptr, %m: i64, %bits: i64,
                  %fault: !llvm.ptr, %first: i64, %workspace: !llvm.ptr)
        attributes {nvvm.kernel, nvvm.maxntid = array<i32: 128, 1, 1>} {
      %c4 = llvm.mlir.constant(4 : i64) : i64
      %zero = llvm.mlir.constant(0.0 : f32) : f32
      %low = llvm.trunc %bits : i64 to i32
      %b = llvm.bitcast %low : i32 to f32
      %block = nvvm.read.ptx.sreg.ctaid.x : i32
      %size = nvvm.read.ptx.sreg.ntid.x : i32
      %thread = nvvm.read.ptx.sreg.tid.x : i32
      %start = llvm.mul %block, %size : i32
      %index = llvm.add %start, %thread : i32
      %i = llvm.zext %index : i32 to i64
      %count = llvm.mul %n, %c4 : i64
      %inside = llvm.icmp "slt" %i, %count : i64
      llvm.cond_br %inside, ^body, ^done
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
      llvm.br ^done
    ^done:
      llvm.return
    }
  }
  // n * 4 elements, 128 a block.
  llvm.func @k0.sm_90a(%slots: !llvm.ptr, %grid: !llvm.ptr) {
    %p = llvm.getelementptr %slots[1] : (!llvm.ptr) -> !llvm.ptr, i64
    %n = llvm.load %p : !llvm.ptr -> i64
    %c31 = llvm.mlir.constant(31 : i64) : i64
    %c32 = llvm.mlir.constant(32 : i64) : i64
    %c1 = llvm.mlir.constant(1 : i64) : i64
    %threads = llvm.mlir.constant(128 : i32) : i32
    %one = llvm.mlir.constant(1 : i32) : i32
    %rounded = llvm.add %n, %c31 : i64
    %blocks = llvm.sdiv %rounded, %c32 : i64
    llvm.store %blocks, %grid : i64, !llvm.ptr
    %b1 = llvm.getelementptr %grid[1] : (!llvm.ptr) -> !llvm.ptr, i64
    llvm.store %c1, %b1 : i64, !llvm.ptr
    %b2 = llvm.getelementptr %grid[2] : (!llvm.ptr) -> !llvm.ptr, i64
    llvm.store %c1, %b2 : i64, !llvm.ptr
    %t0 = llvm.getelementptr %grid[6] : (!llvm.ptr) -> !llvm.ptr, i32
    llvm.store %threads, %t0 : i32, !llvm.ptr
    %t1 = llvm.getelementptr %grid[7] : (!llvm.ptr) -> !llvm.ptr, i32
    llvm.store %one, %t1 : i32, !llvm.ptr
    %t2 = llvm.getelementptr %grid[8] : (!llvm.ptr) -> !llvm.ptr, i32
    llvm.store %one, %t2 : i32, !llvm.ptr
    %t3 = llvm.getelementptr %grid[9] : (!llvm.ptr) -> !llvm.ptr, i32
    llvm.store %one, %t3 : i32, !llvm.ptr
    %t4 = llvm.getelementptr %grid[10] : (!llvm.ptr) -> !llvm.ptr, i32
    llvm.store %one, %t4 : i32, !llvm.ptr
    %t5 = llvm.getelementptr %grid[11] : (!llvm.ptr) -> !llvm.ptr, i32
    llvm.store %one, %t5 : i32, !llvm.ptr
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
