//===- Compile.h - compile a module and get its entry points ----*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDR_TOOLS_GDR_RUN_COMPILE_H
#define GDR_TOOLS_GDR_RUN_COMPILE_H

#include "Options.h"
#include "gdr-c/Runtime.h"
#include "mlir/ExecutionEngine/ExecutionEngine.h"
#include "mlir/IR/BuiltinOps.h"

#include <memory>

namespace mlir::gdr::run {

/// Runs the compile pipeline on a module and generates code for it in this
/// process. Diagnostics say why it failed.
FailureOr<std::unique_ptr<ExecutionEngine>>
compile(ModuleOp module, TargetKind target, StringRef chip);

/// The C entry points of one function.
struct EntryPoints {
  int32_t (*call)(const gdr_args_header *args);
  int64_t (*workspaceSize)(const gdr_args_header *args);
  int32_t (*load)(int32_t device);
};

llvm::Expected<EntryPoints> findEntryPoints(const ExecutionEngine &engine,
                                            StringRef function);

} // namespace mlir::gdr::run

#endif // GDR_TOOLS_GDR_RUN_COMPILE_H
