#ifndef AZULEJO_DIALECTS_CTA_CTADIALECT_TD
#define AZULEJO_DIALECTS_CTA_CTADIALECT_TD

include "mlir/IR/OpBase.td"

def Cta_Dialect : Dialect {
  let name = "cta";
  let cppNamespace = "::azulejo::cta";
  let summary = "A thread block's (cooperative thread array's) program over tiles.";
  let description = [{
    A kernel at this level is what one thread block does, written over whole tiles: tensors of
    static shape that the block's threads hold in registers together. `arith` and `math` compute on
    them elementwise, `scf` carries them through loops, and `cta` adds what is left: moves between
    global memory, shared memory and registers, tensor cores, reductions and barriers.

    A tile starts as a plain tensor. `azulejo-assign-layouts` gives each a `#cta.layout`, which says
    who holds which element, and `azulejo-distribute-tiles` then writes the program of one thread.

    The function around it says with `cta.warps` how many warps the block has.
  }];
  let useDefaultTypePrinterParser = 1;
  let useDefaultAttributePrinterParser = 1;
  let extraClassDeclaration = [{
    /// Of a kernel's function: the warps of its block, an i64.
    static ::llvm::StringRef getWarpsAttrName() { return "cta.warps"; }
    /// Of a distributed kernel's function: the bytes of dynamic shared memory, an i64.
    static ::llvm::StringRef getSharedBytesAttrName() { return "cta.shared_bytes"; }
    /// Of a distributed kernel's function: its tensor maps in the order of the pointers behind its
    /// other arguments, each a dictionary {source = argument's number, box, swizzle}.
    static ::llvm::StringRef getTensorMapsAttrName() { return "cta.tensor_maps"; }

  private:
    void registerTypes();
    void registerAttributes();
    void registerOperations();

  public:
  }];
}

#endif // AZULEJO_DIALECTS_CTA_CTADIALECT_TD
