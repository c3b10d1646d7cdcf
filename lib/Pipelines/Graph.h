//===- Graph.h - From ONNX as imported to core operators --------------------------------------===//
#ifndef AZULEJO_LIB_PIPELINES_GRAPH_H
#define AZULEJO_LIB_PIPELINES_GRAPH_H

#include <string>
#include <vector>

namespace mlir {
class OpPassManager;
}

namespace azulejo {

struct GraphOptions {
  /// NAME=SIZE, for each symbolic dimension that is to be fixed.
  std::vector<std::string> shapes;

  /// The float that f32 becomes where that is safe, "f16" or "bf16"; empty for none.
  std::string precision;

  /// Whether matrices that are multiplied by are stored as 8-bit integers.
  bool quantizesWeights = false;

  /// Composites that exporters spell out (attention, layer norm, GELU) become one operator each.
  bool recognizePatterns = true;
};

void buildGraphPipeline(mlir::OpPassManager &pm, const GraphOptions &options = {});

} // namespace azulejo

#endif // AZULEJO_LIB_PIPELINES_GRAPH_H
