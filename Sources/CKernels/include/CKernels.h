// Data-parallel kernels over the prime field F of p = 2^50 - 2^38 + 1 elements and its cubic
// extension E = F[X]/(X^3 - 5).
//
// Unless said otherwise a field vector holds Montgomery forms x*2^52 mod p as any representative
// in [0, 2p), and a scalar argument holds the representative in [0, p). Vectors need no alignment,
// any length is allowed, and an output may be the same vector as an input of the same shape but
// may not overlap one otherwise. Every function gives the same field elements on every path and
// for every number of threads.
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// A vector over E: coordinate k of element i is base[k * stride + i].
typedef struct {
  uint64_t *base;
  size_t stride;
} ck_ext;

// An element of E, each coordinate in [0, p).
typedef struct {
  uint64_t c0, c1, c2;
} ck_fp3;

typedef struct {
  ck_fp3 first, second;
} ck_fp3_pair;

// The integer types of tensors. Magnitudes stay below 2^48.
typedef enum { CK_I16 = 0, CK_I32 = 1, CK_I64 = 2 } ck_int_kind;

// ---- Choice of code path and threads

typedef enum { CK_PATH_BEST = 0, CK_PATH_PORTABLE = 1, CK_PATH_IFMA = 2 } ck_path;
// Selects a path for the whole process; one the processor lacks falls back to the portable one.
void ck_set_path(ck_path path);
// CK_PATH_PORTABLE or CK_PATH_IFMA.
ck_path ck_get_path(void);
// Sets the number of threads; 0 asks for one per processor.
void ck_set_threads(int threads);
int ck_get_threads(void);
// Calls body(context, begin, end) over disjoint ranges that cover [0, count), each of at least
// grain indices but for the last, on all threads.
void ck_parallel_for(
  size_t count, size_t grain, void *context, void (*body)(void *, size_t, size_t));

// ---- Vectors over F

void ck_from_int(ck_int_kind kind, const void *w, uint64_t *out, size_t n);
// Canonical integers in [0, p) to Montgomery forms.
void ck_from_canonical(const uint64_t *a, uint64_t *out, size_t n);
void ck_to_canonical(const uint64_t *a, uint64_t *out, size_t n);
// The representatives in [0, p) of the same Montgomery forms.
void ck_normalise(const uint64_t *a, uint64_t *out, size_t n);
void ck_add(const uint64_t *a, const uint64_t *b, uint64_t *out, size_t n);
void ck_sub(const uint64_t *a, const uint64_t *b, uint64_t *out, size_t n);
void ck_mul(const uint64_t *a, const uint64_t *b, uint64_t *out, size_t n);
void ck_scale(const uint64_t *a, uint64_t s, uint64_t *out, size_t n);
uint64_t ck_sum(const uint64_t *a, size_t n);

// ---- Vectors over E

void ck_e_add(ck_ext a, ck_ext b, ck_ext out, size_t n);
void ck_e_sub(ck_ext a, ck_ext b, ck_ext out, size_t n);
void ck_e_mul(ck_ext a, ck_ext b, ck_ext out, size_t n);
void ck_e_scale(ck_ext a, ck_fp3 s, ck_ext out, size_t n);
void ck_e_mul_base(ck_ext a, const uint64_t *b, ck_ext out, size_t n);
// y += s*x for x over E, over F, and of integers.
void ck_e_axpy(ck_fp3 s, ck_ext x, ck_ext y, size_t n);
void ck_e_axpy_base(ck_fp3 s, const uint64_t *x, ck_ext y, size_t n);
void ck_e_axpy_int(ck_fp3 s, ck_int_kind kind, const void *x, ck_ext y, size_t n);
// out = lo + r*(hi - lo).
void ck_e_fold(ck_ext lo, ck_ext hi, ck_fp3 r, ck_ext out, size_t n);
void ck_e_fold_base(
  const uint64_t *lo, const uint64_t *hi, ck_fp3 r, ck_ext out, size_t n);
void ck_e_fold_int(
  ck_int_kind kind, const void *lo, const void *hi, ck_fp3 r, ck_ext out, size_t n);
// out[i] = scale * prod_k (bit_k(i) ? z_k : 1 - z_k) for i < n <= 2^m, where bit_0 is the most
// significant of the m bits of i. Coordinate k of z is z[k].
void ck_e_eq_table(const ck_fp3 *z, size_t m, ck_fp3 scale, ck_ext out, size_t n);
ck_fp3 ck_e_sum(ck_ext a, size_t n);
ck_fp3 ck_e_dot(ck_ext a, ck_ext b, size_t n);
ck_fp3 ck_e_dot_base(ck_ext a, const uint64_t *b, size_t n);
ck_fp3 ck_e_dot_int(ck_ext a, ck_int_kind kind, const void *b, size_t n);
// w[r*row_stride + c] += s*a[r]*b[c] for r < rows and c < columns.
void ck_e_outer_axpy(
  ck_fp3 s, ck_ext a, size_t rows, ck_ext b, size_t columns, ck_ext w, size_t row_stride);

// ---- Contractions along an axis

// The shape of out[o*out_outer + c*out_row + i] = sum_k v[c*v_row + k] * t[o*t_outer + k*t_row + i]
// for o < outer, c < rows, k < n, i < inner. All strides count elements.
typedef struct {
  size_t outer, rows, n, inner;
  size_t t_outer, t_row, v_row, out_outer, out_row;
} ck_mode_shape;
// With accumulate set the products are added to out.
void ck_mode_int(
  const ck_mode_shape *shape, ck_ext v, ck_int_kind kind, const void *t, ck_ext out,
  int accumulate);
