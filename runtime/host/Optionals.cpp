//===- Optionals.cpp - Values that may be absent ----------------------------------------------===//
#include "runtime/host/Call.h"

namespace azulejo::host {

void optional(Call &call) {
  std::vector<Value> elements;
  if (call.has(0))
    elements.push_back(call.input(0));
  call.output(0, call.makeList(AZM_OPTIONAL, elements));
}

/// What is no optional is there.
void optionalHasElement(Call &call) {
  bool *result;
  call.output(0, call.makeTensor(AZL_BOOL, {}, result));
  *result =
      call.has(0) && (!call.isOptional(call.input(0)) || !call.elements(call.input(0)).empty());
}

void optionalGetElement(Call &call) {
  Value value = call.input(0);
  if (call.isOptional(value)) {
    std::vector<Value> elements = call.elements(value);
    if (elements.empty())
      throw Error("the optional is empty");
    value = elements[0];
  }
  call.output(0, value);
}

} // namespace azulejo::host
