//===- Memory.h - From addresses to the bytes behind them -----------------===//
#ifndef AZULEJO_CUDASIM_MEMORY_MEMORY_H
#define AZULEJO_CUDASIM_MEMORY_MEMORY_H

#include "runtime/cudasim/Memory/Access.h"
#include <string>

namespace azulejo::cudasim {

class Block;

/// The 32 addresses of an address operand, before any window is looked at. Lanes that are not
/// `active` get the address of the first that is.
void evaluate(const Warp &warp, const Address &address, LaneMask active,
              uint64_t addresses[warpSize]);

/// Finds the bytes of every lane's access, in every space: fills in hosts, windows and resolved.
/// Throws the Fault of the first lane whose access is out of bounds, misaligned or not allowed.
/// Nothing is told to checkers or counters: for Checkers::inFlight.
void resolve(Access &access);

/// resolve, then tells the checkers and the counters. Afterwards access.hosts[lane] may be read or
/// written as the access said.
void access(Access &access);

/// The same of an access that an asynchronous operation (access.token) will make, whose sources
/// must be there when it is issued, and which tells nobody when it makes it.
void announce(Access &access);
/// The same of rows of a matrix in the block's shared memory, as far as nothing is wrong with them:
/// returns the number of pages, and the others are for the other announce.
uint32_t announce(Warp &warp, const Instruction &instruction, AsyncToken token,
                  const ChunkRows &rows);

/// "bytes 16 to 20 of shared variable `tile`", for reports.
std::string describeShared(const Block &block, uint64_t offset, uint64_t bytes);

} // namespace azulejo::cudasim

#endif // AZULEJO_CUDASIM_MEMORY_MEMORY_H
