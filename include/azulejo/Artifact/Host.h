/*===- Host.h - What the runtime and the host library agree on
 * -------------------------------------===*
 *
 * The libraries that the caller gives (azulejo/operators.h) are called in the same way. The host
 * library (libazulejo-host) holds the operators on values that are no tensors of numbers:
 * sequences, optionals, strings, images. The runtime loads it only for an artifact that names one
 * of its functions, and it reaches values only through the table that its functions are called
 * with. Plain C.
 *
 * Values never change. A tensor that a function gets may lie in a device's memory: it comes to the
 * host when `data` is asked for, and moves from list to list without.
 *
 *===------------------------------------------------------------------------------------------===*/
#ifndef AZULEJO_ARTIFACT_HOST_H
#define AZULEJO_ARTIFACT_HOST_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The numbers are those of azl_value_kind. */
enum azm_value_kind { AZM_TENSOR = 0, AZM_SEQUENCE = 1, AZM_OPTIONAL = 2, AZM_MAP = 3 };

struct azm_value;

struct azm_host {
  int32_t (*kind)(const struct azm_value *value);

  /* Of a tensor: its element type, as in TensorProto.DataType; its shape; its elements, contiguous,
   * row-major, at least one byte each, a string being its number (int64_t). `data` gives NULL, and
   * has called `fail`, where memory ran out; it is not NULL for a tensor without elements. */
  int32_t (*element_type)(const struct azm_value *tensor);
  int32_t (*rank)(const struct azm_value *tensor);
  const int64_t *(*shape)(const struct azm_value *tensor);
  const void *(*data)(struct azm_host *host, const struct azm_value *tensor);

  /* Of a list: an optional has one element or none, a map its keys and its values. */
  int64_t (*count)(const struct azm_value *list);
  const struct azm_value *(*element)(const struct azm_value *list, int64_t index);

  /* New values. They live as long as the call, and longer as an output or a part of one. NULL, and
   * `fail` has been called, where memory ran out or a size is impossible. The elements of a tensor
   * are zero until they are written through *data. */
  const struct azm_value *(*make_tensor)(struct azm_host *host, int32_t element_type, int32_t rank,
                                         const int64_t *shape, void **data);
  const struct azm_value *(*make_list)(struct azm_host *host, int32_t kind,
                                       const struct azm_value *const *elements, int64_t count);

  /* The bytes of string `number`, "" for a number that no string has; the number of a string, -1
   * where memory ran out. */
  const char *(*text)(struct azm_host *host, int64_t number, int64_t *size);
  int64_t (*number)(struct azm_host *host, const char *text, int64_t size);

  /* The call ends the run with this error. The first counts. */
  void (*fail)(struct azm_host *host, const char *message);
};

/* An operator: the values of attributes come first, then its inputs (lib/Lower/HostOperators.cpp).
 * Sets each output, or calls `fail`. */
typedef void (*azm_host_function)(struct azm_host *host, const struct azm_value *const *inputs,
                                  int64_t input_count, const struct azm_value **outputs,
                                  int64_t output_count);

/* The library's one symbol: a function by its name, or NULL. */
#define AZM_HOST_FIND_SYMBOL "azm_host_find"
typedef azm_host_function (*azm_host_find_function)(const char *name);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* AZULEJO_ARTIFACT_HOST_H */
