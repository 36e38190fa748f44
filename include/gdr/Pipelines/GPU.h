//===- GPU.h - pipelines that end in NVVM -----------------------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDR_PIPELINES_GPU_H
#define GDR_PIPELINES_GPU_H

namespace mlir {
class OpPassManager;
} // namespace mlir

namespace mlir::gdr {

/// Lowers rings to barriers and gives everything in shared memory its place:
/// what is left are tile programs still.
void buildAllocateTilesPipeline(OpPassManager &pm);

/// Lowers kernels in `gpu.module` to NVVM and described host code to the LLVM
/// dialect with calls of libgdr_runtime.
void buildLowerToGPUPipeline(OpPassManager &pm);

/// Registers it as `gdr-lower-to-gpu`.
void registerGPUPipeline();

} // namespace mlir::gdr

#endif // GDR_PIPELINES_GPU_H
