//===- Passes.td - passes on the gdr dialect ---------------*- tablegen -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDR_DIALECT_GDR_TRANSFORMS_PASSES_TD
#define GDR_DIALECT_GDR_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

def DescribeArguments : Pass<"gdr-describe-arguments", "::mlir::func::FuncOp"> {
  let summary = "Name function arguments and their dimensions after the op";
  let description = [{
    Gives each argument and result of a function that a `gdr.gated_delta_rule`
    uses the name of the operand and the names of its dimensions, for messages
    of the emitted entry point and for its argument struct. A name or dimensions
    that are there already stay.

    ```mlir
    func.func @decode(%arg0: memref<?x1x16x128xbf16>, ...)
    ```
    becomes
    ```mlir
    func.func @decode(%arg0: memref<?x1x16x128xbf16>
        {gdr.dims = ["B", "T", "HK", "K"], gdr.name = "q"}, ...)
    ```

    Dimensions of the same name must be equal when the function is called. "N+1"
    is one more than "N".
  }];
  let dependentDialects = ["::mlir::gdr::GDRDialect"];
}

def SelectSchedule : Pass<"gdr-select-schedule", "::mlir::func::FuncOp"> {
  let summary = "Choose tile sizes for ops that have none";
  let description = [{
    Writes `#gdr.schedule` on each `gdr.gated_delta_rule` and `gdr.recurrent`
    that has none, from its shapes, the number of multiprocessors and measured
    constants. The only place with heuristics. A remark (category
    "gdr-select-schedule") says what was chosen.

    ```mlir
    gdr.gated_delta_rule ...
    ```
    becomes
    ```mlir
    gdr.gated_delta_rule ... {schedule = #gdr.schedule<lanes = 8, columns = 2, warps = 4>}
    ```

    Ops with dynamic HK, HV, K or V stay as they are: a schedule is for GPU
    kernels, which need them.

    With `chunked`, which a pipeline sets where the kernels of gdr-chunk-to-wg
    will do, it compares predicted times of the recurrent and the chunked form
    and writes only the choice of the latter: `#gdr.chunked`, or
    `#gdr.alternatives` where T or N is dynamic. It completes a `#gdr.chunked`
    without columns. What is left is recurrent, and gets its tile sizes after
    `gdr-dispatch`. The remark says what is predicted,
    in us:

    ```mlir
    gdr.gated_delta_rule ... {schedule = #gdr.alternatives<[
        <least_tokens = 16, least_sequences = 5, schedule = <columns = 64>>,
        <least_tokens = 24, schedule = <columns = 32>>]>}
    ```
  }];
  let options = [
    Option<"smCount", "sm-count", "int64_t", /*default=*/"132",
           "number of multiprocessors of the GPU">,
    Option<"chunked", "chunked", "bool", /*default=*/"false",
           "choose between the recurrent form and the chunked form of "
           "gdr-chunk-to-wg">,
    Option<"alwaysChunked", "always-chunked", "bool", /*default=*/"false",
           "with `chunked`, compare only chunked forms">,
    Option<"wgmma", "wgmma", "bool", /*default=*/"true",
           "with `chunked`, whether the chips multiply with wgmma">,
    Option<"schedule", "schedule", "std::string", /*default=*/"",
           "a schedule for every gdr.gated_delta_rule that has none, instead of "
           "a choice">
  ];
  let dependentDialects = ["::mlir::gdr::GDRDialect"];
}

