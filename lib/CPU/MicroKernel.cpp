#include "lib/CPU/MicroKernel.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace azulejo::cpu {

void convertElements(ImplicitLocOpBuilder &b, Value from, Value to) {
  auto fromType = cast<MemRefType>(from.getType()), toType = cast<MemRefType>(to.getType());
  AffineMap identity = b.getMultiDimIdentityMap(fromType.getRank());
  SmallVector<utils::IteratorType> iterators(fromType.getRank(), utils::IteratorType::parallel);
  bool widens = fromType.getElementTypeBitWidth() < toType.getElementTypeBitWidth();
  linalg::GenericOp::create(
      b, from, to, ArrayRef<AffineMap>{identity, identity}, iterators,
      [&](OpBuilder &builder, Location loc, ValueRange args) {
        Value value = args[0];
        if (widens)
          value = arith::ExtFOp::create(builder, loc, toType.getElementType(), value);
        else if (fromType.getElementType() != toType.getElementType())
          value = arith::TruncFOp::create(builder, loc, toType.getElementType(), value);
        linalg::YieldOp::create(builder, loc, value);
      });
}

namespace {

using Loop = llvm::function_ref<void(Value)>;

struct Emitter {
  ImplicitLocOpBuilder &b;

  Value index(int64_t value) { return arith::ConstantIndexOp::create(b, value); }
  Value add(Value x, Value y) { return b.createOrFold<arith::AddIOp>(x, y); }
  Value add(Value x, int64_t y) { return y == 0 ? x : add(x, index(y)); }
  Value size(Value memref, int64_t dim) { return b.createOrFold<memref::DimOp>(memref, dim); }

  void loop(Value from, Value to, int64_t step, Loop body) {
    auto loop = scf::ForOp::create(b, from, to, index(step));
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(loop.getBody());
    body(loop.getInductionVar());
  }
};

/// A number, or a vector of them, in the type that products are formed in.
Value extend(OpBuilder &b, Location loc, Value value, Type type) {
  if (value.getType() == type)
    return value;
  if (!isa<FloatType>(getElementTypeOrSelf(type)))
    return arith::ExtSIOp::create(b, loc, type, value);
  if (isa<FloatType>(getElementTypeOrSelf(value)))
    return arith::ExtFOp::create(b, loc, type, value);
  return arith::SIToFPOp::create(b, loc, type, value);
}

/// The vectors of one register tile and the loop over K that fills them.
class VectorMatmul : Emitter {
public:
  VectorMatmul(ImplicitLocOpBuilder &b, MatmulOperands operands, RegisterTile tile)
      : Emitter{b}, o(operands), element(cast<MemRefType>(o.c.getType()).getElementType()),
        lanes(tile.vectorBytes * 8 / element.getIntOrFloatBitWidth()),
        vector(VectorType::get(lanes, element)),
        storedB(VectorType::get(lanes, cast<MemRefType>(o.b.getType()).getElementType())),
        rows(tile.rows) {
    cType = cast<MemRefType>(o.c.getType());
    columns = o.packedB ? cast<MemRefType>(o.b.getType()).getShape().back() : 2 * lanes;
  }

  void emit() {
    Value k = size(o.a, o.transposeA ? 0 : 1);
    if (o.transposeB && isFewRows()) {
      emitDotProducts(k);
      return;
    }
    int64_t n = cType.getDimSize(1);
    Value end = size(o.c, 1);
    if (!ShapedType::isDynamic(n)) {
      int64_t full = n / columns * columns;
      if (full > 0)
        loop(index(0), index(full), columns,
             [&](Value column) { emitPanel(column, k, columns / lanes, nullptr); });
      if (full < n)
        emitPanel(index(full), k, llvm::divideCeil(n - full, lanes), index(n - full));
      return;
    }
    Value rest = arith::RemUIOp::create(b, end, index(columns));
    Value full = arith::SubIOp::create(b, end, rest);
    loop(index(0), full, columns,
         [&](Value column) { emitPanel(column, k, columns / lanes, nullptr); });
    Value some = arith::CmpIOp::create(b, arith::CmpIPredicate::ne, rest, index(0));
    auto branch = scf::IfOp::create(b, some);
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(branch.thenBlock());
    emitPanel(full, k, columns / lanes, rest);
  }

private:
  bool isFewRows() { return !cType.isDynamicDim(0) && cType.getDimSize(0) <= 2; }

