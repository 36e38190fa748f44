//===- GDRInterfaces.td - interfaces of the gdr dialect ----*- tablegen -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDR_DIALECT_GDR_IR_GDRINTERFACES_TD
#define GDR_DIALECT_GDR_IR_GDRINTERFACES_TD

include "mlir/IR/OpBase.td"

// A query for what not every op has: null or the neutral value without it.
class GDR_RuleMethod<string type, string name, string absent>
    : InterfaceMethod<"", type, name, (ins), "", absent>;

def GDR_RuleOpInterface : OpInterface<"RuleOpInterface"> {
  let cppNamespace = "::mlir::gdr";
  let description = [{
    An op with operands and attributes of `gdr.gated_delta_rule`: the public
    op, one of its forms or a stage of one. Operands that are absent, or that a
    stage has no use for, are null. Verifies what the ops have in common.
  }];
  let methods = [
    InterfaceMethod<"", "::mlir::Value", "getQ">,
    InterfaceMethod<"", "::mlir::Value", "getK">,
    GDR_RuleMethod<"::mlir::Value", "getV", "return {};">,
    GDR_RuleMethod<"::mlir::Value", "getG", "return {};">,
    GDR_RuleMethod<"::mlir::Value", "getBeta", "return {};">,
    GDR_RuleMethod<"::mlir::Value", "getALog", "return {};">,
    GDR_RuleMethod<"::mlir::Value", "getDtBias", "return {};">,
    GDR_RuleMethod<"::mlir::Value", "getInitialState", "return {};">,
    GDR_RuleMethod<"::mlir::Value", "getCuSeqlens", "return {};">,
    GDR_RuleMethod<"::mlir::Value", "getMaxSeqlen", "return {};">,
    GDR_RuleMethod<"::mlir::Value", "getReadIndices", "return {};">,
    GDR_RuleMethod<"::mlir::Value", "getWriteIndices", "return {};">,
    GDR_RuleMethod<"::mlir::Value", "getNumAccepted", "return {};">,
    GDR_RuleMethod<"::mlir::Value", "getSnapshotIndices", "return {};">,
    GDR_RuleMethod<"::mlir::Value", "getInverse", "return {};">,
    GDR_RuleMethod<"::mlir::Value", "getAttention", "return {};">,
    GDR_RuleMethod<"::mlir::Value", "getDecay", "return {};">,
    GDR_RuleMethod<"::mlir::Value", "getOInit", "return {};">,
    GDR_RuleMethod<"::mlir::Value", "getFinalStateInit", "return {};">,
    GDR_RuleMethod<"::mlir::Value", "getSnapshotsInit", "return {};">,
    GDR_RuleMethod<"::mlir::FloatAttr", "getScaleAttr", "return {};">,
    GDR_RuleMethod<"::mlir::gdr::StateLayout", "getStateLayout", "return StateLayout::KFirst;">,
    GDR_RuleMethod<"bool", "getQkL2norm", "return {};">,
    GDR_RuleMethod<"::llvm::APFloat", "getL2normEps", "return ::llvm::APFloat(0.0f);">,
    GDR_RuleMethod<"::mlir::gdr::GateForm", "getGateForm", "return GateForm::Log;">,
    GDR_RuleMethod<"::mlir::FloatAttr", "getLowerBoundAttr", "return {};">,
    GDR_RuleMethod<"::mlir::gdr::BetaForm", "getBetaForm", "return BetaForm::Given;">,
    GDR_RuleMethod<"::mlir::IntegerAttr", "getSnapshotEveryAttr", "return {};">,
    GDR_RuleMethod<"bool", "getProgrammaticDependentLaunch", "return {};">,
    GDR_RuleMethod<"::mlir::Attribute", "getScheduleAttr", "return {};">
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
    int64_t getNumValueHeads() {
      return ::mlir::gdr::detail::getNumValueHeads($_op);
    }
    int64_t getKeyDim() { return getShape($_op.getQ())[3]; }
    /// Of an op that has v.
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
      return ::llvm::isa<::mlir::MemRefType>($_op.getQ().getType());
    }
    /// Tokens of a chunk, of an op that has inverse, attention and decay.
    int64_t getChunkSize() { return getShape($_op.getInverse())[3]; }
    /// Whether a chunk of this size ends wherever a snapshot is taken.
    bool hasSnapshotsAfterChunks(int64_t chunkSize) {
      ::mlir::IntegerAttr every = $_op.getSnapshotEveryAttr();
      return !every || every.getInt() % chunkSize == 0;
    }
    /// Number of chunks there is room for, by B, T and N; kDynamic if one of
    /// them is not known.
    int64_t getNumSlots(int64_t chunkSize) {
      return ::mlir::gdr::detail::getNumSlots($_op, chunkSize);
    }
    static ::llvm::ArrayRef<int64_t> getShape(::mlir::Value value) {
      return ::llvm::cast<::mlir::ShapedType>(value.getType()).getShape();
    }
  }];
  let verify = [{ return ::mlir::gdr::detail::verifyRule($_op); }];
}

def GDR_ChunkedFormOpInterface : OpInterface<"ChunkedFormOpInterface"> {
  let cppNamespace = "::mlir::gdr";
  let description = [{
    An op that has an equal form in chunks of tokens, `gdr.chunk_prepare` and
    `gdr.chunk_scan`.
  }];
  let methods = [
    InterfaceMethod<[{
      Whether the chunked form can compute the op; `reason` says why not.
    }], "bool", "hasChunkedForm", (ins "::std::string *":$reason)>,
    InterfaceMethod<[{
      Creates the chunked form at the insertion point and returns its results,
      none on memrefs. What the stages pass on is allocated and freed here.
    }], "::llvm::SmallVector<::mlir::Value>", "decomposeIntoChunks",
    (ins "::mlir::OpBuilder &":$b,
         "const ::mlir::gdr::ChunkedFormOptions &":$options)>
  ];
}

#endif // GDR_DIALECT_GDR_IR_GDRINTERFACES_TD
