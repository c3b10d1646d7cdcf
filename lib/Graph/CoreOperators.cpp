#include "lib/Graph/CoreOperators.h"
#include "llvm/ADT/StringSet.h"

namespace azulejo::graph {

bool isCoreOperator(llvm::StringRef opType) {
  // In the order of docs/CoreOperators.md.
  static const llvm::StringSet<> operators = {
      // Elementwise
      "Abs", "Neg", "Sign", "Ceil", "Floor", "Round", "Exp", "Log", "Sqrt", "Erf", "Sin", "Cos",
      "Tan", "Asin", "Acos", "Atan", "Sinh", "Cosh", "Tanh", "Asinh", "Acosh", "Atanh", "Sigmoid",
      "Gelu", "Swish", "IsNaN", "IsInf", "Not", "And", "Or", "Xor", "BitwiseNot", "BitwiseAnd",
      "BitwiseOr", "BitwiseXor", "BitShift", "Add", "Sub", "Mul", "Div", "Mod", "Pow", "Min", "Max",
      "Equal", "Less", "LessOrEqual", "Where", "Cast", "BitCast",
      // Contractions
      "MatMul", "MatMulInteger", "Conv", "ConvInteger", "ConvTranspose", "Col2Im", "DeformConv",
      "Attention", "RotaryEmbedding", "Det", "Softmax", "LayerNormalization", "RMSNormalization",
      "LSTM", "GRU", "RNN",
      // Pooling, reductions and order
      "MaxPool", "AveragePool", "ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd",
      "ArgMax", "ArgMin", "CumSum", "CumProd", "TopK",
      // Quantisation
      "QuantizeLinear", "DequantizeLinear",
      // Movement and indexing
      "Shape", "Reshape", "Squeeze", "Unsqueeze", "Transpose", "Expand", "Concat", "Slice", "Pad",
      "Gather", "GatherElements", "GatherND", "ScatterElements", "ScatterND", "NonZero", "Unique",
      // Generation
      "Constant", "Range", "RandomUniformLike", "RandomNormalLike",
      // Images and signals
      "Resize", "GridSample", "RoiAlign", "MaxRoiPool", "NonMaxSuppression", "DFT",
      // Control
      "If", "Loop",
      // On the host
      "SequenceEmpty", "SequenceConstruct", "SequenceAt", "SequenceInsert", "SequenceErase",
      "SequenceLength", "SplitToSequence", "ConcatFromSequence", "Optional", "OptionalHasElement",
      "OptionalGetElement", "StringConcat", "StringSplit", "StringNormalizer", "RegexFullMatch",
      "ImageDecoder", "ai_onnx_ml.CastMap", "ai_onnx_ml.DictVectorizer", "ai_onnx_ml.ZipMap"};
  return operators.contains(opType);
}

} // namespace azulejo::graph
