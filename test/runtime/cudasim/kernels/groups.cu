// Cooperative groups at work: reductions and scans of tiles, copies in stages, groups by label; and a
// pass of a radix sort that ranks keys by ballots.
#ifndef BUG
#define BUG 0
#endif
#include <cooperative_groups.h>
#include <cooperative_groups/memcpy_async.h>
#include <cooperative_groups/reduce.h>
#include <cooperative_groups/scan.h>
namespace cg = cooperative_groups;

extern "C" __global__ void tiles8(const int *in, int *out) {
  auto tile = cg::tiled_partition<8>(cg::this_thread_block());
  int i = blockIdx.x * blockDim.x + threadIdx.x, value = in[i];
  int sum = cg::reduce(tile, value, cg::plus<int>()), most = cg::reduce(tile, value, cg::greater<int>());
  out[i] = sum * 3 + most * 5 + cg::exclusive_scan(tile, value);
}

extern "C" __global__ void staged(const int *in, int *out, int n) {
  extern __shared__ int stages[];
  auto block = cg::this_thread_block();
  int total = 0, t = threadIdx.x;
  cg::memcpy_async(block, stages, in, sizeof(int) * 128);
  for (int i = 0; i < n; ++i) {
    if (i + 1 < n) {
      cg::memcpy_async(block, stages + (i + 1) % 2 * 128, in + (i + 1) * 128, sizeof(int) * 128);
#if BUG != 1 // of the stage that is read
      cg::wait_prior<1>(block);
#endif
    } else {
      cg::wait(block);
    }
    total += stages[i % 2 * 128 + (t * 7 + 3) % 128];
#if BUG != 2 // the stage is filled again while others read it
    block.sync();
#endif
  }
  out[t] = total;
}

extern "C" __global__ void labels(const int *in, int *out) {
  auto warp = cg::tiled_partition<32>(cg::this_thread_block());
  int value = in[threadIdx.x];
  int sum = cg::reduce(cg::labeled_partition(warp, value % 4), value, cg::plus<int>());
  out[threadIdx.x] = sum + cg::binary_partition(warp, value & 1).size() * 1000;
}

extern "C" __global__ void radixPass(const unsigned *in, unsigned *out, int shift) { // of 256 keys
  __shared__ int counts[16][8], base[128];
  int t = threadIdx.x, warp = t / 32, lane = t % 32;
  if (t < 128)
    counts[t / 8][t % 8] = 0;
  __syncthreads();
  unsigned key = in[t], digit = key >> shift & 15, peers = ~0u;
  for (int bit = 0; bit < 4; ++bit) {
    unsigned set = __ballot_sync(~0u, digit >> bit & 1);
    peers &= digit >> bit & 1 ? set : ~set;
  }
  int rank = __popc(peers & ((1u << lane) - 1));
  if (rank == 0)
    counts[digit][warp] = __popc(peers);
#if BUG != 3 // others may not have counted
  __syncthreads();
#endif
  if (t < 128) {
    int value = counts[t / 8][t % 8], sum = value;
    for (int step = 1; step < 32; step *= 2) {
      int other = __shfl_up_sync(~0u, sum, step);
      if (lane >= step)
        sum += other;
    }
    base[t] = sum - value;
#if BUG != 4 // lane 0 may still read it
    __syncwarp();
#endif
    if (lane == 31)
      counts[warp * 4][0] = sum;
  }
  __syncthreads();
  int cell = digit * 8 + warp, at = base[cell] + rank;
  for (int i = 0; i < cell / 32; ++i)
    at += counts[i * 4][0];
  out[at] = key;
}
