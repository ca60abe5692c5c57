// How a public function hands its work to the kernels of the selected path.
#pragma once

#include "scalar.h"

// Vectors over F, and in contractions over E, share the kernels of the integer types; these kinds
// are internal to the library.
#define CK_BASE ((ck_int_kind)3)
#define CK_EXTENSION ((ck_int_kind)4)

static inline int is_integer(ck_int_kind kind) { return (int)kind < (int)CK_BASE; }

static inline size_t word_bytes(ck_int_kind kind) {
  return kind == CK_I16 ? 2 : kind == CK_I32 ? 4 : 8;
}

// The operands of one call; each kernel says which it reads.
typedef struct {
  ck_ext a, b, c, d, e;
  ck_ext x, y;
  const void *w, *w2;
  ck_int_kind kind;
  size_t h;
  // The index that the output begins at.
  size_t origin;
  ck_fp3 s;
  const uint64_t *table;
  const ck_mode_shape *shape;
  int accumulate;
} Job;

// Does the indices [begin, end) of a job; a reduction adds to the canonical scalars in sums.
typedef void Kernel(const Job *job, size_t begin, size_t end, uint64_t *sums);

enum { CK_MAX_SUMS = 6, CK_MODE_BLOCK = 1024 };

typedef struct NttPlan NttPlan;

// A matrix product, done in slices of GEMM_DEPTH along k.
typedef struct {
  size_t m, n, k, lda, ldb, ldc;
  const double *a, *b;
  double *c;
} Gemm;

enum { GEMM_DEPTH = 256 };

typedef struct {
  Kernel *from_int, *from_canonical, *to_canonical, *normalise, *add, *sub, *mul, *scale, *sum;
  Kernel *e_mul, *e_scale, *e_mul_base, *e_axpy, *e_axpy_word, *e_fold, *e_fold_word;
  Kernel *eq_double, *e_dot, *e_dot_word;
  Kernel *mode_word, *mode_dots, *mode_e;
  Kernel *round_product, *round_product_base, *fold_round_product;
  Kernel *gkr_layer, *gkr_layer_unit, *gkr_round, *gkr_fold_round;
  Kernel *hash_columns, *hash_pairs;
  // Columns, then rows, of one transform through its scratch matrix.
  void (*ntt_columns)(
    const NttPlan *plan, const uint64_t *in, size_t count, uint64_t *matrix, uint64_t *scratch,
    size_t begin, size_t end);
  void (*ntt_rows)(
    const NttPlan *plan, const uint64_t *matrix, uint64_t *out, uint64_t *scratch, size_t begin,
    size_t end, int bypass);
  size_t ntt_lanes;
  Kernel *gemm;
  size_t gemm_columns;
} Kernels;

extern const Kernels ck_kernels_portable;
#if defined(__x86_64__)
extern const Kernels ck_kernels_ifma;
#endif

// The table of the selected path.
const Kernels *ck_kernels(void);

// Runs a kernel over [0, n) on all threads, in pieces of at least grain indices that begin at
// multiples of eight.
void ck_run(Kernel *kernel, const Job *job, size_t n, size_t grain);
// The same for a reduction to count sums.
void ck_reduce(
  Kernel *kernel, const Job *job, size_t n, size_t grain, uint64_t *sums, int count);
