//===- Ptxas.h - A second opinion -----------------------------------------===//
#ifndef AZULEJO_CUDASIM_DRIVER_PTXAS_H
#define AZULEJO_CUDASIM_DRIVER_PTXAS_H

#include "runtime/cudasim/Machine/Architecture.h"
#include <map>
#include <string>

namespace azulejo::cudasim::driver {

/// What `path -v` says of the registers of each kernel in `text`; empty where it cannot be run or
/// refuses the PTX, with its words in `complaint`.
std::map<std::string, unsigned> askPtxas(const std::string &path, const std::string &text,
                                         const Architecture &architecture, std::string &complaint);

} // namespace azulejo::cudasim::driver

#endif // AZULEJO_CUDASIM_DRIVER_PTXAS_H
