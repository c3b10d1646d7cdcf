//===- Quantization.cpp - Operators on bytes with a scale and a zero point --------------------===//
#include "lib/Import/Schemas/Operator.h"
#include <numeric>

using ::onnx::AttributeProto;

namespace azulejo::schemas {

static Operator quantized(const char *name, const char *doc) {
  return Operator(name, __FILE__, doc);
}

/// `result` is what the bytes `value` stand for. The zero point may be absent.
static void dequantize(Body &body, const std::string &result, const std::string &value,
                       const std::string &scale, const std::string &zeroPoint) {
  body.add(result + " = DequantizeLinear(" + value + ", " + scale +
           (zeroPoint.empty() ? ")" : ", " + zeroPoint + ")"));
}

/// `result` is `value` as bytes of the type that the input `like` has.
static void quantize(Body &body, const std::string &result, const std::string &value,
                     const std::string &scale, const std::string &zeroPoint,
                     const std::string &like) {
  body.add(result + " = QuantizeLinear <" +
           attribute("output_dtype", static_cast<int64_t>(body.elementType(like))) + "> (" + value +
           ", " + scale + (zeroPoint.empty() ? ")" : ", " + zeroPoint + ")"));
}

//===------------------------------------------------------------------------------------------===//
// QuantizeLinear, DequantizeLinear
//===------------------------------------------------------------------------------------------===//

/// ONNX's own, of the 16- and 4-bit types that it did not have for long. Without `axis` scale and
/// zero point are numbers, also where they are written as lists of one.
static bool writeLinear(Body &body, const char *opType, const char *scale, const char *zeroPoint,
                        const char *result) {
  std::string operands[2] = {scale, body.orNothing(zeroPoint)}, axis;
  if (body.hasAttribute("axis")) {
    axis = "<axis : int = @axis> ";
  } else {
    for (std::string &operand : operands) {
      auto rank = operand.empty() ? std::optional<int64_t>(0) : body.rank(operand);
      if (!rank)
        return false;
      if (*rank == 0)
        continue;
      body.add(operand + "Number = Squeeze(" + operand + ")");
      operand += "Number";
    }
  }
  body.add(std::string(result) + " = " + opType + " " + axis + "(x, " + operands[0] +
           (operands[1].empty() ? ")" : ", " + operands[1] + ")"));
  return true;
}

static void addLinear() {
  quantized("QuantizeLinear", "ONNX's QuantizeLinear. Without `axis` one scale is for all.")
      .input("x", "T1")
      .input("y_scale", "T1")
      .optionalInput("y_zero_point", "T2")
      .output("y", "T2")
      .optional("axis", AttributeProto::INT)
      .types("T1", tensors({"float", "float16"}))
      .types("T2", tensors({"int8", "uint8", "int16", "uint16", "int4", "uint4"}))
      .body([](Body &body) {
        return writeLinear(body, "QuantizeLinear", "y_scale", "y_zero_point", "y");
      })
      .define();

  quantized("DequantizeLinear", "ONNX's DequantizeLinear. Without `axis` one scale is for all.")
      .input("x", "T1")
      .input("x_scale", "T2")
      .optionalInput("x_zero_point", "T1")
      .output("y", "T2")
      .optional("axis", AttributeProto::INT)
      .types("T1", tensors({"int8", "uint8", "int16", "uint16", "int32", "int4", "uint4"}))
      .types("T2", tensors({"float", "float16"}))
      .body([](Body &body) {
        return writeLinear(body, "DequantizeLinear", "x_scale", "x_zero_point", "y");
      })
      .define();
}

//===------------------------------------------------------------------------------------------===//
// Elementwise
//===------------------------------------------------------------------------------------------===//

static void addBinary(const char *name, const char *opType, const char *doc) {
  quantized(name, doc)
      .input("A", "T")
      .input("A_scale", "tensor(float)")
      .optionalInput("A_zero_point", "T")
      .input("B", "T")
      .input("B_scale", "tensor(float)")
      .optionalInput("B_zero_point", "T")
      .input("C_scale", "tensor(float)")
      .optionalInput("C_zero_point", "T")
      .output("C", "T")
      .types("T", bytes())
      .body([opType](Body &body) {
        dequantize(body, "X", "A", "A_scale", body.orNothing("A_zero_point"));
        dequantize(body, "Y", "B", "B_scale", body.orNothing("B_zero_point"));
        body.add(std::string("Z = ") + opType + "(X, Y)");
        quantize(body, "C", "Z", "C_scale", body.orNothing("C_zero_point"), "A");
        return true;
      })
      .define();
}

static Operator unary(const char *name, const char *doc) {
  return quantized(name, doc)
      .input("X", "T")
      .input("X_scale", "tensor(float)")
      .optionalInput("X_zero_point", "T")
      .input("Y_scale", "tensor(float)")
      .optionalInput("Y_zero_point", "T")
      .output("Y", "T")
      .types("T", bytes())
      .infer(sameAs());
}

/// `nodes` make "R" of "V".
static bool writeUnary(Body &body, const std::string &nodes) {
  dequantize(body, "V", "X", "X_scale", body.orNothing("X_zero_point"));
  body.add(nodes);
  quantize(body, "Y", "R", "Y_scale", body.orNothing("Y_zero_point"), "X");
  return true;
}

static void addElementwise() {
  addBinary("QLinearAdd", "Add", "A + B, with broadcasting.");
  addBinary("QLinearMul", "Mul", "A * B, with broadcasting.");

  unary("QLinearSigmoid", "Sigmoid.")
      .body([](Body &body) { return writeUnary(body, "R = Sigmoid(V)"); })
      .define();
  unary("QLinearLeakyRelu", "LeakyRelu.")
      .number("alpha", 0.01f)
      .body(
          [](Body &body) { return writeUnary(body, "R = LeakyRelu <alpha : float = @alpha> (V)"); })
      .define();

  quantized("QLinearWhere", "X where the condition holds, Y elsewhere, with broadcasting.")
      .input("condition", "B")
      .input("X", "T")
      .input("x_scale", "TF")
      .input("x_zero_point", "T")
      .input("Y", "T")
      .input("y_scale", "TF")
      .input("y_zero_point", "T")
      .input("z_scale", "TF")
      .input("z_zero_point", "T")
      .output("Z", "T")
      .types("B", tensors({"bool"}))
      .types("TF", tensors({"float"}))
      .types("T", bytes())
      .body([](Body &body) {
        dequantize(body, "V", "X", "x_scale", "x_zero_point");
        dequantize(body, "W", "Y", "y_scale", "y_zero_point");
        body.add("R = Where(condition, V, W)");
        quantize(body, "Z", "R", "z_scale", "z_zero_point", "X");
        return true;
      })
      .define();
}

//===------------------------------------------------------------------------------------------===//
// Reductions and movement
//===------------------------------------------------------------------------------------------===//

static bool writeSoftmax(Body &body) {
  dequantize(body, "V", "X", "X_scale", body.orNothing("x_zero_point"));
  // Before opset 13 Softmax was that of a matrix.
  if (body.integer("opset") < 13)
    body.add("M = Flatten <axis : int = @axis> (V)  S = Softmax <axis = 1> (M)  Sizes = Shape(X)  "
             "R = Reshape(S, Sizes)");
  else
    body.add("R = Softmax <axis : int = @axis> (V)");
  quantize(body, "Y", "R", "y_scale", "y_zero_point", "X");
  return true;
}

static bool writeGlobalAverage(Body &body) {
  auto rank = body.rank("X");
  if (!rank || *rank < 3)
    return false;
  std::vector<int64_t> axes(*rank - 2);
  std::iota(axes.begin(), axes.end(), body.integer("channels_last") ? 1 : 2);
  dequantize(body, "V", "X", "x_scale", "x_zero_point");
  body.ints("Axes", axes).add("R = ReduceMean(V, Axes)");
  quantize(body, "Y", "R", "y_scale", "y_zero_point", "X");
  return true;
}

static bool writeAverage(Body &body) {
  auto rank = body.rank("X");
  if (!rank || *rank < 3)
    return false;
  bool last = body.integer("channels_last");
  std::vector<int64_t> toFront = {0, *rank - 1}, toBack = {0};
  for (int64_t i = 1; i < *rank; ++i) {
    if (i < *rank - 1)
      toFront.push_back(i);
    if (i > 1)
      toBack.push_back(i);
  }
  toBack.push_back(1);
  dequantize(body, "V", "X", "x_scale", body.orNothing("x_zero_point"));
  std::string operand = "V", result = "R";
  if (last) {
    body.add("VFirst = Transpose <" + attribute("perm", toFront) + "> (V)");
    operand = "VFirst", result = "RFirst";
  }
  body.add(result +
           " = AveragePool <auto_pad : string = @auto_pad, ceil_mode : int = @ceil_mode, "
           "count_include_pad : int = @count_include_pad, kernel_shape : ints = @kernel_shape, "
           "pads : ints = @pads, strides : ints = @strides> (" +
           operand + ")");
  if (last)
    body.add("R = Transpose <" + attribute("perm", toBack) + "> (RFirst)");
  quantize(body, "Y", "R", "y_scale", body.orNothing("y_zero_point"), "X");
  return true;
}

/// What comes in is triples: bytes, their scale, their zero point.
static bool writeConcat(Body &body) {
  int count = body.variadicSize();
  std::string parts;
  for (int i = 0; i + 2 < count; i += 3) {
    std::string part = "Part" + std::to_string(i);
    dequantize(body, part, body.variadic(i), body.variadic(i + 1), body.variadic(i + 2));
    parts += (i ? ", " : "") + part;
  }
  body.add("R = Concat <axis : int = @axis> (" + parts + ")");
  quantize(body, "Y", "R", "Y_scale", "Y_zero_point", "Y_zero_point");
  return true;
}

static void addReductions() {
  quantized("QLinearSoftmax", "Softmax; `opset` says of which version of ONNX's operator.")
      .input("X", "T")
      .input("X_scale", "tensor(float)")
      .optionalInput("x_zero_point", "T")
      .input("y_scale", "tensor(float)")
      .input("y_zero_point", "T")
      .output("Y", "T")
      .integer("axis", -1)
      .required("opset", AttributeProto::INT)
      .types("T", bytes())
      .infer(sameAs())
      .body(writeSoftmax)
      .define();

  quantized("QLinearReduceMean", "ReduceMean.")
      .input("data", "T")
      .input("data_scale", "tensor(float)")
      .optionalInput("data_zero_point", "T")
      .input("reduced_scale", "tensor(float)")
      .optionalInput("reduced_zero_point", "T")
      .output("reduced", "T")
      .required("axes", AttributeProto::INTS)
      .required("keepdims", AttributeProto::INT)
      .types("T", bytes())
      .body([](Body &body) {
        dequantize(body, "V", "data", "data_scale", body.orNothing("data_zero_point"));
        body.ints("Axes", body.integers("axes"))
            .add("R = ReduceMean <keepdims : int = @keepdims> (V, Axes)");
        quantize(body, "reduced", "R", "reduced_scale", body.orNothing("reduced_zero_point"),
                 "data");
        return true;
      })
      .define();

  quantized("QLinearGlobalAveragePool", "The mean over the spatial dimensions.")
      .input("X", "T")
      .input("x_scale", "tensor(float)")
      .input("x_zero_point", "T")
      .input("y_scale", "tensor(float)")
      .input("y_zero_point", "T")
      .output("Y", "T")
      .integer("channels_last", 0)
      .types("T", bytes())
      .body(writeGlobalAverage)
      .define();

  quantized("QLinearAveragePool", "AveragePool, which may have channels last.")
      .input("X", "T")
      .input("x_scale", "tensor(float)")
      .optionalInput("x_zero_point", "T")
      .input("y_scale", "tensor(float)")
      .optionalInput("y_zero_point", "T")
      .output("Y", "T")
      .text("auto_pad", "NOTSET")
      .integer("ceil_mode", 0)
      .integer("channels_last", 0)
      .integer("count_include_pad", 0)
      .required("kernel_shape", AttributeProto::INTS)
      .optional("pads", AttributeProto::INTS)
      .optional("strides", AttributeProto::INTS)
      .types("T", bytes())
      .body(writeAverage)
      .define();

  quantized("QLinearConcat", "Concat of tensors with scales of their own.")
      .input("Y_scale", "TF")
      .input("Y_zero_point", "T8")
      .variadicInput("inputs", "TV", "for each part its bytes, its scale and its zero point")
      .output("Y", "T8")
      .required("axis", AttributeProto::INT)
      .types("T8", bytes())
      .types("TF", tensors({"float"}))
      .types("TV", tensors({"uint8", "int8", "float"}))
      .check([](::onnx::InferenceContext &context) {
        if (context.getNumInputs() < 5 || (context.getNumInputs() - 2) % 3 != 0)
          fail_shape_inference("'inputs' are ", context.getNumInputs() - 2,
                               " values, and a part has three");
      })
      .body(writeConcat)
      .define();
}

void addQuantizationSchemas() {
  addLinear();
  addElementwise();
  addReductions();
}

} // namespace azulejo::schemas
