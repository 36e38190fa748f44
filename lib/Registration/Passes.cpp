//===- Passes.cpp - passes and pipelines by name --------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "gdr/Registration.h"

#include "gdr/Conversion/Passes.h"
#include "gdr/Dialect/GDR/Transforms/Passes.h"
#include "gdr/Dialect/WG/Transforms/Passes.h"
#include "gdr/Pipelines/CPU.h"
#include "gdr/Pipelines/Compile.h"
#include "gdr/Pipelines/GPU.h"
#include "gdr/Target/Passes.h"
#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Affine/Transforms/Passes.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/Bufferization/Pipelines/Passes.h"
#include "mlir/Dialect/Bufferization/Transforms/Passes.h"
#include "mlir/Dialect/Func/Transforms/Passes.h"
#include "mlir/Dialect/GPU/Transforms/Passes.h"
#include "mlir/Dialect/Linalg/Passes.h"
#include "mlir/Dialect/Math/Transforms/Passes.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Dialect/SCF/Transforms/Passes.h"
#include "mlir/Dialect/Tensor/Transforms/Passes.h"
#include "mlir/Dialect/Vector/Transforms/Passes.h"
#include "mlir/Transforms/Passes.h"

// Passes of upstream on the dialects that functions and kernels go through.
static void registerUpstreamPasses() {
  mlir::registerTransformsPasses();
  mlir::registerConversionPasses();
  mlir::affine::registerAffinePasses();
  mlir::arith::registerArithPasses();
  mlir::bufferization::registerBufferizationPasses();
  mlir::bufferization::registerBufferizationPipelines();
  mlir::func::registerFuncPasses();
  mlir::registerLinalgPasses();
  mlir::math::registerMathPasses();
  mlir::memref::registerMemRefPasses();
  mlir::registerSCFPasses();
  mlir::tensor::registerTensorPasses();
  mlir::vector::registerVectorPasses();
  mlir::registerGpuKernelOutliningPass();
  mlir::registerGpuModuleToBinaryPass();
  mlir::registerGpuNVVMAttachTarget();
}

void mlir::gdr::registerAllPasses() {
  registerUpstreamPasses();
  registerGDRTransformsPasses();
  registerGDRConversionPasses();
  registerGDRTargetPasses();
  wg::registerWGTransformsPasses();
  registerCPUPipeline();
  registerGPUPipeline();
  registerCompilePipeline();
}
