#ifndef AZULEJO_DIALECTS_TILE_TILEDIALECT_TD
#define AZULEJO_DIALECTS_TILE_TILEDIALECT_TD

include "mlir/IR/OpBase.td"

def Tile_Dialect : Dialect {
  let name = "tile";
  let cppNamespace = "::azulejo::tile";
  let summary =
      "Structured tensor operations that linalg lacks, and the kernel: what is computed in one go.";
  let description = [{
    `tile` holds two things. The structured operations (`tile.matmul`, `tile.conv`,
    `tile.attention`, ...) say what linalg cannot say, or not in a form that tiles well, and they
    implement the same interfaces as linalg's: destination style, tiling and bufferization.
    `tile.kernel` groups operations that one launch computes; once its body is outlined to a
    function, `tile.launch` stands in its place.
  }];
  let extraClassDeclaration = [{
    /// Marks a function outlined from a kernel, and nothing else.
    static ::llvm::StringRef getKernelAttrName() { return "tile.kernel"; }

  private:
    void registerBufferization();

  public:
  }];
}

#endif // AZULEJO_DIALECTS_TILE_TILEDIALECT_TD
