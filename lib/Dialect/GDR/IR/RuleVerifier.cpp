//===- RuleVerifier.cpp - constraints of the gated delta rule -------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The constraints that `gdr.gated_delta_rule` and its forms share, beyond the
// element types and ranks that ODS states. Each has a tag, which also names its
// case in test/Dialect/GDR/invalid.mlir.
//
//===----------------------------------------------------------------------===//

#include "gdr/Dialect/GDR/IR/GDR.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace mlir::gdr;

namespace {

/// The operands of a rule by the name that its textual form gives them.
struct NamedOperand {
  StringRef name;
  Value value;
};

class RuleVerifier {
public:
  explicit RuleVerifier(Operation *op) : op(op), rule(op) {}

  LogicalResult verify() {
    if (failed(verifyForms()) || failed(verifyActivations()) ||
        failed(verifyGates()) || failed(verifySequences()) ||
        failed(verifyStates()) || failed(verifySnapshots()) ||
        failed(verifyChunks()))
      return failure();
    return verifyAttributes();
  }

private:
  InFlightDiagnostic emitError() { return op->emitOpError(); }

  SmallVector<NamedOperand> getNamedOperands() {
    SmallVector<NamedOperand> all = {
        {"q", rule.getQ()},
        {"k", rule.getK()},
        {"v", rule.getV()},
        {"gate", rule.getG()},
        {"beta", rule.getBeta()},
        {"A_log", rule.getALog()},
        {"dt_bias", rule.getDtBias()},
        {"initial_state", rule.getInitialState()},
        {"cu_seqlens", rule.getCuSeqlens()},
        {"read_indices", rule.getReadIndices()},
        {"write_indices", rule.getWriteIndices()},
        {"num_accepted", rule.getNumAccepted()},
        {"snapshot_indices", rule.getSnapshotIndices()},
        {"inverse", rule.getInverse()},
        {"attention", rule.getAttention()},
        {"decay", rule.getDecay()},
        {"outs", rule.getOInit()},
        {"final_state", rule.getFinalStateInit()},
        {"snapshots", rule.getSnapshotsInit()}};
    llvm::erase_if(all, [](const NamedOperand &o) { return !o.value; });
    return all;
  }

  /// Checks one size, if both sides are known.
  LogicalResult verifySize(StringRef name, Value value, int64_t dim,
                           int64_t expected, const Twine &meaning) {
    int64_t size = rule.getShape(value)[dim];
    if (ShapedType::isDynamic(size) || ShapedType::isDynamic(expected) ||
        size == expected)
      return success();
    return emitError() << "expected dimension " << dim << " of '" << name
                       << "' to be " << meaning << " = " << expected << ", got "
                       << size;
  }

  LogicalResult verifyForms();
  LogicalResult verifyActivations();
  LogicalResult verifyGates();
  LogicalResult verifyGateParameter(StringRef name, Value parameter);
  LogicalResult verifySequences();
  LogicalResult verifyStates();
  LogicalResult verifyState(StringRef name, Value state, Value indices);
  LogicalResult verifySnapshots();
  LogicalResult verifyChunks();
  LogicalResult verifyAttributes();

  Operation *op;
  RuleOpInterface rule;
};

} // namespace

LogicalResult RuleVerifier::verifyForms() {
  bool onMemRefs = isa<MemRefType>(
      cast<DestinationStyleOpInterface>(op).getDpsInits()[0].getType());
  for (auto [name, value] : getNamedOperands()) {
    // all_tensors_or_all_memrefs
    if (isa<MemRefType>(value.getType()) != onMemRefs)
      return emitError() << "expected '" << name << "' to be a "
                         << (onMemRefs ? "memref" : "tensor")
                         << " as 'outs' is, got " << value.getType();
    // innermost_stride
    auto memref = dyn_cast<MemRefType>(value.getType());
    SmallVector<int64_t> strides;
    int64_t offset;
    if (memref && (failed(memref.getStridesAndOffset(strides, offset)) ||
                   strides.back() != 1))
      return emitError() << "expected the innermost stride of '" << name
                         << "' to be 1, got " << memref;
  }
  // results_match_inits
  SmallVector<Type> expected;
  if (!onMemRefs)
    expected = llvm::to_vector(
        cast<DestinationStyleOpInterface>(op).getDpsInits().getTypes());
  if (!llvm::equal(expected, op->getResultTypes()))
    return emitError() << "expected "
                       << (onMemRefs ? "no result, because the inits are "
                                       "memrefs"
                                     : "one result of the init's type for "
                                       "each init");
  return success();
}

