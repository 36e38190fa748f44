//===- GDRChunkOps.td - the chunked form -------------------*- tablegen -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The stages of the chunked form of the gated delta rule. Included by GDROps.td.
//
//===----------------------------------------------------------------------===//

#ifndef GDR_DIALECT_GDR_IR_GDRCHUNKOPS_TD
#define GDR_DIALECT_GDR_IR_GDRCHUNKOPS_TD

def GDR_ChunkMatrices : GDR_Shaped<[F32, BF16, F16], [4]>;
def GDR_ChunkDecays : GDR_Shaped<[F32], [4]>;

def GDR_ChunkPrepareOp : GDR_StageOp<"chunk_prepare"> {
  let summary = "the part of the chunked form that depends on no state";
  let description = [{
    For each chunk of C tokens and value head h (key head hk = h / (HV / HK)),
    in f32, with k_i and q_i normalized if `qk_l2norm` is set:

        D_ij = exp(G_i - G_j)                    i >= j, else 0
        A_ij = beta_i * D_ij * k_i.k_j           i > j, else 0
        inverse   = (I + A)^-1 diag(beta)
        attention = scale * D .* (q k^T)

    G is the running sum of the log gates inside the chunk, so that D_ij is the
    product of the decays of tokens j + 1 to i: 1 on the diagonal, 0 where one
    of the gates is -inf, and never NaN. exp(G_i - G_j) with i < j is not formed.
    The sum is part of this op: it is C additions, and a stage of its own would
    send its result through memory.

    | operand | shape | element type | |
    |---|---|---|---|
    | `q`, `k` | [B, T, HK, K] | bf16, f16, f32 | |
    | `gate`, `beta`, `A_log`, `dt_bias`, `cu_seqlens` | | | as of `gdr.gated_delta_rule`; the gate has one value per head |
    | `outs` -> inverse | [slots, HV, C, C] | f32, bf16, f16 | row i, column j |
    | `outs` -> attention | [slots, HV, C, C] | as inverse | row i, column j |
    | `outs` -> decay | [slots, HV, 4, C] | f32 | see below |

    Rows of decay, with rk_i = rsqrt(sum(k_i^2) + `l2norm_eps`) of the raw k_i
    if `qk_l2norm` is set, else 1, and rq_i likewise, so that the next stage can
    take q and k as they are; G_C is the sum of all gates of the chunk:

    | row | column i | scales |
    |---|---|---|
    | 0 | exp(G_i) * rk_i | k_i before the state of the chunk |
    | 1 | exp(G_C - G_i) * rk_i | k_i in the update of the state |
    | 2 | scale * exp(G_i) * rq_i | q_i |
    | 3 | exp(G_C), in every column | the state |

    C is 16, 32, 64 or 128. Chunk c of sequence n is slot n * ceil(T / C) + c;
    with `cu_seqlens` it is slot floor(cu_seqlens[n] / C) + n + c, and the number
    of slots is floor(T / C) + N, which bounds the number of chunks without
    reading the lengths. Slots without a chunk are not written.

    The last chunk of a sequence may have fewer than C tokens. The others are as
    if q = k = 0, gate = 0 and beta = 0; what lies behind the end of a sequence
    is not read.

    Attributes: `scale` (default K^-0.5), `qk_l2norm`, `l2norm_eps`,
    `gate_form`, `lower_bound` and `beta_form` as of `gdr.gated_delta_rule`;
    `tile_layout`: where element (i, j) of inverse and attention lies,
    `row_major` (default) or `swizzle_128b`, in which each [C, C] matrix is
    columns of 128-byte-wide row-major panels whose 16-byte units are exchanged
    as the GPU's 128-byte swizzle does; `schedule`: `#gdr.chunked`.

    Written by `gdr-dispatch`.

    Example:

    ```mlir
    gdr.chunk_prepare
        ins(%q, %k : memref<1x1024x16x128xbf16>, memref<1x1024x16x128xbf16>)
        gate(%g : memref<1x1024x32xf32>) beta(%beta : memref<1x1024x32xf32>)
        outs(%inverse, %attention, %decay
             : memref<16x32x64x64xf32>, memref<16x32x64x64xf32>, memref<16x32x4x64xf32>)
        {qk_l2norm}
    ```
  }];
  let arguments = (ins
    GDR_Activation:$q,
    GDR_Activation:$k,
    Optional<GDR_Gate>:$g,
    Optional<GDR_Beta>:$beta,
    Optional<GDR_GateParameter>:$A_log,
    Optional<GDR_GateParameter>:$dt_bias,
    Optional<GDR_Indices>:$cu_seqlens,
    GDR_ChunkMatrices:$inverse,
    GDR_ChunkMatrices:$attention,
    GDR_ChunkDecays:$decay,
    OptionalAttr<F32Attr>:$scale,
    UnitAttr:$qk_l2norm,
    DefaultValuedAttr<F32Attr, "1e-6f">:$l2norm_eps,
    DefaultValuedAttr<GDR_GateFormAttr, "GateForm::Log">:$gate_form,
    OptionalAttr<F32Attr>:$lower_bound,
    DefaultValuedAttr<GDR_BetaFormAttr, "BetaForm::Given">:$beta_form,
    DefaultValuedAttr<GDR_TileLayoutAttr, "TileLayout::RowMajor">:$tile_layout,
    OptionalAttr<GDR_ChunkedAttr>:$schedule
  );
  let assemblyFormat = [{
    `ins` `(` $q `,` $k `:` type($q) `,` type($k) `)`
    oilist(
        `gate` `(` $g `:` type($g) `)`
      | `beta` `(` $beta `:` type($beta) `)`
      | `A_log` `(` $A_log `:` type($A_log) `)`
      | `dt_bias` `(` $dt_bias `:` type($dt_bias) `)`
      | `cu_seqlens` `(` $cu_seqlens `:` type($cu_seqlens) `)`
    )
    `outs` `(` $inverse `,` $attention `,` $decay `:`
               type($inverse) `,` type($attention) `,` type($decay) `)`
    attr-dict (`->` type($results)^)?
  }];
  let extraClassDeclaration = [{
    MutableOperandRange getDpsInitsMutable() {
      return MutableOperandRange(getOperation(),
                                 getOperation()->getNumOperands() - 3, 3);
    }
  }];
}

