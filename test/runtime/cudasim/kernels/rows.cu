// What most kernels of a model are: an element a thread, a row a block, and rows looked up by number.
#ifndef BUG
#define BUG 0
#endif

extern "C" __global__ void saxpy(const float *x, float *y, int n, float a) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n)
    y[i] = a * x[i] + y[i];
}

// y[r] = softmax(x[r]) in three passes over a row, with sums and maxima by shuffles and shared memory.
__device__ inline float reduce(float value, bool most) {
  __shared__ float partial[32];
  int lane = threadIdx.x % 32, warp = threadIdx.x / 32, warps = blockDim.x / 32;
  for (int offset = 16; offset > 0; offset /= 2) {
    float other = __shfl_xor_sync(0xffffffffu, value, offset);
    value = most ? fmaxf(value, other) : value + other;
  }
#if BUG != 1 // some still read the partial results before
  __syncthreads();
#endif
  if (lane == 0)
    partial[warp] = value;
  __syncthreads();
  value = partial[0];
  for (int w = 1; w < warps; ++w)
    value = most ? fmaxf(value, partial[w]) : value + partial[w];
  return value;
}

extern "C" __global__ void softmaxRows(const float *x, float *y, int columns) {
  const float *from = x + (size_t)blockIdx.x * columns;
  float *to = y + (size_t)blockIdx.x * columns;
  float largest = -1e30f;
  for (int i = threadIdx.x; i < columns; i += blockDim.x)
    largest = fmaxf(largest, from[i]);
  largest = reduce(largest, true);
  float sum = 0;
  for (int i = threadIdx.x; i < columns; i += blockDim.x) {
    float value = __expf(from[i] - largest);
    to[i] = value;
    sum += value;
  }
  sum = reduce(sum, false);
  for (int i = threadIdx.x; i < columns; i += blockDim.x)
    to[i] *= 1.0f / sum;
}

// out[r] = table[index[r]], a warp a row.
extern "C" __global__ void gatherRows(const float *table, const int *index, float *out, int rows, int columns) {
  int row = blockIdx.x * (blockDim.x / 32) + threadIdx.x / 32;
#if BUG == 2 // the last block has fewer rows
  int from = index[row];
#else
  if (row >= rows)
    return;
  int from = index[row];
#endif
  for (int i = threadIdx.x % 32; i < columns; i += 32)
    out[(size_t)row * columns + i] = table[(size_t)from * columns + i];
}
