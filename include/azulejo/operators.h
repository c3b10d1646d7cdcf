/*===- operators.h - Operators from a shared library
 * ---------------------------------------------===*
 *
 * An operator that ONNX's operators cannot say is a pair of C functions: one that tells the type of
 * its outputs when a model is compiled, and one that computes them when it runs. A shared library
 * with such operators has one symbol:
 *
 *     static const struct azl_operator_attribute attributes[] = {{"cap", AZL_ATTRIBUTE_FLOAT, 0}};
 *     static const struct azl_operator operators[] = {
 *         {"example", "SoftCap", attributes, 1, 1, 1, 1, infer, run}};
 *     const struct azl_operator *azl_operators(int32_t version, size_t *count) {
 *       *count = 1;
 *       return version == AZL_OPERATORS_VERSION ? operators : NULL;
 *     }
 *
 *     cc -shared -fPIC -I include softcap.c -o libsoftcap.so
 *     azulejo compile model.onnx --operators ./libsoftcap.so -o model.azm
 *     azulejo-run model.azm --operators ./libsoftcap.so …
 *
 * An artifact names operators, never libraries: whoever runs it says where they are, by
 * azl_load_operators. Its functions run on the host, between kernels; tensors of a GPU are copied.
 * docs/AddAnOperator.md has a whole example, and says when another way is the better one.
 *
 *===------------------------------------------------------------------------------------------===*/
#ifndef AZULEJO_OPERATORS_H
#define AZULEJO_OPERATORS_H

#include "azulejo/Artifact/Host.h"
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The numbers are those of ONNX's AttributeProto.AttributeType. */
enum azl_attribute_kind {
  AZL_ATTRIBUTE_FLOAT = 1,  /* a tensor of float */
  AZL_ATTRIBUTE_INT = 2,    /* of int64 */
  AZL_ATTRIBUTE_STRING = 3, /* of string */
  AZL_ATTRIBUTE_FLOATS = 6,
  AZL_ATTRIBUTE_INTS = 7,
  AZL_ATTRIBUTE_STRINGS = 8
};

/* Both functions get an attribute as a tensor of rank 1: one element, or as many as its list has;
 * no element where the node does not have it. */
struct azl_operator_attribute {
  const char *name;
  int32_t kind;     /* an azl_attribute_kind */
  int32_t required; /* not 0: a node without it is an error */
};

/* Inputs and outputs are tensors of any element type and rank. Trailing inputs and outputs may be
 * absent, down to the least number; the most may be AZL_ANY_NUMBER. The operator has one version: a
 * model may import any opset of its domain. */
#define AZL_ANY_NUMBER 0x7fffffff
struct azl_operator {
  const char *domain, *name; /* "example", "SoftCap"; a domain that ONNX does not have */
  const struct azl_operator_attribute *attributes;
  int32_t attribute_count;
  int32_t least_inputs, most_inputs;
  int32_t outputs; /* all of which each node has */

  /* Both get the attributes in the order above, then the node's inputs, and set every output, or
   * call host->fail, whose message the user sees with the node's name. They may run on any thread,
   * and several calls at once; the outputs are a function of the inputs and nothing else.
   *
   * `infer` is called when a model is compiled, as often as more becomes known. Its inputs have
   * element type, rank and shape. A size that depends on the run is negative: -1 where nothing is
   * known of it, and below -1 the same number for the same size; an output's shape says it in
   * these numbers. host->data gives the elements of attributes and of small constants, NULL (which
   * is no failure) for any other input. Outputs are made by host->make_tensor, whose `data` is then
   * NULL; what `infer` says of sizes is checked when the model runs. There are no lists.
   *
   * `run` is called when a model runs, with everything known. */
  azm_host_function infer, run;
};

/* The library's one symbol, with C linkage: its operators, which live as long as it is loaded, or
 * NULL where it was made for another version of this interface. */
#define AZL_OPERATORS_VERSION 1
#define AZL_OPERATORS_SYMBOL "azl_operators"
typedef const struct azl_operator *(*azl_operators_function)(int32_t version, size_t *count);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* AZULEJO_OPERATORS_H */
