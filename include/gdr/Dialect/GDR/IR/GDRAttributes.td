//===- GDRAttributes.td - attributes of the gdr dialect ----*- tablegen -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDR_DIALECT_GDR_IR_GDRATTRIBUTES_TD
#define GDR_DIALECT_GDR_IR_GDRATTRIBUTES_TD

include "gdr/Dialect/GDR/IR/GDRBase.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"

class GDR_Enum<string name, string description, list<I32EnumAttrCase> cases>
    : I32EnumAttr<name, description, cases> {
  let cppNamespace = "::mlir::gdr";
  let genSpecializedAttr = 0;
}

class GDR_EnumAttr<EnumInfo info, string mnemonic>
    : EnumAttr<GDR_Dialect, info, mnemonic> {
  let assemblyFormat = "`<` $value `>`";
}

def GDR_StateLayout : GDR_Enum<"StateLayout",
    "order of the last two dimensions of a state", [
  I32EnumAttrCase<"KFirst", 0, "k_first">,
  I32EnumAttrCase<"VFirst", 1, "v_first">
]>;
def GDR_StateLayoutAttr : GDR_EnumAttr<GDR_StateLayout, "state_layout">;

def GDR_GateForm : GDR_Enum<"GateForm",
    "how operand g becomes the log decay", [
  I32EnumAttrCase<"Log", 0, "log">,
  I32EnumAttrCase<"Softplus", 1, "softplus">,
  I32EnumAttrCase<"BoundedSigmoid", 2, "bounded_sigmoid">
]>;
def GDR_GateFormAttr : GDR_EnumAttr<GDR_GateForm, "gate_form">;

def GDR_BetaForm : GDR_Enum<"BetaForm",
    "how operand beta becomes the writing strength", [
  I32EnumAttrCase<"Given", 0, "given">,
  I32EnumAttrCase<"Sigmoid", 1, "sigmoid">,
  I32EnumAttrCase<"TwiceSigmoid", 2, "twice_sigmoid">
]>;
def GDR_BetaFormAttr : GDR_EnumAttr<GDR_BetaForm, "beta_form">;

def GDR_TileLayout : GDR_Enum<"TileLayout",
    "order of the elements of a matrix that one stage passes to the next", [
  I32EnumAttrCase<"RowMajor", 0, "row_major">,
  I32EnumAttrCase<"Swizzle128B", 1, "swizzle_128b">
]>;
def GDR_TileLayoutAttr : GDR_EnumAttr<GDR_TileLayout, "tile_layout">;

def GDR_ScheduleAttr : AttrDef<GDR_Dialect, "Schedule"> {
  let mnemonic = "schedule";
  let summary = "tile sizes of a kernel";
  let description = [{
    The only home of tile sizes. `gdr-select-schedule` writes it where a user
    has not.

    The recurrent form gives a thread a tile of the state: `columns` of V by its
    share of K, held in registers for all tokens.

    - `lanes`: lanes of a warp that share K, a power of two from 1 to 32; the
      32 / lanes groups of a warp hold different columns of V;
    - `columns`: columns of V a thread holds;
    - `warps`: groups of warps a thread block (CTA), at different columns of V;
    - `key_warps` (default 1): warps of a group, which share K too and combine
      their sums through shared memory.

    So a CTA covers warps * (32 / lanes) * columns columns of V of one value
    head of one sequence with warps * key_warps * 32 threads, and a thread
    K / (lanes * key_warps) elements of each of its columns.

    Example: `#gdr.schedule<lanes = 16, columns = 1, warps = 4>`
  }];
  let parameters = (ins "int64_t":$lanes, "int64_t":$columns,
                        "int64_t":$warps,
                        DefaultValuedParameter<"int64_t", "1">:$key_warps,
                        DefaultValuedParameter<"bool", "true">:$overlap);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// Threads of one CTA.
    int64_t getNumThreads() const { return getWarps() * getKeyWarps() * 32; }
    /// Threads that share K.
    int64_t getKeyThreads() const { return getLanes() * getKeyWarps(); }
    /// Columns of V that one CTA covers.
    int64_t getTileV() const {
      return getWarps() * (32 / getLanes()) * getColumns();
    }
  }];
}

def GDR_ChunkedAttr : AttrDef<GDR_Dialect, "Chunked"> {
  let mnemonic = "chunked";
  let summary = "tile sizes of the chunked form";
  let description = [{
    Asks for the chunked form where `#gdr.schedule` asks for the recurrent one.

    - `chunk_size` (default 64): tokens of a chunk, 16, 32, 64 or 128;
    - `columns` (default 0: the lowering's choice): columns of V that a CTA
      carries through the chunks on a GPU, 32, 64 or 128. With 64 and 128 each
      warpgroup has 64 of them, its part of the state in registers; with 32 two
      warpgroups share the rows of the state, which is faster where there are too
      few sequences and heads to fill the GPU;
    - `stages` (default 0: the lowering's choice): chunks that are loaded ahead;
    - `heads` (default 0: two if HV/HK is even, else one): value heads of a key
      head that one CTA prepares, a divisor of HV/HK. One makes more CTAs, each
      of which has to multiply q and k; an even number is taken two at a time;
    - `overlap` (default true): whether scan may start before prepare has ended.

    Example: `#gdr.chunked<chunk_size = 32>`
  }];
  let parameters = (ins DefaultValuedParameter<"int64_t", "64">:$chunk_size,
                        DefaultValuedParameter<"int64_t", "0">:$columns,
                        DefaultValuedParameter<"int64_t", "0">:$stages,
                        DefaultValuedParameter<"int64_t", "0">:$heads,
                        DefaultValuedParameter<"bool", "true">:$overlap);
  let assemblyFormat = "`<` struct(params) `>`";
  let extraClassDeclaration = [{
    /// What 0 heads stand for, given HV/HK.
    static int64_t getDefaultHeads(int64_t ratio) {
      return ratio % 2 == 0 ? 2 : 1;
    }
  }];
  let genVerifyDecl = 1;
}

def GDR_AlternativeAttr : AttrDef<GDR_Dialect, "Alternative"> {
  let mnemonic = "alternative";
  let summary = "a chunked schedule and the sizes from which on it is for";
  let description = [{
    - `least_tokens`: of the longest sequence: T, or with `cu_seqlens`
      max_seqlen. Without max_seqlen it is reached if T is greater than N;
    - `least_sequences` (default 0): of N.
  }];
  let parameters = (ins "int64_t":$least_tokens,
                        DefaultValuedParameter<"int64_t", "0">:$least_sequences,
                        "ChunkedAttr":$schedule);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}

def GDR_AlternativesAttr : AttrDef<GDR_Dialect, "Alternatives"> {
  let mnemonic = "alternatives";
  let summary = "schedules for sizes that are known only at run time";
  let description = [{
    The first one counts whose bounds are reached; if there is none, the form is
    recurrent. `gdr-dispatch` makes branches of them.

    Example:

    ```mlir
    #gdr.alternatives<[
      <least_tokens = 16, least_sequences = 5, schedule = <columns = 64>>,
      <least_tokens = 24, schedule = <columns = 32>>]>
    ```
  }];
  let parameters = (ins ArrayRefParameter<"AlternativeAttr">:$alternatives);
  let assemblyFormat = "`<` `[` $alternatives `]` `>`";
  let genVerifyDecl = 1;
}

#endif // GDR_DIALECT_GDR_IR_GDRATTRIBUTES_TD
