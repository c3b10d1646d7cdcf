// Within a warp: matches, reductions, exchanges, and shared memory with and without __syncwarp.
#ifndef BUG
#define BUG 0
#endif

// One pass of a radix sort: 4 bits at a time, ranks by __match_any_sync.
extern "C" __global__ void radixSort(unsigned *keys, int n) {
  __shared__ unsigned values[256];
  __shared__ int counts[8][16], offsets[8][16];
  int t = threadIdx.x, warp = t / 32, lane = t % 32;
  unsigned key = t < n ? keys[t] : ~0u;
  for (int shift = 0; shift < 32; shift += 4) {
    if (lane < 16)
      counts[warp][lane] = 0;
#if BUG != 1 // counted while others still clear
    __syncwarp();
#endif
    int digit = key >> shift & 15;
    unsigned same = __match_any_sync(~0u, digit);
    int rank = __popc(same & ((1u << lane) - 1));
    if (rank == 0)
      counts[warp][digit] = __popc(same);
    __syncthreads();
    if (t < 128) {
      int d = t % 16, w = t / 16, before = 0;
      for (int e = 0; e <= d; ++e)
        for (int v = 0; v < (e < d ? 8 : w); ++v)
          before += counts[v][e];
      offsets[w][d] = before;
    }
#if BUG != 2 // offsets of other warps are read at once
    __syncthreads();
#endif
    values[offsets[warp][digit] + rank] = key;
    __syncthreads();
    key = values[t];
  }
  if (t < n)
    keys[t] = key;
}

extern "C" __global__ void reduced(const int *in, const unsigned *bits, int *out) {
  int t = threadIdx.x, value = in[t];
  out[t * 8 + 0] = __reduce_add_sync(~0u, value);
  out[t * 8 + 1] = __reduce_min_sync(~0u, value);
  out[t * 8 + 2] = __reduce_max_sync(~0u, value);
  out[t * 8 + 3] = __reduce_xor_sync(~0u, bits[t]);
  unsigned half = t & 16 ? 0xffff0000u : 0xffffu;
#if BUG == 3 // half of the warp with the other half's mask
  out[t * 8 + 4] = __reduce_add_sync(~half, value);
#elif BUG == 4 // lanes of one call name different masks
  out[t * 8 + 4] = __reduce_add_sync(t & 1 ? ~0u : half, value);
#else
  out[t * 8 + 4] = __reduce_add_sync(half, value);
#endif
  int all;
  __match_all_sync(~0u, value >> 31, &all);
  out[t * 8 + 5] = all;
  out[t * 8 + 6] = __any_sync(~0u, value > 900) * 2 + __all_sync(~0u, value > -2000);
  out[t * 8 + 7] = __shfl_xor_sync(~0u, value, 9, 16) + __shfl_down_sync(~0u, value, 3, 8);
}

// A reduction by shared memory that relies on the warp alone.
extern "C" __global__ void warpSynchronous(const float *in, float *out) {
  __shared__ float sums[128];
  int t = threadIdx.x, lane = t % 32;
  volatile float *mine = sums + t - lane;
  mine[lane] = in[t];
  __syncwarp();
  for (int d = 16; d > 0; d /= 2) {
    if (lane < d)
      mine[lane] += mine[lane + d];
#if BUG != 5
    __syncwarp();
#endif
  }
  if (lane == 0)
    out[t / 32] = mine[0];
}

// Bitonic sort of 64 values: a lane holds two.
extern "C" __global__ void bitonic(const int *in, int *out) {
  int lane = threadIdx.x;
  int a = in[lane], b = in[lane + 32];
  for (int size = 2; size <= 64; size *= 2)
    for (int d = size / 2; d > 0; d /= 2) {
      if (d == 32) {
        int low = min(a, b), high = max(a, b);
        a = low, b = high;
      } else {
        auto step = [&](int value, int index) {
          int other = __shfl_xor_sync(~0u, value, d);
          bool up = (index & size) == 0 || size == 64, lower = (index & d) == 0;
          return up == lower ? min(value, other) : max(value, other);
        };
        a = step(a, lane), b = step(b, lane + 32);
      }
    }
  out[lane] = a, out[lane + 32] = b;
}

// Half of the lanes leave; the others go on alone.
extern "C" __global__ void early(const int *in, int *out) {
  int t = threadIdx.x;
  if (t % 2) {
    out[t] = 0;
    return;
  }
  int sum = in[t];
  for (int d = 16; d > 1; d /= 2)
#if BUG == 6 // lanes that have left are asked
    sum += __shfl_xor_sync(0x55555555u, sum, d / 2);
#else
    sum += __shfl_xor_sync(0x55555555u, sum, d);
#endif
  out[t] = sum;
}
