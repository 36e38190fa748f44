//===- Interpret.h - call a function in the interpreter ---------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDR_TOOLS_GDR_RUN_INTERPRET_H
#define GDR_TOOLS_GDR_RUN_INTERPRET_H

#include "Call.h"

namespace mlir::gdr::run {

/// Calls host code of tile programs with the tensors of a program or, with
/// `tokens`, views of those tokens in all tensors that have a dimension T.
llvm::Error interpret(func::FuncOp hostCode, const Program &program,
                      std::optional<TokenRange> tokens);

} // namespace mlir::gdr::run

#endif // GDR_TOOLS_GDR_RUN_INTERPRET_H
