//===- Experts.cpp - Mixtures of experts ------------------------------------------------------===//
#include "lib/Import/Schemas/Bits.h"
#include <algorithm>

using ::onnx::AttributeProto;
using ::onnx::InferenceContext;
using ::onnx::TensorProto;

namespace azulejo::schemas {

namespace {
/// The body of one MoE or QMoE. Routing chooses `k` experts for each token; a loop over the experts
/// computes for each the tokens that chose it, and adds what it gives, by its weight, to theirs.
class ExpertsBody {
public:
  ExpertsBody(Body &body, bool isQuantized) : body(body), isQuantized(isQuantized) {}

  void write() {
    body.ints("Rows", {-1}).ints("Front", {0}).ints("Second", {1}).integer("Zero", 0);
    body.add("Width = Shape <start = -1> (input)  ListShape = Concat <axis = 0> (Rows, Width)  "
             "List = Reshape(input, ListShape)  Tokens = Shape <start = 0, end = 1> (List)");
    addRouting();
    body.add("ListFloat = Cast <to = 1> (List)  ZeroFloat = Constant <value_float = 0.0> ()  "
             "ListGrid = Shape(List)  Nothing = Expand(ZeroFloat, ListGrid)");
    body.add("Experts1 = Shape <start = 0, end = 1> (fc1_experts_weights)  "
             "Experts = Squeeze(Experts1)");
    std::string loop = "Always = Constant <value = bool {1}> ()  "
                       "Sum = Loop <body = experts (int64 e, bool going, float[t, w] sum) => "
                       "(bool goes, float[t, w] added) { goes = Identity(going)  ";
    loop += "mine = Gather <axis = 1> (Weights, e)  chosen = NonZero(mine)  "
            "rows = Squeeze(chosen, Front)  x = Gather <axis = 0> (ListFloat, rows)  ";
    loop += expert();
    loop += "share = Gather <axis = 0> (mine, rows)  shares = Unsqueeze(share, Second)  "
            "part = Mul(given, shares)  places = Unsqueeze(rows, Second)  "
            "added = ScatterND <reduction = \"add\"> (sum, places, part) }> "
            "(Experts, Always, Nothing)";
    body.add(constants);
    body.add(loop);
    body.add(
        "Whole = Shape(input)  SumAll = Reshape(Sum, Whole)  output = CastLike(SumAll, input)");
  }

private:
  /// "Weights": of each expert for each token, zero for those that were not chosen.
  void addRouting() {
    body.ints("K", {body.integer("k")});
    body.add("Logits = Cast <to = 1> (router_probs)  Probabilities = Softmax <axis = 1> (Logits)  "
             "Best, Chosen = TopK <axis = 1> (Probabilities, K)");
    std::string shares = "Best";
    if (body.has("router_weights"))
      body.add("Mixing = Cast <to = 1> (router_weights)  "
               "Mixed = GatherElements <axis = 1> (Mixing, Chosen)"),
          shares = "Mixed";
    if (body.integer("normalize_routing_weights"))
      body.add("ShareSum = ReduceSum(" + shares + ", Second)  Shares = Div(" + shares +
               ", ShareSum)"),
          shares = "Shares";
    body.add("RouteGrid = Shape(Logits)  NoWeight = Constant <value_float = 0.0> ()  "
             "NoWeights = Expand(NoWeight, RouteGrid)  "
             "Weights = ScatterElements <axis = 1> (NoWeights, Chosen, " +
             shares + ")");
  }

