//===- Lowering.h - What the lowerings of all operator families share -------------------------===//
//
// A *lowering* is a function from one onnx operation to linalg, tensor and tile operations. It gets
// the operation as Graph left it, whose types say what is unsigned and how dimensions relate, and a
// `Lowering`: a builder that stands where the operation stands and knows the lowered value of every
// operand:
//
//     static Value lowerNeg(NegOp op, Lowering &b) {
//       return b.elementwise(op.getY(), op.getX(), [&](ValueRange x) -> Value {
//         return arith::NegFOp::create(b, x[0]);
//       });
//     }
//     void addArithmeticLowerings(LoweringTable &table) { table.add<NegOp>(lowerNeg); }
//
// *Original* values are those of the onnx operations; *lowered* values are their images: tensors
// without encodings and of signless integers. `b[original]` is the lowered value.
//
// A table of functions and one walk in program order, rather than a dialect conversion: nothing has
// to be rolled back, there is one lowering per operator, and a region is lowered where its
// operation asks for it.
//
//===------------------------------------------------------------------------------------------===//
#ifndef AZULEJO_LIB_LOWER_LOWERING_H
#define AZULEJO_LIB_LOWER_LOWERING_H

#include "dialects/ONNX/Dims.h"
#include "dialects/ONNX/ONNX.h"
#include "mlir/Dialect/Utils/StructuredOpsUtils.h"
#include "mlir/IR/AffineMap.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/OpDefinition.h"
#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"

namespace azulejo::lower {

class LoweringTable;
class StringTable;

/// The lowered form of a type: no encoding on tensors, no sign on integers, a number for a string
/// (see StringTable.h), and `!plan.value` for what is no tensor.
mlir::Type lowerType(mlir::Type type);
/// "float", "int64": the name of a tensor's element type in TensorProto.DataType, in lower case.
/// For what is no tensor, the type as ONNX writes it.
std::string getTypeName(mlir::Type originalType);
/// A constant's value at its lowered type; null for attributes that are no tensors.
mlir::TypedAttr lowerConstant(mlir::TypedAttr value);

/// Whether a constant tensor may be an `arith.constant`, part of a kernel's code: a splat, or a few
/// elements. Others are `plan.constant`s and stay in the artifact.
bool fitsInCode(mlir::TypedAttr value);

/// Element type of a tensor (lowered or original).
mlir::Type getElementType(mlir::Value tensor);
/// Whether the elements of an original tensor are unsigned; bool counts.
bool isUnsigned(mlir::Value original);
bool isUnsigned(mlir::Type originalElementType);

/// Builds the body of an elementwise operation from its arguments, with the `Lowering` standing in
/// the body.
using ScalarBody = llvm::function_ref<mlir::Value(mlir::ValueRange)>;
using ScalarBodies = llvm::function_ref<llvm::SmallVector<mlir::Value>(mlir::ValueRange)>;

/// A lowered tensor with the map from an operation's loops to its indices.
struct MappedValue {
  mlir::Value value;
  mlir::AffineMap map;
};

class Lowering : public mlir::ImplicitLocOpBuilder {
public:
  Lowering(mlir::Location loc, mlir::MLIRContext *context, const LoweringTable &table,
           StringTable &strings)
      : ImplicitLocOpBuilder(loc, context), table(table), strings(strings) {}

  //===----------------------------------------------------------------------------------------===//
  // Values and regions
  //===----------------------------------------------------------------------------------------===//

  /// The lowered value of an original one; null for null (an optional operand that is absent).
  mlir::Value operator[](mlir::Value original) const;
  llvm::SmallVector<mlir::Value> operator[](mlir::ValueRange originals) const;

  /// Says what `original` becomes. Casts to the lowered type of `original` if `lowered` knows more
  /// or less about its shape.
  void map(mlir::Value original, mlir::Value lowered);
  /// The same value at the shape of `type`, through `tensor.cast` if needed.
  mlir::Value castShape(mlir::Value lowered, mlir::Type type);

