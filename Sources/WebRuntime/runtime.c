#include "WebRuntime.h"

#if defined(__wasm__)
#include <stddef.h>
#include <stdint.h>

// Memory. Freed blocks are kept by power-of-two size. Before what a caller gets stand its block's
// size class and its distance from the block's beginning; blocks begin at multiples of 16.
enum { ALIGNMENT = 16, CLASSES = 31, PAGE = 65536 };

typedef struct {
  uint32_t size_class;
  uint32_t distance;
  void *next;
} header_t;

_Static_assert(sizeof(header_t) <= ALIGNMENT, "a block's header fits before what it holds");

extern unsigned char __heap_base;
static uintptr_t top;
static header_t *freed[CLASSES];

static void *extend(size_t size) {
  if (top == 0) top = ((uintptr_t)&__heap_base + ALIGNMENT - 1) & ~(uintptr_t)(ALIGNMENT - 1);
  uint64_t end = (uint64_t)top + size;
  uint64_t have = (uint64_t)__builtin_wasm_memory_size(0) * PAGE;
  if (end > UINT32_MAX) __builtin_trap();
  if (end > have) {
    size_t pages = (size_t)((end - have + PAGE - 1) / PAGE);
    if (__builtin_wasm_memory_grow(0, pages) == (size_t)-1) __builtin_trap();
  }
  void *start = (void *)top;
  top = (uintptr_t)end;
  return start;
}

// Never returns null: a module that is out of memory traps, which ends it and nothing else.
static void *allocate(size_t alignment, size_t size) {
  if (alignment < ALIGNMENT) alignment = ALIGNMENT;
  uint64_t needed = (uint64_t)size + alignment;
  uint32_t c = 5;
  while (c < CLASSES && ((uint64_t)1 << c) < needed) c++;
  if (c >= CLASSES) __builtin_trap();
  unsigned char *block = (unsigned char *)freed[c];
  if (block) {
    freed[c] = freed[c]->next;
  } else {
    block = extend((size_t)1 << c);
  }
  uintptr_t start = ((uintptr_t)block + ALIGNMENT + alignment - 1) & ~(uintptr_t)(alignment - 1);
  header_t *header = (header_t *)(start - ALIGNMENT);
  header->size_class = c;
  header->distance = (uint32_t)(start - (uintptr_t)block);
  return (void *)start;
}

void *malloc(size_t size) { return allocate(ALIGNMENT, size); }

void free(void *pointer) {
  if (!pointer) return;
  header_t header = *(header_t *)((uintptr_t)pointer - ALIGNMENT);
  header_t *block = (header_t *)((uintptr_t)pointer - header.distance);
  block->next = freed[header.size_class];
  freed[header.size_class] = block;
}

int posix_memalign(void **result, size_t alignment, size_t size) {
  enum { INVALID = 22 };
  if (alignment == 0 || (alignment & (alignment - 1)) != 0) return INVALID;
  *result = allocate(alignment, size);
  return 0;
}

void *memset(void *target, int value, size_t count) {
  unsigned char *t = target;
  for (size_t i = 0; i < count; i++) t[i] = (unsigned char)value;
  return target;
}

void *memcpy(void *restrict target, const void *restrict source, size_t count) {
  unsigned char *t = target;
  const unsigned char *s = source;
  for (size_t i = 0; i < count; i++) t[i] = s[i];
  return target;
}

void *memmove(void *target, const void *source, size_t count) {
  unsigned char *t = target;
  const unsigned char *s = source;
  if (t <= s) {
    for (size_t i = 0; i < count; i++) t[i] = s[i];
  } else {
    while (count--) t[count] = s[count];
  }
  return target;
}

int memcmp(const void *a, const void *b, size_t count) {
  const unsigned char *x = a, *y = b;
  for (size_t i = 0; i < count; i++) {
    if (x[i] != y[i]) return x[i] < y[i] ? -1 : 1;
  }
  return 0;
}

// The seed of hash tables, which is all that asks for it: a verifier has no secrets, and without a
// system there is no randomness.
void arc4random_buf(void *target, size_t count) { memset(target, 0x5a, count); }

// 128-bit arithmetic, which the compiler leaves to its own library. Halves are put together in
// memory, because a shift would call the functions that are defined here.
typedef union {
  __int128 whole;
  struct {
    uint64_t low, high;
  };
} wide_t;

__int128 __multi3(__int128 a, __int128 b) {
  wide_t x = {.whole = a}, y = {.whole = b}, result;
  uint64_t x0 = (uint32_t)x.low, x1 = x.low >> 32, y0 = (uint32_t)y.low, y1 = y.low >> 32;
  uint64_t low = x0 * y0, middle = x1 * y0 + (low >> 32), cross = x0 * y1 + (uint32_t)middle;
  result.low = (cross << 32) | (uint32_t)low;
  result.high = x1 * y1 + (middle >> 32) + (cross >> 32) + x.low * y.high + x.high * y.low;
  return result.whole;
}

// Shifts by 0 to 127 bits.

__int128 __ashlti3(__int128 a, int bits) {
  wide_t x = {.whole = a}, result = x;
  if (bits >= 64) {
    result.high = x.low << (bits - 64);
    result.low = 0;
  } else if (bits > 0) {
    result.high = x.high << bits | x.low >> (64 - bits);
    result.low = x.low << bits;
  }
  return result.whole;
}

__int128 __lshrti3(__int128 a, int bits) {
  wide_t x = {.whole = a}, result = x;
  if (bits >= 64) {
    result.low = x.high >> (bits - 64);
    result.high = 0;
  } else if (bits > 0) {
    result.low = x.low >> bits | x.high << (64 - bits);
    result.high = x.high >> bits;
  }
  return result.whole;
}
#endif
