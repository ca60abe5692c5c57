// Hashing of single messages, of columns, and Merkle trees.
#include "blake3.h"

// The chaining value of one chunk of at most 1024 bytes.
static void message_chunk(
  const Blake3Key *key, const uint8_t *message, size_t length, size_t index, uint32_t root,
  H cv[8]) {
  blake3_start(key, cv);
  uint32_t start = BLAKE3_CHUNK_START;
  do {
    uint8_t block[64] = {0};
    size_t used = length < 64 ? length : 64;
    if (used > 0) memcpy(block, message, used);
    H m[16];
    h_load_block(block, 1, m);
    uint32_t end = used == length ? BLAKE3_CHUNK_END | root : 0;
    blake3_compress(cv, m, index, (uint32_t)used, key->flag | start | end);
    start = 0;
    message += used;
    length -= used;
  } while (length > 0);
}

void ck_blake3(const uint8_t *key_bytes, const uint8_t *message, size_t length, uint8_t *out) {
  const Blake3Key key = blake3_key(key_bytes);
  size_t chunks = length == 0 ? 1 : (length + 1023) / 1024;
  Blake3Stack stack;
  stack.depth = 0;
  H cv[8];
  for (size_t i = 0; i < chunks; i++) {
    size_t left = length - 1024 * i;
    message_chunk(
      &key, message + 1024 * i, left < 1024 ? left : 1024, i, chunks == 1 ? BLAKE3_ROOT : 0, cv);
    if (i + 1 < chunks) blake3_push(&key, &stack, i, cv);
  }
  blake3_finish(&key, &stack, cv);
  h_store_digests(cv, out, 1);
}

void ck_hash_columns(
  const uint8_t *key, const uint64_t *const *lanes, size_t lane_count, size_t count,
  uint8_t *out) {
  Job job = {.w = lanes, .w2 = key, .h = lane_count, .y = {.base = (uint64_t *)out}};
  size_t grain = 1 + 8192 / (lane_count + 8);
  ck_run(ck_kernels()->hash_columns, &job, count, grain < 16 ? 16 : grain);
}

void ck_hash_pairs(const uint8_t *key, const uint8_t *in, size_t count, uint8_t *out) {
  Job job = {.w = in, .w2 = key, .y = {.base = (uint64_t *)out}};
  ck_run(ck_kernels()->hash_pairs, &job, count, 1024);
}

// The most leaves whose digests are at hand at once.
enum { SUBTREE_LEAVES = 1 << CK_SUBTREE_HEIGHT };

typedef struct {
  const uint8_t *leaf_key, *node_key;
  const uint64_t *const *lanes;
  size_t lane_count, leaves;
  unsigned height;
  uint8_t *out;
} Subtrees;

// Indices are blocks of leaves, whose digests do not leave the cache.
static void subtrees_piece(void *context, size_t begin, size_t end) {
  const Subtrees *s = context;
  _Alignas(64) uint8_t levels[2][CK_DIGEST_BYTES * SUBTREE_LEAVES];
  for (size_t block = begin; block < end; block++) {
    size_t first = block * s->leaves, count = s->leaves;
    Job leaves = {
      .w = s->lanes, .w2 = s->leaf_key, .h = s->lane_count, .origin = first,
      .y = {.base = (uint64_t *)levels[0]}};
    ck_kernels()->hash_columns(&leaves, first, first + count, NULL);
    for (unsigned level = 0; level < s->height; level++) {
      count /= 2;
      Job pairs = {
        .w = levels[level & 1], .w2 = s->node_key,
        .y = {.base = (uint64_t *)levels[~level & 1]}};
      ck_kernels()->hash_pairs(&pairs, 0, count, NULL);
    }
    memcpy(
      s->out + CK_DIGEST_BYTES * block * count, levels[s->height & 1], CK_DIGEST_BYTES * count);
  }
}

void ck_hash_subtrees(
  const uint8_t *leaf_key, const uint8_t *node_key, const uint64_t *const *lanes,
  size_t lane_count, size_t count, unsigned height, uint8_t *out) {
  size_t leaves = count < SUBTREE_LEAVES ? count : SUBTREE_LEAVES;
  Subtrees subtrees = {leaf_key, node_key, lanes, lane_count, leaves, height, out};
  ck_parallel_for(count / leaves, 1, &subtrees, subtrees_piece);
}

void ck_merkle_tree(const uint8_t *key, uint8_t *nodes, size_t leaf_count) {
  uint8_t *level = nodes;
  for (size_t count = leaf_count; count > 1; count /= 2) {
    uint8_t *above = level + CK_DIGEST_BYTES * count;
    ck_hash_pairs(key, level, count / 2, above);
    level = above;
  }
}
