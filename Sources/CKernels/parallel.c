// Threads and the choice of path.
#if defined(__linux__)
#define _DEFAULT_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#endif
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "job.h"

#if defined(__linux__)
// The entry that GCC's compilers call, which LLVM's OpenMP library exports too: the library is
// used without the -fopenmp flag, which a package may not demand of its dependents.
extern void GOMP_parallel(void (*body)(void *), void *data, unsigned threads, unsigned flags);
extern int omp_get_num_procs(void);
extern int omp_get_thread_num(void);
extern int omp_in_parallel(void);

// Threads that have nothing to do sleep at once: by default they spin, which on a machine that does
// other work takes the time from the threads they wait for. The library reads this when it is first
// called; what the user has set stays.
static void wait_asleep(void) {
  if (!getenv("OMP_WAIT_POLICY")) setenv("KMP_BLOCKTIME", "0", 0);
}

// The library notes itself in a file that is named after the process. A process that is killed
// before it has written the note leaves zeros there, and the next one of the same number takes them
// for another copy of the library, and aborts. No copy in this process writes zeros. Everybody may
// write to the folder, so the file may be none: what would block, or lead elsewhere, is let alone.
static void remove_empty_note(void) {
  char path[80];
  snprintf(
    path, sizeof path, "/dev/shm/__KMP_REGISTERED_LIB_%d_%d", (int)getpid(), (int)getuid());
  int file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (file < 0) return;
  char first = 0;
  struct stat status;
  int is_file = fstat(file, &status) == 0 && S_ISREG(status.st_mode);
  ssize_t count = is_file ? read(file, &first, 1) : -1;
  close(file);
  if (count == 0 || (count == 1 && first == 0)) unlink(path);
}

// Before the library is first called.
__attribute__((constructor)) static void prepare_library(void) {
  wait_asleep();
  remove_empty_note();
}

static void team_run(void (*body)(void *), void *data, int threads) {
  GOMP_parallel(body, data, (unsigned)threads, 0);
}
static int processors(void) { return omp_get_num_procs(); }
static int inside_team(void) { return omp_in_parallel(); }
#else
static void team_run(void (*body)(void *), void *data, int threads) {
  (void)threads;
  body(data);
}
static int processors(void) { return 1; }
static int inside_team(void) { return 0; }
#endif

static atomic_int requested_threads;
static atomic_int selected_path;

void ck_set_threads(int threads) { atomic_store(&requested_threads, threads > 0 ? threads : 0); }

int ck_get_threads(void) {
  int threads = atomic_load(&requested_threads);
  return threads > 0 ? threads : processors();
}

static ck_path best_path(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (
    __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
    __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
    __builtin_cpu_supports("avx512ifma"))
    return CK_PATH_IFMA;
#endif
  return CK_PATH_PORTABLE;
}

void ck_set_path(ck_path path) {
  atomic_store(&selected_path, path == CK_PATH_PORTABLE ? CK_PATH_PORTABLE : best_path());
}

ck_path ck_get_path(void) {
  int path = atomic_load(&selected_path);
  if (path == CK_PATH_BEST) {
    path = best_path();
    atomic_store(&selected_path, path);
  }
  return (ck_path)path;
}

const Kernels *ck_kernels(void) {
#if defined(__x86_64__)
  if (ck_get_path() == CK_PATH_IFMA) return &ck_kernels_ifma;
#endif
  return &ck_kernels_portable;
}

// One parallel loop. Threads take pieces from a shared counter, because a machine that is busy
// with other work gives them unequal time.
typedef struct {
  void (*body)(void *, size_t, size_t);
  void *context;
  size_t count, piece;
  atomic_size_t next;
} Loop;

static void loop_thread(void *data) {
  Loop *loop = data;
  for (;;) {
    size_t begin = atomic_fetch_add(&loop->next, loop->piece);
    if (begin >= loop->count) return;
    size_t left = loop->count - begin;
    loop->body(loop->context, begin, begin + (left < loop->piece ? left : loop->piece));
  }
}

void ck_parallel_for(
  size_t count, size_t grain, void *context, void (*body)(void *, size_t, size_t)) {
  if (count == 0) return;
  if (grain == 0) grain = 1;
  size_t pieces = count / grain;
  size_t threads = (size_t)ck_get_threads();
  if (threads > pieces) threads = pieces;
  if (threads <= 1 || inside_team()) {
    body(context, 0, count);
    return;
  }
  // Eight pieces a thread balance the load; pieces start at whole cache lines of words.
  size_t piece = (count + threads * 8 - 1) / (threads * 8);
  if (piece < grain) piece = grain;
  if (piece > 64) piece = (piece + 7) & ~(size_t)7;
  Loop loop = {body, context, count, piece, 0};
  team_run(loop_thread, &loop, (int)threads);
}

typedef struct {
  Kernel *kernel;
  const Job *job;
  int count;
  atomic_flag lock;
  uint64_t *sums;
} Run;

static void run_piece(void *context, size_t begin, size_t end) {
  Run *run = context;
  run->kernel(run->job, begin, end, NULL);
}

void ck_run(Kernel *kernel, const Job *job, size_t n, size_t grain) {
  Run run = {.kernel = kernel, .job = job};
  ck_parallel_for(n, grain, &run, run_piece);
}

// Sums are exact residues in [0, p), so the order in which pieces arrive does not matter.
static void reduce_piece(void *context, size_t begin, size_t end) {
  Run *run = context;
  uint64_t sums[CK_MAX_SUMS] = {0};
  run->kernel(run->job, begin, end, sums);
  while (atomic_flag_test_and_set(&run->lock)) {
  }
  for (int i = 0; i < run->count; i++) run->sums[i] = fp_add(run->sums[i], sums[i]);
  atomic_flag_clear(&run->lock);
}

void ck_reduce(
  Kernel *kernel, const Job *job, size_t n, size_t grain, uint64_t *sums, int count) {
  Run run = {.kernel = kernel, .job = job, .count = count, .sums = sums};
  atomic_flag_clear(&run.lock);
  memset(sums, 0, sizeof(uint64_t) * (size_t)count);
  ck_parallel_for(n, grain, &run, reduce_piece);
}

void ck_wipe(void *memory, size_t bytes) {
  memset(memory, 0, bytes);
  __asm__ __volatile__("" : : "r"(memory) : "memory");
}
