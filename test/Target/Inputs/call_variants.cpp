//===- call_variants.cpp - calls an object on devices of two kinds --------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Calls examples/prefill.mlir, compiled for sm_80 and sm_90a, through the
// driver that needs no GPU, and prints what is launched. Nothing is at the
// addresses.
//
//===----------------------------------------------------------------------===//

#include "../../Unit/Runtime/StubDriver.h"
#include "prefill.h"

#include <cstdio>

static int64_t qShape[] = {1, 2048, 16, 128}, vShape[] = {1, 2048, 32, 128};
static int64_t gShape[] = {1, 2048, 32}, stateShape[] = {1, 32, 128, 128};
static const DLDataType bf16 = {kDLBfloat, 16, 1}, f32 = {kDLFloat, 32, 1};

static DLTensor getTensor(uintptr_t address, int device, int rank,
                          DLDataType type, int64_t *shape) {
  return {reinterpret_cast<void *>(address),
          {kDLCUDA, device},
          rank,
          type,
          shape,
          nullptr,
          0};
}

static void call(const char *what, int device, uintptr_t qAddress) {
  stub::setRecording(true);
  size_t launches = stub::getLaunches().size();
  size_t maps = stub::getTensorMaps().size();
  DLTensor q = getTensor(qAddress, device, 4, bf16, qShape);
  DLTensor k = getTensor(0x200000000, device, 4, bf16, qShape);
  DLTensor v = getTensor(0x300000000, device, 4, bf16, vShape);
  DLTensor g = getTensor(0x400000000, device, 3, f32, gShape);
  DLTensor state = getTensor(0x500000000, device, 4, f32, stateShape);
  DLTensor o = getTensor(0x600000000, device, 4, bf16, vShape);
  prefill_args args = {sizeof(args), 0,  nullptr, nullptr, 0,      &q,
                       &k,           &v, &g,      &g,      &state, &o};
  args.workspace = reinterpret_cast<void *>(0x700000000);
  args.workspace_bytes = static_cast<size_t>(prefill_workspace_size(&args));
  int32_t status = prefill(&args);
  std::printf("%s: status %d %s, %zu tensor maps\n", what, status,
              status ? gdr_last_error() : "",
              stub::getTensorMaps().size() - maps);
  for (; launches < stub::getLaunches().size(); ++launches)
    std::printf("  %s, %u bytes of shared memory\n",
                stub::getLaunches()[launches].kernel.c_str(),
                stub::getLaunches()[launches].sharedBytes);
}

int main(int argc, char **argv) {
  if (argc != 2 || gdr_set_driver_library(argv[1]) != GDR_OK)
    return 1;
  stub::setComputeCapability(0, 90);
  stub::setComputeCapability(1, 80);
  call("9.0", 0, 0x100000000);
  call("8.0", 1, 0x100000000);
  call("9.0, misaligned", 0, 0x100000002);
  call("8.0, misaligned", 1, 0x100000008);
  return 0;
}
