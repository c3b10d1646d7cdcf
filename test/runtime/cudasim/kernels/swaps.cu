// Loops of compare-and-swap: a plain load to begin with, floats and bytes by the words that hold them.
#ifndef BUG
#define BUG 0
#endif
#include <cuda/atomic>

__device__ inline int place(int n) { return (blockIdx.x * blockDim.x + threadIdx.x) % n; }

extern "C" __global__ void doubles(double *out, int n) {
  unsigned long long *p = (unsigned long long *)&out[place(n)], old = *p, assumed;
  do {
    assumed = old;
    old = atomicCAS(p, assumed, __double_as_longlong(1 + __longlong_as_double(assumed)));
  } while (assumed != old);
}

__device__ __noinline__ void raise(float *address, float value) {
  int *p = (int *)address, old = *p, assumed;
  do {
    assumed = old;
    if (__int_as_float(assumed) >= value)
      break;
    old = atomicCAS(p, assumed, __float_as_int(value));
  } while (assumed != old);
}
extern "C" __global__ void greatest(float *out, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  raise(&out[i % n], (float)(i * 7 % 101));
}

extern "C" __global__ void retried(int *out, int n) {
  int *p = &out[place(n)];
  for (;;) {
    int old = *p;
#if BUG == 1 // what was read is written, whoever came between
    *p = old * 3 + 1;
    break;
#else
    if (atomicCAS(p, old, old * 3 + 1) == old)
      break;
#endif
  }
}

extern "C" __global__ void inShared(int *out, int n) {
  __shared__ int sums[16];
  if (threadIdx.x < 16)
    sums[threadIdx.x] = 0;
#if BUG != 2 // the zeros may come later
  __syncthreads();
#endif
  int *p = &sums[threadIdx.x % 16], old = *p, assumed;
  do {
    assumed = old;
    old = atomicCAS(p, assumed, assumed + n);
  } while (assumed != old);
  __syncthreads();
  if (threadIdx.x < 16)
    out[blockIdx.x * 16 + threadIdx.x] = sums[threadIdx.x];
}

extern "C" __global__ void bytes(unsigned *out, int n) {
  int i = place(n), shift = i % 4 * 8;
  unsigned *word = out + i / 4, old = *word, assumed;
#if BUG == 3 // a byte by itself, beside swaps of its word
  if (i == n - 1) {
    ++((unsigned char *)out)[i];
    return;
  }
#endif
  do {
    assumed = old;
    unsigned byte = (assumed >> shift) + 1 & 255;
    old = atomicCAS(word, assumed, (assumed & ~(255u << shift)) | byte << shift);
  } while (assumed != old);
}

extern "C" __global__ void halves(unsigned short *out, int n) {
  unsigned short *p = &out[place(n)], old = *p, assumed;
  do {
    assumed = old;
    old = atomicCAS(p, assumed, (unsigned short)(assumed + 3));
  } while (assumed != old);
}

extern "C" __global__ void references(int *out, int n) {
  cuda::atomic_ref<int, cuda::thread_scope_device> value(out[place(n)]);
  int old = value.load(cuda::memory_order_relaxed);
  while (!value.compare_exchange_weak(old, old * 2 + 1, cuda::memory_order_acq_rel,
                                      cuda::memory_order_relaxed))
    ;
}
