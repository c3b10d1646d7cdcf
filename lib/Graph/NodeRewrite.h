//===- NodeRewrite.h - Rewriting a node without losing whose work it did ----------------------===//
#ifndef AZULEJO_LIB_GRAPH_NODEREWRITE_H
#define AZULEJO_LIB_GRAPH_NODEREWRITE_H

#include "lib/Graph/Nodes.h"

namespace azulejo::graph {

/// Makes nodes that take the place of `op` and of what it alone used. They get the names of all of
/// those, so that a kernel can say which nodes of the model it computes.
class NodeRewrite : private mlir::OpBuilder::Listener {
public:
  explicit NodeRewrite(mlir::Operation *op)
      : op(op), builder(op, this), build(builder, op->getLoc()) {}
  NodeRewrite(const NodeRewrite &) = delete;

  /// For making them.
  NodeBuilder &getBuilder() { return build; }

  /// Replaces the first result of `op`, its only one in use. `op` itself stays, without a use.
  void replaceWith(mlir::Value value);

private:
  void notifyOperationInserted(mlir::Operation *inserted, mlir::OpBuilder::InsertPoint) override {
    made.push_back(inserted);
  }

  mlir::Operation *op;
  mlir::OpBuilder builder;
  NodeBuilder build;
  llvm::SmallVector<mlir::Operation *> made;
};

} // namespace azulejo::graph

#endif // AZULEJO_LIB_GRAPH_NODEREWRITE_H
