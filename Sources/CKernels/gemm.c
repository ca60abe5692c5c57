// Public function: matrix product in double precision.
#include "job.h"

void ck_gemm_f64(
  size_t m, size_t n, size_t k, const double *a, size_t lda, const double *b, size_t ldb,
  double *c, size_t ldc) {
  if (m == 0 || n == 0 || k == 0) return;
  const Kernels *kernels = ck_kernels();
  Gemm g = {m, n, k, lda, ldb, ldc, a, b, c};
  Job job = {.w = &g};
  size_t units = (n + kernels->gemm_columns - 1) / kernels->gemm_columns;
  ck_run(kernels->gemm, &job, units, 1 + (1 << 15) / (m * k * kernels->gemm_columns));
}
