//===- Graph.h - From ONNX as imported to core operators ------------------------------------------------------------===//
#ifndef AZULEJO_LIB_PIPELINES_GRAPH_H
#define AZULEJO_LIB_PIPELINES_GRAPH_H

namespace mlir {
class OpPassManager;
}

namespace azulejo {

void buildGraphPipeline(mlir::OpPassManager &pm);

} // namespace azulejo

#endif // AZULEJO_LIB_PIPELINES_GRAPH_H
