//===- Lower.h - From core operators to linalg and tile ---------------------------------------===//
#ifndef AZULEJO_LIB_PIPELINES_LOWER_H
#define AZULEJO_LIB_PIPELINES_LOWER_H

namespace mlir {
class OpPassManager;
}

namespace azulejo {

/// ONNX's core operators become linalg, tensor and tile operations on tensors.
void buildLowerPipeline(mlir::OpPassManager &pm);

} // namespace azulejo

#endif // AZULEJO_LIB_PIPELINES_LOWER_H
