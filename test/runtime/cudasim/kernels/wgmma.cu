// A warp-specialised matrix product: one warp fetches by tensor copies, a warpgroup multiplies
// (sm_90a). C[M, N] = A[M, K] B[N, K]^T in bfloat16 with float sums; tiles of 64 x 64 x 64.
#ifndef BUG
#define BUG 0
#endif
#include "hopper.cuh"

constexpr int Tile = 64, Stages = 3, TileBytes = Tile * Tile * 2;

extern "C" __global__ void __launch_bounds__(256) gemm(const __grid_constant__ CUtensorMap mapA,
                                                       const __grid_constant__ CUtensorMap mapB,
                                                       const __grid_constant__ CUtensorMap mapC, int K) {
  extern __shared__ __align__(1024) unsigned char memory[];
  unsigned char *a = memory, *b = memory + Stages * TileBytes;
  float *c = (float *)(memory + 2 * Stages * TileBytes);
  __shared__ Barrier full[Stages], empty[Stages];
  int t = threadIdx.x, row0 = blockIdx.y * Tile, column0 = blockIdx.x * Tile, steps = K / Tile;
  if (t == 0) {
    for (int s = 0; s < Stages; ++s) {
      init(&full[s], 1);
      init(&empty[s], 1);
    }
    fenceBarrierInit();
  }
  __syncthreads();
  if (t >= 128) { // the producers' warpgroup
    asm volatile("setmaxnreg.dec.sync.aligned.u32 40;");
    if (t == 128)
      for (int n = 0; n < steps; ++n) {
        int s = n % Stages;
        wait(&empty[s], (n / Stages & 1) ^ 1);
        arriveExpecting(&full[s], 2 * TileBytes);
        globalToShared(a + s * TileBytes, &mapA, &full[s], n * Tile, row0);
        globalToShared(b + s * TileBytes, &mapB, &full[s], n * Tile, column0);
      }
    return;
  }
  asm volatile("setmaxnreg.inc.sync.aligned.u32 232;");
  float d[32] = {};
  for (int n = 0; n < steps; ++n) {
    int s = n % Stages;
#if BUG != 1 // operands are multiplied before they have come
    wait(&full[s], n / Stages & 1);
#endif
#if BUG != 2 // the sums' registers were written by other instructions
    wgmmaFence();
#endif
    unsigned long long da = descriptor(a + s * TileBytes), db = descriptor(b + s * TileBytes);
    for (int k = 0; k < Tile / 16; ++k)
      wgmma64(d, da + k * 2, db + k * 2);
    wgmmaCommit();
#if BUG == 3 // the stage is released while it is multiplied
    if (t == 0)
      arrive(&empty[s]);
    wgmmaWait<0>();
#elif BUG == 4 // as is the one before, whose product may not have ended
    wgmmaWait<1>();
    if (t == 0)
      arrive(&empty[s]);
#else
    wgmmaWait<0>();
    asm volatile("bar.sync 1, 128;" ::: "memory"); // all four warps have read the stage
    if (t == 0)
      arrive(&empty[s]);
#endif
  }
#if BUG == 4
  wgmmaWait<0>();
#endif
#if BUG == 5 // one more product is begun, and its sums are stored without a wait
  wgmmaFence();
  wgmma64(d, descriptor(a), descriptor(b));
  wgmmaCommit();
#endif
  int warp = t / 32, lane = t % 32;
  for (int j = 0; j < 8; ++j)
    for (int h = 0; h < 2; ++h)
      for (int e = 0; e < 2; ++e)
        c[(warp * 16 + h * 8 + lane / 4) * Tile + j * 8 + lane % 4 * 2 + e] = d[4 * j + 2 * h + e];
#if BUG != 6
  fenceAsyncProxy();
#endif
#if BUG != 7 // the copy starts before all have written
  asm volatile("bar.sync 1, 128;" ::: "memory");
#endif
  if (t == 0) {
    sharedToGlobal(&mapC, c, column0, row0);
    commitBulk();
#if BUG != 8 // the block ends, and its shared memory with it
    waitBulk<0>();
#endif
  }
}
