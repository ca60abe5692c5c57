// Memory for large vectors.
#define _DEFAULT_SOURCE
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "include/CKernels.h"

#if defined(__linux__)
#include <sys/mman.h>
#endif

// The size of a large page of x86 and of most other processors.
#define LARGE_PAGE ((size_t)2 << 20)
#define ALIGNMENT ((size_t)64)

static size_t rounded(size_t bytes, size_t unit) { return (bytes + unit - 1) / unit * unit; }

#if defined(__linux__)
// Fresh pages are zero already, and large ones are handed out 512 times as rarely: for vectors that
// are written once the kernel's work with small ones takes as long as the transforms.
static void *map_large(size_t bytes) {
  size_t length = rounded(bytes, LARGE_PAGE);
  if (length < bytes || length > SIZE_MAX - LARGE_PAGE) return NULL;
  size_t reserved = length + LARGE_PAGE;
  uint8_t *start =
    mmap(NULL, reserved, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (start == MAP_FAILED) return NULL;
  uint8_t *base = (uint8_t *)rounded((size_t)start, LARGE_PAGE);
  size_t before = (size_t)(base - start);
  if (before) munmap(start, before);
  if (LARGE_PAGE - before) munmap(base + length, LARGE_PAGE - before);
  // Where large pages are not to be had this does nothing.
  madvise(base, length, MADV_HUGEPAGE);
  return base;
}

// One huge block that was given back is kept for the next one of its length: whoever makes many
// codewords of a large model one after the other would wait for fresh pages most of the time. It goes
// when a huge block of another length is asked for.
#define HUGE_BLOCK ((size_t)128 << 20)

static atomic_flag kept_lock = ATOMIC_FLAG_INIT;
static void *kept;
static size_t kept_length;

// Keeps a block, or none, and returns the one that was kept.
static void *exchange_kept(void *memory, size_t *length) {
  while (atomic_flag_test_and_set(&kept_lock)) {
  }
  void *before = kept;
  size_t length_before = kept_length;
  kept = memory;
  kept_length = *length;
  atomic_flag_clear(&kept_lock);
  *length = length_before;
  return before;
}

static void *allocate_huge(size_t bytes) {
  size_t length = 0;
  void *memory = exchange_kept(NULL, &length);
  if (memory && length == rounded(bytes, LARGE_PAGE)) return memset(memory, 0, bytes);
  if (memory) munmap(memory, length);
  return map_large(bytes);
}

static void release_huge(void *memory, size_t bytes) {
  size_t length = rounded(bytes, LARGE_PAGE);
  void *before = exchange_kept(memory, &length);
  if (before) munmap(before, length);
}
#endif

void *ck_allocate(size_t bytes) {
#if defined(__linux__)
  if (bytes >= HUGE_BLOCK) return allocate_huge(bytes);
  if (bytes >= LARGE_PAGE) return map_large(bytes);
#endif
  size_t length = rounded(bytes ? bytes : 1, ALIGNMENT);
  void *memory = aligned_alloc(ALIGNMENT, length);
  if (memory) memset(memory, 0, length);
  return memory;
}

void ck_release(void *memory, size_t bytes) {
#if defined(__linux__)
  if (bytes >= HUGE_BLOCK) {
    release_huge(memory, bytes);
    return;
  }
  if (bytes >= LARGE_PAGE) {
    munmap(memory, rounded(bytes, LARGE_PAGE));
    return;
  }
#endif
  (void)bytes;
  free(memory);
}
