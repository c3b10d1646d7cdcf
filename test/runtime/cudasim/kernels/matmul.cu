// C = A B with tiles in shared memory: the plain loop, and two buffers with one barrier a step.
#ifndef BUG
#define BUG 0
#endif
constexpr int T = 16;

extern "C" __global__ void matmul(const float *A, const float *B, float *C, int M, int N, int K) {
  __shared__ float a[T][T], b[T][T];
  int x = threadIdx.x, y = threadIdx.y, row = blockIdx.y * T + y, column = blockIdx.x * T + x;
  float sum = 0;
  for (int k = 0; k < K; k += T) {
#if BUG == 1 // K need not be a multiple of the tile
    a[y][x] = row < M ? A[row * K + k + x] : 0;
    b[y][x] = column < N ? B[(k + y) * N + column] : 0;
#else
    a[y][x] = row < M && k + x < K ? A[row * K + k + x] : 0;
    b[y][x] = k + y < K && column < N ? B[(k + y) * N + column] : 0;
#endif
    __syncthreads();
    for (int i = 0; i < T; ++i)
      sum += a[y][i] * b[i][x];
#if BUG != 2 // the next tiles are stored while these are read
    __syncthreads();
#endif
  }
  if (row < M && column < N)
    C[row * N + column] = sum;
}

extern "C" __global__ void matmulTwoBuffers(const float *A, const float *B, float *C, int M, int N, int K) {
  __shared__ float a[2][T][T], b[2][T][T];
  int x = threadIdx.x, y = threadIdx.y, row = blockIdx.y * T + y, column = blockIdx.x * T + x;
  auto load = [&](int buffer, int k) {
    a[buffer][y][x] = row < M && k + x < K ? A[row * K + k + x] : 0;
    b[buffer][y][x] = k + y < K && column < N ? B[(k + y) * N + column] : 0;
  };
  load(0, 0);
  float sum = 0;
  int buffer = 0;
  for (int k = 0; k < K; k += T, buffer ^= 1) {
    __syncthreads();
    if (k + T < K)
#if BUG == 3 // into the buffer that is being read
      load(buffer, k + T);
#else
      load(buffer ^ 1, k + T);
#endif
    for (int i = 0; i < T; ++i)
      sum += a[buffer][y][i] * b[buffer][i][x];
  }
  if (row < M && column < N)
    C[row * N + column] = sum;
}