def Dispatch : Pass<"gdr-dispatch", "::mlir::func::FuncOp"> {
  let summary = "Rewrite gdr.gated_delta_rule into the form that computes it";
  let description = [{
    A static T == 1 becomes `gdr.recurrent`. More tokens become
    `gdr.chunk_prepare` and `gdr.chunk_scan` if the option `chunked` says that
    the target has loops for these and there are at least `least-tokens` of them,
    else `gdr.recurrent` too. With a dynamic T the choice is made at run time in
    host code:

    ```mlir
    %o = gdr.gated_delta_rule ins(%q, ...)          // T dynamic
    ```
    becomes
    ```mlir
    %one = arith.cmpi eq, %T, %c1
    %o = scf.if %one { gdr.recurrent ins(%q cast to T = 1, ...) }
         else {
           %many = arith.cmpi uge, %T, %c_least_tokens
           scf.if %many { gdr.chunk_prepare ... gdr.chunk_scan ... }
           else { gdr.recurrent ins(%q, ...) }
         }
    ```

    A packed batch (`cu_seqlens`) is chunked if `max_seqlen` is at least
    `least-tokens`; without `max_seqlen`, if T > N. No value is read from the
    device.

    An op with the attribute `schedule` becomes the form that the schedule is
    for; `#gdr.alternatives` become branches on T and N. What has no chunked
    form, such as an op with a gate per channel of K or of dynamic HK, HV, K or
    V, becomes `gdr.recurrent`; a remark (category "gdr-dispatch") says why.

    A snapshot is the state after a chunk: where `chunk-size` does not divide
    `snapshot_every`, the largest smaller chunk size that does is taken, and the
    recurrent form if there is none.

    With `chunked=tiles` the form is chunked only where a schedule says so, which
    `gdr-select-schedule` writes. Tile programs copy boxes of q, k, v and o,
    which not every address and stride allows. So host code asks for that as
    well, and falls back to `gdr.recurrent`, which takes all:

    ```mlir
    %fits = gdr.fits_boxes %q, %k, %v, %o : ...
    scf.if %fits { gdr.chunk_prepare ... gdr.chunk_scan ... }
    else { gdr.recurrent ins(%q, ...) }
    ```
  }];
  let options = [
    Option<"chunked", "chunked", "::mlir::gdr::ChunkedKernels",
           /*default=*/"::mlir::gdr::ChunkedKernels::None",
           "the chunked form that the target has",
           [{::llvm::cl::values(
              clEnumValN(::mlir::gdr::ChunkedKernels::None, "none", "none"),
              clEnumValN(::mlir::gdr::ChunkedKernels::Loops, "loops",
                         "that of gdr-chunk-to-loops, for least-tokens or more"),
              clEnumValN(::mlir::gdr::ChunkedKernels::Tiles, "tiles",
                         "that of gdr-chunk-to-wg, where a schedule asks for "
                         "it"))}]>,
    Option<"chunkSize", "chunk-size", "int64_t", /*default=*/"64",
           "with loops, tokens of a chunk, at most: 16, 32, 64 or 128">,
    Option<"leastTokens", "least-tokens", "int64_t", /*default=*/"64",
           "with loops, tokens from which on the chunked form is faster">,
    Option<"fallback", "fallback", "bool", /*default=*/"true",
           "with tiles, whether operands of which boxes cannot be copied take "
           "the recurrent form; if not, they are an error of the call">
  ];
  let dependentDialects = [
    "::mlir::arith::ArithDialect",
    "::mlir::bufferization::BufferizationDialect", "::mlir::gdr::GDRDialect",
    "::mlir::memref::MemRefDialect", "::mlir::scf::SCFDialect",
    "::mlir::tensor::TensorDialect"
  ];
}

def Bufferize : Pass<"gdr-bufferize", "::mlir::ModuleOp"> {
  let summary = "Bufferize functions with the calling convention of gdr";
  let description = [{
    Runs upstream's one-shot bufferization over the module, function boundaries
    included, with the layout that the op's operands promise: tensors become
    memrefs with any strides, but an innermost stride of 1. Then results that
    live in an argument's buffer are dropped, and the others become trailing
    arguments.

    ```mlir
    func.func @f(%q: tensor<?x1x16x128xbf16>, ...) -> tensor<?x1x32x128xbf16>
    ```
    becomes
    ```mlir
    func.func @f(%q: memref<?x1x16x128xbf16, strided<[?, ?, ?, 1], offset: ?>>, ...,
                 %o: memref<?x1x32x128xbf16>)
    ```
  }];
  let dependentDialects = [
    "::mlir::bufferization::BufferizationDialect",
    "::mlir::memref::MemRefDialect"
  ];
}

#endif // GDR_DIALECT_GDR_TRANSFORMS_PASSES_TD
