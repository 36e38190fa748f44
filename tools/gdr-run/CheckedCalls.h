//===- CheckedCalls.h - calls that carry the state, checked -----*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDR_TOOLS_GDR_RUN_CHECKEDCALLS_H
#define GDR_TOOLS_GDR_RUN_CHECKEDCALLS_H

#include "Call.h"
#include "Check.h"
#include "Options.h"

namespace mlir::gdr::run {

/// Fails if --check, --steps or --split do not make sense for a program.
llvm::Error verifyCanCheck(const Program &program, ArrayRef<ResolvedRule> rules,
                           const Options &options);

/// Calls as often as --steps and --split say and checks every step.
llvm::Error callAndCheck(Caller &caller, Program &program,
                         const ResolvedRule &resolved, const Options &options,
                         Checker &checker);

} // namespace mlir::gdr::run

#endif // GDR_TOOLS_GDR_RUN_CHECKEDCALLS_H
