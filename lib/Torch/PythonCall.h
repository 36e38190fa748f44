//===- PythonCall.h - an op as Python calls it ------------------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDR_LIB_TORCH_PYTHONCALL_H
#define GDR_LIB_TORCH_PYTHONCALL_H

#include "Stable.h"

namespace gdr::torch {

/// Deletes a tensor that an op was given; in a call from Python, after it.
///
/// Where Python has the tensor too, torch takes Python's lock for this, which
/// it gave back for the length of the op. The caller has the lock anyway.
void deleteArgument(Tensor tensor);

} // namespace gdr::torch

#endif // GDR_LIB_TORCH_PYTHONCALL_H
