//===- ConversionPlan.h - How a tile goes from one layout to another --------------------------===//
//
// The cheapest of three ways:
//
// - Registers: each thread has all that it needs, and which register it is does not depend on the
//   thread. No instruction at all.
// - Shuffles: each warp has all that it needs. `source` says where: destination (register, lane,
//   warp) is in register and lane `source` of the same warp. Where the register depends on the
//   reader, every possible one is shuffled, and the reader selects; so this is chosen only while
//   there are few.
// - Shared: through shared memory, an atom at a time. Element x goes to position memory(x).
//
// The place in shared memory is chosen so that both sides access as wide as they can and without
// bank conflicts (the construction is that of Zhou et al., section 5.4). Let V be the directions
// that both sides hold in registers: they become the lowest bits of a position, one vector. Let A
// and B be the directions in which the lanes of one wavefront differ, as they write and as they
// read. The lanes of a wavefront meet no bank twice if and only if no direction of A, other than 0,
// leads to the same bank, and likewise for B. So choose the directions K that stay in a bank: as
// many as there are rows of banks, V among them, and none in the span of A or of B. One at a time:
// as long as K and A together, and K and B together, do not span everything, there is a direction
// outside of both, since no space over F2 is the union of two smaller ones: one outside of the
// first, or one outside of the second, or their sum.
//
//===------------------------------------------------------------------------------------------===//
#ifndef AZULEJO_DIALECTS_CTA_CONVERSIONPLAN_H
#define AZULEJO_DIALECTS_CTA_CONVERSIONPLAN_H

#include "dialects/Cta/LinearLayout.h"

namespace azulejo::cta {

class ConversionPlan {
public:
  enum Kind { Registers, Shuffles, Shared };

  ConversionPlan(const LinearLayout &from, const LinearLayout &to, unsigned elementBits);

  Kind getKind() const { return kind; }
  /// Registers and shuffles: from the destination's register, lane and warp bits of one atom to the
  /// source's register bits and, above them, lane bits.
  const BitMatrix &getSource() const { return source; }
  /// The bits by which the source's register differs between the threads that read: a basis.
  llvm::ArrayRef<uint64_t> getSelected() const { return selected; }
  /// Shared: from flattened coordinates of an atom to a position in elements.
  const BitMatrix &getMemory() const { return memory; }
  /// Shared: the elements of one access, as a power of two.
  unsigned getVectorBits() const { return vectorBits; }

private:
  bool planWithinWarps(const LinearLayout &from, const LinearLayout &to);
  void planShared(const LinearLayout &from, const LinearLayout &to, unsigned elementBits);

  Kind kind;
  BitMatrix source, memory;
  llvm::SmallVector<uint64_t> selected;
  unsigned vectorBits = 0;
};

} // namespace azulejo::cta

#endif // AZULEJO_DIALECTS_CTA_CONVERSIONPLAN_H
