/* Calls the compiled decode step from C, with tensors in host memory:
 *
 *   gdr-opt examples/decode.mlir --gdr-compile=target=cpu --emit=object -o decode.o
 *   gdr-opt examples/decode.mlir --gdr-compile=target=cpu --emit=header -o decode.h
 *   cc -I. -Iinclude examples/call_from_c.c decode.o -Lbuild/lib -lgdr_runtime -lm -o call_from_c
 *   LD_LIBRARY_PATH=build/lib ./call_from_c
 *
 * For a GPU compile without target=cpu, put the tensors on the device, say
 * kDLCUDA below and set the stream.
 */
#include "decode.h"
#include <stdio.h>
#include <stdlib.h>

enum { HK = 16, HV = 32, D = 128 };

static DLTensor make_tensor(int code, int bits, int rank, int64_t *shape) {
  size_t bytes = bits / 8;
  for (int i = 0; i < rank; ++i)
    bytes *= shape[i];
  DLTensor tensor = {0};
  tensor.data = calloc(1, bytes);
  tensor.device.device_type = kDLCPU;
  tensor.ndim = rank;
  tensor.dtype.code = code;
  tensor.dtype.bits = bits;
  tensor.dtype.lanes = 1;
  tensor.shape = shape; /* no strides: row-major */
  return tensor;
}

int main(void) {
  int64_t key_shape[] = {1, 1, HK, D}, value_shape[] = {1, 1, HV, D};
  int64_t gate_shape[] = {1, 1, HV}, state_shape[] = {1, HV, D, D};
  DLTensor q = make_tensor(kDLBfloat, 16, 4, key_shape);
  DLTensor k = make_tensor(kDLBfloat, 16, 4, key_shape);
  DLTensor v = make_tensor(kDLBfloat, 16, 4, value_shape);
  DLTensor g = make_tensor(kDLFloat, 32, 3, gate_shape);
  DLTensor beta = make_tensor(kDLFloat, 32, 3, gate_shape);
  DLTensor state = make_tensor(kDLFloat, 32, 4, state_shape);
  DLTensor o = make_tensor(kDLBfloat, 16, 4, value_shape);

  /* One key and one value, each a unit in its first element: 0x3f80 is 1. */
  for (int h = 0; h < HK; ++h)
    ((uint16_t *)k.data)[h * D] = ((uint16_t *)q.data)[h * D] = 0x3f80;
  for (int h = 0; h < HV; ++h) {
    ((uint16_t *)v.data)[h * D] = 0x3f80;
    ((float *)beta.data)[h] = 1.0f;
  }

  struct decode_args args = {.size = sizeof(args), .q = &q, .k = &k, .v = &v,
                             .g = &g, .beta = &beta, .state = &state, .o = &o};
  if (decode(&args) != GDR_OK) {
    fprintf(stderr, "%s\n", gdr_last_error());
    return 1;
  }
  /* S = k v^T has a 1 in its corner. */
  printf("state[0,0,0,0] = %g\n", ((float *)state.data)[0]);

  state_shape[1] = HV / 2; /* a mistake, to see a sentence */
  if (decode(&args) != GDR_OK)
    printf("%s\n", gdr_last_error());
  return 0;
}
