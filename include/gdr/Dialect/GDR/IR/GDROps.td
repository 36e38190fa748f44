//===- GDROps.td - operations of the gdr dialect -----------*- tablegen -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDR_DIALECT_GDR_IR_GDROPS_TD
#define GDR_DIALECT_GDR_IR_GDROPS_TD

include "gdr/Dialect/GDR/IR/GDRAttributes.td"
include "gdr/Dialect/GDR/IR/GDRInterfaces.td"
include "gdr/Dialect/GDR/IR/GDRTensorMapOps.td"
include "mlir/Interfaces/DestinationStyleOpInterface.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

class GDR_Shaped<list<Type> elements, list<int> ranks>
    : AnyTypeOf<[TensorRankOf<elements, ranks>, MemRefRankOf<elements, ranks>]>;

def GDR_Activation : GDR_Shaped<[BF16, F16, F32], [4]>;
def GDR_Gate : GDR_Shaped<[F32, BF16], [3, 4]>;
def GDR_Beta : GDR_Shaped<[F32, BF16], [3]>;
def GDR_GateParameter : GDR_Shaped<[F32, BF16], [1, 2]>;
def GDR_State : GDR_Shaped<[F32, BF16, F16], [4]>;
def GDR_Indices : GDR_Shaped<[I32, I64], [1]>;
def GDR_Counts : GDR_Shaped<[I32], [1]>;

// ODS numbers the operands in its errors; this adds the name that they have in
// the textual form.
class GDR_Named<string name, TypeConstraint type>
    : Type<type.predicate, "'" # name # "', a " # type.summary, type.cppType>;

// What the ops on sequences of tokens have in common: the tie of results to
// inits.
class GDR_StageOp<string mnemonic, list<Trait> traits = []>
    : GDR_Op<mnemonic, !listconcat(traits, [
        AttrSizedOperandSegments, DestinationStyleOpInterface,
        GDR_RuleOpInterface,
        DeclareOpInterfaceMethods<MemoryEffectsOpInterface>,
        DeclareOpInterfaceMethods<ReifyRankedShapedTypeOpInterface,
                                  ["reifyResultShapes"]>])> {
  let results = (outs Variadic<AnyRankedTensor>:$results);
  let extraClassDefinition = [{
    void $cppClass::getEffects(
        SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
            &effects) {
      ::mlir::gdr::detail::getRuleEffects(*this, effects);
    }
    LogicalResult $cppClass::reifyResultShapes(
        OpBuilder &b, ReifiedRankedShapedTypeDims &reifiedReturnShapes) {
      return ::mlir::gdr::detail::reifyRuleShapes(*this, b,
                                                  reifiedReturnShapes);
    }
  }];
}


