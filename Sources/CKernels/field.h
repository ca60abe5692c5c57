// Arithmetic of F and E on vectors. Values are Montgomery forms with R = 2^52 in [0, 2p) unless
// a comment says otherwise; note 4p < 2^52 - 2^39.
#pragma once

#include "lanes.h"

INLINE V f_p(void) { return v_set(FP_P); }

// x in [0, 4p) to [0, 2p): when x < 2p the difference wraps round and the minimum is x.
INLINE V f_halve(V x) { return v_min(x, v_minus(x, v_set(2 * FP_P))); }

// [0, 2p) to [0, p).
INLINE V f_canonical(V x) { return v_min(x, v_minus(x, f_p())); }

// x < 4094 * 2^50 to [0, 2p): the top part, at most 4093, weighs 2^50 = 2^38 - 1, so the result
// is below 2^50 + 4093 * 2^38 < 2p.
INLINE V f_fold(V x) {
  return v_madlo(v_and(x, v_set(FP_MASK50)), v_shr(x, 50), v_set(FP_FOLD));
}

INLINE V f_add(V a, V b) { return f_halve(v_plus(a, b)); }

INLINE V f_sub(V a, V b) { return f_halve(v_plus(v_minus(a, b), v_set(2 * FP_P))); }

// A signed integer of magnitude below p to its residue in [0, p): a negative one is huge as an
// unsigned word, so the minimum is the sum with p.
INLINE V f_signed(V x) { return v_min(x, v_plus(x, f_p())); }

// The product in (0, 2p) of a and b when a*b < p * 2^52, as for a, b < 2p because 4p < 2^52. The
// multiple q*p agrees with a*b in the low 52 bits, so the difference of the two is the difference
// of the high parts, and that of q*p is below p.
INLINE V f_mul(V a, V b) {
  V zero = v_set(0);
  V q = v_madlo(zero, v_madlo(zero, a, b), v_set(FP_PINV));
  return v_minus(v_madhi(f_p(), a, b), v_madhi(zero, q, f_p()));
}

// The same by a constant b given with b * p^-1 mod 2^52, which saves one multiplication.
INLINE V f_mul_constant(V a, V b, V b_pinv) {
  V zero = v_set(0);
  V q = v_madlo(zero, a, b_pinv);
  return v_minus(v_madhi(f_p(), a, b), v_madhi(zero, q, f_p()));
}

#if LANES > 1

// A sum of products in two words of weight 1 and 2^52.
typedef struct {
  V lo, hi;
} Acc;

INLINE Acc acc_make(V lo, V hi) { return (Acc){lo, hi}; }

INLINE void acc_mad(Acc *s, V a, V b) {
  s->lo = v_madlo(s->lo, a, b);
  s->hi = v_madhi(s->hi, a, b);
}

INLINE Acc acc_add(Acc a, Acc b) { return (Acc){v_plus(a.lo, b.lo), v_plus(a.hi, b.hi)}; }

INLINE V acc_low(Acc s) { return s.lo; }
INLINE V acc_quotient(Acc s) { return v_plus(s.hi, v_shr(s.lo, 52)); }

#else

// A sum of products; factors are below 2^52.
typedef struct {
  unsigned __int128 sum;
} Acc;

INLINE Acc acc_make(V lo, V hi) { return (Acc){((unsigned __int128)hi << 52) + lo}; }
INLINE void acc_mad(Acc *s, V a, V b) { s->sum += (unsigned __int128)a * b; }
INLINE Acc acc_add(Acc a, Acc b) { return (Acc){a.sum + b.sum}; }
INLINE V acc_low(Acc s) { return (V)s.sum; }
INLINE V acc_quotient(Acc s) { return (V)(s.sum >> 52); }

#endif

// Zero; starting at p * 2^52 keeps the reduction from going below zero.
INLINE Acc acc_zero(void) { return acc_make(v_set(0), f_p()); }

// sum / 2^52 - q*p / 2^52, in (sum / 2^52 - p, sum / 2^52].
INLINE V acc_montgomery(Acc s) {
  V q = v_madlo(v_set(0), acc_low(s), v_set(FP_PINV));
  return v_minus(acc_quotient(s), v_madhi(v_set(0), q, f_p()));
}

// Reduces a sum of at most three products of values in [0, 2p): each is below
// 4p^2 < p * (1 - 2^-13) * 2^52, so with the p that acc_zero holds the result is below 4p.
INLINE V acc_reduce_small(Acc s) { return f_halve(acc_montgomery(s)); }

// Reduces any sum below 4094 * 2^50 * 2^52.
INLINE V acc_reduce(Acc s) { return f_fold(acc_montgomery(s)); }

// a + 5b.
INLINE Acc acc_add5(Acc a, Acc b) {
  Acc twice = acc_add(b, b);
  return acc_add(acc_add(a, b), acc_add(twice, twice));
}

// ---- E

typedef struct {
  V c0, c1, c2;
} E;

// An element with five times its last two coordinates, the form of a multiplier: X^3 = 5.
typedef struct {
  V c0, c1, c2, f1, f2;
} E5;

