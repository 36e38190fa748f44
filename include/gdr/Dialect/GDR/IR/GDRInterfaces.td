//===- GDRInterfaces.td - interfaces of the gdr dialect ----*- tablegen -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDR_DIALECT_GDR_IR_GDRINTERFACES_TD
#define GDR_DIALECT_GDR_IR_GDRINTERFACES_TD

include "mlir/IR/OpBase.td"

def GDR_RuleOpInterface : OpInterface<"RuleOpInterface"> {
  let cppNamespace = "::mlir::gdr";
  let description = [{
    An op with the operands and attributes of `gdr.gated_delta_rule`: the public
    op or one of its forms. Optional operands are null if absent. Verifies what
    the forms have in common.
  }];
  let methods = [
    InterfaceMethod<"", "::mlir::Value", "getQ">,
    InterfaceMethod<"", "::mlir::Value", "getK">,
    InterfaceMethod<"", "::mlir::Value", "getV">,
    InterfaceMethod<"", "::mlir::Value", "getG">,
    InterfaceMethod<"", "::mlir::Value", "getBeta">,
    InterfaceMethod<"", "::mlir::Value", "getALog">,
    InterfaceMethod<"", "::mlir::Value", "getDtBias">,
    InterfaceMethod<"", "::mlir::Value", "getInitialState">,
    InterfaceMethod<"", "::mlir::Value", "getCuSeqlens">,
    InterfaceMethod<"", "::mlir::Value", "getMaxSeqlen">,
    InterfaceMethod<"", "::mlir::Value", "getReadIndices">,
    InterfaceMethod<"", "::mlir::Value", "getWriteIndices">,
    InterfaceMethod<"", "::mlir::Value", "getNumAccepted">,
    InterfaceMethod<"", "::mlir::Value", "getSnapshotIndices">,
    InterfaceMethod<"", "::mlir::Value", "getOInit">,
    InterfaceMethod<"", "::mlir::Value", "getFinalStateInit">,
    InterfaceMethod<"", "::mlir::Value", "getSnapshotsInit">,
    InterfaceMethod<"", "::mlir::FloatAttr", "getScaleAttr">,
    InterfaceMethod<"", "::mlir::gdr::StateLayout", "getStateLayout">,
    InterfaceMethod<"", "bool", "getQkL2norm">,
    InterfaceMethod<"", "::llvm::APFloat", "getL2normEps">,
    InterfaceMethod<"", "::mlir::gdr::GateForm", "getGateForm">,
    InterfaceMethod<"", "::mlir::FloatAttr", "getLowerBoundAttr">,
    InterfaceMethod<"", "::mlir::gdr::BetaForm", "getBetaForm">,
    InterfaceMethod<"", "::mlir::IntegerAttr", "getSnapshotEveryAttr">,
    InterfaceMethod<"", "bool", "getProgrammaticDependentLaunch">,
    InterfaceMethod<"", "::mlir::gdr::ScheduleAttr", "getScheduleAttr">
  ];
  let extraSharedClassDeclaration = [{
    /// Head counts, dimensions and lengths; kDynamic where the types leave them
    /// open.
    int64_t getBatch() { return getShape($_op.getQ())[0]; }
    /// As the first of q, k, v, gate, beta and o says that knows it.
    int64_t getNumTokens() {
      return ::mlir::gdr::detail::getNumTokens($_op);
    }
    int64_t getNumKeyHeads() { return getShape($_op.getQ())[2]; }
    int64_t getNumValueHeads() { return getShape($_op.getV())[2]; }
    int64_t getKeyDim() { return getShape($_op.getQ())[3]; }
    int64_t getValueDim() { return getShape($_op.getV())[3]; }

    /// Number of sequences, by an operand that has one entry for each (indices,
    /// num_accepted, cu_seqlens), else the batch.
    int64_t getNumSequences() {
      return ::mlir::gdr::detail::getNumSequences($_op);
    }
    /// The scale attribute, or K^-0.5; absent if K is dynamic.
    std::optional<float> getScaleOrDefault() {
      return ::mlir::gdr::detail::getScaleOrDefault($_op);
    }
    /// Bytes of the widest element of a state in memory; of f32 without one.
    int64_t getStateElementBytes() {
      return ::mlir::gdr::detail::getStateElementBytes($_op);
    }
    /// Whether g has a gate per channel of K, as in Kimi Delta Attention.
    bool hasPerChannelGate() {
      return $_op.getG() && getShape($_op.getG()).size() == 4;
    }
    /// Whether the op is on buffers, after bufferization.
    bool isOnMemRefs() {
      return ::llvm::isa<::mlir::MemRefType>($_op.getOInit().getType());
    }
    static ::llvm::ArrayRef<int64_t> getShape(::mlir::Value value) {
      return ::llvm::cast<::mlir::ShapedType>(value.getType()).getShape();
    }
  }];
  let verify = [{ return ::mlir::gdr::detail::verifyRule($_op); }];
}

#endif // GDR_DIALECT_GDR_IR_GDRINTERFACES_TD
