//===- Libraries.h - Operators that a shared library gives ------------------------------------===//
//
// A library (azulejo/operators.h) declares operators and says how their types are inferred. They
// join the schemas like any other, without a body: Lower makes each node a call of the operator's
// name, which the runtime looks up among the libraries that it was given itself.
//
//===------------------------------------------------------------------------------------------===//
#ifndef AZULEJO_LIB_IMPORT_SCHEMAS_LIBRARIES_H
#define AZULEJO_LIB_IMPORT_SCHEMAS_LIBRARIES_H

#include "azulejo/operators.h"
#include "onnx/defs/schema.h"
#include <string>
#include <vector>

namespace azulejo::schemas {

/// Loads a library, which stays loaded, and adds its operators to ONNX's registry: all of them, or
/// none where something is wrong, which the result says; "" is success.
std::string addLibrary(const std::string &path);

/// The declaration of a library's operator; null for every other operator.
const azl_operator *findLibraryOperator(const ::onnx::OpSchema &schema);
/// All of them, in the order they were given.
const std::vector<const azl_operator *> &getLibraryOperators();

/// The outputs' types as the operator's `infer` finds them. What it refuses is an
/// onnx::InferenceError.
void inferLibraryOperator(::onnx::InferenceContext &context, const azl_operator &op);

} // namespace azulejo::schemas

#endif // AZULEJO_LIB_IMPORT_SCHEMAS_LIBRARIES_H
