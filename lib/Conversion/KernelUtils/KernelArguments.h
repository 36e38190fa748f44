//===- KernelArguments.h - memrefs across a launch --------------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A kernel takes plain pointers: each memref operand is passed as its base
// buffer, a memref of rank 0, and the sizes, strides and offset that its type
// leaves open, as index values; the kernel rebuilds the memref from them.
//
//===----------------------------------------------------------------------===//

#ifndef GDR_CONVERSION_KERNELUTILS_KERNELARGUMENTS_H
#define GDR_CONVERSION_KERNELUTILS_KERNELARGUMENTS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace mlir::gdr {

/// A memref of the host taken apart into kernel arguments.
struct PassedMemRef {
  MemRefType type;
  SmallVector<Value> arguments; // base, then what the type leaves open
  SmallVector<OpFoldResult> sizes, strides;
  OpFoldResult offset;
};

PassedMemRef createPassedMemRef(ImplicitLocOpBuilder &b, Value memref);

/// Rebuilds the memref in the kernel; takes its arguments off `arguments`.
Value createRebuiltMemRef(ImplicitLocOpBuilder &b, const PassedMemRef &passed,
                          ValueRange &arguments);

/// A kernel without a body, named after the function and the suffix, in the
/// function's GPU module.
gpu::GPUFuncOp createKernel(func::FuncOp func, const Twine &suffix,
                            TypeRange argumentTypes, int64_t threads);

/// A kernel of the same GPU module that does the same, in whose favour this one
/// is erased, or else this one. Schedules often differ in one of their kernels.
gpu::GPUFuncOp reuseEqualKernel(gpu::GPUFuncOp kernel);

} // namespace mlir::gdr

#endif // GDR_CONVERSION_KERNELUTILS_KERNELARGUMENTS_H
