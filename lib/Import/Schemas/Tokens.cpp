//===- Tokens.cpp - Batches without padding: one list of the tokens of all sequences ----------===//
#include "lib/Import/Schemas/Heads.h"

using ::onnx::AttributeProto;
using ::onnx::InferenceContext;

namespace azulejo::schemas {

static Operator tokens(const char *name, const char *doc) { return Operator(name, __FILE__, doc); }

/// "Offsets": where among (batch * sequence) padded positions each token stands, in order; `from`
/// is a value of rank 2, (tokens, width). The list of offsets has those of padding behind.
static void addOffsets(Body &body, const std::string &from) {
  body.ints("All", {-1}).integer("Zero", 0).integer("One", 1);
  body.add("OffsetList = Reshape(token_offset, All)  Offsets64 = Cast <to = 7> (OffsetList)  "
           "Tokens1 = Shape <start = 0, end = 1> (" +
           from +
           ")  Tokens = Squeeze(Tokens1)  Ranks = Range(Zero, Tokens, One)  "
           "Offsets = Gather(Offsets64, Ranks)");
}

/// `to`, (batch, sequence, width), is `from`, (tokens, width), with zeros for padding.
static void restorePadding(Body &body, const std::string &from, const std::string &to) {
  body.ints(to + "_last", {-1}).ints(to + "_zero1", {0}).integer(to + "_zero64", 0);
  body.add(to + "_width = Shape <start = 1, end = 2> (" + from + ")  " + to +
           "_count = Shape(OffsetList)  " + to + "_grid = Concat <axis = 0> (" + to + "_count, " +
           to + "_width)  " + to + "_zero = CastLike(" + to + "_zero64, " + from + ")  " + to +
           "_empty = Expand(" + to + "_zero, " + to + "_grid)  " + to +
           "_rows = Unsqueeze(Offsets, " + to + "_last)  " + to + "_list = ScatterND(" + to +
           "_empty, " + to + "_rows, " + from + ")  " + to + "_batch = Shape(token_offset)  " + to +
           "_shape = Concat <axis = 0> (" + to + "_batch, " + to + "_width)  " + to +
           " = Reshape(" + to + "_list, " + to + "_shape)");
}

/// `to`, (tokens, width), are the rows of `from`, (batch, sequence, width), that are no padding.
static void removePadding(Body &body, const std::string &from, const std::string &to) {
  body.ints(to + "_zero", {0}).ints(to + "_all", {-1});
  body.add(to + "_width = Shape <start = 2, end = 3> (" + from + ")  " + to +
           "_shape = Concat <axis = 0> (" + to + "_all, " + to + "_width)  " + to +
           "_list = Reshape(" + from + ", " + to + "_shape)  " + to + " = Gather <axis = 0> (" +
           to + "_list, Offsets)");
}

/// Attention of "QPadded", "KPadded", "VPadded" within each sequence; "output" are its tokens.
static void addPackedAttention(Body &body, std::optional<int64_t> width,
                               std::optional<int64_t> valueWidth) {
  int64_t heads = body.integer("num_heads");
  splitHeads(body, "QPadded", "Q", heads, width);
  splitHeads(body, "KPadded", "K", heads, width);
  splitHeads(body, "VPadded", "V", heads, valueWidth);
  body.add("Batch1 = Shape <start = 0, end = 1> (token_offset)  Batch = Squeeze(Batch1)  "
           "Lows = Range(Zero, Batch, One)  Highs = Add(Lows, One)  "
           "Lower = Gather(cumulative_sequence_length, Lows)  "
           "Upper = Gather(cumulative_sequence_length, Highs)  Lengths = Sub(Upper, Lower)  "
           "Total1 = Shape <start = 2, end = 3> (K)  Total = Squeeze(Total1)");
  addLengthCondition(body, "Lengths", "Total", "Kept");
  // A row of padding sees its sequence's keys; nobody reads it.
  std::string like = body.has("input") ? "input" : "query";
  hideWhereNot(body, "Kept", "Hidden", like);
  AttentionNames names;
  names.bias = addBiases(body, "Hidden", alignBias(body, "Q", "token_offset"));
  if (width)
    names.headSize = *width / heads;
  addAttention(body, names, "Y", "", "");
  joinHeads(body, "Y", "Padded", heads, valueWidth);
  removePadding(body, "Padded", "output");
}

static bool writeAttention(Body &body) {
  std::optional<int64_t> width, valueWidth;
  body.add("Product = MatMul(input, weights)  Projected = Add(Product, bias)");
  addOffsets(body, "Projected");
  restorePadding(body, "Projected", "Restored");
  if (auto widths = body.integers("qkv_hidden_sizes"); widths.size() == 3) {
    width = widths[0], valueWidth = widths[2];
    body.ints("Widths", widths)
        .add("QPadded, KPadded, VPadded = Split <axis = 2> (Restored, Widths)");
  } else {
    if (auto whole = body.size("weights", 1))
      width = valueWidth = *whole / 3;
    body.add("QPadded, KPadded, VPadded = Split <axis = 2, num_outputs = 3> (Restored)");
  }
  addPackedAttention(body, width, valueWidth);
  return true;
}

static bool writeMultiHead(Body &body) {
  auto rank = body.rank("query");
  if (!rank)
    return false;
  std::optional<int64_t> width = body.size("query", 1), valueWidth = body.size("value", 1);
  const char *operands[3] = {"query", "key", "value"};
  const char *parts[3] = {"Q2", "K2", "V2"};
  body.ints("Flat", {0, -1});
  if (*rank == 4) {
    // (tokens, heads, 3, size)
    auto size = body.size("query", 3);
    width = valueWidth =
        size ? std::optional<int64_t>(*size * body.integer("num_heads")) : std::nullopt;
    for (int i = 0; i < 3; ++i) {
      std::string part = parts[i];
      body.integer(part + "_index", i);
      body.add(part + "_part = Gather <axis = 2> (query, " + part + "_index)  " + part +
               " = Reshape(" + part + "_part, Flat)");
    }
  } else {
    for (int i = 0; i < 3; ++i)
      body.add(std::string(parts[i]) + " = Identity(" + operands[i] + ")");
  }
  std::string suffix;
  if (body.has("bias")) {
    splitBias(body, "Q2", 1);
    body.add("Q2Sum = Add(Q2, BiasQ)  K2Sum = Add(K2, BiasK)  V2Sum = Add(V2, BiasV)");
    suffix = "Sum";
  }
  addOffsets(body, "Q2");
  for (const char *side : {"Q", "K", "V"})
    restorePadding(body, std::string(side) + "2" + suffix, std::string(side) + "Padded");
  addPackedAttention(body, width, valueWidth);
  return true;
}

static void addAttentions() {
  tokens("PackedAttention", "Projects tokens to queries, keys and values, and attends within each "
                            "sequence.")
      .input("input", "T", "(tokens, input hidden)")
      .input("weights", "T", "(input hidden, widths of queries, keys and values)")
      .input("bias", "T")
      .input("token_offset", "M", "(batch, sequence): padded positions of tokens, then of padding")
      .input("cumulative_sequence_length", "M", "(batch + 1)")
      .optionalInput("attention_bias", "T", "added to the scores")
      .output("output", "T", "(tokens, hidden)")
      .required("num_heads", AttributeProto::INT)
      .optional("qkv_hidden_sizes", AttributeProto::INTS)
      .optional("scale", AttributeProto::FLOAT)
      .types("T", tensors({"float", "float16"}))
      .types("M", tensors({"int32"}))
      .check([](InferenceContext &context) { requirePositive(context, "num_heads"); })
      .body(writeAttention)
      .define();

  tokens("PackedMultiHeadAttention", "Attention of projected tokens within each sequence.")
      .input("query", "T", "(tokens, hidden) or (tokens, heads, 3, size)")
      .optionalInput("key", "T", "(tokens, hidden)")
      .optionalInput("value", "T", "(tokens, hidden)")
      .optionalInput("bias", "T", "of queries, keys and values, one behind the other")
      .input("token_offset", "M", "(batch, sequence): padded positions of tokens, then of padding")
      .input("cumulative_sequence_length", "M", "(batch + 1)")
      .optionalInput("attention_bias", "T", "added to the scores")
      .output("output", "T", "(tokens, hidden)")
      .required("num_heads", AttributeProto::INT)
      .optional("mask_filter_value", AttributeProto::FLOAT)
      .optional("scale", AttributeProto::FLOAT)
      .types("T", tensors({"float", "float16"}))
      .types("M", tensors({"int32"}))
      .check([](InferenceContext &context) {
        requirePositive(context, "num_heads");
        const auto *query = shapeOf(context, 0);
        if (query && query->dim_size() != 2 && query->dim_size() != 4)
          fail_shape_inference("'query' has rank ", query->dim_size(), ", and 2 or 4 is known");
        if (query && (query->dim_size() == 2) != (context.hasInput(1) && context.hasInput(2)))
          fail_shape_inference("'key' and 'value' go with a 'query' of rank 2");
      })
      .body(writeMultiHead)
      .define();
}

static void addPaddings() {
  tokens("RemovePadding", "The tokens of a padded batch, and where they stood.")
      .input("input", "T", "(batch, sequence, hidden)")
      .input("sequence_token_count", "M", "(batch)")
      .output("output", "T", "(tokens, hidden)")
      .output("token_offset", "M", "(batch, sequence)")
      .output("cumulated_seq_len", "M", "(batch + 1)")
      .output("max_seq_len", "M", "(1)")
      .types("T", tensors({"float", "float16"}))
      .types("M", tensors({"int32"}))
      .body([](Body &body) {
        body.ints("All", {-1}).ints("Second", {1}).ints("Front", {0}).integer("Zero", 0);
        body.integer("One", 1);
        body.add(
            "Grid = Shape <start = 0, end = 2> (input)  Length1 = Shape <start = 1, end = 2> "
            "(input)  Length = Squeeze(Length1)  Steps = Range(Zero, Length, One)  "
            "Counts = Cast <to = 7> (sequence_token_count)  Ends = Unsqueeze(Counts, Second)  "
            "Is = Less(Steps, Ends)  IsList = Reshape(Is, All)  IsNotList = Not(IsList)  "
            "There0 = NonZero(IsList)  NotThere0 = NonZero(IsNotList)  "
            "Offsets = Squeeze(There0, Front)  Rest = Squeeze(NotThere0, Front)  "
            "Order = Concat <axis = 0> (Offsets, Rest)  Order32 = Cast <to = 6> (Order)  "
            "token_offset = Reshape(Order32, Grid)  Sums = CumSum(Counts, Zero)  "
            "SumsAll = Concat <axis = 0> (Front, Sums)  cumulated_seq_len = Cast <to = 6> (SumsAll)"
            "  Most = ReduceMax(Counts, Front)  max_seq_len = Cast <to = 6> (Most)");
        removePadding(body, "input", "output");
        return true;
      })
      .define();

  tokens("RestorePadding", "The padded batch of a list of tokens; padding is zeros.")
      .input("input", "T", "(tokens, hidden)")
      .input("token_offset", "M", "(batch, sequence)")
      .output("output", "T", "(batch, sequence, hidden)")
      .types("T", tensors({"float", "float16"}))
      .types("M", tensors({"int32"}))
      .body([](Body &body) {
        addOffsets(body, "input");
        restorePadding(body, "input", "output");
        return true;
      })
      .define();
}

void addTokensSchemas() {
  addAttentions();
  addPaddings();
}

} // namespace azulejo::schemas
