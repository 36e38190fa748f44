//===- Kernels.h - compiled functions of this process -----------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDR_LIB_TORCH_KERNELS_H
#define GDR_LIB_TORCH_KERNELS_H

#include "Signature.h"
#include "gdr-c/Cache.h"

namespace gdr::torch {

/// The compiled function of a signature. Compiles it at the first call; throws
/// std::runtime_error with the compiler's sentence if that fails.
const gdr_module &getKernel(const Signature &signature);

/// The chip of a CUDA device.
const char *getDeviceChip(int32_t device);

} // namespace gdr::torch

#endif // GDR_LIB_TORCH_KERNELS_H
