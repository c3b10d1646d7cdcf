// Clusters: sums through distributed shared memory, and a copy to every block at once (sm_90a).
#ifndef BUG
#define BUG 0
#endif
#include "hopper.cuh"
#include <cooperative_groups.h>
namespace cg = cooperative_groups;

extern "C" __global__ void __cluster_dims__(4, 1, 1) clusterSum(const float *in, float *out) {
  __shared__ float partial[128];
  cg::cluster_group cluster = cg::this_cluster();
  int t = threadIdx.x, rank = cluster.block_rank();
  partial[t] = in[blockIdx.x * 128 + t];
#if BUG == 1 // the others may not have written, or even begun
  __syncthreads();
#else
  cluster.sync();
#endif
  float sum = 0;
  for (int r = 0; r < 4; ++r)
#if BUG == 2 // a block that the cluster does not have
    sum += cluster.map_shared_rank(partial, r + 1)[t];
#else
    sum += cluster.map_shared_rank(partial, r)[t];
#endif
#if BUG != 3 // a block may end while others read its memory
  cluster.sync();
#endif
  out[blockIdx.x * 128 + t] = sum * (rank + 1);
}

// Block 0 fetches 4 KB for both blocks.
extern "C" __global__ void __cluster_dims__(2, 1, 1) multicast(const __grid_constant__ CUtensorMap in, float *out) {
  extern __shared__ __align__(1024) float tile[];
  __shared__ Barrier full;
  cg::cluster_group cluster = cg::this_cluster();
  int t = threadIdx.x, rank = cluster.block_rank();
  if (t == 0) {
    init(&full, 1);
    fenceBarrierInit();
    arriveExpecting(&full, 4096);
  }
#if BUG == 4 // the copy may come before the other block's barrier is there
  __syncthreads();
#else
  cluster.sync();
#endif
  if (rank == 0 && t == 0)
    asm volatile("cp.async.bulk.tensor.2d.shared::cluster.global.tile.mbarrier::complete_tx::bytes.multicast::cluster "
                 "[%0], [%1, {%2, %3}], [%4], %5;" ::"r"(sharedAddress(tile)), "l"(&in), "r"(0), "r"(blockIdx.x / 2 * 16),
                 "r"(sharedAddress(&full)), "h"((unsigned short)3) : "memory");
#if BUG == 5 // one thread waits for all, and does not tell them
  if (t == 0)
    wait(&full, 0);
#else
  wait(&full, 0);
#endif
  for (int i = t; i < 1024; i += 128)
    out[blockIdx.x * 1024 + i] = tile[i] + rank;
}
