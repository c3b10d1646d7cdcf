// Barriers: of a block, named ones between a producer and a consumer, and what breaks them.
#ifndef BUG
#define BUG 0
#endif

extern "C" __global__ void everybody(const int *in, int *out, int n) {
  __shared__ int shared[128];
  int t = threadIdx.x;
#if BUG == 1 // threads behind n leave, and the others wait for them
  if (t >= n)
    return;
#endif
  shared[t] = t < n ? in[t] : 0;
#if BUG == 2 // two barriers in the two branches of one warp
  if (t % 2)
    __syncthreads();
  else
    __syncthreads();
#elif BUG == 3 // only the first warps come
  if (t < 64)
    __syncthreads();
#else
  __syncthreads();
#endif
  if (t < n)
    out[t] = shared[127 - t] + 1;
}

// Warps 0-1 produce, warps 2-3 consume: one named barrier says full, the other empty.
extern "C" __global__ void producerConsumer(const int *in, int *out, int rounds) {
  __shared__ int slot[64];
  int t = threadIdx.x;
  if (t < 64) {
    for (int r = 0; r < rounds; ++r) {
      if (r > 0)
        asm volatile("bar.sync 2, 128;" ::: "memory"); // empty
      slot[t] = in[r * 64 + t];
#if BUG == 4 // half as many are expected as come
      asm volatile("bar.arrive 1, 64;" ::: "memory");
#else
      asm volatile("bar.arrive 1, 128;" ::: "memory"); // full
#endif
    }
  } else {
    for (int r = 0; r < rounds; ++r) {
      asm volatile("bar.sync 1, 128;" ::: "memory");
      out[r * 64 + t - 64] = slot[127 - t];
#if BUG == 5 // nothing tells the producer that the slot is free
      if (r + 1 < rounds)
        asm volatile("bar.arrive 3, 128;" ::: "memory");
#elif BUG == 6 // the producer is told before the slot was read
      int value = slot[t - 64];
      if (r + 1 < rounds)
        asm volatile("bar.arrive 2, 128;" ::: "memory");
      out[r * 64 + t - 64] = value + slot[127 - t];
#else
      if (r + 1 < rounds)
        asm volatile("bar.arrive 2, 128;" ::: "memory");
#endif
    }
  }
}

// Lanes of one warp that wait for each other: independent thread scheduling lets them.
extern "C" __global__ void lock(int *mutex, int *counter) {
  for (bool done = false; !done;) {
    if (atomicCAS(mutex, 0, 1) == 0) {
      __threadfence();
      *(volatile int *)counter = *(volatile int *)counter + 1;
      __threadfence();
      atomicExch(mutex, 0);
      done = true;
    }
  }
}

// A flag from one block to another.
extern "C" __global__ void message(const int *in, volatile int *flag, int *data, int *out) {
  int t = threadIdx.x;
  if (blockIdx.x == 0) {
    data[t] = in[t] * 2;
#if BUG != 7 // the flag may overtake the data
    __threadfence();
#endif
    __syncthreads();
    if (t == 0)
      *flag = 1;
  } else {
    if (t == 0)
      while (*flag == 0)
        ;
#if BUG != 8 // the other threads do not wait
    __syncthreads();
#endif
    __threadfence();
    out[t] = data[t];
  }
}
