/*===- HeaderTest.c - the public header in C11 ----------------------------===*\
 *
 * Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * A function and a caller as C code: what the compiler emits, written by hand
 * as constants, and what a C program does with the emitted header.
 *
\*===----------------------------------------------------------------------===*/

#include "gdr-c/Runtime.h"

_Static_assert(sizeof(gdr_argument) == (5 + 4 * GDR_MAX_RANK) * 8,
               "gdr_argument has padding");
_Static_assert(sizeof(gdr_image) == 6 * 8, "gdr_image has padding");
_Static_assert(sizeof(gdr_function) == 16 * 8, "gdr_function has padding");
_Static_assert(sizeof(struct gdr_args_header) == 5 * 8,
               "gdr_args_header has padding");

/* x[i] += i + bias, through the parallel loop. */
struct loop {
  float *x;
  int64_t bias;
};

static void addOne(void *context, int64_t i) {
  struct loop *loop = context;
  loop->x[i] += (float)(i + loop->bias);
}

static void host(gdr_call *call, void *const *arguments) {
  /* A memref descriptor: allocated, aligned, offset, size, stride. */
  void *const *pointers = arguments[0];
  const int64_t *integers = arguments[0];
  struct loop loop;
  (void)call;
  loop.x = pointers[1];
  loop.bias = *(const int64_t *)arguments[1];
  gdr_parallel_for(addOne, &loop, integers[3]);
}

static const gdr_argument arguments[2] = {
    {GDR_ARGUMENT_TENSOR, kDLFloat, 32, 1, 4, {GDR_DYNAMIC}, {0}, {0}, {1}},
    {GDR_ARGUMENT_INTEGER, 0, 0, 0, 0, {0}, {0}, {0}, {0}}};

static void *state;

static const gdr_function function = {
    GDR_ABI_VERSION, kDLCPU, "add", 2, arguments, "x\0bias\0", 1,
    "N\0",           0,      "",    0, 0,         host,        0,
    &state,          0};

struct add_args {
  struct gdr_args_header header;
  const DLTensor *x;
  int64_t bias;
};

int32_t addFromC(float *x, int64_t n, int64_t bias) {
  DLTensor tensor = {0};
  struct add_args args = {{sizeof(struct add_args), 0, NULL, NULL, 0}, 0, 0};
  tensor.data = x;
  tensor.device.device_type = kDLCPU;
  tensor.ndim = 1;
  tensor.dtype.code = kDLFloat;
  tensor.dtype.bits = 32;
  tensor.dtype.lanes = 1;
  tensor.shape = &n;
  args.x = &tensor;
  args.bias = bias;
  return gdr_invoke(&function, &args.header);
}
