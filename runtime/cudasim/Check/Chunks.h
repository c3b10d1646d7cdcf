//===- Chunks.h - What operations read of a page, 16 bytes a bit ----------===//
#ifndef AZULEJO_CUDASIM_CHECK_CHUNKS_H
#define AZULEJO_CUDASIM_CHECK_CHUNKS_H

#include "runtime/cudasim/Check/Record.h"
#include <vector>

namespace azulejo::cudasim {

/// The 64 chunks of 16 bytes of a page, a bit each.
using ChunkMask = uint64_t;

/// Matrices are read in chunks, a few of each line: one wgmma takes 32 bytes of every row of 128.
/// Where all writes to a page lie before such a read, the page has one record of the operation
/// instead of a stamp in each line.
struct Chunks {
  struct Read {
    Record record;
    ChunkMask chunks = 0;
  };
  /// Reads since the bytes were last written; those that came before another one of the same bytes
  /// are left out.
  std::vector<Read> reads;

  /// How often the page was written.
  uint64_t writes = 1;
  /// A thread whose operations lie behind the first `writes` of these writes: what a thread knows
  /// only grows. Of warps 4q + i, which read the same quarter of a matrix, some are remembered.
  struct Reader {
    uint32_t agent = 0, lane = 0;
    uint64_t writes = 0;
  };
  Reader readers[4];
  Reader &reader(uint32_t agent) { return readers[agent / 4 % 4]; }

  /// Every byte of the page is initialised, and stays so.
  bool initialized = false;
};

} // namespace azulejo::cudasim

#endif // AZULEJO_CUDASIM_CHECK_CHUNKS_H
