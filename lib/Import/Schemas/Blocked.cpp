//===- Blocked.cpp - Weights of few bits, in blocks, and products of bytes --------------------===//
#include "lib/Import/Schemas/Bits.h"
#include "lib/Import/Schemas/Operator.h"

using ::onnx::AttributeProto;
using ::onnx::InferenceContext;
using ::onnx::TensorProto;

namespace azulejo::schemas {

static Operator blocked(const char *name, const char *doc) { return Operator(name, __FILE__, doc); }

void unpackBits(Body &body, const std::string &from, const std::string &to, int64_t bits,
                const std::string &shape) {
  if (bits == 8) {
    body.add(to + " = Reshape(" + from + ", " + shape + ")");
    return;
  }
  std::vector<int64_t> shifts;
  for (int64_t shift = 0; shift < 8; shift += bits)
    shifts.push_back(shift);
  std::string own = to + "_";
  body.ints(own + "i", shifts).ints(own + "last", {-1}).integer(own + "m", (1 << bits) - 1);
  body.add(own + "shifts = Cast <to = 2> (" + own + "i)  " + own + "mask = Cast <to = 2> (" + own +
           "m)  " + own + "bytes = Unsqueeze(" + from + ", " + own + "last)  " + own +
           "moved = BitShift <direction = \"RIGHT\"> (" + own + "bytes, " + own + "shifts)  " +
           own + "each = BitwiseAnd(" + own + "moved, " + own + "mask)  " + to + " = Reshape(" +
           own + "each, " + shape + ")");
}

static void requireBits(InferenceContext &context, const char *attribute) {
  const AttributeProto *given = context.getAttribute(attribute);
  if (given && given->i() != 2 && given->i() != 4 && given->i() != 8)
    fail_shape_inference("attribute '", attribute, "' is ", given->i(),
                         ", and only 2, 4 and 8 are supported");
}

//===------------------------------------------------------------------------------------------===//
// MatMulNBits
//===------------------------------------------------------------------------------------------===//

static bool writeMatMulNBits(Body &body) {
  int64_t k = body.integer("K"), n = body.integer("N"), block = body.integer("block_size"),
          bits = body.integer("bits"), blocks = (k + block - 1) / block, width = blocks * block;
  body.ints("WeightShape", {n, width}).ints("BlockShape", {n, blocks});
  unpackBits(body, "B", "Numbers", bits, "WeightShape");
  body.add("Scales = Reshape(scales, BlockShape)");
  bool isPacked = body.elementType("zero_points") == TensorProto::UINT8;
  if (body.has("zero_points") && !isPacked) {
    // Zero points that are no whole numbers.
    body.ints("SplitShape", {n, blocks, block}).ints("Last", {2});
    body.add("Split = Reshape(Numbers, SplitShape)  Floats = CastLike(Split, A)  "
             "Zeros2 = Reshape(zero_points, BlockShape)  Zeros = Unsqueeze(Zeros2, Last)  "
             "Factors = Unsqueeze(Scales, Last)  Centered = Sub(Floats, Zeros)  "
             "Scaled = Mul(Centered, Factors)  Weight = Reshape(Scaled, WeightShape)");
  } else {
    if (body.has("zero_points")) {
      int64_t perByte = 8 / bits, bytes = (blocks + perByte - 1) / perByte;
      body.ints("ZeroShape", {n, bytes * perByte})
          .ints("Front", {0})
          .ints("Blocks", {blocks})
          .ints("One", {1});
      unpackBits(body, "zero_points", "Zeros2", bits, "ZeroShape");
      body.add("Zeros = Slice(Zeros2, Front, Blocks, One)");
    } else {
      body.integer("Middle64", int64_t(1) << (bits - 1));
      body.add("Middle = Cast <to = 2> (Middle64)  Zeros = Expand(Middle, BlockShape)");
    }
    body.add("Weight = DequantizeLinear <axis = 1, " + attribute("block_size", block) +
             "> (Numbers, Scales, Zeros)");
  }
  std::string weight = "Weight";
  if (width != k) {
    body.ints("RowFront", {0}).ints("RowEnd", {k}).ints("RowAxis", {1});
    body.add("Whole = Slice(Weight, RowFront, RowEnd, RowAxis)");
    weight = "Whole";
  }
  body.add("Right = Transpose <perm = [1, 0]> (" + weight + ")");
  body.add(body.has("bias") ? "Product = MatMul(A, Right)  Y = Add(Product, bias)"
                            : "Y = MatMul(A, Right)");
  return true;
}

static void addMatMulNBits() {
  blocked("MatMulNBits",
          "A times the transpose of a matrix of 2-, 4- or 8-bit numbers with a scale, "
          "and perhaps a zero point, for each block of a row.")
      .input("A", "T1")
      .input("B", "T2", "(N, blocks, bytes of a block)")
      .input("scales", "T1", "(N, blocks)")
      .optionalInput("zero_points", "T3", "packed as B is, or numbers of A's type; else the middle")
      .optionalInput("g_idx", "T4")
      .optionalInput("bias", "T1", "(N)")
      .output("Y", "T1")
      .required("K", AttributeProto::INT)
      .required("N", AttributeProto::INT)
      .required("block_size", AttributeProto::INT)
      .integer("accuracy_level", 0, "what A may be rounded to; it never is")
      .integer("bits", 4)
      .integer("weight_prepacked", 0)
      .types("T1", smallFloats())
      .types("T2", tensors({"uint8"}))
      .types("T3", tensors({"uint8", "float", "float16", "bfloat16"}))
      .types("T4", tensors({"int32"}))
      .check([](InferenceContext &context) {
        requireBits(context, "bits");
        for (const char *name : {"K", "N", "block_size"})
          requirePositive(context, name);
        requireInteger(context, "weight_prepacked", 0);
        refuseInput(context, 4, "g_idx");
      })
      .body(writeMatMulNBits)
      .define();
}

//===------------------------------------------------------------------------------------------===//
// GatherBlockQuantized
//===------------------------------------------------------------------------------------------===//

/// Gathers bytes, scales and zero points, and dequantises what was gathered. An index that is none
/// gives zeros.
static bool writeGather(Body &body) {
  auto rank = body.rank("data"), count = body.rank("indices");
  if (!rank || !count)
    return false;
  int64_t gatherAxis = body.integer("gather_axis"), axis = body.integer("quantize_axis"),
          bits = body.integer("bits");
  gatherAxis += gatherAxis < 0 ? *rank : 0;
  axis += axis < 0 ? *rank : 0;
  bool isPacked = body.elementType("data") == TensorProto::UINT8;
  if (gatherAxis == axis || (isPacked && axis != *rank - 1))
    return false;
  std::string along = "<" + attribute("axis", gatherAxis) + "> ";
  body.integer("None", 0);
  body.add(
      "Index = Cast <to = 7> (indices)  Size1 = Shape <" + attribute("start", gatherAxis) + ", " +
      attribute("end", gatherAxis + 1) +
      "> (data)  Size = Squeeze(Size1)  Lowest = Neg(Size)  NotLow = LessOrEqual(Lowest, Index)"
      "  NotHigh = Less(Index, Size)  Valid = And(NotLow, NotHigh)  "
      "Safe = Where(Valid, Index, None)");
  // Gather knows no numbers of less than a byte.
  std::string table = "data", tableZeros = "zero_points";
  if (!isPacked) {
    std::string type = body.elementType("data") == TensorProto::INT4 ? "3" : "2";
    body.add("Table = Cast <to = " + type + "> (data)"), table = "Table";
    if (body.has("zero_points"))
      body.add("TableZeros = Cast <to = " + type + "> (zero_points)"), tableZeros = "TableZeros";
  }
  body.add("Taken = Gather " + along + "(" + table + ", Safe)  Scales = Gather " + along +
           "(scales, Safe)");
  std::string numbers = "Taken", zeros;
  int64_t resultRank = *rank + *count - 1,
          resultAxis = axis < gatherAxis ? axis : axis + *count - 1;
  if (body.has("zero_points"))
    body.add("Zeros = Gather " + along + "(" + tableZeros + ", Safe)"), zeros = "Zeros";
  if (isPacked) {
    std::vector<int64_t> shape(resultRank, 0);
    shape.back() = -1;
    body.ints("Unpacked", shape);
    unpackBits(body, "Taken", "Numbers", bits, "Unpacked");
    numbers = "Numbers";
    if (zeros.empty()) {
      body.integer("Middle64", int64_t(1) << (bits - 1));
      body.add("Middle = Cast <to = 2> (Middle64)  ScalesShape = Shape(Scales)  "
               "AllZeros = Expand(Middle, ScalesShape)");
    } else {
      unpackBits(body, "Zeros", "EachZero", bits, "Unpacked");
      body.ints("Front", {0}).ints("Axis", {resultRank - 1});
      body.add("Blocks = Shape <" + attribute("start", resultRank - 1) +
               "> (Scales)  AllZeros = Slice(EachZero, Front, Blocks, Axis)");
    }
    zeros = "AllZeros";
  }
  body.add("Result = DequantizeLinear <" + attribute("axis", resultAxis) +
           ", block_size : int = @block_size> (" + numbers + ", Scales" +
           (zeros.empty() ? ")" : ", " + zeros + ")"));
  std::string valid = "Valid";
  if (int64_t behind = *rank - 1 - gatherAxis) {
    std::vector<int64_t> axes;
    for (int64_t i = 0; i < behind; ++i)
      axes.push_back(*count + i);
    body.ints("Behind", axes).add("ValidRows = Unsqueeze(Valid, Behind)");
    valid = "ValidRows";
  }
  body.numberLike("Nothing", 0, "scales");
  body.add("output = Where(" + valid + ", Result, Nothing)");
  return true;
}

static void addGather() {
  blocked("GatherBlockQuantized", "Gather from a table of 2-, 4- or 8-bit numbers with a scale for "
                                  "each block along an axis.")
      .input("data", "T1", "uint8: packed along its last dimension")
      .input("indices", "Tind", "one that is out of range gives zeros")
      .input("scales", "T2")
      .optionalInput("zero_points", "T1", "else 0, or the middle for uint8")
      .output("output", "T2")
      .integer("bits", 4)
      .integer("block_size", 128)
      .integer("gather_axis", 0)
      .integer("quantize_axis", 1)
      .types("T1", tensors({"int4", "uint4", "uint8"}))
      .types("T2", smallFloats())
      .types("Tind", tensors({"int32", "int64"}))
      .check([](InferenceContext &context) {
        requireBits(context, "bits");
        requirePositive(context, "block_size");
        const auto *shape = shapeOf(context, 0);
        if (!shape)
          return;
        int64_t rank = shape->dim_size(), gather = ::onnx::getAttribute(context, "gather_axis", 0),
                quantize = ::onnx::getAttribute(context, "quantize_axis", 1);
        for (int64_t axis : {gather, quantize})
          if (axis < -rank || axis >= rank)
            fail_shape_inference("axis ", axis, " does not fit the table's rank, ", rank);
        gather += gather < 0 ? rank : 0;
        quantize += quantize < 0 ? rank : 0;
        if (gather == quantize)
          fail_shape_inference("'gather_axis' and 'quantize_axis' are the same");
        if (context.getInputType(0)->tensor_type().elem_type() == TensorProto::UINT8 &&
            quantize != rank - 1)
          fail_shape_inference("bytes are packed along the last axis, and 'quantize_axis' is ",
                               quantize);
      })
      .body(writeGather)
      .define();
}

//===------------------------------------------------------------------------------------------===//
// Products of bytes
//===------------------------------------------------------------------------------------------===//

/// `result`: the whole numbers in `product`, scaled by two factors, plus the bias if there is one.
static void scaleProduct(Body &body, const char *result, const char *like, const char *first,
                         const char *second) {
  body.add(std::string("Floats = CastLike(Product, ") + like + ")  Factor = Mul(" + first + ", " +
           second + ")");
  if (body.has("bias"))
    body.add(std::string("Scaled = Mul(Floats, Factor)  ") + result + " = Add(Scaled, bias)");
  else
    body.add(std::string(result) + " = Mul(Floats, Factor)");
}

static bool writeQGemm(Body &body) {
  for (const char *name : {"A", "B"})
    body.add(
        std::string(name) + "Matrix = " +
        (body.integer(std::string("trans") + name) ? "Transpose <perm = [1, 0]> (" : "Identity(") +
        name + ")");
  body.add("Sum = MatMulInteger(AMatrix, BMatrix, a_zero_point, b_zero_point)");
  body.add(body.has("C") ? "Product = Add(Sum, C)" : "Product = Identity(Sum)");
  body.number("Alpha", body.number("alpha"));
  body.add("Floats = Cast <to = 1> (Product)  Scales = Mul(a_scale, b_scale)  "
           "Factor = Mul(Scales, Alpha)");
  if (!body.has("y_zero_point")) {
    body.add("Y = Mul(Floats, Factor)");
    return true;
  }
  body.add("Result = Mul(Floats, Factor)  Y = QuantizeLinear(Result, y_scale, y_zero_point)");
  return true;
}

static void addProducts() {
  blocked("MatMulIntegerToFloat",
          "The product of two matrices of bytes, as floats, plus an optional "
          "bias. Scales are numbers or lists of one for each column.")
      .input("A", "T1")
      .input("B", "T2")
      .input("a_scale", "T3")
      .input("b_scale", "T3")
      .optionalInput("a_zero_point", "T1")
      .optionalInput("b_zero_point", "T2")
      .optionalInput("bias", "T3")
      .output("Y", "T3")
      .types("T1", bytes())
      .types("T2", bytes())
      .types("T3", tensors({"float", "float16"}))
      .body([](Body &body) {
        body.add("Product = MatMulInteger(A, B, " + body.orNothing("a_zero_point") + ", " +
                 body.orNothing("b_zero_point") + ")");
        scaleProduct(body, "Y", "a_scale", "a_scale", "b_scale");
        return true;
      })
      .define();

  blocked("DynamicQuantizeMatMul", "A, quantised with a scale that its elements decide, times a "
                                   "matrix of bytes, plus an optional bias.")
      .input("A", "T1")
      .input("B", "T2")
      .input("b_scale", "T1")
      .optionalInput("b_zero_point", "T2")
      .optionalInput("bias", "T1")
      .output("Y", "T1")
      .types("T1", tensors({"float"}))
      .types("T2", bytes())
      .body([](Body &body) {
        body.add("Bytes, Scale, Zero = DynamicQuantizeLinear(A)  "
                 "Product = MatMulInteger(Bytes, B, Zero" +
                 (body.has("b_zero_point") ? std::string(", b_zero_point)") : std::string(")")));
        scaleProduct(body, "Y", "A", "Scale", "b_scale");
        return true;
      })
      .define();

  blocked("QGemm", "Gemm of bytes: bytes with a scale and a zero point where those are given, else "
                   "floats. C's scale is that of the product.")
      .input("A", "TA")
      .input("a_scale", "T")
      .input("a_zero_point", "TA")
      .input("B", "TB")
      .input("b_scale", "T")
      .input("b_zero_point", "TB")
      .optionalInput("C", "TC")
      .optionalInput("y_scale", "T")
      .optionalInput("y_zero_point", "TYZ")
      .output("Y", "TY")
      .number("alpha", 1)
      .integer("transA", 0)
      .integer("transB", 0)
      .types("T", tensors({"float"}))
      .types("TA", bytes())
      .types("TB", bytes())
      .types("TC", tensors({"int32"}))
      .types("TYZ", bytes())
      .types("TY", tensors({"float", "uint8", "int8"}))
      .check([](InferenceContext &context) {
        if (context.hasInput(7) != context.hasInput(8))
          fail_shape_inference("'y_scale' and 'y_zero_point' belong together");
      })
      .body(writeQGemm)
      .define();
}

void addBlockedSchemas() {
  addMatMulNBits();
  addGather();
  addProducts();
}

} // namespace azulejo::schemas
