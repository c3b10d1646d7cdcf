// Kernels built of CUB's block primitives, and a few that stand for what applications write: a
// stencil with a halo, breadth-first search, an FFT, a quantised product, components by union-find.
#ifndef BUG
#define BUG 0
#endif
#include <cub/block/block_load.cuh>
#include <cub/block/block_radix_sort.cuh>
#include <cub/block/block_reduce.cuh>
#include <cub/block/block_scan.cuh>
#include <cub/block/block_store.cuh>

extern "C" __global__ void blockSort(const unsigned *in, unsigned *out, int *scan, int *sum) {
  using Load = cub::BlockLoad<unsigned, 64, 4, cub::BLOCK_LOAD_WARP_TRANSPOSE>;
  using Sort = cub::BlockRadixSort<unsigned, 64, 4>;
  using Scan = cub::BlockScan<int, 64>;
  using Reduce = cub::BlockReduce<int, 64>;
  __shared__ union {
    typename Load::TempStorage load;
    typename Sort::TempStorage sort;
    typename Scan::TempStorage scan;
    typename Reduce::TempStorage reduce;
  } memory;
  unsigned keys[4];
  int t = threadIdx.x;
  Load(memory.load).Load(in + blockIdx.x * 256, keys);
#if BUG != 1 // one memory for two primitives
  __syncthreads();
#endif
  Sort(memory.sort).Sort(keys);
  for (int k = 0; k < 4; ++k)
    out[blockIdx.x * 256 + t * 4 + k] = keys[k];
  __syncthreads();
  int ones[4], sums[4];
  for (int k = 0; k < 4; ++k)
    ones[k] = keys[k] & 1;
  Scan(memory.scan).InclusiveSum(ones, sums);
  for (int k = 0; k < 4; ++k)
    scan[blockIdx.x * 256 + t * 4 + k] = sums[k];
  __syncthreads();
  int total = Reduce(memory.reduce).Sum(ones);
  if (t == 0)
    sum[blockIdx.x] = total;
}

__constant__ float weights[5] = {0.1f, 0.2f, 0.4f, 0.2f, 0.1f};
extern "C" __global__ void stencil(const float *in, float *out, int n) {
  __shared__ float tile[128 + 4];
  int t = threadIdx.x, i = blockIdx.x * 128 + t;
  auto at = [&](int k) { return k >= 0 && k < n ? in[k] : 0; };
  tile[t + 2] = at(i);
  if (t < 2)
    tile[t] = at(i - 2);
#if BUG == 2 // the right halo is left out
#elif BUG == 3 // read before it is looked at
  if (t >= 126)
    tile[t + 4] = i + 2 < n ? in[i + 2] : in[n + 1];
#else
  if (t >= 126)
    tile[t + 4] = at(i + 2);
#endif
  __syncthreads();
  float sum = 0;
  for (int k = 0; k < 5; ++k)
    sum += weights[k] * tile[t + k];
  if (i < n)
    out[i] = sum;
}

// One level of a search: the frontier's neighbours that nobody reached before.
extern "C" __global__ void breadthFirst(const int *offsets, const int *edges, int *levels, const int *frontier,
                                        int count, int *next, int *nextCount, int level) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= count)
    return;
  int node = frontier[i];
  for (int e = offsets[node]; e < offsets[node + 1]; ++e) {
    int to = edges[e];
#if BUG == 4 // looked at, then written
    if (levels[to] < 0) {
      levels[to] = level;
#else
    if (atomicCAS(&levels[to], -1, level) == -1) {
#endif
      next[atomicAdd(nextCount, 1)] = to;
    }
  }
}

