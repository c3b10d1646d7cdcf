//===- VirtualMemoryTest.cpp - Addresses, memory, and mappings ------------===//
#include "test/runtime/cudasim/driver/Api.h"

namespace {

constexpr size_t unit = size_t(2) << 20;

class VirtualMemory : public CudaSim {
protected:
  static CUmemAllocationProp properties() {
    CUmemAllocationProp result = {};
    result.type = CU_MEM_ALLOCATION_TYPE_PINNED;
    result.location.type = CU_MEM_LOCATION_TYPE_DEVICE;
    return result;
  }
  CUmemGenericAllocationHandle create(size_t size) {
    CUmemAllocationProp wished = properties();
    CUmemGenericAllocationHandle handle = 0;
    EXPECT_OK(CU(cuMemCreate)(&handle, size, &wished, 0));
    return handle;
  }
  CUdeviceptr reserve(size_t size) {
    CUdeviceptr address = 0;
    EXPECT_OK(CU(cuMemAddressReserve)(&address, size, 0, 0, 0));
    return address;
  }
  CUresult permit(CUdeviceptr address, size_t size, CUmemAccess_flags flags) {
    CUmemAccessDesc description = {};
    description.location.type = CU_MEM_LOCATION_TYPE_DEVICE;
    description.flags = flags;
    return CU(cuMemSetAccess)(address, size, &description, 1);
  }
};

TEST_F(VirtualMemory, GrowsInPlace) {
  size_t granularity = 0;
  CUmemAllocationProp wished = properties();
  ASSERT_OK(
      CU(cuMemGetAllocationGranularity)(&granularity, &wished, CU_MEM_ALLOC_GRANULARITY_MINIMUM));
  ASSERT_EQ(granularity, unit);
  CUdeviceptr range = reserve(4 * unit);
  CUmemGenericAllocationHandle first = create(unit), second = create(unit);
  ASSERT_OK(CU(cuMemMap)(range, unit, 0, first, 0));
  ASSERT_OK(CU(cuMemMap)(range + unit, unit, 0, second, 0));
  ASSERT_OK(permit(range, 2 * unit, CU_MEM_ACCESS_FLAGS_PROT_READWRITE));
  // A handle that is released lives on in its mapping.
  ASSERT_OK(CU(cuMemRelease)(first));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, CU(cuMemRelease)(first));

  // Copies and kernels go across the border.
  const uint32_t count = 64;
  CUdeviceptr across = range + unit - count / 2 * 4;
  std::vector<uint32_t> values(count, 5);
  ASSERT_OK(CU(cuMemcpyHtoD)(across, values.data(), count * 4));
  ASSERT_OK(launch(function(addKernel, "add"), 1, count, nullptr, across, count, 2u));
  EXPECT_EQ(download<uint32_t>(across, count), std::vector<uint32_t>(count, 7));

  CUmemGenericAllocationHandle again = 0;
  ASSERT_OK(CU(cuMemRetainAllocationHandle)(&again, reinterpret_cast<void *>(range + 100)));
  CUmemAllocationProp found = {};
  ASSERT_OK(CU(cuMemGetAllocationPropertiesFromHandle)(&found, again));
  EXPECT_EQ(found.location.type, CU_MEM_LOCATION_TYPE_DEVICE);
  ASSERT_OK(CU(cuMemRelease)(again));
  ASSERT_OK(CU(cuMemRelease)(second));
  ASSERT_OK(CU(cuMemUnmap)(range, 2 * unit));
  ASSERT_OK(CU(cuMemAddressFree)(range, 4 * unit));
}

TEST_F(VirtualMemory, TwoAddressesOfOneMemory) {
  CUdeviceptr one = reserve(unit), other = reserve(unit);
  CUmemGenericAllocationHandle memory = create(unit);
  for (CUdeviceptr each : {one, other}) {
    ASSERT_OK(CU(cuMemMap)(each, unit, 0, memory, 0));
    ASSERT_OK(permit(each, unit, CU_MEM_ACCESS_FLAGS_PROT_READWRITE));
  }
  uint32_t value = 42;
  ASSERT_OK(CU(cuMemcpyHtoD)(one + 400, &value, 4));
  EXPECT_EQ(download<uint32_t>(other + 400, 1)[0], 42u);
  ASSERT_OK(CU(cuMemRelease)(memory));
  for (CUdeviceptr each : {one, other}) {
    ASSERT_OK(CU(cuMemUnmap)(each, unit));
    ASSERT_OK(CU(cuMemAddressFree)(each, unit));
  }
}

