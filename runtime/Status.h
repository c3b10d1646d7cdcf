//===- Status.h - How functions of the runtime fail -------------------------------------------===//
#ifndef AZULEJO_RUNTIME_STATUS_H
#define AZULEJO_RUNTIME_STATUS_H

#include "azulejo/runtime.h"
#include <exception>
#include <new>
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

/// Keeps a status for azl_last_error, and gives its code.
azl_status report(const Status &status);

/// Runs the body of a function of the C API, and keeps every exception inside.
template <typename Body> azl_status guarded(Body body) {
  try {
    return report(body());
  } catch (const std::bad_alloc &) {
    return report({AZL_OUT_OF_MEMORY, "memory ran out"});
  } catch (const std::exception &exception) {
    return report({AZL_RUN_FAILED, exception.what()});
  }
}

} // namespace azulejo::runtime

#endif // AZULEJO_RUNTIME_STATUS_H
