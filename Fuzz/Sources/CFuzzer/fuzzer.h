/* What libFuzzer offers to those that it calls; its library has no header. */
#ifndef ASSAY_FUZZER_H
#define ASSAY_FUZZER_H

#include <stddef.h>
#include <stdint.h>

/* Changes the bytes somehow and returns how many there are then, at most `capacity`. */
size_t LLVMFuzzerMutate(uint8_t *bytes, size_t count, size_t capacity);

#endif
