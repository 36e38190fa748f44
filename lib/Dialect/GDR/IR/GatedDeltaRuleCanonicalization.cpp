//===- GatedDeltaRuleCanonicalization.cpp - simpler equal forms -----------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Canonicalizations of `gdr.gated_delta_rule`: what is constant and neutral is
// removed, and so is a final state that nobody reads.
//
//===----------------------------------------------------------------------===//

#include "gdr/Dialect/GDR/IR/GDR.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace mlir::gdr;

// Whether every element of a tensor is zero.
static bool isZeroTensor(Value tensor) {
  if (!tensor || !isa<TensorType>(tensor.getType()))
    return false;
  if (matchPattern(tensor, m_AnyZeroFloat()))
    return true;
  auto fill = tensor.getDefiningOp<linalg::FillOp>();
  return fill && matchPattern(fill.getInputs()[0], m_AnyZeroFloat());
}

namespace {

/// A scale attribute that says what its absence says.
///
/// BEFORE: gdr.gated_delta_rule ... {scale = 0.125 : f32}, K = 64
/// AFTER:  gdr.gated_delta_rule ...
struct RemoveDefaultScale : OpRewritePattern<GatedDeltaRuleOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(GatedDeltaRuleOp op,
                                PatternRewriter &rewriter) const override {
    FloatAttr scale = op.getScaleAttr();
    if (!scale || ShapedType::isDynamic(op.getKeyDim()))
      return rewriter.notifyMatchFailure(op, "no scale or dynamic K");
    if (scale.getValue().convertToFloat() != getDefaultScale(op.getKeyDim()))
      return rewriter.notifyMatchFailure(op, "scale is not K^-0.5");
    rewriter.modifyOpInPlace(op, [&] { op.removeScaleAttr(); });
    return success();
  }
};

/// A gate of zeros: no decay.
///
/// BEFORE: gdr.gated_delta_rule ... gate(%zeros : tensor<...>)
/// AFTER:  gdr.gated_delta_rule ...
struct RemoveZeroGate : OpRewritePattern<GatedDeltaRuleOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(GatedDeltaRuleOp op,
                                PatternRewriter &rewriter) const override {
    if (op.getGateForm() != GateForm::Log || !isZeroTensor(op.getG()))
      return rewriter.notifyMatchFailure(op, "gate is not zero");
    rewriter.modifyOpInPlace(op, [&] { op.getGMutable().clear(); });
    return success();
  }
};

/// An initial state of zeros: none. Not with read indices, where a negative one
/// may mean to skip the sequence.
///
/// BEFORE: gdr.gated_delta_rule ... initial_state(%zeros : tensor<...>)
/// AFTER:  gdr.gated_delta_rule ...
struct RemoveZeroInitialState : OpRewritePattern<GatedDeltaRuleOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(GatedDeltaRuleOp op,
                                PatternRewriter &rewriter) const override {
    if (op.getReadIndices() || !isZeroTensor(op.getInitialState()))
      return rewriter.notifyMatchFailure(op, "initial state is not zero");
    rewriter.modifyOpInPlace(op, [&] { op.getInitialStateMutable().clear(); });
    return success();
  }
};

/// A final state that nobody reads is not computed. Not with write indices,
/// where a negative one may mean to skip the sequence.
///
/// BEFORE: %o, %unused = gdr.gated_delta_rule ... final_state(%s : tensor<...>)
/// AFTER:  %o = gdr.gated_delta_rule ...
struct RemoveUnusedFinalState : OpRewritePattern<GatedDeltaRuleOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(GatedDeltaRuleOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.getFinalStateInit() || op.getWriteIndices() || op.isOnMemRefs() ||
        !op.getResult(1).use_empty())
      return rewriter.notifyMatchFailure(op, "final state is used");
    SmallVector<Type> types(op->getResultTypes());
    types.erase(types.begin() + 1);
    // Updates the operand segments; the op itself goes away below.
    rewriter.modifyOpInPlace(op,
                             [&] { op.getFinalStateInitMutable().clear(); });
    Operation *smaller = clone(rewriter, op, types, op->getOperands());
    SmallVector<Value> results(smaller->getResults());
    results.insert(results.begin() + 1, Value());
    rewriter.replaceOp(op, results);
    return success();
  }
};

} // namespace

void GatedDeltaRuleOp::getCanonicalizationPatterns(RewritePatternSet &results,
                                                   MLIRContext *context) {
  results.add<RemoveDefaultScale, RemoveZeroGate, RemoveZeroInitialState,
              RemoveUnusedFinalState>(context);
}
