#include "dialects/Cta/BitMatrix.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

namespace azulejo::cta {

uint64_t BitSpan::reduce(uint64_t vector) const {
  for (uint64_t pivot : basis)
    vector = std::min(vector, vector ^ pivot); // clears pivot's highest bit where it is set
  return vector;
}

bool BitSpan::insert(uint64_t vector) {
  vector = reduce(vector);
  if (!vector)
    return false;
  auto *place = llvm::partition_point(basis, [&](uint64_t other) { return other > vector; });
  basis.insert(place, vector);
  return true;
}

llvm::SmallVector<uint64_t> intersect(const BitSpan &a, const BitSpan &b) {
  // A dependency between a's vectors and b's is a vector of both: its part from a.
  llvm::SmallVector<uint64_t> columns(a.getBasis());
  BitSpan result;
  for (uint64_t vector : b.getBasis()) {
    BitMatrix matrix(columns);
    if (std::optional<uint64_t> input = matrix.solve(vector)) {
      uint64_t fromA = 0;
      for (unsigned i = 0; i < a.size(); ++i)
        if (*input >> i & 1)
          fromA ^= columns[i];
      result.insert(fromA);
    } else {
      columns.push_back(vector);
    }
  }
  return llvm::SmallVector<uint64_t>(result.getBasis());
}

uint64_t BitMatrix::apply(uint64_t input) const {
  uint64_t output = 0;
  for (; input; input &= input - 1)
    output ^= columns[llvm::countr_zero(input)];
  return output;
}

BitMatrix BitMatrix::compose(const BitMatrix &inner) const {
  BitMatrix result;
  for (uint64_t column : inner.columns)
    result.columns.push_back(apply(column));
  return result;
}

namespace {

/// Elimination that remembers which columns make up each pivot.
struct Elimination {
  explicit Elimination(llvm::ArrayRef<uint64_t> columns) {
    for (auto [i, column] : llvm::enumerate(columns)) {
      std::pair<uint64_t, uint64_t> pivot = reduce(column);
      if (!pivot.first) {
        freeBits |= uint64_t(1) << i;
        continue;
      }
      pivot.second ^= uint64_t(1) << i;
      pivots.insert(llvm::upper_bound(pivots, pivot, std::greater<>()), pivot);
    }
  }
  /// What is left of a vector, and the inputs that give the rest of it.
  std::pair<uint64_t, uint64_t> reduce(uint64_t vector) const {
    uint64_t used = 0;
    for (auto [pivot, inputs] : pivots)
      if ((vector ^ pivot) < vector) {
        vector ^= pivot;
        used ^= inputs;
      }
    return {vector, used};
  }
  llvm::SmallVector<std::pair<uint64_t, uint64_t>> pivots;
  uint64_t freeBits = 0;
};

} // namespace

std::optional<uint64_t> BitMatrix::solve(uint64_t output) const {
  auto [rest, used] = Elimination(columns).reduce(output);
  return rest ? std::nullopt : std::optional(used);
}

std::optional<BitMatrix> BitMatrix::rightInverse(unsigned outputBits) const {
  llvm::SmallVector<uint64_t> identity;
  for (unsigned i = 0; i < outputBits; ++i)
    identity.push_back(uint64_t(1) << i);
  return divideLeft(BitMatrix(identity));
}

std::optional<BitMatrix> BitMatrix::divideLeft(const BitMatrix &product) const {
  Elimination elimination(columns);
  BitMatrix result;
  for (uint64_t column : product.columns) {
    auto [rest, used] = elimination.reduce(column);
    if (rest)
      return std::nullopt;
    result.columns.push_back(used);
  }
  return result;
}

uint64_t BitMatrix::getFreeBits() const { return Elimination(columns).freeBits; }

} // namespace azulejo::cta
