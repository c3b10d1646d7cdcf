// Arithmetic of narrow and wide types, and the tensor cores' other types.
#ifndef BUG
#define BUG 0
#endif
#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <cuda_fp8.h>
#include <mma.h>

extern "C" __global__ void halves(const __half2 *a, const __half2 *b, __half2 *out, int n) {
  int i = threadIdx.x;
  __half2 x = a[i], y = b[i];
  out[i] = __hfma2(x, y, __hadd2(x, y));
  out[n + i] = __hmul2(__hsub2(x, y), __habs2(y));
  out[2 * n + i] = __hmax2(x, __hneg2(y));
  out[3 * n + i] = __h2div(x, __hadd2(__habs2(y), __float2half2_rn(1)));
  out[4 * n + i] = __hfma2_relu(x, y, y);
  out[5 * n + i] = h2sqrt(__habs2(x));
}

extern "C" __global__ void bfloats(const __nv_bfloat162 *a, const __nv_bfloat162 *b, __nv_bfloat162 *out, int n) {
  int i = threadIdx.x;
  out[i] = __hfma2(a[i], b[i], a[i]);
  out[n + i] = __hmin2(a[i], b[i]);
}

extern "C" __global__ void bytes(const unsigned *a, const unsigned *b, unsigned *out, int n) {
  int i = threadIdx.x;
  out[i] = __dp4a((int)a[i], (int)b[i], 7);
  out[n + i] = __byte_perm(a[i], b[i], 0x5140);
  out[2 * n + i] = __vadd4(a[i], b[i]);
  out[3 * n + i] = __vabsdiffu4(a[i], b[i]);
  out[4 * n + i] = __umulhi(a[i], b[i]);
  out[5 * n + i] = __funnelshift_l(a[i], b[i], i);
  out[6 * n + i] = __brev(a[i]) ^ __clz(b[i]) ^ __ffs(a[i]);
  out[7 * n + i] = (unsigned)((unsigned long long)a[i] * b[i] % 1000003u) + a[i] / (b[i] | 1);
}

// 16 x 8 x 32 of signed bytes; 16 x 8 x 8 of tf32; 8 x 8 x 4 of doubles.
extern "C" __global__ void mmaBytes(const int *a, const int *b, int *c) {
  int lane = threadIdx.x, row = lane / 4, column = lane % 4, d[4] = {};
  asm("mma.sync.aligned.m16n8k32.row.col.s32.s8.s8.s32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
      : "+r"(d[0]), "+r"(d[1]), "+r"(d[2]), "+r"(d[3])
      : "r"(a[row * 8 + column]), "r"(a[(row + 8) * 8 + column]), "r"(a[row * 8 + column + 4]),
        "r"(a[(row + 8) * 8 + column + 4]), "r"(b[row * 8 + column]), "r"(b[row * 8 + column + 4]));
  c[row * 8 + column * 2] = d[0], c[row * 8 + column * 2 + 1] = d[1];
  c[(row + 8) * 8 + column * 2] = d[2], c[(row + 8) * 8 + column * 2 + 1] = d[3];
}

extern "C" __global__ void mmaTf32(const float *a, const float *b, float *c) {
  using namespace nvcuda::wmma;
  fragment<matrix_a, 16, 16, 8, precision::tf32, row_major> x;
  fragment<matrix_b, 16, 16, 8, precision::tf32, col_major> y;
  fragment<accumulator, 16, 16, 8, float> z;
  fill_fragment(z, 0.f);
  for (int k = 0; k < 32; k += 8) {
    load_matrix_sync(x, a + k, 32);
    load_matrix_sync(y, b + k, 32);
    for (int i = 0; i < x.num_elements; ++i)
      x.x[i] = __float_to_tf32(x.x[i]);
    for (int i = 0; i < y.num_elements; ++i)
      y.x[i] = __float_to_tf32(y.x[i]);
    mma_sync(z, x, y, z);
  }
#if BUG == 1 // rows farther apart than they are
  store_matrix_sync(c, z, 32, mem_row_major);
#elif BUG == 2 // half of the warp
  if (threadIdx.x < 16)
    store_matrix_sync(c, z, 16, mem_row_major);
#else
  store_matrix_sync(c, z, 16, mem_row_major);
#endif
}

extern "C" __global__ void mmaDouble(const double *a, const double *b, double *c) {
  using namespace nvcuda::wmma;
  fragment<matrix_a, 8, 8, 4, double, row_major> x;
  fragment<matrix_b, 8, 8, 4, double, col_major> y;
  fragment<accumulator, 8, 8, 4, double> z;
  fill_fragment(z, 0.);
  for (int k = 0; k < 16; k += 4) {
    load_matrix_sync(x, a + k, 16);
    load_matrix_sync(y, b + k, 16);
    mma_sync(z, x, y, z);
  }
  store_matrix_sync(c, z, 8, mem_row_major);
}

// Tensor cores by ldmatrix.trans: C (16 x 8) = A (16 x 16) B (16 x 8), all row major.
extern "C" __global__ void transposed(const __half *a, const __half *b, float *c) {
  __shared__ alignas(16) __half tileA[16][16], tileB[16][8];
  int lane = threadIdx.x;
  for (int i = lane; i < 256; i += 32)
    tileA[i / 16][i % 16] = a[i];
  for (int i = lane; i < 128; i += 32)
    tileB[i / 8][i % 8] = b[i];
#if BUG != 3
  __syncwarp();
#endif
  unsigned x[4], y[2];
  float d[4] = {};
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0,%1,%2,%3}, [%4];"
               : "=r"(x[0]), "=r"(x[1]), "=r"(x[2]), "=r"(x[3])
               : "r"((unsigned)__cvta_generic_to_shared(&tileA[lane % 16][lane / 16 * 8]))
               : "memory");
#if BUG == 4 // rows of 12 bytes
  unsigned from = (unsigned)__cvta_generic_to_shared(&tileB[0][0]) + lane % 16 * 12;
#else
  unsigned from = (unsigned)__cvta_generic_to_shared(&tileB[lane % 16][0]);
#endif
  asm volatile("ldmatrix.sync.aligned.m8n8.x2.trans.shared.b16 {%0,%1}, [%2];" : "=r"(y[0]), "=r"(y[1]) : "r"(from) : "memory");
  asm("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
      : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
      : "r"(x[0]), "r"(x[1]), "r"(x[2]), "r"(x[3]), "r"(y[0]), "r"(y[1]));
  int row = lane / 4, column = lane % 4 * 2;
  c[row * 8 + column] = d[0], c[row * 8 + column + 1] = d[1];
  c[(row + 8) * 8 + column] = d[2], c[(row + 8) * 8 + column + 1] = d[3];
}

extern "C" __global__ void fp8(const float *in, unsigned char *e4m3, unsigned char *e5m2, float *back) {
  int i = threadIdx.x;
  e4m3[i] = __nv_cvt_float_to_fp8(in[i], __NV_SATFINITE, __NV_E4M3);
  e5m2[i] = __nv_cvt_float_to_fp8(in[i], __NV_SATFINITE, __NV_E5M2);
  back[i] = __half2float(__nv_cvt_fp8_to_halfraw(e4m3[i], __NV_E4M3));
}
