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
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/ExecutionEngine/ExecutionEngine.h"
#include "mlir/IR/BuiltinOps.h"

#include <memory>

namespace mlir::gdr::run {

/// Runs the compile pipeline on a module.
LogicalResult lowerToLLVM(ModuleOp module, TargetKind target, StringRef chip,
                          bool racecheck);

/// Runs it up to tile programs.
LogicalResult lowerToTilePrograms(ModuleOp module, StringRef chip,
                                  bool lowerRings, bool racecheck);

/// The host code of a function, from a module that was lowered to tile
/// programs.
func::FuncOp getHostCode(ModuleOp module, StringRef function);

/// The names of the slots of a function's argument struct, from a module that
/// was lowered.
SmallVector<std::string> getSlotNames(ModuleOp module, StringRef function);

/// Whether a module that was lowered has kernels of the chunked form, which
/// multiply on the tensor cores.
bool hasTensorCoreKernels(ModuleOp module);

/// Adds the entry points to a module that was lowered and generates code for it
/// in this process, with PTX or with cubins.
FailureOr<std::unique_ptr<ExecutionEngine>> generateCode(ModuleOp module,
                                                         bool holdsPTX);

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