  /// All rows of `vectors` vectors of columns from `column` on; `width` is how many columns there
  /// are, where some are missing.
  void emitPanel(Value column, Value k, int64_t vectors, Value width) {
    Panel panel{column, width, vectors, o.b, Value(), {}};
    if (width)
      for (int64_t v = 0; v < vectors; ++v) {
        Value left =
            arith::MaxSIOp::create(b, arith::SubIOp::create(b, width, index(v * lanes)), index(0));
        panel.masks.push_back(vector::CreateMaskOp::create(b, VectorType::get(lanes, b.getI1Type()),
                                                           ValueRange{left}));
      }
    if (o.packedB)
      panel.packed = arith::DivUIOp::create(b, column, index(columns));
    if (o.transposeB)
      packTransposed(panel, k);

    int64_t m = cType.getDimSize(0);
    if (!ShapedType::isDynamic(m)) {
      // Equal tiles: 13 rows three times rather than 14, 14 and 11.
      int64_t most = rows + 1,
              height = llvm::divideCeil(m, llvm::divideCeil(m, vectors <= 2 ? most : rows));
      int64_t full = m / height * height;
      loop(index(0), index(full), height, [&](Value row) { emitTile(row, height, panel, k); });
      if (full < m)
        emitTile(index(full), m - full, panel, k);
      return;
    }
    // Fewer rows the closer the end is.
    Value end = size(o.c, 0), from = index(0);
    SmallVector<int64_t> heights = {rows};
    for (int64_t smaller : {4, 1})
      if (smaller < rows)
        heights.push_back(smaller);
    for (int64_t height : heights) {
      Value left = arith::SubIOp::create(b, end, from);
      Value to =
          add(from, arith::SubIOp::create(b, left, arith::RemUIOp::create(b, left, index(height))));
      loop(from, to, height, [&](Value row) { emitTile(row, height, panel, k); });
      from = to;
    }
  }

  struct Panel {
    Value column, width;
    int64_t vectors;
    Value b;      ///< the operand that columns are read from
    Value packed; ///< which panel of a packed operand
    SmallVector<Value> masks;
  };

  /// A vector of B, which may be stored in fewer bits than it is multiplied in: what a weight saves
  /// in memory is worth more than the conversion.
  Value widen(Value loaded) { return extend(b, b.getLoc(), loaded, vector); }

  Value loadB(Panel &panel, Value k, int64_t v) {
    auto stored = VectorType::get(lanes, cast<MemRefType>(panel.b.getType()).getElementType());
    if (panel.packed)
      return widen(vector::LoadOp::create(b, stored, panel.b,
                                          ValueRange{panel.packed, k, index(v * lanes)}));
    SmallVector<Value> at{k, add(panel.column, v * lanes)};
    if (panel.masks.empty())
      return widen(vector::LoadOp::create(b, stored, panel.b, at));
    Value none = arith::ConstantOp::create(b, stored, b.getZeroAttr(stored));
    return widen(vector::MaskedLoadOp::create(b, stored, panel.b, at, panel.masks[v], none));
  }
  Value zeros() { return arith::ConstantOp::create(b, vector, b.getZeroAttr(vector)); }

