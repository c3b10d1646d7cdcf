// What blocks of a cluster send each other: tiles fetched for both, a product whose stages both must
// have read, rings of st.async, and tensor maps that a kernel makes (sm_90a).
#ifndef BUG
#define BUG 0
#endif
#include "hopper.cuh"
#include <cooperative_groups.h>
namespace cg = cooperative_groups;

constexpr int Tile = 64, Stages = 2, TileBytes = Tile * Tile * 2;

__device__ inline unsigned mapped(const void *p, int rank) {
  unsigned result;
  asm volatile("mapa.shared::cluster.u32 %0, %1, %2;" : "=r"(result) : "r"(sharedAddress(p)), "r"(rank));
  return result;
}
__device__ inline void arriveAt(Barrier *bar, int rank) {
  asm volatile("mbarrier.arrive.release.cluster.shared::cluster.b64 _, [%0];" ::"r"(mapped(bar, rank)) : "memory");
}
__device__ inline void waitCluster(Barrier *bar, int parity) {
  asm volatile("{\n.reg .pred done;\nagain:\n"
               "mbarrier.try_wait.parity.acquire.cluster.shared::cta.b64 done, [%0], %1;\n@done bra.uni over;\n"
               "bra.uni again;\nover:\n}" ::"r"(sharedAddress(bar)), "r"(parity) : "memory");
}

// C[M, 64] = A[M, K] B[64, K]^T: two blocks, each with 64 rows of A, fetch half of B for both.
extern "C" __global__ void __cluster_dims__(2, 1, 1) __launch_bounds__(256)
    multicastGemm(const __grid_constant__ CUtensorMap mapA, const __grid_constant__ CUtensorMap mapB, float *C, int K) {
  extern __shared__ __align__(1024) unsigned char memory[];
  unsigned char *a = memory, *b = memory + Stages * TileBytes;
  __shared__ Barrier full[Stages], empty[Stages];
  cg::cluster_group cluster = cg::this_cluster();
  int t = threadIdx.x, rank = cluster.block_rank(), steps = K / Tile;
  if (t == 0) {
    for (int s = 0; s < Stages; ++s) {
      init(&full[s], 1);
#if BUG == 1 // only this block's consumers are waited for
      init(&empty[s], 1);
#else
      init(&empty[s], 2);
#endif
    }
    fenceBarrierInit();
  }
  cluster.sync();
  if (t >= 128) {
    if (t == 128)
      for (int n = 0; n < steps; ++n) {
        int s = n % Stages;
        waitCluster(&empty[s], (n / Stages & 1) ^ 1);
#if BUG == 2 // the other block's half is not counted
        arriveExpecting(&full[s], TileBytes + TileBytes / 2);
#else
        arriveExpecting(&full[s], 2 * TileBytes);
#endif
        globalToShared(a + s * TileBytes, &mapA, &full[s], n * Tile, blockIdx.x * Tile);
        asm volatile("cp.async.bulk.tensor.2d.shared::cluster.global.tile.mbarrier::complete_tx::bytes"
                     ".multicast::cluster [%0], [%1, {%2, %3}], [%4], %5;" ::"r"(
                         sharedAddress(b + s * TileBytes + rank * TileBytes / 2)),
                     "l"(&mapB), "r"(n * Tile), "r"(rank * Tile / 2), "r"(sharedAddress(&full[s])),
                     "h"((unsigned short)3) : "memory");
      }
  } else {
    float d[32] = {};
    for (int n = 0; n < steps; ++n) {
      int s = n % Stages;
      wait(&full[s], n / Stages & 1);
      wgmmaFence();
      unsigned long long da = descriptor(a + s * TileBytes), db = descriptor(b + s * TileBytes);
      for (int k = 0; k < Tile / 16; ++k)
        wgmma64(d, da + k * 2, db + k * 2);
      wgmmaCommit();
#if BUG != 3 // the stage is given back while it is multiplied
      wgmmaWait<0>();
#endif
      asm volatile("bar.sync 1, 128;" ::: "memory");
      if (t < 2) {
#if BUG == 1
        if (t == rank)
          arriveAt(&empty[s], t);
#else
        arriveAt(&empty[s], t);
#endif
      }
    }
    wgmmaWait<0>();
    int warp = t / 32, lane = t % 32;
    for (int j = 0; j < 8; ++j)
      for (int h = 0; h < 2; ++h)
        for (int e = 0; e < 2; ++e)
          C[(blockIdx.x * Tile + warp * 16 + h * 8 + lane / 4) * Tile + j * 8 + lane % 4 * 2 + e] =
              d[4 * j + 2 * h + e];
  }
#if BUG != 4 // a block ends while the other one still sends to it, or arrives at its barriers
  cluster.sync();
#endif
}

// Partial sums go round a ring of four blocks by st.async; each adds its own.
extern "C" __global__ void __cluster_dims__(4, 1, 1) ring(const int *in, int *out) {
  __shared__ __align__(16) int inbox[3][128];
  __shared__ Barrier come[3];
  cg::cluster_group cluster = cg::this_cluster();
  int t = threadIdx.x, rank = cluster.block_rank(), right = (rank + 1) % 4;
  if (t == 0) {
    for (Barrier &each : come) {
      init(&each, 1);
#if BUG != 5 // transactions that nobody expects
      arriveExpecting(&each, 512);
#endif
    }
    fenceBarrierInit();
  }
  cluster.sync();
  int sum = in[blockIdx.x * 128 + t];
  int mine = sum;
  for (int step = 0; step < 3; ++step) {
    asm volatile("st.async.shared::cluster.mbarrier::complete_tx::bytes.b32 [%0], %1, [%2];" ::"r"(
                     mapped(&inbox[step][t], right)),
                 "r"(mine), "r"(mapped(&come[step], right)) : "memory");
#if BUG == 6 // of the step before
    waitCluster(&come[step ? step - 1 : 0], 0);
#else
    waitCluster(&come[step], 0);
#endif
    mine = inbox[step][t];
    sum += mine;
  }
  out[blockIdx.x * 128 + t] = sum;
  cluster.sync();
}

