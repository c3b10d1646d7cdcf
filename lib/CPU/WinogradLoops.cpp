#include "lib/CPU/WinogradLoops.h"
#include "dialects/Plan/Winograd.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

using namespace mlir;

namespace azulejo::cpu {
namespace {

/// Lanes are tiles that lie side by side in a row of tiles. Where tiles read and write the image,
/// lane j's element s lies at j * m + s: as many vectors at once as a tile has outputs, m, are
/// taken apart or put together (deinterleave, interleave), never gathered. The last vector of a row
/// overlaps the one before it, and computes some tiles twice, rather than be masked.
///
/// A row of tiles reads from and writes to a copy of its T or m rows of the image, which has room
/// for what tiles reach beyond it: padding, and the end of the last tile.
class Transform {
protected:
  Transform(OpBuilder &builder, Location loc, int64_t outputs, int64_t tilesInRow,
            int64_t vectorBytes)
      : b(loc, builder), winograd(plan::Winograd::get(outputs)), m(winograd.outputs),
        t(winograd.inputs), tilesInRow(tilesInRow),
        lanes(
            std::min<int64_t>(vectorBytes / sizeof(float), llvm::bit_floor<uint64_t>(tilesInRow))),
        vector(VectorType::get(lanes, b.getF32Type())),
        wide(VectorType::get(lanes * m, b.getF32Type())), zero(index(0)), one(index(1)) {}

  Value index(int64_t value) { return arith::ConstantIndexOp::create(b, value); }
  Value size(Value memref, int64_t dim) { return b.createOrFold<memref::DimOp>(memref, dim); }
  Value add(Value x, Value y) { return b.createOrFold<arith::AddIOp>(x, y); }
  Value mul(Value x, int64_t y) { return b.createOrFold<arith::MulIOp>(x, index(y)); }

  void loop(Value from, Value to, llvm::function_ref<void(Value)> body) {
    auto loop = scf::ForOp::create(b, from, to, one);
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(loop.getBody());
    body(loop.getInductionVar());
  }

  /// The first tiles of the vectors that make up a row of tiles.
  void loopVectors(llvm::function_ref<void(Value)> body) {
    loop(zero, index(llvm::divideCeil(tilesInRow, lanes)), [&](Value i) {
      body(b.createOrFold<arith::MinSIOp>(mul(i, lanes), index(tilesInRow - lanes)));
    });
  }

  /// The product of `matrix`, rows x values.size(), and the vectors `values`.
  SmallVector<Value> multiply(ArrayRef<double> matrix, int64_t rows, ArrayRef<Value> values) {
    SmallVector<Value> result;
    for (int64_t row = 0; row < rows; ++row) {
      Value sum;
      for (auto [factor, value] :
           llvm::zip(matrix.slice(row * values.size(), values.size()), values))
        if (factor != 0)
          sum = addProduct(sum, factor, value);
      result.push_back(sum);
    }
    return result;
  }

  /// The product of `matrix` and the row-major matrix `values` of `columns` columns.
  SmallVector<Value> multiplyColumns(ArrayRef<double> matrix, int64_t rows, ArrayRef<Value> values,
                                     int64_t columns) {
    SmallVector<Value> result(rows * columns);
    int64_t from = values.size() / columns;
    for (int64_t column = 0; column < columns; ++column) {
      SmallVector<Value> own;
      for (int64_t row = 0; row < from; ++row)
        own.push_back(values[row * columns + column]);
      for (auto [row, value] : llvm::enumerate(multiply(matrix, rows, own)))
        result[row * columns + column] = value;
    }
    return result;
  }

  ImplicitLocOpBuilder b;
  plan::Winograd winograd;
  int64_t m, t, tilesInRow, lanes;
  VectorType vector, wide;
  Value zero, one;

private:
  Value addProduct(Value sum, double factor, Value value) {
    if (sum && factor == 1)
      return arith::AddFOp::create(b, sum, value);
    if (sum && factor == -1)
      return arith::SubFOp::create(b, sum, value);
    if (!sum && factor == 1)
      return value;
    Value constant =
        arith::ConstantOp::create(b, DenseElementsAttr::get(vector, static_cast<float>(factor)));
    if (!sum)
      return arith::MulFOp::create(b, constant, value);
    return vector::FMAOp::create(b, constant, value, sum);
  }
};

class InputTransform : Transform {
public:
  InputTransform(OpBuilder &builder, tile::WinogradInputOp op, int64_t vectorBytes)
      : Transform(builder, op.getLoc(), op.getOutputs(), op.getTiles(1), vectorBytes), op(op) {}

  void emit() {
    // What lies beside the image stays zero; the image's part is written anew for each row of
    // tiles.
    Value rows =
        memref::AllocOp::create(b, MemRefType::get({t, (tilesInRow + 1) * m}, b.getF32Type()));
    loop(zero, index(t), [&](Value r) { fill(rows, r, zero, size(rows, 1)); });
    loop(zero, size(op.getX(), 0), [&](Value n) {
      loop(zero, size(op.getX(), 1), [&](Value channel) {
        loop(zero, index(op.getTiles(0)), [&](Value i) {
          copyRows(rows, n, channel, i);
          loopVectors([&](Value j) { transform(rows, n, channel, i, j); });
        });
      });
    });
  }

private:
  void fill(Value rows, Value r, Value from, Value to) {
    Value none = arith::ConstantOp::create(b, b.getF32FloatAttr(0));
    loop(from, to, [&](Value k) { memref::StoreOp::create(b, none, rows, ValueRange{r, k}); });
  }

