//===- WarpSpecialization.h - A warp group that fetches and others that multiply --------------===//
//
// What the loops of products and of attention share when the tensor memory accelerator feeds them.
// A ring of stages in shared memory is filled by one thread and read by warp groups:
//
//     producer                          consumers
//       wait until empty[stage]           wait until full[stage]
//       expect the bytes at full[stage]   multiply what the stage holds
//       copy tiles into the stage         arrive at empty[stage]
//
// The parity of the phase that is waited for flips whenever the ring has been gone around. A new
// barrier is in phase 0, and waiting for parity 1 does not wait: so the producer starts with 1 and
// finds all stages empty, and the consumers start with 0.
//
//===------------------------------------------------------------------------------------------===//
#ifndef AZULEJO_LIB_GPU_WARPSPECIALIZATION_H
#define AZULEJO_LIB_GPU_WARPSPECIALIZATION_H

#include "dialects/Cta/Cta.h"
#include "lib/GPU/WarpGroups.h"
#include "lib/Hardware/Gpu.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace azulejo::gpu {

/// Groups that a block has registers for, beside the one that fetches.
constexpr int64_t mostConsumers = 2;

/// Why warp groups cannot multiply into an accumulator of this type; empty where they can.
llvm::StringRef whyNoWgmma(mlir::RankedTensorType sum);

/// A tile in global memory, perhaps read as its transpose, as an operand of a product.
struct TmaOperand {
  cta::LoadOp load;
  bool transposed = false;

  /// Nothing where `value` is no tile of memory that is read for this alone.
  static std::optional<TmaOperand> match(mlir::Value value);

  mlir::RankedTensorType getType() { return llvm::cast<mlir::RankedTensorType>(load.getType()); }
  cta::SharedType getStages(int64_t count);
  int64_t getBytes() { return getStages(1).getStageBytes(); }
  /// Why the accelerator cannot copy the tile; empty where it can.
  llvm::StringRef whyNoBox();
  /// Whether what is beyond the tile's end along K is beyond the tensor's, too, so that the
  /// accelerator makes it zero. K is a column of the left operand and a row of the right one.
  bool endsWithTensor(bool isLeft);
};

/// Stages that hold the tiles of a step of the loop each.
class TileRing {
public:
  /// `consumers` groups arrive when they have read a stage; with 0 each stage is filled once.
  TileRing(mlir::ImplicitLocOpBuilder &b, llvm::ArrayRef<TmaOperand> operands, int64_t stages,
           int64_t consumers);

  int64_t getStages() const { return stages; }
  /// Fills a stage with the tiles of the step whose induction variable `step` has.
  void fill(mlir::ImplicitLocOpBuilder &b, mlir::scf::ForOp loop, mlir::Value stage,
            mlir::Value phase, mlir::IRMapping &step);
  void waitFull(mlir::ImplicitLocOpBuilder &b, mlir::Value stage, mlir::Value phase);
  void release(mlir::ImplicitLocOpBuilder &b, mlir::Value stage);
  mlir::Value getTile(mlir::ImplicitLocOpBuilder &b, unsigned operand, mlir::Value stage);

private:
  llvm::SmallVector<TmaOperand> operands;
  int64_t stages;
  llvm::SmallVector<mlir::Value> memory, maps;
  mlir::Value full, empty;
};

/// Rewrites a loop, and what stands before and behind it, for the roles of a block.
class WarpSpecialization {
protected:
  WarpSpecialization(mlir::scf::ForOp loop, int64_t groups)
      : loop(loop), groups(groups), b(loop.getLoc(), loop) {}

  mlir::Value index(int64_t value);
  mlir::Value parity(int64_t value);
  /// The stage and parity of the step behind one.
  std::pair<mlir::Value, mlir::Value> advance(mlir::Value stage, mlir::Value phase, int64_t stages);

  /// What makes tiles ahead of the loop is the consumers' business: behind the numbers that the
  /// producer shares.
  void moveTilesBehind();
  /// The two roles, the producer's first, ahead of the loop.
  void createRoles();
  mlir::Block &getProducer() { return roles.getBodies()[0].front(); }
  mlir::Block &getConsumers() { return roles.getBodies()[1].front(); }
  /// The loop over the same steps, at the builder's place.
  mlir::scf::ForOp createLoop(mlir::ValueRange starts);
  /// Gives the consumers the tiles of ahead.
  void takeAhead();
  /// Ends the loop, whose results are `results` now, and gives the consumers what is behind it.
  void finish(mlir::ValueRange results);

  mlir::scf::ForOp loop;
  int64_t groups;
  mlir::ImplicitLocOpBuilder b;

private:
  cta::RolesOp roles;
  llvm::SmallVector<mlir::Operation *> ahead;
};

/// Bytes of shared memory that what stands behind a product's loop may need at once, while other
/// threads still read the operands: to store its tile, or to meet another that was loaded.
int64_t getEpilogueBytes(mlir::scf::ForOp loop);
/// What of a block's shared memory is left for rings beside that and the barriers.
int64_t getRingBytes(mlir::scf::ForOp loop, const hardware::GpuDescription &gpu);

/// What computes `value`, a position, from the loop's induction variable, for another step: `map`
/// has the other variable, and takes what is cloned.
mlir::Value cloneForStep(mlir::OpBuilder &builder, mlir::scf::ForOp loop, mlir::Value value,
                         mlir::IRMapping &map);

} // namespace azulejo::gpu

#endif // AZULEJO_LIB_GPU_WARPSPECIALIZATION_H
