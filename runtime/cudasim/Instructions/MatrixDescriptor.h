//===- MatrixDescriptor.h - Matrices in shared memory, as wgmma sees them -===//
#ifndef AZULEJO_CUDASIM_INSTRUCTIONS_MATRIXDESCRIPTOR_H
#define AZULEJO_CUDASIM_INSTRUCTIONS_MATRIXDESCRIPTOR_H

#include <cstdint>

namespace azulejo::cudasim {

/// The 64 bits that tell wgmma where a multiplicand lies in shared memory (PTX ISA, 9.7.15.5.1).
///
///      63 62    51 49     45       32     29        16     13         0
///     +-----+---+----+---+-----------+---+------------+---+------------+
///     |swiz-|   |base|   |stride byte|   |leading byte|   |   start    |
///     | zle |   |off.|   |offset >> 4|   |offset >> 4 |   |address >> 4|
///     +-----+---+----+---+-----------+---+------------+---+------------+
///
/// The unit of everything is a *chunk*: 16 bytes, eight f16 or sixteen s8. One instruction takes 32
/// bytes along K, so two chunks of each row where rows run along K (*K-major*: imm-trans is 0), or
/// sixteen rows of K where chunks run along M or N (*MN-major*: f16 and bf16 only).
///
/// Chunks come in *atoms*, and an atom is eight rows of 1, 2, 4 or 8 chunks (no swizzle, and 32,
/// 64, 128 bytes). Atoms tile the operand, and the two byte offsets say how far apart they are:
///
///     K-major, no swizzle    eight rows of M or N, 16 bytes apart, are one atom;
///                            leading: from the first chunk along K to the second,
///                            stride: from eight rows to the next eight
///     K-major, W bytes       rows are W bytes apart, both chunks lie side by side;
///                            stride: from eight rows to the next eight (leading is not looked at)
///     MN-major, no swizzle   eight rows of K, 16 bytes apart, are one atom;
///                            stride: from a chunk along MN to the next, leading: from eight K to
///                            the next eight
///     MN-major, W bytes      rows of K are W bytes apart, W/16 chunks along MN lie side by side;
///                            leading: from W bytes along MN to the next W, stride: from eight K
///                            to the next eight
///
/// Swizzling keeps chunks of one column out of one bank: within 128 bytes a chunk's number is
/// exclusive-ored with the number of the 128 bytes it lies in, both taken from the address itself.
///
///                          address bits      9  8  7 | 6  5  4 | 3 2 1 0
///     128 bytes: 8 x 8 chunks  (1024 bytes)  r2 r1 r0| c2 c1 c0|          c ^= r
///      64 bytes: 8 x 4 chunks   (512 bytes)     r1 r0|    c1 c0|          c ^= r
///      32 bytes: 8 x 2 chunks   (256 bytes)        r0|       c0|          c ^= r
///
/// Because the address decides, a descriptor may start within an atom: the next 32 bytes of K in a
/// row of 128 are the same descriptor with the start moved by 32. Where atoms do not begin at a
/// multiple of their size, the base offset says at which r they begin: (first address >> 7) & 7.
struct MatrixDescriptor {
  enum Swizzle : uint8_t { None, Bytes128, Bytes64, Bytes32 };

  explicit MatrixDescriptor(uint64_t bits)
      : start(uint32_t(bits & 0x3fff) << 4), leading(uint32_t(bits >> 16 & 0x3fff) << 4),
        stride(uint32_t(bits >> 32 & 0x3fff) << 4), base(bits >> 49 & 7),
        swizzle(Swizzle(bits >> 62)) {}

  uint32_t start, leading, stride, base;
  Swizzle swizzle;

  /// How many bytes of the leading dimension an atom has.
  uint32_t width() const {
    return swizzle == Bytes128 ? 128 : swizzle == Bytes64 ? 64 : swizzle == Bytes32 ? 32 : 16;
  }

  /// Where chunk 0 or 1 of a row (of M or N) is in shared memory, of a K-major operand.
  uint32_t chunkAlongK(uint32_t row, uint32_t chunk) const {
    uint32_t atom = start + row / 8 * stride, inAtom = row % 8 * width();
    return swizzled(atom + inAtom + chunk * (swizzle == None ? leading : 16));
  }
  /// Where M or N = 8 block … 8 block + 7 at a row of K is, of an MN-major operand.
  uint32_t chunkAcrossK(uint32_t block, uint32_t k) const {
    uint32_t chunks = width() / 16;
    uint32_t alongMN = block / chunks * (swizzle == None ? stride : leading) + block % chunks * 16;
    uint32_t alongK = k / 8 * (swizzle == None ? leading : stride) + k % 8 * width();
    return swizzled(start + alongMN + alongK);
  }

private:
  uint32_t swizzled(uint32_t address) const {
    uint32_t row = ((address >> 7) - base) & (width() / 16 - 1);
    return address ^ (row << 4);
  }
};

} // namespace azulejo::cudasim

#endif // AZULEJO_CUDASIM_INSTRUCTIONS_MATRIXDESCRIPTOR_H
