// Work whose shape the data give, and pipelines that programs write by hand: sparse products, selection, attention in
// chunks, barriers of the whole grid, stencils by planes, libcu++'s barriers and pipelines.
#ifndef BUG
#define BUG 0
#endif
#include <cooperative_groups.h>
#include <cuda/barrier>
#include <cuda/pipeline>
#include <cuda_pipeline.h>
namespace cg = cooperative_groups;

// A warp a row, which adds up in shared memory what its lanes found.
extern "C" __global__ void sparseProduct(const int *begin, const int *column, const float *value, const float *x, float *y,
                                         int rows) {
  __shared__ float part[4][32];
  int warp = threadIdx.x / 32, lane = threadIdx.x % 32, row = blockIdx.x * 4 + warp;
  if (row >= rows)
    return;
  float sum = 0;
  for (int i = begin[row] + lane; i < begin[row + 1]; i += 32)
    sum += value[i] * x[column[i]];
  part[warp][lane] = sum;
  for (int half = 16; half > 0; half /= 2) {
#if BUG != 1 // lanes read what their neighbours add
    __syncwarp();
#endif
    if (lane < half)
      part[warp][lane] += part[warp][lane + half];
  }
  if (lane == 0)
    y[row] = part[warp][0];
}

// The k largest of 128 numbers, one round each.
extern "C" __global__ void largest(const int *in, int *out, int k) {
  __shared__ int values[128], best[4];
  __shared__ int winner;
  int t = threadIdx.x;
  values[t] = in[blockIdx.x * 128 + t] * 128 + t;
  __syncthreads();
  for (int round = 0; round < k; ++round) {
    int most = values[t];
    for (int offset = 16; offset > 0; offset /= 2)
      most = max(most, __shfl_xor_sync(~0u, most, offset));
    if (t % 32 == 0)
      best[t / 32] = most;
#if BUG != 3 // the warps' best are read before they are there
    __syncthreads();
#endif
    if (t == 0) {
      winner = max(max(best[0], best[1]), max(best[2], best[3]));
      out[blockIdx.x * k + round] = winner >> 7;
    }
#if BUG != 2 // the round's winner is read before it is known
    __syncthreads();
#endif
    if (values[t] == winner)
      values[t] = -2147483647;
  }
}

// One query a thread, keys and values of 16 in chunks of 32, the next chunk on its way.
extern "C" __global__ void chunkedAttention(const float4 *q, const float4 *k, const float4 *v, float4 *out, int chunks) {
  __shared__ float4 tile[2][2][128];
  int t = threadIdx.x;
  float4 query[4], sum[4] = {};
  for (int i = 0; i < 4; ++i)
    query[i] = q[t * 4 + i];
  float most = -INFINITY, weight = 0;
  auto fetch = [&](int chunk) {
    for (int i = t; i < 128; i += 32) {
      __pipeline_memcpy_async(&tile[chunk % 2][0][i], &k[chunk * 128 + i], 16);
      __pipeline_memcpy_async(&tile[chunk % 2][1][i], &v[chunk * 128 + i], 16);
    }
    __pipeline_commit();
  };
  fetch(0);
  for (int chunk = 0; chunk < chunks; ++chunk) {
    if (chunk + 1 < chunks)
      fetch(chunk + 1);
#if BUG == 4 // the last chunk is not waited for
    __pipeline_wait_prior(1);
#else
    if (chunk + 1 < chunks)
      __pipeline_wait_prior(1);
    else
      __pipeline_wait_prior(0);
#endif
    __syncthreads();
    for (int j = 0; j < 32; ++j) {
      float score = 0;
      for (int i = 0; i < 4; ++i) {
        float4 key = tile[chunk % 2][0][j * 4 + i];
        score += query[i].x * key.x + query[i].y * key.y + query[i].z * key.z + query[i].w * key.w;
      }
      float now = fmaxf(most, score), old = expf(most - now), p = expf(score - now);
      weight = weight * old + p;
      for (int i = 0; i < 4; ++i) {
        float4 x = tile[chunk % 2][1][j * 4 + i];
        sum[i] = {sum[i].x * old + p * x.x, sum[i].y * old + p * x.y, sum[i].z * old + p * x.z, sum[i].w * old + p * x.w};
      }
      most = now;
    }
#if BUG != 5 // the chunk after the next is copied to where others still read
    __syncthreads();
#endif
  }
  for (int i = 0; i < 4; ++i)
    out[t * 4 + i] = {sum[i].x / weight, sum[i].y / weight, sum[i].z / weight, sum[i].w / weight};
}

// All blocks are resident: a barrier of a counter and a generation. Each round smooths what the last one left.
__device__ void meet(unsigned *counter, unsigned blocks) {
  __syncthreads();
  if (threadIdx.x == 0) {
#if BUG != 6 // what the block wrote may come after its arrival
    __threadfence();
#endif
    unsigned generation = *(volatile unsigned *)(counter + 1);
    if (atomicAdd(counter, 1) == blocks - 1) {
      *(volatile unsigned *)counter = 0;
      __threadfence();
      *(volatile unsigned *)(counter + 1) = generation + 1;
    } else {
      while (*(volatile unsigned *)(counter + 1) == generation)
        ;
    }
    __threadfence();
  }
  __syncthreads();
}
extern "C" __global__ void persistent(int *data, unsigned *counter, int rounds) {
  int i = blockIdx.x * blockDim.x + threadIdx.x, n = gridDim.x * blockDim.x;
  for (int round = 0; round < rounds; ++round) {
    const int *from = data + round % 2 * n;
    data[(round + 1) % 2 * n + i] = from[(i + n - 1) % n] + from[(i + 1) % n];
#if BUG != 7 // blocks run ahead
    meet(counter, gridDim.x);
#endif
  }
}

