// The vector of LANES 64-bit words that every kernel is written over. Each path compiles the same
// kernels with its own definition: eight lanes with the 52-bit multiply-add instructions, or one
// lane of plain C that computes the very same function.
#pragma once

#include "scalar.h"

#define INLINE static inline __attribute__((always_inline))

#if defined(CK_IFMA)

#include <immintrin.h>

#define LANES 8
typedef __m512i V;
typedef __mmask8 M;
#define FULL ((M)0xff)

INLINE M v_tail(size_t left) { return (M)((1u << left) - 1); }
INLINE V v_set(uint64_t x) { return _mm512_set1_epi64((long long)x); }
INLINE V v_load(M m, const uint64_t *p) { return _mm512_maskz_loadu_epi64(m, p); }
INLINE void v_store(M m, uint64_t *p, V v) { _mm512_mask_storeu_epi64(p, m, v); }
// Past the caches, to an address that is a multiple of 64; other threads see it after the fence.
INLINE void v_store_bypassing(uint64_t *p, V v) { _mm512_stream_si512((void *)p, v); }
INLINE void v_fence(void) { _mm_sfence(); }
INLINE V v_plus(V a, V b) { return _mm512_add_epi64(a, b); }
INLINE V v_minus(V a, V b) { return _mm512_sub_epi64(a, b); }
INLINE V v_and(V a, V b) { return _mm512_and_si512(a, b); }
INLINE V v_min(V a, V b) { return _mm512_min_epu64(a, b); }
#define v_shr(a, count) _mm512_srli_epi64(a, count)
#define v_shl(a, count) _mm512_slli_epi64(a, count)
// acc + the low, or high, 52 bits of the product of the low 52 bits of a and b.
INLINE V v_madlo(V acc, V a, V b) { return _mm512_madd52lo_epu64(acc, a, b); }
INLINE V v_madhi(V acc, V a, V b) { return _mm512_madd52hi_epu64(acc, a, b); }
INLINE uint64_t v_horizontal_sum(V a) { return (uint64_t)_mm512_reduce_add_epi64(a); }

INLINE V v_load_i16(M m, const int16_t *p) {
  return _mm512_cvtepi16_epi64(_mm_maskz_loadu_epi16(m, p));
}
INLINE V v_load_i32(M m, const int32_t *p) {
  return _mm512_cvtepi32_epi64(_mm256_maskz_loadu_epi32(m, p));
}

// Rows to columns of a LANES by LANES block.
INLINE void v_transpose(V r[LANES]) {
  V s[LANES], t[LANES];
  for (int i = 0; i < 8; i += 2) {
    s[i] = _mm512_unpacklo_epi64(r[i], r[i + 1]);
    s[i + 1] = _mm512_unpackhi_epi64(r[i], r[i + 1]);
  }
  for (int i = 0; i < 8; i += 4) {
    for (int j = 0; j < 2; j++) {
      t[i + j] = _mm512_shuffle_i64x2(s[i + j], s[i + j + 2], 0x88);
      t[i + j + 2] = _mm512_shuffle_i64x2(s[i + j], s[i + j + 2], 0xdd);
    }
  }
  for (int j = 0; j < 4; j++) {
    r[j] = _mm512_shuffle_i64x2(t[j], t[j + 4], 0x88);
    r[j + 4] = _mm512_shuffle_i64x2(t[j], t[j + 4], 0xdd);
  }
}

#else

#define LANES 1
typedef uint64_t V;
typedef int M;
#define FULL 1

INLINE M v_tail(size_t left) { return left != 0; }
INLINE V v_set(uint64_t x) { return x; }
INLINE V v_load(M m, const uint64_t *p) { return m ? *p : 0; }
INLINE void v_store(M m, uint64_t *p, V v) {
  if (m) *p = v;
}
INLINE void v_store_bypassing(uint64_t *p, V v) { *p = v; }
INLINE void v_fence(void) {}
INLINE V v_plus(V a, V b) { return a + b; }
INLINE V v_minus(V a, V b) { return a - b; }
INLINE V v_and(V a, V b) { return a & b; }
INLINE V v_min(V a, V b) { return a < b ? a : b; }
#define v_shr(a, count) ((a) >> (count))
#define v_shl(a, count) ((a) << (count))
INLINE unsigned __int128 v_product52(V a, V b) {
  return (unsigned __int128)(a & FP_MASK52) * (b & FP_MASK52);
}
INLINE V v_madlo(V acc, V a, V b) { return acc + ((uint64_t)v_product52(a, b) & FP_MASK52); }
INLINE V v_madhi(V acc, V a, V b) { return acc + (uint64_t)(v_product52(a, b) >> 52); }
INLINE uint64_t v_horizontal_sum(V a) { return a; }
INLINE V v_load_i16(M m, const int16_t *p) { return m ? (V)(int64_t)*p : 0; }
INLINE V v_load_i32(M m, const int32_t *p) { return m ? (V)(int64_t)*p : 0; }
INLINE void v_transpose(V r[LANES]) { (void)r; }

#endif

// Runs the statements for each vector of indices i of [begin, end), with the mask m of those that
// are inside.
#define FOR_LANES(i, begin, end, ...)                   \
  do {                                                  \
    size_t i = (begin);                                 \
    for (; i + LANES <= (end); i += LANES) {            \
      const M m = FULL;                                 \
      __VA_ARGS__                                       \
    }                                                   \
    if (LANES > 1 && i < (end)) {                       \
      const M m = v_tail((end) - i);                    \
      __VA_ARGS__                                       \
    }                                                   \
  } while (0)
