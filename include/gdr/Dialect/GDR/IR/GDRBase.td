//===- GDRBase.td - the gdr dialect ------------------------*- tablegen -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDR_DIALECT_GDR_IR_GDRBASE_TD
#define GDR_DIALECT_GDR_IR_GDRBASE_TD

include "mlir/IR/OpBase.td"

def GDR_Dialect : Dialect {
  let name = "gdr";
  let cppNamespace = "::mlir::gdr";
  let summary = "The gated delta rule and the forms it is computed in";
  let description = [{
    The gated delta rule is the recurrence of Gated DeltaNet layers. Per
    sequence n and value head h, with key head hk = h / (HV / HK), and for
    t = 0 .. T-1:

        S  <- exp(g_t) * S                       S: [K, V]
        d   = beta_t * (v_t - S^T k_t)           d: [V]
        S  <- S + k_t d^T
        o_t = scale * S^T q_t                    o: [V]

    `gdr.gated_delta_rule` is the one public operation. `gdr-dispatch` rewrites
    it into the form that computes it, `gdr.recurrent` or `gdr.chunk_prepare`
    and `gdr.chunk_scan`; the attributes `#gdr.schedule` and `#gdr.chunked` hold
    every tile size.

    Source of the formula: S. Yang, J. Kautz, A. Hatamizadeh, "Gated Delta
    Networks: Improving Mamba2 with Delta Rule", ICLR 2025.
  }];
  let useDefaultAttributePrinterParser = 1;
  let dependentDialects = [
    "::mlir::arith::ArithDialect",
    "::mlir::tensor::TensorDialect"
  ];
}

class GDR_Op<string mnemonic, list<Trait> traits = []>
    : Op<GDR_Dialect, mnemonic, traits>;

#endif // GDR_DIALECT_GDR_IR_GDRBASE_TD
