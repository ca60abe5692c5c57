// Vectors of one word a lane: integers of the three types, or elements of F.
#pragma once

#include "field.h"
#include "job.h"

// Calls body(kind, ...) with a constant kind, so that each type gets its own loop.
#define BY_INT_KIND(kind, body, ...)              \
  switch (kind) {                                 \
    case CK_I16: body(CK_I16, __VA_ARGS__); break; \
    case CK_I32: body(CK_I32, __VA_ARGS__); break; \
    default: body(CK_I64, __VA_ARGS__); break;     \
  }
#define BY_WORD_KIND(kind, body, ...)                   \
  if (kind == CK_BASE) {                                \
    body(CK_BASE, __VA_ARGS__);                         \
  } else {                                              \
    BY_INT_KIND(kind, body, __VA_ARGS__)                \
  }

// Elements [i, i + LANES) in sign-extended form.
INLINE V word_load_signed(ck_int_kind kind, M m, const void *w, size_t i) {
  switch ((int)kind) {
    case CK_I16: return v_load_i16(m, (const int16_t *)w + i);
    case CK_I32: return v_load_i32(m, (const int32_t *)w + i);
    default: return v_load(m, (const uint64_t *)w + i);
  }
}

INLINE const void *word_address(ck_int_kind kind, const void *w, size_t i) {
  return (const char *)w + i * word_bytes(kind);
}

// An integer as its residue in [0, p); an element of F as it is.
INLINE V word_load(ck_int_kind kind, M m, const void *w, size_t i) {
  V v = word_load_signed(kind, m, w, i);
  return kind == CK_BASE ? v : f_signed(v);
}

// The difference of two words, as word_load would give it.
INLINE V word_difference(ck_int_kind kind, M m, const void *hi, const void *lo, size_t i) {
  V a = word_load_signed(kind, m, hi, i), b = word_load_signed(kind, m, lo, i);
  return kind == CK_BASE ? f_sub(a, b) : f_signed(v_minus(a, b));
}

// Three sums of products with one word: an E scalar by a word.
INLINE void eacc_mad_word(EAcc *s, E e, V w) {
  acc_mad(&s->c0, e.c0, w);
  acc_mad(&s->c1, e.c1, w);
  acc_mad(&s->c2, e.c2, w);
}

// How many products of a residue and a word an accumulator takes: each is below p * 2^52, and lo
// stays below 2^63.
enum { WORD_PRODUCTS = 2048 };

INLINE E e_broadcast(ck_fp3 s) { return (E){v_set(s.c0), v_set(s.c1), v_set(s.c2)}; }