// Matrices of one kind whose addresses and heights only the kernel knows: each block makes its map from
// a template, publishes it, and fetches a tile by it.
struct Matrix {
  float *data;
  int rows;
};

extern "C" __global__ void grouped(const __grid_constant__ CUtensorMap model, float *data, const int *starts,
                                   CUtensorMap *maps, float *out) {
  __shared__ __align__(128) CUtensorMap map;
  __shared__ __align__(128) float tile[16][32];
  __shared__ Barrier full;
  int t = threadIdx.x, start = starts[blockIdx.x], rows = starts[blockIdx.x + 1] - start;
  if (t < 32) {
    ((int *)&map)[t] = ((const int *)&model)[t];
    __syncwarp();
    if (t == 0) {
      asm volatile("tensormap.replace.tile.global_address.shared::cta.b1024.b64 [%0], %1;" ::"r"(sharedAddress(&map)),
                   "l"(data + start * 32) : "memory");
      asm volatile("tensormap.replace.tile.global_dim.shared::cta.b1024.b32 [%0], 1, %1;" ::"r"(sharedAddress(&map)),
                   "r"(rows) : "memory");
    }
#if BUG != 7 // the other lanes copy before the map is made
    __syncwarp();
#endif
    if (blockIdx.x % 2 == 0) {
      asm volatile("tensormap.cp_fenceproxy.global.shared::cta.tensormap::generic.release.gpu.sync.aligned "
                   "[%0], [%1], 128;" ::"l"(maps + blockIdx.x), "r"(sharedAddress(&map)) : "memory");
    } else { // or by stores, and a fence
      ((int *)(maps + blockIdx.x))[t] = ((const int *)&map)[t];
#if BUG != 12 // what was stored need not be what the copy sees
      asm volatile("fence.proxy.tensormap::generic.release.gpu;" ::: "memory");
#endif
    }
  }
  if (t == 0) {
    init(&full, 1);
    fenceBarrierInit();
  }
  __syncthreads();
  if (t == 0) {
#if BUG != 8 // the map that the copy uses may be the one that was there before
    asm volatile("fence.proxy.tensormap::generic.acquire.gpu [%0], 128;" ::"l"(maps + blockIdx.x) : "memory");
#endif
    arriveExpecting(&full, sizeof tile);
    globalToShared(tile, maps + blockIdx.x, &full, 0, 0);
  }
  wait(&full, 0);
  for (int i = t; i < 16 * 32; i += blockDim.x)
    out[blockIdx.x * 512 + i] = tile[i / 32][i % 32]; // rows beyond the matrix are zeros
}

// Sums are put together as half floats by stmatrix, and leave by a tensor copy that adds.
extern "C" __global__ void addTile(const __grid_constant__ CUtensorMap out, const float *in) {
  __shared__ __align__(128) unsigned short tile[16][16];
  int lane = threadIdx.x;
  unsigned words[4];
  for (int i = 0; i < 4; ++i) { // 8 x 8 matrices: rows 0-7 and 8-15 of columns 0-7, then of 8-15
    const float *at = in + (i % 2 * 8 + lane / 4) * 16 + i / 2 * 8 + lane % 4 * 2;
    asm("cvt.rn.f16x2.f32 %0, %1, %2;" : "=r"(words[i]) : "f"(at[1]), "f"(at[0]));
  }
  const void *row = &tile[lane % 16][lane / 16 * 8];
#if BUG == 9 // rows of the second half begin one element too far
  row = &tile[lane % 16][lane / 16 * 9];
#endif
  asm volatile("stmatrix.sync.aligned.m8n8.x4.shared::cta.b16 [%0], {%1, %2, %3, %4};" ::"r"(sharedAddress(row)),
               "r"(words[0]), "r"(words[1]), "r"(words[2]), "r"(words[3]) : "memory");
#if BUG != 10 // the copy does not see what was stored
  fenceAsyncProxy();
#endif
#if BUG != 11 // nor do the lanes wait for each other
  __syncwarp();
#endif
  if (lane == 0) {
    asm volatile("cp.reduce.async.bulk.tensor.2d.global.shared::cta.add.tile.bulk_group [%0, {%1, %2}], [%3];" ::"l"(
                     &out),
                 "r"(0), "r"(blockIdx.x % 2 * 16), "r"(sharedAddress(tile)) : "memory");
    commitBulk();
    waitBulk<0>();
  }
}

// Two blocks read each other's memory; each stays until the other one says that it has.
extern "C" __global__ void __cluster_dims__(2, 1, 1) lend(const int *in, int *out) {
  __shared__ int tile[128];
  __shared__ Barrier returned;
  cg::cluster_group cluster = cg::this_cluster();
  int t = threadIdx.x, other = 1 - cluster.block_rank();
  tile[t] = in[blockIdx.x * 128 + t];
  if (t == 0) {
    init(&returned, 1);
    fenceBarrierInit();
  }
  cluster.sync();
  int value = cluster.map_shared_rank(tile, other)[127 - t];
#if BUG != 13 // one warp speaks for all, and does not know whether they have read
  __syncthreads();
#endif
  if (t == 0) {
    arriveAt(&returned, other);
#if BUG != 14 // nobody listens
    waitCluster(&returned, 0);
#endif
  }
  out[blockIdx.x * 128 + t] = value;
}
