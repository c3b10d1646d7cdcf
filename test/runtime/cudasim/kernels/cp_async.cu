// A matrix product with a ring of stages filled by cp.async, and tensor cores (sm_80 and later).
// C[M, N] = A[M, K] B[N, K]^T in half precision with float sums; M, N multiples of 64, K of 32.
#ifndef BUG
#define BUG 0
#endif
#include <cuda_fp16.h>

constexpr int TileM = 64, TileN = 64, TileK = 32, Stages = 3, Pitch = TileK + 8;

__device__ inline unsigned sharedAddress(const void *p) { return (unsigned)__cvta_generic_to_shared(p); }

__device__ inline void copy16(void *to, const void *from) {
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16;" ::"r"(sharedAddress(to)), "l"(from) : "memory");
}

// 4 warps, each 32 x 32 of the tile.
extern "C" __global__ void __launch_bounds__(128) gemm(const half *A, const half *B, float *C, int M, int N, int K) {
  __shared__ __align__(16) half a[Stages][TileM][Pitch], b[Stages][TileN][Pitch];
  int t = threadIdx.x, lane = t % 32, warp = t / 32;
  int row0 = blockIdx.y * TileM, column0 = blockIdx.x * TileN;
  auto load = [&](int stage, int k) {
    for (int i = t; i < TileM * TileK / 8; i += 128) {
      int row = i / (TileK / 8), column = i % (TileK / 8) * 8;
      copy16(&a[stage][row][column], A + (size_t)(row0 + row) * K + k + column);
      copy16(&b[stage][row][column], B + (size_t)(column0 + row) * K + k + column);
    }
  };
  int steps = K / TileK;
  for (int s = 0; s < Stages - 1; ++s) {
    if (s < steps)
      load(s, s * TileK);
    asm volatile("cp.async.commit_group;" ::: "memory");
  }
  float sums[2][4][4] = {};
  int wm = warp / 2 * 32, wn = warp % 2 * 32;
  for (int s = 0; s < steps; ++s) {
#if BUG == 1 // nothing waits for the copies
#elif BUG == 2 // one stage too few is waited for
    asm volatile("cp.async.wait_group %0;" ::"n"(Stages - 1) : "memory");
#else
    asm volatile("cp.async.wait_group %0;" ::"n"(Stages - 2) : "memory");
#endif
#if BUG != 3 // a thread waits for its own copies only
    __syncthreads();
#endif
#if BUG == 4 // the stage that is being read is filled again
    int next = s + Stages - 1, into = s % Stages;
#else
    int next = s + Stages - 1, into = next % Stages;
#endif
    if (next < steps)
      load(into, next * TileK);
    asm volatile("cp.async.commit_group;" ::: "memory");
    int stage = s % Stages;
    for (int k = 0; k < TileK; k += 16) {
      unsigned fa[2][4], fb[4][2];
      for (int i = 0; i < 2; ++i)
        asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0,%1,%2,%3}, [%4];"
                     : "=r"(fa[i][0]), "=r"(fa[i][1]), "=r"(fa[i][2]), "=r"(fa[i][3])
                     : "r"(sharedAddress(&a[stage][wm + i * 16 + lane % 16][k + lane / 16 * 8])));
      for (int j = 0; j < 4; ++j)
        asm volatile("ldmatrix.sync.aligned.m8n8.x2.shared.b16 {%0,%1}, [%2];"
                     : "=r"(fb[j][0]), "=r"(fb[j][1])
                     : "r"(sharedAddress(&b[stage][wn + j * 8 + lane % 8][k + lane / 8 % 2 * 8])));
      for (int i = 0; i < 2; ++i)
        for (int j = 0; j < 4; ++j)
          asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, "
                       "{%0,%1,%2,%3};"
                       : "+f"(sums[i][j][0]), "+f"(sums[i][j][1]), "+f"(sums[i][j][2]), "+f"(sums[i][j][3])
                       : "r"(fa[i][0]), "r"(fa[i][1]), "r"(fa[i][2]), "r"(fa[i][3]), "r"(fb[j][0]), "r"(fb[j][1]));
    }
  }
  for (int i = 0; i < 2; ++i)
    for (int j = 0; j < 4; ++j)
      for (int h = 0; h < 2; ++h) {
        size_t row = row0 + wm + i * 16 + h * 8 + lane / 4, column = column0 + wn + j * 8 + lane % 4 * 2;
        *(float2 *)&C[row * N + column] = make_float2(sums[i][j][2 * h], sums[i][j][2 * h + 1]);
      }
}