  /// Lowers a region's operations to where the builder stands, with these (lowered) values as its
  /// arguments; gives what it yields.
  mlir::FailureOr<llvm::SmallVector<mlir::Value>> lowerRegion(mlir::Region &region,
                                                              mlir::ValueRange arguments);

  /// Emits an error at the operation that names it, and gives the null that a lowering returns
  /// then.
  mlir::Value refuse(mlir::Operation *op, const llvm::Twine &reason);

  /// The elements of an integer or bool constant, original or lowered; nothing when it is not known
  /// at compile time. Unsigned ones are zero-extended.
  std::optional<llvm::SmallVector<int64_t>> getConstantInts(mlir::Value tensor) const;
  /// The elements of a float constant of any float type.
  std::optional<llvm::SmallVector<double>> getConstantFloats(mlir::Value tensor) const;

  /// A tensor of strings, by their numbers. Null, and an error, for what is no UTF-8.
  mlir::Value constantStrings(llvm::ArrayRef<llvm::StringRef> texts, llvm::ArrayRef<int64_t> shape);

  //===----------------------------------------------------------------------------------------===//
  // Sizes
  //===----------------------------------------------------------------------------------------===//

  /// Declares an entry symbol. Its name may be an expression, of which nothing else is known.
  void setSymbol(llvm::StringRef name, mlir::Value value) {
    symbols[name] = value;
    hasSizeSymbols |= !onnx::SymbolicExpr::isSymbolName(name);
  }

  /// The value of an expression, from entry symbols and, if `near` is given, from dimensions of
  /// that operation's operands; null when it holds another symbol.
  mlir::OpFoldResult evaluate(const onnx::SymbolicExpr &expression,
                              mlir::Operation *near = nullptr);

  /// The size of one dimension of an original value that is already lowered (an operand).
  mlir::OpFoldResult getSize(mlir::Value original, int64_t dim);
  llvm::SmallVector<mlir::OpFoldResult> getSizes(mlir::Value original);
  /// The same for lowered values, which may be intermediate ones: from what they were made of, and
  /// `tensor.dim` where that does not tell.
  mlir::OpFoldResult getLoweredSize(mlir::Value lowered, int64_t dim);
  llvm::SmallVector<mlir::OpFoldResult> getLoweredSizes(mlir::Value lowered);

  /// The sizes of a result that is about to be made: from its type, and from `fallback` where its
  /// type does not tell.
  llvm::SmallVector<mlir::OpFoldResult>
  getResultSizes(mlir::Value originalResult,
                 llvm::function_ref<mlir::OpFoldResult(int64_t)> fallback);

  /// For each of `rank` dimensions, a host value that says whether `axes` (a lowered tensor) names
  /// it.
  llvm::SmallVector<mlir::Value> readAxes(mlir::Value axes, int64_t rank, bool allIfEmpty);
  /// The size of dimension `wanted` of a tensor without the dropped dimensions of these sizes.
  mlir::OpFoldResult getKeptSize(int64_t wanted, llvm::ArrayRef<mlir::Value> isDropped,
                                 llvm::ArrayRef<mlir::OpFoldResult> sizes);
  /// The size of dimension `wanted` of a tensor of these sizes with ones inserted.
  mlir::OpFoldResult getInsertedSize(int64_t wanted, llvm::ArrayRef<mlir::Value> isInserted,
                                     llvm::ArrayRef<mlir::OpFoldResult> sizes);

  /// Whether two dimensions are equal for all that their types tell. `b` may be from the same or
  /// another tensor.
  static bool sameSize(mlir::Value originalA, int64_t dimA, mlir::Value originalB, int64_t dimB);

