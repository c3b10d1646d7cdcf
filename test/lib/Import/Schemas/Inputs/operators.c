/* Operators that show what passes between a model and a library: Describe what it is called with,
 * Same and Sized what inference knows, Liar what happens when that was wrong. WRONG is a
 * declaration that is refused. */
#include "azulejo/operators.h"
#include "azulejo/runtime.h"
#include <stdio.h>
#include <string.h>

typedef struct azm_host Host;
typedef const struct azm_value *Value;

static void *make(Host *host, Value *output, int32_t type, int32_t rank, const int64_t *shape) {
  void *data = NULL;
  *output = host->make_tensor(host, type, rank, shape, &data);
  return data;
}

static int64_t size_of(Host *host, Value tensor) {
  int64_t size = 1;
  for (int32_t d = 0; d < host->rank(tensor); ++d)
    size *= host->shape(tensor)[d];
  return size;
}

/* y has the type and the shape of x. */
static void infer_same(Host *host, const Value *inputs, int64_t input_count, Value *outputs,
                       int64_t output_count) {
  Value x = inputs[input_count - 1];
  make(host, &outputs[0], host->element_type(x), host->rank(x), host->shape(x));
  (void)output_count;
}

static void run_same(Host *host, const Value *inputs, int64_t input_count, Value *outputs,
                     int64_t output_count) {
  infer_same(host, inputs, input_count, outputs, output_count);
  Value x = inputs[input_count - 1];
  void *y = (void *)host->data(host, outputs[0]);
  memcpy(y, host->data(host, x), size_of(host, x) * sizeof(float));
}

/* One element less than infer_same says. */
static void run_liar(Host *host, const Value *inputs, int64_t input_count, Value *outputs,
                     int64_t output_count) {
  int64_t size = size_of(host, inputs[0]) - 1;
  make(host, &outputs[0], AZL_FLOAT, 1, &size);
  (void)input_count, (void)output_count;
}

/* y is n zeros. */
static void infer_sized(Host *host, const Value *inputs, int64_t input_count, Value *outputs,
                        int64_t output_count) {
  const int64_t *n = host->data(host, inputs[0]);
  int64_t size = n ? *n : -1;
  make(host, &outputs[0], AZL_FLOAT, 1, &size);
  (void)input_count, (void)output_count;
}

/* A line of text for each attribute and input. */
static void infer_describe(Host *host, const Value *inputs, int64_t input_count, Value *outputs,
                           int64_t output_count) {
  make(host, &outputs[0], AZL_STRING, 1, &input_count);
  (void)inputs, (void)output_count;
}

static void run_describe(Host *host, const Value *inputs, int64_t input_count, Value *outputs,
                         int64_t output_count) {
  int64_t *numbers = make(host, &outputs[0], AZL_STRING, 1, &input_count);
  for (int64_t i = 0; i < input_count; ++i) {
    char text[256] = "";
    char *end = text + sprintf(text, "%s:", azl_element_type_name(host->element_type(inputs[i])));
    const void *data = host->data(host, inputs[i]);
    for (int64_t k = 0; k < size_of(host, inputs[i]); ++k) {
      int64_t length = 0;
      if (host->element_type(inputs[i]) == AZL_FLOAT)
        end += sprintf(end, " %g", ((const float *)data)[k]);
      else if (host->element_type(inputs[i]) == AZL_INT64)
        end += sprintf(end, " %d", (int)((const int64_t *)data)[k]);
      else if (host->element_type(inputs[i]) == AZL_STRING) {
        const char *word = host->text(host, ((const int64_t *)data)[k], &length);
        end += sprintf(end, " '%.*s'", (int)length, word);
      }
    }
    numbers[i] = host->number(host, text, (int64_t)strlen(text));
  }
  (void)output_count;
}

/* infer_refuse has no good word for any node; infer_nothing forgets its output; infer_invent gives
 * a size that is nobody's. */
static void infer_refuse(Host *host, const Value *inputs, int64_t input_count, Value *outputs,
                         int64_t output_count) {
  host->fail(host, "not this one");
  (void)inputs, (void)input_count, (void)outputs, (void)output_count;
}
static void infer_nothing(Host *host, const Value *inputs, int64_t input_count, Value *outputs,
                          int64_t output_count) {
  (void)host, (void)inputs, (void)input_count, (void)outputs, (void)output_count;
}
static void infer_invent(Host *host, const Value *inputs, int64_t input_count, Value *outputs,
                         int64_t output_count) {
  int64_t size = -7;
  make(host, &outputs[0], AZL_FLOAT, 1, &size);
  (void)inputs, (void)input_count, (void)output_count;
}

static const struct azl_operator_attribute attributes[] = {
    {"f", AZL_ATTRIBUTE_FLOAT, 0},  {"i", AZL_ATTRIBUTE_INT, 1},
    {"s", AZL_ATTRIBUTE_STRING, 0}, {"fs", AZL_ATTRIBUTE_FLOATS, 0},
    {"is", AZL_ATTRIBUTE_INTS, 0},  {"ss", AZL_ATTRIBUTE_STRINGS, 0},
};

static const struct azl_operator operators[] = {
    {"test", "Same", NULL, 0, 1, 1, 1, infer_same, run_same},
    {"test", "Liar", NULL, 0, 1, 1, 1, infer_same, run_liar},
    {"test", "Sized", NULL, 0, 1, 1, 1, infer_sized, run_liar},
    {"test", "Describe", attributes, 6, 0, AZL_ANY_NUMBER, 1, infer_describe, run_describe},
    {"test", "Refuse", NULL, 0, 1, 2, 1, infer_refuse, run_same},
    {"test", "Nothing", NULL, 0, 1, 1, 1, infer_nothing, run_same},
    {"test", "Invent", NULL, 0, 1, 1, 1, infer_invent, run_same},
#ifdef WRONG
    WRONG,
#endif
};

const struct azl_operator *azl_operators(int32_t version, size_t *count) {
  *count = sizeof operators / sizeof operators[0];
#ifdef REFUSE
  return NULL;
#endif
  return version == AZL_OPERATORS_VERSION ? operators : NULL;
}
