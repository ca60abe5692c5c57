// Public functions on vectors over F and E.
#include <stdlib.h>

#include "job.h"

// Indices below which a second thread costs more than it saves, for light and heavy kernels.
enum { LIGHT = 1 << 14, HEAVY = 1 << 12 };

static ck_ext base_vector(const uint64_t *a) { return (ck_ext){(uint64_t *)a, 0}; }

// e*2^52 for a scalar e that multiplies integers: a product then is a Montgomery form.
static ck_fp3 for_integers(ck_fp3 s) { return fp3_scale(s, FP_R2); }

void ck_from_int(ck_int_kind kind, const void *w, uint64_t *out, size_t n) {
  Job job = {.w = w, .kind = kind, .x = base_vector(out)};
  ck_run(ck_kernels()->from_int, &job, n, LIGHT);
}

static void unary(Kernel *kernel, const uint64_t *a, uint64_t *out, size_t n) {
  Job job = {.a = base_vector(a), .x = base_vector(out)};
  ck_run(kernel, &job, n, LIGHT);
}

void ck_from_canonical(const uint64_t *a, uint64_t *out, size_t n) {
  unary(ck_kernels()->from_canonical, a, out, n);
}

void ck_to_canonical(const uint64_t *a, uint64_t *out, size_t n) {
  unary(ck_kernels()->to_canonical, a, out, n);
}

void ck_normalise(const uint64_t *a, uint64_t *out, size_t n) {
  unary(ck_kernels()->normalise, a, out, n);
}

static void binary(Kernel *kernel, const uint64_t *a, const uint64_t *b, uint64_t *out, size_t n) {
  Job job = {.a = base_vector(a), .b = base_vector(b), .x = base_vector(out)};
  ck_run(kernel, &job, n, LIGHT);
}

void ck_add(const uint64_t *a, const uint64_t *b, uint64_t *out, size_t n) {
  binary(ck_kernels()->add, a, b, out, n);
}

void ck_sub(const uint64_t *a, const uint64_t *b, uint64_t *out, size_t n) {
  binary(ck_kernels()->sub, a, b, out, n);
}

void ck_mul(const uint64_t *a, const uint64_t *b, uint64_t *out, size_t n) {
  binary(ck_kernels()->mul, a, b, out, n);
}

void ck_scale(const uint64_t *a, uint64_t s, uint64_t *out, size_t n) {
  Job job = {
    .a = base_vector(a), .x = base_vector(out), .s = {s, (s * FP_PINV) & FP_MASK52, 0}};
  ck_run(ck_kernels()->scale, &job, n, LIGHT);
}

uint64_t ck_sum(const uint64_t *a, size_t n) {
  Job job = {.a = base_vector(a)};
  uint64_t sum;
  ck_reduce(ck_kernels()->sum, &job, n, LIGHT, &sum, 1);
  return sum;
}

void ck_e_add(ck_ext a, ck_ext b, ck_ext out, size_t n) {
  for (size_t k = 0; k < 3; k++) {
    ck_add(a.base + k * a.stride, b.base + k * b.stride, out.base + k * out.stride, n);
  }
}

void ck_e_sub(ck_ext a, ck_ext b, ck_ext out, size_t n) {
  for (size_t k = 0; k < 3; k++) {
    ck_sub(a.base + k * a.stride, b.base + k * b.stride, out.base + k * out.stride, n);
  }
}

void ck_e_mul(ck_ext a, ck_ext b, ck_ext out, size_t n) {
  Job job = {.a = a, .b = b, .x = out};
  ck_run(ck_kernels()->e_mul, &job, n, HEAVY);
}

void ck_e_scale(ck_ext a, ck_fp3 s, ck_ext out, size_t n) {
  Job job = {.a = a, .s = s, .x = out};
  ck_run(ck_kernels()->e_scale, &job, n, HEAVY);
}

void ck_e_mul_base(ck_ext a, const uint64_t *b, ck_ext out, size_t n) {
  Job job = {.a = a, .b = base_vector(b), .x = out};
  ck_run(ck_kernels()->e_mul_base, &job, n, HEAVY);
}

void ck_e_axpy(ck_fp3 s, ck_ext x, ck_ext y, size_t n) {
  Job job = {.a = x, .s = s, .x = y};
  ck_run(ck_kernels()->e_axpy, &job, n, HEAVY);
}

void ck_e_axpy_base(ck_fp3 s, const uint64_t *x, ck_ext y, size_t n) {
  Job job = {.w = x, .kind = CK_BASE, .s = s, .x = y};
  ck_run(ck_kernels()->e_axpy_word, &job, n, HEAVY);
}

