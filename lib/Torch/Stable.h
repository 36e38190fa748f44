//===- Stable.h - torch's stable ABI ----------------------------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The only door to torch: its stable ABI as of version 2.10, so that one
// library runs under that and every later version, with any Python or none.
//
//===----------------------------------------------------------------------===//

#ifndef GDR_LIB_TORCH_STABLE_H
#define GDR_LIB_TORCH_STABLE_H

#ifndef TORCH_TARGET_VERSION
#error "define TORCH_TARGET_VERSION, so that nothing newer is used"
#endif

#include <torch/csrc/stable/library.h>
#include <torch/csrc/stable/tensor.h>

// In libtorch_cuda, and so absent where torch was built without CUDA.
extern "C" __attribute__((weak)) AOTITorchError
aoti_torch_get_current_cuda_stream(int32_t device_index, void **ret_stream);

namespace gdr::torch {

using ::torch::stable::Tensor;

/// A failure of torch's own functions, which do not say more.
inline void check(AOTITorchError status, const char *what) {
  if (status != AOTI_TORCH_SUCCESS)
    throw std::runtime_error(std::string("torch failed to ") + what);
}

} // namespace gdr::torch

#endif // GDR_LIB_TORCH_STABLE_H
