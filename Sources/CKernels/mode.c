// Public functions: contractions along an axis.
#include <stdlib.h>

#include "job.h"

// The rows of v as scalars, `width` words for each: three coordinates in [0, p), then five times
// the last two when width is 5.
static uint64_t *scalar_table(
  const ck_mode_shape *shape, ck_ext v, ck_int_kind kind, size_t width) {
  size_t count = shape->rows * shape->n;
  uint64_t *table = malloc((count * width + 1) * sizeof *table);
  if (table == NULL) abort();
  for (size_t i = 0; i < count; i++) {
    ck_fp3 e = fp3_load(v, i / shape->n * shape->v_row + i % shape->n);
    if (is_integer(kind)) e = fp3_scale(e, FP_R2);
    uint64_t *entry = table + width * i;
    entry[0] = e.c0, entry[1] = e.c1, entry[2] = e.c2;
    if (width == 5) entry[3] = fp_times5(e.c1), entry[4] = fp_times5(e.c2);
  }
  return table;
}

static void store_dot(const Job *job, size_t o, size_t c, ck_fp3 value) {
  const ck_mode_shape *shape = job->shape;
  size_t at = o * shape->out_outer + c * shape->out_row;
  if (job->accumulate) value = fp3_add(value, fp3_load(job->x, at));
  fp3_store(job->x, at, value);
}

// Dot products one by one; b is v, and a or w the tensor.
static void single_dots(void *context, size_t begin, size_t end) {
  const Job *job = context;
  const ck_mode_shape *shape = job->shape;
  for (size_t u = begin; u < end; u++) {
    size_t o = u / shape->rows, c = u % shape->rows;
    ck_ext v = ck_ext_at(job->b, c * shape->v_row);
    ck_fp3 value;
    if (job->kind == CK_EXTENSION) {
      value = ck_e_dot(v, ck_ext_at(job->a, o * shape->t_outer), shape->n);
    } else {
      const char *w = (const char *)job->w + word_bytes(job->kind) * o * shape->t_outer;
      value = job->kind == CK_BASE ? ck_e_dot_base(v, (const uint64_t *)w, shape->n)
                                   : ck_e_dot_int(v, job->kind, w, shape->n);
    }
    store_dot(job, o, c, value);
  }
}

static void mode(Job job, Kernel *kernel, size_t width) {
  const ck_mode_shape *shape = job.shape;
  if (shape->outer == 0 || shape->rows == 0 || shape->inner == 0) return;
  size_t work = shape->n * shape->rows;
  if (shape->inner == 1 && shape->t_row == 1) {
    // Enough outer indices keep all threads busy; few long dot products are shared out instead.
    if (shape->outer >= 64) {
      ck_run(ck_kernels()->mode_dots, &job, shape->outer, 8 + 16384 / (work + 1));
      return;
    }
    ck_parallel_for(shape->outer * shape->rows, 1 + 8192 / (shape->n + 1), &job, single_dots);
    return;
  }
  uint64_t *table = scalar_table(shape, job.b, job.kind, width);
  job.table = table;
  size_t blocks = (shape->inner + CK_MODE_BLOCK - 1) / CK_MODE_BLOCK;
  size_t each = shape->inner < CK_MODE_BLOCK ? shape->inner : CK_MODE_BLOCK;
  ck_run(kernel, &job, shape->outer * blocks, 1 + 16384 / (work * each + 1));
  free(table);
}

void ck_mode_int(
  const ck_mode_shape *shape, ck_ext v, ck_int_kind kind, const void *t, ck_ext out,
  int accumulate) {
  Job job = {
    .shape = shape, .b = v, .kind = kind, .w = t, .x = out, .accumulate = accumulate};
  mode(job, ck_kernels()->mode_word, 3);
}

void ck_mode_base(
  const ck_mode_shape *shape, ck_ext v, const uint64_t *t, ck_ext out, int accumulate) {
  Job job = {
    .shape = shape, .b = v, .kind = CK_BASE, .w = t, .x = out, .accumulate = accumulate};
  mode(job, ck_kernels()->mode_word, 3);
}

void ck_mode_e(const ck_mode_shape *shape, ck_ext v, ck_ext t, ck_ext out, int accumulate) {
  Job job = {
    .shape = shape, .b = v, .kind = CK_EXTENSION, .a = t, .x = out, .accumulate = accumulate};
  mode(job, ck_kernels()->mode_e, 5);
}