INLINE E e_load(M m, ck_ext a, size_t i) {
  const uint64_t *p = a.base + i;
  return (E){v_load(m, p), v_load(m, p + a.stride), v_load(m, p + 2 * a.stride)};
}

INLINE void e_store(M m, ck_ext a, size_t i, E v) {
  uint64_t *p = a.base + i;
  v_store(m, p, v.c0);
  v_store(m, p + a.stride, v.c1);
  v_store(m, p + 2 * a.stride, v.c2);
}

INLINE E e_zero(void) { return (E){v_set(0), v_set(0), v_set(0)}; }
INLINE E e_add(E a, E b) {
  return (E){f_add(a.c0, b.c0), f_add(a.c1, b.c1), f_add(a.c2, b.c2)};
}
INLINE E e_sub(E a, E b) {
  return (E){f_sub(a.c0, b.c0), f_sub(a.c1, b.c1), f_sub(a.c2, b.c2)};
}
INLINE E e_mul_base(E a, V b) {
  return (E){f_mul(a.c0, b), f_mul(a.c1, b), f_mul(a.c2, b)};
}

INLINE V f_times5(V x) { return f_fold(v_plus(x, v_shl(x, 2))); }
INLINE E5 e_multiplier(E a) { return (E5){a.c0, a.c1, a.c2, f_times5(a.c1), f_times5(a.c2)}; }
INLINE E5 e_scalar(ck_fp3 s) {
  return (E5){
    v_set(s.c0), v_set(s.c1), v_set(s.c2), v_set(fp_times5(s.c1)), v_set(fp_times5(s.c2))};
}

// Three coordinates, each a sum of three products: 18 multiply-adds a product.
typedef struct {
  Acc c0, c1, c2;
} EAcc;

INLINE EAcc eacc_zero(void) { return (EAcc){acc_zero(), acc_zero(), acc_zero()}; }

INLINE void eacc_mad(EAcc *s, E a, E5 b) {
  acc_mad(&s->c0, a.c0, b.c0);
  acc_mad(&s->c1, a.c0, b.c1);
  acc_mad(&s->c2, a.c0, b.c2);
  acc_mad(&s->c0, a.c1, b.f2);
  acc_mad(&s->c1, a.c1, b.c0);
  acc_mad(&s->c2, a.c1, b.c1);
  acc_mad(&s->c0, a.c2, b.f1);
  acc_mad(&s->c1, a.c2, b.f2);
  acc_mad(&s->c2, a.c2, b.c0);
}

INLINE E eacc_reduce(EAcc s) {
  return (E){acc_reduce(s.c0), acc_reduce(s.c1), acc_reduce(s.c2)};
}

INLINE E e_mul5(E a, E5 b) {
  EAcc s = eacc_zero();
  eacc_mad(&s, a, b);
  return (E){acc_reduce_small(s.c0), acc_reduce_small(s.c1), acc_reduce_small(s.c2)};
}

INLINE E e_mul(E a, E b) { return e_mul5(a, e_multiplier(b)); }

// The five coefficients of a sum of products of polynomials in X, reduced mod X^3 - 5 at the end.
typedef struct {
  Acc d0, d1, d2, d3, d4;
} Wide;

// The number of vectors of products a Wide takes: coordinate 0 gets 1 + 5*2 products of each, so
// 11 * 256 products and the 6 starting values p, which acc_reduce bounds: each product is below
// p * 2^52, and lo stays below 11 * 256 * 2^52 < 2^64.
enum { WIDE_VECTORS = 256 };

INLINE Wide wide_zero(void) {
  return (Wide){acc_zero(), acc_zero(), acc_zero(), acc_zero(), acc_zero()};
}

INLINE void wide_mad(Wide *s, E a, E b) {
  acc_mad(&s->d0, a.c0, b.c0);
  acc_mad(&s->d1, a.c0, b.c1);
  acc_mad(&s->d2, a.c0, b.c2);
  acc_mad(&s->d3, a.c1, b.c2);
  acc_mad(&s->d4, a.c2, b.c2);
  acc_mad(&s->d1, a.c1, b.c0);
  acc_mad(&s->d2, a.c1, b.c1);
  acc_mad(&s->d3, a.c2, b.c1);
  acc_mad(&s->d2, a.c2, b.c0);
}

INLINE E wide_reduce(Wide s) {
  return (E){
    acc_reduce(acc_add5(s.d0, s.d3)), acc_reduce(acc_add5(s.d1, s.d4)), acc_reduce(s.d2)};
}

// Adds the sum of the lanes to a canonical scalar; eight lanes below 2p stay far below 2^62.
INLINE void f_collect(uint64_t *sum, V v) {
  uint64_t x = v_horizontal_sum(v) % FP_P;
  *sum = fp_add(*sum, x);
}

INLINE void e_collect(uint64_t sum[3], E v) {
  f_collect(sum, v.c0);
  f_collect(sum + 1, v.c1);
  f_collect(sum + 2, v.c2);
}
