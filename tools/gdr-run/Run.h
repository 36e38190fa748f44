//===- Run.h - run, check and measure a function ----------------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDR_TOOLS_GDR_RUN_RUN_H
#define GDR_TOOLS_GDR_RUN_RUN_H

#include "Options.h"
#include "mlir/IR/BuiltinOps.h"

namespace mlir::gdr::run {

/// Does what the options ask for and prints what came out. Returns whether all
/// checks passed; diagnostics of the compiler are in the context.
llvm::Expected<bool> run(ModuleOp module, const Options &options);

} // namespace mlir::gdr::run

#endif // GDR_TOOLS_GDR_RUN_RUN_H
