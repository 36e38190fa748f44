//===- WGToNVVM.cpp - tiles to threads ------------------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Expects kernels after wg-allocate-shared and wg-lower-roles, and leaves the
// program of one thread: vectors for register tiles, i32 addresses for shared
// ones, nvvm ops and inline assembly. No op of the wg dialect is left.
//
//===----------------------------------------------------------------------===//

#include "gdr/Conversion/Passes.h"

#include "Patterns.h"
#include "gdr/Dialect/WG/IR/WG.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/SCF/Transforms/Patterns.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

namespace mlir::gdr {
#define GEN_PASS_DEF_WGTONVVM
#include "gdr/Conversion/Passes.h.inc"
} // namespace mlir::gdr

using namespace mlir;
using namespace mlir::wg;

namespace {

struct WGToNVVM : gdr::impl::WGToNVVMBase<WGToNVVM> {
  using Base::Base;

  void runOnOperation() override {
    TypeConverter converter;
    populateTypeConversions(converter);
    RewritePatternSet patterns(&getContext());
    populateElementwisePatterns(converter, patterns);
    populateMovePatterns(converter, patterns);
    populateFillPatterns(converter, patterns);
    if (tensorCores == gdr::TensorCores::Wgmma)
      populateProductPatterns(converter, patterns);
    else
      populateWarpProductPatterns(converter, patterns);
    populateSharedPatterns(converter, patterns, bulkCopies);
    populateThreadCopyPatterns(converter, patterns);
    if (!bulkCopies)
      populateWordStorePatterns(converter, patterns);
    populateInvertBlocksPatterns(converter, patterns);
    populateFunctionOpInterfaceTypeConversionPattern<gpu::GPUFuncOp>(patterns,
                                                                     converter);
    ConversionTarget target(getContext());
    target.addIllegalDialect<WGDialect>();
    target.addLegalDialect<arith::ArithDialect, gpu::GPUDialect,
                           LLVM::LLVMDialect, NVVM::NVVMDialect,
                           memref::MemRefDialect, vector::VectorDialect>();
    target.addDynamicallyLegalOp<gpu::GPUFuncOp>([&](gpu::GPUFuncOp kernel) {
      return converter.isSignatureLegal(kernel.getFunctionType());
    });
    target.addDynamicallyLegalDialect<arith::ArithDialect, math::MathDialect,
                                      tensor::TensorDialect>(
        [&](Operation *op) { return converter.isLegal(op); });
    scf::populateSCFStructuralTypeConversionsAndLegality(converter, patterns,
                                                         target);
    target.markUnknownOpDynamicallyLegal([](Operation *) { return true; });
    if (failed(applyPartialConversion(getOperation(), target,
                                      std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
