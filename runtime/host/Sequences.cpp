//===- Sequences.cpp - Lists of tensors -------------------------------------------------------===//
#include "runtime/host/Call.h"
#include <cstring>

namespace azulejo::host {

void sequenceEmpty(Call &call) { call.output(0, call.makeList(AZM_SEQUENCE, {})); }

void sequenceConstruct(Call &call) {
  std::vector<Value> elements;
  for (int64_t i = 0; i < call.size(); ++i)
    elements.push_back(call.input(i));
  call.output(0, call.makeList(AZM_SEQUENCE, elements));
}

/// `position`, counted from the end if it is negative, among `count` places.
static int64_t findPlace(int64_t position, int64_t length, int64_t count) {
  int64_t place = position < 0 ? position + length : position;
  if (place < 0 || place >= count)
    throw Error("position " + std::to_string(position) + " in a sequence of " +
                std::to_string(length));
  return place;
}

void sequenceAt(Call &call) {
  std::vector<Value> elements = call.elements(call.input(0));
  auto length = int64_t(elements.size());
  call.output(0, elements[findPlace(call.integer(1), length, length)]);
}

void sequenceInsert(Call &call) {
  std::vector<Value> elements = call.elements(call.input(0));
  auto length = int64_t(elements.size());
  int64_t place = call.has(2) ? findPlace(call.integer(2), length, length + 1) : length;
  elements.insert(elements.begin() + place, call.input(1));
  call.output(0, call.makeList(AZM_SEQUENCE, elements));
}

void sequenceErase(Call &call) {
  std::vector<Value> elements = call.elements(call.input(0));
  auto length = int64_t(elements.size());
  elements.erase(elements.begin() + findPlace(call.has(1) ? call.integer(1) : -1, length, length));
  call.output(0, call.makeList(AZM_SEQUENCE, elements));
}

void sequenceLength(Call &call) {
  int64_t *length;
  call.output(0, call.makeTensor(AZL_INT64, {}, length));
  *length = int64_t(call.elements(call.input(0)).size());
}

//===------------------------------------------------------------------------------------------===//
// Between lists and tensors
//===------------------------------------------------------------------------------------------===//

namespace {
/// A tensor as `outer` times a dimension times elements of `inner` bytes.
struct Blocks {
  int64_t outer = 1, inner;
  Blocks(const Shape &shape, size_t axis, azl_element_type type) : inner(elementBytes(type)) {
    for (size_t i = 0; i < shape.size(); ++i)
      (i < axis ? outer : inner) *= i == axis ? 1 : shape[i];
  }
};
} // namespace

static size_t findAxis(int64_t axis, size_t rank) {
  int64_t counted = axis < 0 ? axis + int64_t(rank) : axis;
  if (counted < 0 || counted >= int64_t(rank))
    throw Error("axis " + std::to_string(axis) + " of a tensor of rank " + std::to_string(rank));
  return size_t(counted);
}

/// How many of the `size` places along the axis each part gets.
static std::vector<int64_t> findParts(Call &call, int64_t size) {
  std::vector<int64_t> parts;
  if (!call.has(3))
    return std::vector<int64_t>(size, 1);
  Value split = call.input(3);
  if (call.shape(split).empty()) {
    int64_t chunk = call.integer(split);
    if (chunk <= 0)
      throw Error("parts of " + std::to_string(chunk));
    for (int64_t at = 0; at < size; at += chunk)
      parts.push_back(std::min(chunk, size - at));
    return parts;
  }
  parts = call.integers(split);
  int64_t left = size;
  for (int64_t part : parts) {
    if (part < 0 || part > left)
      throw Error("the parts do not add up to the dimension, which is " + std::to_string(size));
    left -= part;
  }
  if (left)
    throw Error("the parts do not add up to the dimension, which is " + std::to_string(size));
  return parts;
}

/// axis, keepdims, input, split. keepdims counts only where there is no split.
void splitToSequence(Call &call) {
  Value tensor = call.input(2);
  Shape shape = call.shape(tensor);
  azl_element_type type = call.type(tensor);
  size_t axis = findAxis(call.integer(int64_t(0)), shape.size());
  bool keepsAxis = call.integer(1) != 0 || call.has(3);
  Blocks blocks(shape, axis, type);
  int64_t size = shape[axis], at = 0;
  const char *from = call.data<char>(tensor);
  std::vector<Value> elements;
  for (int64_t part : findParts(call, size)) {
    Shape partShape = shape;
    partShape[axis] = part;
    if (!keepsAxis)
      partShape.erase(partShape.begin() + int64_t(axis));
    char *to;
    elements.push_back(call.makeTensor(type, partShape, to));
    for (int64_t i = 0; i < blocks.outer; ++i)
      std::memcpy(to + i * part * blocks.inner, from + (i * size + at) * blocks.inner,
                  part * blocks.inner);
    at += part;
  }
  call.output(0, call.makeList(AZM_SEQUENCE, elements));
}

/// axis, new_axis, sequence.
void concatFromSequence(Call &call) {
  bool makesAxis = call.integer(1) != 0;
  std::vector<Value> elements = call.elements(call.input(2));
  if (elements.empty())
    throw Error("an empty sequence has no shape to concatenate");
  azl_element_type type = call.type(elements[0]);
  Shape shape = call.shape(elements[0]);
  size_t axis = findAxis(call.integer(int64_t(0)), shape.size() + makesAxis);
  std::vector<int64_t> parts;
  int64_t size = 0;
  for (Value element : elements) {
    Shape own = call.shape(element);
    parts.push_back(makesAxis ? 1 : own.size() > axis ? own[axis] : 0);
    size += parts.back();
    if (!makesAxis && own.size() == shape.size())
      own[axis] = shape[axis];
    if (own != shape || call.type(element) != type)
      throw Error("the tensors of the sequence do not fit together");
  }
  if (makesAxis)
    shape.insert(shape.begin() + int64_t(axis), size);
  else
    shape[axis] = size;
  Blocks blocks(shape, axis, type);
  char *to;
  call.output(0, call.makeTensor(type, shape, to));
  int64_t at = 0;
  for (size_t k = 0; k < elements.size(); ++k) {
    const char *from = call.data<char>(elements[k]);
    for (int64_t i = 0; i < blocks.outer; ++i)
      std::memcpy(to + (i * size + at) * blocks.inner, from + i * parts[k] * blocks.inner,
                  parts[k] * blocks.inner);
    at += parts[k];
  }
}

} // namespace azulejo::host
