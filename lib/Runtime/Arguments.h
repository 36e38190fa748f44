//===- Arguments.h - checked arguments of one call --------------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the host code of a function reads: one pointer an argument, to a memref
// descriptor, an int64_t or a double. Everything has a fixed size and lives on
// the caller's stack.
//
//===----------------------------------------------------------------------===//

#ifndef GDR_LIB_RUNTIME_ARGUMENTS_H
#define GDR_LIB_RUNTIME_ARGUMENTS_H

#include "ABI.h"

namespace gdr::runtime {

constexpr int64_t maxArguments = 32;
constexpr int64_t maxSymbols = 32;

/// A memref descriptor: the sizes and then the strides follow the offset
/// without a gap, so their place depends on the rank.
struct MemRefDescriptor {
  void *allocated;
  void *aligned;
  int64_t offset;
  int64_t sizesAndStrides[2 * GDR_MAX_RANK];
};

struct BoundArguments {
  /// The device that all tensors are on; 0 without any.
  int64_t device;
  void *pointers[maxArguments];
  union {
    MemRefDescriptor tensor;
    uint64_t scalar;
  } storage[maxArguments];
};

/// Checks the argument struct against what the function was compiled for.
int32_t bindArguments(const gdr_function &function, const gdr_args_header *args,
                      BoundArguments &bound);

} // namespace gdr::runtime

#endif // GDR_LIB_RUNTIME_ARGUMENTS_H