LogicalResult RuleVerifier::verifyActivations() {
  Type elementType = getElementTypeOrSelf(rule.getQ().getType());
  for (auto [name, value] :
       {NamedOperand{"k", rule.getK()}, NamedOperand{"v", rule.getV()},
        NamedOperand{"outs", rule.getOInit()}})
    // activation_element_types
    if (value && getElementTypeOrSelf(value.getType()) != elementType)
      return emitError() << "expected the element type of '" << name
                         << "' to be " << elementType << " as of 'q', got "
                         << getElementTypeOrSelf(value.getType());

  // k_shape, v_shape, o_shape
  static constexpr StringLiteral keyDims[] = {"B", "T", "HK", "K"};
  for (auto [dim, meaning] : llvm::enumerate(keyDims))
    if (failed(verifySize("k", rule.getK(), dim,
                          rule.getShape(rule.getQ())[dim], meaning)))
      return failure();
  static constexpr StringLiteral valueDims[] = {"B", "T", "HV", "V"};
  if (rule.getV()) {
    for (unsigned dim = 0; dim < 2; ++dim)
      if (failed(verifySize("v", rule.getV(), dim,
                            rule.getShape(rule.getQ())[dim], valueDims[dim])))
        return failure();
    for (auto [dim, meaning] : llvm::enumerate(valueDims))
      if (failed(verifySize("outs", rule.getOInit(), dim,
                            rule.getShape(rule.getV())[dim], meaning)))
        return failure();
  }

  // positive_dimensions
  for (auto [name, size] :
       {std::pair<StringRef, int64_t>{"HK", rule.getNumKeyHeads()},
        {"HV", rule.getNumValueHeads()},
        {"K", rule.getKeyDim()},
        {"V", rule.getV() ? rule.getValueDim() : ShapedType::kDynamic}})
    if (size == 0)
      return emitError() << "expected " << name << " to be positive, got 0";

  // head_ratio
  int64_t hk = rule.getNumKeyHeads(), hv = rule.getNumValueHeads();
  if (!ShapedType::isDynamic(hk) && !ShapedType::isDynamic(hv) && hv % hk != 0)
    return emitError() << "expected the number of value heads, dimension "
                       << (rule.getV() ? "2 of 'v'" : "1 of 'inverse'")
                       << ", to be a multiple of the number of key heads, "
                       << hk << ", got " << hv;
  return success();
}

LogicalResult RuleVerifier::verifyGates() {
  static constexpr StringLiteral dims[] = {"B", "T", "HV", "K"};
  int64_t expected[] = {rule.getBatch(), rule.getNumTokens(),
                        rule.getNumValueHeads(), rule.getKeyDim()};
  // gate_shape, beta_shape
  for (auto [name, value] : {NamedOperand{"gate", rule.getG()},
                             NamedOperand{"beta", rule.getBeta()}})
    if (value)
      for (unsigned dim = 0; dim < rule.getShape(value).size(); ++dim)
        if (failed(verifySize(name, value, dim, expected[dim], dims[dim])))
          return failure();

  bool isLog = rule.getGateForm() == GateForm::Log;
  // gate_form_operands
  if (!isLog && (!rule.getG() || !rule.getALog()))
    return emitError() << "expected operands 'gate' and 'A_log' with gate_form "
                       << stringifyGateForm(rule.getGateForm());
  for (auto [name, value] : {NamedOperand{"A_log", rule.getALog()},
                             NamedOperand{"dt_bias", rule.getDtBias()}}) {
    // gate_parameters_unused
    if (isLog && value)
      return emitError() << "expected no operand '" << name
                         << "' with gate_form log, which takes the gate as "
                            "given; use gate_form softplus";
    if (value && failed(verifyGateParameter(name, value)))
      return failure();
  }
  // beta_form_operand
  if (rule.getBetaForm() != BetaForm::Given && !rule.getBeta())
    return emitError() << "expected operand 'beta' with beta_form "
                       << stringifyBetaForm(rule.getBetaForm());
  return success();
}

