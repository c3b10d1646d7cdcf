//===- OperatorLibraries.h - Operators that the caller's libraries give -----------------------===//
#ifndef AZULEJO_RUNTIME_OPERATORLIBRARIES_H
#define AZULEJO_RUNTIME_OPERATORLIBRARIES_H

#include "azulejo/operators.h"
#include "runtime/Status.h"

namespace azulejo::runtime {

/// azl_load_operators.
Status loadOperators(const std::string &path);

/// The function of an operator, "domain.Name", of the libraries loaded so far.
Status findOperator(const std::string &name, azm_host_function &function);

} // namespace azulejo::runtime

#endif // AZULEJO_RUNTIME_OPERATORLIBRARIES_H
