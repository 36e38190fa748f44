//===- ExpandMath.cpp - math functions without libm -----------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Replaces exp, log, log1p and rsqrt of f32 scalars and vectors by arithmetic,
// so that compiled code calls no mathematical library: upstream's polynomials
// for the first three, 1 / sqrt(x) for the last. The polynomials use math.fma
// and math.floor, which are library calls on a target without such
// instructions: they become llvm.intr.fmuladd and conversions.
//
//===----------------------------------------------------------------------===//

#include "gdr/Conversion/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Math/Transforms/Passes.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace mlir::gdr {
#define GEN_PASS_DEF_EXPANDMATH
#include "gdr/Conversion/Passes.h.inc"
} // namespace mlir::gdr

using namespace mlir;

namespace {

/// BEFORE: %r = math.fma %a, %b, %c : f32
/// AFTER:  %r = llvm.intr.fmuladd(%a, %b, %c) : (f32, f32, f32) -> f32
struct ConvertFma : OpRewritePattern<math::FmaOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(math::FmaOp op,
                                PatternRewriter &rewriter) const override {
    if (!LLVM::isCompatibleType(op.getType()))
      return rewriter.notifyMatchFailure(op, "not of a type that LLVM has");
    rewriter.replaceOpWithNewOp<LLVM::FMulAddOp>(
        op, op.getType(), ValueRange{op.getA(), op.getB(), op.getC()});
    return success();
  }
};

/// BEFORE: %r = math.floor %x : f32
/// AFTER:  a conversion to i32 and back, corrected by 1 where that rounded up;
///         numbers from 2^23 on are integers.
struct ExpandFloor : OpRewritePattern<math::FloorOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(math::FloorOp op,
                                PatternRewriter &rewriter) const override {
    if (!getElementTypeOrSelf(op.getType()).isF32())
      return rewriter.notifyMatchFailure(op, "not of f32");
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    Value x = op.getOperand();
    auto createConstant = [&](float value) -> Value {
      TypedAttr attribute = b.getF32FloatAttr(value);
      if (auto type = dyn_cast<ShapedType>(x.getType()))
        attribute = DenseElementsAttr::get(type, value);
      return arith::ConstantOp::create(b, attribute);
    };
    Type integerType = b.getI32Type();
    if (auto type = dyn_cast<ShapedType>(x.getType()))
      integerType = type.clone(integerType);

    Value integer = arith::FPToSIOp::create(b, integerType, x);
    Value truncated = arith::SIToFPOp::create(b, x.getType(), integer);
    Value isAbove =
        arith::CmpFOp::create(b, arith::CmpFPredicate::OGT, truncated, x);
    Value below = arith::SubFOp::create(b, truncated, createConstant(1.0f));
    Value floor = arith::SelectOp::create(b, isAbove, below, truncated);
    Value magnitude = math::AbsFOp::create(b, x);
    Value isSmall = arith::CmpFOp::create(b, arith::CmpFPredicate::OLT,
                                          magnitude, createConstant(0x1p23f));
    rewriter.replaceOpWithNewOp<arith::SelectOp>(op, isSmall, floor, x);
    return success();
  }
};

struct ExpandMath : gdr::impl::ExpandMathBase<ExpandMath> {
  void runOnOperation() override;
};

} // namespace

void ExpandMath::runOnOperation() {
  RewritePatternSet patterns(&getContext());
  // log is what the approximation of log1p is made of
  auto isApproximated = [](StringRef name) {
    return name == math::ExpOp::getOperationName() ||
           name == math::LogOp::getOperationName() ||
           name == math::Log1pOp::getOperationName();
  };
  populateMathF32ExpansionPatterns(patterns, isApproximated);
  populateMathPolynomialApproximationPatterns(patterns, isApproximated);
  math::populateExpansionPatterns(patterns, {"rsqrt"});
  patterns.add<ConvertFma, ExpandFloor>(&getContext());
  if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
    signalPassFailure();
}
