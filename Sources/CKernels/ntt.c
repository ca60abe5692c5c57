// Number-theoretic transforms: tables, and the distribution of the work.
#include <stdatomic.h>
#include <stdlib.h>

#include "ntt_plan.h"

static void *checked(void *memory) {
  if (memory == NULL) abort();
  return memory;
}

static uint64_t *words(size_t count) {
  return checked(aligned_alloc(64, (count * sizeof(uint64_t) + 63) & ~(size_t)63));
}

static NttStage stage_make(unsigned log, uint64_t root) {
  size_t n = (size_t)1 << log;
  NttStage stage = {n, words(2 * n), checked(malloc(n * sizeof(uint32_t)))};
  uint64_t power = FP_ONE;
  for (size_t i = 0; i < n; i++) {
    stage.powers[2 * i] = power;
    stage.powers[2 * i + 1] = (power * FP_PINV) & FP_MASK52;
    power = fp_mul(power, root);
    size_t reversed = i == 0 ? 0 : (stage.reversed[i / 2] / 2) | ((i & 1) << (log - 1));
    stage.reversed[i] = (uint32_t)reversed;
  }
  return stage;
}

static void plan_twiddles(NttPlan *plan, uint64_t root, int inverse) {
  size_t n1 = plan->columns.n, groups = (plan->rows.n + 7) / 8;
  plan->fine = words(8 * n1);
  plan->coarse = words(groups * n1);
  uint64_t scale = FP_ONE;
  if (inverse) {
    scale = fp_power(fp_from_integer((uint64_t)1 << plan->log_size), FP_P - 2);
  }
  uint64_t step = FP_ONE;
  for (size_t k = 0; k < n1; k++) {
    uint64_t power = FP_ONE;
    for (size_t c = 0; c < 8; c++) {
      plan->fine[8 * k + c] = power;
      power = fp_mul(power, step);
    }
    uint64_t coarse = scale;
    for (size_t g = 0; g < groups; g++) {
      plan->coarse[g * n1 + k] = coarse;
      coarse = fp_mul(coarse, power);
    }
    step = fp_mul(step, root);
  }
}

static NttPlan *plan_make(unsigned log_size, int inverse) {
  NttPlan *plan = checked(malloc(sizeof *plan));
  unsigned log_columns = log_size / 2, log_rows = log_size - log_columns;
  uint64_t root = fp_root(log_size);
  if (inverse) root = fp_power(root, FP_P - 2);
  plan->log_size = log_size;
  plan->columns = stage_make(log_columns, fp_power(root, (uint64_t)1 << log_rows));
  plan->rows = stage_make(log_rows, fp_power(root, (uint64_t)1 << log_columns));
  plan->row_stride = plan->rows.n + NTT_PADDING;
  plan_twiddles(plan, root, inverse);
  return plan;
}

static void plan_free(NttPlan *plan) {
  free(plan->columns.powers);
  free(plan->columns.reversed);
  free(plan->rows.powers);
  free(plan->rows.reversed);
  free(plan->fine);
  free(plan->coarse);
  free(plan);
}

// Plans live as long as the process. Two threads may build the same one; the first to publish
// it wins.
static const NttPlan *plan_get(unsigned log_size, int inverse) {
  static _Atomic(NttPlan *) plans[2][39];
  _Atomic(NttPlan *) *slot = &plans[inverse][log_size];
  NttPlan *plan = atomic_load(slot);
  if (plan != NULL) return plan;
  NttPlan *made = plan_make(log_size, inverse);
  if (atomic_compare_exchange_strong(slot, &plan, made)) return made;
  plan_free(made);
  return plan;
}

typedef struct {
  const NttPlan *plan;
  const Kernels *kernels;
  const uint64_t *in;
  uint64_t *out, *matrix;
  size_t in_stride, count, out_stride;
  int bypass;
} Transform;

