//===- Npy.h - NumPy's file format for one array ----------------------------------------------===//
#ifndef AZULEJO_RUNTIME_IO_NPY_H
#define AZULEJO_RUNTIME_IO_NPY_H

#include "runtime/Status.h"
#include "runtime/io/Value.h"

namespace azulejo::runtime::io {

/// Reads a .npy file of version 1 to 3, either byte order, C or Fortran order.
///
/// NumPy has no name for ONNX's newer types, and ml_dtypes writes them as raw bytes ("<V2" for
/// bfloat16,
/// "<V1" for those of 8 and fewer bits, one byte per element); so `expected` (AZL_UNDEFINED: not
/// known) decides what such a file holds. Where it is one of those types, arrays of unsigned or
/// signed integers of the same width are taken for its bits, too; int4 and its like also as numbers
/// of 8 bits.
Status readNpy(const std::string &path, azl_element_type expected, Value &value);

/// Writes version 1, C order, with the type descriptions that ml_dtypes uses:
/// numpy.load(path).view(dtype) gives ml_dtypes' array back.
Status writeNpy(const std::string &path, const azl_tensor &tensor);

} // namespace azulejo::runtime::io

#endif // AZULEJO_RUNTIME_IO_NPY_H
