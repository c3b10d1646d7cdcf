/*===- runtime.h - Runs compiled models: the C API of libazulejo-runtime
 * -------------------------===*
 *
 *     azl_model *model;
 *     azl_session *session;
 *     if (azl_model_load("model.azm", NULL, &model) || azl_session_create(model, NULL, &session))
 *       return fprintf(stderr, "%s\n", azl_last_error()), 1;
 *     int64_t shape[] = {1, 384};
 *     azl_tensor input = {.data = data, .type = AZL_FLOAT, .rank = 2, .shape = shape};
 *     azl_tensor output = {0};                  // the runtime allocates
 *     if (azl_run(session, &input, 1, &output, 1))
 *       …
 *     azl_tensor_release(&output);
 *     azl_session_destroy(session);
 *     azl_model_release(model);
 *
 * Functions that can fail return a status, AZL_OK being 0; azl_last_error() then says what went
 * wrong in one sentence. No function throws, prints or exits. Strings returned belong to the object
 * they were asked of and live as long as it does.
 *
 * Threads: every function may be called from any thread. Several threads may run one session at
 * once; each run has memory of its own and all share the session's worker threads. An object must
 * not be destroyed while another thread uses it.
 *
 * A compiled model is code: load only artifacts from a source whose programs you would run.
 *
 *===------------------------------------------------------------------------------------------===*/
#ifndef AZULEJO_RUNTIME_H
#define AZULEJO_RUNTIME_H

#include <stddef.h>
#include <stdint.h>