TEST_F(VirtualMemory, CountsWhatIsThere) {
  size_t before = 0, with = 0, after = 0, total = 0;
  ASSERT_OK(CU(cuMemGetInfo)(&before, &total));
  CUdeviceptr range = reserve(size_t(1) << 36); // addresses cost nothing
  CUmemGenericAllocationHandle memory = create(unit);
  ASSERT_OK(CU(cuMemMap)(range, unit, 0, memory, 0));
  ASSERT_OK(CU(cuMemRelease)(memory));
  ASSERT_OK(CU(cuMemGetInfo)(&with, &total));
  EXPECT_EQ(before - with, unit);
  ASSERT_OK(CU(cuMemUnmap)(range, unit));
  ASSERT_OK(CU(cuMemGetInfo)(&after, &total));
  EXPECT_EQ(after, before);
  ASSERT_OK(CU(cuMemAddressFree)(range, size_t(1) << 36));
}

TEST_F(VirtualMemory, WrongUse) {
  CUdeviceptr range = reserve(2 * unit), address = 0;
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, CU(cuMemAddressReserve)(&address, unit + 1, 0, 0, 0));
  CUmemGenericAllocationHandle memory = create(unit);
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, CU(cuMemMap)(range + 4096, unit, 0, memory, 0));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, CU(cuMemMap)(range, 2 * unit, 0, memory, 0));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, CU(cuMemMap)(range, unit, 0, 12345, 0));
  ASSERT_OK(CU(cuMemMap)(range, unit, 0, memory, 0));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, CU(cuMemMap)(range, unit, 0, memory, 0));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, CU(cuMemAddressFree)(range, 2 * unit));
  // Mapped, and not to be accessed yet.
  uint32_t value = 0;
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, CU(cuMemcpyHtoD)(range, &value, 4));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, permit(range, 2 * unit, CU_MEM_ACCESS_FLAGS_PROT_READWRITE));
  ASSERT_OK(permit(range, unit, CU_MEM_ACCESS_FLAGS_PROT_READWRITE));
  unsigned long long flags = 0;
  CUmemLocation here = {};
  here.type = CU_MEM_LOCATION_TYPE_DEVICE;
  ASSERT_OK(CU(cuMemGetAccess)(&flags, &here, range));
  EXPECT_EQ(flags, CU_MEM_ACCESS_FLAGS_PROT_READWRITE);
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, CU(cuMemFree)(range));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE, CU(cuMemUnmap)(range, 2 * unit));
  ASSERT_OK(CU(cuMemRelease)(memory));

  // A kernel that goes beyond what is mapped.
  CUfunction add = function(addKernel, "add");
  EXPECT_CU(CUDA_ERROR_ILLEGAL_ADDRESS, launch(add, 1, 64, nullptr, range + unit - 128, 64u, 1u));
  EXPECT_NE(reports().find("cuMemCreate #"), std::string::npos) << reports();
}

TEST_F(VirtualMemory, BatchesOfCopiesAndValues) {
  CUstream stream = nullptr;
  ASSERT_OK(CU(cuStreamCreate)(&stream, CU_STREAM_NON_BLOCKING));
  CUdeviceptr a = upload(std::vector<uint32_t>{1, 2, 3, 4}), b = allocate(16);
  CUdeviceptr to[] = {b, b + 8}, from[] = {a + 8, a};
  size_t sizes[] = {8, 8}, begin[] = {0};
  CUmemcpyAttributes attributes = {};
  attributes.srcAccessOrder = CU_MEMCPY_SRC_ACCESS_ORDER_STREAM;
  ASSERT_OK(CU(cuMemcpyBatchAsync)(to, from, sizes, 2, &attributes, begin, 1, stream));
  EXPECT_EQ(download<uint32_t>(b, 4), (std::vector<uint32_t>{3, 4, 1, 2}));
  EXPECT_CU(CUDA_ERROR_INVALID_VALUE,
            CU(cuMemcpyBatchAsync)(to, from, sizes, 2, &attributes, begin, 1, nullptr));

  CUstreamBatchMemOpParams operations[2] = {};
  operations[0].operation = CU_STREAM_MEM_OP_WRITE_VALUE_32;
  operations[0].writeValue.address = b;
  operations[0].writeValue.value = 9;
  operations[1].operation = CU_STREAM_MEM_OP_WAIT_VALUE_32;
  operations[1].waitValue.address = b;
  operations[1].waitValue.value = 9;
  operations[1].waitValue.flags = CU_STREAM_WAIT_VALUE_EQ;
  ASSERT_OK(CU(cuStreamBatchMemOp)(stream, 2, operations, 0));
  EXPECT_EQ(download<uint32_t>(b, 1)[0], 9u);
  // What nobody has written yet cannot be waited for here.
  EXPECT_CU(CUDA_ERROR_NOT_SUPPORTED,
            CU(cuStreamWaitValue32)(stream, b, 10, CU_STREAM_WAIT_VALUE_EQ));
  ASSERT_OK(CU(cuStreamDestroy)(stream));
  ASSERT_OK(CU(cuMemFree)(a));
  ASSERT_OK(CU(cuMemFree)(b));
}

} // namespace
