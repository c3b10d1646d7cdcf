//===- WarpStorage.h - Registers and stacks, used again -------------------===//
#ifndef AZULEJO_CUDASIM_MACHINE_WARPSTORAGE_H
#define AZULEJO_CUDASIM_MACHINE_WARPSTORAGE_H

#include "runtime/cudasim/Program/Program.h"
#include <array>
#include <memory>
#include <vector>

namespace azulejo::cudasim {

/// A call's registers.
struct Frame {
  std::unique_ptr<uint8_t[]> storage;
  uint8_t *registers = nullptr;
  LaneMask *masks = nullptr;
  std::array<uint32_t, warpSize> function{}, returnPc{}, localBase{}, localEnd{};

  explicit Frame(const Program &program);
  /// As it was made: a warp finds zeros, whoever was there before. Of the registers that many
  /// bytes will be used; which are written is set where a function is entered.
  void clear(uint32_t registerBytes);
};

/// What a warp needs of the host's memory. Blocks of a launch are many and short, so warps that
/// begin get that of warps that ended.
struct WarpStorage {
  std::vector<Frame> frames;
  std::unique_ptr<uint8_t[]> special; // special registers
  std::vector<uint8_t> local;         // zeros before a warp uses it
};

/// Those of one launch and host thread that are free, by the warp's index in its block: most
/// special registers depend on no more.
class WarpStorages {
public:
  /// Null where there is none.
  std::unique_ptr<WarpStorage> take(uint32_t index) {
    if (index >= free.size() || free[index].empty())
      return nullptr;
    std::unique_ptr<WarpStorage> storage = std::move(free[index].back());
    free[index].pop_back();
    return storage;
  }
  void give(uint32_t index, std::unique_ptr<WarpStorage> storage) {
    if (index >= free.size())
      free.resize(index + 1);
    free[index].push_back(std::move(storage));
  }

private:
  std::vector<std::vector<std::unique_ptr<WarpStorage>>> free;
};

} // namespace azulejo::cudasim

#endif // AZULEJO_CUDASIM_MACHINE_WARPSTORAGE_H