// Planes of 8 x 8 go by; the middle one lies in shared memory with those of its neighbours.
extern "C" __global__ void planes(const float *in, float *out, int depth) {
  __shared__ float plane[8][8];
  int x = threadIdx.x, y = threadIdx.y, at = y * 8 + x;
  float below = 0, middle = in[at];
  for (int z = 0; z < depth; ++z) {
    float above = z + 1 < depth ? in[(z + 1) * 64 + at] : 0;
    plane[y][x] = middle;
    __syncthreads();
    float sum = below + above - 6 * middle;
    sum += x > 0 ? plane[y][x - 1] : 0;
    sum += x < 7 ? plane[y][x + 1] : 0;
    sum += y > 0 ? plane[y - 1][x] : 0;
    sum += y < 7 ? plane[y + 1][x] : 0;
    out[z * 64 + at] = sum;
    below = middle;
    middle = above;
#if BUG != 8 // the next plane is written while others read
    __syncthreads();
#endif
  }
}

// Hillis and Steele's scan, from one buffer into the other and back.
extern "C" __global__ void doubled(const int *in, int *out) {
  __shared__ int buffer[2][128];
  int t = threadIdx.x, now = 0;
  buffer[0][t] = in[t];
  __syncthreads();
  for (int distance = 1; distance < 128; distance *= 2) {
#if BUG == 9 // one buffer for both
    buffer[0][t] += t >= distance ? buffer[0][t - distance] : 0;
#else
    buffer[1 - now][t] = buffer[now][t] + (t >= distance ? buffer[now][t - distance] : 0);
    now = 1 - now;
#endif
    __syncthreads();
  }
  out[t] = buffer[now][t];
}

// libcu++: half of the block fills two buffers, the other half drains them.
extern "C" __global__ void filledAndDrained(const int *in, int *out, int n) {
  using Barrier = cuda::barrier<cuda::thread_scope_block>;
  __shared__ alignas(8) unsigned char storage[4 * sizeof(Barrier)];
  __shared__ int buffer[2][64];
  Barrier *full = (Barrier *)storage, *empty = full + 2;
  int t = threadIdx.x % 64;
  if (threadIdx.x < 4)
    init(full + threadIdx.x, 128);
  __syncthreads();
  if (threadIdx.x < 64) {
    for (int i = 0; i < n; ++i) {
#if BUG != 10 // it fills what was not drained
      if (i >= 2)
        empty[i % 2].arrive_and_wait();
#endif
      buffer[i % 2][t] = in[i * 64 + t] * 2;
      (void)full[i % 2].arrive();
    }
  } else {
    for (int i = 0; i < n; ++i) {
#if BUG == 11 // it drains what was not filled
      (void)full[i % 2].arrive();
#else
      full[i % 2].arrive_and_wait();
#endif
      out[i * 64 + t] = buffer[i % 2][63 - t] + 1;
      if (i + 2 < n)
        (void)empty[i % 2].arrive();
    }
  }
}

// libcu++'s pipeline of the block, two stages.
extern "C" __global__ void piped(const int *in, int *out, int n) {
  auto block = cg::this_thread_block();
  __shared__ cuda::pipeline_shared_state<cuda::thread_scope_block, 2> state;
  __shared__ int stage[2][128];
  auto pipeline = cuda::make_pipeline(block, &state);
  int t = threadIdx.x, total = 0, next = 0;
  for (int i = 0; i < n; ++i) {
    for (; next < n && next < i + 2; ++next) {
      pipeline.producer_acquire();
      cuda::memcpy_async(block, stage[next % 2], in + next * 128, sizeof(int) * 128, pipeline);
      pipeline.producer_commit();
    }
#if BUG != 12
    pipeline.consumer_wait();
#endif
    total += stage[i % 2][127 - t];
    pipeline.consumer_release();
  }
  out[t] = total;
}

// Lanes that found something take places for all of them by one atomic.
extern "C" __global__ void appended(const int *in, int *out, int *count, int n) {
  for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) {
    int value = in[i];
    if (value % 3 != 0)
      continue;
    auto found = cg::coalesced_threads();
    int place;
    if (found.thread_rank() == 0) {
#if BUG == 13 // not by an atomic
      place = *count;
      *count = place + found.size();
#else
      place = atomicAdd(count, found.size());
#endif
    }
    out[found.shfl(place, 0) + found.thread_rank()] = value;
  }
}

// The grid's maximum by cooperative groups, and where it is first.
extern "C" __global__ void firstOfMost(const int *in, int *partial, int *out) {
  auto grid = cg::this_grid();
  __shared__ int best[32];
  int t = threadIdx.x, warps = blockDim.x / 32;
  int most = in[grid.thread_rank()];
  for (int offset = 16; offset > 0; offset /= 2)
    most = max(most, __shfl_down_sync(~0u, most, offset));
  if (t % 32 == 0)
    best[t / 32] = most;
  __syncthreads();
  if (t < warps) {
    most = best[t];
    for (int i = 0; i < warps; ++i)
      most = max(most, best[i]);
    if (t == 0)
      partial[blockIdx.x] = most;
  }
#if BUG != 14 // other blocks' are read
  grid.sync();
#endif
  for (int i = 0; i < gridDim.x; ++i)
    most = max(t == 0 || i ? most : partial[0], partial[i]);
  if (in[grid.thread_rank()] == most)
    atomicMin(out, (int)grid.thread_rank());
}
