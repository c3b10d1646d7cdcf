#include "dialects/Cta/LinearLayout.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"
#include <cassert>

namespace azulejo::cta {

LinearLayout::LinearLayout(llvm::ArrayRef<int64_t> shape, llvm::ArrayRef<uint64_t> registers,
                           llvm::ArrayRef<uint64_t> lanes, llvm::ArrayRef<uint64_t> warps)
    : shape(shape), bases{llvm::SmallVector<uint64_t>(registers),
                          llvm::SmallVector<uint64_t>(lanes), llvm::SmallVector<uint64_t>(warps)} {}

std::string LinearLayout::explainInvalid() const {
  if (llvm::any_of(shape, [](int64_t size) { return size < 1; }))
    return "a layout's shape must be positive";
  if (getAtomBits() > 31 || getRegisterBits() > 20 || getWarpBits() > 5)
    return "a layout is for at most 2^31 elements, 2^20 registers and 32 warps";
  if (bases[Lane].size() != laneBits)
    return "a layout needs five bases for lanes";
  uint64_t outside = ~((uint64_t(1) << getAtomBits()) - 1);
  for (const auto &list : bases)
    if (llvm::any_of(list, [&](uint64_t base) { return base & outside; }))
      return "a basis leads out of the atom";
  if (BitMatrix(bases[Register]).rank() != getRegisterBits())
    return "two registers of a thread hold the same element";
  if (getMatrix().rank() != getAtomBits())
    return "some elements are held by no thread";
  return {};
}

int64_t LinearLayout::getRepeats() const {
  int64_t product = 1;
  for (unsigned dim = 0; dim < getRank(); ++dim)
    product *= getRepeats(dim);
  return product;
}

unsigned LinearLayout::getDimBits(unsigned dim) const {
  return llvm::countr_zero(static_cast<uint64_t>(shape[dim]));
}

unsigned LinearLayout::getDimShift(unsigned dim) const {
  unsigned shift = 0;
  for (unsigned i = dim + 1; i < getRank(); ++i)
    shift += getDimBits(i);
  return shift;
}

unsigned LinearLayout::getAtomBits() const {
  return getRank() ? getDimShift(0) + getDimBits(0) : 0;
}

BitMatrix LinearLayout::getMatrix() const {
  llvm::SmallVector<uint64_t> columns;
  for (const auto &list : bases)
    columns.append(list);
  return BitMatrix(columns);
}

BitMatrix LinearLayout::getThreadMatrix() const {
  llvm::SmallVector<uint64_t> columns(bases[Lane]);
  columns.append(bases[Warp]);
  return BitMatrix(columns);
}

llvm::SmallVector<int64_t> LinearLayout::unflatten(uint64_t flat) const {
  llvm::SmallVector<int64_t> coordinates;
  for (unsigned dim = 0; dim < getRank(); ++dim)
    coordinates.push_back(flat >> getDimShift(dim) & (getAtomSize(dim) - 1));
  return coordinates;
}

uint64_t LinearLayout::flatten(llvm::ArrayRef<int64_t> coordinates) const {
  uint64_t flat = 0;
  for (auto [dim, coordinate] : llvm::enumerate(coordinates))
    flat |= uint64_t(coordinate & (getAtomSize(dim) - 1)) << getDimShift(dim);
  return flat;
}

llvm::SmallVector<int64_t> LinearLayout::getRepeatOffsets(int64_t repeat) const {
  llvm::SmallVector<int64_t> offsets(getRank());
  for (unsigned dim = getRank(); dim-- > 0;) {
    offsets[dim] = repeat % getRepeats(dim) * getAtomSize(dim);
    repeat /= getRepeats(dim);
  }
  return offsets;
}

llvm::SmallVector<int64_t> LinearLayout::getRegisterCoordinates(int64_t number) const {
  return getElement(number, 0);
}

llvm::SmallVector<int64_t> LinearLayout::getElement(int64_t number, int64_t thread) const {
  uint64_t flat = getRegisterMatrix()(number % getAtomRegisters()) ^ getThreadMatrix()(thread);
  llvm::SmallVector<int64_t> coordinates = unflatten(flat);
  for (auto [coordinate, offset] :
       llvm::zip(coordinates, getRepeatOffsets(number / getAtomRegisters())))
    coordinate += offset;
  return coordinates;
}

uint64_t LinearLayout::getFreeThreadBits() const {
  return getMatrix().getFreeBits() >> getRegisterBits();
}

/// Applies a linear map of flattened coordinates to all bases, and leaves out registers that no
/// longer say anything new.
static LinearLayout mapBases(const LinearLayout &layout, llvm::ArrayRef<int64_t> shape,
                             llvm::function_ref<uint64_t(uint64_t)> map) {
  std::array<llvm::SmallVector<uint64_t>, 3> mapped;
  for (auto input : {LinearLayout::Register, LinearLayout::Lane, LinearLayout::Warp})
    for (uint64_t base : layout.getBases(input))
      mapped[input].push_back(map(base));
  BitSpan span;
  llvm::erase_if(mapped[LinearLayout::Register], [&](uint64_t base) { return !span.insert(base); });
  return LinearLayout(shape, mapped[0], mapped[1], mapped[2]);
}

LinearLayout LinearLayout::dropDimension(unsigned dim) const {
  llvm::SmallVector<int64_t> rest(shape);
  rest.erase(rest.begin() + dim);
  unsigned low = getDimShift(dim), high = low + getDimBits(dim);
  return mapBases(*this, rest, [&](uint64_t base) {
    return (base & ((uint64_t(1) << low) - 1)) | base >> high << low;
  });
}

LinearLayout LinearLayout::transpose(llvm::ArrayRef<int64_t> permutation) const {
  llvm::SmallVector<int64_t> permuted;
  for (int64_t dim : permutation)
    permuted.push_back(shape[dim]);
  LinearLayout target(permuted, {}, {}, {});
  return mapBases(*this, permuted, [&](uint64_t base) {
    llvm::SmallVector<int64_t> from = unflatten(base), to;
    for (int64_t dim : permutation)
      to.push_back(from[dim]);
    return target.flatten(to);
  });
}

LinearLayout LinearLayout::insertDimension(unsigned dim, int64_t size) const {
  llvm::SmallVector<int64_t> extended(shape);
  extended.insert(extended.begin() + dim, size);
  LinearLayout target(extended, {}, {}, {});
  unsigned low = target.getDimShift(dim), bits = target.getDimBits(dim);
  auto spread = [&](uint64_t base) {
    uint64_t below = base & ((uint64_t(1) << low) - 1);
    return below | (base ^ below) << bits;
  };
  std::array<llvm::SmallVector<uint64_t>, 3> mapped;
  for (unsigned bit = 0; bit < bits; ++bit)
    mapped[Register].push_back(uint64_t(1) << (low + bit));
  for (auto input : {Register, Lane, Warp})
    for (uint64_t base : bases[input])
      mapped[input].push_back(spread(base));
  return LinearLayout(extended, mapped[0], mapped[1], mapped[2]);
}

LayoutBuilder::LayoutBuilder(llvm::ArrayRef<int64_t> shape) : shape(shape), used(shape.size(), 0) {
  LinearLayout empty(shape, {}, {}, {});
  for (unsigned dim = 0; dim < shape.size(); ++dim) {
    bits.push_back(empty.getDimBits(dim));
    shifts.push_back(empty.getDimShift(dim));
  }
}

unsigned LayoutBuilder::getLeft(unsigned dim) const { return bits[dim] - used[dim]; }

LayoutBuilder &LayoutBuilder::add(LinearLayout::Input input, unsigned dim, unsigned count) {
  for (count = std::min(count, getLeft(dim)); count; --count)
    bases[input].push_back(uint64_t(1) << (shifts[dim] + used[dim]++));
  return *this;
}

LayoutBuilder &LayoutBuilder::repeat(LinearLayout::Input input, unsigned count) {
  bases[input].append(count, 0);
  return *this;
}

LinearLayout LayoutBuilder::finish(unsigned warpBits) {
  for (unsigned dim = shape.size(); dim-- > 0;)
    add(LinearLayout::Register, dim, getLeft(dim));
  repeat(LinearLayout::Lane, laneBits - bases[LinearLayout::Lane].size());
  repeat(LinearLayout::Warp, warpBits - bases[LinearLayout::Warp].size());
  return LinearLayout(shape, bases[0], bases[1], bases[2]);
}

} // namespace azulejo::cta
