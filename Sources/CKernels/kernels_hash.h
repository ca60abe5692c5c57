// BLAKE3 of columns of field elements and of pairs of digests.
#pragma once

#include "blake3.h"

// Columns of field elements: eight elements a block, 128 a chunk.

// Each lane is its own stream of memory, more of them than the processor follows by itself: the
// words of the next visit are asked for ahead.
enum { HASH_AHEAD = HASH_LANES > 1 ? HASH_LANES : 64 };

typedef struct {
  const uint64_t *const *lanes;
  size_t lane_count, column, left;
} Columns;

// cv = the chaining value of chunk `index`, or the root when there is no other chunk.
static void columns_chunk(const Blake3Key *key, const Columns *c, size_t index, H cv[8]) {
  size_t first = index * 128;
  size_t last = c->lane_count - first > 128 ? first + 128 : c->lane_count;
  uint32_t root = c->lane_count <= 128 ? BLAKE3_ROOT : 0;
  blake3_start(key, cv);
  size_t lane = first;
  do {
    size_t used = last - lane < 8 ? last - lane : 8;
    H m[16];
    for (size_t i = 0; i < 8; i++) {
      if (i < used) {
        const uint64_t *p = c->lanes[lane + i] + c->column;
        __builtin_prefetch(p + HASH_AHEAD);
        __builtin_prefetch(p + HASH_AHEAD + 8);
        h_load_elements(p, c->left, &m[2 * i], &m[2 * i + 1]);
      } else {
        m[2 * i] = m[2 * i + 1] = h_set(0);
      }
    }
    uint32_t flags = key->flag | (lane == first ? BLAKE3_CHUNK_START : 0);
    if (lane + used == last) flags |= BLAKE3_CHUNK_END | root;
    blake3_compress(cv, m, index, (uint32_t)(8 * used), flags);
    lane += used;
  } while (lane < last);
}

// w: the lanes, w2: the key, h: their number, y: the digests from the origin's on. Indices are columns.
static void hash_columns(const Job *job, size_t begin, size_t end, uint64_t *sums) {
  (void)sums;
  const Blake3Key key = blake3_key(job->w2);
  uint8_t *out = (uint8_t *)job->y.base;
  for (size_t column = begin; column < end; column += HASH_LANES) {
    Columns c = {job->w, job->h, column, end - column};
    size_t chunks = c.lane_count == 0 ? 1 : (c.lane_count + 127) / 128;
    Blake3Stack stack;
    stack.depth = 0;
    H cv[8];
    for (size_t i = 0; i < chunks; i++) {
      columns_chunk(&key, &c, i, cv);
      if (i + 1 < chunks) blake3_push(&key, &stack, i, cv);
    }
    blake3_finish(&key, &stack, cv);
    h_store_digests(cv, out + 32 * (column - job->origin), c.left);
  }
}

// w: messages of 64 bytes, w2: the key, y: the digests.
static void hash_pairs(const Job *job, size_t begin, size_t end, uint64_t *sums) {
  (void)sums;
  const Blake3Key key = blake3_key(job->w2);
  const uint8_t *in = job->w;
  uint8_t *out = (uint8_t *)job->y.base;
  uint32_t flags = key.flag | BLAKE3_CHUNK_START | BLAKE3_CHUNK_END | BLAKE3_ROOT;
  for (size_t i = begin; i < end; i += HASH_LANES) {
    H cv[8], m[16];
    h_load_block(in + 64 * i, end - i, m);
    blake3_start(&key, cv);
    blake3_compress(cv, m, 0, 64, flags);
    h_store_digests(cv, out + 32 * i, end - i);
  }
}
