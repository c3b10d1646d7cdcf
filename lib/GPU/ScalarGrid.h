//===- ScalarGrid.h - A matrix's scalars by coordinates ---------------------------------------===//
#ifndef AZULEJO_LIB_GPU_SCALARGRID_H
#define AZULEJO_LIB_GPU_SCALARGRID_H

#include "lib/GPU/TileDistributor.h"
#include <map>
#include <set>

namespace azulejo::gpu {

/// A tile's scalars by what registers contribute to their coordinates.
class ScalarGrid {
public:
  ScalarGrid(TileDistributor &d, mlir::Value tile)
      : layout(cta::getLayout(tile)), scalars(d.get(tile)) {
    for (int64_t number = 0; number < layout.getRegisters(); ++number) {
      llvm::SmallVector<int64_t> coordinates = layout.getRegisterCoordinates(number);
      numbers[{coordinates[0], coordinates[1]}] = number;
      rows.insert(coordinates[0]);
      columns.insert(coordinates[1]);
    }
  }
  int64_t getNumber(int64_t row, int64_t column) const { return numbers.at({row, column}); }
  mlir::Value get(int64_t row, int64_t column) const { return scalars[getNumber(row, column)]; }
  const std::set<int64_t> &getRows() const { return rows; }
  const std::set<int64_t> &getColumns() const { return columns; }

private:
  const cta::LinearLayout &layout;
  llvm::SmallVector<mlir::Value> scalars;
  std::map<std::pair<int64_t, int64_t>, int64_t> numbers;
  std::set<int64_t> rows, columns;
};

} // namespace azulejo::gpu

#endif // AZULEJO_LIB_GPU_SCALARGRID_H
