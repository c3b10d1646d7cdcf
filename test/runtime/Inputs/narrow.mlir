// Elements narrower than a byte at the border, and tensors without elements.
module @narrow {
  llvm.func @add.count(%slots: !llvm.ptr) -> i64 {
    %p = llvm.getelementptr %slots[1] : (!llvm.ptr) -> !llvm.ptr, i64
    %n = llvm.load %p : !llvm.ptr -> i64
    llvm.return %n : i64
  }
  // z = x + w, one element a workgroup; one byte an element; slots: x, n, w, z, n.
  llvm.func @add(%slots: !llvm.ptr, %begin: i64, %end: i64, %scratch: !llvm.ptr) {
    %c1 = llvm.mlir.constant(1 : i64) : i64
    %x = llvm.load %slots : !llvm.ptr -> !llvm.ptr
    %pw = llvm.getelementptr %slots[2] : (!llvm.ptr) -> !llvm.ptr, i64
    %w = llvm.load %pw : !llvm.ptr -> !llvm.ptr
    %pz = llvm.getelementptr %slots[3] : (!llvm.ptr) -> !llvm.ptr, i64
    %z = llvm.load %pz : !llvm.ptr -> !llvm.ptr
    llvm.br ^head(%begin : i64)
  ^head(%i: i64):
    %more = llvm.icmp "slt" %i, %end : i64
    llvm.cond_br %more, ^body, ^done
  ^body:
    %px = llvm.getelementptr %x[%i] : (!llvm.ptr, i64) -> !llvm.ptr, i8
    %a = llvm.load %px : !llvm.ptr -> i8
    %pb = llvm.getelementptr %w[%i] : (!llvm.ptr, i64) -> !llvm.ptr, i8
    %b = llvm.load %pb : !llvm.ptr -> i8
    %s = llvm.add %a, %b : i8
    %pi = llvm.getelementptr %z[%i] : (!llvm.ptr, i64) -> !llvm.ptr, i8
    llvm.store %s, %pi : i8, !llvm.ptr
    %next = llvm.add %i, %c1 : i64
    llvm.br ^head(%next : i64)
  ^done:
    llvm.return
  }
  func.func @main(%x: tensor<?xi4> {azulejo.name = "x", azulejo.type = "int4", azulejo.shape = ["n"]},
                  %n: index {azulejo.symbol = "n"})
      -> (tensor<?xi4> {azulejo.name = "z", azulejo.type = "int4", azulejo.shape = ["n"]},
          tensor<2x0xf32> {azulejo.name = "none", azulejo.type = "float", azulejo.shape = [2, 0]},
          tensor<3xi1> {azulejo.name = "flags", azulejo.type = "bool", azulejo.shape = [3]}) {
    %w = plan.constant dense<[1, -1, 2, -2, 3]> : tensor<5xi4>
    %none = plan.constant dense<> : tensor<2x0xf32>
    %flags = plan.constant dense<[true, false, true]> : tensor<3xi1>
    %e = tensor.empty(%n) : tensor<?xi4>
    %z = tile.launch @add ins(%x, %w : tensor<?xi4>, tensor<5xi4>) outs(%e : tensor<?xi4>) -> (tensor<?xi4>)
    return %z, %none, %flags : tensor<?xi4>, tensor<2x0xf32>, tensor<3xi1>
  }
}
