//===- RandomLayout.h - Layouts for property tests --------------------------------------------===//
#ifndef AZULEJO_TEST_DIALECTS_CTA_RANDOMLAYOUT_H
#define AZULEJO_TEST_DIALECTS_CTA_RANDOMLAYOUT_H

#include "dialects/Cta/LinearLayout.h"
#include <random>

namespace azulejo::cta {

/// A map of `bits` bits onto themselves: unit vectors, added to one another at random.
inline BitMatrix makeInvertible(std::mt19937 &random, unsigned bits) {
  llvm::SmallVector<uint64_t> columns;
  for (unsigned i = 0; i < bits; ++i)
    columns.push_back(uint64_t(1) << i);
  std::shuffle(columns.begin(), columns.end(), random);
  for (unsigned i = 0; bits > 1 && i < 3 * bits; ++i) {
    unsigned a = random() % bits, b = random() % bits;
    if (a != b)
      columns[a] ^= columns[b];
  }
  return BitMatrix(columns);
}

/// A layout of `shape` for 2^warpBits warps. Its bases are unit vectors, or any if `mixed`; some
/// lanes and warps repeat others.
inline LinearLayout makeLayout(std::mt19937 &random, llvm::ArrayRef<int64_t> shape,
                               unsigned warpBits, bool mixed) {
  unsigned bits = LinearLayout(shape, {}, {}, {}).getAtomBits();
  llvm::SmallVector<uint64_t> columns(makeInvertible(random, bits).getColumns());
  if (!mixed) {
    for (unsigned i = 0; i < bits; ++i)
      columns[i] = uint64_t(1) << i;
    std::shuffle(columns.begin(), columns.end(), random);
  }
  llvm::SmallVector<uint64_t> parts[3];
  unsigned capacity[3] = {32, laneBits, warpBits};
  for (uint64_t column : columns) {
    unsigned part = random() % 3;
    if (parts[part].size() == capacity[part])
      part = 0;
    parts[part].push_back(column);
  }
  for (unsigned part : {1u, 2u}) {
    parts[part].resize(capacity[part], 0);
    std::shuffle(parts[part].begin(), parts[part].end(), random);
  }
  return LinearLayout(shape, parts[0], parts[1], parts[2]);
}

} // namespace azulejo::cta

#endif // AZULEJO_TEST_DIALECTS_CTA_RANDOMLAYOUT_H
