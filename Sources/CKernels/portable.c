// The kernels in plain C, one lane at a time.
#define KERNELS_NAME ck_kernels_portable
#include "kernels.h"
