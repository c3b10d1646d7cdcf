#include "dialects/Cta/ConversionPlan.h"
#include "llvm/Support/MathExtras.h"

namespace azulejo::cta {

/// A shuffle moves 32 bits for 32 lanes as a load and a store of shared memory do together, but
/// needs neither barriers nor space. Beyond two candidates for a register it is the dearer way.
constexpr unsigned maxSelectedBits = 1;

ConversionPlan::ConversionPlan(const LinearLayout &from, const LinearLayout &to,
                               unsigned elementBits) {
  if (!planWithinWarps(from, to))
    planShared(from, to, elementBits);
}

bool ConversionPlan::planWithinWarps(const LinearLayout &from, const LinearLayout &to) {
  // Registers come first, so that `solve` prefers the thread's own.
  llvm::SmallVector<uint64_t> inWarp(from.getBases(LinearLayout::Register));
  llvm::append_range(inWarp, from.getBases(LinearLayout::Lane));
  BitMatrix held(inWarp);
  llvm::SmallVector<uint64_t> columns;
  auto add = [&](uint64_t wanted, uint64_t own) {
    std::optional<uint64_t> other = held.solve(wanted);
    if (other)
      columns.push_back(*other ^ own);
    return other.has_value();
  };
  for (uint64_t base : to.getBases(LinearLayout::Register))
    if (!add(base, 0))
      return false;
  // A reader starts from its own lane and warp, and makes up for what it finds there too much.
  for (unsigned lane = 0; lane < laneBits; ++lane)
    if (!add(to.getBases(LinearLayout::Lane)[lane] ^ from.getBases(LinearLayout::Lane)[lane],
             uint64_t(1) << (from.getRegisterBits() + lane)))
      return false;
  for (unsigned warp = 0; warp < to.getWarpBits(); ++warp)
    if (!add(to.getBases(LinearLayout::Warp)[warp] ^ from.getBases(LinearLayout::Warp)[warp], 0))
      return false;

  uint64_t registerMask = (uint64_t(1) << from.getRegisterBits()) - 1;
  BitSpan span;
  bool moves = false;
  for (unsigned i = 0; i < columns.size(); ++i) {
    uint64_t own = 0;
    if (i >= to.getRegisterBits()) {
      span.insert(columns[i] & registerMask);
      if (i < to.getRegisterBits() + laneBits)
        own = uint64_t(1) << (from.getRegisterBits() + i - to.getRegisterBits());
    }
    moves |= (columns[i] & ~registerMask) != own;
  }
  if (span.size() > maxSelectedBits)
    return false;
  kind = moves || span.size() ? Shuffles : Registers;
  source = BitMatrix(columns);
  selected.assign(span.getBasis().begin(), span.getBasis().end());
  return true;
}

void ConversionPlan::planShared(const LinearLayout &from, const LinearLayout &to,
                                unsigned elementBits) {
  kind = Shared;
  unsigned bits = from.getAtomBits(), elementBytes = std::max(8u, elementBits) / 8;
  llvm::SmallVector<uint64_t> common = intersect(BitSpan(from.getBases(LinearLayout::Register)),
                                                 BitSpan(to.getBases(LinearLayout::Register)));
  vectorBits = std::min<unsigned>(common.size(), llvm::Log2_32(16 / elementBytes));
  // Lowest directions last in an echelon form: they make the vector.
  llvm::SmallVector<uint64_t> columns(common.end() - vectorBits, common.end());
  std::reverse(columns.begin(), columns.end());

  // 128 bytes of banks, in vectors; a wavefront is the lanes that access as many bytes.
  unsigned bankBits = std::min(laneBits, 7 - vectorBits - llvm::Log2_32(elementBytes));
  bankBits = std::min(bankBits, bits - vectorBits);
  BitSpan kept(columns), withWriter(columns), withReader(columns);
  for (unsigned lane = 0; lane < bankBits; ++lane) {
    withWriter.insert(from.getBases(LinearLayout::Lane)[lane]);
    withReader.insert(to.getBases(LinearLayout::Lane)[lane]);
  }
  llvm::SmallVector<uint64_t> rows;
  auto firstOutside = [&](const BitSpan &span) {
    uint64_t direction = 1;
    while (span.contains(direction))
      direction <<= 1;
    return direction;
  };
  while (vectorBits + bankBits + rows.size() < bits) {
    uint64_t a = firstOutside(withWriter), b = firstOutside(withReader);
    uint64_t direction = !withReader.contains(a) ? a : !withWriter.contains(b) ? b : a ^ b;
    kept.insert(direction);
    withWriter.insert(direction);
    withReader.insert(direction);
    rows.push_back(direction);
  }
  // Banks: whatever directions complete the space.
  for (unsigned bit = 0; bit < bits; ++bit)
    if (kept.insert(uint64_t(1) << bit))
      columns.push_back(uint64_t(1) << bit);
  columns.append(rows);
  memory = *BitMatrix(columns).rightInverse(bits);
}

} // namespace azulejo::cta