  /// Nodes that take expert `e`'s matrix of layer `name` out of all, as floats (rows, columns).
  std::string matrix(const std::string &name) {
    std::string weights = name + "_experts_weights", result = name + "_w";
    std::string taken = name + "_e = Gather <axis = 0> (" + weights + ", e)  ";
    if (!isQuantized)
      return taken + result + " = Cast <to = 1> (" + name + "_e)  ";
    int64_t bits = body.integer("expert_weight_bits"), perByte = 8 / bits;
    std::string numbers = name + "_e";
    std::string text = taken;
    if (perByte > 1) {
      std::vector<int64_t> shifts;
      for (int64_t shift = 0; shift < 8; shift += bits)
        shifts.push_back(shift);
      body.ints(name + "_i", shifts)
          .ints(name + "_last", {-1})
          .integer(name + "_m", (int64_t(1) << bits) - 1)
          .ints(name + "_wide", {0, -1});
      constants += name + "_shifts = Cast <to = 2> (" + name + "_i)  " + name +
                   "_mask = Cast <to = 2> (" + name + "_m)  ";
      text += name + "_bytes = Unsqueeze(" + name + "_e, " + name + "_last)  " + name +
              "_moved = BitShift <direction = \"RIGHT\"> (" + name + "_bytes, " + name +
              "_shifts)  " + name + "_each = BitwiseAnd(" + name + "_moved, " + name + "_mask)  " +
              name + "_n = Reshape(" + name + "_each, " + name + "_wide)  ";
      numbers = name + "_n";
    }
    // Blocks of a row, or the row as one: (rows, blocks, columns of a block).
    int64_t block = body.integer("block_size");
    body.ints(name + "_split", {0, -1, block})
        .ints(name + "_whole", {0, -1})
        .ints(name + "_two", {2});
    body.number(name + "_middle", static_cast<float>(int64_t(1) << (bits - 1)));
    text += name + "_f = Cast <to = 1> (" + numbers + ")  ";
    if (body.has(name + "_zero_points")) {
      text += zeroPoints(name, bits, perByte, block);
    } else {
      text += name + "_z = Identity(" + name + "_middle)  ";
    }
    text += name + "_s0 = Gather <axis = 0> (" + name + "_scales, e)  " + name +
            "_s1 = Cast <to = 1> (" + name + "_s0)  " + name + "_s = Unsqueeze(" + name + "_s1, " +
            (block > 0 ? name + "_two" : "Second") + ")  ";
    if (block > 0)
      text += name + "_b = Reshape(" + name + "_f, " + name + "_split)  ";
    else
      text += name + "_b = Identity(" + name + "_f)  ";
    return text + name + "_c = Sub(" + name + "_b, " + name + "_z)  " + name + "_p = Mul(" + name +
           "_c, " + name + "_s)  " + result + " = Reshape(" + name + "_p, " + name + "_whole)  ";
  }

  /// "NAME_z": (rows, blocks, 1), or (rows, 1) where a row is one block.
  std::string zeroPoints(const std::string &name, int64_t bits, int64_t perByte, int64_t block) {
    std::string text = name + "_z0 = Gather <axis = 0> (" + name + "_zero_points, e)  ", own = name;
    std::string numbers = name + "_z0";
    if (perByte > 1) {
      // Packed along the last dimension, which may end before its last byte does.
      body.ints(name + "_zall", block > 0 ? std::vector<int64_t>{0, -1} : std::vector<int64_t>{-1});
      text += name + "_zbytes = Unsqueeze(" + name + "_z0, " + name + "_last)  " + name +
              "_zmoved = BitShift <direction = \"RIGHT\"> (" + name + "_zbytes, " + name +
              "_shifts)  " + name + "_zeach = BitwiseAnd(" + name + "_zmoved, " + name +
              "_mask)  " + name + "_zlist = Reshape(" + name + "_zeach, " + name + "_zall)  " +
              name + "_zcount = Shape <start = -1> (" + name + "_zscale)  " + name +
              "_zn = Slice(" + name + "_zlist, Front, " + name + "_zcount, " +
              (block > 0 ? "Second" : "Front") + ")  ";
      text = name + "_zscale = Gather <axis = 0> (" + name + "_scales, e)  " + text;
      numbers = name + "_zn";
    }
    return text + name + "_zf = Cast <to = 1> (" + numbers + ")  " + name + "_z = Unsqueeze(" +
           name + "_zf, " + (block > 0 ? name + "_two" : "Second") + ")  ";
  }