static uint64_t *scratch_make(const NttPlan *plan) {
  size_t n = plan->rows.n > plan->columns.n ? plan->rows.n : plan->columns.n;
  return words(n * 8);
}

static void columns_piece(void *context, size_t begin, size_t end) {
  Transform *t = context;
  uint64_t *scratch = scratch_make(t->plan);
  t->kernels->ntt_columns(t->plan, t->in, t->count, t->matrix, scratch, begin, end);
  free(scratch);
}

static void rows_piece(void *context, size_t begin, size_t end) {
  Transform *t = context;
  uint64_t *scratch = scratch_make(t->plan);
  t->kernels->ntt_rows(t->plan, t->matrix, t->out, scratch, begin, end, t->bypass);
  free(scratch);
}

static uint64_t *matrix_make(const NttPlan *plan) {
  return words(plan->columns.n * plan->row_stride);
}

// Whole transforms, each on one thread.
static void lanes_piece(void *context, size_t begin, size_t end) {
  Transform *t = context;
  const NttPlan *plan = t->plan;
  size_t width = t->kernels->ntt_lanes;
  uint64_t *scratch = scratch_make(plan), *matrix = matrix_make(plan);
  for (size_t lane = begin; lane < end; lane++) {
    const uint64_t *in = t->in + lane * t->in_stride;
    uint64_t *out = t->out + lane * t->out_stride;
    t->kernels->ntt_columns(plan, in, t->count, matrix, scratch, 0, plan->rows.n / width);
    t->kernels->ntt_rows(plan, matrix, out, scratch, 0, plan->columns.n / width, t->bypass);
  }
  free(scratch);
  free(matrix);
}

// One transform on all threads.
static void transform_split(Transform t) {
  const NttPlan *plan = t.plan;
  size_t width = t.kernels->ntt_lanes;
  t.matrix = matrix_make(plan);
  ck_parallel_for(plan->rows.n / width, 1, &t, columns_piece);
  ck_parallel_for(plan->columns.n / width, 1, &t, rows_piece);
  free(t.matrix);
}

// Output beyond the size of the caches would only push out other data on its way to memory.
static int bypasses_caches(const Transform *t, unsigned log_size, size_t lanes) {
  int aligned = (uintptr_t)t->out % 64 == 0 && t->out_stride % 8 == 0;
  return aligned && (lanes << log_size) * sizeof(uint64_t) >= (size_t)8 << 20;
}

static void transform(Transform t, unsigned log_size, size_t lanes, int inverse) {
  t.plan = plan_get(log_size, inverse);
  // Vectors of eight need eight rows and eight columns.
  t.kernels = log_size >= 6 ? ck_kernels() : &ck_kernels_portable;
  t.bypass = bypasses_caches(&t, log_size, lanes);
  size_t size = (size_t)1 << log_size, threads = (size_t)ck_get_threads();
  if (lanes < 4 * threads && log_size >= 14) {
    for (size_t lane = 0; lane < lanes; lane++) {
      Transform one = t;
      one.in += lane * t.in_stride;
      one.out += lane * t.out_stride;
      transform_split(one);
    }
  } else {
    ck_parallel_for(lanes, 1 + 4096 / size, &t, lanes_piece);
  }
}

void ck_ntt_forward(
  const uint64_t *in, size_t in_stride, size_t count, uint64_t *out, size_t out_stride,
  unsigned log_size, size_t lanes) {
  Transform t = {
    .in = in, .in_stride = in_stride, .count = count, .out = out, .out_stride = out_stride};
  transform(t, log_size, lanes, 0);
}

void ck_ntt_inverse(
  const uint64_t *in, size_t in_stride, uint64_t *out, size_t out_stride, unsigned log_size,
  size_t lanes) {
  Transform t = {
    .in = in, .in_stride = in_stride, .count = (size_t)1 << log_size, .out = out,
    .out_stride = out_stride};
  transform(t, log_size, lanes, 1);
}
