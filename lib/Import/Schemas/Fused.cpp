//===- Fused.cpp - Contractions with what stands around them; channels last -------------------===//
#include "lib/Import/Schemas/Operator.h"
#include <algorithm>
#include <numeric>

using ::onnx::AttributeProto;

namespace azulejo::schemas {

static Operator fused(const char *name, const char *doc) { return Operator(name, __FILE__, doc); }

//===------------------------------------------------------------------------------------------===//
// Activations by name
//===------------------------------------------------------------------------------------------===//

/// Activations that ONNX Runtime fuses into a contraction. Parameters that are not given have the
/// activation's own defaults. False for a name that is none.
static bool addActivation(Body &body, const std::string &name, const std::vector<float> &parameters,
                          const std::string &like, const std::string &from, const std::string &to) {
  auto parameter = [&](size_t index, float standard) {
    return index < parameters.size() ? parameters[index] : standard;
  };
  if (name.empty()) {
    body.add(to + " = Identity(" + from + ")");
  } else if (name == "Relu" || name == "Tanh" || name == "Sigmoid" || name == "HardSwish" ||
             name == "Softplus") {
    body.add(to + " = " + name + "(" + from + ")");
  } else if (name == "LeakyRelu" || name == "Elu") {
    body.add(to + " = " + name + " <" +
             attribute("alpha", parameter(0, name == "Elu" ? 1.0f : 0.01f)) + "> (" + from + ")");
  } else if (name == "HardSigmoid") {
    body.add(to + " = HardSigmoid <" + attribute("alpha", parameter(0, 0.2f)) + ", " +
             attribute("beta", parameter(1, 0.5f)) + "> (" + from + ")");
  } else if (name == "Clip" && parameters.size() >= 2) {
    body.numberLike("ClipLow", parameters[0], like).numberLike("ClipHigh", parameters[1], like);
    body.add(to + " = Clip(" + from + ", ClipLow, ClipHigh)");
  } else {
    return false;
  }
  return true;
}

static void checkActivation(::onnx::InferenceContext &context) {
  const AttributeProto *given = context.getAttribute("activation");
  static const char *const known[] = {"",          "Relu", "Tanh",        "Sigmoid", "HardSwish",
                                      "LeakyRelu", "Elu",  "HardSigmoid", "Clip",    "Softplus"};
  if (given && std::find(std::begin(known), std::end(known), given->s()) == std::end(known))
    fail_shape_inference("activation '", given->s(), "' is not supported");
}

//===------------------------------------------------------------------------------------------===//
// Matrices
//===------------------------------------------------------------------------------------------===//

/// A matrix operand in the form that MatMul takes. With `batchFirst` its first dimension stands
/// behind the batch's.
static bool addMatrix(Body &body, const std::string &name, bool transposed, bool batchFirst) {
  auto rank = body.rank(name);
  if (!rank)
    return false;
  std::vector<int64_t> order(*rank);
  std::iota(order.begin(), order.end(), 0);
  if (batchFirst && *rank > 2)
    std::rotate(order.begin(), order.begin() + 1, order.end() - 1);
  if (transposed && *rank > 1)
    std::swap(order[*rank - 2], order[*rank - 1]);
  body.add(name + "Matrix = Transpose <" + attribute("perm", order) + "> (" + name + ")");
  return true;
}

static bool writeMatMul(Body &body) {
  if (!addMatrix(body, "A", body.integer("transA"), body.integer("transBatchA")) ||
      !addMatrix(body, "B", body.integer("transB"), body.integer("transBatchB")))
    return false;
  if (float alpha = body.number("alpha"); alpha != 1) {
    body.numberLike("Alpha", alpha, "A");
    body.add("Product = MatMul(AMatrix, BMatrix)  Y = Mul(Product, Alpha)");
  } else {
    body.add("Y = MatMul(AMatrix, BMatrix)");
  }
  return true;
}

static void addMatrices() {
  fused("FusedMatMul", "alpha times the product of two matrices, each transposed where asked; "
                       "transBatch: its first dimension stands before the batch's.")
      .input("A", "T")
      .input("B", "T")
      .output("Y", "T")
      .number("alpha", 1)
      .integer("transA", 0)
      .integer("transB", 0)
      .integer("transBatchA", 0)
      .integer("transBatchB", 0)
      .types("T", allFloats())
      .body(writeMatMul)
      .define();

  fused("TransposeMatMul", "FusedMatMul, under its older name.")
      .input("A", "T")
      .input("B", "T")
      .output("Y", "T")
      .number("alpha", 1)
      .integer("transA", 0)
      .integer("transB", 0)
      .types("T", allFloats())
      .body(writeMatMul)
      .define();

  fused("FusedGemm", "Gemm, with an activation behind it.")
      .input("A", "T")
      .input("B", "T")
      .optionalInput("C", "T")
      .output("Y", "T")
      .number("alpha", 1)
      .number("beta", 1)
      .integer("transA", 0)
      .integer("transB", 0)
      .optional("activation", AttributeProto::STRING)
      .optional("activation_alpha", AttributeProto::FLOAT)
      .optional("activation_beta", AttributeProto::FLOAT)
      .optional("activation_gamma", AttributeProto::FLOAT)
      .types("T", allFloats())
      .check(checkActivation)
      .body([](Body &body) {
        body.add("S = Gemm <alpha : float = @alpha, beta : float = @beta, transA : int = @transA, "
                 "transB : int = @transB> (A, B" +
                 std::string(body.has("C") ? ", C)" : ")"));
        std::vector<float> parameters;
        for (const char *name : {"activation_alpha", "activation_beta"})
          if (body.hasAttribute(name))
            parameters.push_back(body.number(name));
        return addActivation(body, body.text("activation"), parameters, "A", "S", "Y");
      })
      .define();
}

//===------------------------------------------------------------------------------------------===//
// Images
//===------------------------------------------------------------------------------------------===//

static const char *const windowAttributes =
    "auto_pad : string = @auto_pad, dilations : ints = @dilations, kernel_shape : ints = "
    "@kernel_shape, pads : ints = @pads, strides : ints = @strides";

static Operator &addWindow(Operator &op) {
  return op.text("auto_pad", "NOTSET")
      .optional("dilations", AttributeProto::INTS)
      .optional("kernel_shape", AttributeProto::INTS)
      .optional("pads", AttributeProto::INTS)
      .optional("strides", AttributeProto::INTS);
}

/// `to` is `from` with its channels moved: behind the spatial dimensions, or back to the front.
static void moveChannels(Body &body, const std::string &from, const std::string &to, int64_t rank,
                         bool toFront) {
  std::vector<int64_t> order(rank);
  std::iota(order.begin(), order.end(), 0);
  if (toFront)
    std::rotate(order.begin() + 1, order.end() - 1, order.end());
  else
    std::rotate(order.begin() + 1, order.begin() + 2, order.end());
  body.add(to + " = Transpose <" + attribute("perm", order) + "> (" + from + ")");
}

/// A convolution, what is added to it, and an activation; with channels last X, Z and Y have them
/// there, and the filter stays as Conv has it.
static bool writeConv(Body &body, bool channelsLast) {
  auto rank = body.rank("X");
  if (!rank || *rank < 3)
    return false;
  std::string operand = "X", residual = "Z";
  if (channelsLast) {
    moveChannels(body, "X", "XFirst", *rank, true);
    operand = "XFirst";
    if (body.has("Z")) {
      moveChannels(body, "Z", "ZFirst", *rank, true);
      residual = "ZFirst";
    }
  }
  body.add(std::string("Sum = Conv <group : int = @group, ") + windowAttributes + "> (" + operand +
           ", W" + (body.has("B") ? ", B)" : ")"));
  if (body.has("Z"))
    body.add("Whole = Add(Sum, " + residual + ")");
  else
    body.add("Whole = Identity(Sum)");
  std::string result = channelsLast ? "YFirst" : "Y";
  if (!addActivation(body, body.text("activation"), body.numbers("activation_params"), "X", "Whole",
                     result))
    return false;
  if (channelsLast)
    moveChannels(body, "YFirst", "Y", *rank, false);
  return true;
}

static void addConvolution(const char *name, const char *doc, bool channelsLast, bool activates) {
  Operator op = fused(name, doc);
  op.input("X", "T").input("W", "T", "(M, C / group, k1, k2, …)").optionalInput("B", "T", "(M)");
  if (activates)
    op.optionalInput("Z", "T", "added to the convolution")
        .optional("activation", AttributeProto::STRING)
        .optional("activation_params", AttributeProto::FLOATS)
        .check(checkActivation);
  op.output("Y", "T").integer("group", 1);
  addWindow(op)
      .types("T", tensors({"float", "float16", "double"}))
      .body([channelsLast](Body &body) { return writeConv(body, channelsLast); })
      .define();
}

static void addImages() {
  addConvolution("FusedConv", "Conv, with a residual and an activation behind it.", false, true);
  addConvolution("NhwcConv", "Conv, with channels last.", true, false);
  addConvolution("NhwcFusedConv", "FusedConv, with channels last.", true, true);

  Operator pool = fused("NhwcMaxPool", "MaxPool of bytes, with channels last.");
  pool.input("x", "T").output("y", "T").integer("ceil_mode", 0);
  addWindow(pool)
      .types("T", bytes())
      .body([](Body &body) {
        auto rank = body.rank("x");
        if (!rank || *rank < 3)
          return false;
        moveChannels(body, "x", "First", *rank, true);
        body.add(std::string("Pooled = MaxPool <ceil_mode : int = @ceil_mode, ") +
                 windowAttributes + "> (First)");
        moveChannels(body, "Pooled", "y", *rank, false);
        return true;
      })
      .define();

  Operator linear = fused("QLinearConv", "ONNX's QLinearConv, which may have channels last.");
  linear.input("x", "T1")
      .input("x_scale", "tensor(float)")
      .input("x_zero_point", "T1")
      .input("w", "T2", "(M, C / group, k1, k2, …)")
      .input("w_scale", "tensor(float)")
      .input("w_zero_point", "T2")
      .input("y_scale", "tensor(float)")
      .input("y_zero_point", "T3")
      .optionalInput("B", "T4")
      .output("y", "T3")
      .integer("channels_last", 0)
      .integer("group", 1);
  addWindow(linear)
      .types("T1", bytes())
      .types("T2", bytes())
      .types("T3", bytes())
      .types("T4", tensors({"int32"}))
      .body([](Body &body) {
        auto rank = body.rank("x");
        bool last = body.integer("channels_last");
        if (!rank || *rank < 3)
          return false;
        if (last)
          moveChannels(body, "x", "xFirst", *rank, true);
        body.add(std::string(last ? "yFirst" : "y") + " = QLinearConv <group : int = @group, " +
                 windowAttributes + "> (" + (last ? "xFirst" : "x") +
                 ", x_scale, x_zero_point, w, w_scale, w_zero_point, y_scale, y_zero_point" +
                 (body.has("B") ? ", B)" : ")"));
        if (last)
          moveChannels(body, "yFirst", "y", *rank, false);
        return true;
      })
      .define();
}

void addFusedSchemas() {
  addMatrices();
  addImages();
}

} // namespace azulejo::schemas
