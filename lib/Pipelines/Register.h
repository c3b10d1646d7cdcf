//===- Register.h - Every dialect and pass a tool may want ------------------------------------===//
#ifndef AZULEJO_LIB_PIPELINES_REGISTER_H
#define AZULEJO_LIB_PIPELINES_REGISTER_H

namespace mlir {
class DialectRegistry;
}

namespace azulejo {

/// Adds Azulejo's dialects, the upstream dialects its stages use, and the interface models that
/// they need.
void registerAllDialects(mlir::DialectRegistry &registry);

/// Makes every pass and pipeline of Azulejo known by its flag, and upstream's passes too.
void registerAllPasses();

} // namespace azulejo

#endif // AZULEJO_LIB_PIPELINES_REGISTER_H
