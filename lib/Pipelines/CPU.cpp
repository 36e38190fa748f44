//===- CPU.cpp - pipelines that end on the host ---------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "gdr/Pipelines/CPU.h"

#include "gdr/Conversion/Passes.h"
#include "gdr/Pipelines/Host.h"
#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/Passes.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

void gdr::buildLowerToCPUPipeline(OpPassManager &pm) {
  // gdr, linalg -> scf, vector
  pm.addPass(createChunkToLoops());
  pm.addPass(createRecurrentToLoops());
  {
    OpPassManager &functions = pm.nest<func::FuncOp>();
    functions.addPass(createCopyToLinalg());
    functions.addPass(createConvertLinalgToLoopsPass());
    functions.addPass(createCanonicalizerPass());
    functions.addPass(createCSEPass());
    functions.addPass(createLoopInvariantCodeMotionPass());
  }
  pm.addPass(createParallelToRuntime());

  // operations that LLVM or its targets lack
  OpPassManager &functions = pm.nest<func::FuncOp>();
  functions.addPass(createConvertVectorToSCFPass());
  functions.addPass(createExpandMath());
  arith::ArithExpandOpsPassOptions arithOptions;
  arithOptions.includeBf16 = true;
  functions.addPass(arith::createArithExpandOpsPass(arithOptions));
  buildHostToLLVMPipeline(pm);
}

void gdr::registerCPUPipeline() {
  PassPipelineRegistration<>(
      "gdr-lower-to-cpu",
      "Lower the forms of gdr on memrefs to the LLVM dialect for the host",
      buildLowerToCPUPipeline);
}
