// Persistent blocks that take work from a queue, locks, and a stream-K product whose blocks hand
// partial tiles to each other.
#ifndef BUG
#define BUG 0
#endif

extern "C" __global__ void workers(const int *in, int *out, int *next, int tasks) {
  __shared__ int task;
  __shared__ int sums[64];
  int t = threadIdx.x;
  for (;;) {
    if (t == 0)
      task = atomicAdd(next, 1);
#if BUG != 1 // the task's number is read before it is written
    __syncthreads();
#endif
    int mine = task;
    if (mine >= tasks)
      return;
    sums[t] = in[mine * 64 + t];
    __syncthreads();
    for (int d = 32; d > 0; d /= 2) {
      if (t < d)
        sums[t] += sums[t + d];
      __syncthreads();
    }
    if (t == 0)
      out[mine] = sums[0];
#if BUG == 2 // behind the last result
    if (t == 0 && mine == tasks - 1)
      out[mine + 1] = 0;
#endif
#if BUG == 3 // one warp waits once more than the other
    if (t < 32)
      __syncthreads();
#endif
  }
}

// A lock with backoff; the counter is plain data that it guards.
extern "C" __global__ void spinLock(int *mutex, int *counter) {
  if (threadIdx.x % 32 == 0) {
    unsigned pause = 8;
    while (atomicCAS(mutex, 0, 1) != 0) {
      __nanosleep(pause);
      if (pause < 256)
        pause *= 2;
    }
#if BUG != 5 // what the last holder wrote may not be seen
    __threadfence();
#endif
    *counter += 1;
#if BUG != 6 // the lock may be free before the counter is written
    __threadfence();
#endif
#if BUG == 7 // it is never given back
#else
    atomicExch(mutex, 0);
#endif
  }
}

extern "C" __global__ void ticketLock(unsigned *take, unsigned *serve, int *values) {
  if (threadIdx.x == 0) {
    unsigned mine = atomicAdd(take, 1);
    while (*(volatile unsigned *)serve != mine)
      __nanosleep(20);
    __threadfence();
    values[0] = values[0] * 3 + 1;
    __threadfence();
    *(volatile unsigned *)serve = mine + 1;
  }
}

// acquire and release of PTX, as libraries write semaphores.
__device__ int acquire(int *flag) {
  int value;
  asm volatile("ld.global.acquire.gpu.b32 %0, [%1];" : "=r"(value) : "l"(flag) : "memory");
  return value;
}
__device__ void release(int *flag, int value) {
#if BUG == 9
  asm volatile("st.global.relaxed.gpu.b32 [%0], %1;" ::"l"(flag), "r"(value) : "memory");
#elif BUG == 10 // of the block only
  asm volatile("fence.acq_rel.cta;\nst.global.relaxed.gpu.b32 [%0], %1;" ::"l"(flag), "r"(value) : "memory");
#else
  asm volatile("fence.acq_rel.gpu;\nst.global.relaxed.gpu.b32 [%0], %1;" ::"l"(flag), "r"(value) : "memory");
#endif
}

// C = A B in tiles of 16 x 16; each block does an equal share of all tiles' steps, so a tile may be
// begun by one block and ended by the next one, which adds up in turn.
extern "C" __global__ void streamK(const float *a, const float *b, float *c, float *partial, int *turns,
                                   int m, int n, int k, int stepsEach) {
  __shared__ float tileA[16][17], tileB[16][17];
  int x = threadIdx.x, y = threadIdx.y;
  int steps = k / 16, tilesN = n / 16, total = m / 16 * tilesN * steps;
  int step = blockIdx.x * stepsEach, end = min(step + stepsEach, total);
  while (step < end) {
    int tile = step / steps, first = step % steps, last = min(steps, first + end - step);
    int row = tile / tilesN * 16, column = tile % tilesN * 16;
    float sum = 0;
    for (int s = first; s < last; ++s) {
      tileA[y][x] = a[(row + y) * k + s * 16 + x];
      tileB[y][x] = b[(s * 16 + y) * n + column + x];
      __syncthreads();
      for (int i = 0; i < 16; ++i)
        sum += tileA[y][i] * tileB[i][x];
      __syncthreads();
    }
    float *mine = &partial[tile * 256 + y * 16 + x];
    if (first > 0) { // wait for whoever did the steps before
#if BUG != 8
      if (x == 0 && y == 0)
        while (acquire(&turns[tile]) != first)
          ;
#endif
      __syncthreads();
      sum += *mine;
    }
    if (last == steps) {
      c[(row + y) * n + column + x] = sum;
    } else {
      *mine = sum;
#if BUG != 11 // one thread says that all have written
      __syncthreads();
#endif
      if (x == 0 && y == 0)
        release(&turns[tile], last);
    }
    step += last - first;
  }
}