  /// `to` is `from` times the transpose of the layer's matrix, plus its bias.
  std::string layer(const std::string &name, const std::string &from, const std::string &to) {
    std::string text = matrix(name) + name + "_t = Transpose <perm = [1, 0]> (" + name + "_w)  ";
    if (!body.has(name + "_experts_bias"))
      return text + to + " = MatMul(" + from + ", " + name + "_t)  ";
    return text + name + "_x = MatMul(" + from + ", " + name + "_t)  " + name +
           "_b0 = Gather <axis = 0> (" + name + "_experts_bias, e)  " + name +
           "_b1 = Cast <to = 1> (" + name + "_b0)  " + to + " = Add(" + name + "_x, " + name +
           "_b1)  ";
  }

  /// "h" of "g", the gate, and "u", what it lets through.
  std::string swiglu() {
    constants += "Alpha = Constant <value_float = " + digits(body.number("activation_alpha")) +
                 "> ()  Beta = Constant <value_float = " + digits(body.number("activation_beta")) +
                 "> ()  ";
    std::string text, gate = "g", up = "u";
    if (body.hasAttribute("swiglu_limit")) {
      float limit = body.number("swiglu_limit");
      constants +=
          "Limit = Constant <value_float = " + digits(limit) + "> ()  LimitLow = Neg(Limit)  ";
      text += "gl = Min(g, Limit)  ul = Clip(u, LimitLow, Limit)  ";
      gate = "gl", up = "ul";
    }
    return text + "ga = Mul(" + gate + ", Alpha)  gs = Sigmoid(ga)  gg = Mul(" + gate +
           ", gs)  ub = Add(" + up + ", Beta)  h = Mul(gg, ub)  ";
  }

  static std::string digits(float value) {
    std::string text = attribute("", value);
    return text.substr(text.find('=') + 2);
  }

  /// Nodes from "x" to "given".
  std::string expert() {
    std::string activation = body.text("activation_type"), text;
    int64_t fusion = body.integer("swiglu_fusion");
    if (activation == "swiglu" && fusion == 0) {
      text = layer("fc1", "x", "g") + layer("fc3", "x", "u") + swiglu();
    } else if (activation == "swiglu") {
      text = layer("fc1", "x", "both");
      if (fusion == 1) {
        // Gate and value stand beside each other.
        body.ints("Pairs", {0, -1, 2}).integer("PairSecond", 1);
        text += "pairs = Reshape(both, Pairs)  g = Gather <axis = 2> (pairs, Zero)  "
                "u = Gather <axis = 2> (pairs, PairSecond)  ";
      } else {
        text += "g, u = Split <axis = 1, num_outputs = 2> (both)  ";
      }
      text += swiglu();
    } else {
      text = layer("fc1", "x", "a");
      const char *node = activation == "gelu"   ? "Gelu <approximate = \"tanh\"> (a)  "
                         : activation == "silu" ? "Swish(a)  "
                         : activation == "relu" ? "Relu(a)  "
                                                : "Identity(a)  ";
      text += std::string("h0 = ") + node;
      // A third layer beside the first gates what the activation gives.
      text += body.has("fc3_experts_weights") ? layer("fc3", "x", "h3") + "h = Mul(h0, h3)  "
                                              : "h = Identity(h0)  ";
    }
    return text + layer("fc2", "h", "given");
  }

