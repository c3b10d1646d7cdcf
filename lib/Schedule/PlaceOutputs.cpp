#include "dialects/Plan/Plan.h"
#include "lib/Schedule/Hoist.h"
#include "lib/Schedule/Passes.h"
#include "lib/Schedule/Signature.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

namespace azulejo {
#define GEN_PASS_DEF_PLACEOUTPUTS
#include "lib/Schedule/Passes.h.inc"
} // namespace azulejo

using namespace mlir;
using namespace azulejo;
using namespace azulejo::schedule;

namespace {
struct PlaceOutputsPass : azulejo::impl::PlaceOutputsBase<PlaceOutputsPass> {
  void runOnOperation() override {
    auto op = dyn_cast<plan::ReturnOp>(getOperation().getBody().back().getTerminator());
    if (!op)
      return;
    OpBuilder builder(op);
    size_t next = 0;
    for (auto [index, type] : llvm::enumerate(op.getTypes().getAsValueRange<TypeAttr>())) {
      Value buffer = op.getValues()[next++];
      auto tensor = dyn_cast<RankedTensorType>(type);
      if (!tensor) {
        plan::OutputValueOp::create(builder, op.getLoc(), index, buffer);
        continue;
      }
      SmallVector<Value> dims;
      for (int64_t size : tensor.getShape())
        dims.push_back(
            ShapedType::isDynamic(size)
                ? op.getValues()[next++]
                : arith::ConstantIndexOp::create(builder, op.getLoc(), size).getResult());
      place(op, index, tensor, buffer, dims);
    }
    func::ReturnOp::create(builder, op.getLoc());
    op.erase();
  }

  void place(plan::ReturnOp op, int64_t index, RankedTensorType type, Value buffer,
             ArrayRef<Value> dims) {
    auto alloc = buffer.getDefiningOp<plan::AllocOp>();
    bool inEntry = alloc && alloc->getBlock() == op->getBlock();
    if (inEntry && llvm::all_of(dims, [&](Value dim) { return canHoist(dim, alloc); })) {
      for (Value dim : dims)
        hoist(dim, alloc);
      OpBuilder builder(alloc);
      Value output = plan::OutputOp::create(builder, alloc.getLoc(), index, dims);
      alloc.getResult().replaceAllUsesWith(output);
      alloc.erase();
      return;
    }
    OpBuilder builder(op);
    Value bytes =
        arith::ConstantIndexOp::create(builder, op.getLoc(), elementBytes(type.getElementType()));
    for (Value dim : dims)
      bytes = builder.createOrFold<arith::MulIOp>(op.getLoc(), bytes, dim);
    Value output = plan::OutputOp::create(builder, op.getLoc(), index, dims);
    plan::CopyOp::create(builder, op.getLoc(), buffer, output, bytes);
  }
};
} // namespace
