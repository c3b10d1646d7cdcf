// cuda::barrier and cuda::pipeline of the standard library: sm_80's asynchronous copies under them.
#ifndef BUG
#define BUG 0
#endif
#include <cooperative_groups.h>
#include <cuda/barrier>
#include <cuda/pipeline>
#include <cuda/atomic>

using BlockBarrier = cuda::barrier<cuda::thread_scope_block>;

extern "C" __global__ void split(const int *in, int *out) {
#pragma nv_diag_suppress static_var_with_dynamic_init
  __shared__ BlockBarrier barrier;
  __shared__ int shared[128];
  int t = threadIdx.x;
  if (t == 0)
#if BUG == 1 // as many as half of those who come
    init(&barrier, blockDim.x / 2);
#else
    init(&barrier, blockDim.x);
#endif
#if BUG != 2 // arrived at before it was made
  __syncthreads();
#endif
  shared[t] = in[t];
  auto token = barrier.arrive();
  int own = in[t] * 3;
#if BUG != 3
  barrier.wait(std::move(token));
#endif
  out[t] = own + shared[127 - t];
}

extern "C" __global__ void copies(const int *in, int *out) {
  __shared__ BlockBarrier barrier;
  __shared__ alignas(16) int shared[512];
  int t = threadIdx.x;
  if (t == 0)
    init(&barrier, blockDim.x);
  __syncthreads();
  cuda::memcpy_async(&shared[t * 4], &in[t * 4], cuda::aligned_size_t<16>(16), barrier);
#if BUG == 4 // others' copies may be on their way
  shared[t * 4] += 1;
#else
  barrier.arrive_and_wait();
#endif
  for (int k = 0; k < 4; ++k)
    out[t + k * 128] = shared[511 - t - k * 128];
}

// Each thread's own pipeline of `stages` stages.
template <int stages> __device__ void threadPipeline(const float *in, float *out, int n) {
  __shared__ float ring[stages][128];
  auto pipe = cuda::make_pipeline();
  int t = threadIdx.x, tiles = n / 128;
  auto fetch = [&](int tile) {
    pipe.producer_acquire();
    if (tile < tiles)
      cuda::memcpy_async(&ring[tile % stages][t], &in[tile * 128 + t], sizeof(float), pipe);
    pipe.producer_commit();
  };
  for (int tile = 0; tile < stages - 1; ++tile)
    fetch(tile);
  for (int tile = 0; tile < tiles; ++tile) {
    fetch(tile + stages - 1);
#if BUG == 5 // one stage too few is waited for
    cuda::pipeline_consumer_wait_prior<stages>(pipe);
#else
    cuda::pipeline_consumer_wait_prior<stages - 1>(pipe);
#endif
    __syncthreads();
    out[tile * 128 + t] = ring[tile % stages][127 - t] + 1;
#if BUG != 6 // the slot is filled again while others read it
    __syncthreads();
#endif
    pipe.consumer_release();
  }
}
extern "C" __global__ void twoStages(const float *in, float *out, int n) { threadPipeline<2>(in, out, n); }
extern "C" __global__ void fourStages(const float *in, float *out, int n) { threadPipeline<4>(in, out, n); }

// A pipeline of the block, in which half of the threads produce.
extern "C" __global__ void roles(const float *in, float *out, int n) {
  constexpr int stages = 2;
  __shared__ float ring[stages][64];
  __shared__ cuda::pipeline_shared_state<cuda::thread_scope_block, stages> state;
  auto block = cooperative_groups::this_thread_block();
  int t = threadIdx.x;
  auto pipe = cuda::make_pipeline(block, &state, t < 64 ? cuda::pipeline_role::producer
                                                        : cuda::pipeline_role::consumer);
  for (int tile = 0; tile < n / 64; ++tile) {
    if (t < 64) {
      pipe.producer_acquire();
      cuda::memcpy_async(&ring[tile % stages][t], &in[tile * 64 + t], sizeof(float), pipe);
      pipe.producer_commit();
    } else {
      pipe.consumer_wait();
#if BUG == 7 // read behind the release
      pipe.consumer_release();
      out[tile * 64 + t - 64] = ring[tile % stages][127 - t];
#else
      out[tile * 64 + t - 64] = ring[tile % stages][127 - t];
      pipe.consumer_release();
#endif
    }
  }
}

// Orders of cuda::atomic_ref.
extern "C" __global__ void handOver(const int *in, int *data, int *flag, int *out) {
  cuda::atomic_ref<int, cuda::thread_scope_device> ready(*flag);
  int t = threadIdx.x;
  if (blockIdx.x == 0) {
    data[t] = in[t] + 1;
    __syncthreads();
    if (t == 0)
#if BUG == 8
      ready.store(1, cuda::memory_order_relaxed);
#else
      ready.store(1, cuda::memory_order_release);
#endif
  } else {
    if (t == 0)
#if BUG == 9
      while (ready.load(cuda::memory_order_relaxed) == 0)
#else
      while (ready.load(cuda::memory_order_acquire) == 0)
#endif
        ;
    __syncthreads();
    out[t] = data[t] * 2;
  }
}