#if defined(AZL_STATIC)
#define AZL_API
#else
#define AZL_API __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
extern "C" {
#endif

/*===- Errors
 * ------------------------------------------------------------------------------------===*/

typedef enum azl_status {
  AZL_OK = 0,
  AZL_INVALID_ARGUMENT = 1, /* an argument of the call: a wrong shape, type, name or count */
  AZL_NOT_FOUND = 2,        /* no such file or device */
  AZL_BAD_ARTIFACT = 3,     /* the file is no artifact, or a damaged one, or of another version */
  AZL_UNSUPPORTED = 4,      /* this machine lacks something that the artifact's code needs */
  AZL_OUT_OF_MEMORY = 5,    /* memory ran out, or the session's memory limit is too low */
  AZL_RUN_FAILED = 6        /* the model itself stopped the run */
} azl_status;

/* What went wrong in the last call on this thread that failed; "" before the first. Valid until
 * this thread's next failing call. */
AZL_API const char *azl_last_error(void);

/* "0.1.0" */
AZL_API const char *azl_version(void);

/*===- Element types
 * -----------------------------------------------------------------------------===*/

/* The numbers are those of ONNX's TensorProto.DataType. */
typedef enum azl_element_type {
  AZL_UNDEFINED = 0,
  AZL_FLOAT = 1,
  AZL_UINT8 = 2,
  AZL_INT8 = 3,
  AZL_UINT16 = 4,
  AZL_INT16 = 5,
  AZL_INT32 = 6,
  AZL_INT64 = 7,
  AZL_STRING = 8, /* an azl_string per element */
  AZL_BOOL = 9, /* one byte per element, 0 or 1 */
  AZL_FLOAT16 = 10,
  AZL_DOUBLE = 11,
  AZL_UINT32 = 12,
  AZL_UINT64 = 13,
  AZL_COMPLEX64 = 14,
  AZL_COMPLEX128 = 15,
  AZL_BFLOAT16 = 16,
  AZL_FLOAT8E4M3FN = 17,
  AZL_FLOAT8E4M3FNUZ = 18,
  AZL_FLOAT8E5M2 = 19,
  AZL_FLOAT8E5M2FNUZ = 20,
  /* Packed as ONNX packs them, the first element in a byte's low bits: */
  AZL_UINT4 = 21,
  AZL_INT4 = 22,
  AZL_FLOAT4E2M1 = 23,
  AZL_FLOAT8E8M0 = 24,
  AZL_UINT2 = 25,
  AZL_INT2 = 26
} azl_element_type;

/* "float", "int64", …: ONNX's names in lower case; "undefined" for anything else. */
AZL_API const char *azl_element_type_name(azl_element_type type);
/* AZL_UNDEFINED for a name that is none. */
AZL_API azl_element_type azl_element_type_from_name(const char *name);
/* Bits an element takes in a tensor: 8 for bool, 4 for int4, 128 for string, 0 for undefined. */
AZL_API int32_t azl_element_type_bits(azl_element_type type);

/*===- Tensors
 * -----------------------------------------------------------------------------------===*/

/* Where a tensor's memory is. The numbers of all but the host are DLPack's. */
typedef enum azl_device_kind { AZL_HOST = 0, AZL_CUDA = 2 } azl_device_kind;

typedef struct azl_device {
  azl_device_kind kind;
  int32_t index; /* among the devices of its kind; 0 for the host */
} azl_device;

/* An element of a tensor of strings: bytes, in ONNX UTF-8, without a zero behind them. */
typedef struct azl_string {
  const char *data;
  size_t size;
} azl_string;

/* A view of a tensor, in the manner of DLPack. */
typedef struct azl_tensor {
  void *data; /* first element; may be NULL where there are no elements */
  azl_element_type type;
  int32_t rank;
  const int64_t *shape;   /* rank entries; may be NULL where rank is 0 */
  const int64_t *strides; /* in elements; NULL: contiguous and row-major, as packed types and
                             strings must be */
  void *owner;            /* the runtime's: NULL in every tensor that a caller makes */
  azl_device device;      /* where `data` is; all zero: in the host's memory */
} azl_tensor;

/* Bytes of the elements of a contiguous tensor of this type and shape; -1 where that overflows or a
 * dimension is negative. */
AZL_API int64_t azl_tensor_bytes(azl_element_type type, int32_t rank, const int64_t *shape);

/* Gives back what azl_run allocated, or a DLPack tensor that azl_tensor_from_dlpack took, and
 * zeroes the view. Nothing happens to a caller's tensor. */
AZL_API void azl_tensor_release(azl_tensor *tensor);

/* Takes a DLManagedTensor (of DLPack's dlpack.h) as it is, without a copy: azl_tensor_release calls
 * its deleter. After a failure it is still the caller's. */
struct DLManagedTensor;
AZL_API azl_status azl_tensor_from_dlpack(struct DLManagedTensor *managed, azl_tensor *tensor);

/* The same tensor as a DLManagedTensor. What owned the memory goes with it: `tensor` is a caller's
 * view from here on, which needs no release. */
AZL_API azl_status azl_tensor_to_dlpack(azl_tensor *tensor, struct DLManagedTensor **managed);

/*===- Values
 * ------------------------------------------------------------------------------------===*/

/* A tensor, or a list of values: a sequence; an optional, which holds one value or none; a map,
 * which holds its keys, a tensor of rank 1, and a sequence of as many values. Values never change
 * and count references; a list holds one to each of its elements. */
typedef struct azl_value azl_value;

typedef enum azl_value_kind {
  AZL_VALUE_TENSOR = 0,
  AZL_VALUE_SEQUENCE = 1,
  AZL_VALUE_OPTIONAL = 2,
  AZL_VALUE_MAP = 3
} azl_value_kind;

/* A copy of a tensor, contiguous or not; strings are copied too. */
AZL_API azl_status azl_value_from_tensor(const azl_tensor *tensor, azl_value **value);
AZL_API azl_status azl_value_from_list(azl_value_kind kind, azl_value *const *elements,
                                       size_t count, azl_value **value);
AZL_API void azl_value_retain(azl_value *value);
/* NULL may be released. */
AZL_API void azl_value_release(azl_value *value);

AZL_API azl_value_kind azl_value_get_kind(const azl_value *value);
/* A view of a tensor; zeroed for what is none. */
AZL_API azl_tensor azl_value_get_tensor(const azl_value *value);
/* The elements of a list; no references are added. A tensor has none. */
AZL_API size_t azl_value_count(const azl_value *value);
AZL_API azl_value *azl_value_element(const azl_value *value, size_t index);

/*===- Models
 * ------------------------------------------------------------------------------------===*/

typedef struct azl_model azl_model;

typedef struct azl_model_options {
  size_t size; /* sizeof(azl_model_options) */
  /* Compares the weights with the hashes in the artifact. This reads every byte of them; without it
   * they are mapped, and read when they are first used. */
  int32_t check_weights;
} azl_model_options;

/* Loads a shared library of operators (operators.h), for the models that are loaded from now on; it
 * stays loaded. A library is code, like an artifact. */
AZL_API azl_status azl_load_operators(const char *path);

/* Loads an artifact. The file is checked before any of its code is loaded: format and version, that
 * it is whole, that its weights are there, and that this machine has the CPU features it needs.
 * options may be NULL. */
AZL_API azl_status azl_model_load(const char *path, const azl_model_options *options,
                                  azl_model **model);

/* Sessions keep their model, so it may be released while they live. */
AZL_API void azl_model_release(azl_model *model);

AZL_API const char *azl_model_name(const azl_model *model);
/* All there is to know about the artifact: the JSON text described in Artifact/Format.h. */
AZL_API const char *azl_model_metadata(const azl_model *model);

typedef struct azl_value_info {
  const char *name;
  azl_element_type type;
  int32_t rank;
  const int64_t *shape;       /* -1 for each dimension that is not static */
  const char *const *symbols; /* for each dimension the symbol that names it, or an expression over
                                 symbols ("past + 1"); "?" where it has no name, NULL where it is
                                 static */
  const char *value_type;     /* NULL for a tensor; otherwise the type as ONNX writes it,
                                 "seq(tensor(float))", `type` being AZL_UNDEFINED and `rank` 0 */
} azl_value_info;

AZL_API size_t azl_model_input_count(const azl_model *model);
AZL_API size_t azl_model_output_count(const azl_model *model);
/* index must be less than the count. */
AZL_API azl_value_info azl_model_input(const azl_model *model, size_t index);
AZL_API azl_value_info azl_model_output(const azl_model *model, size_t index);

AZL_API size_t azl_model_kernel_count(const azl_model *model);
AZL_API const char *azl_model_kernel_name(const azl_model *model, size_t index);

/* The most memory that a run with inputs of these shapes takes beside its inputs, outputs, weights
 * and the threads' scratch. The tensors' data is not looked at and may be NULL. *bytes is -1 where
 * there is no bound; azl_model_unbounded_reason then says why (and is NULL otherwise). */
AZL_API azl_status azl_model_peak_memory(const azl_model *model, const azl_tensor *inputs,
                                         size_t input_count, int64_t *bytes);
AZL_API const char *azl_model_unbounded_reason(const azl_model *model);

/*===- Sessions
 * ----------------------------------------------------------------------------------===*/

typedef struct azl_session azl_session;

typedef struct azl_session_options {
  size_t size;        /* sizeof(azl_session_options) */
  const char *device; /* "cpu", "cuda" or "cuda:1" (a GPU), "cudasim" or "cudasim:sm_80" (the
                         simulated one); NULL: the kind that the artifact was compiled for */
  int32_t threads;    /* 0: one per CPU this process may use; 1: only the calling thread, always */
  int32_t profile;    /* not 0: measure each kernel's time */
  int64_t memory_limit; /* bytes that one run's arena and pool may take; 0: no limit */
} azl_session_options;

/* options may be NULL. */
AZL_API azl_status azl_session_create(azl_model *model, const azl_session_options *options,
                                      azl_session **session);
AZL_API void azl_session_destroy(azl_session *session);
AZL_API int32_t azl_session_threads(const azl_session *session);

/* Runs the model. Inputs are in the model's order and are never written. An output that is zeroed
 * is allocated by the runtime, and the caller releases it; one with `data` is written in place, and
 * must have the type and the shape that the run gives it, contiguous. After a failure no output is
 * allocated, and the contents of given ones are undefined.
 *
 * A session of a GPU also takes inputs in that GPU's memory, contiguous and not packed, whose
 * contents must be there when azl_run is called (whoever wrote them has waited for it); and it
 * leaves outputs there whose `device` says so, with or without `data`. All outputs are complete
 * when azl_run returns. */
AZL_API azl_status azl_run(azl_session *session, const azl_tensor *inputs, size_t input_count,
                           azl_tensor *outputs, size_t output_count);

/* The same for any model, also one whose inputs or outputs are no tensors. The caller releases the
 * outputs, which are NULL after a failure. */
AZL_API azl_status azl_run_values(azl_session *session, azl_value *const *inputs,
                                  size_t input_count, azl_value **outputs, size_t output_count);

/* The most bytes that arena and pool have held in any one run of this session so far. */
AZL_API int64_t azl_session_memory_used(const azl_session *session);

typedef struct azl_kernel_profile {
  int64_t launches;
  int64_t nanoseconds; /* wall-clock time of all launches, as the launching thread sees it */
} azl_kernel_profile;

/* Sums over all runs since the session was created; zeros unless it was created with `profile`. */
AZL_API azl_kernel_profile azl_session_kernel_profile(const azl_session *session, size_t kernel);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* AZULEJO_RUNTIME_H */
