// A scan in one pass: each block looks back over what the blocks before it have published, either as
// a value behind a flag or as flag and value in one word. Blocks take their numbers as they start.
#ifndef BUG
#define BUG 0
#endif

enum { Nothing, Aggregate, Prefix };
constexpr int threads = 128;

__device__ int blockScan(int value, int *warps) {
  int t = threadIdx.x, lane = t % 32;
  for (int d = 1; d < 32; d *= 2) {
    int other = __shfl_up_sync(0xffffffffu, value, d);
    if (lane >= d)
      value += other;
  }
  if (lane == 31)
    warps[t / 32] = value;
#if BUG != 1 // other warps' sums are not there yet
  __syncthreads();
#endif
  for (int w = 0; w < t / 32; ++w)
    value += warps[w];
  return value;
}

extern "C" __global__ void scanByFlags(const int *in, int *out, int *ticket, volatile int *flags,
                                       int *aggregates, int *prefixes, int n) {
  __shared__ int warps[threads / 32];
  __shared__ int block, before;
  int t = threadIdx.x;
  if (t == 0)
    block = atomicAdd(ticket, 1);
  __syncthreads();
  int i = block * threads + t;
  int value = blockScan(i < n ? in[i] : 0, warps);
  if (t == threads - 1) {
    (block ? aggregates : prefixes)[block] = value;
#if BUG != 2 // the flag may overtake the sum
    __threadfence();
#endif
    flags[block] = block ? Aggregate : Prefix;
    int sum = 0;
    for (int b = block - 1; b >= 0; --b) {
      int flag;
#if BUG == 3 // the sum is read whether it is there or not
      flag = Prefix;
#else
      while ((flag = flags[b]) == Nothing)
        ;
#endif
#if BUG != 4 // the sum may be read before the flag
      __threadfence();
#endif
      sum += (flag == Prefix ? prefixes : aggregates)[b];
      if (flag == Prefix)
        break;
    }
    before = sum;
    if (block) {
      prefixes[block] = sum + value;
      __threadfence();
      flags[block] = Prefix;
    }
  }
  __syncthreads();
  if (i < n)
    out[i] = before + value;
}

// Flag and value travel in one 64-bit word: no fence is needed.
extern "C" __global__ void scanByWords(const int *in, int *out, int *ticket, unsigned long long *words,
                                       int n) {
  __shared__ int warps[threads / 32];
  __shared__ int block, before;
  int t = threadIdx.x;
  if (t == 0)
    block = atomicAdd(ticket, 1);
  __syncthreads();
  int i = block * threads + t;
  int value = blockScan(i < n ? in[i] : 0, warps);
  if (t == threads - 1) {
    auto publish = [&](int flag, int sum) {
#if BUG == 5 // a plain store, which others read while it is made
      words[block] = (unsigned long long)flag << 32 | (unsigned)sum;
#else
      atomicExch(&words[block], (unsigned long long)flag << 32 | (unsigned)sum);
#endif
    };
    publish(block ? Aggregate : Prefix, value);
    int sum = 0;
    for (int b = block - 1; b >= 0; --b) {
      unsigned long long word;
      do
        word = *(volatile unsigned long long *)&words[b];
      while (word == 0);
      sum += (int)(unsigned)word;
      if (word >> 32 == Prefix)
        break;
    }
    before = sum;
    if (block)
      publish(Prefix, sum + value);
  }
#if BUG != 6 // the others do not wait for the sum
  __syncthreads();
#endif
  if (i < n)
    out[i] = before + value;
}
