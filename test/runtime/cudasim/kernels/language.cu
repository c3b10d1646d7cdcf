// What C++ brings along: calls through pointers and tables, recursion, switches, printf, assert,
// memory of the device's heap, bytes and vectors, cache operators.
#ifndef BUG
#define BUG 0
#endif
#include <cassert>
#include <cstdio>

__device__ __noinline__ int twice(int x) { return x * 2; }
__device__ __noinline__ int square(int x) { return x * x; }
__device__ __noinline__ int negate(int x) { return -x; }
using Unary = int (*)(int);
__device__ Unary operations[3] = {twice, square, negate};

extern "C" __global__ void pointers(const int *in, int *out) {
  int t = threadIdx.x;
#if BUG == 1 // no function is there
  Unary f = t == 40 ? (Unary)in : operations[t % 3];
#else
  Unary f = operations[t % 3];
#endif
  out[t] = f(in[t]);
}

struct Shape {
  __device__ virtual int area() const = 0;
};
struct Square : Shape {
  int side;
  __device__ Square(int side) : side(side) {}
  __device__ __noinline__ int area() const override { return side * side; }
};
struct Strip : Shape {
  int length;
  __device__ Strip(int length) : length(length) {}
  __device__ __noinline__ int area() const override { return length; }
};
extern "C" __global__ void virtuals(int *out) {
  int t = threadIdx.x;
  Shape *shape = t % 2 ? (Shape *)new Square(t) : new Strip(t);
  out[t] = shape->area();
#if BUG == 2 // looked at after it is gone
  delete shape;
  out[t] += shape->area();
#elif BUG == 3 // given back twice
  delete shape;
  delete shape;
#elif BUG == 4 // never
#else
  delete shape;
#endif
}

__device__ int ackermann(int m, int n) {
  if (m == 0)
    return n + 1;
  return ackermann(m - 1, n == 0 ? 1 : ackermann(m, n - 1));
}
extern "C" __global__ void recursive(int *out) { out[threadIdx.x] = ackermann(threadIdx.x % 3, threadIdx.x % 5); }

// A machine for postfix programs: a switch that becomes a table of branches.
extern "C" __global__ void interpreter(const unsigned char *code, const int *in, int *out, int length) {
  int stack[8], depth = 0, t = threadIdx.x;
  for (int pc = 0; pc < length; ++pc) {
    switch (code[pc + (t % 2) * length]) {
    case 0: stack[depth++] = in[t]; break;
    case 1: stack[depth++] = t; break;
    case 2: --depth; stack[depth - 1] += stack[depth]; break;
    case 3: --depth; stack[depth - 1] -= stack[depth]; break;
    case 4: --depth; stack[depth - 1] *= stack[depth]; break;
    case 5: stack[depth] = stack[depth - 1]; ++depth; break;
    case 6: stack[depth - 1] = ~stack[depth - 1]; break;
    case 7: stack[depth - 1] >>= 1; break;
    case 8: stack[depth - 1] = __popc(stack[depth - 1]); break;
    case 9: { int x = stack[depth - 1]; stack[depth - 1] = stack[depth - 2]; stack[depth - 2] = x; break; }
    }
  }
  out[t] = stack[0];
}

extern "C" __global__ void checked(const int *in, int *out, int n) {
  int i = threadIdx.x;
#if BUG == 5
  assert(in[i] < n && "in range");
#else
  assert(in[i] < n + 1000000 && "in range");
#endif
  if (i == 3)
    printf("thread %d of %d: %s %.2f %c %lld\n", i, blockDim.x, "text", 1.5, 'c', 1ll << 40);
  out[i] = in[i];
}

// Each thread a list of nodes in the heap.
struct Node {
  int value;
  Node *next;
};
extern "C" __global__ void lists(int *out, int length) {
  Node *head = nullptr;
  for (int i = 0; i < length; ++i) {
    Node *node = (Node *)malloc(sizeof(Node));
    node->value = i * threadIdx.x;
    node->next = head;
    head = node;
  }
  int sum = 0;
  while (head) {
    sum += head->value;
    Node *next = head->next;
    free(head);
#if BUG == 6 // read when it is gone
    sum += head->value;
#endif
    head = next;
  }
  out[threadIdx.x] = sum;
}

extern "C" __global__ void vectors(const uchar4 *bytes, const short2 *shorts, const longlong2 *longs,
                                   const float4 *floats, uchar4 *bytesOut, short2 *shortsOut, longlong2 *longsOut,
                                   float4 *floatsOut) {
  int t = blockIdx.x * blockDim.x + threadIdx.x;
  uchar4 b = bytes[t];
  bytesOut[t] = make_uchar4(b.w, b.z, b.y, b.x);
  short2 s = shorts[t];
  shortsOut[t] = make_short2(s.y, -s.x);
  longlong2 l = __ldg(&longs[t]);
  longsOut[t] = make_longlong2(l.x + l.y, l.x - l.y);
#if BUG == 7 // 16 bytes from an address of 4
  float4 f = *(const float4 *)((const float *)floats + t);
#else
  float4 f = __ldcs(&floats[t]);
#endif
  f.x += __ldca(&floats[t].y) + __ldcg(&floats[t].z) + __ldlu((const float *)&floats[t].w);
  __stcs(&floatsOut[t], f);
  __stwt((float *)&floatsOut[t], f.x);
}

// The bytes of a text: words are counted by their beginnings.
extern "C" __global__ void words(const char *text, int *count, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
#if BUG == 8 // the byte before the first one
  bool begins = i < n && text[i] != ' ' && text[i - 1] == ' ';
#else
  bool begins = i < n && text[i] != ' ' && (i == 0 || text[i - 1] == ' ');
#endif
  int sum = __popc(__ballot_sync(~0u, begins));
  if (threadIdx.x % 32 == 0)
    atomicAdd(count, sum);
}

// Dynamic shared memory in three parts of different types.
extern "C" __global__ void carved(const double *in, double *out, int n) {
  extern __shared__ double doubles[];
  int *counts = (int *)(doubles + n);
  char *marks = (char *)(counts + n);
  for (int i = threadIdx.x; i < n; i += blockDim.x) {
    doubles[i] = in[i];
    counts[i] = i;
#if BUG == 9 // the last part is as long as the first one
    marks[i * 8] = i % 3;
#else
    marks[i] = i % 3;
#endif
  }
  __syncthreads();
  for (int i = threadIdx.x; i < n; i += blockDim.x)
#if BUG == 9
    out[i] = doubles[n - 1 - i] + counts[i] + marks[(n - 1 - i) * 8];
#else
    out[i] = doubles[n - 1 - i] + counts[i] + marks[n - 1 - i];
#endif
}
