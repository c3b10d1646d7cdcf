//===- Passes.h - onnx to onnx core -----------------------------------------------------------===//
#ifndef AZULEJO_LIB_GRAPH_PASSES_H
#define AZULEJO_LIB_GRAPH_PASSES_H

#include "dialects/ONNX/ONNX.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"

namespace azulejo::graph {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "lib/Graph/Passes.h.inc"

} // namespace azulejo::graph

#endif // AZULEJO_LIB_GRAPH_PASSES_H
