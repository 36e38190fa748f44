//===- GPU.cpp - pipelines that end in NVVM
//---------------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "gdr/Pipelines/GPU.h"

#include "gdr/Conversion/Passes.h"
#include "gdr/Dialect/WG/Transforms/Passes.h"
#include "gdr/Pipelines/Host.h"
#include "gdr/Target/Passes.h"
#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

void gdr::buildAllocateTilesPipeline(OpPassManager &pm,
                                     const CommonFeatures &features,
                                     bool racecheck) {
  {
    auto &kernels = pm.nest<gpu::GPUModuleOp>().nest<gpu::GPUFuncOp>();
    // Threads that copy arrive for themselves anyway.
    kernels.addPass(
        wg::createLowerRings({racecheck && features.hasBulkCopies}));
    if (!features.hasBulkCopies)
      kernels.addPass(wg::createCopiesToThreads());
    kernels.addPass(createCanonicalizerPass());
    kernels.addPass(createCSEPass());
    // Threads alone read and write shared memory where there are no bulk
    // copies.
    if (features.hasBulkCopies)
      kernels.addPass(wg::createInsertProxyFences());
  }
  pm.addPass(wg::createAllocateShared({features.sharedMemoryBytes}));
}

// Tile programs to the programs of threads.
static void buildTilePipeline(OpPassManager &pm,
                              const gdr::CommonFeatures &features,
                              bool racecheck) {
  gdr::buildAllocateTilesPipeline(pm, features, racecheck);
  OpPassManager &modules = pm.nest<gpu::GPUModuleOp>();
  modules.addNestedPass<gpu::GPUFuncOp>(
      wg::createLowerRoles({features.hasSetRegisters}));
  modules.addPass(
      gdr::createWGToNVVM({features.tensorCores, features.hasBulkCopies}));
  modules.addPass(createCanonicalizerPass());
  modules.addPass(createCSEPass());
}

static void buildKernelPipeline(OpPassManager &pm) {
  pm.addPass(gdr::createSubgroupReduceToShuffles());
  pm.addPass(gdr::createMathToNVVM());
  VectorTransferToSCFOptions scfOptions;
  pm.addPass(createConvertVectorToSCFPass(scfOptions.enableFullUnroll()));
  pm.addPass(memref::createExpandStridedMetadataPass());
  pm.addPass(createLowerAffinePass());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());

  // everything -> nvvm; vectors first, because only their own conversion takes
  // more than one dimension
  pm.addPass(createSCFToControlFlowPass());
  pm.addPass(createConvertVectorToLLVMPass());
  ConvertGpuOpsToNVVMOpsOptions nvvmOptions;
  nvvmOptions.useBarePtrCallConv = true;
  pm.addPass(createConvertGpuOpsToNVVMOps(nvvmOptions));
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  pm.addPass(createConvertNVVMToLLVMPass());
  pm.addPass(createReconcileUnrealizedCastsPass());
  pm.addPass(gdr::createStreamingToNVVM());
}

void gdr::buildLowerToGPUPipeline(OpPassManager &pm,
                                  const CommonFeatures &features,
                                  bool racecheck) {
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  buildTilePipeline(pm, features, racecheck);
  buildKernelPipeline(pm.nest<gpu::GPUModuleOp>());
  pm.addPass(createAllocateWorkspace());
  pm.addPass(createTensorMapToRuntime());
  pm.addPass(createLaunchToRuntime());
  buildHostToLLVMPipeline(pm);
}

void gdr::registerGPUPipeline() {
  PassPipelineRegistration<LowerToGPUOptions>(
      "gdr-lower-to-gpu",
      "Lower kernels to NVVM and host code to the LLVM dialect",
      [](OpPassManager &pm, const LowerToGPUOptions &options) {
        SmallVector<std::string> chips(options.chips.begin(),
                                       options.chips.end());
        VerifyChipsOptions verifyOptions;
        verifyOptions.chips = chips;
        pm.addPass(createVerifyChips(verifyOptions));
        buildLowerToGPUPipeline(pm, getCommonFeatures(chips),
                                options.racecheck);
      });
}