  void emitTile(Value row, int64_t height, Panel &panel, Value k) {
    SmallVector<Value> sums;
    SmallVector<SmallVector<Value>> places;
    for (int64_t r = 0; r < height; ++r)
      for (int64_t v = 0; v < panel.vectors; ++v)
        places.push_back({add(row, r), add(panel.column, v * lanes)});
    for (auto [i, place] : llvm::enumerate(places)) {
      if (o.overwrite)
        sums.push_back(zeros());
      else if (panel.masks.empty())
        sums.push_back(vector::LoadOp::create(b, vector, o.c, place));
      else
        sums.push_back(vector::MaskedLoadOp::create(b, vector, o.c, place,
                                                    panel.masks[i % panel.vectors], zeros()));
    }
    sums = sumOverK(row, height, panel, k, sums);
    for (auto [i, place] : llvm::enumerate(places)) {
      if (panel.masks.empty())
        vector::StoreOp::create(b, sums[i], o.c, place);
      else
        vector::MaskedStoreOp::create(b, o.c, place, panel.masks[i % panel.vectors], sums[i]);
    }
  }

  /// Adds the products of all steps. A multiply-add waits for the one before it, so a matrix of few
  /// rows keeps several sums of each element, for steps that alternate. How many does not depend on
  /// the tile: wherever it stands, an element is summed in the same order.
  SmallVector<Value> sumOverK(Value row, int64_t height, Panel &panel, Value k,
                              SmallVector<Value> sums) {
    constexpr int64_t wanted = 8; // multiply-adds in flight: 4 cycles' latency, 2 a cycle
    int64_t tile = sums.size(), m = cType.getDimSize(0),
            chains = ShapedType::isDynamic(m)
                         ? 1
                         : std::max<int64_t>(wanted / (2 * std::max<int64_t>(m, 1)), 1);
    Value whole = index(0);
    if (chains > 1) {
      whole = arith::SubIOp::create(b, k, arith::RemUIOp::create(b, k, index(chains)));
      SmallVector<Value> started(sums);
      started.resize(tile * chains, zeros());
      auto steps = scf::ForOp::create(b, index(0), whole, index(chains), started);
      {
        OpBuilder::InsertionGuard guard(b);
        b.setInsertionPointToStart(steps.getBody());
        SmallVector<Value> next;
        for (int64_t chain = 0; chain < chains; ++chain)
          llvm::append_range(next,
                             addProducts(row, height, panel, add(steps.getInductionVar(), chain),
                                         steps.getRegionIterArgs().slice(chain * tile, tile)));
        scf::YieldOp::create(b, next);
      }
      for (int64_t i = 0; i < tile; ++i) {
        sums[i] = steps.getResult(i);
        for (int64_t chain = 1; chain < chains; ++chain)
          sums[i] = arith::AddFOp::create(b, sums[i], steps.getResult(chain * tile + i));
      }
    }
    auto steps = scf::ForOp::create(b, whole, k, index(1), sums);
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(steps.getBody());
    scf::YieldOp::create(
        b, addProducts(row, height, panel, steps.getInductionVar(), steps.getRegionIterArgs()));
    return SmallVector<Value>(steps.getResults());
  }

  SmallVector<Value> addProducts(Value row, int64_t height, Panel &panel, Value step,
                                 ValueRange sums) {
    SmallVector<Value> columnVectors, next;
    for (int64_t v = 0; v < panel.vectors; ++v)
      columnVectors.push_back(loadB(panel, step, v));
    for (int64_t r = 0; r < height; ++r) {
      Value at = add(row, r);
      Value scalar = memref::LoadOp::create(
          b, o.a, o.transposeA ? ValueRange{step, at} : ValueRange{at, step});
      Value spread = vector::BroadcastOp::create(b, vector, scalar);
      for (int64_t v = 0; v < panel.vectors; ++v)
        next.push_back(
            vector::FMAOp::create(b, spread, columnVectors[v], sums[r * panel.vectors + v]));
    }
    return next;
  }

