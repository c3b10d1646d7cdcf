//===- Cuda.h - NVIDIA's cuda.h, its functions exported -------------------===//
#ifndef AZULEJO_CUDASIM_DRIVER_CUDA_H
#define AZULEJO_CUDASIM_DRIVER_CUDA_H

// Everything else in this library is hidden. cuda.h also maps each name to the newest version of
// its function (cuMemAlloc to cuMemAlloc_v2), so that what is defined here is what programs
// compiled with it look for.
#pragma GCC visibility push(default)
#include <cuda.h>
#pragma GCC visibility pop

static_assert(CUDA_VERSION >= 13000, "the driver is written against CUDA 13's cuda.h");

#endif // AZULEJO_CUDASIM_DRIVER_CUDA_H
