//===- Grouped.cpp - Attention with fewer heads of keys than of queries, and a cache ----------===//
#include "lib/Import/Schemas/Heads.h"
#include <limits>
#include <tuple>

using ::onnx::AttributeProto;
using ::onnx::InferenceContext;

namespace azulejo::schemas {

namespace {
/// The body of one GroupQueryAttention. Each sequence of the batch has a cache of its own length in
/// a buffer that is as long as the longest: what is new goes behind it, and a query sees what lies
/// before it there.
class GroupedBody {
public:
  explicit GroupedBody(Body &body)
      : body(body), heads(body.integer("num_heads")), keyHeads(body.integer("kv_num_heads")) {}

  void write() {
    splitOperands();
    normalizeHeads();
    addPositions();
    rotate();
    addCaches();
    addVisible();
    AttentionNames names;
    names.k = "present_key", names.v = "present_value";
    names.bias = addBias();
    if (hasSinks())
      names.k = "KeysSink", names.v = "ValuesSink";
    names.headSize = headSize;
    names.softcap = body.number("softcap");
    addAttention(body, names, "Y", "", "");
    joinHeads(body, "Y", "output", heads, getWidth(heads));
  }

private:
  bool hasSinks() const { return body.has("head_sink") || body.integer("smooth_softmax") == 1; }

  std::optional<int64_t> getWidth(int64_t count) const {
    return headSize ? std::optional<int64_t>(*headSize * count) : std::nullopt;
  }

  /// "Q0", "K0" and "V": (batch, heads, new, size).
  void splitOperands() {
    auto width = body.size("query", 2);
    if (body.has("key")) {
      if (width)
        headSize = *width / heads;
      splitHeads(body, "query", "Q0", heads, getWidth(heads));
      splitHeads(body, "key", "K0", keyHeads, getWidth(keyHeads));
      splitHeads(body, "value", "V", keyHeads, getWidth(keyHeads));
      return;
    }
    int64_t all = heads + 2 * keyHeads;
    if (width)
      headSize = *width / all;
    splitHeads(body, "query", "All", all, width);
    body.ints("Counts", {heads, keyHeads, keyHeads})
        .add("Q0, K0, V = Split <axis = 1> (All, Counts)");
  }

  /// "Q1" and "K1".
  void normalizeHeads() {
    for (const char *which : {"Q", "K"}) {
      std::string side = which, weight = side == "Q" ? "q_norm_weight" : "k_norm_weight",
                  own = side == "Q" ? "q_norm_epsilon" : "k_norm_epsilon";
      float epsilon = body.number(body.hasAttribute(own) ? own : "qk_norm_epsilon");
      if (body.has(weight))
        body.add(side + "1 = RMSNormalization <axis = -1, " + attribute("epsilon", epsilon) +
                 "> (" + side + "0, " + weight + ")");
      else
        body.add(side + "1 = Identity(" + side + "0)");
    }
  }

  /// "Cached": how many positions stand in each sequence's cache, (batch); "Steps": the new ones,
  /// counted from there, (new). A first prompt has none in its cache, also where it is shorter than
  /// the longest.
  void addPositions() {
    body.integer("Zero", 0).integer("One", 1).ints("Zero1", {0}).ints("One1", {1});
    body.ints("AllRows", {-1});
    body.add("Length1 = Shape <start = 1, end = 2> (query)  Length = Squeeze(Length1)  "
             "Last64 = Cast <to = 7> (seqlens_k)  Last = Reshape(Last64, AllRows)  "
             "Ends = Add(Last, One)  Before = Sub(Ends, Length)  Cached = Max(Before, Zero)  "
             "Steps = Range(Zero, Length, One)");
  }

  /// "Q" and "K".
  void rotate() {
    if (!body.integer("do_rotary")) {
      body.add("Q = Identity(Q1)  K = Identity(K1)");
      return;
    }
    std::string positions = "position_ids";
    if (!body.has("position_ids")) {
      body.add("CachedColumn = Unsqueeze(Cached, One1)  Positions = Add(CachedColumn, Steps)");
      positions = "Positions";
    }
    std::string attributes = attribute("interleaved", body.integer("rotary_interleaved"));
    auto half = body.size("cos_cache", 1);
    if (half && headSize && *half * 2 != *headSize)
      attributes += ", " + attribute("rotary_embedding_dim", *half * 2);
    for (const char *which : {"Q", "K"}) {
      std::string side = which;
      body.add(side + " = RotaryEmbedding <" + attributes + "> (" + side +
               "1, cos_cache, sin_cache, " + positions + ")");
    }
  }

