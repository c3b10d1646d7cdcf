//===- Tensors.h - Constant tensors -----------------------------------------------------------===//
#ifndef AZULEJO_LIB_IMPORT_TENSORS_H
#define AZULEJO_LIB_IMPORT_TENSORS_H

#include "lib/Import/ExternalData.h"
#include "lib/Import/WireFormat.h"
#include "mlir/IR/BuiltinAttributeInterfaces.h"

namespace onnx {
class SparseTensorProto;
} // namespace onnx

namespace azulejo {

/// Where the data of a model's tensors is when it is not in their messages.
struct TensorSource {
  /// The model's own bytes, as the weight store names them, and the ranges that slimming left
  /// there.
  std::string file;
  std::vector<SlimModel::Range> data;
  ExternalData external;
};

/// A tensor as an attribute. Data of more than 1 KiB that lies in a file stays there, as
/// #plan.weight; numbers that are small, or written out one by one in typed fields, become a dense
/// attribute (elements smaller than a byte take one each, as in all of MLIR's), strings a
/// DenseStringElementsAttr. Nothing is allocated before the declared shape and the data that is
/// there have been found to agree. `source` may be null, for tensors that have all their data in
/// the message.
mlir::FailureOr<mlir::TypedAttr> importTensor(mlir::MLIRContext *context,
                                              const ::onnx::TensorProto &tensor,
                                              TensorSource *source, onnx::EmitError emitError);

/// A sparse constant, made dense: what takes an initializer takes a dense tensor. Refused where the
/// dense form would exceed 256 MiB.
mlir::FailureOr<mlir::TypedAttr> importSparseTensor(mlir::MLIRContext *context,
                                                    const ::onnx::SparseTensorProto &tensor,
                                                    TensorSource *source,
                                                    onnx::EmitError emitError);

} // namespace azulejo

#endif // AZULEJO_LIB_IMPORT_TENSORS_H