// 64 points, radix 2, in shared memory.
extern "C" __global__ void fft(const float2 *in, float2 *out) {
  __shared__ float2 values[64];
  int t = threadIdx.x;
  values[__brev(t) >> 26] = in[t];
  __syncthreads();
  for (int size = 2; size <= 64; size *= 2) {
    if (t < 32) {
      int k = t % (size / 2), low = t / (size / 2) * size + k, high = low + size / 2;
      float s, c;
      __sincosf(-6.2831853f * k / size, &s, &c);
      float2 a = values[low], b = values[high];
      float2 w = make_float2(b.x * c - b.y * s, b.x * s + b.y * c);
      values[low] = make_float2(a.x + w.x, a.y + w.y);
      values[high] = make_float2(a.x - w.x, a.y - w.y);
    }
#if BUG != 5
    __syncwarp();
#endif
  }
  __syncthreads();
  out[t] = values[t];
}

// y = W x with weights of 4 bits, a scale for 32 of them; one warp a row.
extern "C" __global__ void quantised(const uint4 *weights, const float *scales, const float *x, float *y, int columns) {
  int row = blockIdx.x * 4 + threadIdx.x / 32, lane = threadIdx.x % 32;
  float sum = 0;
  for (int b = lane; b < columns / 32; b += 32) {
    uint4 packed = weights[row * (columns / 32) + b];
    const unsigned *words = (const unsigned *)&packed;
    float part = 0;
#if BUG == 6 // as if there were one more column
    for (int k = 0; k <= 32; ++k)
      part += ((int)(words[k / 8 & 3] >> k % 8 * 4 & 15) - 8) * x[b * 32 + k];
#else
    for (int k = 0; k < 32; ++k)
      part += ((int)(words[k / 8] >> k % 8 * 4 & 15) - 8) * x[b * 32 + k];
#endif
    sum += part * scales[row * (columns / 32) + b];
  }
  for (int d = 16; d > 0; d /= 2)
    sum += __shfl_down_sync(~0u, sum, d);
  if (lane == 0)
    y[row] = sum;
}

// Components of a graph: roots are hooked to smaller ones until nothing changes.
__device__ int root(int *parents, int node) {
  int parent = *(volatile int *)&parents[node];
  while (parent != node) {
    node = parent;
    parent = *(volatile int *)&parents[node];
  }
  return node;
}
extern "C" __global__ void components(int *parents, const int2 *edges, int count) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= count)
    return;
  int a = root(parents, edges[i].x), b = root(parents, edges[i].y);
  while (a != b) {
    int high = max(a, b), low = min(a, b);
#if BUG == 7 // hooked whether it is a root still or not
    parents[high] = low;
    break;
#else
    int old = atomicCAS(&parents[high], high, low);
    if (old == high)
      break;
    a = root(parents, old), b = low;
#endif
  }
}

// A row's mean and variance by Welford's method, merged across the warp.
extern "C" __global__ void layerNorm(const float *in, float *out, int columns) {
  __shared__ float means[4], squares[4], counts[4];
  int t = threadIdx.x, warp = t / 32, lane = t % 32;
  const float *row = in + blockIdx.x * columns;
  float mean = 0, square = 0, count = 0;
  for (int i = t; i < columns; i += 128) {
    float x = row[i], d = x - mean;
    count += 1;
    mean += d / count;
    square += d * (x - mean);
  }
  auto merge = [&](float m, float s, float c) {
    float total = count + c, d = m - mean;
    if (total > 0) {
      mean += d * c / total;
      square += s + d * d * count * c / total;
      count = total;
    }
  };
  for (int d = 16; d > 0; d /= 2) {
    float m = __shfl_xor_sync(~0u, mean, d), s = __shfl_xor_sync(~0u, square, d), c = __shfl_xor_sync(~0u, count, d);
    merge(m, s, c);
  }
  if (lane == 0)
    means[warp] = mean, squares[warp] = square, counts[warp] = count;
#if BUG != 8
  __syncthreads();
#endif
  mean = square = count = 0;
  for (int w = 0; w < 4; ++w)
    merge(means[w], squares[w], counts[w]);
  float scale = rsqrtf(square / columns + 1e-5f);
  for (int i = t; i < columns; i += 128)
    out[blockIdx.x * columns + i] = (row[i] - mean) * scale;
}
