//===- Reports.cpp - What is wrong with an address ------------------------===//
#include "runtime/cudasim/Memory/Memory.h"
#include "runtime/cudasim/Memory/Region.h"

using namespace azulejo::cudasim;

static std::string hex(uint64_t value) {
  char text[24];
  snprintf(text, sizeof text, "0x%llx", (unsigned long long)value);
  return text;
}

static const char *nameOf(Space space) {
  switch (space) {
  case Space::Generic:
    return "generic";
  case Space::Global:
    return "global";
  case Space::Shared:
    return "shared::cta";
  case Space::SharedCluster:
    return "shared::cluster";
  case Space::Local:
    return "local";
  case Space::Constant:
    return "constant";
  case Space::Parameter:
    return "parameter";
  }
  return "";
}

std::string azulejo::cudasim::describe(const Access &access, const Region &region,
                                       uint64_t offset) {
  std::string bytes = std::to_string(region.size) + " bytes of ";
  switch (region.window) {
  case Space::Shared:
    return bytes + "the block's shared memory (" +
           describeShared(*region.block, offset, access.bytes) + ")";
  case Space::SharedCluster:
    return bytes + "shared memory of the block of rank " + std::to_string(region.block->rank) +
           " in the cluster";
  case Space::Local:
    return bytes + "the thread's local memory";
  case Space::Constant:
    return bytes + "the module's constants";
  case Space::Parameter:
    return bytes + "the kernel's parameters";
  default:
    return bytes + region.allocation->origin;
  }
}

std::string azulejo::cudasim::whatItDoes(const Access &access, uint64_t address) {
  static const char *verbs[] = {"reads ", "writes ", "updates "};
  return verbs[access.kind] + std::to_string(access.bytes) + " bytes at " + hex(address);
}

void azulejo::cudasim::failWithoutRegion(const Access &access, unsigned lane) {
  uint64_t address = access.addresses[lane];
  std::string what = whatItDoes(access, address);
  Block &block = access.warp.block;
  Space window = windowOf(address);
  if (access.space == Space::Global && window != Space::Global)
    throw Fault(FaultClass::WrongSpace,
                what + " in global memory, but this is a generic address of " + nameOf(window) +
                    " memory",
                int(lane))
        .at(address);
  if (access.space == Space::Shared || access.space == Space::SharedCluster ||
      window == Space::SharedCluster) {
    if (access.space != Space::Generic && address >> 32)
      throw Fault(FaultClass::WrongSpace,
                  what + " in " + nameOf(access.space) +
                      " memory, but this is a generic address of " + nameOf(window) + " memory",
                  int(lane))
          .at(address);
    uint64_t rank = access.space == Space::Generic ? (address & windowOffsetMask) >> sharedRankShift
                                                   : (address >> sharedRankShift) - 1;
    if (rank >= block.cluster.blocks.size())
      throw Fault(FaultClass::OutOfBounds,
                  what + ", shared memory of the block of rank " + std::to_string(rank) +
                      ", but the cluster has " + std::to_string(block.cluster.blocks.size()) +
                      (block.cluster.blocks.size() == 1 ? " block" : " blocks"),
                  int(lane))
          .at(address);
    if (access.space == Space::Shared)
      throw Fault(FaultClass::WrongSpace,
                  what +
                      " in shared::cta memory, but this is a shared::cluster address of the "
                      "block of rank " +
                      std::to_string(rank),
                  int(lane))
          .at(address);
    throw Fault(FaultClass::UseAfterFree,
                what + ", shared memory of the block of rank " + std::to_string(rank) +
                    ", which has exited",
                int(lane))
        .at(address);
  }
  const Allocation *found = block.launch.memory.find(address);
  if (found) {
    std::string allocation = std::to_string(found->size) + " bytes of " + found->origin;
    if (address - found->begin < found->size)
      throw Fault(FaultClass::UseAfterFree,
                  what + ", " + std::to_string(address - found->begin) + " bytes into " +
                      allocation + ", which was freed",
                  int(lane))
          .at(address, allocation);
    uint64_t distance =
        address < found->begin ? found->begin - address : address - (found->begin + found->size);
    throw Fault(FaultClass::OutOfBounds,
                what + ", " + std::to_string(distance) + " bytes " +
                    (address < found->begin ? "before " : "behind the end of ") + allocation +
                    ", which was freed",
                int(lane))
        .at(address, allocation);
  }
  throw Fault(FaultClass::OutOfBounds,
              what + (address < 4096 ? ": a null pointer"
                      : address < globalWindow
                          ? ", where no allocation is: host memory that is not registered"
                          : ", where no allocation is"),
              int(lane))
      .at(address);
}

