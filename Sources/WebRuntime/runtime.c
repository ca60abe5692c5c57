#include "WebRuntime.h"

#if defined(__wasm__)
#include <stddef.h>
#include <stdint.h>

// Freed blocks are kept by power-of-two size. A block is preceded by its size class and aligned to
// 16 bytes.
enum { ALIGNMENT = 16, CLASSES = 32, PAGE = 65536 };

extern unsigned char __heap_base;
static uintptr_t top;
static void *freed[CLASSES];

static unsigned class_of(size_t size) {
  unsigned c = 5;
  while (((size_t)1 << c) < size + ALIGNMENT) c++;
  return c;
}

static void *extend(size_t size) {
  if (top == 0) top = ((uintptr_t)&__heap_base + ALIGNMENT - 1) & ~(uintptr_t)(ALIGNMENT - 1);
  uintptr_t start = top;
  uintptr_t have = (uintptr_t)__builtin_wasm_memory_size(0) * PAGE;
  if (size > UINT32_MAX - start) __builtin_trap();
  if (start + size > have) {
    size_t pages = (start + size - have + PAGE - 1) / PAGE;
    if (__builtin_wasm_memory_grow(0, pages) == (size_t)-1) __builtin_trap();
  }
  top = start + size;
  return (void *)start;
}

void *malloc(size_t size) {
  unsigned c = class_of(size);
  if (c >= CLASSES) __builtin_trap();
  unsigned char *block = freed[c];
  if (block) {
    freed[c] = *(void **)(block + ALIGNMENT);
  } else {
    block = extend((size_t)1 << c);
  }
  *(uint32_t *)block = c;
  return block + ALIGNMENT;
}

void free(void *pointer) {
  if (!pointer) return;
  unsigned char *block = (unsigned char *)pointer - ALIGNMENT;
  uint32_t c = *(uint32_t *)block;
  *(void **)pointer = freed[c];
  freed[c] = block;
}

int posix_memalign(void **result, size_t alignment, size_t size) {
  if (alignment > ALIGNMENT) return 22;
  *result = malloc(size);
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

// 128-bit products, which the compiler leaves to its own library.
__int128 __multi3(__int128 a, __int128 b) {
  uint64_t a0 = (uint64_t)a, b0 = (uint64_t)b;
  uint64_t al = (uint32_t)a0, ah = a0 >> 32, bl = (uint32_t)b0, bh = b0 >> 32;
  uint64_t low = al * bl, mid = ah * bl + (low >> 32), cross = al * bh + (uint32_t)mid;
  uint64_t high = ah * bh + (mid >> 32) + (cross >> 32);
  high += a0 * (uint64_t)((unsigned __int128)b >> 64) + (uint64_t)((unsigned __int128)a >> 64) * b0;
  unsigned __int128 result = high;
  return (__int128)((result << 64) | ((cross << 32) | (uint32_t)low));
}

int memcmp(const void *a, const void *b, size_t count) {
  const unsigned char *x = a, *y = b;
  for (size_t i = 0; i < count; i++) {
    if (x[i] != y[i]) return x[i] < y[i] ? -1 : 1;
  }
  return 0;
}
#endif
