// How threads of a grid, a block or a warp agree with each other, as programs write it by hand.
#ifndef BUG
#define BUG 0
#endif
#include <cuda_fp16.h>

// --- The CUDA C++ Programming Guide's sum by the last block: volatile partial sums, a fence, a ticket.
__device__ unsigned arrived = 0;

extern "C" __global__ void guideSum(const float *in, int n, volatile float *partial) {
  __shared__ float sums[128];
  __shared__ bool isLast;
  float sum = 0;
  for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x)
    sum += in[i];
  sums[threadIdx.x] = sum;
  __syncthreads();
  for (int step = 64; step > 0; step /= 2) {
    if (threadIdx.x < step)
      sums[threadIdx.x] += sums[threadIdx.x + step];
    __syncthreads();
  }
  if (threadIdx.x == 0) {
    partial[blockIdx.x] = sums[0];
    __threadfence();
    unsigned ticket = atomicInc(&arrived, gridDim.x);
    isLast = ticket == gridDim.x - 1;
  }
#if BUG != 1 // not everybody knows yet who is last
  __syncthreads();
#endif
  if (isLast && threadIdx.x == 0) {
    float total = 0;
    for (int i = 0; i < gridDim.x; ++i)
      total += partial[i];
    partial[0] = total;
    arrived = 0;
  }
}

// --- A barrier of the grid: a count and a generation that is read by a volatile pointer.
struct GridBarrier {
  unsigned count;
  unsigned generation;
};

__device__ void meet(GridBarrier *barrier) {
  __syncthreads();
  if (threadIdx.x == 0) {
    volatile unsigned *generation = &barrier->generation;
    unsigned mine = *generation;
#if BUG != 2 // what the block wrote is not seen by who passes the barrier
    __threadfence();
#endif
    if (atomicAdd(&barrier->count, 1) == gridDim.x - 1) {
      barrier->count = 0;
      __threadfence();
      *generation = mine + 1;
    } else {
      while (*generation == mine)
        ;
    }
    __threadfence();
  }
#if BUG != 3 // only thread 0 waits
  __syncthreads();
#endif
}

// Every block adds its neighbours' values, rounds times.
extern "C" __global__ void rounds(int *a, int *b, int count, GridBarrier *barrier) {
  int i = blockIdx.x * blockDim.x + threadIdx.x, n = gridDim.x * blockDim.x;
  for (int round = 0; round < count; ++round) {
    b[i] = a[(i + 1) % n] + a[(i + n - 1) % n];
    meet(barrier);
    a[i] = b[(i + 1) % n] - b[i];
    meet(barrier);
  }
}

// --- Split-K: blocks add their part of a tile in the order of their number, by a semaphore.
extern "C" __global__ void splitK(const float *A, const float *B, float *C, int k, int *semaphores) {
  int tile = blockIdx.x, part = blockIdx.y, x = threadIdx.x % 16, y = threadIdx.x / 16;
  int begin = k / gridDim.y * part, end = begin + k / gridDim.y;
  float sum = 0;
  for (int i = begin; i < end; ++i)
    sum += A[y * k + i] * B[i * 16 * gridDim.x + tile * 16 + x];
  int *semaphore = semaphores + tile;
  if (threadIdx.x == 0) {
    int state;
    do
      asm volatile("ld.global.acquire.gpu.b32 %0, [%1];" : "=r"(state) : "l"(semaphore) : "memory");
    while (state != part);
  }
  __syncthreads();
  float *c = C + y * 16 * gridDim.x + tile * 16 + x;
  *c = part == 0 ? sum : *c + sum;
#if BUG != 4 // the semaphore goes on before all threads have added theirs
  __syncthreads();
#endif
  if (threadIdx.x == 0) {
    int next = part + 1 == gridDim.y ? 0 : part + 1;
#if BUG == 5 // and does not release what they wrote
    asm volatile("st.global.relaxed.gpu.b32 [%0], %1;" ::"l"(semaphore), "r"(next) : "memory");
#else
    asm volatile("st.global.release.gpu.b32 [%0], %1;" ::"l"(semaphore), "r"(next) : "memory");
#endif
  }
}

