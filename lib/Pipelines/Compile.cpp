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

// Which forms an op can take, and how one is chosen.
namespace {
struct FormOptions {
  gdr::DispatchOptions dispatch;
  /// Compare only chunked forms.
  bool alwaysChunked = false;
};
} // namespace

// The forms that the target has. On the CPU the arithmetic grows with the chunk
// and the chunked form is no slower from 16 tokens on; docs/Performance.md has
// the measurements.
static FormOptions getFormOptions(const gdr::CompileOptions &options) {
  FormOptions forms;
  if (options.target == "cpu") {
    forms.dispatch.chunked = gdr::ChunkedKernels::Loops;
    forms.dispatch.chunkSize = 16;
    forms.dispatch.leastTokens = 16;
  } else {
    forms.dispatch.chunked = gdr::ChunkedKernels::Tiles;
  }
  return forms;
}

// The chips to compile for; never none.
static SmallVector<std::string>
getChipNames(const gdr::CompileOptions &options) {
  SmallVector<std::string> chips(options.chips.begin(), options.chips.end());
  if (chips.empty())
    chips.push_back("sm_90a");
  return chips;
}

// The op in its forms, on memrefs. The chips have the same features.
static void buildFormsPipeline(OpPassManager &pm,
                               const gdr::CompileOptions &options,
                               const FormOptions &forms,
                               ArrayRef<std::string> chips) {
  std::optional<gdr::Chip> chip = gdr::getChip(chips.front());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  OpPassManager &functions = pm.nest<func::FuncOp>();
  functions.addPass(gdr::createDescribeArguments());
  gdr::SelectScheduleOptions scheduleOptions;
  if (chip)
    scheduleOptions.smCount = chip->smCount;
  if (options.smCount != 0)
    scheduleOptions.smCount = options.smCount;
  bool hasTiles = forms.dispatch.chunked == gdr::ChunkedKernels::Tiles;
  if (hasTiles || !options.schedule.empty()) {
    gdr::SelectScheduleOptions formOptions = scheduleOptions;
    formOptions.schedule = options.schedule;
    formOptions.chunked = hasTiles;
    formOptions.alwaysChunked = forms.alwaysChunked;
    formOptions.wgmma =
        gdr::getCommonFeatures(chips).tensorCores == gdr::TensorCores::Wgmma;
    functions.addPass(gdr::createSelectSchedule(formOptions));
  }
  functions.addPass(gdr::createDispatch(forms.dispatch));
  // After the dispatch, so that one token and many are scheduled apart.
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
static void buildKernelsPipeline(OpPassManager &pm, const std::string &target,
                                 const gdr::CommonFeatures &features) {
  pm.addPass(gdr::createRecurrentToGPU());
  gdr::ChunkToWGOptions tileOptions;
  // Came with the same generation.
  tileOptions.overlap = features.hasBulkCopies;
  tileOptions.tensorMaps = features.hasBulkCopies;
  tileOptions.sharedMemory = features.sharedMemoryBytes;
  // The operands of mma.sync are in registers too, and three CTAs would spill.
  if (features.tensorCores == gdr::TensorCores::MmaSync)
    tileOptions.prepareBlocks = 2;
  pm.addPass(gdr::createChunkToWG(tileOptions));
  // The kernels say how arguments must be aligned.
  addDescribeEntry(pm, target);
}

static void addVerifyChips(OpPassManager &pm, ArrayRef<std::string> chips) {
  gdr::VerifyChipsOptions options;
  options.chips.assign(chips.begin(), chips.end());
  pm.addPass(gdr::createVerifyChips(options));
}

using BuildPipeline =
    llvm::function_ref<void(OpPassManager &pm, ArrayRef<std::string> chips)>;

// Kernels have one form for all chips that have the same features, and host
// code depends on it: chips that differ get a variant of the module each.
static void buildForEachForm(OpPassManager &pm, ArrayRef<std::string> chips,
                             BuildPipeline build) {
  addVerifyChips(pm, chips);
  SmallVector<SmallVector<std::string>> groups = gdr::groupByFeatures(chips);
  if (groups.size() == 1)
    return build(pm, groups.front());
  gdr::CompileVariantsOptions variants;
  for (ArrayRef<std::string> group : groups) {
    variants.names.push_back(group.front());
    OpPassManager pipeline(ModuleOp::getOperationName());
    build(pipeline, group);
    variants.pipelines.push_back(std::move(pipeline));
  }
  pm.addPass(gdr::createCompileVariants(std::move(variants)));
}

void gdr::buildTileProgramPipeline(OpPassManager &pm,
                                   const TileProgramOptions &options) {
  FormOptions forms;
  forms.dispatch.chunked = ChunkedKernels::Tiles;
  // Tile programs alone are of interest.
  forms.dispatch.fallback = false;
  forms.alwaysChunked = true;
  auto build = [&](OpPassManager &pm, ArrayRef<std::string> chips) {
    buildFormsPipeline(pm, options, forms, chips);
    CommonFeatures features = getCommonFeatures(chips);
    buildKernelsPipeline(pm, /*target=*/"cuda", features);
    // As before the lowering of tile programs.
    pm.addPass(createCanonicalizerPass());
    pm.addPass(createCSEPass());
    if (options.lowerRings)
      buildAllocateTilesPipeline(pm, features, options.racecheck);
  };
  buildForEachForm(pm, getChipNames(options), build);
}

void gdr::buildCompilePipeline(OpPassManager &pm,
                               const CompileOptions &options) {
  SmallVector<std::string> chips = getChipNames(options);
  if (options.target == "cpu") {
    addVerifyChips(pm, chips);
    buildFormsPipeline(pm, options, getFormOptions(options), chips);
    addDescribeEntry(pm, options.target);
    buildLowerToCPUPipeline(pm);
    return;
  }
  auto build = [&](OpPassManager &pm, ArrayRef<std::string> chips) {
    buildFormsPipeline(pm, options, getFormOptions(options), chips);
    CommonFeatures features = getCommonFeatures(chips);
    buildKernelsPipeline(pm, options.target, features);
    AttachTargetsOptions targetOptions;
    targetOptions.chips.assign(chips.begin(), chips.end());
    pm.addPass(createAttachTargets(targetOptions));
    buildLowerToGPUPipeline(pm, features, options.racecheck);
  };
  buildForEachForm(pm, chips, build);
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
