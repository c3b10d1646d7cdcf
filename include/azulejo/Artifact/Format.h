/*===- Format.h - What a compiled model and the runtime agree on
 * ---------------------------------===*
 *
 * A compiled model (model.azm) is an ELF shared object, so that readelf, objdump and perf read it:
 *
 * - .text and its like: kernels and host code, in LOAD segments, loaded by dlopen.
 * - .azm.meta: JSON (signature, kernels, weight table, target) in no LOAD segment, read before any
 *   code is loaded.
 * - .azm.cuda: for an artifact of GPUs, its kernels as PTX and machine code, in no LOAD segment.
 * - .azm.weights: the weights, page-aligned, in no LOAD segment: the runtime maps them itself, so
 *   they may exceed 2 GiB, load lazily and are shared between processes.
 *
 * The code has no undefined symbols beyond memcpy, memmove and memset. It reaches the runtime only
 * through the azm_context that it is called with, and the runtime reaches it only through the
 * symbols named below. Plain C, no LLVM: the compiler's code generation, the packager and the
 * runtime all include this file.
 *
 *===------------------------------------------------------------------------------------------===*/
#ifndef AZULEJO_ARTIFACT_FORMAT_H
#define AZULEJO_ARTIFACT_FORMAT_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Raised whenever something in this file changes its meaning; the loader refuses all others. */
#define AZM_FORMAT_VERSION 4

#define AZM_META_SECTION ".azm.meta"
#define AZM_CUDA_SECTION ".azm.cuda"
#define AZM_WEIGHTS_SECTION ".azm.weights"
#define AZM_RUN_SYMBOL "azm_run"
#define AZM_PEAK_MEMORY_SYMBOL "azm_peak_memory"

/* Every buffer and every weight starts at a multiple of this; the weights section itself at a
 * multiple of the page. */
#define AZM_BUFFER_ALIGNMENT 64
#define AZM_PAGE_SIZE 4096

/*===--------------------------------------------------------------------------------------------===
 * Slots: how tensors and scalars are passed
 *
 * An array of 64-bit slots. A tensor is the address of its first element, then one slot per
 * *dynamic* dimension of its type. An index or integer scalar is one slot, sign-extended; a float's
 * slot holds its bits (f64: all 64; narrower: the low ones). Tensors are contiguous and row-major;
 * i1 and types narrower than a byte occupy one byte per element, a string is its number (see
 * "strings").
 *===------------------------------------------------------------------------------------------===*/

/* Memory that lives as long as one workgroup: one per thread, a stack that kernels move themselves:
 *
 *     saved = s->used;
 *     offset = s->used; s->used += round_up(bytes, 64);
 *     buffer = s->used <= s->size ? s->base + offset : s->grow(s, bytes);
 *     …
 *     s->used = saved;          // gives back everything taken since, also what grow returned
 *
 * `used` goes on counting in allocations that grow served, and that is how grow recognises the
 * blocks given back. A kernel leaves `used` as it found it; the runtime then enlarges `base` to the
 * most that was needed. base is 64-byte aligned.
 *
 * A kernel that meets an index outside of [low, high) calls `fail`, which does not return: the
 * runtime leaves the kernel, and the run ends with an error. So does `grow` where memory runs out.
 * `check` is the number of the kernel's check; see the metadata's "checks". */
struct azm_scratch {
  uint8_t *base;
  int64_t size;
  int64_t used;
  void *(*grow)(struct azm_scratch *scratch, int64_t bytes);
  void (*fail)(struct azm_scratch *scratch, int64_t check, int64_t index, int64_t low,
               int64_t high);
};

/* A kernel NAME is two functions: `NAME.count` gives the number of workgroups, and `NAME` runs
 * those in [begin, end). Several threads run disjoint ranges of one launch at once. slots: ins,
 * outs, scalars, in the order of the kernel's operands. */
typedef int64_t (*azm_kernel_count)(const int64_t *slots);
typedef void (*azm_kernel)(const int64_t *slots, int64_t begin, int64_t end,
                           struct azm_scratch *scratch);

