#include "lib/GPU/TileDistributor.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace azulejo::cta;

namespace azulejo::gpu {

constexpr StringLiteral sharedName = "azulejo_shared";

bool TileDistributor::usesShared(func::FuncOp kernel) {
  auto bytes = kernel->getAttrOfType<IntegerAttr>(CtaDialect::getSharedBytesAttrName());
  return bytes && bytes.getInt() > 0;
}

void TileDistributor::declareShared(ModuleOp module) {
  if (module.lookupSymbol(sharedName))
    return;
  OpBuilder b = OpBuilder::atBlockBegin(module.getBody());
  LLVM::GlobalOp::create(b, module.getLoc(), LLVM::LLVMArrayType::get(b.getI8Type(), 0),
                         /*isConstant=*/false, LLVM::Linkage::External, sharedName, Attribute(),
                         /*alignment=*/1024, /*addrSpace=*/3);
}

TileDistributor::TileDistributor(func::FuncOp kernel, int64_t warps)
    : kernel(kernel), b(kernel.getLoc(), OpBuilder::atBlockBegin(&kernel.front())) {
  group.thread = NVVM::ThreadIdXOp::create(b, b.getI32Type());
  group.warps = warps;
  if (usesShared(kernel))
    sharedBase = LLVM::AddressOfOp::create(
        b, kernel->getParentOfType<ModuleOp>().lookupSymbol<LLVM::GlobalOp>(sharedName));
}

ArrayRef<Value> TileDistributor::get(Value value) const {
  auto found = scalarsOf.find(value);
  assert(found != scalarsOf.end() && "a tile is used before it is distributed");
  return found->second;
}

void TileDistributor::set(Value value, ArrayRef<Value> scalars) {
  scalarsOf[value].assign(scalars.begin(), scalars.end());
}

Value TileDistributor::readThread() {
  return LLVM::InlineAsmOp::create(b, b.getI32Type(), ValueRange(), "mov.u32 $0, %tid.x;", "=r",
                                   /*has_side_effects=*/true, /*is_align_stack=*/false,
                                   LLVM::tailcallkind::TailCallKind::None, LLVM::AsmDialectAttr(),
                                   ArrayAttr())
      .getResult(0);
}

Value TileDistributor::makeI32(int64_t value) {
  return arith::ConstantOp::create(b, b.getI32IntegerAttr(value));
}

Value TileDistributor::makeI64(int64_t value) {
  return arith::ConstantOp::create(b, b.getI64IntegerAttr(value));
}

Value TileDistributor::mapThread(ArrayRef<uint64_t> columns) {
  // Bits that move by the same distance move together.
  std::map<int, uint64_t> masks;
  for (auto [bit, column] : llvm::enumerate(columns))
    for (uint64_t rest = column; rest; rest &= rest - 1)
      masks[llvm::countr_zero(rest) - static_cast<int>(bit)] |= uint64_t(1) << bit;
  Value result;
  for (auto [distance, mask] : masks) {
    Value part = arith::AndIOp::create(b, group.thread, makeI32(mask));
    if (distance > 0)
      part = arith::ShLIOp::create(b, part, makeI32(distance));
    else if (distance < 0)
      part = arith::ShRUIOp::create(b, part, makeI32(-distance));
    result = result ? arith::XOrIOp::create(b, result, part).getResult() : part;
  }
  return result ? result : makeI32(0);
}

Value TileDistributor::isThreadZeroIn(uint64_t bits) {
  if (!bits)
    return {};
  Value some = arith::AndIOp::create(b, group.thread, makeI32(bits));
  return arith::CmpIOp::create(b, arith::CmpIPredicate::eq, some, makeI32(0));
}

Value TileDistributor::getThreadCoordinate(const LinearLayout &layout, unsigned dim) {
  SmallVector<uint64_t> columns;
  for (uint64_t column : layout.getThreadMatrix().getColumns())
    columns.push_back(layout.unflatten(column)[dim]);
  return arith::IndexCastUIOp::create(b, b.getIndexType(), mapThread(columns));
}

bool TileDistributor::isAdditive(const LinearLayout &layout) {
  uint64_t threads = 0, registers = 0;
  for (uint64_t column : layout.getThreadMatrix().getColumns())
    threads |= column;
  for (uint64_t column : layout.getBases(LinearLayout::Register))
    registers |= column;
  return !(threads & registers);
}

void TileDistributor::barrier() {
  if (group.single)
    return;
  if (group.warps == 1)
    NVVM::SyncWarpOp::create(b, makeI32(-1));
  else if (group.barrier == 0)
    NVVM::BarrierOp::create(b, TypeRange(), Value(), Value(), NVVM::BarrierReductionAttr(),
                            Value());
  else
    NVVM::BarrierOp::create(b, TypeRange(), makeI32(group.barrier), makeI32(group.warps * 32),
                            NVVM::BarrierReductionAttr(), Value());
}

void TileDistributor::runIf(Value condition, function_ref<void()> body) {
  if (!condition)
    return body();
  auto branch = scf::IfOp::create(b, condition);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(branch.thenBlock());
  body();
}

void TileDistributor::runOnce(function_ref<void()> body) {
  runIf(group.single ? Value()
                     : arith::CmpIOp::create(b, arith::CmpIPredicate::eq, group.thread, makeI32(0))
                           .getResult(),
        body);
}

Value TileDistributor::getSharedPointer(Value offset) { return addBytes(sharedBase, offset); }

Value TileDistributor::getSharedAddress(Value offset) {
  Value base = LLVM::PtrToIntOp::create(b, b.getI32Type(), sharedBase);
  return arith::AddIOp::create(b, base, offset);
}

Value TileDistributor::getScratch(Operation *op) {
  auto offset = op->getAttrOfType<IntegerAttr>(scratchAttribute);
  assert(offset && "azulejo-place-shared has not run");
  return addBytes(sharedBase, offset.getInt());
}

Value TileDistributor::getGlobalPointer(Value memref) {
  Value address = memref::ExtractAlignedPointerAsIndexOp::create(b, memref);
  address = arith::IndexCastOp::create(b, b.getI64Type(), address);
  return LLVM::IntToPtrOp::create(b, LLVM::LLVMPointerType::get(b.getContext(), 1), address);
}

Value TileDistributor::addBytes(Value pointer, Value bytes) {
  return LLVM::GEPOp::create(b, pointer.getType(), b.getI8Type(), pointer,
                             ArrayRef<LLVM::GEPArg>{bytes});
}

Value TileDistributor::addBytes(Value pointer, int64_t bytes) {
  return bytes ? addBytes(pointer, makeI32(bytes)) : pointer;
}

//===------------------------------------------------------------------------------------------===//
// Elements in memory
//===------------------------------------------------------------------------------------------===//

Type TileDistributor::getMemoryType(Type element) {
  if (element.isIndex())
    return IntegerType::get(element.getContext(), 64);
  if (element.getIntOrFloatBitWidth() <= 8)
    return IntegerType::get(element.getContext(), 8);
  return element;
}

int64_t TileDistributor::getElementBytes(Type element) {
  return getMemoryType(element).getIntOrFloatBitWidth() / 8;
}

Value TileDistributor::toMemory(Value scalar) {
  Type element = scalar.getType(), memory = getMemoryType(element);
  if (element == memory)
    return scalar;
  if (element.isIndex())
    return arith::IndexCastOp::create(b, memory, scalar);
  if (isa<FloatType>(element))
    return arith::BitcastOp::create(b, memory, scalar);
  return arith::ExtUIOp::create(b, memory, scalar);
}

Value TileDistributor::fromMemory(Value scalar, Type element) {
  if (element == scalar.getType())
    return scalar;
  if (element.isIndex())
    return arith::IndexCastOp::create(b, element, scalar);
  if (isa<FloatType>(element))
    return arith::BitcastOp::create(b, element, scalar);
  return arith::TruncIOp::create(b, element, scalar);
}

SmallVector<Value> TileDistributor::loadVector(Type element, Value pointer, int64_t count) {
  Type memory = getMemoryType(element);
  unsigned alignment = getElementBytes(element) * count;
  if (count == 1)
    return {fromMemory(LLVM::LoadOp::create(b, memory, pointer, alignment), element)};
  Value vector = LLVM::LoadOp::create(b, VectorType::get(count, memory), pointer, alignment);
  SmallVector<Value> scalars;
  for (int64_t i = 0; i < count; ++i)
    scalars.push_back(fromMemory(LLVM::ExtractElementOp::create(b, vector, makeI32(i)), element));
  return scalars;
}

void TileDistributor::storeVector(ArrayRef<Value> scalars, Value pointer) {
  int64_t count = scalars.size();
  Type memory = getMemoryType(scalars[0].getType());
  Value stored = count == 1 ? toMemory(scalars[0]) : pack(scalars, VectorType::get(count, memory));
  LLVM::StoreOp::create(b, stored, pointer, getElementBytes(scalars[0].getType()) * count);
}

Value TileDistributor::pack(ArrayRef<Value> scalars, Type type) {
  int64_t count = scalars.size();
  Value packed;
  if (count == 1 && scalars[0].getType() == type)
    return scalars[0];
  auto vectorType = VectorType::get(count, getMemoryType(scalars[0].getType()));
  // Undo an unpack of the whole.
  if (auto first = scalars[0].getDefiningOp<LLVM::ExtractElementOp>();
      first && first.getVector().getType() == vectorType) {
    bool whole = true;
    for (auto [i, scalar] : llvm::enumerate(scalars)) {
      auto extract = scalar.getDefiningOp<LLVM::ExtractElementOp>();
      whole &= extract && extract.getVector() == first.getVector() &&
               getConstantIntValue(extract.getPosition()) == static_cast<int64_t>(i);
    }
    if (whole)
      packed = first.getVector();
  }
  if (!packed) {
    packed = LLVM::PoisonOp::create(b, vectorType);
    for (auto [i, scalar] : llvm::enumerate(scalars))
      packed = LLVM::InsertElementOp::create(b, packed, toMemory(scalar), makeI32(i));
  }
  return type == vectorType ? packed : LLVM::BitcastOp::create(b, type, packed).getResult();
}

SmallVector<Value> TileDistributor::unpack(Value packed, Type element, int64_t count) {
  if (count == 1 && packed.getType() == element)
    return {packed};
  auto vectorType = VectorType::get(count, getMemoryType(element));
  if (packed.getType() != vectorType)
    packed = LLVM::BitcastOp::create(b, vectorType, packed);
  SmallVector<Value> scalars;
  for (int64_t i = 0; i < count; ++i)
    scalars.push_back(fromMemory(LLVM::ExtractElementOp::create(b, packed, makeI32(i)), element));
  return scalars;
}

Value TileDistributor::shuffle(Value value, Value lane, bool isXor) {
  Type element = value.getType(), memory = getMemoryType(element);
  Value stored = toMemory(value);
  unsigned bits = memory.getIntOrFloatBitWidth();
  Type integer = b.getIntegerType(bits), word = b.getI32Type();
  if (stored.getType() != integer)
    stored = arith::BitcastOp::create(b, integer, stored);
  auto exchange = [&](Value part) -> Value {
    return NVVM::ShflOp::create(b, word, makeI32(-1), part, lane, makeI32(31),
                                isXor ? NVVM::ShflKind::bfly : NVVM::ShflKind::idx,
                                /*return_value_and_is_valid=*/UnitAttr());
  };
  Value result;
  if (bits == 64) {
    Value half = makeI64(32);
    Value low = exchange(arith::TruncIOp::create(b, word, stored)),
          high =
              exchange(arith::TruncIOp::create(b, word, arith::ShRUIOp::create(b, stored, half)));
    high = arith::ShLIOp::create(b, arith::ExtUIOp::create(b, integer, high), half);
    result = arith::OrIOp::create(b, arith::ExtUIOp::create(b, integer, low), high);
  } else if (bits == 32) {
    result = exchange(stored);
  } else {
    result = arith::TruncIOp::create(b, integer, exchange(arith::ExtUIOp::create(b, word, stored)));
  }
  if (integer != memory)
    result = arith::BitcastOp::create(b, memory, result);
  return fromMemory(result, element);
}

} // namespace azulejo::gpu