// What the public op and its recurrent form have in common: operands, attributes
// and the textual form.
class GDR_RuleOp<string mnemonic, Attr scheduleAttr, list<Trait> traits = []>
    : GDR_StageOp<mnemonic, traits> {
  let arguments = (ins
    GDR_Named<"q", GDR_Activation>:$q,
    GDR_Named<"k", GDR_Activation>:$k,
    GDR_Named<"v", GDR_Activation>:$v,
    Optional<GDR_Named<"gate", GDR_Gate>>:$g,
    Optional<GDR_Named<"beta", GDR_Beta>>:$beta,
    Optional<GDR_Named<"A_log", GDR_GateParameter>>:$A_log,
    Optional<GDR_Named<"dt_bias", GDR_GateParameter>>:$dt_bias,
    Optional<GDR_Named<"initial_state", GDR_State>>:$initial_state,
    Optional<GDR_Named<"cu_seqlens", GDR_Indices>>:$cu_seqlens,
    Optional<Index>:$max_seqlen,
    Optional<GDR_Named<"read_indices", GDR_Indices>>:$read_indices,
    Optional<GDR_Named<"write_indices", GDR_Indices>>:$write_indices,
    Optional<GDR_Named<"num_accepted", GDR_Counts>>:$num_accepted,
    Optional<GDR_Named<"snapshot_indices", GDR_Indices>>:$snapshot_indices,
    GDR_Named<"outs", GDR_Activation>:$o_init,
    Optional<GDR_Named<"final_state", GDR_State>>:$final_state_init,
    Optional<GDR_Named<"snapshots", GDR_State>>:$snapshots_init,
    OptionalAttr<F32Attr>:$scale,
    DefaultValuedAttr<GDR_StateLayoutAttr, "StateLayout::KFirst">:$state_layout,
    UnitAttr:$qk_l2norm,
    DefaultValuedAttr<F32Attr, "1e-6f">:$l2norm_eps,
    DefaultValuedAttr<GDR_GateFormAttr, "GateForm::Log">:$gate_form,
    OptionalAttr<F32Attr>:$lower_bound,
    DefaultValuedAttr<GDR_BetaFormAttr, "BetaForm::Given">:$beta_form,
    OptionalAttr<ConfinedAttr<I64Attr, [IntPositive]>>:$snapshot_every,
    UnitAttr:$programmatic_dependent_launch,
    OptionalAttr<scheduleAttr>:$schedule
  );
  let assemblyFormat = [{
    `ins` `(` $q `,` $k `,` $v `:` type($q) `,` type($k) `,` type($v) `)`
    oilist(
        `gate` `(` $g `:` type($g) `)`
      | `beta` `(` $beta `:` type($beta) `)`
      | `A_log` `(` $A_log `:` type($A_log) `)`
      | `dt_bias` `(` $dt_bias `:` type($dt_bias) `)`
      | `initial_state` `(` $initial_state `:` type($initial_state) `)`
      | `cu_seqlens` `(` $cu_seqlens `:` type($cu_seqlens) `)`
      | `max_seqlen` `(` $max_seqlen `)`
      | `read_indices` `(` $read_indices `:` type($read_indices) `)`
      | `write_indices` `(` $write_indices `:` type($write_indices) `)`
      | `num_accepted` `(` $num_accepted `:` type($num_accepted) `)`
      | `snapshot_indices` `(` $snapshot_indices `:` type($snapshot_indices) `)`
    )
    `outs` `(` $o_init `:` type($o_init) `)`
    oilist(
        `final_state` `(` $final_state_init `:` type($final_state_init) `)`
      | `snapshots` `(` $snapshots_init `:` type($snapshots_init) `)`
    )
    attr-dict (`->` type($results)^)?
  }];
  let extraClassDeclaration = [{
    /// The inits are the last operands, so that they are contiguous.
    MutableOperandRange getDpsInitsMutable() {
      unsigned count = 1 + (getFinalStateInit() ? 1 : 0) +
                       (getSnapshotsInit() ? 1 : 0);
      return MutableOperandRange(getOperation(),
                                 getOperation()->getNumOperands() - count,
                                 count);
    }
  }];
}

def GDR_AnyScheduleAttr
    : AnyAttrOf<[GDR_ScheduleAttr, GDR_ChunkedAttr, GDR_AlternativesAttr]>;

