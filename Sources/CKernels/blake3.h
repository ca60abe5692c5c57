// BLAKE3 over HASH_LANES messages of equal length at a time.
#pragma once

#include <string.h>

#include "field.h"
#include "job.h"

#if defined(CK_IFMA)

#define HASH_LANES 16
typedef __m512i H;
INLINE H h_set(uint32_t x) { return _mm512_set1_epi32((int)x); }
INLINE H h_plus(H a, H b) { return _mm512_add_epi32(a, b); }
INLINE H h_xor(H a, H b) { return _mm512_xor_si512(a, b); }
#define h_rotate(a, count) _mm512_ror_epi32(a, count)

// Rows to columns of 16 by 16 words.
INLINE void h_transpose(H r[16]) {
  H s[16];
  for (int i = 0; i < 16; i += 2) {
    s[i] = _mm512_unpacklo_epi32(r[i], r[i + 1]);
    s[i + 1] = _mm512_unpackhi_epi32(r[i], r[i + 1]);
  }
  for (int i = 0; i < 16; i += 4) {
    r[i] = _mm512_unpacklo_epi64(s[i], s[i + 2]);
    r[i + 1] = _mm512_unpackhi_epi64(s[i], s[i + 2]);
    r[i + 2] = _mm512_unpacklo_epi64(s[i + 1], s[i + 3]);
    r[i + 3] = _mm512_unpackhi_epi64(s[i + 1], s[i + 3]);
  }
  for (int i = 0; i < 16; i += 8) {
    for (int j = 0; j < 4; j++) {
      s[i + j] = _mm512_shuffle_i32x4(r[i + j], r[i + j + 4], 0x88);
      s[i + j + 4] = _mm512_shuffle_i32x4(r[i + j], r[i + j + 4], 0xdd);
    }
  }
  for (int j = 0; j < 8; j++) {
    r[j] = _mm512_shuffle_i32x4(s[j], s[j + 8], 0x88);
    r[j + 8] = _mm512_shuffle_i32x4(s[j], s[j + 8], 0xdd);
  }
}

// The low and high words of `left` canonical integers.
INLINE void h_load_elements(const uint64_t *p, size_t left, H *low, H *high) {
  M first = left >= 8 ? FULL : v_tail(left);
  M second = left >= 16 ? FULL : left > 8 ? v_tail(left - 8) : 0;
  V a = f_canonical(f_mul(v_load(first, p), v_set(1)));
  V b = f_canonical(f_mul(v_load(second, p + 8), v_set(1)));
  const __m512i even = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
  *low = _mm512_permutex2var_epi32(a, even, b);
  *high = _mm512_permutex2var_epi32(a, _mm512_add_epi32(even, _mm512_set1_epi32(1)), b);
}

INLINE void h_load_block(const uint8_t *in, size_t left, H m[16]) {
  for (size_t i = 0; i < 16; i++) {
    m[i] = i < left ? _mm512_loadu_si512(in + 64 * i) : _mm512_setzero_si512();
  }
  h_transpose(m);
}

INLINE void h_store_digests(const H cv[8], uint8_t *out, size_t left) {
  H rows[16];
  for (int i = 0; i < 16; i++) rows[i] = i < 8 ? cv[i] : _mm512_setzero_si512();
  h_transpose(rows);
  for (size_t i = 0; i < 16 && i < left; i++) {
    _mm256_storeu_si256((__m256i *)(out + 32 * i), _mm512_castsi512_si256(rows[i]));
  }
}

#else

#define HASH_LANES 1
typedef uint32_t H;
INLINE H h_set(uint32_t x) { return x; }
INLINE H h_plus(H a, H b) { return a + b; }
INLINE H h_xor(H a, H b) { return a ^ b; }
#define h_rotate(a, count) (((a) >> (count)) | ((a) << (32 - (count))))

INLINE void h_load_elements(const uint64_t *p, size_t left, H *low, H *high) {
  (void)left;
  uint64_t x = f_canonical(f_mul(*p, 1));
  *low = (uint32_t)x;
  *high = (uint32_t)(x >> 32);
}

INLINE void h_load_block(const uint8_t *in, size_t left, H m[16]) {
  (void)left;
  for (int i = 0; i < 16; i++, in += 4) {
    m[i] = in[0] | (uint32_t)in[1] << 8 | (uint32_t)in[2] << 16 | (uint32_t)in[3] << 24;
  }
}

INLINE void h_store_digests(const H cv[8], uint8_t *out, size_t left) {
  (void)left;
  for (int i = 0; i < 32; i++) out[i] = (uint8_t)(cv[i / 4] >> (8 * (i % 4)));
}

#endif

enum {
  BLAKE3_CHUNK_START = 1,
  BLAKE3_CHUNK_END = 2,
  BLAKE3_PARENT = 4,
  BLAKE3_ROOT = 8,
  BLAKE3_KEYED = 16,
  BLAKE3_MAX_DEPTH = 54,
};

