// Small kernels, each right with BUG 0: stacks, local arrays, masks, atomics, traps, and mbarriers (sm_90a).
#ifndef BUG
#define BUG 0
#endif
#include "hopper.cuh"

__device__ __noinline__ int depth(int n) {
  volatile int frame[16];
  for (int i = 0; i < 16; ++i)
    frame[i] = n;
  if (n <= 0)
    return frame[3];
  return depth(n - 1) + frame[n % 16] * 0 + 1;
}

extern "C" __global__ void recursion(int *out, int n) {
#if BUG == 1 // deeper than the stack
  out[threadIdx.x] = depth(n + 10000);
#else
  out[threadIdx.x] = depth(n + threadIdx.x % 4);
#endif
}

extern "C" __global__ void localArray(const int *in, int *out, int n) {
  int values[16];
  for (int i = 0; i < 16; ++i)
    values[i] = in[threadIdx.x * 16 + i];
#if BUG == 2 // an index from data
  out[threadIdx.x] = values[n * 4096];
#else
  out[threadIdx.x] = values[n & 15];
#endif
}

extern "C" __global__ void masks(const int *in, int *out) {
  int t = threadIdx.x, value = in[t];
#if BUG == 3 // an executing lane that its mask does not name
  unsigned mask = 0xfffffffeu;
#else
  unsigned mask = 0xffffffffu;
#endif
  out[t] = __ballot_sync(mask, value > 0);
}

extern "C" __global__ void mbarrier(const int *in, int *out) {
  __shared__ Barrier bar;
  __shared__ int shared[64];
  int t = threadIdx.x;
  if (t == 0) {
#if BUG == 4 // more arrivals are expected than will come
    init(&bar, 65);
#elif BUG == 5 // fewer
    init(&bar, 32);
#elif BUG == 6 // none was made
#else
    init(&bar, 64);
#endif
  }
  __syncthreads();
  shared[t] = in[t];
#if BUG == 7 // the barrier is overwritten as if it were data
  if (t == 0)
    *(volatile Barrier *)&bar = 7;
  __syncthreads();
#endif
  arrive(&bar);
  wait(&bar, 0);
  out[t] = shared[63 - t];
}

extern "C" __global__ void pointer(const int *in, int *out) {
  int *to = out;
#if BUG == 8 // null
  asm("mov.u64 %0, 0;" : "=l"(to));
#elif BUG == 9 // a 32-bit address
  to = (int *)(size_t)(unsigned)(size_t)out;
#endif
  to[threadIdx.x] = in[threadIdx.x] + 1;
}

__constant__ int table[32] = {3, 1, 4, 1, 5, 9, 2, 6};
extern "C" __global__ void constants(int *out) {
#if BUG == 10 // constants are read only
  asm volatile("{.reg .b64 to;\ncvta.const.u64 to, table;\nst.u32 [to], %0;}" ::"r"(0) : "memory");
#endif
  out[threadIdx.x] = table[threadIdx.x] + 1;
}

extern "C" __global__ void checked(const int *in, int *out, int n) {
  int i = in[threadIdx.x];
#if BUG == 11 // an assertion that does not hold
  n = 0;
#endif
  if (i < 0 || i >= n + 1000)
    asm volatile("trap;");
  if (i >= n)
    asm volatile("trap;");
  out[threadIdx.x] = i;
}

extern "C" __global__ void sharedOutOfBounds(const int *in, int *out) {
  __shared__ int a[32];
  __shared__ int b[32];
  int t = threadIdx.x;
  a[t] = in[t];
  b[t] = in[t] * 2;
  __syncwarp();
#if BUG == 12 // behind all of the block's shared memory
  out[t] = a[t] + b[t + 16384];
#else
  out[t] = a[t] + b[31 - t];
#endif
}

// Half of a warp exchanges by a shuffle while the others wait at a barrier.
extern "C" __global__ void exchange(const int *in, int *out) {
  int t = threadIdx.x, value = in[t];
  if (t % 32 < 16) {
#if BUG == 13 // the mask names lanes of the other branch, which wait elsewhere
    value = __shfl_sync(0xffffffffu, value, 15 - t % 32);
#else
    value = __shfl_sync(0x0000ffffu, value, 15 - t % 32);
#endif
  }
  __syncthreads();
  out[t] = value;
}

extern "C" __global__ void lateRead(const int *in, int *out) {
  extern __shared__ int tile[];
  int t = threadIdx.x;
  tile[t] = in[t];
  __syncthreads();
#if BUG == 14 // a part that nobody wrote
  out[t] = tile[t + 64];
#else
  out[t] = tile[63 - t];
#endif
}
