//===- Call.h - A call of the host library as its functions see it ----------------------------===//
//
// A function takes a `Call &` and says what is wrong by throwing `Error`; nothing is thrown past
// `enter`, which is what the runtime calls.
//
//===------------------------------------------------------------------------------------------===//
#ifndef AZULEJO_RUNTIME_HOST_CALL_H
#define AZULEJO_RUNTIME_HOST_CALL_H

#include "azulejo/Artifact/Host.h"
#include "azulejo/runtime.h"
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace azulejo::host {

struct Error : std::runtime_error {
  using runtime_error::runtime_error;
};

using Value = const azm_value *;
using Shape = std::vector<int64_t>;

class Call {
public:
  Call(azm_host *host, Value const *inputs, int64_t inputCount, Value *outputs)
      : host(host), inputs(inputs), inputCount(inputCount), outputs(outputs) {}

  int64_t size() const { return inputCount; }
  /// Whether input `index` is there.
  bool has(int64_t index) const { return index < inputCount; }
  Value input(int64_t index) const {
    if (!has(index))
      throw Error("an input is missing");
    return inputs[index];
  }
  void output(int64_t index, Value value) { outputs[index] = value; }

  //===----------------------------------------------------------------------------------------===//
  // Tensors
  //===----------------------------------------------------------------------------------------===//

  bool isTensor(Value value) const { return host->kind(value) == AZM_TENSOR; }
  azl_element_type type(Value tensor) const {
    return static_cast<azl_element_type>(host->element_type(tensor));
  }
  Shape shape(Value tensor) const {
    const int64_t *sizes = host->shape(tensor);
    return Shape(sizes, sizes + host->rank(tensor));
  }
  /// The elements, a string being its number. `T` is the caller's promise, with `bytes` for any.
  template <typename T> const T *data(Value tensor) {
    return static_cast<const T *>(checked(host->data(host, tensor)));
  }
  template <typename T> Value makeTensor(azl_element_type type, const Shape &shape, T *&data) {
    void *memory = nullptr;
    Value tensor =
        checked(host->make_tensor(host, type, int32_t(shape.size()), shape.data(), &memory));
    data = static_cast<T *>(memory);
    return tensor;
  }
  /// The one element of an integer tensor.
  int64_t integer(Value tensor);
  int64_t integer(int64_t index) { return integer(input(index)); }
  /// The elements of an integer tensor.
  std::vector<int64_t> integers(Value tensor);

  //===----------------------------------------------------------------------------------------===//
  // Strings
  //===----------------------------------------------------------------------------------------===//

  std::string_view text(int64_t number) {
    int64_t size = 0;
    const char *bytes = host->text(host, number, &size);
    return {bytes, size_t(size)};
  }
  /// The one element of a tensor of strings.
  std::string_view text(Value tensor) { return text(*data<int64_t>(tensor)); }
  std::vector<std::string_view> texts(Value tensor);
  int64_t number(std::string_view text) {
    int64_t number = host->number(host, text.data(), int64_t(text.size()));
    if (number < 0)
      throw std::bad_alloc();
    return number;
  }

  //===----------------------------------------------------------------------------------------===//
  // Lists
  //===----------------------------------------------------------------------------------------===//

  bool isOptional(Value value) const { return host->kind(value) == AZM_OPTIONAL; }
  std::vector<Value> elements(Value list) const {
    std::vector<Value> result(host->count(list));
    for (size_t i = 0; i < result.size(); ++i)
      result[i] = host->element(list, int64_t(i));
    return result;
  }
  Value makeList(azm_value_kind kind, const std::vector<Value> &elements) {
    return checked(host->make_list(host, kind, elements.data(), int64_t(elements.size())));
  }

private:
  /// Null where the runtime has noted why.
  template <typename T> T *checked(T *pointer) {
    if (!pointer)
      throw Error("memory ran out");
    return pointer;
  }

  azm_host *host;
  Value const *inputs;
  int64_t inputCount;
  Value *outputs;
};

using Function = void (*)(Call &);

/// What the runtime calls for `function`.
template <Function function>
void enter(azm_host *host, Value const *inputs, int64_t inputCount, Value *outputs, int64_t) {
  try {
    Call call(host, inputs, inputCount, outputs);
    function(call);
  } catch (const Error &error) {
    host->fail(host, error.what());
  } catch (const std::exception &) {
    host->fail(host, "memory ran out");
  }
}

int64_t countElements(const Shape &shape);
/// Bytes of an element as it lies in host memory.
int64_t elementBytes(azl_element_type type);

// Sequences.cpp
void sequenceEmpty(Call &);
void sequenceConstruct(Call &);
void sequenceAt(Call &);
void sequenceInsert(Call &);
void sequenceErase(Call &);
void sequenceLength(Call &);
void splitToSequence(Call &);
void concatFromSequence(Call &);
// Optionals.cpp
void optional(Call &);
void optionalHasElement(Call &);
void optionalGetElement(Call &);
// Cast.cpp
void cast(Call &);
/// A tensor with its elements as ones of type `to`, or as they are. Unless one of the two types is
/// the string, neither may be packed.
Value castElements(Call &, Value from, azl_element_type to);
// Maps.cpp
void castMap(Call &);
void dictVectorizer(Call &);
void zipMap(Call &);
// Strings.cpp
void stringConcat(Call &);
void stringSplit(Call &);
void stringNormalizer(Call &);
void regexFullMatch(Call &);
// Images.cpp
void imageDecoder(Call &);

} // namespace azulejo::host

#endif // AZULEJO_RUNTIME_HOST_CALL_H
