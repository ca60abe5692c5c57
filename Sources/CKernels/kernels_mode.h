// Contractions along the middle axis of a tensor: the streaming passes over model weights.
#pragma once

#include "field.h"
#include "words.h"

// Rows of the contracted axis taken in one visit of a block, and the distance in elements from the
// words in use to those to ask for ahead. The partial sums of a block stay in the first-level cache
// meanwhile, and each row is read as a run of consecutive words. Rows at multiples of 2 KiB share
// cache sets, so fewer are taken; at multiples of 4 KiB those of the next visit would push out the
// present ones, and the same rows are asked for further on instead.
INLINE void mode_streams(const Job *job, size_t *group, size_t *ahead) {
  size_t bytes = word_bytes(job->kind), row = job->shape->t_row;
  *group = bytes * row % 2048 == 0 ? 8 : 16;
  *ahead = bytes * row % 4096 == 0 ? 256 / bytes : *group * row;
}

// The sums of a block of inner indices.
typedef struct {
  EAcc at[CK_MODE_BLOCK / LANES];
} ModeSums;

// One visit: adds rows [first, last) of the contracted axis to the sums of `width` inner indices.
typedef struct {
  const Job *job;
  const uint64_t *v;  // three words for each k
  size_t t;           // index of row 0 and the block's first inner index in the tensor
  size_t first, last, width;
  size_t group, ahead;  // rows in a visit, and the distance to the words to ask for
  int fresh, finish, accumulate;
  ck_ext out;
} ModeVisit;

INLINE EAcc mode_multiply(
  ck_int_kind kind, M m, const ModeVisit *visit, size_t i, EAcc sum) {
  const size_t row = visit->job->shape->t_row;
  const uint64_t *v = visit->v + 3 * visit->first;
  size_t t = visit->t + i + visit->first * row;
  for (size_t k = visit->first; k < visit->last; k++, v += 3, t += row) {
    // The rows that the next visit reads here: more streams than the processor follows by itself.
    __builtin_prefetch(word_address(kind, visit->job->w, t + visit->ahead));
    V w = word_load(kind, m, visit->job->w, t);
    eacc_mad_word(&sum, (E){v_set(v[0]), v_set(v[1]), v_set(v[2])}, w);
  }
  return sum;
}

INLINE void mode_visit_kind(ck_int_kind kind, const ModeVisit *visit, ModeSums *sums) {
  const ModeVisit g = *visit;
  FOR_LANES(i, 0, g.width, {
    EAcc sum = g.fresh ? eacc_zero() : sums->at[i / LANES];
    sum = mode_multiply(kind, m, &g, i, sum);
    if (g.finish) {
      E value = eacc_reduce(sum);
      if (g.accumulate) value = e_add(value, e_load(m, g.out, i));
      e_store(m, g.out, i, value);
    } else {
      sums->at[i / LANES] = sum;
    }
  });
}

// All rows for one block: the sums are reduced after every WORD_PRODUCTS rows.
static void mode_block(ModeVisit visit, size_t n) {
  ModeSums sums;
  for (size_t first = 0; first < n || first == 0; first = visit.last) {
    size_t end = first / WORD_PRODUCTS * WORD_PRODUCTS + WORD_PRODUCTS;
    if (end > n) end = n;
    visit.first = first;
    visit.last = end - first > visit.group ? first + visit.group : end;
    visit.fresh = first % WORD_PRODUCTS == 0;
    visit.finish = visit.last == end;
    visit.accumulate = visit.job->accumulate || first >= WORD_PRODUCTS;
    BY_WORD_KIND(visit.job->kind, mode_visit_kind, &visit, &sums);
    if (n == 0) return;
  }
}

// Unit u is block u % blocks of outer index u / blocks.
static void mode_word(const Job *job, size_t begin, size_t end, uint64_t *unused) {
  (void)unused;
  const ck_mode_shape *shape = job->shape;
  size_t blocks = (shape->inner + CK_MODE_BLOCK - 1) / CK_MODE_BLOCK;
  size_t group, ahead;
  mode_streams(job, &group, &ahead);
  for (size_t u = begin; u < end; u++) {
    size_t o = u / blocks, i = u % blocks * CK_MODE_BLOCK;
    size_t width = shape->inner - i < CK_MODE_BLOCK ? shape->inner - i : CK_MODE_BLOCK;
    for (size_t c = 0; c < shape->rows; c++) {
      ModeVisit visit = {
        .job = job, .v = job->table + 3 * shape->n * c, .t = o * shape->t_outer + i,
        .width = width, .group = group, .ahead = ahead,
        .out = ck_ext_at(job->x, o * shape->out_outer + c * shape->out_row + i)};
      mode_block(visit, shape->n);
    }
  }
}

INLINE E dot_kind(ck_int_kind kind, const Job *job, ck_ext v, size_t t) {
  const size_t n = job->shape->n;
  E value = e_zero();
  for (size_t k = 0; k < n;) {
    size_t stop = n - k > WORD_PRODUCTS * LANES ? k + WORD_PRODUCTS * LANES : n;
    EAcc sum = eacc_zero();
    FOR_LANES(i, k, stop, {
      eacc_mad_word(&sum, e_load(m, v, i), word_load(kind, m, job->w, t + i));
    });
    value = e_add(value, eacc_reduce(sum));
    k = stop;
  }
  return value;
}

