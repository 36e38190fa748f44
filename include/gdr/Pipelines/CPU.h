//===- CPU.h - pipelines that end on the host -------------------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDR_PIPELINES_CPU_H
#define GDR_PIPELINES_CPU_H

namespace mlir {
class OpPassManager;
} // namespace mlir

namespace mlir::gdr {

/// Lowers a module of func.func with gdr.recurrent and the chunked form on
/// memrefs to the LLVM dialect. Functions keep their names and take memrefs as
/// expanded descriptors. The code calls gdr_parallel_for, malloc and free for
/// what the chunked form's stages pass on and for buffers that are large or of
/// dynamic size, and no mathematical library.
void buildLowerToCPUPipeline(OpPassManager &pm);

/// Registers it as `gdr-lower-to-cpu`.
void registerCPUPipeline();

} // namespace mlir::gdr

#endif // GDR_PIPELINES_CPU_H