  // Index arithmetic that folds.
  mlir::OpFoldResult add(mlir::OpFoldResult a, mlir::OpFoldResult b);
  mlir::OpFoldResult sub(mlir::OpFoldResult a, mlir::OpFoldResult b);
  mlir::OpFoldResult mul(mlir::OpFoldResult a, mlir::OpFoldResult b);
  /// For non-negative a and positive b.
  mlir::OpFoldResult div(mlir::OpFoldResult a, mlir::OpFoldResult b);
  mlir::OpFoldResult ceilDiv(mlir::OpFoldResult a, mlir::OpFoldResult b);
  mlir::OpFoldResult min(mlir::OpFoldResult a, mlir::OpFoldResult b);
  mlir::OpFoldResult max(mlir::OpFoldResult a, mlir::OpFoldResult b);
  mlir::OpFoldResult product(llvm::ArrayRef<mlir::OpFoldResult> sizes);
  /// `a` as an index value.
  mlir::Value asIndex(mlir::OpFoldResult a);
  mlir::Value index(int64_t value);

  /// Element (`indices`, static) of an integer tensor, read on the host and as an index. Without
  /// indices: of a scalar tensor, or one with a single element.
  mlir::Value readIndex(mlir::Value lowered, llvm::ArrayRef<int64_t> indices = {});
  /// An element of any type, read on the host.
  mlir::Value readScalar(mlir::Value lowered, llvm::ArrayRef<int64_t> indices = {});

  //===----------------------------------------------------------------------------------------===//
  // Checks: what data and sizes must satisfy for memory to stay within bounds
  //===----------------------------------------------------------------------------------------===//

  /// Ends the run with an error unless the condition holds. The error names the node and its
  /// operator; each {} of `message` stands for one of the values. Nothing where the condition is
  /// known to hold.
  void require(mlir::Value condition, const llvm::Twine &message,
               llvm::ArrayRef<mlir::OpFoldResult> values = {});
  /// Two sizes that must agree; `message` has two {}, for `a` and `b`.
  void requireEqual(mlir::OpFoldResult a, mlir::OpFoldResult b, const llvm::Twine &message);
  /// a <= b.
  void requireAtMost(mlir::OpFoldResult a, mlir::OpFoldResult b, const llvm::Twine &message);
  /// Dimensions of an original value that must not be empty; `name` is the operand's.
  void requireElements(mlir::Value original, llvm::ArrayRef<int64_t> dims, llvm::StringRef name);
  /// Dimension `dim` of one operand and `otherDim` of another, which must be equal.
  void requireSameSize(mlir::Value original, int64_t dim, llvm::StringRef name, mlir::Value other,
                       int64_t otherDim, llvm::StringRef otherName);

  //===----------------------------------------------------------------------------------------===//
  // Tensors (lowered)
  //===----------------------------------------------------------------------------------------===//

  mlir::Value empty(llvm::ArrayRef<mlir::OpFoldResult> sizes, mlir::Type elementType);
  mlir::Value fill(mlir::Value scalar, llvm::ArrayRef<mlir::OpFoldResult> sizes);
  /// A splat of a number in any element type.
  mlir::Value fill(double value, llvm::ArrayRef<mlir::OpFoldResult> sizes, mlir::Type elementType);

  /// A linalg.generic whose loops are the dimensions of the result, all parallel.
  mlir::Value parallel(llvm::ArrayRef<MappedValue> inputs, llvm::ArrayRef<mlir::OpFoldResult> sizes,
                       mlir::Type elementType, ScalarBody body);
  /// The same with several results of the same sizes.
  llvm::SmallVector<mlir::Value> parallel(llvm::ArrayRef<MappedValue> inputs,
                                          llvm::ArrayRef<mlir::OpFoldResult> sizes,
                                          mlir::TypeRange elementTypes, ScalarBodies body);
  /// linalg.index of loop `dim`, in a body.
  mlir::Value loopIndex(int64_t dim);

  /// Any linalg.generic over `outputs`, whose loops are of these kinds; `body` gets inputs and
  /// outputs.
  llvm::SmallVector<mlir::Value> generic(llvm::ArrayRef<MappedValue> inputs,
                                         llvm::ArrayRef<MappedValue> outputs,
                                         llvm::ArrayRef<mlir::utils::IteratorType> loops,
                                         ScalarBodies body);

