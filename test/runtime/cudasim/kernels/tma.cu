// Tensor copies: through shared memory and back, with a ring of stages and mbarriers (sm_90a).
#ifndef BUG
#define BUG 0
#endif
#include "hopper.cuh"

constexpr int Rows = 32, Columns = 64, Stages = 2;

// out = 2 in + 1 for tiles of 32 x 64 floats; one producer warp, four consumer warps.
extern "C" __global__ void __launch_bounds__(160) scale(const __grid_constant__ CUtensorMap in,
                                                        const __grid_constant__ CUtensorMap out, int tiles) {
  extern __shared__ __align__(1024) unsigned char memory[];
  float *stage = (float *)memory;                                  // Stages tiles
  float *result = (float *)memory + Stages * Rows * Columns;       // one tile
  __shared__ Barrier full[Stages], empty[Stages];
  constexpr int bytes = Rows * Columns * 4;
  int t = threadIdx.x, warp = t / 32;
  if (t == 0) {
    for (int s = 0; s < Stages; ++s) {
      init(&full[s], 1);
      init(&empty[s], 128);
    }
    fenceBarrierInit();
  }
#if BUG != 1 // barriers are used before they are there
  __syncthreads();
#endif
  if (warp == 4) {
    if (t % 32 == 0)
      for (int i = blockIdx.x, n = 0; i < tiles; i += gridDim.x, ++n) {
        int s = n % Stages;
#if BUG != 2 // a stage is filled while it is being read
        wait(&empty[s], (n / Stages & 1) ^ 1);
#endif
#if BUG == 3 // more bytes are expected than will come
        arriveExpecting(&full[s], bytes + 16);
#elif BUG == 4 // fewer
        arriveExpecting(&full[s], bytes / 2);
#else
        arriveExpecting(&full[s], bytes);
#endif
        globalToShared(stage + s * Rows * Columns, &in, &full[s], 0, i * Rows);
      }
  } else {
    for (int i = blockIdx.x, n = 0; i < tiles; i += gridDim.x, ++n) {
      int s = n % Stages;
#if BUG != 5 // data is read before it has come
      wait(&full[s], n / Stages & 1);
#endif
      float values[Rows * Columns / 128];
      for (int k = 0; k < Rows * Columns / 128; ++k)
        values[k] = stage[s * Rows * Columns + k * 128 + t] * 2 + 1;
#if BUG != 6 // nobody says that the stage is free
      arrive(&empty[s]);
#endif
      // The result's tile is free when the copy before has read it.
#if BUG != 7
      if (t == 0)
        waitBulkRead<0>();
#endif
      asm volatile("bar.sync 1, 128;" ::: "memory");
      for (int k = 0; k < Rows * Columns / 128; ++k)
        result[k * 128 + t] = values[k];
#if BUG != 8 // the copy may read what was there before
      fenceAsyncProxy();
#endif
#if BUG != 9 // the copy starts before all have written
      asm volatile("bar.sync 1, 128;" ::: "memory");
#endif
      if (t == 0) {
        sharedToGlobal(&out, result, 0, i * Rows);
        commitBulk();
      }
    }
    if (t == 0)
      waitBulk<0>();
  }
}
