// Transposing through a tile of shared memory, and copying by vectors.
#ifndef BUG
#define BUG 0
#endif

extern "C" __global__ void transpose(const float *in, float *out, int rows, int columns) {
  __shared__ float tile[32][33];
  int x = blockIdx.x * 32 + threadIdx.x;
  int y = blockIdx.y * 32 + threadIdx.y;
  for (int k = 0; k < 32; k += 8)
#if BUG == 1 // the last rows do not exist
    if (x < columns)
#else
    if (x < columns && y + k < rows)
#endif
      tile[threadIdx.y + k][threadIdx.x] = in[(y + k) * columns + x];
#if BUG != 2
  __syncthreads();
#endif
  x = blockIdx.y * 32 + threadIdx.x;
  y = blockIdx.x * 32 + threadIdx.y;
  for (int k = 0; k < 32; k += 8)
#if BUG == 3 // what nobody loaded is stored too, inside the array
    if (y + k < columns)
      out[(y + k) * ((rows + 31) / 32 * 32) + x] = tile[threadIdx.x][threadIdx.y + k];
#else
    if (x < rows && y + k < columns)
      out[(y + k) * rows + x] = tile[threadIdx.x][threadIdx.y + k];
#endif
}

extern "C" __global__ void copyVectors(const float4 *in, float4 *out, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n) {
#if BUG == 4 // four bytes off
    const float4 *from = (const float4 *)((const float *)in + 1) + i;
    out[i] = *from;
#elif BUG == 5 // a negative index leads before the array
    out[i] = in[i - 1];
#elif BUG == 6 // an index of bytes
    out[i] = in[i * 16];
#else
    out[i] = in[i];
#endif
  }
}
