// Public functions: sum-check rounds and the fractional sum-check.
#include "job.h"

enum { GRAIN = 1 << 11 };

static ck_fp3_pair reduce_pair(Kernel *kernel, const Job *job, size_t h) {
  uint64_t s[CK_MAX_SUMS];
  ck_reduce(kernel, job, h, GRAIN, s, CK_MAX_SUMS);
  return (ck_fp3_pair){{s[0], s[1], s[2]}, {s[3], s[4], s[5]}};
}

ck_fp3_pair ck_round_product(ck_ext a, ck_ext b, size_t h) {
  Job job = {.a = a, .b = b, .h = h};
  return reduce_pair(ck_kernels()->round_product, &job, h);
}

ck_fp3_pair ck_round_product_base(const uint64_t *a, ck_ext b, size_t h) {
  Job job = {.a = {(uint64_t *)a, 0}, .b = b, .h = h};
  return reduce_pair(ck_kernels()->round_product_base, &job, h);
}

ck_fp3_pair ck_fold_round_product(
  ck_ext a, ck_ext b, ck_fp3 r, ck_ext a_out, ck_ext b_out, size_t h) {
  Job job = {.a = a, .b = b, .x = a_out, .y = b_out, .s = r, .h = h / 2};
  return reduce_pair(ck_kernels()->fold_round_product, &job, h / 2);
}

void ck_gkr_layer(ck_ext p, ck_ext q, ck_ext p_out, ck_ext q_out, size_t h) {
  Job job = {.a = p, .b = q, .x = p_out, .y = q_out, .h = h};
  ck_run(ck_kernels()->gkr_layer, &job, h, GRAIN);
}

void ck_gkr_layer_unit(ck_ext q, ck_ext p_out, ck_ext q_out, size_t h) {
  Job job = {.b = q, .x = p_out, .y = q_out, .h = h};
  ck_run(ck_kernels()->gkr_layer_unit, &job, h, GRAIN);
}

ck_fp3_pair ck_gkr_round(
  ck_ext p0, ck_ext q0, ck_ext p1, ck_ext q1, ck_ext eq, size_t h) {
  Job job = {.a = p0, .b = q0, .c = p1, .d = q1, .e = eq, .h = h};
  return reduce_pair(ck_kernels()->gkr_round, &job, h);
}

ck_fp3_pair ck_gkr_fold_round(
  ck_ext p0, ck_ext q0, ck_ext p1, ck_ext q1, ck_ext eq, ck_fp3 r, size_t h) {
  Job job = {.a = p0, .b = q0, .c = p1, .d = q1, .e = eq, .s = r, .h = h / 2};
  return reduce_pair(ck_kernels()->gkr_fold_round, &job, h / 2);
}
