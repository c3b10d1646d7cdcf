//===- Record.h - Who made an access, and when ----------------------------===//
#ifndef AZULEJO_CUDASIM_CHECK_RECORD_H
#define AZULEJO_CUDASIM_CHECK_RECORD_H

#include "runtime/cudasim/Check/Clock.h"

namespace azulejo::cudasim {

/// Who made an access and when. `who` is 0 for nobody, else valid | strong? | limited? |
/// cluster << 16 | warp << 5 | lane, or valid | async | cluster << 24 | token.
struct Record {
  static constexpr uint64_t valid = uint64_t(1) << 60, strong = uint64_t(1) << 61,
                            async = uint64_t(1) << 62, limited = uint64_t(1) << 63;
  uint64_t who = 0;
  Time time = 0;
  uint32_t pc = 0;

  bool isAsync() const { return who & async; }
  bool isStrong() const { return who & strong; }
  /// Strong, but not towards everybody (see areStrongTogether).
  bool isLimited() const { return who & limited; }
  uint64_t cluster() const {
    return isAsync() ? (who & (valid - 1)) >> 24 : (who & (valid - 1)) >> 16;
  }
  uint32_t warp() const { return who >> 5 & 0x7ff; }
  uint32_t lane() const { return who & 31; }
  AsyncToken token() const { return who & 0xffffff; }
};

} // namespace azulejo::cudasim

#endif // AZULEJO_CUDASIM_CHECK_RECORD_H
