//===- Compile.h - from the op to code --------------------------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDR_PIPELINES_COMPILE_H
#define GDR_PIPELINES_COMPILE_H

#include "mlir/Pass/PassOptions.h"

namespace mlir {
class OpPassManager;
} // namespace mlir

namespace mlir::gdr {

/// Options of `--gdr-compile` and of `buildCompilePipeline`.
struct CompileOptions : PassPipelineOptions<CompileOptions> {
  Option<std::string> target{
      *this, "target",
      llvm::cl::desc("where the functions run: cuda (default) or cpu"),
      llvm::cl::init("cuda")};
  ListOption<std::string> chips{
      *this, "chip",
      llvm::cl::desc("GPUs to compile for, such as sm_90a (default) or "
                     "sm_80,sm_90a")};
  Option<int64_t> smCount{
      *this, "sm-count",
      llvm::cl::desc("number of multiprocessors to schedule for; by default "
                     "that of the first chip"),
      llvm::cl::init(0)};
  Option<std::string> schedule{
      *this, "schedule",
      llvm::cl::desc("schedule of every op that has none, without spaces: "
                     "#gdr.chunked<columns=64>"),
      llvm::cl::init("")};
  Option<bool> racecheck{*this, "racecheck",
                         llvm::cl::desc("kernels that compute-sanitizer's "
                                        "racecheck can follow; slower"),
                         llvm::cl::init(false)};
};

/// Options of `--gdr-tile-programs`.
struct TileProgramOptions : CompileOptions {
  Option<bool> lowerRings{
      *this, "lower-rings",
      llvm::cl::desc("also lower rings to barriers and give everything in "
                     "shared memory its place"),
      llvm::cl::init(false)};
};

/// From functions with gdr.gated_delta_rule, on tensors or memrefs, to the LLVM
/// dialect: host code described by `gdr.entry` and, for target cuda, GPU
/// modules in NVVM.
void buildCompilePipeline(OpPassManager &pm, const CompileOptions &options);

/// The part of it that leaves tile programs, host code that launches them and
/// entry points that are described. Takes the chunked form of every op that has
/// one for a GPU; `target` does not matter.
void buildTileProgramPipeline(OpPassManager &pm,
                              const TileProgramOptions &options);

/// Registers `gdr-compile` and `gdr-tile-programs`.
void registerCompilePipeline();

} // namespace mlir::gdr

#endif // GDR_PIPELINES_COMPILE_H
