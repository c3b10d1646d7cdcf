// Attention for one head of 64 in the online form (Dao et al., "FlashAttention", 2022): a warp keeps 16 rows of Q,
// blocks of 32 keys go by, products by mma.sync (sm_80 and later). O = softmax(Q K^T / 8) V.
#ifndef BUG
#define BUG 0
#endif
#include <cuda_fp16.h>

constexpr int D = 64, Keys = 32, Pitch = D + 8;

__device__ inline unsigned sharedAddress(const void *p) { return (unsigned)__cvta_generic_to_shared(p); }

__device__ inline void mma(float c[4], const unsigned a[4], const unsigned b[2]) {
  asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
               : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
               : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}
__device__ inline unsigned pack(float low, float high) {
  half2 pair = __floats2half2_rn(low, high);
  return *(unsigned *)&pair;
}

extern "C" __global__ void __launch_bounds__(64) attention(const half *Q, const half *K, const half *V, float *O,
                                                           int rows, int keys) {
  __shared__ __align__(16) half k[Keys][Pitch], v[Keys][Pitch];
  int t = threadIdx.x, lane = t % 32, warp = t / 32, g = lane / 4, c = lane % 4;
  int row = blockIdx.x * 32 + warp * 16 + g;
  unsigned q[4][4];
  for (int i = 0; i < 4; ++i)
    for (int h = 0; h < 4; ++h) {
      int r = row + h % 2 * 8;
      q[i][h] = r < rows ? *(const unsigned *)&Q[r * D + i * 16 + h / 2 * 8 + c * 2] : 0;
    }
  float o[8][4] = {}, largest[2] = {-1e30f, -1e30f}, total[2] = {0, 0};
  for (int first = 0; first < keys; first += Keys) {
#if BUG != 1 // the keys before are still read
    __syncthreads();
#endif
    for (int i = t; i < Keys * D / 8; i += 64) {
      int r = i / (D / 8), column = i % (D / 8) * 8;
#if BUG == 2 // the last keys do not exist
      bool inside = true;
#else
      bool inside = first + r < keys;
#endif
      uint4 zero = {0, 0, 0, 0};
      *(uint4 *)&k[r][column] = inside ? *(const uint4 *)&K[(first + r) * D + column] : zero;
      *(uint4 *)&v[r][column] = inside ? *(const uint4 *)&V[(first + r) * D + column] : zero;
    }
#if BUG != 3
    __syncthreads();
#endif
    float s[4][4] = {};
    for (int j = 0; j < 4; ++j)
      for (int i = 0; i < 4; ++i) {
        unsigned b[2];
        for (int h = 0; h < 2; ++h)
          b[h] = *(const unsigned *)&k[j * 8 + g][i * 16 + h * 8 + c * 2];
        mma(s[j], q[i], b);
      }
    for (int h = 0; h < 2; ++h) {
      float most = largest[h];
      for (int j = 0; j < 4; ++j)
        for (int e = 0; e < 2; ++e) {
          float &score = s[j][2 * h + e];
          score = first + j * 8 + c * 2 + e < keys ? score * 0.125f : -1e30f;
          most = fmaxf(most, score);
        }
      most = fmaxf(most, __shfl_xor_sync(0xffffffffu, most, 1));
      most = fmaxf(most, __shfl_xor_sync(0xffffffffu, most, 2));
      float scale = __expf(largest[h] - most);
      largest[h] = most;
      total[h] *= scale;
      for (int j = 0; j < 8; ++j)
        for (int e = 0; e < 2; ++e)
          o[j][2 * h + e] *= scale;
      for (int j = 0; j < 4; ++j)
        for (int e = 0; e < 2; ++e) {
          float &score = s[j][2 * h + e];
          score = __expf(score - most);
          total[h] += score;
        }
    }
    for (int i = 0; i < 2; ++i) {
      unsigned p[4] = {pack(s[2 * i][0], s[2 * i][1]), pack(s[2 * i][2], s[2 * i][3]),
                       pack(s[2 * i + 1][0], s[2 * i + 1][1]), pack(s[2 * i + 1][2], s[2 * i + 1][3])};
      for (int j = 0; j < 8; ++j) {
        unsigned b[2];
#if BUG == 4 // rows of 8 halves are 16 bytes
        asm volatile("ldmatrix.sync.aligned.m8n8.x2.trans.shared.b16 {%0,%1}, [%2];" : "=r"(b[0]), "=r"(b[1])
                     : "r"(sharedAddress(&v[i * 16 + lane % 16][j * 8 + 4])));
#else
        asm volatile("ldmatrix.sync.aligned.m8n8.x2.trans.shared.b16 {%0,%1}, [%2];" : "=r"(b[0]), "=r"(b[1])
                     : "r"(sharedAddress(&v[i * 16 + lane % 16][j * 8])));
#endif
        mma(o[j], p, b);
      }
    }
  }
  for (int h = 0; h < 2; ++h) {
    total[h] += __shfl_xor_sync(0xffffffffu, total[h], 1);
    total[h] += __shfl_xor_sync(0xffffffffu, total[h], 2);
    int r = row + h * 8;
#if BUG == 5 // rows beyond the last are stored
    if (true)
#else
    if (r < rows)
#endif
      for (int j = 0; j < 8; ++j)
        *(float2 *)&O[r * D + j * 8 + c * 2] = make_float2(o[j][2 * h] / total[h], o[j][2 * h + 1] / total[h]);
  }
}
