// Rounds of the sum-check protocol.
#pragma once

#include "field.h"
#include "job.h"

// Running sums of two quantities over a range, reduced every WIDE_VECTORS vectors.
#define FOR_ROUND(i, begin, end, ...)                                                         \
  while (begin < end) {                                                                       \
    size_t stop = end - begin > WIDE_VECTORS * LANES ? begin + WIDE_VECTORS * LANES : end;    \
    Wide first = wide_zero(), second = wide_zero();                                           \
    FOR_LANES(i, begin, stop, __VA_ARGS__);                                                   \
    e_collect(sums, wide_reduce(first));                                                      \
    e_collect(sums + 3, wide_reduce(second));                                                 \
    begin = stop;                                                                             \
  }

// Halves of a and b at distance h.
static void round_product(const Job *job, size_t begin, size_t end, uint64_t *sums) {
  const Job j = *job;
  FOR_ROUND(i, begin, end, {
    E a = e_load(m, j.a, i), b = e_load(m, j.b, i);
    wide_mad(&first, a, b);
    wide_mad(&second, e_sub(e_load(m, j.a, i + j.h), a), e_sub(e_load(m, j.b, i + j.h), b));
  })
}

// The same for a over F.
static void round_product_base(const Job *job, size_t begin, size_t end, uint64_t *sums) {
  const Job j = *job;
  while (begin < end) {
    size_t stop = end - begin > WORD_PRODUCTS / 2 * LANES ? begin + WORD_PRODUCTS / 2 * LANES : end;
    EAcc first = eacc_zero(), second = eacc_zero();
    FOR_LANES(i, begin, stop, {
      V a = v_load(m, j.a.base + i);
      E b = e_load(m, j.b, i);
      V difference = f_sub(v_load(m, j.a.base + i + j.h), a);
      eacc_mad_word(&first, b, a);
      eacc_mad_word(&second, e_sub(e_load(m, j.b, i + j.h), b), difference);
    });
    e_collect(sums, eacc_reduce(first));
    e_collect(sums + 3, eacc_reduce(second));
    begin = stop;
  }
}

// Folds a and b, of four quarters of h elements, by s into x and y and takes the round of those.
static void fold_round_product(const Job *job, size_t begin, size_t end, uint64_t *sums) {
  const Job j = *job;
  const E5 r = e_scalar(j.s);
  FOR_ROUND(i, begin, end, {
    E a = e_fold_step(e_load(m, j.a, i), e_load(m, j.a, i + 2 * j.h), r);
    E b = e_fold_step(e_load(m, j.b, i), e_load(m, j.b, i + 2 * j.h), r);
    E a_high = e_fold_step(e_load(m, j.a, i + j.h), e_load(m, j.a, i + 3 * j.h), r);
    E b_high = e_fold_step(e_load(m, j.b, i + j.h), e_load(m, j.b, i + 3 * j.h), r);
    e_store(m, j.x, i, a);
    e_store(m, j.y, i, b);
    e_store(m, j.x, i + j.h, a_high);
    e_store(m, j.y, i + j.h, b_high);
    wide_mad(&first, a, b);
    wide_mad(&second, e_sub(a_high, a), e_sub(b_high, b));
  })
}

// a*b + c*d: six products a coordinate, below 6p * 2^52 in all.
INLINE E e_mul_pair(E a, E5 b, E c, E5 d) {
  EAcc s = eacc_zero();
  eacc_mad(&s, a, b);
  eacc_mad(&s, c, d);
  return eacc_reduce(s);
}

// Fractions a/b: x = a*b' + a'*b and y = b*b', the primes standing for the other half.
static void gkr_layer(const Job *job, size_t begin, size_t end, uint64_t *sums) {
  (void)sums;
  const Job j = *job;
  FOR_LANES(i, begin, end, {
    E5 q = e_multiplier(e_load(m, j.b, i));
    E high = e_load(m, j.b, i + j.h);
    E5 q_high = e_multiplier(high);
    E p = e_load(m, j.a, i), p_high = e_load(m, j.a, i + j.h);
    e_store(m, j.x, i, e_mul_pair(p, q_high, p_high, q));
    e_store(m, j.y, i, e_mul5(high, q));
  });
}

// The same for numerators that are all one.
static void gkr_layer_unit(const Job *job, size_t begin, size_t end, uint64_t *sums) {
  (void)sums;
  const Job j = *job;
  FOR_LANES(i, begin, end, {
    E q = e_load(m, j.b, i), q_high = e_load(m, j.b, i + j.h);
    e_store(m, j.x, i, e_add(q, q_high));
    e_store(m, j.y, i, e_mul(q, q_high));
  });
}

typedef struct {
  E p0, q0, p1, q1;
} Fractions;

INLINE Fractions fractions_load(const Job *j, M m, size_t i) {
  return (Fractions){
    e_load(m, j->a, i), e_load(m, j->b, i), e_load(m, j->c, i), e_load(m, j->d, i)};
}

INLINE void fractions_store(const Job *j, M m, size_t i, Fractions f) {
  e_store(m, j->a, i, f.p0);
  e_store(m, j->b, i, f.q0);
  e_store(m, j->c, i, f.p1);
  e_store(m, j->d, i, f.q1);
}

INLINE Fractions fractions_sub(Fractions a, Fractions b) {
  return (Fractions){
    e_sub(a.p0, b.p0), e_sub(a.q0, b.q0), e_sub(a.p1, b.p1), e_sub(a.q1, b.q1)};
}

INLINE Fractions fractions_fold(Fractions lo, Fractions hi, E5 r) {
  return (Fractions){
    e_fold_step(lo.p0, hi.p0, r), e_fold_step(lo.q0, hi.q0, r), e_fold_step(lo.p1, hi.p1, r),
    e_fold_step(lo.q1, hi.q1, r)};
}

INLINE E fractions_sum(Fractions f) {
  return e_mul_pair(f.p0, e_multiplier(f.q1), f.p1, e_multiplier(f.q0));
}

// p0, q0, p1, q1 are a, b, c, d and the weights are e.
static void gkr_round(const Job *job, size_t begin, size_t end, uint64_t *sums) {
  const Job j = *job;
  FOR_ROUND(i, begin, end, {
    E weight = e_load(m, j.e, i);
    Fractions lo = fractions_load(&j, m, i);
    wide_mad(&first, fractions_sum(lo), weight);
    Fractions step = fractions_sub(fractions_load(&j, m, i + j.h), lo);
    wide_mad(&second, fractions_sum(step), weight);
  })
}

// Folds the four vectors, of four quarters of h elements, by s in place and takes the round of
// their first halves.
static void gkr_fold_round(const Job *job, size_t begin, size_t end, uint64_t *sums) {
  const Job j = *job;
  const E5 r = e_scalar(j.s);
  FOR_ROUND(i, begin, end, {
    E weight = e_load(m, j.e, i);
    Fractions lo = fractions_fold(
      fractions_load(&j, m, i), fractions_load(&j, m, i + 2 * j.h), r);
    Fractions hi = fractions_fold(
      fractions_load(&j, m, i + j.h), fractions_load(&j, m, i + 3 * j.h), r);
    fractions_store(&j, m, i, lo);
    fractions_store(&j, m, i + j.h, hi);
    wide_mad(&first, fractions_sum(lo), weight);
    wide_mad(&second, fractions_sum(fractions_sub(hi, lo)), weight);
  })
}
