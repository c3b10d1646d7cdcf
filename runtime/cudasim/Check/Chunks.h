//===- Chunks.h - What operations read of a page, 16 bytes a bit ----------===//
#ifndef AZULEJO_CUDASIM_CHECK_CHUNKS_H
#define AZULEJO_CUDASIM_CHECK_CHUNKS_H

#include "runtime/cudasim/Check/Record.h"
#include <array>
#include <vector>

namespace azulejo::cudasim {

/// The 64 chunks of 16 bytes of a page, a bit each.
using ChunkMask = uint64_t;

/// Matrices are read in chunks: one wgmma takes 32 bytes of every row of 128, an ldmatrix 16 bytes
/// of each of 32 rows. Where all writes to a page lie before such a read, the page has one record
/// of it instead of a stamp in each line.
struct Chunks {
  struct Read {
    Record record; // of an operation
    ChunkMask chunks = 0;
  };
  /// Reads since the bytes were last written; those that came before another one of the same bytes
  /// are left out.
  std::vector<Read> reads;

  /// What lanes of one warp read at one time.
  struct WarpRead {
    Record record; // without its lane
    ChunkMask chunks = 0;
    std::array<LaneMask, 64> lanes; // that read each of `chunks`; of others anything
  };
  std::vector<WarpRead> warpReads;

  /// How often the page was written.
  uint64_t writes = 1;
  /// A thread whose operations lie behind the first `writes` of these writes, or a warp all of
  /// whose lanes do: what a thread knows only grows. The last of a few warps each are remembered.
  struct Reader {
    static constexpr uint32_t wholeWarp = warpSize;
    uint32_t agent = 0, lane = 0;
    uint64_t writes = 0;
  };
  Reader readers[16];
  Reader &reader(uint32_t agent) { return readers[agent % 16]; }

  /// Chunks of which every byte is known to be initialised, and stays so.
  ChunkMask initialized = 0;
};

} // namespace azulejo::cudasim

#endif // AZULEJO_CUDASIM_CHECK_CHUNKS_H
