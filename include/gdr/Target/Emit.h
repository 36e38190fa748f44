//===- Emit.h - what a compiled module is written as ------------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDR_TARGET_EMIT_H
#define GDR_TARGET_EMIT_H

#include "mlir/Support/LLVM.h"
#include <string>

namespace mlir {
class ModuleOp;
class Operation;
} // namespace mlir

namespace mlir::gdr {

/// What `gdr-opt --emit` writes.
enum class EmitKind {
  MLIR,
  PTX,
  Cubin,
  Fatbin,
  Object,
  Library,
  Header,
  Description
};

struct EmitOptions {
  /// Path of ptxas; found on the PATH or in a CUDA toolkit if empty.
  std::string ptxas;
  /// Whether an object holds PTX instead of cubins, which the driver compiles,
  /// also for a later chip than it was written for.
  bool holdsPTX = false;
  /// Name that a header's include guard is made of.
  std::string headerName = "kernels";
};

/// Writes a module that the compile pipeline (Pipelines/Compile.h) left, which
/// is consumed. PTX and cubin are of the module's only kernels for its only
/// chip. Objects and libraries hold PTX instead of cubins, with a warning,
/// where there is no ptxas. Reports errors on the module; then nothing has been
/// written.
LogicalResult emitModule(ModuleOp module, EmitKind kind,
                         const EmitOptions &options, raw_ostream &os);

/// Serializes the kernels and adds the C entry points, as for an object.
LogicalResult addEntryPoints(ModuleOp module, const EmitOptions &options);

/// Writes C declarations of the entry points of a module on which
/// `gdr-describe-entry` has run.
void emitHeader(ModuleOp module, StringRef guardName, raw_ostream &os);

/// Writes what such a module's entry points take and launch, as JSON.
void emitDescription(ModuleOp module, raw_ostream &os);

/// That of one function, given the described host code of its variants, in one
/// line.
std::string getDescription(ArrayRef<Operation *> variants);

/// Writes a relocatable host object of a module in the LLVM dialect, for any
/// x86-64 with AVX2 or, on another machine, its own kind of processor.
LogicalResult emitObject(ModuleOp module, raw_ostream &os);

/// Writes a shared library of such a module, linked in this process. It needs
/// libgdr_runtime.so, which a process that has loaded it need not find again,
/// and the C library.
LogicalResult emitLibrary(ModuleOp module, raw_ostream &os);

} // namespace mlir::gdr

#endif // GDR_TARGET_EMIT_H