  /// "present_key" and "present_value". The buffer is as long as the cache that came in or as all
  /// that there is now, whichever is longer.
  void addCaches() {
    body.ints("SequenceAxis", {2});
    body.add("TotalGiven = Cast <to = 7> (total_sequence_length)  "
             "Total1 = Reshape(TotalGiven, One1)");
    for (auto [side, past, present] :
         {std::tuple<std::string, std::string, std::string>{"K", "past_key", "present_key"},
          {"V", "past_value", "present_value"}}) {
      std::string from = side + "Past";
      if (body.has(past)) {
        knowHeads(body, past, from, keyHeads);
      } else {
        body.add(side + "NoneShape0 = Shape <start = 0, end = 2> (" + side + ")  " + side +
                 "NoneShape3 = Shape <start = 3, end = 4> (" + side + ")  " + side +
                 "NoneShape = Concat <axis = 0> (" + side + "NoneShape0, Zero1, " + side +
                 "NoneShape3)  " + side + "ZeroLike = CastLike(Zero, " + side + ")  " + side +
                 "None = Expand(" + side + "ZeroLike, " + side + "NoneShape)");
        from = side + "None";
      }
      body.add(side + "PastLength = Shape <start = 2, end = 3> (" + from + ")  " + side +
               "Missing0 = Sub(Total1, " + side + "PastLength)  " + side + "Missing = Max(" + side +
               "Missing0, Zero1)  " + side + "Pads = Concat <axis = 0> (Zero1, " + side +
               "Missing)  " + side + "Buffer = Pad(" + from + ", " + side +
               "Pads, , SequenceAxis)  " + present + " = TensorScatter <axis = 2> (" + side +
               "Buffer, " + side + ", Cached)");
    }
  }

  /// "Visible": which keys of the buffer a query sees, (batch, 1, new, buffer).
  void addVisible() {
    body.ints("BatchAxes", {1, 2, 3}).ints("QueryAxes", {0, 1, 3});
    body.add("Buffer1 = Shape <start = 2, end = 3> (present_key)  Buffer = Squeeze(Buffer1)  "
             "Keys = Range(Zero, Buffer, One)  CachedBatch = Unsqueeze(Cached, BatchAxes)  "
             "EndsBatch = Unsqueeze(Ends, BatchAxes)  StepRows = Unsqueeze(Steps, QueryAxes)  "
             "Here = Add(CachedBatch, StepRows)");
    if (!body.integer("causal")) {
      body.add("Visible = Less(Keys, EndsBatch)");
      return;
    }
    int64_t window = body.integer("local_window_size");
    if (window <= 0) {
      body.add("Visible = LessOrEqual(Keys, Here)");
      return;
    }
    body.integer("Window", window);
    body.add("NotLater = LessOrEqual(Keys, Here)  Oldest = Sub(Here, Window)  "
             "NotOld = Less(Oldest, Keys)  Visible = And(NotLater, NotOld)");
  }

  /// The condition itself, unless something is added to the scores or stands beside them.
  std::string addBias() {
    if (!body.has("attention_bias") && !hasSinks())
      return "Visible";
    body.numberLike("Hidden", -std::numeric_limits<float>::infinity(), "query");
    if (body.has("attention_bias")) {
      // It is as long as what there is, and the buffer may be longer.
      body.ints("KeyAxis", {3});
      std::string bias = alignBias(body, "Q", "query");
      body.add(
          "BiasLength = Shape <start = 3, end = 4> (" + bias +
          ")  BiasMissing0 = Sub(Buffer1, BiasLength)  BiasMissing = Max(BiasMissing0, Zero1)  "
          "BiasPads = Concat <axis = 0> (Zero1, BiasMissing)  "
          "Bias = Pad(" +
          bias +
          ", BiasPads, , KeyAxis)  "
          "Scores = Where(Visible, Bias, Hidden)");
    } else {
      body.numberLike("Seen", 0, "query").add("Scores = Where(Visible, Seen, Hidden)");
    }
    return hasSinks() ? addSinks() : "Scores";
  }

  /// A sink is one more key, of zeros, whose score is its own and whose value is nothing.
  std::string addSinks() {
    body.ints("SinkShape", {1, heads, 1, 1});
    if (body.has("head_sink"))
      body.add("Sinks = Reshape(head_sink, SinkShape)");
    else
      body.numberLike("NoSink", 0, "query").add("Sinks = Expand(NoSink, SinkShape)");
    body.add(
        "SinkBatch = Shape <start = 0, end = 1> (query)  HeadCount = Shape <start = 1, end = 2>"
        " (Sinks)  SinkRows = Concat <axis = 0> (SinkBatch, HeadCount, Length1)  "
        "SinkGrid = Concat <axis = 0> (SinkRows, One1)  SinkColumn = Expand(Sinks, SinkGrid)  "
        "ScoresGrid = Concat <axis = 0> (SinkRows, Buffer1)  "
        "ScoresAll = Expand(Scores, ScoresGrid)  "
        "ScoresSinks = Concat <axis = 3> (ScoresAll, SinkColumn)  "
        "SinkEnd = Concat <axis = 0> (Zero1, One1)  "
        "KeysSink = Pad(present_key, SinkEnd, , SequenceAxis)  "
        "ValuesSink = Pad(present_value, SinkEnd, , SequenceAxis)");
    return "ScoresSinks";
  }

