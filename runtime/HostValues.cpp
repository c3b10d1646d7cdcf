#include "runtime/HostValues.h"
#include "runtime/ElementType.h"
#include "runtime/Run.h"
#include "runtime/TensorMemory.h"
#include <algorithm>
#include <cstdlib>
#include <cstring>

azm_value::~azm_value() {
  if (owned)
    owner.stream.free(buffer);
  std::free(host);
  owner.letGo((owned ? bytes : 0) + (host ? bytes : 0));
}

namespace azulejo::runtime {

static void *allocateHost(int64_t bytes) {
  int64_t rounded = (bytes + AZM_BUFFER_ALIGNMENT) & -int64_t(AZM_BUFFER_ALIGNMENT);
  return std::aligned_alloc(AZM_BUFFER_ALIGNMENT, rounded);
}

//===------------------------------------------------------------------------------------------===//
// What the library asks for
//===------------------------------------------------------------------------------------------===//

/// Keeps exceptions out of the library, whose frames are not ours.
struct HostServices {
  static HostValues &of(azm_host *host) { return *static_cast<HostValues *>(host); }

  template <typename Body> static auto guarded(azm_host *host, Body body) -> decltype(body()) {
    try {
      return body();
    } catch (const std::exception &) {
      of(host).note("memory ran out");
      return {};
    }
  }

