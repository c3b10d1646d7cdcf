//===- FormCta.cpp - azulejo-form-cta ---------------------------------------------------------===//
#include "dialects/Cta/Cta.h"
#include "lib/GPU/Passes.h"
#include "lib/GPU/TileProgram.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

namespace azulejo::gpu {
#define GEN_PASS_DEF_FORMCTA
#include "lib/GPU/Passes.h.inc"
} // namespace azulejo::gpu

using namespace mlir;
using namespace azulejo;
using namespace azulejo::gpu;

namespace {

/// Elements of a result that the four warps of a block without a product compute: 64 a thread.
constexpr int64_t kMostElements = 8192;

/// A result of the kernel: a value of the block that becomes a region of memory.
struct Output {
  Value value, memref;
  Spans region;
};

class Former {
public:
  Former(func::FuncOp function, const hardware::GpuDescription &gpu, bool allowTF32)
      : function(function), b(function.getLoc(), function.getContext()),
        program(b, gpu, allowTF32) {}

  bool run() {
    forall = nullptr;
    for (Operation &op : function.getBody().front())
      if (auto loop = dyn_cast<scf::ForallOp>(op)) {
        if (forall)
          return program.refuse("it has several loops over blocks"), false;
        forall = loop;
      } else if (isa<LoopLikeOpInterface>(op)) {
        return program.refuse("it has a loop of its own"), false;
      }
    bool found = forall ? findOutputsOfLoop() : findOutputs();
    return found && writeOutputs();
  }

  const std::string &getReason() const { return program.getReason(); }

  /// Takes away what the program was made of.
  void finish() {
    function->setAttr(cta::CtaDialect::getWarpsAttrName(), b.getI64IntegerAttr(program.getWarps()));
    if (forall)
      dropResults();
    eraseTensors(function.getBody().front());
  }

private:
  bool findOutputsOfLoop() {
    b.setInsertionPoint(forall.getTerminator());
    for (Operation &op : function.getBody().front()) {
      auto store = dyn_cast<bufferization::MaterializeInDestinationOp>(op);
      if (!store)
        continue;
      auto result = dyn_cast<OpResult>(store.getSource());
      if (!result || result.getOwner() != forall)
        return program.refuse("a result is not made by its blocks"), false;
      Value argument = forall.getTiedBlockArgument(forall.getTiedOpOperand(result));
      program.setMemory(argument, store.getDest());
      results[argument] = store.getDest();
    }
    setInputs();
    for (Operation &op : forall.getTerminator().getYieldingOps()) {
      auto insert = dyn_cast<tensor::ParallelInsertSliceOp>(op);
      if (!insert || !results.contains(insert.getDest()))
        return program.refuse("a block writes something else than its tile"), false;
      Output output{insert.getSource(), results[insert.getDest()], {}};
      auto extents = program.getExtents(output.value);
      if (!extents)
        return false;
      llvm::SmallBitVector dropped = insert.getDroppedDims();
      unsigned next = 0;
      for (auto [dim, offset] : llvm::enumerate(insert.getMixedOffsets())) {
        if (dropped[dim]) {
          output.region.push_back({offset, 1, b.getIndexAttr(1)});
          continue;
        }
        output.region.push_back({offset, (*extents)[next++], insert.getMixedSizes()[dim]});
      }
      outputs.push_back({output, dropped});
    }
    return true;
  }

  bool findOutputs() {
    b.setInsertionPoint(function.getBody().front().getTerminator());
    setInputs();
    for (Operation &op : function.getBody().front()) {
      auto store = dyn_cast<bufferization::MaterializeInDestinationOp>(op);
      if (!store)
        continue;
      Output output{store.getSource(), store.getDest(), {}};
      auto extents = program.getExtents(output.value);
      if (!extents)
        return false;
      for (auto [dim, extent] : llvm::enumerate(*extents))
        output.region.push_back({b.getIndexAttr(0), extent, program.getSize(output.value, dim)});
      outputs.push_back({output, llvm::SmallBitVector(extents->size())});
    }
    return true;
  }

  void setInputs() {
    for (Operation &op : function.getBody().front())
      if (auto tensor = dyn_cast<bufferization::ToTensorOp>(op))
        program.setMemory(tensor.getResult(), tensor.getBuffer());
  }

