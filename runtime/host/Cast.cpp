//===- Cast.cpp - Between numbers and strings -------------------------------------------------===//
#include "runtime/ElementType.h"
#include "runtime/host/Call.h"
#include "runtime/io/Value.h"
#include <cmath>

namespace azulejo::host {

/// The names that ONNX gives to what has no digits.
static std::string toText(azl_element_type type, const void *data, int64_t index) {
  double value = runtime::io::loadElement(type, data, index);
  if (std::isnan(value))
    return "NaN";
  if (std::isinf(value))
    return value < 0 ? "-INF" : "INF";
  if (type == AZL_BOOL)
    return value != 0 ? "1" : "0";
  return runtime::io::elementText(type, data, index);
}

static void fromText(azl_element_type type, void *data, int64_t index, std::string_view text) {
  std::string copy(text);
  if (!runtime::io::storeElementText(type, data, index, copy))
    throw Error("'" + copy + "' is no " + azl_element_type_name(type));
}

Value castElements(Call &call, Value input, azl_element_type to) {
  azl_element_type from = call.type(input);
  if (from == to)
    return input;
  Shape shape = call.shape(input);
  int64_t count = countElements(shape);
  char *result;
  Value made = call.makeTensor(to, shape, result);
  if (to != AZL_STRING && from != AZL_STRING) {
    for (int64_t i = 0; i < count; ++i)
      runtime::io::storeElement(to, result, i,
                                runtime::io::loadElement(from, call.data<char>(input), i));
    return made;
  }
  azl_element_type number = to == AZL_STRING ? from : to;
  bool isPacked = runtime::isPacked(number);
  // runtime/io reads and writes elements as a caller has them, packed.
  runtime::io::Value packed;
  if (isPacked)
    packed = runtime::io::Value(number, shape);
  if (to == AZL_STRING) {
    const void *data = call.data<char>(input);
    if (isPacked) {
      runtime::packElements(number, data, packed.data.data(), count);
      data = packed.data.data();
    }
    for (int64_t i = 0; i < count; ++i)
      reinterpret_cast<int64_t *>(result)[i] = call.number(toText(from, data, i));
    return made;
  }
  void *data = isPacked ? static_cast<void *>(packed.data.data()) : result;
  std::vector<std::string_view> texts = call.texts(input);
  for (int64_t i = 0; i < count; ++i)
    fromText(to, data, i, texts[i]);
  if (isPacked)
    runtime::unpackElements(number, data, result, count);
  return made;
}

/// to, input.
void cast(Call &call) {
  auto to = static_cast<azl_element_type>(call.integer(int64_t(0)));
  call.output(0, castElements(call, call.input(1), to));
}

} // namespace azulejo::host