void ck_e_axpy_int(ck_fp3 s, ck_int_kind kind, const void *x, ck_ext y, size_t n) {
  Job job = {.w = x, .kind = kind, .s = for_integers(s), .x = y};
  ck_run(ck_kernels()->e_axpy_word, &job, n, HEAVY);
}

void ck_e_fold(ck_ext lo, ck_ext hi, ck_fp3 r, ck_ext out, size_t n) {
  Job job = {.a = lo, .b = hi, .s = r, .x = out};
  ck_run(ck_kernels()->e_fold, &job, n, HEAVY);
}

void ck_e_fold_base(
  const uint64_t *lo, const uint64_t *hi, ck_fp3 r, ck_ext out, size_t n) {
  Job job = {.w = lo, .w2 = hi, .kind = CK_BASE, .s = r, .x = out};
  ck_run(ck_kernels()->e_fold_word, &job, n, HEAVY);
}

void ck_e_fold_int(
  ck_int_kind kind, const void *lo, const void *hi, ck_fp3 r, ck_ext out, size_t n) {
  Job job = {.w = lo, .w2 = hi, .kind = kind, .s = for_integers(r), .x = out};
  ck_run(ck_kernels()->e_fold_word, &job, n, HEAVY);
}

// Coordinates are taken from the least significant; each turns the table of the bits below it
// into two halves. Only the indices below n are made.
void ck_e_eq_table(const ck_fp3 *z, size_t m, ck_fp3 scale, ck_ext out, size_t n) {
  if (n == 0) return;
  fp3_store(out, 0, scale);
  for (size_t k = 0; k < m; k++) {
    ck_fp3 coordinate = z[m - 1 - k];
    size_t half = (size_t)1 << k;
    size_t low = half < n ? half : n;
    size_t high = n - low < half ? n - low : half;
    Job job = {.x = out, .y = ck_ext_at(out, half), .s = coordinate};
    ck_run(ck_kernels()->eq_double, &job, high, HEAVY);
    ck_fp3 complement = {
      fp_sub(FP_ONE, coordinate.c0), fp_sub(0, coordinate.c1), fp_sub(0, coordinate.c2)};
    ck_ext rest = ck_ext_at(out, high);
    ck_e_scale(rest, complement, rest, low - high);
  }
}

static ck_fp3 as_element(const uint64_t *sums) { return (ck_fp3){sums[0], sums[1], sums[2]}; }

ck_fp3 ck_e_sum(ck_ext a, size_t n) {
  return (ck_fp3){
    ck_sum(a.base, n), ck_sum(a.base + a.stride, n), ck_sum(a.base + 2 * a.stride, n)};
}

ck_fp3 ck_e_dot(ck_ext a, ck_ext b, size_t n) {
  Job job = {.a = a, .b = b};
  uint64_t sums[CK_MAX_SUMS];
  ck_reduce(ck_kernels()->e_dot, &job, n, HEAVY, sums, 3);
  return as_element(sums);
}

ck_fp3 ck_e_dot_base(ck_ext a, const uint64_t *b, size_t n) {
  Job job = {.a = a, .w = b, .kind = CK_BASE};
  uint64_t sums[CK_MAX_SUMS];
  ck_reduce(ck_kernels()->e_dot_word, &job, n, HEAVY, sums, 3);
  return as_element(sums);
}

ck_fp3 ck_e_dot_int(ck_ext a, ck_int_kind kind, const void *b, size_t n) {
  Job job = {.a = a, .w = b, .kind = kind};
  uint64_t sums[CK_MAX_SUMS];
  ck_reduce(ck_kernels()->e_dot_word, &job, n, HEAVY, sums, 3);
  return for_integers(as_element(sums));
}

typedef struct {
  ck_fp3 s;
  ck_ext a, b, w;
  size_t columns, row_stride;
} Outer;

static void outer_rows(void *context, size_t begin, size_t end) {
  const Outer *outer = context;
  for (size_t r = begin; r < end; r++) {
    Job job = {
      .a = outer->b, .s = fp3_mul(outer->s, fp3_load(outer->a, r)),
      .x = ck_ext_at(outer->w, r * outer->row_stride)};
    ck_kernels()->e_axpy(&job, 0, outer->columns, NULL);
  }
}

void ck_e_outer_axpy(
  ck_fp3 s, ck_ext a, size_t rows, ck_ext b, size_t columns, ck_ext w, size_t row_stride) {
  Outer outer = {s, a, b, w, columns, row_stride};
  ck_parallel_for(rows, 1 + HEAVY / (columns + 1), &outer, outer_rows);
}
