//===- DLPack.cpp - Tensors exchanged with others in the process ------------------------------===//
//
// The structures are those of DLPack's dlpack.h, whose layout is what makes libraries understand
// each other.
//
//===------------------------------------------------------------------------------------------===//
#include "runtime/Status.h"
#include "runtime/TensorMemory.h"

namespace {
struct DLDevice {
  int32_t kind, index;
};
struct DLDataType {
  uint8_t code, bits;
  uint16_t lanes;
};
struct DLTensor {
  void *data;
  DLDevice device;
  int32_t rank;
  DLDataType type;
  int64_t *shape, *strides;
  uint64_t byteOffset;
};
enum DLDeviceKind { dlCpu = 1, dlCuda = 2, dlCudaHost = 3, dlCudaManaged = 13 };
} // namespace

struct DLManagedTensor {
  DLTensor tensor;
  void *context;
  void (*deleter)(DLManagedTensor *);
};

namespace azulejo::runtime {

namespace {

struct TypeEntry {
  azl_element_type type;
  uint8_t code, bits;
};
constexpr TypeEntry types[] = {
    {AZL_INT8, 0, 8},
    {AZL_INT16, 0, 16},
    {AZL_INT32, 0, 32},
    {AZL_INT64, 0, 64},
    {AZL_INT4, 0, 4},
    {AZL_INT2, 0, 2},
    {AZL_UINT8, 1, 8},
    {AZL_UINT16, 1, 16},
    {AZL_UINT32, 1, 32},
    {AZL_UINT64, 1, 64},
    {AZL_UINT4, 1, 4},
    {AZL_UINT2, 1, 2},
    {AZL_FLOAT16, 2, 16},
    {AZL_FLOAT, 2, 32},
    {AZL_DOUBLE, 2, 64},
    {AZL_BFLOAT16, 4, 16},
    {AZL_COMPLEX64, 5, 64},
    {AZL_COMPLEX128, 5, 128},
    {AZL_BOOL, 6, 8},
    {AZL_FLOAT8E4M3FN, 10, 8},
    {AZL_FLOAT8E4M3FNUZ, 11, 8},
    {AZL_FLOAT8E5M2, 12, 8},
    {AZL_FLOAT8E5M2FNUZ, 13, 8},
    {AZL_FLOAT8E8M0, 14, 8},
    {AZL_FLOAT4E2M1, 17, 4},
};

/// A DLPack tensor that somebody else made, given back by its deleter.
class Borrowed : public TensorMemory {
public:
  explicit Borrowed(DLManagedTensor *managed) : managed(managed) {}
  ~Borrowed() override {
    if (managed->deleter)
      managed->deleter(managed);
  }

private:
  DLManagedTensor *managed;
};

/// A tensor of ours in others' hands.
struct Lent {
  DLManagedTensor managed{};
  std::vector<int64_t> shape, strides;
  std::unique_ptr<TensorMemory> owner;
};

Status take(DLManagedTensor *managed, azl_tensor *tensor) {
  const DLTensor &from = managed->tensor;
  azl_tensor result{};
  switch (from.device.kind) {
  case dlCpu:
  case dlCudaHost:
    break;
  case dlCuda:
  case dlCudaManaged:
    result.device = {AZL_CUDA, from.device.index};
    break;
  default:
    return {AZL_UNSUPPORTED, "a DLPack tensor of device kind " + std::to_string(from.device.kind) +
                                 " cannot be used"};
  }
  for (const TypeEntry &entry : types)
    if (entry.code == from.type.code && entry.bits == from.type.bits && from.type.lanes == 1)
      result.type = entry.type;
  if (result.type == AZL_UNDEFINED)
    return {AZL_UNSUPPORTED, "a DLPack tensor of type code " + std::to_string(from.type.code) +
                                 " with " + std::to_string(from.type.bits) + " bits and " +
                                 std::to_string(from.type.lanes) + " lanes cannot be used"};
  result.data = static_cast<char *>(from.data) + from.byteOffset;
  result.rank = from.rank;
  result.shape = from.shape;
  result.strides = from.strides;
  result.owner = static_cast<TensorMemory *>(new Borrowed(managed));
  *tensor = result;
  return {};
}

Status lend(azl_tensor *tensor, DLManagedTensor **managed) {
  auto lent = std::make_unique<Lent>();
  DLTensor &to = lent->managed.tensor;
  for (const TypeEntry &entry : types)
    if (entry.type == tensor->type)
      to.type = {entry.code, entry.bits, 1};
  if (!to.type.lanes)
    return {AZL_UNSUPPORTED,
            std::string("DLPack has no element type ") + azl_element_type_name(tensor->type)};
  to.data = tensor->data;
  to.device = {tensor->device.kind == AZL_CUDA ? dlCuda : dlCpu, tensor->device.index};
  to.rank = tensor->rank;
  lent->shape.assign(tensor->shape, tensor->shape + tensor->rank);
  to.shape = lent->shape.data();
  if (tensor->strides) {
    lent->strides.assign(tensor->strides, tensor->strides + tensor->rank);
    to.strides = lent->strides.data();
  }
  lent->owner.reset(static_cast<TensorMemory *>(tensor->owner));
  tensor->owner = nullptr;
  lent->managed.context = lent.get();
  lent->managed.deleter = [](DLManagedTensor *self) { delete static_cast<Lent *>(self->context); };
  *managed = &lent.release()->managed;
  return {};
}

} // namespace

} // namespace azulejo::runtime

azl_status azl_tensor_from_dlpack(DLManagedTensor *managed, azl_tensor *tensor) {
  return azulejo::runtime::guarded([&] { return azulejo::runtime::take(managed, tensor); });
}

azl_status azl_tensor_to_dlpack(azl_tensor *tensor, DLManagedTensor **managed) {
  return azulejo::runtime::guarded([&] { return azulejo::runtime::lend(tensor, managed); });
}
