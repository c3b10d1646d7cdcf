/* The header's example, as C99: loads an artifact, runs it, gives everything back. */
#include "azulejo/runtime.h"
#include <stdio.h>

int main(int argc, char **argv) {
  azl_model *model;
  azl_session *session;
  if (argc != 2 || azl_model_load(argv[1], NULL, &model) ||
      azl_session_create(model, NULL, &session)) {
    fprintf(stderr, "%s\n", azl_last_error());
    return 1;
  }
  float data[4] = {1, -2, 3, -4};
  int64_t shape[] = {1, 4};
  azl_tensor input = {.data = data, .type = AZL_FLOAT, .rank = 2, .shape = shape};
  azl_tensor output = {0};
  if (azl_run(session, &input, 1, &output, 1)) {
    fprintf(stderr, "%s\n", azl_last_error());
    return 1;
  }
  for (int i = 0; i < 4; ++i)
    printf("%g\n", ((const float *)output.data)[i]);
  azl_tensor_release(&output);
  azl_session_destroy(session);
  azl_model_release(model);
  return 0;
}
