//===- Bits.h - Numbers of few bits in bytes --------------------------------------------------===//
#ifndef AZULEJO_LIB_IMPORT_SCHEMAS_BITS_H
#define AZULEJO_LIB_IMPORT_SCHEMAS_BITS_H

#include "lib/Import/Schemas/Operator.h"

namespace azulejo::schemas {

/// `to` are the numbers of `bits` bits (2, 4 or 8) in the bytes `from`, the lowest first, in the
/// shape that the value `shape` says.
void unpackBits(Body &body, const std::string &from, const std::string &to, int64_t bits,
                const std::string &shape);

} // namespace azulejo::schemas

#endif // AZULEJO_LIB_IMPORT_SCHEMAS_BITS_H