  /// Copies the panel's rows of a transposed B to columns of a buffer, squares of vectors at a
  /// time. Columns that are missing repeat the last one: nothing of them is stored.
  void packTransposed(Panel &panel, Value k) {
    int64_t width = panel.vectors * lanes;
    int64_t staticK = cast<MemRefType>(o.b.getType()).getDimSize(1);
    auto type = MemRefType::get({1, staticK, width}, element);
    SmallVector<Value> sizes;
    if (ShapedType::isDynamic(staticK))
      sizes.push_back(k);
    Value buffer = memref::AllocOp::create(b, type, sizes);
    Value last = arith::SubIOp::create(b, size(o.b, 0), index(1));
    Value whole = arith::SubIOp::create(b, k, arith::RemUIOp::create(b, k, index(lanes)));
    loop(index(0), index(width), lanes, [&](Value group) {
      SmallVector<Value> rowsOfB;
      for (int64_t i = 0; i < lanes; ++i) {
        Value row = add(panel.column, add(group, i));
        rowsOfB.push_back(panel.width ? Value(arith::MinSIOp::create(b, row, last)) : row);
      }
      loop(index(0), whole, lanes, [&](Value step) {
        SmallVector<Value> square;
        for (Value row : rowsOfB)
          square.push_back(widen(vector::LoadOp::create(b, storedB, o.b, ValueRange{row, step})));
        transpose(square);
        for (int64_t i = 0; i < lanes; ++i)
          vector::StoreOp::create(b, square[i], buffer, ValueRange{index(0), add(step, i), group});
      });
      loop(whole, k, 1, [&](Value step) {
        for (int64_t i = 0; i < lanes; ++i) {
          Value value = extend(
              b, b.getLoc(), memref::LoadOp::create(b, o.b, ValueRange{rowsOfB[i], step}), element);
          memref::StoreOp::create(b, value, buffer, ValueRange{index(0), step, add(group, i)});
        }
      });
    });
    panel.b = buffer;
    panel.packed = index(0);
  }

  /// Transposes as many vectors as one has lanes: exchanges the off-diagonal blocks of 1, 2, 4, ...
  /// elements.
  void transpose(MutableArrayRef<Value> square) {
    for (int64_t step = 1; step < lanes; step *= 2) {
      SmallVector<int64_t> lower, upper;
      for (int64_t j = 0; j < lanes; ++j) {
        lower.push_back(j & step ? lanes + j - step : j);
        upper.push_back(j & step ? lanes + j : j + step);
      }
      for (int64_t i = 0; i < lanes; ++i) {
        if (i & step)
          continue;
        Value x = square[i], y = square[i + step];
        square[i] = vector::ShuffleOp::create(b, x, y, lower);
        square[i + step] = vector::ShuffleOp::create(b, x, y, upper);
      }
    }
  }

  /// One or two rows times a transposed B: each element is a product of two contiguous vectors.
  void emitDotProducts(Value k) {
    Value whole = arith::SubIOp::create(b, k, arith::RemUIOp::create(b, k, index(lanes)));
    loop(index(0), size(o.c, 1), 1, [&](Value n) {
      for (int64_t m = 0; m < cType.getDimSize(0); ++m) {
        Value row = index(m);
        auto aAt = [&](Value step) {
          return o.transposeA ? SmallVector<Value>{step, row} : SmallVector<Value>{row, step};
        };
        Value zero = arith::ConstantOp::create(b, b.getZeroAttr(element));
        auto contract = arith::FastMathFlags::contract | arith::FastMathFlags::reassoc;
        Value sum = zero, rest = index(0);
        if (!o.transposeA) {
          auto vectors = scf::ForOp::create(b, index(0), whole, index(lanes), ValueRange{zeros()});
          {
            OpBuilder::InsertionGuard guard(b);
            b.setInsertionPointToStart(vectors.getBody());
            Value step = vectors.getInductionVar();
            Value x = vector::LoadOp::create(b, vector, o.a, aAt(step)),
                  y = widen(vector::LoadOp::create(b, storedB, o.b, ValueRange{n, step}));
            scf::YieldOp::create(
                b, Value(vector::FMAOp::create(b, x, y, vectors.getRegionIterArg(0))));
          }
          sum = vector::ReductionOp::create(b, vector::CombiningKind::ADD, vectors.getResult(0),
                                            arith::FastMathFlags::reassoc);
          rest = whole;
        }
        auto scalars = scf::ForOp::create(b, rest, k, index(1), ValueRange{sum});
        {
          OpBuilder::InsertionGuard guard(b);
          b.setInsertionPointToStart(scalars.getBody());
          Value step = scalars.getInductionVar();
          Value x = memref::LoadOp::create(b, o.a, aAt(step)),
                y = extend(b, b.getLoc(), memref::LoadOp::create(b, o.b, ValueRange{n, step}),
                           element);
          Value product = arith::MulFOp::create(b, x, y, contract);
          scf::YieldOp::create(
              b, Value(arith::AddFOp::create(b, scalars.getRegionIterArg(0), product, contract)));
        }
        Value result = scalars.getResult(0);
        if (!o.overwrite)
          result =
              arith::AddFOp::create(b, result, memref::LoadOp::create(b, o.c, ValueRange{row, n}));
        memref::StoreOp::create(b, result, o.c, ValueRange{row, n});
      }
    });
  }

