//===- GPU.h - pipelines that end in NVVM -----------------------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDR_PIPELINES_GPU_H
#define GDR_PIPELINES_GPU_H

#include "gdr/Target/Chips.h"
#include "mlir/Pass/PassOptions.h"

namespace mlir {
class OpPassManager;
} // namespace mlir

namespace mlir::gdr {

/// Lowers rings to barriers and gives everything in shared memory its place:
/// what is left are tile programs still. With `racecheck` they are slower, and
/// compute-sanitizer's racecheck can follow them.
void buildAllocateTilesPipeline(OpPassManager &pm,
                                const CommonFeatures &features, bool racecheck);

/// Options of `--gdr-lower-to-gpu`.
struct LowerToGPUOptions : PassPipelineOptions<LowerToGPUOptions> {
  ListOption<std::string> chips{
      *this, "chip",
      llvm::cl::desc("GPUs whose instructions to use: those that all of them "
                     "have (default: sm_90a)")};
  Option<bool> racecheck{*this, "racecheck",
                         llvm::cl::desc("kernels that compute-sanitizer's "
                                        "racecheck can follow; slower"),
                         llvm::cl::init(false)};
};

/// Lowers kernels in `gpu.module` to NVVM, with the instructions of `features`,
/// and described host code to the LLVM dialect with calls of libgdr_runtime.
void buildLowerToGPUPipeline(OpPassManager &pm, const CommonFeatures &features,
                             bool racecheck);

/// Registers it as `gdr-lower-to-gpu`.
void registerGPUPipeline();

} // namespace mlir::gdr

#endif // GDR_PIPELINES_GPU_H
