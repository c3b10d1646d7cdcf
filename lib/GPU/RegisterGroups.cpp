#include "lib/GPU/RegisterGroups.h"
#include "llvm/ADT/DenseMap.h"

namespace azulejo::gpu {

RegisterGroups groupRegisters(llvm::ArrayRef<RegisterPlace> places, int64_t maxWidth) {
  llvm::DenseMap<std::pair<int64_t, int64_t>, int64_t> holders;
  for (auto [number, place] : llvm::enumerate(places))
    holders.try_emplace({place.line, place.position}, number);
  for (int64_t width = maxWidth; width > 1; width /= 2) {
    RegisterGroups result{width, {}};
    for (RegisterPlace place : places) {
      if (place.position % width)
        continue;
      llvm::SmallVector<int64_t> group;
      for (int64_t i = 0; i < width; ++i)
        if (auto holder = holders.find({place.line, place.position + i}); holder != holders.end())
          group.push_back(holder->second);
      if (static_cast<int64_t>(group.size()) == width)
        result.groups.push_back(group);
    }
    if (result.groups.size() * width == places.size())
      return result;
  }
  RegisterGroups result{1, {}};
  for (int64_t number = 0; number < static_cast<int64_t>(places.size()); ++number)
    result.groups.push_back({number});
  return result;
}

RegisterGroups groupRegisters(const cta::LinearLayout &layout, int64_t dim, int64_t maxWidth) {
  llvm::SmallVector<RegisterPlace> places;
  for (int64_t number = 0; number < layout.getRegisters(); ++number) {
    llvm::SmallVector<int64_t> coordinates = layout.getRegisterCoordinates(number);
    int64_t line = 0;
    for (auto [i, coordinate] : llvm::enumerate(coordinates))
      line = line * layout.getShape()[i] + (static_cast<int64_t>(i) == dim ? 0 : coordinate);
    places.push_back({line, dim < 0 ? 0 : coordinates[dim]});
  }
  if (dim < 0)
    return groupRegisters(places, 1);
  for (uint64_t column : layout.getThreadMatrix().getColumns())
    while (maxWidth > 1 && layout.unflatten(column)[dim] % maxWidth)
      maxWidth /= 2;
  return groupRegisters(places, maxWidth);
}

} // namespace azulejo::gpu
