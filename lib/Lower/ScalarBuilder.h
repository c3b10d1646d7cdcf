//===- ScalarBuilder.h - Kernels written element by element -----------------------------------===//
//
// Operators that linalg cannot say (windows that are clipped, interpolation, scatters, sorting) are
// written as a tile.kernel whose body is loops around scalar code. ScalarBuilder makes that code
// read as arithmetic; the functions below make the kernel and the loops around it.
//
// Indices are of type index and signed. Arithmetic follows its operands' type; both operands must
// have the same one.
//
//===------------------------------------------------------------------------------------------===//
#ifndef AZULEJO_LIB_LOWER_SCALARBUILDER_H
#define AZULEJO_LIB_LOWER_SCALARBUILDER_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace azulejo::lower {

class ScalarBuilder : public mlir::ImplicitLocOpBuilder {
public:
  using Value = mlir::Value;
  using Values = llvm::SmallVector<mlir::Value>;
  using mlir::ImplicitLocOpBuilder::ImplicitLocOpBuilder;

  Value index(int64_t value);
  Value boolean(bool value);
  /// `value` as a constant of any integer, index or float type.
  Value constant(mlir::Type type, double value);
  /// The value that no other of the type is below, or above.
  Value lowest(mlir::Type type, bool isUnsigned = false);
  Value highest(mlir::Type type, bool isUnsigned = false);

  Value add(Value a, Value b);
  Value sub(Value a, Value b);
  Value mul(Value a, Value b);
  /// Floats; integers towards zero.
  Value div(Value a, Value b, bool isUnsigned = false);
  /// The remainder of `div`.
  Value rem(Value a, Value b);
  Value floorDiv(Value a, Value b);
  Value ceilDiv(Value a, Value b);
  /// Of floats, NaN wins.
  Value min(Value a, Value b, bool isUnsigned = false);
  Value max(Value a, Value b, bool isUnsigned = false);
  Value clamp(Value x, Value low, Value high) { return min(max(x, low), high); }
  Value add(Value a, int64_t b) { return add(a, constant(a.getType(), b)); }
  Value sub(Value a, int64_t b) { return sub(a, constant(a.getType(), b)); }
  Value mul(Value a, int64_t b) { return mul(a, constant(a.getType(), b)); }

  /// Ordered comparisons: NaN is neither less nor equal.
  Value less(Value a, Value b, bool isUnsigned = false);
  Value lessEqual(Value a, Value b, bool isUnsigned = false);
  Value equal(Value a, Value b);
  Value isNaN(Value x);
  Value logicalAnd(Value a, Value b);
  Value logicalOr(Value a, Value b);
  Value logicalNot(Value a);
  Value select(Value condition, Value a, Value b);
  /// low <= x < high.
  Value inRange(Value x, Value low, Value high) {
    return logicalAnd(lessEqual(low, x), less(x, high));
  }

  /// To any other numeric type; floats to integers towards zero. bool to a number is 0 or 1.
  Value convert(Value x, mlir::Type type, bool isUnsigned = false);
  Value toIndex(Value x, bool isUnsigned = false) { return convert(x, getIndexType(), isUnsigned); }
  /// An index that counts from the end where it is negative.
  Value wrap(Value index, Value size);
  /// An index from data, in a kernel: ends the run with an error unless it lies in [0, size), or in
  /// [-size, size) if it may count `fromEnd`. `what` is the operand that holds it.
  Value checkIndex(Value index, Value size, llvm::StringRef what, bool fromEnd = false);

  Value dim(Value tensor, int64_t dimension);
  Values dims(Value tensor);
  Value load(Value tensor, mlir::ValueRange indices = {});
  Value store(Value value, Value tensor, mlir::ValueRange indices = {});
  /// Reads a one-element tensor of any rank, at function level too.
  Value loadScalar(Value tensor);
  Value empty(mlir::Type elementType, mlir::ValueRange sizes);
  Value product(mlir::ValueRange values);

  using LoopBody = llvm::function_ref<Values(Value iv, mlir::ValueRange carried)>;
  Values forLoop(Value begin, Value end, mlir::ValueRange init, LoopBody body);
  Value forLoop(Value begin, Value end, Value init,
                llvm::function_ref<Value(Value iv, Value carried)> body);
  /// One loop per size, the last one innermost.
  Values forLoops(mlir::ValueRange sizes, mlir::ValueRange init,
                  llvm::function_ref<Values(mlir::ValueRange ivs, mlir::ValueRange carried)> body);
  Values whileLoop(mlir::ValueRange init, llvm::function_ref<Value(mlir::ValueRange)> condition,
                   llvm::function_ref<Values(mlir::ValueRange)> body);
  Values ifElse(Value condition, llvm::function_ref<Values()> then,
                llvm::function_ref<Values()> otherwise);
  Value ifElse(Value condition, llvm::function_ref<Value()> then,
               llvm::function_ref<Value()> otherwise);
  /// `then` where it holds, else `otherwise`, which is computed already.
  Value ifThen(Value condition, Value otherwise, llvm::function_ref<Value()> then);
};

/// What the body of a kernel sees of its operands.
struct KernelArguments {
  mlir::ValueRange inputs, outputs;
  llvm::SmallVector<mlir::Value> scalars;
};

/// A tile.kernel; `body` returns the values it yields, one per output. Scalars that are constants
/// are repeated inside of it, not passed.
llvm::SmallVector<mlir::Value> createKernel(
    ScalarBuilder &b, llvm::StringRef name, mlir::ValueRange inputs, mlir::ValueRange outputs,
    mlir::ValueRange scalars,
    llvm::function_ref<ScalarBuilder::Values(ScalarBuilder &, const KernelArguments &)> body);

/// Calls `body` for every index into `outputs` (all of the same shape), whose elements at that
/// index it returns. Rows are independent workgroups.
ScalarBuilder::Values forEachElement(
    ScalarBuilder &b, mlir::ValueRange outputs,
    llvm::function_ref<ScalarBuilder::Values(ScalarBuilder &, mlir::ValueRange index)> body);

/// A kernel that computes each element by itself: the two above.
llvm::SmallVector<mlir::Value> createElementKernel(
    ScalarBuilder &b, llvm::StringRef name, mlir::ValueRange inputs, mlir::ValueRange outputs,
    mlir::ValueRange scalars,
    llvm::function_ref<ScalarBuilder::Values(ScalarBuilder &, const KernelArguments &,
                                             mlir::ValueRange index)>
        body);

/// Calls `body` for each point of a space of `counts`, in parallel. It gets a slice of each output
/// and returns it updated: `places` says for each dimension of each output which coordinate of the
/// point is its index there, or -1 for all of the dimension.
ScalarBuilder::Values forEachSlice(
    ScalarBuilder &b, mlir::ValueRange outputs, mlir::ValueRange counts,
    llvm::ArrayRef<llvm::SmallVector<int64_t>> places,
    llvm::function_ref<ScalarBuilder::Values(mlir::ValueRange point, mlir::ValueRange slices)>
        body);

/// Calls `body` for each point of the dimensions of `outputs` other than `axis`, in parallel; it
/// gets rows: slices of rank one of each output along the axis, and returns them updated.
ScalarBuilder::Values
forEachRow(ScalarBuilder &b, mlir::ValueRange outputs, int64_t axis,
           llvm::function_ref<ScalarBuilder::Values(ScalarBuilder &, mlir::ValueRange outer,
                                                    mlir::ValueRange rows)>
               body);

} // namespace azulejo::lower

#endif // AZULEJO_LIB_LOWER_SCALARBUILDER_H
