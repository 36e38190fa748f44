//===- Passes.cpp - passes and pipelines by name --------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "gdr/Registration.h"

#include "gdr/Conversion/Passes.h"
#include "gdr/Dialect/GDR/Transforms/Passes.h"
#include "gdr/Pipelines/CPU.h"
#include "gdr/Pipelines/Compile.h"
#include "gdr/Pipelines/GPU.h"
#include "gdr/Target/Passes.h"
#include "mlir/InitAllPasses.h"

void mlir::gdr::registerAllPasses() {
  mlir::registerAllPasses();
  registerGDRTransformsPasses();
  registerGDRConversionPasses();
  registerGDRTargetPasses();
  registerCPUPipeline();
  registerGPUPipeline();
  registerCompilePipeline();
}
