//===- Print.h - Tensors for people to read ---------------------------------------------------===//
#ifndef AZULEJO_RUNTIME_IO_PRINT_H
#define AZULEJO_RUNTIME_IO_PRINT_H

#include "azulejo/runtime.h"
#include <string>

namespace azulejo::runtime::io {

/// "2x3xf32=[1 2 3][4 5 6]", which parseValue reads; after `most` elements "..." stands for the
/// rest (0: print all).
std::string printTensor(const azl_tensor &tensor, int64_t most);

} // namespace azulejo::runtime::io

#endif // AZULEJO_RUNTIME_IO_PRINT_H
