#include "dialects/ONNX/Types.h"
#include "dialects/Plan/Plan.h"
#include "mlir/IR/BuiltinTypes.h"
#include "onnx/onnx_pb.h"

using namespace mlir;
using ::onnx::TensorProto;

namespace azulejo::onnx {

namespace {
struct ElementType {
  TensorProto::DataType dataType;
  const char *name; // as in "tensor(float)"
  Type (*get)(MLIRContext *);
};
} // namespace

template <typename T> static Type get(MLIRContext *context) { return T::get(context); }
template <unsigned width> static Type getSigned(MLIRContext *context) {
  return IntegerType::get(context, width);
}
template <unsigned width> static Type getUnsigned(MLIRContext *context) {
  return IntegerType::get(context, width, IntegerType::Unsigned);
}
template <typename T> static Type getComplex(MLIRContext *context) {
  return ComplexType::get(T::get(context));
}

/// ONNX IR specification, "Tensor Element Types".
static const ElementType elementTypes[] = {
    {TensorProto::FLOAT, "float", get<Float32Type>},
    {TensorProto::UINT8, "uint8", getUnsigned<8>},
    {TensorProto::INT8, "int8", getSigned<8>},
    {TensorProto::UINT16, "uint16", getUnsigned<16>},
    {TensorProto::INT16, "int16", getSigned<16>},
    {TensorProto::INT32, "int32", getSigned<32>},
    {TensorProto::INT64, "int64", getSigned<64>},
    {TensorProto::STRING, "string", get<plan::StringType>},
    {TensorProto::BOOL, "bool", getSigned<1>},
    {TensorProto::FLOAT16, "float16", get<Float16Type>},
    {TensorProto::DOUBLE, "double", get<Float64Type>},
    {TensorProto::UINT32, "uint32", getUnsigned<32>},
    {TensorProto::UINT64, "uint64", getUnsigned<64>},
    {TensorProto::COMPLEX64, "complex64", getComplex<Float32Type>},
    {TensorProto::COMPLEX128, "complex128", getComplex<Float64Type>},
    {TensorProto::BFLOAT16, "bfloat16", get<BFloat16Type>},
    {TensorProto::FLOAT8E4M3FN, "float8e4m3fn", get<Float8E4M3FNType>},
    {TensorProto::FLOAT8E4M3FNUZ, "float8e4m3fnuz", get<Float8E4M3FNUZType>},
    {TensorProto::FLOAT8E5M2, "float8e5m2", get<Float8E5M2Type>},
    {TensorProto::FLOAT8E5M2FNUZ, "float8e5m2fnuz", get<Float8E5M2FNUZType>},
    {TensorProto::UINT4, "uint4", getUnsigned<4>},
    {TensorProto::INT4, "int4", getSigned<4>},
    {TensorProto::FLOAT4E2M1, "float4e2m1", get<Float4E2M1FNType>},
    {TensorProto::FLOAT8E8M0, "float8e8m0", get<Float8E8M0FNUType>},
    {TensorProto::UINT2, "uint2", getUnsigned<2>},
    {TensorProto::INT2, "int2", getSigned<2>},
    {TensorProto::FLOAT6E2M3, "float6e2m3", get<Float6E2M3FNType>},
    {TensorProto::FLOAT6E3M2, "float6e3m2", get<Float6E3M2FNType>},
};

Type getElementType(MLIRContext *context, int dataType) {
  for (const ElementType &entry : elementTypes)
    if (entry.dataType == dataType)
      return entry.get(context);
  return {};
}

static const ElementType *findElementType(Type type) {
  for (const ElementType &entry : elementTypes)
    if (entry.get(type.getContext()) == type)
      return &entry;
  return nullptr;
}

int getDataType(Type elementType) {
  const ElementType *entry = findElementType(elementType);
  return entry ? entry->dataType : TensorProto::UNDEFINED;
}

std::string getTypeString(Type type) {
  auto wrap = [](llvm::StringRef outer, const std::string &inner) {
    return inner.empty() ? std::string() : (outer + "(" + inner + ")").str();
  };
  if (auto tensor = dyn_cast<TensorType>(type)) {
    const ElementType *entry = findElementType(tensor.getElementType());
    return entry ? wrap("tensor", entry->name) : std::string();
  }
  if (auto sequence = dyn_cast<plan::SequenceType>(type))
    return wrap("seq", getTypeString(sequence.getElementType()));
  if (auto optional = dyn_cast<plan::OptionalType>(type))
    return wrap("optional", getTypeString(optional.getElementType()));
  if (auto sparse = dyn_cast<plan::SparseTensorType>(type)) {
    std::string dense = getTypeString(sparse.getDenseType());
    return dense.empty() ? dense : "sparse_" + dense;
  }
  if (auto map = dyn_cast<plan::MapType>(type)) {
    const ElementType *key = findElementType(map.getKeyType());
    std::string value = getTypeString(map.getValueType());
    return key && !value.empty() ? "map(" + std::string(key->name) + "," + value + ")"
                                 : std::string();
  }
  return {};
}

} // namespace azulejo::onnx