  static const void *data(azm_host *host, const azm_value *value) {
    auto &tensor = const_cast<azm_value &>(*value);
    if (tensor.kind != AZM_TENSOR || !of(host).bringToHost(tensor)) {
      of(host).note("memory ran out");
      return nullptr;
    }
    return tensor.host;
  }
  static const azm_value *makeTensor(azm_host *host, int32_t type, int32_t rank,
                                     const int64_t *shape, void **data) {
    return guarded(host, [&]() -> const azm_value * {
      auto tensor =
          of(host).makeTensor(azl_element_type(type), std::vector<int64_t>(shape, shape + rank));
      if (!tensor)
        return nullptr;
      of(host).made.push_back(tensor);
      *data = tensor->host;
      return tensor.get();
    });
  }
  static const azm_value *makeList(azm_host *host, int32_t kind, const azm_value *const *elements,
                                   int64_t count) {
    return guarded(host, [&]() -> const azm_value * {
      auto list = of(host).makeList(kind, elements, count);
      if (list)
        of(host).made.push_back(list);
      return list.get();
    });
  }
  static const char *text(azm_host *host, int64_t number, int64_t *size) {
    std::string_view text = of(host).textOf(number);
    *size = text.size();
    return text.data();
  }
  static int64_t number(azm_host *host, const char *text, int64_t size) {
    return guarded(host, [&]() -> int64_t { return of(host).numberOf({text, size_t(size)}); });
  }
  static void fail(azm_host *host, const char *message) {
    guarded(host, [&]() -> int { return of(host).note(message), 0; });
  }
};

HostValues::HostValues(const Artifact &artifact, Stream &stream, bool sharesHostMemory,
                       const int64_t &memoryLimit, int64_t &held, int64_t &mostHeld)
    : azm_host{[](const azm_value *value) { return value->kind; },
               [](const azm_value *value) { return int32_t(value->type); },
               [](const azm_value *value) { return int32_t(value->shape.size()); },
               [](const azm_value *value) { return value->shape.data(); },
               HostServices::data,
               [](const azm_value *value) { return int64_t(value->elements.size()); },
               [](const azm_value *value, int64_t index) -> const azm_value * {
                 return value->elements[index].get();
               },
               HostServices::makeTensor,
               HostServices::makeList,
               HostServices::text,
               HostServices::number,
               HostServices::fail},
      artifact(artifact), stream(stream), sharesHostMemory(sharesHostMemory),
      memoryLimit(memoryLimit), held(held), mostHeld(mostHeld) {}

void HostValues::note(std::string message) {
  if (!failed)
    failure = std::move(message);
  failed = true;
}

bool HostValues::hold(int64_t bytes) {
  if (memoryLimit && held + bytes > memoryLimit)
    return false;
  held += bytes;
  ownHeld += bytes;
  mostHeld = std::max(mostHeld, held);
  return true;
}

void HostValues::letGo(int64_t bytes) {
  held -= bytes;
  ownHeld -= bytes;
}

//===------------------------------------------------------------------------------------------===//
// Strings
//===------------------------------------------------------------------------------------------===//

int64_t HostValues::numberOf(std::string_view text) {
  if (auto found = artifact.stringNumbers.find(text); found != artifact.stringNumbers.end())
    return found->second;
  if (auto found = numbers.find(text); found != numbers.end())
    return found->second;
  int64_t number = artifact.strings.size() + texts.size();
  numbers.emplace(texts.emplace_back(text), number);
  return number;
}

std::string_view HostValues::textOf(int64_t number) const {
  auto index = size_t(number), constants = artifact.strings.size();
  if (index < constants)
    return artifact.strings[index];
  return index - constants < texts.size() ? std::string_view(texts[index - constants]) : "";
}

void HostValues::numberStrings(const azl_tensor &tensor, void *numbers) {
  for (int64_t i = 0, count = countElements(tensor.rank, tensor.shape); i < count; ++i) {
    const azl_string &text = static_cast<const azl_string *>(tensor.data)[i];
    static_cast<int64_t *>(numbers)[i] = numberOf({text.data, text.size});
  }
}

bool HostValues::spellStrings(const std::vector<int64_t> &shape, const void *numbers,
                              azl_tensor &tensor) {
  std::vector<std::string_view> strings(countElements(int32_t(shape.size()), shape.data()));
  for (size_t i = 0; i < strings.size(); ++i)
    strings[i] = textOf(static_cast<const int64_t *>(numbers)[i]);
  return allocateStrings(int32_t(shape.size()), shape.data(), strings, tensor);
}

//===------------------------------------------------------------------------------------------===//
// Values
//===------------------------------------------------------------------------------------------===//

HostValues::ValuePointer HostValues::makeTensor(azl_element_type type, std::vector<int64_t> shape) {
  int64_t count = countElements(int32_t(shape.size()), shape.data()), bytes;
  constexpr int64_t most = int64_t(1) << 46;
  if (count < 0 || __builtin_mul_overflow(count, storageBytes(type), &bytes) || bytes > most) {
    note("a tensor would have the impossible shape " + shapeText(shape.size(), shape.data()));
    return nullptr;
  }
  auto tensor = std::make_shared<azm_value>(*this);
  tensor->type = type;
  tensor->shape = std::move(shape);
  if (hold(bytes)) {
    tensor->bytes = bytes;
    tensor->host = allocateHost(bytes);
    if (!tensor->host)
      letGo(bytes);
  }
  if (!tensor->host) {
    note("a tensor of " + std::to_string(bytes) + " bytes is needed, and memory ran out");
    return nullptr;
  }
  std::memset(tensor->host, 0, bytes);
  return tensor;
}

bool HostValues::bringToHost(azm_value &tensor) {
  if (tensor.host)
    return true;
  if (!hold(tensor.bytes))
    return false;
  tensor.host = allocateHost(tensor.bytes);
  if (!tensor.host) {
    letGo(tensor.bytes);
    return false;
  }
  return !stream.download(tensor.host, tensor.buffer, tensor.bytes).failed() &&
         !stream.finish().failed();
}

bool HostValues::makeOwned(azm_value &tensor) {
  if (tensor.kind != AZM_TENSOR || tensor.owned || !tensor.buffer)
    return true;
  void *borrowed = tensor.buffer;
  tensor.buffer = nullptr;
  if (tensor.host)
    return true;
  if (!hold(tensor.bytes))
    return false;
  tensor.buffer = stream.allocate(tensor.bytes);
  if (!tensor.buffer) {
    letGo(tensor.bytes);
    return false;
  }
  tensor.owned = true;
  return !stream.copy(tensor.buffer, borrowed, tensor.bytes).failed();
}

HostValues::ValuePointer HostValues::makeList(int32_t kind, const azm_value *const *elements,
                                              int64_t count) {
  auto list = std::make_shared<azm_value>(*this);
  list->kind = kind;
  for (int64_t i = 0; i < count; ++i) {
    auto *element = const_cast<azm_value *>(elements[i]);
    if (!makeOwned(*element)) {
      note("memory ran out for an element of a list");
      return nullptr;
    }
    list->elements.push_back(element->shared_from_this());
  }
  return list;
}

bool HostValues::retain(void *value) {
  auto found = values.find(value);
  if (found == values.end())
    return false;
  ++found->second.references;
  return true;
}

bool HostValues::release(void *value) {
  auto found = values.find(value);
  if (found == values.end())
    return false;
  if (--found->second.references == 0)
    values.erase(found);
  return true;
}

Status HostValues::take(void *value, void *buffer) {
  const auto &tensor = *static_cast<azm_value *>(value);
  if (tensor.buffer)
    return stream.copy(buffer, tensor.buffer, tensor.bytes);
  Status status = stream.upload(buffer, tensor.host, tensor.bytes);
  // The value, and its memory, may be gone by the time the device gets to it.
  return status.failed() || sharesHostMemory ? status : stream.finish();
}

void HostValues::clear() {
  made.clear();
  values.clear();
  numbers.clear();
  texts.clear();
}

//===------------------------------------------------------------------------------------------===//
// Calls
//===------------------------------------------------------------------------------------------===//

Status HostValues::checkOutput(const HostCall &call, size_t index, const azm_value *value) const {
  const HostCall::Slot &wanted = call.outputs[index];
  auto failWith = [&](std::string message) {
    return Status(AZL_RUN_FAILED, "node '" + call.node + "': " + call.function + ": " + message);
  };
  if (!value)
    return failWith("it gives no output " + std::to_string(index));
  if (wanted.type == AZL_UNDEFINED)
    return value->kind == AZM_TENSOR ? failWith("a tensor where a list is needed") : Status();
  if (value->kind != AZM_TENSOR)
    return failWith("a list where a tensor is needed");
  bool fits = value->type == wanted.type && value->shape.size() == wanted.shape.size();
  for (size_t d = 0; fits && d < wanted.shape.size(); ++d)
    fits = wanted.shape[d] < 0 || wanted.shape[d] == value->shape[d];
  if (fits)
    return {};
  return failWith(std::string("the tensor is ") + azl_element_type_name(value->type) +
                  shapeText(value->shape.size(), value->shape.data()) + ", and the model says " +
                  azl_element_type_name(wanted.type) +
                  shapeText(wanted.shape.size(), wanted.shape.data()));
}

Status HostValues::call(size_t index, const int64_t *inputs, int64_t *outputs) {
  const HostCall &call = artifact.hostCalls[index];
  made.clear();
  failed = false;
  std::vector<const azm_value *> arguments, results(call.outputs.size());
  for (const HostCall::Slot &slot : call.inputs) {
    void *address = reinterpret_cast<void *>(*inputs++);
    if (slot.type == AZL_UNDEFINED) {
      arguments.push_back(static_cast<azm_value *>(address));
      continue;
    }
    auto tensor = std::make_shared<azm_value>(*this);
    tensor->type = slot.type;
    for (int64_t size : slot.shape)
      tensor->shape.push_back(size < 0 ? *inputs++ : size);
    tensor->buffer = address;
    tensor->bytes = countElements(int32_t(tensor->shape.size()), tensor->shape.data()) *
                    storageBytes(slot.type);
    arguments.push_back(tensor.get());
    made.push_back(std::move(tensor));
  }
  call.run(this, arguments.data(), int64_t(arguments.size()), results.data(),
           int64_t(results.size()));
  if (failed)
    return {AZL_RUN_FAILED, "node '" + call.node + "': " + call.function + ": " + failure};
  for (size_t i = 0; i < results.size(); ++i) {
    auto *value = const_cast<azm_value *>(results[i]);
    if (Status status = checkOutput(call, i, value); status.failed())
      return status;
    if (!makeOwned(*value))
      return {AZL_OUT_OF_MEMORY, "node '" + call.node + "': memory ran out"};
    *outputs++ = reinterpret_cast<intptr_t>(value);
    for (size_t d = 0; d < call.outputs[i].shape.size(); ++d)
      if (call.outputs[i].shape[d] < 0)
        *outputs++ = value->shape[d];
    auto [held, isNew] = values.try_emplace(value, Held{value->shared_from_this(), 0});
    ++held->second.references;
  }
  made.clear();
  return {};
}

//===------------------------------------------------------------------------------------------===//
// The caller's values
//===------------------------------------------------------------------------------------------===//

/// Whether a value is of a type as ONNX writes it; `type` loses what was read.
static bool matches(const azl_value &value, std::string_view &type) {
  auto consume = [&](std::string_view prefix) {
    bool found = type.substr(0, prefix.size()) == prefix;
    if (found)
      type.remove_prefix(prefix.size());
    return found;
  };
  std::string_view inner;
  auto allMatch = [&](const std::vector<azl_value *> &elements) {
    inner = type;
    bool all = true;
    for (const azl_value *element : elements) {
      std::string_view rest = inner;
      all &= matches(*element, rest);
    }
    return all;
  };
  if (consume("tensor(")) {
    std::string_view name = type.substr(0, type.find(')'));
    return value.kind == AZL_VALUE_TENSOR && azl_element_type_name(value.tensor.type) == name;
  }
  if (consume("seq("))
    return value.kind == AZL_VALUE_SEQUENCE && allMatch(value.elements);
  if (consume("optional("))
    return value.kind == AZL_VALUE_OPTIONAL && allMatch(value.elements);
  if (consume("map(")) {
    std::string_view key = type.substr(0, type.find(','));
    type.remove_prefix(std::min(key.size() + 1, type.size()));
    return value.kind == AZL_VALUE_MAP &&
           azl_element_type_name(value.elements[0]->tensor.type) == key &&
           allMatch(value.elements[1]->elements);
  }
  return false;
}

Status HostValues::import(const azl_value &value, const ValueInfo &info, void *&address) {
  std::string_view type = info.valueType;
  if (!matches(value, type))
    return {AZL_INVALID_ARGUMENT,
            "input '" + info.name + "' is of another type than " + info.valueType};
  failed = false;
  ValuePointer imported = importValue(value);
  if (!imported)
    return {AZL_OUT_OF_MEMORY, "input '" + info.name + "': " + failure};
  address = imported.get();
  values[address] = {std::move(imported), 1};
  return {};
}

HostValues::ValuePointer HostValues::importValue(const azl_value &value) {
  const azl_tensor &from = value.tensor;
  if (value.kind == AZL_VALUE_TENSOR) {
    auto tensor = makeTensor(from.type, std::vector<int64_t>(from.shape, from.shape + from.rank));
    if (!tensor)
      return nullptr;
    int64_t count = countElements(from.rank, from.shape);
    if (from.type == AZL_STRING)
      numberStrings(from, tensor->host);
    else if (isPacked(from.type))
      unpackElements(from.type, from.data, tensor->host, count);
    else if (tensor->bytes)
      std::memcpy(tensor->host, from.data, tensor->bytes);
    return tensor;
  }
  auto list = std::make_shared<azm_value>(*this);
  list->kind = value.kind;
  for (const azl_value *element : value.elements) {
    list->elements.push_back(importValue(*element));
    if (!list->elements.back())
      return nullptr;
  }
  return list;
}

azl_value *HostValues::exportValue(void *value) {
  return exportValue(*static_cast<azm_value *>(value));
}

azl_value *HostValues::exportValue(azm_value &value) {
  auto made = std::make_unique<azl_value>();
  made->kind = azl_value_kind(value.kind);
  for (const ValuePointer &element : value.elements) {
    made->elements.push_back(exportValue(*element));
    if (!made->elements.back()) {
      made->elements.pop_back();
      return nullptr;
    }
  }
  if (value.kind != AZM_TENSOR)
    return made.release();
  if (!bringToHost(value))
    return nullptr;
  auto rank = int32_t(value.shape.size());
  const int64_t *shape = value.shape.data();
  int64_t count = countElements(rank, shape);
  if (value.type == AZL_STRING)
    return spellStrings(value.shape, value.host, made->tensor) ? made.release() : nullptr;
  if (!allocateTensor(nullptr, {}, value.type, value.shape.size(), shape,
                      azl_tensor_bytes(value.type, rank, shape), made->tensor))
    return nullptr;
  if (isPacked(value.type))
    packElements(value.type, value.host, made->tensor.data, count);
  else
    std::memcpy(made->tensor.data, value.host, value.bytes);
  return made.release();
}

} // namespace azulejo::runtime