void ck_mode_base(
  const ck_mode_shape *shape, ck_ext v, const uint64_t *t, ck_ext out, int accumulate);
void ck_mode_e(const ck_mode_shape *shape, ck_ext v, ck_ext t, ck_ext out, int accumulate);

// ---- Sum-check rounds: the current variable is the most significant bit, so the two halves of a
// vector of n = 2h elements are contiguous.

// g(0) = sum lo(a)*lo(b) and the leading coefficient sum (hi-lo)(a) * (hi-lo)(b).
ck_fp3_pair ck_round_product(ck_ext a, ck_ext b, size_t h);
ck_fp3_pair ck_round_product_base(const uint64_t *a, ck_ext b, size_t h);
// Folds both by r (2h elements to h, in place allowed), then returns the round over the result's
// halves; h must be even.
ck_fp3_pair ck_fold_round_product(
  ck_ext a, ck_ext b, ck_fp3 r, ck_ext a_out, ck_ext b_out, size_t h);

// ---- Fractional sum-check (GKR)

// p_out[j] = p[j]q[j+h] + p[j+h]q[j] and q_out[j] = q[j]q[j+h] for j < h.
void ck_gkr_layer(ck_ext p, ck_ext q, ck_ext p_out, ck_ext q_out, size_t h);
// For numerators that are all one: p_out[j] = q[j] + q[j+h].
void ck_gkr_layer_unit(ck_ext q, ck_ext p_out, ck_ext q_out, size_t h);
// h(0) = sum_j eq[j] (p0*q1 + p1*q0)(lo half) and the leading coefficient, the same over hi - lo.
ck_fp3_pair ck_gkr_round(
  ck_ext p0, ck_ext q0, ck_ext p1, ck_ext q1, ck_ext eq, size_t h);
// Folds the four vectors in place by r (2h elements to h), then returns the round over the
// result's halves with h/2 weights; h must be even.
ck_fp3_pair ck_gkr_fold_round(
  ck_ext p0, ck_ext q0, ck_ext p1, ck_ext q1, ck_ext eq, ck_fp3 r, size_t h);

// ---- Number-theoretic transforms

// For lane i < lanes: out[i*out_stride + t] = f_i(omega^t), t < 2^log_size, where omega is the
// root of order 2^log_size and f_i has the count coefficients in[i*in_stride ...]. count is at
// most 2^log_size. The output may not overlap the input.
void ck_ntt_forward(
  const uint64_t *in, size_t in_stride, size_t count, uint64_t *out, size_t out_stride,
  unsigned log_size, size_t lanes);
// The inverse of the above with count = 2^log_size.
void ck_ntt_inverse(
  const uint64_t *in, size_t in_stride, uint64_t *out, size_t out_stride, unsigned log_size,
  size_t lanes);

// ---- BLAKE3 and Merkle trees

enum { CK_DIGEST_BYTES = 32 };
// key is null for plain hashing, or 32 bytes for the keyed mode.
void ck_blake3(const uint8_t *key, const uint8_t *message, size_t length, uint8_t *out);
// Digest j < count of the concatenation over m < lane_count of the 8-byte little-endian canonical
// integer of lanes[m][j].
void ck_hash_columns(
  const uint8_t *key, const uint64_t *const *lanes, size_t lane_count, size_t count,
  uint8_t *out);
// Digest j < count of the 64 bytes at in + 64*j.
void ck_hash_pairs(const uint8_t *key, const uint8_t *in, size_t count, uint8_t *out);
// Digest j < count >> height of the nodes of that height over the leaves that ck_hash_columns makes.
// count is a power of two and at least 2^height.
enum { CK_SUBTREE_HEIGHT = 9 };  // The most.
void ck_hash_subtrees(
  const uint8_t *leaf_key, const uint8_t *node_key, const uint64_t *const *lanes,
  size_t lane_count, size_t count, unsigned height, uint8_t *out);
// Fills nodes, of 2*leaf_count - 1 digests, whose first leaf_count are given: each level follows
// the one below it and the root is last. leaf_count is a power of two.
void ck_merkle_tree(const uint8_t *key, uint8_t *nodes, size_t leaf_count);

// ---- Integers in double precision

// c += a*b for row-major a (m by k), b (k by n) and c (m by n). Exact while every partial sum of
// the integers involved stays below 2^53 in magnitude.
void ck_gemm_f64(
  size_t m, size_t n, size_t k, const double *a, size_t lda, const double *b, size_t ldb,
  double *c, size_t ldc);

// Zeros, aligned to 64 bytes; NULL if there is no memory.
void *ck_allocate(size_t bytes);

// Gives back memory of `ck_allocate`.
// - bytes: as many as were allocated.
void ck_release(void *memory, size_t bytes);

// Has the C library keep memory that it was given back, and take the first that it needs in large
// pages: a process that computes a second long else spends half of it on the kernel's work with
// pages. For programs to call once, before they compute; a library leaves the process alone.
void ck_prepare_heap(void);

// Overwrites a secret; never optimised away.
void ck_wipe(void *memory, size_t bytes);

#ifdef __cplusplus
}
#endif
