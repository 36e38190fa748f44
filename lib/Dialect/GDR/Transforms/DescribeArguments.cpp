//===- DescribeArguments.cpp - names for arguments and dimensions ---------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Writes `gdr.name` and `gdr.dims` on the arguments and results of functions,
// from the role they play in a `gdr.gated_delta_rule`. Leaves the body as it
// is.
//
//===----------------------------------------------------------------------===//

#include "gdr/Dialect/GDR/Transforms/Passes.h"

namespace mlir::gdr {
#define GEN_PASS_DEF_DESCRIBEARGUMENTS
#include "gdr/Dialect/GDR/Transforms/Passes.h.inc"
} // namespace mlir::gdr

using namespace mlir;
using namespace mlir::gdr;

namespace {

/// A value, its name and the names of its dimensions.
struct Role {
  Value value;
  StringRef name;
  SmallVector<StringRef> dims;
};

} // namespace

// The roles of all operands and results, most telling first: a value that
// serves as more than one takes the first name.
static SmallVector<Role> getRoles(GatedDeltaRuleOp rule) {
  bool isPacked = static_cast<bool>(rule.getCuSeqlens());
  bool hasSequenceOperand = isPacked || rule.getReadIndices() ||
                            rule.getWriteIndices() || rule.getNumAccepted();
  // Without an operand that has one entry for each sequence, N is the batch;
  // a packed batch is 1.
  StringRef sequences = hasSequenceOperand ? "N" : "B";
  StringRef batch = hasSequenceOperand && !isPacked ? "N" : "B";
  bool kFirst = rule.getStateLayout() == StateLayout::KFirst;
  auto stateDims = [&](StringRef rows) -> SmallVector<StringRef> {
    if (kFirst)
      return {rows, "HV", "K", "V"};
    return {rows, "HV", "V", "K"};
  };
  SmallVector<StringRef> initialDims =
      stateDims(rule.getReadIndices() ? "P" : sequences);
  // A second pool may have another number of rows.
  bool isInPlace = rule.getInitialState() &&
                   rule.getFinalStateInit() == rule.getInitialState();
  StringRef writtenRows = rule.getWriteIndices() ? "" : sequences;
  if (rule.getWriteIndices() && isInPlace)
    writtenRows = "P";
  SmallVector<StringRef> finalDims = stateDims(writtenRows);
  // A pool of its own.
  SmallVector<StringRef> snapshotDims = stateDims("");

  SmallVector<Role> roles = {
      {rule.getQ(), "q", {batch, "T", "HK", "K"}},
      {rule.getK(), "k", {batch, "T", "HK", "K"}},
      {rule.getV(), "v", {batch, "T", "HV", "V"}},
      {rule.getG(), "g", {batch, "T", "HV", "K"}},
      {rule.getBeta(), "beta", {batch, "T", "HV"}},
      {rule.getALog(), "A_log", {"HV", "K"}},
      {rule.getDtBias(), "dt_bias", {"HV", "K"}},
      {rule.getInitialState(), isInPlace ? "state" : "initial_state",
       initialDims},
      {rule.getCuSeqlens(), "cu_seqlens", {"N+1"}},
      {rule.getMaxSeqlen(), "max_seqlen", {}},
      {rule.getReadIndices(), "read_indices", {"N"}},
      {rule.getWriteIndices(), "write_indices", {"N"}},
      {rule.getNumAccepted(), "num_accepted", {"N"}},
      {rule.getSnapshotIndices(), "snapshot_indices", {"M"}},
      {rule.getOInit(), "o", {batch, "T", "HV", "V"}},
      {rule.getFinalStateInit(), "final_state", finalDims},
      {rule.getSnapshotsInit(), "snapshots", snapshotDims}};
  if (!rule.isOnMemRefs()) {
    unsigned next = 0;
    roles.push_back({rule.getResult(next++), "o", {batch, "T", "HV", "V"}});
    if (rule.getFinalStateInit())
      roles.push_back({rule.getResult(next++), "final_state", finalDims});
    if (rule.getSnapshotsInit())
      roles.push_back({rule.getResult(next++), "snapshots", snapshotDims});
  }
  llvm::erase_if(roles, [](const Role &role) { return !role.value; });
  return roles;
}

// The attributes of a role; names of dimensions cut to the value's rank.
static NamedAttrList getAttributes(Builder &b, const Role &role) {
  NamedAttrList attributes;
  attributes.set("gdr.name", b.getStringAttr(role.name));
  if (auto shaped = dyn_cast<ShapedType>(role.value.getType()))
    attributes.set("gdr.dims", b.getStrArrayAttr(ArrayRef(role.dims).take_front(
                                   shaped.getRank())));
  return attributes;
}

namespace {

struct DescribeArguments : gdr::impl::DescribeArgumentsBase<DescribeArguments> {
  void runOnOperation() override {
    func::FuncOp func = getOperation();
    if (func.isExternal())
      return;
    Builder b(func);
    func->walk([&](GatedDeltaRuleOp rule) {
      for (const Role &role : getRoles(rule))
        describe(func, getAttributes(b, role), role.value);
    });
  }

private:
  void describe(func::FuncOp func, const NamedAttrList &attributes,
                Value value) {
    if (auto argument = dyn_cast<BlockArgument>(value);
        argument && argument.getOwner() == &func.getBody().front())
      for (NamedAttribute attribute : attributes)
        if (!func.getArgAttr(argument.getArgNumber(), attribute.getName()))
          func.setArgAttr(argument.getArgNumber(), attribute.getName(),
                          attribute.getValue());
    func->walk([&](func::ReturnOp returnOp) {
      for (OpOperand &operand : returnOp->getOpOperands())
        if (operand.get() == value)
          for (NamedAttribute attribute : attributes)
            if (!func.getResultAttr(operand.getOperandNumber(),
                                    attribute.getName()))
              func.setResultAttr(operand.getOperandNumber(),
                                 attribute.getName(), attribute.getValue());
    });
  }
};

} // namespace
