#include "dialects/Tile/Tile.h"
#include "lib/Lower/Lowering.h"
#include "lib/Lower/Passes.h"
#include "lib/Lower/StringTable.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"

namespace azulejo::lower {

#define GEN_PASS_DEF_LOWERONNX
#include "lib/Lower/Passes.h.inc"

using namespace mlir;

/// Whether an expression is a symbol of its own, or all that it consists of are symbols.
static bool isKnown(const onnx::SymbolicExpr &dim, ArrayRef<std::string> symbols) {
  return llvm::is_contained(symbols, dim.str()) ||
         llvm::all_of(dim.getSymbols(),
                      [&](const std::string &name) { return llvm::is_contained(symbols, name); });
}

/// One entry a dimension: an integer, the name of an independent symbol, an expression over such,
/// or
/// "?".
static ArrayAttr getShapeAttr(Builder &builder, Type type, ArrayRef<std::string> symbols) {
  SmallVector<Attribute> shape;
  if (auto tensor = dyn_cast<RankedTensorType>(type))
    for (const auto &dim : onnx::getDims(tensor)) {
      std::string text = dim ? dim->str() : "?";
      if (dim && dim->getConstant())
        shape.push_back(builder.getI64IntegerAttr(*dim->getConstant()));
      else
        shape.push_back(builder.getStringAttr(dim && isKnown(*dim, symbols) ? StringRef(text)
                                                                            : StringRef("?")));
    }
  return builder.getArrayAttr(shape);
}

/// What the caller knows of an argument or a result.
static DictionaryAttr describe(Builder &builder, Type type, DictionaryAttr known,
                               ArrayRef<std::string> symbols) {
  NamedAttrList attributes;
  for (NamedAttribute attribute : known ? known.getValue() : ArrayRef<NamedAttribute>()) {
    bool isName = attribute.getName() == "onnx.name";
    attributes.set(isName ? StringRef("azulejo.name") : attribute.getName().getValue(),
                   attribute.getValue());
  }
  attributes.set("azulejo.type", builder.getStringAttr(getTypeName(type)));
  attributes.set("azulejo.shape", getShapeAttr(builder, type, symbols));
  return attributes.getDictionary(builder.getContext());
}

/// The one symbol of `dim` that is not among `symbols`, if `dim` is c * symbol + d with numbers c >
/// 0 and d: the runtime can solve that. Empty otherwise.
static std::string getSolvableSymbol(const onnx::SymbolicExpr &dim, ArrayRef<std::string> symbols) {
  using onnx::SymbolicExpr;
  std::string unknown;
  for (const std::string &name : dim.getSymbols()) {
    if (llvm::is_contained(symbols, name))
      continue;
    if (!unknown.empty())
      return "";
    unknown = name;
  }
  if (unknown.empty())
    return "";
  auto at = [&](int64_t value) {
    return dim.substitute([&](StringRef name) {
      return name == unknown ? SymbolicExpr(value) : SymbolicExpr::symbol(name);
    });
  };
  SymbolicExpr rest = at(0);
  std::optional<int64_t> slope = (at(1) - rest).getConstant();
  bool isLinear = slope && *slope > 0 && dim == SymbolicExpr::symbol(unknown) * *slope + rest;
  return isLinear ? unknown : "";
}

/// What the inputs' shapes determine: the symbols that are a dimension by themselves, in order of
/// appearance; those that a dimension's expression gives when the others are known; and dimensions
/// of which neither holds, by their text.
static SmallVector<std::string> getIndependentSymbols(func::FuncOp function) {
  SmallVector<std::string> symbols;
  SmallVector<onnx::SymbolicExpr> expressions;
  for (Type type : function.getArgumentTypes()) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    if (!tensor)
      continue;
    for (const auto &dim : onnx::getDims(tensor)) {
      if (!dim || dim->getConstant())
        continue;
      if (!onnx::SymbolicExpr::isSymbolName(dim->str()))
        expressions.push_back(*dim);
      else if (!llvm::is_contained(symbols, dim->str()))
        symbols.push_back(dim->str());
    }
  }
  for (bool progress = true; progress;) {
    progress = false;
    for (const onnx::SymbolicExpr &dim : expressions)
      if (std::string solved = getSolvableSymbol(dim, symbols); !solved.empty()) {
        symbols.push_back(solved);
        progress = true;
      }
  }
  for (const onnx::SymbolicExpr &dim : expressions)
    if (!isKnown(dim, symbols))
      symbols.push_back(dim.str());
  return symbols;
}

/// Lowers a function into a new block, then drops the old one.
static LogicalResult lowerFunction(func::FuncOp function, const LoweringTable &table,
                                   StringTable &strings) {
  MLIRContext *context = function.getContext();
  Builder builder(context);
  Region &body = function.getBody();
  if (!body.hasOneBlock())
    return function.emitError("a function has one block before lowering");

  SmallVector<std::string> symbols = getIndependentSymbols(function);
  SmallVector<Type> inputs, results;
  SmallVector<Attribute> argumentAttrs, resultAttrs;
  for (auto [i, type] : llvm::enumerate(function.getArgumentTypes())) {
    inputs.push_back(lowerType(type));
    argumentAttrs.push_back(describe(builder, type, function.getArgAttrDict(i), symbols));
  }
  for (auto [i, type] : llvm::enumerate(function.getResultTypes())) {
    results.push_back(lowerType(type));
    resultAttrs.push_back(describe(builder, type, function.getResultAttrDict(i), symbols));
  }

  Lowering lowering(function.getLoc(), context, table, strings);
  Region lowered;
  Block *block = lowering.createBlock(&lowered);
  for (auto [type, argument] : llvm::zip(inputs, body.getArguments()))
    block->addArgument(type, argument.getLoc());
  SmallVector<Value> arguments(block->getArguments());
  for (const std::string &symbol : symbols) {
    inputs.push_back(builder.getIndexType());
    argumentAttrs.push_back(builder.getDictionaryAttr(
        builder.getNamedAttr("azulejo.symbol", builder.getStringAttr(symbol))));
    lowering.setSymbol(symbol, block->addArgument(builder.getIndexType(), function.getLoc()));
  }

  lowering.setInsertionPointToEnd(block);
  FailureOr<SmallVector<Value>> values = lowering.lowerRegion(body, arguments);
  if (failed(values))
    return failure();
  for (auto [value, type] : llvm::zip_equal(*values, results))
    value = lowering.castShape(value, type);
  func::ReturnOp::create(lowering, *values);

  body.takeBody(lowered);
  function.setType(builder.getFunctionType(inputs, results));
  function.setArgAttrsAttr(builder.getArrayAttr(argumentAttrs));
  function.setResAttrsAttr(builder.getArrayAttr(resultAttrs));
  return success();
}

namespace {
struct LowerOnnx : impl::LowerOnnxBase<LowerOnnx> {
  void runOnOperation() override {
    LoweringTable table;
#define AZULEJO_LOWER_FAMILY(family) add##family##Lowerings(table);
#include "lib/Lower/Families.inc"
#undef AZULEJO_LOWER_FAMILY
    StringTable strings;
    for (func::FuncOp function : getOperation().getOps<func::FuncOp>())
      if (failed(lowerFunction(function, table, strings)))
        return signalPassFailure();
    if (ArrayAttr texts = strings.getAttr(Builder(&getContext())))
      getOperation()->setAttr(plan::PlanDialect::getStringsAttrName(), texts);
  }
};
} // namespace

} // namespace azulejo::lower
