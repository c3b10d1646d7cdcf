//===- Status.h - How functions of the runtime fail -------------------------------------------===//
#ifndef AZULEJO_RUNTIME_STATUS_H
#define AZULEJO_RUNTIME_STATUS_H

#include "azulejo/runtime.h"
#include <string>
#include <utility>

namespace azulejo::runtime {

/// AZL_OK, or an error with its one sentence.
struct [[nodiscard]] Status {
  azl_status code = AZL_OK;
  std::string message;

  Status() = default;
  Status(azl_status code, std::string message) : code(code), message(std::move(message)) {}
  bool failed() const { return code != AZL_OK; }
};

} // namespace azulejo::runtime

#endif // AZULEJO_RUNTIME_STATUS_H
