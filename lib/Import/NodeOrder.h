//===- NodeOrder.h - The order in which a graph's nodes can be imported -----------------------===//
#ifndef AZULEJO_LIB_IMPORT_NODEORDER_H
#define AZULEJO_LIB_IMPORT_NODEORDER_H

#include "mlir/Support/LLVM.h"
#include "onnx/onnx_pb.h"

namespace azulejo {

using NodeList = ::google::protobuf::RepeatedPtrField<::onnx::NodeProto>;

/// The values that a node names in its attributes, in the order of its operands: those come behind
/// its inputs. Only Gradient has such: `xs`, then `y`.
llvm::SmallVector<llvm::StringRef> getNamedValues(const ::onnx::NodeProto &node);

/// The indices of a graph's nodes so that each comes after those whose results it uses, in its
/// inputs, its attributes or its subgraphs. ONNX asks for nodes in such an order, and then it is
/// theirs; files in another one are read all the same. Where there is none, the indices of the
/// nodes of one cycle, each using the next one's result and the last the first's, are left in
/// `cycle`.
mlir::FailureOr<llvm::SmallVector<unsigned>> getNodeOrder(const NodeList &nodes,
                                                          llvm::SmallVectorImpl<unsigned> &cycle);

} // namespace azulejo

#endif // AZULEJO_LIB_IMPORT_NODEORDER_H
