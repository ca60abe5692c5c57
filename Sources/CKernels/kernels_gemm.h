// Matrix products in double precision.
#pragma once

#include "job.h"

// The compiler's vectors: their products and sums become multiply-adds where the target has them.
#if defined(CK_IFMA)
#define GEMM_LANES 8
#else
#define GEMM_LANES 2
#endif
typedef double D __attribute__((vector_size(8 * GEMM_LANES), aligned(8)));

// A tile of c: GEMM_ROWS by GEMM_VECTORS * GEMM_LANES sums held in registers.
enum { GEMM_ROWS = GEMM_LANES == 8 ? 8 : 4, GEMM_VECTORS = GEMM_LANES == 8 ? 3 : 2 };
enum { GEMM_COLUMNS = GEMM_VECTORS * GEMM_LANES };

// A panel of b: depth rows of GEMM_COLUMNS, zero beyond the matrix.
static void gemm_pack(
  const double *b, size_t ldb, size_t depth, size_t columns, double *panel) {
  for (size_t k = 0; k < depth; k++) {
    for (size_t j = 0; j < GEMM_COLUMNS; j++) {
      panel[k * GEMM_COLUMNS + j] = j < columns ? b[k * ldb + j] : 0;
    }
  }
}

typedef struct {
  D v[GEMM_ROWS][GEMM_VECTORS];
} Tile;

static inline __attribute__((always_inline)) Tile gemm_tile(
  const double *const rows[GEMM_ROWS], const double *panel, size_t depth) {
  Tile t = {0};
  for (size_t k = 0; k < depth; k++, panel += GEMM_COLUMNS) {
#pragma clang loop unroll(full)
    for (int r = 0; r < GEMM_ROWS; r++) {
#pragma clang loop unroll(full)
      for (int v = 0; v < GEMM_VECTORS; v++) {
        t.v[r][v] += rows[r][k] * *(const D *)(panel + v * GEMM_LANES);
      }
    }
  }
  return t;
}

// Adds a tile to the rows by columns of c that exist. Missing rows repeat the last one.
static void gemm_block(
  const Gemm *g, size_t row, size_t rows, size_t column, size_t columns, size_t k0, size_t depth,
  const double *panel) {
  const double *a[GEMM_ROWS];
  for (size_t r = 0; r < GEMM_ROWS; r++) {
    a[r] = g->a + (row + (r < rows ? r : rows - 1)) * g->lda + k0;
  }
  Tile t = gemm_tile(a, panel, depth);
  for (size_t r = 0; r < rows; r++) {
    double *c = g->c + (row + r) * g->ldc + column;
    const double *sums = (const double *)t.v[r];
    for (size_t j = 0; j < columns; j++) c[j] += sums[j];
  }
}

// Unit u is the panel of columns from u * GEMM_COLUMNS on.
static void gemm(const Job *job, size_t begin, size_t end, uint64_t *sums) {
  (void)sums;
  const Gemm *g = job->w;
  double panel[GEMM_DEPTH * GEMM_COLUMNS] __attribute__((aligned(64)));
  for (size_t u = begin; u < end; u++) {
    size_t column = u * GEMM_COLUMNS;
    size_t columns = g->n - column < GEMM_COLUMNS ? g->n - column : GEMM_COLUMNS;
    for (size_t k0 = 0; k0 < g->k; k0 += GEMM_DEPTH) {
      size_t depth = g->k - k0 < GEMM_DEPTH ? g->k - k0 : GEMM_DEPTH;
      gemm_pack(g->b + k0 * g->ldb + column, g->ldb, depth, columns, panel);
      for (size_t row = 0; row < g->m; row += GEMM_ROWS) {
        size_t rows = g->m - row < GEMM_ROWS ? g->m - row : GEMM_ROWS;
        gemm_block(g, row, rows, column, columns, k0, depth, panel);
      }
    }
  }
}