def GDR_GatedDeltaRuleOp
    : GDR_RuleOp<"gated_delta_rule", GDR_AnyScheduleAttr,
                 [DeclareOpInterfaceMethods<GDR_ChunkedFormOpInterface>]> {
  let summary = "the gated delta rule over whole sequences";
  let description = [{
    Per sequence n and value head h (key head hk = h / (HV / HK)), in f32:

        S  <- exp(g_t) * S                       S: [K, V]
        d   = beta_t * (v_t - S^T k_t)           d: [V]
        S  <- S + k_t d^T
        o_t = scale * S^T q_t                    o: [V]

    | operand | shape | element type | |
    |---|---|---|---|
    | `q`, `k` | [B, T, HK, K] | bf16, f16, f32 | |
    | `v` | [B, T, HV, V] | as q | HV is a multiple of HK |
    | `gate` | [B, T, HV] or, per channel, [B, T, HV, K] | f32, bf16 | absent: no decay; natural logarithm of the decay, <= 0, -inf is legal |
    | `beta` | [B, T, HV] | f32, bf16 | absent: 1 |
    | `A_log`, `dt_bias` | [HV] or [HV, K] | f32, bf16 | parameters of `gate_form` |
    | `initial_state` | [N, HV, K, V] or [N, HV, V, K] by `state_layout` | f32, bf16, f16 | absent: zero; [P, ...] with `read_indices` |
    | `cu_seqlens` | [N + 1] | i32, i64 | packed sequences, B = 1: sequence n is tokens cu_seqlens[n] to cu_seqlens[n+1]; may be empty; on the device |
    | `max_seqlen` | index | | bound of a packed sequence's length |
    | `read_indices`, `write_indices` | [N] | i32, i64 | rows of a state pool [P, ...]; negative: start from zero, do not store; both negative: skip the sequence |
    | `num_accepted` | [N] | i32 | speculative decoding; no lowering has it yet |
    | `snapshot_indices` | [M] | i32, i64 | rows of `snapshots`, one for each snapshot; negative: do not store |
    | `outs` -> o | [B, T, HV, V] | as q | |
    | `final_state` -> final state | as `initial_state` | f32, bf16, f16 | |
    | `snapshots` -> snapshots | as a state, any number of rows | f32, bf16, f16 | with `snapshot_indices` and `snapshot_every` |

    The op is in destination style. Rows of an init that the op does not write
    keep what they held. With memrefs there are no results, strides are free on
    all but the last dimension, and the initial and the final state are the same
    buffer or disjoint. Where both are one buffer, a row that one sequence reads
    and another one writes is a race; with tensors it is not, because a state
    that is read and written through different indices is copied.

    With `snapshot_every` = E, the state after the tokens E, 2 E, 3 E, ... of
    each sequence is stored too: for a cache of prefixes, or with E = 1 to go
    back to any token. Snapshot s, counted from 0, of sequence n is the state
    after (s + 1) E of its tokens. It has the number

        n * floor(T / E) + s
        floor(cu_seqlens[n] / E) + s             with cu_seqlens

    and goes to row snapshot_indices[number] of `snapshots`, unless that is
    negative. M is at least B * floor(T / E), with B = 1 for `cu_seqlens`; where
    the types do not say the sizes, a snapshot whose number is not below M is
    not stored. Elements that are the number of no snapshot are not read. The
    final state is a snapshot only if E divides the length, and then stored as
    both. A sequence that is skipped has no snapshots. Each is rounded once, from
    f32 to the element type of `snapshots`, and the state that is carried on is
    not. The rows that are stored are distinct. With memrefs, `snapshots` may be
    the buffer of a state, if none of these rows is one that a sequence reads or
    writes as its state.

    Attributes:

    - `scale` (default K^-0.5);
    - `state_layout`: `k_first` (default) or `v_first`;
    - `qk_l2norm`: q and k are normalized, x * rsqrt(sum(x^2) + `l2norm_eps`);
    - `gate_form`: `log`: the gate is g; `softplus`: it is
      -exp(A_log) * softplus(g + dt_bias), softplus linear above 20;
      `bounded_sigmoid`: lower_bound * sigmoid(exp(A_log) * (g + dt_bias));
    - `beta_form`: `given`; `sigmoid`: sigmoid(beta); `twice_sigmoid`:
      2 * sigmoid(beta);
    - `snapshot_every`: tokens from one snapshot to the next;
    - `programmatic_dependent_launch`: the kernel may read the state while the
      previous kernel in the stream still runs, if the caller grants it;
    - `schedule`: the form and its tile sizes, `#gdr.schedule` for the recurrent
      form, `#gdr.chunked` for the chunked one or `#gdr.alternatives` for a
      choice at run time; if absent, the form is chosen by `gdr-dispatch` and
      the sizes by `gdr-select-schedule`.

    Example, one decode step with the state in place:

    ```mlir
    gdr.gated_delta_rule
        ins(%q, %k, %v : memref<4x1x16x128xbf16>, memref<4x1x16x128xbf16>, memref<4x1x32x128xbf16>)
        gate(%g : memref<4x1x32xf32>) beta(%beta : memref<4x1x32xf32>)
        initial_state(%state : memref<4x32x128x128xf32>)
        outs(%o : memref<4x1x32x128xbf16>) final_state(%state : memref<4x32x128x128xf32>)
        {state_layout = #gdr.state_layout<v_first>}
    ```
  }];
  let hasCanonicalizer = 1;
}

def GDR_RecurrentOp : GDR_RuleOp<"recurrent", GDR_ScheduleAttr> {
  let summary = "the gated delta rule, token by token";
  let description = [{
    The recurrent form of `gdr.gated_delta_rule`, with the same operands and
    meaning: each tile of the state is read once, carried through all tokens
    and written once, in one parallel loop over sequences, value heads and
    tiles of V. `scale` is explicit if K is known.

    Written by `gdr-dispatch`; lowered by `gdr-recurrent-to-loops` and
    `gdr-recurrent-to-gpu`.
  }];
}

include "gdr/Dialect/GDR/IR/GDRChunkOps.td"

#endif // GDR_DIALECT_GDR_IR_GDROPS_TD
