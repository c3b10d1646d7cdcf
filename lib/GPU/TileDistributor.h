//===- TileDistributor.h - One thread's part of a block's program
//-------------------------------===//
//
// What azulejo-distribute-tiles knows while it walks through a kernel: for each tile the scalars
// that stand for it, one for each register of its layout; for each piece of shared memory its
// offset; and who the threads are. A family of operations writes itself with it in a file of its
// own.
//
//===------------------------------------------------------------------------------------------===//
#ifndef AZULEJO_LIB_GPU_TILEDISTRIBUTOR_H
#define AZULEJO_LIB_GPU_TILEDISTRIBUTOR_H

#include "dialects/Cta/Cta.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace azulejo::gpu {

/// The threads that run a piece of code together: the block, or a role's warps. Their numbers count
/// from the first of them.
struct ThreadGroup {
  mlir::Value thread; // i32
  int64_t warps;
  /// The named barrier they meet at, 0 for the block's; a role that is one thread has none.
  int64_t barrier = 0;
  bool single = false;
};

class TileDistributor {
public:
  TileDistributor(mlir::func::FuncOp kernel, int64_t warps);

  static bool usesShared(mlir::func::FuncOp kernel);
  /// The dynamic shared memory of the module's kernels: one external array, since a static one
  /// could overlap it.
  static void declareShared(mlir::ModuleOp module);

  mlir::ImplicitLocOpBuilder &getBuilder() { return b; }
  mlir::func::FuncOp getKernel() { return kernel; }
  ThreadGroup group;

  /// The scalars of a tile, or the one value of another thing that is distributed.
  llvm::ArrayRef<mlir::Value> get(mlir::Value value) const;
  void set(mlir::Value value, llvm::ArrayRef<mlir::Value> scalars);

  /// The number of the thread in its block, read anew. LLVM takes whatever is computed of a number
  /// that it knows out of the loop over blocks, and there it would take registers all the time.
  mlir::Value readThread();

  mlir::Value makeI32(int64_t value);
  mlir::Value makeI64(int64_t value);

  /// The linear map that sends bit i of the thread's number to columns[i], as an i32.
  mlir::Value mapThread(llvm::ArrayRef<uint64_t> columns);
  /// Whether none of these bits of the thread's number is set; null for always.
  mlir::Value isThreadZeroIn(uint64_t bits);
  /// mapThread of a layout's contribution to the coordinate in one dimension, as an index.
  mlir::Value getThreadCoordinate(const cta::LinearLayout &layout, unsigned dim);
  /// Whether a thread's and a register's contributions to coordinates share no bits, so that they
  /// are added up.
  static bool isAdditive(const cta::LinearLayout &layout);

  bool hasShared() const { return sharedBase != nullptr; }
  void barrier();
  /// Runs `body` where `condition` holds; null means always.
  void runIf(mlir::Value condition, llvm::function_ref<void()> body);
  /// Runs `body` on the group's first thread.
  void runOnce(llvm::function_ref<void()> body);

  /// The address of a byte of the block's shared memory.
  mlir::Value getSharedPointer(mlir::Value offset);
  /// The same as a number.
  mlir::Value getSharedAddress(mlir::Value offset);
  /// The scratch memory of an operation, as azulejo-place-shared placed it.
  mlir::Value getScratch(mlir::Operation *op);
  /// The address of a memref's first element, in global memory.
  mlir::Value getGlobalPointer(mlir::Value memref);
  /// `pointer` plus so many bytes (an i32 or i64).
  mlir::Value addBytes(mlir::Value pointer, mlir::Value bytes);
  mlir::Value addBytes(mlir::Value pointer, int64_t bytes);

  /// Elements as memory holds them: i1 in bytes, f8 as integers.
  static mlir::Type getMemoryType(mlir::Type element);
  static int64_t getElementBytes(mlir::Type element);
  mlir::Value toMemory(mlir::Value scalar);
  mlir::Value fromMemory(mlir::Value scalar, mlir::Type element);

  /// One access that moves `count` elements; alignment is its size.
  llvm::SmallVector<mlir::Value> loadVector(mlir::Type element, mlir::Value pointer, int64_t count);
  void storeVector(llvm::ArrayRef<mlir::Value> scalars, mlir::Value pointer);

  /// Scalars side by side in one register (vector<2xf16>, i32), and back.
  mlir::Value pack(llvm::ArrayRef<mlir::Value> scalars, mlir::Type type);
  llvm::SmallVector<mlir::Value> unpack(mlir::Value packed, mlir::Type element, int64_t count);

  /// Combines by reading the value of another lane; any width.
  mlir::Value shuffle(mlir::Value value, mlir::Value lane, bool isXor);

private:
  mlir::func::FuncOp kernel;
  mlir::ImplicitLocOpBuilder b;
  mlir::Value sharedBase;
  llvm::DenseMap<mlir::Value, llvm::SmallVector<mlir::Value>> scalarsOf;
};

/// Scratch memory in bytes that an operation needs while it runs.
int64_t getScratchBytes(mlir::Operation *op);
/// Where azulejo-place-shared says that it is.
constexpr llvm::StringLiteral scratchAttribute = "cta.scratch";

// The families. Each writes one operation at the builder's place.
llvm::LogicalResult distributeLoad(TileDistributor &d, cta::LoadOp op);
llvm::LogicalResult distributeStore(TileDistributor &d, cta::StoreOp op);
llvm::LogicalResult distributeGather(TileDistributor &d, cta::GatherOp op);
llvm::LogicalResult distributeScatter(TileDistributor &d, cta::ScatterOp op);
llvm::LogicalResult distributeLoadShared(TileDistributor &d, cta::LoadSharedOp op);
llvm::LogicalResult distributeStoreShared(TileDistributor &d, cta::StoreSharedOp op);
llvm::LogicalResult distributeCopyAsync(TileDistributor &d, cta::CopyAsyncOp op);
llvm::LogicalResult distributeGatherAsync(TileDistributor &d, cta::GatherAsyncOp op);
llvm::LogicalResult distributeConvert(TileDistributor &d, cta::ConvertLayoutOp op);
llvm::LogicalResult distributeReduce(TileDistributor &d, cta::ReduceOp op);
llvm::LogicalResult distributeDot(TileDistributor &d, cta::DotOp op);
llvm::LogicalResult distributeWgmma(TileDistributor &d, cta::WgmmaOp op);
llvm::LogicalResult distributeWgmmaWait(TileDistributor &d, cta::WgmmaWaitOp op);
llvm::LogicalResult distributeBroadcast(TileDistributor &d, cta::BroadcastOp op);
llvm::LogicalResult distributeTranspose(TileDistributor &d, cta::TransposeOp op);
/// mbarriers and bulk copies.
llvm::LogicalResult distributeBulk(TileDistributor &d, mlir::Operation *op);
/// Ends the mbarriers that `body` makes, at its end: the next iteration makes them again.
void invalidateBarriers(TileDistributor &d, mlir::Block &body);
/// Roles, one after the other in the text; `walk` distributes a region.
llvm::LogicalResult distributeRoles(TileDistributor &d, cta::RolesOp op,
                                    llvm::function_ref<llvm::LogicalResult(mlir::Block &)> walk);

} // namespace azulejo::gpu

#endif // AZULEJO_LIB_GPU_TILEDISTRIBUTOR_H