/*===--------------------------------------------------------------------------------------------===
 * Kernels of GPUs
 *
 * An artifact for GPUs has, for each architecture it was compiled for ("sm_80", "sm_90a"), one CUDA
 * module with every kernel, and in its code, for each kernel and architecture, a host function
 * `NAME.ARCH` that says how to launch the entry NAME of that module.
 *
 * The entry's parameters, in order:
 *   - one of 64 bits for each slot, addresses being those of the device;
 *   - the address of the run's azm_fault, in device memory;
 *   - the launch's first check, a 64-bit integer (see azm_host_api.launch);
 *   - the address of the launch's workspace, or 0;
 *   - one CUtensorMap (128 bytes, aligned to 64) for each of azm_grid's tensor maps.
 *===------------------------------------------------------------------------------------------===*/

/* What a kernel's check found, in device memory, all zero when a run starts. The first thread that
 * finds an index outside of [low, high) turns `state` from 0 to 1 by an atomic compare-and-swap and
 * writes the rest; `check` counts over the whole artifact. Kernels go on behind it, within bounds,
 * and what they compute is thrown away. */
struct azm_fault {
  int64_t state;
  int64_t check, index, low, high;
};

/* A tensor in global memory as bulk tensor copies see it (cuTensorMapEncodeTiled). The innermost
 * dimension comes first; strides are in bytes, of dimensions 1 to rank - 1. `type` and `swizzle`
 * are the driver's CUtensorMapDataType and CUtensorMapSwizzle. */
struct azm_tensor_map {
  int64_t address;
  int32_t rank, type, swizzle, reserved;
  int64_t sizes[5];
  int64_t strides[4];
  int32_t box[5];
  int32_t element_strides[5];
};

#define AZM_MAX_TENSOR_MAPS 8

/* How to launch a kernel. Nothing is launched where a dimension of the grid is 0. */
struct azm_grid {
  int64_t blocks[3];
  int32_t threads[3];
  int32_t cluster[3];      /* 1, 1, 1 for none */
  int64_t shared_bytes;    /* the dynamic part */
  int64_t workspace_bytes; /* device memory for this launch alone, with any contents */
  int32_t tensor_map_count;
  int32_t reserved;
  struct azm_tensor_map tensor_maps[AZM_MAX_TENSOR_MAPS];
};

/* NAME.ARCH: fills *grid, which is all zero when it is called. */
typedef void (*azm_gpu_kernel)(const int64_t *slots, struct azm_grid *grid);

/*===--------------------------------------------------------------------------------------------===
 * Host code
 *===------------------------------------------------------------------------------------------===*/

struct azm_context;

/* What host code asks of the runtime. None of these returns after a failure: the runtime then
 * unwinds out of azm_run (host code holds nothing that needs undoing) and gives back whatever the
 * run had allocated. Addresses are device addresses. */
struct azm_host_api {
  /* Runs all workgroups of a kernel; `kernel` is its index in the metadata's list. Launches take
   * effect in order. Check c of the kernel is entry first_check + c of the metadata's "checks".
   * `count` and `run` are null for a kernel of GPUs, whose functions the runtime finds by name. */
  void (*launch)(struct azm_context *context, int64_t kernel, azm_kernel_count count,
                 azm_kernel run, const int64_t *slots, int64_t first_check);
  /* The run's arena, for every buffer whose size is known at entry. Called at most once in a run.
   */
  void *(*arena)(struct azm_context *context, int64_t bytes);
  /* A buffer from the growable pool, for sizes unknown at entry and values that a loop carries.
   * Born with one reference. retain and release accept any address, also one inside of a buffer,
   * and ignore those outside of the pool. */
  void *(*allocate)(struct azm_context *context, int64_t bytes);
  void (*retain)(struct azm_context *context, void *buffer);
  void (*release)(struct azm_context *context, void *buffer);
  /* Where output `index` is to be written. dims holds all of its dimensions, dynamic or not. At
   * most once per output. */
  void *(*output)(struct azm_context *context, int64_t index, const int64_t *dims);
  void (*copy)(struct azm_context *context, void *to, const void *from, int64_t bytes);
  /* Repeats `element` (element_bytes: 1, 2, 4, 8 or 16) over `bytes` bytes. */
  void (*fill)(struct azm_context *context, void *to, const void *element, int64_t element_bytes,
               int64_t bytes);
  /* Between host memory and a buffer; read waits for the launches before it. */
  void (*read)(struct azm_context *context, void *host, const void *from, int64_t bytes);
  void (*write)(struct azm_context *context, void *to, const void *host, int64_t bytes);
  /* Ends the run with an error; `message` is a C string in the artifact, in which each "{}" stands
   * for one of the values, in order. */
  void (*fail)(struct azm_context *context, const char *message, const int64_t *values,
               int64_t value_count);
  /* Calls a function of the host library (Artifact/Host.h): entry `call` of the metadata's
   * "host_calls". inputs: as slots, what is no tensor being its address. outputs: for each output
   * the address of a value and, for a tensor, its dynamic dimensions. A value is born with one
   * reference; retain and release take its address too. */
  void (*call)(struct azm_context *context, int64_t call, const int64_t *inputs, int64_t *outputs);
  /* The elements of a value that is a tensor, into a buffer. */
  void (*take)(struct azm_context *context, void *to, void *value);
  /* Output `index`, which is no tensor. */
  void (*output_value)(struct azm_context *context, int64_t index, void *value);
};

