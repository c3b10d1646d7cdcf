//===- LinearLayout.h - Which thread holds which element of a tile ----------------------------===//
//
// A block of threads holds a tile together. Where element (i, j) is held could be a formula for
// each kind of tile: rows dealt out to warps, fragments of tensor cores, slices of those,
// transposes. Every combination of two kinds would then need code of its own. But all of these have
// one form:
//
//   Write the number of a register, of a lane and of a warp in binary. Each bit, where it is 1,
//   contributes a fixed vector of coordinates, and the element's coordinates are the exclusive or
//   of the contributions.
//
// So a layout is a linear map over F2, a matrix of bits, and what one wants to know about layouts
// is linear algebra: that each element is held is surjectivity; a register's owner is an inverse;
// going from one layout to another is the one's inverse after the other; a bit that contributes
// nothing, or what other bits can give, says that several threads hold the same element. The
// accumulator of one mma.m16n8k16, for example:
//
//   register bit 0: (0, 1)   bit 1: (8, 0)              lane bit 0: (0, 2)   bit 1: (0, 4)
//                                                       bit 2: (1, 0)  bit 3: (2, 0)  bit 4: (4, 0)
//
// and lane 6's register 3 holds (0, 1) ^ (8, 0) ^ (0, 4) ^ (1, 0) = (9, 5). The idea is that of
// Zhou et al., "Linear Layouts", 2025 (arXiv 2505.23819).
//
// Bits make sizes that are powers of two; tiles of 176 columns exist, since wgmma makes them and
// they fit. Each size is its largest power of two times an odd number. The product of the powers is
// the *atom*, which the bits describe, and the odd numbers say how often the atom is *repeated*
// along each dimension, in further registers: register r of R in the atom, in repetition q, is
// number q * R + r, repetitions being counted row-major. Since the atom is the largest possible,
// equal layouts have equal representations.
//
// Coordinates within an atom are flattened, row-major, into one number of bits: the last dimension
// has the lowest. That is a concatenation of bits and so linear itself.
//
//===------------------------------------------------------------------------------------------===//
#ifndef AZULEJO_DIALECTS_CTA_LINEARLAYOUT_H
#define AZULEJO_DIALECTS_CTA_LINEARLAYOUT_H

#include "dialects/Cta/BitMatrix.h"
#include "llvm/ADT/Hashing.h"
#include <array>
#include <string>

namespace azulejo::cta {

/// The number of bits of a lane's number.
constexpr unsigned laneBits = 5;

class LinearLayout {
public:
  enum Input { Register, Lane, Warp };

  /// `bases` are flattened coordinates of the atom. There are five for lanes.
  LinearLayout(llvm::ArrayRef<int64_t> shape, llvm::ArrayRef<uint64_t> registers,
               llvm::ArrayRef<uint64_t> lanes, llvm::ArrayRef<uint64_t> warps);

  /// What is wrong with the parts of a layout, or an empty string: every element must be held, and
  /// by no two registers of a thread.
  std::string explainInvalid() const;

  llvm::ArrayRef<int64_t> getShape() const { return shape; }
  unsigned getRank() const { return shape.size(); }
  int64_t getAtomSize(unsigned dim) const { return int64_t(1) << getDimBits(dim); }
  int64_t getRepeats(unsigned dim) const { return shape[dim] >> getDimBits(dim); }
  int64_t getRepeats() const;
  /// The bits of a coordinate in dimension `dim`, and where they lie in flattened coordinates.
  unsigned getDimBits(unsigned dim) const;
  unsigned getDimShift(unsigned dim) const;
  unsigned getAtomBits() const;

  llvm::ArrayRef<uint64_t> getBases(Input input) const { return bases[input]; }
  unsigned getRegisterBits() const { return bases[Register].size(); }
  unsigned getWarpBits() const { return bases[Warp].size(); }
  int64_t getWarps() const { return int64_t(1) << getWarpBits(); }
  /// The registers of one atom, and of all.
  int64_t getAtomRegisters() const { return int64_t(1) << getRegisterBits(); }
  int64_t getRegisters() const { return getAtomRegisters() * getRepeats(); }

  /// From (register, lane, warp), lowest bits first, to flattened coordinates of the atom.
  BitMatrix getMatrix() const;
  BitMatrix getRegisterMatrix() const { return BitMatrix(bases[Register]); }
  /// From a thread's number in the block, lanes lowest.
  BitMatrix getThreadMatrix() const;

  /// Coordinates of flattened ones, and back.
  llvm::SmallVector<int64_t> unflatten(uint64_t flat) const;
  uint64_t flatten(llvm::ArrayRef<int64_t> coordinates) const;

  /// Where repetition `repeat` of the atom starts.
  llvm::SmallVector<int64_t> getRepeatOffsets(int64_t repeat) const;
  /// What register `number` contributes to an element's coordinates; a thread's contribution is
  /// combined with it by exclusive or.
  llvm::SmallVector<int64_t> getRegisterCoordinates(int64_t number) const;
  /// The element that a thread of the block has in a register.
  llvm::SmallVector<int64_t> getElement(int64_t number, int64_t thread) const;

  /// The thread's bits that contribute nothing new: threads that differ in these alone hold the
  /// same elements.
  uint64_t getFreeThreadBits() const;

  /// The layout of the tile without dimension `dim`, whose elements are held by whoever held one of
  /// those they stand for: what a reduction leaves and a broadcast starts from.
  LinearLayout dropDimension(unsigned dim) const;
  /// Dimension i becomes what dimension permutation[i] was.
  LinearLayout transpose(llvm::ArrayRef<int64_t> permutation) const;
  /// The layout with one more dimension of size `size` at `dim`, all of it in registers: the
  /// inverse of dropDimension for propagation.
  LinearLayout insertDimension(unsigned dim, int64_t size) const;

  friend bool operator==(const LinearLayout &a, const LinearLayout &b) {
    return a.shape == b.shape && a.bases == b.bases;
  }
  friend bool operator!=(const LinearLayout &a, const LinearLayout &b) { return !(a == b); }
  friend llvm::hash_code hash_value(const LinearLayout &layout) {
    auto range = [](const auto &list) {
      return llvm::hash_combine_range(list.begin(), list.end());
    };
    return llvm::hash_combine(range(layout.shape), range(layout.bases[Register]),
                              range(layout.bases[Lane]), range(layout.bases[Warp]));
  }

private:
  llvm::SmallVector<int64_t> shape;
  std::array<llvm::SmallVector<uint64_t>, 3> bases;
};

/// Deals out a tile's coordinates to registers, lanes and warps, each dimension's lowest bits
/// first.
class LayoutBuilder {
public:
  explicit LayoutBuilder(llvm::ArrayRef<int64_t> shape);
  /// The next `count` bits of a kind number positions along `dim`, as many as are left.
  LayoutBuilder &add(LinearLayout::Input input, unsigned dim, unsigned count);
  /// The next `count` bits of a kind say nothing: the same elements again.
  LayoutBuilder &repeat(LinearLayout::Input input, unsigned count);
  /// The bits of `dim` not dealt out yet.
  unsigned getLeft(unsigned dim) const;
  /// Gives what is left to registers, dimension by dimension from the last; lanes and warps that
  /// have nothing to do repeat.
  LinearLayout finish(unsigned warpBits);

private:
  llvm::SmallVector<int64_t> shape;
  llvm::SmallVector<unsigned> used, bits, shifts;
  std::array<llvm::SmallVector<uint64_t>, 3> bases;
};

} // namespace azulejo::cta

#endif // AZULEJO_DIALECTS_CTA_LINEARLAYOUT_H
