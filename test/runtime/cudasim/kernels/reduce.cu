// Sums: of a block in shared memory, of warps by shuffles, and of a grid by the block that ends last.
// BUG selects what is wrong; 0 is the right program.
#ifndef BUG
#define BUG 0
#endif

extern "C" __global__ void blockSum(const float *in, float *out, int n) {
  __shared__ float partial[256];
  int t = threadIdx.x, i = blockIdx.x * blockDim.x + t;
  partial[t] = i < n ? in[i] : 0.0f;
#if BUG != 1 // nobody waits until all have written
  __syncthreads();
#endif
  for (int stride = blockDim.x / 2; stride > 0; stride /= 2) {
#if BUG == 2 // reads behind the end of the array
    if (t <= stride)
      partial[t] += partial[t + stride + (stride == 128 ? 1 : 0)];
#else
    if (t < stride)
      partial[t] += partial[t + stride];
#endif
#if BUG != 3 // a step begins before the one before it has ended
    __syncthreads();
#endif
  }
  if (t == 0)
    out[blockIdx.x] = partial[0];
}

extern "C" __global__ void warpSum(const float *in, float *out, int n) {
  __shared__ float partial[32];
  int t = threadIdx.x, i = blockIdx.x * blockDim.x + t;
  float value = i < n ? in[i] : 0.0f;
  for (int offset = 16; offset > 0; offset /= 2)
    value += __shfl_xor_sync(0xffffffffu, value, offset);
  if (t % 32 == 0)
    partial[t / 32] = value;
  __syncthreads();
  if (t < 32) {
#if BUG == 4 // warps that the block does not have are read too
    value = partial[t];
#else
    value = t < blockDim.x / 32 ? partial[t] : 0.0f;
#endif
#if BUG == 5 // half of the lanes are not told to take part
    unsigned mask = 0x0000ffffu;
#else
    unsigned mask = 0xffffffffu;
#endif
    for (int offset = 16; offset > 0; offset /= 2)
      value += __shfl_down_sync(mask, value, offset);
    if (t == 0)
      out[blockIdx.x] = value;
  }
}

// The threadfence reduction of the CUDA samples: the last block to finish adds what all have written.
__device__ unsigned finished = 0;

extern "C" __global__ void lastBlockSum(const float *in, float *partial, float *out, int n) {
  __shared__ float shared[256];
  __shared__ bool last;
  int t = threadIdx.x;
  float sum = 0;
  for (int i = blockIdx.x * blockDim.x + t; i < n; i += gridDim.x * blockDim.x)
    sum += in[i];
  shared[t] = sum;
  __syncthreads();
  for (int stride = blockDim.x / 2; stride > 0; stride /= 2) {
    if (t < stride)
      shared[t] += shared[t + stride];
    __syncthreads();
  }
  if (t == 0) {
    partial[blockIdx.x] = shared[0];
#if BUG != 6 // what was written may arrive after the count
    __threadfence();
#endif
#if BUG == 7 // two blocks may read the same count
    unsigned ticket = *(volatile unsigned *)&finished;
    *(volatile unsigned *)&finished = ticket + 1;
#else
    unsigned ticket = atomicAdd(&finished, 1u);
#endif
    last = ticket == gridDim.x - 1;
  }
  __syncthreads();
  if (!last)
    return;
#if BUG != 7
  if (t == 0)
    __threadfence();
  __syncthreads();
#endif
  sum = 0;
  for (int i = t; i < gridDim.x; i += blockDim.x)
    sum += partial[i];
  shared[t] = sum;
  __syncthreads();
  for (int stride = blockDim.x / 2; stride > 0; stride /= 2) {
    if (t < stride)
      shared[t] += shared[t + stride];
    __syncthreads();
  }
  if (t == 0) {
    *out = shared[0];
    finished = 0;
  }
}