/* The runtime's context begins with what host code reads. */
struct azm_context {
  const struct azm_host_api *api;
  void *const *weights; /* address of each weight, in the order of the metadata's weight table */
};

/* azm_run: one run. arguments, as slots: each input (address, dynamic dimensions; of what is no
 * tensor, the address of a value), then the symbols' values. azm_peak_memory: the most bytes that
 * arena and pool hold at once for these arguments (addresses are not looked at), or -1 where that
 * is unbounded; the metadata then says why. */
typedef void (*azm_run_function)(struct azm_context *context, const int64_t *arguments);
typedef int64_t (*azm_peak_memory_function)(const int64_t *arguments);

/*===--------------------------------------------------------------------------------------------===
 * .azm.meta: one JSON object, UTF-8
 *
 * - "format": AZM_FORMAT_VERSION. "producer": the compiler and its version. "name": the model's
 *   name. "options": what it was compiled with, an object.
 * - "target": {"device": "cpu", "arch": "x86_64", "features": ["avx2", ...]}, the features that the
 *   code needs by the names of LLVM's target features. "device" is where the kernels run: "cpu" or
 *   "cuda"; "arch" and "features" are those of the host code in either case.
 * - "inputs", "outputs": [{"name", "type", "shape"}]. type is ONNX's name in lower case (float,
 *   int64, bool, bfloat16, ...), or of what is no tensor ONNX's type, "seq(tensor(float))", with no
 *   shape. Each entry of shape is an integer (static), a symbol's name (of one value wherever it
 *   stands), an expression over symbols, or "?". Expressions consist of integers, symbols,
 *   + - * ( ) and floordiv, ceildiv, mod, min and max of two arguments: "past + 1",
 *   "min(512, seq)".
 * - "symbols": [name], in the order of azm_run's trailing arguments. One that is no dimension by
 *   itself is what makes the first input's expression true in which it is the only unknown: the
 *   runtime solves c * symbol + d, and checks all other expressions of the inputs. A symbol may
 *   have an expression for its name: then it stands for that whole size.
 * - "kernels": [{"name", "nodes": [ONNX node name], "slots"}]; slots, the number that the kernel
 *   takes, for GPUs only.
 * - "cuda": for an artifact of GPUs, [{"arch", "ptx": {"offset", "length"}, "cubin": {"offset",
 *   "length"}, "kernels": [{"name", "registers", "shared", "stack", "spilled"}]}], one for each
 *   architecture. Offsets count from .azm.cuda's start; the PTX ends in a 0; "cubin" and what ptxas
 *   says of its kernels (registers and bytes a thread; shared: bytes a block) are absent where
 *   there was no ptxas. "reasons": [{"kernel", "lacks": "tiles" or "wgmma", "reason"}].
 * - "checks": [what a kernel checks in a launch: "node 'x': Gather: indices"]; may be absent.
 * - "host_calls": [{"function", "node", "inputs", "outputs"}], inputs and outputs being [{"type",
 *   "shape"}] as above with -1 for a dimension that is dynamic; may be absent.
 * - "strings": the strings of constants. In a buffer, a string is its number, 64 bits: those of
 *   this list come first, in order, the first of all being ""; may be absent.
 * - "unfused": [{"producer", "consumer", "reason"}], two nodes that could have been one kernel and
 *   are not; may be absent.
 * - "weights": [{"offset", "length", "hash", "type", "shape"}]. offset counts from the section's
 *   start; hash is XXH64 of the bytes, 16 hexadecimal digits. "weights_size": the section's bytes.
 * - "unbounded": why peak memory has no bound; absent where it has one.
 *
 *===------------------------------------------------------------------------------------------===*/

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* AZULEJO_ARTIFACT_FORMAT_H */
