//===- Passes.h - passes on the wg dialect --------------------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDR_DIALECT_WG_TRANSFORMS_PASSES_H
#define GDR_DIALECT_WG_TRANSFORMS_PASSES_H

#include "gdr/Dialect/WG/IR/WG.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace mlir::wg {

#define GEN_PASS_DECL
#include "gdr/Dialect/WG/Transforms/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "gdr/Dialect/WG/Transforms/Passes.h.inc"

} // namespace mlir::wg

#endif // GDR_DIALECT_WG_TRANSFORMS_PASSES_H