  /// Reduces `axes` (sorted) of lowered tensors of one shape, starting from `initial` scalars of
  /// the results' element types. `body` gets the inputs' elements, then the accumulators. Results
  /// lack the reduced dimensions.
  llvm::SmallVector<mlir::Value> reduce(mlir::ValueRange inputs, llvm::ArrayRef<int64_t> axes,
                                        mlir::ValueRange initial, ScalarBodies body);
  /// The map that drops `axes` of `rank` loops: how a reduced tensor is read again beside the whole
  /// one.
  mlir::AffineMap dropDims(int64_t rank, llvm::ArrayRef<int64_t> axes);
  mlir::AffineMap identityMap(int64_t rank) { return getMultiDimIdentityMap(rank); }

  /// A tensor with these sizes and the same elements in the same order. Groups of dimensions whose
  /// products agree are collapsed and expanded on their own; `from` and `to` are the dimensions as
  /// expressions, where known.
  mlir::Value reshape(mlir::Value lowered, llvm::ArrayRef<std::optional<onnx::SymbolicExpr>> from,
                      llvm::ArrayRef<std::optional<onnx::SymbolicExpr>> to,
                      llvm::ArrayRef<mlir::OpFoldResult> sizes);
  /// Inserts dimensions of size 1 at these positions (sorted) of the result; removes such
  /// dimensions.
  mlir::Value unsqueeze(mlir::Value lowered, llvm::ArrayRef<int64_t> axes);
  mlir::Value squeeze(mlir::Value lowered, llvm::ArrayRef<int64_t> axes);
  mlir::Value transpose(mlir::Value lowered, llvm::ArrayRef<int64_t> permutation);
  mlir::Value extractSlice(mlir::Value lowered, llvm::ArrayRef<mlir::OpFoldResult> offsets,
                           llvm::ArrayRef<mlir::OpFoldResult> sizes);

  //===----------------------------------------------------------------------------------------===//
  // Elementwise, with ONNX's broadcasting
  //===----------------------------------------------------------------------------------------===//

  /// The sizes of `originalResult`, to which `originals` broadcast.
  llvm::SmallVector<mlir::OpFoldResult> getBroadcastSizes(mlir::Value originalResult,
                                                          mlir::ValueRange originals);

  /// An elementwise operation on (already lowered) original operands. Floats narrower than f32 are
  /// extended before the body and rounded once after it, unless the body wants them `AsIs`.
  enum class Floats { Extended, AsIs };
  mlir::Value elementwise(mlir::Value originalResult, mlir::ValueRange originals, ScalarBody body,
                          Floats floats = Floats::Extended);

  /// An original operand broadcast to `sizes`, the sizes of `originalResult`: how the loops of the
  /// result index it. `operands` are all that the result's shape comes from; without them, it comes
  /// from elsewhere, too. A dimension that may or may not be 1 at run time is decided then, by a
  /// copy.
  MappedValue broadcast(mlir::Value original, mlir::Value originalResult,
                        llvm::ArrayRef<mlir::OpFoldResult> sizes,
                        std::optional<mlir::ValueRange> operands);

  /// A lowered tensor of `ownSizes` whose dimensions `undecided` are broadcast to those of
  /// `wanted`, its last sizes, if they are 1 at run time; they must be equal otherwise.
  mlir::Value repeatOnes(mlir::Value lowered, llvm::ArrayRef<mlir::OpFoldResult> ownSizes,
                         llvm::ArrayRef<mlir::OpFoldResult> wanted,
                         llvm::ArrayRef<int64_t> undecided);

  //===----------------------------------------------------------------------------------------===//
  // Scalars, in bodies and on the host
  //===----------------------------------------------------------------------------------------===//

  /// A constant of an integer, index or float type; integers are truncated.
  mlir::Value constant(mlir::Type type, double value);
  mlir::Value constantInt(mlir::Type type, int64_t value);
  mlir::Value constantFloat(mlir::Type type, llvm::APFloat value);
  /// The least and the greatest value of a number type; infinities for floats that have them.
  mlir::Value lowest(mlir::Type type, bool isUnsigned);
  mlir::Value highest(mlir::Type type, bool isUnsigned);

