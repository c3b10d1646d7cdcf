#include "lib/Import/Schemas/Heads.h"

namespace azulejo::schemas {

void splitHeads(Body &body, const std::string &from, const std::string &to, int64_t heads,
                std::optional<int64_t> width) {
  body.ints(to + "_shape", {0, 0, heads, width ? *width / heads : -1});
  body.add(to + "_split = Reshape(" + from + ", " + to + "_shape)  " + to +
           " = Transpose <perm = [0, 2, 1, 3]> (" + to + "_split)");
}

void joinHeads(Body &body, const std::string &from, const std::string &to, int64_t heads,
               std::optional<int64_t> width) {
  body.ints(to + "_shape", {0, 0, width ? *width : -1});
  body.add(to + "_rows = Transpose <perm = [0, 2, 1, 3]> (" + from + ")  " + to + " = Reshape(" +
           to + "_rows, " + to + "_shape)");
}

void knowHeads(Body &body, const std::string &from, const std::string &to, int64_t heads) {
  body.ints(to + "_shape", {0, heads, 0, 0});
  body.add(to + " = Reshape(" + from + ", " + to + "_shape)");
}

void splitBias(Body &body, const std::string &query, int64_t axis) {
  body.ints("BiasZero", {0});
  body.add("BiasWidth = Shape <" + attribute("start", axis) + ", " + attribute("end", axis + 1) +
           "> (" + query +
           ")  BiasTwice = Add(BiasWidth, BiasWidth)  BiasAll = Shape(bias)  "
           "BiasQ = Slice(bias, BiasZero, BiasWidth, BiasZero)  "
           "BiasK = Slice(bias, BiasWidth, BiasTwice, BiasZero)  "
           "BiasV = Slice(bias, BiasTwice, BiasAll, BiasZero)");
}

void addAttention(Body &body, const AttentionNames &names, const std::string &y,
                  const std::string &presentKey, const std::string &presentValue,
                  const std::string &scores) {
  std::string attributes, q = names.q;
  float scale = body.number("scale");
  if (scale == 0 && !names.headSize) {
    body.add("HeadSize1 = Shape <start = 3, end = 4> (" + q +
             ")  HeadSize = Cast <to = 1> (HeadSize1)  HeadRoot = Sqrt(HeadSize)  "
             "HeadFactor = CastLike(HeadRoot, " +
             q + ")  QScaled = Div(" + q + ", HeadFactor)");
    q = "QScaled";
    scale = 1;
  }
  auto addAttribute = [&](const std::string &text) {
    attributes += (attributes.empty() ? "" : ", ") + text;
  };
  if (scale != 0)
    addAttribute(attribute("scale", scale));
  if (names.isCausal)
    addAttribute("is_causal = 1");
  if (names.softcap != 0)
    addAttribute(attribute("softcap", names.softcap));
  std::string results = y, operands = q + ", " + names.k + ", " + names.v;
  bool hasPast = !names.pastKey.empty();
  if (!names.bias.empty() || hasPast)
    operands += ", " + names.bias;
  if (hasPast)
    operands += ", " + names.pastKey + ", " + names.pastValue;
  bool wantsPresent = !presentKey.empty() || !presentValue.empty();
  if (hasPast)
    results += ", " + (presentKey.empty() ? "PresentK" : presentKey) + ", " +
               (presentValue.empty() ? "PresentV" : presentValue);
  else if (!scores.empty())
    results += ", , ";
  if (!scores.empty()) {
    results += ", " + scores;
    addAttribute("qk_matmul_output_mode = 3");
  }
  body.add(results + " = Attention " + (attributes.empty() ? "" : "<" + attributes + "> ") + "(" +
           operands + ")");
  if (hasPast || !wantsPresent)
    return;
  if (!presentKey.empty())
    body.add(presentKey + " = Identity(" + names.k + ")");
  if (!presentValue.empty())
    body.add(presentValue + " = Identity(" + names.v + ")");
}

std::string alignBias(Body &body, const std::string &q, const std::string &input) {
  if (!body.has("attention_bias"))
    return "";
  bool knowsBatch = body.size("attention_bias", 0) || body.haveSameSize("attention_bias", input, 0);
  if (knowsBatch && body.size("attention_bias", 1))
    return "attention_bias";
  body.ints("BiasOnes", {1, 1});
  body.add("BiasRows = Shape <start = 0, end = 2> (" + q +
           ")  BiasGrid = Concat <axis = 0> (BiasRows, BiasOnes)  "
           "BiasAligned = Expand(attention_bias, BiasGrid)");
  return "BiasAligned";
}

std::string addBiases(Body &body, const std::string &first, const std::string &second) {
  if (first.empty() || second.empty())
    return first + second;
  body.add("BiasSum = Add(" + first + ", " + second + ")");
  return "BiasSum";
}

void hideWhereNot(Body &body, const std::string &condition, const std::string &to,
                  const std::string &like) {
  body.numberLike(to + "_seen", 0, like)
      .numberLike(to + "_hidden",
                  body.hasAttribute("mask_filter_value") ? body.number("mask_filter_value")
                                                         : -10000.0f,
                  like);
  body.add(to + " = Where(" + condition + ", " + to + "_seen, " + to + "_hidden)");
}

void addLengthCondition(Body &body, const std::string &ends, const std::string &total,
                        const std::string &to) {
  body.integer(to + "_zero", 0).integer(to + "_one", 1).ints(to + "_axes", {1, 2, 3});
  body.add(to + "_ends64 = Cast <to = 7> (" + ends + ")  " + to + "_ends = Unsqueeze(" + to +
           "_ends64, " + to + "_axes)  " + to + "_keys = Range(" + to + "_zero, " + total + ", " +
           to + "_one)  " + to + " = Less(" + to + "_keys, " + to + "_ends)");
}

} // namespace azulejo::schemas
