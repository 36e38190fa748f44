//===- Host.cpp - host code to the LLVM dialect ---------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "gdr/Pipelines/Host.h"

#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

void gdr::buildLowerFunctionPipeline(OpPassManager &functions) {
  functions.addPass(memref::createExpandStridedMetadataPass());
  functions.addPass(createLowerAffinePass());
  functions.addPass(createCanonicalizerPass());
  functions.addPass(createCSEPass());

  functions.addPass(createSCFToControlFlowPass());
  functions.addPass(createConvertVectorToLLVMPass());
}

void gdr::buildHostToLLVMPipeline(OpPassManager &pm) {
  {
    OpPassManager &functions = pm.nest<func::FuncOp>();
    buildLowerFunctionPipeline(functions);
    functions.addPass(createConvertMathToLLVMPass());
    functions.addPass(createArithToLLVMConversionPass());
    functions.addPass(createConvertIndexToLLVMPass());
  }
  // What replaces functions or declares what they call has to see the module:
  // one pass, because it goes through the kernels too.
  ConvertToLLVMPassOptions options;
  options.filterDialects = {"memref", "func", "cf"};
  pm.addPass(createConvertToLLVMPass(options));
  OpPassManager &functions = pm.nest<LLVM::LLVMFuncOp>();
  functions.addPass(createUBToLLVMConversionPass());
  functions.addPass(createReconcileUnrealizedCastsPass());
  functions.addPass(createCanonicalizerPass());
  functions.addPass(createCSEPass());
}
