//===- Compile.cpp - from the op to code
//------------------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "gdr/Pipelines/Compile.h"

#include "gdr/Conversion/Passes.h"
#include "gdr/Dialect/GDR/Transforms/Passes.h"
#include "gdr/Pipelines/CPU.h"
#include "gdr/Pipelines/GPU.h"
#include "gdr/Target/Chips.h"
#include "gdr/Target/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

// The forms that the target has. On the CPU the arithmetic grows with the chunk
// and the chunked form is no slower from 16 tokens on; docs/Performance.md has
// the measurements.
static gdr::DispatchOptions
getDispatchOptions(const gdr::CompileOptions &options) {
  gdr::DispatchOptions dispatchOptions;
  if (options.target == "cpu") {
    dispatchOptions.chunked = true;
    dispatchOptions.chunkSize = 16;
    dispatchOptions.leastTokens = 16;
  }
  return dispatchOptions;
}

// The chips to compile for; never none.
static SmallVector<std::string>
getChipNames(const gdr::CompileOptions &options) {
  SmallVector<std::string> chips(options.chips.begin(), options.chips.end());
  if (chips.empty())
    chips.push_back("sm_90a");
  return chips;
}

// The op in its forms, on memrefs.
static void buildFormsPipeline(OpPassManager &pm,
                               const gdr::CompileOptions &options,
                               const gdr::DispatchOptions &dispatchOptions) {
  std::optional<gdr::Chip> chip = gdr::getChip(getChipNames(options).front());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  OpPassManager &functions = pm.nest<func::FuncOp>();
  functions.addPass(gdr::createDescribeArguments());
  gdr::SelectScheduleOptions scheduleOptions;
  if (chip)
    scheduleOptions.smCount = chip->smCount;
  if (options.smCount != 0)
    scheduleOptions.smCount = options.smCount;
  // After the dispatch, so that one token and many are scheduled apart.
  functions.addPass(gdr::createDispatch(dispatchOptions));
  functions.addPass(gdr::createSelectSchedule(scheduleOptions));

  pm.addPass(gdr::createBufferize());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
}

static void addDescribeEntry(OpPassManager &pm, const std::string &target) {
  gdr::DescribeEntryOptions options;
  options.target = target;
  pm.addPass(gdr::createDescribeEntry(options));
}

// The forms to kernels and their launches.
static void buildKernelsPipeline(OpPassManager &pm, const std::string &target) {
  pm.addPass(gdr::createRecurrentToGPU());
  pm.addPass(gdr::createChunkToWG());
  // The kernels say how arguments must be aligned.
  addDescribeEntry(pm, target);
}

void gdr::buildTileProgramPipeline(OpPassManager &pm,
                                   const TileProgramOptions &options) {
  DispatchOptions dispatchOptions;
  dispatchOptions.chunked = true;
  dispatchOptions.wgmma = true;
  dispatchOptions.leastTokens = 1;
  buildFormsPipeline(pm, options, dispatchOptions);
  buildKernelsPipeline(pm, "cuda");
  // As before the lowering of tile programs.
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  if (options.lowerRings)
    buildAllocateTilesPipeline(pm);
}

void gdr::buildCompilePipeline(OpPassManager &pm,
                               const CompileOptions &options) {
  buildFormsPipeline(pm, options, getDispatchOptions(options));
  if (options.target == "cpu") {
    addDescribeEntry(pm, options.target);
    buildLowerToCPUPipeline(pm);
    return;
  }
  buildKernelsPipeline(pm, options.target);
  AttachTargetsOptions targetOptions;
  targetOptions.chips = getChipNames(options);
  pm.addPass(createAttachTargets(targetOptions));
  buildLowerToGPUPipeline(pm);
}

void gdr::registerCompilePipeline() {
  PassPipelineRegistration<CompileOptions>(
      "gdr-compile",
      "Compile gdr.gated_delta_rule to the LLVM dialect and, for a GPU, NVVM",
      buildCompilePipeline);
  PassPipelineRegistration<TileProgramOptions>(
      "gdr-tile-programs",
      "Compile gdr.gated_delta_rule to tile programs in the wg dialect",
      buildTileProgramPipeline);
}
