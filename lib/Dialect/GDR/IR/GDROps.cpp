//===- GDROps.cpp - what the gdr operations have in common ----------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Queries, memory effects and result shapes of `gdr.gated_delta_rule` and its
// forms, all through RuleOpInterface. The verifier is in RuleVerifier.cpp,
// canonicalizations of the public op are in GatedDeltaRuleCanonicalization.cpp.
//
//===----------------------------------------------------------------------===//

#include "gdr/Dialect/GDR/IR/GDR.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/Support/MathExtras.h"
#include <cmath>

using namespace mlir;
using namespace mlir::gdr;

#include "gdr/Dialect/GDR/IR/GDRInterfaces.cpp.inc"

#define GET_OP_CLASSES
#include "gdr/Dialect/GDR/IR/GDROps.cpp.inc"

int64_t gdr::detail::getNumTokens(Operation *op) {
  auto rule = cast<RuleOpInterface>(op);
  for (Value value : {rule.getQ(), rule.getK(), rule.getV(), rule.getG(),
                      rule.getBeta(), rule.getOInit()})
    if (value && !ShapedType::isDynamic(rule.getShape(value)[1]))
      return rule.getShape(value)[1];
  return ShapedType::kDynamic;
}

int64_t gdr::detail::getNumSequences(Operation *op) {
  auto rule = cast<RuleOpInterface>(op);
  for (Value perSequence :
       {rule.getReadIndices(), rule.getWriteIndices(), rule.getNumAccepted()})
    if (perSequence)
      return rule.getShape(perSequence)[0];
  if (Value cuSeqlens = rule.getCuSeqlens()) {
    int64_t size = rule.getShape(cuSeqlens)[0];
    return ShapedType::isDynamic(size) ? size : size - 1;
  }
  return rule.getBatch();
}

int64_t gdr::detail::getNumValueHeads(Operation *op) {
  auto rule = cast<RuleOpInterface>(op);
  return rule.getV() ? rule.getShape(rule.getV())[2]
                     : rule.getShape(rule.getInverse())[1];
}

// N * ceil(T / C); packed, floor(T / C) + N
int64_t gdr::detail::getNumSlots(Operation *op, int64_t chunkSize) {
  auto rule = cast<RuleOpInterface>(op);
  int64_t tokens = rule.getNumTokens(), sequences = rule.getNumSequences();
  if (ShapedType::isDynamic(tokens) || ShapedType::isDynamic(sequences))
    return ShapedType::kDynamic;
  return rule.getCuSeqlens() ? tokens / chunkSize + sequences
                             : sequences * llvm::divideCeil(tokens, chunkSize);
}

int64_t gdr::detail::getStateElementBytes(Operation *op) {
  auto rule = cast<RuleOpInterface>(op);
  int64_t bytes = 0;
  for (Value state : {rule.getInitialState(), rule.getFinalStateInit(),
                      rule.getSnapshotsInit()})
    if (state)
      bytes = std::max<int64_t>(
          bytes,
          getElementTypeOrSelf(state.getType()).getIntOrFloatBitWidth() / 8);
  return bytes ? bytes : sizeof(float);
}

float gdr::getDefaultScale(int64_t keyDim) {
  return static_cast<float>(1.0 / std::sqrt(static_cast<double>(keyDim)));
}

std::optional<float> gdr::detail::getScaleOrDefault(Operation *op) {
  auto rule = cast<RuleOpInterface>(op);
  if (FloatAttr scale = rule.getScaleAttr())
    return scale.getValue().convertToFloat();
  if (ShapedType::isDynamic(rule.getKeyDim()))
    return std::nullopt;
  return getDefaultScale(rule.getKeyDim());
}

// Inputs in memory are read. Inits in memory are read, because rows that the
// op does not write keep their contents, and written.
void gdr::detail::getRuleEffects(
    Operation *op,
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  auto rule = cast<DestinationStyleOpInterface>(op);
  for (OpOperand &operand : op->getOpOperands()) {
    if (!isa<MemRefType>(operand.get().getType()))
      continue;
    effects.emplace_back(MemoryEffects::Read::get(), &operand);
    if (rule.isDpsInit(&operand))
      effects.emplace_back(MemoryEffects::Write::get(), &operand);
  }
}

LogicalResult
gdr::detail::reifyRuleShapes(Operation *op, OpBuilder &b,
                             ReifiedRankedShapedTypeDims &shapes) {
  auto rule = cast<DestinationStyleOpInterface>(op);
  for (OpResult result : op->getResults())
    shapes.push_back(tensor::getMixedSizes(
        b, op->getLoc(), rule.getTiedOpOperand(result)->get()));
  return success();
}