INLINE E dot_extension(const Job *job, ck_ext v, size_t t) {
  const size_t n = job->shape->n;
  const ck_ext a = ck_ext_at(job->a, t);
  E value = e_zero();
  for (size_t k = 0; k < n;) {
    size_t stop = n - k > WIDE_VECTORS * LANES ? k + WIDE_VECTORS * LANES : n;
    Wide sum = wide_zero();
    FOR_LANES(i, k, stop, { wide_mad(&sum, e_load(m, a, i), e_load(m, v, i)); });
    value = e_add(value, wide_reduce(sum));
    k = stop;
  }
  return value;
}

// The lane sums of each of LANES vectors of words below 2p, as one vector: eight words below 2p
// add up to less than 2^54.
INLINE V f_lane_sums(V v[LANES]) {
  v_transpose(v);
  V sum = v[0];
  for (int i = 1; i < LANES; i++) sum = v_plus(sum, v[i]);
  return f_fold(sum);
}

// Up to LANES dot products with row c of v, from outer index o on.
INLINE void dots_kind(
  ck_int_kind kind, const Job *job, size_t c, size_t o, size_t count) {
  const ck_mode_shape *shape = job->shape;
  ck_ext v = ck_ext_at(job->b, c * shape->v_row);
  V c0[LANES], c1[LANES], c2[LANES];
  for (size_t i = 0; i < LANES; i++) {
    size_t t = (o + i) * shape->t_outer;
    E value = e_zero();
    if (i < count) {
      value = kind == CK_EXTENSION ? dot_extension(job, v, t) : dot_kind(kind, job, v, t);
    }
    c0[i] = value.c0, c1[i] = value.c1, c2[i] = value.c2;
  }
  E sums = {f_lane_sums(c0), f_lane_sums(c1), f_lane_sums(c2)};
  if (is_integer(kind)) sums = e_mul_base(sums, v_set(FP_R2));
  uint64_t words[3][LANES];
  v_store(FULL, words[0], f_canonical(sums.c0));
  v_store(FULL, words[1], f_canonical(sums.c1));
  v_store(FULL, words[2], f_canonical(sums.c2));
  for (size_t i = 0; i < count; i++) {
    size_t at = (o + i) * shape->out_outer + c * shape->out_row;
    ck_fp3 value = {words[0][i], words[1][i], words[2][i]};
    if (job->accumulate) value = fp3_add(value, fp3_load(job->x, at));
    fp3_store(job->x, at, value);
  }
}

// One inner index whose rows are adjacent: b is v, a or w the tensor, and units are outer indices.
static void mode_dots(const Job *job, size_t begin, size_t end, uint64_t *unused) {
  (void)unused;
  for (size_t o = begin; o < end; o += LANES) {
    size_t count = end - o < LANES ? end - o : LANES;
    for (size_t c = 0; c < job->shape->rows; c++) {
      if (job->kind == CK_EXTENSION) {
        dots_kind(CK_EXTENSION, job, c, o, count);
      } else {
        BY_WORD_KIND(job->kind, dots_kind, job, c, o, count);
      }
    }
  }
}

// The products an EAcc takes when one factor is below p: three of less than p * 2^51 a step.
enum { EXTENSION_PRODUCTS = 1024 };

INLINE E5 e5_broadcast(const uint64_t *v) {
  return (E5){v_set(v[0]), v_set(v[1]), v_set(v[2]), v_set(v[3]), v_set(v[4])};
}

INLINE E mode_e_column(const Job *job, M m, const uint64_t *v, size_t t) {
  const size_t n = job->shape->n, row = job->shape->t_row;
  E value = e_zero();
  for (size_t k = 0; k < n;) {
    size_t stop = n - k > EXTENSION_PRODUCTS ? k + EXTENSION_PRODUCTS : n;
    EAcc sum = eacc_zero();
    for (; k < stop; k++) eacc_mad(&sum, e_load(m, job->a, t + k * row), e5_broadcast(v + 5 * k));
    value = e_add(value, eacc_reduce(sum));
  }
  return value;
}

// The same over E, with five words for each k.
static void mode_e(const Job *job, size_t begin, size_t end, uint64_t *unused) {
  (void)unused;
  const ck_mode_shape *shape = job->shape;
  size_t blocks = (shape->inner + CK_MODE_BLOCK - 1) / CK_MODE_BLOCK;
  for (size_t u = begin; u < end; u++) {
    size_t o = u / blocks, from = u % blocks * CK_MODE_BLOCK;
    size_t to = shape->inner - from < CK_MODE_BLOCK ? shape->inner : from + CK_MODE_BLOCK;
    for (size_t c = 0; c < shape->rows; c++) {
      const uint64_t *v = job->table + 5 * shape->n * c;
      ck_ext out = ck_ext_at(job->x, o * shape->out_outer + c * shape->out_row);
      FOR_LANES(i, from, to, {
        E value = mode_e_column(job, m, v, o * shape->t_outer + i);
        if (job->accumulate) value = e_add(value, e_load(m, out, i));
        e_store(m, out, i, value);
      });
    }
  }
}
