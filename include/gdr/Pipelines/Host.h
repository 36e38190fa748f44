//===- Host.h - host code to the LLVM dialect -------------------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDR_PIPELINES_HOST_H
#define GDR_PIPELINES_HOST_H

namespace mlir {
class OpPassManager;
} // namespace mlir

namespace mlir::gdr {

/// Lowers views, structured control flow and vectors in one function, of the
/// host or a kernel; vectors before everything else, because only their own
/// conversion takes more than one dimension.
void buildLowerFunctionPipeline(OpPassManager &functions);

/// Lowers functions of upstream's dialects, loops and vectors included, to the
/// LLVM dialect: the common end of the pipelines for CPU and GPU.
void buildHostToLLVMPipeline(OpPassManager &pm);

} // namespace mlir::gdr

#endif // GDR_PIPELINES_HOST_H
