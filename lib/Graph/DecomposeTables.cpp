//===- DecomposeTables.cpp - LabelEncoder and TfIdfVectorizer
//-------------------------------------===//
//
// Both compare every element with every entry of a table. As comparisons and reductions they run on
// whatever device the rest runs on, strings too: those are numbers by then.
//
//===------------------------------------------------------------------------------------------===//
#include "dialects/ONNX/Schema.h"
#include "lib/Graph/Constants.h"
#include "lib/Graph/Decompositions.h"

using namespace mlir;

namespace azulejo::graph {

Value constantStrings(NodeBuilder &build, ArrayRef<StringRef> texts, ArrayRef<int64_t> shape) {
  auto type = RankedTensorType::get(shape, plan::StringType::get(build.builder.getContext()));
  return build.constant(DenseStringElementsAttr::get(type, texts));
}

namespace {

//===------------------------------------------------------------------------------------------===//
// LabelEncoder
//===------------------------------------------------------------------------------------------===//

/// "keys" or "values", in whichever of its four attributes they are given; null for none.
Value getColumn(Operation *op, NodeBuilder &build, const std::string &name) {
  if (auto tensor = op->getAttrOfType<TypedAttr>(name + "_tensor"))
    return build.node("Reshape", {build.constant(tensor), build.ints(-1)});
  if (auto strings = op->getAttrOfType<ArrayAttr>(name + "_strings"))
    return constantStrings(build, llvm::to_vector(strings.getAsValueRange<StringAttr>()),
                           static_cast<int64_t>(strings.size()));
  if (auto ints = op->getAttrOfType<DenseI64ArrayAttr>(name + "_int64s"))
    return build.ints(ints.asArrayRef());
  if (auto floats = op->getAttrOfType<DenseF32ArrayAttr>(name + "_floats"))
    return build.floats(floats.asArrayRef());
  return {};
}

Value getDefault(Operation *op, NodeBuilder &build, Type elementType) {
  if (auto tensor = op->getAttrOfType<TypedAttr>("default_tensor"))
    return build.node("Reshape", {build.constant(tensor), build.ints({})});
  if (isa<plan::StringType>(elementType))
    return constantStrings(build, getString(op, "default_string"), {});
  if (elementType.isInteger(64))
    return build.scalarInt(getInt(op, "default_int64"));
  return build.scalar(elementType.isF32() ? getFloat(op, "default_float") : 0.0, elementType);
}

/// The value beside the key that equals the element, of several the last. A NaN is a key like any.
LogicalResult decomposeLabelEncoder(Operation *op, NodeBuilder &build) {
  Value x = op->getOperand(0), keys = getColumn(op, build, "keys"),
        values = getColumn(op, build, "values");
  auto rank = getRank(x);
  if (!keys || !values || !rank || getElementType(keys) != getElementType(x))
    return failure();
  Value element = build.node("Unsqueeze", {x, build.ints(*rank)});
  Value equal = build.node("Equal", {element, keys});
  if (isa<FloatType>(getElementType(x))) {
    Value bothNaN =
        build.node("And", {build.node("IsNaN", {element}), build.node("IsNaN", {keys})});
    equal = build.node("Or", {equal, bothNaN});
  }
  Value matches = cast(build, equal, build.builder.getI32Type());
  Value index = build.node(
      "ArgMax", {matches},
      {build.attr("axis", *rank), build.attr("keepdims", 0), build.attr("select_last_index", 1)});
  Value found = cast(build, reduce(build, "ReduceMax", matches, *rank, /*keepDims=*/false),
                     build.builder.getI1Type());
  Value value = build.node("Gather", {values, index}, {build.attr("axis", 0)});
  replaceNode(op,
              build.node("Where", {found, value, getDefault(op, build, getElementType(values))}));
  return success();
}

/// A table that is read from either side: a LabelEncoder.
LogicalResult decomposeCategoryMapper(Operation *op, NodeBuilder &build) {
  Attribute strings = op->getAttr("cats_strings"), ints = op->getAttr("cats_int64s");
  if (!strings || !ints)
    return failure();
  bool fromStrings = isa<plan::StringType>(getElementType(op->getOperand(0)));
  SmallVector<NamedAttribute> attributes;
  if (fromStrings)
    attributes = {build.attr("keys_strings", strings), build.attr("values_int64s", ints),
                  build.attr("default_int64", getInt(op, "default_int64"))};
  else
    attributes = {build.attr("keys_int64s", ints), build.attr("values_strings", strings),
                  build.attr("default_string", getString(op, "default_string"))};
  replaceNode(op, build.node("ai_onnx_ml.LabelEncoder", op->getOperand(0), attributes));
  return success();
}

//===------------------------------------------------------------------------------------------===//
// TfIdfVectorizer
//===------------------------------------------------------------------------------------------===//

/// The n-grams of the pool: its attributes, checked.
struct Pool {
  SmallVector<int64_t> ints;
  SmallVector<StringRef> strings;
  SmallVector<int64_t> starts; // of the n-grams of length 1, 2, …, and the end
  bool isValid = true;

  explicit Pool(Operation *op) {
    if (auto texts = op->getAttrOfType<ArrayAttr>("pool_strings"))
      llvm::append_range(strings, texts.getAsValueRange<StringAttr>());
    else if (auto numbers = getInts(op, "pool_int64s"))
      ints = *numbers;
    starts = getInts(op, "ngram_counts").value_or(SmallVector<int64_t>());
    int64_t size = std::max(ints.size(), strings.size());
    starts.push_back(size);
    isValid = starts.front() == 0 && llvm::is_sorted(starts);
    for (int64_t n = 1; n <= getLongest() && isValid; ++n)
      isValid = (starts[n] - starts[n - 1]) % n == 0;
  }

