//===- ResolvedRule.cpp - a rule in the function's arguments --------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ResolvedRule.h"

#include "Views.h"

using namespace mlir;
using namespace mlir::gdr;
using namespace mlir::gdr::run;

namespace {

/// Fills in a ResolvedRule.
class RuleBuilder {
public:
  RuleBuilder(Program &program, GatedDeltaRuleOp op)
      : resolver(program), program(program), op(op) {}
  ResolvedRule build();

private:
  void addAttributes();
  void addOperand(Role role, Value value);
  void addOutput(Role role, Value init, unsigned result,
                 std::optional<TensorView> &initView);
  SmallVector<int64_t> getOutputShape(Role role, Value init);

  ViewResolver resolver;
  Program &program;
  GatedDeltaRuleOp op;
  ResolvedRule resolved;
};

} // namespace

void RuleBuilder::addAttributes() {
  Rule &rule = resolved.rule;
  if (FloatAttr scale = op.getScaleAttr())
    rule.scale = scale.getValueAsDouble();
  rule.stateLayout = op.getStateLayout();
  rule.qkL2norm = op.getQkL2norm();
  rule.l2normEps = op.getL2normEps().convertToFloat();
  rule.gateForm = op.getGateForm();
  if (FloatAttr lowerBound = op.getLowerBoundAttr())
    rule.lowerBound = lowerBound.getValueAsDouble();
  rule.betaForm = op.getBetaForm();
  rule.snapshotEvery = op.getSnapshotEvery().value_or(0);
}

void RuleBuilder::addOperand(Role role, Value value) {
  if (!value)
    return;
  FailureOr<TensorView> view = resolver.resolve(value);
  if (failed(view)) {
    resolved.problems.push_back(
        ("cannot follow operand '" + getName(role) +
         "' of the gated_delta_rule to an argument of the function")
            .str());
    return;
  }
  resolved.rule[role] = *view;
  resolved.slots.push_back(*resolver.getSlot(value));
}

// Sizes that the type leaves open are those of v, or of the slot's own shape.
SmallVector<int64_t> RuleBuilder::getOutputShape(Role role, Value init) {
  SmallVector<int64_t> shape(cast<ShapedType>(init.getType()).getShape());
  if (role == Role::O && resolved.rule[Role::V])
    shape = resolved.rule[Role::V]->shape;
  if (role == Role::O || !resolved.rule[Role::V])
    return shape;
  const Rule &rule = resolved.rule;
  bool kFirst = rule.stateLayout == StateLayout::KFirst;
  int64_t rows = rule[Role::InitialState] ? rule[Role::InitialState]->shape[0]
                                          : rule.getNumSequences();
  // Of a new buffer, most likely a row for each.
  if (role == Role::Snapshots)
    rows = (resolved.snapshotsInit ? resolved.snapshotsInit
                                   : rule[Role::SnapshotIndices])
               ->shape[0];
  int64_t sizes[] = {rows, rule.getNumValueHeads(),
                     kFirst ? rule.getKeyDim() : rule.getValueDim(),
                     kFirst ? rule.getValueDim() : rule.getKeyDim()};
  for (auto [size, known] : llvm::zip(shape, sizes))
    if (ShapedType::isDynamic(size))
      size = known;
  return shape;
}

void RuleBuilder::addOutput(Role role, Value init, unsigned result,
                            std::optional<TensorView> &initView) {
  if (!init)
    return;
  if (FailureOr<TensorView> view = resolver.resolve(init); succeeded(view))
    initView = *view;
  if (op.isOnMemRefs())
    return addOperand(role, init);
  FailureOr<TensorView> view =
      resolver.resolveResult(op->getResult(result), getOutputShape(role, init));
  if (failed(view)) {
    resolved.problems.push_back(
        ("cannot follow result '" + getName(role) +
         "' of the gated_delta_rule to a result of the function")
            .str());
    return;
  }
  resolved.rule[role] = *view;
}

ResolvedRule RuleBuilder::build() {
  addAttributes();
  addOperand(Role::Q, op.getQ());
  addOperand(Role::K, op.getK());
  addOperand(Role::V, op.getV());
  addOperand(Role::G, op.getG());
  addOperand(Role::Beta, op.getBeta());
  addOperand(Role::ALog, op.getALog());
  addOperand(Role::DtBias, op.getDtBias());
  addOperand(Role::InitialState, op.getInitialState());
  addOperand(Role::CuSeqlens, op.getCuSeqlens());
  addOperand(Role::ReadIndices, op.getReadIndices());
  addOperand(Role::WriteIndices, op.getWriteIndices());
  addOperand(Role::SnapshotIndices, op.getSnapshotIndices());
  if (!resolved.rule[Role::Q] || !resolved.rule[Role::V])
    return resolved;
  addOutput(Role::O, op.getOInit(), 0, resolved.oInit);
  addOutput(Role::FinalState, op.getFinalStateInit(), 1,
            resolved.finalStateInit);
  addOutput(Role::Snapshots, op.getSnapshotsInit(),
            op.getFinalStateInit() ? 2 : 1, resolved.snapshotsInit);
  if (op.getNumAccepted())
    resolved.problems.push_back("operand 'num_accepted' is not supported yet");
  if (auto argument = dyn_cast_or_null<BlockArgument>(op.getMaxSeqlen()))
    if (argument.getOwner() == &program.function.front())
      resolved.maxSeqlenSlot = argument.getArgNumber();
  return resolved;
}

ResolvedRule mlir::gdr::run::resolveRule(Program &program,
                                         GatedDeltaRuleOp op) {
  return RuleBuilder(program, op).build();
}
