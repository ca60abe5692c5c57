// The yardstick: products in the cubic extension X^3 - 2 of the Goldilocks field, whose prime is
// 2^64 - 2^32 + 1, with the same instructions as Assay's field.
#pragma once

#include <stddef.h>
#include <stdint.h>

// Whether the processor has the instructions that the vector product needs.
int goldilocks_has_vectors(void);
// out[i] = a[i] * b[i]. Coordinate k of element i is base[k * stride + i]; any words are taken as
// residues, and the results are residues too. n is a multiple of eight.
void goldilocks3_mul_vector(
  const uint64_t *a, const uint64_t *b, uint64_t *out, size_t stride, size_t n);
// The same in plain C, with results below the prime.
void goldilocks3_mul_scalar(
  const uint64_t *a, const uint64_t *b, uint64_t *out, size_t stride, size_t n);
// The canonical representative of a word.
uint64_t goldilocks_canonical(uint64_t x);
