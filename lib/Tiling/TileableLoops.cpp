#include "lib/Tiling/TileableLoops.h"
#include "dialects/Tile/Tile.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"

using namespace mlir;

namespace azulejo::tiling {

/// d0, ..., d(loops-1) without those that stand for nothing in this operand.
static AffineMap mapOf(MLIRContext *context, unsigned loops, ArrayRef<int64_t> positions) {
  SmallVector<AffineExpr> exprs;
  for (int64_t position : positions)
    exprs.push_back(position < 0 ? getAffineConstantExpr(0, context)
                                 : getAffineDimExpr(position, context));
  return AffineMap::get(loops, 0, exprs, context);
}

static AffineMap matmulMap(tile::MatmulOp op, unsigned operand) {
  int64_t batch = op.getBatchRank(), m = batch, n = batch + 1, k = batch + 2;
  int64_t own = operand == 0 ? op.getBatchRankOfA() : operand == 1 ? op.getBatchRankOfB() : batch;
  SmallVector<int64_t> positions = llvm::to_vector(llvm::seq<int64_t>(batch - own, batch));
  if (operand == 2)
    positions.append({m, n});
  else if (operand == 1)
    positions.append({op.getTransposeB() ? n : k, op.getTransposeB() ? k : n});
  else
    positions.append({op.getTransposeA() ? k : m, op.getTransposeA() ? m : k});
  return mapOf(op.getContext(), batch + 3, positions);
}

std::optional<AffineMap> getOperandMap(OpOperand &operand) {
  Operation *op = operand.getOwner();
  if (auto linalgOp = dyn_cast<linalg::LinalgOp>(op))
    return linalgOp.getMatchingIndexingMap(&operand);
  if (auto matmul = dyn_cast<tile::MatmulOp>(op))
    if (!matmul.getPackedB() || operand.getOperandNumber() != 1)
      return matmulMap(matmul, operand.getOperandNumber());
  if (auto destination = dyn_cast<DestinationStyleOpInterface>(op))
    if (destination.isDpsInit(&operand) && isa<RankedTensorType>(operand.get().getType()))
      return getResultMap(destination.getTiedOpResult(&operand));
  return std::nullopt;
}

std::optional<AffineMap> getResultMap(OpResult result) {
  Operation *op = result.getOwner();
  MLIRContext *context = op->getContext();
  if (auto linalgOp = dyn_cast<linalg::LinalgOp>(op))
    return linalgOp.getIndexingMapMatchingResult(result);
  if (auto matmul = dyn_cast<tile::MatmulOp>(op))
    return matmulMap(matmul, 2);
  if (auto im2col = dyn_cast<tile::Im2colOp>(op)) {
    int64_t batch = im2col.getBatchRank();
    SmallVector<int64_t> positions = llvm::to_vector(llvm::seq<int64_t>(0, batch));
    positions.append({-1, batch});
    return mapOf(context, batch + 1, positions);
  }
  if (isa<tile::DepthwiseConvOp>(op))
    return mapOf(context, 2, {0, 1, -1});
  if (isa<tile::WinogradInputOp>(op))
    return mapOf(context, 2, {0, -1, 1, -1});
  if (isa<tile::WinogradOutputOp>(op))
    return mapOf(context, 2, {0, 1, -1, -1});
  if (isa<tile::AttentionOp>(op))
    return mapOf(context, 3, {0, 1, 2, -1});
  return std::nullopt;
}

bool isContraction(Operation *op) {
  return isa<tile::MatmulOp, tile::DepthwiseConvOp, tile::WinogradInputOp, tile::WinogradOutputOp,
             tile::AttentionOp>(op);
}

bool isCostly(Operation *op) {
  if (auto linalgOp = dyn_cast<linalg::LinalgOp>(op))
    return linalgOp.getNumReductionLoops() > 0;
  return !isa<tile::Im2colOp>(op);
}

SmallVector<unsigned> getTileableLoops(const Group &group, MovedLoops *movedLoops) {
  auto sink = dyn_cast<TilingInterface>(group.sink);
  if (!sink)
    return {};
  SmallVector<utils::IteratorType> iterators = sink.getLoopIteratorTypes();
  SmallVector<bool> tileable;
  for (utils::IteratorType type : iterators)
    tileable.push_back(type == utils::IteratorType::parallel);

  constexpr int64_t kNone = -1;
  MovedLoops moved;
  moved[group.sink] = llvm::to_vector(llvm::seq<int64_t>(0, iterators.size()));

  for (Operation *user : llvm::reverse(group.members)) {
    auto found = moved.find(user);
    if (found == moved.end())
      continue;
    SmallVector<int64_t> userLoops = found->second;
    for (OpOperand &operand : user->getOpOperands()) {
      auto value = dyn_cast<OpResult>(operand.get());
      if (!value || !group.members.contains(value.getOwner()))
        continue;
      Operation *producer = value.getOwner();
      std::optional<AffineMap> read = getOperandMap(operand), written = getResultMap(value);
      auto producerOp = dyn_cast<TilingInterface>(producer);
      if (!read || !written || !producerOp)
        return {};
      SmallVector<utils::IteratorType> producerIterators = producerOp.getLoopIteratorTypes();
      bool isFirst = !moved.count(producer);
      SmallVector<int64_t> &loops = moved[producer];
      if (isFirst)
        loops.assign(iterators.size(), kNone);
      for (unsigned d = 0; d < iterators.size(); ++d) {
        if (!tileable[d])
          continue;
        int64_t loop = kNone;
        if (userLoops[d] != kNone) {
          for (unsigned j = 0; j < read->getNumResults(); ++j) {
            if (!read->getResult(j).isFunctionOfDim(userLoops[d]))
              continue;
            auto readDim = dyn_cast<AffineDimExpr>(read->getResult(j));
            auto writtenDim = dyn_cast<AffineDimExpr>(written->getResult(j));
            // Windows, diagonals and dimensions that the producer gives only whole.
            if (!readDim || !writtenDim || loop != kNone ||
                producerIterators[writtenDim.getPosition()] != utils::IteratorType::parallel) {
              tileable[d] = false;
              break;
            }
            loop = writtenDim.getPosition();
          }
        }
        bool invariant = loop == kNone;
        if (invariant &&
            (isCostly(producer) || llvm::any_of(producer->getResults(), [&](Value result) {
               return group.outputs.contains(result);
             })))
          tileable[d] = false;
        if (!isFirst && loops[d] != loop)
          tileable[d] = false;
        loops[d] = loop;
      }
    }
  }
  // What a tile of the sink does not reach through its operands cannot be computed tile by tile.
  for (Operation *member : group.members)
    if (!moved.count(member))
      return {};
  SmallVector<unsigned> result;
  for (unsigned d = 0; d < tileable.size(); ++d)
    if (tileable[d])
      result.push_back(d);
  if (movedLoops)
    *movedLoops = std::move(moved);
  return result;
}

} // namespace azulejo::tiling
