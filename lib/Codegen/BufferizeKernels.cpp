#include "dialects/Tile/Tile.h"
#include "lib/Codegen/Passes.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Bufferization/Transforms/OneShotAnalysis.h"
#include "mlir/Dialect/Bufferization/Transforms/Transforms.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

namespace azulejo::codegen {
#define GEN_PASS_DEF_BUFFERIZEKERNELS
#include "lib/Codegen/Passes.h.inc"
} // namespace azulejo::codegen

using namespace mlir;
using namespace azulejo;

namespace {

/// Constants become globals of the module, so kernels take turns: side by side they would give two
/// globals one name.
struct BufferizeKernels : codegen::impl::BufferizeKernelsBase<BufferizeKernels> {
  void runOnOperation() override {
    bufferization::BufferizationState state;
    for (auto function : llvm::make_early_inc_range(getOperation().getOps<func::FuncOp>()))
      if (function->hasAttr(tile::TileDialect::getKernelAttrName()) &&
          failed(bufferize(function, state)))
        return signalPassFailure();
  }

  LogicalResult bufferize(func::FuncOp function, bufferization::BufferizationState &state) {
    IRRewriter rewriter(&getContext());
    // A result that is computed in an empty tensor and then inserted into an out is computed in the
    // out.
    if (failed(bufferization::eliminateEmptyTensors(rewriter, function)))
      return failure();
    bufferization::OneShotBufferizationOptions options;
    options.allowReturnAllocsFromLoops = true;
    options.memCpyFn = [](OpBuilder &builder, Location loc, Value from, Value to) {
      linalg::CopyOp::create(builder, loc, from, to);
      return success();
    };
    return bufferization::runOneShotBufferize(function, options, state);
  }
};

} // namespace