// gate_parameter_shape
LogicalResult RuleVerifier::verifyGateParameter(StringRef name,
                                                Value parameter) {
  if (rule.getShape(parameter).size() == 2) {
    if (!rule.hasPerChannelGate())
      return emitError() << "expected '" << name
                         << "' to be of rank 1, because the gate has one "
                            "value per head, got "
                         << parameter.getType();
    if (failed(verifySize(name, parameter, 1, rule.getKeyDim(), "K")))
      return failure();
  }
  return verifySize(name, parameter, 0, rule.getNumValueHeads(), "HV");
}

LogicalResult RuleVerifier::verifySequences() {
  // cu_seqlens_batch
  if (rule.getCuSeqlens() && !ShapedType::isDynamic(rule.getBatch()) &&
      rule.getBatch() != 1)
    return emitError() << "expected dimension 0 of 'q' to be 1 with "
                          "'cu_seqlens', which packs sequences along "
                          "dimension 1, got "
                       << rule.getBatch();
  // cu_seqlens_size
  if (rule.getCuSeqlens() && rule.getShape(rule.getCuSeqlens())[0] == 0)
    return emitError() << "expected 'cu_seqlens' to have N + 1 elements, got 0";
  // max_seqlen_packed
  if (rule.getMaxSeqlen() && !rule.getCuSeqlens())
    return emitError() << "expected operand 'cu_seqlens' with 'max_seqlen'";
  // read_indices_state
  if (rule.getReadIndices() && !rule.getInitialState())
    return emitError() << "expected operand 'initial_state' with "
                          "'read_indices', which selects its rows";
  // write_indices_state
  if (rule.getWriteIndices() && !rule.getFinalStateInit())
    return emitError() << "expected operand 'final_state' with "
                          "'write_indices', which selects its rows";

  // sequence_count
  int64_t count = rule.getNumSequences();
  for (auto [name, value] :
       {NamedOperand{"read_indices", rule.getReadIndices()},
        NamedOperand{"write_indices", rule.getWriteIndices()},
        NamedOperand{"num_accepted", rule.getNumAccepted()}})
    if (value &&
        failed(verifySize(name, value, 0, count, "the number of sequences")))
      return failure();
  if (!rule.getCuSeqlens()) {
    if (ShapedType::isDynamic(count))
      return success();
    return verifySize("q", rule.getQ(), 0, count, "the number of sequences");
  }
  if (ShapedType::isDynamic(count))
    return success();
  return verifySize("cu_seqlens", rule.getCuSeqlens(), 0, count + 1,
                    "one more than the number of sequences");
}

LogicalResult RuleVerifier::verifyStates() {
  if (Value state = rule.getInitialState())
    if (failed(verifyState("initial_state", state, rule.getReadIndices())))
      return failure();
  if (Value state = rule.getFinalStateInit())
    return verifyState("final_state", state, rule.getWriteIndices());
  return success();
}

// state_shape
LogicalResult RuleVerifier::verifyState(StringRef name, Value state,
                                        Value indices) {
  if (!indices && failed(verifySize(name, state, 0, rule.getNumSequences(),
                                    "the number of sequences")))
    return failure();
  if (failed(verifySize(name, state, 1, rule.getNumValueHeads(), "HV")))
    return failure();
  bool kFirst = rule.getStateLayout() == StateLayout::KFirst;
  StringRef layout = stringifyStateLayout(rule.getStateLayout());
  if (failed(verifySize(name, state, kFirst ? 2 : 3, rule.getKeyDim(),
                        "K of state_layout " + layout)))
    return failure();
  return verifySize(name, state, kFirst ? 3 : 2, rule.getValueDim(),
                    "V of state_layout " + layout);
}

LogicalResult RuleVerifier::verifySnapshots() {
  // snapshots_together
  bool hasInit = static_cast<bool>(rule.getSnapshotsInit());
  if (hasInit != static_cast<bool>(rule.getSnapshotIndices()) ||
      hasInit != static_cast<bool>(rule.getSnapshotEveryAttr()))
    return emitError() << "expected 'snapshots', 'snapshot_indices' and the "
                          "attribute snapshot_every together";
  if (!hasInit)
    return success();
  // snapshot_indices_size: of the public op, which says what the caller has. A
  // form of it may know that there are few tokens.
  int64_t sequences = rule.getCuSeqlens() ? 1 : rule.getNumSequences();
  int64_t tokens = rule.getNumTokens();
  int64_t size = rule.getShape(rule.getSnapshotIndices())[0];
  if (isa<GatedDeltaRuleOp>(op) && !ShapedType::isDynamic(sequences) &&
      !ShapedType::isDynamic(tokens) && !ShapedType::isDynamic(size)) {
    int64_t least = sequences * (tokens / rule.getSnapshotEveryAttr().getInt());
    if (size < least)
      return emitError() << "expected dimension 0 of 'snapshot_indices' to be "
                            "at least B * floor(T / snapshot_every) = "
                         << least << ", got " << size;
  }
  return verifyState("snapshots", rule.getSnapshotsInit(),
                     rule.getSnapshotIndices());
}

