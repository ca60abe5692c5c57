// The kernels for processors with the 512-bit vectors and their 52-bit multiply-add. Functions
// name the instructions they need, so that no compiler flag is required and the rest of the
// library runs anywhere.
#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

#pragma clang attribute push(                                                            \
  __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,avx512ifma,fma,avx2"))),     \
  apply_to = function)
#define CK_IFMA 1
#define KERNELS_NAME ck_kernels_ifma
#include "kernels.h"
#pragma clang attribute pop

#endif
