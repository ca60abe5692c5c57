// Compiles every kernel for one path and lists them as KERNELS_NAME.
#pragma once

#include "kernels_base.h"
#include "kernels_extension.h"
#include "kernels_gemm.h"
#include "kernels_hash.h"
#include "kernels_mode.h"
#include "kernels_ntt.h"
#include "kernels_round.h"

const Kernels KERNELS_NAME = {
  .from_int = from_int,
  .from_canonical = from_canonical,
  .to_canonical = to_canonical,
  .normalise = normalise,
  .add = base_add,
  .sub = base_sub,
  .mul = base_mul,
  .scale = base_scale,
  .sum = base_sum,
  .e_mul = e_mul_kernel,
  .e_scale = e_scale_kernel,
  .e_mul_base = e_mul_base_kernel,
  .e_axpy = e_axpy_kernel,
  .e_axpy_word = e_axpy_word,
  .e_fold = e_fold_kernel,
  .e_fold_word = e_fold_word,
  .eq_double = eq_double,
  .e_dot = e_dot_kernel,
  .e_dot_word = e_dot_word,
  .mode_word = mode_word,
  .mode_dots = mode_dots,
  .mode_e = mode_e,
  .round_product = round_product,
  .round_product_base = round_product_base,
  .fold_round_product = fold_round_product,
  .gkr_layer = gkr_layer,
  .gkr_layer_unit = gkr_layer_unit,
  .gkr_round = gkr_round,
  .gkr_fold_round = gkr_fold_round,
  .hash_columns = hash_columns,
  .hash_pairs = hash_pairs,
  .ntt_columns = ntt_columns,
  .ntt_rows = ntt_rows,
  .ntt_lanes = LANES,
  .gemm = gemm,
  .gemm_columns = GEMM_COLUMNS,
};
