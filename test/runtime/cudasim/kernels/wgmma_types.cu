// wgmma in other types, with A in registers, and unswizzled operands; one warpgroup (sm_90a).
#ifndef BUG
#define BUG 0
#endif
#include "hopper.cuh"

// Without swizzle: cores of 8 rows of 16 bytes lie one behind the other, 128 bytes apart along K,
// and groups of 8 rows `rowGroup` bytes apart.
__device__ inline unsigned long long plain(const void *tile, unsigned rowGroup) {
  return (unsigned long long)((sharedAddress(tile) & 0x3ffff) >> 4) | (unsigned long long)(128 >> 4) << 16 |
         (unsigned long long)(rowGroup >> 4) << 32;
}

// Copies a row-major matrix with rows of `width` bytes into such cores.
__device__ void stage(unsigned char *to, const unsigned char *from, int rows, int width) {
  for (int i = threadIdx.x; i < rows * width / 16; i += 128) {
    int row = i / (width / 16), core = i % (width / 16);
    *(uint4 *)(to + row / 8 * width * 8 + core * 128 + row % 8 * 16) =
        *(const uint4 *)(from + row * width + core * 16);
  }
}

template <class T> __device__ void writeBack(const T *d, T *out, int columns) {
  int t = threadIdx.x, row = t / 32 * 16 + t % 32 / 4;
  for (int j = 0; j < columns / 8; ++j)
    for (int h = 0; h < 2; ++h)
      for (int k = 0; k < 2; ++k)
        out[(row + h * 8) * columns + j * 8 + t % 4 * 2 + k] = d[j * 4 + h * 2 + k];
}

#define REGISTERS8(d, c) c(d[0]), c(d[1]), c(d[2]), c(d[3]), c(d[4]), c(d[5]), c(d[6]), c(d[7])

// 64 x 16 x 32: signed bytes, and e4m3.
extern "C" __global__ void bytes(const unsigned char *a, const unsigned char *b, int *out) {
  __shared__ alignas(128) unsigned char tileA[64 * 32], tileB[16 * 32];
  stage(tileA, a, 64, 32);
  stage(tileB, b, 16, 32);
#if BUG != 1 // the tensor cores read through the async proxy
  fenceAsyncProxy();
#endif
  __syncthreads();
  int d[8];
  for (int &each : d)
    each = 0;
  wgmmaFence();
  asm volatile("wgmma.mma_async.sync.aligned.m64n16k32.s32.s8.s8 {%0,%1,%2,%3,%4,%5,%6,%7}, %8, %9, 0;"
               : "=r"(d[0]), "=r"(d[1]), "=r"(d[2]), "=r"(d[3]), "=r"(d[4]), "=r"(d[5]), "=r"(d[6]), "=r"(d[7])
               : "l"(plain(tileA, 256)), "l"(plain(tileB, 256)));
  wgmmaCommit();
#if BUG != 2 // results are read while they are made
  wgmmaWait<0>();
#endif
  writeBack(d, out, 16);
}

extern "C" __global__ void e4m3(const unsigned char *a, const unsigned char *b, float *out) {
  __shared__ alignas(128) unsigned char tileA[64 * 32], tileB[16 * 32];
  stage(tileA, a, 64, 32);
  stage(tileB, b, 16, 32);
  fenceAsyncProxy();
  __syncthreads();
  float d[8];
  wgmmaFence();
  asm volatile("wgmma.mma_async.sync.aligned.m64n16k32.f32.e4m3.e4m3 {%0,%1,%2,%3,%4,%5,%6,%7}, %8, %9, 0, 1, 1;"
               : "=f"(d[0]), "=f"(d[1]), "=f"(d[2]), "=f"(d[3]), "=f"(d[4]), "=f"(d[5]), "=f"(d[6]), "=f"(d[7])
               : "l"(plain(tileA, 256)), "l"(plain(tileB, 256)));
  wgmmaCommit();
#if BUG == 3 // the tile is filled anew while it is read
  tileA[threadIdx.x] = 0;
#endif
  wgmmaWait<0>();
  writeBack(d, out, 16);
}

// tf32, K of 8; four steps accumulate.
extern "C" __global__ void tf32(const unsigned char *a, const unsigned char *b, float *out) {
  __shared__ alignas(128) unsigned char tileA[64 * 128], tileB[16 * 128];
  stage(tileA, a, 64, 128);
  stage(tileB, b, 16, 128);
  fenceAsyncProxy();
  __syncthreads();
  float d[8];
#if BUG != 4 // nothing says that the registers are ready
  wgmmaFence();
#endif
  for (int k = 0; k < 4; ++k)
    asm volatile("{\n.reg .pred p;\nsetp.ne.b32 p, %10, 0;\n"
                 "wgmma.mma_async.sync.aligned.m64n16k8.f32.tf32.tf32 {%0,%1,%2,%3,%4,%5,%6,%7}, %8, %9, p, 1, 1;\n}"
                 : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3]), "+f"(d[4]), "+f"(d[5]), "+f"(d[6]), "+f"(d[7])
                 : "l"(plain(tileA + k * 256, 1024)), "l"(plain(tileB + k * 256, 1024)), "r"(k));
  wgmmaCommit();
  wgmmaWait<0>();
  writeBack(d, out, 16);
}

// A from registers, as attention multiplies its probabilities: 64 x 16 x 16 of halves.
extern "C" __global__ void registers(const unsigned *a, const unsigned char *b, float *out) {
  __shared__ alignas(128) unsigned char tileB[16 * 32];
  stage(tileB, b, 16, 32);
  fenceAsyncProxy();
  __syncthreads();
  int t = threadIdx.x, row = t / 32 * 16 + t % 32 / 4, column = t % 4;
  unsigned x[4] = {a[row * 8 + column], a[(row + 8) * 8 + column], a[row * 8 + column + 4], a[(row + 8) * 8 + column + 4]};
  float d[8];
  wgmmaFence();
  asm volatile("wgmma.mma_async.sync.aligned.m64n16k16.f32.f16.f16 {%0,%1,%2,%3,%4,%5,%6,%7}, {%8,%9,%10,%11}, %12, 0, 1, 1, 0;"
               : "=f"(d[0]), "=f"(d[1]), "=f"(d[2]), "=f"(d[3]), "=f"(d[4]), "=f"(d[5]), "=f"(d[6]), "=f"(d[7])
               : "r"(x[0]), "r"(x[1]), "r"(x[2]), "r"(x[3]), "l"(plain(tileB, 256)));
  wgmmaCommit();
#if BUG == 5 // one of the four warps does not wait
  if (t >= 32)
    wgmmaWait<0>();
#else
  wgmmaWait<0>();
#endif
  writeBack(d, out, 16);
}

// stmatrix: halves go from fragments to shared memory, transposed.
extern "C" __global__ void storeMatrix(const unsigned *in, unsigned *out) {
  __shared__ alignas(16) unsigned short tile[4][8][8];
  int lane = threadIdx.x;
  asm volatile("stmatrix.sync.aligned.m8n8.x4.trans.shared.b16 [%0], {%1,%2,%3,%4};"
               ::"r"(sharedAddress(&tile[lane / 8][lane % 8][0])), "r"(in[lane]), "r"(in[32 + lane]),
               "r"(in[64 + lane]), "r"(in[96 + lane]) : "memory");
#if BUG != 6
  __syncwarp();
#endif
  for (int i = lane; i < 128; i += 32)
    out[i] = ((unsigned *)tile)[i];
}
