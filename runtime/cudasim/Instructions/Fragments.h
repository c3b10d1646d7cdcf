//===- Fragments.h - Where a matrix's elements lie in a warp's registers --===//
#ifndef AZULEJO_CUDASIM_INSTRUCTIONS_FRAGMENTS_H
#define AZULEJO_CUDASIM_INSTRUCTIONS_FRAGMENTS_H

#include <cstdint>

/// Every fragment of the tensor instructions since Turing (PTX ISA, 9.7.14 and 9.7.15) is put
/// together from *cores*. A core of a multiplicand is 8 rows of 16 bytes, 128 bytes in all, and
/// is what one 32-bit register of a warp holds: lane 4g+t has bytes 4t … 4t+3 of row g.
///
///            bytes 0…3   4…7     8…11    12…15           Because a register of 32 lanes is an
///     row 0  lane 0      lane 1  lane 2  lane 3          array (Operand), a core in a register
///     row 1  lane 4      lane 5  lane 6  lane 7          is the 8 x 16 bytes in row-major order:
///     …                                                  ldmatrix is eight copies of 16 bytes.
///     row 7  lane 28     …               lane 31
///
/// A row runs along K: 16 bytes are 8 elements of f16, 4 of tf32, 16 of s8, 32 of s4, 128 bits of
/// b1, whatever the type. Rows of A are rows of the matrix, "rows" of B are its columns. (For f64
/// the register is twice as wide and so are the rows: 4 doubles, 32 bytes.)
///
/// An accumulator's core is 8 rows by 8 columns: lane 4g+t holds columns 2t and 2t+1 of row g, in
/// two registers (f32, s32, f64: column 2t in the first, 2t+1 in the second) or packed in one
/// (f16).
///
/// The registers of a fragment list its cores column of cores by column of cores:
///
///     A of m16n8k16:  a0 = rows 0-7,  K 0-7     a2 = rows 0-7,  K 8-15
///                     a1 = rows 8-15, K 0-7     a3 = rows 8-15, K 8-15
///
/// That order is PTX's for mma and wgmma. The layout of wmma's fragments is nobody's business but
/// the implementation's, and here it is the same one.
namespace azulejo::cudasim {

/// The register of a multiplicand with the core at (block of 8 rows, block of 16 bytes along K).
constexpr unsigned multiplicandRegister(unsigned rowBlock, unsigned chunk, unsigned rowBlocks) {
  return chunk * rowBlocks + rowBlock;
}

/// The (first) register of an accumulator with the core at (block of 8 rows, block of 8 columns),
/// which takes `perCore` registers: 1 for f16, 2 for others.
constexpr unsigned accumulatorRegister(unsigned rowBlock, unsigned columnBlock, unsigned rowBlocks,
                                       unsigned perCore) {
  return (columnBlock * rowBlocks + rowBlock) * perCore;
}

/// An element of an accumulator: which register, and at which index of it as an array of elements
/// (of 32 lanes; of 64 halves where `perCore` is 1).
struct AccumulatorPlace {
  unsigned reg, index;
};
constexpr AccumulatorPlace accumulatorPlace(unsigned row, unsigned column, unsigned rowBlocks,
                                            unsigned perCore) {
  unsigned first = accumulatorRegister(row / 8, column / 8, rowBlocks, perCore);
  unsigned lane = row % 8 * 4 + column % 8 / 2, odd = column % 2;
  return perCore == 1 ? AccumulatorPlace{first, 2 * lane + odd}
                      : AccumulatorPlace{first + odd, lane};
}

/// Volta's mma.m8n8k4 on f16 is of another kind: it is four products at once, each computed by the
/// lanes of a quad pair (4q … 4q+3 and 4q+16 … 4q+19), and its fragments lie otherwise. `lane` here
/// is 0 … 7 within the pair, `i` counts the elements that a lane holds.
namespace quadpair {
struct Place {
  unsigned row, column;
};
constexpr unsigned warpLane(unsigned pair, unsigned lane) {
  return 4 * pair + lane % 4 + (lane >= 4 ? 16 : 0);
}
/// A, 8 x 4: a lane has a row (row-major), or half a column (column-major).
constexpr Place left(unsigned lane, unsigned i, bool rowMajor) {
  return rowMajor ? Place{lane, i} : Place{i + (lane & 4), lane % 4};
}
/// B, 4 x 8: a lane has half a row (row-major), or a column (column-major).
constexpr Place right(unsigned lane, unsigned i, bool rowMajor) {
  return rowMajor ? Place{lane % 4, i + (lane & 4)} : Place{i, lane};
}
/// C and D, 8 x 8: eight halves are a row; eight f32 are 2 x 2 pairs of neighbours.
constexpr Place accumulator(unsigned lane, unsigned i, bool half) {
  return half ? Place{lane, i}
              : Place{(lane & 1) + (i & 2) + (lane & 4), (i & 4) + (lane & 2) + (i & 1)};
}
} // namespace quadpair

} // namespace azulejo::cudasim

#endif // AZULEJO_CUDASIM_INSTRUCTIONS_FRAGMENTS_H