  /// The rows of the image that row `i` of tiles reads, or zeros.
  void copyRows(Value rows, Value n, Value channel, Value i) {
    Value width = size(op.getX(), 3), left = index(op.getPads()[1]);
    loop(zero, index(t), [&](Value r) {
      Value at = add(add(mul(i, m), r), index(-op.getPads()[0]));
      Value inside = arith::CmpIOp::create(b, arith::CmpIPredicate::ult, at, size(op.getX(), 2));
      auto branch = scf::IfOp::create(b, inside, /*withElseRegion=*/true);
      OpBuilder::InsertionGuard guard(b);
      b.setInsertionPointToStart(branch.thenBlock());
      loop(zero, width, [&](Value k) {
        Value element = memref::LoadOp::create(b, op.getX(), ValueRange{n, channel, at, k});
        memref::StoreOp::create(b, element, rows, ValueRange{r, add(k, left)});
      });
      b.setInsertionPointToStart(branch.elseBlock());
      fill(rows, r, left, add(left, width));
    });
  }

  void transform(Value rows, Value n, Value channel, Value i, Value j) {
    SmallVector<Value> values;
    for (int64_t r = 0; r < t; ++r) {
      SmallVector<Value> own = loadRow(rows, index(r), mul(j, m));
      llvm::append_range(values, multiply(winograd.bT, t, own));
    }
    Value tile = add(mul(i, tilesInRow), j);
    for (auto [e, value] : llvm::enumerate(multiplyColumns(winograd.bT, t, values, t)))
      vector::StoreOp::create(b, value, op.getV(), ValueRange{n, index(e), channel, tile});
  }

  /// Elements 0 to T - 1 of the tiles that begin at column `from`.
  SmallVector<Value> loadRow(Value rows, Value r, Value from) {
    SmallVector<Value> elements = split(rows, r, from);
    SmallVector<Value> next = split(rows, r, add(from, index(m)));
    elements.append(next.begin(), next.begin() + (t - m));
    return elements;
  }

  /// Columns from, from + m, …; from + 1, from + m + 1, …; and so on.
  SmallVector<Value> split(Value rows, Value r, Value from) {
    Value all = vector::LoadOp::create(b, wide, rows, ValueRange{r, from});
    SmallVector<Value> parts = {all};
    // Halves of halves come in bit-reversed order, for m = 4: 0, 2, 1, 3.
    while (static_cast<int64_t>(parts.size()) < m) {
      SmallVector<Value> evens, odds;
      for (Value part : parts) {
        auto halves = vector::DeinterleaveOp::create(b, part);
        evens.push_back(halves.getRes1());
        odds.push_back(halves.getRes2());
      }
      evens.append(odds);
      parts = evens;
    }
    return parts;
  }

  tile::WinogradInputOp op;
};

class OutputTransform : Transform {
public:
  OutputTransform(OpBuilder &builder, tile::WinogradOutputOp op, int64_t vectorBytes)
      : Transform(
            builder, op.getLoc(), op.getOutputs(),
            llvm::divideCeil(cast<ShapedType>(op.getY().getType()).getDimSize(3), op.getOutputs()),
            vectorBytes),
        op(op) {}

  void emit() {
    int64_t height = cast<ShapedType>(op.getY().getType()).getDimSize(2);
    Value rows = memref::AllocOp::create(b, MemRefType::get({m, tilesInRow * m}, b.getF32Type()));
    loop(zero, size(op.getY(), 0), [&](Value n) {
      loop(zero, size(op.getY(), 1), [&](Value channel) {
        loop(zero, index(llvm::divideCeil(height, m)), [&](Value i) {
          loopVectors([&](Value j) { transform(rows, n, channel, i, j); });
          Value first = mul(i, m), left = arith::SubIOp::create(b, index(height), first);
          loop(zero, arith::MinSIOp::create(b, index(m), left), [&](Value r) {
            loop(zero, size(op.getY(), 3), [&](Value k) {
              Value element = memref::LoadOp::create(b, rows, ValueRange{r, k});
              memref::StoreOp::create(b, element, op.getY(),
                                      ValueRange{n, channel, add(first, r), k});
            });
          });
        });
      });
    });
  }

private:
  void transform(Value rows, Value n, Value channel, Value i, Value j) {
    Value tile = add(mul(i, tilesInRow), j);
    SmallVector<Value> values;
    for (int64_t r = 0; r < t; ++r) {
      SmallVector<Value> own;
      for (int64_t s = 0; s < t; ++s)
        own.push_back(vector::LoadOp::create(b, vector, op.getZ(),
                                             ValueRange{n, index(r * t + s), channel, tile}));
      llvm::append_range(values, multiply(winograd.aT, m, own));
    }
    SmallVector<Value> results = multiplyColumns(winograd.aT, m, values, m);
    for (int64_t r = 0; r < m; ++r)
      vector::StoreOp::create(b, join(ArrayRef(results).slice(r * m, m)), rows,
                              ValueRange{index(r), mul(j, m)});
  }

  /// The first lane of each vector, then the second of each, …
  Value join(ArrayRef<Value> parts) {
    if (parts.size() == 1)
      return parts[0];
    SmallVector<Value> evens, odds;
    for (auto [i, part] : llvm::enumerate(parts))
      (i % 2 ? odds : evens).push_back(part);
    return vector::InterleaveOp::create(b, join(evens), join(odds));
  }

  tile::WinogradOutputOp op;
};

} // namespace

void expandWinogradInput(RewriterBase &rewriter, tile::WinogradInputOp op, int64_t vectorBytes) {
  InputTransform(rewriter, op, vectorBytes).emit();
}

void expandWinogradOutput(RewriterBase &rewriter, tile::WinogradOutputOp op, int64_t vectorBytes) {
  OutputTransform(rewriter, op, vectorBytes).emit();
}

} // namespace azulejo::cpu
