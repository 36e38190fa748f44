//===- Passes.h - conversions from the gdr dialect and below ----*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDR_CONVERSION_PASSES_H
#define GDR_CONVERSION_PASSES_H

#include "gdr/Target/Chips.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Pass/Pass.h"

namespace mlir::gdr {

#define GEN_PASS_DECL
#include "gdr/Conversion/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "gdr/Conversion/Passes.h.inc"

/// What the names of kernels of gdr-chunk-to-wg that carry the state end with.
inline constexpr StringLiteral chunkScanSuffix = "_scan";

} // namespace mlir::gdr

#endif // GDR_CONVERSION_PASSES_H
