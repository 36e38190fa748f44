//===- Passes.h - passes on the gdr dialect -------------------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDR_DIALECT_GDR_TRANSFORMS_PASSES_H
#define GDR_DIALECT_GDR_TRANSFORMS_PASSES_H

#include "gdr/Dialect/GDR/IR/GDR.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"

namespace mlir::gdr {

/// The chunked form that a target has.
enum class ChunkedKernels {
  None,
  /// Loops of any chunk size, with matrices of f32 (gdr-chunk-to-loops).
  Loops,
  /// Tile programs (gdr-chunk-to-wg): chunks of 64 tokens, with matrices of the
  /// type of q, swizzled.
  Tiles
};

#define GEN_PASS_DECL
#include "gdr/Dialect/GDR/Transforms/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "gdr/Dialect/GDR/Transforms/Passes.h.inc"

} // namespace mlir::gdr

#endif // GDR_DIALECT_GDR_TRANSFORMS_PASSES_H
