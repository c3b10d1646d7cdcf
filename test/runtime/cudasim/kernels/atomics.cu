// Atomics of all widths and types, and what is built of them.
#ifndef BUG
#define BUG 0
#endif
#include <cuda_bf16.h>
#include <cuda_fp16.h>

// Lanes that have something take places in a list by one atomic of their leader.
extern "C" __global__ void compact(const int *in, int *out, int *count, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n || in[i] <= 0)
    return;
  unsigned mask = __activemask();
  int lane = threadIdx.x % 32, leader = __ffs(mask) - 1, place = 0;
  if (lane == leader)
#if BUG == 1 // a plain increment
    place = *count, *count = place + __popc(mask);
#else
    place = atomicAdd(count, __popc(mask));
#endif
#if BUG == 2 // the mask names lanes that have left
  place = __shfl_sync(0xffffffffu >> 1, place, leader);
#else
  place = __shfl_sync(mask, place, leader);
#endif
  out[place + __popc(mask & ((1u << lane) - 1))] = in[i];
}

__device__ void maxFloat(float *address, float value) {
  int *bits = (int *)address, old = *(volatile int *)bits;
  while (__int_as_float(old) < value) {
    int seen = atomicCAS(bits, old, __float_as_int(value));
    if (seen == old)
      break;
    old = seen;
  }
}

__device__ void addBfloat16(__nv_bfloat16 *address, float value) {
  unsigned short *bits = (unsigned short *)address, old = *(volatile unsigned short *)bits, seen;
  do {
    seen = old;
    __nv_bfloat16 sum = __float2bfloat16(__bfloat162float(__ushort_as_bfloat16(seen)) + value);
    old = atomicCAS(bits, seen, __bfloat16_as_ushort(sum));
  } while (old != seen);
}

extern "C" __global__ void loops(const float *in, float *most, __nv_bfloat16 *sums, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n)
    return;
#if BUG == 3 // compared and written, but not at once
  if (*most < in[i])
    *most = in[i];
#else
  maxFloat(most, in[i]);
#endif
  addBfloat16(&sums[i % 3], 1.f);
}

extern "C" __global__ void kinds(unsigned *words, unsigned long long *longs, float *floats, double *doubles,
                                 __half2 *halves, __nv_bfloat162 *bfloats) {
  unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
  atomicAdd(&words[0], i);
  atomicSub(&words[1], i);
  atomicMin(&words[2], i + 7);
  atomicMax(&words[3], i * 3);
  atomicMin((int *)&words[4], 5 - (int)i);
  atomicMax((int *)&words[5], -5 - (int)i);
  atomicAnd(&words[6], ~(1u << i % 32));
  atomicOr(&words[7], 1u << i % 31);
  atomicXor(&words[8], i);
  atomicInc(&words[9], 99);
  atomicDec(&words[10], 99);
  atomicAdd(&longs[0], (unsigned long long)i << 20);
  atomicMax(&longs[1], (unsigned long long)i << 33);
  atomicMin((long long *)&longs[2], -(long long)i);
  atomicAnd(&longs[3], ~(1ull << i % 64));
  atomicOr(&longs[4], 1ull << i % 63);
  atomicXor(&longs[5], 0x100000001ull * i);
  atomicAdd(&floats[0], 0.5f);
  atomicAdd(&doubles[0], 0.25);
  atomicAdd(&halves[0], __floats2half2_rn(1, 2));
  atomicAdd(&bfloats[0], __floats2bfloat162_rn(1, 0));
}

// Counters of a block, of the device and of the system.
extern "C" __global__ void scopes(int *counters, int *blocks) {
#if BUG == 4 // atomic within a block, though all blocks count here
  atomicAdd_block(&counters[0], 1);
#else
  atomicAdd(&counters[0], 1);
#endif
  atomicAdd_system(&counters[1], 1);
  atomicAdd_block(&blocks[blockIdx.x], 1);
#if BUG == 5 // a plain write to what others count
  if (threadIdx.x == 0)
    counters[2] = 0;
#endif
  atomicAdd(&counters[2], 1);
}

// Open addressing: a key takes the first free place.
extern "C" __global__ void hashTable(const unsigned *keys, unsigned long long *table, int n, int size) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n)
    return;
  unsigned key = keys[i];
  for (unsigned place = key * 2654435761u % size;; place = (place + 1) % size) {
    unsigned long long old =
#if BUG == 6 // a check, then a write
        table[place];
    if (old == 0)
      table[place] = (unsigned long long)key << 32 | 1;
#else
        atomicCAS(&table[place], 0ull, (unsigned long long)key << 32 | 1);
#endif
    if (old == 0)
      return;
    if (old >> 32 == key) {
      atomicAdd(&table[place], 1ull);
      return;
    }
  }
}
