//===- Dot.h - The inner products of the tensor instructions, fast --------===//
#ifndef AZULEJO_CUDASIM_INSTRUCTIONS_DOT_H
#define AZULEJO_CUDASIM_INSTRUCTIONS_DOT_H

#include "runtime/cudasim/Ptx/Type.h"
#include <cstdint>

/// D = A·B + C for mma, wmma and wgmma: they differ in where their operands lie, and agree in what
/// is computed. First both multiplicands are unfolded into *panels* of 32-bit words, then one
/// kernel for each arithmetic multiplies panels and adds to accumulators where they lie, in the
/// registers of a fragment (Fragments.h).
///
/// A word is one value along K of f16, bf16, tf32, e4m3 or e5m2 as f32; or a pair of 16-bit
/// integers from s8, u8, s4 or u4, of which vpmaddwd multiplies and adds two at a time; or 32 bits
/// of b1. A *step* is one word along K.
///
///   left panel   [row][step]                for A
///   right panel  [block of 8 columns][step][8]   for B. Within a block the columns come in the
///                order 0 2 4 6 1 3 5 7, as an accumulator core's two registers hold them: so one
///                vector of a row's 8 accumulators is two loads of four, without a shuffle.
///
/// Numerics. PTX leaves order and rounding of the additions open ("at least single precision").
/// Here products are exact (two f16, bf16, tf32 or fp8 values' product fits into f32; the fma does
/// not round it in any case), an instruction's products are summed in f32 one by one in the order
/// of K, and their sum is added to C, each sum rounded to nearest even. A tensor core adds several
/// products and C at once and truncates, so its last bits differ; like it, this loses no small
/// products one by one to a large C. f16 accumulators are widened, and rounded once for each
/// instruction. NaNs are canonical (0x7fffffff, 0x7fff). Integers wrap, or are clamped at the end
/// (.satfinite).
namespace azulejo::cudasim {

constexpr unsigned maxSteps = 32;             // e4m3 with K = 32, s4 with K = 64
constexpr unsigned maxColumnBlocks = 256 / 8; // wgmma's n256

/// The words that 16 bytes of `element` unfold to.
unsigned stepsPerChunk(ptx::Type element);

/// Unfolds eight rows of 16 bytes. Right: to words[step][8]. Left: to words[row * pitch + step].
using Unfold = void (*)(const uint8_t *const rows[8], uint32_t *words, unsigned pitch);
struct Unfolding {
  /// Rows along K.
  Unfold left = nullptr, right = nullptr;
  /// Row i holds eight neighbours in M or N for the i-th K of eight; f16 and bf16 only.
  Unfold leftTransposed = nullptr, rightTransposed = nullptr;
};
Unfolding findUnfolding(ptx::Type element);

/// How products are made and summed.
enum class Arithmetic : uint8_t { Float, Integer, IntegerSaturating, AndPopc, XorPopc };

struct Product {
  const uint32_t *left;
  const uint32_t *right;
  unsigned steps;
  unsigned rowBlocks, columnBlocks; // of 8
  /// The fragments' registers; c may be null for zeros. d may be c, but not a permutation of it.
  const void *const *c;
  void *const *d;
};
using Multiply = void (*)(const Product &product);

/// `c`, `d`: F16, F32 or S32, as the arithmetic has them; null where there is no such kernel.
Multiply findMultiply(Arithmetic arithmetic, ptx::Type c, ptx::Type d);

/// The rounding of fma in f64.
enum class Rounding64 : uint8_t { Nearest, Zero, Down, Up };

/// D = A·B + C in f64: fragments of rowBlocks x chunks and columnBlocks x chunks cores of 8 x 4.
/// Each element is a chain of fma in the order of K.
struct Product64 {
  const double *const *a, *const *b, *const *c;
  double *const *d;
  unsigned rowBlocks, columnBlocks, chunks;
  Rounding64 rounding;
};
void multiply64(const Product64 &product);

} // namespace azulejo::cudasim

#endif // AZULEJO_CUDASIM_INSTRUCTIONS_DOT_H