  MatmulOperands o;
  Type element;
  int64_t lanes;
  VectorType vector, storedB;
  int64_t rows, columns;
  MemRefType cType;
};

bool hasUnitStride(Value memref) {
  auto [strides, offset] = cast<MemRefType>(memref.getType()).getStridesAndOffset();
  return !strides.empty() && strides.back() == 1;
}

} // namespace

bool emitVectorMatmul(ImplicitLocOpBuilder &b, MatmulOperands operands, RegisterTile tile) {
  Type element = cast<MemRefType>(operands.c.getType()).getElementType();
  Type a = cast<MemRefType>(operands.a.getType()).getElementType(),
       stored = cast<MemRefType>(operands.b.getType()).getElementType();
  bool isNarrow = element.isF32() && (stored.isF16() || stored.isBF16() || stored.isInteger(8));
  if (!(element.isF32() || element.isF64()) || a != element || !(stored == element || isNarrow))
    return false;
  if (!hasUnitStride(operands.b) || !hasUnitStride(operands.c) ||
      (operands.transposeB && !hasUnitStride(operands.a)))
    return false;
  VectorMatmul(b, operands, tile).emit();
  return true;
}

void emitPlainMatmul(ImplicitLocOpBuilder &b, MatmulOperands o) {
  Emitter e{b};
  Type element = cast<MemRefType>(o.c.getType()).getElementType();
  Value zero = e.index(0), m = e.size(o.c, 0), n = e.size(o.c, 1),
        k = e.size(o.a, o.transposeA ? 0 : 1);
  int64_t panel = o.packedB ? cast<MemRefType>(o.b.getType()).getShape().back() : 1;
  e.loop(zero, m, 1, [&](Value row) {
    if (o.overwrite) {
      Value none = arith::ConstantOp::create(b, b.getZeroAttr(element));
      e.loop(zero, n, 1,
             [&](Value column) { memref::StoreOp::create(b, none, o.c, ValueRange{row, column}); });
    }
    e.loop(zero, k, 1, [&](Value step) {
      Value x = memref::LoadOp::create(
          b, o.a, o.transposeA ? ValueRange{step, row} : ValueRange{row, step});
      x = extend(b, b.getLoc(), x, element);
      e.loop(zero, n, 1, [&](Value column) {
        SmallVector<Value> at =
            o.transposeB ? SmallVector<Value>{column, step} : SmallVector<Value>{step, column};
        if (o.packedB)
          at = {arith::DivUIOp::create(b, column, e.index(panel)), step,
                arith::RemUIOp::create(b, column, e.index(panel))};
        Value y = extend(b, b.getLoc(), memref::LoadOp::create(b, o.b, at), element);
        Value sum = memref::LoadOp::create(b, o.c, ValueRange{row, column});
        if (isa<FloatType>(element))
          sum = arith::AddFOp::create(
              b, sum, arith::MulFOp::create(b, x, y, arith::FastMathFlags::contract),
              arith::FastMathFlags::contract);
        else
          sum = arith::AddIOp::create(b, sum, arith::MulIOp::create(b, x, y));
        memref::StoreOp::create(b, sum, o.c, ValueRange{row, column});
      });
    });
  });
}

} // namespace azulejo::cpu
