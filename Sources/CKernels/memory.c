// Memory for large vectors.
#define _DEFAULT_SOURCE
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "include/CKernels.h"

#if defined(__linux__)
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>
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

// Blocks that were given back are kept for the next ones: whoever makes one vector after the other
// would wait for fresh pages most of the time. Of huge ones one is kept, which goes when one of
// another length is asked for; of others as many as there is room for.
#define HUGE_BLOCK ((size_t)128 << 20)
#define KEPT_BYTES ((size_t)256 << 20)
enum { KEPT_BLOCKS = 32 };

typedef struct {
  void *memory;
  size_t length;
} Block;

static atomic_flag kept_lock = ATOMIC_FLAG_INIT;
// By age, the oldest first.
static Block kept[KEPT_BLOCKS];
static int kept_count;
// Of those that are not huge.
static size_t kept_bytes;

static size_t counted(size_t length) { return length < HUGE_BLOCK ? length : 0; }

static void lock_kept(void) {
  while (atomic_flag_test_and_set(&kept_lock)) {
  }
}

static Block take_kept(int index) {
  Block block = kept[index];
  kept_count--;
  kept_bytes -= counted(block.length);
  memmove(kept + index, kept + index + 1, (size_t)(kept_count - index) * sizeof(Block));
  return block;
}

// The shortest kept block that serves for a length, the youngest of these; {NULL, 0} if none does.
// One that is much longer serves for a longer one.
static Block find_kept(size_t length) {
  int best = -1;
  for (int i = 0; i < kept_count; i++) {
    size_t found = kept[i].length;
    if (found < length || found / 2 > length) continue;
    if (length >= HUGE_BLOCK && found != length) continue;
    if (best < 0 || found <= kept[best].length) best = i;
  }
  return best < 0 ? (Block){NULL, 0} : take_kept(best);
}

// A block that makes room for others, or a huge one; {NULL, 0} if there is room enough.
static Block evict_kept(size_t length, int huge) {
  for (int i = 0; i < kept_count; i++) {
    int is_huge = kept[i].length >= HUGE_BLOCK;
    if (is_huge != huge) continue;
    if (huge || kept_count == KEPT_BLOCKS || kept_bytes + length > KEPT_BYTES) return take_kept(i);
  }
  return (Block){NULL, 0};
}

static void clear_range(void *memory, size_t begin, size_t end) {
  memset((uint8_t *)memory + begin, 0, end - begin);
}

static void *allocate_large(size_t bytes) {
  size_t length = rounded(bytes, LARGE_PAGE);
  lock_kept();
  Block block = find_kept(length);
  Block other = {NULL, 0};
  if (!block.memory && length >= HUGE_BLOCK) other = evict_kept(length, 1);
  atomic_flag_clear(&kept_lock);
  if (other.memory) munmap(other.memory, other.length);
  if (!block.memory) return map_large(bytes);
  if (block.length > length) munmap((uint8_t *)block.memory + length, block.length - length);
  ck_parallel_for(bytes, LARGE_PAGE, block.memory, clear_range);
  return block.memory;
}

static void release_large(void *memory, size_t bytes) {
  size_t length = rounded(bytes, LARGE_PAGE);
  int huge = length >= HUGE_BLOCK;
  for (;;) {
    lock_kept();
    Block other = evict_kept(length, huge);
    if (!other.memory) {
      int fits = kept_count < KEPT_BLOCKS;
      if (fits) {
        kept[kept_count++] = (Block){memory, length};
        kept_bytes += counted(length);
      }
      atomic_flag_clear(&kept_lock);
      if (!fits) munmap(memory, length);
      return;
    }
    atomic_flag_clear(&kept_lock);
    munmap(other.memory, other.length);
  }
}
#endif

void *ck_allocate(size_t bytes) {
#if defined(__linux__)
  if (bytes >= LARGE_PAGE) return allocate_large(bytes);
#endif
  size_t length = rounded(bytes ? bytes : 1, ALIGNMENT);
  void *memory = aligned_alloc(ALIGNMENT, length);
  if (memory) memset(memory, 0, length);
  return memory;
}

void ck_release(void *memory, size_t bytes) {
#if defined(__linux__)
  if (bytes >= LARGE_PAGE) {
    release_large(memory, bytes);
    return;
  }
#endif
  (void)bytes;
  free(memory);
}

// The heap's first growth, of which no more is taken than is used; and what is kept of it.
#define HEAP_STEP ((size_t)64 << 20)

void ck_prepare_heap(void) {
#if defined(__GLIBC__)
  // What is larger is mapped by itself. Setting any of these keeps the library from changing them.
  mallopt(M_MMAP_THRESHOLD, (int)(2 * LARGE_PAGE));
  mallopt(M_TRIM_THRESHOLD, (int)(4 * HEAP_STEP));
  mallopt(M_TOP_PAD, (int)HEAP_STEP);
  uint8_t *probe = malloc(LARGE_PAGE);
  if (!probe) return;
  uint8_t *start = (uint8_t *)rounded((size_t)probe, LARGE_PAGE);
  uint8_t *end = sbrk(0);
  // Elsewhere than in the heap, where there was no room for it.
  if (end > start && (size_t)(end - start) <= 2 * HEAP_STEP) {
    madvise(start, (size_t)(end - start), MADV_HUGEPAGE);
  }
  free(probe);
  mallopt(M_TOP_PAD, (int)LARGE_PAGE);
#endif
}
