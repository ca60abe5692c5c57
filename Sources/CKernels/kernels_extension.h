// Element by element kernels over E, and dot products.
#pragma once

#include "field.h"
#include "words.h"

// x = a * b.
static void e_mul_kernel(const Job *job, size_t begin, size_t end, uint64_t *sums) {
  (void)sums;
  const Job j = *job;
  FOR_LANES(i, begin, end, {
    e_store(m, j.x, i, e_mul(e_load(m, j.a, i), e_load(m, j.b, i)));
  });
}

// x = s * a.
static void e_scale_kernel(const Job *job, size_t begin, size_t end, uint64_t *sums) {
  (void)sums;
  const Job j = *job;
  const E5 s = e_scalar(j.s);
  FOR_LANES(i, begin, end, { e_store(m, j.x, i, e_mul5(e_load(m, j.a, i), s)); });
}

// x = a * b for b over F.
static void e_mul_base_kernel(const Job *job, size_t begin, size_t end, uint64_t *sums) {
  (void)sums;
  const Job j = *job;
  FOR_LANES(i, begin, end, {
    e_store(m, j.x, i, e_mul_base(e_load(m, j.a, i), v_load(m, j.b.base + i)));
  });
}

// x += s * a.
static void e_axpy_kernel(const Job *job, size_t begin, size_t end, uint64_t *sums) {
  (void)sums;
  const Job j = *job;
  const E5 s = e_scalar(j.s);
  FOR_LANES(i, begin, end, {
    E product = e_mul5(e_load(m, j.a, i), s);
    e_store(m, j.x, i, e_add(e_load(m, j.x, i), product));
  });
}

INLINE void e_axpy_kind(ck_int_kind kind, const Job *job, size_t begin, size_t end) {
  const Job j = *job;
  const E s = e_broadcast(j.s);
  FOR_LANES(i, begin, end, {
    E product = e_mul_base(s, word_load(kind, m, j.w, i));
    e_store(m, j.x, i, e_add(e_load(m, j.x, i), product));
  });
}

// x += s * w for words w; s carries a further 2^52 when they are integers.
static void e_axpy_word(const Job *job, size_t begin, size_t end, uint64_t *sums) {
  (void)sums;
  BY_WORD_KIND(job->kind, e_axpy_kind, job, begin, end);
}

INLINE E e_fold_step(E lo, E hi, E5 r) { return e_add(lo, e_mul5(e_sub(hi, lo), r)); }

// x = a + s * (b - a).
static void e_fold_kernel(const Job *job, size_t begin, size_t end, uint64_t *sums) {
  (void)sums;
  const Job j = *job;
  const E5 r = e_scalar(j.s);
  FOR_LANES(i, begin, end, {
    e_store(m, j.x, i, e_fold_step(e_load(m, j.a, i), e_load(m, j.b, i), r));
  });
}

INLINE void e_fold_kind(ck_int_kind kind, const Job *job, size_t begin, size_t end) {
  const Job j = *job;
  const E r = e_broadcast(j.s);
  FOR_LANES(i, begin, end, {
    V d = word_difference(kind, m, j.w2, j.w, i);
    V lo = word_load(kind, m, j.w, i);
    V start = kind == CK_BASE ? lo : f_mul(lo, v_set(FP_R2));
    E product = e_mul_base(r, d);
    product.c0 = f_add(product.c0, start);
    e_store(m, j.x, i, product);
  });
}

// x = w + s * (w2 - w) for words; s carries a further 2^52 when they are integers.
static void e_fold_word(const Job *job, size_t begin, size_t end, uint64_t *sums) {
  (void)sums;
  BY_WORD_KIND(job->kind, e_fold_kind, job, begin, end);
}

// y[i] = s * x[i] and x[i] -= y[i].
static void eq_double(const Job *job, size_t begin, size_t end, uint64_t *sums) {
  (void)sums;
  const Job j = *job;
  const E5 z = e_scalar(j.s);
  FOR_LANES(i, begin, end, {
    E old = e_load(m, j.x, i);
    E high = e_mul5(old, z);
    e_store(m, j.y, i, high);
    e_store(m, j.x, i, e_sub(old, high));
  });
}

// sum a * b.
static void e_dot_kernel(const Job *job, size_t begin, size_t end, uint64_t *sums) {
  const Job j = *job;
  while (begin < end) {
    size_t stop = end - begin > WIDE_VECTORS * LANES ? begin + WIDE_VECTORS * LANES : end;
    Wide total = wide_zero();
    FOR_LANES(i, begin, stop, { wide_mad(&total, e_load(m, j.a, i), e_load(m, j.b, i)); });
    e_collect(sums, wide_reduce(total));
    begin = stop;
  }
}

INLINE void e_dot_kind(
  ck_int_kind kind, const Job *job, size_t begin, size_t end, uint64_t *sums) {
  const Job j = *job;
  while (begin < end) {
    size_t stop = end - begin > WORD_PRODUCTS * LANES ? begin + WORD_PRODUCTS * LANES : end;
    EAcc total = eacc_zero();
    FOR_LANES(i, begin, stop, {
      eacc_mad_word(&total, e_load(m, j.a, i), word_load(kind, m, j.w, i));
    });
    e_collect(sums, eacc_reduce(total));
    begin = stop;
  }
}

// sum a * w for words w. Integers leave a factor of 2^-52.
static void e_dot_word(const Job *job, size_t begin, size_t end, uint64_t *sums) {
  BY_WORD_KIND(job->kind, e_dot_kind, job, begin, end, sums);
}
