/*===- cudasim.h - What the simulated CUDA driver can do beyond CUDA -------------------------===*
 *
 * libazulejo-cudasim.so has the CUDA driver API's functions, and these. A program that opens it by
 * the name libcuda.so.1 need not know them: environment variables do the same
 * (docs/Simulator.md).
 *
 *===-----------------------------------------------------------------------------------------===*/
#ifndef AZULEJO_CUDASIM_H
#define AZULEJO_CUDASIM_H

#include <stddef.h>

#define AZL_CUDASIM_API __attribute__((visibility("default")))

#ifdef __cplusplus
extern "C" {
#endif

/* Sets what the environment variable AZULEJO_CUDASIM_<key> sets: ("ARCH", "sm_80"), ("CHECKS",
 * "0"). ARCH, MEMORY and SMS must be set before cuInit. 0 where that is done; otherwise
 * azl_cudasim_error() says why not. */
AZL_CUDASIM_API int azl_cudasim_configure(const char *key, const char *value);

/* The reason of the last azl_cudasim_configure of this thread that failed. */
AZL_CUDASIM_API const char *azl_cudasim_error(void);

/* Copies a text to `buffer`, as much as fits, ended by a 0, and returns the text's length:
 *   azl_cudasim_reports         JSON: an array of what the last kernel that failed did wrong
 *   azl_cudasim_counters        JSON: an object of what the last kernel did, in numbers
 *   azl_cudasim_counters_table  the same numbers as a table for a person */
AZL_CUDASIM_API size_t azl_cudasim_reports(char *buffer, size_t size);
AZL_CUDASIM_API size_t azl_cudasim_counters(char *buffer, size_t size);
AZL_CUDASIM_API size_t azl_cudasim_counters_table(char *buffer, size_t size);

#ifdef __cplusplus
}
#endif

#endif /* AZULEJO_CUDASIM_H */
