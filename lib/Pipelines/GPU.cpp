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
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
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

// Kernels to operations that have a counterpart in NVVM. Nested on a kernel, so
// that all kernels are lowered at the same time: they are most of the work.
static void buildKernelPipeline(OpPassManager &kernels,
                                const gdr::CommonFeatures &features) {
  // tiles -> threads
  kernels.addPass(wg::createLowerRoles({features.hasSetRegisters}));
  kernels.addPass(
      gdr::createWGToNVVM({features.tensorCores, features.hasBulkCopies}));
  kernels.addPass(createCanonicalizerPass());
  kernels.addPass(createCSEPass());

  kernels.addPass(gdr::createSubgroupReduceToShuffles());
  kernels.addPass(gdr::createMathToNVVM());
  gdr::buildLowerFunctionPipeline(kernels);
}

static void buildKernelsToNVVMPipeline(OpPassManager &modules,
                                       const gdr::CommonFeatures &features) {
  buildKernelPipeline(modules.nest<gpu::GPUFuncOp>(), features);
  // Replaces the functions, so that it has to see the module.
  ConvertGpuOpsToNVVMOpsOptions nvvmOptions;
  nvvmOptions.useBarePtrCallConv = true;
  modules.addPass(createConvertGpuOpsToNVVMOps(nvvmOptions));
  OpPassManager &kernels = modules.nest<LLVM::LLVMFuncOp>();
  kernels.addPass(createCanonicalizerPass());
  kernels.addPass(createCSEPass());
  kernels.addPass(createConvertNVVMToLLVMPass());
  kernels.addPass(createReconcileUnrealizedCastsPass());
  kernels.addPass(gdr::createStreamingToNVVM());
}

void gdr::buildLowerToGPUPipeline(OpPassManager &pm,
                                  const CommonFeatures &features,
                                  bool racecheck) {
  pm.addPass(createWaitAtStart());
  for (OpPassManager *functions :
       {&pm.nest<func::FuncOp>(),
        &pm.nest<gpu::GPUModuleOp>().nest<gpu::GPUFuncOp>()}) {
    functions->addPass(createCanonicalizerPass());
    functions->addPass(createCSEPass());
  }
  buildAllocateTilesPipeline(pm, features, racecheck);
  buildKernelsToNVVMPipeline(pm.nest<gpu::GPUModuleOp>(), features);
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
