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
  dispatchOptions.wgmma = options.target == "cuda";
  return dispatchOptions;
}

static gdr::ChunkToWGOptions
getChunkToWGOptions(const gdr::CommonFeatures &features) {
  gdr::ChunkToWGOptions chunkOptions;
  chunkOptions.tensorMaps = features.hasBulkCopies;
  chunkOptions.sharedMemory = features.sharedMemoryBytes;
  // The operands of mma.sync are in registers too, and three CTAs would spill.
  if (features.tensorCores == gdr::TensorCores::MmaSync)
    chunkOptions.prepareBlocks = 2;
  return chunkOptions;
}

void gdr::buildCompilePipeline(OpPassManager &pm,
                               const CompileOptions &options) {
  SmallVector<std::string> chips(options.chips.begin(), options.chips.end());
  if (chips.empty())
    chips.push_back("sm_90a");
  std::optional<Chip> chip = getChip(chips.front());

  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  OpPassManager &functions = pm.nest<func::FuncOp>();
  functions.addPass(createDescribeArguments());
  SelectScheduleOptions scheduleOptions;
  if (chip)
    scheduleOptions.smCount = chip->smCount;
  if (options.smCount != 0)
    scheduleOptions.smCount = options.smCount;
  // After the dispatch, so that one token and many are scheduled apart.
  functions.addPass(createDispatch(getDispatchOptions(options)));
  functions.addPass(createSelectSchedule(scheduleOptions));

  pm.addPass(createBufferize());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());

  DescribeEntryOptions entryOptions;
  entryOptions.target = options.target;
  if (options.target == "cpu") {
    pm.addPass(createDescribeEntry(entryOptions));
    buildLowerToCPUPipeline(pm);
    return;
  }
  CommonFeatures features = getCommonFeatures(chips);
  // The kernels say how arguments must be aligned.
  pm.addPass(createRecurrentToGPU());
  pm.addPass(createChunkToWG(getChunkToWGOptions(features)));
  pm.addPass(createDescribeEntry(entryOptions));
  AttachTargetsOptions targetOptions;
  targetOptions.chips = chips;
  pm.addPass(createAttachTargets(targetOptions));
  buildLowerToGPUPipeline(pm, features);
}

void gdr::registerCompilePipeline() {
  PassPipelineRegistration<CompileOptions>(
      "gdr-compile",
      "Compile gdr.gated_delta_rule to the LLVM dialect and, for a GPU, NVVM",
      buildCompilePipeline);
}
