//===- Counters.h - What a launch did, in numbers -------------------------===//
#ifndef AZULEJO_CUDASIM_COUNT_COUNTERS_H
#define AZULEJO_CUDASIM_COUNT_COUNTERS_H

#include "runtime/cudasim/Count/Class.h"
#include <array>
#include <cstdint>
#include <string>

namespace azulejo::cudasim {

struct Access;

/// Counts of one launch, or of one block on its way there. All are sums, so that blocks may be
/// added in any order.
struct Counters {
  std::array<uint64_t, size_t(CounterClass::Count)> instructions{}; // warp instructions
  uint64_t threadInstructions = 0; // lanes that were active in them
  uint64_t branches = 0, divergentBranches = 0;
  uint64_t barriers = 0;

  uint64_t globalLoadRequests = 0, globalLoadSectors = 0,
           globalLoadBytes = 0; // sectors of 32 bytes, per warp request
  uint64_t globalStoreRequests = 0, globalStoreSectors = 0,
           globalStoreBytes = 0;                                  // bytes: asked for by lanes
  uint64_t asyncGlobalBytesRead = 0, asyncGlobalBytesWritten = 0; // by bulk and tensor copies
  uint64_t sharedRequests = 0, sharedWavefronts = 0, sharedBytes = 0;
  uint64_t sharedBankConflicts = 0; // wavefronts beyond the first of each phase (Counters.cpp)
  uint64_t localRequests = 0, localBytes = 0;

  /// Multiply-adds by tensor-core instructions, and by scalar ones: fma and mad of floats, dp4a,
  /// dp2a. An integer mad mostly computes an address and is none.
  uint64_t tensorMultiplyAdds = 0, scalarMultiplyAdds = 0;
  uint64_t tensorInstructions = 0;

  void add(const Counters &other);
  /// Sectors, wavefronts and bytes of an access of a warp.
  void count(const Access &access);

  std::string table() const; // for a person
  std::string json() const;  // one object
};

} // namespace azulejo::cudasim

#endif // AZULEJO_CUDASIM_COUNT_COUNTERS_H
