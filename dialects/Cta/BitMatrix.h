//===- BitMatrix.h - Linear maps over F2 ------------------------------------------------------===//
//
// A linear map between vectors of bits, where addition is exclusive or: what the bits of an input
// contribute to the output. Everything about layouts is arithmetic with these. Vectors have at most
// 64 bits and are held in integers.
//
//===------------------------------------------------------------------------------------------===//
#ifndef AZULEJO_DIALECTS_CTA_BITMATRIX_H
#define AZULEJO_DIALECTS_CTA_BITMATRIX_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include <cstdint>
#include <optional>

namespace azulejo::cta {

/// A subspace, as a basis in echelon form that grows by one vector at a time.
class BitSpan {
public:
  BitSpan() = default;
  explicit BitSpan(llvm::ArrayRef<uint64_t> vectors) {
    for (uint64_t vector : vectors)
      insert(vector);
  }
  /// The vector less what the span holds of it: 0 if it is in the span.
  uint64_t reduce(uint64_t vector) const;
  bool contains(uint64_t vector) const { return reduce(vector) == 0; }
  /// Adds a vector; false if it was in the span already.
  bool insert(uint64_t vector);
  unsigned size() const { return basis.size(); }
  llvm::ArrayRef<uint64_t> getBasis() const { return basis; }

private:
  llvm::SmallVector<uint64_t> basis; // by falling highest bit, each different
};

/// A basis of what two spans have in common.
llvm::SmallVector<uint64_t> intersect(const BitSpan &a, const BitSpan &b);

class BitMatrix {
public:
  BitMatrix() = default;
  /// Input bit i contributes columns[i].
  explicit BitMatrix(llvm::ArrayRef<uint64_t> columns) : columns(columns) {}

  llvm::ArrayRef<uint64_t> getColumns() const & { return columns; }
  llvm::SmallVector<uint64_t> getColumns() && { return std::move(columns); }
  unsigned getInputBits() const { return columns.size(); }
  uint64_t apply(uint64_t input) const;
  uint64_t operator()(uint64_t input) const { return apply(input); }
  unsigned rank() const { return BitSpan(columns).size(); }

  /// First `inner`, then this map.
  BitMatrix compose(const BitMatrix &inner) const;

  /// An input that gives `output`, or none. Of several it is the one that uses no input bit whose
  /// column lower bits give already: free bits are 0.
  std::optional<uint64_t> solve(uint64_t output) const;

  /// A map back with this(inverse(y)) == y for every y of `outputBits` bits, or none unless this
  /// map reaches them all. It is the inverse where there is one, and else chooses as `solve` does.
  std::optional<BitMatrix> rightInverse(unsigned outputBits) const;

  /// X with this(X(i)) == `product`(i), or none: the left division of `product` by this map.
  std::optional<BitMatrix> divideLeft(const BitMatrix &product) const;

  /// The input bits, as a mask, whose columns lower bits give already. Clearing them loses nothing
  /// of what is reached.
  uint64_t getFreeBits() const;

  friend bool operator==(const BitMatrix &a, const BitMatrix &b) { return a.columns == b.columns; }

private:
  llvm::SmallVector<uint64_t> columns;
};

} // namespace azulejo::cta

#endif // AZULEJO_DIALECTS_CTA_BITMATRIX_H
