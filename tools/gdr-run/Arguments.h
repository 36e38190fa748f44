//===- Arguments.h - what the arguments hold --------------------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDR_TOOLS_GDR_RUN_ARGUMENTS_H
#define GDR_TOOLS_GDR_RUN_ARGUMENTS_H

#include "Options.h"
#include "Program.h"
#include "ResolvedRule.h"

namespace mlir::gdr::run {

/// Fills all arguments with random values, then those that have a file from it,
/// and prepares the outputs.
llvm::Error fillArguments(Program &program, ArrayRef<ResolvedRule> rules,
                          const Options &options);

/// The tokens of a later call: activations of another seed, but still those of
/// the files, and outputs that are poisoned again.
llvm::Error fillNextTokens(Program &program, const ResolvedRule &rule,
                           const Options &options, int64_t step);

/// Writes the arguments and results that the options name.
llvm::Error writeOutputs(Program &program, const Options &options);

} // namespace mlir::gdr::run

#endif // GDR_TOOLS_GDR_RUN_ARGUMENTS_H
