//===- Chunks.h - What operations read of a page, 16 bytes a bit ----------===//
#ifndef AZULEJO_CUDASIM_CHECK_CHUNKS_H
#define AZULEJO_CUDASIM_CHECK_CHUNKS_H

#include "runtime/cudasim/Check/Record.h"
#include <algorithm>
#include <array>
#include <iterator>
#include <vector>

namespace azulejo::cudasim {

/// The 64 chunks of 16 bytes of a page, a bit each.
using ChunkMask = uint64_t;

/// Which lanes touch each chunk; of chunks that nobody touches anything.
using ChunkLanes = std::array<LaneMask, 64>;

/// Matrices are read in chunks: one wgmma takes 32 bytes of every row of 128, an ldmatrix 16 bytes
/// of each of 32 rows. Where all writes to a page lie before such a read, the page has one record
/// of it instead of a stamp in each line. So it has of writes of whole chunks, as cp.async and bulk
/// copies make them, while no line has a stamp: they become stamps when somebody comes who is
/// looked at line by line (toLines).
struct Chunks {
  struct Touch {
    Record record; // of an operation
    ChunkMask chunks = 0;
  };
  /// Reads since the bytes were last written; those that came before another one of the same bytes
  /// are left out.
  std::vector<Touch> reads;
  /// The last write of each chunk, by an operation or, in warpWrites, by one lane.
  std::vector<Touch> writes;

  /// What lanes of one warp touched at one time.
  struct WarpTouch {
    Record record; // without its lane
    ChunkMask chunks = 0;
    ChunkLanes lanes;
  };
  std::vector<WarpTouch> warpReads;
  std::vector<WarpTouch> warpWrites;

  /// How often the page was written.
  uint64_t writeCount = 1;
  /// A thread whose operations lie behind the first `writes` of these, or a warp all of
  /// whose lanes do: what a thread knows only grows. The last of a few warps each are remembered.
  struct Reader {
    static constexpr uint32_t wholeWarp = warpSize;
    uint32_t agent = 0, lane = 0;
    uint64_t writes = 0;
  };
  Reader readers[16];
  Reader &reader(uint32_t agent) { return readers[agent % 16]; }

  /// Chunks of which every byte is known to be initialised, and stays so. Of those that were
  /// written as chunks the page's own flags say it when toLines has been there.
  ChunkMask initialized = 0;

  void clear() {
    reads.clear();
    warpReads.clear();
    writes.clear();
    warpWrites.clear();
    writeCount = 1;
    std::fill(std::begin(readers), std::end(readers), Reader());
    initialized = 0;
  }
};

} // namespace azulejo::cudasim

#endif // AZULEJO_CUDASIM_CHECK_CHUNKS_H
