// Inclusive prefix sums: by shuffles, and by a warp in shared memory with its __syncwarps.
#ifndef BUG
#define BUG 0
#endif

extern "C" __global__ void blockScan(const int *in, int *out, int n) {
  __shared__ int warpTotals[32];
  int t = threadIdx.x, lane = t % 32, warp = t / 32;
  int i = blockIdx.x * blockDim.x + t;
  int value = i < n ? in[i] : 0;
  for (int offset = 1; offset < 32; offset *= 2) {
#if BUG == 1 // lanes below the offset are left out of an instruction that names them
    if (lane >= offset)
      value += __shfl_up_sync(0xffffffffu, value, offset);
#else
    int below = __shfl_up_sync(0xffffffffu, value, offset);
    if (lane >= offset)
      value += below;
#endif
  }
  if (lane == 31)
    warpTotals[warp] = value;
  __syncthreads();
  if (warp == 0) {
    int total = lane < blockDim.x / 32 ? warpTotals[lane] : 0;
    for (int offset = 1; offset < 32; offset *= 2) {
      int below = __shfl_up_sync(0xffffffffu, total, offset);
      if (lane >= offset)
        total += below;
    }
    if (lane < blockDim.x / 32)
      warpTotals[lane] = total;
  }
#if BUG != 2 // the totals are read before they are there
  __syncthreads();
#endif
  if (warp > 0)
    value += warpTotals[warp - 1];
  if (i < n)
    out[i] = value;
}

extern "C" __global__ void warpScan(const int *in, int *out) {
  __shared__ int shared[64];
  int lane = threadIdx.x;
  shared[lane] = 0;
  shared[32 + lane] = in[blockIdx.x * 32 + lane];
  __syncwarp();
  for (int offset = 1; offset < 32; offset *= 2) {
    int sum = shared[32 + lane] + shared[32 + lane - offset];
#if BUG != 3 // lanes run in lockstep no more
    __syncwarp();
#endif
    shared[32 + lane] = sum;
#if BUG != 4
    __syncwarp();
#endif
  }
  out[blockIdx.x * 32 + lane] = shared[32 + lane];
}
