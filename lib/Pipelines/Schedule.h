//===- Schedule.h - The stage from kernels to the host program --------------------------------===//
#ifndef AZULEJO_LIB_PIPELINES_SCHEDULE_H
#define AZULEJO_LIB_PIPELINES_SCHEDULE_H

namespace mlir {
class OpPassManager;
}

namespace azulejo {

/// From @main over tensors and `tile.launch` to a host program over placed buffers, and, with
/// `toLLVM`, on to LLVM code.
struct ScheduleOptions {
  bool toLLVM = true;
};
void buildSchedulePipeline(mlir::OpPassManager &passes, const ScheduleOptions &options = {});

/// Registers `azulejo-schedule` and the passes it is made of.
void registerSchedulePipeline();

} // namespace azulejo

#endif // AZULEJO_LIB_PIPELINES_SCHEDULE_H
