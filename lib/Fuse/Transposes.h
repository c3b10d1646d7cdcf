//===- Transposes.h - Transposes that need not run --------------------------------------------===//
#ifndef AZULEJO_LIB_FUSE_TRANSPOSES_H
#define AZULEJO_LIB_FUSE_TRANSPOSES_H

#include "mlir/IR/PatternMatch.h"

namespace azulejo::fuse {

/// A transposed weight is transposed here, once; a matmul reads an operand whose matrices are
/// transposed as it is.
void populateTransposePatterns(mlir::RewritePatternSet &patterns);

} // namespace azulejo::fuse

#endif // AZULEJO_LIB_FUSE_TRANSPOSES_H
