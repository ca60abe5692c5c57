// Tables of a number-theoretic transform of 2^log_size points.
//
// The input is read as a matrix of n1 rows by n2 columns. Each column is transformed, entry (k1,
// j2) multiplied by omega^(k1*j2), and each row transformed; entry (k1, k2) is then output
// k1 + n1*k2. Both transforms work on LANES columns, or rows, at a time in a scratch of
// n1, or n2, vectors, which stays in the cache, and the output leaves in natural order.
#pragma once

#include "job.h"

// A transform of n points by decimation in frequency: powers of a root of order n with their
// products by p^-1 mod 2^52, and the bit-reversed indices.
typedef struct {
  size_t n;
  uint64_t *powers;
  uint32_t *reversed;
} NttStage;

struct NttPlan {
  unsigned log_size;
  NttStage columns, rows;
  // omega^(k1*j2) with j2 = 8g + c, times the scale of an inverse transform, is the product of
  // fine[8*k1 + c] and coarse[g*n1 + k1]: one table of all would not fit the cache.
  uint64_t *fine, *coarse;
  // Rows of matrices are padded: a power-of-two distance would map them to the same cache sets.
  size_t row_stride;
};

enum { NTT_PADDING = 8 };
