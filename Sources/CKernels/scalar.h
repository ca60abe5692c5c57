// Scalar arithmetic of F and E for set-up work: every value is a Montgomery form in [0, p).
#pragma once

#include "include/CKernels.h"

#define FP_P UINT64_C(1125625028935681)
// p^-1 mod 2^52, 2^52 mod p and 2^104 mod p.
#define FP_PINV UINT64_C(3377974598434817)
#define FP_ONE UINT64_C(1099511627772)
#define FP_R2 UINT64_C(8795019018192)
// 2^50 = 2^38 - 1 mod p.
#define FP_FOLD ((UINT64_C(1) << 38) - 1)
#define FP_MASK50 ((UINT64_C(1) << 50) - 1)
#define FP_MASK52 ((UINT64_C(1) << 52) - 1)

static inline uint64_t fp_canonical(uint64_t x) { return x >= FP_P ? x - FP_P : x; }

static inline uint64_t fp_add(uint64_t a, uint64_t b) { return fp_canonical(a + b); }

static inline uint64_t fp_sub(uint64_t a, uint64_t b) { return fp_canonical(a + FP_P - b); }

// Inputs in [0, 2p) are allowed: the quotient then stays below 2p before the last step.
static inline uint64_t fp_mul(uint64_t a, uint64_t b) {
  unsigned __int128 t = (unsigned __int128)a * b;
  uint64_t q = ((uint64_t)t * FP_PINV) & FP_MASK52;
  uint64_t high = (uint64_t)(((unsigned __int128)q * FP_P) >> 52);
  return fp_canonical((uint64_t)(t >> 52) + FP_P - high);
}

static inline uint64_t fp_power(uint64_t x, uint64_t exponent) {
  uint64_t result = FP_ONE;
  for (; exponent != 0; exponent >>= 1) {
    if (exponent & 1) result = fp_mul(result, x);
    x = fp_mul(x, x);
  }
  return result;
}

static inline uint64_t fp_from_integer(uint64_t v) { return fp_mul(v, FP_R2); }

// The root of unity of order 2^log: 11^((p-1)/2^log).
static inline uint64_t fp_root(unsigned log) {
  return fp_power(fp_from_integer(11), (FP_P - 1) >> log);
}

static inline uint64_t fp_times5(uint64_t x) {
  uint64_t twice = fp_add(x, x);
  return fp_add(fp_add(twice, twice), x);
}

static inline ck_fp3 fp3_add(ck_fp3 a, ck_fp3 b) {
  return (ck_fp3){fp_add(a.c0, b.c0), fp_add(a.c1, b.c1), fp_add(a.c2, b.c2)};
}

static inline ck_fp3 fp3_scale(ck_fp3 a, uint64_t s) {
  return (ck_fp3){fp_mul(a.c0, s), fp_mul(a.c1, s), fp_mul(a.c2, s)};
}

static inline ck_fp3 fp3_mul(ck_fp3 a, ck_fp3 b) {
  uint64_t d3 = fp_add(fp_mul(a.c1, b.c2), fp_mul(a.c2, b.c1));
  uint64_t d2 = fp_add(fp_add(fp_mul(a.c0, b.c2), fp_mul(a.c2, b.c0)), fp_mul(a.c1, b.c1));
  uint64_t d1 = fp_add(fp_mul(a.c0, b.c1), fp_mul(a.c1, b.c0));
  return (ck_fp3){
    fp_add(fp_mul(a.c0, b.c0), fp_times5(d3)),
    fp_add(d1, fp_times5(fp_mul(a.c2, b.c2))), d2};
}

// Element i of a vector over E.
static inline ck_fp3 fp3_load(ck_ext a, size_t i) {
  const uint64_t *p = a.base + i;
  return (ck_fp3){
    fp_canonical(p[0]), fp_canonical(p[a.stride]), fp_canonical(p[2 * a.stride])};
}

static inline void fp3_store(ck_ext a, size_t i, ck_fp3 v) {
  a.base[i] = v.c0;
  a.base[a.stride + i] = v.c1;
  a.base[2 * a.stride + i] = v.c2;
}

static inline ck_ext ck_ext_at(ck_ext a, size_t offset) {
  return (ck_ext){a.base + offset, a.stride};
}