// --- Softmax in one pass over a row: pairs of a maximum and a sum, joined in a warp and then in the block.
struct Running {
  float most, sum;
};
__device__ Running join(Running a, Running b) {
  float most = fmaxf(a.most, b.most);
  return {most, a.sum * __expf(a.most - most) + b.sum * __expf(b.most - most)};
}

extern "C" __global__ void onlineSoftmax(const float *in, float *out, int columns) {
  const float *row = in + blockIdx.x * columns;
  Running mine = {-INFINITY, 0};
  for (int i = threadIdx.x; i < columns; i += blockDim.x)
    mine = mine.sum == 0 ? Running{row[i], 1} : join(mine, {row[i], 1});
  for (int step = 16; step > 0; step /= 2)
    mine = join(mine, {__shfl_xor_sync(~0u, mine.most, step), __shfl_xor_sync(~0u, mine.sum, step)});
  __shared__ Running warps[8];
  __shared__ Running all;
  if (threadIdx.x % 32 == 0)
    warps[threadIdx.x / 32] = mine;
  __syncthreads();
  if (threadIdx.x < 32) {
    int count = blockDim.x / 32;
#if BUG == 6 // lanes whose warps are not there
    Running one = warps[threadIdx.x % 8];
#else
    Running one = warps[threadIdx.x % count];
#endif
    for (int step = 1; step < count; step *= 2)
      one = join(one, {__shfl_xor_sync(~0u, one.most, step), __shfl_xor_sync(~0u, one.sum, step)});
    if (threadIdx.x == 0)
      all = one;
  }
#if BUG != 7 // the result of warp 0 is not waited for
  __syncthreads();
#endif
  Running total = all;
  for (int i = threadIdx.x; i < columns; i += blockDim.x)
    out[blockIdx.x * columns + i] = __expf(row[i] - total.most) / total.sum;
}

// --- Bytes by dp4a, tiles by float4, a product of int8 matrices: C[64 x 64 tiles] = A B^T.
extern "C" __global__ void byteProduct(const int *A, const int *B, int *C, int words, int columns) {
  __shared__ int a[64][9], b[64][9]; // 8 words of 4 bytes, and one against bank conflicts
  int x = threadIdx.x % 16, y = threadIdx.x / 16;
  int sums[4][4] = {};
  for (int k = 0; k < words; k += 8) {
    for (int i = threadIdx.x; i < 64 * 8; i += 256) {
      a[i / 8][i % 8] = A[(blockIdx.y * 64 + i / 8) * words + k + i % 8];
      b[i / 8][i % 8] = B[(blockIdx.x * 64 + i / 8) * words + k + i % 8];
    }
    __syncthreads();
    for (int i = 0; i < 8; ++i)
      for (int r = 0; r < 4; ++r)
        for (int c = 0; c < 4; ++c)
          sums[r][c] = __dp4a(a[y * 4 + r][i], b[x + 16 * c][i], sums[r][c]);
#if BUG != 8 // the tile is filled again while others read it
    __syncthreads();
#endif
  }
  for (int r = 0; r < 4; ++r)
    for (int c = 0; c < 4; ++c)
      C[(blockIdx.y * 64 + y * 4 + r) * columns + blockIdx.x * 64 + x + 16 * c] = sums[r][c];
}

// --- A mailbox between two warps in shared memory: volatile flags that are polled, fences of the block.
extern "C" __global__ void mailbox(const int *in, int *out, int count) {
  __shared__ int letter[32];
  __shared__ int full;
  volatile int *flag = &full;
  int lane = threadIdx.x % 32;
  if (threadIdx.x == 0)
    full = 0;
  __syncthreads();
  if (threadIdx.x < 32) {
    for (int i = 0; i < count; ++i) {
      if (lane == 0)
        while (*flag != 0)
          ;
      __threadfence_block();
      __syncwarp();
      letter[lane] = in[i * 32 + lane];
#if BUG != 9 // the flag may overtake the letter
      __threadfence_block();
#endif
#if BUG != 10 // only lane 0's part is surely there
      __syncwarp();
#endif
      if (lane == 0)
        atomicExch(&full, 1);
    }
  } else {
    for (int i = 0; i < count; ++i) {
      if (lane == 0)
        while (atomicAdd(&full, 0) != 1)
          ;
      __threadfence_block();
      __syncwarp();
      out[i * 32 + lane] = letter[31 - lane] + i;
      __threadfence_block();
      __syncwarp();
      if (lane == 0)
        atomicExch(&full, 0);
    }
  }
}

