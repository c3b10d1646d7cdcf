//===- Value.h - A tensor that owns its elements, for tools -----------------------------------===//
#ifndef AZULEJO_RUNTIME_IO_VALUE_H
#define AZULEJO_RUNTIME_IO_VALUE_H

#include "azulejo/runtime.h"
#include <deque>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <vector>

namespace azulejo::runtime::io {

/// Memory that the runtime uses where it is: it copies tensors that are aligned to less.
template <typename T> struct AlignedAllocator {
  using value_type = T;
  AlignedAllocator() = default;
  template <typename U> AlignedAllocator(const AlignedAllocator<U> &) {}
  T *allocate(size_t count) {
    return static_cast<T *>(::operator new(count * sizeof(T), std::align_val_t(64)));
  }
  void deallocate(T *memory, size_t) { ::operator delete(memory, std::align_val_t(64)); }
  friend bool operator==(AlignedAllocator, AlignedAllocator) { return true; }
  friend bool operator!=(AlignedAllocator, AlignedAllocator) { return false; }
};
using Bytes = std::vector<uint8_t, AlignedAllocator<uint8_t>>;

/// A contiguous tensor. Packed element types are packed, as in azl_tensor; strings are azl_strings
/// whose bytes lie in `texts`.
struct Value {
  azl_element_type type = AZL_UNDEFINED;
  std::vector<int64_t> shape;
  Bytes data;
  std::shared_ptr<std::deque<std::string>> texts; // only grows, so that copies may share it

  Value() = default;
  /// Zeros. The shape must have a size that fits into memory: see azl_tensor_bytes.
  Value(azl_element_type type, std::vector<int64_t> shape);
  /// A copy of what `tensor` shows; it must be contiguous.
  explicit Value(const azl_tensor &tensor);

  int64_t count() const;
  azl_tensor view();
  /// Element `index` from what a command line says: exact for 64-bit integers too, a string as it
  /// is. False where `text` is none of the type.
  bool setText(int64_t index, const std::string &text);
};

/// Element `index` of contiguous elements as a number; a complex number's real part. Integers
/// beyond 2^53 are rounded.
double loadElement(azl_element_type type, const void *data, int64_t index);
/// The imaginary part; 0 for types that are not complex.
double loadImaginary(azl_element_type type, const void *data, int64_t index);
/// Rounds to nearest, ties to even; out of range, integers wrap and floats become infinite or, in
/// types without infinity, NaN.
void storeElement(azl_element_type type, void *data, int64_t index, double value);
/// Exact for 64-bit integers too. False where `text` is no number of the type.
bool storeElementText(azl_element_type type, void *data, int64_t index, const std::string &text);
/// Printed so that reading it back gives the same element.
std::string elementText(azl_element_type type, const void *data, int64_t index);

/// Element `index` of a tensor of strings.
std::string_view stringAt(const void *data, int64_t index);

/// Whether elements are rounded numbers: floats and complex numbers of any width.
bool isFloat(azl_element_type type);

/// "f32", "i64", "ui8", "bf16", …: the short names of command lines.
const char *shortName(azl_element_type type);
/// Takes short names and ONNX's; AZL_UNDEFINED for others.
azl_element_type typeFromShortName(const std::string &name);

/// "1x3x224xf32", "f32".
std::string typeText(azl_element_type type, const std::vector<int64_t> &shape);

} // namespace azulejo::runtime::io

#endif // AZULEJO_RUNTIME_IO_VALUE_H
