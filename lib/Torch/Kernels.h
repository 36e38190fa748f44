//===- Kernels.h - compiled functions of this process -----------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDR_LIB_TORCH_KERNELS_H
#define GDR_LIB_TORCH_KERNELS_H

#include "gdr-c/Cache.h"
#include "gdr-c/Signature.h"

namespace gdr::torch {

/// The chip of tensors in host memory.
extern const char *const cpuChip;

/// The compiled function of a signature for a chip, which is cpuChip or what
/// getDeviceChip says. Compiles it at the first call; throws
/// std::runtime_error with the compiler's sentence if that fails.
const gdr_module &getKernel(const gdr_signature &signature, const char *chip);

/// The chip of a CUDA device.
const char *getDeviceChip(int32_t device);

} // namespace gdr::torch

#endif // GDR_LIB_TORCH_KERNELS_H
