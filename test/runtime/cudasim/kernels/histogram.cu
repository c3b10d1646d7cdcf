// Counting with atomics in shared and global memory.
#ifndef BUG
#define BUG 0
#endif

extern "C" __global__ void histogram(const unsigned char *in, unsigned *bins, int n) {
  __shared__ unsigned counts[256];
#if BUG != 1 // counts begin with whatever was there
  for (int i = threadIdx.x; i < 256; i += blockDim.x)
    counts[i] = 0;
#endif
#if BUG != 2
  __syncthreads();
#endif
  for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) {
#if BUG == 3 // two threads may read the same count
    counts[in[i]] += 1;
#else
    atomicAdd(&counts[in[i]], 1u);
#endif
  }
#if BUG != 4
  __syncthreads();
#endif
  for (int i = threadIdx.x; i < 256; i += blockDim.x) {
#if BUG == 5 // blocks overwrite each other
    bins[i] += counts[i];
#else
    atomicAdd(&bins[i], counts[i]);
#endif
  }
}
