//===- Attention.cpp - Attention over heads, with its projections, masks and caches -----------===//
#include "lib/Import/Schemas/Heads.h"

using ::onnx::AttributeProto;
using ::onnx::InferenceContext;

namespace azulejo::schemas {

static Operator attention(const char *name, const char *doc) {
  return Operator(name, __FILE__, doc);
}

/// The sequence length of a value of rank 4, plus that of what stands before it, as a number of
/// rank 0: "Total".
static void addTotal(Body &body, const std::string &keys, const std::string &past) {
  body.add("Keys1 = Shape <start = 2, end = 3> (" + keys + ")");
  if (past.empty())
    body.add("Total1 = Identity(Keys1)");
  else
    body.add("Past1 = Shape <start = 2, end = 3> (" + past + ")  Total1 = Add(Past1, Keys1)");
  body.add("Total = Squeeze(Total1)");
}

//===------------------------------------------------------------------------------------------===//
// MultiHeadAttention
//===------------------------------------------------------------------------------------------===//

/// Takes `from` apart, (batch, sequence, heads, parts, size), into values of rank 3.
static void unpackParts(Body &body, const std::string &from,
                        const std::vector<std::string> &parts) {
  body.ints(from + "_flat", {0, 0, -1});
  for (size_t i = 0; i < parts.size(); ++i) {
    body.integer(parts[i] + "_index", static_cast<int64_t>(i));
    body.add(parts[i] + "_part = Gather <axis = 3> (" + from + ", " + parts[i] + "_index)  " +
             parts[i] + " = Reshape(" + parts[i] + "_part, " + from + "_flat)");
  }
}

/// What the mask says, as a condition over (batch, heads, sequence, total); empty without one.
static bool addKeyMask(Body &body, const std::string &mask, std::string &condition) {
  if (!body.has(mask))
    return true;
  auto rank = body.rank(mask);
  if (!rank)
    return false;
  condition = "Kept";
  if (*rank == 1) {
    addLengthCondition(body, mask, "Total", condition);
    return true;
  }
  body.ints("MaskAxes", *rank == 2 ? std::vector<int64_t>{1, 2} : std::vector<int64_t>{1});
  body.integer("MaskZero64", 0);
  body.add("MaskZero = CastLike(MaskZero64, " + mask + ")  Marked = Less(MaskZero, " + mask +
           ")  Kept = Unsqueeze(Marked, MaskAxes)");
  return true;
}

static bool writeMultiHead(Body &body) {
  int64_t heads = body.integer("num_heads");
  auto queryRank = body.rank("query");
  auto keyRank = body.has("key") ? body.rank("key") : std::optional<int64_t>(0);
  if (!queryRank || !keyRank)
    return false;
  std::string q = "query", k = "key", v = "value";
  std::optional<int64_t> width = body.size("query", 2), valueWidth = body.size("value", 2);
  if (*queryRank == 5) {
    unpackParts(body, "query", {"Q3", "K3", "V3"});
    q = "Q3", k = "K3", v = "V3";
    auto size = body.size("query", 4);
    width = size ? std::optional<int64_t>(*size * heads) : std::nullopt;
    valueWidth = width;
  } else if (*keyRank == 5) {
    unpackParts(body, "key", {"K3", "V3"});
    k = "K3", v = "V3";
    valueWidth = width;
  } else if (*keyRank == 4) {
    auto size = body.size("value", 3);
    valueWidth = size ? std::optional<int64_t>(*size * heads) : std::nullopt;
  }
  bool split = *keyRank != 4;
  if (body.has("bias")) {
    splitBias(body, q, 2);
    body.add("QSum = Add(" + q + ", BiasQ)");
    q = "QSum";
    if (split) {
      body.add("KSum = Add(" + k + ", BiasK)  VSum = Add(" + v + ", BiasV)");
      k = "KSum", v = "VSum";
    }
  }
  splitHeads(body, q, "Q", heads, width);
  if (split) {
    splitHeads(body, k, "K", heads, width);
    splitHeads(body, v, "V", heads, valueWidth);
  } else {
    knowHeads(body, "key", "K", heads);
    knowHeads(body, "value", "V", heads);
  }
  AttentionNames names;
  if (body.has("past_key")) {
    knowHeads(body, "past_key", "PastK", heads);
    knowHeads(body, "past_value", "PastV", heads);
    names.pastKey = "PastK", names.pastValue = "PastV";
  }
  names.isCausal = body.integer("unidirectional");
  if (width)
    names.headSize = *width / heads;
  addTotal(body, "K", names.pastKey);
  std::string kept, hidden;
  if (!addKeyMask(body, "key_padding_mask", kept))
    return false;
  if (!kept.empty())
    hideWhereNot(body, kept, "Hidden", "query"), hidden = "Hidden";
  names.bias = addBiases(body, hidden, alignBias(body, "Q", "query"));
  addAttention(body, names, "Y", body.hasOutput("present_key") ? "present_key" : "",
               body.hasOutput("present_value") ? "present_value" : "",
               body.hasOutput("qk") ? "qk" : "");
  joinHeads(body, "Y", "output", heads, valueWidth);
  return true;
}

static void addMultiHead() {
  attention("MultiHeadAttention", "Attention over heads, of projected queries, keys and values.")
      .input("query", "T", "(batch, sequence, hidden), or (batch, sequence, heads, 3, size)")
      .optionalInput("key", "T",
                     "(batch, keys, hidden), (batch, keys, heads, 2, size) or (batch, heads, keys, "
                     "size)")
      .optionalInput("value", "T", "(batch, keys, hidden) or (batch, heads, keys, size)")
      .optionalInput("bias", "T", "of queries, keys and values, one behind the other")
      .optionalInput("key_padding_mask", "M",
                     "(batch): lengths; (batch, total) or (batch, sequence, total): positive where "
                     "a key is seen")
      .optionalInput("attention_bias", "T", "added to the scores")
      .optionalInput("past_key", "T", "(batch, heads, past, size)")
      .optionalInput("past_value", "T", "(batch, heads, past, size)")
      .optionalInput("past_sequence_length", "M")
      .optionalInput("cache_indirection", "M")
      .output("output", "T", "(batch, sequence, hidden)")
      .optionalOutput("present_key", "T")
      .optionalOutput("present_value", "T")
      .optionalOutput("qk", "QK", "the scores behind Softmax")
      .required("num_heads", AttributeProto::INT)
      .optional("mask_filter_value", AttributeProto::FLOAT)
      .optional("scale", AttributeProto::FLOAT)
      .integer("unidirectional", 0)
      .types("T", smallFloats())
      .types("QK", smallFloats())
      .types("M", tensors({"int32"}))
      .check([](InferenceContext &context) {
        requirePositive(context, "num_heads");
        refuseInput(context, 8, "past_sequence_length");
        refuseInput(context, 9, "cache_indirection");
        requireRank(context, 4, 1, 3);
        const auto *query = shapeOf(context, 0);
        if (query && query->dim_size() != 3 && query->dim_size() != 5)
          fail_shape_inference("'query' has rank ", query->dim_size(), ", and 3 or 5 is known");
        if (context.hasInput(6) != context.hasInput(7))
          fail_shape_inference("'past_key' and 'past_value' belong together");
        if (query && query->dim_size() == 3 && !context.hasInput(1))
          fail_shape_inference("'key' is absent, and 'query' is not packed");
        const auto *key = shapeOf(context, 1), *mask = shapeOf(context, 4);
        if (key && (key->dim_size() < 5) != context.hasInput(2))
          fail_shape_inference("'value' goes with a 'key' of rank 3 or 4");
        if (mask && mask->dim_size() == 1 && query && mask->dim(0).has_dim_value() &&
            query->dim(0).has_dim_value() && mask->dim(0).dim_value() != query->dim(0).dim_value())
          fail_shape_inference("a 'key_padding_mask' of cumulated lengths is not supported");
      })
      .body(writeMultiHead)
      .define();
}

//===------------------------------------------------------------------------------------------===//
// Attention, QAttention: with the projection
//===------------------------------------------------------------------------------------------===//

/// Which keys the mask leaves, of all the forms that it has.
static bool addMaskIndex(Body &body, const std::string &past, std::string &condition) {
  if (!body.has("mask_index"))
    return true;
  auto rank = body.rank("mask_index");
  if (!rank)
    return false;
  if (*rank == 1) {
    // Ends, and perhaps starts behind them: zeros stand for those that are not there.
    body.ints("MaskFront", {0});
    body.add("MaskBatch = Shape <start = 0, end = 1> (input)  MaskTwice = Add(MaskBatch, MaskBatch)"
             "  NoStarts = ConstantOfShape <value = int32[1] {0}> (MaskBatch)  "
             "MaskAll = Concat <axis = 0> (mask_index, NoStarts)  "
             "Ends = Slice(mask_index, MaskFront, MaskBatch, MaskFront)  "
             "Starts = Slice(MaskAll, MaskBatch, MaskTwice, MaskFront)");
    addLengthCondition(body, "Ends", "Total", "BeforeEnd");
    addLengthCondition(body, "Starts", "Total", "BeforeStart");
    body.add("FromStart = Not(BeforeStart)  Kept = And(FromStart, BeforeEnd)");
    condition = "Kept";
    return true;
  }
  if (*rank < 4)
    return addKeyMask(body, "mask_index", condition);
  body.ints("MaskQueryAxes", {2, 3}).ints("MaskFront", {0}).integer("MaskZero64", 0);
  body.add("MaskLength = Shape <start = 1, end = 2> (input)");
  if (past.empty())
    body.add("MaskFrom = Identity(MaskFront)");
  else
    body.add("MaskFrom = Shape <start = 2, end = 3> (" + past + ")");
  body.add("MaskTo = Add(MaskFrom, MaskLength)  MaskLow = Concat <axis = 0> (MaskFrom, MaskFront)  "
           "MaskHigh = Concat <axis = 0> (MaskTo, Total1)  "
           "MaskPart = Slice(mask_index, MaskLow, MaskHigh, MaskQueryAxes)  "
           "MaskZero = CastLike(MaskZero64, mask_index)  Kept = Less(MaskZero, MaskPart)");
  condition = "Kept";
  return true;
}

/// Behind the projection, "Projected": (batch, sequence, widths of Q, K and V).
static bool writeProjected(Body &body, const std::string &like, std::optional<int64_t> whole) {
  int64_t heads = body.integer("num_heads");
  std::optional<int64_t> width, valueWidth;
  if (auto widths = body.integers("qkv_hidden_sizes"); widths.size() == 3) {
    width = widths[0], valueWidth = widths[2];
    body.ints("Widths", widths).add("Q3, K3, V3 = Split <axis = 2> (Projected, Widths)");
  } else {
    if (whole)
      width = valueWidth = *whole / 3;
    body.add("Q3, K3, V3 = Split <axis = 2, num_outputs = 3> (Projected)");
  }
  splitHeads(body, "Q3", "Q", heads, width);
  splitHeads(body, "K3", "K", heads, width);
  splitHeads(body, "V3", "V", heads, valueWidth);
  AttentionNames names;
  if (body.has("past")) {
    body.integer("First", 0).integer("Second", 1);
    body.add("PastK0 = Gather <axis = 0> (past, First)  PastV0 = Gather <axis = 0> (past, Second)");
    knowHeads(body, "PastK0", "PastK", heads);
    knowHeads(body, "PastV0", "PastV", heads);
    names.pastKey = "PastK", names.pastValue = "PastV";
  }
  names.isCausal = body.integer("unidirectional");
  if (width)
    names.headSize = *width / heads;
  addTotal(body, "K", names.pastKey);
  std::string kept, hidden;
  if (!addMaskIndex(body, names.pastKey, kept))
    return false;
  if (!kept.empty())
    hideWhereNot(body, kept, "Hidden", like), hidden = "Hidden";
  names.bias = addBiases(body, hidden, alignBias(body, "Q", "input"));
  bool present = body.hasOutput("present");
  addAttention(body, names, "Y", present ? "NewK" : "", present ? "NewV" : "");
  if (present) {
    body.ints("StackAxis", {0});
    body.add("StackK = Unsqueeze(NewK, StackAxis)  StackV = Unsqueeze(NewV, StackAxis)  "
             "present = Concat <axis = 0> (StackK, StackV)");
  }
  joinHeads(body, "Y", "output", heads, valueWidth);
  return true;
}

static void checkProjected(InferenceContext &context) {
  requirePositive(context, "num_heads");
  requireInteger(context, "do_rotary", 0);
  requireInteger(context, "past_present_share_buffer", 0);
  requireRank(context, 0, 3, 3);
}

static void addProjected() {
  attention("Attention", "Projects an operand to queries, keys and values, and attends.")
      .input("input", "T", "(batch, sequence, input hidden)")
      .input("weights", "T", "(input hidden, widths of queries, keys and values)")
      .optionalInput("bias", "T")
      .optionalInput("mask_index", "M",
                     "(batch): ends; (2 * batch): ends and starts; (batch, total), (batch, "
                     "sequence, total) or (batch, 1, most, most): positive where a key is seen")
      .optionalInput("past", "T", "(2, batch, heads, past, size)")
      .optionalInput("attention_bias", "T", "added to the scores")
      .optionalInput("past_sequence_length", "M")
      .output("output", "T", "(batch, sequence, hidden)")
      .optionalOutput("present", "T", "(2, batch, heads, total, size)")
      .required("num_heads", AttributeProto::INT)
      .optional("do_rotary", AttributeProto::INT)
      .optional("mask_filter_value", AttributeProto::FLOAT)
      .optional("past_present_share_buffer", AttributeProto::INT)
      .optional("qkv_hidden_sizes", AttributeProto::INTS)
      .optional("rotary_embedding_dim", AttributeProto::INT)
      .optional("scale", AttributeProto::FLOAT)
      .integer("unidirectional", 0)
      .types("T", smallFloats())
      .types("M", tensors({"int32"}))
      .check([](InferenceContext &context) {
        checkProjected(context);
        refuseInput(context, 6, "past_sequence_length");
      })
      .body([](Body &body) {
        body.add("Product = MatMul(input, weights)");
        body.add(body.has("bias") ? "Projected = Add(Product, bias)"
                                  : "Projected = Identity(Product)");
        return writeProjected(body, "input", body.size("weights", 1));
      })
      .define();

  attention("QAttention", "Attention, whose operand and weights are bytes.")
      .input("input", "T1", "(batch, sequence, input hidden)")
      .input("weight", "T2", "(input hidden, 3 * hidden)")
      .input("bias", "T3", "(3 * hidden)")
      .input("input_scale", "T3")
      .input("weight_scale", "T3", "a number, or one for each column")
      .optionalInput("mask_index", "T4", "as Attention's")
      .optionalInput("input_zero_point", "T1")
      .optionalInput("weight_zero_point", "T2")
      .optionalInput("past", "T3", "(2, batch, heads, past, size)")
      .output("output", "T3", "(batch, sequence, hidden)")
      .optionalOutput("present", "T3", "(2, batch, heads, total, size)")
      .required("num_heads", AttributeProto::INT)
      .optional("do_rotary", AttributeProto::INT)
      .optional("mask_filter_value", AttributeProto::FLOAT)
      .optional("past_present_share_buffer", AttributeProto::INT)
      .optional("scale", AttributeProto::FLOAT)
      .integer("unidirectional", 0)
      .types("T1", bytes())
      .types("T2", bytes())
      .types("T3", tensors({"float", "float16"}))
      .types("T4", tensors({"int32"}))
      .check(checkProjected)
      .body([](Body &body) {
        body.add("Whole = MatMulInteger(input, weight, " + body.orNothing("input_zero_point") +
                 ", " + body.orNothing("weight_zero_point") +
                 ")  Floats = CastLike(Whole, bias)  Factor = Mul(input_scale, weight_scale)  "
                 "Product = Mul(Floats, Factor)  Projected = Add(Product, bias)");
        return writeProjected(body, "bias", body.size("weight", 1));
      })
      .define();
}

//===------------------------------------------------------------------------------------------===//
// RotaryEmbedding
//===------------------------------------------------------------------------------------------===//

static bool writeRotary(Body &body) {
  auto rank = body.rank("input"), positions = body.rank("position_ids");
  if (!rank || !positions)
    return false;
  int64_t sequenceAxis = *rank == 3 ? 1 : 2, heads = body.integer("num_heads");
  std::string attributes = "interleaved : int = @interleaved";
  if (int64_t rotated = body.integer("rotary_embedding_dim"))
    attributes += ", " + attribute("rotary_embedding_dim", rotated);
  std::string where = "position_ids";
  if (*positions == 1) {
    body.integer("Zero", 0).integer("One", 1);
    body.add("Batch1 = Shape <start = 0, end = 1> (input)  Length1 = Shape <" +
             attribute("start", sequenceAxis) + ", " + attribute("end", sequenceAxis + 1) +
             "> (input)  Length = Squeeze(Length1)  Steps = Range(Zero, Length, One)  "
             "Placed = Add(Steps, position_ids)  Grid = Concat <axis = 0> (Batch1, Length1)  "
             "Positions = Expand(Placed, Grid)");
    where = "Positions";
  }
  std::string x = "input", y = "output";
  if (*rank == 3) {
    // Heads, where they are not counted, are as wide as the caches say.
    auto half = body.size("cos_cache", 1);
    body.ints("Front", {0, 0});
    if (heads > 0)
      body.ints("Heads", {heads, -1});
    else if (half)
      body.ints("Heads", {-1, *half * 2});
    else
      body.ints("Any", {-1})
          .add("Half = Shape <start = 1, end = 2> (cos_cache)  "
               "Size = Add(Half, Half)  Heads = Concat <axis = 0> (Any, Size)");
    body.ints("Flat", {0, 0, body.size("input", 2).value_or(-1)});
    body.add("SplitShape = Concat <axis = 0> (Front, Heads)  Split = Reshape(input, SplitShape)  "
             "X = Transpose <perm = [0, 2, 1, 3]> (Split)");
    x = "X", y = "Y";
  }
  body.add(y + " = RotaryEmbedding <" + attributes + "> (" + x + ", cos_cache, sin_cache, " +
           where + ")");
  if (*rank == 3)
    body.add("Rows = Transpose <perm = [0, 2, 1, 3]> (Y)  output = Reshape(Rows, Flat)");
  return true;
}

static void addRotary() {
  attention("RotaryEmbedding", "Rotates pairs of a head's elements by angles that grow with the "
                               "position.")
      .input("input", "T", "(batch, sequence, hidden) or (batch, heads, sequence, size)")
      .input("position_ids", "M", "(1): the first position; (batch, sequence)")
      .input("cos_cache", "T", "(positions, half of what is rotated of a head)")
      .input("sin_cache", "T")
      .output("output", "T")
      .integer("interleaved", 0)
      .integer("is_packed_batching", 0)
      .integer("num_heads", 0)
      .integer("rotary_embedding_dim", 0)
      .number("scale", 1)
      .types("T", smallFloats())
      .types("M", tensors({"int64"}))
      .check([](InferenceContext &context) {
        requireRank(context, 0, 3, 4);
        requireRank(context, 1, 1, 2);
        const AttributeProto *scale = context.getAttribute("scale");
        if (scale && scale->f() != 1)
          fail_shape_inference("attribute 'scale' is ", scale->f(), ", and only 1 is supported");
      })
      .infer(sameAs())
      .body(writeRotary)
      .define();
}

void addAttentionSchemas() {
  addMultiHead();
  addProjected();
  addRotary();
}

} // namespace azulejo::schemas
