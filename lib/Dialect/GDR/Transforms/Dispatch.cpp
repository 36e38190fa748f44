//===- Dispatch.cpp - choose the form that computes a rule ----------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Rewrites each `gdr.gated_delta_rule`, on tensors or memrefs, into
// `gdr.recurrent`. Where the number of tokens is known only at run time, a
// branch in host code separates one token, for which the operands are cast to
// T = 1, from more. No `gdr.gated_delta_rule` is left.
//
//===----------------------------------------------------------------------===//

#include "gdr/Dialect/GDR/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace mlir::gdr {
#define GEN_PASS_DEF_DISPATCH
#include "gdr/Dialect/GDR/Transforms/Passes.h.inc"
} // namespace mlir::gdr

using namespace mlir;
using namespace mlir::gdr;

// The recurrent form of `rule` on the given operands, which are the rule's or
// casts of them; returns the results.
static ResultRange createRecurrent(ImplicitLocOpBuilder &b,
                                   GatedDeltaRuleOp rule, ValueRange operands) {
  SmallVector<Type> resultTypes;
  for (OpOperand &init : rule.getDpsInitsMutable())
    if (Type type = operands[init.getOperandNumber()].getType();
        isa<TensorType>(type))
      resultTypes.push_back(type);
  OperationState state(rule.getLoc(), RecurrentOp::getOperationName());
  state.addOperands(operands);
  state.addTypes(resultTypes);
  state.addAttributes(rule->getDiscardableAttrDictionary().getValue());
  // The two ops have the same properties.
  NamedAttrList properties(
      cast<DictionaryAttr>(rule->getPropertiesAsAttribute()));
  if (std::optional<float> scale = rule.getScaleOrDefault())
    properties.set("scale", b.getF32FloatAttr(*scale));
  state.propertiesAttr = properties.getDictionary(b.getContext());
  return b.create(state)->getResults();
}

// Casts a tensor or memref whose dimension 1 is dynamic to one token.
static Value createCastToOneToken(ImplicitLocOpBuilder &b, Value value) {
  auto type = cast<ShapedType>(value.getType());
  SmallVector<int64_t> shape(type.getShape());
  shape[1] = 1;
  Type cast = type.clone(shape);
  if (isa<MemRefType>(type))
    return memref::CastOp::create(b, cast, value);
  return tensor::CastOp::create(b, cast, value);
}

// The operands with those that have a token dimension cast to T = 1.
static SmallVector<Value> createOneTokenOperands(ImplicitLocOpBuilder &b,
                                                 GatedDeltaRuleOp rule) {
  SmallVector<Value> operands(rule->getOperands());
  SmallVector<Value> withTokens = {rule.getQ(),    rule.getK(),
                                   rule.getV(),    rule.getG(),
                                   rule.getBeta(), rule.getOInit()};
  for (OpOperand &operand : rule->getOpOperands())
    if (llvm::is_contained(withTokens, operand.get()) &&
        rule.getShape(operand.get())[1] != 1)
      operands[operand.getOperandNumber()] =
          createCastToOneToken(b, operand.get());
  return operands;
}

// Whether T is 1, at run time.
static Value createIsOneToken(ImplicitLocOpBuilder &b, GatedDeltaRuleOp rule) {
  Value one = arith::ConstantIndexOp::create(b, 1);
  Value tokens;
  if (rule.isOnMemRefs())
    tokens = memref::DimOp::create(b, rule.getQ(), 1);
  else
    tokens = tensor::DimOp::create(b, rule.getQ(), 1);
  return arith::CmpIOp::create(b, arith::CmpIPredicate::eq, tokens, one);
}

namespace {

struct Dispatch : gdr::impl::DispatchBase<Dispatch> {
  void runOnOperation() override {
    getOperation()->walk([&](GatedDeltaRuleOp rule) { rewriteRule(rule); });
  }

private:
  void rewriteRule(GatedDeltaRuleOp rule) {
    ImplicitLocOpBuilder b(rule.getLoc(), rule);
    // A packed batch has many tokens even if every sequence has one; its
    // recurrent form is the same for one and for more.
    bool isDecided =
        rule.getCuSeqlens() || !ShapedType::isDynamic(rule.getNumTokens());
    SmallVector<Value> results;
    if (isDecided)
      results = llvm::to_vector_of<Value>(
          createRecurrent(b, rule, rule->getOperands()));
    else
      results = createBranch(b, rule);
    rule->replaceAllUsesWith(results);
    rule->erase();
  }

  SmallVector<Value> createBranch(ImplicitLocOpBuilder &b,
                                  GatedDeltaRuleOp rule) {
    Value isOneToken = createIsOneToken(b, rule);
    auto branch = scf::IfOp::create(b, rule->getResultTypes(), isOneToken,
                                    /*withElseRegion=*/true);
    auto fill = [&](Block *block, auto createOperands) {
      OpBuilder::InsertionGuard guard(b);
      b.setInsertionPointToStart(block);
      ResultRange results = createRecurrent(b, rule, createOperands());
      SmallVector<Value> yielded;
      for (auto [result, type] : llvm::zip(results, rule->getResultTypes()))
        if (result.getType() == type)
          yielded.push_back(result);
        else
          yielded.push_back(tensor::CastOp::create(b, type, result));
      if (!yielded.empty())
        scf::YieldOp::create(b, yielded);
    };
    fill(branch.thenBlock(), [&] { return createOneTokenOperands(b, rule); });
    fill(branch.elseBlock(),
         [&] { return SmallVector<Value>(rule->getOperands()); });
    return llvm::to_vector_of<Value>(branch.getResults());
  }
};

} // namespace