// --- Merge sort of 256 keys: each thread finds its place in the other half by bisection.
extern "C" __global__ void mergeSort(const int *in, int *out) {
  __shared__ int keys[2][256];
  int t = threadIdx.x, from = 0;
  keys[0][t] = in[blockIdx.x * 256 + t];
  __syncthreads();
  for (int half = 1; half < 256; half *= 2, from ^= 1) {
    int base = t / (2 * half) * (2 * half), other = t % (2 * half) < half ? base + half : base;
    int key = keys[from][t], low = 0, high = half;
    while (low < high) {
      int middle = (low + high) / 2;
#if BUG == 11 // one too far
      bool before = other > base ? keys[from][other + middle + 1] < key : keys[from][other + middle] <= key;
#else
      bool before = other > base ? keys[from][other + middle] < key : keys[from][other + middle] <= key;
#endif
      if (before)
        low = middle + 1;
      else
        high = middle;
    }
#if BUG == 12 // in place
    keys[from][base + t % half + low] = key;
    from ^= 1;
#else
    keys[from ^ 1][base + t % half + low] = key;
#endif
    __syncthreads();
  }
  out[blockIdx.x * 256 + t] = keys[from][t];
}

// --- A histogram per warp by match_any: one lane adds for all that have its key.
extern "C" __global__ void matchHistogram(const int *in, int n, int *counts) {
  __shared__ int bins[4][16];
  int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
  if (lane < 16)
    bins[warp][lane] = 0;
#if BUG != 13 // the zeros of other lanes
  __syncwarp();
#endif
  int rounds = (n + gridDim.x * blockDim.x - 1) / (gridDim.x * blockDim.x);
  for (int r = 0; r < rounds; ++r) {
    int i = (r * gridDim.x + blockIdx.x) * blockDim.x + threadIdx.x;
    unsigned active = __ballot_sync(~0u, i < n);
    if (i < n) {
      unsigned peers = __match_any_sync(active, in[i]);
#if BUG == 14 // every lane adds
      bins[warp][in[i]] += __popc(peers);
#else
      if (lane == __ffs(peers) - 1)
        bins[warp][in[i]] += __popc(peers);
#endif
    }
    __syncwarp();
  }
  __syncthreads();
  if (threadIdx.x < 16)
    atomicAdd(&counts[threadIdx.x], bins[0][threadIdx.x] + bins[1][threadIdx.x] + bins[2][threadIdx.x] +
                                        bins[3][threadIdx.x]);
}

// --- A lock-free stack of indices: tags against reuse, compare-and-swap of 64 bits.
extern "C" __global__ void freeList(unsigned long long *head, int *next, int *taken, int nodes) {
  int thread = blockIdx.x * blockDim.x + threadIdx.x;
  for (int round = 0; round < 4; ++round) {
    unsigned long long seen = *(volatile unsigned long long *)head, swapped;
    int node;
    for (;;) { // pop
      node = (int)(unsigned)seen;
      if (node < 0)
        break;
      int behind = *(volatile int *)&next[node];
      swapped = atomicCAS(head, seen, ((seen >> 32) + 1) << 32 | (unsigned)behind);
      if (swapped == seen)
        break;
      seen = swapped;
    }
    if (node < 0)
      continue;
    __threadfence();
    taken[node] += 1;
    __threadfence();
    seen = *(volatile unsigned long long *)head;
    for (;;) { // push
#if BUG == 15 // a plain write: others may read it
      next[node] = (int)(unsigned)seen;
#else
      *(volatile int *)&next[node] = (int)(unsigned)seen;
      __threadfence();
#endif
      swapped = atomicCAS(head, seen, ((seen >> 32) + 1) << 32 | (unsigned)node);
      if (swapped == seen)
        break;
      seen = swapped;
    }
  }
}