static const uint32_t blake3_iv[8] = {
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

// The order of the message words in each round: the permutation of BLAKE3 applied repeatedly.
static const uint8_t blake3_schedule[7][16] = {
  {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
  {2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8},
  {3, 4, 10, 12, 13, 2, 7, 14, 6, 5, 9, 0, 11, 15, 8, 1},
  {10, 7, 12, 9, 14, 3, 13, 15, 4, 0, 11, 2, 5, 8, 1, 6},
  {12, 13, 9, 11, 15, 10, 14, 8, 7, 2, 5, 3, 0, 1, 6, 4},
  {9, 14, 11, 5, 8, 12, 15, 1, 13, 3, 0, 10, 2, 6, 4, 7},
  {11, 15, 5, 0, 1, 9, 8, 6, 14, 10, 2, 12, 3, 4, 7, 13},
};

INLINE void blake3_mix(H v[16], int a, int b, int c, int d, H x, H y) {
  v[a] = h_plus(h_plus(v[a], v[b]), x);
  v[d] = h_rotate(h_xor(v[d], v[a]), 16);
  v[c] = h_plus(v[c], v[d]);
  v[b] = h_rotate(h_xor(v[b], v[c]), 12);
  v[a] = h_plus(h_plus(v[a], v[b]), y);
  v[d] = h_rotate(h_xor(v[d], v[a]), 8);
  v[c] = h_plus(v[c], v[d]);
  v[b] = h_rotate(h_xor(v[b], v[c]), 7);
}

// cv = the chaining value after one block of `length` bytes.
INLINE void blake3_compress(
  H cv[8], const H m[16], uint64_t counter, uint32_t length, uint32_t flags) {
  H v[16];
  for (int i = 0; i < 8; i++) v[i] = cv[i];
  for (int i = 0; i < 4; i++) v[8 + i] = h_set(blake3_iv[i]);
  v[12] = h_set((uint32_t)counter);
  v[13] = h_set((uint32_t)(counter >> 32));
  v[14] = h_set(length);
  v[15] = h_set(flags);
#pragma clang loop unroll(full)
  for (int r = 0; r < 7; r++) {
    const uint8_t *s = blake3_schedule[r];
    blake3_mix(v, 0, 4, 8, 12, m[s[0]], m[s[1]]);
    blake3_mix(v, 1, 5, 9, 13, m[s[2]], m[s[3]]);
    blake3_mix(v, 2, 6, 10, 14, m[s[4]], m[s[5]]);
    blake3_mix(v, 3, 7, 11, 15, m[s[6]], m[s[7]]);
    blake3_mix(v, 0, 5, 10, 15, m[s[8]], m[s[9]]);
    blake3_mix(v, 1, 6, 11, 12, m[s[10]], m[s[11]]);
    blake3_mix(v, 2, 7, 8, 13, m[s[12]], m[s[13]]);
    blake3_mix(v, 3, 4, 9, 14, m[s[14]], m[s[15]]);
  }
  for (int i = 0; i < 8; i++) cv[i] = h_xor(v[i], v[8 + i]);
}

// The key words, or the initial value, and the flag that goes with them.
typedef struct {
  uint32_t words[8];
  uint32_t flag;
} Blake3Key;

INLINE Blake3Key blake3_key(const uint8_t *key) {
  Blake3Key k = {.flag = 0};
  memcpy(k.words, blake3_iv, sizeof k.words);
  if (key == NULL) return k;
  k.flag = BLAKE3_KEYED;
  for (int i = 0; i < 8; i++, key += 4) {
    k.words[i] = key[0] | (uint32_t)key[1] << 8 | (uint32_t)key[2] << 16 | (uint32_t)key[3] << 24;
  }
  return k;
}

INLINE void blake3_start(const Blake3Key *key, H cv[8]) {
  for (int i = 0; i < 8; i++) cv[i] = h_set(key->words[i]);
}

// right = the parent of left and right.
static void blake3_parent(const Blake3Key *key, const H left[8], H right[8], uint32_t root) {
  H m[16];
  for (int i = 0; i < 8; i++) m[i] = left[i], m[8 + i] = right[i];
  blake3_start(key, right);
  blake3_compress(right, m, 0, 64, key->flag | BLAKE3_PARENT | root);
}

// The chaining values of complete left subtrees.
typedef struct {
  H cv[BLAKE3_MAX_DEPTH][8];
  int depth;
} Blake3Stack;

// Adds chunk `index`, which more chunks follow.
static void blake3_push(const Blake3Key *key, Blake3Stack *stack, size_t index, H cv[8]) {
  for (size_t total = index + 1; total % 2 == 0; total /= 2) {
    blake3_parent(key, stack->cv[--stack->depth], cv, 0);
  }
  memcpy(stack->cv[stack->depth++], cv, sizeof(H[8]));
}

// cv = the root above the last chunk's chaining value cv.
static void blake3_finish(const Blake3Key *key, Blake3Stack *stack, H cv[8]) {
  while (stack->depth > 0) {
    stack->depth--;
    blake3_parent(key, stack->cv[stack->depth], cv, stack->depth == 0 ? BLAKE3_ROOT : 0);
  }
}
