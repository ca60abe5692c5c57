// The two passes of a number-theoretic transform; see ntt_plan.h.
#pragma once

#include "field.h"
#include "ntt_plan.h"

INLINE V ntt_twist(V x, const uint64_t *power) {
  return f_mul_constant(x, v_set(power[0]), v_set(power[1]));
}

INLINE V ntt_difference(V a, V b) { return v_plus(v_minus(a, b), v_set(2 * FP_P)); }

INLINE V ntt_get(const uint64_t *x, size_t i) { return v_load(FULL, x + i * LANES); }
INLINE void ntt_put(uint64_t *x, size_t i, V v) { v_store(FULL, x + i * LANES, v); }

// While only the first `filled` of `length` entries of each block are nonzero and fit its first
// half, a layer copies them to the second half with a twist. Returns the length of the blocks
// left, whose rest is set to zero.
static size_t ntt_spread(const NttStage *stage, uint64_t *x, size_t filled) {
  size_t length = stage->n;
  for (; length > 1 && filled <= length / 2; length /= 2) {
    size_t step = stage->n / length;
    for (size_t block = 0; block < stage->n; block += length) {
      for (size_t j = 0; j < filled; j++) {
        V high = ntt_twist(ntt_get(x, block + j), stage->powers + 2 * j * step);
        ntt_put(x, block + length / 2 + j, high);
      }
    }
  }
  for (size_t block = 0; block < stage->n; block += length) {
    for (size_t j = filled; j < length; j++) ntt_put(x, block + j, v_set(0));
  }
  return length;
}

// Two layers on the entries at distance q of a block of 4q; j is their index in the block.
INLINE void ntt_quad(
  uint64_t *x, size_t at, size_t q, const uint64_t *powers, size_t j, size_t step) {
  V x0 = ntt_get(x, at), x1 = ntt_get(x, at + q);
  V x2 = ntt_get(x, at + 2 * q), x3 = ntt_get(x, at + 3 * q);
  V s0 = f_add(x0, x2), s1 = f_add(x1, x3);
  V d0 = ntt_twist(ntt_difference(x0, x2), powers + 2 * j * step);
  V d1 = ntt_twist(ntt_difference(x1, x3), powers + 2 * (j + q) * step);
  const uint64_t *square = powers + 4 * j * step;
  ntt_put(x, at, f_add(s0, s1));
  ntt_put(x, at + q, ntt_twist(ntt_difference(s0, s1), square));
  ntt_put(x, at + 2 * q, f_add(d0, d1));
  ntt_put(x, at + 3 * q, ntt_twist(ntt_difference(d0, d1), square));
}

// Blocks of four: every power but one is 1.
INLINE void ntt_last_quad(uint64_t *x, size_t at, const uint64_t *fourth_root) {
  V x0 = ntt_get(x, at), x1 = ntt_get(x, at + 1);
  V x2 = ntt_get(x, at + 2), x3 = ntt_get(x, at + 3);
  V s0 = f_add(x0, x2), s1 = f_add(x1, x3);
  V d0 = f_sub(x0, x2);
  V d1 = ntt_twist(ntt_difference(x1, x3), fourth_root);
  ntt_put(x, at, f_add(s0, s1));
  ntt_put(x, at + 1, f_sub(s0, s1));
  ntt_put(x, at + 2, f_add(d0, d1));
  ntt_put(x, at + 3, f_sub(d0, d1));
}

// Transforms LANES interleaved sequences of stage->n points, of which the first `filled` are
// given. Entry k is left at the bit-reversed index.
static void ntt_transform(const NttStage *stage, uint64_t *x, size_t filled) {
  size_t n = stage->n, length = ntt_spread(stage, x, filled);
  for (; length > 4; length /= 4) {
    for (size_t block = 0; block < n; block += length) {
      for (size_t j = 0; j < length / 4; j++) {
        ntt_quad(x, block + j, length / 4, stage->powers, j, n / length);
      }
    }
  }
  if (length == 4) {
    for (size_t at = 0; at < n; at += 4) ntt_last_quad(x, at, stage->powers + 2 * (n / 4));
  } else if (length == 2) {
    for (size_t at = 0; at < n; at += 2) {
      V a = ntt_get(x, at), b = ntt_get(x, at + 1);
      ntt_put(x, at, f_add(a, b));
      ntt_put(x, at + 1, f_sub(a, b));
    }
  }
}

// Groups [begin, end) of LANES columns each.
static void ntt_columns(
  const NttPlan *plan, const uint64_t *in, size_t count, uint64_t *matrix, uint64_t *scratch,
  size_t begin, size_t end) {
  size_t n1 = plan->columns.n, n2 = plan->rows.n, row = plan->row_stride;
  size_t filled = (count + n2 - 1) / n2;
  for (size_t column = begin * LANES; column < end * LANES; column += LANES) {
    for (size_t r = 0; r < filled; r++) {
      size_t at = r * n2 + column;
      size_t left = at < count ? count - at : 0;
      M m = left >= LANES ? FULL : v_tail(left);
      __builtin_prefetch(in + at + LANES);
      ntt_put(scratch, r, v_load(m, in + at));
    }
    ntt_transform(&plan->columns, scratch, filled);
    const uint64_t *coarse = plan->coarse + column / 8 * n1;
    for (size_t k = 0; k < n1; k++) {
      V value = ntt_get(scratch, plan->columns.reversed[k]);
      value = f_mul(value, v_load(FULL, plan->fine + 8 * k + column % 8));
      v_store(FULL, matrix + k * row + column, f_mul(value, v_set(coarse[k])));
    }
  }
}

// Groups [begin, end) of LANES rows each. With bypass set the output goes straight to memory; it
// then begins at a multiple of 64 bytes.
static void ntt_rows(
  const NttPlan *plan, const uint64_t *matrix, uint64_t *out, uint64_t *scratch, size_t begin,
  size_t end, int bypass) {
  size_t n1 = plan->columns.n, n2 = plan->rows.n;
  for (size_t r = begin * LANES; r < end * LANES; r += LANES) {
    for (size_t column = 0; column < n2; column += LANES) {
      V block[LANES];
      for (size_t i = 0; i < LANES; i++) {
        block[i] = v_load(FULL, matrix + (r + i) * plan->row_stride + column);
      }
      v_transpose(block);
      for (size_t i = 0; i < LANES; i++) ntt_put(scratch, column + i, block[i]);
    }
    ntt_transform(&plan->rows, scratch, n2);
    for (size_t k = 0; k < n2; k++) {
      V value = ntt_get(scratch, plan->rows.reversed[k]);
      if (bypass) {
        v_store_bypassing(out + r + n1 * k, value);
      } else {
        v_store(FULL, out + r + n1 * k, value);
      }
    }
  }
  v_fence();
}
