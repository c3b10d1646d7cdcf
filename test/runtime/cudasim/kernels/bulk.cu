// Bulk copies without tensor maps: in, out, with a reduction, between blocks of a cluster; written
// with the standard library's functions and with PTX (sm_90a).
#ifndef BUG
#define BUG 0
#endif
#include "hopper.cuh"
#include <cuda/barrier>
#include <cuda/ptx>
#include <cooperative_groups.h>
namespace cg = cooperative_groups;
using BlockBarrier = cuda::barrier<cuda::thread_scope_block>;

extern "C" __global__ void addOne(const int *in, int *out) {
  __shared__ alignas(128) int tile[1024];
#pragma nv_diag_suppress static_var_with_dynamic_init
  __shared__ BlockBarrier bar;
  int t = threadIdx.x;
  const int *from = in + blockIdx.x * 1024;
  if (t == 0) {
    init(&bar, blockDim.x);
    cuda::ptx::fence_proxy_async(cuda::ptx::space_shared);
  }
  __syncthreads();
  BlockBarrier::arrival_token token;
  if (t == 0) {
    cuda::device::memcpy_async_tx(tile, from, cuda::aligned_size_t<16>(sizeof(tile)), bar);
#if BUG == 1 // fewer bytes are announced than come
    token = cuda::device::barrier_arrive_tx(bar, 1, sizeof(tile) / 2);
#else
    token = cuda::device::barrier_arrive_tx(bar, 1, sizeof(tile));
#endif
  } else {
    token = bar.arrive();
  }
#if BUG != 2 // nobody waits for the data
  bar.wait(std::move(token));
#endif
  for (int i = t; i < 1024; i += blockDim.x)
    tile[i] += 1;
#if BUG != 3 // written by threads, read by the copy engine
  cuda::ptx::fence_proxy_async(cuda::ptx::space_shared);
#endif
  __syncthreads();
  if (t == 0) {
    cuda::ptx::cp_async_bulk(cuda::ptx::space_global, cuda::ptx::space_shared, out + blockIdx.x * 1024, tile,
#if BUG == 4 // no multiple of 16
                             sizeof(tile) - 4);
#else
                             sizeof(tile));
#endif
    cuda::ptx::cp_async_bulk_commit_group();
#if BUG != 5 // the block's memory goes while it is read
    cuda::ptx::cp_async_bulk_wait_group_read(cuda::ptx::n32_t<0>());
#endif
  }
}

// All blocks add their tile to one result in global memory.
extern "C" __global__ void sumTiles(const float *in, float *out) {
  __shared__ alignas(16) float tile[256];
  int t = threadIdx.x;
  tile[t] = in[blockIdx.x * 256 + t] * 2;
  fenceAsyncProxy();
#if BUG != 6 // only the own thread's writes are known
  __syncthreads();
#endif
  if (t == 0) {
    asm volatile("cp.reduce.async.bulk.global.shared::cta.bulk_group.add.f32 [%0], [%1], %2;"
                 ::"l"(out), "r"(sharedAddress(tile)), "n"(sizeof(tile)) : "memory");
    commitBulk();
    waitBulk<0>();
#if BUG == 7 // a plain access to what others add to
    out[0] += 1;
#endif
  }
}

// A ring: each block sends its tile to the next one, whose barrier counts the bytes.
extern "C" __global__ void __cluster_dims__(4, 1, 1) ring(const int *in, int *out) {
  __shared__ alignas(16) int mine[128], received[128];
  __shared__ Barrier bar;
  cg::cluster_group cluster = cg::this_cluster();
  int t = threadIdx.x, rank = cluster.block_rank();
  if (t == 0) {
    init(&bar, 1);
    arriveExpecting(&bar, sizeof(received));
    fenceBarrierInit();
  }
  mine[t] = in[blockIdx.x * 128 + t];
  fenceAsyncProxy();
#if BUG == 8 // the next block's barrier may not be there
  __syncthreads();
#else
  cluster.sync();
#endif
  if (t == 0) {
    unsigned next = (rank + 1) % 4, to, toBar;
    asm("mapa.shared::cluster.u32 %0, %1, %2;" : "=r"(to) : "r"(sharedAddress(received)), "r"(next));
    asm("mapa.shared::cluster.u32 %0, %1, %2;" : "=r"(toBar) : "r"(sharedAddress(&bar)), "r"(next));
    asm volatile("cp.async.bulk.shared::cluster.shared::cta.mbarrier::complete_tx::bytes [%0], [%1], %2, [%3];"
                 ::"r"(to), "r"(sharedAddress(mine)), "n"(sizeof(mine)), "r"(toBar) : "memory");
  }
#if BUG == 9 // the wrong phase is waited for
  wait(&bar, 1);
#else
  wait(&bar, 0);
#endif
  out[blockIdx.x * 128 + t] = received[t];
  cluster.sync(); // the own tile may still be read
}

// st.async: every thread sends a word to every block of the cluster.
extern "C" __global__ void __cluster_dims__(2, 1, 1) allGather(const int *in, int *out) {
  __shared__ int all[2][64];
  __shared__ Barrier bar;
  cg::cluster_group cluster = cg::this_cluster();
  int t = threadIdx.x, rank = cluster.block_rank();
  if (t == 0) {
    init(&bar, 1);
    fenceBarrierInit();
#if BUG == 10 // twice what comes
    arriveExpecting(&bar, 2 * sizeof(all));
#else
    arriveExpecting(&bar, sizeof(all));
#endif
  }
  cluster.sync();
  for (unsigned r = 0; r < 2; ++r) {
    unsigned to, toBar;
    asm("mapa.shared::cluster.u32 %0, %1, %2;" : "=r"(to) : "r"(sharedAddress(&all[rank][t])), "r"(r));
    asm("mapa.shared::cluster.u32 %0, %1, %2;" : "=r"(toBar) : "r"(sharedAddress(&bar)), "r"(r));
    asm volatile("st.async.shared::cluster.mbarrier::complete_tx::bytes.u32 [%0], %1, [%2];"
                 ::"r"(to), "r"(in[blockIdx.x * 64 + t]), "r"(toBar) : "memory");
  }
#if BUG != 11
  wait(&bar, 0);
#endif
  out[blockIdx.x * 64 + t] = all[0][t] * 1000 + all[1][t];
  cluster.sync();
}

// A histogram whose bins are spread over the cluster's blocks.
extern "C" __global__ void __cluster_dims__(2, 1, 1) clusterHistogram(const unsigned char *in, unsigned *out, int n) {
  __shared__ unsigned bins[128];
  cg::cluster_group cluster = cg::this_cluster();
  int t = threadIdx.x, rank = cluster.block_rank();
  bins[t] = 0;
#if BUG != 12 // cleared while others count
  cluster.sync();
#endif
  for (int i = blockIdx.x * 128 + t; i < n; i += gridDim.x * 128) {
    unsigned *place = cluster.map_shared_rank(bins, in[i] / 128) + in[i] % 128;
#if BUG == 13
    *place += 1;
#else
    atomicAdd(place, 1);
#endif
  }
#if BUG != 14 // counted while others read
  cluster.sync();
#endif
  atomicAdd(&out[rank * 128 + t], bins[t]);
}
