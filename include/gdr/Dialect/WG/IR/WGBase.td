//===- WGBase.td - the wg dialect --------------------------*- tablegen -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDR_DIALECT_WG_IR_WGBASE_TD
#define GDR_DIALECT_WG_IR_WGBASE_TD

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/OpBase.td"

def WG_Dialect : Dialect {
  let name = "wg";
  let cppNamespace = "::mlir::wg";
  let summary = "warpgroup tiles: registers, shared memory, rings and roles";
  let description = [{
    A kernel in `wg` is the program of one CTA, written with whole tiles. A
    *register tile* is a builtin tensor whose encoding says which thread of a
    warpgroup (128 threads) holds which element; `arith`, `math` and `scf` work
    on it unchanged. A *shared tile* is a `!wg.shared`, whose swizzle is part of
    the type. Layouts are stated by whoever writes the kernel and never
    inferred: operands that do not fit are refused by the verifiers.

    | encoding | tensor | held by |
    |---|---|---|
    | `#wg.fragment` | [64, N] | a warpgroup, as an accumulator of `wgmma`; the same registers are the A operand of the next product |
    | `#wg.rows` | [64] | as the rows of a fragment: two elements a thread |
    | `#wg.columns` | [N] | as the columns of a fragment: N / 4 elements a thread |
    | `#wg.lanes` | [N] | every warp alike: N / 32 consecutive elements a lane |

    Asynchronous work is visible in types: `wg.mma` returns a `!wg.pending`,
    which only `wg.wait` turns into a tile. Two hazards are not visible and each
    is the business of one pass: memory that was written by threads and is read
    by the asynchronous proxy (`wg-insert-proxy-fences`), and the parities of
    the barriers behind a ring (`wg-lower-rings`).

    Source of the fragment layouts: PTX ISA, "Register Fragments and Shared
    Memory Matrix Layouts" of `wgmma.mma_async`.
  }];
  let useDefaultAttributePrinterParser = 1;
  let useDefaultTypePrinterParser = 1;
  let dependentDialects = ["::mlir::tensor::TensorDialect"];
}

/// Every thread of a warp or warpgroup must run the op, or those that do wait
/// for ever: not in a wg.one_thread. Tag: collective_place.
def WG_Collective : NativeOpTrait<"Collective"> {
  let cppNamespace = "::mlir::wg";
}
/// One thread must run the op: only in a wg.one_thread. Tag: one_thread_place.
def WG_ByOneThread : NativeOpTrait<"ByOneThread"> {
  let cppNamespace = "::mlir::wg";
}
/// The whole CTA must run the op, once: only in the body of a kernel. Tag:
/// kernel_body_place.
def WG_InKernelBody : NativeOpTrait<"InKernelBody"> {
  let cppNamespace = "::mlir::wg";
}

class WG_Op<string mnemonic, list<Trait> traits = []>
    : Op<WG_Dialect, mnemonic, traits>;

#endif // GDR_DIALECT_WG_IR_WGBASE_TD
