//===- DeviceKernels.h - Kernels that mean the same on every device ---------------------------===//
//
// What DeviceTest.cpp launches: a few kernels of 32-bit integers, as the functions that a CPU's
// artifact has and as the PTX and launchers that a GPU's has.
//
//===------------------------------------------------------------------------------------------===//
#ifndef AZULEJO_TEST_RUNTIME_DEVICEKERNELS_H
#define AZULEJO_TEST_RUNTIME_DEVICEKERNELS_H

#include "runtime/Artifact.h"

namespace testkernels {

enum Kernel : int64_t {
  Add,    // slots: x, y, n, a: y[i] = x[i] + a
  Check,  // slots: x, n, limit: check 1 wants x[i] within [0, limit)
  Memory, // slots: x, y, n: y = x, by way of memory of its own
  kernelCount
};

using azulejo::runtime::Artifact;

template <typename T> T *pointer(int64_t slot) { return reinterpret_cast<T *>(slot); }

/// One workgroup for each element.
inline int64_t countOf(Kernel kernel, const int64_t *slots) {
  return slots[kernel == Check ? 1 : 2];
}

inline void addOnCpu(const int64_t *slots, int64_t begin, int64_t end, azm_scratch *) {
  for (int64_t i = begin; i < end; ++i)
    pointer<int32_t>(slots[1])[i] = pointer<const int32_t>(slots[0])[i] + int32_t(slots[3]);
}

inline void checkOnCpu(const int64_t *slots, int64_t begin, int64_t end, azm_scratch *scratch) {
  for (int64_t i = begin; i < end; ++i)
    if (int32_t x = pointer<const int32_t>(slots[0])[i]; x < 0 || x >= slots[2])
      scratch->fail(scratch, 1, x, 0, slots[2]);
}

inline void memoryOnCpu(const int64_t *slots, int64_t begin, int64_t end, azm_scratch *scratch) {
  for (int64_t i = begin; i < end; ++i) {
    scratch->used += 64;
    auto *own = static_cast<int32_t *>(scratch->used <= scratch->size ? scratch->base
                                                                      : scratch->grow(scratch, 64));
    *own = pointer<const int32_t>(slots[0])[i];
    pointer<int32_t>(slots[1])[i] = *own;
    scratch->used -= 64;
  }
}

inline const azm_kernel cpuKernels[] = {addOnCpu, checkOnCpu, memoryOnCpu};
inline const azm_kernel_count cpuCounts[] = {
    [](const int64_t *slots) { return countOf(Add, slots); },
    [](const int64_t *slots) { return countOf(Check, slots); },
    [](const int64_t *slots) { return countOf(Memory, slots); }};

/// Blocks of 64 threads.
template <Kernel kernel> void launchOnGpu(const int64_t *slots, azm_grid *grid) {
  int64_t n = countOf(kernel, slots);
  grid->blocks[0] = (n + 63) / 64;
  grid->blocks[1] = grid->blocks[2] = 1;
  grid->threads[0] = 64;
  grid->threads[1] = grid->threads[2] = 1;
  grid->cluster[0] = grid->cluster[1] = grid->cluster[2] = 1;
  if (kernel == Memory) {
    grid->workspace_bytes = n * 4;
    grid->shared_bytes = 64 << 10; // more than a kernel has unasked
  }
}

inline constexpr std::string_view ptx = R"(
.version 8.0
.target sm_80
.address_size 64
.extern .shared .align 16 .b8 dynamic[];

.visible .entry add(.param .u64 x, .param .u64 y, .param .u64 n, .param .u64 a,
                    .param .u64 fault, .param .u64 first, .param .u64 workspace) {
  .reg .pred %p; .reg .b32 %r<6>; .reg .b64 %i, %n, %x, %y, %a;
  mov.u32 %r1, %ctaid.x; mov.u32 %r2, %ntid.x; mov.u32 %r3, %tid.x;
  mad.lo.u32 %r1, %r1, %r2, %r3;
  cvt.u64.u32 %i, %r1;
  ld.param.u64 %n, [n];
  setp.ge.s64 %p, %i, %n;
  @%p ret;
  ld.param.u64 %x, [x]; ld.param.u64 %y, [y]; ld.param.u32 %r5, [a];
  shl.b64 %i, %i, 2;
  add.s64 %x, %x, %i; add.s64 %y, %y, %i;
  ld.global.u32 %r4, [%x];
  add.s32 %r4, %r4, %r5;
  st.global.u32 [%y], %r4;
  ret;
}

.visible .entry check(.param .u64 x, .param .u64 n, .param .u64 limit,
                      .param .u64 fault, .param .u64 first, .param .u64 workspace) {
  .reg .pred %p, %q; .reg .b32 %r<5>; .reg .b64 %i, %n, %x, %v, %limit, %f, %old, %c, %zero;
  mov.u32 %r1, %ctaid.x; mov.u32 %r2, %ntid.x; mov.u32 %r3, %tid.x;
  mad.lo.u32 %r1, %r1, %r2, %r3;
  cvt.u64.u32 %i, %r1;
  ld.param.u64 %n, [n];
  setp.ge.s64 %p, %i, %n;
  @%p ret;
  ld.param.u64 %x, [x]; ld.param.u64 %limit, [limit];
  shl.b64 %i, %i, 2;
  add.s64 %x, %x, %i;
  ld.global.s32 %v, [%x];
  setp.ge.s64 %p, %v, 0;
  setp.lt.and.s64 %p, %v, %limit, %p;
  @%p ret;
  ld.param.u64 %f, [fault]; ld.param.u64 %c, [first];
  atom.global.cas.b64 %old, [%f], 0, 1;
  setp.ne.s64 %q, %old, 0;
  @%q ret;
  add.s64 %c, %c, 1;
  mov.u64 %zero, 0;
  st.global.u64 [%f+8], %c;
  st.global.u64 [%f+16], %v;
  st.global.u64 [%f+24], %zero;
  st.global.u64 [%f+32], %limit;
  ret;
}

.visible .entry memory(.param .u64 x, .param .u64 y, .param .u64 n,
                       .param .u64 fault, .param .u64 first, .param .u64 workspace) {
  .reg .pred %p; .reg .b32 %r<7>; .reg .b64 %i, %n, %x, %y, %w;
  mov.u32 %r1, %ctaid.x; mov.u32 %r2, %ntid.x; mov.u32 %r3, %tid.x;
  mad.lo.u32 %r1, %r1, %r2, %r3;
  cvt.u64.u32 %i, %r1;
  ld.param.u64 %n, [n];
  setp.ge.s64 %p, %i, %n;
  @%p ret;
  ld.param.u64 %x, [x]; ld.param.u64 %y, [y]; ld.param.u64 %w, [workspace];
  shl.b64 %i, %i, 2;
  add.s64 %x, %x, %i; add.s64 %y, %y, %i; add.s64 %w, %w, %i;
  ld.global.u32 %r4, [%x];
  st.global.u32 [%w], %r4;
  ld.global.u32 %r4, [%w];
  mov.u32 %r5, dynamic;
  mad.lo.u32 %r5, %r3, 1020, %r5; // the last thread's is right before 64 KiB
  st.shared.u32 [%r5], %r4;
  ld.shared.u32 %r6, [%r5];
  st.global.u32 [%y], %r6;
  ret;
}
)";

/// An artifact with these kernels, and one weight: the numbers 100 to 109.
inline std::shared_ptr<Artifact> makeArtifact() {
  alignas(64) static const int32_t weight[16] = {100, 101, 102, 103, 104, 105, 106, 107, 108, 109};
  auto artifact = std::make_shared<Artifact>();
  artifact->name = "test";
  artifact->kernels = {"add", "check", "memory"};
  artifact->kernelNodes = {"'Add_1'", "'Check_1'", ""};
  artifact->kernelSlots = {4, 3, 3};
  artifact->checks = {"an earlier kernel's check", "this kernel's first", "node 'n': indices"};
  artifact->images = {
      {"sm_80", ptx, {}, {launchOnGpu<Add>, launchOnGpu<Check>, launchOnGpu<Memory>}}};
  artifact->weightBytes = {reinterpret_cast<const char *>(weight), sizeof weight};
  artifact->weights = {const_cast<int32_t *>(weight)};
  return artifact;
}

} // namespace testkernels

#endif // AZULEJO_TEST_RUNTIME_DEVICEKERNELS_H