def GDR_ChunkScanOp : GDR_StageOp<"chunk_scan"> {
  let summary = "the part of the chunked form that carries the state";
  let description = [{
    For each sequence n and value head h (key head hk = h / (HV / HK)), in f32,
    with Q, K: [C, K] and V: [C, V] the tokens of a chunk as they are in memory,
    over the chunks in order:

        P  = V - diag(decay_0) K S               P:  [C, V]
        V' = inverse P                           V': [C, V]
        O  = diag(decay_2) Q S + attention V'    O:  [C, V]
        S <- exp(G_C) * S + (diag(decay_1) K)^T V'

    exp(G_C) is decay_3. The columns of V are independent of each other. Tokens
    of a chunk are not: a NaN or an infinity in v of one token may reach o of
    every token of its chunk.

    | operand | shape | element type | |
    |---|---|---|---|
    | `q`, `k`, `v` | | | as of `gdr.gated_delta_rule` |
    | `chunks` inverse, attention, decay | [slots, HV, C, C], [slots, HV, C, C], [slots, HV, 4, C] | | results of `gdr.chunk_prepare` on the same q, k and cu_seqlens; slots as there |
    | `initial_state`, `cu_seqlens`, `max_seqlen`, `read_indices`, `write_indices`, `snapshot_indices` | | | as of `gdr.gated_delta_rule` |
    | `outs` -> o, `final_state` -> final state, `snapshots` -> snapshots | | | as of `gdr.gated_delta_rule` |

    `snapshot_every` is a multiple of C, so that snapshots are states after whole
    chunks.

    Scale, gates, beta and normalization are in `chunks`. Attributes:
    `state_layout` and `snapshot_every` as of `gdr.gated_delta_rule`,
    `tile_layout` as of `gdr.chunk_prepare`, `schedule`: `#gdr.chunked`.

    Written by `gdr-dispatch`.

    Example:

    ```mlir
    gdr.chunk_scan
        ins(%q, %k, %v : memref<1x1024x16x128xbf16>, memref<1x1024x16x128xbf16>, memref<1x1024x32x128xbf16>)
        chunks(%inverse, %attention, %decay
               : memref<16x32x64x64xf32>, memref<16x32x64x64xf32>, memref<16x32x4x64xf32>)
        initial_state(%state : memref<1x32x128x128xf32>)
        outs(%o : memref<1x1024x32x128xbf16>) final_state(%state : memref<1x32x128x128xf32>)
    ```
  }];
  let arguments = (ins
    GDR_Activation:$q,
    GDR_Activation:$k,
    GDR_Activation:$v,
    GDR_ChunkMatrices:$inverse,
    GDR_ChunkMatrices:$attention,
    GDR_ChunkDecays:$decay,
    Optional<GDR_State>:$initial_state,
    Optional<GDR_Indices>:$cu_seqlens,
    Optional<Index>:$max_seqlen,
    Optional<GDR_Indices>:$read_indices,
    Optional<GDR_Indices>:$write_indices,
    Optional<GDR_Indices>:$snapshot_indices,
    GDR_Activation:$o_init,
    Optional<GDR_State>:$final_state_init,
    Optional<GDR_State>:$snapshots_init,
    DefaultValuedAttr<GDR_StateLayoutAttr, "StateLayout::KFirst">:$state_layout,
    DefaultValuedAttr<GDR_TileLayoutAttr, "TileLayout::RowMajor">:$tile_layout,
    OptionalAttr<ConfinedAttr<I64Attr, [IntPositive]>>:$snapshot_every,
    OptionalAttr<GDR_ChunkedAttr>:$schedule
  );
  let assemblyFormat = [{
    `ins` `(` $q `,` $k `,` $v `:` type($q) `,` type($k) `,` type($v) `)`
    `chunks` `(` $inverse `,` $attention `,` $decay `:`
                 type($inverse) `,` type($attention) `,` type($decay) `)`
    oilist(
        `initial_state` `(` $initial_state `:` type($initial_state) `)`
      | `cu_seqlens` `(` $cu_seqlens `:` type($cu_seqlens) `)`
      | `max_seqlen` `(` $max_seqlen `)`
      | `read_indices` `(` $read_indices `:` type($read_indices) `)`
      | `write_indices` `(` $write_indices `:` type($write_indices) `)`
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

#endif // GDR_DIALECT_GDR_IR_GDRCHUNKOPS_TD
