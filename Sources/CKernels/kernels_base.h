// Kernels over F: x = f(a, b).
#pragma once

#include "field.h"
#include "words.h"

#define BASE_KERNEL(name, expression)                                                    \
  static void name(const Job *job, size_t begin, size_t end, uint64_t *sums) {           \
    (void)sums;                                                                          \
    const uint64_t *a = job->a.base, *b = job->b.base;                                   \
    uint64_t *x = job->x.base;                                                           \
    const V s = v_set(job->s.c0), s_pinv = v_set(job->s.c1);                             \
    (void)b, (void)s, (void)s_pinv;                                                      \
    FOR_LANES(i, begin, end, { v_store(m, x + i, expression); });                        \
  }

BASE_KERNEL(from_canonical, f_canonical(f_mul(v_load(m, a + i), v_set(FP_R2))))
BASE_KERNEL(to_canonical, f_canonical(f_mul(v_load(m, a + i), v_set(1))))
BASE_KERNEL(normalise, f_canonical(v_load(m, a + i)))
BASE_KERNEL(base_add, f_add(v_load(m, a + i), v_load(m, b + i)))
BASE_KERNEL(base_sub, f_sub(v_load(m, a + i), v_load(m, b + i)))
BASE_KERNEL(base_mul, f_mul(v_load(m, a + i), v_load(m, b + i)))
// s.c1 is s.c0 * p^-1 mod 2^52.
BASE_KERNEL(base_scale, f_mul_constant(v_load(m, a + i), s, s_pinv))

INLINE void from_int_kind(ck_int_kind kind, const Job *job, size_t begin, size_t end) {
  uint64_t *x = job->x.base;
  FOR_LANES(i, begin, end, {
    v_store(m, x + i, f_mul(word_load(kind, m, job->w, i), v_set(FP_R2)));
  });
}

// x = w for integers w.
static void from_int(const Job *job, size_t begin, size_t end, uint64_t *sums) {
  (void)sums;
  BY_INT_KIND(job->kind, from_int_kind, job, begin, end);
}

// 1024 words below 2p add up to less than the 4094 * 2^50 that f_fold takes.
static void base_sum(const Job *job, size_t begin, size_t end, uint64_t *sums) {
  while (begin < end) {
    size_t stop = end - begin > 1024 * LANES ? begin + 1024 * LANES : end;
    V total = v_set(0);
    FOR_LANES(i, begin, stop, { total = v_plus(total, v_load(m, job->a.base + i)); });
    f_collect(sums, f_fold(total));
    begin = stop;
  }
}
