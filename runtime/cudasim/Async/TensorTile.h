//===- TensorTile.h - Which bytes of a tensor a tile has ------------------===//
#ifndef AZULEJO_CUDASIM_ASYNC_TENSORTILE_H
#define AZULEJO_CUDASIM_ASYNC_TENSORTILE_H

#include "runtime/cudasim/Async/TensorMap.h"
#include <vector>

namespace azulejo::cudasim {

/// A tile lies in shared memory as rows, one behind the other: of dimension 0 where it is tiled, of
/// a pixel's channels where it is im2col. Of each row a part exists in the tensor; the rest is
/// filled when it is loaded, and not written when it is stored.
struct TensorTile {
  struct Row {
    uint64_t address = 0; // of the part that exists
    uint32_t skip = 0;    // bytes of the row before it
    uint32_t bytes = 0;   // of it; 0 where the whole row lies outside
  };
  uint32_t rowBytes = 0;
  std::vector<Row> rows;

  /// The tile at `coordinates`. `offsets` are the im2col offsets, innermost first (null: none).
  TensorTile(const TensorMap &map, const int32_t *coordinates, const uint16_t *offsets);

  uint64_t bytes() const { return uint64_t(rowBytes) * rows.size(); }
  /// What it occupies in shared memory: swizzled lines are whole.
  static uint64_t footprint(const TensorMap &map) {
    uint64_t line = map.swizzleBytes() ? map.swizzleBytes() : 1;
    return (map.tileBytes() + line - 1) / line * line;
  }

private:
  void addTiled(const TensorMap &map, const int32_t *coordinates);
  void addPixels(const TensorMap &map, const int32_t *coordinates, const uint16_t *offsets);
  /// The row that begins at `first` in dimension 0, at `place` (signed: it may lie outside).
  void addRow(const TensorMap &map, const int64_t *place, uint32_t elements);
};

/// Moves a tile between its rows (`linear`) and shared memory at `address`, 16 bytes at a time.
void swizzleTile(const TensorMap &map, uint64_t address, const uint8_t *linear, uint8_t *shared,
                 uint64_t bytes);
void unswizzleTile(const TensorMap &map, uint64_t address, const uint8_t *shared, uint8_t *linear,
                   uint64_t bytes);
/// What an element that does not exist is loaded as, `bytes` of it.
void fillOutside(const TensorMap &map, uint8_t *to, uint64_t bytes);
/// .f32.ftz and .tf32.ftz: subnormal numbers become zeros.
void flushElements(const TensorMap &map, uint8_t *data, uint64_t bytes);

} // namespace azulejo::cudasim

#endif // AZULEJO_CUDASIM_ASYNC_TENSORTILE_H
