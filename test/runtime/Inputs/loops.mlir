// Control flow of the host program, with kernels that run as one workgroup.
module @loops {
  llvm.func @one.count(%slots: !llvm.ptr) -> i64 {
    %c1 = llvm.mlir.constant(1 : i64) : i64
    llvm.return %c1 : i64
  }
  llvm.func @append.count(%slots: !llvm.ptr) -> i64 {
    %c1 = llvm.mlir.constant(1 : i64) : i64
    llvm.return %c1 : i64
  }
  // y = x, followed by value; slots: x, n, y, n + 1, value.
  llvm.func @append(%slots: !llvm.ptr, %begin: i64, %end: i64, %scratch: !llvm.ptr) {
    %c4 = llvm.mlir.constant(4 : i64) : i64
    %x = llvm.load %slots : !llvm.ptr -> !llvm.ptr
    %pn = llvm.getelementptr %slots[1] : (!llvm.ptr) -> !llvm.ptr, i64
    %n = llvm.load %pn : !llvm.ptr -> i64
    %py = llvm.getelementptr %slots[2] : (!llvm.ptr) -> !llvm.ptr, i64
    %y = llvm.load %py : !llvm.ptr -> !llvm.ptr
    %pv = llvm.getelementptr %slots[4] : (!llvm.ptr) -> !llvm.ptr, i64
    %v = llvm.load %pv : !llvm.ptr -> f32
    %bytes = llvm.mul %n, %c4 : i64
    "llvm.intr.memcpy"(%y, %x, %bytes) <{isVolatile = false}> : (!llvm.ptr, !llvm.ptr, i64) -> ()
    %last = llvm.getelementptr %y[%n] : (!llvm.ptr, i64) -> !llvm.ptr, f32
    llvm.store %v, %last : f32, !llvm.ptr
    llvm.return
  }
  llvm.func @double.count(%slots: !llvm.ptr) -> i64 {
    %c1 = llvm.mlir.constant(1 : i64) : i64
    llvm.return %c1 : i64
  }
  // The one element of y, twice.
  llvm.func @double(%slots: !llvm.ptr, %begin: i64, %end: i64, %scratch: !llvm.ptr) {
    %y = llvm.load %slots : !llvm.ptr -> !llvm.ptr
    %v = llvm.load %y : !llvm.ptr -> f32
    %t = llvm.fadd %v, %v : f32
    llvm.store %t, %y : f32, !llvm.ptr
    llvm.return
  }
  func.func @main(%x: tensor<?xf32> {azulejo.name = "x", azulejo.type = "float", azulejo.shape = ["n"]},
                  %times: tensor<i64> {azulejo.name = "times", azulejo.type = "int64", azulejo.shape = []},
                  %start: tensor<1xf32> {azulejo.name = "start", azulejo.type = "float", azulejo.shape = [1]},
                  %again: tensor<?xf32> {azulejo.name = "again", azulejo.type = "float", azulejo.shape = ["n"]},
                  %n: index {azulejo.symbol = "n"})
      -> (tensor<?xf32> {azulejo.name = "grown", azulejo.type = "float", azulejo.shape = ["?"]},
          tensor<1xf32> {azulejo.name = "power", azulejo.type = "float", azulejo.shape = [1]},
          tensor<?xf32> {azulejo.name = "chosen", azulejo.type = "float", azulejo.shape = ["?"]},
          tensor<1xf32> {azulejo.name = "above100", azulejo.type = "float", azulejo.shape = [1]}) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %t = tensor.extract %times[] : tensor<i64>
    %count = arith.index_cast %t : i64 to index
    // A value that grows by one element per iteration.
    %grown = scf.for %i = %c0 to %count step %c1 iter_args(%a = %x) -> (tensor<?xf32>) {
      %d = tensor.dim %a, %c0 : tensor<?xf32>
      %m = arith.addi %d, %c1 : index
      %e = tensor.empty(%m) : tensor<?xf32>
      %i64 = arith.index_cast %i : index to i64
      %f = arith.sitofp %i64 : i64 to f32
      %b = tile.launch @append ins(%a : tensor<?xf32>) outs(%e : tensor<?xf32>) scalars(%f : f32) -> (tensor<?xf32>)
      scf.yield %b : tensor<?xf32>
    }
    // A value that every iteration updates, starting from an input.
    %power = scf.for %i = %c0 to %count step %c1 iter_args(%a = %start) -> (tensor<1xf32>) {
      %b = tile.launch @double outs(%a : tensor<1xf32>) -> (tensor<1xf32>)
      scf.yield %b : tensor<1xf32>
    }
    // One of two.
    %many = arith.cmpi sgt, %count, %c1 : index
    %chosen = scf.if %many -> (tensor<?xf32>) {
      scf.yield %grown : tensor<?xf32>
    } else {
      scf.yield %again : tensor<?xf32>
    }
    // While the host finds it small.
    %limit = arith.constant 100.0 : f32
    %above = scf.while (%a = %start) : (tensor<1xf32>) -> tensor<1xf32> {
      %v = tensor.extract %a[%c0] : tensor<1xf32>
      %small = arith.cmpf olt, %v, %limit : f32
      scf.condition(%small) %a : tensor<1xf32>
    } do {
    ^bb0(%a: tensor<1xf32>):
      %b = tile.launch @double outs(%a : tensor<1xf32>) -> (tensor<1xf32>)
      scf.yield %b : tensor<1xf32>
    }
    return %grown, %power, %chosen, %above : tensor<?xf32>, tensor<1xf32>, tensor<?xf32>, tensor<1xf32>
  }
}