  int64_t getLongest() const { return static_cast<int64_t>(starts.size()) - 1; }
  int64_t getCount(int64_t n) const { return (starts[n] - starts[n - 1]) / n; }

  /// Item `position` of all n-grams of length n.
  Value getItems(NodeBuilder &build, int64_t n, int64_t position) const {
    SmallVector<int64_t> numbers;
    SmallVector<StringRef> texts;
    for (int64_t at = starts[n - 1] + position; at < starts[n]; at += n) {
      if (strings.empty())
        numbers.push_back(ints[at]);
      else
        texts.push_back(strings[at]);
    }
    return strings.empty() ? build.ints(numbers) : constantStrings(build, texts, getCount(n));
  }
};

/// How often each n-gram of length n occurs with `step - 1` items between two of its own:
/// [batch, count].
Value countMatches(NodeBuilder &build, Value x, const Pool &pool, int64_t n, int64_t step) {
  Value all;
  for (int64_t i = 0; i < n; ++i) {
    // The item at place i of every window that fits, from all of the row's.
    int64_t behind = (n - 1 - i) * step;
    Value items =
        build.node("Slice", {x, build.ints(i * step), build.ints(behind ? -behind : INT64_MAX),
                             build.ints(1), build.ints(1)});
    Value equal = build.node(
        "Equal", {build.node("Unsqueeze", {items, build.ints(2)}), pool.getItems(build, n, i)});
    all = all ? build.node("And", {all, equal}) : equal;
  }
  return reduce(build, "ReduceSum", cast(build, all, build.builder.getF32Type()), 1,
                /*keepDims=*/false);
}

/// Counts, in the pool's order, then weighted and put where `ngram_indexes` says.
LogicalResult decomposeTfIdfVectorizer(Operation *op, NodeBuilder &build) {
  Value x = op->getOperand(0);
  auto rank = getRank(x);
  Pool pool(op);
  SmallVector<int64_t> columns = getInts(op, "ngram_indexes").value_or(SmallVector<int64_t>());
  int64_t known = 0;
  for (int64_t n = 1; n <= pool.getLongest() && pool.isValid; ++n)
    known += pool.getCount(n);
  auto weights = op->getAttrOfType<DenseF32ArrayAttr>("weights");
  if (!rank || *rank < 1 || *rank > 2 || !pool.isValid || known == 0 ||
      static_cast<int64_t>(columns.size()) != known || (weights && weights.size() != known))
    return failure();
  int64_t width = *llvm::max_element(columns) + 1;
  constexpr int64_t widest = 1 << 24;
  if (width > widest || *llvm::min_element(columns) < 0)
    return failure();
  SmallVector<int64_t> sources(width, known); // of each column; the one behind all is zero
  for (auto [source, column] : llvm::enumerate(columns)) {
    if (sources[column] != known)
      return failure();
    sources[column] = source;
  }

  if (*rank == 1)
    x = build.node("Unsqueeze", {x, build.ints(0)});
  if (pool.strings.empty())
    x = cast(build, x, build.builder.getI64Type());
  int64_t shortest = getInt(op, "min_gram_length"), longest = getInt(op, "max_gram_length"),
          skips = getInt(op, "max_skip_count");
  auto length = (*getDims(x))[1] ? (*getDims(x))[1]->getConstant() : std::nullopt;
  Value batch = getDim(build, x, 0);
  auto zeros = [&](int64_t count) {
    return build.node("Expand", {build.scalar(0.0, build.builder.getF32Type()),
                                 makeShape(build, {batch, count})});
  };
  SmallVector<Value> parts;
  for (int64_t n = 1; n <= pool.getLongest(); ++n) {
    int64_t count = pool.getCount(n);
    if (count == 0)
      continue;
    Value total = zeros(count);
    bool counted = n >= shortest && n <= longest;
    for (int64_t skip = 0; counted && skip <= (n == 1 ? 0 : skips); ++skip)
      if (!length || (n - 1) * (skip + 1) < *length)
        total = build.node("Add", {total, countMatches(build, x, pool, n, skip + 1)});
    parts.push_back(total);
  }
  Value counts =
      parts.size() == 1 ? parts[0] : build.node("Concat", parts, {build.attr("axis", 1)});
  StringRef mode = getString(op, "mode");
  if (mode == "IDF")
    counts = build.node("Min", {counts, build.scalar(1.0, build.builder.getF32Type())});
  if (weights && mode != "TF")
    counts = build.node("Mul", {counts, build.floats(weights.asArrayRef())});
  Value padded = build.node("Concat", {counts, zeros(1)}, {build.attr("axis", 1)});
  Value result = build.node("Gather", {padded, build.ints(sources)}, {build.attr("axis", 1)});
  replaceNode(op, *rank == 1 ? build.node("Squeeze", {result, build.ints(0)}) : result);
  return success();
}

} // namespace

void addTableDecompositions(DecomposeRules &rules) {
  rules["ai_onnx_ml.LabelEncoder"] = decomposeLabelEncoder;
  rules["ai_onnx_ml.CategoryMapper"] = decomposeCategoryMapper;
  rules["TfIdfVectorizer"] = decomposeTfIdfVectorizer;
}

} // namespace azulejo::graph
