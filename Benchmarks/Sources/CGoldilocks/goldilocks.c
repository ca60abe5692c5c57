#include "CGoldilocks.h"

#define P UINT64_C(0xffffffff00000001)
// 2^64 mod p.
#define EPSILON UINT64_C(0xffffffff)

uint64_t goldilocks_canonical(uint64_t x) { return x >= P ? x - P : x; }

static uint64_t add(uint64_t a, uint64_t b) {
  return (uint64_t)(((unsigned __int128)a + b) % P);
}
static uint64_t mul(uint64_t a, uint64_t b) {
  return (uint64_t)((unsigned __int128)a * b % P);
}

void goldilocks3_mul_scalar(
  const uint64_t *a, const uint64_t *b, uint64_t *out, size_t stride, size_t n) {
  for (size_t i = 0; i < n; i++) {
    uint64_t d[5] = {0};
    for (int j = 0; j < 3; j++) {
      for (int k = 0; k < 3; k++) {
        d[j + k] = add(d[j + k], mul(a[j * stride + i], b[k * stride + i]));
      }
    }
    out[i] = add(d[0], add(d[3], d[3]));
    out[stride + i] = add(d[1], add(d[4], d[4]));
    out[2 * stride + i] = d[2];
  }
}

#if defined(__x86_64__)

#include <immintrin.h>

int goldilocks_has_vectors(void) {
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512ifma");
}

#pragma clang attribute push(                                                   \
  __attribute__((target("avx512f,avx512dq,avx512ifma"))), apply_to = function)

typedef __m512i V;
#define INLINE static inline __attribute__((always_inline))

// A word as its low 52 and high 12 bits.
typedef struct {
  V low, high;
} Split;

// A sum of products as words of weight 1, 2^52 and 2^104: nine products of each coefficient's
// kind keep them below 2^57, 2^58 and 2^29.
typedef struct {
  V w0, w1, w2;
} Sum;

INLINE Split split(V x) {
  return (Split){x, _mm512_srli_epi64(x, 52)};
}

// The low word needs no mask: the multiply-add reads 52 bits of its operands.
INLINE Sum mad(Sum s, Split a, Split b) {
  s.w0 = _mm512_madd52lo_epu64(s.w0, a.low, b.low);
  s.w1 = _mm512_madd52hi_epu64(s.w1, a.low, b.low);
  s.w1 = _mm512_madd52lo_epu64(s.w1, a.low, b.high);
  s.w1 = _mm512_madd52lo_epu64(s.w1, a.high, b.low);
  s.w2 = _mm512_madd52hi_epu64(s.w2, a.low, b.high);
  s.w2 = _mm512_madd52hi_epu64(s.w2, a.high, b.low);
  s.w2 = _mm512_madd52lo_epu64(s.w2, a.high, b.high);
  return s;
}

INLINE V add_mod(V a, V b) {
  V sum = _mm512_add_epi64(a, b);
  __mmask8 carry = _mm512_cmplt_epu64_mask(sum, a);
  return _mm512_mask_add_epi64(sum, carry, sum, _mm512_set1_epi64(EPSILON));
}

INLINE V sub_mod(V a, V b) {
  __mmask8 borrow = _mm512_cmplt_epu64_mask(a, b);
  V difference = _mm512_sub_epi64(a, b);
  return _mm512_mask_sub_epi64(difference, borrow, difference, _mm512_set1_epi64(EPSILON));
}

// w0 + 2^52 w1 + 2^104 w2 with 2^64 = 2^32 - 1 and 2^96 = -1. Of w1, twelve bits complete the low
// word and the rest h weighs 2^64. Every added word but the shifted one is below 2^64 - 2^32 and
// every subtracted one below 2^38, so that one correction is enough for each.
INLINE V reduce(Sum s) {
  const V mask32 = _mm512_set1_epi64(EPSILON);
  V h = _mm512_srli_epi64(s.w1, 12);
  V h0 = _mm512_and_si512(h, mask32), h1 = _mm512_srli_epi64(h, 32);
  V low = add_mod(_mm512_slli_epi64(s.w1, 52), s.w0);
  V middle = _mm512_sub_epi64(_mm512_slli_epi64(h0, 32), h0);
  V minus = _mm512_add_epi64(h1, _mm512_slli_epi64(s.w2, 8));
  return add_mod(sub_mod(low, minus), middle);
}

INLINE Sum add_twice(Sum a, Sum b) {
  return (Sum){
    _mm512_add_epi64(a.w0, _mm512_add_epi64(b.w0, b.w0)),
    _mm512_add_epi64(a.w1, _mm512_add_epi64(b.w1, b.w1)),
    _mm512_add_epi64(a.w2, _mm512_add_epi64(b.w2, b.w2))};
}

void goldilocks3_mul_vector(
  const uint64_t *a, const uint64_t *b, uint64_t *out, size_t stride, size_t n) {
  for (size_t i = 0; i < n; i += 8) {
    Split x[3], y[3];
    for (size_t k = 0; k < 3; k++) {
      x[k] = split(_mm512_loadu_si512(a + k * stride + i));
      y[k] = split(_mm512_loadu_si512(b + k * stride + i));
    }
    const Sum zero = {_mm512_setzero_si512(), _mm512_setzero_si512(), _mm512_setzero_si512()};
    Sum d3 = mad(mad(zero, x[1], y[2]), x[2], y[1]);
    Sum d0 = add_twice(mad(zero, x[0], y[0]), d3);
    _mm512_storeu_si512(out + i, reduce(d0));
    Sum d4 = mad(zero, x[2], y[2]);
    Sum d1 = add_twice(mad(mad(zero, x[0], y[1]), x[1], y[0]), d4);
    _mm512_storeu_si512(out + stride + i, reduce(d1));
    Sum d2 = mad(mad(mad(zero, x[0], y[2]), x[1], y[1]), x[2], y[0]);
    _mm512_storeu_si512(out + 2 * stride + i, reduce(d2));
  }
}

#pragma clang attribute pop

#else

int goldilocks_has_vectors(void) { return 0; }

void goldilocks3_mul_vector(
  const uint64_t *a, const uint64_t *b, uint64_t *out, size_t stride, size_t n) {
  goldilocks3_mul_scalar(a, b, out, stride, n);
}

#endif