void azulejo::cudasim::failOutside(const Access &access, const Region &region, unsigned lane) {
  uint64_t address = access.addresses[lane];
  uint64_t relative = address - region.begin - lane * region.beginStride;
  std::string what = whatItDoes(access, address);
  if (region.window == Space::Local && relative >> 32 && access.space == Space::Generic)
    throw Fault(FaultClass::WrongSpace,
                what + ", local memory of thread " +
                    std::to_string((address & windowOffsetMask) >> 32) +
                    " of the block, by thread " + std::to_string(access.warp.thread(lane)),
                int(lane))
        .at(address);
  if ((region.window == Space::Shared || region.window == Space::SharedCluster ||
       region.window == Space::Local || region.window == Space::Constant ||
       region.window == Space::Parameter) &&
      access.space != Space::Generic && address >> 56)
    throw Fault(FaultClass::WrongSpace,
                what + " in " + nameOf(access.space) +
                    " memory, but this is a generic address of " + nameOf(windowOf(address)) +
                    " memory",
                int(lane))
        .at(address);
  std::string allocation = describe(access, region, relative);
  int64_t offset = int64_t(relative);
  // A 32-bit address that went below zero.
  if (access.space != Space::Generic && access.space != Space::Global && relative >> 32 == 0 &&
      int32_t(relative) < 0)
    offset = int32_t(relative);
  std::string where = offset < 0 ? std::to_string(-offset) + " bytes before "
                      : uint64_t(offset) < region.size
                          ? "of which " + std::to_string(offset + access.bytes - region.size) +
                                " lie behind the end of "
                      : uint64_t(offset) == region.size
                          ? std::string("right behind the end of ")
                          : std::to_string(offset - region.size) + " bytes behind the end of ";
  throw Fault(FaultClass::OutOfBounds, what + ", " + where + allocation, int(lane))
      .at(address, allocation);
}

std::string azulejo::cudasim::describeShared(const Block &block, uint64_t offset, uint64_t bytes) {
  const Program &program = block.launch.program;
  const Symbol *best = nullptr;
  std::string_view bestName;
  auto consider = [&](std::string_view name, const Symbol &symbol) {
    if (symbol.space != ptx::StateSpace::Shared || symbol.openShared)
      return;
    // The nearest variable that begins at or before the offset.
    if (symbol.address <= offset && (!best || best->address < symbol.address)) {
      best = &symbol;
      bestName = name;
    }
  };
  for (auto &[name, symbol] : program.globals)
    consider(name, symbol);
  for (auto &[name, symbol] : program.functions[block.launch.kernel.function].symbols)
    consider(name, symbol);
  if (offset >= block.launch.kernel.dynamicSharedOffset && block.launch.config.dynamicSharedBytes)
    return "byte " + std::to_string(offset - block.launch.kernel.dynamicSharedOffset) +
           " of the dynamic part";
  if (!best)
    return "offset " + std::to_string(offset);
  uint64_t begin = offset - best->address;
  return "bytes " + std::to_string(begin) + " to " + std::to_string(begin + bytes) +
         " from the begin of `" + std::string(bestName) + "`";
}
