/* Sequences and optionals through the C API; values.onnxtxt is the model. */
#include <azulejo/runtime.h>
#include <stdio.h>

static azl_value *tensor(int64_t size, float first) {
  float data[8];
  for (int64_t i = 0; i < size; ++i)
    data[i] = first + (float)i;
  azl_tensor view = {data, AZL_FLOAT, 1, NULL, NULL, NULL, {AZL_HOST, 0}};
  view.shape = &size;
  azl_value *value = NULL;
  if (azl_value_from_tensor(&view, &value))
    printf("%s\n", azl_last_error());
  return value;
}

static azl_value *list(azl_value_kind kind, azl_value **elements, size_t count) {
  azl_value *value = NULL;
  if (azl_value_from_list(kind, elements, count, &value))
    printf("%s\n", azl_last_error());
  for (size_t i = 0; i < count; ++i)
    azl_value_release(elements[i]);
  return value;
}

static int has(azl_value **outputs) {
  return *(const unsigned char *)azl_value_get_tensor(outputs[1]).data;
}

int main(int argc, char **argv) {
  azl_model *model;
  azl_session *session;
  if (argc != 2 || azl_model_load(argv[1], NULL, &model) ||
      azl_session_create(model, NULL, &session))
    return fprintf(stderr, "%s\n", azl_last_error()), 1;
  azl_value *parts[] = {tensor(1, 0), tensor(2, 0)}, *present[] = {tensor(2, 1)};
  azl_value *inputs[] = {tensor(3, 7), list(AZL_VALUE_SEQUENCE, parts, 2),
                         list(AZL_VALUE_OPTIONAL, present, 1)};
  azl_value *outputs[2];
  if (azl_run_values(session, inputs, 3, outputs, 2))
    return fprintf(stderr, "%s\n", azl_last_error()), 1;
  size_t count = azl_value_count(outputs[0]);
  azl_tensor last = azl_value_get_tensor(azl_value_element(outputs[0], count - 1));
  const float *data = last.data;
  printf("longer has %d elements, the last is [%g %g %g]\n", (int)count, data[0], data[1], data[2]);
  printf("has: %d\n", has(outputs));
  azl_value_release(outputs[0]);
  azl_value_release(outputs[1]);

  azl_value_release(inputs[2]);
  inputs[2] = list(AZL_VALUE_OPTIONAL, NULL, 0);
  if (azl_run_values(session, inputs, 3, outputs, 2))
    return fprintf(stderr, "%s\n", azl_last_error()), 1;
  printf("without the optional: has: %d\n", has(outputs));
  azl_value_release(outputs[0]);
  azl_value_release(outputs[1]);

  azl_tensor tensors[3] = {{0}}, results[2] = {{0}};
  if (azl_run(session, tensors, 3, results, 2))
    printf("azl_run: %s\n", azl_last_error());
  azl_value *swapped[] = {inputs[0], inputs[2], inputs[2]};
  if (azl_run_values(session, swapped, 3, outputs, 2))
    printf("wrong type: %s\n", azl_last_error());
  swapped[0] = inputs[1];
  if (azl_run_values(session, swapped, 3, outputs, 2))
    printf("wrong kind: %s\n", azl_last_error());
  for (int i = 0; i < 3; ++i)
    azl_value_release(inputs[i]);
  azl_session_destroy(session);
  azl_model_release(model);
  return 0;
}
