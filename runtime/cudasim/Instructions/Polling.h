//===- Polling.h - Loads that a loop waits for ----------------------------===//
#ifndef AZULEJO_CUDASIM_INSTRUCTIONS_POLLING_H
#define AZULEJO_CUDASIM_INSTRUCTIONS_POLLING_H

#include "runtime/cudasim/Ptx/Module.h"

namespace azulejo::cudasim {

/// Whether `load` stands in a loop of `function` that ends, or goes on, by what it reads:
///   while (*flag == 0) ;
/// What such a load sees needs no order. Found in the text: a branch behind the load, back to it or
/// out of the loop around it, whose guard was computed from the load's result in between.
bool isPolling(const ptx::Function &function, const ptx::Statement &load);

} // namespace azulejo::cudasim

#endif // AZULEJO_CUDASIM_INSTRUCTIONS_POLLING_H
