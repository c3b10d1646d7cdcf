//===- Normalization.cpp - Normalisations, with sums and look-ups before them -----------------===//
#include "lib/Import/Schemas/Operator.h"

using ::onnx::AttributeProto;
using ::onnx::InferenceContext;

namespace azulejo::schemas {

static Operator normalization(const char *name, const char *doc,
                              const char *domain = microsoftDomain) {
  return Operator(name, __FILE__, doc, domain);
}

/// Mean and inverse deviation: f32, with 1 for each dimension that is normalised.
static void inferStatistics(InferenceContext &context, size_t output, int64_t axis) {
  if (output >= context.getNumOutputs())
    return;
  ::onnx::updateOutputElemType(context, output, ::onnx::TensorProto::FLOAT);
  const auto *shape = shapeOf(context, 0);
  if (!shape)
    return;
  int64_t rank = shape->dim_size();
  axis = axis < 0 ? axis + rank : axis;
  if (axis < 0 || axis >= rank)
    fail_shape_inference("attribute 'axis' does not fit the operand's rank, ", rank);
  auto *result = context.getOutputType(output)->mutable_tensor_type()->mutable_shape();
  *result = *shape;
  for (int64_t i = axis; i < rank; ++i)
    result->mutable_dim(static_cast<int>(i))->set_dim_value(1);
}

static void inferSkip(InferenceContext &context) {
  requireRank(context, 0, 2, 3);
  setLike(context, 0, 0);
  inferStatistics(context, 1, -1);
  inferStatistics(context, 2, -1);
  setLike(context, 3, 0);
}

/// The declaration of a normalisation of a sum: with a `beta` to add behind it, or without.
static Operator skipNormalization(const char *name, const char *doc, bool hasBeta) {
  Operator op = normalization(name, doc);
  op.input("input", "T", "(batch, sequence, hidden) or (tokens, hidden)")
      .input("skip", "T", "the residual, broadcast to the operand")
      .input("gamma", "T", "(hidden)");
  if (hasBeta)
    op.optionalInput("beta", "T", "(hidden)");
  return op.optionalInput("bias", "T", "(hidden)")
      .output("output", "T")
      .optionalOutput("mean", "U")
      .optionalOutput("inv_std_var", "U")
      .optionalOutput("input_skip_bias_sum", "T")
      .number("epsilon", 1e-12f)
      .types("T", smallFloats())
      .types("U", tensors({"float"}));
}

/// 1 / sqrt(mean(S^2) + epsilon) of the last dimensions, which RMSNormalization does not give.
static void addInverseRms(Body &body, const std::string &of, const std::string &result,
                          const std::string &axes) {
  body.add("RmsX = Cast <to = 1> (" + of +
           ")  RmsX2 = Mul(RmsX, RmsX)  RmsMean = ReduceMean(RmsX2, " + axes + ")");
  body.number("RmsEpsilon", body.number("epsilon"));
  body.add("RmsSum = Add(RmsMean, RmsEpsilon)  RmsRoot = Sqrt(RmsSum)  " + result +
           " = Reciprocal(RmsRoot)");
}

/// The operand plus the residual plus, where there is one, a bias.
static void addSkipSum(Body &body) {
  if (body.has("bias"))
    body.add("InputSkip = Add(input, skip)  S = Add(InputSkip, bias)");
  else
    body.add("S = Add(input, skip)");
  if (body.hasOutput("input_skip_bias_sum"))
    body.add("input_skip_bias_sum = Identity(S)");
}

static bool writeSimplified(Body &body) {
  body.add("Y = RMSNormalization <axis : int = @axis, epsilon : float = @epsilon, "
           "stash_type : int = @stash_type> (X, scale)");
  if (!body.hasOutput("inv_std_var"))
    return true;
  auto rank = body.rank("X");
  if (!rank)
    return false;
  std::vector<int64_t> axes;
  int64_t axis = body.integer("axis");
  for (int64_t i = axis < 0 ? axis + *rank : axis; i < *rank; ++i)
    axes.push_back(i);
  body.ints("Axes", axes);
  addInverseRms(body, "X", "inv_std_var", "Axes");
  return true;
}

static void addSimplified(const char *domain) {
  normalization("SimplifiedLayerNormalization",
                "RMSNormalization, under the name it had before ONNX had it.", domain)
      .input("X", "T")
      .input("scale", "V")
      .output("Y", "V")
      .optionalOutput("inv_std_var", "U")
      .integer("axis", -1)
      .number("epsilon", 1e-5f)
      .integer("stash_type", 1)
      .types("T", allFloats())
      .types("V", allFloats())
      .types("U", tensors({"float"}))
      .infer([](InferenceContext &context) {
        ::onnx::propagateElemTypeFromInputToOutput(context, 1, 0);
        if (::onnx::hasInputShape(context, 0))
          ::onnx::propagateShapeFromInputToOutput(context, 0, 0);
        inferStatistics(context, 1, ::onnx::getAttribute(context, "axis", -1));
      })
      .body(writeSimplified)
      .define();
}

static bool writeEmbedding(Body &body) {
  body.add("Words = Gather(word_embedding, input_ids)");
  if (body.has("position_ids"))
    body.add("Positions = Gather(position_embedding, position_ids)");
  else
    body.ints("Zero", {0})
        .add("Length = Shape <start = 1, end = 2> (input_ids)  "
             "Positions = Slice(position_embedding, Zero, Length, Zero)");
  body.add("Placed = Add(Words, Positions)");
  if (body.has("segment_embedding"))
    body.add("Segments = Gather(segment_embedding, segment_ids)  S = Add(Placed, Segments)");
  else
    body.add("S = Identity(Placed)");
  body.add("output = LayerNormalization <axis = -1, epsilon : float = @epsilon> (S, gamma, beta)");
  if (body.hasOutput("embedding_sum"))
    body.add("embedding_sum = Identity(S)");
  if (!body.hasOutput("mask_index"))
    return true;
  // How many positions of a sequence the mask leaves; without a mask, 0.
  if (body.has("mask"))
    body.ints("Last", {1})
        .add("One = Constant <value_int = 1> ()  OneLike = CastLike(One, mask)  "
             "Kept = Equal(mask, OneLike)  KeptNumbers = Cast <to = 6> (Kept)  "
             "mask_index = ReduceSum <keepdims = 0> (KeptNumbers, Last)");
  else
    body.add("Batch = Shape <start = 0, end = 1> (input_ids)  "
             "mask_index = ConstantOfShape <value = int32[1] {0}> (Batch)");
  return true;
}

void addNormalizationSchemas() {
  // Where ONNX Runtime keeps it, and where it is looked for by the name of its documentation.
  addSimplified("");
  addSimplified(microsoftDomain);

  normalization("LayerNormalization",
                "What ONNX Runtime's optimizer wrote into models before opset 17 had the operator.",
                "")
      .input("X", "T")
      .input("Scale", "T")
      .optionalInput("B", "T")
      .output("Y", "T")
      .optionalOutput("Mean", "U")
      .optionalOutput("InvStdDev", "U")
      .integer("axis", -1)
      .number("epsilon", 1e-5f)
      .integer("stash_type", 1)
      .types("T", allFloats())
      .types("U", tensors({"float", "double", "bfloat16"}))
      .infer([](InferenceContext &context) {
        int64_t axis = ::onnx::getAttribute(context, "axis", -1);
        setLike(context, 0, 0);
        inferStatistics(context, 1, axis);
        inferStatistics(context, 2, axis);
      })
      .define();

  skipNormalization(
      "SkipLayerNormalization",
      "Layer normalisation of the sum of an operand, a residual and an optional bias.", true)
      .infer(inferSkip)
      .body([](Body &body) {
        addSkipSum(body);
        std::string results = "output";
        if (body.hasOutput("mean") || body.hasOutput("inv_std_var"))
          results += ", mean, inv_std_var";
        body.add(results +
                 " = LayerNormalization <axis = -1, epsilon : float = @epsilon> "
                 "(S, gamma" +
                 (body.has("beta") ? ", beta)" : ")"));
        return true;
      })
      .define();

  skipNormalization("SkipSimplifiedLayerNormalization",
                    "RMS normalisation of the sum of an operand, a residual and an optional bias.",
                    false)
      .infer([](InferenceContext &context) {
        refuseOutput(context, 1, "mean");
        inferSkip(context);
      })
      .body([](Body &body) {
        addSkipSum(body);
        body.add("output = RMSNormalization <axis = -1, epsilon : float = @epsilon> (S, gamma)");
        if (body.hasOutput("inv_std_var")) {
          body.ints("Axes", {-1});
          addInverseRms(body, "S", "inv_std_var", "Axes");
        }
        return true;
      })
      .define();

  normalization(
      "EmbedLayerNormalization",
      "Layer normalisation of the sum of a word's, a position's and an optional segment's "
      "embedding.")
      .input("input_ids", "T1", "(batch, sequence)")
      .optionalInput("segment_ids", "T1", "(batch, sequence)")
      .input("word_embedding", "T", "(words, hidden)")
      .input("position_embedding", "T", "(positions, hidden)")
      .optionalInput("segment_embedding", "T", "(segments, hidden)")
      .input("gamma", "T", "(hidden)")
      .input("beta", "T", "(hidden)")
      .optionalInput("mask", "T1", "(batch, sequence)")
      .optionalInput("position_ids", "T1", "(batch or 1, sequence)")
      .output("output", "T", "(batch, sequence, hidden)")
      .optionalOutput("mask_index", "T1", "(batch)")
      .optionalOutput("embedding_sum", "T", "what is normalised")
      .optional("mask_index_type", AttributeProto::INT)
      .number("epsilon", 1e-12f)
      .types("T1", tensors({"int32"}))
      .types("T", tensors({"float", "float16"}))
      .infer([](InferenceContext &context) {
        requireRank(context, 0, 2, 2);
        requireRank(context, 2, 2, 2);
        if (context.hasInput(1) != context.hasInput(4))
          fail_shape_inference("'segment_ids' and 'segment_embedding' belong together");
        for (size_t output : {0, 2})
          if (output < context.getNumOutputs())
            ::onnx::propagateElemTypeFromInputToOutput(context, 2, output);
        if (context.getNumOutputs() > 1)
          ::onnx::propagateElemTypeFromInputToOutput(context, 0, 1);
        const auto *ids = shapeOf(context, 0), *words = shapeOf(context, 2);
        if (!ids || !words)
          return;
        for (size_t output : {0, 2})
          if (output < context.getNumOutputs()) {
            auto *shape = context.getOutputType(output)->mutable_tensor_type()->mutable_shape();
            *shape = *ids;
            *shape->add_dim() = words->dim(1);
          }
        if (context.getNumOutputs() > 1)
          *context.getOutputType(1)->mutable_tensor_type()->mutable_shape()->add_dim() =
              ids->dim(0);
      })
      .body(writeEmbedding)
      .define();
}

} // namespace azulejo::schemas
