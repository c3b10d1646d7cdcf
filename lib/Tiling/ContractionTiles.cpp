#include "lib/Tiling/ContractionTiles.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace azulejo::tiling {

namespace {

/// What a dimension that is not known is taken for.
constexpr int64_t kLikelyRows = 512, kLikelyDepth = 512;
/// Bytes that a multiprocessor reads from the second-level cache in a clock, about the same on all
/// GPUs of the last generations.
constexpr double kBytesPerClock = 48;
/// Clocks before a block's first product and after its last: launch, first loads, epilogue.
constexpr double kOverheadClocks = 1500;
/// Accumulators of 32 bits that a thread can hold beside operands in registers, and without them.
constexpr int64_t kAccumulatorsPerThread = 64, kWarpGroupAccumulators = 128;

int64_t orElse(int64_t size, int64_t likely) {
  return ShapedType::isDynamic(size) ? likely : std::max<int64_t>(1, size);
}

unsigned getBytes(Type type) { return llvm::divideCeil(type.getIntOrFloatBitWidth(), 8); }

/// Multiply-adds of a multiprocessor in a clock.
double getRate(const hardware::GpuDescription &gpu, const ContractionShape &shape) {
  StringRef type = getTensorCoreType(gpu, shape);
  if (!type.empty())
    return gpu.tensorRate(type);
  // Beside the multiply-adds themselves their operands are fetched.
  return 0.75 * (shape.c.isF64() ? gpu.scalarF64 : gpu.scalarF32);
}

/// Whether groups of four warps can multiply a tile from shared memory, which a tensor memory
/// accelerator fills: rows must be aligned to 16 bytes.
bool usesWarpGroups(const hardware::GpuDescription &gpu, const ContractionShape &shape,
                    BlockTile tile) {
  auto isAligned = [](int64_t size) { return !ShapedType::isDynamic(size) && size % 8 == 0; };
  return gpu.has("wgmma") && (shape.a.isF16() || shape.a.isBF16()) && shape.a == shape.b &&
         shape.c.isF32() && isAligned(shape.k) && isAligned(shape.n) && tile.m % 64 == 0 &&
         tile.n % 64 == 0;
}

/// Accumulators of 32 bits.
int64_t countAccumulators(const ContractionShape &shape, BlockTile tile) {
  return tile.m * tile.n * llvm::divideCeil(getBytes(shape.c), 4u);
}

/// Warps that hold the accumulators of a tile.
int64_t getWarps(const hardware::GpuDescription &gpu, const ContractionShape &shape,
                 BlockTile tile) {
  if (usesWarpGroups(gpu, shape, tile))
    return tile.m / 16;
  int64_t accumulators = countAccumulators(shape, tile);
  return std::clamp<int64_t>(accumulators / (32 * kAccumulatorsPerThread), 4, 8);
}

/// Clocks from the first block to the end of the last.
double estimateClocks(const hardware::GpuDescription &gpu, const ContractionShape &shape,
                      BlockTile tile) {
  int64_t m = orElse(shape.m, kLikelyRows), n = orElse(shape.n, kLikelyRows),
          k = orElse(shape.k, kLikelyDepth), batch = orElse(shape.batch, 1);
  int64_t blocks = batch * llvm::divideCeil(m, tile.m) * llvm::divideCeil(n, tile.n);
  // Two blocks on a multiprocessor hide each other's waits; they share what it multiplies.
  int64_t waves = llvm::divideCeil(blocks, gpu.multiprocessors);
  double multiply = static_cast<double>(tile.m * tile.n) / getRate(gpu, shape);
  // Rows and columns that do not exist are not read.
  double read = static_cast<double>(std::min(m, tile.m) * getBytes(shape.a) +
                                    std::min(n, tile.n) * getBytes(shape.b)) /
                kBytesPerClock;
  return waves * (kOverheadClocks + k * std::max(multiply, read));
}

} // namespace

StringRef getTensorCoreType(const hardware::GpuDescription &gpu, const ContractionShape &shape) {
  StringRef type;
  if (shape.a != shape.b)
    return {};
  if (shape.a.isF16() && (shape.c.isF32() || shape.c.isF16()))
    type = "f16";
  else if (shape.a.isBF16() && shape.c.isF32())
    type = "bf16";
  else if (shape.a.isF32() && shape.c.isF32() && shape.allowTF32)
    type = "tf32";
  else if (shape.a.isF64() && shape.c.isF64())
    type = "f64";
  else if (shape.a.isInteger(8) && shape.c.isInteger(32))
    type = "i8";
  return gpu.tensorRate(type) ? type : StringRef();
}

BlockTile chooseBlockTile(const hardware::GpuDescription &gpu, const ContractionShape &shape) {
  BlockTile best{16, 16};
  double least = std::numeric_limits<double>::infinity();
  int64_t mostRows = llvm::PowerOf2Ceil(std::max<int64_t>(16, orElse(shape.m, 128))),
          mostColumns = llvm::PowerOf2Ceil(std::max<int64_t>(16, orElse(shape.n, 128)));
  for (int64_t m = 16; m <= std::min<int64_t>(128, mostRows); m *= 2)
    for (int64_t n = 16; n <= std::min<int64_t>(256, mostColumns); n *= 2) {
      BlockTile tile{m, n};
      int64_t each =
          usesWarpGroups(gpu, shape, tile) ? kWarpGroupAccumulators : kAccumulatorsPerThread;
      if (countAccumulators(shape, tile) > each * 32 * getWarps(gpu, shape, tile))
        continue;
      double clocks = estimateClocks(gpu, shape, tile);
      // Of two that are as good the larger reads less.
      if (clocks <= least) {
        least = clocks;
        best = tile;
      }
    }
  return best;
}

BlockSteps chooseBlockSteps(const hardware::GpuDescription &gpu, const ContractionShape &shape,
                            BlockTile tile) {
  // A row of 64 bytes, or of 128 where that leaves room for a second block.
  int64_t width = std::max(getBytes(shape.a), getBytes(shape.b));
  int64_t k = 64 / width;
  if (tile.m + tile.n <= 192 || usesWarpGroups(gpu, shape, tile))
    k *= 2;
  int64_t depth = orElse(shape.k, kLikelyDepth);
  while (k > 16 && k >= 2 * depth)
    k /= 2;
  return {k, getWarps(gpu, shape, tile)};
}

int64_t chooseAttentionRows(const hardware::GpuDescription &gpu, Type element, int64_t queries,
                            int64_t headSize) {
  // Output and scores of a warp's 16 queries are in its registers. Warp groups read keys and values
  // from shared memory, which leaves room for the queries of two of them up to a head of 128.
  bool hasGroups = gpu.has("wgmma") && (element.isF16() || element.isBF16());
  int64_t most = orElse(headSize, 128) <= (hasGroups ? 128 : 64) ? 128 : 64;
  return std::clamp<int64_t>(llvm::PowerOf2Ceil(orElse(queries, most)), 16, most);
}

} // namespace azulejo::tiling
