#include "lib/GPU/SharedAccess.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace azulejo::cta;

namespace azulejo::gpu {

/// Rows and columns of a tile's coordinates; a vector is one row.
static std::pair<int64_t, int64_t> toMatrix(ArrayRef<int64_t> coordinates) {
  return coordinates.size() == 1 ? std::pair<int64_t, int64_t>(0, coordinates[0])
                                 : std::pair(coordinates[0], coordinates[1]);
}

SharedAccess::SharedAccess(SharedType type, const LinearLayout &layout)
    : map(type), layout(&layout), elementBytes(type.getElementBytes()) {
  for (uint64_t column : layout.getThreadMatrix().getColumns())
    threadPlaces.push_back(getPlace(column));
}

std::optional<SharedAccess> SharedAccess::get(SharedType type, const LinearLayout &layout) {
  SharedAccess access(type, layout);
  // `high` is multiplied by the stride, so that its bits must be added up from different sides.
  uint64_t threads = 0, registers = 0;
  for (SharedMap::Place place : access.threadPlaces)
    threads |= place.high;
  for (int64_t number = 0; number < layout.getRegisters(); ++number)
    registers |= access.getRegisterPlace(number).high;
  if (threads & registers)
    return std::nullopt;
  return access;
}

SharedMap::Place SharedAccess::getPlace(uint64_t flat) const {
  auto [row, column] = toMatrix(layout->unflatten(flat));
  return map.getPlace(row, column);
}

SharedMap::Place SharedAccess::getRegisterPlace(int64_t number) const {
  auto [row, column] = toMatrix(layout->getRegisterCoordinates(number));
  return map.getPlace(row, column);
}

RegisterGroups SharedAccess::groupRegisters(int64_t maxBytes) const {
  int64_t width = std::max<int64_t>(1, maxBytes / elementBytes);
  for (SharedMap::Place place : threadPlaces)
    while (width > 1 && place.low % (width * elementBytes))
      width /= 2;
  while (width > 1 && map.getStride() % (width * elementBytes))
    width /= 2;
  SmallVector<RegisterPlace> places;
  for (int64_t number = 0; number < layout->getRegisters(); ++number) {
    SharedMap::Place place = getRegisterPlace(number);
    places.push_back(
        {static_cast<int64_t>(place.high), static_cast<int64_t>(place.low) / elementBytes});
  }
  return gpu::groupRegisters(places, width);
}

SharedAccess::ThreadOffset SharedAccess::emitThreadOffset(TileDistributor &d,
                                                          ArrayRef<SharedMap::Place> places) const {
  ImplicitLocOpBuilder &b = d.getBuilder();
  ThreadOffset result;
  SmallVector<uint64_t> low, high;
  bool hasHigh = false;
  for (SharedMap::Place place : places) {
    low.push_back(place.low);
    high.push_back(place.high);
    result.lowMask |= place.low;
    hasHigh |= place.high != 0;
  }
  result.low = d.mapThread(low);
  if (hasHigh)
    result.high = arith::MulIOp::create(b, d.mapThread(high), d.makeI32(map.getStride()));
  return result;
}

Value SharedAccess::emitPointer(TileDistributor &d, Value base, const ThreadOffset &thread,
                                SharedMap::Place place) const {
  ImplicitLocOpBuilder &b = d.getBuilder();
  // What meets bits of the thread's is xored; the rest is a constant behind the address.
  Value offset = thread.low;
  if (uint64_t mixed = place.low & thread.lowMask)
    offset = arith::XOrIOp::create(b, offset, d.makeI32(mixed));
  if (thread.high)
    offset = arith::AddIOp::create(b, offset, thread.high);
  offset = arith::AddIOp::create(b, base, offset);
  return d.addBytes(d.getSharedPointer(offset),
                    (place.low & ~thread.lowMask) + place.high * map.getStride());
}

std::optional<SharedReader> SharedReader::get(TileDistributor &d, LoadSharedOp op) {
  std::optional<SharedAccess> access =
      SharedAccess::get(op.getSource().getType(), getLayout(op.getResult()));
  if (!access)
    return std::nullopt;
  return SharedReader(d, op, *access);
}

SharedReader::SharedReader(TileDistributor &d, LoadSharedOp op, SharedAccess access)
    : d(&d), op(op), access(access), groups(access.groupRegisters(16)),
      offset(access.emitThreadOffset(d, access.getThreadPlaces())),
      scalars(getLayout(op.getResult()).getRegisters()) {}

Value SharedReader::get(int64_t number) {
  if (scalars[number])
    return scalars[number];
  const auto *group = llvm::find_if(
      groups.groups, [&](ArrayRef<int64_t> group) { return llvm::is_contained(group, number); });
  Value pointer = access.emitPointer(*d, d->get(op.getSource())[0], offset,
                                     access.getRegisterPlace(group->front()));
  Type element = op.getSource().getType().getElementType();
  for (auto [member, value] :
       llvm::zip(*group, d->loadVector(element, pointer, static_cast<int64_t>(group->size()))))
    scalars[member] = value;
  return scalars[number];
}

} // namespace azulejo::gpu
