//===- MathToNVVM.cpp - math on f32 without libdevice
//------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Lowers the math ops that the kernels use to intrinsics of the NVPTX backend.
// Leaves other types and ops as they are.
//
//===----------------------------------------------------------------------===//

#include "gdr/Conversion/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Math/Transforms/Passes.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "llvm/Support/MathExtras.h"

namespace mlir::gdr {
#define GEN_PASS_DEF_MATHTONVVM
#include "gdr/Conversion/Passes.h.inc"
} // namespace mlir::gdr

using namespace mlir;

static Value createIntrinsic(PatternRewriter &rewriter, Location loc,
                             StringRef name, Value operand) {
  return LLVM::CallIntrinsicOp::create(rewriter, loc, operand.getType(),
                                       rewriter.getStringAttr(name), operand)
      .getResult(0);
}

namespace {

/// BEFORE: math.exp %x : f32
/// AFTER:  ex2.approx(%x * log2(e))
struct LowerExp : OpRewritePattern<math::ExpOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(math::ExpOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.getType().isF32())
      return rewriter.notifyMatchFailure(op, "not an f32 scalar");
    Value log2e = arith::ConstantOp::create(
        rewriter, op.getLoc(), rewriter.getF32FloatAttr(llvm::numbers::log2ef));
    Value scaled =
        arith::MulFOp::create(rewriter, op.getLoc(), op.getOperand(), log2e);
    rewriter.replaceOp(op,
                       createIntrinsic(rewriter, op.getLoc(),
                                       "llvm.nvvm.ex2.approx.ftz.f", scaled));
    return success();
  }
};

/// BEFORE: math.exp2 %x : f32
/// AFTER:  ex2.approx(%x)
struct LowerExp2 : OpRewritePattern<math::Exp2Op> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(math::Exp2Op op,
                                PatternRewriter &rewriter) const override {
    if (!op.getType().isF32())
      return rewriter.notifyMatchFailure(op, "not an f32 scalar");
    rewriter.replaceOp(op, createIntrinsic(rewriter, op.getLoc(),
                                           "llvm.nvvm.ex2.approx.ftz.f",
                                           op.getOperand()));
    return success();
  }
};

/// BEFORE: math.rsqrt %x : f32
/// AFTER:  rsqrt.approx(%x)
struct LowerRsqrt : OpRewritePattern<math::RsqrtOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(math::RsqrtOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.getType().isF32())
      return rewriter.notifyMatchFailure(op, "not an f32 scalar");
    rewriter.replaceOp(op, createIntrinsic(rewriter, op.getLoc(),
                                           "llvm.nvvm.rsqrt.approx.ftz.f",
                                           op.getOperand()));
    return success();
  }
};

/// BEFORE: math.fma %a, %b, %c : f32
/// AFTER:  llvm.intr.fma(%a, %b, %c)
struct LowerFma : OpRewritePattern<math::FmaOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(math::FmaOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.getType().isF32())
      return rewriter.notifyMatchFailure(op, "not an f32 scalar");
    rewriter.replaceOpWithNewOp<LLVM::FMAOp>(op, op.getA(), op.getB(),
                                             op.getC());
    return success();
  }
};

struct MathToNVVM : gdr::impl::MathToNVVMBase<MathToNVVM> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<LowerExp, LowerExp2, LowerRsqrt, LowerFma>(&getContext());
    populateMathPolynomialApproximationPatterns(patterns, [](StringRef name) {
      return name == math::Log1pOp::getOperationName() ||
             name == math::LogOp::getOperationName();
    });
    // Only these and what they become: a kernel has many other operations.
    SmallVector<Operation *> ops;
    getOperation()->walk([&](Operation *op) {
      if (isa<math::MathDialect>(op->getDialect()))
        ops.push_back(op);
    });
    GreedyRewriteConfig config;
    config.setStrictness(GreedyRewriteStrictness::ExistingAndNewOps);
    if (failed(applyOpPatternsGreedily(ops, std::move(patterns), config)))
      signalPassFailure();
  }
};

} // namespace