  bool writeOutputs() {
    if (outputs.empty())
      return program.refuse("it has no result"), false;
    for (auto &[output, dropped] : outputs) {
      // The value is the tile, wherever in memory it goes.
      Spans region;
      for (auto [dim, span] : llvm::enumerate(output.region))
        if (!dropped[dim])
          region.push_back({b.getIndexAttr(0), span.extent, span.valid});
      Value tile = program.get(output.value, region);
      if (!tile)
        return false;
      if (!program.hasContraction() &&
          cast<ShapedType>(tile.getType()).getNumElements() > kMostElements)
        return program.refuse("a block computes more than registers hold"), false;
      tiles.push_back(tile);
    }
    for (auto [output, tile] : llvm::zip_equal(outputs, tiles))
      program.store(tile, output.first.memref, output.first.region);
    return true;
  }

  /// The loop over blocks without results, with the program for its body.
  void dropResults() {
    forall.getTerminator()->getRegion(0).front().clear();
    OpBuilder builder(forall);
    auto loop = scf::ForallOp::create(builder, forall.getLoc(), forall.getMixedLowerBound(),
                                      forall.getMixedUpperBound(), forall.getMixedStep(),
                                      ValueRange(), forall.getMapping());
    Block *body = loop.getBody(), *old = forall.getBody();
    for (auto [from, to] : llvm::zip_equal(forall.getInductionVars(), loop.getInductionVars()))
      from.replaceAllUsesWith(to);
    body->getOperations().splice(Block::iterator(body->getTerminator()), old->getOperations(),
                                 old->begin(), Block::iterator(old->getTerminator()));
    eraseTensors(*body);
    for (Operation &op : llvm::make_early_inc_range(function.getBody().front()))
      if (isa<bufferization::MaterializeInDestinationOp>(op))
        op.erase();
    forall.erase();
    forall = loop;
  }

  /// Operations on tensors of the kernel's own kind, and sizes that nobody reads.
  void eraseTensors(Block &block) {
    for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block))) {
      if (isa<bufferization::MaterializeInDestinationOp>(op))
        op.erase();
      else if (auto dim = dyn_cast<tensor::DimOp>(op))
        replaceDim(dim);
      else if (op.use_empty() && !op.hasTrait<OpTrait::IsTerminator>() &&
               (isMemoryEffectFree(&op) || isa<linalg::LinalgOp, tile::MatmulOp, tile::AttentionOp,
                                               tile::Im2colOp, bufferization::ToTensorOp>(op)))
        op.erase();
    }
  }

  /// Of a tensor that is a memref's contents: the only ones whose sizes are asked for in a kernel.
  void replaceDim(tensor::DimOp dim) {
    if (auto source = dim.getSource().getDefiningOp<bufferization::ToTensorOp>()) {
      OpBuilder builder(dim);
      dim.replaceAllUsesWith(
          memref::DimOp::create(builder, dim.getLoc(), source.getBuffer(), dim.getIndex())
              .getResult());
    }
    if (dim->use_empty())
      dim.erase();
  }

  func::FuncOp function;
  ImplicitLocOpBuilder b;
  TileProgram program;
  scf::ForallOp forall;
  llvm::DenseMap<Value, Value> results;
  SmallVector<std::pair<Output, llvm::SmallBitVector>> outputs;
  SmallVector<Value> tiles;
};

struct FormCta : gpu::impl::FormCtaBase<FormCta> {
  using FormCtaBase::FormCtaBase;

  void runOnOperation() override {
    auto arch = getOperation()->getAttrOfType<StringAttr>("azulejo.gpu");
    if (!arch)
      return;
    auto gpu = hardware::describeGpu(arch.getValue());
    if (!gpu) {
      getOperation().emitError() << llvm::toString(gpu.takeError());
      return signalPassFailure();
    }
    for (auto function : llvm::to_vector(getOperation().getOps<func::FuncOp>())) {
      if (function.isDeclaration())
        continue;
      // What does not become a tile program stays as it was.
      func::FuncOp copy = function.clone();
      OpBuilder(function).insert(copy);
      Former former(copy, *gpu, allowTF32);
      if (former.run()) {
        former.finish();
        function.erase();
      } else {
        copy.erase();
        function->setAttr(noTilesAttribute, StringAttr::get(&getContext(), former.getReason()));
      }
    }
  }
};

} // namespace
