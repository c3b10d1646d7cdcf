//===- DistributeShared.cpp - Between shared memory and registers
//-------------------------------------===//
//
// A fragment of a tensor core has, in each lane, 32 bits of a row of 16 bytes, four lanes to a row:
// ldmatrix reads such rows, eight at an address each, up to four sets of them at once. With .trans
// it gives lanes columns instead, of 16-bit elements. Whether a layout is like that is a look at
// where the bits of registers and lanes lead in shared memory; anything else takes vectors.
//
//===------------------------------------------------------------------------------------------===//
#include "lib/GPU/SharedAccess.h"
#include "lib/Hardware/Gpu.h"
#include "lib/Tiling/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"

using namespace mlir;
using namespace azulejo::cta;
using Place = SharedMap::Place;

namespace azulejo::gpu {

namespace {

/// How ldmatrix or stmatrix moves a layout.
struct MatrixAccess {
  bool transposed;
  /// Registers that share 32 bits, in order, by the matrices of one instruction, by instructions.
  SmallVector<SmallVector<SmallVector<int64_t>>> instructions;
  /// What the bits of the thread's number contribute to the row whose address it gives.
  SmallVector<Place> rowPlaces;
};

bool is(Place place, uint64_t low) { return place.high == 0 && place.low == low; }

bool isRow(Place place) { return place.low % 16 == 0; }

} // namespace

static std::optional<MatrixAccess>
findMatrixAccess(const SharedAccess &access, const LinearLayout &layout, int64_t elementBytes) {
  if (elementBytes > 4)
    return std::nullopt;
  ArrayRef<Place> threads = access.getThreadPlaces();
  ArrayRef<uint64_t> registers = layout.getBases(LinearLayout::Register);
  SmallVector<Place> registerPlaces;
  for (uint64_t base : registers)
    registerPlaces.push_back(access.getPlace(base));
  for (Place place : threads.drop_front(laneBits))
    if (!isRow(place))
      return std::nullopt;

  MatrixAccess result;
  unsigned packedBits = llvm::Log2_64(4 / elementBytes);
  if (registers.size() < packedBits)
    return std::nullopt;
  SmallVector<Place> rows; // of row bits 0, 1 and 2
  bool packed = true;
  for (unsigned bit = 0; bit < packedBits; ++bit)
    packed &= is(registerPlaces[bit], elementBytes << bit);
  if (packed && is(threads[0], 4) && is(threads[1], 8)) {
    result.transposed = false;
    rows = {threads[2], threads[3], threads[4]};
  } else if (elementBytes == 2 && is(threads[2], 2) && is(threads[3], 4) && is(threads[4], 8)) {
    result.transposed = true;
    rows = {registerPlaces[0], threads[0], threads[1]};
  } else {
    return std::nullopt;
  }
  if (!llvm::all_of(rows, isRow) ||
      !llvm::all_of(ArrayRef(registerPlaces).drop_front(packedBits), isRow))
    return std::nullopt;
  for (int64_t number = 0; number < layout.getRegisters(); number += layout.getAtomRegisters())
    if (!isRow(access.getRegisterPlace(number)))
      return std::nullopt;

  // Which matrices one instruction moves is free: those of the next register bits.
  unsigned matrixBits = std::min<unsigned>(2, registers.size() - packedBits);
  result.rowPlaces = rows;
  for (unsigned bit = 0; bit < 2; ++bit)
    result.rowPlaces.push_back(bit < matrixBits ? registerPlaces[packedBits + bit] : Place{0, 0});
  llvm::append_range(result.rowPlaces, threads.drop_front(laneBits));
  int64_t packedCount = int64_t(1) << packedBits, matrices = int64_t(1) << matrixBits;
  for (int64_t number = 0; number < layout.getRegisters(); number += packedCount * matrices) {
    auto &instruction = result.instructions.emplace_back();
    for (int64_t matrix = 0; matrix < matrices; ++matrix) {
      auto &shared = instruction.emplace_back();
      for (int64_t i = 0; i < packedCount; ++i)
        shared.push_back(number + matrix * packedCount + i);
    }
  }
  return result;
}

LogicalResult distributeLoadShared(TileDistributor &d, LoadSharedOp op) {
  ImplicitLocOpBuilder &b = d.getBuilder();
  const LinearLayout &layout = getLayout(op.getResult());
  Type element = op.getSource().getType().getElementType();
  std::optional<SharedAccess> access = SharedAccess::get(op.getSource().getType(), layout);
  if (!access)
    return op.emitOpError("reads a tile whose layout mixes threads and registers");
  Value base = d.get(op.getSource())[0];
  SmallVector<Value> scalars(layout.getRegisters());
  int64_t bytes = TileDistributor::getElementBytes(element);
  if (auto matrix = findMatrixAccess(*access, layout, bytes)) {
    auto offset = access->emitThreadOffset(d, matrix->rowPlaces);
    auto shape = NVVM::LdStMatrixShapeAttr::get(b.getContext(), 8, 8);
    auto layoutAttr = matrix->transposed ? NVVM::MMALayout::col : NVVM::MMALayout::row;
    for (const auto &instruction : matrix->instructions) {
      Value pointer =
          access->emitPointer(d, base, offset, access->getRegisterPlace(instruction[0][0]));
      int64_t count = instruction.size();
      Type word = b.getI32Type();
      Type type = count == 1 ? word
                             : LLVM::LLVMStructType::getLiteral(b.getContext(),
                                                                SmallVector<Type>(count, word));
      Value loaded = NVVM::LdMatrixOp::create(b, type, pointer, static_cast<uint32_t>(count),
                                              layoutAttr, shape, NVVM::LdStMatrixEltType::B16);
      for (auto [i, shared] : llvm::enumerate(instruction)) {
        Value part =
            count == 1
                ? loaded
                : LLVM::ExtractValueOp::create(b, loaded, static_cast<int64_t>(i)).getResult();
        for (auto [number, value] : llvm::zip(shared, d.unpack(part, element, shared.size())))
          scalars[number] = value;
      }
    }
  } else {
    std::optional<SharedReader> reader = SharedReader::get(d, op);
    for (auto [number, scalar] : llvm::enumerate(scalars))
      scalar = reader->get(static_cast<int64_t>(number));
  }
  d.set(op.getResult(), scalars);
  return success();
}

/// Whether the kernel's architecture has stmatrix.
static bool hasMatrixStore(Operation *op) {
  auto name = op->getParentOfType<ModuleOp>()->getAttrOfType<StringAttr>(tiling::gpuAttribute);
  if (!name)
    return false;
  llvm::Expected<hardware::GpuDescription> gpu = hardware::describeGpu(name);
  if (!gpu) {
    llvm::consumeError(gpu.takeError());
    return false;
  }
  return gpu->has("stmatrix");
}

static void storeMatrices(TileDistributor &d, const SharedAccess &access,
                          const MatrixAccess &matrix, Value base, ArrayRef<Value> scalars) {
  ImplicitLocOpBuilder &b = d.getBuilder();
  auto offset = access.emitThreadOffset(d, matrix.rowPlaces);
  auto shape = NVVM::LdStMatrixShapeAttr::get(b.getContext(), 8, 8);
  for (const auto &instruction : matrix.instructions) {
    SmallVector<Value> words;
    for (const auto &shared : instruction) {
      SmallVector<Value> parts;
      for (int64_t number : shared)
        parts.push_back(scalars[number]);
      words.push_back(d.pack(parts, b.getI32Type()));
    }
    Value pointer = access.emitPointer(d, base, offset, access.getRegisterPlace(instruction[0][0]));
    NVVM::StMatrixOp::create(b, pointer, words,
                             matrix.transposed ? NVVM::MMALayout::col : NVVM::MMALayout::row, shape,
                             NVVM::LdStMatrixEltType::B16);
  }
}

LogicalResult distributeStoreShared(TileDistributor &d, StoreSharedOp op) {
  const LinearLayout &layout = getLayout(op.getTile());
  std::optional<SharedAccess> access = SharedAccess::get(op.getTarget().getType(), layout);
  if (!access)
    return op.emitOpError("writes a tile whose layout mixes threads and registers");
  Value base = d.get(op.getTarget())[0];
  ArrayRef<Value> scalars = d.get(op.getTile());
  // All lanes of a warp take part in stmatrix, so none of them may repeat another.
  uint64_t lanes = (uint64_t(1) << laneBits) - 1;
  int64_t bytes = op.getTarget().getType().getElementBytes();
  if (hasMatrixStore(op) && !(layout.getFreeThreadBits() & lanes))
    if (auto matrix = findMatrixAccess(*access, layout, bytes)) {
      d.runIf(d.isThreadZeroIn(layout.getFreeThreadBits()),
              [&] { storeMatrices(d, *access, *matrix, base, scalars); });
      return success();
    }
  auto offset = access->emitThreadOffset(d, access->getThreadPlaces());
  d.runIf(d.isThreadZeroIn(layout.getFreeThreadBits()), [&] {
    for (ArrayRef<int64_t> group : access->groupRegisters(16).groups) {
      SmallVector<Value> values;
      for (int64_t number : group)
        values.push_back(scalars[number]);
      d.storeVector(values,
                    access->emitPointer(d, base, offset, access->getRegisterPlace(group[0])));
    }
  });
  return success();
}

} // namespace azulejo::gpu
