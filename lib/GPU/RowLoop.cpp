#include "lib/GPU/RowLoop.h"
#include "dialects/Tile/Tile.h"
#include "lib/Codegen/Memory.h"
#include "lib/GPU/Accesses.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;

namespace azulejo::gpu {

/// The widest access to memory.
constexpr int64_t kVectorBytes = 16;

/// What computes an element or finds a row. A bad index is noted by any thread that has it.
static bool isScalarCode(Operation &op) {
  return op.getNumRegions() == 0 &&
         (isMemoryEffectFree(&op) || isa<memref::LoadOp, tile::CheckedIndexOp>(op));
}

std::optional<RowLoop> RowLoop::find(scf::ForallOp iterations) {
  scf::ForOp loop;
  Accesses reads;
  for (Operation &op : iterations.getBody()->without_terminator()) {
    if (auto found = dyn_cast<scf::ForOp>(op); found && !loop)
      loop = found;
    else if (!isScalarCode(op))
      return std::nullopt;
    else if (isa<memref::LoadOp>(op))
      reads.add(getAccesses(&op));
  }
  if (!loop || loop.getNumResults() || getConstantIntValue(loop.getLowerBound()) != 0 ||
      getConstantIntValue(loop.getStep()) != 1)
    return std::nullopt;
  Accesses writes;
  for (Operation &op : loop.getBody()->without_terminator()) {
    if (auto store = dyn_cast<memref::StoreOp>(op)) {
      // Each element has a place of its own.
      if (!llvm::is_contained(store.getIndices(), loop.getInductionVar()))
        return std::nullopt;
      writes.add(getAccesses(&op));
    } else if (!isScalarCode(op)) {
      return std::nullopt;
    } else if (isa<memref::LoadOp>(op)) {
      reads.add(getAccesses(&op));
    }
  }
  if (writes.writes.empty() || writes.conflictWith(reads))
    return std::nullopt;
  RowLoop row(loop);
  row.chooseVector();
  return row.getLanes() > 1 ? std::optional(row) : std::nullopt;
}

void RowLoop::chooseVector() {
  Value element = loop.getInductionVar();
  int64_t most = 0;
  for (Operation &op : loop.getBody()->without_terminator()) {
    auto load = dyn_cast<memref::LoadOp>(op);
    auto store = dyn_cast<memref::StoreOp>(op);
    if (!load && !store)
      continue;
    OperandRange indices = load ? load.getIndices() : store.getIndices();
    auto type = cast<MemRefType>(load ? load.getMemRefType() : store.getMemRefType());
    auto changes = [&](Value index) {
      return index == element || index.getParentBlock() == loop.getBody();
    };
    if (llvm::none_of(indices, changes))
      continue;
    auto [strides, offset] = type.getStridesAndOffset();
    if (indices.back() != element || strides.back() != 1 ||
        llvm::any_of(indices.drop_back(), changes))
      return;
    most = std::max(most, codegen::getElementBytes(type.getElementType()));
  }
  std::optional<int64_t> size = getConstantIntValue(loop.getUpperBound());
  int64_t elements = most ? kVectorBytes / most : 1;
  if (elements > 1 && size && *size % elements == 0)
    vector = elements;
}

int64_t RowLoop::getLanes() {
  std::optional<int64_t> size = getConstantIntValue(loop.getUpperBound());
  if (!size)
    return kWarpSize;
  return std::min<int64_t>(kWarpSize, llvm::PowerOf2Ceil(std::max<int64_t>(1, *size / vector)));
}

void RowLoop::distribute(Value lane) {
  ImplicitLocOpBuilder b(loop.getLoc(), loop);
  Value count = vector == 1 ? loop.getUpperBound()
                            : constantIndex(b, *getConstantIntValue(loop.getUpperBound()) / vector);
  gpu::loop(b, lane, count, constantIndex(b, getLanes()), {},
            [&](Value number, ValueRange) -> SmallVector<Value> {
              // What is read together is read before anything is written.
              SmallVector<IRMapping> points(vector);
              for (auto [i, mapping] : llvm::enumerate(points)) {
                Value point =
                    vector == 1 ? number : apply(b, b.getAffineDimExpr(0) * vector + i, number);
                mapping.map(loop.getInductionVar(), point);
                for (Operation &op : loop.getBody()->without_terminator())
                  if (!isa<memref::StoreOp>(op))
                    b.clone(op, mapping);
              }
              for (IRMapping &mapping : points)
                for (auto store : loop.getBody()->getOps<memref::StoreOp>())
                  b.clone(*store, mapping);
              return {};
            });
  loop.erase();
}

} // namespace azulejo::gpu
