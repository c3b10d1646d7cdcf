//===- Schemas.h - Operators outside ONNX's registry ------------------------------------------===//
//
// Operators that exported models hold and that ONNX does not define: those of com.microsoft, and
// the two that ONNX Runtime keeps in ai.onnx itself. Each is declared as an onnx::OpSchema, with
// the inference of its types and with a body of operators of ai.onnx, so that checker, inference,
// dialect and decomposition treat them like any operator of ONNX that is a function, and nothing
// behind Graph knows them. What a body cannot say is refused by the inference, at the node.
//
// Source of every definition: ONNX Runtime's docs/ContribOperators.md, at the operator's name.
//
//===------------------------------------------------------------------------------------------===//
#ifndef AZULEJO_LIB_IMPORT_SCHEMAS_SCHEMAS_H
#define AZULEJO_LIB_IMPORT_SCHEMAS_SCHEMAS_H

#include <vector>

namespace onnx {
class OpSchema;
}

namespace azulejo::schemas {

/// Every version of every operator: ONNX's, those declared here, and those of the libraries that
/// were given (Libraries.h), which none can be after the first call.
const std::vector<::onnx::OpSchema> &getSchemas();
bool haveSchemasBeenAsked();

/// Adds what is declared here to ONNX's registry, once a process.
void registerSchemas();

} // namespace azulejo::schemas

#endif // AZULEJO_LIB_IMPORT_SCHEMAS_SCHEMAS_H
