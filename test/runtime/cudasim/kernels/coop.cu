// Cooperative groups: tiles, coalesced groups, reductions, scans, asynchronous copies, whole grids.
#ifndef BUG
#define BUG 0
#endif
#include <cooperative_groups.h>
#include <cooperative_groups/memcpy_async.h>
#include <cooperative_groups/reduce.h>
#include <cooperative_groups/scan.h>
namespace cg = cooperative_groups;

extern "C" __global__ void tiles(const int *in, int *sums, int *scans, int *most) {
  auto block = cg::this_thread_block();
  auto tile = cg::tiled_partition<8>(block);
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  int sum = cg::reduce(tile, in[i], cg::plus<int>());
  scans[i] = cg::inclusive_scan(tile, in[i]);
  if (tile.thread_rank() == 0)
    sums[i / 8] = sum;
  auto warp = cg::tiled_partition<32>(block);
  int largest = cg::reduce(warp, in[i], cg::greater<int>());
  if (warp.thread_rank() == 0)
    most[i / 32] = largest;
}

extern "C" __global__ void coalesced(const int *in, int *evens, int *count) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (in[i] % 2 == 0) {
    auto active = cg::coalesced_threads();
    int place = 0;
    if (active.thread_rank() == 0)
      place = atomicAdd(count, active.size());
    place = active.shfl(place, 0) + active.thread_rank();
    evens[place] = in[i];
    int sum = cg::reduce(active, 1, cg::plus<int>());
    if (sum != active.size())
      __trap();
  }
  auto labels = cg::labeled_partition(cg::coalesced_threads(), in[i] & 3);
  int same = cg::reduce(labels, 1, cg::plus<int>());
  if (same != labels.size())
    __trap();
}

extern "C" __global__ void copied(const float *in, float *out) {
  __shared__ alignas(16) float tile[256];
  auto block = cg::this_thread_block();
  cg::memcpy_async(block, tile, in + blockIdx.x * 256, sizeof(tile));
#if BUG != 1 // nobody waits for the copy
  cg::wait(block);
#endif
  out[blockIdx.x * 256 + threadIdx.x] = tile[255 - threadIdx.x] * 2;
}

// Jacobi steps of a whole grid.
extern "C" __global__ void jacobi(float *a, float *b, int n, int steps) {
  auto grid = cg::this_grid();
  for (int s = 0; s < steps; ++s) {
    for (int i = grid.thread_rank(); i < n; i += grid.size()) {
      float left = i ? a[i - 1] : 0, right = i + 1 < n ? a[i + 1] : 0;
      b[i] = 0.25f * left + 0.5f * a[i] + 0.25f * right;
    }
#if BUG == 2 // only the block waits
    __syncthreads();
#elif BUG == 3 // some blocks do not come
    if (blockIdx.x != 1)
      grid.sync();
#else
    grid.sync();
#endif
    float *c = a;
    a = b;
    b = c;
  }
}