  /// f32 for floats narrower than that; other types as they are.
  mlir::Type computeType(mlir::Type elementType);
  /// The value in its compute type, and back. Rounds to nearest even.
  mlir::Value extend(mlir::Value scalar);
  mlir::Value truncate(mlir::Value scalar, mlir::Type elementType);

  // Arithmetic on two scalars of the same integer, float or complex type.
  mlir::Value scalarAdd(mlir::Value a, mlir::Value b);
  mlir::Value scalarSub(mlir::Value a, mlir::Value b);
  mlir::Value scalarMul(mlir::Value a, mlir::Value b);
  /// Integer division truncates, and a zero divisor gives zero: no trap in a kernel.
  mlir::Value scalarDiv(mlir::Value a, mlir::Value b, bool isUnsigned);
  mlir::Value scalarMin(mlir::Value a, mlir::Value b, bool isUnsigned);
  mlir::Value scalarMax(mlir::Value a, mlir::Value b, bool isUnsigned);
  mlir::Value scalarLess(mlir::Value a, mlir::Value b, bool isUnsigned);
  mlir::Value scalarLessEqual(mlir::Value a, mlir::Value b, bool isUnsigned);
  mlir::Value scalarEqual(mlir::Value a, mlir::Value b);
  mlir::Value select(mlir::Value condition, mlir::Value a, mlir::Value b);
  /// `value` within [low, high], for index values.
  mlir::Value clampIndex(mlir::Value value, mlir::Value low, mlir::Value high);
  /// A number as another number type, as ONNX's Cast does it (Cast.cpp). Types are original element
  /// types: they say what is unsigned.
  mlir::Value convert(mlir::Value scalar, mlir::Type from, mlir::Type to, bool saturate = true,
                      llvm::StringRef roundMode = "up");
  /// A signless integer (unsigned or not) as an index.
  mlir::Value toIndex(mlir::Value scalar, bool isUnsigned = false);

private:
  const LoweringTable &table;
  StringTable &strings;
  llvm::DenseMap<mlir::Value, mlir::Value> values;
  /// For a lowered value an original one that it is the image of: its dimensions have names.
  llvm::DenseMap<mlir::Value, mlir::Value> originals;

  llvm::StringMap<mlir::Value> symbols;
  bool hasSizeSymbols = false;
  friend class LoweringTable;
};

/// Which function lowers which operation.
class LoweringTable {
public:
  using Function = std::function<mlir::LogicalResult(mlir::Operation *, Lowering &)>;

  /// For operations with one result: a null value means that an error was emitted.
  template <typename OpTy> void add(mlir::Value (*function)(OpTy, Lowering &)) {
    functions[OpTy::getOperationName()] = [function](mlir::Operation *op,
                                                     Lowering &b) -> mlir::LogicalResult {
      mlir::Value result = function(mlir::cast<OpTy>(op), b);
      if (!result)
        return mlir::failure();
      b.map(op->getResult(0), result);
      return mlir::success();
    };
  }

  /// For any operation: the function calls `b.map` for each result that is present.
  template <typename OpTy> void add(mlir::LogicalResult (*function)(OpTy, Lowering &)) {
    functions[OpTy::getOperationName()] = [function](mlir::Operation *op,
                                                     Lowering &b) -> mlir::LogicalResult {
      return function(mlir::cast<OpTy>(op), b);
    };
  }

  /// For operations of this name that no other lowering is there for.
  void addDefault(llvm::StringRef operation, Function function) {
    functions.try_emplace(operation, std::move(function));
  }

  const Function *find(mlir::Operation *op) const {
    auto entry = functions.find(op->getName().getStringRef());
    return entry == functions.end() ? nullptr : &entry->second;
  }

private:
  llvm::StringMap<Function> functions;
};

// One function a family, each in its file.
#define AZULEJO_LOWER_FAMILY(family) void add##family##Lowerings(LoweringTable &table);
#include "lib/Lower/Families.inc"
#undef AZULEJO_LOWER_FAMILY

} // namespace azulejo::lower

#endif // AZULEJO_LIB_LOWER_LOWERING_H
