#include "lib/GPU/TensorMaps.h"
#include "azulejo/Artifact/Format.h"
#include "dialects/Cta/Cta.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;

namespace azulejo::gpu {

/// The driver's CUtensorMapDataType.
static int64_t getDataType(Type element) {
  if (element.isF16())
    return 6;
  if (element.isF32())
    return 7;
  if (element.isF64())
    return 8;
  if (element.isBF16())
    return 9;
  switch (element.getIntOrFloatBitWidth()) {
  case 8:
    return 0;
  case 16:
    return 1;
  case 32:
    return 2;
  default:
    return 4;
  }
}

/// The driver's CUtensorMapSwizzle for a swizzle of so many bytes.
static int64_t getSwizzle(int64_t bytes) { return bytes ? llvm::Log2_64(bytes) - 4 : 0; }

static ArrayAttr getTensorMaps(func::FuncOp kernel) {
  return kernel->getAttrOfType<ArrayAttr>(cta::CtaDialect::getTensorMapsAttrName());
}

unsigned countTensorMaps(func::FuncOp kernel) {
  ArrayAttr maps = getTensorMaps(kernel);
  return maps ? maps.size() : 0;
}

void storeTensorMaps(ImplicitLocOpBuilder &b, func::FuncOp kernel, ValueRange operands,
                     Value grid) {
  ArrayAttr maps = getTensorMaps(kernel);
  if (!maps)
    return;
  auto pointer = LLVM::LLVMPointerType::get(b.getContext());
  auto store = [&](size_t offset, Value value, Type type) {
    Value address = LLVM::GEPOp::create(b, pointer, b.getI8Type(), grid,
                                        ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(offset)});
    LLVM::StoreOp::create(b, arith::IndexCastOp::create(b, type, value), address);
  };
  auto number = [&](int64_t value) -> Value { return arith::ConstantIndexOp::create(b, value); };
  Type i32 = b.getI32Type(), i64 = b.getI64Type();
  store(offsetof(azm_grid, tensor_map_count), number(maps.size()), i32);
  for (auto [index, attribute] : llvm::enumerate(maps.getAsRange<DictionaryAttr>())) {
    size_t at = offsetof(azm_grid, tensor_maps) + index * sizeof(azm_tensor_map);
    auto type = cast<cta::TensorMapType>(attribute.getAs<TypeAttr>("type").getValue());
    Value source = operands[attribute.getAs<IntegerAttr>("source").getInt()];
    cta::SharedType box = type.getBox();
    int64_t rank = type.getRank(), bytes = box.getElementBytes();
    store(at + offsetof(azm_tensor_map, address),
          memref::ExtractAlignedPointerAsIndexOp::create(b, source), i64);
    store(at + offsetof(azm_tensor_map, rank), number(rank), i32);
    store(at + offsetof(azm_tensor_map, type), number(getDataType(box.getElementType())), i32);
    store(at + offsetof(azm_tensor_map, swizzle), number(getSwizzle(box.getSwizzle())), i32);
    // The innermost dimension comes first. A row of a box is as long as the swizzle.
    Value stride = number(bytes);
    for (int64_t i = 0; i < rank; ++i) {
      Value size = memref::DimOp::create(b, source, rank - 1 - i);
      store(at + offsetof(azm_tensor_map, sizes) + 8 * i, size, i64);
      stride = arith::MulIOp::create(b, stride, size);
      if (i + 1 < rank)
        store(at + offsetof(azm_tensor_map, strides) + 8 * i, stride, i64);
      int64_t columns = box.getSwizzle() ? box.getSwizzle() / bytes : box.getTileShape()[1];
      store(at + offsetof(azm_tensor_map, box) + 4 * i,
            number(i == 0   ? columns
                   : i == 1 ? box.getTileShape()[0]
                            : 1),
            i32);
      store(at + offsetof(azm_tensor_map, element_strides) + 4 * i, number(1), i32);
    }
  }
}

} // namespace azulejo::gpu
