//===- Passes.h - passes that end in objects --------------------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDR_TARGET_PASSES_H
#define GDR_TARGET_PASSES_H

#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassManager.h"

namespace mlir::gdr {

#define GEN_PASS_DECL
#include "gdr/Target/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "gdr/Target/Passes.h.inc"

} // namespace mlir::gdr

#endif // GDR_TARGET_PASSES_H
