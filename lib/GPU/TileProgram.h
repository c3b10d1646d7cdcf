//===- TileProgram.h - From tensors of unknown size to tiles of known size --------------------===//
//
// A kernel's body computes on tensors whose sizes are known only to be bounded. Its cta program
// computes on tiles, whose shapes are static. A tile shows a *region* of a tensor: for each of its
// dimensions, so many elements from an offset on, of which the first `valid` are there. What a tile
// holds beside them is of no consequence: loads make it zero, stores leave it out, and reductions
// replace it by what does not matter to them.
//
// Tiles are made on demand, from the kernel's results backwards: `get` writes what computes a
// region of a tensor. So the operands of a contraction, with whatever was fused into them, are
// computed a step of K at a time, inside of its loop, and an epilogue once behind it.
//
//===------------------------------------------------------------------------------------------===//
#ifndef AZULEJO_LIB_GPU_TILEPROGRAM_H
#define AZULEJO_LIB_GPU_TILEPROGRAM_H

#include "dialects/Tile/Tile.h"
#include "lib/Hardware/Gpu.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace azulejo::gpu {

/// One dimension of a region. One of extent 1 is none of the tile's dimensions.
struct Span {
  mlir::OpFoldResult offset;
  int64_t extent;
  mlir::OpFoldResult valid;

  bool isUnit() const { return extent == 1; }
  /// Whether all elements are there.
  bool isFull() const { return mlir::getConstantIntValue(valid) >= extent; }
};
using Spans = llvm::SmallVector<Span>;

/// Writes one kernel's tile program. Functions that give a tile or extents give nothing where the
/// kernel is not for tiles; `reason` then says why.
class TileProgram {
public:
  TileProgram(mlir::ImplicitLocOpBuilder &b, const hardware::GpuDescription &gpu, bool allowTF32)
      : b(b), gpu(gpu), allowTF32(allowTF32) {}

  /// Says that `tensor` (a view of a kernel's operand, or the loop argument that stands for a
  /// result) lies in `memref`.
  void setMemory(mlir::Value tensor, mlir::Value memref) { memory[tensor] = memref; }

  /// The tile of a region; its dimensions are those of the region that are not unit, in order.
  mlir::Value get(mlir::Value tensor, llvm::ArrayRef<Span> region);

  /// The extents of a tile of the whole tensor.
  std::optional<llvm::SmallVector<int64_t>> getExtents(mlir::Value tensor);

  /// Writes a tile into a region of `memref`.
  void store(mlir::Value tile, mlir::Value memref, llvm::ArrayRef<Span> region);

  /// Whether tiles hold elements of this type.
  static bool isElement(mlir::Type type);

  /// The number of elements in a dimension, as a value that stands where the builder does.
  mlir::OpFoldResult getSize(mlir::Value tensor, int64_t dim);

  /// The memory of a tensor whose matrices are read as they lie there, with all their rows and
  /// columns; null where it is computed or read in part.
  mlir::MemRefType getMemoryOfRows(mlir::Value tensor);

  const hardware::GpuDescription &getGpu() const { return gpu; }
  /// The warps that the program was written for.
  int64_t getWarps() const { return warps; }
  bool hasContraction() const { return contraction; }
  const std::string &getReason() const { return reason; }

  std::nullptr_t refuse(const llvm::Twine &why) {
    if (reason.empty())
      reason = why.str();
    return nullptr;
  }

private:
  // FormCtaElementwise.cpp
  mlir::Value getGeneric(mlir::linalg::GenericOp op, unsigned result, llvm::ArrayRef<Span> region);
  mlir::Value getReduction(mlir::linalg::GenericOp op, unsigned result, llvm::ArrayRef<Span> loops,
                           llvm::ArrayRef<unsigned> order, llvm::ArrayRef<Span> region);
  bool cloneBody(mlir::linalg::GenericOp op, llvm::ArrayRef<Span> loops,
                 llvm::ArrayRef<unsigned> order, mlir::Operation *except, mlir::IRMapping &map);
  mlir::Value getOperand(mlir::linalg::GenericOp op, mlir::OpOperand &operand,
                         llvm::ArrayRef<Span> loops, llvm::ArrayRef<unsigned> order);
  std::optional<llvm::SmallVector<int64_t>> getLoopExtents(mlir::linalg::GenericOp op);

  // FormCtaContraction.cpp
  mlir::Value getMatmul(tile::MatmulOp op, llvm::ArrayRef<Span> region);
  mlir::Value getMatrix(mlir::Value tensor, llvm::ArrayRef<Span> batch, Span rows, Span columns,
                        bool transposed);

  // FormCtaAttention.cpp
  mlir::Value getAttention(tile::AttentionOp op, llvm::ArrayRef<Span> region);

  // FormCtaConvolution.cpp
  mlir::Value getIm2col(tile::Im2colOp op, llvm::ArrayRef<Span> region);

  // TileProgram.cpp
  mlir::Value load(mlir::Value memref, llvm::ArrayRef<Span> region);
  mlir::Value getSlice(mlir::tensor::ExtractSliceOp slice, llvm::ArrayRef<Span> region);
  std::optional<int64_t> getBound(mlir::Value tensor, int64_t dim);
  int64_t padExtent(int64_t bound);

public:
  // What the families share.
  mlir::Value asValue(mlir::OpFoldResult value);
  mlir::OpFoldResult add(mlir::OpFoldResult a, mlir::OpFoldResult b);
  mlir::OpFoldResult subtract(mlir::OpFoldResult a, mlir::OpFoldResult b);
  mlir::Value splat(mlir::Value scalar, llvm::ArrayRef<int64_t> shape);
  mlir::Value splat(double value, mlir::Type elementType, llvm::ArrayRef<int64_t> shape);
  /// i32 coordinates along `dim`, counted from `offset`.
  mlir::Value iota(llvm::ArrayRef<int64_t> shape, int64_t dim, mlir::OpFoldResult offset);
  /// Whether the coordinate along `dim` is less than `valid`, as a tile of i1.
  mlir::Value isInside(llvm::ArrayRef<int64_t> shape, int64_t dim, mlir::OpFoldResult valid);
  /// A tile whose dimensions are `dims` of a space of `shape`, in any order, as one of all.
  mlir::Value broadcast(mlir::Value tile, llvm::ArrayRef<int64_t> dims,
                        llvm::ArrayRef<int64_t> shape);
  mlir::Value reduce(
      mlir::Value tile, int64_t axis,
      llvm::function_ref<mlir::Value(mlir::OpBuilder &, mlir::Location, mlir::Value, mlir::Value)>
          combine);

private:
  mlir::ImplicitLocOpBuilder &b;
  const hardware::GpuDescription &gpu;
  bool allowTF32;
  llvm::DenseMap<mlir::Value, mlir::Value> memory;
  /// Tiles of the body's own block, by what they are of.
  llvm::DenseMap<mlir::Value, std::pair<Spans, mlir::Value>> made;
  int64_t warps = 4;
  bool contraction = false;
  std::string reason;
};

} // namespace azulejo::gpu

#endif // AZULEJO_LIB_GPU_TILEPROGRAM_H