  Body &body;
  int64_t heads, keyHeads;
  std::optional<int64_t> headSize;
};
} // namespace

/// What the definition has for caches of few bits, for windows that are evicted and for kernels of
/// one machine.
static void check(InferenceContext &context) {
  requirePositive(context, "num_heads");
  requirePositive(context, "kv_num_heads");
  for (const char *name : {"k_quant_type", "v_quant_type"})
    if (const AttributeProto *given = context.getAttribute(name); given && given->s() != "NONE")
      fail_shape_inference("attribute '", name, "' is '", given->s(),
                           "', and only 'NONE' is supported");
  requireInteger(context, "sliding_window_cache", 0);
  requireInteger(context, "qk_output", 0);
  refuseInput(context, 12, "k_scale");
  refuseInput(context, 13, "v_scale");
  refuseInput(context, 16, "query_seqlens");
  refuseOutput(context, 3, "output_qk");
  requireRank(context, 0, 3, 3);
  if (context.hasInput(1) != context.hasInput(2))
    fail_shape_inference("'key' and 'value' belong together");
  if (context.hasInput(3) != context.hasInput(4))
    fail_shape_inference("'past_key' and 'past_value' belong together");
  if (::onnx::getAttribute(context, "do_rotary", 0) &&
      (!context.hasInput(7) || !context.hasInput(8)))
    fail_shape_inference("'do_rotary' needs 'cos_cache' and 'sin_cache'");
}

void addGroupedSchemas() {
  Operator("GroupQueryAttention", __FILE__,
           "Attention with fewer heads of keys than of queries, a cache for each sequence, and "
           "rotary positions.")
      .input("query", "T", "(batch, new, heads * size), or with keys and values behind")
      .optionalInput("key", "T", "(batch, new, kv heads * size)")
      .optionalInput("value", "T", "(batch, new, kv heads * size)")
      .optionalInput("past_key", "T_CACHE", "(batch, kv heads, past or more, size)")
      .optionalInput("past_value", "T_CACHE", "(batch, kv heads, past or more, size)")
      .input("seqlens_k", "M", "(batch): how many keys a sequence has by now, less one")
      .input("total_sequence_length", "M", "the most of them")
      .optionalInput("cos_cache", "T", "(positions, half of what is rotated of a head)")
      .optionalInput("sin_cache", "T")
      .optionalInput("position_ids", "tensor(int64)", "(batch, new)")
      .optionalInput("attention_bias", "T", "added to the scores")
      .optionalInput("head_sink", "T", "(heads): a score that stands beside each head's")
      .optionalInput("k_scale", "T_KV_SCALE")
      .optionalInput("v_scale", "T_KV_SCALE")
      .optionalInput("q_norm_weight", "T", "(size): RMSNormalization of each head")
      .optionalInput("k_norm_weight", "T", "(size)")
      .optionalInput("query_seqlens", "M")
      .output("output", "T", "(batch, new, heads * size)")
      .output("present_key", "T_CACHE", "(batch, kv heads, as long as the longest, size)")
      .output("present_value", "T_CACHE")
      .optionalOutput("output_qk", "T")
      .required("num_heads", AttributeProto::INT)
      .required("kv_num_heads", AttributeProto::INT)
      .integer("causal", 1)
      .integer("do_rotary", 0)
      .text("k_quant_type", "NONE")
      .text("v_quant_type", "NONE")
      .optional("kv_cache_bit_width", AttributeProto::INT)
      .integer("local_window_size", -1, "how many keys a query sees, its own included")
      .number("qk_norm_epsilon", 1e-6f)
      .optional("q_norm_epsilon", AttributeProto::FLOAT)
      .optional("k_norm_epsilon", AttributeProto::FLOAT)
      .integer("qk_output", 0)
      .integer("rotary_interleaved", 0)
      .optional("scale", AttributeProto::FLOAT)
      .integer("sliding_window_cache", 0)
      .integer("smooth_softmax", -1, "1: every head has a sink of 0")
      .number("softcap", 0)
      .types("T", smallFloats())
      .types("T_CACHE", smallFloats())
      .types("T_KV_SCALE", tensors({"float"}))
      .types("M", tensors({"int32"}))
      .check(check)
      .body([](Body &body) {
        GroupedBody(body).write();
        return true;
      })
      .define();
}

} // namespace azulejo::schemas