  Body &body;
  bool isQuantized;
  /// Nodes before the loop.
  std::string constants;
};
} // namespace

static void check(InferenceContext &context) {
  const AttributeProto *activation = context.getAttribute("activation_type");
  static const char *const known[] = {"relu", "gelu", "silu", "swiglu", "identity"};
  if (activation &&
      std::find(std::begin(known), std::end(known), activation->s()) == std::end(known))
    fail_shape_inference("activation '", activation->s(), "' is not supported");
  requirePositive(context, "k");
  requireInteger(context, "use_sparse_mixer", 0);
  requireInteger(context, "swiglu_limit_after_activation", 0);
  requireRank(context, 0, 2, 3);
  requireRank(context, 1, 2, 2);
}

static Operator &addAttributes(Operator &op) {
  return op.integer("k", 1)
      .text("activation_type", "relu")
      .number("activation_alpha", 1)
      .number("activation_beta", 0)
      .integer("normalize_routing_weights", 0)
      .integer("swiglu_fusion", 0, "0: separate layers, 1: pairs, 2: halves")
      .optional("swiglu_limit", AttributeProto::FLOAT)
      .integer("swiglu_limit_after_activation", 0)
      .integer("use_sparse_mixer", 0)
      .infer(sameAs());
}

static void addPlain() {
  Operator op("MoE", __FILE__,
              "A mixture of experts: two layers each, or three, with an activation "
              "between; `k` of them work on a token.");
  op.input("input", "T", "(tokens, hidden) or (batch, sequence, hidden)")
      .input("router_probs", "T", "(tokens, experts)")
      .input("fc1_experts_weights", "T", "(experts, inner, hidden)")
      .optionalInput("fc1_experts_bias", "T", "(experts, inner)")
      .input("fc2_experts_weights", "T", "(experts, hidden, inner)")
      .optionalInput("fc2_experts_bias", "T", "(experts, hidden)")
      .optionalInput("fc3_experts_weights", "T", "(experts, inner, hidden)")
      .optionalInput("fc3_experts_bias", "T", "(experts, inner)")
      .output("output", "T");
  addAttributes(op)
      .types("T", smallFloats())
      .check(check)
      .body([](Body &body) {
        ExpertsBody(body, false).write();
        return true;
      })
      .define();
}

static void addQuantized() {
  Operator op("QMoE", __FILE__,
              "MoE, whose weights are numbers of few bits with a scale for each "
              "row, or each block of a row.");
  op.input("input", "T", "(tokens, hidden) or (batch, sequence, hidden)")
      .input("router_probs", "T", "(tokens, experts)")
      .input("fc1_experts_weights", "T1", "(experts, inner, hidden), packed")
      .optionalInput("fc1_scales", "T2", "(experts, inner) or (experts, inner, blocks)")
      .optionalInput("fc1_experts_bias", "T", "(experts, inner)")
      .input("fc2_experts_weights", "T1", "(experts, hidden, inner), packed")
      .optionalInput("fc2_scales", "T2")
      .optionalInput("fc2_experts_bias", "T", "(experts, hidden)")
      .optionalInput("fc3_experts_weights", "T1", "(experts, inner, hidden), packed")
      .optionalInput("fc3_scales", "T2")
      .optionalInput("fc3_experts_bias", "T", "(experts, inner)")
      .optionalInput("fc1_zero_points", "T1", "packed; else the middle")
      .optionalInput("fc2_zero_points", "T1")
      .optionalInput("fc3_zero_points", "T1")
      .optionalInput("router_weights", "T", "(tokens, experts): mixes instead of router_probs")
      .output("output", "T");
  addAttributes(op)
      .integer("accuracy_level", 0, "what activations may be rounded to; they never are")
      .integer("block_size", 0)
      .integer("expert_weight_bits", 4)
      .text("quant_type", "int")
      .integer("weights_prepacked", -1)
      .types("T", smallFloats())
      .types("T1", tensors({"uint8"}))
      .types("T2", smallFloats())
      .check([](InferenceContext &context) {
        check(context);
        const AttributeProto *bits = context.getAttribute("expert_weight_bits");
        if (bits && bits->i() != 2 && bits->i() != 4 && bits->i() != 8)
          fail_shape_inference("attribute 'expert_weight_bits' is ", bits->i(),
                               ", and only 2, 4 and 8 are supported");
        const AttributeProto *kind = context.getAttribute("quant_type");
        if (kind && kind->s() != "int")
          fail_shape_inference("attribute 'quant_type' is '", kind->s(),
                               "', and only 'int' is supported");
        requireInteger(context, "weights_prepacked", 0);
        for (size_t input : {3, 6})
          if (!context.hasInput(input))
            fail_shape_inference("the scales are absent");
      })
      .body([](Body &body) {
        ExpertsBody(body, true).write();
        return true;
      })
      .define();
}

void addExpertsSchemas() {
  addPlain();
  addQuantized();
}

} // namespace azulejo::schemas
