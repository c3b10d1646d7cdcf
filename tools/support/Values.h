//===- Values.h - Test data as the runtime takes and gives it ---------------------------------===//
#ifndef AZULEJO_TOOLS_SUPPORT_VALUES_H
#define AZULEJO_TOOLS_SUPPORT_VALUES_H

#include "azulejo/runtime.h"
#include "lib/Import/ValueFile.h"
#include <memory>

namespace azulejo {

struct ReleaseValue {
  void operator()(azl_value *value) const { azl_value_release(value); }
};
using ValueHandle = std::unique_ptr<azl_value, ReleaseValue>;

/// Null where the runtime refuses it: azl_last_error says why.
ValueHandle toRuntime(const HostValue &value);
HostValue fromRuntime(const azl_value &value);

/// Runs the model; false where that fails.
bool runValues(azl_session *session, llvm::ArrayRef<ValueHandle> inputs, size_t outputCount,
               std::vector<ValueHandle> &outputs);

} // namespace azulejo

#endif // AZULEJO_TOOLS_SUPPORT_VALUES_H