LogicalResult RuleVerifier::verifyChunks() {
  if (!rule.getInverse())
    return success();
  // chunk_size
  int64_t chunkSize = rule.getChunkSize();
  if (!llvm::is_contained({16, 32, 64, 128}, chunkSize))
    return emitError() << "expected dimension 3 of 'inverse' to be a chunk "
                          "size of 16, 32, 64 or 128, got "
                       << rule.getInverse().getType();
  // snapshot_chunks
  if (!rule.hasSnapshotsAfterChunks(chunkSize))
    return emitError() << "expected attribute snapshot_every to be a multiple "
                          "of the chunk size, "
                       << chunkSize << ", got "
                       << rule.getSnapshotEveryAttr().getInt();
  // schedule_chunk_size
  auto schedule = dyn_cast_if_present<ChunkedAttr>(rule.getScheduleAttr());
  if (schedule && schedule.getChunkSize() != chunkSize)
    return emitError() << "expected schedule parameter 'chunk_size' to be the "
                          "chunk size of 'inverse', "
                       << chunkSize << ", got " << schedule.getChunkSize();
  // chunk_element_types
  Type elementType = getElementTypeOrSelf(rule.getInverse().getType());
  if (getElementTypeOrSelf(rule.getAttention().getType()) != elementType)
    return emitError() << "expected the element type of 'attention' to be "
                       << elementType << " as of 'inverse', got "
                       << getElementTypeOrSelf(rule.getAttention().getType());
  // chunk_shapes
  int64_t slots = rule.getNumSlots(chunkSize);
  for (auto [name, value] : {NamedOperand{"inverse", rule.getInverse()},
                             NamedOperand{"attention", rule.getAttention()},
                             NamedOperand{"decay", rule.getDecay()}}) {
    bool isDecay = value == rule.getDecay();
    if (failed(verifySize(name, value, 0, slots, "the number of slots")) ||
        failed(verifySize(name, value, 1, rule.getNumValueHeads(), "HV")) ||
        failed(verifySize(name, value, 2, isDecay ? numDecayRows : chunkSize,
                          isDecay ? "the number of its rows"
                                  : "the chunk size")) ||
        failed(verifySize(name, value, 3, chunkSize, "the chunk size")))
      return failure();
    for (int64_t dim : {2, 3})
      if (ShapedType::isDynamic(rule.getShape(value)[dim]))
        return emitError() << "expected dimension " << dim << " of '" << name
                           << "' to be static, got " << value.getType();
  }
  // chunk_gate
  if (rule.hasPerChannelGate())
    return emitError() << "expected 'gate' to be of rank 3, one value per "
                          "head, got "
                       << rule.getG().getType();
  return success();
}

LogicalResult RuleVerifier::verifyAttributes() {
  // lower_bound
  bool bounded = rule.getGateForm() == GateForm::BoundedSigmoid;
  FloatAttr lowerBound = rule.getLowerBoundAttr();
  if (bounded != static_cast<bool>(lowerBound))
    return emitError() << (bounded ? "expected attribute lower_bound with "
                                     "gate_form bounded_sigmoid"
                                   : "expected no attribute lower_bound "
                                     "without gate_form bounded_sigmoid");
  if (lowerBound && !(lowerBound.getValueAsDouble() < 0))
    return emitError() << "expected attribute lower_bound to be negative, got "
                       << lowerBound.getValueAsDouble();
  // finite_scale
  if (FloatAttr scale = rule.getScaleAttr())
    if (!scale.getValue().isFinite())
      return emitError() << "expected attribute scale to be finite";
  // l2norm_eps
  if (!(rule.getL2normEps().convertToDouble() >= 0))
    return emitError() << "expected attribute l2norm_eps not to be negative, "
                          "got "
                       << rule.getL2normEps().convertToDouble();
  return success();
}

LogicalResult gdr::detail::verifyRule(Operation *op) {
  return RuleVerifier(op).verify();
}
